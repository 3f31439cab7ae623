"""Documents → a published index."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.build import NO_EMBEDDER, Expansion, build_index
from index.clean import fold
from index.dense import open_store
from index.embedding import SentenceTransformerEmbedder
from index.embedding_cache import EmbeddingCache
from index.errors import IndexBusy, StoreUnwritable
from index.lexical import LexicalIndex
from index.store import StoreReader
from index.units import LONG_ARTICLE, UnitKind, make_units, read_units
from tests.fakes.embedding import HashEmbedder
from tests.fakes.papers import law, plan

ROOT = str(Path(__file__).resolve().parent.parent)

PAPERS = [plan(), law()]
QUESTIONS = [
    Expansion("plan", "5", "煤气灶要不要装报警器？"),
    Expansion("law", "2.2", "政府怎么领导安全生产？"),
    Expansion("law", "99", "没有这一条"),
    Expansion("gone", "1", "没有这部法"),
]


def test_units() -> None:
    """Units are the top-level clauses, sentences of items that have several, 款 of long articles, and questions."""
    units, texts, skipped = make_units(PAPERS, QUESTIONS)
    assert [(unit.key, unit.top, unit.kind.value) for unit in units] == [
        ("plan#4", "4", "passage"),
        ("plan#4/s1", "4", "passage"),
        ("plan#4/s2", "4", "passage"),
        ("plan#5", "5", "passage"),
        ("law#1", "1", "passage"),
        ("law#2", "2", "passage"),
        ("law#2.1", "2", "passage"),
        ("law#2.2", "2", "passage"),
        ("law#3", "3", "passage"),
        ("plan#5", "5", "question"),
        ("law#2.2", "2", "question"),
    ]
    assert skipped == 2
    assert texts[1] == "测试工作要点:二、推动责任落实:压实领导责任:认真贯彻规定,3月底前制定清单。"
    assert texts[9] == fold("煤气灶要不要装报警器？")


def test_short_articles_are_one_unit() -> None:
    """The 款 of an article below the limit are not searched apart; nor is a part that is all of its clause."""
    paper = law()
    short = paper.clauses[1].text[: LONG_ARTICLE - 1]
    second = replace(paper.clauses[1], text=short)
    units, _, _ = make_units([replace(paper, clauses=(paper.clauses[0], second, *paper.clauses[2:]))], [])
    assert [unit.clause for unit in units] == ["1", "2", "3"]
    whole = replace(plan().clauses[1], text=plan().clauses[0].text)
    units, _, _ = make_units([replace(plan(), clauses=(plan().clauses[0], whole))], [])
    assert [unit.clause for unit in units] == ["4"]


def test_the_title_is_not_said_twice() -> None:
    """An item begins with its title, so the title is put only in front of its parts."""
    _, texts, _ = make_units([plan()], [])
    assert texts[0].count("压实领导责任") == 1


def test_everything_is_found_again(tmp_path: Path) -> None:
    """The published index answers by words and by vectors, and its rows are the units."""
    embedder = HashEmbedder()
    manifest = build_index(PAPERS, QUESTIONS, tmp_path, embedder)
    reader = StoreReader(tmp_path)
    assert reader.manifest == manifest
    assert (manifest.units, manifest.expansions, manifest.expansions_skipped) == (11, 2, 2)
    assert (manifest.dense, manifest.dense_reason, manifest.dim) == (True, "", 16)
    assert reader.document("plan") == plan()
    units = read_units(reader.read_bytes("units.json"))
    lexical = LexicalIndex.load(reader.part("lexical"))
    dense = open_store("faiss", reader.part("dense"))
    assert lexical.keys == tuple(unit.key for unit in units)
    best, _ = lexical.search("煤气灶报警器", 1)[0]
    assert (units[best].clause, units[best].kind) == ("5", UnitKind.QUESTION)
    nearest, score = dense.search(embedder.embed_query("煤气灶要不要装报警器?"), 1)[0]
    assert nearest == best
    assert score == pytest.approx(1, abs=0.002)


def test_nothing_to_do(tmp_path: Path) -> None:
    """Building from the same things again computes nothing and keeps the version; ``force`` makes a new one."""
    embedder = HashEmbedder()
    first = build_index(PAPERS, QUESTIONS, tmp_path, embedder)
    version = StoreReader(tmp_path).version
    count = len(embedder.seen)
    assert build_index(PAPERS, QUESTIONS[::-1], tmp_path, embedder) == first
    assert (StoreReader(tmp_path).version, len(embedder.seen)) == (version, count)
    build_index(PAPERS, QUESTIONS, tmp_path, embedder, force=True)
    assert StoreReader(tmp_path).version != version


@pytest.mark.parametrize("what", ["document", "duty", "question", "laws", "model", "removed"])
def test_every_change_is_seen(tmp_path: Path, what: str) -> None:
    """A change in any document, in what was read out of it, in questions or settings makes a new version."""
    first = build_index(PAPERS, QUESTIONS, tmp_path, HashEmbedder())
    papers, questions, laws, embedder = PAPERS, QUESTIONS, "default", HashEmbedder()
    if what == "document":
        papers = [PAPERS[0], law(law().document.text.replace("公布", "发布"))]
    elif what == "duty":
        papers = [replace(PAPERS[0], duties=()), PAPERS[1]]
    elif what == "question":
        questions = QUESTIONS[1:]
    elif what == "laws":
        laws = "all"
    elif what == "model":
        embedder = HashEmbedder(model_id="other")
    else:
        papers = PAPERS[:1]
    second = build_index(papers, questions, tmp_path, embedder, laws=laws)
    assert second.fingerprint != first.fingerprint
    assert StoreReader(tmp_path).manifest == second


def test_only_changed_texts_are_embedded(tmp_path: Path) -> None:
    """After one article changed, that article alone is computed anew; all vectors equal those of a fresh build."""
    cache = tmp_path / "cache.npz"
    build_index(PAPERS, QUESTIONS, tmp_path / "a", HashEmbedder(), [EmbeddingCache(cache, "hash")])
    papers = [PAPERS[0], law(law().document.text.replace("公布", "发布"))]
    embedder = HashEmbedder()
    build_index(papers, QUESTIONS, tmp_path / "a", embedder, [EmbeddingCache(cache, "hash")])
    assert [text.split(":")[-1] for text in embedder.seen] == ["第三条本法自发布之日起施行。"]
    build_index(papers, QUESTIONS, tmp_path / "b", HashEmbedder())
    question = embedder.embed_query("施行")
    found = [open_store("faiss", StoreReader(tmp_path / name).part("dense")).search(question, 11) for name in "ab"]
    assert found[0] == found[1]


def test_without_vectors(tmp_path: Path) -> None:
    """No model set: the index finds by words, and the manifest says why there are no vectors."""
    manifest = build_index(PAPERS, [], tmp_path, None)
    assert (manifest.dense, manifest.dense_reason, manifest.dim) == (False, NO_EMBEDDER, 0)
    reader = StoreReader(tmp_path)
    assert not reader.part("dense").exists()
    assert LexicalIndex.load(reader.part("lexical")).search("燃气", 1)


def test_a_model_that_fails_costs_the_vectors_only(tmp_path: Path) -> None:
    """A model that dies half-way leaves an index of words with the reason; the next build tries again."""
    manifest = build_index(PAPERS, [], tmp_path, HashEmbedder(fails_after=0))
    assert (manifest.dense, manifest.dense_reason, manifest.settings.embedding) == (False, "向量服务不可用。", "")
    assert build_index(PAPERS, [], tmp_path, HashEmbedder()).dense


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    """A name no model has gives an index of words with a reason that names it."""
    manifest = build_index(PAPERS, [], tmp_path / "store", SentenceTransformerEmbedder(str(tmp_path / "no-model")))
    assert not manifest.dense
    assert "no-model" in manifest.dense_reason


def test_damage_is_mended(tmp_path: Path) -> None:
    """A damaged index is built anew though nothing else changed."""
    build_index(PAPERS, QUESTIONS, tmp_path, HashEmbedder())
    reader = StoreReader(tmp_path)
    (reader.folder / "dense" / "vectors.faiss").write_bytes(b"")
    build_index(PAPERS, QUESTIONS, tmp_path, HashEmbedder())
    StoreReader(tmp_path).verify()
    assert StoreReader(tmp_path).version != reader.version


def test_no_documents(tmp_path: Path) -> None:
    """An empty set of documents gives an index that finds nothing."""
    assert build_index([], [], tmp_path, HashEmbedder()).units == 0
    reader = StoreReader(tmp_path)
    assert LexicalIndex.load(reader.part("lexical")).search("燃气", 3) == []
    assert open_store("faiss", reader.part("dense")).search(np.ones(16, np.float32), 3) == []


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """The error comes before any vector is computed."""
    (tmp_path / "file").write_text("")
    embedder = HashEmbedder()
    with pytest.raises(StoreUnwritable):
        build_index(PAPERS, [], tmp_path / "file" / "store", embedder)
    assert embedder.seen == []


def test_two_builds_at_once(tmp_path: Path) -> None:
    """While one build computes vectors a second one is turned away, and the first comes to its end."""
    slow = HashEmbedder()
    slow.waits.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(build_index, PAPERS, [], tmp_path, slow)
        while not list(tmp_path.glob(".building-*/lexical/bm25.json")):
            assert not first.done()
        with pytest.raises(IndexBusy):
            build_index(PAPERS, [], tmp_path, HashEmbedder())
        slow.waits.set()
        assert first.result(timeout=30).dense


KILLED = """
import sys
from pathlib import Path
from index.build import build_index
from tests.fakes.embedding import HashEmbedder
from tests.fakes.papers import law
embedder = HashEmbedder()
embedder.waits.clear()
build_index([law()], [], Path(sys.argv[1]), embedder, progress=lambda done, total: print("computing", flush=True))
"""


def test_a_killed_build(tmp_path: Path) -> None:
    """SIGKILL while vectors are computed: the index in use answers as before, and the next build tidies up."""
    build_index(PAPERS, [], tmp_path, HashEmbedder())
    before = StoreReader(tmp_path)
    environment = {"PYTHONPATH": ROOT}
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"computing\n"
        program.send_signal(signal.SIGKILL)
    assert list(tmp_path.glob(".building-*"))
    after = StoreReader(tmp_path)
    after.verify()
    assert after.version == before.version
    build_index(PAPERS[:1], [], tmp_path, HashEmbedder())
    assert not list(tmp_path.glob(".building-*"))
    assert StoreReader(tmp_path).document_ids == ("plan",)

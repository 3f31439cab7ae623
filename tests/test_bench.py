"""The bench: its arithmetic, its processes, its table. The times themselves are not asserted."""

from __future__ import annotations

import threading
from pathlib import Path

import orjson
import pytest

from eval.bench.builds import add_document, copy_documents
from eval.bench.goals import flat, load_bounds
from eval.bench.process import run
from eval.bench.stats import Timing, timed, timing
from eval.bench.table import render
from eval.bench.warm import ASKERS, SAMPLES, Warm, by_intent, resident_mb, together
from eval.dataset import Gold
from index.corpus import load_documents
from index.errors import BackendError, CorpusError
from index.organisations import load_register
from index.pipeline import parse_documents
from rag.model import Answer, Question
from tests.fakes.answers import answer

_BUILD = {"seconds": 1.234, "fresh": True, "vectors": 7, "units": 42}
_START = Timing(120.0, 130.0, 5)
_WARM = Warm(
    by_askers={str(n): {"duties": Timing(2.0, 3.0, 64), "all": Timing(4.0, 5.5, 128)} for n in ASKERS},
    worst_p95={str(n): 3.0 for n in ASKERS},
    contention={"table": 1.38, "search": 2.5}, pooled=9.0, search=Timing(6.0, 7.0, 64),
    embed=Timing(4.0, 5.0, 64), scan=Timing(1.0, 1.5, 64), ratio=1.2,
    resident_mb=321.0, torch_loaded=False,
)  # fmt: skip
_RESULT = {
    "default": {
        "build": dict.fromkeys(("cold", "warm", "incremental"), _BUILD),
        "cold_start": dict.fromkeys(("duty", "open", "floor_python", "floor_embed"), _START),
        "warm": _WARM,
    }
}


def _read() -> dict[str, object]:
    read: dict[str, object] = orjson.loads(orjson.dumps(_RESULT))
    return read


def test_percentiles_by_hand() -> None:
    """Of 0…100 ms the 50th and 95th percentiles are themselves; without samples there is nothing to say."""
    assert timing([float(ms) for ms in range(101)]) == Timing(50.0, 95.0, 101)
    with pytest.raises(ValueError, match="no samples"):
        timing([])


def test_every_call_is_timed() -> None:
    """One sample an input, in order, each at least as long as the call took."""
    wait = threading.Event()
    seen: list[float] = []

    def call(seconds: float) -> None:
        seen.append(seconds)
        wait.wait(seconds)

    samples = timed(call, [0.0, 0.02])
    assert seen == [0.0, 0.02]
    assert samples[1] >= 19


def test_askers_ask_at_the_same_time() -> None:
    """Eight askers are eight threads inside ``ask`` at once: a barrier of eight lets them pass only together."""
    barrier = threading.Barrier(8)

    def ask(_: Question) -> Answer:
        barrier.wait(timeout=10)
        return answer()

    assert len(together(ask, [Question("问")] * 16, 8)) == 16


def test_each_intent_is_asked_often_enough() -> None:
    """Intents with few questions are repeated, and ``all`` pools every sample."""
    asked: list[str] = []

    def ask(question: Question) -> Answer:
        asked.append(question.text)
        return answer()

    gold = [Gold("a", "甲", intent="duties"), Gold("b", "乙", intent="who"), Gold("c", "丙", intent="who")]
    found = by_intent(ask, gold, 1)
    assert {name: one.n for name, one in found.items()} == {"duties": SAMPLES, "who": SAMPLES, "all": 2 * SAMPLES}
    assert (asked.count("甲"), asked.count("乙"), asked.count("丙")) == (SAMPLES, SAMPLES // 2, SAMPLES // 2)


def test_memory_is_that_of_this_process() -> None:
    """Holding 64 MB more is seen as at least most of it."""
    before = resident_mb()
    held = bytearray(b"x") * (64 * 1024 * 1024)
    assert resident_mb() - before > 48
    assert len(held) == 64 * 1024 * 1024


def test_processes_get_their_settings() -> None:
    """What is set for a run arrives in its environment; a failing command is an error with its exit code."""
    assert run(["-c", "import os; print(os.environ['ANZE_LAWS'])"], {"ANZE_LAWS": "all"}).strip() == b"all"
    with pytest.raises(BackendError, match="退出码 3"):
        run(["-c", "raise SystemExit(3)"], {})


def test_an_added_document_is_indexed_like_any_other(docs: Path, tmp_path: Path) -> None:
    """The copy has one document more, with two articles; the original is as it was."""
    copy = tmp_path / "docs"
    copy_documents(docs, copy, with_vectors=False)
    add_document(copy)
    register = load_register(copy / "organisations.toml")
    before, after = load_documents(docs, ()), parse_documents(load_documents(copy, ()), register)
    assert len(after) == len(before) + 1
    (added,) = (one for one in after if one.document.id == "bench-rules")
    assert [clause.id for clause in added.clauses if clause.id == clause.top] == ["1", "2"]


@pytest.mark.parametrize("with_vectors", [True, False])
def test_vectors_are_copied_only_if_wished(tmp_path: Path, with_vectors: bool) -> None:
    """Building from nothing must not find the shipped vectors."""
    (tmp_path / "docs" / "embeddings").mkdir(parents=True)
    (tmp_path / "docs" / "corpus.toml").write_text("", encoding="utf-8")
    copy_documents(tmp_path / "docs", tmp_path / "copy", with_vectors=with_vectors)
    assert (tmp_path / "copy" / "corpus.toml").is_file()
    assert (tmp_path / "copy" / "embeddings").is_dir() == with_vectors


def test_bounds_name_what_a_result_has(tmp_path: Path) -> None:
    """Every bound of the default corpus is about a number that a result holds; a broken file is an error."""
    values = dict(flat(_read()))
    assert values["default.warm.worst_p95.1"] == 3.0
    assert values["default.warm.ratio"] == 1.2
    bounds = [path for path in load_bounds() if path.startswith("default.")]
    assert len(bounds) >= 4
    assert [path for path in bounds if path not in values] == []
    (tmp_path / "goals.toml").write_text("[[bench]]\npath = 'x'\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"goals\.toml"):
        load_bounds(tmp_path / "goals.toml")


def test_the_table_shows_times_beside_their_floors() -> None:
    """Builds, starts with their floors, latency by askers, retrieval with its floors, memory and torch."""
    shown = render(_read())
    lines = {line.split("  ")[0]: line.split() for line in shown.splitlines() if line}
    assert lines["首次"][1:] == ["1.23", "7", "42"]
    assert lines["下限：仅启动 Python"][-2:] == ["120", "130"]
    assert lines["任务清单"][1:] == ["2.0", "3.0"] * 3
    assert lines["一次检索"][1:] == ["6.00", "7.00"]
    assert lines["下限：扫一遍向量"][1:] == ["1.00", "1.50"]
    assert "检索／下限 1.20；8 人同时问的 p95／单人中位数：查表 1.4，检索 2.5（混在一起 9.0）" in shown
    assert "常驻内存 321 MB；未加载 torch" in shown
    assert "全部法律" not in shown

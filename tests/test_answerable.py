"""Whether the documents answer at all: what a question leaves over beside its evidence, the judge and its weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from eval.answerable import Labelled, Row, learn
from index.clean import fold
from index.errors import IndexCorrupt
from rag.answerable.features import Asked, dense, frame, grams, numbers
from rag.answerable.judge import Known, Lack, LinearJudge, ShippedJudge
from rag.assistant import Assistant
from rag.model import Question, Reason
from rag.retrieve import Hit
from rag.understand.ask import Intent

ITEM = "推进企业安全班组创建,每季度至少3个,由市应急管理局牵头"


def asked(text: str, *, vector: Sequence[float] = (1.0, 0.0), evidence: str = ITEM, rule: str = "") -> Asked:
    """A question beside one item."""
    hits = (Hit("plan", "7", 1.2, 0.9, 0.8), Hit("plan", "8", 0.9, 0.85, 0.5))
    return Asked(text, np.array(vector, np.float32), hits, (fold(evidence),), evidence, Intent.OPEN, rule)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("安全班组要达到哪些条件才算创建成功", "◆要达到哪些条件才算◇成功"),
        ("每季度至少几个", "◆几个"),
        ("彩票怎么买", "彩票怎么买"),
        ("", ""),
    ],
)
def test_a_frame_keeps_what_the_evidence_does_not_say(text: str, left: str) -> None:
    """Runs of two or more characters of the evidence are struck out, single characters and all else stay."""
    assert frame(text, ITEM) == left


def test_each_source_of_ngrams_weighs_the_same() -> None:
    """The question, its frame and what is left beside the draft are rows of length 1, however long they are."""
    for text in ("谁牵头", "安全班组要达到哪些条件才算创建成功" * 10):
        _, values = grams(asked(text))
        assert float(values @ values) == pytest.approx(3.0, abs=1e-4)


def test_numbers_tell_a_question_with_its_answer_from_one_without() -> None:
    """每季度至少几个 finds its number in the item, 要几辆车 does not; the row has one length for all questions."""
    told, untold = numbers(asked("安全班组每季度至少几个")), numbers(asked("安全班组要几辆车"))
    assert told.shape == untold.shape
    assert np.isfinite(told).all()
    assert not np.array_equal(told, untold)
    row = dense(asked("谁"), [0.9, 0.8, 0.7, 0.6])
    assert len(row) == 2 + len(told) + 4


def test_nearness_looks_at_both_kinds_and_can_leave_rows_out() -> None:
    """Cosines to the nearest unanswerable question come first; a row that is left out is not found."""
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    known = Known(vectors, np.array([True, False, True]), ("fact", "", "value"))
    near, rows = known.nearness(np.array([1, 0], np.float32))
    assert near == pytest.approx([1.0, 0.8, 0.0, 0.0])
    assert rows == [0, 2]
    without, rows = known.nearness(np.array([1, 0], np.float32), np.array([True, False, False]))
    assert without[0] == pytest.approx(0.6)
    assert rows[0] == 2


def _data() -> list[Row]:
    """Sixty pairs: 班组几个 is answered, 班组花多少钱 is not; a rule refuses some of both."""
    kinds = {"班组几个": True, "班组谁牵头": True, "班组花多少钱": False, "班组组长电话": False}
    found = []
    for at in range(120):
        words, answerable = list(kinds.items())[at % 4]
        text = f"{words}{'甲乙丙丁戊'[at % 5]}"
        rule = "fact" if at % 7 == 0 else ""
        vector = (0.6, 0.8) if answerable else (0.8, 0.6)
        question = Question(text, id=str(at))
        lack = "" if answerable else "fact"
        found.append(
            Row(asked(text, vector=vector, rule=rule), Labelled(question, f"g{at // 4}", answerable, lack, True))
        )
    return found


def test_weights_are_learnt_saved_and_judge_alike() -> None:
    """What is learnt tells new wordings of both kinds apart, in one process and out of the saved arrays."""
    pytest.importorskip("sklearn", reason="scikit-learn (extra models) is not installed")
    weights, report = learn(_data(), "model", "texts")
    judge = LinearJudge(weights)
    good, bad = judge(asked("班组几个呀", vector=(0.6, 0.8))), judge(asked("班组花多少钱呀", vector=(0.8, 0.6)))
    assert good.doubt < bad.doubt
    assert bad.refuse
    assert not bad.answer
    assert not good.refuse
    assert bad.lack is Lack.FACT
    assert judge(asked("班组花多少钱呀", vector=(0.8, 0.6), rule="fact")).doubt != bad.doubt
    assert "120 问" in report[0]


@pytest.fixture(scope="module")
def weights(docs: Path) -> Path:
    return docs / "answerable" / "weights.npz"


def test_a_judge_has_no_opinion_on_what_it_was_not_made_for(weights: Path, tmp_path: Path) -> None:
    """Another embedding, other texts, no file: the rules decide. A broken file is said to be broken."""
    with np.load(weights) as file:
        model, texts = str(file["model_id"]), str(file["texts"])
        dim = file["vectors"].shape[1]
    question = asked("谁", vector=[1.0] + [0.0] * (dim - 1))
    assert ShippedJudge(weights, model, texts)(question) is not None
    assert ShippedJudge(weights, "another", texts)(question) is None
    assert ShippedJudge(weights, model, "another")(question) is None
    assert ShippedJudge(tmp_path / "none.npz", model, texts)(question) is None
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(IndexCorrupt, match="broken"):
        ShippedJudge(tmp_path / "broken.npz", model, texts)(question)


def test_the_shipped_judge_is_at_work(assistant: Assistant) -> None:
    """The weights fit the shipped plan and embedding: a look-alike that nothing answers is refused, its twin is not."""
    told = assistant.ask(Question("燃气安全整治由谁牵头"))
    untold = assistant.ask(Question("燃气安全整治给我们局拨了几台检测车"))
    assert not told.refused
    assert untold.reason is Reason.NOT_IN_DOCUMENT


def test_the_rules_decide_without_a_judge(assistant: Assistant) -> None:
    """An assistant whose judge has no opinion still answers."""
    bare = Assistant(assistant.library, assistant.reader, lambda: assistant.retriever, judge=lambda _: None)
    assert bare.ask(Question("燃气安全整治由谁牵头")).citations


def test_labelled_questions_are_well_formed(docs: Path) -> None:
    """Every line has an id of its own; what is unanswerable says what is lacking, in the judge's own words."""
    rows = [orjson.loads(line) for line in (docs / "answerable" / "questions.jsonl").read_bytes().splitlines()]
    assert len(rows) > 3000
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["answerable"] == ("lack" not in row), row["id"]
        assert row["answerable"] or Lack(row["lack"]), row["id"]
    answerable = [row for row in rows if row["answerable"]]
    assert 0.4 < len(answerable) / len(rows) < 0.7


def test_a_question_without_evidence_can_be_judged() -> None:
    """Nothing found is no error."""
    bare = replace(asked("谁"), hits=(), evidence=())
    assert np.isfinite(numbers(bare)).all()
    assert len(grams(bare)[0]) > 0

"""Gold questions: the loader's promises, and what the shipped set must be."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.dataset import QUESTIONS, DutyList, Gold, load_gold, load_named, select, split
from index.clean import fold
from index.corpus import load_documents
from index.errors import QuestionError
from index.model import ParsedDocument
from index.organisations import Register, load_register
from index.pipeline import load_expansions, parse_documents
from rag.model import Reason

NEAR = 0.6
"""Jaccard overlap of character pairs from which on two questions count as one."""

REGISTERS = {"formal", "colloquial", "short", "typo", "traditional", "multi_turn"}


@pytest.fixture(scope="module")
def gold_questions() -> tuple[Gold, ...]:
    return load_gold()


@pytest.fixture(scope="module")
def register(docs: Path) -> Register:
    return load_register(docs / "organisations.toml")


@pytest.fixture(scope="module")
def parsed(docs: Path, register: Register) -> dict[str, ParsedDocument]:
    return {one.document.id: one for one in parse_documents(load_documents(docs), register)}


def _write(folder: Path, *rows: Any) -> Path:
    path = folder / "mine.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _pairs(text: str) -> frozenset[str]:
    letters = re.sub(r"[\W_]", "", fold(text))
    return frozenset(letters[at : at + 2] for at in range(len(letters) - 1)) or frozenset((letters,))


def _near(questions: Sequence[str], bank: Sequence[str]) -> list[tuple[str, str]]:
    """(question, question of the bank) that share at least ``NEAR`` of their character pairs."""
    theirs = [_pairs(one) for one in bank]
    holders: dict[str, list[int]] = {}
    for at, pairs in enumerate(theirs):
        for pair in pairs:
            holders.setdefault(pair, []).append(at)
    found: list[tuple[str, str]] = []
    for one in questions:
        mine = _pairs(one)
        shared = Counter(at for pair in mine for at in holders.get(pair, ()))
        alike = {at for at, n in shared.items() if n / len(mine | theirs[at]) >= NEAR}
        found += [(one, bank[at]) for at in sorted(alike)]
    return found


def test_only_id_and_question_are_needed(tmp_path: Path) -> None:
    """Anybody's set may consist of bare questions; they count as answerable, with nothing to check but the answer."""
    (one,) = load_gold(_write(tmp_path, {"id": "1", "question": "谁牵头？"}))
    assert one == Gold("1", "谁牵头？", line=1)
    assert one.asked().text == "谁牵头？"


def test_every_field_is_read(tmp_path: Path) -> None:
    """A line with every field arrives complete; a fact written as plain words is a list of one wording."""
    row = {
        "id": "1", "question": "问", "org": "市住建局", "history": [{"role": "user", "content": "前"}],
        "intent": "duties", "register": "multi_turn", "answerable": True, "reason": None, "clauses": [["plan", "20"]],
        "facts": ["甲", ["乙", "丙"]], "forbidden": ["丁"],
        "evidence": [{"document": "plan", "clause": "20", "quote": "戊"}],
        "duties": {"organisation": "市住建局", "named": ["20"], "body": [], "member": ["1"], "possible": []},
        "lay": True,
    }  # fmt: skip
    (one,) = load_gold(_write(tmp_path, "", row))
    assert one.line == 2
    assert one.facts == (("甲",), ("乙", "丙"))
    assert one.clauses == (("plan", "20"),)
    assert one.duties == DutyList("市住建局", frozenset({"20"}), frozenset(), frozenset({"1"}), frozenset())
    assert (one.asked().org, one.asked().history[0].content, one.lay) == ("市住建局", "前", True)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("{", "不是合法的 JSON"),
        ("[]", "不是 JSON 对象"),
        ({"question": "问"}, "id 缺失"),
        ({"id": "2", "question": "  "}, "question 缺失"),
        ({"id": "1", "question": "问"}, "与第1行重复"),
        ({"id": "2", "question": "问", "fact": []}, "不认识的字段：fact"),
        ({"id": "2", "question": "问", "line": 3}, "不认识的字段：line"),
        ({"id": "2", "question": "问", "answerable": "no"}, "answerable 应为"),
        ({"id": "2", "question": "问", "reason": "ambiguous"}, "不应有 reason"),
        ({"id": "2", "question": "问", "answerable": False, "reason": "bored"}, "“bored”无法识别"),
        ({"id": "2", "question": "问", "clauses": [["plan"]]}, "应为 [文件, 条款]"),
        ({"id": "2", "question": "问", "clauses": "20"}, "clauses 应为列表"),
        ({"id": "2", "question": "问", "facts": [[]]}, "至少要有一种写法"),
        ({"id": "2", "question": "问", "facts": [[1]]}, "facts 的每一条 应为文字"),
        ({"id": "2", "question": "问", "history": [{"role": "bot", "content": "x"}]}, "history 的每一条"),
        ({"id": "2", "question": "问", "evidence": [{"quote": "x"}]}, "evidence 的每一条"),
        ({"id": "2", "question": "问", "duties": {"organisation": "市住建局", "namd": []}}, "duties 应含"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, row: Any, words: str) -> None:
    """What is wrong is said in Chinese with the file and the line it stands on."""
    path = _write(tmp_path, {"id": "1", "question": "问"}, row)
    with pytest.raises(QuestionError, match=re.escape(words)) as caught:
        load_gold(path)
    assert "mine.jsonl 第2行" in str(caught.value)


def test_missing_and_empty_files_are_errors(tmp_path: Path) -> None:
    """No file and no question are told apart from a set that everything passes."""
    with pytest.raises(QuestionError, match="无法读取"):
        load_gold(tmp_path / "none.jsonl")
    with pytest.raises(QuestionError, match="没有问题"):
        load_gold(_write(tmp_path, ""))


@given(st.text(min_size=1))
def test_the_halves_are_a_partition(id: str) -> None:
    """Every id is in exactly one half, whatever it is made of."""
    one = Gold(id, "问")
    assert [part for part in ("dev", "test") if select([one], part)] == [one.split]
    assert select([one], "all") == (one,)


def test_the_split_is_fixed() -> None:
    """These ids were assigned when the set was made and never move."""
    assert {id: split(id) for id in ("g001", "g002", "g003", "g004", "g100", "g435")} == {
        "g001": "dev", "g002": "test", "g003": "test",
        "g004": "test", "g100": "test", "g435": "dev",
    }  # fmt: skip


def test_the_halves_are_of_a_size(gold_questions: tuple[Gold, ...]) -> None:
    """Neither half is less than two fifths, in the whole and among unanswerable questions."""
    for part in (gold_questions, tuple(one for one in gold_questions if not one.answerable)):
        share = len(select(part, "test")) / len(part)
        assert 0.4 < share < 0.6


def test_the_shipped_set_is_large_and_covers_everything(gold_questions: tuple[Gold, ...]) -> None:
    """At least 300 questions, 60 of them unanswerable, for every register, every reason to refuse, and every intent."""
    unanswerable = [one for one in gold_questions if not one.answerable]
    assert len(gold_questions) >= 300
    assert len(unanswerable) >= 60
    registers, intents = Counter(one.register for one in gold_questions), Counter(one.intent for one in gold_questions)
    assert set(registers) == REGISTERS
    assert min(registers.values()) >= 15
    assert min(intents.values()) >= 5
    assert {one.reason for one in unanswerable} == set(Reason)
    assert {one.register for one in unanswerable} >= {"formal", "colloquial", "short"}


def test_law_questions_are_often_in_lay_wording(gold_questions: tuple[Gold, ...]) -> None:
    """At least two fifths of what is asked of the law and the rules is asked as people talk, and has an answer."""
    law = [one for one in gold_questions if one.intent in ("law", "zerenzhi")]
    assert sum(one.lay for one in law) >= 0.4 * len(law)
    assert all(one.answerable for one in gold_questions if one.lay)


def test_follow_ups_and_only_they_have_a_history(gold_questions: tuple[Gold, ...]) -> None:
    """``multi_turn`` means that something was said before, by the asker first and the assistant last."""
    for one in gold_questions:
        assert bool(one.history) == (one.register == "multi_turn"), one.id
        if one.history:
            assert [turn.role for turn in one.history] == ["user", "assistant"] * (len(one.history) // 2), one.id


def test_evidence_stands_in_its_clause(gold_questions: tuple[Gold, ...], parsed: dict[str, ParsedDocument]) -> None:
    """Every evidence quotation is the exact text of the clause it names, in the document as it is stored."""
    checked = 0
    for one in gold_questions:
        for piece in one.evidence:
            document = parsed[piece.document]
            clause = next(c for c in document.clauses if c.id == piece.clause)
            assert piece.quote in clause.span.of(document.document.text), (one.id, piece)
            checked += 1
    assert checked > 400


def test_gold_clauses_exist(gold_questions: tuple[Gold, ...], parsed: dict[str, ParsedDocument]) -> None:
    """Every clause named is a top-level clause of an indexed document, and evidence comes from clauses named."""
    tops = {(id, clause.top) for id, document in parsed.items() for clause in document.clauses}
    for one in gold_questions:
        assert set(one.clauses) <= tops, one.id
        assert {(piece.document, piece.clause) for piece in one.evidence} <= set(one.clauses), one.id


def test_answerable_questions_can_be_checked(gold_questions: tuple[Gold, ...]) -> None:
    """Only questions about the assistant itself have nothing to check; unanswerable ones have no clauses or facts."""
    for one in gold_questions:
        checkable = bool(one.facts or one.clauses or one.duties)
        assert checkable == (one.answerable and not (one.intent == "documents" and not checkable)), one.id


def test_duty_lists_agree_with_the_duty_table(gold_questions: tuple[Gold, ...], register: Register) -> None:
    """Two hand-made sources say the same of each organisation; both use the register's canonical names."""
    table = load_named()
    assert {name: register.canonical(name) for name in table} == {name: name for name in table}
    compared = 0
    for one in gold_questions:
        if one.duties is None:
            continue
        assert register.canonical(one.duties.organisation) == one.duties.organisation, one.id
        if one.duties.organisation in table:
            assert one.duties == table[one.duties.organisation], one.id
            compared += 1
    assert compared > 30


def test_nothing_is_asked_twice(gold_questions: tuple[Gold, ...]) -> None:
    """No two questions without a history are the same words."""
    counts = Counter(fold(one.question) for one in gold_questions if not one.history)
    assert [words for words, n in counts.items() if n > 1] == []


def test_the_question_bank_does_not_hold_the_gold(gold_questions: tuple[Gold, ...], docs: Path) -> None:
    """No question that is indexed beside a clause is a gold question, or nearly one: the test would test itself."""
    bank = [one.question for one in load_expansions(docs)]
    assert len(bank) > 1000
    assert _near([one.question for one in gold_questions], bank) == []


def test_the_judge_did_not_learn_from_the_gold(gold_questions: tuple[Gold, ...], docs: Path) -> None:
    """No labelled question is a gold question, or nearly one; what is learnt from dev questions is read from there."""
    lines = (docs / "answerable" / "questions.jsonl").read_bytes().splitlines()
    learnt = [orjson.loads(line)["question"] for line in lines]
    assert len(learnt) > 3000
    assert _near([one.question for one in gold_questions], learnt) == []


def test_wishes_were_not_learnt_from_the_gold(gold_questions: tuple[Gold, ...], docs: Path) -> None:
    """No message that whole lists are learnt from is a gold question, or nearly one."""
    learnt = [
        orjson.loads(line)["question"] for line in (docs / "wishes" / "questions.jsonl").read_bytes().splitlines()
    ]
    assert len(learnt) > 500
    assert _near([one.question for one in gold_questions], learnt) == []


def test_near_duplicates_are_recognised() -> None:
    """The comparison of the test above takes a changed word or mark for the same question, and another for another."""
    bank = ["领导干部哪些情况会被问责", "多久公布一次案例", "谁？"]
    assert _near(["领导干部哪些情形会被问责？", "谁牵头燃气整治", "谁"], bank) == [
        ("领导干部哪些情形会被问责？", bank[0]),
        ("谁", bank[2]),
    ]


def test_the_default_set_is_the_shipped_one(root: Path) -> None:
    """Without a file of one's own the gold set of the checkout is run."""
    assert root / "eval" / "gold" / "questions.jsonl" == QUESTIONS

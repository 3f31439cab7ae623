"""Dates, recurrences, quantities and words that stay vague."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.corpus import docs_folder, load_documents
from index.duties.deadlines import find_deadlines
from index.model import Deadline, DeadlineKind, Family, Kind, ParsedDocument, Span
from index.organisations import load_register
from index.pipeline import parse_document


def find(text: str, year: int | None = 2023) -> tuple[Deadline, ...]:
    return find_deadlines(text, Span(0, len(text)), year)


def told(deadline: Deadline) -> str | tuple[float, str] | None:
    """What the deadline is worth: its date, its recurrence, its quantity, or nothing."""
    if deadline.kind is DeadlineKind.QUANTITY:
        assert deadline.value is not None
        return deadline.value, deadline.unit or ""
    return deadline.due or deadline.rrule


@pytest.fixture(scope="module")
def plan(docs: Path) -> ParsedDocument:
    loaded = next(one for one in load_documents(docs, ()) if one.document.family is Family.WORK_PLAN)
    return parse_document(loaded, load_register(docs_folder() / "organisations.toml"))


def test_all_deadlines_of_the_plan(plan: ParsedDocument, gold: Path) -> None:
    """Every deadline of notice, preamble and items, in order, with kind and value, where its context stands."""
    with (gold / "deadlines.tsv").open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    text = plan.document.text
    clauses = [c for c in plan.clauses if c.kind in (Kind.NOTICE, Kind.PREAMBLE, Kind.ITEM)]
    found = [(clause, one) for clause in clauses for one in find_deadlines(text, clause.span, 2023)]
    assert [
        (clause.id, d.text, d.kind.value, d.due or "", d.rrule or "", f"{d.value or ''}", d.unit or "")
        for clause, d in found
    ] == [tuple(row[k] for k in ("clause", "text", "kind", "due", "rrule", "value", "unit")) for row in expected]
    for (clause, one), row in zip(found, expected, strict=True):
        at = clause.text.index(row["context"])
        assert one.span in Span(clause.span.start + at, clause.span.start + at + len(row["context"]))


def test_every_duty_holds_only_deadlines_of_its_clause(plan: ParsedDocument) -> None:
    """Whatever a duty carries is verbatim text of the clause that gives the duty."""
    clauses = {clause.id: clause for clause in plan.clauses}
    carried = [(duty, deadline) for duty in plan.duties for deadline in duty.deadlines]
    assert carried
    for duty, deadline in carried:
        assert deadline.span.of(plan.document.text) == deadline.text
        assert deadline.span in clauses[duty.clause].span


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3月底前", [("3月底前", "2023-03-31")]),
        ("2月底前", [("2月底前", "2023-02-28")]),
        ("2024年2月末前", [("2024年2月末前", "2024-02-29")]),
        ("6月前", [("6月前", "2023-05-31")]),
        ("1月前", [("1月前", "2022-12-31")]),
        ("5月10日之前", [("5月10日之前", "2023-05-10")]),
        ("十二月五日前", [("十二月五日前", "2023-12-05")]),
        ("6月上旬前", [("6月上旬前", "2023-06-10")]),
        ("6月下旬前", [("6月下旬前", "2023-06-30")]),
        ("年底前", [("年底前", "2023-12-31")]),
        ("2025年底前", [("2025年底前", "2025-12-31")]),
        ("今年年底前", [("今年年底前", "2023-12-31")]),
        ("明年3月底前", [("明年3月底前", "2024-03-31")]),
        ("次年1月底前", [("次年1月底前", "2024-01-31")]),
        ("2023年6月25和12月25日前", [("2023年6月25", "2023-06-25"), ("12月25日前", "2023-12-25")]),
        ("2024年7月5日前和12月20日前", [("2024年7月5日前", "2024-07-05"), ("12月20日前", "2023-12-20")]),
        ("2月30日前", [("2月30日前", None)]),
        ("13月底前", [("13月底前", None)]),
        ("0月前", [("0月前", None)]),
    ],
)
def test_dates(text: str, expected: list[tuple[str, str | None]]) -> None:
    """The last day that still counts; a day the calendar lacks stays vague and is not moved."""
    found = find(text)
    assert [(one.text, one.due) for one in found] == expected
    for one in found:
        assert one.kind is (DeadlineKind.DATE if one.due else DeadlineKind.VAGUE)


def test_a_date_without_a_year_is_not_guessed() -> None:
    """A document without a date of issue: 3月底前 stays vague, a date with its year is still a date."""
    assert [(one.kind, one.due) for one in find("3月底前、2024年3月底前", None)] == [
        (DeadlineKind.VAGUE, None),
        (DeadlineKind.DATE, "2024-03-31"),
    ]


@pytest.mark.parametrize(
    ("text", "words", "rrule"),
    [
        ("每日巡查", "每日", "FREQ=DAILY"),
        ("每周例会", "每周", "FREQ=WEEKLY"),
        ("每个月报送", "每个月", "FREQ=MONTHLY"),
        ("每两个月报送", "每两个月", "FREQ=MONTHLY;INTERVAL=2"),
        ("每3年评价", "每3年", "FREQ=YEARLY;INTERVAL=3"),
        ("每季度末报送", "每季度末", "FREQ=MONTHLY;INTERVAL=3"),
        ("每半年检查", "每半年", "FREQ=MONTHLY;INTERVAL=6"),
        ("每年度考核", "每年度", "FREQ=YEARLY"),
        ("开展季度现场考核", "季度", "FREQ=MONTHLY;INTERVAL=3"),
        ("案例季度公开发布机制", "季度", "FREQ=MONTHLY;INTERVAL=3"),
    ],
)
def test_recurrences(text: str, words: str, rrule: str) -> None:
    """每… as an RFC 5545 rule; a bare 季度 counts before what is done each quarter."""
    (one,) = find(text)
    assert (one.text, one.kind, one.rrule, one.due) == (words, DeadlineKind.RECURRENCE, rrule, None)


@pytest.mark.parametrize(
    ("text", "rrule", "value"),
    [
        ("至少半年组织1次", "FREQ=MONTHLY;INTERVAL=6", 1),
        ("至少每季度开展两次", "FREQ=MONTHLY;INTERVAL=3", 2),
        ("至少每年演练1次", "FREQ=YEARLY", 1),
    ],
)
def test_recurrence_with_its_own_count(text: str, rrule: str, value: int) -> None:
    """至少半年组织1次 is one deadline: how often, and how many times then."""
    (one,) = find(text)
    assert (one.text, one.kind, one.rrule, one.value, one.unit) == (text, DeadlineKind.RECURRENCE, rrule, value, "次")


@pytest.mark.parametrize(
    ("text", "words", "value", "unit"),
    [
        ("不少于1个", "不少于1个", 1, "个"),
        ("至少公布3个案例", "至少公布3个", 3, "个"),
        ("不得少于两次", "不得少于两次", 2, "次"),
        ("不低于98.5%", "不低于98.5%", 98.5, "%"),
        ("不超过十五人", "不超过十五人", 15, "人"),
    ],
)
def test_quantities(text: str, words: str, value: float, unit: str) -> None:
    """A bound with its number and unit."""
    (one,) = find(text)
    assert (one.text, one.kind, one.value, one.unit) == (words, DeadlineKind.QUANTITY, value, unit)


@pytest.mark.parametrize(
    "text",
    [
        "每位职工",
        "每人",
        "每个工作日",
        "第二季度",
        "上季度",
        "一季度考核",
        "定期检验",
        "整改不及时",
        "超过20年",
        "21项",
    ],
)
def test_what_is_no_deadline(text: str) -> None:
    """Ordinals, persons, names of things and bare numbers say neither when nor how often."""
    assert find(text) == ()


@pytest.mark.parametrize("text", ["定期", "不定期", "按期", "经常性", "常态化", "适时", "尽快", "及时", "限期"])
def test_vague_words_stay_vague(text: str) -> None:
    """No date, rule or number is made up for them."""
    (one,) = find(text)
    assert (one.text, one.kind, told(one)) == (text, DeadlineKind.VAGUE, None)


def test_a_vague_word_beside_a_recurrence_adds_nothing() -> None:
    """每月定期通报 is monthly and nothing else; 定期 elsewhere in the sentence still counts."""
    assert [one.text for one in find("每月定期通报,定期检查")] == ["每月", "定期"]


def test_only_the_given_stretch_is_read() -> None:
    """Offsets count from the start of the text, and what lies outside is not seen."""
    text = "每年查。每月报。每日巡。"
    (one,) = find_deadlines(text, Span(4, 8), 2023)
    assert one.span == Span(4, 6)
    assert one.span.of(text) == "每月"


@given(
    st.text(alphabet="每个半年月季度日底末前0123456789十二两至少不于次和定期。,限及时明今", max_size=40),
    st.none() | st.just(2023),
)
def test_any_text_gives_exact_offsets_without_overlap(text: str, year: int | None) -> None:
    """Arbitrary characters: no error, verbatim words, reading order, and each kind has what it promises."""
    found = find(text, year)
    for one in found:
        assert one.span.of(text) == one.text != ""
        assert (one.due is not None) == (one.kind is DeadlineKind.DATE)
        assert (one.rrule is not None) == (one.kind is DeadlineKind.RECURRENCE)
    for first, second in itertools.pairwise(found):
        assert first.span.end <= second.span.start

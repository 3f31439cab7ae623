"""Numbers given to citations, and what is caught before an answer leaves."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest

from index.basis import load_basis
from index.errors import CitationError
from index.model import Clause, Family, ParsedDocument, Provenance, Span
from index.organisations import load_register
from rag.assistant import Assistant
from rag.citations import CitationBook, renumber, verify
from rag.library import DocumentInfo, Library
from rag.model import Answer, DutyRow, Question, Reason, Understood
from tests.fakes.papers import law, plan

DUTY = DutyRow("plan", "5", "市住建局", "牵头组织开展", "named", None)


class Papers:
    """A shelf of the two tiny documents."""

    def __init__(self, *parsed: ParsedDocument) -> None:
        self._parsed = {one.document.id: one for one in parsed}
        self.document_ids = tuple(self._parsed)
        infos = (
            DocumentInfo(one.id, one.title, one.short_title, one.number, one.family)
            for one in (paper.document for paper in parsed)
        )
        self.infos = MappingProxyType({info.id: info for info in infos})

    def document(self, id: str) -> ParsedDocument:
        """As the index's reader gives it."""
        return self._parsed[id]


def _unverified(parsed: ParsedDocument) -> ParsedDocument:
    clauses = tuple(replace(clause, verified=False) for clause in parsed.clauses)
    return replace(parsed, document=replace(parsed.document, provenance=Provenance.TRANSCRIBED), clauses=clauses)


def make_library(docs: Path, *parsed: ParsedDocument, day: date = date(2026, 11, 23)) -> Library:
    """A library of these documents alone."""
    register = load_register(docs / "organisations.toml")
    return Library(Papers(*parsed), register, load_basis(docs / "legal_basis.toml"), (), lambda: day)


@pytest.fixture
def library(docs: Path) -> Library:
    """The tiny plan and the tiny law."""
    return make_library(docs, plan(), law())


@pytest.fixture
def good(library: Library) -> Answer:
    """Two clauses cited, one of them quoted."""
    book = CitationBook(library)
    five, second = library.clauses("plan")["5"], library.clauses("law")["2.1"]
    text = f"第5项{book.cite(five)}：\n\n> 持续开展城镇燃气专项整治。\n\n依据{book.cite(second)}。"
    return Answer("a", "问题", Understood("open", (), "问题"), text, book.citations, (DUTY,))


def clause(library: Library, document: str, id: str) -> Clause:
    """A clause of the tiny documents."""
    return library.clauses(document)[id]


def test_the_same_words_keep_their_number(library: Library) -> None:
    """Numbers follow the order of citing; a clause cited again has the number it had."""
    book = CitationBook(library)
    four, five = clause(library, "plan", "4"), clause(library, "plan", "5")
    assert [book.cite(five), book.cite(four), book.cite(five), book.cite(four)] == ["[1]", "[2]", "[1]", "[2]"]
    assert [(one.marker, one.clause) for one in book.citations] == [(1, "5"), (2, "4")]


def test_parts_are_cited_under_their_clause(library: Library) -> None:
    """A 款 is cited with its own words under the article's id; a stretch of a clause is a citation of its own."""
    book = CitationBook(library)
    assert book.cite(clause(library, "law", "2.2")) == "[1]"
    article = clause(library, "law", "2")
    assert book.cite(article) == "[2]"
    assert book.cite(article, Span(article.span.start, article.span.start + 3)) == "[3]"
    part, whole, stretch = book.citations
    assert (part.clause, whole.clause, stretch.clause) == ("2", "2", "2")
    assert part.quote == clause(library, "law", "2.2").text
    assert stretch.quote == "第二条"
    for one in book.citations:
        assert one.span.of(library.document("law").text) == one.quote


def test_a_citation_says_what_its_document_is(docs: Path) -> None:
    """Title, number and status come from the document, on the day asked."""
    book = CitationBook(make_library(docs, plan(), _unverified(law())))
    book.cite(plan().clauses[0])
    book.cite(law().clauses[0])
    first, second = book.citations
    assert (first.document, first.title, first.number) == ("plan", "测试工作要点", "宜市安字〔2023〕2号")
    assert second.status == "转录待核"


@pytest.mark.parametrize(
    ("changes", "day", "status"),
    [
        ({}, "2026-01-01", "现行有效"),
        ({"expires": "2023-12-31"}, "2023-12-31", "现行有效"),
        ({"expires": "2023-12-31"}, "2024-01-01", "年度任务已届满"),
        ({"effective": "2026-05-01"}, "2026-04-30", "尚未施行"),
        ({"effective": "2026-05-01"}, "2026-05-01", "现行有效"),
        ({"repealed": True}, "2026-01-01", "已废止"),
        ({"provenance": Provenance.TRANSCRIBED}, "2026-01-01", "转录待核"),
    ],
)
def test_status_by_the_day(docs: Path, changes: dict[str, object], day: str, status: str) -> None:
    """In force, expired, repealed, not yet: reckoned on the day of asking, last days included."""
    paper = law()
    changed = replace(paper, document=replace(paper.document, **changes))
    assert make_library(docs, plan(), changed, day=date.fromisoformat(day)).status("law") == status


def test_renumber_follows_the_text(library: Library) -> None:
    """Citations are numbered as they first appear in the text; those it never uses are dropped."""
    book = CitationBook(library)
    for id in ("4", "5"):
        book.cite(clause(library, "plan", id))
    book.cite(clause(library, "law", "1"))
    text, kept = renumber("先[3]后[1]再[3]。", book.citations)
    assert text == "先[1]后[2]再[1]。"
    assert [(one.marker, one.document, one.clause) for one in kept] == [(1, "law", "1"), (2, "plan", "4")]


def test_renumber_drops_strange_markers(library: Library) -> None:
    """A marker nobody gave, such as one in a question repeated, is taken out of the text."""
    book = CitationBook(library)
    book.cite(clause(library, "plan", "4"))
    text, kept = renumber("甲[9]乙[1]", book.citations)
    assert (text, len(kept)) == ("甲乙[1]", 1)
    assert renumber("没有编号", book.citations) == ("没有编号", ())


def test_a_good_answer_passes(library: Library, good: Answer) -> None:
    """What the other tests break is sound to begin with."""
    verify(good, library)


def _requoted(answer: Answer, change: str) -> Answer:
    first, *rest = answer.citations
    return replace(answer, citations=(replace(first, quote=change), *rest))


def _moved(answer: Answer, by: int) -> Answer:
    first, *rest = answer.citations
    return replace(
        answer, citations=(replace(first, span=Span(first.span.start + by, first.span.end + by)), *rest)
    )  # fmt: skip


BREAKS = {
    "one character": lambda a: _requoted(a, a.citations[0].quote.replace("燃气", "燃汽", 1)),
    "one space": lambda a: _requoted(a, a.citations[0].quote + " "),
    "comma of another width": lambda a: _requoted(a, a.citations[0].quote.replace(",", "，")),
    "cut short": lambda a: _requoted(a, a.citations[0].quote[:-1]),
    "empty": lambda a: _requoted(a, ""),
    "one place on": lambda a: _moved(a, 1),
    "one place back": lambda a: _moved(a, -1),
    "beyond the end": lambda a: _moved(a, 10_000),
    "marker without citation": lambda a: replace(a, text=a.text + "[3]"),
    "citation without marker": lambda a: replace(a, text=a.text.replace("[2]", "")),
    "no citation at all": lambda a: replace(a, citations=()),
    "quotation changed": lambda a: replace(a, text=a.text.replace("> 持续开展", "> 继续开展")),
    "quotation glued": lambda a: replace(a, text=a.text.replace("> 持续开展城镇", "> 持续城镇")),
    "quotation of another clause": lambda a: replace(a, text=a.text + "\n\n> 每月定期通报情况。"),
    "quotation indented": lambda a: replace(a, text=a.text + "\n\n  > 凭空写的一句。"),
    "refusal with duties": lambda a: replace(a, reason=Reason.NO_EVIDENCE),
}


@pytest.mark.parametrize("what", BREAKS)
def test_every_fault_is_caught(library: Library, good: Answer, what: str) -> None:
    """No answer with a wrong quotation, number or duty list gets past; the sound one of before does."""
    broken = BREAKS[what](good)
    assert broken != good
    with pytest.raises(CitationError):
        verify(broken, library)


def test_unverified_words_are_no_quotation(docs: Path) -> None:
    """Transcribed text that nobody compared may be cited, not quoted."""
    library = make_library(docs, plan(), _unverified(law()))
    book = CitationBook(library)
    marker = book.cite(clause(library, "law", "1"))
    plain = Answer(None, "问", Understood("open", (), "问"), f"第一条{marker}", book.citations)
    verify(plain, library)
    with pytest.raises(CitationError):
        verify(replace(plain, text=f"第一条{marker}\n\n> 为了加强安全生产工作"), library)


def test_answers_of_the_assistant_are_numbered_in_order(assistant: Assistant) -> None:
    """Markers of a real answer first appear as 1, 2, 3 … and nothing is cited twice."""
    for question in ("市住建局要做什么", "第20项谁牵头", "三管三必须是什么意思", "工人能不能拒绝冒险作业"):
        answer = assistant.ask(Question(question))
        seen = list(dict.fromkeys(int(marker) for marker in re.findall(r"\[(\d+)\]", answer.text)))
        assert seen == list(range(1, len(answer.citations) + 1))
        assert len({(one.document, one.span) for one in answer.citations}) == len(answer.citations)


def test_families_of_the_tiny_papers() -> None:
    """The tiny documents are of the two families the library tells apart."""
    assert [paper.document.family for paper in (plan(), law())] == [Family.WORK_PLAN, Family.STATUTE]

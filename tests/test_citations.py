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
from rag.compose.draft import plain, quoted
from rag.library import DocumentInfo, Library
from rag.model import Answer, DutyRow, Question, Reason, Understood
from tests.fakes.papers import PLAN_TEXT, law, plan

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
    return _answer(text, book)


def _answer(text: str, book: CitationBook) -> Answer:
    """What the assistant would hand out for ``text``."""
    text, citations = renumber(text, book.citations)
    return Answer("a", "问题", Understood("open", (), "问题"), text, citations, (DUTY,))


def shown(text: str, book: CitationBook) -> str:
    """``text`` as it leaves."""
    return renumber(text, book.citations)[0]


def clause(library: Library, document: str, id: str) -> Clause:
    """A clause of the tiny documents."""
    return library.clauses(document)[id]


def test_the_same_words_keep_their_number(library: Library) -> None:
    """Numbers follow the order of citing; a clause cited again has the number it had."""
    book = CitationBook(library)
    four, five = clause(library, "plan", "4"), clause(library, "plan", "5")
    markers = "".join([book.cite(five), book.cite(four), book.cite(five), book.cite(four)])
    assert shown(markers, book) == "[1][2][1][2]"
    assert [(one.marker, one.clause) for one in book.citations] == [(1, "5"), (2, "4")]


def test_parts_are_cited_under_their_clause(library: Library) -> None:
    """A 款 is cited with its own words under the article's id; a stretch of a clause is a citation of its own."""
    book = CitationBook(library)
    article = clause(library, "law", "2")
    markers = [book.cite(clause(library, "law", "2.2")), book.cite(article)]
    markers.append(book.cite(article, Span(article.span.start, article.span.start + 3)))
    assert shown("".join(markers), book) == "[1][2][3]"
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
    four, _ = (book.cite(clause(library, "plan", id)) for id in ("4", "5"))
    first = book.cite(clause(library, "law", "1"))
    text, kept = renumber(f"先{first}后{four}再{first}。", book.citations)
    assert text == "先[1]后[2]再[1]。"
    assert [(one.marker, one.document, one.clause) for one in kept] == [(1, "law", "1"), (2, "plan", "4")]


def test_brackets_of_a_question_are_no_markers(library: Library) -> None:
    """``[1]`` in words repeated from a question cites nothing, and a marker of another answer is taken out."""
    book = CitationBook(library)
    four = book.cite(clause(library, "plan", "4"))
    text, kept = renumber(f"甲[9]乙[1]丙{four}", book.citations)
    assert (text, len(kept)) == ("甲［9］乙［1］丙[1]", 1)
    assert renumber("没有编号", book.citations) == ("没有编号", ())
    assert renumber(f"甲{four.replace('1', '7')}", book.citations) == ("甲", ())
    assert plain(four) == "1"


def test_brackets_of_a_document_are_no_markers(docs: Path) -> None:
    """A number 宜市安字[2023]2号 and a footnote [1] are shown full-width; the stored quote keeps its own."""
    said = "持续开展城镇燃气专项整治[1],按宜市安字[2023]2号执行。"
    library = make_library(docs, plan(PLAN_TEXT.replace("持续开展城镇燃气专项整治。", said)), law())
    book = CitationBook(library)
    five = clause(library, "plan", "5")
    answer = _answer(f"宜市安字[2023]2号第5项{book.cite(five)}：\n\n{quoted(library, five, said)}", book)
    assert answer.text == (
        "宜市安字［2023］2号第5项[1]：\n\n> 持续开展城镇燃气专项整治［1］,按宜市安字［2023］2号执行。"
    )
    assert said in answer.citations[0].quote
    verify(answer, library)
    with pytest.raises(CitationError):
        verify(replace(answer, text=answer.text.replace("治［1］", "治［2］")), library)


def test_a_quotation_stands_by_its_own_citation(library: Library) -> None:
    """Words of a clause that is cited elsewhere in the answer, not next to them, are refused."""
    book = CitationBook(library)
    five, law_first = book.cite(clause(library, "plan", "5")), book.cite(clause(library, "law", "1"))
    quotation = "> 持续开展城镇燃气专项整治。"
    verify(_answer(f"依据{law_first}：\n\n{quotation}\n\n第5项{five}", book), library)
    with pytest.raises(CitationError):
        verify(_answer(f"第5项{five}\n\n依据{law_first}：\n\n{quotation}", book), library)


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
    sound = _answer(f"第一条{marker}", book)
    verify(sound, library)
    with pytest.raises(CitationError):
        verify(replace(sound, text=f"{sound.text}\n\n> 为了加强安全生产工作"), library)


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

"""Is a word in the paper at all? 民宿有没有写进去, 文件里提到外卖骑手了吗: looked up literally, told either way."""

from __future__ import annotations

import re

from index.clean import fold
from index.model import Clause
from rag.citations import CitationBook
from rag.compose.draft import Draft, plain, quoted, status_notes
from rag.compose.mentions import items_saying, sentences_saying
from rag.compose.passages import best_pieces
from rag.library import Library
from rag.understand.reading import Reading

_SAYS = r"(?:提到|提及|提过|提了|写到|写进|写入|写了|写过|写上|讲到|说到|出现|列入|列进|纳入|涉及)"
_WHETHER = r"(?:了吗|过吗|了没有?|过没有?|没有?|吗|么|过么|了么|去吗|去没有?|去了吗|去)"
_AFTER = re.compile(
    rf"{_SAYS}(?:过|了)?“?(?P<what>[^，。？?“”]{{2,12}}?)”?(?:这个词|这几个字|字样|的内容)?{_WHETHER}[?？]?$"
)
_LETTERS = re.compile(
    rf"{_SAYS}(?:过|了)?[“「『\"]?(?P<what>[^，。？?“”「」『』\"]{{2,12}}?)[”」』\"]?(?:[一二三四五两几]个字|这个词|字样|字眼)|"
    rf"{_SAYS}(?:过|了)?[“「『\"](?P<quoted>[^”」』\"]{{1,12}})[”」』\"]|"
    r"(?:哪些|哪几|有几|多少)项?[^，。？?]{0,6}(?:提到|提及|写到|出现|带)(?:了|过)?[“「『\"]?(?P<which>[^，。？?“”「」『』\"的]{1,8})(?:的|[”」』\"]|[，。？?]|$)|"
    r"[“「『\"](?P<where>[^”」』\"]{1,12})[”」』\"][^，。？?]{0,8}(?:出现|提到|写)(?:过|了)?[^，。？?]{0,4}(?:项|哪|几)|"
    r"(?P<counted>[^，。？?“”]{2,8}?)(?:一共|总共)?(?:提|写|出现|说)(?:到)?了?几(?:处|次|回|遍)|"
    r"(?P<letters>[^，。？?“”]{2,8}?)(?:这)?[一二三四五两]个字[，,]?[^，。？?]{0,4}(?:出现|提到|写)|"
    r"(?P<these2>[^，。？?“”]{2,20}?)[，,]?(?:要点|文件|文)(?:里|中)?(?:提过|提到过|写过|提到|有没有提)(?:哪样|哪个|没有|过)|"
    r"(?:写没写|提没提|有没有(?:写|提|说|讲)(?:到|过)?|是否(?:写|提)到?)(?P<whether>(?!进|去|入|上|在|明|到)[^，。？?“”]{2,10})[，。？?]?|"
    r"(?P<these>[^，。？?]{2,8}?)(?:这类|这种)?(?:字眼|字样|说法)(?:都)?(?:出|在|出现)"
)
_BEFORE = re.compile(
    rf"^(?P<what>[^，。？?]{{2,14}}?)(?:这一?块|这个)?(?:有没有|有无|是不是|是否|写没写|提没提|有)(?:被)?{_SAYS}?(?:在|到|进)?"
    r"(?:要点|文件|通知|里面|里头|其中|里|去)*(?:吗|么)?[?？]?$"
)
_PAPER = re.compile(
    r"^(?:这份|这个|本|整份|全篇|全文|那|请问|宜春|2023年?|今年)*(?:要点|文件|通知|里面|里头|里|中|上|全文|正文)*(?:有没有|是否|是不是)?"
)
_MOST = 6


def compose_presence(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """Where the plan has the words asked for, or that it has not; ``None`` where that is not the question."""
    if reading.parties or reading.references or any(id != library.plan.id for id in reading.documents):
        return None
    found = _LETTERS.search(reading.text) or _AFTER.search(reading.text) or _BEFORE.search(reading.text)
    said = next((words for words in found.groups() if words), "") if found else ""
    what = _PAPER.sub("", said).strip('“”「」『』"的，')
    if not what or (len(what) < 2 and not _LETTERS.search(reading.text)) or re.search(r"谁|什么|哪|几|多少|怎", what):
        return None
    words = [word for word in re.split(r"[“”「」『』\"]*(?:、|或者?|和|与|及)[“”「」『』\"]*", what) if word]
    drafts = [words_in_plan(library, book, reading, word) for word in words]
    return Draft("\n\n".join(dict.fromkeys(part for draft in drafts for part in draft.text.split("\n\n"))))


def _elsewhere(library: Library, what: str) -> list[Clause]:
    """Clauses that have the word where ``items_saying`` does not look: the notice, the preamble, a bracket."""
    clauses = library.clauses(library.plan.id).values()
    return [clause for clause in clauses if clause.id == clause.top and fold(what) in fold(clause.text)]


def words_in_plan(library: Library, book: CitationBook, reading: Reading, what: str) -> Draft:
    """Where the plan has ``what``, quoted; else that it has it nowhere."""
    plan, said = library.plan, plain(what)
    items = items_saying(library, what) or _elsewhere(library, what)
    if not items:
        return Draft(f"没有。《{plan.title}》全文没有出现“{said}”。\n\n{status_notes(library, [plan.id])}")
    exact = [item for item in items if what in item.text]
    shown = exact or items
    head = f"有。写到“{said}”的有{len(shown)}处：" if exact else f"没有原样出现“{said}”，意思相近的有{len(shown)}项："
    lines = [head]
    for item in shown[:_MOST]:
        spans = sentences_saying(library, item, [what], 1)
        spans = spans or best_pieces(reading.text, plan.text, [part.span for part in library.parts(item)], 1)
        lines.append(f"**{item.label} {item.title}**{book.cite(item)}")
        lines += [quoted(library, item, span.of(plan.text)) for span in spans]
    if len(shown) > _MOST:
        lines.append("另有：" + "、".join(f"{item.label}{book.cite(item)}" for item in shown[_MOST:]))
    lines.append(status_notes(library, [plan.id]))
    return Draft("\n\n".join(lines))

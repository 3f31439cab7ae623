"""Quotations of a draft and the citations they belong to."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.model import Span
from rag.proof.judge import Judged
from rag.proof.model import Draft, Paragraph
from rag.proof.shelf import letters
from rag.proof.tokens import sentences

_PAIRS = {"“": "”", "「": "」", "『": "』", '"': '"', "＂": "＂", "〝": "〞"}
_PARAGRAPHS_AHEAD = 12
_LONG_QUOTATION = 4000
_N = "零〇一二三四五六七八九十百千0-9０-９"
_POINTER = rf"第[{_N}]+条(?:之[一二三四五六七八九十])?|第?[（(]?[{_N}]+[）)]?[款项]"
_CITATION = re.compile(rf"《[^》]*》|{_POINTER}")
_NAME = r"(?:《[^》]*》|中华人民共和国[^，。]{2,20}?法)(?:[（(][^）)]*[）)])?"
_LED = re.compile(rf"[ \t]*>?[ \t]*(?:{_NAME}(?:{_POINTER})*[：:\s　]*)?")
_TRAILED = re.compile(
    rf"[\s—\-–（(]*(?:(?:见|引自|摘自|来源|出自)[：:]?)?《[^》]*》[^。；]{{0,30}}$|[（(—\-–][^（(。]*(?:{_POINTER})[）)]?\s*$"
)
_RIGHT_BEHIND = re.compile(
    r"[\s。]*(?:[\[［]\d{1,3}[\]］]\s*)*(?:[（(〔\[—\-–]+[\s：:]*(?:参?见|语?出自|引自|摘自|来源于?|依据|根据|出处)?[：:]?|"
    r"[，,]?(?:这是|系|即|参?见|语?出自|引自|摘自|来源于|是)[：:]?)\s*"
)
_RIGHT_BEFORE = re.compile(
    r"(?:[\[［]\d{1,3}[\]］]|[\s的中里也还就已：:，,（(）)]|关于|对于|规定|要求|明确|提出|指出|所称|强调|写明|写道|载明|原文|内容|部署|下列|如下|为|是|了|指)*"
)


@dataclass(frozen=True, slots=True)
class Quotation:
    """``span`` is what stands inside the marks, ``outer`` with them. ``block``: set apart without marks."""

    span: Span
    outer: Span
    text: str
    paragraph: int
    sentence: int
    block: bool = False

    @property
    def size(self) -> int:
        """Characters that are read aloud."""
        return len(letters(self.text))


def find_quotations(draft: Draft) -> tuple[list[Quotation], int]:
    """Quotations in reading order, and how many opening marks are never closed."""
    starts = [sentence.start for sentence in sentences(draft)]
    found: list[Quotation] = []
    unpaired = done = 0
    for number, paragraph in enumerate(draft.paragraphs):
        marked, open_ = _marked(draft, number, max(done, paragraph.span.start))
        unpaired += open_
        spans = [(Span(outer.start + 1, outer.end - 1), outer, False) for outer in marked]
        if paragraph.quoted and not marked:
            spans = [(inner, inner, True) for inner in _block(draft, paragraph)]
        for inner, outer, block in spans:
            done = outer.end
            text = inner.of(draft.text)
            if len(letters(_CITATION.sub("", text))) >= 2:
                sentence = bisect_right(starts, outer.start) - 1
                found.append(Quotation(inner, outer, text, number, sentence, block))
    return found, unpaired


def _marked(draft: Draft, number: int, at: int) -> tuple[list[Span], int]:
    """Outermost pairs of marks that begin in a paragraph; one may be closed a few paragraphs later."""
    paragraph = draft.paragraphs[number].span
    ahead = draft.paragraphs[min(number + _PARAGRAPHS_AHEAD, len(draft.paragraphs) - 1)].span.end
    found: list[Span] = []
    unpaired = 0
    while at < paragraph.end:
        mark = draft.text[at]
        if mark not in _PAIRS:
            at += 1
            continue
        limit = paragraph.end if mark == _PAIRS[mark] else min(ahead, at + _LONG_QUOTATION)
        end = _closed(draft.text, at, limit, paragraph.end)
        if end is None:
            unpaired += 1
            at += 1
        else:
            found.append(Span(at, end))
            at = end
    return found, unpaired


def _closed(text: str, start: int, limit: int, line_end: int) -> int | None:
    """Where the mark at ``start`` is closed. Chinese paragraphs of one quotation each open it anew."""
    opens = text[start]
    closes = _PAIRS[opens]
    depth = 0
    for at in range(start, limit):
        if text[at] == closes and at > start:
            depth -= 1 if opens != closes else depth
            if depth <= 0:
                return at + 1
        elif text[at] == opens and (at < line_end or text[at - 1] != "\n"):
            depth += 1
    return None


def _block(draft: Draft, paragraph: Paragraph) -> Iterator[Span]:
    """A block quotation without the citation that leads or ends it."""
    text = paragraph.span.of(draft.text)
    lead = _LED.match(text)
    start = lead.end() if lead else 0
    trail = _TRAILED.search(text, start)
    end = trail.start() if trail else len(text)
    if end - start > 1:
        yield Span(paragraph.span.start + start, paragraph.span.start + end)


def belongs_to(quotation: Quotation, judged: Sequence[Judged], draft: Draft) -> list[Judged]:
    """The citations a quotation is given for: those right behind it, else the nearest before in its sentence, else
    behind; for a block, those that lead it in or end it; in a table, those of its row. Empty where there are none.
    """
    outside = [j for j in judged if j.finding.span not in quotation.outer]
    behind = [j for j in outside if j.finding.span.start >= quotation.outer.end]
    before = [j for j in outside if j.finding.span.end <= quotation.outer.start]
    near = [j for j in before if j.cited.sentence == quotation.sentence]
    if behind and _is_source(quotation, behind[0], near, draft):
        return _chain(behind[0], outside)
    if near:
        return _chain(near[-1], outside)
    if quotation.block or _leads_in(quotation, draft):
        above = _paragraph_above(quotation, draft)
        led = [j for j in before if j.cited.paragraph == above]
        if led:
            return _chain(led[-1], outside)
    near = [j for j in behind if j.cited.sentence == quotation.sentence]
    return _chain(near[0], outside) if near else _of_row(quotation, outside, draft)


def _is_source(quotation: Quotation, behind: Judged, near: Sequence[Judged], draft: Draft) -> bool:
    """Whether the citation behind is given as the source: （《…》第三条）, ——《…》第三条.

    A bare title or 文号 there does not take the place of a clause of the same document named before.
    """
    gap = draft.text[quotation.outer.end : behind.finding.span.start]
    if not _RIGHT_BEHIND.fullmatch(gap) and not (quotation.block and not gap.strip("\n >—-–（(")):
        return False
    return bool(behind.cited.steps) or not near or near[-1].cited.named != behind.cited.named


def is_strict(quotation: Quotation, judged: Sequence[Judged], between: Sequence[Span], draft: Draft) -> bool:
    """Whether a quotation is surely given for ``judged``.

    It is where nothing is quoted between, where the source is named right behind, and in a row of a table.
    """
    span = judged[-1].finding.span
    if span.start >= quotation.outer.end:
        return judged[0].cited.sentence != quotation.sentence or _is_source(quotation, judged[0], (), draft)
    return not any(span.end <= other.start and other.end <= quotation.outer.start for other in between)


def is_close(quotation: Quotation, judged: Judged, draft: Draft) -> bool:
    """Whether nothing but words like 规定 stands between a citation and the quotation after it."""
    gap = draft.text[judged.finding.span.end : quotation.outer.start]
    return judged.finding.span.end <= quotation.outer.start and _RIGHT_BEFORE.fullmatch(gap) is not None


def _leads_in(quotation: Quotation, draft: Draft) -> bool:
    """Whether a paragraph that begins with a quotation follows one that ends in a colon."""
    paragraph = draft.paragraphs[quotation.paragraph].span
    starts = not draft.text[paragraph.start : quotation.outer.start].strip()
    before = draft.text[: paragraph.start].rstrip()
    return starts and before.endswith(("：", ":"))


def _paragraph_above(quotation: Quotation, draft: Draft) -> int:
    number = quotation.paragraph - 1
    while number >= 0 and draft.paragraphs[number].quoted:
        number -= 1
    return number


def _chain(nearest: Judged, judged: Sequence[Judged]) -> list[Judged]:
    return [j for j in judged if j.cited.chain == nearest.cited.chain]


def _of_row(quotation: Quotation, judged: Sequence[Judged], draft: Draft) -> list[Judged]:
    """In a table: the citations of the row, if they are one chain."""
    own = draft.paragraphs[quotation.paragraph]
    piped = own.span.of(draft.text).lstrip().startswith("|")
    row = [
        j
        for j in judged
        if (piped or j.cited.paragraph != quotation.paragraph)
        and draft.paragraphs[j.cited.paragraph].group == own.group
    ]
    return row if len({j.cited.chain for j in row}) == 1 else []

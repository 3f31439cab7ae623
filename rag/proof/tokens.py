"""The characters of a paragraph as matching sees them, with the way back to the draft."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.clean import Cleaned, clean
from index.model import Span
from rag.proof.model import Draft, Paragraph

_MARKUP = "*'"
_NOTE = re.compile(r"[\[［][0-9０-９]{1,3}[\]］](?!第?[0-9０-９]+号)")
_ENDS = "。！？；!?;|"
_AFTER_QUOTE = "（(，,、；;：:—-。"
_OPEN, _CLOSE = "“「『", "”」』"


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, folded. ``span`` maps a range of ``text`` to the draft."""

    paragraph: Paragraph
    number: int
    text: str
    cleaned: Cleaned

    def span(self, start: int, end: int) -> Span:
        inside = self.cleaned.original(start, end)
        return Span(self.paragraph.span.start + inside.start, self.paragraph.span.start + inside.end)


def lines(draft: Draft) -> list[Line]:
    """Every paragraph, without the marks of markdown and the numbers of notes and sources (第二十条[3])."""
    found: list[Line] = []
    for number, paragraph in enumerate(draft.paragraphs):
        raw = paragraph.span.of(draft.text)
        noted = {at for match in _NOTE.finditer(raw) for at in range(*match.span())}
        cleaned = _without(clean(raw), noted)
        found.append(Line(paragraph, number, cleaned.text, cleaned))
    return found


def _without(cleaned: Cleaned, noted: set[int]) -> Cleaned:
    if not noted and not any(mark in cleaned.text for mark in _MARKUP):
        return cleaned
    pairs = zip(cleaned.text, cleaned.offsets, strict=True)
    kept = [(char, at) for char, at in pairs if char not in _MARKUP and at not in noted]
    return Cleaned("".join(char for char, _ in kept), tuple(at for _, at in kept), cleaned.length)


def sentences(draft: Draft) -> list[Span]:
    """Sentences of a draft in order. What stands in quotation marks or 《》 never ends the sentence around it."""
    found: list[Span] = []
    for paragraph in draft.paragraphs:
        start = paragraph.span.start
        for end in _ends(draft.text, paragraph.span):
            found.append(Span(start, end))
            start = end
        if start < paragraph.span.end:
            found.append(Span(start, paragraph.span.end))
    return found


def _ends(text: str, within: Span) -> list[int]:
    ends: list[int] = []
    depth = 0
    straight = False
    for at in range(within.start, within.end):
        char = text[at]
        if char in "《" + _OPEN:
            depth += 1
        elif char in "》" + _CLOSE:
            depth = max(0, depth - 1)
            after = text[at + 1] if at + 1 < within.end else ""
            if char != "》" and depth == 0 and text[at - 1] in _ENDS and after not in _AFTER_QUOTE:
                ends.append(at + 1)
        elif char == '"':
            straight = not straight
        elif char in _ENDS and depth == 0 and not straight:
            ends.append(at + 1)
    return ends

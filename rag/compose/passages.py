"""Choosing what to quote: the sentences of a clause that answer, in the clause's own characters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from index.clean import fold
from index.model import Clause, Kind, Span
from index.parse.workplan import sentence_spans
from index.tokens import tokens

_STOP = frozenset("的了吗呢么是在有和与及或也都就要把被对向从到这那哪谁什么怎样多少几何时候请问啊呀吧个么")
BRIEF = 200
"""Characters up to which all the pieces are quoted."""
WHOLE = 320
"""Characters up to which a clause is quoted whole."""


def overlap(question: str, text: str) -> float:
    """Share of the question's content characters and pairs that ``text`` has, in [0, 1]."""
    return _held(_content(question), text)


def _content(question: str) -> dict[str, float]:
    """The question's content characters and pairs, each with its weight."""
    return {t: 2.0 if len(t) > 1 else 0.5 for t in tokens(question) if not _STOP.issuperset(t)}


def _held(asked: Mapping[str, float], text: str) -> float:
    if not asked:
        return 0.0
    # Han characters and pairs are tokens wherever they stand; words of letters and digits only as a whole.
    there = fold(text).lower()
    words = set(tokens(text)) if any(t.isascii() for t in asked) else ()
    return sum(weight for t, weight in asked.items() if t in (words if t.isascii() else there)) / sum(asked.values())


def pieces(text: str, clause: Clause, parts: Sequence[Clause]) -> list[Span]:
    """Quotable pieces of a clause: sentences of an item, 款 of an article (whole where it has none)."""
    sentences = [p.span for p in parts if p.kind is Kind.SENTENCE]
    if sentences:
        return sentences
    paragraphs = [p.span for p in parts if p.kind is Kind.PARAGRAPH]
    return paragraphs or list(sentence_spans(text, clause.span))


def best_pieces(question: str, text: str, spans: Sequence[Span], most: int = 2) -> list[Span]:
    """The pieces that overlap most with the question, at most ``most``, in the order of the text."""
    if sum(span.end - span.start for span in spans) <= BRIEF:
        return sorted(spans, key=lambda span: span.start)
    asked = _content(question)
    scored = sorted(((_held(asked, span.of(text)), -at, span) for at, span in enumerate(spans)), reverse=True)
    top = scored[0][0]
    kept = [span for score, _, span in scored[:most] if score >= 0.6 * top]
    return sorted(kept, key=lambda span: span.start)


def segments(text: str, sentence: Span) -> list[Span]:
    """Parts of a sentence between semicolons."""
    spans, start = [], sentence.start
    for match in re.finditer(r"[;；]", sentence.of(text)):
        end = sentence.start + match.end()
        spans.append(Span(start, end))
        start = end
    if start < sentence.end:
        spans.append(Span(start, sentence.end))
    return spans


def same(a: str, b: str) -> bool:
    return fold(a) == fold(b)

"""Answers from laws and regulations: the 款 that answers first, then nearby articles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.model import Clause, Kind, Span
from rag.citations import CitationBook
from rag.compose.draft import Draft, cite_name, quoted, status_notes
from rag.compose.passages import WHOLE, best_pieces, overlap, pieces
from rag.compose.premise import mismatch, verdict
from rag.library import Library
from rag.understand.reading import Reading

_ASKS_TERM = re.compile(r"多久|多长时间|期限|几[年天日]|多少[年天日]|几个(?:月|小时)|多少个?(?:月|小时)")
_TERM = re.compile(
    r"[一二三四五六七八九十百0-9]+(?:个)?(?:工作日|小时|日|天|个月|年)(?:内|前|以内|之内|以上|以下)?|终身|立即|及时"
)


def compose_articles(
    library: Library,
    book: CitationBook,
    reading: Reading,
    clauses: Sequence[Clause],
    also: Sequence[Clause] = (),
    named: Sequence[Clause] = (),
) -> Draft:
    """Quote ``clauses`` (a 款 or 项 is quoted as that), briefly quote ``also``, only name ``named``."""
    lines = [_quote(library, book, reading, clause) for clause in clauses]
    near = [c for c in also if (c.document, c.top) not in {(x.document, x.top) for x in clauses}]
    if near:
        lines.append("另见：")
        lines += [_brief(library, book, reading, clause) for clause in near]
    if named:
        listed = "、".join(f"{cite_name(library, c)}{book.cite(c)}" for c in named)
        lines.append(f"其他可能相关的条款：{listed}。")
    lines.append(status_notes(library, [c.document for c in (*clauses, *near, *named)]))
    return Draft("\n\n".join(line for line in lines if line))


def _quote(library: Library, book: CitationBook, reading: Reading, clause: Clause) -> str:
    document = library.document(clause.document)
    spans = _answering(library, reading, clause)
    text = "\n".join(span.of(document.text) for span in spans)
    said = _verdict(reading, text)
    return f"{said}**{_span_label(library, clause, spans)}**{book.cite(clause)}：\n\n{quoted(library, clause, text)}"


def _verdict(reading: Reading, text: str) -> str:
    """Numbers are compared only with a text that is about the question's own subject."""
    if overlap(reading.topic, text) < 0.35:
        return ""
    return (verdict if reading.wording.asks_yes_no else mismatch)(reading.text, text)


def _answering(library: Library, reading: Reading, clause: Clause) -> list[Span]:
    """The whole clause where it is short; else the 款 that overlaps most with the question."""
    text = library.document(clause.document).text
    if clause.kind in (Kind.PARAGRAPH, Kind.SUBITEM):
        return [clause.span]
    spans = pieces(text, clause, library.parts(clause))
    if len(clause.text) <= WHOLE or len(spans) <= 1 or (reading.references and len(reading.topic) < 4):
        return [_body(library, clause)]
    best = best_pieces(reading.text, text, spans, 2)
    if not _ASKS_TERM.search(reading.text) or any(_TERM.search(span.of(text)) for span in best):
        return best
    terms = [span for span in spans if _TERM.search(span.of(text))]
    told = max(terms, key=lambda span: overlap(reading.text, span.of(text)), default=None)
    return sorted([*best, told], key=lambda span: span.start) if told else best


def _body(library: Library, clause: Clause) -> Span:
    parts = [c for c in library.parts(clause) if c.kind is Kind.PARAGRAPH]
    return Span(parts[0].span.start, parts[-1].span.end) if parts else clause.span


def _span_label(library: Library, clause: Clause, spans: Sequence[Span]) -> str:
    parts = [c for c in library.parts(clause) if c.span in list(spans)]
    name = cite_name(library, clause)
    if clause.kind is Kind.ARTICLE and parts and len(parts) < len(library.parts(clause)):
        return name + "、".join(c.label.removeprefix(clause.label) for c in parts)
    return name


def _brief(library: Library, book: CitationBook, reading: Reading, clause: Clause) -> str:
    text = library.document(clause.document).text
    spans = pieces(text, clause, library.parts(clause))
    best = max(spans, key=lambda s: overlap(reading.text, s.of(text)))
    return f"**{cite_name(library, clause)}**{book.cite(clause)}：\n\n{quoted(library, clause, best.of(text))}"

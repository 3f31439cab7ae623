"""The text behind a citation: the clause as the side panel shows it, and the whole document around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from index.model import Clause, Span
from rag.library import TRANSCRIBED_NOTE, Library


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The clause before or after, by id, with the label to show."""

    clause: str
    label: str


@dataclass(frozen=True, slots=True)
class ClauseView:
    """``before + quote + after`` is the whole top-level clause, to the character; ``quote`` is what was cited.

    ``note`` warns where the text is not confirmed; such text is not to be shown as a quotation (``verified`` false).
    """

    document: str
    title: str
    number: str | None
    clause: str
    label: str
    heading: str
    path: tuple[str, ...]
    status: str
    status_note: str
    verified: bool
    note: str
    before: str
    quote: str
    after: str
    previous: Neighbour | None
    next: Neighbour | None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def clause_view(library: Library, document: str, clause: str, span: Span | None = None) -> ClauseView | None:
    """``None`` for a clause nobody indexed, or a span that does not lie in it."""
    found = library.clause(document, clause)
    if found is None:
        return None
    top = library.clauses(document)[found.top]
    span = span or found.span
    if span not in top.span or span.start >= span.end:
        return None
    doc = library.document(document)
    before, after = _neighbours(library, top)
    return ClauseView(
        doc.id, doc.title, doc.number, top.id, _label(library, top, span), top.title, top.path,
        library.status(document), status_note(library, document),
        top.verified, "" if top.verified else TRANSCRIBED_NOTE,
        doc.text[top.span.start : span.start], span.of(doc.text), doc.text[span.end : top.span.end],
        before, after,
    )  # fmt: skip


def status_note(library: Library, document: str) -> str:
    """What the status means for the reader; empty for a document in force."""
    from rag.compose.draft import status_notes

    return status_notes(library, [document]).removeprefix("状态：")


def _tops(library: Library, document: str) -> list[Clause]:
    return sorted((c for c in library.clauses(document).values() if c.id == c.top), key=lambda c: c.span.start)


def _neighbours(library: Library, top: Clause) -> tuple[Neighbour | None, Neighbour | None]:
    tops = _tops(library, top.document)
    at = next(i for i, one in enumerate(tops) if one.id == top.id)
    before, after = tops[at - 1 : at] if at else [], tops[at + 1 : at + 2]
    one, other = ([Neighbour(c.id, c.label) for c in side] for side in (before, after))
    return (one[0] if one else None), (other[0] if other else None)


def _label(library: Library, top: Clause, span: Span) -> str:
    """The label of exactly this stretch where it is a clause with its own (第三条第三款), else of the whole."""
    parts = (
        c for c in library.clauses(top.document).values() if c.top == top.id and c.span == span and "/" not in c.id
    )
    return next((part.label for part in parts), top.label)


def document_html(library: Library, document: str, span: Span | None = None) -> str:
    """The whole text of a document, to the character, each top-level clause in its own section; ``span`` is marked.

    Raises ``KeyError`` for an unknown document.
    """
    text = library.document(document).text
    parts, end = [], 0
    for clause in _tops(library, document):
        parts.append(_between(text[end : clause.span.start]))
        inside = "".join(_pieces(text, clause.span, span))
        parts.append(f'<section class="az-clause-text" data-clause="{escape(clause.id)}">{inside}</section>')
        end = clause.span.end
    return "".join([*parts, _between(text[end:])])


def _between(text: str) -> str:
    """Titles, chapter headings, signatures: what belongs to no clause."""
    return f'<div class="az-between">{escape(text)}</div>' if text else ""


def _pieces(text: str, whole: Span, marked: Span | None) -> Iterator[str]:
    if marked is None or marked not in whole:
        yield escape(whole.of(text))
        return
    yield escape(text[whole.start : marked.start])
    yield f"<mark>{escape(marked.of(text))}</mark>"
    yield escape(text[marked.end : whole.end])

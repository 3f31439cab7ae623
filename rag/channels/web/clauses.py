"""The text behind a citation, as the side panel shows it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from index.model import Clause, Span
from rag.library import TRANSCRIBED_NOTE, Library


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
    path: tuple[str, ...]
    status: str
    verified: bool
    note: str
    before: str
    quote: str
    after: str

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
    return ClauseView(
        doc.id, doc.title, doc.number, top.id, _label(library, top, span), top.path, library.status(document),
        top.verified, "" if top.verified else TRANSCRIBED_NOTE,
        doc.text[top.span.start : span.start], span.of(doc.text), doc.text[span.end : top.span.end],
    )  # fmt: skip


def _label(library: Library, top: Clause, span: Span) -> str:
    """The label of exactly this stretch where it is a clause with its own (第三条第三款), else of the whole."""
    parts = (
        c for c in library.clauses(top.document).values() if c.top == top.id and c.span == span and "/" not in c.id
    )
    return next((part.label for part in parts), top.label)

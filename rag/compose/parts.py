"""Pieces that answers about the plan's clauses share: names, sentences, quotations, what follows an answer."""

from __future__ import annotations

from collections.abc import Iterable

from index.model import Clause, Deadline, Kind, Span, Tier
from rag.citations import CitationBook
from rag.compose.draft import basis_words, deadline_words, quoted
from rag.compose.passages import best_pieces
from rag.compose.premise import mismatch, verdict, wrong_years
from rag.compose.roles import bracket_duties, role_lines
from rag.library import Library
from rag.understand.reading import Reading


def name_of(clause: Clause) -> str:
    return f"{clause.label}（{clause.title}）" if clause.kind is Kind.ITEM else clause.title or clause.label


def text_of(library: Library, clause: Clause) -> str:
    return library.document(clause.document).text


def join(lines: Iterable[str]) -> str:
    return "\n\n".join(line for line in lines if line)


def sentence_spans_of(library: Library, clause: Clause) -> list[Span]:
    return [part.span for part in library.parts(clause) if part.kind is Kind.SENTENCE]


def sentence_around(library: Library, clause: Clause, span: Span) -> Span:
    return next((s for s in sentence_spans_of(library, clause) if span in s), clause.span)


def deadlines_of(library: Library, clause: Clause) -> list[Deadline]:
    found = {d.span: d for duty in library.duties(clause.document) if duty.clause == clause.id for d in duty.deadlines}
    return sorted(found.values(), key=lambda d: d.span.start)


def bracket_quote(library: Library, clause: Clause) -> str:
    bracket = next((c for c in library.parts(clause) if c.kind is Kind.BRACKET), None)
    return quoted(library, clause, bracket.text) if bracket else ""


def evidence(library: Library, reading: Reading, clause: Clause) -> str:
    text = text_of(library, clause)
    spans = [s for s in sentence_spans_of(library, clause) if s.of(text).rstrip("。") != clause.title]
    return join([quoted(library, clause, s.of(text)) for s in best_pieces(reading.text, text, spans, 1)])


def tail(library: Library, book: CitationBook, clause: Clause, *, who: bool = False) -> str:
    """What the duty table and the legal bases add: who, when, on which basis."""
    if clause.kind is not Kind.ITEM:
        return ""
    lines: list[str] = []
    duties = bracket_duties(library.duties(clause.document), clause.id)
    if who and duties:
        lines.append("责任分工：" + "；".join(role_lines(duties)) + f"。{book.cite(clause)}")
        when = deadline_words(deadlines_of(library, clause))
        if when:
            lines.append(f"时限：{when}")
    basis = basis_words(library, book, clause.id, most=3)
    if basis:
        lines.append(f"依据：{basis}")
    return "\n\n".join(lines)


def verdict_on(library: Library, clause: Clause, reading: Reading, quote: str) -> str:
    """Whether the text says what a yes-or-no question states; empty where that can't be told.

    Where the question names a party, only what the text gives to that party is compared.
    """
    if not reading.wording.asks_yes_no:
        return mismatch(reading.text, quote)
    if otherwise := wrong_years(reading.text, quote):
        return otherwise
    tasked = {d.party for d in library.duties(clause.document) if d.clause == clause.id and d.tier is Tier.BODY}
    parties = [party for party in reading.parties if not party.is_group or party.name in tasked]
    if not parties:
        found = verdict(reading.text, quote)
        # Group words may be whom or what the sentence is about: they can be contradicted, not confirmed.
        return "" if reading.parties and found.startswith("是") else found
    text, register = text_of(library, clause), library.register
    given = [
        duty
        for duty in library.duties(clause.document)
        if duty.clause == clause.id
        and duty.tier is Tier.BODY
        and any(register.covers(duty.party, p.name) for p in parties)
    ]
    names = {p.name for p in parties}
    # Its own name and the words that denote it come before words that may only include it.
    settled = {*names, *(group for name in names for group in register.memberships(name))}
    own = [duty for duty in given if duty.party in settled] or given
    said = " ".join([*(d.action.of(text) for d in own), *(e.text for d in own for e in d.deadlines)])
    return verdict(reading.text, said) if said else ""

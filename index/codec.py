"""Parsed documents as JSON and back.

A clause's text is not written: it is the document's text at the clause's span, and cutting it out again on reading is
what makes the two one. The document's own text lies in a file beside the JSON, byte for byte what was indexed.
"""

from __future__ import annotations

from typing import Any

import orjson

from index.errors import CorpusError
from index.model import (
    Clause,
    Deadline,
    DeadlineKind,
    Document,
    Duty,
    Family,
    Kind,
    ParsedDocument,
    Problem,
    Provenance,
    Role,
    Span,
    Tier,
)


def encode(parsed: ParsedDocument) -> bytes:
    """JSON of everything but the document's text. Equal documents give equal bytes.

    Raises ``CorpusError`` where a clause's text is not the document's text at its span.
    """
    document = parsed.document
    for clause in parsed.clauses:
        if clause.span.of(document.text) != clause.text:
            raise CorpusError("条款文字与原文位置不符。", document=document.id, clause=clause.id)
    return orjson.dumps(
        {
            "document": _document(document),
            "clauses": [_clause(clause) for clause in parsed.clauses],
            "duties": [_duty(duty) for duty in parsed.duties],
            "problems": [_problem(problem) for problem in parsed.problems],
        }
    )


def decode(content: bytes, text: str) -> ParsedDocument:
    """What ``encode`` was given; ``text`` is the document's. Raises ``ValueError``, ``KeyError`` or ``TypeError``."""
    data = orjson.loads(content)
    document = _read_document(data["document"], text)
    return ParsedDocument(
        document,
        tuple(_read_clause(row, document) for row in data["clauses"]),
        tuple(_read_duty(row, document.id) for row in data["duties"]),
        tuple(_read_problem(row, document.id) for row in data["problems"]),
    )


def _span(span: Span) -> list[int]:
    return [span.start, span.end]


def _document(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "title": document.title,
        "short_title": document.short_title,
        "number": document.number,
        "issuer": document.issuer,
        "level": document.level,
        "family": document.family.value,
        "provenance": document.provenance.value,
        "sha256": document.sha256,
        "published": document.published,
        "effective": document.effective,
        "expires": document.expires,
        "repealed": document.repealed,
        "source": document.source,
    }


def _read_document(row: dict[str, Any], text: str) -> Document:
    fields = {**row, "family": Family(row["family"]), "provenance": Provenance(row["provenance"])}
    return Document(text=text, **fields)


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "id": clause.id,
        "kind": clause.kind.value,
        "number": clause.number,
        "label": clause.label,
        "span": _span(clause.span),
        "top": clause.top,
        "parent": clause.parent,
        "path": clause.path,
        "title": clause.title,
        "verified": clause.verified,
    }


def _read_clause(row: dict[str, Any], document: Document) -> Clause:
    span = Span(*row["span"])
    return Clause(
        document=document.id,
        id=row["id"],
        kind=Kind(row["kind"]),
        number=row["number"],
        label=row["label"],
        span=span,
        text=span.of(document.text),
        top=row["top"],
        parent=row["parent"],
        path=tuple(row["path"]),
        title=row["title"],
        verified=row["verified"],
    )


def _duty(duty: Duty) -> dict[str, Any]:
    return {
        "clause": duty.clause,
        "party": duty.party,
        "words": duty.words,
        "role": duty.role.value,
        "role_words": duty.role_words,
        "tier": duty.tier.value,
        "span": _span(duty.span),
        "role_span": _span(duty.role_span),
        "action": _span(duty.action),
        "deadlines": [_deadline(deadline) for deadline in duty.deadlines],
    }


def _read_duty(row: dict[str, Any], document: str) -> Duty:
    return Duty(
        document=document,
        clause=row["clause"],
        party=row["party"],
        words=row["words"],
        role=Role(row["role"]),
        role_words=row["role_words"],
        tier=Tier(row["tier"]),
        span=Span(*row["span"]),
        role_span=Span(*row["role_span"]),
        action=Span(*row["action"]),
        deadlines=tuple(_read_deadline(deadline) for deadline in row["deadlines"]),
    )


def _deadline(deadline: Deadline) -> dict[str, Any]:
    return {
        "text": deadline.text,
        "kind": deadline.kind.value,
        "span": _span(deadline.span),
        "due": deadline.due,
        "rrule": deadline.rrule,
        "value": deadline.value,
        "unit": deadline.unit,
    }


def _read_deadline(row: dict[str, Any]) -> Deadline:
    return Deadline(
        text=row["text"],
        kind=DeadlineKind(row["kind"]),
        span=Span(*row["span"]),
        due=row["due"],
        rrule=row["rrule"],
        value=row["value"],
        unit=row["unit"],
    )


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "clause": problem.clause,
        "reason": problem.reason,
        "text": problem.text,
        "span": _span(problem.span),
    }


def _read_problem(row: dict[str, Any], document: str) -> Problem:
    return Problem(
        document=document, clause=row["clause"], reason=row["reason"], text=row["text"], span=Span(*row["span"])
    )

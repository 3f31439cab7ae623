"""What is searched: clauses, the parts of long ones, and questions a clause is known to answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from index.clean import fold
from index.manifest import digest
from index.model import Clause, Document, Kind, ParsedDocument

LONG_ARTICLE = 200
"""Characters from which an article's 款 are searched for themselves, too: a long text hides its parts."""

_TOP = (Kind.NOTICE, Kind.PREAMBLE, Kind.ITEM, Kind.ARTICLE)


class UnitKind(StrEnum):
    """``PASSAGE`` is a document's own text; ``QUESTION`` was written for a clause and is never shown or cited."""

    PASSAGE = "passage"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Expansion:
    """A question in everyday words that ``clause`` of ``document`` answers."""

    document: str
    clause: str
    question: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A row of the lexical and the dense index. ``top`` is the clause to cite, ``clause`` the part that matched.

    ``sha256`` is that of the text searched, which is not the clause's own: it is folded and has its headings in front.
    """

    document: str
    clause: str
    top: str
    kind: UnitKind
    sha256: str

    @property
    def key(self) -> str:
        """``document#clause``; not unique, a clause may have several questions."""
        return f"{self.document}#{self.clause}"


def make_units(
    documents: Sequence[ParsedDocument], expansions: Iterable[Expansion]
) -> tuple[list[Unit], list[str], int]:
    """Units, the texts to index for them, and how many expansions name a clause the documents do not have."""
    rows = [row for parsed in documents for row in _passages(parsed)]
    tops = {(parsed.document.id, one.id): one.top for parsed in documents for one in parsed.clauses}
    skipped = 0
    for one in expansions:
        top = tops.get((one.document, one.clause))
        text = fold(one.question)
        if top is None:
            skipped += 1
        else:
            rows.append((_unit(one.document, one.clause, top, UnitKind.QUESTION, text), text))
    return [unit for unit, _ in rows], [text for _, text in rows], skipped


def write_units(units: Sequence[Unit]) -> bytes:
    """Units as JSON, one array a unit."""
    return orjson.dumps([[unit.document, unit.clause, unit.top, unit.kind.value, unit.sha256] for unit in units])


def read_units(content: bytes) -> tuple[Unit, ...]:
    """What ``write_units`` wrote. Raises ``ValueError`` or ``TypeError``."""
    rows: list[list[Any]] = orjson.loads(content)
    return tuple(Unit(document, clause, top, UnitKind(kind), sha) for document, clause, top, kind, sha in rows)


def _passages(parsed: ParsedDocument) -> Iterator[tuple[Unit, str]]:
    clauses = {clause.id: clause for clause in parsed.clauses}
    for clause in parsed.clauses:
        if _is_searched(clause, clauses):
            text = _text(parsed.document, clause, clauses[clause.top])
            yield _unit(parsed.document.id, clause.id, clause.top, UnitKind.PASSAGE, text), text


def _is_searched(clause: Clause, clauses: dict[str, Clause]) -> bool:
    if clause.kind in _TOP:
        return True
    top = clauses[clause.top]
    if clause.text.strip() == top.text.strip():
        return False
    if clause.kind is Kind.PARAGRAPH:
        return len(top.text) >= LONG_ARTICLE
    return clause.kind is Kind.SENTENCE and top.kind is Kind.ITEM


def _text(document: Document, clause: Clause, top: Clause) -> str:
    """Headings, the item's title where the text does not begin with it, and the text."""
    headings = [document.short_title or document.title, *clause.path]
    if top.title and not clause.text.lstrip().startswith(top.title) and clause is not top:
        headings.append(top.title)
    return fold(":".join([*headings, clause.text]))


def _unit(document: str, clause: str, top: str, kind: UnitKind, text: str) -> Unit:
    return Unit(document, clause, top, kind, digest(text.encode("utf-8", "replace")))

"""Everything an answer may be made of: documents, clauses, duties, the register, legal bases and concepts.

Documents are read from the index when first asked for: a duty question touches only the plan and what it cites.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Protocol

from index.basis import Concept, ItemBasis
from index.clean import fold
from index.dutytable import Reach, reaches
from index.model import Clause, Document, Duty, Family, Kind, ParsedDocument, Problem, Provenance
from index.organisations import Register
from rag.wishes import Wishes

EXPIRED = "年度任务已届满"
TRANSCRIBED = "转录待核"
REPEALED = "已废止"
NOT_YET = "尚未施行"
IN_FORCE = "现行有效"
TRANSCRIBED_NOTE = "转录文本，以官方发布为准"


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document without its text; cheap to hold for all 378 laws."""

    id: str
    title: str
    short_title: str
    number: str | None
    family: Family


@dataclass(frozen=True, slots=True)
class Words:
    """Words around the documents (``rag.names`` loads them).

    ``titles``: what people call a document → its id. ``topics`` and ``persons``: everyday words → the documents' own.
    ``speech``: dialect and chat → standard words.
    ``other_laws``: names of national laws that exist but are not indexed. ``wishes``: how whole lists are asked for.
    """

    titles: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    persons: Mapping[str, str] = field(default_factory=dict)
    other_laws: tuple[str, ...] = ()
    speech: Mapping[str, str] = field(default_factory=dict)
    wishes: Wishes = field(default_factory=Wishes)


class Shelf(Protocol):
    """Where parsed documents come from (``index.store.StoreReader``)."""

    @property
    def document_ids(self) -> Sequence[str]: ...

    def document(self, id: str) -> ParsedDocument:
        """Raises ``KeyError`` for an unknown id, ``IndexCorrupt`` for an unreadable one."""
        ...

    @property
    def infos(self) -> Mapping[str, DocumentInfo]: ...


class Library:
    """Read-only view over one index and its data files."""

    def __init__(
        self,
        shelf: Shelf,
        register: Register,
        bases: Mapping[str, ItemBasis],
        concepts: Sequence[Concept],
        today: Callable[[], date],
        words: Words = Words(),
    ) -> None:
        self._shelf = shelf
        self.register = register
        self.bases = bases
        self.concepts = tuple(concepts)
        self._today = today
        self.words = words
        self._clauses: dict[str, dict[str, Clause]] = {}
        self._items: dict[str, tuple[Clause, ...]] = {}
        self._parts: dict[str, dict[str | None, tuple[Clause, ...]]] = {}
        self._statuses: tuple[date, dict[str, str]] = (date.min, {})

    @cached_property
    def topics(self) -> dict[str, str]:
        """``words.topics``, folded, longest words first."""
        topics: dict[str, str] = {}
        for word, own in sorted(self.words.topics.items(), key=lambda pair: -len(pair[0])):
            topics.setdefault(fold(word), fold(own))
        return topics

    @property
    def day(self) -> date:
        """The day to reckon with; a service that runs for weeks follows the calendar."""
        return self._today()

    @cached_property
    def infos(self) -> dict[str, DocumentInfo]:
        return dict(self._shelf.infos)

    @cached_property
    def plans(self) -> tuple[str, ...]:
        """Ids of the work plans, in manifest order."""
        return tuple(id for id, info in self.infos.items() if info.family is Family.WORK_PLAN)

    @cached_property
    def plan(self) -> Document:
        """The plan that duty questions are answered from: the newest by publication date."""
        return max((self.document(id) for id in self.plans), key=lambda d: d.published)

    def __contains__(self, document: str) -> bool:
        return document in self.infos

    def document(self, id: str) -> Document:
        return self._shelf.document(id).document

    def clauses(self, document: str) -> dict[str, Clause]:
        """Clauses by id, in document order."""
        if document not in self._clauses:
            self._clauses[document] = {c.id: c for c in self._shelf.document(document).clauses}
        return self._clauses[document]

    def clause(self, document: str, id: str) -> Clause | None:
        return self.clauses(document).get(id) if document in self else None

    def parts(self, clause: Clause) -> tuple[Clause, ...]:
        """Direct parts of a clause, in order."""
        if clause.document not in self._parts:
            parts: dict[str | None, list[Clause]] = {}
            for part in self.clauses(clause.document).values():
                parts.setdefault(part.parent, []).append(part)
            self._parts[clause.document] = {parent: tuple(found) for parent, found in parts.items()}
        return self._parts[clause.document].get(clause.id, ())

    def items(self, plan: str) -> tuple[Clause, ...]:
        if plan not in self._items:
            self._items[plan] = tuple(c for c in self.clauses(plan).values() if c.kind is Kind.ITEM)
        return self._items[plan]

    def duties(self, plan: str) -> tuple[Duty, ...]:
        return self._shelf.document(plan).duties

    def problems(self, plan: str) -> tuple[Problem, ...]:
        return self._shelf.document(plan).problems

    def reaches(self, organisation: str) -> tuple[Reach, ...]:
        """Every way the current plan reaches ``organisation``."""
        return reaches(organisation, self.duties(self.plan.id), self.register)

    def status(self, document: str) -> str:
        """Whether a document is in force on the day of asking, in the words of the answer contract."""
        day, known = self._statuses
        if day != self.day:
            self._statuses = day, known = self.day, {}
        if document not in known:
            known[document] = self._status_on(day.isoformat(), document)
        return known[document]

    def _status_on(self, today: str, document: str) -> str:
        doc = self.document(document)
        if doc.repealed and (not doc.expires or doc.expires < today):
            return REPEALED
        if doc.expires and not doc.repealed and doc.expires < today:
            return EXPIRED
        if doc.effective and doc.effective > today:
            return NOT_YET
        return TRANSCRIBED if doc.provenance is Provenance.TRANSCRIBED else IN_FORCE

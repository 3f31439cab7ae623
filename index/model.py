"""What the index is made of: documents, clauses, duties, deadlines.

All spans are half-open character offsets into ``Document.text``: ``text[span.start:span.end]`` is the thing itself,
misprints included. Everything here is frozen; a stage hands the next one new objects.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Family(StrEnum):
    """Which parser reads a document."""

    WORK_PLAN = "work_plan"
    STATUTE = "statute"


class Provenance(StrEnum):
    """How the text came here; ``TRANSCRIBED`` text may differ from the official wording."""

    VERBATIM = "verbatim"
    DATABASE = "database"
    TRANSCRIBED = "transcribed"


class Kind(StrEnum):
    """What a clause is. Only the first four stand alone as a citation's ``clause`` id."""

    NOTICE = "notice"
    PREAMBLE = "preamble"
    ITEM = "item"
    ARTICLE = "article"
    PARAGRAPH = "paragraph"
    SUBITEM = "subitem"
    SENTENCE = "sentence"
    BRACKET = "bracket"


class Tier(StrEnum):
    """How a duty reaches an organisation, strongest first."""

    NAMED = "named"
    BODY = "body"
    MEMBER = "member"
    POSSIBLE = "possible"


class Role(StrEnum):
    """What the bracket has a party do. Values are the words shown to users and written to JSON."""

    LEAD = "牵头"
    ORGANISE = "组织"
    LEAD_AND_ORGANISE = "牵头组织开展"
    TOGETHER = "会同"
    SHARE = "分工负责"
    SUPERVISE = "督促"
    CARRY_OUT = "落实"
    TAKE_PART = "参与"


class DeadlineKind(StrEnum):
    DATE = "date"
    RECURRENCE = "recurrence"
    QUANTITY = "quantity"
    VAGUE = "vague"


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open character range in a document's stored text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]

    def __contains__(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Document:
    """One regulation. ``text`` is what quotations are cut from and is never normalised.

    ``published``, ``effective`` and ``expires`` are ISO dates or ``""`` where the source does not tell. ``repealed`` is
    true where the source says the text is no longer in force.
    """

    id: str
    title: str
    short_title: str
    number: str | None
    issuer: str
    level: str
    family: Family
    provenance: Provenance
    text: str
    sha256: str
    published: str = ""
    effective: str = ""
    expires: str = ""
    repealed: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """A citable unit. ``text == document.text[span.start:span.end]``, always.

    ``id`` is unique in its document. Top-level clauses (notice, preamble, item, article) have the ids of the answer
    contract: ``notice``, ``preamble``, ``20``, ``134-1``. Their parts append to it: ``36.4`` is the fourth 款 of
    article 36, ``36.4(2)`` its second 项, ``20/s3`` the third sentence of item 20, ``20/b`` its responsibility bracket;
    ``parent`` names the unit one level up and ``top`` the top-level one (itself for a top-level clause). ``number`` is
    the ordinal within the parent.

    ``label`` is how officials write it (第20项, 第三十六条第四款第二项). ``path`` holds the headings above it,
    outermost first. ``title`` is the item's opening phrase or ``""``. ``verified`` is false for transcribed text
    nobody has compared with an official copy: it is never shown as a quotation.
    """

    document: str
    id: str
    kind: Kind
    number: str
    label: str
    span: Span
    text: str
    top: str
    parent: str | None = None
    path: tuple[str, ...] = ()
    title: str = ""
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Deadline:
    """When, how often or how much; ``due`` is an ISO date, ``rrule`` an RFC 5545 recurrence without ``RRULE:``."""

    text: str
    kind: DeadlineKind
    span: Span
    due: str | None = None
    rrule: str | None = None
    value: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """One party expression with one role in one clause, exactly as the paper has it.

    ``words`` is the party as written (``span``), ``role_words`` the verbatim words that give the role
    (``会同各有关部门分工负责``), ``tier`` is ``NAMED`` for the bracket and ``BODY`` for the item's text.
    ``party`` is the register's canonical name for ``words``, or ``words`` itself where the register does not know it.
    ``action`` is the span of the task: the body of the item for a bracket duty, the sentence part for a body duty.
    """

    document: str
    clause: str
    party: str
    words: str
    role: Role
    role_words: str
    tier: Tier
    span: Span
    role_span: Span
    action: Span
    deadlines: tuple[Deadline, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the parser could not read; reported with its clause, never dropped."""

    document: str
    clause: str
    reason: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document with everything read out of it."""

    document: Document
    clauses: tuple[Clause, ...]
    duties: tuple[Duty, ...] = ()
    problems: tuple[Problem, ...] = field(default=())

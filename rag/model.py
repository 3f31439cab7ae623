"""What travels from a question to its answer. Everything is frozen; ``Answer.to_json`` is the published contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from index.model import Deadline, Span


class Reason(StrEnum):
    """Why an answer is refused."""

    OUT_OF_SCOPE = "out_of_scope"
    NO_EVIDENCE = "no_evidence"
    NOT_IN_DOCUMENT = "not_in_document"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message; ``role`` is ``user`` or ``assistant``."""

    role: str
    content: str


class Path(StrEnum):
    """How an answer came about."""

    EXTRACTIVE = "extractive"
    """No model was asked."""
    GENERATED = "generated"
    """A model worded it; every sentence passed the gate."""
    EXPLAINED = "explained"
    """Computed, with a model's words in front that passed the gate."""
    FALLBACK = "fallback"
    """A model was asked and gave nothing usable: extractive."""


@dataclass(frozen=True, slots=True)
class Checks:
    """A model's sentences by what the gate said; each counts once. ``nothing``: it stated nothing to check."""

    nothing: int = 0
    passed: int = 0
    repaired: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Dropped:
    """A model's sentence that was not shown, and why; kept for audit only."""

    text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """``org`` is the asker's own department, as the asker writes it; ``id`` is given back untouched."""

    text: str
    org: str | None = None
    history: tuple[Turn, ...] = ()
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """``quote`` is the stored text at ``span``; ``status`` says whether it is in force on the day of asking."""

    marker: int
    document: str
    title: str
    number: str | None
    clause: str
    label: str
    quote: str
    span: Span
    status: str
    verified: bool = True

    def to_json(self) -> dict[str, Any]:
        return {
            "marker": self.marker, "document": self.document, "title": self.title, "number": self.number,
            "clause": self.clause, "label": self.label, "quote": self.quote,
            "start": self.span.start, "end": self.span.end, "status": self.status,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One row of the year's list: what the contract calls a duty."""

    document: str
    clause: str
    party: str
    role: str
    tier: str
    via: str | None
    deadlines: tuple[Deadline, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "document": self.document, "clause": self.clause, "party": self.party, "role": self.role,
            "tier": self.tier, "via": self.via,
            "deadlines": [
                {"text": d.text, "kind": d.kind.value, "due": d.due, "rrule": d.rrule} for d in self.deadlines
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Understood:
    """How the question was read; ``rewritten`` is the question after follow-ups are resolved."""

    intent: str
    organisations: tuple[str, ...]
    rewritten: str

    def to_json(self) -> dict[str, Any]:
        return {"intent": self.intent, "organisations": list(self.organisations), "rewritten": self.rewritten}


@dataclass(frozen=True, slots=True)
class Answer:
    """A verified answer. ``text`` is Chinese markdown whose ``[n]`` markers are exactly those of ``citations``.

    The last fields say what part a language model had; the published contract has none of them. ``note`` names the
    cause where the model gave nothing usable.
    """

    id: str | None
    question: str
    understood: Understood
    text: str
    citations: tuple[Citation, ...] = ()
    duties: tuple[DutyRow, ...] = ()
    reason: Reason | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)
    path: Path = Path.EXTRACTIVE
    checks: Checks = Checks()
    dropped: tuple[Dropped, ...] = ()
    model: str = ""
    note: str = ""

    @property
    def refused(self) -> bool:
        return self.reason is not None

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id, "question": self.question, "understood": self.understood.to_json(),
            "refused": self.refused, "reason": self.reason.value if self.reason else None, "text": self.text,
            "citations": [c.to_json() for c in self.citations], "duties": [d.to_json() for d in self.duties],
            "timings_ms": {key: round(value, 3) for key, value in self.timings_ms.items()},
        }  # fmt: skip

"""What the gate says about a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """What a sentence can break. Values are names in the audit log and in figures."""

    UNCITED = "uncited"
    UNKNOWN_MARKER = "unknown_marker"
    LANGUAGE = "language"
    LENGTH = "length"
    QUOTE = "quote"
    REFERENCE = "reference"
    NUMBER = "number"
    ORGANISATION = "organisation"
    ROLE = "role"
    ACTOR = "actor"
    MODAL = "modal"
    NEGATION = "negation"
    CONJUNCTION = "conjunction"
    CONDITION = "condition"
    WORDING = "wording"


@dataclass(frozen=True, slots=True)
class Fault:
    """``words`` is a Chinese sentence that tells the model, or an auditor, what is wrong."""

    rule: Rule
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """``text`` is the sentence as it may be shown, its quotations in stored characters. ``empty``: it states nothing,
    so there was nothing to check; that is no pass.
    """

    text: str
    markers: tuple[int, ...]
    faults: tuple[Fault, ...] = ()
    empty: bool = False

    @property
    def passed(self) -> bool:
        return not self.faults and not self.empty

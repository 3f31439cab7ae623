"""The whole reading of one question."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.basis import Concept
from rag.understand.ask import Intent, Party, UnknownParty
from rag.understand.intents import Wording
from rag.understand.references import Reference
from rag.understand.scope import Scope


@dataclass(frozen=True, slots=True)
class Reading:
    """One question understood. ``text`` is simplified Chinese with follow-ups resolved.

    ``needs_own``: the asker's own department is meant but not known. ``lost``: a pronoun refers to nothing said.
    ``topic`` is what is left without organisations and question words. ``years`` are years named, ``place`` a place
    the documents are not about, ``unknown_title`` a regulation nobody indexed. ``asker`` is the asker's own
    department, meant or not. ``more`` holds further questions of the same message, in order; ``instead`` is a
    follow-up that stands alone asked of what was talked about, for where nothing else is found. ``before`` is the
    question before, ``talk`` what was answered, ``pointed`` tells that the question itself names a clause;
    ``words`` are the asker's own.
    """

    wording: Wording
    text: str
    parties: tuple[Party, ...] = ()
    unknown: tuple[UnknownParty, ...] = ()
    needs_own: bool = False
    lost: bool = False
    references: tuple[Reference, ...] = ()
    documents: tuple[str, ...] = ()
    concepts: tuple[Concept, ...] = ()
    topic: str = ""
    scope: Scope = field(default_factory=Scope)
    years: tuple[int, ...] = ()
    place: str | None = None
    unknown_title: str | None = None
    asker: tuple[Party, ...] = ()
    more: tuple[Reading, ...] = ()
    instead: Reading | None = None
    before: str = ""
    pointed: bool = False
    talk: str = ""
    words: str = ""

    @property
    def follows(self) -> bool:
        return bool(self.before)

    @property
    def intent(self) -> Intent:
        return Intent.OUT_OF_SCOPE if self.scope.outside else self.wording.intent

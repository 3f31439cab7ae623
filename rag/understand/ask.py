"""What one question asks for, once understood."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from index.organisations import Succession


class Intent(StrEnum):
    """What the asker wants. Values appear as ``understood.intent`` in the answer contract."""

    DUTIES = "duties"
    WHO = "who"
    IS_NAMED = "is_named"
    DEADLINE = "deadline"
    FREQUENCY = "frequency"
    QUANTITY = "quantity"
    CONTENT = "content"
    CLAUSE = "clause"
    BASIS = "basis"
    COMPARE = "compare"
    COUNT = "count"
    DEFINITION = "definition"
    DOCUMENTS = "documents"
    HELP = "help"
    OPEN = "open"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation or group the question means.

    ``words`` is what the asker wrote. ``former`` is set where an old name stood, ``county`` where a county's bureau was
    meant (袁州区住建局: ``name`` is then the county government and ``counterpart`` the municipal bureau),
    ``guessed`` where the name was only close.
    """

    name: str
    words: str
    is_group: bool = False
    former: Succession | None = None
    counterpart: str | None = None
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class UnknownParty:
    """Words that look like an organisation nobody registered, with the nearest registered names."""

    words: str
    nearest: tuple[str, ...]

"""The gate's word lists (``docs/gate.toml``): what says the same, what states nothing, who acts, names of roles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from index.basis import read_toml
from index.clean import fold
from index.errors import CorpusError
from index.model import Role

MUST, MAY, NOT, UN, NO, OR, AND = "\ue010\ue011\ue012\ue013\ue014\ue015\ue016"
"""One character each for 应当, 可以, 不得, 未, 不, 或者, 和 and all that say the same."""
STOP = "\ue017"
"""Between two phrases of a clause."""
NAMES = {MUST: "应当", MAY: "可以", NOT: "不得", UN: "未", NO: "不", OR: "或者", AND: "和"}
NEGATIONS = frozenset((NOT, UN, NO))
MODALS = frozenset((MUST, MAY, NOT))
_KINDS = {"must": MUST, "may": MAY, "not": NOT, "un": UN, "no": NO, "or": OR, "and": AND}


@dataclass(frozen=True, slots=True)
class Limits:
    """``stray``: characters a sentence may add beside the free words. ``ordered``: least share of a phrase that must
    stand in the clause in the same order. ``condition``: least share of a consequence's condition that must be told.
    ``unquoted``: longest quotation, in characters, of a text nobody compared with an official copy.
    """

    stray: int
    ordered: float
    condition: float
    unquoted: int


@dataclass(frozen=True)
class Words:
    """``canon``: a form → what it is compared as. ``takes``: words that take an actor as their object."""

    canon: Mapping[str, str]
    free: frozenset[str]
    turning: frozenset[str]
    actors: tuple[str, ...]
    takes: tuple[str, ...]
    roles: Mapping[str, frozenset[Role]]
    limits: Limits
    _patterns: dict[str, re.Pattern[str]] = field(default_factory=dict)

    @cached_property
    def forms(self) -> re.Pattern[str]:
        """Every form that is not compared as it stands, the longest first."""
        return _any(self.canon)

    @cached_property
    def free_words(self) -> re.Pattern[str]:
        return _any(self.free)

    @cached_property
    def actor_words(self) -> re.Pattern[str]:
        return _any(self.actors)

    @cached_property
    def role_words(self) -> re.Pattern[str]:
        return _any(self.roles)


def _any(words: object) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(map(str, words), key=len, reverse=True))))  # type: ignore[call-overload]


def load_gate_words(path: Path) -> Words:
    """Raises ``CorpusError`` where the file is missing or malformed."""
    data = read_toml(path)
    try:
        canon = {word: word for word in _split(data["whole"])}
        for first, *others in data["same"]:
            canon |= {fold(form): fold(first) for form in (first, *others)}
        for key, mark in _KINDS.items():
            canon |= dict.fromkeys(_split(data[key]), mark)
        roles = {fold(word): frozenset(map(Role, values)) for word, values in data["roles"].items()}
        return Words(
            canon,
            frozenset(one for word in _split(data["free"]) for one in (word, canon.get(word, word))),
            frozenset(data["turning"]),
            tuple(dict.fromkeys(canon.get(actor, actor) for actor in _split(data["actors"]))),
            tuple(canon.get(word, word) for word in _split(data["takes"])),
            roles,
            Limits(**data["limits"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"{path.name} 缺少字段或写法不对：{error}。", "请恢复该文件。") from error


def _split(text: str) -> list[str]:
    return [fold(word) for word in text.split()]

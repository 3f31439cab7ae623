"""The choices of “我的部门”: every registered organisation, and every other name staff call it by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.organisations import Register
from rag.understand.question import Reader

_LEVELS = {"municipal": 0, "county": 1, "zone": 2}
_KINDS = {"department": 0, "party_department": 1, "unit": 2, "government": 3, "zone": 3}


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the selector: ``label`` is what is searched and shown, ``value`` what is taken."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """The department taken for what was typed; ``name`` is empty where nothing fits and ``notice`` then says so."""

    name: str
    notice: str = ""


def choices(register: Register) -> list[Choice]:
    """Names first, then the other forms, so that the unfiltered list reads as a list of departments.

    A form that is part of another one shown (住建局 in 市住建局) is left out: typing it finds the longer one.
    """
    ranked = sorted(register.organisations, key=lambda o: (_LEVELS.get(o.level, 9), _KINDS.get(o.kind, 9)))
    names = [Choice(one.name, one.name) for one in ranked]
    others = [
        Choice(f"{alias} → {one.name}", one.name)
        for one in ranked
        for alias in _longest((one.name, one.full, *one.aliases))
        if alias != one.name
    ]
    return names + others


def _longest(forms: Sequence[str]) -> list[str]:
    return [form for form in dict.fromkeys(forms) if not any(form != other and form in other for other in forms)]


def choose(reader: Reader, register: Register, typed: str | None) -> Chosen:
    """The registered name of what was chosen or typed, a county's bureau as it is, or the nearest names."""
    words = (typed or "").strip()[:60]
    if not words:
        return Chosen("")
    name = register.canonical(words)
    if name and not register.knows_group(name):
        return Chosen(name)
    found = reader.parties.find(words)
    party = next((p for p in found.parties if not p.is_group), None)
    if party is None:
        near = reader.parties.nearest(words)
        hint = f"是不是：{'、'.join(near)}？" if near else "请从列表中选择，或直接在问题里写部门名称。"
        return Chosen("", f"组织名录里没有“{words}”。{hint}")
    if party.counterpart:
        return Chosen(party.words)
    return Chosen(party.name, f"没有找到“{words}”，已选最接近的“{party.name}”。" if party.guessed else "")

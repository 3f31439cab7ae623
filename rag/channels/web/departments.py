"""The choices of “我的部门”: every registered organisation, and every other name and sound staff find it by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from index.organisations import Organisation, Register
from rag.understand.question import Reader

_LEVELS = {"municipal": 0, "county": 1, "zone": 2}
_KINDS = {"department": 0, "party_department": 1, "unit": 2, "government": 3, "zone": 3}
_GROUPS = {
    "department": "政府部门", "party_department": "党委部门", "unit": "直属和驻市单位", "government": "政府",
    "zone": "管委会", "council": "议事机构", "office": "议事机构", "committee": "议事机构",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One department: ``forms`` are all its names, ``sounds`` their pinyin, as initials and in full."""

    name: str
    group: str
    forms: tuple[str, ...]
    sounds: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The department taken for what was typed; ``name`` is empty where nothing fits and ``notice`` then says so."""

    name: str
    notice: str = ""


def choices(register: Register) -> list[Choice]:
    """Every organisation, departments of the city first, as people look for them."""
    ranked = sorted(register.organisations, key=lambda o: (_LEVELS.get(o.level, 9), _KINDS.get(o.kind, 9)))
    former: dict[str, list[str]] = {}
    for old in register.successions:
        former.setdefault(old.successor, []).extend((old.predecessor, *old.aliases))
    return [_choice(one, former.get(one.name, ())) for one in ranked]


def _choice(one: Organisation, former: Sequence[str]) -> Choice:
    forms = tuple(dict.fromkeys((one.name, one.full, *one.aliases, *former)))
    sounds = tuple(dict.fromkeys(sound for form in forms for sound in _sounds(form)))
    return Choice(one.name, _GROUPS.get(one.kind, "其他"), forms, sounds)


def _sounds(form: str) -> tuple[str, str]:
    """``住建局`` → ``zjj``, ``zhujianju``."""
    from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(form, errors="ignore")
    return "".join(one[0] for one in syllables), "".join(syllables)


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

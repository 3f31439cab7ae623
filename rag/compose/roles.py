"""Who leads, shares, supervises and carries out one item: sentences over the duty table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.model import Duty, Role, Tier

LEADING = (Role.LEAD_AND_ORGANISE, Role.LEAD, Role.ORGANISE)
_ORDER = (
    Role.LEAD_AND_ORGANISE,
    Role.LEAD,
    Role.ORGANISE,
    Role.SUPERVISE,
    Role.SHARE,
    Role.TOGETHER,
    Role.CARRY_OUT,
    Role.TAKE_PART,
)


def bracket_duties(duties: Iterable[Duty], clause: str) -> list[Duty]:
    return [duty for duty in duties if duty.clause == clause and duty.tier is Tier.NAMED]


def role_lines(duties: Sequence[Duty], only: Sequence[Role] = ()) -> list[str]:
    """``牵头组织开展：A``, ``分工负责：B、C（会同有关部门分工负责）``, in the order of responsibility."""
    lines = []
    for role in _ORDER:
        here = [duty for duty in duties if duty.role is role]
        if here and (not only or role in only):
            lines.append(f"{role.value}：{parties(here)}{_joint(here)}")
    return lines


def parties(duties: Sequence[Duty]) -> str:
    return "、".join(dict.fromkeys(duty.words for duty in duties))


def _joint(duties: Sequence[Duty]) -> str:
    said = next((duty.role_words for duty in duties if duty.role_words != duty.role.value), "")
    return f"（原文：{said}）" if said else ""

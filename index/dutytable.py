"""The duty table as a query: every clause that binds an organisation, by tier, exhaustive by construction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.model import Duty, Problem, Span, Tier
from index.organisations import Register

_STRENGTH = {Tier.NAMED: 0, Tier.BODY: 1, Tier.MEMBER: 2, Tier.POSSIBLE: 3}


@dataclass(frozen=True, slots=True)
class Reach:
    """A duty as it reaches one organisation. ``via``: the group words it came through, ``None`` for its own name."""

    duty: Duty
    party: str
    tier: Tier
    via: str | None

    @property
    def clause(self) -> str:
        return self.duty.clause


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many of a plan's items reach an organisation in each tier; an item may count in several tiers."""

    total: int
    by_tier: dict[Tier, int]
    untouched: int
    unread: tuple[str, ...]


def reaches(name: str, duties: Iterable[Duty], register: Register) -> tuple[Reach, ...]:
    """Every way the given duties reach ``name`` (an organisation's or a group's canonical name), in document order.

    ``possible`` reaches are kept only for clauses that nothing stronger binds: a clause is settled once.
    """
    member_of, maybe_of = set(register.memberships(name)), set(register.may_bind(name))
    found: dict[tuple[str, str, Span, str, Tier, str | None], Reach] = {}
    binding = {name, *member_of, *maybe_of}
    for duty in duties:
        if duty.party not in binding:
            continue
        reach = _reach(name, duty, member_of)
        key = (duty.document, duty.clause, duty.action, duty.role, reach.tier, reach.via)
        if key not in found or duty.words == name:
            found[key] = reach
    settled = {(r.duty.document, r.clause) for r in found.values() if r.tier is not Tier.POSSIBLE}
    return tuple(r for r in found.values() if r.tier is not Tier.POSSIBLE or (r.duty.document, r.clause) not in settled)


def _reach(name: str, duty: Duty, member_of: set[str]) -> Reach:
    if duty.party == name:
        return Reach(duty, name, duty.tier, None)
    if duty.party in member_of:
        return Reach(duty, name, Tier.BODY if duty.tier is Tier.BODY else Tier.MEMBER, duty.words)
    return Reach(duty, name, Tier.POSSIBLE, duty.words)


def strongest(found: Sequence[Reach]) -> Tier:
    """The tier under which a clause with these reaches is listed."""
    return min((reach.tier for reach in found), key=_STRENGTH.__getitem__)


def completeness(found: Sequence[Reach], items: Sequence[str], problems: Sequence[Problem]) -> Completeness:
    """The statement that nothing was left out: every item is counted, items whose bracket was not read are named."""
    wanted = set(items)
    by_tier = {tier: len({r.clause for r in found if r.tier is tier and r.clause in wanted}) for tier in Tier}
    touched = {r.clause for r in found if r.clause in wanted}
    unread = tuple(dict.fromkeys(p.clause for p in problems if p.clause in wanted))
    return Completeness(len(wanted), by_tier, len(wanted - touched), unread)

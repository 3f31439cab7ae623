"""What falls due and when: the duty table's dates, and its recurrences at the end of each of their periods.

The plan says 每季度, not on which day: the last day of the quarter is when it must have been done.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from index.dutytable import Reach
from index.model import Deadline, DeadlineKind, Tier
from rag.library import Library

_MONTHS = {"FREQ=YEARLY": 12, "FREQ=MONTHLY": 1}


@dataclass(frozen=True, slots=True)
class Due:
    """One item of the plan on one day. ``words`` is the deadline as the plan has it.

    ``parties`` are roles, with via where only a group binds; for everybody, the parties with their roles. ``possible`` is
    true where it is unconfirmed that the item binds the organisation.
    """

    day: date
    document: str
    clause: str
    label: str
    title: str
    words: str
    recurring: bool
    parties: tuple[str, ...]
    possible: bool = False


def falling_due(library: Library, organisation: str | None, first: date, last: date) -> tuple[Due, ...]:
    """Everything of the current plan due from ``first`` to ``last`` (both included), by day and item.

    For ``organisation`` (canonical name) what reaches it, else for everybody. Nothing is due before the plan was issued
    or after it has expired; vague deadlines (定期) are never due.
    """
    plan = library.plan
    first = max(first, date.fromisoformat(plan.published)) if plan.published else first
    last = min(last, date.fromisoformat(plan.expires)) if plan.expires else last
    reaches = library.reaches(organisation) if organisation else _everybody(library)
    found: dict[tuple[date, str, str], list[Reach]] = {}
    deadlines: dict[tuple[str, str], Deadline] = {}
    for reach in reaches:
        for deadline in reach.duty.deadlines:
            deadlines[reach.clause, deadline.text] = deadline
            for day in days(deadline, first, last):
                found.setdefault((day, reach.clause, deadline.text), []).append(reach)
    order = list(library.clauses(plan.id))
    return tuple(
        _due(library, organisation, day, deadlines[clause, words], clause, found[day, clause, words])
        for day, clause, words in sorted(found, key=lambda key: (key[0], order.index(key[1])))
    )


def _everybody(library: Library) -> tuple[Reach, ...]:
    return tuple(Reach(duty, duty.party, duty.tier, None) for duty in library.duties(library.plan.id))


def _due(
    library: Library, organisation: str | None, day: date, deadline: Deadline, clause: str, reaches: Sequence[Reach]
) -> Due:
    item = library.clauses(library.plan.id)[clause]
    names = (_role(reach) if organisation else f"{reach.duty.words}（{reach.duty.role.value}）" for reach in reaches)
    return Due(
        day, item.document, clause, item.label, item.title, deadline.text,
        deadline.kind is DeadlineKind.RECURRENCE, tuple(dict.fromkeys(names)),
        possible=all(reach.tier is Tier.POSSIBLE for reach in reaches),
    )  # fmt: skip


def _role(reach: Reach) -> str:
    return f"{reach.duty.role.value}（“{reach.via}”）" if reach.via else reach.duty.role.value


def days(deadline: Deadline, first: date, last: date) -> Iterator[date]:
    """The days from ``first`` to ``last`` on which ``deadline`` falls; none for daily, weekly and vague ones."""
    if deadline.kind is DeadlineKind.DATE and deadline.due:
        due = date.fromisoformat(deadline.due)
        return iter([due] if first <= due <= last else [])
    if deadline.kind is DeadlineKind.RECURRENCE and deadline.rrule:
        months = _period(deadline.rrule)
        return iter([day for day in month_ends(first, last) if months and day.month % months == 0])
    return iter(())


def _period(rrule: str) -> int:
    """Months a period lasts; 0 for what is not counted in months."""
    parts = rrule.split(";")
    interval = next((int(p.removeprefix("INTERVAL=")) for p in parts if p.startswith("INTERVAL=")), 1)
    return _MONTHS.get(parts[0], 0) * interval


def month_ends(first: date, last: date) -> Iterator[date]:
    """Last days of months within the two, both included."""
    year, month = first.year, first.month
    while (end := date(year, month, calendar.monthrange(year, month)[1])) <= last:
        yield end
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def quarter(day: date) -> tuple[date, date]:
    """First and last day of the quarter of ``day``."""
    month = (day.month - 1) // 3 * 3 + 1
    last = month + 2
    return date(day.year, month, 1), date(day.year, last, calendar.monthrange(day.year, last)[1])


def by_day(found: Iterable[Due]) -> dict[date, list[Due]]:
    days: dict[date, list[Due]] = {}
    for due in found:
        days.setdefault(due.day, []).append(due)
    return days


def far(day: date, today: date) -> str:
    """今天, 明天, 还有6天, 已过3天."""
    left = (day - today) // timedelta(days=1)
    if left < 0:
        return f"已过{-left}天"
    return {0: "今天", 1: "明天"}.get(left, f"还有{left}天")

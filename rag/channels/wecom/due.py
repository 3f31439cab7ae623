"""What falls due and when: the duty table's dates, and its recurrences at the end of each of their periods.

The plan says 每季度, not on which day: the last day of the quarter is when it must have been done.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from index.dutytable import Reach
from index.model import Clause, Deadline, DeadlineKind, Kind, Tier
from rag.channels.wecom.render import harmless
from rag.library import Library

_MOST_SAID = 160
_MONTHS = {"FREQ=YEARLY": 12, "FREQ=MONTHLY": 1}


@dataclass(frozen=True, slots=True)
class Due:
    """One item of the plan on one day. ``words`` is the deadline as the plan has it.

    ``parties`` are roles, with via where only a group binds; for everybody, the parties with their roles.
    ``said`` is the sentence of the plan with the deadline. ``possible`` is true where it is unconfirmed that the item
    binds the organisation.
    """

    day: date
    document: str
    clause: str
    label: str
    title: str
    words: str
    recurring: bool
    parties: tuple[str, ...]
    said: str = ""
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
        day, item.document, clause, item.label, "报送要求" if item.kind is Kind.NOTICE else item.title, deadline.text,
        deadline.kind is DeadlineKind.RECURRENCE, tuple(dict.fromkeys(names)), _sentence(library, item, deadline),
        possible=all(reach.tier is Tier.POSSIBLE for reach in reaches),
    )  # fmt: skip


def _sentence(library: Library, item: Clause, deadline: Deadline) -> str:
    """Verbatim; a long one in part, which is marked."""
    parts = (part for part in library.parts(item) if part.kind is Kind.SENTENCE and deadline.span in part.span)
    text = "".join(line.strip() for line in next(parts, item).text.split("\n"))
    return text if len(text) <= _MOST_SAID else text[:_MOST_SAID] + "……"


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


PERIODS = "“每月”“每季度”“每半年”等，原文没有写明是哪一天，按该期最后一天列出。"


def due_text(library: Library, found: Sequence[Due], title: str) -> str:
    """Markdown: what falls due, day by day, with roles, and the source in the official form at the end."""
    plan = library.plan
    lines = [f"**{title}**"]
    told: set[str] = set()
    for day, dues in by_day(found).items():
        listed = [_line(list(same), told) for _, same in groupby(dues, key=lambda due: due.clause)]
        lines.append("\n".join([f"**{day.isoformat()}（{far(day, library.day)}）**", *listed]))
    if any(due.recurring for due in found):
        lines.append(PERIODS)
    labels = dict.fromkeys(due.label for due in found)
    number = f"（{plan.number}）" if plan.number else ""
    lines.append(f"出处：《{plan.title}》{number}{'、'.join(labels)}")
    return "\n\n".join(lines)


def _line(dues: Sequence[Due], told: set[str]) -> str:
    """One item on one day, with the sentences that say so unless they were ``told`` before."""
    words = "、".join(dict.fromkeys(due.words for due in dues))
    parties = "、".join(dict.fromkeys(party for due in dues for party in due.parties))
    unsure = "，待确认" if all(due.possible for due in dues) else ""
    said = [f"> {harmless(words)}" for words in dict.fromkeys(due.said for due in dues) if words not in told]
    told.update(due.said for due in dues)
    head = harmless(f"- **{dues[0].label} {dues[0].title}**（{words}）｜{parties}{unsure}")
    return "\n".join([head, *said])


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

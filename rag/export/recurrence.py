"""A rhythm of the paper as days of a calendar: the paper says how often, never on which day."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

_YEAR = 12
_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Rhythm:
    """``first`` is the first day, ``rule`` the RFC 5545 recurrence with its end, ``meant`` the day taken, in words."""

    first: date
    rule: str
    meant: str


def rhythm(rrule: str, start: date, until: date) -> Rhythm | None:
    """The last day of each period that ends between ``start`` and ``until``, both included.

    ``None`` where no period ends there. Weeks end on Friday, days are themselves.
    """
    parts = dict(part.split("=", 1) for part in rrule.split(";") if "=" in part)
    frequency, step = parts.get("FREQ", ""), int(parts.get("INTERVAL", "1"))
    if frequency == "MONTHLY":
        found = _months(start, step)
    elif frequency == "YEARLY":
        found = _months(start, _YEAR * step)
    elif frequency == "WEEKLY":
        found = _weeks(start, step)
    else:
        found = Rhythm(start, f"FREQ=DAILY;INTERVAL={step}" if step > 1 else "FREQ=DAILY", "自印发之日起")
    if found.first > until:
        return None
    return Rhythm(found.first, f"{found.rule};UNTIL={until:%Y%m%d}", found.meant)


def _months(start: date, step: int) -> Rhythm:
    """Periods of ``step`` months counted from January: quarters end in March, half-years in June."""
    month = -(-start.month // step) * step
    year, month = start.year + (month - 1) // _YEAR, (month - 1) % _YEAR + 1
    first = date(year, month, calendar.monthrange(year, month)[1])
    every = f"FREQ=MONTHLY;INTERVAL={step};BYMONTHDAY=-1" if step > 1 else "FREQ=MONTHLY;BYMONTHDAY=-1"
    words = {1: "每月最后一天", 3: "每季度最后一天", 6: "每半年最后一天", _YEAR: "每年最后一天"}
    return Rhythm(first, every, words.get(step, f"每{step}个月的最后一天"))


def _weeks(start: date, step: int) -> Rhythm:
    first = start + timedelta(days=(_FRIDAY - start.weekday()) % 7)
    every = f"FREQ=WEEKLY;INTERVAL={step};BYDAY=FR" if step > 1 else "FREQ=WEEKLY;BYDAY=FR"
    return Rhythm(first, every, "每周五" if step == 1 else f"每{step}周的周五")

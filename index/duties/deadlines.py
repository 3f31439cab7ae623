"""Deadlines in a stretch of text: dates, recurrences (RFC 5545), quantities, and vague words that stay vague."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date

from index.model import Deadline, DeadlineKind, Span
from index.numerals import to_int

_N = r"(?:\d{1,4}|[０-９]{1,4}|[一二两三四五六七八九十百]{1,4})"
_BEFORE = r"(?:之前|以前|前|底前|截止)"
_FULL_DATES = re.compile(rf"(?P<year>\d{{4}})年(?P<days>{_N}月{_N}日?(?:[和、及与]{_N}月{_N}日?)*){_BEFORE}")
_MONTH_DAY = re.compile(rf"({_N})月({_N})日?")
_SHORT_DATE = re.compile(
    r"(?:(?:(?P<year>\d{4})|(?P<this>[今本])|(?P<next>[明次翌]))(?=年))?"
    rf"(?:(?(year)年|(?(this)年|(?(next)年|)))(?P<month>{_N})月"
    r"(?:(?P<day>" + _N + r")日|(?P<part>底|末|初|上旬|中旬|下旬))?|年?(?P<yearend>年[底末]))(?:之前|以前|前)"
)
_PERIODS = {
    "日": "FREQ=DAILY",
    "天": "FREQ=DAILY",
    "周": "FREQ=WEEKLY",
    "星期": "FREQ=WEEKLY",
    "旬": "FREQ=DAILY;INTERVAL=10",
    "月": "FREQ=MONTHLY",
    "季度": "FREQ=MONTHLY;INTERVAL=3",
    "季": "FREQ=MONTHLY;INTERVAL=3",
    "半年": "FREQ=MONTHLY;INTERVAL=6",
    "年": "FREQ=YEARLY",
}
_COUNT = r"[一两二三四五六七八九十]|\d{1,2}"
_PERIOD = "季度|半年|星期|日|天|周|旬|月|季|年"
_EVERY = re.compile(rf"每(?P<count>{_COUNT})?个?(?P<period>{_PERIOD})(?:度)?(?P<end>底|末|初)?(?!位|人|名)")
_BOUNDED_PERIOD = re.compile(
    rf"(?:至少)(?P<period>每?半年|每?季度|每?月|"
    rf"每年)(?P<verb>[^,，。;；、\d]{{0,4}})(?P<count>{_N})(?P<unit>次|场|回)"
)
_BARE_QUARTER = re.compile(
    r"(?<![每上本下一二三四两1-4首各前后半个第])季度"
    r"(?=[^末初底内的]{0,3}(?:公开|公布|通报|考核|报送|报告|调度|检查|例会|会商|分析|现场))"
)
_BOUND = r"至少|不少于|不低于|不得少于|不得低于|不超过|不得超过|最多|不多于"
_UNIT = r"个|次|家|人|名|场|项|所|处|座|支|台|套|件|期|份|篇|万元|元|小时|分钟|天|日|年|%|％|公里|千米|米"
_QUANTITY = re.compile(rf"(?:{_BOUND})[^,，。;；、\d]{{0,4}}?(?P<count>\d+(?:\.\d+)?|{_N})(?P<unit>{_UNIT})")
_VAGUE = re.compile(r"不定期|定期(?!检验|限期|存款)|按期|经常性|常态化|适时|尽快|(?<!不)及时|限期")
_PART_DAY = {"初": 10, "上旬": 10, "中旬": 20}


def find_deadlines(text: str, within: Span, year: int | None) -> tuple[Deadline, ...]:
    """Every deadline of ``text`` inside ``within``, in reading order, not overlapping.

    ``year`` completes a date that has none (3月底前); without it such a date stays ``VAGUE`` rather than guessed.
    """
    found: list[Deadline] = []
    stretch = within.of(text)
    for finder in (_full_dates, _short_dates, _bounded_periods, _recurrences, _quantities, _vague):
        for deadline in finder(stretch, within.start, year):
            if not any(_overlap(deadline.span, other.span) for other in found):
                found.append(deadline)
    # 每月定期通报: the recurrence already says how often, the vague word beside it adds nothing.
    said = {d.span.end for d in found if d.kind is DeadlineKind.RECURRENCE}
    kept = [d for d in found if not (d.kind is DeadlineKind.VAGUE and d.span.start in said)]
    return tuple(sorted(kept, key=lambda d: (d.span.start, d.span.end)))


def _overlap(a: Span, b: Span) -> bool:
    return a.start < b.end and b.start < a.end


def _span(match: re.Match[str], offset: int) -> Span:
    return Span(match.start() + offset, match.end() + offset)


def _full_dates(text: str, offset: int, year: int | None) -> Iterator[Deadline]:
    for match in _FULL_DATES.finditer(text):
        days = list(_MONTH_DAY.finditer(text, match.start("days"), match.end("days")))
        for count, day in enumerate(days):
            start = match.start() if count == 0 else day.start()
            end = match.end() if count == len(days) - 1 else day.end()
            due = _iso(int(match["year"]), _int(day.group(1)), _int(day.group(2)))
            yield _date(text[start:end], Span(start + offset, end + offset), due)


def _short_dates(text: str, offset: int, year: int | None) -> Iterator[Deadline]:
    for match in _SHORT_DATE.finditer(text):
        if match.start() and text[match.start() - 1] in "每个":
            continue
        base = int(match["year"]) if match["year"] else year
        due = _short_due(match, base + 1 if base and match["next"] else base)
        yield _date(match.group(), _span(match, offset), due)


def _short_due(match: re.Match[str], year: int | None) -> str | None:
    if year is None:
        return None
    if match["yearend"]:
        return _iso(year, 12, 31)
    month = _int(match["month"])
    if not 1 <= month <= 12:
        return None
    if match["day"]:
        return _iso(year, month, _int(match["day"]))
    if match["part"] in _PART_DAY:
        return _iso(year, month, _PART_DAY[match["part"]])
    # “6月前” without a day ends with the month before; “3月底前” with the month itself.
    if not match["part"]:
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return _iso(year, month, calendar.monthrange(year, month)[1])


def _date(text: str, span: Span, due: str | None) -> Deadline:
    return Deadline(text, DeadlineKind.DATE if due else DeadlineKind.VAGUE, span, due=due)


def _bounded_periods(text: str, offset: int, year: int | None) -> Iterator[Deadline]:
    """至少半年组织1次: a recurrence that carries its own count."""
    for match in _BOUNDED_PERIOD.finditer(text):
        rule = _PERIODS[match["period"].removeprefix("每")]
        value, unit = _int(match["count"]), match["unit"]
        yield Deadline(match.group(), DeadlineKind.RECURRENCE, _span(match, offset), rrule=rule, value=value, unit=unit)


def _recurrences(text: str, offset: int, year: int | None) -> Iterator[Deadline]:
    for match in _EVERY.finditer(text):
        rule = _every(match["period"], _int(match["count"] or "1"))
        yield Deadline(match.group(), DeadlineKind.RECURRENCE, _span(match, offset), rrule=rule)
    for match in _BARE_QUARTER.finditer(text):
        yield Deadline(match.group(), DeadlineKind.RECURRENCE, _span(match, offset), rrule=_PERIODS["季度"])


def _every(period: str, count: int) -> str:
    """The recurrence of every ``count``-th period: (月, 2) → ``FREQ=MONTHLY;INTERVAL=2``."""
    frequency, _, interval = _PERIODS[period].partition(";INTERVAL=")
    step = count * int(interval or 1)
    return frequency if step <= 1 else f"{frequency};INTERVAL={step}"


def _quantities(text: str, offset: int, year: int | None) -> Iterator[Deadline]:
    for match in _QUANTITY.finditer(text):
        value = float(match["count"]) if "." in match["count"] else _int(match["count"])
        yield Deadline(match.group(), DeadlineKind.QUANTITY, _span(match, offset), value=value, unit=match["unit"])


def _vague(text: str, offset: int, year: int | None) -> Iterator[Deadline]:
    for match in _VAGUE.finditer(text):
        yield Deadline(match.group(), DeadlineKind.VAGUE, _span(match, offset))


def _int(words: str) -> int:
    """0 where the words are no number: no date and no quantity comes of it."""
    try:
        return to_int(words)
    except ValueError:
        return 0


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None

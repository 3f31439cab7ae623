"""Yes-or-no questions that carry a number, a date or a rhythm: does the text say so?"""

from __future__ import annotations

import re

from index.model import Span
from index.numerals import Measure, find_measures, to_int
from rag.compose.passages import overlap

_NUMBER = r"[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_MONTH = re.compile(rf"({_NUMBER})月(?:({_NUMBER})[日号]?)?(底|末|初)?")
_RHYTHM = re.compile(r"(?:每|至少)(?:一?个)?(半年|季度|月|周|星期|日|天|年)")
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")
_BOUND = re.compile(r"每|至少|不少于|不低于|不超过|超过|[0-9一二两三四五六七八九十]")
_ONLY = re.compile(r"只要|只需|只用|最多|可以不|就行|就可以|就够|以下")
_ALIKE = {"天": "日", "名": "人", "回": "次", "块": "元", "号": "日"}


_STATES = re.compile(
    r"(?:提前|至少|不少于|既然|听说|法律|规定|要点|文件|条|项|要求|写的?|说的?|不是)[^，。？?]{0,16}[0-9一二两三四五六七八九十]"
)


def mismatch(question: str, quote: str) -> str:
    """That the text says another number than a question takes for granted; empty where it states none or agrees."""
    found = verdict(question, quote) if _STATES.search(question) else ""
    return f"题中的说法与原文不符，{found.removeprefix('不是。')}" if found.startswith("不是") else ""


def verdict(question: str, quote: str) -> str:
    """``是的。`` or ``不是。原文写的是“…”。``; empty where the question states nothing to compare.

    Yes only where everything stated that can be compared agrees.
    """
    if _ONLY.search(question):
        return ""
    agreed = False
    dates, there = _dates(question), _dates(quote)
    if dates and there:
        if not any(date in there.values() for date in dates.values()):
            return _no(list(there))
        agreed = True
    rhythms, said = _RHYTHM.findall(question), _RHYTHM.findall(quote)
    if rhythms and said:
        if not set(rhythms) & set(said):
            return _no([f"每{period}" for period in said])
        agreed = True
    found = list(find_measures(quote))
    for _, one in find_measures(question):
        same_kind = [(span, other) for span, other in found if _comparable(one, other)]
        same_kind = _nearby(question, quote, same_kind)
        if same_kind and not any(other.value == one.value for _, other in same_kind):
            return _no([span.of(quote) for span, _ in same_kind])
        agreed = agreed or bool(same_kind)
    return "是的。" if agreed else ""


def wrong_years(question: str, quote: str) -> str:
    """That the text says other years than the question does; empty where either says none or they share one."""
    years, written = _YEAR.findall(question), _YEAR.findall(quote)
    if not years or not written or set(years) & set(written):
        return ""
    return _no(["、".join(f"{year}年" for year in dict.fromkeys(written))])


def _nearby(question: str, quote: str, found: list[tuple[Span, Measure]]) -> list[tuple[Span, Measure]]:
    """The measures of the party the question speaks of, where ``quote`` gives each party its own between commas."""
    parts = {(one.start, one.end): one for span, _ in found if (one := _part(quote, span))}
    if len(parts) < 2:
        return found
    fits = {part: overlap(_BOUND.split(span.of(quote))[0], question) for part, span in parts.items()}
    best = max(fits.values())
    near = [part for part, fit in fits.items() if fit == best]
    return [pair for pair in found if len(near) > 1 or parts[near[0]].start <= pair[0].start < parts[near[0]].end]


def _part(quote: str, inside: Span) -> Span:
    start = max(quote.rfind(mark, 0, inside.start) + 1 for mark in ",，;；。")
    end = min(at if (at := quote.find(mark, inside.end)) >= 0 else len(quote) for mark in ",，;；。")
    return Span(start, end)


def _no(words: list[str]) -> str:
    return f"不是。原文写的是“{'”“'.join(dict.fromkeys(words[:3]))}”。"


def _comparable(one: Measure, other: Measure) -> bool:
    return _unit(one) == _unit(other) and one.every == other.every


def _unit(one: Measure) -> str:
    return _ALIKE.get(one.unit, one.unit)


def _dates(text: str) -> dict[str, tuple[int, int | None, str]]:
    """Month, day and part of month as said, by their words; numerals of either kind."""
    found: dict[str, tuple[int, int | None, str]] = {}
    for match in _MONTH.finditer(text):
        try:
            day = to_int(match[2]) if match[2] else None
            found[match.group()] = (to_int(match[1]), day, match[3] or "")
        except ValueError:
            continue
    return found

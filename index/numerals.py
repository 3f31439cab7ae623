"""Chinese numerals, the numbering of statutes, and measures such as 三十日 or 每季度.

Nothing here reads a document: callers pass the words they found. ``ValueError`` means the words are not what the
function's name says; functions that look for something return ``None`` or yield nothing instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.model import Span

_DIGITS = {
    **{char: value for value, char in enumerate("零一二三四五六七八九")},
    "〇": 0,
    "○": 0,
    "两": 2,
    "廿": 20,
    "卅": 30,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_TENS_AS_ONE = {"廿": "二十", "卅": "三十"}
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．％", "0123456789.%")

NUMERAL = "[零〇○一二两三四五六七八九十廿卅百千万亿0-9０-９]+"
"""Pattern text of one whole number, Chinese or Arabic."""

_ORDINAL = "[零〇一二三四五六七八九十百千0-9０-９]+"
_ARTICLE = re.compile(rf"第?({_ORDINAL})条((?:之{_ORDINAL})*)")
_ARTICLE_ID = re.compile(r"[1-9][0-9]*(?:-[1-9][0-9]*)*")
_HEADING = re.compile(rf"第{_ORDINAL}(分编|编|章|节)([ \u3000]*)(\S.{{0,45}})")
_HEADING_LEVELS = {"编": 0, "分编": 1, "章": 2, "节": 3}


def fold_digits(text: str) -> str:
    """``text`` with full-width digits, points and percent signs made half-width. The length does not change."""
    return text.translate(_FULL_WIDTH)


def to_int(words: str) -> int:
    """The whole number that ``words`` write: 十二, 一百三十四, 两千, 廿三, 二〇二三, 12, １２.

    Raises ``ValueError`` where ``words`` are no such number.
    """
    folded = fold_digits(words)
    if folded.isascii() and folded.isdigit():
        return int(folded)
    for char, expansion in _TENS_AS_ONE.items():
        folded = folded.replace(char, expansion)
    if folded == "两" or (folded and all(char in _DIGITS and char != "两" for char in folded)):
        return int("".join(str(_DIGITS[char]) for char in folded))
    if not folded or any(char not in _DIGITS and char not in _UNITS and char not in _MYRIADS for char in folded):
        raise ValueError(f"not a number: {words!r}")
    return _positional(folded, words)


def _positional(folded: str, words: str) -> int:
    """Sum digit × unit from left to right; a myriad multiplies everything since the last one.

    一百五 is refused: it may be 105 badly written or 150 as people say it.
    """
    total = section = 0
    digit: int | None = None
    smallest, zero = 10**4, False
    for char in folded:
        if char in _DIGITS:
            if digit:
                raise ValueError(f"two digits in a row: {words!r}")
            digit = _DIGITS[char]
            zero = zero or digit == 0
        elif char in _UNITS:
            if _UNITS[char] >= smallest:
                raise ValueError(f"units out of order: {words!r}")
            smallest = _UNITS[char]
            section += (digit or 1) * smallest
            digit, zero = None, False
        else:
            if section + (digit or 0) == 0:
                raise ValueError(f"nothing before {char}: {words!r}")
            total = _close_section(total, section + (digit or 0), _MYRIADS[char])
            section, digit, smallest, zero = 0, None, 10**4, False
    if digit and not zero and (smallest in (100, 1000) or (total and smallest == 10**4)):
        raise ValueError(f"ambiguous: {words!r}")
    return total + section + (digit or 0)


def _close_section(total: int, section: int, myriad: int) -> int:
    if total and total < myriad:
        return (total + section) * myriad
    return total + section * myriad


def to_chinese(number: int) -> str:
    """How statutes write ``number`` (0 … 9999 9999): 12 → 十二, 105 → 一百零五, 1010 → 一千零一十.

    Raises ``ValueError`` outside that range.
    """
    if not 0 <= number < 10**8:
        raise ValueError(f"cannot be written as an ordinal: {number}")
    if number == 0:
        return "零"
    high, low = divmod(number, 10**4)
    words = _four_digits(high) + "万" if high else ""
    if low:
        words += ("零" if high and low < 1000 else "") + _four_digits(low)
    return words[1:] if words.startswith("一十") else words


def _four_digits(number: int) -> str:
    words = ""
    gap = False
    for value, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, value)
        if digit:
            words += ("零" if gap and words else "") + "零一二三四五六七八九"[digit] + unit
            gap = False
        else:
            gap = True
    return words


def article_id(words: str) -> str:
    """The clause id of an article number: 第一百三十四条之一 → ``134-1``, 第36条 → ``36``. Raises ``ValueError``."""
    match = _ARTICLE.fullmatch(words.strip())
    if match is None:
        raise ValueError(f"not an article number: {words!r}")
    parts = [match[1], *match[2].split("之")[1:]]
    return "-".join(str(to_int(part)) for part in parts)


def article_label(identifier: str) -> str:
    """The inverse of ``article_id``: ``134-1`` → 第一百三十四条之一. Raises ``ValueError``."""
    if _ARTICLE_ID.fullmatch(identifier) is None:
        raise ValueError(f"not an article id: {identifier!r}")
    first, *inserted = identifier.split("-")
    return f"第{to_chinese(int(first))}条" + "".join(f"之{to_chinese(int(part))}" for part in inserted)


def heading_level(line: str) -> int | None:
    """The depth of a statute's heading line: 编 0, 分编 1, 章 2, 节 3; ``None`` for any other line.

    A sentence that merely begins with 第二章 is no heading: headings carry no stop, comma or colon, and one without
    a space after its number must not go on as a reference (第二章规定的…).
    """
    match = _HEADING.fullmatch(line.strip())
    if match is None or re.search(r"[。，；：,;:]", match[3]):
        return None
    if not match[2] and re.match("的|规定|所|至|第|和|或|中", match[3]):
        return None
    return _HEADING_LEVELS[match[1]]


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity with its unit; ``every`` says that it recurs (每季度 → 1 季度, every).

    ``unit`` is canonical Chinese: 分钟 小时 日 工作日 周 月 季度 年 for time, ``%``, 元 for money (10万元 is
    100000 元), else the counter as written (个, 次).
    """

    value: float
    unit: str
    every: bool = False

    @property
    def is_period(self) -> bool:
        return self.unit in _TIME_UNITS


_TIME_UNITS = frozenset({"分钟", "小时", "日", "工作日", "周", "月", "季度", "年"})
_CANONICAL_UNITS = {
    **{unit: unit for unit in _TIME_UNITS},
    "天": "日",
    "星期": "周",
    "礼拜": "周",
    "个月": "月",
    "个星期": "周",
    "季": "季度",
    "个季度": "季度",
    "年度": "年",
    "周年": "年",
    "个工作日": "工作日",
    "个小时": "小时",
}
_COUNTERS = ("万元", "亿元", "元", "个百分点", "公里", "公斤", "人次", *"个次人名场家户起件处份期项倍米吨辆台支栋")
_SCALED_UNITS = {"万元": ("元", 10**4), "亿元": ("元", 10**8)}
_UNIT = "|".join(sorted({*_CANONICAL_UNITS, *_COUNTERS, "%"}, key=lambda unit: (-len(unit), unit)))
_AMOUNT = r"半|[0-9０-９]+(?:[.．][0-9０-９]+)?|[零〇一二两三四五六七八九十廿卅百千万亿]+"
_MEASURE = re.compile(
    rf"(?P<every>每)?(?:百分之(?P<percent>{_AMOUNT})|(?P<amount>{_AMOUNT})?(?P<unit>{_UNIT}|％)(?P<half>半)?)"
)


def parse_measure(words: str) -> Measure | None:
    """What ``words`` as a whole measure: 三十日 → 30 日, 半年 → 0.5 年, 每季度 → 1 季度 every; ``None`` if they do not.

    A unit needs an amount or 每: 年 alone measures nothing.
    """
    match = _MEASURE.fullmatch(words.strip())
    return None if match is None else _measure(match)


def find_measures(text: str) -> Iterator[tuple[Span, Measure]]:
    """Every measure in ``text`` from left to right, with its offsets in ``text``.

    Dates and ordinals are no measures: 2023年, 6月, 25日 after a month and 第三次 are left out.
    """
    for match in _MEASURE.finditer(text):
        measure = _measure(match)
        if measure is not None and not text.endswith("第", 0, match.start()) and not _is_date_part(match):
            yield Span(match.start(), match.end()), measure


def _measure(match: re.Match[str]) -> Measure | None:
    every = match["every"] is not None
    if match["percent"]:
        value = _amount(match["percent"])
        return None if value is None else Measure(value, "%", every)
    if match["amount"] is None and not every:
        return None
    value = 1.0 if match["amount"] is None else _amount(match["amount"])
    if value is None:
        return None
    unit = fold_digits(match["unit"])
    unit, scale = _SCALED_UNITS.get(unit, (_CANONICAL_UNITS.get(unit, unit), 1))
    return Measure((value + (0.5 if match["half"] else 0.0)) * scale, unit, every)


def _amount(words: str) -> float | None:
    if words == "半":
        return 0.5
    folded = fold_digits(words)
    try:
        return float(folded) if folded.isascii() else float(to_int(folded))
    except ValueError:
        return None


def _is_date_part(match: re.Match[str]) -> bool:
    """True for 2023年, 6月, 6月25日: numbers of the calendar, not amounts."""
    unit = match["unit"]
    if match["every"] or match["amount"] in (None, "半"):
        return False
    if unit == "月":
        return True
    if unit == "年":
        value = _amount(match["amount"])
        return value is not None and value >= 1000
    return unit == "日" and match.string[: match.start()].endswith("月")

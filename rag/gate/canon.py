"""Text as the gate compares it: one character a token, words that say the same made the same.

Numbers become one private character a value: 100人以上 and 一百人以上 are equal, 100人以上 and 100人以下 are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from index.clean import HAN, fold
from index.numerals import NUMERAL, find_measures, to_int
from rag.gate.words import AND, OR, Words

_FIRST_NUMBER = 0xF0000
_DATE = re.compile(
    rf"(?P<y>[0-9]{{4}}|[二两][零〇○一二三四五六七八九]{{3}})年(?!度?[收以])|"
    rf"(?<![个每0-9])(?P<m>{NUMERAL})月(?:(?P<d>{NUMERAL})(?:日|号)?|(?P<e>底|初|末|中旬|上旬|下旬)?)"
)
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_AFTER = re.compile(r"(?P<ge>及?以上)|(?P<le>及?以下|之?以?内)")
_BEFORE = re.compile(
    r"(?:(?P<ge>不少于|不低于|不得少于|不得低于|至少|最少|最低)|(?P<le>不超过|不得超过|不多于|不高于|至多|最多|最高)|"
    rf"(?P<gt>超过|多于|大于|高于)|(?P<lt>不足|少于|不到|不满|低于))(?P<verb>[{HAN}]{{0,4}})$"
)
_SIGNS = {"ge": "≥", "le": "≤", "gt": ">", "lt": "<"}
_SAME_UNITS = {"家": "个", "名": "人"}
_KEPT = re.compile(rf"[{HAN}a-zA-Z]")


@dataclass(frozen=True, slots=True)
class Number:
    """A quantity, date or plain number; ``unit`` tells its kind, ``sign`` is ≥, ≤, >, < or empty."""

    value: str
    unit: str
    sign: str = ""


_Add = Callable[[int, int, Number | None], None]


@dataclass(frozen=True, slots=True)
class Canon:
    """``text`` holds one character a token; ``starts``/``ends`` are offsets of each in the folded original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    folded: str

    def source(self, start: int, end: int) -> str:
        """The folded original of tokens ``start`` to ``end``."""
        return self.folded[self.starts[start] : self.ends[end - 1]] if start < end else ""


@dataclass
class Canonizer:
    """Makes ``Canon``; numbers get their characters here, so what is compared must come from one canonizer."""

    words: Words
    _numbers: dict[Number, str] = field(default_factory=dict)
    _meanings: dict[str, Number] = field(default_factory=dict)

    def __call__(self, text: str) -> Canon:
        folded = fold(text)
        spans = _number_spans(folded)
        out: list[tuple[str, int, int]] = []
        at = 0
        while at < len(folded):
            number = spans.get(at)
            if number is not None:
                end, meaning = number
                if meaning is not None:
                    out.append((self._mark(meaning), at, end))
                at = end
                continue
            form = self.words.forms.match(folded, at)
            if form is not None and not any(form.start() < other < form.end() for other in spans):
                said = self.words.canon[form.group()]
                out += ((char, at, form.end()) for char in said if said != AND)
                if said == AND:
                    out.append((AND, at, form.end()))
                at = form.end()
                continue
            if _KEPT.match(folded[at]):
                out.append((folded[at].lower(), at, at + 1))
            at += 1
        return Canon("".join(c for c, _, _ in out), tuple(s for _, s, _ in out), tuple(e for _, _, e in out), folded)

    def _mark(self, number: Number) -> str:
        if number not in self._numbers:
            mark = chr(_FIRST_NUMBER + len(self._numbers))
            self._numbers[number] = mark
            self._meanings[mark] = number
        return self._numbers[number]

    def number(self, char: str) -> Number | None:
        """What a number's character stands for; ``None`` for any other character."""
        return self._meanings.get(char)


def is_number(char: str) -> bool:
    return ord(char) >= _FIRST_NUMBER


def is_link(char: str) -> bool:
    """和 and 或者: they count when what they join is compared, not as content."""
    return char in (AND, OR)


def _number_spans(text: str) -> dict[int, tuple[int, Number | None]]:
    """Start → (end, number); stretches that only bound a number (至少) have ``None``."""
    found: dict[int, tuple[int, Number | None]] = {}
    taken: list[tuple[int, int]] = []

    def free(start: int, end: int) -> bool:
        return all(end <= s or e <= start for s, e in taken)

    def add(start: int, end: int, number: Number | None) -> None:
        taken.append((start, end))
        found[start] = (end, number)

    for match in _DATE.finditer(text):
        number = _date(match)
        if number is not None:
            add(match.start(), match.end(), number)
    for span, measure in find_measures(text):
        if free(span.start, span.end):
            unit = _SAME_UNITS.get(measure.unit, measure.unit) + ("*" if measure.every else "")
            _bounded(text, span.start, span.end, f"{measure.value:.12g}", unit, add)
    for match in _PLAIN.finditer(text):
        if free(*match.span()):
            _bounded(text, *match.span(), match.group(), "", add)
    return found


def _date(match: re.Match[str]) -> Number | None:
    try:
        if match["y"]:
            return Number(str(to_int(match["y"])), "年份")
        month = to_int(match["m"])
        if not 1 <= month <= 12:
            return None
        if match["d"]:
            return Number(f"{month}-{to_int(match['d'])}", "日期")
        return Number(f"{month}{match['e'] or ''}", "月份")
    except ValueError:
        return None


def _bounded(text: str, start: int, end: int, value: str, unit: str, add: _Add) -> None:
    """Add a number with what bounds it, before (不少于) or after (以上)."""
    after, before = _AFTER.match(text, end), _BEFORE.search(text, max(0, start - 9), start)
    sign = ""
    if after:
        sign, end = _SIGNS[after.lastgroup or ""], after.end()
    elif before:
        name = next(key for key in _SIGNS if before[key])
        sign = _SIGNS[name]
        add(before.start(), before.end(name), None)
    add(start, end, Number(value, unit, sign))

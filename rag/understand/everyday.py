"""Dialect, chat and slips of the pen in standard words, so that every later step reads one language: 几多 → 多少."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from rag.understand.script import sound

_QUOTED = '“[^”]*”|《[^》]*》|「[^」]*」|"[^"]*"'


_CANTONESE = re.compile("[嘅咗冇乜啲唔喺𠮶嗰嘢佢哋噉咁嚟啱㗎咩]|边[个度啲几]")
"""Characters that only Cantonese has: with one of them 系 is the verb, 呢 points and 点 may ask how."""
_IS = re.compile(r"(?<![关体联维派星谱直嫡语科中英数院水])系(?![统列数谱])")
_THIS = re.compile(r"(?:(?<=^)|(?<=[，。？！、 ]))呢(?=[个条项份度啲段句件种])")
_HOW = re.compile(r"(?<![一几两重要观优缺特地差热难焦节晚早整疑试])点(?=[做样算搞处办写讲规])")
_WHICH = re.compile(r"(?:(?<=^)|(?<=[，。？！、 在是喺到过系同于归写]))边(?=[条项份间处](?![件目理置子]))")
"""边条 asks for one; not 两边条件 or 路边处置."""


def _as_mandarin(text: str) -> str:
    """The little words of Cantonese that are other words in Mandarin."""
    text = _WHICH.sub("哪", text)
    if not _CANTONESE.search(text):
        return text
    return _HOW.sub("怎么", _THIS.sub("这", _IS.sub("是", text.replace("定系", "还是"))))


class Everyday:
    """Rewrites by a table (``docs/synonyms.toml``, ``[speech]``). What stands in quotation marks stays. Thread-safe."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self._table = table
        said = "|".join(re.escape(words) for words in sorted(table, key=len, reverse=True))
        self._pattern = re.compile(f"{_QUOTED}|{said}" if said else _QUOTED)

    def standard(self, text: str) -> str:
        """``text`` in standard words."""
        text = _as_mandarin(text)
        return self._pattern.sub(lambda match: self._table.get(match.group(), match.group()), text)


_SHORTEST, _LONGEST = 4, 12
_MOST_WRONG = 2
_HAN = re.compile("[\u4e00-\u9fff]+")


class _Slip(NamedTuple):
    """``place``: the term's length, negative, and where it begins; ``same``: its first character that is right."""

    place: tuple[int, int]
    same: int
    term: str


class Slips:
    """Longer terms typed with other characters of the same sound: 职责青单 → 职责清单. Thread-safe.

    Shorter terms are left alone: 政治 sounds like 整治 and is meant as it stands. Sounds are looked up only where a
    stretch has all but one or two characters of a term, so that most questions need no table of them.
    """

    def __init__(self, terms: Iterable[str]) -> None:
        self._terms = sorted({term for term in terms if _SHORTEST <= len(term) <= _LONGEST and _HAN.fullmatch(term)})
        self._known = frozenset(self._terms)
        # For each character the terms that have it, as what ``_near`` counts: a term's number, a place further left
        # for every character before it.
        self._having: dict[str, list[int]] = {}
        for number, term in enumerate(self._terms):
            for at, char in enumerate(term):
                self._having.setdefault(char, []).append(number - at * len(self._terms))

    def corrected(self, text: str) -> str:
        """``text`` with such stretches replaced, longest terms first."""
        last = (-_LONGEST, -1)
        while slip := next((slip for slip in self._slips(text) if slip.place > last), None):
            last = slip.place
            start = slip.place[1]
            text = text[:start] + slip.term + text[start + len(slip.term) :]
        return text

    def _slips(self, text: str) -> list[_Slip]:
        """Stretches that sound like a term and are none, longest first, then from left to right."""
        found = []
        for start, term in self._near(text):
            typed = text[start : start + len(term)]
            if typed not in self._known and sound(term) == sound(typed):
                same = next(at for at, char in enumerate(term) if char == typed[at])
                found.append(_Slip((-len(term), start), same, term))
        return sorted(found)

    def _near(self, text: str) -> Iterator[tuple[int, str]]:
        """Where in ``text`` a term would stand of which at most two characters are wrong, and the term.

        Each character votes for the terms it stands in, at the place where they would begin.
        """
        count = len(self._terms)
        votes = Counter([at * count + vote for at, char in enumerate(text) for vote in self._having.get(char, ())])
        for vote, same in votes.items():
            if same >= _SHORTEST - _MOST_WRONG:
                start, number = divmod(vote, count)
                term = self._terms[number]
                if same >= len(term) - _MOST_WRONG and 0 <= start <= len(text) - len(term):
                    yield start, term

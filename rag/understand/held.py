"""Which clauses have given stretches of characters: one text of all clauses, searched instead of each in turn."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache

from index.clean import fold
from index.model import Clause

_MARKS = re.compile(r"[\s“”\"'‘’「」，,。、；;：:（）()《》？?！!·.\[\]]+")
_BETWEEN = "\n"
"""Stands between clauses: no stretch of plain text has it."""


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """``text`` folded and without marks, so that wording is compared, not punctuation."""
    return _MARKS.sub("", fold(text))


class Held:
    """The plain text of ``clauses``. Thread-safe."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self.clauses = tuple(clauses)
        self._starts: list[int] = []
        texts, at = [], 0
        for clause in self.clauses:
            text = plain(clause.text)
            self._starts.append(at)
            texts.append(text)
            at += len(text) + len(_BETWEEN)
        self._text = _BETWEEN.join(texts)

    def counts(self, grams: Iterable[str]) -> list[int]:
        """How many of ``grams`` each clause has, in the order of ``clauses``; one that stands twice counts once."""
        counts = [0] * len(self.clauses)
        starts, text = self._starts, self._text
        for gram in grams:
            at = text.find(gram)
            while at >= 0:
                next_one = bisect_right(starts, at)
                counts[next_one - 1] += 1
                at = text.find(gram, starts[next_one]) if next_one < len(starts) else -1
        return counts

"""Dialect, chat and slips of the pen in standard words, so that every later step reads one language: 几多 → 多少."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from rag.understand.script import sound

_QUOTED = '“[^”]*”|《[^》]*》|「[^」]*」|"[^"]*"'


class Everyday:
    """Rewrites by a table (``docs/synonyms.toml``, ``[speech]``). What stands in quotation marks stays. Thread-safe."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self._table = table
        said = "|".join(re.escape(words) for words in sorted(table, key=len, reverse=True))
        self._pattern = re.compile(f"{_QUOTED}|{said}" if said else _QUOTED)

    def standard(self, text: str) -> str:
        """``text`` in standard words."""
        return self._pattern.sub(lambda match: self._table.get(match.group(), match.group()), text)


_SHORTEST, _LONGEST = 4, 12
_MOST_WRONG = 2
_HAN = re.compile("[\u4e00-\u9fff]+")


class Slips:
    """Longer terms typed with other characters of the same sound: 职责青单 → 职责清单. Thread-safe.

    Shorter terms are left alone: 政治 sounds like 整治 and is meant as it stands. Sounds are looked up only where a
    stretch has all but one or two characters of a term, so that most questions need no table of them.
    """

    def __init__(self, terms: Iterable[str]) -> None:
        fitting = {term for term in terms if _SHORTEST <= len(term) <= _LONGEST and _HAN.fullmatch(term)}
        self._sizes = sorted({len(term) for term in fitting}, reverse=True)
        self._having: dict[tuple[int, int, str], list[str]] = {}
        for term in sorted(fitting):
            for at, char in enumerate(term):
                self._having.setdefault((len(term), at, char), []).append(term)

    def corrected(self, text: str) -> str:
        """``text`` with such stretches replaced, longest terms first."""
        for size in self._sizes:
            for start in range(len(text) - size + 1):
                typed = text[start : start + size]
                term = next((term for term in self._nearly(typed) if sound(term) == sound(typed)), typed)
                text = text[:start] + term + text[start + size :]
        return text

    def _nearly(self, typed: str) -> list[str]:
        """Terms that differ from ``typed`` in one or two characters; none where it is a term itself."""
        alike = Counter(term for at, char in enumerate(typed) for term in self._having.get((len(typed), at, char), ()))
        if alike[typed] == len(typed):
            return []
        return [term for term, count in alike.items() if count >= len(typed) - _MOST_WRONG]

"""Dialect, chat and slips of the pen in standard words, so that every later step reads one language: 几多 → 多少."""

from __future__ import annotations

import re
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
_HAN = re.compile("[\u4e00-\u9fff]+")


class Slips:
    """Longer terms typed with other characters of the same sound: 职责青单 → 职责清单. Thread-safe.

    Shorter terms are left alone: 政治 sounds like 整治 and is meant as it stands.
    """

    def __init__(self, terms: Iterable[str]) -> None:
        fitting = [term for term in terms if _SHORTEST <= len(term) <= _LONGEST and _HAN.fullmatch(term)]
        self._terms = frozenset(fitting)
        self._by_sound = {sound(term): term for term in fitting}
        self._sizes = sorted({len(term) for term in fitting}, reverse=True)

    def corrected(self, text: str) -> str:
        """``text`` with such stretches replaced, longest terms first."""
        heard = sound(text)
        for size in self._sizes:
            for at in range(len(text) - size + 1):
                term = self._by_sound.get(heard[at : at + size])
                if term and text[at : at + size] not in self._terms:
                    text = text[:at] + term + text[at + size :]
        return text

"""Dialect and chat in standard words, so that every later step reads one language: 几多 → 多少, 冇 → 没有."""

from __future__ import annotations

import re
from collections.abc import Mapping

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

"""The learnt weights of a wish for an organisation's whole list, made by ``python -m eval.wishes``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from index.errors import CorpusError

BIAS = "bias"
"""The sign that every message has."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """A linear model. ``grams`` weighs character n-grams, ``signs`` what else is seen of a message, by name; ``pairs``
    are the character pairs that known wishes are made of. Without weights nothing is a wish.
    """

    grams: Mapping[str, float] = field(default_factory=dict)
    signs: Mapping[str, float] = field(default_factory=dict)
    pairs: frozenset[str] = frozenset()

    def score(self, grams: Collection[str], signs: Mapping[str, float]) -> float:
        """The logit that a message with these n-grams (each once) and signs wants the whole list."""
        said = sum(self.grams.get(gram, 0.0) for gram in grams) / max(1, len(grams)) ** 0.5
        bias = self.signs.get(BIAS, float("-inf"))
        return float(said + bias + sum(self.signs.get(name, 0.0) * value for name, value in signs.items()))


def load_wishes(path: Path) -> Wishes:
    """Raises ``CorpusError`` where the file is missing or malformed."""
    try:
        data = orjson.loads(path.read_bytes())
        return Wishes(data["grams"], data["signs"], frozenset(data["pairs"]))
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise CorpusError(f"{path.name} 无法读取：{error}。", "请从发行包恢复 docs 目录。") from error

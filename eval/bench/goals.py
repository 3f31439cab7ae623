"""What the bench should show, from ``[[bench]]`` in ``goals.toml``: a path into the result and its upper bound."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eval.goals import GOALS
from index.errors import CorpusError


def load_bounds(path: Path = GOALS) -> dict[str, float]:
    """Path → highest value allowed. Raises ``CorpusError``."""
    try:
        return {row["path"]: float(row["at_most"]) for row in tomllib.loads(path.read_text("utf-8")).get("bench", [])}
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"目标文件 {path.name} 缺失或格式不对。", "请恢复该文件。") from error


def flat(result: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a nested result with its path: ``default.warm.worst_p95.1``."""
    for key, value in result.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        elif isinstance(value, int | float):
            yield f"{prefix}{key}", float(value)

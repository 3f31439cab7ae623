"""What the figures must reach, read from ``goals.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from eval.figures import Figure
from index.errors import CorpusError

GOALS = Path(__file__).resolve().parent / "goals.toml"


@dataclass(frozen=True, slots=True)
class Goal:
    """Exactly one of the bounds is set."""

    slice: str
    measure: str
    at_least: float | None = None
    at_most: float | None = None

    def met(self, value: float) -> bool:
        return not (self.at_least is not None and value < self.at_least) and not (
            self.at_most is not None and value > self.at_most
        )

    def __str__(self) -> str:
        return f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}"


def load_goals(path: Path = GOALS) -> tuple[Goal, ...]:
    """Raises ``CorpusError`` where the file is missing or malformed."""
    try:
        goals = tuple(Goal(**raw) for raw in tomllib.loads(path.read_text("utf-8"))["goal"])
    except (OSError, KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"目标文件 {path.name} 缺失或格式不对。", "请恢复该文件。") from error
    if any((goal.at_least is None) == (goal.at_most is None) for goal in goals):
        raise CorpusError(f"目标文件 {path.name} 中的每个目标应写 at_least 或 at_most 之一。", "请改正。")
    return goals


def against(goals: Iterable[Goal], figures: Iterable[Figure]) -> tuple[tuple[Goal, Figure], ...]:
    """Each goal with its figure; goals of slices this set does not have are left out."""
    found = {one.key: one for one in figures}
    return tuple((goal, found[key]) for goal in goals if (key := f"{goal.slice}/{goal.measure}") in found)

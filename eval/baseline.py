"""The committed baseline: figures no change may fall below, for each part of the shipped gold set.

Latency is left out, for it belongs to a machine, and so are intents and registers, which are too small. Values are
rounded in the change's favour, so that the last binary digit of a mean never fails a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, floor
from pathlib import Path

import orjson

from eval.figures import Figure
from eval.metrics.catalogue import BY_NAME
from eval.slices import TITLES
from index.errors import CorpusError

BASELINE = Path(__file__).resolve().parent / "baseline.json"
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Fall:
    """A figure below its baseline; ``value`` is ``None`` where the run has no such figure at all."""

    key: str
    baseline: float
    value: float | None

    def __str__(self) -> str:
        part, _, name = self.key.partition("/")
        title = BY_NAME[name].title if name in BY_NAME else name
        now = "本次没有测得" if self.value is None else f"{self.value:.4f}"
        return f"{TITLES.get(part, part)}·{title}：基线 {self.baseline:.4f}，{now}"


def gated(figures: Iterable[Figure]) -> dict[str, float]:
    """The figures a baseline holds, rounded."""
    return {
        one.key: _round(one.value, BY_NAME[one.measure].lower_is_better)
        for one in figures
        if one.slice in TITLES and BY_NAME[one.measure].gated
    }


def read_baseline(path: Path, part: str) -> dict[str, float]:
    """Figures recorded for ``dev``, ``test`` or ``all``; empty where there are none. Raises ``CorpusError``."""
    if not path.is_file():
        return {}
    try:
        values = orjson.loads(path.read_bytes()).get(part, {})
        return {str(key): float(value) for key, value in values.items()}
    except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError) as error:
        raise CorpusError(f"基线文件 {path.name} 无法识别。", "请恢复该文件，或用 --write-baseline 重写。") from error


def write_baseline(path: Path, part: str, figures: Iterable[Figure]) -> None:
    """Record this run for ``part``; the other parts stay. Raises ``CorpusError`` where the file can't be read."""
    parts = {name: read_baseline(path, name) for name in ("all", "dev", "test")}
    parts[part] = gated(figures)
    kept = {name: values for name, values in parts.items() if values}
    path.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))


def falls(baseline: Mapping[str, float], figures: Iterable[Figure]) -> tuple[Fall, ...]:
    """Every figure of ``baseline`` that this run does not reach or does not have."""
    now = {one.key: one.value for one in figures}
    return tuple(
        Fall(key, wanted, now.get(key))
        for key, wanted in baseline.items()
        if now.get(key) is None or _worse(key, now[key], wanted)
    )


def _worse(key: str, value: float, wanted: float) -> bool:
    measure = BY_NAME.get(key.partition("/")[2])
    return value > wanted if measure and measure.lower_is_better else value < wanted


def _round(value: float, lower_is_better: bool) -> float:
    scale = 10.0**_DIGITS
    return (ceil(value * scale - 1e-6) if lower_is_better else floor(value * scale + 1e-6)) / scale

"""From scores to figures: aggregates with bootstrap confidence intervals, over slices of the questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.metrics.measure import Aggregate, Case, Measure

SEED = 20230227
RESAMPLES = 2000
LEVEL = 0.95

_BY_ROW: dict[Aggregate, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    Aggregate.MEAN: lambda rows: np.asarray(rows.mean(axis=1)),
    Aggregate.SUM: lambda rows: np.asarray(rows.sum(axis=1)),
    Aggregate.P50: lambda rows: np.asarray(np.percentile(rows, 50, axis=1)),
    Aggregate.P95: lambda rows: np.asarray(np.percentile(rows, 95, axis=1)),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """``measure`` over the ``n`` questions of ``slice`` it applies to; ``low`` and ``high`` bound the 95 % interval."""

    slice: str
    measure: str
    value: float
    low: float
    high: float
    n: int

    @property
    def key(self) -> str:
        return f"{self.slice}/{self.measure}"


@dataclass(frozen=True, slots=True)
class Slice:
    """A named part of the questions; ``title`` is Chinese."""

    name: str
    title: str
    holds: Callable[[Case], bool]


def figure(slice_name: str, measure: Measure, cases: Iterable[Case]) -> Figure | None:
    """``None`` where the measure applies to none of ``cases``."""
    scores = [score for case in cases if (score := measure.score(case)) is not None]
    if not scores:
        return None
    value, low, high = estimate(scores, measure.aggregate)
    return Figure(slice_name, measure.name, value, low, high, len(scores))


def figures(slices: Iterable[Slice], measures: Sequence[Measure], cases: Sequence[Case]) -> tuple[Figure, ...]:
    """Every measure over every slice it applies to."""
    found: list[Figure] = []
    for part in slices:
        inside = [case for case in cases if part.holds(case)]
        found += [one for measure in measures if (one := figure(part.name, measure, inside)) is not None]
    return tuple(found)


def estimate(scores: Sequence[float], aggregate: Aggregate = Aggregate.MEAN) -> tuple[float, float, float]:
    """(value, low, high): percentile bootstrap (Efron & Tibshirani 1993, ch. 13), questions drawn with replacement.

    The seed is fixed: the same scores always give the same interval. Where all scores are equal it is a point.
    Raises ``ValueError`` without scores.
    """
    if not scores:
        raise ValueError("no scores")
    values = np.asarray(scores, dtype=np.float64)
    value = float(_BY_ROW[aggregate](values[None, :])[0])
    if values.min() == values.max():
        return value, value, value
    drawn = np.random.default_rng(SEED).integers(0, len(values), size=(RESAMPLES, len(values)))
    tails = [100 * (1 - LEVEL) / 2, 100 * (1 + LEVEL) / 2]
    low, high = np.percentile(_BY_ROW[aggregate](values[drawn]), tails)
    return value, float(low), float(high)

"""Timings in milliseconds and what is said about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

import numpy as np

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds at the 50th and 95th percentile (linear interpolation) over ``n`` samples."""

    p50: float
    p95: float
    n: int


def timing(samples_ms: Sequence[float]) -> Timing:
    """Raises ``ValueError`` without samples."""
    if not samples_ms:
        raise ValueError("no samples")
    p50, p95 = np.percentile(np.asarray(samples_ms, dtype=np.float64), (50, 95))
    return Timing(round(float(p50), 3), round(float(p95), 3), len(samples_ms))


def timed(call: Callable[[_T], object], inputs: Iterable[_T]) -> list[float]:
    """Milliseconds of ``call`` for each input, one after another."""
    samples: list[float] = []
    for one in inputs:
        start = perf_counter()
        call(one)
        samples.append((perf_counter() - start) * 1000)
    return samples

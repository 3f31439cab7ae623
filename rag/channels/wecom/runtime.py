"""Time, chance and durations as the transports see them, so that tests can set them."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Timings:
    """Durations in seconds. The vendor's where its documentation gives one."""

    heartbeat: float = 30.0
    pong: float = 10.0
    ack: float = 5.0
    connect: float = 15.0
    backoff_first: float = 1.0
    backoff_most: float = 30.0
    stable: float = 10.0
    snapshot_gap: float = 0.3
    event_answer: float = 4.0
    poll_patience: float = 30.0
    rate_pause: float = 60.0
    give_up: float = 3600.0
    shutdown: float = 5.0


@dataclass(frozen=True, slots=True)
class Runtime:
    """``clock`` gives seconds since 1970, ``chance`` a number in [0, 1)."""

    timings: Timings = Timings()
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random

    def backoff(self, failures: int) -> float:
        """Seconds to wait after the n-th failure in a row: doubling, with a quarter of jitter, within the bounds."""
        least, most = self.timings.backoff_first, self.timings.backoff_most
        base = min(most / 1.25, least * 2.0 ** min(failures - 1, 16))
        return max(least, base * (1 + 0.25 * self.chance()))


def loopback(url: str) -> bool:
    """Whether ``url`` points at this machine: no proxy is asked then, and plain http is allowed."""
    try:
        return urlsplit(url).hostname in _LOOPBACK
    except ValueError:
        return False

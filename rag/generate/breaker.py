"""A circuit breaker: an endpoint that keeps failing is left alone for a while."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic

FAILURES = 3
REST_S = 30.0


class Breaker:
    """Closed until ``failures`` in a row; then open for ``rest_s`` seconds; then one trial decides. Thread-safe."""

    def __init__(
        self, failures: int = FAILURES, rest_s: float = REST_S, clock: Callable[[], float] = monotonic
    ) -> None:
        self._most, self._rest_s, self._clock = failures, rest_s, clock
        self._failed = 0
        self._until = 0.0
        self._trying = False
        self._lock = Lock()

    def admits(self) -> bool:
        """Whether to try now. After the rest only one caller gets ``True`` until its outcome is told."""
        with self._lock:
            if self._failed < self._most:
                return True
            if self._trying or self._clock() < self._until:
                return False
            self._trying = True
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failed, self._trying = 0, False

    def failed(self) -> None:
        with self._lock:
            self._failed += 1
            self._trying = False
            if self._failed >= self._most:
                self._until = self._clock() + self._rest_s

    def let_go(self) -> None:
        """The caller gave up without an outcome (the asker went away): a trial is free again."""
        with self._lock:
            self._trying = False

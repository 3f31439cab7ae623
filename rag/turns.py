"""So many at once, first come first served: threads that share one interpreter gain nothing by all running together."""

from __future__ import annotations

import os
from collections import deque
from threading import Lock
from types import TracebackType


class Turns:
    """A semaphore that lets waiting threads in in the order they came. Used as ``with turns:``.

    Python's own semaphores let anybody in who happens to run; with eight at once the unlucky ones wait for many others.
    """

    def __init__(self, at_once: int | None = None) -> None:
        self._free = at_once or os.cpu_count() or 1
        self._waiting: deque[Lock] = deque()
        self._guard = Lock()

    def __enter__(self) -> None:
        with self._guard:
            if self._free:
                self._free -= 1
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

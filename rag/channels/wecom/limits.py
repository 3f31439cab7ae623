"""The vendor's limits: messages a minute and an hour, messages in progress, bytes a message."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from rag.channels.wecom.runtime import Runtime

Window = tuple[int, float]
ROOM_WINDOWS: tuple[Window, ...] = ((30, 60.0), (1000, 3600.0))
ROBOT_WINDOWS: tuple[Window, ...] = ((20, 60.0),)
IN_FLIGHT = 3

# The vendor counts by its own clock and at its own end of the line.
_MARGIN_S = 0.5
_KEPT_KEYS = 4096
_BREAKS = ("\n\n", "\n", "。", "；", "，", " ")

K = TypeVar("K", bound=Hashable)


class Pace:
    """At most so many sends in any window of so many seconds, a key; ``turn`` waits, first come first served."""

    def __init__(self, runtime: Runtime, windows: tuple[Window, ...] = ROOM_WINDOWS) -> None:
        self._runtime = runtime
        self._windows = windows
        self._longest = max(seconds for _, seconds in windows)
        self._times: dict[str, deque[float]] = {}
        self._locks: Keyed[str] = Keyed(1)

    async def turn(self, key: str) -> None:
        """Return when one more may be sent, and count it."""
        async with self._locks.hold(key):
            times = self._times.setdefault(key, deque())
            while (wait := self._wait(times)) > 0:
                await self._runtime.sleep(wait)
            times.append(self._runtime.clock())
        self._forget()

    def _wait(self, times: deque[float]) -> float:
        now = self._runtime.clock()
        while times and times[0] <= now - self._longest - _MARGIN_S:
            times.popleft()
        waits = [times[-most] + seconds + _MARGIN_S - now for most, seconds in self._windows if len(times) >= most]
        return max(waits, default=0.0)

    def _forget(self) -> None:
        if len(self._times) <= _KEPT_KEYS:
            return
        old = self._runtime.clock() - self._longest - _MARGIN_S
        self._times = {key: times for key, times in self._times.items() if times and times[-1] > old}


class Keyed(Generic[K]):
    """A semaphore a key, first come first served; keys nobody holds or waits for are forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[K, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def hold(self, key: K) -> AsyncIterator[None]:
        semaphore, users = self._kept.get(key) or (asyncio.Semaphore(self._most), 0)
        self._kept[key] = (semaphore, users + 1)
        try:
            async with semaphore:
                yield
        finally:
            semaphore, users = self._kept.pop(key)
            if users > 1:
                self._kept[key] = (semaphore, users - 1)

    def users(self, key: K) -> int:
        """How many hold it or wait for it."""
        kept = self._kept.get(key)
        return kept[1] if kept else 0


def split(text: str, most: int) -> tuple[str, ...]:
    """``text`` in pieces of at most ``most`` UTF-8 bytes (≥ 4): cut at a blank line, line, sentence or character.

    Nothing but white space at the cuts is lost, no character is broken, no piece is blank.
    """
    pieces = []
    rest = text.strip()
    while len(rest.encode()) > most:
        head = rest.encode()[:most].decode("utf-8", "ignore")
        cut = _cut(head)
        pieces.append(head[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return tuple(piece for piece in (*pieces, rest) if piece)


def head(text: str, most: int) -> str:
    """The first piece of ``split``, for a snapshot that will be replaced; empty where ``text`` is blank."""
    pieces = split(text, most)
    return pieces[0] if pieces else ""


def _cut(head: str) -> int:
    """Where to cut: after the last best break of the second half, else at the end."""
    for mark in _BREAKS:
        at = head.rfind(mark)
        if at + len(mark) > len(head) // 2:
            return at + len(mark)
    return len(head)

"""What a bot under test is run with: short durations, a clock that jumps, a handler that does as it is told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from rag.channels.wecom.connection import LongConnection
from rag.channels.wecom.model import Incoming, Replier, Transport
from rag.channels.wecom.runtime import Runtime, Timings
from rag.settings import Settings
from tests.fakes.wecom_ledger import MemoryLedger
from tests.fakes.wecom_server import WecomServer

FAST = Timings(
    heartbeat=0.05, pong=0.1, ack=0.15, connect=1.0, backoff_first=0.01, backoff_most=0.05, stable=0.2,
    snapshot_gap=0.005, event_answer=0.3, poll_patience=0.2, rate_pause=0.02, give_up=5.0, shutdown=0.05,
)  # fmt: skip
Act = Callable[[Incoming, Replier], Awaitable[None]]


class Scripted:
    """A ``Handler`` that calls ``act`` and keeps what came in."""

    def __init__(self, act: Act | None = None) -> None:
        self.act = act or answer
        self.seen: list[Incoming] = []
        self.active = 0
        self.most_active = 0

    async def handle(self, incoming: Incoming, replier: Replier) -> None:
        self.seen.append(incoming)
        self.active += 1
        self.most_active = max(self.active, self.most_active)
        try:
            await self.act(incoming, replier)
        finally:
            self.active -= 1


async def answer(incoming: Incoming, replier: Replier) -> None:
    """Answer a message in one go."""
    await replier.stream(f"答：{incoming.text}", finish=True)


class JumpingClock:
    """Time passes only by sleeping, and then at once."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def runtime(clock: JumpingClock | None = None, timings: Timings = FAST, **more: Any) -> Runtime:
    """With ``clock`` nothing waits."""
    return Runtime(timings, clock, clock.sleep, **more) if clock else Runtime(timings, **more)


@asynccontextmanager
async def running(transport: Transport) -> AsyncIterator[asyncio.Task[None]]:
    """The transport runs meanwhile; what it raises by itself is raised at the end."""
    task = asyncio.create_task(transport.run())
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def make_server(**more: Any) -> WecomServer:
    """A vendor that waits no longer for a bot than the bot for it."""
    return WecomServer(ack_timeout=FAST.ack, **more)


def make_bot(
    server: WecomServer,
    handler: Scripted,
    ledger: MemoryLedger | None = None,
    run: Runtime | None = None,
    **settings: Any,
) -> LongConnection:
    """A bot of that server; ``settings`` change single settings."""
    values = {"wecom_bot_id": server.bot_id, "wecom_bot_secret": server.secret, "wecom_ws_url": server.url, **settings}
    return LongConnection(Settings(**values), handler, ledger or MemoryLedger(), run or runtime())


async def slowly(incoming: Incoming, replier: Replier) -> None:
    """Answer after the placeholder was shown."""
    await asyncio.sleep(0.03)
    await replier.stream(f"答：{incoming.text}", finish=True)

"""One streamed reply over the long connection: a single writer that shows the newest text, then the last one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from typing import Any, Protocol

from rag.channels.wecom import frames, limits
from rag.channels.wecom.link import Ack, Link, LinkLost, NoAck, Pending, first_ack
from rag.channels.wecom.model import BOT_MESSAGE_BYTES, PLACEHOLDER, Incoming
from rag.channels.wecom.runtime import Runtime

_log = logging.getLogger(__name__)
_CMD = "aibot_respond_msg"
UNFINISHED = "\n\n（内容较多，仍在整理，完整答复随后另发。）"
_FINAL_TRIES = 3
_BUSY_TRIES = 5


class Wire(Protocol):
    """The long connection as repliers see it."""

    @property
    def runtime(self) -> Runtime: ...

    @property
    def pace(self) -> limits.Pace: ...

    @property
    def stream_limit(self) -> float:
        """Seconds after a message's arrival by which its stream must be finished."""

    async def link(self) -> Link:
        """The subscribed link; waits for it."""


class Stream:
    """``show`` and ``finish`` set what is to be seen; one task sends, always after the last acknowledgement."""

    def __init__(self, incoming: Incoming, wire: Wire, *, maybe_finished: bool = False) -> None:
        """``maybe_finished``: a process before this one sent the last frame, and may have been heard."""
        self._incoming = incoming
        self._maybe_finished = maybe_finished
        self._wire = wire
        self._deadline = incoming.received + wire.stream_limit
        self._newest = PLACEHOLDER
        self._shown = ""
        self._first = True
        self._final: str | None = None
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    def show(self, text: str) -> None:
        """Replace what is shown, when the time comes. Blank text is ignored, as the vendor would."""
        if snapshot := limits.head(text, BOT_MESSAGE_BYTES):
            self._newest = snapshot
            self._changed.set()

    async def finish(self, text: str) -> bool:
        """Show ``text`` (within the byte limit) as the last. False where the stream is no more and never showed it."""
        self._final = text
        self._changed.set()
        return await self._task

    async def close(self) -> None:
        """Send nothing more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> bool:
        if not self._left():
            return False
        await self._wire.pace.turn(self._incoming.room)
        if not self._left():
            return False
        try:
            async with asyncio.timeout(self._left()):
                if not await self._snapshots():
                    return False
                return await self._send_last(self._final or self._newest)
        except TimeoutError:
            await self._end_early()
            return False

    def _left(self) -> float:
        return max(0.0, self._deadline - self._wire.runtime.clock())

    async def _snapshots(self) -> bool:
        """Show snapshots until the last text is there; false where the stream is gone."""
        if self._maybe_finished:
            await self._until_final()
        while self._final is None:
            self._changed.clear()
            if self._newest != self._shown:
                text = self._newest
                ack = await self._try(text)
                if ack is not None and ack.code == 0:
                    self._shown = text
                elif ack is not None:
                    if ack.code not in frames.BUSY | frames.RATE:
                        return False
                    await self._wire.runtime.sleep(self._wire.runtime.backoff(1))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._until_final(), self._wire.runtime.timings.snapshot_gap)
            else:
                await self._changed.wait()
        return True

    async def _until_final(self) -> None:
        while self._final is None:
            self._changed.clear()
            await self._changed.wait()

    async def _try(self, text: str) -> Ack | None:
        """One snapshot; ``None`` where no acknowledgement came and another may be sent."""
        link = await self._wire.link()
        body = self._body(text, finish=False)
        try:
            ack = await link.request(_CMD, self._incoming.handle.req_id, body, timeout=self._wire.runtime.timings.ack)
        except (LinkLost, NoAck):
            return None
        self._first = self._first and ack.code != 0
        return ack

    async def _send_last(self, text: str) -> bool:
        """Send the last frame until it is acknowledged; repeating it is harmless, as it is the whole text."""
        busy = 0
        while True:
            link = await self._wire.link()
            ack = await self._last_on(link, self._body(text, finish=True))
            if ack is None:
                continue
            if ack.code == 0 or (self._maybe_finished and ack.code in frames.STREAM_GONE):
                return True
            busy += 1
            if ack.code not in frames.BUSY | frames.RATE or busy > _BUSY_TRIES:
                _log.warning("流式回复未被接受（错误码 %d），改为另发一条消息。", ack.code)
                return False
            await self._wire.runtime.sleep(self._wire.runtime.backoff(busy))

    async def _last_on(self, link: Link, body: Mapping[str, Any]) -> Ack | None:
        """The acknowledgement of any copy; a link that acknowledges none of them is given up."""
        copies: list[Pending] = []
        try:
            for _ in range(_FINAL_TRIES):
                copies.append(await link.send(_CMD, self._incoming.handle.req_id, body))
                with contextlib.suppress(NoAck):
                    return await first_ack(copies, self._wire.runtime.timings.ack)
            await link.drop()
        except LinkLost:
            pass
        return None

    async def _end_early(self) -> None:
        """Close the stream before the vendor does, so that it does not look as if it were still going on."""
        if self._final is not None:
            return
        room = BOT_MESSAGE_BYTES - len(UNFINISHED.encode())
        body = self._body(limits.head(self._newest, room) + UNFINISHED, finish=True)
        with contextlib.suppress(TimeoutError, LinkLost, NoAck):
            async with asyncio.timeout(self._wire.runtime.timings.ack * 2):
                await self._last_on(await self._wire.link(), body)

    def _body(self, text: str, *, finish: bool) -> dict[str, Any]:
        return frames.stream_body(self._incoming.handle.stream_id, text, finish=finish, first=self._first)

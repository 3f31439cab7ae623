"""From an arrived message to a handled one: kept first, in order, few at a time, and told to the user when it fails."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Protocol

from index.errors import AnzeError
from rag.channels.wecom.limits import IN_FLIGHT, Keyed
from rag.channels.wecom.model import Channel, Handler, Incoming, Kind, Ledger, Replier, Undelivered, WecomError
from rag.channels.wecom.runtime import Runtime

_log = logging.getLogger(__name__)

MOST_WAITING = 20
ANSWERABLE_S = 86_400.0
TOO_MANY = "您的问题较多，前面的还在处理，请稍后再问。"
APOLOGY = "程序出错，这个问题没能回答。请换个说法再问一次；如反复出现，请告诉管理员。"


class Working(Replier, Protocol):
    """A replier as the dispatcher sees it."""

    def open(self) -> None:
        """Show the placeholder, where the channel has one and it was not answered before."""

    async def settle(self) -> None:
        """The handler is done: leave nothing unfinished."""

    async def close(self) -> None:
        """Send nothing more; the message stays pending."""


MakeReplier = Callable[[Incoming, frozenset[str]], Working]


class Dispatcher:
    """``IN_FLIGHT`` messages of a sender are in progress at a time; those of one conversation follow one another."""

    def __init__(
        self, channel: Channel, handler: Handler, ledger: Ledger, make_replier: MakeReplier, runtime: Runtime
    ) -> None:
        self._channel = channel
        self._handler = handler
        self._ledger = ledger
        self._make_replier = make_replier
        self._runtime = runtime
        self._senders: Keyed[str] = Keyed(IN_FLIGHT)
        self._conversations: Keyed[str] = Keyed(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    async def arrive(self, incoming: Incoming) -> bool:
        """Keep it and begin; false for a duplicate, and for what a group says among itself: that gets no placeholder.

        Once this has returned, a crash loses nothing.
        """
        if incoming.group and not incoming.mentioned:
            return False
        fresh = await asyncio.to_thread(self._ledger.take, incoming)
        if fresh and not self._closing:
            self._begin(incoming, frozenset())
        return fresh

    async def resume(self) -> None:
        """Begin what an earlier process took and did not finish, but for visits and what is a day old."""
        for incoming in await asyncio.to_thread(self._ledger.pending):
            if incoming.channel is not self._channel:
                continue
            # A welcome would come too late; a pressed button is still answered, and feedback still kept.
            late = self._runtime.clock() - incoming.received > ANSWERABLE_S
            if late or incoming.kind is Kind.ENTER_CHAT:
                await asyncio.to_thread(self._ledger.done, incoming.msgid)
                continue
            self._begin(incoming, await asyncio.to_thread(self._ledger.sent, incoming.msgid))

    async def close(self, grace: float) -> None:
        """Begin nothing more; give what is in progress ``grace`` seconds, and leave the rest pending."""
        self._closing = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, incoming: Incoming, sent: frozenset[str]) -> None:
        message = incoming.kind.message
        # Made before its turn comes, so that a channel that is polled knows of it.
        replier = self._make_replier(incoming, sent)
        task = asyncio.create_task(self._work(incoming, replier) if message else self._answer(incoming, replier))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("一条消息留待下次启动时处理：%s", error if isinstance(error, AnzeError) else _place(error))

    async def _work(self, incoming: Incoming, replier: Working) -> None:
        if self._senders.users(incoming.sender) >= MOST_WAITING:
            # No placeholder: one stream more would be one too many in progress.
            await self._finish(incoming, replier, self._turn_away)
            return
        async with self._senders.hold(incoming.sender):
            await self._answer(incoming, replier)

    async def _answer(self, incoming: Incoming, replier: Working) -> None:
        replier.open()
        await self._finish(incoming, replier, self._handle)

    async def _finish(
        self, incoming: Incoming, replier: Working, act: Callable[[Incoming, Working], Awaitable[None]]
    ) -> None:
        try:
            await act(incoming, replier)
        except Undelivered as error:
            _log.warning("一条回复未能送达：%s", error)
        finally:
            await replier.close()
        await asyncio.to_thread(self._ledger.done, incoming.msgid)

    async def _handle(self, incoming: Incoming, replier: Working) -> None:
        async with self._conversations.hold(incoming.conversation):
            await _told(self._handler, incoming, replier)
        await replier.settle()

    async def _turn_away(self, incoming: Incoming, replier: Working) -> None:
        await replier.stream(TOO_MANY, finish=True)


async def _told(handler: Handler, incoming: Incoming, replier: Replier) -> None:
    """Handle; what goes wrong is told to the user in one Chinese sentence. May raise ``WecomError``."""
    try:
        await handler.handle(incoming, replier)
    except WecomError:
        raise
    except AnzeError as error:
        _log.warning("一个问题未能回答：%s", error)
        await replier.stream(str(error), finish=True)
    except Exception as error:  # the last boundary: the bot must go on, and messages must not get into logs
        _log.error("处理消息时程序出错：%s", _place(error))
        await replier.stream(APOLOGY, finish=True)


def _place(error: BaseException) -> str:
    """What and where, without the error's words, which may be a user's."""
    stack = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__}，位于 {stack[-1].filename}:{stack[-1].lineno}" if stack else type(error).__name__

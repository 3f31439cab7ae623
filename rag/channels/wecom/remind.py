"""Reminders to a group: what falls due in the next days, each once, through the group's webhook robot.

A reminder is reserved in the database before it is sent and confirmed after: two processes never send the same one, and
one whose sending failed is tried again with the next run.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol

from index.errors import AnzeError
from rag.assistant import Assistant
from rag.channels.wecom.due import Due, due_text, falling_due
from rag.channels.wecom.model import WEBHOOK_MESSAGE_BYTES, Stopped
from rag.channels.wecom.render import split
from rag.channels.wecom.store import Store
from rag.library import Library

STALE_S = 600.0
"""Seconds after which a reservation that was never confirmed is void: its process has died."""
_RETRY_S = 600.0
_LONGEST_NAP_S = 600.0
_log = logging.getLogger(__name__)


class Webhook(Protocol):
    """The group's robot. Keeps the vendor's limit of 20 messages a minute by itself."""

    async def markdown(self, text: str) -> None:
        """Send at most ``WEBHOOK_MESSAGE_BYTES`` bytes of markdown. Raises ``WecomError``."""
        ...


@dataclass(frozen=True, slots=True)
class Batch:
    """One message and the reminders in it."""

    text: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Reminders:
    """``days`` ahead, for ``organisations`` (registered names; none: one list for everybody, with the parties named).

    ``scope`` is the group: what was sent to one group is still to be sent to another.
    """

    assistant: Assistant
    store: Store
    organisations: tuple[str, ...] = ()
    days: int = 7
    web_url: str = ""
    scope: str = ""

    def due(self) -> tuple[tuple[str | None, tuple[Due, ...]], ...]:
        """What falls due from today on, an organisation each; those without anything left out."""
        library = self.assistant.current.library
        last = library.day + timedelta(days=self.days)
        wanted: Sequence[str | None] = self.organisations or (None,)
        found = ((name, falling_due(library, name, library.day, last)) for name in wanted)
        return tuple((name, dues) for name, dues in found if dues)

    def preview(self) -> tuple[Batch, ...]:
        """The messages that ``send`` would send now; nothing is sent or reserved."""
        return tuple(self._batches(lambda key: not self.store.claimed(key, STALE_S)))

    async def send(self, webhook: Webhook) -> tuple[Batch, ...]:
        """Send what was not sent before; returns the messages. Raises ``WecomError``, ``StoreUnwritable``.

        What stands in messages that could not be sent is free to be sent by the next run.
        """
        batches = await asyncio.to_thread(lambda: tuple(self._batches(lambda key: self.store.claim(key, STALE_S))))
        open_keys = [key for batch in batches for key in batch.keys]
        try:
            for batch in batches:
                for piece in split(batch.text, WEBHOOK_MESSAGE_BYTES):
                    await webhook.markdown(piece)
                await asyncio.to_thread(self.store.confirm, batch.keys, sent=True)
                open_keys = open_keys[len(batch.keys) :]
        finally:
            if open_keys:
                self.store.confirm(open_keys, sent=False)
        return batches

    def _batches(self, wanted: Callable[[str], bool]) -> Iterator[Batch]:
        library = self.assistant.current.library
        for name, dues in self.due():
            fresh = [(self._key(name, due), due) for due in dues]
            fresh = [(key, due) for key, due in fresh if wanted(key)]
            title = f"安全生产任务提醒｜{name or '全部单位'}"
            while fresh:
                count = self._fitting(library, [due for _, due in fresh], title)
                taken, fresh = fresh[:count], fresh[count:]
                yield Batch(self._text(library, [due for _, due in taken], title), tuple(key for key, _ in taken))

    def _fitting(self, library: Library, dues: Sequence[Due], title: str) -> int:
        """How many of the first of ``dues`` one message holds; at least one."""
        count = 1
        while count < len(dues):
            if len(self._text(library, dues[: count + 1], title).encode()) > WEBHOOK_MESSAGE_BYTES:
                break
            count += 1
        return count

    def _text(self, library: Library, dues: Sequence[Due], title: str) -> str:
        link = f"\n[在网页中查看原文]({self.web_url})" if self.web_url else ""
        return due_text(library, dues, title) + link

    def _key(self, organisation: str | None, due: Due) -> str:
        parts = (self.scope, organisation or "*", due.document, due.clause, due.words, due.day.isoformat())
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:40]


async def daily(
    at: time,
    run: Callable[[], Awaitable[object]],
    now: Callable[[], datetime] = datetime.now,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Call ``run`` every day at ``at`` (local time), today at once where that has passed; until cancelled.

    A run that fails with an ``AnzeError`` is logged and tried again ten minutes later; ``Stopped`` is raised. Sleeps
    are short, so that a machine that was suspended or whose clock was set does not miss its day.
    """
    done_on = None
    while True:
        moment = now()
        start = moment.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
        if moment >= start and done_on != moment.date():
            try:
                await run()
                done_on = moment.date()
            except Stopped:
                raise
            except AnzeError as error:
                _log.warning("提醒没有完成，稍后再试：%s", error)
                await sleep(_RETRY_S)
            continue
        following = start if moment < start else start + timedelta(days=1)
        await sleep(min((following - moment).total_seconds(), _LONGEST_NAP_S))

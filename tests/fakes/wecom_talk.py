"""People who talk to the service, without any transport: a bot over one database, and what they send it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.errors import QuestionError
from rag.assistant import Assistant
from rag.channels.wecom.members import Members
from rag.channels.wecom.model import Channel, Handle, Incoming, Kind, Verdict
from rag.channels.wecom.service import Service
from rag.channels.wecom.store import Kept, Store
from rag.history.database import open_engine
from rag.settings import Settings
from tests.fakes.wecom_replier import Recorder


@dataclass
class Clock:
    """Seconds, moved by hand."""

    at: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Book:
    """Remembers judgements."""

    judged: list[tuple[str, Verdict, str, str]] = field(default_factory=list)

    def judge(self, kept: Kept, verdict: Verdict, reason: str, person: str) -> None:
        self.judged.append((kept.question, verdict, reason, person))


@dataclass
class Bot:
    """A service over one database, and the messages of the people who write to it."""

    service: Service
    store: Store
    book: Book
    clock: Clock
    _count: int = 0

    def say(self, text: str, sender: str = "zhangsan", replier: Recorder | None = None, **more: Any) -> Recorder:
        """Send a message and have it handled; what came back."""
        return self.take(self.message(text, sender, **more), replier)

    def message(self, text: str, sender: str = "zhangsan", **more: Any) -> Incoming:
        self._count += 1
        handle = Handle("req", f"stream-{sender}-{self._count}")
        kind = more.pop("kind", Kind.TEXT)
        return Incoming(f"m{self._count}", Channel.LONG, kind, sender, self.clock.at, text=text, handle=handle, **more)

    def take(self, incoming: Incoming, replier: Recorder | None = None) -> Recorder:
        recorder = replier or Recorder()
        self.clock.at += 10.0
        asyncio.run(self.service.handle(incoming, recorder))
        return recorder


Make = Callable[..., Bot]


@contextmanager
def talking(assistant: Assistant, folder: Path) -> Iterator[Make]:
    """Makes bots whose database is in ``folder``, and closes them at the end."""
    made: list[Service] = []

    def bot(**given: Any) -> Bot:
        clock, book = given.pop("clock", Clock()), Book()
        store = Store(open_engine(Settings(data=folder)), clock)
        using = given.pop("assistant", assistant)
        members = Members(store, using, default=given.pop("default", None))
        service = Service(using, store, members, book, **{"make_file": _file, **given})
        made.append(service)
        return Bot(service, store, book, clock)

    try:
        yield bot
    finally:
        for service in made:
            service.close()


def _file(assistant: Assistant, organisation: str, web_url: str) -> tuple[str, bytes]:
    if organisation == "市公安局":
        raise QuestionError("做不出来。")
    return f"{organisation}.xlsx", b"PK"

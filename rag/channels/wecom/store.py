"""What the bot must not forget over a restart: messages, acknowledged pieces, replies, departments, reminders.

Every writing transaction begins with its write, so that SQLite never has to upgrade a lock. All times are seconds since
1970. Tables are bounded: ``KEPT_S`` and ``MOST_REPLIES`` say by what.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import (
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError, SQLAlchemyError

from index.errors import StoreUnwritable
from rag.channels.wecom.model import Channel, Incoming

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Executable

DAY_S = 86_400.0
KEPT_S = {"inbox": 2 * DAY_S, "replies": 30 * DAY_S, "contacts": 30 * DAY_S, "reminders": 400 * DAY_S}
ANSWERABLE_S = DAY_S
"""A message older than this can no longer be replied to (the vendor's rule), so it stops being pending."""
MOST_REPLIES = 20_000
_SWEEP_EVERY = 200
_READS = {"anze_reads": True}
"""Tells the engine that no lock is needed for what follows."""

_TABLES = MetaData()
_inbox = Table(
    "wecom_inbox", _TABLES,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("channel", String(16), nullable=False),
    Column("msgid", String(191), nullable=False),
    Column("payload", Text, nullable=False),
    Column("received", Float, nullable=False, index=True),
    Column("done", Float),
    UniqueConstraint("channel", "msgid"),
)  # fmt: skip
_outbox = Table(
    "wecom_outbox", _TABLES,
    Column("channel", String(16), primary_key=True),
    Column("msgid", String(191), primary_key=True),
    Column("piece", String(32), primary_key=True),
    Column("at", Float, nullable=False, index=True),
)  # fmt: skip
_replies = Table(
    "wecom_replies", _TABLES,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("conversation", String(191), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("question", Text, nullable=False),
    Column("spoken", Text, nullable=False),
    Column("reply", LargeBinary, nullable=False),
    Column("at", Float, nullable=False, index=True),
)  # fmt: skip
_members = Table(
    "wecom_members", _TABLES,
    Column("userid", String(191), primary_key=True),
    Column("source", String(16), primary_key=True),
    Column("org", String(191), nullable=False),
    Column("at", Float, nullable=False),
)  # fmt: skip
_reminders = Table(
    "wecom_reminders", _TABLES,
    Column("key", String(64), primary_key=True),
    Column("claimed", Float, nullable=False),
    Column("sent", Float),
)  # fmt: skip

TURN, BREAK, ASIDE = "turn", "break", "aside"
"""Kinds of reply: part of the conversation, the start of a new one, and what no follow-up refers to."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply as it was made: ``spoken`` is what the conversation remembers of it, ``body`` is plain JSON."""

    id: str
    conversation: str
    kind: str
    question: str
    spoken: str
    body: Any
    at: float = 0.0


class Store:
    """The tables of one database. Thread-safe; several processes may share them. Raises ``StoreUnwritable``."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock
        self._writes = count(1)
        self._create()

    def _create(self) -> None:
        for last in (False, True):  # another process may create a table between the look and the creation
            try:
                _TABLES.create_all(self._engine)
            except (OperationalError, ProgrammingError) as error:
                if last:
                    raise _unwritable(error) from error
            except SQLAlchemyError as error:
                raise _unwritable(error) from error

    def ledger(self, channel: Channel) -> ChannelLedger:
        """Inbox and outbox of one transport."""
        return ChannelLedger(self, channel)

    def write(self, work: Callable[[Connection], Any]) -> Any:
        """Run ``work`` in one transaction. ``IntegrityError`` passes through."""
        try:
            with self._engine.begin() as connection:
                return work(connection)
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise _unwritable(error) from error

    def read(self, statement: Executable) -> Sequence[Any]:
        try:
            with self._engine.connect().execution_options(**_READS) as connection:
                return connection.execute(statement).all()
        except SQLAlchemyError as error:
            raise _unwritable(error) from error

    def now(self) -> float:
        return self._clock()

    def keep(self, kept: Kept) -> Kept:
        """Store a reply; where ``kept.id`` has one already, that one is given back and nothing changes."""
        row = {
            "id": kept.id, "conversation": kept.conversation, "kind": kept.kind, "question": kept.question,
            "spoken": kept.spoken, "reply": zlib.compress(orjson.dumps(kept.body)), "at": self.now(),
        }  # fmt: skip
        try:
            self.write(lambda connection: connection.execute(insert(_replies).values(row)))
        except IntegrityError:
            return self.reply(kept.id) or kept
        return kept

    def reply(self, id: str) -> Kept | None:
        """The reply made under this id, for 30 days."""
        rows = self.read(select(_replies).where(_replies.c.id == id))
        return _kept(rows[0]) if rows else None

    def newest(self, conversation: str, most: int, since: float) -> tuple[Kept, ...]:
        """The newest turns and breaks of a conversation, at most ``most``, none older than ``since``; oldest first."""
        wanted = select(_replies).where(
            _replies.c.conversation == conversation, _replies.c.at >= since, _replies.c.kind != ASIDE
        )
        rows = self.read(wanted.order_by(_replies.c.seq.desc()).limit(most))
        return tuple(_kept(row) for row in reversed(rows))

    def member(self, userid: str, source: str, since: float = 0.0) -> str | None:
        """The department kept for ``userid`` from this source (empty: known to have none); ``None``: nothing kept."""
        rows = self.read(
            select(_members.c.org).where(
                _members.c.userid == userid, _members.c.source == source, _members.c.at >= since
            )
        )
        return str(rows[0].org) if rows else None

    def set_member(self, userid: str, source: str, org: str | None) -> None:
        """Keep a department; ``None`` forgets it."""

        def work(connection: Connection) -> None:
            connection.execute(delete(_members).where(_members.c.userid == userid, _members.c.source == source))
            if org is not None:
                connection.execute(
                    insert(_members).values(userid=userid[:191], source=source, org=org[:191], at=self.now())
                )

        self.write(work)

    def claim(self, key: str, stale_s: float) -> bool:
        """Reserve a reminder for this process. False where it was sent, or where another is sending it just now.

        A claim that was never confirmed is void after ``stale_s`` seconds.
        """
        now = self.now()

        def work(connection: Connection) -> None:
            stale = _reminders.c.sent.is_(None) & (_reminders.c.claimed < now - stale_s)
            connection.execute(delete(_reminders).where(_reminders.c.key == key, stale))
            connection.execute(insert(_reminders).values(key=key, claimed=now))

        try:
            self.write(work)
        except IntegrityError:
            return False
        return True

    def claimed(self, key: str, stale_s: float) -> bool:
        """Whether ``claim`` would say no; changes nothing."""
        fresh = _reminders.c.sent.is_not(None) | (_reminders.c.claimed >= self.now() - stale_s)
        return bool(self.read(select(_reminders.c.key).where(_reminders.c.key == key, fresh)))

    def confirm(self, keys: Sequence[str], *, sent: bool) -> None:
        """What became of the reserved reminders: sent for good, or free again."""
        mine = _reminders.c.key.in_(list(keys))
        done = update(_reminders).where(mine).values(sent=self.now())
        free = delete(_reminders).where(mine, _reminders.c.sent.is_(None))
        self.write(lambda connection: connection.execute(done if sent else free))

    def sweep(self) -> None:
        """Forget what is too old or too much."""
        now = self.now()

        def work(connection: Connection) -> None:
            connection.execute(delete(_inbox).where(_inbox.c.received < now - KEPT_S["inbox"]))
            connection.execute(delete(_outbox).where(_outbox.c.at < now - KEPT_S["inbox"]))
            connection.execute(delete(_replies).where(_replies.c.at < now - KEPT_S["replies"]))
            newest = connection.execute(select(func.max(_replies.c.seq))).scalar() or 0
            connection.execute(delete(_replies).where(_replies.c.seq <= newest - MOST_REPLIES))
            contacts = (_members.c.source == "contacts") & (_members.c.at < now - KEPT_S["contacts"])
            connection.execute(delete(_members).where(contacts))
            connection.execute(delete(_reminders).where(_reminders.c.claimed < now - KEPT_S["reminders"]))

        self.write(work)

    def sweep_sometimes(self) -> None:
        """Sweep with every 200th call, the first included."""
        if next(self._writes) % _SWEEP_EVERY == 1:
            self.sweep()


class ChannelLedger:
    """Inbox and outbox of one way in: two of them never see each other's messages (``model.Ledger``)."""

    def __init__(self, store: Store, channel: Channel) -> None:
        self._store = store
        self._channel = channel.value

    def take(self, incoming: Incoming) -> bool:
        self._store.sweep_sometimes()
        row = {
            "channel": self._channel, "msgid": incoming.msgid, "received": incoming.received,
            "payload": orjson.dumps(incoming.to_json()).decode(),
        }  # fmt: skip
        try:
            self._store.write(lambda connection: connection.execute(insert(_inbox).values(row)))
        except IntegrityError:
            return False
        return True

    def done(self, msgid: str) -> None:
        mine = (_inbox.c.channel == self._channel) & (_inbox.c.msgid == msgid)
        finished = update(_inbox).where(mine).values(done=self._store.now())
        self._store.write(lambda connection: connection.execute(finished))

    def pending(self) -> tuple[Incoming, ...]:
        wanted = select(_inbox.c.payload).where(
            _inbox.c.channel == self._channel,
            _inbox.c.done.is_(None),
            _inbox.c.received >= self._store.now() - ANSWERABLE_S,
        )
        return tuple(Incoming.from_json(orjson.loads(row.payload)) for row in self._store.read(wanted.order_by("seq")))

    def sent(self, msgid: str) -> frozenset[str]:
        mine = (_outbox.c.channel == self._channel) & (_outbox.c.msgid == msgid)
        return frozenset(row.piece for row in self._store.read(select(_outbox.c.piece).where(mine)))

    def mark(self, msgid: str, piece: str) -> None:
        row = {"channel": self._channel, "msgid": msgid, "piece": piece, "at": self._store.now()}
        try:
            self._store.write(lambda connection: connection.execute(insert(_outbox).values(row)))
        except IntegrityError:
            return  # marked before: a repeated acknowledgement says nothing new


def _kept(row: Any) -> Kept:
    body = orjson.loads(zlib.decompress(row.reply))
    return Kept(row.id, row.conversation, row.kind, row.question, row.spoken, body, row.at)


def _unwritable(error: Exception) -> StoreUnwritable:
    kind = type(error).__name__
    return StoreUnwritable(f"机器人的数据无法读写（{kind}）。", "请检查 ANZE_DATA 目录或 ANZE_DATABASE_URL 的数据库。")

"""Conversations kept for the page, by the anonymous key of a browser; nobody reads another browser's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from index.errors import QuestionError
from rag.history.database import now, prepare, reading, writing
from rag.history.saved import dump_answer, load_answer
from rag.model import Answer, Turn

MAX_TITLE = 60

_KEY = re.compile(r"[A-Za-z0-9_-]{16,128}")
_VERSION = 1
_TABLES = MetaData()
_conversations = Table(
    "conversations", _TABLES,
    Column("id", String(32), primary_key=True),
    Column("owner", String(64), nullable=False, index=True),
    Column("title", String(MAX_TITLE), nullable=False),
    Column("created", String(32), nullable=False),
    Column("updated", String(32), nullable=False, index=True),
)  # fmt: skip
_turns = Table(
    "conversation_turns", _TABLES,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("conversation", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("key", String(32), nullable=False),
    Column("asked", String(32), nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """``conversations`` of one browser and of ``all`` browsers, so that a stray program cannot fill the disk: beyond
    them the one untouched longest goes. ``turns``: questions in one conversation."""

    conversations: int = 100
    all: int = 20_000
    turns: int = 200


@dataclass(frozen=True, slots=True)
class Heading:
    """One line of the list of conversations. Times are ISO 8601, UTC; ``title`` is empty until the first question."""

    id: str
    title: str
    created: str
    updated: str
    turns: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer. ``key`` names the answer, for feedback; ``asked`` is ISO 8601, UTC."""

    key: str
    asked: str
    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Conversation:
    heading: Heading
    exchanges: tuple[Exchange, ...]

    @property
    def history(self) -> tuple[Turn, ...]:
        """What a follow-up question is understood with."""
        return tuple(
            turn for one in self.exchanges for turn in (Turn("user", one.question), Turn("assistant", one.answer.text))
        )


class Conversations:
    """The conversations of every browser. Thread-safe, and shared by processes through the database.

    ``browser`` is a random key of 16 to 128 letters, digits, ``-`` and ``_`` that the page keeps; only its hash is
    stored. Methods raise ``QuestionError`` for a conversation or key that is not there, ``StoreUnwritable`` for a
    database that cannot be used.
    """

    def __init__(self, engine: Engine, limits: Limits = Limits()) -> None:
        self._engine = engine
        self._limits = limits
        prepare(engine, _TABLES, "conversations", _VERSION)

    def list(self, browser: str) -> tuple[Heading, ...]:
        """The browser's conversations, the one used last first."""
        count = select(func.count()).where(_turns.c.conversation == _conversations.c.id).scalar_subquery()
        query = (
            select(_conversations, count.label("turns"))
            .where(_conversations.c.owner == _owner(browser))
            .order_by(_conversations.c.updated.desc(), _conversations.c.created.desc())
        )
        with reading(self._engine) as connection:
            return tuple(_heading(row) for row in connection.execute(query))

    def new(self, browser: str, title: str = "") -> Heading:
        """Begin a conversation; the oldest goes where there are too many."""
        owner, moment, id = _owner(browser), now(), uuid4().hex
        values = {"id": id, "owner": owner, "title": _title(title), "created": moment, "updated": moment}
        with writing(self._engine) as connection:
            connection.execute(insert(_conversations).values(values))
            _prune(connection, self._limits.conversations, owner)
            _prune(connection, self._limits.all)
        return Heading(id, _title(title), moment, moment, 0)

    def rename(self, browser: str, id: str, title: str) -> None:
        """Give a conversation another title, cut to ``MAX_TITLE`` characters. Raises ``QuestionError`` for none."""
        if not _title(title):
            raise QuestionError("没有看到新的名称。", "请写几个字作为对话的名称。")
        with writing(self._engine) as connection:
            _require(connection, browser, id)
            connection.execute(update(_conversations).where(_conversations.c.id == id).values(title=_title(title)))

    def delete(self, browser: str, id: str) -> None:
        """Remove a conversation with all its questions; one that is gone already is no error."""
        with writing(self._engine) as connection:
            mine = (_conversations.c.id == id) & (_conversations.c.owner == _owner(browser))
            if connection.execute(delete(_conversations).where(mine)).rowcount:
                connection.execute(delete(_turns).where(_turns.c.conversation == id))

    def append(self, browser: str, id: str, question: str, answer: Answer) -> Exchange:
        """Keep one question and its answer; the first question becomes the title of a conversation without one.

        Raises ``QuestionError`` for a conversation that is full.
        """
        exchange = Exchange(uuid4().hex, now(), question, answer)
        with writing(self._engine) as connection:
            heading = _require(connection, browser, id)
            if heading.turns >= self._limits.turns:
                raise QuestionError(f"这个对话已有{heading.turns}个问题，不能再加。", "请新建一个对话。")
            connection.execute(
                insert(_turns).values(
                    conversation=id, key=exchange.key, asked=exchange.asked, question=question,
                    answer=dump_answer(answer),
                )
            )  # fmt: skip
            connection.execute(
                update(_conversations)
                .where(_conversations.c.id == id)
                .values(updated=exchange.asked, title=heading.title or _title(question))
            )
        return exchange

    def load(self, browser: str, id: str) -> Conversation:
        """A conversation with everything in it, in the order it was asked."""
        with reading(self._engine) as connection:
            heading = _require(connection, browser, id)
            rows = connection.execute(select(_turns).where(_turns.c.conversation == id).order_by(_turns.c.number)).all()
        exchanges = (Exchange(row.key, row.asked, row.question, load_answer(row.answer)) for row in rows)
        return Conversation(heading, tuple(exchanges))


def new_browser_key() -> str:
    """A key nobody guesses."""
    return uuid4().hex + uuid4().hex


def _owner(browser: str) -> str:
    if not _KEY.fullmatch(browser):
        raise QuestionError("浏览器标识不对，无法读取对话记录。", "请刷新页面后重试。")
    return sha256(browser.encode()).hexdigest()


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_TITLE else line[: MAX_TITLE - 1] + "…"


def _heading(row: Any) -> Heading:
    return Heading(row.id, row.title, row.created, row.updated, row.turns)


def _require(connection: Connection, browser: str, id: str) -> Heading:
    count = select(func.count()).where(_turns.c.conversation == id).scalar_subquery()
    mine = (_conversations.c.id == id) & (_conversations.c.owner == _owner(browser))
    row = connection.execute(select(_conversations, count.label("turns")).where(mine)).first()
    if row is None:
        raise QuestionError("没有找到这个对话，它可能已被删除。", "请从列表中选择，或新建一个对话。")
    return _heading(row)


def _prune(connection: Connection, most: int, owner: str | None = None) -> None:
    """Remove the conversations untouched longest beyond ``most``, of one owner or of all."""
    query = select(_conversations.c.id).order_by(_conversations.c.updated.desc(), _conversations.c.id).offset(most)
    if owner is not None:
        query = query.where(_conversations.c.owner == owner)
    ids = list(connection.execute(query.limit(1000)).scalars())
    if ids:
        connection.execute(delete(_turns).where(_turns.c.conversation.in_(ids)))
        connection.execute(delete(_conversations).where(_conversations.c.id.in_(ids)))

"""What users say of an answer: useful, or wrong and why; kept with the answer itself, for those who mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, Text, delete, insert, select, update

from index.errors import QuestionError
from rag.history.database import now, prepare, reading, writing
from rag.model import Answer

MAX_REASON = 2000
MAX_KEY = 128

_VERSION = 1
_TABLES = MetaData()
_feedback = Table(
    "feedback", _TABLES,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("key", String(MAX_KEY), nullable=False, unique=True),
    Column("given", String(32), nullable=False),
    Column("changed", String(32), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("verdict", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("index_version", String(64), nullable=False),
)  # fmt: skip


class Verdict(StrEnum):
    """What a user says of an answer."""

    USEFUL = "useful"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Opinion:
    """One user's word on one answer. ``answer_key`` names the answer (``Exchange.key``, or a channel's own id).

    ``channel`` is ``web``, ``wecom``, …; ``index_version`` is the version of the index the answer was made from.
    """

    answer_key: str
    verdict: Verdict
    question: str
    answer: Answer
    channel: str
    index_version: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """An opinion as it is kept: ``answer`` is the JSON of the answer contract; times are ISO 8601, UTC."""

    answer_key: str
    verdict: Verdict
    reason: str
    question: str
    answer: dict[str, Any]
    channel: str
    index_version: str
    given: str
    changed: str

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.answer_key, "verdict": self.verdict.value, "reason": self.reason, "question": self.question,
            "answer": self.answer, "channel": self.channel, "index_version": self.index_version, "given": self.given,
            "changed": self.changed,
        }  # fmt: skip


class Feedback:
    """All opinions. Thread-safe, and shared by processes through the database. Raises ``StoreUnwritable``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        prepare(engine, _TABLES, "feedback", _VERSION)

    def give(self, opinion: Opinion) -> None:
        """Keep an opinion; a second one on the same answer takes the place of the first.

        Raises ``QuestionError`` for a key or reason that is too long.
        """
        if not 0 < len(opinion.answer_key) <= MAX_KEY:
            raise QuestionError("反馈没有对应的回答。", "请刷新页面后重试。")
        if len(opinion.reason) > MAX_REASON:
            raise QuestionError(f"原因有{len(opinion.reason)}个字，太长了。", f"请控制在{MAX_REASON}字以内。")
        moment, answer = now(), orjson.dumps(opinion.answer.to_json()).decode()
        values = {
            "changed": moment, "channel": opinion.channel, "verdict": opinion.verdict.value,
            "reason": opinion.reason.strip(), "question": opinion.question, "answer": answer,
            "index_version": opinion.index_version,
        }  # fmt: skip
        with writing(self._engine) as connection:
            mine = _feedback.c.key == opinion.answer_key
            if not connection.execute(update(_feedback).where(mine).values(values)).rowcount:
                connection.execute(insert(_feedback).values(key=opinion.answer_key, given=moment, **values))

    def withdraw(self, answer_key: str) -> bool:
        """Forget the opinion on an answer; false where there was none."""
        with writing(self._engine) as connection:
            return bool(connection.execute(delete(_feedback).where(_feedback.c.key == answer_key)).rowcount)

    def verdict(self, answer_key: str) -> Verdict | None:
        """What was said of an answer, to show on its button."""
        with reading(self._engine) as connection:
            found = connection.execute(select(_feedback.c.verdict).where(_feedback.c.key == answer_key)).scalar()
        return Verdict(found) if found else None

    def all(self) -> Iterator[Record]:
        """Every opinion, first given first."""
        with reading(self._engine) as connection:
            for row in connection.execute(select(_feedback).order_by(_feedback.c.number)):
                yield Record(
                    row.key, Verdict(row.verdict), row.reason, row.question, orjson.loads(row.answer), row.channel,
                    row.index_version, row.given, row.changed,
                )  # fmt: skip

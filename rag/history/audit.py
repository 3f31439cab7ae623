"""What language models wrote: which path each answer took, how its sentences fared, and those that were not shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, Text, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from index.errors import StoreUnwritable
from rag.model import Answer

if TYPE_CHECKING:
    from sqlalchemy import Engine

MOST = 5000
"""Answers kept; the oldest go first."""
_LONGEST = 2000
_TRIM_EVERY = 50

_metadata = MetaData()
_answers = Table(
    "llm_audit",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("question", String(_LONGEST), nullable=False),
    Column("model", String(200), nullable=False),
    Column("path", String(20), nullable=False),
    Column("cause", String(20), nullable=False),
    Column("unchecked", Integer, nullable=False),
    Column("passed", Integer, nullable=False),
    Column("repaired", Integer, nullable=False),
    Column("dropped", Integer, nullable=False),
    Column("sentences", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer. ``sentences`` are (text, reasons) of those not shown."""

    at: datetime
    question: str
    model: str
    path: str
    cause: str
    nothing: int
    passed: int
    repaired: int
    dropped: int
    sentences: tuple[tuple[str, tuple[str, ...]], ...]


class AuditLog:
    """Bounded at about ``most`` answers. Thread-safe as its engine is. Raises ``StoreUnwritable``."""

    def __init__(self, engine: Engine, most: int = MOST) -> None:
        self._engine, self._most = engine, most
        self._since_trim = _TRIM_EVERY
        self._run(lambda connection: _metadata.create_all(connection, tables=[_answers]))

    def add(self, answer: Answer) -> None:
        """Keep what became of a model's reply."""
        row = {
            "at": datetime.now(UTC), "question": answer.question[:_LONGEST], "model": answer.model[:200],
            "path": answer.path.value, "cause": answer.note[:20],
            "unchecked": answer.checks.nothing, "passed": answer.checks.passed,
            "repaired": answer.checks.repaired, "dropped": answer.checks.dropped,
            "sentences": json.dumps([[d.text[:500], list(d.reasons)] for d in answer.dropped], ensure_ascii=False),
        }  # fmt: skip
        self._run(lambda connection: connection.execute(insert(_answers).values(row)))
        self._since_trim += 1
        if self._since_trim >= _TRIM_EVERY:
            self._since_trim = 0
            self._run(self._trim)

    def latest(self, count: int = 50) -> Sequence[Entry]:
        """The newest entries, newest first."""
        query = select(_answers).order_by(_answers.c.id.desc()).limit(count)
        return [_entry(row) for row in self._run(lambda connection: connection.execute(query).all())]

    def _trim(self, connection: Any) -> None:
        newest = connection.execute(select(func.max(_answers.c.id))).scalar() or 0
        connection.execute(delete(_answers).where(_answers.c.id <= newest - self._most))

    def _run(self, work: Callable[[Any], Any]) -> Any:
        try:
            with self._engine.begin() as connection:
                return work(connection)
        except SQLAlchemyError as error:
            raise StoreUnwritable("审计记录无法写入数据库。", "请检查 ANZE_DATABASE_URL 与磁盘空间。") from error


def _entry(row: Any) -> Entry:
    sentences = tuple((text, tuple(reasons)) for text, reasons in json.loads(row.sentences))
    return Entry(
        row.at, row.question, row.model, row.path, row.cause,
        row.unchecked, row.passed, row.repaired, row.dropped, sentences,
    )  # fmt: skip

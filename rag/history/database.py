"""One database for all that is kept. Tables are declared by the modules that use them.

Such a module has a ``MetaData`` of its own, calls ``prepare`` once with its name and the version of its tables, and
then works inside ``reading(engine)`` and ``writing(engine)``, which turn what a database may raise into Chinese.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

from index.errors import AnzeError, StoreUnwritable, why
from rag.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, MetaData

_FILE = "anze.db"
_BUSY_MS = 10_000
_TRIES = 40
_READS = "anze_reads"


def open_engine(settings: Settings) -> Engine:
    """The engine of ``ANZE_DATABASE_URL``, else of ``anze.db`` in the data folder. Thread-safe; made once a process.

    SQLite writes ahead, so that several processes (web page, bot) share a file. Raises ``StoreUnwritable``.
    """
    from sqlalchemy import URL, create_engine, event, make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(settings.database_url or URL.create("sqlite", database=str(_database_file(settings))))
        engine = create_engine(url)
    except (ArgumentError, ImportError) as error:
        raise StoreUnwritable("ANZE_DATABASE_URL 无法使用。", "请检查地址的写法，并安装相应的数据库驱动。") from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def data_folder(settings: Settings) -> Path:
    """``ANZE_DATA``, else the user's data folder."""
    if settings.data:
        return settings.data
    from platformdirs import user_data_path

    return user_data_path("anze", appauthor=False)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to read with. Raises ``StoreUnwritable`` for what the database raises."""
    with _told("无法读取"), engine.connect().execution_options(**{_READS: True}) as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction to write in: everything or nothing. Raises ``StoreUnwritable`` for what the database raises."""
    with _told("无法写入"), engine.begin() as connection:
        yield connection


def prepare(engine: Engine, tables: MetaData, name: str, version: int) -> None:
    """Have these tables, and a row that tells their version; safe for several processes that start at once.

    ``name`` is the module's. Raises ``StoreUnwritable``, also where a newer version of this software made the tables.
    """
    from sqlalchemy.schema import CreateIndex, CreateTable

    versions = _versions()
    with writing(engine) as connection:
        for table in (versions, *tables.sorted_tables):
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in sorted(table.indexes, key=lambda one: str(one.name)):
                connection.execute(CreateIndex(index, if_not_exists=True))
        found = connection.execute(versions.select().where(versions.c.name == name)).first()
        if found is None:
            connection.execute(versions.insert().values(name=name, version=version, created=now()))
        elif found.version > version:
            raise StoreUnwritable(
                f"业务数据库由更新版本的软件建立（{name} 第{found.version}版，本软件只认识第{version}版）。",
                "请升级本软件，或用 ANZE_DATA 指定另一个目录。",
            )


def now() -> str:
    """This moment, ISO 8601, UTC, to the microsecond: ``2026-11-23T08:15:02.123456+00:00``; sorts as text."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _versions() -> Any:
    from sqlalchemy import Column, Integer, MetaData, String, Table

    columns = (Column("name", String(64), primary_key=True), Column("version", Integer, nullable=False))
    return Table("schema_versions", MetaData(), *columns, Column("created", String(32), nullable=False))


@contextmanager
def _told(what: str) -> Iterator[None]:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except AnzeError:
        raise
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        remedy = "请检查 ANZE_DATA（或 ANZE_DATABASE_URL）指定的位置是否可写、磁盘是否已满，稍后重试。"
        raise StoreUnwritable(f"{what}业务数据库（{cause}）。", remedy) from error


def _database_file(settings: Settings) -> Path:
    folder = data_folder(settings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnwritable(f"无法写入“{folder}”：{why(error)}。", "请用 ANZE_DATA 指定一个可写的目录。") from error
    return (folder / _FILE).resolve()


def _prepare(connection: Any, _record: Any) -> None:
    """Transactions are begun by ``_begin``, not by the driver, which would begin too late for what creates tables."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous=NORMAL")  # with the write-ahead log a power cut costs the last write at most
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Switch to the write-ahead log. SQLite does not wait for its lock here, so two first starts have to try again."""
    for left in range(_TRIES, -1, -1):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if not left or "locked" not in str(error):
                raise
            sleep(0.05)


def _begin(connection: Connection) -> None:
    """Take the write lock at once: a reader that turns writer half way would be refused instead of waiting."""
    reads = connection.get_execution_options().get(_READS, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

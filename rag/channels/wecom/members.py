"""Which department a person asks for: bound in the chat, else given by a file, else looked up in the address book.

The file (``ANZE_WECOM_MEMBERS``) is TOML and is read again when it changes::

    [members]                       # userid = department
    zhangsan = "市住建局"
    [departments]                   # name in the address book = department, where they differ
    "城建与燃气科" = "市住建局"
"""

from __future__ import annotations

import asyncio
import logging
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from index.errors import AnzeError, SettingsError, why
from rag.assistant import Assistant
from rag.channels.wecom.store import DAY_S, Store
from rag.understand.script import to_simplified

LOOKUP_S = 3.0
"""Seconds an answer waits for the address book; later it is asked again."""
_PAUSE_S = 600.0
_MOST_NAME = 40
_log = logging.getLogger(__name__)


class Origin(StrEnum):
    """Where a person's department was learnt."""

    BOUND = "bound"
    FILE = "file"
    CONTACTS = "contacts"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Member:
    """``org`` is ``None`` where nothing is known; ``origin`` then too."""

    org: str | None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """Words read as a department. ``org`` is how the assistant is told, ``None`` where nobody is registered so."""

    org: str | None
    guessed: bool = False
    nearest: tuple[str, ...] = ()


class Directory(Protocol):
    """The company's address book."""

    async def departments(self, userid: str) -> Sequence[str]:
        """Names of the departments of ``userid``, each followed by those above it. Raises ``WecomError``."""
        ...


def read_name(assistant: Assistant, words: str, *, groups: bool = False) -> Named:
    """The organisation that ``words`` name, as a question would be read: aliases, old names, slips of the pen.

    Nobody belongs to a group (各县(市、区)政府), but it has tasks: with ``groups`` it counts too.
    """
    given = to_simplified(words.strip())[:_MOST_NAME]
    parties = assistant.reader.parties
    found = parties.find(given)
    one = next((party for party in found.parties if groups or not party.is_group), None)
    if one is None:
        return Named(None, nearest=parties.nearest(given))
    return Named(one.words if one.counterpart else one.name, guessed=one.guessed)


@dataclass
class Members:
    """Thread-safe as far as one event loop needs it: the file is read and the store asked in worker threads."""

    store: Store
    assistant: Assistant
    file: Path | None = None
    directory: Directory | None = None
    default: str | None = None
    _listed: MembersFile | None = None
    _complaint: str = ""
    _resting: float = field(default=0.0)

    def __post_init__(self) -> None:
        if self.file:
            self._listed = read_members(self.file, lambda words: read_name(self.assistant, words).org)

    async def of(self, userid: str, *, patience: float = LOOKUP_S) -> Member:
        """The department of ``userid``. Never raises for an address book that fails: the answer matters more."""
        known = await asyncio.to_thread(self._known, userid)
        if known:
            return known
        org = await self._looked_up(userid, patience)
        if org:
            return Member(org, Origin.CONTACTS)
        return Member(self.default, Origin.DEFAULT) if self.default else Member(None)

    async def bind(self, userid: str, org: str | None) -> None:
        """Keep what the person chose; ``None`` forgets it."""
        await asyncio.to_thread(self.store.set_member, userid, Origin.BOUND.value, org)

    def _known(self, userid: str) -> Member | None:
        bound = self.store.member(userid, Origin.BOUND.value)
        if bound:
            return Member(bound, Origin.BOUND)
        listed = self._file()
        if listed and userid in listed.members:
            return Member(listed.members[userid], Origin.FILE)
        cached = self.store.member(userid, Origin.CONTACTS.value, self.store.now() - DAY_S)
        return Member(cached, Origin.CONTACTS) if cached else None

    def _file(self) -> MembersFile | None:
        """The file as it is now; what was read last where it cannot be read any more."""
        if self.file and self._listed and _stamp(self.file) != self._listed.stamp:
            try:
                self._listed = read_members(self.file, lambda words: read_name(self.assistant, words).org)
                self._complaint = ""
            except AnzeError as error:
                if str(error) != self._complaint:
                    _log.warning("成员对照表改动后不能用，仍按改动前的：%s", error)
                self._complaint = str(error)
        return self._listed

    async def _looked_up(self, userid: str, patience: float) -> str | None:
        if self.directory is None or self.store.now() < self._resting:
            return None
        since = self.store.now() - DAY_S
        if await asyncio.to_thread(self.store.member, userid, Origin.CONTACTS.value, since) == "":
            return None  # asked today, and the address book did not know
        try:
            names = await asyncio.wait_for(self.directory.departments(userid), patience)
        except (AnzeError, TimeoutError) as error:
            self._resting = self.store.now() + (_PAUSE_S if isinstance(error, AnzeError) else 0.0)
            _log.warning("通讯录没有给出部门（%s），稍后再查。", type(error).__name__)
            return None
        org = self._recognised(names)
        await asyncio.to_thread(self.store.set_member, userid, Origin.CONTACTS.value, org or "")
        return org

    def _recognised(self, names: Sequence[str]) -> str | None:
        """The first of the names that is, or that the file says is, a registered department."""
        renamed = self._listed.departments if self._listed else {}
        for name in names:
            if name in renamed:
                return renamed[name]
            read = read_name(self.assistant, name)
            if read.org and not read.guessed:
                return read.org
        return None


@dataclass(frozen=True, slots=True)
class MembersFile:
    """The file's two tables, departments by their registered names; ``stamp`` tells one version from the next."""

    members: Mapping[str, str]
    departments: Mapping[str, str]
    stamp: tuple[int, int]


def read_members(file: Path, canonical: Callable[[str], str | None]) -> MembersFile:
    """Read and check the file. Raises ``SettingsError`` naming the entry that is wrong."""
    stamp = _stamp(file)
    try:
        data = tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise SettingsError(
            f"无法读取成员对照表 {file}：{why(error)}。", "请检查 ANZE_WECOM_MEMBERS 的路径和读取权限。"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"成员对照表 {file.name} 不是 UTF-8 编码的 TOML 文件（{error}）。", '每行写成 zhangsan = "市住建局"。'
        ) from error
    if unknown := set(data) - {"members", "departments"}:
        raise SettingsError(
            f"成员对照表 {file.name} 有不认识的部分“{min(unknown)}”。", "只能有 [members] 和 [departments] 两部分。"
        )
    tables = (_table(file, data.get(name, {}), canonical) for name in ("members", "departments"))
    return MembersFile(next(tables), next(tables), stamp)


def _table(file: Path, raw: object, canonical: Callable[[str], str | None]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, words in raw.items() if isinstance(raw, dict) else ():
        org = canonical(words) if isinstance(words, str) else None
        if org is None:
            raise SettingsError(
                f"成员对照表 {file.name} 中“{key}”对应的部门“{words}”不在组织名录里。", "请写部门的规范名称或常用简称。"
            )
        found[str(key)] = org
    return found


def _stamp(file: Path) -> tuple[int, int]:
    try:
        state = file.stat()
    except OSError:
        return (0, 0)
    return (state.st_mtime_ns, state.st_size)

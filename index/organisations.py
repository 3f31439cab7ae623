"""The organisation register: canonical names, what staff call them, and which group words reach whom.

Facts live in ``docs/organisations.toml``; this module only checks and answers questions about them. Text is compared
folded (``index.clean.fold``): full and half width, quotation marks and spaces do not matter.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from index.basis import read_toml
from index.clean import clean, fold
from index.errors import RegisterError
from index.model import Span

_T = TypeVar("_T")

UNCONFIRMED = "general knowledge, to be confirmed"
_GROUP_DEFAULTS: dict[str, Any] = {"aliases": (), "may_bind": (), "open": False}
_TYPES: dict[str, tuple[type, ...]] = {"str": (str,), "bool": (bool,)}


@dataclass(frozen=True, slots=True)
class Organisation:
    """``level`` is municipal, county or zone; ``source`` names a document or is ``UNCONFIRMED``."""

    name: str
    full: str
    aliases: tuple[str, ...]
    kind: str
    level: str
    source: str


@dataclass(frozen=True, slots=True)
class Group:
    """Words that mean several organisations, or denote one without being its name.

    ``members`` are those a source lists. ``open`` means that others may belong although no document lists them: any
    organisation whose kind is in ``may_bind``.
    """

    name: str
    words: tuple[str, ...]
    aliases: tuple[str, ...]
    members: tuple[str, ...]
    open: bool
    may_bind: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Succession:
    predecessor: str
    aliases: tuple[str, ...]
    successor: str
    relation: str
    source: str


@dataclass(frozen=True, slots=True)
class Host:
    """``host`` does the daily work of ``body``."""

    body: str
    host: str
    source: str


@dataclass(frozen=True, slots=True)
class Part:
    """``unit`` is a part of the organisation ``of``."""

    unit: str
    of: str
    source: str


@dataclass(frozen=True, slots=True)
class CountyBureau:
    """A county's bureau (袁州区 + ``suffix``) and the municipal organisation in the same line of work."""

    suffix: str
    counterpart: str


@dataclass(frozen=True, slots=True)
class Mention:
    """An organisation or group in a text. ``name`` is canonical; ``predecessor`` is set where an old name stood."""

    name: str
    words: str
    span: Span
    is_group: bool = False
    predecessor: Succession | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    is_group: bool = False
    predecessor: Succession | None = None


class _Forms:
    """Longest-match look-up of registered forms in folded text."""

    def __init__(self, entries: dict[str, _Entry]) -> None:
        self.entries = entries
        self._by_first: dict[str, list[str]] = {}
        for form in sorted(entries, key=len, reverse=True):
            self._by_first.setdefault(form[0], []).append(form)

    def at(self, text: str, start: int) -> str | None:
        return next((form for form in self._by_first.get(text[start], ()) if text.startswith(form, start)), None)


@dataclass(frozen=True)
class Register:
    organisations: tuple[Organisation, ...]
    groups: tuple[Group, ...]
    successions: tuple[Succession, ...]
    hosts: tuple[Host, ...]
    parts: tuple[Part, ...]
    county_bureaus: tuple[CountyBureau, ...]

    @cached_property
    def by_name(self) -> dict[str, Organisation]:
        return {organisation.name: organisation for organisation in self.organisations}

    @cached_property
    def group_by_name(self) -> dict[str, Group]:
        return {group.name: group for group in self.groups}

    @cached_property
    def _forms(self) -> dict[str, _Entry]:
        """Every folded form, as people write it."""
        return self._table(spoken=True)

    @cached_property
    def _written(self) -> _Forms:
        """Forms that documents use: aliases would hit words that are no party there (对县(市、区)党政领导干部)."""
        return _Forms(self._table(spoken=False))

    @cached_property
    def _spoken(self) -> _Forms:
        return _Forms(self._forms)

    def _table(self, spoken: bool) -> dict[str, _Entry]:
        forms: dict[str, _Entry] = {}

        def add(form: str, entry: _Entry) -> None:
            key = fold(form)
            if key and forms.setdefault(key, entry).name != entry.name:
                raise RegisterError(
                    f"“{form}”同时属于“{forms[key].name}”和“{entry.name}”。", "请在 organisations.toml 中去掉一个。"
                )

        for one in self.organisations:
            for form in (one.name, one.full, *(one.aliases if spoken else ())):
                add(form, _Entry(one.name))
        for group in self.groups:
            for form in (group.name, *group.words, *(group.aliases if spoken else ())):
                add(form, _Entry(group.name, is_group=True))
        for old in self.successions:
            for form in (old.predecessor, *(old.aliases if spoken else ())):
                add(form, _Entry(old.successor, predecessor=old))
        return forms

    def canonical(self, words: str) -> str | None:
        """Canonical name of exactly these words, or ``None``."""
        entry = self._forms.get(fold(words))
        return entry.name if entry else None

    def knows_group(self, name: str) -> bool:
        return name in self.group_by_name

    def find(self, text: str, *, spoken: bool = True) -> list[Mention]:
        """Every organisation and group in ``text``, longest form first at each place, left to right, not overlapping.

        ``spoken`` also accepts the aliases staff use; documents are read without.
        """
        forms = self._spoken if spoken else self._written
        cleaned = clean(text)
        found: list[Mention] = []
        at = 0
        while at < len(cleaned.text):
            form = forms.at(cleaned.text, at)
            if form is None:
                at += 1
                continue
            entry = forms.entries[form]
            span = cleaned.original(at, at + len(form))
            found.append(Mention(entry.name, span.of(text), span, entry.is_group, entry.predecessor))
            at += len(form)
        return found

    @property
    def spoken_forms(self) -> dict[str, str]:
        """Every form people may write → canonical name, for guessing at slips of the pen."""
        return {form: entry.name for form, entry in self._forms.items()}

    def memberships(self, name: str) -> dict[str, Group]:
        """Groups that list ``name`` as a member, by group name."""
        return {group.name: group for group in self.groups if name in group.members}

    def may_bind(self, name: str) -> dict[str, Group]:
        """Open groups that may include ``name`` although nothing lists it, by group name."""
        organisation = self.by_name.get(name)
        if organisation is None:
            return {}
        return {g.name: g for g in self.groups if g.open and organisation.kind in g.may_bind and name not in g.members}

    def covers(self, wider: str, name: str) -> bool:
        """Whether what ``wider`` must do falls on all of ``name`` (an organisation or a group) too."""
        if wider == name:
            return True
        group = self.group_by_name.get(wider)
        if group is None:
            return False
        inner = self.group_by_name.get(name)
        if inner is None:
            organisation = self.by_name.get(name)
            by_kind = group.open and organisation is not None and organisation.kind in group.may_bind
            return name in group.members or by_kind
        if inner.open and not (group.open and inner.may_bind and set(inner.may_bind) <= set(group.may_bind)):
            return False
        return bool(inner.members or inner.open) and all(self.covers(wider, member) for member in inner.members)

    def hosted_by(self, name: str) -> tuple[Host, ...]:
        return tuple(host for host in self.hosts if host.host == name)

    def host_of(self, name: str) -> tuple[Host, ...]:
        return tuple(host for host in self.hosts if host.body == name)

    def parts_of(self, name: str) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.of == name)

    def former_names(self, name: str) -> tuple[Succession, ...]:
        return tuple(old for old in self.successions if old.successor == name)


def load_register(path: Path) -> Register:
    """Read and check ``organisations.toml``.

    Raises ``CorpusError`` where the file is missing or malformed, ``RegisterError`` where it contradicts itself.
    """
    data = read_toml(path)
    try:
        register = Register(
            tuple(_entry(Organisation, e) for e in data.get("organisation", ())),
            tuple(_entry(Group, {**_GROUP_DEFAULTS, **e}) for e in data.get("group", ())),
            tuple(_entry(Succession, {"aliases": (), **e}) for e in data.get("succession", ())),
            tuple(_entry(Host, e) for e in data.get("host", ())),
            tuple(_entry(Part, e) for e in data.get("part", ())),
            tuple(_entry(CountyBureau, e) for e in data.get("county_bureau", ())),
        )
    except TypeError as error:
        raise RegisterError(
            f"组织名录 {path.name} 有缺少或多余的字段：{error}。", "请对照文件开头的说明修正。"
        ) from error
    _check(register)
    return register


def _entry(kind: type[_T], raw: object) -> _T:
    """Raises ``TypeError`` where a field is missing, unknown or of the wrong type."""
    if not isinstance(raw, dict):
        raise TypeError(f"{raw!r}")
    for field in fields(kind):  # type: ignore[arg-type]
        value = raw.get(field.name)
        if field.name in raw and not isinstance(value, _TYPES.get(str(field.type), (list, tuple))):
            raise TypeError(f"{field.name} = {value!r}")
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()})


def _check(register: Register) -> None:
    known = set(register.by_name)
    names = [*(one.name for one in register.organisations), *(group.name for group in register.groups)]
    if len(set(names)) != len(names):
        raise RegisterError("组织名录中有重复的 name。", "请在 organisations.toml 中合并。")
    _ = register._forms
    referred = [
        *((member, group.name) for group in register.groups for member in group.members),
        *((old.successor, old.predecessor) for old in register.successions),
        *((name, host.body) for host in register.hosts for name in (host.body, host.host)),
        *((name, part.unit) for part in register.parts for name in (part.unit, part.of)),
        *((bureau.counterpart, bureau.suffix) for bureau in register.county_bureaus),
    ]
    for name, where in referred:
        if name not in known:
            raise RegisterError(f"“{where}”引用了名录里没有的“{name}”。", "请在 organisations.toml 中补上或改正。")

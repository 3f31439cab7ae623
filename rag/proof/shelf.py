"""The documents that citations are held against: those of the index, and behind them the national law database.

A law that the index does not hold, or holds only in part, is read from the database when a draft cites it, so that
"not in this index" and "does not exist" are told apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from index.clean import fold
from index.corpus import LoadedDocument
from index.errors import AnzeError
from index.lawdb import Law, LawDatabase, locate
from index.model import Clause, Document, Family, Kind, Provenance
from index.numerals import to_chinese
from index.parse.statute import parse_statute
from rag.library import IN_FORCE, NOT_YET, REPEALED, Library

NATION = "中华人民共和国"
_RESERVED = re.compile(r"[\s《》]")


@dataclass(frozen=True, slots=True)
class Named:
    """A document as a draft names it. ``id`` is set for an indexed one, ``law`` for one of the database only."""

    name: str
    id: str | None = None
    law: bool = False

    @property
    def known(self) -> bool:
        return self.id is not None or self.law


@dataclass(frozen=True, slots=True)
class Held:
    """A document with its clauses by id. ``indexed`` is false for one that comes from the law database alone."""

    document: Document
    clauses: dict[str, Clause]
    status: str
    indexed: bool

    @property
    def is_plan(self) -> bool:
        return self.document.family is Family.WORK_PLAN

    @property
    def tops(self) -> list[str]:
        """Ids of items or articles, in order."""
        return [c.id for c in self.clauses.values() if c.kind in (Kind.ITEM, Kind.ARTICLE)]

    def clause(self, article: str, paragraph: int | None, subitem: int | None) -> list[Clause]:
        """The clauses a reference means: one, none, or several where it leaves out the 款 and more than one fits."""
        top = self.clauses.get(article)
        if top is None:
            return []
        parts = [c for c in self.clauses.values() if c.top == article and c.kind is Kind.PARAGRAPH]
        if paragraph is not None:
            whole = [top] if paragraph == 1 and not parts and not self.is_plan else []
            parts = [c for c in parts if c.number == str(paragraph)] or whole
            if subitem is None:
                return parts
        if subitem is None:
            return [top]
        ids = {f"{part.id}({subitem})" for part in parts}
        return [c for c in self.clauses.values() if c.id in ids]


class Shelf:
    """Documents by name. One per draft; law texts it had to read are kept."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._outside: dict[str, Held | None] = {}
        self._whole: dict[str, Held] = {}
        self.names = self._indexed_names()
        self.outside = {fold(name.removeprefix(NATION)): name for name in library.words.other_laws}

    def _indexed_names(self) -> dict[str, Named]:
        """Every full and short title and every alias, folded."""
        names: dict[str, Named] = {}
        for info in self.library.infos.values():
            for name in (info.title, info.short_title, info.title.removeprefix(NATION)):
                names.setdefault(fold(name), Named(info.title, info.id))
        for alias, id in self.library.words.titles.items():
            if id in self.library:
                names.setdefault(fold(alias), Named(self.library.infos[id].title, id))
        return names

    def is_alias(self, name: str) -> bool:
        """Whether ``name`` (folded) is only what people call a document, not a title of it."""
        named = self.names.get(name)
        if named is None or named.id is None:
            return False
        info = self.library.infos[named.id]
        return name not in (fold(t) for t in (info.title, info.short_title, info.title.removeprefix(NATION)))

    def named(self, title: str) -> Named | None:
        """The document whose title or alias is exactly ``title`` (folded); ``None`` for an unknown one."""
        bare = _RESERVED.sub("", title)
        for name in (bare, bare.removeprefix(NATION)):
            if name in self.names:
                return self.names[name]
            if name in self.outside:
                return Named(self.outside[name], law=True)
        return None

    def numbers(self) -> dict[str, Named]:
        """文号, folded, → document."""
        return {fold(i.number): Named(i.title, i.id) for i in self.library.infos.values() if i.number}

    def held(self, named: Named) -> Held | None:
        """The document's clauses; ``None`` for one that neither the index nor the database has."""
        if named.id is not None:
            return self.indexed(named.id)
        return self.law(named.name) if named.law else None

    def indexed(self, id: str) -> Held:
        if id not in self._whole:
            document = self.library.document(id)
            clauses = self.library.clauses(id)
            self._whole[id] = Held(document, clauses, self.library.status(id), True)
        return self._whole[id]

    def law(self, name: str) -> Held | None:
        """A law as the database has it, whole; ``None`` where it has none of that name or is not installed."""
        if name not in self._outside:
            try:
                with LawDatabase(locate()) as database:
                    law = database.find(name)
                    self._outside[name] = self._parsed(law, database.text(law))
            except AnzeError:
                self._outside[name] = None
        return self._outside[name]

    def _parsed(self, law: Law, text: str) -> Held:
        document = Document(
            f"law-{law.law_id}", law.name, law.short_name, None, law.issuer, law.level, Family.STATUTE,
            Provenance.DATABASE, text, "", law.published, law.effective, repealed=law.repealed,
        )  # fmt: skip
        clauses = {clause.id: clause for clause in parse_statute(LoadedDocument(document))}
        later = bool(law.effective) and law.effective > self.library.day.isoformat()
        return Held(document, clauses, REPEALED if law.repealed else NOT_YET if later else IN_FORCE, False)


def top_label(held: Held, id: str) -> str:
    """How officials write a top-level clause's id, whether or not it exists."""
    if id in held.clauses:
        return held.clauses[id].label
    return f"第{id}项" if held.is_plan else ordinal(id, "条")


def ordinal(number: str, unit: str) -> str:
    """第一百三十四条之一 of ``134-1`` and 条; the unit alone where there is no number."""
    first, *inserted = number.split("-")
    if not first.isdigit():
        return unit
    return f"第{to_chinese(int(first))}{unit}" + "".join(f"之{to_chinese(int(n))}" for n in inserted if n.isdigit())


@lru_cache(maxsize=2048)
def folded(text: str) -> str:
    """``fold``, remembered: the same clauses are compared again and again."""
    return fold(text)


@lru_cache(maxsize=2048)
def letters(text: str) -> str:
    """Only what is read aloud: folded, without punctuation and spaces."""
    return "".join(char for char in folded(text) if char.isalnum())

"""``docs/legal_basis.toml``: for each item of the plan the articles it rests on, and why."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import CorpusError


@dataclass(frozen=True, slots=True)
class Basis:
    """One article behind one item. ``paragraph`` counts 款 from 1; ``None`` means the article as a whole.

    ``in_force_2023`` tells whether this wording was in force when the plan was issued; otherwise ``predecessor`` names
    what was.
    """

    item: str
    document: str
    article: str
    why: str
    paragraph: int | None = None
    in_force_2023: bool = True
    predecessor: str = ""

    @property
    def clause(self) -> str:
        return f"{self.article}.{self.paragraph}" if self.paragraph else self.article


@dataclass(frozen=True, slots=True)
class ItemBasis:
    item: str
    bases: tuple[Basis, ...]
    confidence: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClauseRef:
    document: str
    clause: str


@dataclass(frozen=True, slots=True)
class Concept:
    """A term staff ask about. ``spelled_out`` is false where the documents name the term without explaining it."""

    name: str
    aliases: tuple[str, ...]
    meaning: str
    spelled_out: bool
    clauses: tuple[ClauseRef, ...]


def load_basis(path: Path) -> dict[str, ItemBasis]:
    """Legal bases by item number. Raises ``CorpusError`` where the file is missing or malformed."""
    data = read_toml(path)
    try:
        return {str(raw["item"]): _item_basis(raw) for raw in data.get("item", ())}
    except (KeyError, TypeError, AttributeError) as error:
        raise CorpusError(f"{path.name} 缺少或写错了字段：{error}。", "请对照文件中的其他条目修正。") from error


def load_concepts(path: Path) -> tuple[Concept, ...]:
    """Concepts in file order. Raises ``CorpusError`` where the file is missing or malformed."""
    data = read_toml(path)
    try:
        return tuple(_concept(raw) for raw in data.get("concept", ()))
    except (KeyError, TypeError, AttributeError) as error:
        raise CorpusError(f"{path.name} 缺少或写错了字段：{error}。", "请对照文件中的其他条目修正。") from error


def read_toml(path: Path) -> dict[str, Any]:
    """The file's content. Raises ``CorpusError`` that names the file and the remedy."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CorpusError(f"缺少数据文件 {path.name}。", "请恢复该文件，或用 ANZE_DOCS 指定完整的文档目录。") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"数据文件 {path.name} 无法读取：{error}。", "请修正后重试。") from error


def _item_basis(raw: dict[str, Any]) -> ItemBasis:
    item = str(raw["item"])
    bases = tuple(
        Basis(
            item, basis["document"], str(basis["article"]), basis["why"], basis.get("paragraph"),
            basis.get("in_force_2023", True), basis.get("predecessor", ""),
        )
        for basis in raw.get("basis", ())
    )  # fmt: skip
    return ItemBasis(item, bases, raw.get("confidence", ""), raw.get("note", ""))


def _concept(raw: dict[str, Any]) -> Concept:
    clauses = tuple(
        ClauseRef(c["document"], f"{c['clause']}.{c['paragraph']}" if "paragraph" in c else str(c["clause"]))
        for c in raw.get("clause", ())
    )
    return Concept(
        raw["name"], tuple(raw.get("aliases", ())), raw.get("meaning", ""), raw.get("spelled_out", True), clauses
    )

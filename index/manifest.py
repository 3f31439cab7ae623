"""What an index says about itself, and whether it still fits the documents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from index.errors import CorpusError, IndexCorrupt
from index.model import Document

FORMAT = 2
"""Raised with every change that makes older artefacts unreadable, or the same documents give other artefacts."""

NO_EMBEDDER = "未设置向量模型，仅用关键词检索。"

REGISTER_CHANGED = "组织名录已变化"
"""The reason that makes duties themselves out of date, not only what is found."""


@dataclass(frozen=True, slots=True)
class DataMarks:
    """Checksums of the data files beside the documents."""

    register: str = ""
    questions: str = ""

    @classmethod
    def of(cls, docs: Path) -> DataMarks:
        """Of the files in ``docs``; a file that is not there counts as empty. Raises ``CorpusError``."""
        return cls(_mark([docs / "organisations.toml"]), _mark(sorted((docs / "questions").glob("*.jsonl"))))


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """What an index depends on beside the documents. ``embedding`` is a model id, ``""`` for an index without vectors.

    ``vector_store`` is the setting with a checksum in place of the address, which may hold a password. ``register`` and
    ``questions`` are checksums of the data files that duties and search terms were made with.
    """

    laws: str = "default"
    embedding: str = ""
    vector_store: str = "faiss"
    register: str = ""
    questions: str = ""

    @classmethod
    def of(cls, laws: str, embedding: str, vector_store: str, data: DataMarks | None = None) -> BuildSettings:
        """From the settings as a user writes them."""
        backend, colon, address = vector_store.partition(":")
        marks = data or DataMarks()
        place = backend + colon + (digest(address.encode())[:8] if address else "")
        return cls(laws, embedding, place, marks.register, marks.questions)


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """One indexed document. ``sha256`` is the document's own, ``parsed`` that of everything read out of it.

    ``file`` is the name, without ending, of its two artefacts.
    """

    id: str
    title: str
    sha256: str
    parsed: str
    file: str
    clauses: int
    duties: int
    problems: int
    short_title: str = ""
    number: str | None = None
    family: str = ""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One artefact file; ``path`` is relative, with forward slashes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything known about a finished index.

    ``fingerprint`` stands for settings, documents and expansions: an equal one means there is nothing to rebuild.
    ``dense_reason`` is the Chinese sentence that says why there are no vectors, ``""`` where there are. ``created`` is
    ISO 8601 in UTC. ``expansions_skipped`` counts questions whose clause the index does not hold.
    """

    format: int
    created: str
    fingerprint: str
    settings: BuildSettings
    documents: tuple[DocumentEntry, ...]
    units: int
    expansions: int
    expansions_skipped: int
    dense: bool
    dense_reason: str
    dim: int
    files: tuple[FileEntry, ...]


def fingerprint(settings: BuildSettings, documents: Iterable[tuple[str, str]], questions: Iterable[str]) -> str:
    """Hexadecimal digest of what an index is made from: settings, (id, digest) of every document, expansions."""
    return digest(orjson.dumps([FORMAT, asdict(settings), sorted(documents), sorted(questions)]))


def staleness(manifest: Manifest, documents: Sequence[Document], settings: BuildSettings | None = None) -> list[str]:
    """Why the index does not fit ``documents`` (and ``settings``, if given) any more, in Chinese; empty if it does.

    Compares the documents' own checksums, so nothing needs parsing. Where the embedding model could not be used at
    build time, wanting one makes the index stale: a new build tries again.
    """
    indexed = {entry.id: entry for entry in manifest.documents}
    present = {document.id: document for document in documents}
    reasons = [f"新增文件未入索引：《{one.title}》" for one in documents if one.id not in indexed]
    reasons += [f"文件已移除：《{entry.title}》" for entry in manifest.documents if entry.id not in present]
    reasons += [
        f"文件内容已变化：《{entry.title}》"
        for entry in manifest.documents
        if entry.id in present and present[entry.id].sha256 != entry.sha256
    ]
    return reasons + (_changed_settings(manifest, settings) if settings else [])


def write(manifest: Manifest) -> bytes:
    """The manifest as JSON for people to read."""
    return orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2)


def read(content: bytes) -> Manifest:
    """What ``write`` wrote. Raises ``IndexCorrupt`` for another format, ``ValueError``, ``KeyError``, ``TypeError``."""
    data: dict[str, Any] = orjson.loads(content)
    if data["format"] != FORMAT:
        raise IndexCorrupt("索引由另一版本的程序建立。", "请运行 anze index 重建索引")
    data["settings"] = BuildSettings(**data["settings"])
    data["documents"] = tuple(DocumentEntry(**entry) for entry in data["documents"])
    data["files"] = tuple(FileEntry(**entry) for entry in data["files"])
    return Manifest(**data)


def digest(content: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _changed_settings(manifest: Manifest, settings: BuildSettings) -> list[str]:
    old = manifest.settings
    reasons = []
    if old.laws != settings.laws:
        reasons.append(f"法律范围设置已由“{old.laws}”改为“{settings.laws}”")
    if old.embedding != settings.embedding:
        reasons.append(f"向量模型已由“{old.embedding or '无'}”改为“{settings.embedding or '无'}”")
    if old.vector_store != settings.vector_store:
        reasons.append("向量库设置已变化")
    if old.register != settings.register:
        reasons.append(REGISTER_CHANGED)
    if old.questions != settings.questions:
        reasons.append("问题库已变化")
    return reasons


def _mark(files: Iterable[Path]) -> str:
    """One checksum of names and contents. Line ends do not count: a checkout may have changed them."""
    parts = []
    for file in files:
        try:
            content = file.read_bytes().replace(b"\r\n", b"\n") if file.is_file() else b""
        except OSError as error:
            raise CorpusError(f"文件 {file.name} 无法读取（{error.strerror}）。", "请检查文件权限。") from error
        parts.append(f"{file.name} {digest(content)}")
    return digest("\n".join(parts).encode())

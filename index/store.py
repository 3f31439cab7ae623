"""The artefact folder.

    CURRENT              name of the version in use, replaced in one step
    LOCK                 held by a running build; the system frees it however the build ends
    embeddings/          vectors computed on this machine (``embedding_cache``)
    v-<hash>/            a finished version, never changed again
        manifest.json    units.json    documents/<file>.json    texts/<file>.txt    lexical/    dense/
    .building-<pid>/     a version in the making; left over by a killed build, removed by the next

A reader resolves CURRENT once and stays with that version. A build keeps the version before its own for such readers.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index import codec
from index.errors import CorpusError, IndexBusy, IndexCorrupt, IndexMissing, StoreUnwritable
from index.manifest import BuildSettings, DocumentEntry, FileEntry, Manifest, digest, read, staleness, write
from index.model import ParsedDocument

__all__ = [
    "BuildSettings",
    "Manifest",
    "StoreReader",
    "StoreWriter",
    "default_store_folder",
    "embeddings_folder",
    "staleness",
    "writing",
]

REBUILD = "请运行 anze index 重建索引"

_CURRENT = "CURRENT"
_LOCK = "LOCK"
_MANIFEST = "manifest.json"
_BUILDING = ".building-"
_VERSION = re.compile(r"v-[0-9a-f]{16}")
_SAFE_NAME = re.compile(r"[\w-][\w.-]{0,59}")


def default_store_folder() -> Path:
    """``index/store`` of a checkout; the user's cache folder for an installed package."""
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / "index" / "store"
    from platformdirs import user_cache_path

    return user_cache_path("anze") / "store"


def embeddings_folder(store: Path) -> Path:
    """Where caches of vectors computed on this machine lie."""
    return store / "embeddings"


class StoreReader:
    """One version of the index. May be used by several threads; documents are read on first use and kept.

    Opening reads the manifest alone. Raises ``IndexMissing`` where nothing was ever built, ``IndexCorrupt`` where
    something is there that cannot be used; both say how to mend it.
    """

    def __init__(self, store: Path) -> None:
        self._store = store
        self.version = _current(store)
        self.folder = store / self.version
        self.manifest = self._read_manifest()
        self._entries = {entry.id: entry for entry in self.manifest.documents}
        self._files = {entry.path: entry for entry in self.manifest.files}
        self._documents: dict[str, ParsedDocument] = {}
        self._loading = threading.Lock()

    @property
    def document_ids(self) -> tuple[str, ...]:
        """Ids in the order they were indexed in."""
        return tuple(self._entries)

    def document(self, id: str) -> ParsedDocument:
        """One document with all that was read out of it. Raises ``KeyError`` for an unknown id, ``IndexCorrupt``."""
        if id in self._documents:
            return self._documents[id]
        entry = self._entries[id]
        with self._loading:
            if id not in self._documents:
                self._documents[id] = self._read_document(entry)
            return self._documents[id]

    def read_bytes(self, path: str) -> bytes:
        """An artefact file, compared with the manifest's checksum. Raises ``IndexCorrupt``."""
        entry = self._files.get(path)
        try:
            content = (self.folder / path).read_bytes()
        except OSError as error:
            raise IndexCorrupt(f"索引文件“{path}”缺失或无法读取。", REBUILD) from error
        if entry is None or digest(content) != entry.sha256:
            raise IndexCorrupt(f"索引文件“{path}”已损坏。", REBUILD)
        return content

    def part(self, name: str) -> Path:
        """The folder ``lexical`` or ``dense``, its files as long as the manifest says. Raises ``IndexCorrupt``."""
        for entry in self.manifest.files:
            if entry.path.startswith(name + "/") and _size(self.folder / entry.path) != entry.size:
                raise IndexCorrupt(f"索引文件“{entry.path}”缺失或不完整。", REBUILD)
        return self.folder / name

    def verify(self) -> None:
        """Compare every file with its checksum. Raises ``IndexCorrupt`` for the first that differs."""
        for entry in self.manifest.files:
            self.read_bytes(entry.path)

    def is_current(self) -> bool:
        """False once another version was published: time to open a new reader."""
        try:
            return _current(self._store) == self.version
        except IndexMissing:
            return False

    def _read_manifest(self) -> Manifest:
        try:
            return read((self.folder / _MANIFEST).read_bytes())
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexCorrupt("索引清单缺失或损坏。", REBUILD) from error

    def _read_document(self, entry: DocumentEntry) -> ParsedDocument:
        content = self.read_bytes(f"documents/{entry.file}.json")
        text = self.read_bytes(f"texts/{entry.file}.txt")
        try:
            return codec.decode(content, text.decode("utf-8"))
        except (ValueError, KeyError, TypeError) as error:
            raise IndexCorrupt(f"索引中的文件“{entry.id}”无法读取。", REBUILD) from error


class StoreWriter:
    """A version in the making, in ``folder``. Only ``writing`` makes one; the lock is held as long as it lives."""

    def __init__(self, store: Path, folder: Path) -> None:
        self._store = store
        self.folder = folder

    def add_document(self, parsed: ParsedDocument) -> DocumentEntry:
        """Write one document and say what to put into the manifest.

        Raises ``CorpusError`` for a false span and for an id that was there before.
        """
        document = parsed.document
        content, name = codec.encode(parsed), _file_name(document.id)
        if (self.folder / "documents" / f"{name}.json").exists():
            raise CorpusError("文件编号重复。", "请在清单中改用不同的编号", document=document.id)
        self.write_bytes(f"documents/{name}.json", content)
        self.write_bytes(f"texts/{name}.txt", document.text.encode("utf-8"))
        counts = len(parsed.clauses), len(parsed.duties), len(parsed.problems)
        about = document.short_title, document.number, document.family.value
        return DocumentEntry(document.id, document.title, document.sha256, digest(content), name, *counts, *about)

    def write_bytes(self, path: str, content: bytes) -> None:
        """Write one artefact file."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def part(self, name: str) -> Path:
        """An empty folder for ``lexical`` or ``dense`` to save into."""
        path = self.folder / name
        path.mkdir()
        return path

    def files(self) -> tuple[FileEntry, ...]:
        """Every file written so far, for the manifest."""
        paths = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return tuple(_file_entry(path, path.relative_to(self.folder).as_posix()) for path in paths)

    def publish(self, manifest: Manifest, on_prune: Callable[[Path], None] = lambda _: None) -> Path:
        """Put this version in use; remove all but it and the one before. ``on_prune`` sees a folder before it goes."""
        content = write(manifest)
        self.write_bytes(_MANIFEST, content)
        _flush(self.folder)
        try:
            previous = _current(self._store)
        except IndexMissing:
            previous = ""
        version = "v-" + digest(content + os.urandom(8))[:16]  # equal builds are versions of their own
        target = self._store / version
        self.folder.replace(target)
        _set_current(self._store, version)
        for old in _versions(self._store):
            if old.name not in (version, previous):
                on_prune(old)
                shutil.rmtree(old, ignore_errors=True)
        return target


@contextmanager
def writing(store: Path) -> Iterator[StoreWriter]:
    """Hold the store for a build. What was not published is removed; the version in use is never touched.

    Raises ``IndexBusy`` at once where another build runs, ``StoreUnwritable`` where the folder cannot be written.
    """
    try:
        store.mkdir(parents=True, exist_ok=True)
        with (store / _LOCK).open("a+b") as lock:
            _take(lock.fileno())
            _sweep(store)
            folder = store / f"{_BUILDING}{os.getpid()}"
            folder.mkdir()
            try:
                yield StoreWriter(store, folder)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        reason = error.strerror or str(error)
        remedy = "请检查目录权限与磁盘空间，或用 ANZE_STORE 另指目录"
        raise StoreUnwritable(f"索引目录“{store}”无法写入：{reason}。", remedy) from error


def _sweep(store: Path) -> None:
    """Remove what killed builds left; nobody else can be at it, for the lock is ours."""
    for folder in store.glob(_BUILDING + "*"):
        shutil.rmtree(folder, ignore_errors=True)
    for file in store.glob(f".{_CURRENT}-*"):
        file.unlink(missing_ok=True)


def _take(descriptor: int) -> None:
    busy = IndexBusy("另一个索引任务正在运行。", "请等它结束后再试")
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise busy from error
        return
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise busy from error


def _current(store: Path) -> str:
    try:
        version = (store / _CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise IndexMissing("还没有建立索引。", "请运行 anze index 建立索引") from error
    except (OSError, ValueError) as error:
        raise IndexCorrupt("索引的当前版本无法读取。", REBUILD) from error
    if not _VERSION.fullmatch(version) or not (store / version).is_dir():
        raise IndexCorrupt("索引的当前版本不存在。", REBUILD)
    return version


def _set_current(store: Path, version: str) -> None:
    temporary = store / f".{_CURRENT}-{os.getpid()}"
    temporary.write_text(version + "\n", encoding="utf-8")
    _flush_file(temporary)
    temporary.replace(store / _CURRENT)


def _versions(store: Path) -> list[Path]:
    return [path for path in store.iterdir() if _VERSION.fullmatch(path.name) and path.is_dir()]


def _file_name(id: str) -> str:
    """A name no file system objects to; ids come from users' own files, too."""
    return id if _SAFE_NAME.fullmatch(id) else hashlib.sha256(id.encode()).hexdigest()[:32]


def _file_entry(path: Path, name: str) -> FileEntry:
    content = path.read_bytes()
    return FileEntry(name, digest(content), len(content))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _flush(folder: Path) -> None:
    """Have everything on the disk before the version is put in use: a power cut must not leave half of one."""
    for path in folder.rglob("*"):
        if path.is_file():
            _flush_file(path)


def _flush_file(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())

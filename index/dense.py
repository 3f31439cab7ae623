"""Vectors of the search units, behind llama-index's vector store interface.

Rows are numbered as the units are; llama-index's node ids are those numbers. All vectors have length one, so the score
of every store is the cosine. llama-index takes about a second to import and is imported when a store is opened.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from index.embedding import Vectors
from index.errors import BackendError, IndexCorrupt, IndexMissing, MissingPackage, SettingsError

_FAISS_FILE = "vectors.faiss"
_RECORD = "store.json"
_REMEDY = "请运行 anze index 重建索引"
_MILVUS_NAME = re.compile(r"[^0-9A-Za-z_]")


class VectorStore(Protocol):
    """Filled once by ``build``, then only asked, by several threads at once."""

    def __len__(self) -> int:
        """Number of rows."""

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The ``k`` rows nearest to float32 [dim], as (row, cosine), best first, equal ones in row order.

        Fewer where there are fewer rows. Raises ``BackendError``.
        """

    def save(self, folder: Path) -> None:
        """Write into ``folder``, which must exist, what ``open_store`` needs."""


class FaissStore:
    """Exact search in memory; one file."""

    backend = "faiss"

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    @classmethod
    def fill(cls, vectors: Vectors) -> FaissStore:
        """A store of float32 [n, dim]; row ``i`` is ``vectors[i]``."""
        import faiss
        from llama_index.vector_stores.faiss import FaissVectorStore

        inner = FaissVectorStore(faiss_index=faiss.IndexFlatIP(vectors.shape[1]))
        inner.add(_nodes(vectors))
        return cls(inner)

    @classmethod
    def open(cls, folder: Path) -> FaissStore:
        """Read what ``save`` wrote. Raises ``IndexCorrupt``."""
        from llama_index.vector_stores.faiss import FaissVectorStore

        try:
            return cls(FaissVectorStore.from_persist_path(str(folder / _FAISS_FILE)))
        except (RuntimeError, ValueError, OSError) as error:
            raise IndexCorrupt("向量索引文件缺失或损坏。", _REMEDY) from error

    def __len__(self) -> int:
        return int(self._inner.client.ntotal)

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """As the contract says; ``BackendError`` for a vector of another length. One thread a question."""
        import faiss

        if vector.shape != (self._inner.client.d,):
            raise BackendError(f"问题向量为 {vector.shape[-1]} 维，索引为 {self._inner.client.d} 维。", _REMEDY)
        # OpenMP counts threads by calling thread; waiting for a second core takes longer than the whole search.
        faiss.omp_set_num_threads(1)
        return _ask(self._inner, vector, min(k, len(self)))

    def save(self, folder: Path) -> None:
        """Write the vectors. Raises ``OSError``, as writing anything else does."""
        try:
            self._inner.persist(str(folder / _FAISS_FILE))
        except RuntimeError as error:  # what the engine raises for a full disk
            raise OSError(str(error)) from error
        _write_record(folder, {"backend": self.backend, "rows": len(self)})


class MilvusStore:
    """A collection on a Milvus server, or in a Milvus Lite file; the extra ``milvus`` brings the packages.

    Every build fills a collection of its own, so that a running service keeps the one it opened; ``discard`` drops it.
    """

    backend = "milvus"

    def __init__(self, inner: Any, collection: str, rows: int) -> None:
        self._inner = inner
        self._collection = collection
        self._rows = rows

    @classmethod
    def fill(cls, uri: str, collection: str, vectors: Vectors) -> MilvusStore:
        """A collection of float32 [n, dim], replacing one of the same name. Raises ``BackendError``."""
        collection = _MILVUS_NAME.sub("_", collection)
        inner = _open_milvus(uri, collection, dim=int(vectors.shape[1]), overwrite=True)
        _guarded(lambda: inner.add(_nodes(vectors)))
        return cls(inner, collection, len(vectors))

    @classmethod
    def open(cls, uri: str, collection: str, rows: int) -> MilvusStore:
        """Raises ``IndexCorrupt`` where the server has no such collection, ``BackendError`` without a server."""
        client = _milvus_client(uri)
        try:
            if not _guarded(lambda: client.has_collection(collection)):
                raise IndexCorrupt(f"Milvus 中没有集合“{collection}”。", _REMEDY)
        finally:
            client.close()
        return cls(_open_milvus(uri, collection, overwrite=False), collection, rows)

    def __len__(self) -> int:
        return self._rows

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """As the contract says; ``BackendError`` where the server is gone."""
        found = _guarded(lambda: _ask(self._inner, vector, min(k, self._rows)))
        return list(found)

    def save(self, folder: Path) -> None:
        """Write the collection's name; the vectors are on the server."""
        _write_record(folder, {"backend": self.backend, "collection": self._collection, "rows": self._rows})


def fill_store(setting: str, vectors: Vectors, collection: str) -> VectorStore:
    """A filled store of the kind ``setting`` names: ``faiss`` or ``milvus:<uri>``. ``collection`` must be unique.

    Raises ``SettingsError``, ``MissingPackage`` or ``BackendError``.
    """
    if _uri(setting) is None:
        return FaissStore.fill(vectors)
    return MilvusStore.fill(_uri(setting) or "", collection, vectors)


def open_store(setting: str, folder: Path) -> VectorStore:
    """The store ``save`` left in ``folder``. Addresses come from ``setting`` alone: they may hold a password.

    Raises ``IndexMissing`` where the store is of another kind than ``setting``, ``IndexCorrupt``, ``SettingsError``,
    ``MissingPackage`` or ``BackendError``.
    """
    uri = _uri(setting)
    record = _read_record(folder)
    wanted = FaissStore.backend if uri is None else MilvusStore.backend
    if record.get("backend") != wanted:
        raise IndexMissing(f"现有向量索引不是 {wanted} 的。", _REMEDY)
    if uri is None:
        store = FaissStore.open(folder)
        if len(store) != record.get("rows"):
            raise IndexCorrupt("向量索引的条数与记录不一致。", _REMEDY)
        return store
    return MilvusStore.open(uri, str(record.get("collection", "")), int(record.get("rows", 0)))


def discard(setting: str, folder: Path) -> None:
    """Free what the store saved in ``folder`` holds elsewhere: its collection. Raises ``BackendError``."""
    uri = _uri(setting)
    if uri is None or not (folder / _RECORD).is_file():
        return
    collection = _read_record(folder).get("collection")
    if collection:
        client = _milvus_client(uri)
        try:
            _guarded(lambda: client.drop_collection(collection))
        finally:
            client.close()


def _uri(setting: str) -> str | None:
    """The address in ``milvus:<uri>``; None for FAISS."""
    if setting == FaissStore.backend:
        return None
    uri = setting.removeprefix("milvus:")
    if uri == setting or not uri:
        raise SettingsError(f"ANZE_VECTOR_STORE 的值“{setting}”无法识别。", "可选：faiss、milvus:<地址>")
    return uri


def _nodes(vectors: Vectors) -> list[Any]:
    from llama_index.core.schema import TextNode

    return [TextNode(id_=str(row), embedding=vector) for row, vector in enumerate(vectors.tolist())]


def _ask(inner: Any, vector: Vectors, k: int) -> list[tuple[int, float]]:
    from llama_index.core.vector_stores import VectorStoreQuery

    if k < 1:
        return []
    query = VectorStoreQuery(query_embedding=np.asarray(vector, np.float32).tolist(), similarity_top_k=k)
    found = inner.query(query)
    rows = [(int(row), float(score)) for row, score in zip(found.ids, found.similarities, strict=True)]
    return sorted(rows, key=lambda one: (-one[1], one[0]))


def _write_record(folder: Path, record: dict[str, str | int]) -> None:
    (folder / _RECORD).write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")


def _read_record(folder: Path) -> dict[str, Any]:
    try:
        record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IndexCorrupt("向量索引的记录缺失或损坏。", _REMEDY) from error
    if not isinstance(record, dict):
        raise IndexCorrupt("向量索引的记录无法识别。", _REMEDY)
    return record


def _open_milvus(uri: str, collection: str, *, dim: int | None = None, overwrite: bool) -> Any:
    try:
        from llama_index.vector_stores.milvus import MilvusVectorStore
    except ImportError as error:
        raise _no_milvus() from error
    # Strong consistency: a service that opens a collection right after its build must see every row of it.
    return _guarded(
        lambda: MilvusVectorStore(
            uri=uri,
            collection_name=collection,
            dim=dim,
            overwrite=overwrite,
            similarity_metric="IP",
            consistency_level="Strong",
            use_async_client=False,
        )
    )


def _milvus_client(uri: str) -> Any:
    try:
        from pymilvus import MilvusClient
    except ImportError as error:
        raise _no_milvus() from error
    return _guarded(lambda: MilvusClient(uri=uri))


def _no_milvus() -> MissingPackage:
    return MissingPackage("使用 Milvus 需要 llama-index-vector-stores-milvus。", '请运行：pip install "anze[milvus]"')


def _guarded(call: Callable[[], Any]) -> Any:
    """``call()`` with what pymilvus and grpc raise turned into ``BackendError``."""
    from pymilvus.exceptions import MilvusException

    try:
        return call()
    except (MilvusException, ConnectionError, OSError, ValueError) as error:
        raise BackendError(f"Milvus 无法使用：{error}。", "请检查 ANZE_VECTOR_STORE 的地址与服务状态") from error

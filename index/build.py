"""Documents → a published index."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from index import codec, dense
from index.embedding import Embedder, Vectors
from index.embedding_cache import EmbeddingCache, Progress, embed_with_cache
from index.errors import AnzeError, BackendError, IndexMissing, MissingPackage
from index.lexical import LexicalIndex
from index.manifest import FORMAT, NO_EMBEDDER, BuildSettings, DataMarks, DocumentEntry, Manifest, digest, fingerprint
from index.model import ParsedDocument
from index.store import StoreReader, StoreWriter, writing
from index.units import Expansion, Unit, make_units, write_units

__all__ = ["NO_EMBEDDER", "Expansion", "build_index"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Dense:
    """Vectors to index, or None and the reason in Chinese."""

    vectors: Vectors | None
    model_id: str
    reason: str


def build_index(
    documents: Sequence[ParsedDocument],
    expansions: Sequence[Expansion],
    store_folder: Path,
    embedder: Embedder | None,
    caches: Sequence[EmbeddingCache] = (),
    progress: Progress | None = None,
    *,
    laws: str = "default",
    vector_store: str = "faiss",
    data: DataMarks | None = None,
    force: bool = False,
) -> Manifest:
    """Index ``documents`` and put the result in use; return its manifest.

    Where the version in use was made from the very same things nothing is done and its manifest comes back, unless
    ``force``. ``data`` are the marks of the files duties and questions were made with. Vectors are computed only for
    texts no cache has. A model that cannot be used costs the vectors, not the index: ``dense`` is then false and
    ``dense_reason`` says why. Called by ``anze index`` and by ingestion. Raises ``IndexBusy``, ``StoreUnwritable``,
    ``CorpusError``.
    """
    settings = BuildSettings.of(laws, _model_id(embedder), vector_store, data)
    marks = [(parsed.document.id, digest(codec.encode(parsed))) for parsed in documents]
    questions = [f"{one.document}\n{one.clause}\n{one.question}" for one in expansions]
    present = None if force else _usable(store_folder, fingerprint(settings, marks, questions))
    if present is not None:
        return present
    with writing(store_folder) as writer:
        entries = tuple(writer.add_document(parsed) for parsed in documents)
        units, texts, skipped = make_units(documents, expansions)
        if skipped:
            _log.warning("%d expansion questions name clauses that are not indexed", skipped)
        writer.write_bytes("units.json", write_units(units))
        LexicalIndex.build([unit.key for unit in units], texts).save(writer.part("lexical"))
        made = _dense_part(writer, vector_store, _embed(embedder, texts, caches, progress))
        settings = replace(settings, embedding=made.model_id)
        mark = fingerprint(settings, marks, questions)
        manifest = _manifest(writer, mark, settings, entries, units, len(expansions) - skipped, skipped, made)
        writer.publish(manifest, lambda folder: _release(vector_store, folder))
    return manifest


def _manifest(
    writer: StoreWriter,
    mark: str,
    settings: BuildSettings,
    entries: tuple[DocumentEntry, ...],
    units: list[Unit],
    expansions: int,
    skipped: int,
    made: _Dense,
) -> Manifest:
    return Manifest(
        format=FORMAT,
        created=datetime.now(UTC).isoformat(),
        fingerprint=mark,
        settings=settings,
        documents=entries,
        units=len(units),
        expansions=expansions,
        expansions_skipped=skipped,
        dense=made.vectors is not None,
        dense_reason=made.reason,
        dim=0 if made.vectors is None else int(made.vectors.shape[1]),
        files=writer.files(),
    )


def _usable(store: Path, mark: str) -> Manifest | None:
    """The manifest in use where it bears ``mark`` and every file is whole."""
    try:
        reader = StoreReader(store)
        if reader.manifest.fingerprint == mark:
            reader.verify()
            return reader.manifest
    except IndexMissing:
        return None
    return None


def _model_id(embedder: Embedder | None) -> str:
    try:
        return embedder.model_id if embedder else ""
    except (MissingPackage, BackendError):
        return ""


def _embed(
    embedder: Embedder | None, texts: list[str], caches: Sequence[EmbeddingCache], progress: Progress | None
) -> _Dense:
    if embedder is None:
        return _Dense(None, "", NO_EMBEDDER)
    try:
        return _Dense(embed_with_cache(embedder, texts, caches, progress), embedder.model_id, "")
    except (MissingPackage, BackendError) as error:
        _log.warning("no vectors: %s", error)
        return _Dense(None, "", str(error))


def _dense_part(writer: StoreWriter, setting: str, made: _Dense) -> _Dense:
    if made.vectors is None:
        return made
    try:
        collection = f"anze_{writer.folder.name}_{datetime.now(UTC):%Y%m%d%H%M%S%f}"
        dense.fill_store(setting, made.vectors, collection).save(writer.part("dense"))
    except (MissingPackage, BackendError) as error:
        _log.warning("no vector store: %s", error)
        return _Dense(None, "", str(error))
    return made


def _release(setting: str, folder: Path) -> None:
    try:
        dense.discard(setting, folder / "dense")
    except AnzeError as error:
        _log.warning("an old vector collection stays: %s", error)

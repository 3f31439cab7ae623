"""Settings → working parts. The one place that constructs backends; everything else is handed what it needs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from index.basis import load_basis, load_concepts
from index.corpus import docs_folder, load_documents
from index.errors import AnzeError, SettingsError, StoreUnwritable, why
from index.lawdb import LawDatabase, locate
from index.manifest import NO_EMBEDDER, BuildSettings, DataMarks, Manifest, staleness
from index.model import Family
from index.organisations import load_register
from index.store import StoreReader, default_store_folder, embeddings_folder
from rag.answerable.judge import Judge, ShippedJudge, texts_mark
from rag.assistant import Assistant
from rag.library import DocumentInfo, Library, Words
from rag.names import load_places, load_synonyms, load_title_aliases
from rag.settings import Settings
from rag.understand.question import Reader
from rag.wishes import load_wishes

if TYPE_CHECKING:
    from rag.gate.check import Gate
    from rag.generate.model import LanguageModel
    from rag.generate.phrase import Phraser
    from rag.model import Answer, Question
    from rag.retrieve import Retriever

_log = logging.getLogger("anze")


@dataclass(frozen=True, slots=True)
class Built:
    """What ``build`` did: ``fresh`` is false where nothing had changed."""

    manifest: Manifest
    fresh: bool
    store: Path


def make_assistant(settings: Settings, judge: Judge | None = None) -> Assistant:
    """An assistant over the index in use. Raises ``IndexMissing`` or ``IndexCorrupt`` with the remedy.

    Retrieval (vectors, the embedding model) is opened with the first question that needs it. ``judge`` takes the place
    of the shipped judge of answerability.
    """
    return _assistant_over(settings, StoreReader(_store(settings)), make_model(settings), judge)


class Reloading(Assistant):
    """An assistant that follows the index: every request looks whether another version was put in use meanwhile.

    A version that cannot be opened leaves the one before at work. Opening raises as ``make_assistant`` does.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._model = make_model(settings)
        self._swapping = Lock()
        self._complaint = ""
        self._held = self._fresh()

    def _fresh(self) -> tuple[StoreReader, Assistant]:
        reader = StoreReader(_store(self._settings))
        made = _assistant_over(self._settings, reader, self._model)
        for id in reader.document_ids:
            reader.document(id)  # now, for this version's files may be removed while it still has to answer
        return reader, made

    @property
    def current(self) -> Assistant:
        if self._held[0].is_current():
            return self._held[1]
        with self._swapping:
            if not self._held[0].is_current():
                self._swap()
            return self._held[1]

    def _swap(self) -> None:
        try:
            self._held = self._fresh()
            self._complaint = ""
        except (AnzeError, OSError) as error:
            if str(error) != self._complaint:
                _log.warning("the new index cannot be used, the one before stays: %s", error)
            self._complaint = str(error)

    @property
    def library(self) -> Library:
        return self.current.library

    @property
    def reader(self) -> Reader:
        return self.current.reader

    @property
    def retriever(self) -> Retriever:
        return self.current.retriever

    @property
    def search_note(self) -> str:
        return self.current.search_note

    @property
    def model_name(self) -> str:
        return self.current.model_name

    def ask(self, question: Question) -> Answer:
        return self.current.ask(question)

    def stream(self, question: Question) -> Iterator[Answer]:
        return self.current.stream(question)


def _assistant_over(
    settings: Settings, reader: StoreReader, model: LanguageModel | None, judge: Judge | None = None
) -> Assistant:
    docs = docs_folder(settings.docs)
    library = Library(
        _Shelf(reader),
        load_register(docs / "organisations.toml"),
        load_basis(docs / "legal_basis.toml"),
        load_concepts(docs / "concepts.toml"),
        settings.day,
        _words(docs, reader),
    )
    understanding = Reader(library, load_places(docs / "places.toml"))
    phraser = _phraser(settings, docs, library, understanding, model) if model else None
    embedding, texts = reader.manifest.settings.embedding, texts_mark(reader.manifest)
    judge = judge or ShippedJudge(docs / "answerable" / "weights.npz", embedding, texts)
    return Assistant(library, understanding, lambda: make_retriever(settings, reader), phraser, judge)


def _phraser(settings: Settings, docs: Path, library: Library, understanding: Reader, model: LanguageModel) -> Phraser:
    from rag.generate.phrase import Phraser

    return Phraser(model, make_gate(docs, library, understanding), settings.llm_timeout_s, audit=_audit(settings))


def make_gate(docs: Path, library: Library, understanding: Reader) -> Gate:
    """The gate on generated sentences. Raises ``CorpusError`` where its word lists are missing."""
    from rag.gate.check import Gate
    from rag.gate.words import load_gate_words

    return Gate(library, understanding.titles, load_gate_words(docs / "gate.toml"))


def make_model(settings: Settings) -> LanguageModel | None:
    """The language model of the settings; ``None`` where none is set. Nothing is connected to yet.

    Raises ``SettingsError`` where the settings do not go together.
    """
    url, name = settings.llm_base_url, settings.llm_model
    if not url and not name:
        return None
    if not name:
        raise SettingsError("设置了 ANZE_LLM_BASE_URL，但没有设置 ANZE_LLM_MODEL。", "请写明模型名称，或删去前者。")
    if not url:
        raise SettingsError("设置了 ANZE_LLM_MODEL，但没有设置 ANZE_LLM_BASE_URL。", "请写明接口地址，或删去前者。")
    if not url.startswith(("http://", "https://")):
        raise SettingsError(
            "ANZE_LLM_BASE_URL 不是接口地址。", "请写成 http:// 或 https:// 开头的地址，例如 http://127.0.0.1:8000/v1。"
        )
    from rag.generate.client import EndpointModel

    return EndpointModel(url, name, settings.llm_api_key, settings.llm_timeout_s, settings.llm_concurrency)


def _audit(settings: Settings) -> Callable[[Answer], None]:
    """Keeps what a model wrote and was not shown. The database is opened with the first answer; one that cannot be
    written costs the record, never the answer.
    """
    from rag.history.audit import AuditLog
    from rag.history.database import open_engine

    opened: list[AuditLog] = []
    opening = Lock()

    def keep(answer: Answer) -> None:
        try:
            with opening:
                if not opened:
                    opened.append(AuditLog(open_engine(settings)))
            opened[0].add(answer)
        except AnzeError as error:
            _log.warning("the audit log could not be written: %s", error)

    return keep


def _words(docs: Path, reader: StoreReader) -> Words:
    topics, persons, speech = load_synonyms(docs / "synonyms.toml")
    titles = {entry.title for entry in reader.manifest.documents}
    try:
        with LawDatabase(locate()) as database:
            others = tuple(dict.fromkeys(law.name for law in database.laws if law.name not in titles))
    except AnzeError:
        others = ()
    wishes = load_wishes(docs / "wishes" / "weights.json")
    return Words(load_title_aliases(docs / "titles.toml"), topics, persons, others, speech, wishes)


def make_retriever(settings: Settings, reader: StoreReader) -> Retriever:
    """Open the search artefacts. Where vectors or the model are missing it searches by BM25 alone and says so."""
    from index.lexical import LexicalIndex
    from index.units import read_units
    from rag.retrieve import Retriever

    units = read_units(reader.read_bytes("units.json"))
    lexical = LexicalIndex.load(reader.part("lexical"))
    if not reader.manifest.dense:
        return Retriever(units, lexical, None, None, reader.manifest.dense_reason)
    try:
        from index.dense import open_store
        from index.embedding import make_embedder

        embedder = make_embedder(
            settings.embedding, base_url=settings.embedding_base_url, key=settings.embedding_api_key
        )
        if embedder is None:
            return Retriever(units, lexical, None, None, "设置为不使用向量检索")
        if embedder.model_id != reader.manifest.settings.embedding:
            return Retriever(units, lexical, None, None, "索引是用另一个向量模型建立的，请运行 anze index 重建索引")
        embedder.embed_query("安全生产")
        return Retriever(units, lexical, open_store(settings.vector_store, reader.part("dense")), embedder)
    except AnzeError as error:
        return Retriever(units, lexical, None, None, str(error))


def build(settings: Settings, *, force: bool = False, progress: Callable[[int, int], None] | None = None) -> Built:
    """Parse the documents and bring the index up to date. Raises what ``index`` raises; the old index stays usable."""
    from index.build import build_index
    from index.embedding import make_embedder
    from index.embedding_cache import open_caches
    from index.pipeline import load_expansions, parse_documents

    docs, store = docs_folder(settings.docs), _store(settings)
    documents = parse_documents(load_documents(docs, settings.laws), load_register(docs / "organisations.toml"))
    embedder = make_embedder(settings.embedding, base_url=settings.embedding_base_url, key=settings.embedding_api_key)
    caches = open_caches(embedder, docs / "embeddings", embeddings_folder(store)) if embedder else []
    before = _created(store)
    manifest = build_index(
        documents, load_expansions(docs), store, embedder, caches, progress,
        laws=laws_word(settings), vector_store=settings.vector_store, data=DataMarks.of(docs), force=force,
    )  # fmt: skip
    return Built(manifest, manifest.created != before, store)


def stale_reasons(settings: Settings) -> list[str]:
    """Why the index in use does not fit documents, data files and settings any more; empty where it does.

    Raises ``IndexMissing``.
    """
    manifest = StoreReader(_store(settings)).manifest
    docs = docs_folder(settings.docs)
    documents = [loaded.document for loaded in load_documents(docs, settings.laws)]
    wanted = BuildSettings.of(
        laws_word(settings), _wanted_model(settings, manifest), settings.vector_store, DataMarks.of(docs)
    )
    return staleness(manifest, documents, wanted)


def _wanted_model(settings: Settings, manifest: Manifest) -> str:
    """The model's id. One that failed at the build is no news: every answer that misses it says so."""
    from index.embedding import make_embedder

    failed = not manifest.dense and manifest.settings.embedding == "" and manifest.dense_reason != NO_EMBEDDER
    try:
        embedder = make_embedder(
            settings.embedding, base_url=settings.embedding_base_url, key=settings.embedding_api_key
        )
        return embedder.model_id if embedder and not failed else ""
    except AnzeError:
        return manifest.settings.embedding


def ship_embeddings(settings: Settings) -> Path:
    """Write the vectors of the indexed texts into the documents' folder, so that other machines compute none."""
    from index.embedding import make_embedder
    from index.embedding_cache import EmbeddingCache, cache_name, embed_with_cache, open_caches
    from index.pipeline import load_expansions, parse_documents
    from index.units import make_units

    docs, store = docs_folder(settings.docs), _store(settings)
    documents = parse_documents(load_documents(docs, settings.laws), load_register(docs / "organisations.toml"))
    _, texts, _ = make_units(documents, load_expansions(docs))
    embedder = make_embedder(settings.embedding)
    if embedder is None:
        raise SettingsError("没有设置向量模型，没有可导出的向量。", "请设置 ANZE_EMBEDDING。")
    vectors = embed_with_cache(embedder, texts, open_caches(embedder, docs / "embeddings", embeddings_folder(store)))
    target = docs / "embeddings" / cache_name(embedder.model_id)
    target.unlink(missing_ok=True)
    shipped = EmbeddingCache(target, embedder.model_id)
    for text, vector in zip(texts, vectors, strict=True):
        shipped.add(text, vector)
    shipped.save()
    return target


def export_texts(settings: Settings, folder: Path) -> int:
    """Write each indexed document's text to ``folder/<id>.txt``, byte for byte; returns how many."""
    reader = StoreReader(_store(settings))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for id in reader.document_ids:
            (folder / f"{id}.txt").write_bytes(reader.document(id).document.text.encode("utf-8"))
    except OSError as error:
        raise StoreUnwritable(f"无法写入“{folder}”：{why(error)}。", "请换一个可写的目录。") from error
    return len(reader.document_ids)


def laws_word(settings: Settings) -> str:
    """``settings.laws`` as one word for the manifest."""
    return settings.laws if isinstance(settings.laws, str) else "、".join(settings.laws)


def _store(settings: Settings) -> Path:
    return settings.store or default_store_folder()


def index_version(settings: Settings) -> str:
    """When the index in use was made, ISO 8601, UTC; ``""`` where there is none."""
    return _created(_store(settings))


def _created(store: Path) -> str:
    try:
        return StoreReader(store).manifest.created
    except AnzeError:
        return ""


class _Shelf:
    """The store as the library sees it."""

    def __init__(self, reader: StoreReader) -> None:
        self._reader = reader
        self.document = reader.document

    @property
    def document_ids(self) -> tuple[str, ...]:
        return self._reader.document_ids

    @property
    def infos(self) -> Mapping[str, DocumentInfo]:
        return {
            e.id: DocumentInfo(e.id, e.title, e.short_title or e.title, e.number, Family(e.family))
            for e in self._reader.manifest.documents
        }

"""What each part of retrieval is worth: BM25 alone, vectors alone, both; with, without, held out of the question bank.

*Without the bank* is an index built anew from the documents alone. *Held out* drops, for each gold question, the bank
questions of its own gold clauses while all other clauses keep theirs: the hard case of a clause nobody wrote questions
for. BM25's document frequencies stay those of the whole index there; rows are only kept from matching.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np

from eval.dataset import Gold, Place
from eval.remembering import RememberingEmbedder
from eval.systems import System
from index.corpus import docs_folder, load_documents
from index.dense import FaissStore
from index.embedding import Embedder, Vectors, make_embedder
from index.embedding_cache import embed_with_cache, open_caches
from index.lexical import LexicalIndex
from index.organisations import load_register
from index.pipeline import load_expansions, parse_documents
from index.store import default_store_folder, embeddings_folder
from index.units import Unit, UnitKind, make_units
from rag.retrieve import LEXICAL_WEIGHT, Retriever
from rag.settings import Settings

_NOWHERE = ""
"""The document id that held-out units get; no search asks for it."""


@dataclass(frozen=True)
class Material:
    """Search units with their texts and vectors (float32 [n, dim], ``None`` without an embedding model)."""

    units: tuple[Unit, ...]
    texts: tuple[str, ...]
    vectors: Vectors | None
    embedder: Embedder | None

    @cached_property
    def whole(self) -> Retriever:
        """Over all units."""
        return Retriever(self.units, self._lexical, self._dense, self.embedder)

    @cached_property
    def without_bank(self) -> Retriever:
        """Over an index of the documents' own text alone."""
        return self._passages.whole

    @cached_property
    def documents(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(unit.document for unit in self.units))

    def held_out(self, places: Sequence[Place]) -> Retriever:
        """Over all units; where ``documents`` are asked for, the bank questions of ``places`` are not found."""
        units = [
            replace(unit, document=_NOWHERE)
            if unit.kind is UnitKind.QUESTION and (unit.document, unit.top) in places
            else unit
            for unit in self.units
        ]
        return Retriever(units, self._lexical, self._dense, self.embedder)

    @cached_property
    def _passages(self) -> Material:
        rows = [at for at, unit in enumerate(self.units) if unit.kind is UnitKind.PASSAGE]
        vectors = None if self.vectors is None else np.ascontiguousarray(self.vectors[rows])
        units, texts = tuple(self.units[at] for at in rows), tuple(self.texts[at] for at in rows)
        return Material(units, texts, vectors, self.embedder)

    @cached_property
    def _lexical(self) -> LexicalIndex:
        return LexicalIndex.build([unit.key for unit in self.units], self.texts)

    @cached_property
    def _dense(self) -> FaissStore | None:
        return None if self.vectors is None else FaissStore.fill(self.vectors)


def load_material(settings: Settings) -> Material:
    """Units of the documents and the whole bank; vectors come from the caches as far as they reach."""
    docs, store = docs_folder(settings.docs), settings.store or default_store_folder()
    documents = parse_documents(load_documents(docs, settings.laws), load_register(docs / "organisations.toml"))
    units, texts, _ = make_units(documents, load_expansions(docs))
    embedder = make_embedder(settings.embedding, base_url=settings.embedding_base_url, key=settings.embedding_api_key)
    if embedder is None:
        return Material(tuple(units), tuple(texts), None, None)
    vectors = embed_with_cache(embedder, texts, open_caches(embedder, docs / "embeddings", embeddings_folder(store)))
    return Material(tuple(units), tuple(texts), vectors, RememberingEmbedder(embedder))


def ablations(material: Material) -> tuple[System, ...]:
    """The systems to compare, the shipped one first. Without vectors only BM25 is left of them."""
    weights = [("fused", "融合", LEXICAL_WEIGHT), ("bm25", "仅 BM25", 1.0), ("dense", "仅向量", 0.0)]
    if material.vectors is None:
        weights = [("bm25", "仅 BM25", 1.0)]
    held_out = cache(material.held_out)
    banks: list[tuple[str, str, Callable[[Gold], Retriever]]] = [
        ("bank", "含问题库", lambda _: material.whole),
        ("heldout", "问题库留出本题条款", lambda gold: held_out(gold.clauses)),
        ("nobank", "不含问题库", lambda _: material.without_bank),
    ]
    return tuple(
        System(f"{name}.{bank}", f"{title}，{words}", _search(choose, weight, material.documents))
        for bank, words, choose in banks
        for name, title, weight in weights
    )


def _search(
    choose: Callable[[Gold], Retriever], weight: float, documents: Sequence[str]
) -> Callable[[Gold, str, int], list[Place]]:
    def search(gold: Gold, query: str, k: int) -> list[Place]:
        hits = choose(gold).search(query, k, documents=documents, lexical_weight=weight)
        return [(hit.document, hit.clause) for hit in hits]

    return search

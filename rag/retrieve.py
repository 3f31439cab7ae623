"""Retrieval for open questions: BM25 and vectors over the search units, fused, best clauses first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.dense import VectorStore
from index.embedding import Embedder
from index.errors import BackendError
from index.lexical import LexicalIndex
from index.units import Unit, UnitKind

LEXICAL_WEIGHT = 0.35
_DEPTH = 300


@dataclass(frozen=True, slots=True)
class Hit:
    """One top-level clause. ``part`` is the id of the best matching unit in it, ``score`` the fused score in [0, 1].

    ``cosine`` and ``bm25`` are that unit's raw scores (``cosine`` is 0 without vectors); ``by_question`` tells that a
    question of the bank matched best, not the clause's own text.
    """

    document: str
    clause: str
    part: str
    score: float
    cosine: float
    bm25: float
    by_question: bool = False


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
        self._questions = np.array([unit.kind is UnitKind.QUESTION for unit in units], dtype=bool)
        tops = {key: at for at, key in enumerate(dict.fromkeys((u.document, u.top) for u in units))}
        self._tops = list(tops)
        self._top_of = np.array([tops[(u.document, u.top)] for u in units], dtype=np.int64)
        self._documents = np.array([u.document for u in units], dtype=object)

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
        """The ``k`` best clauses for ``query``, at most one hit a clause.

        ``documents`` restricts where to look, ``prior`` is added to the fused score of a document's units.
        """
        allowed = np.ones(len(self._units), dtype=bool)
        if documents is not None:
            allowed &= np.isin(self._documents, list(documents))
        if not use_bank:
            allowed &= ~self._questions
        if not allowed.any():
            return []
        bm25 = np.where(allowed, self._lexical.scores(query), 0.0).astype(np.float32)
        cosine = self._cosines(query)
        fused = bm25 / max(float(bm25.max()), 1e-9) if cosine is None else self._fuse(bm25, cosine, allowed, lexical_weight)
        if prior:
            fused = fused + np.array([prior.get(document, 0.0) for document in self._documents], dtype=np.float32)
        return self._best(np.where(allowed, fused, -1.0), bm25, cosine, k)

    def _cosines(self, query: str) -> NDArray[np.float32] | None:
        if self._dense is None or self._embedder is None:
            return None
        try:
            vector = self._embedder.embed_query(query)
        except BackendError:
            return None
        found = self._dense.search(vector, _DEPTH)
        lowest = found[-1][1] if found else 0.0
        cosine = np.full(len(self._units), lowest, dtype=np.float32)
        for row, score in found:
            cosine[row] = score
        return cosine

    def _fuse(
        self, bm25: NDArray[np.float32], cosine: NDArray[np.float32], allowed: NDArray[np.bool_], weight: float
    ) -> NDArray[np.float32]:
        """Weighted sum of min-max scores."""
        inside = cosine[allowed]
        spread = max(float(inside.max() - inside.min()), 1e-9)
        lexical = bm25 / max(float(bm25.max()), 1e-9)
        fused: NDArray[np.float32] = weight * lexical + (1 - weight) * (cosine - inside.min()) / spread
        return fused

    def _best(
        self, fused: NDArray[np.float32], bm25: NDArray[np.float32], cosine: NDArray[np.float32] | None, k: int
    ) -> list[Hit]:
        hits: list[Hit] = []
        seen: set[int] = set()
        for row in np.argsort(-fused, kind="stable"):
            top = int(self._top_of[row])
            if fused[row] <= 0 or len(hits) == k:
                break
            if top in seen:
                continue
            seen.add(top)
            unit = self._units[row]
            hits.append(
                Hit(
                    unit.document, unit.top, unit.clause, float(fused[row]),
                    float(cosine[row]) if cosine is not None else 0.0, float(bm25[row]),
                    unit.kind is UnitKind.QUESTION,
                )
            )  # fmt: skip
        return hits

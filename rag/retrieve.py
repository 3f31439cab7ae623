"""Retrieval for open questions: words and vectors over the search units, best clauses first.

A clause is searched by its own text and by the question bank's questions for it. Its score is a weighted sum: the share
of the question's words (by how rare they are) that its text has, and that its text and questions have together; the
cosine of its nearest text and of its nearest questions; and what ``rag.routing`` knows beforehand. Shares beat BM25
here: clauses are short, and a long one that has all the words is what is looked for.
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
from index.tokens import tokens
from index.units import Unit, UnitKind
from rag.routing import Routing, spread

LEXICAL_WEIGHT = 0.45
OWN_WORDS, ALL_WORDS = 10.0, 10.0
PASSAGE_COSINE, QUESTION_COSINE = 20.0, 40.0
"""Weights of the sum, chosen on one half of 1 400 questions written from the texts and checked on the other."""
SECOND = 0.4
"""How much of a clause's nearness by questions is that of its second nearest one: one stray match is not enough."""
SCALE = 20.0
"""What sums are divided by: scores of the best clauses are then between 1 and 2."""
DEPTH = 400
"""How many units the vector store is asked for; the others count as being as far as the last of them."""

_ASKING = frozenset("的了吗呢么是会要把被那哪谁什怎样多少几啥请问啊呀吧个能")
"""Characters that only ask: a clause does not answer a question because it has them, too."""

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Hit:
    """One top-level clause. ``score`` is about 0 to 2, a prior by document included.

    ``cosine`` is the best of its units (0 without vectors), ``words`` the share of the question's words it has, in
    [0, 1]; ``by_question`` tells that a question of the bank is nearer than the clause's own text.
    """

    document: str
    clause: str
    score: float
    cosine: float
    words: float
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

    def vector(self, query: str) -> Scores | None:
        """What the query is compared by, float32 [dim]; ``None`` where there are no vectors."""
        ...


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
        self._place = top_of + len(numbers) * asked
        self._routing = Routing(units, lexical, self._tops, top_of)

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        documents: Collection[str] | None = None,
        lexical_weight: float = LEXICAL_WEIGHT,
        use_bank: bool = True,
        prior: Mapping[str, float] | None = None,
        vector: Scores | None = None,
    ) -> list[Hit]:
        """The ``k`` best clauses for ``query``, best first.

        ``documents`` restricts where to look, ``prior`` is added to the scores of a document's clauses, ``vector`` is
        what ``vector`` gave for ``query``, where it was asked before. For comparison a ``lexical_weight`` of 1 ranks by
        plain BM25 and of 0 by cosine alone, both without routing.
        """
        allowed = (
            np.ones(len(self._tops), dtype=bool) if documents is None else np.isin(self._documents, list(documents))
        )
        if not allowed.any():
            return []
        if vector is None and lexical_weight < 1.0:
            vector = self.vector(query)
        cosines = self._cosines(vector) if vector is not None else None
        seen = self._see(query, cosines, use_bank)
        found = self._score(query, seen, lexical_weight, use_bank)
        found = np.where(allowed & (found > 0), found, -1.0)
        if prior:
            found += np.where(found > 0, spread(prior, self._documents), 0.0)
        order = np.argsort(-found, kind="stable")[:k]
        return [self._hit(int(top), float(found[top]), seen) for top in order if found[top] > 0]

    def _score(self, query: str, seen: _Seen, weight: float, use_bank: bool) -> Scores:
        """Scores of all clauses, float32 [clauses]; above zero where words or vectors found something."""
        if weight >= 1.0:
            bm25 = self._lexical.scores(query)
            sides = (self._passages, self._questions) if use_bank else (self._passages,)
            best = np.max([side.best(bm25) for side in sides], axis=0)
            return np.asarray(best / max(float(best.max()), 1e-9))
        words = OWN_WORDS * seen.own + ALL_WORDS * seen.all
        if seen.passages is None or seen.questions is None:
            return self._routed(words, query, use_bank)
        floor = np.float32(seen.floor)
        near = PASSAGE_COSINE * (seen.passages - floor) + QUESTION_COSINE * (seen.questions - floor)
        if weight <= 0.0:
            return np.asarray(near / SCALE, dtype=np.float32)
        return self._routed(2 * weight * words + 2 * (1 - weight) * near, query, use_bank)

    def _routed(self, total: NDArray[np.floating], query: str, use_bank: bool) -> Scores:
        """Sums with routing, scaled; what nothing matched stays at zero, what matched stays above it."""
        routed = np.maximum(total + self._routing.gains(query, use_bank=use_bank), 1e-3)
        return np.asarray(np.where(total > 0, routed, 0.0) / SCALE, dtype=np.float32)

    def _see(self, query: str, cosines: tuple[Scores, float] | None, use_bank: bool) -> _Seen:
        own, together = self._shares(query, use_bank)
        if cosines is None:
            return _Seen(own, together, None, None, None, 0.0)
        cosine, floor = cosines
        passages = np.maximum(self._passages.best(cosine), floor)
        if not use_bank:
            return _Seen(own, together, passages, passages, passages, floor)
        best, second = self._questions.best_two(cosine)
        # A clause nobody wrote questions for is taken to be as near by them as by its text, or others crowd it out.
        questions = np.where(self._questions.present, (1 - SECOND) * best + SECOND * second, passages)
        return _Seen(own, together, passages, questions, np.maximum(passages, best), floor)

    def _shares(self, query: str, use_bank: bool) -> tuple[Scores, Scores]:
        """Shares of the query's known tokens, weighted by rarity, in each clause's text and in text and questions."""
        count, held = len(self._tops), self._lexical
        own, together, most = np.zeros(count, np.float32), np.zeros(count, np.float32), 1e-9
        for token in dict.fromkeys(tokens(query)):
            column = held.vocabulary.get(token)
            if column is None or _ASKING.issuperset(token):
                continue
            places = self._place[held.rows[held.starts[column] : held.starts[column + 1]]]
            text, either = _clauses(places, count, use_bank)
            rare = np.float32(np.log1p((count - len(either) + 0.5) / (len(either) + 0.5)))
            own[text] += rare
            together[either] += rare
            most += float(rare)
        return own / np.float32(most), together / np.float32(most)

    def vector(self, query: str) -> Scores | None:
        """The query's embedding, float32 [dim]; ``None`` without vectors or where none could be had."""
        if self._dense is None or self._embedder is None:
            return None
        try:
            return self._embedder.embed_query(query)
        except BackendError:
            return None

    def _cosines(self, vector: Scores) -> tuple[Scores, float] | None:
        """Cosines of all units and the least that was looked up, which the others are given."""
        if self._dense is None:
            return None
        try:
            found = self._dense.search(vector, DEPTH)
        except BackendError:
            return None
        floor = found[-1][1] if found else 0.0
        cosine = np.full(len(self._units), floor, dtype=np.float32)
        for row, score in found:
            cosine[row] = score
        return cosine, floor

    def _hit(self, top: int, score: float, seen: _Seen) -> Hit:
        document, clause = self._tops[top]
        words = float(seen.all[top])
        if seen.passages is None or seen.nearest is None:
            return Hit(document, clause, score, 0.0, words, bool(seen.all[top] > 2 * seen.own[top]))
        nearest = float(seen.nearest[top])
        return Hit(document, clause, score, nearest, words, nearest > float(seen.passages[top]))


def _clauses(places: NDArray[np.int64], count: int, use_bank: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Clauses whose text holds a token and those whose text or questions do, each once; ``places`` as in ``_place``."""
    here = np.zeros(2 * count, dtype=bool)
    here[places] = True
    text = np.flatnonzero(here[:count])
    return text, np.flatnonzero(here[:count] | here[count:]) if use_bank else text


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a query shares with each clause, float32 [clauses] each. Without vectors there are words alone.

    ``passages`` and ``questions`` are what is weighed, ``nearest`` the cosine of the clause's nearest unit of all.
    """

    own: Scores
    all: Scores
    passages: Scores | None
    questions: Scores | None
    nearest: Scores | None
    floor: float


class _Side:
    """One kind of units, sorted by clause, to take each clause's best score in one pass."""

    def __init__(self, rows: NDArray[np.int64], top_of: NDArray[np.int64], tops: int) -> None:
        order = np.argsort(top_of[rows], kind="stable")
        self._rows = rows[order]
        self._clauses, self._starts = np.unique(top_of[self._rows], return_index=True)
        self._sizes = np.diff(np.append(self._starts, len(self._rows)))
        self.present = np.zeros(tops, dtype=bool)
        self.present[self._clauses] = True

    def best(self, scores: Scores) -> Scores:
        """The best score of each clause's units, float32 [clauses]; 0 for a clause without any."""
        best = np.zeros(len(self.present), dtype=np.float32)
        if len(self._rows):
            best[self._clauses] = np.maximum.reduceat(scores[self._rows], self._starts)
        return best

    def best_two(self, scores: Scores) -> tuple[Scores, Scores]:
        """The best score as ``best`` gives it and the next lower one, the same again where all are alike."""
        best = self.best(scores)
        second = best.copy()
        if len(self._rows):
            inside = scores[self._rows]
            lower = np.where(inside < np.repeat(best[self._clauses], self._sizes), inside, -np.inf)
            next_best = np.maximum.reduceat(lower, self._starts)
            second[self._clauses] = np.where(np.isfinite(next_best), next_best, best[self._clauses])
        return best, second

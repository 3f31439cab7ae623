"""MRR@k: one over the rank of the first gold clause, 0 below rank ``k`` (Voorhees 1999, TREC-8 question answering)."""

from __future__ import annotations

from collections.abc import Sequence

from eval.dataset import Place
from eval.metrics.measure import Measure
from eval.metrics.ranking import by_source


def reciprocal_rank(ranking: Sequence[Place], gold: frozenset[Place], k: int) -> float:
    """In [0, 1]."""
    return next((1 / rank for rank, place in enumerate(ranking[:k], 1) if place in gold), 0.0)


def mrr_measures(k: int) -> tuple[Measure, Measure]:
    """MRR@k of the citations and of the retriever."""
    return by_source(
        f"mrr@{k}", f"MRR@{k}", f"首个正确条款名次的倒数（前{k}条内）",
        lambda ranking, gold: reciprocal_rank(ranking, gold, k),
    )  # fmt: skip

"""hit@k: whether a gold clause is among the first ``k`` (success@k; Manning, Raghavan & Schütze 2008, ch. 8)."""

from __future__ import annotations

from collections.abc import Sequence

from eval.dataset import Place
from eval.metrics.measure import Measure
from eval.metrics.ranking import by_source


def hit(ranking: Sequence[Place], gold: frozenset[Place], k: int) -> float:
    """1.0 or 0.0."""
    return float(any(place in gold for place in ranking[:k]))


def hit_measures(k: int) -> tuple[Measure, Measure]:
    """hit@k of the citations and of the retriever."""
    return by_source(
        f"hit@{k}", f"hit@{k}", f"前{k}条中有正确条款的问题比例", lambda ranking, gold: hit(ranking, gold, k)
    )

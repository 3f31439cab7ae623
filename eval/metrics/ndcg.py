"""nDCG@k with gains 0 and 1 and the discount 1 / log2(rank + 1) (Järvelin & Kekäläinen 2002)."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

from eval.dataset import Place
from eval.metrics.measure import Measure
from eval.metrics.ranking import by_source


def ndcg(ranking: Sequence[Place], gold: frozenset[Place], k: int) -> float:
    """In [0, 1]; the ideal ranking has all of ``gold`` first. ``ranking`` must not repeat a clause."""
    ideal = sum(1 / log2(rank + 1) for rank in range(1, min(len(gold), k) + 1))
    gained = sum(1 / log2(rank + 1) for rank, place in enumerate(ranking[:k], 1) if place in gold)
    return gained / ideal if ideal else 0.0


def ndcg_measures(k: int) -> tuple[Measure, Measure]:
    """nDCG@k of the citations and of the retriever."""
    return by_source(
        f"ndcg@{k}", f"nDCG@{k}", f"归一化折损累计增益（前{k}条）", lambda ranking, gold: ndcg(ranking, gold, k)
    )

"""Every measure of a run, in the order of the report."""

from __future__ import annotations

from eval.metrics.citation_precision import CITATION_PRECISION
from eval.metrics.citation_recall import CITATION_RECALL
from eval.metrics.duty_exact import DUTY_EXACT
from eval.metrics.duty_precision import DUTY_PRECISION
from eval.metrics.duty_recall import DUTY_RECALL
from eval.metrics.facts import FACTS
from eval.metrics.gate import GATE_MS, LIES_PASSED, TRUTHS_DROPPED
from eval.metrics.hit import hit_measures
from eval.metrics.latency import STAGES, latency
from eval.metrics.measure import Aggregate, Measure
from eval.metrics.mrr import mrr_measures
from eval.metrics.ndcg import ndcg_measures
from eval.metrics.refusal import FALSE_REFUSALS, REFUSAL_ACCURACY, REFUSAL_REASON
from eval.metrics.right import ANSWERED_RIGHT, HANDLED
from eval.metrics.verbatim import VERBATIM
from eval.metrics.wrongly_named import WRONGLY_NAMED

_RANKINGS = (hit_measures(1), hit_measures(5), mrr_measures(10), ndcg_measures(10))
CITED = tuple(cited for cited, _ in _RANKINGS)
RETRIEVED = tuple(retrieved for _, retrieved in _RANKINGS)
RANKING_DEPTH = 10
"""How many clauses the deepest ranking measure looks at."""

MEASURES: tuple[Measure, ...] = (
    HANDLED,
    ANSWERED_RIGHT,
    FACTS,
    DUTY_EXACT,
    DUTY_PRECISION,
    DUTY_RECALL,
    WRONGLY_NAMED,
    *CITED,
    *RETRIEVED,
    CITATION_PRECISION,
    CITATION_RECALL,
    VERBATIM,
    REFUSAL_ACCURACY,
    REFUSAL_REASON,
    FALSE_REFUSALS,
    LIES_PASSED,
    TRUTHS_DROPPED,
    GATE_MS,
    *(latency(stage, aggregate) for stage in STAGES for aggregate in (Aggregate.P50, Aggregate.P95)),
)
BY_NAME = {measure.name: measure for measure in MEASURES}

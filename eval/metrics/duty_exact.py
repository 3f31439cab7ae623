"""Exact match of the duty list: every clause in the right tier, nothing missing, nothing besides.

Rajpurkar et al. 2016 (exact match), applied to sets. A refusal is no list, not even of an organisation with no duties.
"""

from __future__ import annotations

from eval.metrics.duty_sets import asks_for_duties, pair
from eval.metrics.measure import Case, Measure


def duty_exact(case: Case) -> float:
    wanted, got = pair(case)
    return float(not case.answer.refused and wanted == got)


DUTY_EXACT = Measure(
    "duty_exact", "任务清单完全一致", "点名、正文、成员各类条款与人工清单逐项相同",
    asks_for_duties, duty_exact, unanswered=0.0,
)  # fmt: skip

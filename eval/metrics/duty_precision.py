"""Precision of the duty list: the share of listed (tier, clause) pairs that are right.

Manning, Raghavan & Schütze 2008, ch. 8. Where nothing is listed: 1 if there was nothing to list, else 0.
"""

from __future__ import annotations

from eval.metrics.duty_sets import asks_for_duties, pair
from eval.metrics.measure import Case, Measure


def duty_precision(case: Case) -> float:
    wanted, got = pair(case)
    if not got:
        return float(not wanted and not case.answer.refused)
    return len(wanted & got) / len(got)


DUTY_PRECISION = Measure(
    "duty_precision", "任务清单精确率", "列出的（类别，条款）中正确的比例",
    asks_for_duties, duty_precision, unanswered=0.0,
)  # fmt: skip

"""Recall of the duty list: the share of the right (tier, clause) pairs that are listed.

Manning, Raghavan & Schütze 2008, ch. 8. Where there is nothing to list any answer but a refusal has all of it.
"""

from __future__ import annotations

from eval.metrics.duty_sets import asks_for_duties, pair
from eval.metrics.measure import Case, Measure


def duty_recall(case: Case) -> float:
    wanted, got = pair(case)
    if not wanted:
        return float(not case.answer.refused)
    return len(wanted & got) / len(wanted)


DUTY_RECALL = Measure(
    "duty_recall", "任务清单召回率", "应列的（类别，条款）中已列出的比例",
    asks_for_duties, duty_recall, unanswered=0.0,
)  # fmt: skip

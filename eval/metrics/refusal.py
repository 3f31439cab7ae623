"""Refusals (unanswerable questions after Rajpurkar, Jia & Liang 2018), three measures of one thing.

``refusal_accuracy``: unanswerable questions that are refused. ``refusal_reason``: … with the very reason of the gold.
``false_refusals``: answerable questions that are refused; a question left without an answer is one of them.
"""

from __future__ import annotations

from eval.metrics.measure import Measure, answerable, unanswerable

REFUSAL_ACCURACY = Measure(
    "refusal_accuracy", "拒答正确率", "不可回答的问题中被拒答的比例",
    unanswerable, lambda case: float(case.answer.refused), unanswered=0.0,
)  # fmt: skip
REFUSAL_REASON = Measure(
    "refusal_reason", "拒答理由正确率", "不可回答的问题中，拒答且理由与标准一致的比例",
    lambda case: not case.gold.answerable and case.gold.reason is not None,
    lambda case: float(case.answer.refused and case.answer.reason == case.gold.reason), unanswered=0.0,
)  # fmt: skip
FALSE_REFUSALS = Measure(
    "false_refusals", "误拒率", "可回答的问题中被拒答（或没有回答）的比例",
    answerable, lambda case: float(case.answer.refused), unanswered=1.0, lower_is_better=True,
)  # fmt: skip

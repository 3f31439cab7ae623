"""The gate on generated answers, measured on adversarial drafts (``eval.drafts``), not on questions."""

from __future__ import annotations

from eval.metrics.measure import Aggregate, Measure

LIES_PASSED = Measure(
    "lies_passed", "放行的假句", "对抗草稿中，内容不实而被放行的句数",
    lambda _: False, lambda _: None, unanswered=None, aggregate=Aggregate.SUM, lower_is_better=True,
)  # fmt: skip
TRUTHS_DROPPED = Measure(
    "truths_dropped", "误删的真句", "对抗草稿中，内容属实（含手写的改写）而被删去的比例",
    lambda _: False, lambda _: None, unanswered=None, lower_is_better=True,
)  # fmt: skip
GATE_MS = Measure(
    "gate_ms", "逐句核对用时", "核对一句话所用的处理器毫秒数（第95百分位）",
    lambda _: False, lambda _: None, unanswered=None, aggregate=Aggregate.P95, lower_is_better=True, gated=False,
    digits=2,
)  # fmt: skip

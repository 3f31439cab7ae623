"""Milliseconds by stage, at the 50th and 95th percentile (linear interpolation), as the answers report them.

Machines differ, so latency is shown and not held against the baseline; the bench measures it properly.
"""

from __future__ import annotations

from eval.metrics.measure import Aggregate, Measure

STAGES = ("understand", "retrieve", "compose", "total")
_TITLES = {"understand": "理解", "retrieve": "检索", "compose": "组织答案", "total": "总计"}


def latency(stage: str, aggregate: Aggregate) -> Measure:
    """``latency.<stage>.p50`` or ``.p95``; a question without an answer has no time."""
    title = _TITLES.get(stage, stage)
    return Measure(
        f"latency.{stage}.{aggregate}", f"{title}用时 {aggregate}（毫秒）", f"回答自报的{title}用时的{aggregate}",
        lambda case: case.given is not None, lambda case: case.answer.timings_ms.get(stage), unanswered=None,
        aggregate=aggregate, lower_is_better=True, gated=False, digits=1,
    )  # fmt: skip

"""Rows an answer calls ``named`` although the bracket does not name that party: the worst mistake of all.

A count over every answer, not only over duty questions: rows of any party are held against the question's own list or
the hand-made table; parties in neither can't be judged and are not counted. An unanswered question names nobody.
"""

from __future__ import annotations

from eval.metrics.measure import Aggregate, Case, Measure


def wrongly_named(case: Case) -> float:
    truth = dict(case.world.named)
    if case.gold.duties is not None:
        truth[case.gold.duties.organisation] = case.gold.duties
    claimed = {(row.party, row.clause) for row in case.answer.duties if row.tier == "named" and row.party in truth}
    return float(sum(clause not in truth[party].named for party, clause in claimed))


WRONGLY_NAMED = Measure(
    "wrongly_named", "误称“点名”（条）", "回答称为“点名”而责任括号并未点名的条数，合计",
    lambda _: True, wrongly_named, unanswered=0.0, aggregate=Aggregate.SUM, lower_is_better=True, digits=0,
)  # fmt: skip

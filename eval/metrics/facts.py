"""Fact accuracy: the share of required facts the answer states (nugget recall; Voorhees 2003, TREC definition task).

A fact is a list of wordings of which one must stand in the answer's text, width, spacing and markup aside. Words inside
a refusal do not count.
"""

from __future__ import annotations

from eval.dataset import Gold
from eval.given import Given
from eval.metrics.measure import Measure
from eval.metrics.wording import holds, readable


def facts_stated(gold: Gold, given: Given) -> float:
    """In [0, 1]; 1 where the gold requires none."""
    if given.refused:
        return 0.0
    if not gold.facts:
        return 1.0
    text = readable(given.text)
    return sum(any(holds(text, words) for words in fact) for fact in gold.facts) / len(gold.facts)


FACTS = Measure(
    "fact_accuracy", "事实准确率", "应答出的事实中，回答正文写明的比例",
    lambda case: case.gold.answerable and bool(case.gold.facts),
    lambda case: facts_stated(case.gold, case.answer), unanswered=0.0,
)  # fmt: skip

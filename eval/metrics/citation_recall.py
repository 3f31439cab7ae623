"""Citation recall: the share of gold clauses that are cited (after ALCE; Gao et al. 2023, with clauses as passages)."""

from __future__ import annotations

from eval.metrics.measure import Case, Measure


def citation_recall(case: Case) -> float:
    cited, gold = set(case.answer.cited), set(case.gold.clauses)
    return len(cited & gold) / len(gold)


CITATION_RECALL = Measure(
    "citation_recall", "引用召回率", "标准条款中被引用的比例",
    lambda case: case.gold.answerable and bool(case.gold.clauses), citation_recall, unanswered=0.0,
)  # fmt: skip

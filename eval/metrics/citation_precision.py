"""Citation precision: the share of cited clauses that are gold clauses (after ALCE; Gao et al. 2023, by clauses).

Strict on purpose: a legal basis cited beside the answer counts against it unless the gold has it, too.
Nothing cited scores 0.
"""

from __future__ import annotations

from eval.metrics.measure import Case, Measure


def citation_precision(case: Case) -> float:
    cited, gold = set(case.answer.cited), set(case.gold.clauses)
    return len(cited & gold) / len(cited) if cited else 0.0


CITATION_PRECISION = Measure(
    "citation_precision", "引用精确率", "引用的条款中属于标准条款的比例（附带的法律依据也计入分母）",
    lambda case: case.gold.answerable and bool(case.gold.clauses), citation_precision, unanswered=0.0,
)  # fmt: skip

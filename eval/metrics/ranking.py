"""Ranked clauses, from two sources: the order of an answer's citations, and the retriever's own ranking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from eval.dataset import Place
from eval.metrics.measure import Case, Measure

Score = Callable[[Sequence[Place], frozenset[Place]], float]


class Source(StrEnum):
    """``CITED`` judges answers, ``RETRIEVED`` the retriever under the assistant's own reading of the question."""

    CITED = "cited"
    RETRIEVED = "retrieved"


def has_clauses(case: Case) -> bool:
    """Questions with clauses to find; duty lists are computed, not found, and have measures of their own."""
    return case.gold.answerable and bool(case.gold.clauses) and case.gold.duties is None


def was_ranked(case: Case) -> bool:
    return has_clauses(case) and case.ranking is not None


def by_source(name: str, title: str, definition: str, score: Score) -> tuple[Measure, Measure]:
    """``cited.<name>`` and ``retrieved.<name>``. Nothing cited, or a refusal, scores as an empty ranking."""
    return (
        Measure(
            f"{Source.CITED}.{name}", f"引用 {title}", f"按回答的引用次序，{definition}", has_clauses,
            lambda case: score(case.answer.cited, frozenset(case.gold.clauses)), unanswered=0.0,
        ),
        Measure(
            f"{Source.RETRIEVED}.{name}", f"检索 {title}", f"按检索的排序，{definition}", was_ranked,
            lambda case: score(case.ranking or (), frozenset(case.gold.clauses)), unanswered=None,
        ),
    )  # fmt: skip

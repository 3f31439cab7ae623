"""What a measure is: a score for each question first, a figure over them second."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from eval.dataset import DutyList, Gold, Place
from eval.given import Given


class Aggregate(StrEnum):
    """How the scores of the questions become one figure."""

    MEAN = "mean"
    SUM = "sum"
    P50 = "p50"
    P95 = "p95"


def _no_text(_: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class World:
    """What answers are held against besides the gold: document texts by id, and the hand-made duty table."""

    text: Callable[[str], str | None] = _no_text
    named: Mapping[str, DutyList] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what came of it. ``given`` is ``None`` where no answer came.

    ``ranking`` holds the retriever's clauses, best first; ``None`` where retrieval was not run.
    """

    gold: Gold
    given: Given | None = None
    ranking: tuple[Place, ...] | None = None
    world: World = field(default_factory=World)

    @property
    def answer(self) -> Given:
        """The answer of an answered question. Raises ``ValueError`` for another."""
        if self.given is None:
            raise ValueError(f"{self.gold.id} has no answer")
        return self.given


@dataclass(frozen=True, slots=True)
class Measure:
    """``value`` is called where the measure applies and returns ``None`` where there is nothing to measure.

    ``unanswered`` is what a question without an answer scores instead, so that a missing answer can't raise an average;
    ``None`` for measures that do not look at the answer.

    ``title`` and ``definition`` are Chinese, for the report. ``gated`` measures are held against the baseline.
    """

    name: str
    title: str
    definition: str
    applies: Callable[[Case], bool]
    value: Callable[[Case], float | None]
    unanswered: float | None
    aggregate: Aggregate = Aggregate.MEAN
    lower_is_better: bool = False
    gated: bool = True
    digits: int = 3

    def score(self, case: Case) -> float | None:
        """The score of one question; ``None`` where the measure says nothing about it."""
        if not self.applies(case):
            return None
        if case.given is None and self.unanswered is not None:
            return self.unanswered
        return self.value(case)


def answerable(case: Case) -> bool:
    return case.gold.answerable


def unanswerable(case: Case) -> bool:
    return not case.gold.answerable

"""Run a gold set over an assistant: per-question records first, figures second.

``answers.jsonl`` holds what was answered, one contract object a line; ``records.jsonl`` what it scored. Both have the
same format for anyone's gold set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from eval.dataset import Gold, Place
from eval.figures import Figure, figures
from eval.given import Given, given_from_json
from eval.metrics.catalogue import MEASURES, RANKING_DEPTH
from eval.metrics.measure import Case, World
from eval.metrics.right import faults
from eval.slices import HEADLINE, by_intent, by_register
from rag.model import Answer, Question

Ask = Callable[[Question], Answer]
Rank = Callable[[str, int], Sequence[Place]]
"""(question, k) → the ``k`` best clauses, best first, each once."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Record:
    """One question with its answer and scores. ``error`` says why no answer came; ``""`` where one did."""

    case: Case
    answer: Mapping[str, Any] | None
    scores: Mapping[str, float]
    error: str = ""

    @property
    def wrong(self) -> tuple[str, ...]:
        """What is wrong with it, in Chinese; empty where it was handled right."""
        if self.case.gold.answerable:
            return faults(self.case)
        if self.case.given is None:
            return ("没有得到回答",)
        return () if self.case.given.refused else ("应拒答而未拒答",)

    def to_json(self) -> dict[str, Any]:
        """What stands in ``records.jsonl``."""
        gold = self.case.gold
        return {
            "id": gold.id, "question": gold.question, "intent": gold.intent, "register": gold.register, "lay": gold.lay,
            "split": gold.split, "answerable": gold.answerable, "clauses": gold.clauses, "facts": gold.facts,
            "wrong": self.wrong, "error": self.error, "ranking": self.case.ranking, "scores": dict(self.scores),
            "answer": self.answer,
        }  # fmt: skip


def run(
    gold: Sequence[Gold], ask: Ask, world: World, rank: Rank | None = None, progress: Progress = lambda _d, _t: None
) -> tuple[Record, ...]:
    """Ask every question once, in order, and score it. An exception is that question's missing answer."""
    records: list[Record] = []
    for done, one in enumerate(gold, 1):
        answer, error = _ask(ask, one)
        records.append(score(one, answer, world, rank, error))
        progress(done, len(gold))
    return tuple(records)


def score_answers(
    gold: Sequence[Gold], answers: Mapping[str, Mapping[str, Any]], world: World, rank: Rank | None = None
) -> tuple[Record, ...]:
    """The same for answers that were given elsewhere, by question id; a question without one is unanswered."""
    return tuple(
        score(one, answers.get(one.id), world, rank, "" if one.id in answers else "回答文件中没有这个问题")
        for one in gold
    )


def score(
    gold: Gold, answer: Mapping[str, Any] | None, world: World, rank: Rank | None = None, error: str = ""
) -> Record:
    """One question's record. The retriever gets the question as the assistant resolved it."""
    given = None if answer is None else given_from_json(answer)
    ranking = tuple(rank(query(gold, given), RANKING_DEPTH)) if rank and gold.answerable and gold.clauses else None
    case = Case(gold, given, ranking, world)
    scores = {measure.name: value for measure in MEASURES if (value := measure.score(case)) is not None}
    return Record(case, answer, scores, error)


def query(gold: Gold, given: Given | None) -> str:
    """What to search for: the question with follow-ups resolved, or as it was asked where nobody resolved it."""
    return (given.rewritten if given else "") or gold.question


def all_figures(records: Iterable[Record]) -> tuple[Figure, ...]:
    """Headline slices, then intents, then registers."""
    cases = [record.case for record in records]
    slices = (*HEADLINE, *by_intent(cases), *by_register(cases))
    return figures(slices, MEASURES, cases)


def write_records(folder: Path, records: Iterable[Record]) -> None:
    """Write ``answers.jsonl`` and ``records.jsonl`` into ``folder``, which is made where need be."""
    folder.mkdir(parents=True, exist_ok=True)
    found = tuple(records)
    answers = [record.answer for record in found if record.answer is not None]
    (folder / "answers.jsonl").write_bytes(_lines(answers))
    (folder / "records.jsonl").write_bytes(_lines(record.to_json() for record in found))


def _lines(rows: Iterable[Any]) -> bytes:
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def _ask(ask: Ask, gold: Gold) -> tuple[Mapping[str, Any] | None, str]:
    # Whatever goes wrong with one question must count against it and not end the run.
    try:
        return orjson.loads(orjson.dumps(ask(gold.asked()).to_json())), ""
    except Exception as error:
        return None, f"{type(error).__name__}：{error}"

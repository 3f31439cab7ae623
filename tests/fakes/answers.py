"""Answers as an assistant would give them, made by hand, over one small document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eval.dataset import DutyList, Gold, Place
from eval.given import given_from_json
from eval.metrics.measure import Case, World
from index.model import Span
from rag.model import Answer, Citation, DutyRow, Question, Reason, Understood

DOCUMENT = "plan"
TEXT = "第一项 每季度至少公布3个案例。第二项 职责清单3月底前报送。"


def text_of(document: str) -> str | None:
    """The text of the one document there is."""
    return TEXT if document == DOCUMENT else None


def world(named: Mapping[str, DutyList] | None = None) -> World:
    """The one document, and the duty table given."""
    return World(text_of, named or {})


def cite(marker: int, quote: str, clause: str = "1", start: int | None = None) -> Citation:
    """A citation of ``quote``, where it stands unless ``start`` says otherwise."""
    at = TEXT.index(quote) if start is None else start
    span = Span(at, at + len(quote))
    return Citation(marker, DOCUMENT, "要点", None, clause, f"第{clause}项", quote, span, "现行有效")


def duty(clause: str, tier: str = "named", party: str = "市住建局") -> DutyRow:
    """One row of a duty list."""
    return DutyRow(DOCUMENT, clause, party, "分工负责", tier, None)


def answer(
    text: str = "每季度至少公布3个案例。[1]",
    citations: Sequence[Citation] = (),
    duties: Sequence[DutyRow] = (),
    reason: Reason | None = None,
    id: str = "a",
    timings: Mapping[str, float] | None = None,
    rewritten: str = "",
) -> Answer:
    """An answer with the given parts."""
    understood = Understood("open", (), rewritten)
    return Answer(
        id, "问题", understood, text, tuple(citations), tuple(duties), reason, dict(timings or {"total": 1.0})
    )


def case(gold: Gold, given: Answer | None, ranking: tuple[Place, ...] | None = None, **table: DutyList) -> Case:
    """``gold`` answered by ``given``, as the published contract carries it."""
    made = None if given is None else given_from_json(given.to_json())
    return Case(gold, made, ranking, world({duties.organisation: duties for duties in table.values()}))


class Scripted:
    """Answers each question id as told; raises what stands for it where that is an exception."""

    def __init__(self, script: Mapping[str, Answer | Exception]) -> None:
        self._script = script
        self.asked: list[Question] = []

    def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        found: Any = self._script[question.id or ""]
        if isinstance(found, Exception):
            raise found
        return found  # type: ignore[no-any-return]

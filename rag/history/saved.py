"""An answer as JSON and back, nothing lost: the contract's object with what it leaves out beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from index.errors import StoreUnwritable
from index.model import Deadline, DeadlineKind, Span
from rag.model import Answer, Citation, DutyRow, Reason, Understood


def dump_answer(answer: Answer) -> str:
    """The answer as one line of JSON."""
    raw = {**answer.to_json(), "timings_ms": answer.timings_ms}
    for citation, into in zip(answer.citations, raw["citations"], strict=True):
        into["verified"] = citation.verified
    for duty, into in zip(answer.duties, raw["duties"], strict=True):
        for deadline, told in zip(duty.deadlines, into["deadlines"], strict=True):
            told |= {"start": deadline.span.start, "end": deadline.span.end}
            told |= {"value": deadline.value, "unit": deadline.unit}
    return orjson.dumps(raw).decode()


def load_answer(text: str) -> Answer:
    """What ``dump_answer`` wrote. Raises ``StoreUnwritable`` for anything else."""
    try:
        return _answer(orjson.loads(text))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise StoreUnwritable("保存的回答无法读取，数据可能已损坏。", "请删除这个对话，重新提问。") from error


def _answer(raw: Mapping[str, Any]) -> Answer:
    understood = raw["understood"]
    return Answer(
        raw["id"], raw["question"],
        Understood(understood["intent"], tuple(understood["organisations"]), understood["rewritten"]),
        raw["text"], tuple(map(_citation, raw["citations"])), tuple(map(_duty, raw["duties"])),
        Reason(raw["reason"]) if raw["reason"] else None, dict(raw["timings_ms"]),
    )  # fmt: skip


def _citation(raw: Mapping[str, Any]) -> Citation:
    return Citation(
        raw["marker"], raw["document"], raw["title"], raw["number"], raw["clause"], raw["label"], raw["quote"],
        Span(raw["start"], raw["end"]), raw["status"], raw["verified"],
    )  # fmt: skip


def _duty(raw: Mapping[str, Any]) -> DutyRow:
    return DutyRow(
        raw["document"], raw["clause"], raw["party"], raw["role"], raw["tier"], raw["via"],
        tuple(map(_deadline, raw["deadlines"])),
    )  # fmt: skip


def _deadline(raw: Mapping[str, Any]) -> Deadline:
    span = Span(raw["start"], raw["end"])
    return Deadline(raw["text"], DeadlineKind(raw["kind"]), span, raw["due"], raw["rrule"], raw["value"], raw["unit"])

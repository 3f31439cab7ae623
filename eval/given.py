"""An answer as the published contract gives it: from our assistant, from a file, from anyone's system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from eval.dataset import Place
from index.errors import QuestionError


@dataclass(frozen=True, slots=True)
class GivenCitation:
    """``quote`` should be the document's text at ``start:end``."""

    marker: int
    document: str
    clause: str
    label: str
    quote: str
    start: int
    end: int

    @property
    def place(self) -> Place:
        return self.document, self.clause


@dataclass(frozen=True, slots=True)
class GivenDuty:
    document: str
    clause: str
    party: str
    role: str
    tier: str


@dataclass(frozen=True, slots=True)
class Given:
    """What was answered. ``rewritten`` is the question after follow-ups were resolved."""

    id: str | None
    question: str
    intent: str
    rewritten: str
    refused: bool
    reason: str | None
    text: str
    citations: tuple[GivenCitation, ...] = ()
    duties: tuple[GivenDuty, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def cited(self) -> tuple[Place, ...]:
        """Clauses the answer rests on, first cited first, each once; a refusal rests on none."""
        if self.refused:
            return ()
        return tuple(dict.fromkeys(c.place for c in sorted(self.citations, key=lambda c: c.marker)))


def given_from_json(raw: Mapping[str, Any]) -> Given:
    """One contract object. Raises ``QuestionError`` where a field is missing or of the wrong kind."""
    try:
        understood = raw["understood"]
        return Given(
            raw["id"], raw["question"], understood["intent"], understood["rewritten"],
            bool(raw["refused"]), raw["reason"], str(raw["text"]),
            tuple(
                GivenCitation(
                    int(c["marker"]), c["document"], c["clause"], c["label"], c["quote"], int(c["start"]), int(c["end"])
                )
                for c in raw["citations"]
            ),
            tuple(GivenDuty(d["document"], d["clause"], d["party"], d["role"], d["tier"]) for d in raw["duties"]),
            {stage: float(value) for stage, value in raw["timings_ms"].items()},
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise QuestionError(f"回答不符合约定的格式：{error!r}。", "应为 anze ask --json 输出的对象。") from error


def read_answers(path: Path) -> dict[str, Mapping[str, Any]]:
    """Contract objects by id, as ``anze ask --batch`` writes them. Raises ``QuestionError`` naming the line."""
    found: dict[str, Mapping[str, Any]] = {}
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise QuestionError(f"回答文件 {path} 无法读取：{error.strerror}。", "请检查路径。") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            raw = orjson.loads(line)
            given = given_from_json(raw)
        except (orjson.JSONDecodeError, QuestionError) as error:
            raise QuestionError(f"{path.name} 第{number}行：{error}") from error
        found[str(given.id)] = raw
    return found

"""Questions as JSON lines, for the channels that take them (batch files, REST)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from index.errors import QuestionError
from rag.model import Question, Turn


def question_from_json(line: str | bytes, default_org: str | None = None) -> Question:
    """One input line of the contract. Raises ``QuestionError`` naming what is wrong with it."""
    try:
        raw = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise QuestionError(f"不是合法的 JSON：{error}。", "每行应是一个对象，至少含 question。") from error
    if not isinstance(raw, Mapping):
        raise QuestionError("不是 JSON 对象。", "每行应是一个对象，至少含 question。")
    return question_from_object(raw, default_org)


def question_from_object(raw: Mapping[str, Any], default_org: str | None = None) -> Question:
    """The same for an object already decoded."""
    text, org, identifier = raw.get("question"), raw.get("org"), raw.get("id")
    if not isinstance(text, str):
        raise QuestionError("缺少 question，或它不是文字。", '请写成 {"question": "…"}。')
    if org is not None and not isinstance(org, str):
        raise QuestionError("org 应是文字。", '例如 "org": "市住建局"。')
    return Question(
        text, org or default_org, _history(raw.get("history")), None if identifier is None else str(identifier)
    )


def _history(raw: Any) -> tuple[Turn, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list) or not all(
        isinstance(t, Mapping) and isinstance(t.get("role"), str) and isinstance(t.get("content"), str) for t in raw
    ):
        raise QuestionError("history 应是由 role 和 content 组成的列表。", "")
    return tuple(Turn(t["role"], t["content"]) for t in raw)

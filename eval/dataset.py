"""Gold questions: one JSON object a line, checked at the edge, frozen from there on.

Only ``id`` and ``question`` are required, so that anybody's set can be run. ``clauses`` are the clauses an answer must
rest on, ``facts`` an AND of OR-lists of words the answer must hold, ``forbidden`` words it must not, ``duties`` the
complete duty list of one organisation by tier, ``evidence`` the verbatim words the question was written from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from index.errors import QuestionError
from rag.model import Question, Reason, Turn

GOLD = Path(__file__).resolve().parent / "gold"
QUESTIONS = GOLD / "questions.jsonl"
NAMED = GOLD / "named.jsonl"

DEV = "dev"
TEST = "test"
ALL = "all"

Place = tuple[str, str]
"""(document id, top-level clause id)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that stand in ``clause`` of ``document`` exactly so."""

    document: str
    clause: str
    quote: str


@dataclass(frozen=True, slots=True)
class DutyList:
    """The clauses that reach ``organisation`` (canonical name) by tier; ``possible`` is ``None`` where not checked."""

    organisation: str
    named: frozenset[str]
    body: frozenset[str]
    member: frozenset[str]
    possible: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Gold:
    """One question with what a right answer is. ``line`` is its line in the file, ``lay`` everyday wording."""

    id: str
    question: str
    line: int = 0
    org: str | None = None
    history: tuple[Turn, ...] = ()
    intent: str = "open"
    register: str = "formal"
    answerable: bool = True
    reason: Reason | None = None
    clauses: tuple[Place, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    forbidden: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    duties: DutyList | None = None
    lay: bool = False

    @property
    def split(self) -> str:
        return split(self.id)

    def asked(self) -> Question:
        """The question as an assistant takes it."""
        return Question(self.question, self.org, self.history, self.id)


class _Fault(Exception):
    """What is wrong with one line, in Chinese."""


def split(id: str) -> str:
    """``dev`` or ``test``, by a fixed hash: adding or removing questions never moves another one."""
    return (DEV, TEST)[hashlib.sha256(id.encode("utf-8", "replace")).digest()[-1] % 2]


def load_gold(path: Path = QUESTIONS) -> tuple[Gold, ...]:
    """Every question of the file, in order. Raises ``QuestionError`` naming file, line and fault."""
    found: dict[str, Gold] = {}
    for number, line in _lines(path):
        try:
            gold = _gold(_object(line), number)
            if gold.id in found:
                raise _Fault(f"id “{gold.id}”与第{found[gold.id].line}行重复")
        except _Fault as fault:
            raise QuestionError(f"{path.name} 第{number}行：{fault}。", "请改正该行。") from fault
        found[gold.id] = gold
    if not found:
        raise QuestionError(f"{path.name} 中没有问题。", "每行应是一个 JSON 对象，至少含 id 和 question。")
    return tuple(found.values())


def select(gold: Iterable[Gold], part: str) -> tuple[Gold, ...]:
    """The ``dev`` or ``test`` half, or ``all``."""
    return tuple(one for one in gold if part in (ALL, one.split))


def load_named(path: Path = NAMED) -> dict[str, DutyList]:
    """The hand-made duty table: organisation → its clauses by tier. Raises ``QuestionError``."""
    table: dict[str, DutyList] = {}
    for number, line in _lines(path):
        try:
            raw = _object(line)
            duties = _duties({"organisation": raw.get("org"), **{k: v for k, v in raw.items() if k != "org"}})
        except _Fault as fault:
            raise QuestionError(f"{path.name} 第{number}行：{fault}。", "请改正该行。") from fault
        table[duties.organisation] = duties
    return table


def _lines(path: Path) -> list[tuple[int, bytes]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise QuestionError(f"问题文件 {path} 无法读取：{error.strerror}。", "请检查路径。") from error
    lines = content.removeprefix(b"\xef\xbb\xbf").splitlines()
    return [(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _object(line: bytes) -> Mapping[str, Any]:
    try:
        raw = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _Fault(f"不是合法的 JSON（{error}）") from error
    if not isinstance(raw, Mapping):
        raise _Fault("不是 JSON 对象")
    return raw


def _gold(raw: Mapping[str, Any], line: int) -> Gold:
    unknown = sorted(set(raw) - (set(Gold.__slots__) - {"line"}))
    if unknown:
        raise _Fault(f"有不认识的字段：{'、'.join(unknown)}")
    answerable = _flag(raw, "answerable", True)
    return Gold(
        id=_words(raw, "id"),
        question=_words(raw, "question"),
        line=line,
        org=_words(raw, "org") if raw.get("org") is not None else None,
        history=tuple(_turn(one) for one in _list(raw, "history")),
        intent=_words(raw, "intent") if "intent" in raw else "open",
        register=_words(raw, "register") if "register" in raw else "formal",
        answerable=answerable,
        reason=_reason(raw.get("reason"), answerable),
        clauses=tuple(_place(one) for one in _list(raw, "clauses")),
        facts=tuple(_fact(one) for one in _list(raw, "facts")),
        forbidden=tuple(_strings(_list(raw, "forbidden"), "forbidden")),
        evidence=tuple(_evidence(one) for one in _list(raw, "evidence")),
        duties=_duties(raw["duties"]) if raw.get("duties") is not None else None,
        lay=_flag(raw, "lay", False),
    )


def _words(raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _Fault(f"{key} 缺失，或不是文字")
    return value


def _flag(raw: Mapping[str, Any], key: str, default: bool) -> bool:
    value = raw.get(key, default)
    if not isinstance(value, bool):
        raise _Fault(f"{key} 应为 true 或 false")
    return value


def _list(raw: Mapping[str, Any], key: str) -> list[Any]:
    value = raw.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise _Fault(f"{key} 应为列表")
    return value


def _strings(values: Any, key: str) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(one, str) and one.strip() for one in values):
        raise _Fault(f"{key} 应为文字的列表")
    return values


def _turn(raw: Any) -> Turn:
    if not isinstance(raw, Mapping) or raw.get("role") not in ("user", "assistant"):
        raise _Fault("history 的每一条应含 role（user 或 assistant）和 content")
    if not isinstance(raw.get("content"), str):
        raise _Fault("history 的 content 应为文字")
    return Turn(raw["role"], raw["content"])


def _reason(value: Any, answerable: bool) -> Reason | None:
    if value is None:
        return None
    if answerable:
        raise _Fault("可回答的问题不应有 reason")
    if value not in set(Reason):
        raise _Fault(f"reason “{value}”无法识别，可用：{'、'.join(Reason)}")
    return Reason(value)


def _place(raw: Any) -> Place:
    pair = _strings(raw, "clauses 的每一条")
    if len(pair) != 2:
        raise _Fault("clauses 的每一条应为 [文件, 条款]")
    return pair[0], pair[1]


def _fact(raw: Any) -> tuple[str, ...]:
    words = _strings([raw] if isinstance(raw, str) else raw, "facts 的每一条")
    if not words:
        raise _Fault("facts 的每一条至少要有一种写法")
    return tuple(words)


def _evidence(raw: Any) -> Evidence:
    if not isinstance(raw, Mapping) or set(raw) != {"document", "clause", "quote"}:
        raise _Fault("evidence 的每一条应含 document、clause、quote")
    return Evidence(_words(raw, "document"), _words(raw, "clause"), _words(raw, "quote"))


def _duties(raw: Any) -> DutyList:
    if not isinstance(raw, Mapping) or not set(raw) <= set(DutyList.__slots__):
        raise _Fault("duties 应含 organisation、named、body、member，可含 possible")
    tiers = {key: frozenset(_strings(_list(raw, key), key)) for key in ("named", "body", "member")}
    possible = frozenset(_strings(raw["possible"], "possible")) if raw.get("possible") is not None else None
    return DutyList(_words(raw, "organisation"), **tiers, possible=possible)

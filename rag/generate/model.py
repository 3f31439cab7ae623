"""What generation is given and what a language model is to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from index.errors import BackendError
from rag.compose.draft import Draft
from rag.model import Answer, Question
from rag.understand.reading import Reading


@dataclass(frozen=True, slots=True)
class Message:
    """``role`` is ``system`` or ``user``."""

    role: str
    content: str


class LanguageModel(Protocol):
    """A chat model. Called by ``Writer`` and by the rewriting of follow-ups; thread-safe."""

    @property
    def name(self) -> str: ...

    def stream(self, messages: Sequence[Message], seconds: float) -> Iterator[str]:
        """The reply in pieces, as they come. Everything is over within ``seconds``, however the endpoint behaves.

        Raises ``ModelFailure``. Closing the iterator ends the request.
        """
        ...


class Cause(StrEnum):
    """Why a model gave nothing usable; the words stand in the note under the answer."""

    DOWN = "无法连接"
    SLOW = "超时"
    BUSY = "请求过多"
    REFUSED = "拒绝了请求"
    BROKEN = "回复格式不对"
    CUT = "回复中断"
    EMPTY = "没有回复内容"
    RUBBISH = "回复未能通过核对"
    RESTING = "连续失败，暂停使用"


class ModelFailure(BackendError):
    """The model gave nothing usable."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(f"大模型{cause.value}。", "本次用条文摘录回答。")
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Composed:
    """The extractive answer and what it was made of. ``text`` is the answer's text without the notes on status.

    ``lead`` is a line to stand above whatever is answered; empty for most.
    """

    question: Question
    reading: Reading
    draft: Draft
    text: str
    answer: Answer
    lead: str = ""

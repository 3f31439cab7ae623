"""What readers think of answers, kept where the web chat keeps it (``rag.history.feedback``)."""

from __future__ import annotations

import hashlib
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from index.errors import MissingPackage
from rag.channels.wecom.model import Verdict
from rag.channels.wecom.store import Kept
from rag.model import Answer

if TYPE_CHECKING:
    from sqlalchemy import Engine

CHANNEL = "wecom"
_MOST_REASON = 2000


class FeedbackBook(Protocol):
    """Where judgements go. Called in a worker thread. Raises ``StoreUnwritable``."""

    def judge(self, kept: Kept, verdict: Verdict, reason: str, person: str) -> None:
        """Keep ``person``'s verdict on an answer; a later one replaces it, ``WITHDRAWN`` takes it back."""
        ...


class SharedBook:
    """The book that all channels share. Several people in a group may each judge one answer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._book: Any = None

    def judge(self, kept: Kept, verdict: Verdict, reason: str, person: str) -> None:
        feedback, saved = _part("feedback"), _part("saved")
        book = self._book = self._book or feedback.Feedback(self._engine)
        key = f"{CHANNEL}-{hashlib.sha256(f'{kept.id}|{person}'.encode()).hexdigest()[:40]}"
        if verdict is Verdict.WITHDRAWN:
            book.withdraw(key)
            return
        said = feedback.Verdict.USEFUL if verdict is Verdict.GOOD else feedback.Verdict.WRONG
        answer = saved.load_answer(kept.body["answer"])
        book.give(
            feedback.Opinion(
                key, said, kept.question, answer, CHANNEL, kept.body.get("index", ""), reason[:_MOST_REASON]
            )
        )


def pack(answer: Answer) -> str:
    """The answer as text that ``SharedBook`` can read again; empty where this version keeps no feedback."""
    try:
        return str(_part("saved").dump_answer(answer))
    except MissingPackage:
        return ""


def _part(name: str) -> Any:
    try:
        return import_module(f"rag.history.{name}")
    except ModuleNotFoundError as error:
        raise MissingPackage("这个版本不能保存评价。", "请升级后再评价。") from error

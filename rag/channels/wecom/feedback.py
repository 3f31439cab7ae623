"""What readers think of answers, kept where the web chat keeps it (``rag.history.feedback``)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

from rag.channels.wecom.model import Verdict
from rag.channels.wecom.store import Kept
from rag.history.feedback import Feedback, Opinion
from rag.history.feedback import Verdict as Said
from rag.history.saved import dump_answer, load_answer
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
        self._book: Feedback | None = None

    def judge(self, kept: Kept, verdict: Verdict, reason: str, person: str) -> None:
        book = self._book = self._book or Feedback(self._engine)
        key = f"{CHANNEL}-{hashlib.sha256(f'{kept.id}|{person}'.encode()).hexdigest()[:40]}"
        if verdict is Verdict.WITHDRAWN:
            book.withdraw(key)
            return
        said = Said.USEFUL if verdict is Verdict.GOOD else Said.WRONG
        answer = load_answer(kept.body["answer"])
        book.give(Opinion(key, said, kept.question, answer, CHANNEL, kept.body.get("index", ""), reason[:_MOST_REASON]))


def pack(answer: Answer) -> str:
    """The answer as text that ``SharedBook`` can read again."""
    return dump_answer(answer)

"""What readers think of answers, kept as the web chat keeps it."""

from __future__ import annotations

from typing import Protocol

from rag.channels.wecom.model import Verdict
from rag.channels.wecom.store import Kept


class FeedbackBook(Protocol):
    """Where judgements go. Called in a worker thread."""

    def judge(self, kept: Kept, verdict: Verdict, reason: str, person: str) -> None:
        """Keep ``person``'s verdict on an answer; a later one of the same person replaces it, ``WITHDRAWN`` takes it back.

        Raises ``StoreUnwritable``.
        """
        ...

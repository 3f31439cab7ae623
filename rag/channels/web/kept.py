"""What is kept of the page's visitors: conversations and feedback. Opened when first used; the page works without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from index.errors import AnzeError, QuestionError
from rag.history.conversations import Conversation, Conversations, Exchange, Heading
from rag.history.database import open_engine
from rag.history.feedback import Feedback, Opinion, Verdict
from rag.model import Answer
from rag.settings import Settings

_CHANNEL = "web"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer was kept; ``note`` says why it was not, in Chinese, and the rest is then empty."""

    key: str = ""
    heading: Heading | None = None
    note: str = ""


class Kept:
    """The stores behind the page. Methods raise ``QuestionError`` and ``StoreUnwritable`` as the stores do.

    ``version`` tells when the index in use was made, ISO 8601, ``""`` where nobody knows.
    """

    def __init__(self, settings: Settings, version: Callable[[], str]) -> None:
        self._settings = settings
        self._version = version
        self._opening = Lock()

    @cached_property
    def _stores(self) -> tuple[Conversations, Feedback]:
        engine = open_engine(self._settings)
        return Conversations(engine), Feedback(engine)

    @property
    def conversations(self) -> Conversations:
        with self._opening:
            return self._stores[0]

    @property
    def feedback(self) -> Feedback:
        with self._opening:
            return self._stores[1]

    def keep(self, browser: str | None, conversation: str, question: str, answer: Answer) -> Place:
        """Keep an answer in the browser's conversation, in a new one where it has none. Never raises for a store."""
        if browser is None:
            return Place(note="这个浏览器没有开启Cookie，对话不会保存。")
        try:
            found, exchange = self._append(browser, conversation, question, answer)
            heading = next(one for one in self.conversations.list(browser) if one.id == found)
        except (AnzeError, StopIteration) as error:
            return Place(note=f"这次问答没有保存：{error}")
        return Place(exchange.key, heading)

    def _append(self, browser: str, conversation: str, question: str, answer: Answer) -> tuple[str, Exchange]:
        if conversation:
            try:
                return conversation, self.conversations.append(browser, conversation, question, answer)
            except QuestionError:  # deleted in another window, or full: it goes on in a new one
                pass
        begun = self.conversations.new(browser).id
        return begun, self.conversations.append(browser, begun, question, answer)

    def judge(self, browser: str, conversation: str, key: str, verdict: Verdict | None, reason: str) -> None:
        """Keep what a visitor says of an answer of their own; ``None`` takes it back."""
        exchange = _exchange(self.conversations.load(browser, conversation), key)
        if verdict is None:
            self.feedback.withdraw(key)
            return
        made = self._version()
        version = made if not made or exchange.asked >= made else f"早于 {made}"
        self.feedback.give(Opinion(key, verdict, exchange.question, exchange.answer, _CHANNEL, version, reason))


def _exchange(conversation: Conversation, key: str) -> Exchange:
    found = next((one for one in conversation.exchanges if one.key == key), None)
    if found is None:
        raise QuestionError("没有找到要评价的回答。", "请刷新页面后重试。")
    return found

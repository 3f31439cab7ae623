"""One message in, what the page shows out. Pure of gradio, so that it is tested without a browser."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from index.errors import AnzeError, QuestionError
from rag.assistant import Assistant
from rag.channels.web.view import answer_html, notice_html, question_html
from rag.model import Question, Turn

_log = logging.getLogger("anze.web")

FAILED = "程序出错，这个问题没能回答。请换个说法再问；如反复出现，请把问题原文告诉管理员。"
EMPTY = "没有看到问题。请写出要问的内容，例如：市住建局今年要做什么？"
GENERAL_EXAMPLES = (
    "三管三必须是什么意思？",
    "燃气安全整治由谁负责？",
    "生产经营单位主要负责人有哪些职责？",
    "哪些工作要在3月底前完成？",
)
_REMEMBERED = 12
_SHOWN = 40
_EXAMPLE_DEPARTMENT = "市住建局"


@dataclass(frozen=True, slots=True)
class Message:
    """One bubble: ``role`` is ``user`` or ``assistant``, ``html`` is safe to show."""

    role: str
    html: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one browser window has asked so far; ``turns`` is what the assistant is told of it."""

    messages: tuple[Message, ...] = ()
    turns: tuple[Turn, ...] = ()
    pending: str = field(default="", compare=False)

    def asked(self, text: str) -> Conversation:
        """With the question shown, its answer still to come."""
        return Conversation(_last(*self.messages, Message("user", question_html(text))), self.turns, text)


def answered(assistant: Assistant, conversation: Conversation, department: str | None) -> Conversation:
    """``conversation`` with its pending question answered, or with a sentence that says why it is not.

    A failure never ends the conversation, and is not told to the assistant as if it had been part of it.
    """
    text = conversation.pending
    try:
        assistant = assistant.current  # an answer is shown from the index it was made from
        answer = assistant.ask(Question(text, department or None, conversation.turns))
        shown = answer_html(answer, assistant.library)
    except AnzeError as error:
        return _told(conversation, _sorry(error))
    except Exception:  # the last place where a defect can still become a sentence; the log has the rest
        _log.exception("a question failed")
        return _told(conversation, FAILED)
    return Conversation(
        _last(*conversation.messages, Message("assistant", shown)),
        (*conversation.turns, Turn("user", text), Turn("assistant", answer.text))[-_REMEMBERED:],
    )


def _told(conversation: Conversation, why: str) -> Conversation:
    return Conversation(_last(*conversation.messages, Message("assistant", notice_html(why))), conversation.turns)


def _last(*messages: Message) -> tuple[Message, ...]:
    """As many as are kept: every answer sends all of them to the browser again."""
    return messages[-_SHOWN:]


def _sorry(error: AnzeError) -> str:
    return str(error) if isinstance(error, QuestionError) else f"这个问题没能回答：{error}"


def examples(department: str) -> list[str]:
    """Questions to start from; the first asks for the department's own list."""
    first = "我们部门今年要做什么？" if department else f"{_EXAMPLE_DEPARTMENT}今年要做什么？"
    second = "第20项点名我们部门了吗？" if department else "第20项由谁牵头、谁落实？"
    return [first, second, *GENERAL_EXAMPLES]

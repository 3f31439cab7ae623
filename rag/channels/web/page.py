"""The page: department, conversation, input, status. Layout and wiring only; what is shown comes from ``handlers``.

The one module that imports gradio at its top (gradio reads the listeners' annotations); ``server`` imports it late.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from index.organisations import Register
from rag.assistant import Assistant
from rag.channels.web.departments import Chosen, choices, choose
from rag.channels.web.handlers import EMPTY, Conversation, answered, examples
from rag.channels.web.status import Warmup

TITLE = "安责 · 安全生产职责问答"
_HEADER = """<header class="az-header"><div class="az-brand" aria-hidden="true">安</div><div>
<h1>安责</h1><p>安全生产职责问答，每一句话都有条款出处</p></div></header>"""
_WELCOME = """<div class="az-welcome"><h2>您的部门要做什么？</h2>
<p>选好“我的部门”，然后提问。任务由责任括号逐项计算得出，不会漏项；点击 [1] 这样的编号查看原文。</p></div>"""
_STORAGE_KEY = "anze-department"
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components that listeners read or change."""

    remembered: gr.BrowserState
    conversation: gr.State
    department: gr.Dropdown
    chat: gr.Chatbot
    box: gr.Textbox
    send: gr.Button
    clear: gr.Button


def make_page(assistant: Assistant, warmup: Warmup, default_org: str | None) -> gr.Blocks:
    """The gradio page over ``assistant``; ``default_org`` is the installation's department."""
    desk = _Desk(assistant, default_org)
    page = gr.Blocks(title=TITLE, analytics_enabled=False, fill_height=True, fill_width=True)
    with page:
        parts = _lay_out(assistant.library.register, warmup, desk.start)
        _listen(page, parts, desk)
    page.queue(default_concurrency_limit=_AT_ONCE, api_open=False)
    return page


def _lay_out(register: Register, warmup: Warmup, start: str) -> _Parts:
    remembered = gr.BrowserState(start, storage_key=_STORAGE_KEY, secret=_STORAGE_KEY)
    conversation = gr.State(Conversation())
    with gr.Row(elem_id="az-top"):
        gr.HTML(_HEADER, elem_id="az-head")
        department = gr.Dropdown(
            [(choice.label, choice.value) for choice in choices(register)],
            value=start or None,
            label="我的部门",
            allow_custom_value=True,
            num_choices_shown=None,
            elem_id="az-department",
        )
    chat = _chat(start)
    with gr.Row(elem_id="az-ask"):
        box = gr.Textbox(
            show_label=False,
            label="问题",
            placeholder="请输入问题，回车发送",
            lines=1,
            max_lines=6,
            autofocus=True,
            scale=1,
            container=False,
            elem_id="az-box",
        )
        send = gr.Button("发送", variant="primary", scale=0, min_width=88, elem_id="az-send")
        clear = gr.Button("新对话", scale=0, min_width=88, elem_id="az-clear")
    gr.HTML(f'<footer id="az-status" role="status">{escape(warmup.line())}</footer>', elem_id="az-foot")
    return _Parts(remembered, conversation, department, chat, box, send, clear)


def _chat(start: str) -> gr.Chatbot:
    """Messages are HTML of our own making, still sanitised by gradio; formulas and copy buttons are off."""
    return gr.Chatbot(
        show_label=False,
        label="对话",
        elem_id="az-chat",
        layout="bubble",
        autoscroll=False,
        buttons=[],
        latex_delimiters=[],
        scale=1,
        height=None,
        placeholder=_WELCOME,
        examples=_examples(start),
        feedback_options=None,
        group_consecutive_messages=False,
        allow_file_downloads=False,
        container=False,
    )


def _listen(page: gr.Blocks, parts: _Parts, desk: _Desk) -> None:
    silent: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    waiting: dict[str, Any] = {"api_visibility": "private", "show_progress": "minimal", "show_progress_on": parts.chat}
    said, shown = [parts.box, parts.department, parts.conversation], [parts.box, parts.chat, parts.conversation]
    page.load(desk.recall, parts.remembered, [parts.department, parts.chat], **silent)
    parts.department.input(desk.take, parts.department, [parts.department, parts.remembered, parts.chat], **silent)
    parts.box.submit(desk.ask, said, shown, **waiting)
    parts.send.click(desk.ask, said, shown, **waiting)
    parts.chat.example_select(_picked, None, parts.box, **silent).then(desk.ask, said, shown, **waiting)
    parts.clear.click(lambda: ([], Conversation()), None, [parts.chat, parts.conversation], **silent)


class _Desk:
    """What happens when somebody types or chooses; returns updates in the order of the outputs named in ``_listen``."""

    def __init__(self, assistant: Assistant, default_org: str | None) -> None:
        self._assistant = assistant
        self.start = self._chosen(default_org).name

    def _chosen(self, typed: str | None) -> Chosen:
        return choose(self._assistant.reader, self._assistant.library.register, typed)

    def ask(self, text: str, department: str | None, past: Conversation) -> Iterator[tuple[Any, ...]]:
        """Show the question at once, then its answer."""
        if not text.strip():
            gr.Warning(EMPTY, title="提示", duration=6)
            yield gr.skip(), gr.skip(), gr.skip()
            return
        waiting = past.asked(text)
        yield "", _shown(waiting), gr.skip()
        done = answered(self._assistant, waiting, self._chosen(department).name)
        yield gr.skip(), _shown(done), done

    def take(self, typed: str | None) -> tuple[Any, ...]:
        """Settle what was chosen or typed on a registered name, and remember it in the browser."""
        chosen = self._chosen(typed)
        if chosen.notice:
            gr.Info(escape(chosen.notice), title="我的部门", duration=8)
        return chosen.name or None, chosen.name, gr.update(examples=_examples(chosen.name))

    def recall(self, remembered: str | None) -> tuple[Any, ...]:
        """The remembered department; one that is not in the register any more is forgotten."""
        name = self._chosen(remembered).name or self.start
        return name or None, gr.update(examples=_examples(name))


def _picked(event: gr.SelectData) -> str:
    return str(event.value["text"])


def _examples(department: str) -> list[Any]:
    return [{"text": text} for text in examples(department)]


def _shown(conversation: Conversation) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.html} for message in conversation.messages]

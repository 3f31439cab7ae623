"""The page: department, conversation, input, status. Layout and wiring only; what is shown comes from ``handlers``.

The one module that imports gradio at its top (gradio reads the listeners' annotations); ``server`` imports it late.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.channels.web.departments import choices, choose
from rag.channels.web.handlers import Conversation, answered, examples
from rag.channels.web.status import Warmup

TITLE = "安责 · 安全生产职责问答"
_HEADER = """<header class="az-header"><div class="az-brand" aria-hidden="true">安</div><div>
<h1>安责</h1><p>安全生产职责问答，每一句话都有条款出处</p></div></header>"""
_WELCOME = """<div class="az-welcome"><h2>您的部门要做什么？</h2>
<p>选好“我的部门”，然后提问。任务由责任括号逐项计算得出，不会漏项；点击 [1] 这样的编号查看原文。</p></div>"""
_EMPTY = "没有看到问题。请写出要问的内容，例如：市住建局今年要做什么？"
_STORAGE_KEY = "anze-department"
_AT_ONCE = 16


def make_page(assistant: Assistant, warmup: Warmup, default_org: str | None) -> gr.Blocks:
    """The gradio page over ``assistant``; ``default_org`` is the installation's department."""
    register = assistant.library.register
    start = choose(assistant.reader, register, default_org).name
    private: dict[str, Any] = {"api_visibility": "private"}

    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_height=True, fill_width=True) as page:
        remembered = gr.BrowserState(start, storage_key=_STORAGE_KEY, secret=_STORAGE_KEY)
        conversation = gr.State(Conversation())
        with gr.Row(elem_id="az-top"):
            gr.HTML(_HEADER, elem_id="az-head")
            department = gr.Dropdown(
                [(choice.label, choice.value) for choice in choices(register)], value=start or None, label="我的部门",
                allow_custom_value=True, num_choices_shown=400, elem_id="az-department", min_width=220,
            )  # fmt: skip
        chat = gr.Chatbot(
            show_label=False, label="对话", elem_id="az-chat", layout="bubble", buttons=[], latex_delimiters=[], scale=1,
            height=None, placeholder=_WELCOME, examples=_examples(start), feedback_options=None,
            group_consecutive_messages=False, allow_file_downloads=False, container=False,
        )  # fmt: skip
        with gr.Row(elem_id="az-ask"):
            box = gr.Textbox(
                show_label=False, label="问题", placeholder="请输入问题，按回车发送，Shift+回车换行", lines=1, max_lines=6,
                autofocus=True, scale=1, container=False, elem_id="az-box",
            )  # fmt: skip
            send = gr.Button("发送", variant="primary", scale=0, min_width=88, elem_id="az-send")
            clear = gr.Button("新对话", scale=0, min_width=88, elem_id="az-clear")
        gr.HTML(f'<footer id="az-status" role="status">{escape(warmup.line())}</footer>', elem_id="az-foot")

        def ask(text: str, org: str | None, past: Conversation) -> Iterator[tuple[Any, ...]]:
            """Show the question at once, then its answer."""
            if not text.strip():
                gr.Warning(_EMPTY, title="提示", duration=6)
                yield gr.skip(), gr.skip(), gr.skip()
                return
            waiting = past.asked(text)
            yield "", _shown(waiting), gr.skip()
            done = answered(assistant, waiting, choose(assistant.reader, register, org).name or None)
            yield gr.skip(), _shown(done), done

        def take(org: str | None) -> tuple[Any, ...]:
            """Settle what was chosen or typed on a registered name, and remember it in the browser."""
            chosen = choose(assistant.reader, register, org)
            if chosen.notice:
                gr.Info(escape(chosen.notice), title="我的部门", duration=8)
            return chosen.name or None, chosen.name, gr.update(examples=_examples(chosen.name))

        def recall(org: str | None) -> tuple[Any, ...]:
            """A department that is not in the register any more is forgotten."""
            name = choose(assistant.reader, register, org).name or start
            return name or None, gr.update(examples=_examples(name))

        page.load(recall, remembered, [department, chat], show_progress="hidden", **private)
        department.input(take, department, [department, remembered, chat], show_progress="hidden", **private)
        said, shown = [box, department, conversation], [box, chat, conversation]
        box.submit(ask, said, shown, show_progress="minimal", show_progress_on=chat, **private)
        send.click(ask, said, shown, show_progress="minimal", show_progress_on=chat, **private)
        chat.example_select(_picked, None, box, show_progress="hidden", **private).then(
            ask, said, shown, show_progress="minimal", show_progress_on=chat, **private
        )
        clear.click(lambda: ([], Conversation()), None, [chat, conversation], show_progress="hidden", **private)

    page.queue(default_concurrency_limit=_AT_ONCE, api_open=False)
    return page


def _picked(event: gr.SelectData) -> str:
    return str(event.value["text"])


def _examples(department: str) -> list[Any]:
    return [{"text": text} for text in examples(department)]


def _shown(conversation: Conversation) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.html} for message in conversation.messages]

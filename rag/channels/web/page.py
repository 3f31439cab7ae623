"""The gradio page: one block that holds the shell; what fills it comes from the routes and ``assets/*.js``.

The one module that imports gradio at its top; ``server`` imports it late.
"""

from __future__ import annotations

import gradio as gr

TITLE = "安责 · 安全生产职责问答"


def make_page(shell: str) -> gr.Blocks:
    """The page around ``shell``, fixed markup of our own: nothing a user typed is ever part of it."""
    page = gr.Blocks(title=TITLE, analytics_enabled=False, fill_height=True, fill_width=True)
    with page:
        gr.HTML(shell, elem_id="az-root", apply_default_css=False, js_on_load=None)
    return page

"""The web application: the page and the JSON interface in one ASGI app."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rag.assistant import Assistant
from rag.channels.web.api import add_routes
from rag.channels.web.privacy import Privacy
from rag.channels.web.status import Warmup
from rag.channels.web.theme import make_theme
from rag.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp


def create_app(assistant: Assistant, settings: Settings) -> ASGIApp:
    """An ASGI application over ``assistant``. The retriever starts opening in the background at once.

    gradio's telemetry is off before gradio is imported, which is why it is imported here. FastAPI's own documentation
    pages are off: they load their scripts from a public network.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    import gradio as gr
    from fastapi import FastAPI

    from rag.channels.web.page import make_page

    warmup = Warmup(assistant)
    page = make_page(assistant, warmup, settings.org)

    root_path = "/" + settings.root_path.strip("/") if settings.root_path.strip("/") else ""
    app = FastAPI(title="anze", docs_url=None, redoc_url=None, openapi_url=None, root_path=root_path)
    add_routes(app, assistant, warmup, settings.org)
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        root_path=root_path or None,
        server_name=settings.host,
        server_port=settings.port,
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=make_theme(),
        show_error=True,
    )
    warmup.start()
    return Privacy(app, _version())


def _version() -> str:
    """What the browser's copies of our own files are kept apart by."""
    from hashlib import sha256
    from importlib import resources

    folder = resources.files("rag.channels.web").joinpath("assets")
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]

"""The web application: the page and the JSON interface in one ASGI app."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rag.assistant import Assistant
from rag.channels.web.api import add_routes
from rag.channels.web.bundle import Assets
from rag.channels.web.downloads import file_routes
from rag.channels.web.kept import Kept
from rag.channels.web.pages import page_routes
from rag.channels.web.privacy import Privacy
from rag.channels.web.records import record_routes
from rag.channels.web.status import Warmup
from rag.channels.web.talk import talk_routes
from rag.channels.web.theme import make_theme
from rag.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI
    from gradio import Blocks
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Receive, Scope, Send


def create_app(
    assistant: Assistant, settings: Settings, version: Callable[[], str], more: Sequence[BaseRoute] = ()
) -> ASGIApp:
    """An ASGI application over ``assistant``. The retriever starts opening in the background at once.

    ``version`` tells which index is in use (``wiring.index_version``). ``more`` are routes of others on the same port.

    gradio's telemetry is off before gradio is imported, which is why it is imported here. FastAPI's own documentation
    pages are off: they load their scripts from a public network.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    from fastapi import FastAPI

    from rag.channels.web.page import make_page

    warmup = Warmup(assistant)
    assets = Assets()
    root_path = "/" + settings.root_path.strip("/") if settings.root_path.strip("/") else ""
    app = FastAPI(title="anze", docs_url=None, redoc_url=None, openapi_url=None)
    kept = Kept(settings, version)
    routes = [
        *more, *page_routes(assistant, settings.org), *file_routes(assistant, settings.web_url),
        *record_routes(assistant, kept), *talk_routes(assistant, kept),
    ]  # fmt: skip
    app.router.routes.extend(routes)
    add_routes(app, assistant, warmup, settings.org, assets)
    _mount(app, make_page(assets.shell), settings, root_path)
    warmup.start()
    return Privacy(_Below(app, root_path) if root_path else app, assets.head)


def _mount(app: FastAPI, page: Blocks, settings: Settings, root_path: str) -> None:
    """gradio's page at the root, after our own routes, with everything off that would ask or tell other hosts."""
    import gradio as gr

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


class _Below:
    """Tells the application the path that a proxy serves it under, whether or not the proxy cuts it off."""

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self._app = app
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = {**scope, "root_path": self._root_path}
        await self._app(scope, receive, send)

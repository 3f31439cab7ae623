"""Nothing leaves the house: the served page is cleaned of outside addresses and told to ask nobody else.

gradio's page template names a picture on a code-hosting site and other addresses in its metadata, and some of its
routes fetch from outside on request. The page loses the first; the second answer 404. A content security policy makes
the browser refuse every other host, and any script that did not come with the page: text that slipped through
unescaped could still not run.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.channels.web.visitor import has_key, new_cookie

_OUTSIDE_META = re.compile(r'\s*<meta\s+(?:property="og:|name="twitter:)[^>]*>')
_MANIFEST = re.compile(r'\s*<link rel="manifest"[^>]*>')
_SCRIPT = re.compile(r"<script(?=[\s>])")
_FORBIDDEN = re.compile(
    r"/(?:gradio_api/(?:proxy=|vibe|upload|runs|run-history|process_recording|profiling|dev/)"
    r"|monitoring(?:/|$)|(?:gradio_api/)?openapi\.json$)"
)
# gradio takes its own words (drop-downs, errors, buttons) from the browser's language; this page is Chinese for all.
_CHINESE = (
    'Object.defineProperty(Navigator.prototype,"language",{get:()=>"zh-CN"});'
    'Object.defineProperty(Navigator.prototype,"languages",{get:()=>["zh-CN","zh"]});'
)


def clean_page(html: str, nonce: str, ours: str) -> str:
    """The page as it is sent: Chinese, without outside addresses, with ``ours`` (style sheets and scripts)."""
    html = _MANIFEST.sub("", _OUTSIDE_META.sub("", html))
    html = html.replace('lang="en"', 'lang="zh-CN"', 1)
    ours = f"<script>{_CHINESE}</script>{ours}"
    html = html.replace(
        '<meta charset="utf-8" />', '<meta charset="utf-8" /><meta name="robots" content="noindex" />', 1
    )
    head, mark, rest = html.partition("<style>")
    return _SCRIPT.sub(f'<script nonce="{nonce}"', head + ours + mark + rest)


def policy(nonce: str) -> str:
    """The content security policy. gradio compiles the page's own listeners, hence ``unsafe-eval``."""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class Privacy:
    """ASGI middleware around the whole application. ``ours`` gives the elements of our own for a script's nonce.

    The page also brings the browser's key, where it has none yet.
    """

    def __init__(self, app: ASGIApp, ours: Callable[[str], str]) -> None:
        self._app = app
        self._ours = ours

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _FORBIDDEN.search(scope["path"]):
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        nonce = secrets.token_urlsafe(16)
        known = has_key(Headers(scope=scope).get("cookie", ""))
        cookie = None if known else new_cookie(secure=scope.get("scheme") == "https")
        rewriter = _Rewriter(send, nonce, lambda html: clean_page(html, nonce, self._ours(nonce)), cookie)
        await self._app(scope, receive, rewriter)


class _Rewriter:
    """Holds back an HTML response until it is whole; everything else, event streams too, passes through as it comes."""

    def __init__(self, send: Send, nonce: str, change: Callable[[str], str], cookie: str | None) -> None:
        self._send = send
        self._nonce = nonce
        self._change = change
        self._cookie = cookie
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message["headers"]))
            for name in [name for name in headers if name.startswith("access-control-")]:
                del headers[name]  # gradio gives other sites leave to use it; none of ours needs any
            headers["x-content-type-options"] = "nosniff"
            headers["referrer-policy"] = "no-referrer"
            headers["content-security-policy"] = policy(self._nonce)
            message = {**message, "headers": headers.raw}
            if Headers(raw=message["headers"]).get("content-type", "").startswith("text/html"):
                self._start = message
                return
        elif self._start is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self._start)
            return
        await self._send(message)

    async def _finish(self, start: Message) -> None:
        body = self._change(self._body.decode("utf-8", "replace")).encode("utf-8")
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["content-length"] = str(len(body))
        headers["cache-control"] = "no-store"
        if self._cookie and start["status"] == 200:
            headers.append("set-cookie", self._cookie)
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})

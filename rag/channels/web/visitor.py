"""Who is asking: a random key that only this browser holds. Nobody signs in, and nobody sees another's conversations.

The key lives in a cookie that scripts cannot read. It is handed out with the page and is never in an answer.
"""

from __future__ import annotations

import re
import secrets
from http.cookies import CookieError, SimpleCookie

from starlette.requests import Request

COOKIE = "anze_key"
MARK = "x-anze-page"
"""The header that our own page adds to every request (``assets/dom.js``)."""
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_DAYS = 400


def visitor_of(request: Request) -> str | None:
    """The key that this browser's data is kept under; ``None`` for a browser that was given none."""
    return _known(request.cookies.get(COOKIE))


def has_key(cookies: str) -> bool:
    """Whether a ``Cookie`` header brings a key of ours."""
    try:
        held = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return False
    return _known(held.value if held else None) is not None


def _known(key: str | None) -> str | None:
    return key if key and _KEY.fullmatch(key) else None


def new_cookie(*, secure: bool) -> str:
    """A ``Set-Cookie`` value with a fresh key of 256 bits.

    Lax, not strict: a page opened from a link in a colleague's message must find the key, or would be given another.
    """
    parts = [f"{COOKIE}={secrets.token_urlsafe(32)}", "Path=/", f"Max-Age={_DAYS * 86400}"]
    return "; ".join([*parts, "HttpOnly", "SameSite=Lax", *(["Secure"] if secure else [])])


def is_foreign(request: Request) -> bool:
    """Whether a request that changes something may come from another site's page.

    Our own page marks its requests; another site's page can only do so with leave, which nobody gives. ``Origin`` is
    not compared with ``Host``: a reverse proxy may hide the name that the browser knows.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    return request.method not in ("GET", "HEAD") and MARK not in request.headers

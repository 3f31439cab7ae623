"""How every route answers: JSON, with errors as one Chinese sentence and what to do about it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import orjson
from starlette.requests import Request
from starlette.responses import Response

from index.errors import AnzeError, QuestionError

MAX_BODY_BYTES = 1_000_000


async def read_body(request: Request, limit: int = MAX_BODY_BYTES) -> bytes | None:
    """The request's body, or ``None`` where it is larger than allowed; reading stops there."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
    return b"".join(parts)


def reply(value: object, status: int = 200) -> Response:
    """``value`` as JSON."""
    return Response(orjson.dumps(value), status, media_type="application/json")


def refuse(status: int, message: str, remedy: str = "") -> Response:
    """``{"error": one Chinese sentence, "remedy": what to do}``."""
    return reply({"error": message, "remedy": remedy}, status)


def refuse_size(limit: int = MAX_BODY_BYTES) -> Response:
    return refuse(413, "请求太大。", f"请控制在{limit // 1000}KB以内。")


def refuse_error(error: AnzeError) -> Response:
    """An error of our own: the caller's fault where it concerns the question, the service's otherwise."""
    return refuse(400 if isinstance(error, QuestionError) else 500, error.message, error.remedy)


def download(body: bytes, name: str, media_type: str) -> Response:
    """``body`` as a file to save under ``name``, which may be Chinese (RFC 6266)."""
    plain = "anze" + name[name.rfind(".") :]
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(body, media_type=media_type, headers={"content-disposition": disposition})


def text_of(raw: dict[str, Any], name: str, limit: int) -> str:
    """A text field of a decoded body, trimmed and cut; ``""`` where it is missing or no text."""
    value = raw.get(name)
    return value.strip()[:limit] if isinstance(value, str) else ""

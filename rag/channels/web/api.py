"""The JSON interface: ask, health, and the text behind a citation."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from index.errors import AnzeError, QuestionError
from index.model import Span
from rag.assistant import Assistant
from rag.channels.web.clauses import clause_view
from rag.channels.web.proofing import add_proofing
from rag.channels.web.status import Warmup
from rag.wire import question_from_json

if TYPE_CHECKING:
    from fastapi import FastAPI

MAX_BODY_BYTES = 1_000_000
_ASSETS = {"page.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8"}


def add_routes(app: FastAPI, assistant: Assistant, warmup: Warmup, default_org: str | None) -> None:
    """``POST /api/ask``, ``GET /api/health``, ``GET /api/clauses/{document}/{clause}``, and the page's own files.

    Errors are ``{"error": one Chinese sentence, "remedy": what to do}`` with a fitting status.
    """

    async def ask(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return _error(413, "请求太大。", f"请控制在{MAX_BODY_BYTES // 1000}KB以内。")
        try:
            question = question_from_json(body, default_org)
            answer = await run_in_threadpool(assistant.ask, question)
        except QuestionError as error:
            return _error(400, error.message, error.remedy)
        except AnzeError as error:
            return _error(500, error.message, error.remedy)
        return _json(answer.to_json())

    def health(request: Request) -> Response:
        state = warmup.state
        return _json(
            {
                "status": "ok",
                "documents": len(assistant.library.infos),
                "retrieval": state.retrieval,
                "line": warmup.line(),
            }
        )

    def clause(request: Request) -> Response:
        try:
            library = assistant.current.library
            span = _span(request.query_params.get("span"))
            view = clause_view(library, request.path_params["document"], request.path_params["clause"], span)
        except ValueError:
            return _error(400, "原文位置的写法不对。", "应为 起-止，例如 120-340。")
        except AnzeError as error:
            return _error(500, error.message, error.remedy)
        return _json(view.to_json()) if view else _error(404, "没有找到这一条原文。", "文件可能已更新，请重新提问。")

    def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _ASSETS:
            return _error(404, "没有这个文件。", "")
        body = resources.files("rag.channels.web").joinpath("assets", name).read_bytes()
        return Response(body, media_type=_ASSETS[name], headers={"cache-control": "max-age=3600"})

    async def defect(request: Request, error: Exception) -> Response:
        """The server logs the error itself."""
        return _error(500, "程序出错，请求没能完成。", "如反复出现，请把请求告诉管理员。")

    app.add_exception_handler(Exception, defect)
    app.add_route("/api/ask", ask, methods=["POST"])
    app.add_route("/api/health", health, methods=["GET"])
    app.add_route("/api/clauses/{document}/{clause}", clause, methods=["GET"])
    add_proofing(app, assistant)
    app.add_route("/anze/{name}", asset, methods=["GET"])
    app.add_route("/api/{rest:path}", _nothing, methods=["GET", "POST", "PUT", "DELETE"])


async def _body(request: Request) -> bytes | None:
    """The request's body, or ``None`` where it is larger than allowed; reading stops there."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


def _span(text: str | None) -> Span | None:
    """Raises ``ValueError`` unless ``text`` is ``start-end``."""
    if not text:
        return None
    start, _, end = text.partition("-")
    return Span(int(start), int(end))


def _nothing(request: Request) -> Response:
    return _error(404, "没有这个接口。", "可用：POST /api/ask，POST /api/verify，GET /api/health。")


def _json(value: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")


def _error(status: int, message: str, remedy: str) -> Response:
    return _json({"error": message, "remedy": remedy}, status)

"""The JSON interface for programs: ask and health; and the page's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from index.errors import AnzeError
from rag.assistant import Assistant
from rag.channels.web.bundle import Assets
from rag.channels.web.proofing import add_proofing
from rag.channels.web.replies import read_body, refuse, refuse_error, refuse_size, reply
from rag.channels.web.status import Warmup
from rag.wire import question_from_json

if TYPE_CHECKING:
    from fastapi import FastAPI


def add_routes(app: FastAPI, assistant: Assistant, warmup: Warmup, default_org: str | None, assets: Assets) -> None:
    """``POST /api/ask``, ``GET /api/health``, the page's own files, and 404 for every other address below ``/api``.

    Errors are ``{"error": one Chinese sentence, "remedy": what to do}`` with a fitting status.
    """

    async def ask(request: Request) -> Response:
        body = await read_body(request)
        if body is None:
            return refuse_size()
        try:
            question = question_from_json(body, default_org)
            answer = await run_in_threadpool(assistant.ask, question)
        except AnzeError as error:
            return refuse_error(error)
        return reply(answer.to_json())

    def health(request: Request) -> Response:
        return reply(
            {
                "status": "ok",
                "documents": len(assistant.library.infos),
                "retrieval": warmup.state.retrieval,
                "line": warmup.line(),
            }
        )

    def asset(request: Request) -> Response:
        found = assets.get(request.path_params["name"])
        if found is None:
            return refuse(404, "没有这个文件。")
        return Response(found.body, media_type=found.media_type, headers={"cache-control": "max-age=31536000"})

    app.add_exception_handler(Exception, _defect)
    app.add_route("/api/ask", ask, methods=["POST"])
    app.add_route("/api/health", health, methods=["GET"])
    add_proofing(app, assistant)
    app.add_route("/anze/{version}/{name}", asset, methods=["GET"])
    app.add_route("/api/{rest:path}", _nothing, methods=["GET", "POST", "PUT", "DELETE"])


async def _defect(request: Request, error: Exception) -> Response:
    """The server logs the error itself."""
    return refuse(500, "程序出错，请求没能完成。", "如反复出现，请把请求告诉管理员。")


def _nothing(request: Request) -> Response:
    return refuse(404, "没有这个接口。", "可用：POST /api/ask，POST /api/verify，GET /api/health。")

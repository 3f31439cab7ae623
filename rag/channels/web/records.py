"""Routes over what is kept: the browser's conversations, and what it says of answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from index.errors import AnzeError, QuestionError
from rag.assistant import Assistant
from rag.channels.web.kept import Kept
from rag.channels.web.replies import download, read_body, refuse, refuse_error, refuse_size, reply, text_of
from rag.channels.web.view import answer_html
from rag.channels.web.visitor import is_foreign, visitor_of
from rag.export.official import official_text
from rag.export.rows import safe_name
from rag.history.conversations import MAX_TITLE, Conversation, Heading
from rag.history.feedback import MAX_REASON, Verdict

MAX_BODY_BYTES = 20_000
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ID = "{id:str}"

Work = Callable[[str, str, dict[str, Any]], Response]
"""Browser's key, conversation's id (empty where the address has none), body → reply."""


def record_routes(assistant: Assistant, kept: Kept) -> list[Route]:
    """``/api/conversations`` and ``/api/feedback``; every one for the asking browser's own data only."""

    def listed(browser: str, id: str, body: dict[str, Any]) -> Response:
        return reply({"conversations": [heading_json(one) for one in kept.conversations.list(browser)]})

    def shown(browser: str, id: str, body: dict[str, Any]) -> Response:
        found = kept.conversations.load(browser, id)
        return reply({**heading_json(found.heading), "turns": _turns(assistant, kept, found)})

    def titled(browser: str, id: str, body: dict[str, Any]) -> Response:
        kept.conversations.rename(browser, id, text_of(body, "title", MAX_TITLE))
        return reply(heading_json(kept.conversations.load(browser, id).heading))

    def removed(browser: str, id: str, body: dict[str, Any]) -> Response:
        kept.conversations.delete(browser, id)
        return reply({})

    def filed(browser: str, id: str, body: dict[str, Any]) -> Response:
        from rag.export.conversation import conversation_docx

        found, library = kept.conversations.load(browser, id), assistant.library
        title = found.heading.title or "对话记录"
        made = conversation_docx(title, found.exchanges, library, library.day)
        return download(made, f"{safe_name(title)}.docx", _WORD)

    return [
        Route("/api/conversations", _guarded(listed), methods=["GET"]),
        Route(f"/api/conversations/{_ID}", _guarded(shown), methods=["GET"]),
        Route(f"/api/conversations/{_ID}", _guarded(removed), methods=["DELETE"]),
        Route(f"/api/conversations/{_ID}/title", _guarded(titled), methods=["POST"]),
        Route(f"/api/conversations/{_ID}/docx", _guarded(filed), methods=["GET"]),
        Route("/api/feedback", _guarded(_judging(kept)), methods=["POST"]),
    ]


def _judging(kept: Kept) -> Work:
    """What a visitor says of an answer; an empty verdict takes it back."""

    def judged(browser: str, id: str, body: dict[str, Any]) -> Response:
        said = text_of(body, "verdict", 10)
        if said not in ("", *Verdict):
            return refuse(400, "评价的写法不对。", "应为 useful、wrong，或留空表示撤回。")
        place = text_of(body, "conversation", 64), text_of(body, "answer", 64)
        kept.judge(browser, *place, Verdict(said) if said else None, text_of(body, "reason", MAX_REASON))
        return reply({"verdict": said})

    return judged


def _guarded(work: Work) -> Callable[[Request], Any]:
    """For requests of our own page, by a browser we know, of a decent size; the rest is refused in Chinese."""

    async def answer(request: Request) -> Response:
        if is_foreign(request):
            return refuse(403, "请求来自别的网站，已拒绝。", "请在本系统的页面上操作。")
        browser = visitor_of(request)
        if browser is None:
            return refuse(403, "浏览器没有带上标识，读不到对话。", "请开启Cookie并刷新页面。")
        raw = await read_body(request, MAX_BODY_BYTES)
        if raw is None:
            return refuse_size(MAX_BODY_BYTES)
        try:
            body = _decoded(raw)
            return await run_in_threadpool(work, browser, request.path_params.get("id", ""), body)
        except AnzeError as error:
            return refuse_error(error)

    return answer


def _decoded(raw: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError as error:
        raise QuestionError("请求不是合法的 JSON。", "请刷新页面后重试。") from error
    if not isinstance(body, dict):
        raise QuestionError("请求不是 JSON 对象。", "请刷新页面后重试。")
    return body


def heading_json(heading: Heading) -> dict[str, Any]:
    return {"id": heading.id, "title": heading.title or "新对话", "updated": heading.updated, "turns": heading.turns}


def _turns(assistant: Assistant, kept: Kept, conversation: Conversation) -> list[dict[str, Any]]:
    library = assistant.current.library
    return [
        {
            "id": one.key, "question": one.question, "html": answer_html(one.answer, library), "text": one.answer.text,
            "copy": official_text(one.answer, library), "feedback": kept.feedback.verdict(one.key) or "",
            "conversation": {"id": conversation.heading.id},
        }
        for one in conversation.exchanges
    ]  # fmt: skip

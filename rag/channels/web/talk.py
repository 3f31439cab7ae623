"""The conversation: ``POST /api/chat`` streams an answer and keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from index.errors import AnzeError, QuestionError
from rag.assistant import Assistant, check
from rag.channels.web.departments import choose
from rag.channels.web.kept import Kept
from rag.channels.web.records import heading_json
from rag.channels.web.replies import read_body, refuse, refuse_error, refuse_size, text_of
from rag.channels.web.stream import Workers
from rag.channels.web.view import answer_html
from rag.channels.web.visitor import is_foreign, visitor_of
from rag.export.official import official_text
from rag.model import Answer, Question
from rag.wire import question_from_json

FAILED = {
    "error": "程序出错，这个问题没能回答。", "remedy": "请换个说法再问；如反复出现，请把问题原文告诉管理员。",
}  # fmt: skip
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
_LONGEST_ID = 64

Line = dict[str, Any]


def talk_routes(assistant: Assistant, kept: Kept) -> list[Route]:
    """The route that asks. Each line of its reply is a JSON object, an empty line means that it is still at work:

    ``{"html"}`` the answer so far; ``{"error", "remedy"}``; and last ``{"done": true, "text", "copy", "note"}`` with
    ``id`` and ``conversation`` where the answer was kept.
    """
    workers = Workers()

    async def chat(request: Request) -> Response:
        if is_foreign(request):
            return refuse(403, "请求来自别的网站，已拒绝。", "请在本系统的页面上提问。")
        body = await read_body(request)
        if body is None:
            return refuse_size()
        try:
            question = question_from_json(body)
        except QuestionError as error:
            return refuse_error(error)
        browser, conversation = visitor_of(request), text_of(orjson.loads(body), "conversation", _LONGEST_ID)
        keep = partial(_keep, kept, browser, conversation)
        lines = workers.lines(partial(answered, assistant, question, keep), FAILED)
        return StreamingResponse(lines, media_type="application/x-ndjson", headers=_HEADERS)

    return [Route("/api/chat", chat, methods=["POST"])]


def answered(assistant: Assistant, question: Question, keep: Callable[[Answer], Line]) -> Iterator[Line]:
    """The lines of one answer. It is shown from the index it was made from, and kept once it is whole."""
    now = assistant.current
    try:
        check(question.text)
        own = choose(now.reader, now.library.register, question.org).name
        answer = None
        for answer in now.stream(replace(question, org=own or None)):
            yield {"html": answer_html(answer, now.library)}
    except AnzeError as error:
        sorry = error.message if isinstance(error, QuestionError) else f"这个问题没能回答：{error.message}"
        yield {"error": sorry, "remedy": error.remedy}
        return
    if answer is not None:
        yield {"done": True, "text": answer.text, "copy": official_text(answer, now.library), **keep(answer)}


def _keep(kept: Kept, browser: str | None, conversation: str, answer: Answer) -> Line:
    place = kept.keep(browser, conversation, answer.question, answer)
    if place.heading is None:
        return {"note": place.note}
    return {"id": place.key, "conversation": heading_json(place.heading)}

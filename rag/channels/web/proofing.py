"""``POST /api/verify``: proof-reading of a text or a Word file over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from index.errors import AnzeError, QuestionError
from rag.assistant import Assistant
from rag.channels.web.replies import read_body, refuse, refuse_error, reply

if TYPE_CHECKING:
    from fastapi import FastAPI

    from rag.proof.model import Draft

MAX_DRAFT_BYTES = 5_000_000
_WORD_FILE = b"PK\x03\x04"


def add_proofing(app: FastAPI, assistant: Assistant) -> None:
    """Take ``{"text": …}`` or the bytes of a .docx file, give back the report of ``rag.proof`` as JSON.

    ``result`` is ``passed``, ``failed`` or ``nothing_found``. Errors are ``{"error", "remedy"}``: 400 for what cannot
    be read, 413 for what is too large.
    """

    async def verify(request: Request) -> Response:
        body = await read_body(request, MAX_DRAFT_BYTES)
        if body is None:
            return refuse(413, "文稿太大。", f"请控制在{MAX_DRAFT_BYTES // 1_000_000}MB以内。")
        try:
            return reply(await run_in_threadpool(_report, body, assistant))
        except AnzeError as error:
            return refuse_error(error)

    app.add_route("/api/verify", verify, methods=["POST"])


def _report(body: bytes, assistant: Assistant) -> dict[str, Any]:
    from rag.proof.check import check_draft

    return check_draft(assistant.library, _draft(body)).to_json()


def _draft(body: bytes) -> Draft:
    from rag.proof.draft import draft_of_bytes, draft_of_text

    if body.startswith(_WORD_FILE):
        return draft_of_bytes(body, "上传的文件")
    how = '请写成 {"text": "…"}，或直接发送 .docx 文件的内容。'
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise QuestionError("既不是合法的 JSON，也不是 .docx 文件。", how) from error
    text = raw.get("text") if isinstance(raw, dict) else None
    if not isinstance(text, str):
        raise QuestionError("缺少 text，或它不是文字。", how)
    if not text.strip():
        raise QuestionError("text 是空的，没有可核对的文字。", how)
    return draft_of_text(text)

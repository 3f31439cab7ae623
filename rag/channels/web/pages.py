"""What the page asks for while it is read: departments, start page, items, matrix, whole documents. Nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from index.errors import AnzeError
from index.model import Span
from rag.assistant import Assistant
from rag.channels.web.clauses import clause_view, document_html, status_note
from rag.channels.web.departments import Chosen, choices, choose
from rag.channels.web.replies import refuse, refuse_error, reply
from rag.channels.web.start import start_html
from rag.channels.web.who import found_items, items_html, matrix_html, sentence_about

Fragment = dict[str, Any]
Maker = Callable[[Request], Fragment]


def page_routes(assistant: Assistant, default_org: str | None) -> list[Route]:
    """``GET`` routes below ``/api``. Fragments of HTML travel inside JSON, so that none can be opened as a page."""

    @lru_cache(maxsize=2)
    def offered(library: object) -> list[Fragment]:
        return [one.to_json() for one in choices(assistant.library.register)]

    offered(assistant.library)  # now, for the sounds take a moment and the first visitor would wait

    def settle(typed: str | None) -> Chosen:
        now = assistant.current
        return choose(now.reader, now.library.register, typed)

    def departments(request: Request) -> Fragment:
        return {"departments": offered(assistant.library), "default": settle(default_org).name}

    def department(request: Request) -> Fragment:
        chosen = settle(request.query_params.get("q"))
        return {"name": chosen.name, "notice": chosen.notice}

    def start(request: Request) -> Fragment:
        name = settle(request.query_params.get("org")).name
        return {"name": name, "html": start_html(assistant.library, name)}

    fragments = {
        "departments": departments, "department": department, "start": start, **_who(assistant),
    }  # fmt: skip
    return [
        *(Route(f"/api/{name}", _fragment(make), methods=["GET"]) for name, make in fragments.items()),
        Route("/api/clauses/{document}/{clause}", _clause(assistant), methods=["GET"]),
        Route("/api/documents/{document}", _document(assistant), methods=["GET"]),
    ]


def _who(assistant: Assistant) -> dict[str, Maker]:
    """The tab 查责任."""

    def items(request: Request) -> Fragment:
        return {"html": items_html(assistant.library)}

    def search(request: Request) -> Fragment:
        now, asked = assistant.current, request.query_params.get("q", "")
        found, words = found_items(now, asked)
        items = {item.id: item for item in now.library.items(now.library.plan.id)}
        return {"items": found, "words": words, "said": [sentence_about(items[one], asked) for one in found]}

    def matrix(request: Request) -> Fragment:
        return {"html": matrix_html(assistant.library)}

    return {"items": items, "search": search, "matrix": matrix}


def _fragment(make: Maker) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        try:
            return reply(make(request))
        except AnzeError as error:
            return refuse_error(error)

    return answer


def _clause(assistant: Assistant) -> Callable[[Request], Response]:
    def clause(request: Request) -> Response:
        try:
            span = read_span(request.query_params.get("span"))
            view = clause_view(
                assistant.current.library, request.path_params["document"], request.path_params["clause"], span
            )
        except ValueError:
            return refuse(400, "原文位置的写法不对。", "应为 起-止，例如 120-340。")
        except AnzeError as error:
            return refuse_error(error)
        return reply(view.to_json()) if view else refuse(404, "没有找到这一条原文。", "文件可能已更新，请重新提问。")

    return clause


def _document(assistant: Assistant) -> Callable[[Request], Response]:
    def document(request: Request) -> Response:
        try:
            library, id = assistant.current.library, request.path_params["document"]
            if id not in library:
                return refuse(404, "没有找到这份文件。", "文件可能已更新，请重新提问。")
            html = document_html(library, id, read_span(request.query_params.get("span")))
            held, status, note = library.document(id), library.status(id), status_note(library, id)
        except ValueError:
            return refuse(400, "原文位置的写法不对。", "应为 起-止，例如 120-340。")
        except AnzeError as error:
            return refuse_error(error)
        about = {"title": held.title, "number": held.number, "status": status, "status_note": note}
        return reply({"document": id, "html": html, **about})

    return document


def read_span(text: str | None) -> Span | None:
    """Raises ``ValueError`` unless ``text`` is ``start-end``."""
    if not text:
        return None
    start, _, end = text.partition("-")
    return Span(int(start), int(end))

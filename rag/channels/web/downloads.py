"""Downloads of the year's list: Word, Excel, calendar. A file holds the rows the page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from index.errors import AnzeError
from rag.assistant import Assistant
from rag.channels.web.links import anchor, list_link
from rag.channels.web.replies import download, refuse, refuse_error, reply
from rag.channels.web.tasks import Wanted, lists, roles_of, tasks_html, wanted_list, whole_list
from rag.export.rows import TaskList, file_name

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file_routes(assistant: Assistant, web_url: str) -> list[Route]:
    """``GET /api/tasks`` and ``GET /api/tasks/file/{kind}``, both with ``org``, ``tier``, ``role``, ``q``, ``sort``."""

    def tasks(request: Request) -> Response:
        try:
            wanted, notice = _read(assistant.current, request.query_params)
            library = assistant.current.library
            found = wanted_list(library, wanted) if wanted.of else None
            roles = roles_of(whole_list(library, wanted.of)) if found else []
            html = notice + tasks_html(found, wanted) if found else ""
            kind = found.kind.value if found else ""
        except AnzeError as error:
            return refuse_error(error)
        return reply({"html": html, "kind": kind, "roles": roles, "lists": lists(library)})

    def file(request: Request) -> Response:
        kind = request.path_params["kind"]
        try:
            wanted, _ = _read(assistant.current, request.query_params)
            found = wanted_list(assistant.current.library, wanted)
            made = _made(found, kind, web_url)
        except AnzeError as error:
            return refuse_error(error)
        if made is None:
            return refuse(404, "没有这种格式。", "可选：docx、xlsx、ics。")
        body, media_type = made
        return download(body, file_name(found, f".{kind}"), media_type)

    return [
        Route("/api/tasks", tasks, methods=["GET"]),
        Route("/api/tasks/file/{kind}", file, methods=["GET"]),
    ]


def _read(assistant: Assistant, values: Mapping[str, str]) -> tuple[Wanted, str]:
    """What is asked for. A county's bureau has no list of its own but its government's, and a line of HTML says so."""
    wanted = Wanted.read(values)
    party = next((one for one in assistant.reader.parties.find(wanted.of).parties if one.counterpart), None)
    if party is None or party.counterpart is None:
        return wanted, ""
    like = anchor(list_link(party.counterpart), escape(party.counterpart), css="az-source")
    own = f"“{escape(party.words)}”没有单独的清单，以下是{escape(party.name)}的；对口的市级部门是{like}。"
    return replace(wanted, of=party.name), f'<p class="az-warn">{own}</p>'


def _made(tasks: TaskList, kind: str, web_url: str) -> tuple[bytes, str] | None:
    """The file and its media type. The writers are imported when somebody downloads: they load large libraries."""
    if kind == "docx":
        from rag.export.docx import task_docx

        return task_docx(tasks), _WORD
    if kind == "xlsx":
        from rag.export.xlsx import task_xlsx

        return task_xlsx(tasks, web_url), _EXCEL
    if kind == "ics":
        from rag.export.ics import task_ics

        return task_ics(tasks, datetime.now(UTC), web_url), "text/calendar; charset=utf-8"
    return None

"""What the tests of exported files share: lists, a conversation, and files as other software opens them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from dateutil.rrule import rrulestr
from docx import Document
from docx.oxml.ns import qn
from icalendar import Calendar
from openpyxl import load_workbook

from index.model import Tier
from rag.assistant import Assistant
from rag.export.leaders import LEADERS, leader_list
from rag.export.rows import TaskList, basis_words, task_list
from rag.history.conversations import Exchange
from rag.library import Library
from rag.model import Question

PLAN = "《宜春市2023年安全生产工作要点》（宜市安字〔2023〕2号）"
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
ORGANISATIONS = ("市住建局", "市应急管理局", "丰城市政府", "宜阳新区管委会")
QUESTIONS = ("第20项谁牵头", "市住建局要做什么", "党委主要负责人有哪些安全生产职责", "今天天气怎么样")

WORD_COLUMNS = 7

Lists = Callable[[str], TaskList]
WordRow = tuple[str, str, str, str]


def lists_of(library: Library) -> Lists:
    """The list of an organisation, or of a leader; each is made once."""
    leaders = {leader.name for leader in LEADERS}

    @cache
    def of(name: str) -> TaskList:
        return leader_list(library, name) if name in leaders else task_list(library, name)

    return of


def exchanges(assistant: Assistant) -> list[Exchange]:
    """A conversation: a short answer, a long one, one from transcribed text, a refusal."""
    moment = "2026-11-23T08:15:02.123+00:00"
    return [Exchange(f"k{n}", moment, text, assistant.ask(Question(text))) for n, text in enumerate(QUESTIONS)]


def word_table(content: bytes) -> list[list[str]]:
    """The cells of the file's only table, row by row; cells merged across a row are one."""
    (table,) = Document(BytesIO(content)).tables
    return [[_text(cell) for cell in row._tr.tc_lst] for row in table.rows]


def _text(cell: Any) -> str:
    return "\n".join("".join(text.text or "" for text in p.iter(qn("w:t"))) for p in cell.iter(qn("w:p")))


def word_rows(table: list[list[str]]) -> list[WordRow]:
    """(label, title, role, legal bases) of each duty in the cells of a Word list."""
    found = []
    for row in table[1:]:
        if len(row) == WORD_COLUMNS:
            label, _, title = row[1].partition("\n")
            found.append((label, title, row[3].split("\n")[0], row[5]))
    return found


def expected_word_rows(tasks: TaskList) -> list[WordRow]:
    """The same out of the list itself, tier by tier."""
    return [
        (row.label, row.title, row.role_shown, basis_words(row.basis) or "—")
        for tier in Tier
        for row in tasks.rows
        if row.tier is tier
    ]


def sheet_rows(content: bytes) -> list[dict[str, Any]]:
    """The rows of the list's sheet, by column head."""
    head, *rows = load_workbook(BytesIO(content))["责任清单"].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def content_lines(calendar: bytes) -> list[tuple[str, str]]:
    """(name with parameters, value) as RFC 5545 wants lines: CRLF, at most 75 octets, UTF-8 whole in each, unfolded."""
    assert calendar.endswith(b"\r\n")
    physical = calendar[:-2].split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in physical)
    assert max(map(len, physical)) <= 75
    lines: list[str] = []
    for line in physical:
        text = line.decode("utf-8")
        assert text
        if text[0] in " \t":
            lines[-1] += text[1:]
        else:
            lines.append(text)
    assert all(re.fullmatch(r"[A-Z0-9-]+(?:;[A-Z-]+=[^:;]+)*:.*", line) for line in lines)
    return [(line.partition(":")[0], line.partition(":")[2]) for line in lines]


def events(calendar: bytes) -> list[Any]:
    """The events, as icalendar reads them."""
    return list(Calendar.from_ical(calendar).walk("VEVENT"))


def days(event: Any) -> list[date]:
    """Every day an event falls on."""
    start = event.decoded("dtstart")
    if "rrule" not in event:
        return [start]
    return recurring(event["rrule"].to_ical().decode(), start)


def recurring(rule: str, start: date) -> list[date]:
    """The days of a recurrence, as dateutil has them."""
    return [moment.date() for moment in rrulestr(rule, dtstart=datetime.combine(start, datetime.min.time()))]


class HtmlRows(HTMLParser):
    """The rows of the tables of a page, as lists of cell texts."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._inside = True
        elif tag == "p" and self._inside and self.rows[-1][-1].strip():
            self.rows[-1][-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data.replace("\n", "").replace("\t", "")

"""The list as an Excel workbook: one row a duty, filters on, head frozen; notes on a second sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from openpyxl import Workbook
from openpyxl.styles import Border, Font

from index.model import DeadlineKind
from rag.export.rows import ListKind, TaskList, TaskRow, basis_words
from rag.export.table import FONT, Cell, Column, height, to_bytes, write_cell, write_table
from rag.export.text import printable

SHEET, NOTES = "责任清单", "说明"
_FILL_IN = ("责任科室", "责任人", "完成情况")
_BEFORE_DATES = (
    Column("序号", 6, True),
    Column("事项", 8, True),
    Column("事项名称", 18),
    Column("工作任务", 56),
    Column("角色", 12, True),
    Column("原文动词", 16),
    Column("层级", 8, True),
    Column("经由", 14),
    Column("时限（原文）", 16),
)
_AFTER_DATES = (
    Column("频次", 11),
    Column("数量要求", 11),
    Column("法律依据", 34),
    Column("责任括号原文", 42),
    Column("出处", 22),
    Column("效力", 10, True),
    Column("备注", 20),
)
_DUTIES = (
    Column("序号", 6, True),
    Column("条款", 14, True),
    Column("职责", 70),
    Column("出处", 32),
    Column("效力", 12, True),
    Column("备注", 14),
)


def task_xlsx(tasks: TaskList, web_url: str = "") -> bytes:
    """The workbook. With ``web_url``, the address of the web page, each item links to its text there."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    dates = max([1, *(len(row.dates) for row in tasks.rows)])
    columns = _columns(tasks.kind, dates)
    write_table(sheet, columns, [_values(tasks.kind, n, row, dates) for n, row in enumerate(tasks.rows, 1)])
    for number, row in enumerate(tasks.rows, 2) if web_url else ():
        _link(sheet.cell(number, 2), web_url, row)
    sheet.freeze_panes = "C2"
    _printed(sheet, tasks)
    _notes(book.create_sheet(NOTES), tasks)
    book.properties.title, book.properties.creator = printable(tasks.title), "安责"
    book.properties.created = book.properties.modified = datetime.combine(tasks.made, datetime.min.time())
    return to_bytes(book)


def _columns(kind: ListKind, dates: int) -> tuple[Column, ...]:
    """The columns of a list; as many date columns as a row has dates at most, one at least."""
    fill_in = tuple(Column(head, 12) for head in _FILL_IN)
    if kind is ListKind.LEADER:
        return (*_DUTIES, *fill_in)
    due = tuple(Column("截止日期" + (str(n) if n > 1 else ""), 12, True) for n in range(1, dates + 1))
    return (*_BEFORE_DATES, *due, *_AFTER_DATES, *fill_in)


def _values(kind: ListKind, number: int, row: TaskRow, dates: int) -> Sequence[Cell]:
    blank: tuple[Cell, ...] = (None,) * len(_FILL_IN)
    if kind is ListKind.LEADER:
        return (
            number,
            row.label,
            row.task,
            row.reference,
            row.status,
            row.note if row.note != row.status else "",
            *blank,
        )
    due: list[Cell] = [*row.dates, *([None] * (dates - len(row.dates)))]
    return (
        number, row.label, row.title, row.task, row.role, row.role_words, row.tier_name, row.via, row.when, *due,
        _told(row, DeadlineKind.RECURRENCE), _told(row, DeadlineKind.QUANTITY), basis_words(row.basis),
        row.bracket, row.reference, row.status, row.note, *blank,
    )  # fmt: skip


def _told(row: TaskRow, kind: DeadlineKind) -> str:
    return "、".join(dict.fromkeys(d.text for d in row.deadlines if d.kind is kind))


def _link(cell: Any, web_url: str, row: TaskRow) -> None:
    place = f"#c={quote(row.document, safe='')}/{quote(row.item, safe='')}"
    cell.hyperlink = web_url.split("#")[0] + place
    cell.font = Font(name=FONT, size=10, color="0563C1", underline="single")


def _printed(sheet: Any, tasks: TaskList) -> None:
    """Landscape, one page wide, the title and the page number on every page."""
    _wide(sheet, sheet.PAPERSIZE_A3)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.oddHeader.center.text = printable(tasks.title).replace("&", "&&")
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"


def _wide(sheet: Any, paper: str) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", paper
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _notes(sheet: Any, tasks: TaskList) -> None:
    day = f"{tasks.made.year}年{tasks.made.month}月{tasks.made.day}日"
    lines = [tasks.title, f"制表日期：{day}", f"共{len(tasks.rows)}行。{tasks.statement}", *tasks.notes]
    for at, line in enumerate(lines, 1):
        cell = sheet.cell(at, 1)
        write_cell(cell, line)
        cell.border = Border()
        cell.font = Font(name=FONT, size=14 if at == 1 else 11, bold=at == 1)
        sheet.row_dimensions[at].height = 24 if at == 1 else height([Column("", 80)], [line]) * 1.2
    sheet.column_dimensions["A"].width = 100
    _wide(sheet, sheet.PAPERSIZE_A4)

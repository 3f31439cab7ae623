"""The list as an Excel workbook: one row a duty, filters on, head frozen; notes on a second sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any
from unicodedata import east_asian_width
from urllib.parse import quote

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from index.model import DeadlineKind
from rag.export.rows import ListKind, TaskList, TaskRow, basis_words
from rag.export.text import printable

SHEET, NOTES = "责任清单", "说明"
_MOST = 32_767
_FONT = "宋体"
_LINE_POINTS, _TALLEST = 13.5, 409.0
_LINE = Side(style="thin", color="808080")
_FILL_IN = ("责任科室", "责任人", "完成情况")

Cell = str | int | date | None


@dataclass(frozen=True, slots=True)
class _Column:
    head: str
    width: float
    centred: bool = False


_TASKS = (
    _Column("序号", 6, True),
    _Column("事项", 8, True),
    _Column("事项名称", 18),
    _Column("工作任务", 56),
    _Column("角色", 12, True),
    _Column("原文动词", 16),
    _Column("层级", 8, True),
    _Column("经由", 14),
    _Column("时限（原文）", 16),
    _Column("频次", 11),
    _Column("数量要求", 11),
    _Column("法律依据", 34),
    _Column("责任括号原文", 42),
    _Column("出处", 22),
    _Column("效力", 10, True),
    _Column("备注", 20),
)
_DUTIES = (
    _Column("序号", 6, True),
    _Column("条款", 14, True),
    _Column("职责", 70),
    _Column("出处", 32),
    _Column("效力", 12, True),
    _Column("备注", 14),
)


def task_xlsx(tasks: TaskList, web_url: str = "") -> bytes:
    """The workbook. With ``web_url``, the address of the web page, each item links to its text there."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    dates = max((len(row.dates) for row in tasks.rows), default=0)
    columns = _columns(tasks.kind, dates)
    _head(sheet, columns)
    for number, row in enumerate(tasks.rows, 1):
        values = _values(tasks.kind, number, row, dates)
        for at, (column, value) in enumerate(zip(columns, values, strict=True), 1):
            _write(sheet.cell(number + 1, at), value, column.centred)
        sheet.row_dimensions[number + 1].height = _height(columns, values)
        if web_url:
            _link(sheet.cell(number + 1, 2), web_url, row)
    _frame(sheet, columns, tasks)
    _notes(book.create_sheet(NOTES), tasks)
    book.properties.title, book.properties.creator = printable(tasks.title), "安责"
    book.properties.created = book.properties.modified = datetime.combine(tasks.made, datetime.min.time())
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _columns(kind: ListKind, dates: int) -> tuple[_Column, ...]:
    """The columns of a list; as many date columns as a row has dates at most, one at least."""
    fill_in = tuple(_Column(head, 12) for head in _FILL_IN)
    if kind is ListKind.LEADER:
        return (*_DUTIES, *fill_in)
    at = next(place for place, column in enumerate(_TASKS) if column.head == "频次")
    due = tuple(_Column("截止日期" + (str(n) if n > 1 else ""), 12, True) for n in range(1, max(dates, 1) + 1))
    return (*_TASKS[:at], *due, *_TASKS[at:], *fill_in)


def _values(kind: ListKind, number: int, row: TaskRow, dates: int) -> Sequence[Cell]:
    blank: tuple[Cell, ...] = (None,) * len(_FILL_IN)
    if kind is ListKind.LEADER:
        return (number, row.label, row.task, row.reference, row.status, row.note, *blank)
    due: list[Cell] = [*row.dates, *([None] * (max(dates, 1) - len(row.dates)))]
    return (
        number, row.label, row.title, row.task, row.role, row.role_words, row.tier_name, row.via, row.when, *due,
        _told(row, DeadlineKind.RECURRENCE), _told(row, DeadlineKind.QUANTITY), basis_words(row.basis),
        row.bracket, row.reference, row.status, row.note, *blank,
    )  # fmt: skip


def _told(row: TaskRow, kind: DeadlineKind) -> str:
    return "、".join(dict.fromkeys(d.text for d in row.deadlines if d.kind is kind))


def _write(cell: Any, value: Cell, centred: bool) -> None:
    """A date stays a date and a number a number; text is text even where it begins like a formula."""
    if isinstance(value, str):
        text = printable(value)[:_MOST]
        cell.value = text or None
        if text[:1] in ("=", "+", "-", "@", "\t", "\r"):
            cell.data_type, cell.quotePrefix = "s", True
    else:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
    cell.font = Font(name=_FONT, size=10)
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center" if centred else "left")
    cell.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def _height(columns: Sequence[_Column], values: Sequence[Cell]) -> float:
    """Points a row needs: not every program finds out by itself. Wide characters take two of a column's units."""
    lines = [
        -(-sum(2 if east_asian_width(char) in "WFA" else 1 for char in value) // int(column.width - 1))
        for column, value in zip(columns, values, strict=True)
        if isinstance(value, str)
    ]
    return min(_TALLEST, max(lines, default=1) * _LINE_POINTS + 6)


def _head(sheet: Any, columns: Sequence[_Column]) -> None:
    for at, column in enumerate(columns, 1):
        cell = sheet.cell(1, at)
        _write(cell, column.head, True)
        cell.font = Font(name=_FONT, size=10, bold=True)
        cell.fill = PatternFill("solid", fgColor="E7EEF7")
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    sheet.row_dimensions[1].height = 28


def _link(cell: Any, web_url: str, row: TaskRow) -> None:
    place = f"#c={quote(row.document, safe='')}/{quote(row.item, safe='')}"
    cell.hyperlink = web_url.split("#")[0] + place
    cell.font = Font(name=_FONT, size=10, color="0563C1", underline="single")


def _frame(sheet: Any, columns: Sequence[_Column], tasks: TaskList) -> None:
    """Filter, frozen head, and how it prints: landscape, one page wide, head and page number on every page."""
    last = f"{get_column_letter(len(columns))}{len(tasks.rows) + 1}"
    sheet.auto_filter.ref = f"A1:{last}"
    sheet.freeze_panes = "C2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.oddHeader.center.text = printable(tasks.title).replace("&", "&&")
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"


def _notes(sheet: Any, tasks: TaskList) -> None:
    day = f"{tasks.made.year}年{tasks.made.month}月{tasks.made.day}日"
    lines = [tasks.title, f"制表日期：{day}", f"共{len(tasks.rows)}行。{tasks.statement}", *tasks.notes]
    for at, line in enumerate(lines, 1):
        cell = sheet.cell(at, 1)
        _write(cell, line, centred=False)
        cell.border = Border()
        cell.font = Font(name=_FONT, size=14 if at == 1 else 11, bold=at == 1)
        sheet.row_dimensions[at].height = 24 if at == 1 else _height([_Column("", 80)], [line]) * 1.2
    sheet.column_dimensions["A"].width = 100
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True

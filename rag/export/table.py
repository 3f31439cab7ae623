"""Sheets as offices use them: text that stays text, dates that are dates, rows as tall as their text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from rag.export.text import printable

FONT = "宋体"
_LINE_POINTS, _TALLEST = 13.5, 409.0
_MOST = 32_767
_LINE = Side(style="thin", color="808080")
_FORMULA = ("=", "+", "-", "@", "\t")

Cell = str | int | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` in Excel's units, about one Latin letter each."""

    head: str
    width: float
    centred: bool = False


def write_cell(cell: Any, value: Cell, *, centred: bool = False) -> None:
    """A date stays a date and a number a number; text is text even where it begins like a formula."""
    if isinstance(value, str):
        text = printable(value)[:_MOST]
        cell.value = text or None
        if text.startswith(_FORMULA):
            cell.data_type, cell.quotePrefix = "s", True
    else:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
    cell.font = Font(name=FONT, size=10)
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center" if centred else "left")
    cell.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def write_table(sheet: Any, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
    """A head row and one row each, with a filter on every column and the head kept in sight."""
    for at, column in enumerate(columns, 1):
        cell = sheet.cell(1, at)
        write_cell(cell, column.head, centred=True)
        cell.font = Font(name=FONT, size=10, bold=True)
        cell.fill = PatternFill("solid", fgColor="E7EEF7")
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    sheet.row_dimensions[1].height = 28
    for number, values in enumerate(rows, 2):
        for at, (column, value) in enumerate(zip(columns, values, strict=True), 1):
            write_cell(sheet.cell(number, at), value, centred=column.centred)
        sheet.row_dimensions[number].height = height(columns, values)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"


def height(columns: Sequence[Column], values: Sequence[Cell]) -> float:
    """Points a row needs: not every program finds out by itself. Wide characters take two of a column's units."""
    needed = [
        sum(-(-_width(line) // int(column.width - 1)) or 1 for line in value.split("\n"))
        for column, value in zip(columns, values, strict=True)
        if isinstance(value, str)
    ]
    return min(_TALLEST, max(needed, default=1) * _LINE_POINTS + 6)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)


def table_xlsx(title: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title
    write_table(sheet, columns, rows)
    return to_bytes(book)


def to_bytes(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()

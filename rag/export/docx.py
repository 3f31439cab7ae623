"""The list as a Word file, laid out as offices file a 责任清单: title, department and date, table, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docx.document import Document as DocumentObject
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell, _Row

from index.model import DeadlineKind, Tier
from rag.compose.lists.words import TIER_NAMES
from rag.export.notes import tier_meaning
from rag.export.rows import ListKind, TaskList, TaskRow, basis_words
from rag.export.word import BODY, HEAD, KAI, TITLE, centred, new_document, say, tight, to_bytes

_TASKS = (
    ("序号", 1.1), ("事项", 3.0), ("工作任务（附责任括号原文）", 9.8), ("责任角色", 2.7), ("完成时限", 2.5),
    ("法律依据", 4.2), ("责任科室\n责任人", 2.4),
)  # fmt: skip
_DUTIES = (("序号", 1.1), ("条款", 2.8), ("职责", 12.6), ("核对", 2.2), ("落实措施", 4.5), ("完成时限", 2.5))
_NUMERALS = "一二三四"
_SIZE, _SMALL, _LEADING = 10.5, 9.0, 1.3
_LONG = 600
"""Characters from which on a row may break across pages; shorter ones stay whole."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One cell's paragraph."""

    text: str
    font: str = BODY
    size: float = _SIZE
    centred: bool = False


_Cells = Sequence[Sequence[_Part]]
_Columns = Sequence[tuple[str, float]]


def task_docx(tasks: TaskList) -> bytes:
    """The Word file: A4 landscape, the head row repeated on every page, a row a duty, grouped by tier."""
    document = new_document(tasks.title, tasks.made, landscape=True)
    _heading(document, tasks)
    if tasks.kind is ListKind.LEADER:
        _table(document, _DUTIES, [_duty_cells(number, row) for number, row in enumerate(tasks.rows, 1)])
    else:
        _table(document, _TASKS, _tiers(tasks))
    _notes(document, tasks)
    return to_bytes(document)


def _heading(document: DocumentObject, tasks: TaskList) -> None:
    say(centred(tight(document.add_paragraph(), after=4)), tasks.title, TITLE, 22)
    references = "、".join(source.reference for source in tasks.documents)
    say(centred(tight(document.add_paragraph(), after=8)), f"依据{references}", KAI, 14)
    day = f"{tasks.made.year}年{tasks.made.month}月{tasks.made.day}日"
    who = "对象" if tasks.kind is ListKind.LEADER else "单位"
    line = tight(document.add_paragraph(), after=2)
    line.paragraph_format.tab_stops.add_tab_stop(Cm(25.7), WD_TAB_ALIGNMENT.RIGHT)
    say(line, f"{who}：{tasks.organisation}\t制表日期：{day}", BODY, 12)
    count = f"本表{len(tasks.rows)}行。" if tasks.kind is ListKind.ORGANISATION else ""
    say(tight(document.add_paragraph(), after=4), f"{count}{tasks.statement}", BODY, 12)


def _table(document: DocumentObject, columns: _Columns, lines: Sequence[_Cells | str]) -> None:
    """A table of these lines under a head row; a line that is a text stands across all columns."""
    table: Table = document.add_table(rows=len(lines) + 1, cols=len(columns), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _margins(table)
    for column, (_, width) in zip(table.columns, columns, strict=True):
        column.width = Cm(width)
    head, *rows = table.rows
    _fill(head, [[_Part(name, HEAD, _SIZE, True)] for name, _ in columns], columns)
    for cell in head.cells:
        _shade(cell, "E7E6E6")
    _mark(head, "w:tblHeader")
    for row, line in zip(rows, lines, strict=True):
        if isinstance(line, str):
            _across(row, line)
        else:
            _fill(row, line, columns)


def _tiers(tasks: TaskList) -> list[_Cells | str]:
    """Rows under a line for their tier; the numbers run through."""
    lines: list[_Cells | str] = []
    number = 0
    present = [tier for tier in Tier if any(row.tier is tier for row in tasks.rows)]
    for ordinal, tier in zip(_NUMERALS, present, strict=False):
        rows = [row for row in tasks.rows if row.tier is tier]
        items = len({row.item for row in rows if row.item != "notice"})
        lines.append(f"{ordinal}、{TIER_NAMES[tier]}：{tier_meaning(tier)}（{items}项，{len(rows)}行）")
        told: dict[str, int] = {}
        for row in rows:
            number += 1
            lines.append(_task_cells(number, row, told))
            told.setdefault(row.task, number)
    return lines


def _across(row: _Row, text: str) -> None:
    cell = row.cells[0].merge(row.cells[-1])
    paragraph = tight(cell.paragraphs[0], before=2, after=2)
    paragraph.paragraph_format.keep_with_next = True
    say(paragraph, text, HEAD, _SIZE)
    _shade(cell, "F5F5F5")
    _mark(row, "w:cantSplit")


def _task_cells(number: int, row: TaskRow, told: dict[str, int]) -> _Cells:
    """The cells of one duty. A text that already stands in this tier is referred to by its number, not repeated."""
    if row.task in told:
        task = [_Part(f"（任务同第{told[row.task]}行）", KAI)]
    else:
        task = [_Part(row.task), *([_Part(row.bracket, KAI, _SMALL)] if row.bracket else [])]
    role = [_Part(row.role_shown, centred=True)]
    if row.note and row.tier is not Tier.POSSIBLE:
        role.append(_Part(f"（{row.note}）", KAI, _SMALL, True))
    return [
        [_Part(str(number), centred=True)], [_Part(row.label, HEAD, centred=True), _Part(row.title, centred=True)],
        task, role, _limits(row), [_Part(basis_words(row.basis) or "—", BODY, _SMALL)], [],
    ]  # fmt: skip


def _limits(row: TaskRow) -> list[_Part]:
    """Time limits as the paper has them, a date below its words; words like 定期 come last and are said to be open."""
    parts: list[_Part] = []
    for deadline in row.deadlines:
        if deadline.kind is not DeadlineKind.VAGUE:
            parts.append(_Part(deadline.text, centred=True))
            parts += [_Part(deadline.due, BODY, _SMALL, True)] if deadline.due else []
    vague = "、".join(dict.fromkeys(d.text for d in row.deadlines if d.kind is DeadlineKind.VAGUE))
    if vague:
        parts += [_Part(vague, centred=True), _Part("未定具体时间", BODY, _SMALL, True)]
    return list(dict.fromkeys(parts)) or [_Part("—", centred=True)]


def _duty_cells(number: int, row: TaskRow) -> _Cells:
    state = "已与公布文本核对" if row.verified else row.note
    return [
        [_Part(str(number), centred=True)], [_Part(row.label, HEAD, centred=True)], [_Part(row.task)],
        [_Part(state, KAI, _SMALL, True)], [], [],
    ]  # fmt: skip


def _fill(row: _Row, cells: _Cells, columns: _Columns) -> None:
    for cell, parts, (_, width) in zip(row.cells, cells, columns, strict=True):
        cell.width = Cm(width)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        tight(cell.paragraphs[0])
        for at, part in enumerate(parts):
            paragraph = tight(cell.paragraphs[0] if at == 0 else cell.add_paragraph())
            paragraph.paragraph_format.line_spacing = Pt(part.size * _LEADING)
            if part.centred:
                centred(paragraph)
            say(paragraph, part.text, part.font, part.size)
    if max(len(part.text) for parts in cells for part in parts) < _LONG:
        _mark(row, "w:cantSplit")


def _notes(document: DocumentObject, tasks: TaskList) -> None:
    head = tight(document.add_paragraph(), before=8, after=2)
    head.paragraph_format.keep_with_next = True
    say(head, "说明", HEAD, 12)
    for number, note in enumerate(tasks.notes, 1):
        line = tight(document.add_paragraph(), after=1)
        line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Cm(0.8), Cm(-0.8)
        say(line, f"{number}. {note}", BODY, _SIZE)


def _mark(row: _Row, name: str) -> None:
    """Set a yes-or-no property of a row (``w:tblHeader``, ``w:cantSplit``)."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement(name))


def _margins(table: Table) -> None:
    """Some air between text and lines."""
    around = OxmlElement("w:tblCellMar")
    for side, width in (("top", 50), ("left", 80), ("bottom", 50), ("right", 80)):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(width))
        edge.set(qn("w:type"), "dxa")
        around.append(edge)
    look = table._tbl.tblPr.find(qn("w:tblLook"))  # the schema wants the margins before it
    if look is None:
        table._tbl.tblPr.append(around)
    else:
        look.addprevious(around)


def _shade(cell: _Cell, colour: str) -> None:
    shading = OxmlElement("w:shd")
    for key, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", colour)):
        shading.set(qn(key), value)
    properties = cell._tc.get_or_add_tcPr()
    align = properties.find(qn("w:vAlign"))  # the schema wants the shading before it
    if align is None:
        properties.append(shading)
    else:
        align.addprevious(shading)

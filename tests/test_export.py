"""Word, Excel and copied text, opened by software that is not ours."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from rag.assistant import Assistant
from rag.export.conversation import conversation_docx
from rag.export.docx import task_docx
from rag.export.leaders import LEADERS
from rag.export.official import official_reference, official_text
from rag.export.rows import TaskList, basis_words, narrowed
from rag.export.xlsx import task_xlsx
from rag.history.conversations import Exchange
from rag.library import Library
from rag.model import Answer
from tests.fakes.opened import (
    ORGANISATIONS,
    PLAN,
    WORD_COLUMNS,
    Lists,
    exchanges,
    expected_word_rows,
    lists_of,
    sheet_rows,
    word_rows,
    word_table,
)

SCHEMA_ORDER = {
    "w:tblPr": "w:tblStyle w:tblW w:jc w:tblBorders w:tblLayout w:tblCellMar w:tblLook",
    "w:tcPr": "w:tcW w:gridSpan w:vMerge w:tcBorders w:shd w:vAlign",
}
"""Word calls a file damaged whose properties stand in another order than its schema has them."""
HOSTILE = '=HYPERLINK("http://x/")\x00\ud800'

each_organisation = pytest.mark.parametrize("name", ORGANISATIONS)
each_leader = pytest.mark.parametrize("name", [leader.name for leader in LEADERS])


@pytest.fixture(scope="module")
def library(assistant: Assistant) -> Library:
    """The shipped documents."""
    return assistant.library


@pytest.fixture(scope="module")
def lists(assistant: Assistant) -> Lists:
    """The list of an organisation, or of a leader."""
    return lists_of(assistant.library)


@pytest.fixture(scope="module")
def talk(assistant: Assistant) -> list[Exchange]:
    """A conversation."""
    return exchanges(assistant)


@pytest.fixture(scope="module")
def answers(talk: list[Exchange]) -> dict[str, Answer]:
    """Its answers by question."""
    return {exchange.question: exchange.answer for exchange in talk}


def spoiled(tasks: TaskList) -> TaskList:
    """The list with a first row whose words are meant to do harm."""
    row = replace(tasks.rows[0], title=HOSTILE, task=HOSTILE, bracket="+1+1", note="@SUM(A1)", via="-2")
    return replace(tasks, title="=1+1<b>&</b>", rows=(row, *tasks.rows[1:]), notes=("=2+2\x07", *tasks.notes))


@each_organisation
def test_word_holds_the_rows(lists: Lists, name: str) -> None:
    """The table has one row a duty, numbered through, each item's text and bracket told once in its tier."""
    tasks = lists(name)
    table = word_table(task_docx(tasks))
    assert word_rows(table) == expected_word_rows(tasks)
    numbered = [row[0] for row in table[1:] if len(row) == WORD_COLUMNS]
    assert numbered == [str(number) for number in range(1, len(tasks.rows) + 1)]
    said = "\n".join(row[2] for row in table if len(row) == WORD_COLUMNS)
    for row in tasks.rows:
        assert row.task in said
        assert row.bracket in said


def test_word_names_the_row_that_tells_a_task(lists: Lists) -> None:
    """A task told before is referred to by the number of its row, wherever sorting has put that row."""
    tasks = lists("市住建局")
    for rows in (tasks.rows, tuple(sorted(tasks.rows, key=lambda row: row.role))):
        lines = [line for line in word_table(task_docx(replace(tasks, rows=rows)))[1:] if len(line) == WORD_COLUMNS]
        texts = {line[0]: (line[1], line[2]) for line in lines}
        referring = [
            (label, found[1]) for label, text in texts.values() if (found := re.match(r"（任务同第(\d+)行）", text))
        ]
        assert referring
        assert all(texts[number][0] == label and "任务同" not in texts[number][1] for label, number in referring)


def test_word_has_the_limits(lists: Lists) -> None:
    """Dates stand below the paper's words; a word like 定期 is said to have no date; a row without is a dash."""
    rows = {
        row[1].partition("\n")[0]: row[4]
        for row in word_table(task_docx(lists("市应急管理局")))[1:]
        if len(row) == WORD_COLUMNS
    }
    assert rows["第4项"] == "3月底前\n2023-03-31\n每月"
    assert rows["第34项"] == "定期\n未定具体时间"
    assert rows["第22项"] == "及时、常态化\n未定具体时间"
    assert rows["第20项"] == "—"
    assert rows["通知"] == "2023年6月25\n2023-06-25\n12月25日前\n2023-12-25"


def test_word_tells_tiers_apart(lists: Lists) -> None:
    """A line across the table opens each tier and counts it."""
    lines = [row[0] for row in word_table(task_docx(lists("丰城市政府"))) if len(row) == 1]
    assert [line.split("：")[0] for line in lines] == ["一、点名", "二、正文", "三、成员"]
    assert [re.search(r"（(\d+)项，(\d+)行）$", line)[0] for line in lines] == [
        "（1项，1行）", "（3项，4行）", "（33项，33行）",
    ]  # fmt: skip


def test_word_layout(lists: Lists) -> None:
    """Landscape A4, title on top, head row repeated, page numbers, every run with a Chinese font, notes below."""
    tasks = lists("市住建局")
    document = Document(BytesIO(task_docx(tasks)))
    section = document.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (29.7, 21.0)
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    assert paragraphs[:2] == ["市住建局2023年安全生产责任清单", f"依据{PLAN}"]
    assert paragraphs[2] == "单位：市住建局\t制表日期：2026年11月23日"
    assert tasks.statement in paragraphs[3]
    assert paragraphs[-len(tasks.notes) :] == [f"{n}. {note}" for n, note in enumerate(tasks.notes, 1)]
    head = document.tables[0].rows[0]._tr
    assert head.trPr.find(qn("w:tblHeader")) is not None
    width = sum(column.width.cm for column in document.tables[0].columns)
    assert 25 < width <= 25.8
    fields = [one.text.strip() for one in section.footer._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]
    for name, order in SCHEMA_ORDER.items():
        for properties in document.element.iter(qn(name)):
            given = [child.tag for child in properties]
            assert given == sorted(given, key=[qn(tag) for tag in order.split()].index)
    runs = [run for run in document.element.body.iter(qn("w:r")) if any(t.text for t in run.iter(qn("w:t")))]
    fonts = {run.rPr.rFonts.get(qn("w:eastAsia")) for run in runs}
    assert fonts == {"方正小标宋简体", "黑体", "仿宋", "楷体"}


@each_leader
def test_word_of_leaders(lists: Lists, name: str) -> None:
    """A leader's list has clause, duty and whether the text was compared."""
    tasks = lists(name)
    rows = word_table(task_docx(tasks))
    assert [row[1:4] for row in rows[1:]] == [[row.label, row.task, "转录待核"] for row in tasks.rows]


@each_organisation
def test_excel_holds_the_rows(lists: Lists, name: str) -> None:
    """One row a duty, in the order of the duty table, every column what the row has."""
    tasks = lists(name)
    rows = sheet_rows(task_xlsx(tasks))
    read = [
        (
            r["序号"], r["事项"], r["事项名称"], r["工作任务"], r["角色"], r["原文动词"], r["层级"], r["经由"],
            r["责任括号原文"] or "", r["法律依据"] or "", r["出处"], r["备注"] or "",
        )
        for r in rows
    ]  # fmt: skip
    assert read == [
        (
            number, row.label, row.title, row.task, row.role, row.role_words, row.tier_name, row.via, row.bracket,
            basis_words(row.basis), row.reference, row.note,
        )
        for number, row in enumerate(tasks.rows, 1)
    ]  # fmt: skip


def test_excel_dates_are_dates(lists: Lists) -> None:
    """Every fixed date of the paper is a date cell, two dates of one duty stand in two columns."""
    content = task_xlsx(lists("丰城市政府"))
    rows = sheet_rows(content)
    due = {r["事项"]: (r["截止日期"], r["截止日期2"]) for r in rows if r["截止日期"]}
    assert due == {
        "通知": (datetime(2023, 6, 25), datetime(2023, 12, 25)),
        "第4项": (datetime(2023, 3, 31), None),
    }
    cell = next(c for c in load_workbook(BytesIO(content))["责任清单"][2] if isinstance(c.value, datetime))
    assert cell.number_format == "yyyy-mm-dd"


def test_excel_is_ready_to_work_with(lists: Lists) -> None:
    """Filter over all columns, head and first columns frozen, text wrapped, columns for filling in, notes beside."""
    tasks = lists("市住建局")
    book = load_workbook(BytesIO(task_xlsx(tasks)))
    sheet = book["责任清单"]
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet.freeze_panes == "C2"
    assert sheet.print_title_rows == "$1:$1"
    assert all(cell.alignment.wrap_text for row in sheet.iter_rows() for cell in row)
    assert [cell.value for cell in sheet[1]][-3:] == ["责任科室", "责任人", "完成情况"]
    assert [row[0].value for row in book["说明"].iter_rows()][3:] == list(tasks.notes)
    tall = {row[3].value: sheet.row_dimensions[row[0].row].height for row in sheet.iter_rows(min_row=2)}
    longest, shortest = max(tall, key=len), min(tall, key=len)
    assert tall[longest] > 2 * tall[shortest]


def test_excel_text_stays_text(lists: Lists) -> None:
    """Words that begin like a formula are kept as text and never computed; characters XML refuses are dropped."""
    book = load_workbook(BytesIO(task_xlsx(spoiled(lists("市住建局")))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    risky = {cell.value: cell for cell in cells if isinstance(cell.value, str) and cell.value[0] in "=+-@"}
    assert set(risky) == {'=HYPERLINK("http://x/")', "+1+1", "@SUM(A1)", "-2", "=1+1<b>&</b>", "=2+2"}
    assert all(cell.quotePrefix for cell in risky.values())


def test_excel_links_to_the_page(lists: Lists) -> None:
    """With the page's address every item links to its text there; without it nothing links."""
    tasks = lists("丰城市政府")
    with_links = load_workbook(BytesIO(task_xlsx(tasks, "https://anze.example/a/")))["责任清单"]
    assert [cell.hyperlink.target or cell.hyperlink.location for cell in with_links["B"][1:3]] == [
        "https://anze.example/a/#c=yichun-2023-work-plan/notice",
        "https://anze.example/a/#c=yichun-2023-work-plan/1",
    ]
    assert not any(cell.hyperlink for cell in load_workbook(BytesIO(task_xlsx(tasks)))["责任清单"]["B"])


@each_leader
def test_excel_of_leaders(lists: Lists, name: str) -> None:
    """A leader's workbook has clause, duty, source and state."""
    tasks = lists(name)
    rows = sheet_rows(task_xlsx(tasks))
    assert [(r["条款"], r["职责"], r["出处"], r["效力"]) for r in rows] == [
        (row.label, row.task, row.reference, "转录待核") for row in tasks.rows
    ]


def test_an_empty_list_can_be_filed(lists: Lists) -> None:
    """A filter that leaves nothing still makes files that open."""
    tasks = narrowed(lists("市住建局"), ())
    assert sheet_rows(task_xlsx(tasks)) == []
    assert len(word_table(task_docx(tasks))) == 1


def test_references_as_officials_write_them(answers: dict[str, Answer]) -> None:
    """Title, number, item; laws have no number."""
    first, second = answers["第20项谁牵头"].citations[:2]
    assert official_reference(first) == f"{PLAN}第20项"
    assert official_reference(second) == "《中华人民共和国安全生产法》第三十六条第四款"


def test_copied_text_has_footnotes(answers: dict[str, Answer], library: Library) -> None:
    """No markdown and no markers are left; every footnote is used and every place of the answer is in one."""
    for answer in answers.values():
        text = official_text(answer, library)
        assert not re.search(r"\[\d+\]|\*\*|^#|^>|^- ", text, re.MULTILINE)
        body, _, notes = text.partition("\n出处：\n")
        places = {official_reference(citation) for citation in answer.citations}
        listed = notes.splitlines()
        assert len(listed) == len(places)
        marks = re.findall(r"[①-⑳㉑-㉟㊱-㊿]|（注\d+）", body)
        assert set(marks) == {line.split(" ")[0] for line in listed}
        for place in places:
            assert any(place in line for line in listed)


def test_copied_text_word_for_word(answers: dict[str, Answer], library: Library) -> None:
    """The first lines and the sources of a short answer."""
    text = official_text(answers["第20项谁牵头"], library)
    assert text.startswith("第20项（强化燃气安全整治）：牵头组织开展：市安委会城市运行安全生产委员会。①\n· 分工负责：")
    assert f"\n\n出处：\n① {PLAN}第20项（年度任务已届满，2023-12-31）\n② 《中华人民共和国安全生产法》" in text


def test_transcribed_text_is_marked_when_copied(answers: dict[str, Answer], library: Library) -> None:
    """A source nobody compared with an official copy says so in its footnote."""
    text = official_text(answers["党委主要负责人有哪些安全生产职责"], library)
    lines = [line for line in text.split("出处：\n")[1].splitlines() if "责任制规定" in line]
    assert lines
    assert all(line.endswith("（转录文本，以官方发布为准）") for line in lines)


def test_a_conversation_in_word(talk: list[Exchange], library: Library) -> None:
    """Every question, every line of every answer and every source stand in the file, markers raised, no markdown."""
    content = conversation_docx("我局的任务", talk, library, date(2026, 11, 23))
    document = Document(BytesIO(content))
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    assert paragraphs[0] == "我局的任务"
    text = "\n".join(paragraphs)
    for number, exchange in enumerate(talk, 1):
        answer = exchange.answer
        assert f"问题{number}　{exchange.question}" in paragraphs
        for line in answer.text.splitlines():
            assert re.sub(r"^(#+|>|-) ?|\*\*", "", line).replace(" [", "[").strip() in text
        for citation in answer.citations:
            assert f"[{citation.marker}] {official_reference(citation)}" in text
    raised = [run.text for p in document.paragraphs for run in p.runs if run.font.superscript]
    assert all(re.fullmatch(r"\[\d+\]", mark) for mark in raised)
    assert len(raised) > 100
    assert not re.search(r"\*\*|^#|^>", text, re.MULTILINE)


def test_hostile_words_in_word(talk: list[Exchange], library: Library) -> None:
    """Markup and control characters in a question are shown or dropped, never interpreted."""
    exchange = talk[0]
    bad = replace(exchange, question="<w:p>&\x00\x0b\ud800</w:p>")
    document = Document(BytesIO(conversation_docx("<b>\x01", [bad], library, date(2026, 11, 23))))
    assert [document.paragraphs[0].text, document.paragraphs[2].text] == ["<b>", "问题1　<w:p>&</w:p>"]

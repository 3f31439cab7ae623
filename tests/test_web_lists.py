"""The tabs 任务清单 and 查责任 in a real browser."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.export.rows import task_list
from tests.fakes.browsing import DESKTOP, Tab

pytestmark = pytest.mark.browser


@pytest.fixture
def tasks(tab: Tab) -> Tab:
    """The list of 市应急管理局, chosen as one's own department."""
    tab.choose("syjglj")
    tab.view("tasks", ".az-tasks")
    return tab


def rows(tab: Tab) -> list[list[str]]:
    """The table's cells."""
    return tab.page.evaluate(
        "[...document.querySelectorAll('.az-tasks tbody tr')].map(r => [...r.cells].map(c => c.innerText))"
    )  # type: ignore[no-any-return]


def wait_rows(tab: Tab, count: int) -> None:
    tab.page.wait_for_function(f"document.querySelectorAll('.az-tasks tbody tr').length === {count}")


def test_the_list_is_the_duty_table(tasks: Tab, assistant: Assistant) -> None:
    """Every duty is a row with item, task, role, tier, time, basis and bracket, verbatim; strongest tier first."""
    expected = task_list(assistant.library, "市应急管理局")
    shown = rows(tasks)
    assert len(shown) == len(expected.rows)
    assert expected.statement in tasks.page.inner_text(".az-sheet")
    tiers = [cells[3].split("\n")[0] for cells in shown]
    assert tiers == sorted(tiers, key=["点名", "正文", "成员", "待确认"].index)
    texts = ["\n".join(cells) for cells in shown]
    for row in expected.rows:
        found = [text for text in texts if row.label in text and row.task in text and row.bracket in text]
        assert any(row.role in text and row.tier_name in text for text in found), row


def test_the_list_is_filtered_and_sorted(tasks: Tab, assistant: Assistant) -> None:
    """Tier, role, words and “has a date” narrow it, it says how many are left, headings sort it, one click clears."""
    everything = task_list(assistant.library, "市应急管理局").rows
    tasks.page.check("[name=tier][value=named]", force=True)
    named = [row for row in everything if row.tier_name == "点名"]
    wait_rows(tasks, len(named))
    tasks.page.select_option("[name=role]", "分工负责")
    shared = [row for row in named if row.role == "分工负责"]
    wait_rows(tasks, len(shared))
    assert f"显示{len(shared)}行，共{len(everything)}行" in tasks.page.inner_text(".az-sheet")
    tasks.page.fill(".az-filters [type=search]", "燃气")
    wait_rows(tasks, sum("燃气" in row.title + row.task + row.bracket for row in shared))
    tasks.page.click("text=清除")
    wait_rows(tasks, len(everything))
    tasks.page.click("[data-sort=due]")
    tasks.page.wait_for_selector("th[aria-sort=ascending] [data-sort=due]")
    dated = [row for row in everything if row.dates]
    times = [cells[4] for cells in rows(tasks)]
    assert sum("20" in time for time in times[: len(dated)]) == len(dated)
    first = times[0]
    tasks.page.click("[data-sort=due]")
    tasks.page.wait_for_selector("th[aria-sort=descending] [data-sort=due]")
    assert rows(tasks)[0][4] != first


def test_the_list_fits_every_screen(tasks: Tab) -> None:
    """From a phone to a small laptop the task keeps room to be read, nothing sticks out, and the list can be sorted."""
    room = "Math.min(...[...document.querySelectorAll('.az-td-task')].map(e => e.offsetWidth))"
    for width in (390, 820, 1024, 1280):
        tasks.page.set_viewport_size({"width": width, "height": 800})
        assert tasks.page.evaluate(room) >= 150, width
        assert tasks.page.evaluate("document.querySelector('#az-tasks').scrollWidth") <= width
        tasks.page.click("[data-sort=due]")
        tasks.page.wait_for_selector("th[aria-sort] [data-sort=due]:focus")
    tasks.page.set_viewport_size(DESKTOP)


def test_the_files_hold_what_is_shown(tasks: Tab, tmp_path: Path) -> None:
    """Word, Excel and calendar are saved under Chinese names and hold the rows on the page, filters included."""
    from docx import Document
    from icalendar import Calendar
    from openpyxl import load_workbook

    tasks.page.check("[name=tier][value=named]", force=True)
    tasks.page.wait_for_function("!document.querySelector('.az-tasks').innerText.includes('经由')")
    shown = rows(tasks)
    saved = {}
    for kind in ("docx", "xlsx", "ics"):
        with tasks.page.expect_download() as caught:
            tasks.page.click(f".az-file[data-kind={kind}]")
        assert caught.value.suggested_filename == f"市应急管理局2023年安全生产责任清单.{kind}"
        caught.value.save_as(tmp_path / kind)
        saved[kind] = (tmp_path / kind).read_bytes()
    table = Document(BytesIO(saved["docx"])).tables[0]
    sheet = load_workbook(BytesIO(saved["xlsx"])).worksheets[0]
    cells = [str(cell.value) for line in sheet.iter_rows() for cell in line]
    assert len(table.rows) >= len(shown)
    for row in shown:
        label = row[0].split("\n")[0]
        assert any(label in cell.text for line in table.rows for cell in line.cells)
        assert any(label in cell for cell in cells)
    assert Calendar.from_ical(saved["ics"]).walk("VEVENT")


def test_other_lists(tab: Tab) -> None:
    """Ten county governments, three zones and four kinds of leaders have lists; unverified articles are marked."""
    tab.view("tasks", ".az-kinds button")
    for kind, count, first in (("县(市、区)政府", 10, "政府"), ("管委会", 3, "管委会"), ("领导", 4, "负责人")):
        tab.page.click(f".az-kinds >> text={kind}")
        tab.page.locator(".az-names [aria-pressed=true]").wait_for()
        names = tab.page.locator(".az-names button").all_inner_texts()
        assert len(names) == count
        assert first in names[0]
        tab.page.locator(".az-list-head h2", has_text=names[0]).wait_for()
        assert len(rows(tab)) > 0
    assert all("转录待核" in cells[2] for cells in rows(tab))
    assert not tab.page.is_visible("[data-kind=ics]")


def test_a_list_can_be_sent_on(tab: Tab) -> None:
    """The address names the list, and opens it again."""
    tab.open("#tasks=丰城市政府")
    tab.page.locator(".az-list-head h2", has_text="丰城市政府").wait_for()
    tab.page.reload()
    tab.page.locator(".az-list-head h2", has_text="丰城市政府").wait_for()
    assert tab.page.locator(".az-kinds [aria-pressed=true]").inner_text() == "县(市、区)政府"


def found(tab: Tab, words: str) -> list[str]:
    """Items that a search shows, in order."""
    tab.page.fill(".az-search input", words)
    tab.page.press(".az-search input", "Enter")
    tab.page.wait_for_function(f"location.hash === '#who=' + encodeURIComponent({words!r})")
    return tab.page.locator(".az-results .az-item h4 .az-clause").all_inner_texts()  # type: ignore[no-any-return]


def test_who_is_responsible(tab: Tab) -> None:
    """All 36 items can be browsed by chapter; each shows leader, sharers, supervisors and carriers as written."""
    tab.view("who", ".az-item")
    assert tab.page.locator(".az-item").count() == 36
    assert tab.page.locator(".az-chapter").count() == 6
    gas = tab.page.locator("#az-item-20")
    assert gas.locator("dt").all_inner_texts() == ["牵头组织开展", "分工负责", "落实"]
    assert "市安委会城市运行安全生产委员会" in gas.locator("dd").nth(0).inner_text()
    assert "市安监局（今市应急管理局）" in gas.locator("dd").nth(1).inner_text().replace("\n", "").replace(" ", "")
    assert tab.page.locator("#az-item-6 dt", has_text="督促").count() == 1


def test_items_are_found_by_topic_department_and_number(tab: Tab) -> None:
    """Words of the items, everyday words, a department and a number find items; what is not there is said."""
    tab.view("who", ".az-item")
    assert found(tab, "燃气")[0] == "第20项"
    said = tab.page.locator(".az-results .az-item").nth(1).locator(".az-said")
    assert "燃气" in said.locator("mark").inner_text(), "why it was found, where the title does not say"
    assert found(tab, "29") == ["第29项"]
    assert tab.page.locator(".az-said").count() == 0
    assert found(tab, "住建局") == ["第20项", "第29项"]
    assert "找到2项" in tab.page.inner_text(".az-found")
    found(tab, "<img src=x onerror=window.hit=1>")
    assert tab.page.evaluate("window.hit") is None
    tab.page.fill(".az-search input", "")
    tab.page.locator(".az-chapter").first.wait_for()
    tab.page.wait_for_function("document.querySelectorAll('.az-chapter .az-item').length === 36")


def test_the_matrix(tab: Tab, assistant: Assistant) -> None:
    """Items by departments, each cell what the bracket gives it; one's own column stands out; it prints alone."""
    tab.choose("zjj")
    tab.view("who", ".az-item")
    tab.page.click("[data-mode=matrix]")
    tab.page.wait_for_selector(".az-matrix")
    assert tab.page.locator(".az-matrix tbody tr").count() == 36
    own = tab.page.locator(".az-matrix tbody td.az-own .az-cell")
    assert own.evaluate_all("all => all.map(e => e.closest('tr').querySelector('.az-clause').innerText)") == [
        "第20项",
        "第29项",
    ]
    filled = tab.page.locator(".az-matrix tbody .az-cell").count()
    pairs = {(d.clause, d.party) for d in assistant.library.duties(assistant.library.plan.id) if d.tier == "named"}
    assert filled == len({pair for pair in pairs if pair[0].isdigit()})
    tab.page.emulate_media(media="print", color_scheme="dark")
    assert tab.page.evaluate("getComputedStyle(document.querySelector('.az-matrix')).color") == "rgb(23, 32, 46)"
    assert not tab.page.is_visible(".az-top")
    assert not tab.page.is_visible(".az-search")
    assert tab.page.is_visible(".az-matrix")
    assert tab.page.evaluate("getComputedStyle(document.querySelector('.az-matrix-box')).overflow") == "visible"
    tab.page.emulate_media(media="screen", color_scheme="light")

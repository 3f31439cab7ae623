"""From a citation to the paper in a real browser: panel, neighbours, whole text, links to send."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.fakes.browsing import Tab
from tests.fakes.served import Served

pytestmark = pytest.mark.browser

PLAN = "yichun-2023-work-plan"


@pytest.fixture
def paper(docs: Path) -> str:
    """The plan, to the character."""
    return (docs / f"{PLAN}.txt").read_text("utf-8")


def panel(tab: Tab) -> Any:
    """The side panel once it shows a text."""
    tab.page.wait_for_selector(".az-panel .az-text")
    return tab.page.locator(".az-panel")


def test_a_citation_opens_the_clause(tab: Tab, paper: str) -> None:
    """[1] opens document, number, path, label, status with its note and the clause's exact text; Escape closes it."""
    cited = tab.ask("第20项谁牵头？").locator(".az-cite", has_text="[1]").first
    cited.click()
    shown = panel(tab)
    text = shown.locator(".az-text").text_content()
    assert "持续开展城镇燃气安全专项整治" in text
    assert text in paper
    for words in (
        "第20项", "强化燃气安全整治", "《宜春市2023年安全生产工作要点》（宜市安字〔2023〕2号）", "四、坚持系统治理",
        "› 第20项", "年度任务已届满", "请以最新年度文件为准",
    ):  # fmt: skip
        assert words in shown.inner_text()
    tab.page.keyboard.press("Escape")
    assert not shown.is_visible()
    assert tab.page.evaluate("document.activeElement.className") == "az-cite"


def test_the_quoted_words_are_marked(tab: Tab, paper: str) -> None:
    """Where only part of a clause is cited, that part is highlighted, in its clause."""
    start = paper.index("严格瓶装液化石油气安全监管")
    end = paper.index("。", start) + 1
    tab.open("#tasks")
    tab.page.evaluate(f"location.hash = 'c={PLAN}/20/{start}-{end}'")
    shown = panel(tab)
    assert shown.locator("mark").inner_text() == paper[start:end]
    assert len(shown.locator(".az-text").text_content()) > end - start


def test_neighbours_are_a_click_away(tab: Tab) -> None:
    """From item 20 one goes to 21 and back to 19; the ends have no further neighbour."""
    tab.page.evaluate(f"location.hash = 'c={PLAN}/20'")
    head = panel(tab).locator("h2")
    tab.page.click(".az-panel-foot >> text=第21项")
    tab.page.locator(".az-panel h2", has_text="第21项").wait_for()
    tab.page.click(".az-panel-foot >> text=第20项")
    tab.page.locator(".az-panel h2", has_text="第20项").wait_for()
    tab.page.click(".az-panel-foot >> text=第19项")
    tab.page.locator(".az-panel h2", has_text="第19项").wait_for()
    assert head.count() == 1
    tab.page.evaluate(f"location.hash = 'c={PLAN}/36'")
    tab.page.locator(".az-panel h2", has_text="第36项").wait_for()
    assert tab.page.locator(".az-panel-foot button[disabled]").inner_text() == "下一条"


def test_the_whole_document_opens_at_the_place(tab: Tab, paper: str) -> None:
    """查看全文 shows the document to the character, the cited place marked and in view."""
    tab.ask("第30项谁负责？").locator(".az-cite").first.click()
    panel(tab)
    tab.page.click("text=查看全文")
    tab.page.wait_for_selector(".az-whole")
    assert tab.page.locator(".az-whole").text_content() == paper
    body = tab.page.locator(".az-panel-body").bounding_box()
    place = tab.page.locator(".az-whole mark").bounding_box()
    assert body["y"] <= place["y"] < body["y"] + body["height"]
    tab.page.click("text=只看这一条")
    tab.page.locator(".az-panel h2", has_text="第30项").wait_for()


def test_a_citation_can_be_sent_on(tab: Tab, browser: Any, served: Served) -> None:
    """The address of a citation, opened by somebody else, shows the same words marked, in clause and whole text."""
    link = tab.ask("第20项谁牵头？").locator(".az-cite").first
    link.click()
    panel(tab)
    sent = tab.page.url
    assert urlsplit(sent).fragment == (link.get_attribute("href") or "").removeprefix("#")
    quoted = tab.page.locator(".az-panel .az-quote").text_content()
    tab.page.click("text=查看全文")
    tab.page.wait_for_selector(".az-whole")
    whole = tab.page.url
    other = Tab.of(browser, served.url)
    other.open(sent.removeprefix(served.url))
    assert panel(other).locator(".az-quote").text_content() == quoted
    other.page.goto("about:blank")
    other.open(whole.removeprefix(served.url))
    assert panel(other).locator("mark").text_content() == quoted
    other.close()


def test_the_link_button_copies_the_address(tab: Tab) -> None:
    """复制链接 copies what the address line shows."""
    tab.page.evaluate(f"location.hash = 'c={PLAN}/20'")
    panel(tab)
    tab.page.evaluate("document.addEventListener('copy', () => { window.copied = document.activeElement.value; })")
    tab.page.evaluate("Object.defineProperty(window, 'isSecureContext', {value: false})")
    tab.page.click("text=复制链接")
    tab.page.locator(".az-panel-foot", has_text="链接已复制").wait_for()
    assert tab.page.evaluate("window.copied") == tab.page.url


def test_a_transcribed_text_says_so(tab: Tab) -> None:
    """A clause nobody compared with the official text carries the warning and is not shown as a quotation."""
    tab.page.evaluate("location.hash = 'c=dangzheng-zerenzhi/4'")
    assert "转录文本，以官方发布为准" in panel(tab).inner_text()
    assert tab.page.locator(".az-panel .az-verbatim").count() == 0


def test_a_place_that_is_gone_is_told(tab: Tab) -> None:
    """An address of a clause or document nobody has gives a Chinese sentence, also with markup in it."""
    for place in (f"c={PLAN}/99", "c=<img src=x onerror=window.hit=1>/1", "d=none/1", f"c={PLAN}/20/9-1"):
        tab.page.evaluate("place => { location.hash = place; }", place)
        tab.page.locator(".az-panel .az-warn").wait_for()
        assert tab.page.locator(".az-panel h2").inner_text() == "没能取到原文"
        tab.page.keyboard.press("Escape")
    assert tab.page.evaluate("window.hit") is None


def test_back_closes_the_panel(tab: Tab) -> None:
    """The browser's back button, which a phone has in place of Escape, closes the panel, whatever was read in it."""
    tab.view("tasks", ".az-sheet > *")
    tab.open("#tasks=丰城市政府")
    tab.page.locator(".az-tasks .az-clause").first.click()
    panel(tab)
    tab.page.locator(".az-panel-foot button").nth(1).click()
    tab.page.click("text=查看全文")
    tab.page.wait_for_selector(".az-whole")
    tab.page.go_back()
    tab.page.locator(".az-panel").wait_for(state="hidden")
    assert tab.page.is_visible(".az-tasks")
    tab.page.go_forward()
    tab.page.wait_for_selector(".az-whole")
    tab.page.keyboard.press("Escape")
    tab.view("who", ".az-item")
    tab.page.go_back()
    tab.page.locator(".az-list-head h2", has_text="丰城市政府").wait_for()
    assert not tab.page.is_visible(".az-panel")


def test_the_panel_keeps_the_focus(tab: Tab) -> None:
    """While the panel is open the tab key stays inside it."""
    tab.page.evaluate(f"location.hash = 'c={PLAN}/20'")
    panel(tab)
    for _ in range(8):
        tab.page.keyboard.press("Tab")
        assert tab.page.evaluate("document.activeElement.closest('.az-panel') !== null")

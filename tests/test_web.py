"""The web page as a whole, in a real browser: privacy, language, department, start page, speed, sub-path, phone."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from tests.fakes.browsing import PHONE, Tab, english
from tests.fakes.served import Served

pytestmark = pytest.mark.browser

READ_OUT = """[...document.querySelectorAll('#az-shell :is([aria-label], [title], [placeholder])')]
  .flatMap(e => [e.ariaLabel, e.title, e.placeholder]).filter(Boolean)"""
UNNAMED = """[...document.querySelectorAll('#az-shell :is(button, a[href], input, textarea, select)')].filter(e =>
  e.offsetParent && !(e.ariaLabel || e.title || e.innerText.trim() || e.labels?.length)).map(e => e.outerHTML)"""


def test_the_page_asks_nobody_else(tab: Tab) -> None:
    """From loading over every view to the whole text of a law, all requests go to the service itself, without error."""
    tab.choose("zjj")
    tab.ask("我们部门今年要做什么？").locator(".az-cite").first.click()
    tab.page.click("text=查看全文")
    tab.page.wait_for_selector(".az-whole")
    tab.page.keyboard.press("Escape")
    tab.view("tasks", ".az-tasks")
    tab.view("who", ".az-item")
    tab.page.click("[data-mode=matrix]")
    tab.page.wait_for_selector(".az-matrix")
    assert len(tab.asked) > 30
    assert tab.outside() == []
    assert tab.errors == []


def test_the_page_names_no_other_host(tab: Tab) -> None:
    """The page as sent holds no address of another host, not even in metadata, and a policy that forbids any."""
    response = tab.page.request.get(tab.base)
    hosts = set(re.findall(r"https?://[\w.:-]+", response.text()))
    assert hosts <= {tab.base.rstrip("/")}
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]


def test_the_page_is_chinese(tab: Tab) -> None:
    """In an English browser too nothing on the page, or read out from it, is in English."""
    assert tab.page.get_attribute("html", "lang") == "zh-CN"
    assert tab.page.title() == "安责 · 安全生产职责问答"
    tab.ask("燃气安全整治由谁负责？")
    for name, ready in (("tasks", ".az-sheet > *"), ("who", ".az-item"), ("chat", ".az-tools")):
        tab.view(name, ready)
        assert english(tab.page.inner_text("#az-shell")) == []
    assert [words for words in tab.page.evaluate(READ_OUT) if english(words)] == []


def test_everything_has_a_name(tab: Tab) -> None:
    """Whatever can be pressed or typed into has a name for screen readers, in every view."""
    tab.choose("zjj")
    tab.ask("燃气安全整治由谁负责？").locator(".az-cite").first.click()
    tab.page.wait_for_selector(".az-panel")
    assert tab.page.evaluate(UNNAMED) == []
    tab.page.keyboard.press("Escape")
    for name, ready in (("tasks", ".az-tasks"), ("who", ".az-item")):
        tab.view(name, ready)
        assert tab.page.evaluate(UNNAMED) == []


def test_the_tabs_work_by_keyboard(tab: Tab) -> None:
    """Arrow keys move along the tabs, and only the chosen one is in the order of the tab key."""
    tab.page.focus("#az-tab-chat")
    tab.page.keyboard.press("ArrowRight")
    assert tab.page.get_attribute("#az-tab-tasks", "aria-selected") == "true"
    assert tab.page.locator(".az-tabs [tabindex='0']").count() == 1
    assert tab.page.is_visible("#az-tasks")
    assert not tab.page.is_visible("#az-chat")


def test_back_goes_from_view_to_view(tab: Tab) -> None:
    """The browser's back and forward buttons go where one was, and the menu shows the conversations from everywhere."""
    tab.view("tasks", ".az-sheet > *")
    tab.view("who", ".az-item")
    for step, view in (("back", "tasks"), ("back", "chat"), ("forward", "tasks")):
        tab.page.evaluate(f"history.{step}()")
        tab.page.wait_for_selector(f"#az-shell[data-view={view}]")
    tab.page.click("#az-menu")
    assert tab.page.is_visible("#az-conversations")


def test_the_status_line_names_the_search(tab: Tab) -> None:
    """Without vectors the status line says that only keywords are searched."""
    tab.page.wait_for_selector("#az-status[data-state=ready]")
    assert "仅关键词检索" in tab.page.inner_text("#az-status")


def test_a_department_is_found(tab: Tab) -> None:
    """Initials, pinyin, an alias or part of the name find the department."""
    for typed in ("zjj", "建设局", "zhujian", "住建"):
        tab.choose("市统计局")
        tab.choose(typed)
        assert tab.page.locator("#az-ask [data-department]").inner_text() == "市住建局"


def test_a_department_is_remembered_and_meant(tab: Tab) -> None:
    """Chosen once, it stands beside the input, “我们部门” means it, and it is still chosen after a reload."""
    tab.choose("tjj")
    assert "市统计局" in tab.ask("我们部门今年要做什么？").inner_text()
    tab.page.reload()
    tab.page.wait_for_selector("#az-shell[data-ready]")
    assert tab.page.locator("#az-ask [data-department]").inner_text() == "市统计局"
    tab.page.locator(".az-hero h2", has_text="市统计局").wait_for()


def test_a_department_is_changed_in_one_click(tab: Tab) -> None:
    """The button beside the input opens the list with the present choice marked; Escape leaves it as it was."""
    tab.choose("tjj")
    tab.page.click("#az-ask [data-pick]")
    assert tab.page.locator(".az-picker .az-chosen").inner_text() == "市统计局"
    tab.page.keyboard.press("Escape")
    assert not tab.page.is_visible(".az-picker")
    tab.choose("袁州区政府")
    assert tab.page.locator("#az-ask [data-department]").inner_text() == "袁州区政府"


def test_an_unknown_department_suggests_the_nearest(tab: Tab) -> None:
    """A department nobody registered is not taken; a message names the nearest ones."""
    tab.page.click("#az-ask [data-pick]")
    tab.page.keyboard.insert_text("市气象管理处")
    tab.page.keyboard.press("Enter")
    assert "市气象局" in tab.toast()
    assert tab.page.locator("#az-ask [data-department]").inner_text() == "未选择"


def test_the_start_page(tab: Tab) -> None:
    """It counts a department's items by tier, says that the year is over, and asks five questions at a click."""
    tab.choose("zjj")
    tab.page.locator(".az-hero h2", has_text="市住建局").wait_for()
    assert tab.page.locator(".az-stat b").all_inner_texts() == ["2", "0", "0", "34"]
    assert "分工负责 2项" in tab.page.inner_text(".az-roles")
    assert "都已到期" in tab.page.inner_text(".az-dues")
    questions = tab.page.locator(".az-ask-this")
    assert questions.count() == 5
    questions.first.click()
    tab.page.locator(".az-complete", has_text="36项：点名 2").wait_for()
    assert not tab.page.is_visible("#az-start")


def test_the_page_opens_at_once(browser: Any, served: Served) -> None:
    """A browser that was never here shows the page, ready to type into, in less than two seconds."""
    took = []
    for _ in range(2):
        tab = Tab.of(browser, served.url)
        began = time.perf_counter()
        tab.open()
        took.append(time.perf_counter() - began)
        tab.close()
    assert min(took) < 2


def test_on_a_phone(browser: Any, served: Served) -> None:
    """At 390 pixels nothing sticks out sideways in any view, and the panel comes from below."""
    tab = Tab.of(browser, served.url, viewport=PHONE, has_touch=True, is_mobile=True).open()
    tab.choose("zjj")
    wide = f"""[...document.querySelectorAll('#az-shell .az-view:not([hidden]) *')].filter(e => e.offsetParent
      && e.getBoundingClientRect().right > {PHONE["width"] + 1} && !e.closest('th, .az-names, .az-filter-row')
      ).map(e => e.outerHTML.slice(0, 120))"""
    tab.ask("我们部门今年要做什么？")
    assert tab.page.evaluate(wide) == []
    assert tab.page.evaluate("document.activeElement.id") != "az-box", "a keyboard would cover the answer"
    tab.page.locator(".az-cite").first.click()
    tab.page.wait_for_selector(".az-panel .az-text")
    box = tab.page.locator(".az-panel").bounding_box()
    assert box["x"] == 0
    assert box["y"] > 100
    tab.page.keyboard.press("Escape")
    for name, ready in (("tasks", ".az-tasks"), ("who", ".az-item")):
        tab.view(name, ready)
        assert tab.page.evaluate(wide) == []
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    tab.close()

"""The web chat in a real browser. Every request the browser makes is recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.served import Served, serving

pytestmark = pytest.mark.browser

# Chromium must not add requests of its own to those of the page.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
ATTACKS = (
    "<img src=x onerror=window.hit=1>市住建局要做什么",
    "<script>window.hit=1</script>",
    "<svg/onload=window.hit=1>",
    "[点我](javascript:window.hit=1) 燃气",
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "`</code><img src=x onerror=window.hit=1>`",
    "<a href='javascript:window.hit=1'>市公安局</a>",
    "<details open ontoggle=window.hit=1>三管三必须",
    "$$\\href{javascript:window.hit=1}{x}$$ **三管三必须**",
    "</div></gradio-app><style>*{display:none}</style>",
    '![x](x"onerror="window.hit=1)',
    "&lt;img src=x onerror=window.hit=1&gt;",
)


@dataclass
class Tab:
    """A page and what it did: addresses asked for, messages of errors."""

    page: Any
    base: str
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def outside(self) -> list[str]:
        return [a for a in self.asked if not a.startswith((self.base, "data:", "blob:"))]

    def open(self, place: str = "") -> Tab:
        self.page.goto(self.base + place)
        self.page.wait_for_selector("#az-box textarea")
        self.page.wait_for_function("document.querySelector('#az-department input').placeholder !== ''")
        return self

    def ask(self, question: str) -> Any:
        """Ask and wait; the answer's element."""
        answers = self.page.locator(".az-answer")
        before = answers.count()
        self.page.fill("#az-box textarea", question)
        self.page.press("#az-box textarea", "Enter")
        answers.nth(before).wait_for(timeout=15_000)
        return answers.nth(before)

    def choose(self, words: str) -> None:
        """Type into “我的部门” and take the first offer."""
        self.page.click("#az-department input")
        self.page.keyboard.insert_text(words)
        self.page.wait_for_selector("ul[role=listbox] li")
        self.page.keyboard.press("Enter")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, chromium: Path) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("web")) as running:
        yield running


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield opened
        opened.close()


def _tab(browser: Any, served: Served, **context: Any) -> Tab:
    page = browser.new_context(**{"viewport": DESKTOP, "locale": "en-US", **context}).new_page()
    tab = Tab(page, served.url)
    page.on("request", lambda request: tab.asked.append(request.url))
    page.on("pageerror", lambda error: tab.errors.append(str(error)))
    page.on("console", lambda message: tab.errors.append(message.text) if message.type == "error" else None)
    page.set_default_timeout(15_000)
    return tab


@pytest.fixture
def tab(browser: Any, served: Served) -> Iterator[Tab]:
    """A fresh browser profile with the page open, on a desktop whose language is English."""
    opened = _tab(browser, served).open()
    yield opened
    opened.page.context.close()


def test_the_page_asks_nobody_else(tab: Tab) -> None:
    """From loading to reading a citation, every request goes to the service itself, and the console shows no error."""
    tab.ask("市住建局今年要做什么？").locator(".az-cite").first.click()
    tab.page.wait_for_selector(".az-panel .az-text")
    assert len(tab.asked) > 20
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
    shown = tab.page.inner_text("body")
    assert re.findall(r"[A-Za-z]{2,}", shown) == []
    assert tab.page.get_attribute("html", "lang") == "zh-CN"
    assert tab.page.title() == "安责 · 安全生产职责问答"
    tab.ask("燃气安全整治由谁负责？")
    tab.page.press("#az-box textarea", "Enter")
    tab.page.locator(".toast-body").first.wait_for()
    tab.page.wait_for_timeout(200)
    read_out = "[...document.querySelectorAll('[aria-label]')].map(part => part.ariaLabel)"
    spoken = [tab.page.inner_text(".toast-wrap"), *tab.page.evaluate(read_out)]
    assert [words for words in spoken if re.search(r"[A-Za-z]{2,}", words)] == []


def test_the_status_bar_names_the_search(tab: Tab) -> None:
    """Without vectors the status bar says that only keywords are searched."""
    tab.page.wait_for_selector("#az-status[data-state=ready]")
    assert "仅关键词检索" in tab.page.inner_text("#az-status")


def test_a_department_is_chosen_by_alias_and_remembered(tab: Tab) -> None:
    """An alias finds the department; 我们部门 then means it, and it is still chosen after a reload."""
    tab.choose("建设局")
    tab.page.wait_for_function("document.querySelector('#az-department input').value === '市住建局'")
    assert "市住建局" in tab.ask("我们部门今年要做什么？").inner_text()
    tab.page.reload()
    tab.page.wait_for_function("document.querySelector('#az-department input')?.value === '市住建局'")


def test_typing_filters_the_departments(tab: Tab) -> None:
    """What an input method delivers filters the list, though no key press follows it."""
    tab.page.click("#az-department input")
    tab.page.keyboard.insert_text("统计")
    offers = tab.page.locator("ul[role=listbox] li")
    tab.page.wait_for_function("document.querySelectorAll('ul[role=listbox] li').length < 10")
    assert offers.count() >= 2
    assert all("统计" in text for text in offers.all_inner_texts())


def test_an_unknown_department_suggests_the_nearest(tab: Tab) -> None:
    """A department nobody registered is not taken; a message names the nearest ones."""
    tab.page.click("#az-department input")
    tab.page.keyboard.insert_text("市气象管理处")
    tab.page.keyboard.press("Enter")
    toast = tab.page.locator(".toast-body").first
    toast.wait_for()
    assert "市气象局" in toast.inner_text()


def test_a_duty_question_shows_the_table(tab: Tab) -> None:
    """The table has the six columns, named duties first, the rest folded, and the completeness line stands above it."""
    answer = tab.ask("市住建局今年要做什么？")
    assert answer.locator(".az-complete").inner_text().startswith("36项：点名 2")
    table = answer.locator(".az-duties")
    heads = table.locator("table").first.locator("th").all_inner_texts()
    assert heads == ["事项", "任务", "角色", "层级", "经由", "时限"]
    rows = table.locator("table").first.locator("tbody tr")
    assert rows.nth(0).locator("td").all_inner_texts()[:4] == ["第20项", "强化燃气安全整治", "分工负责", "点名"]
    assert rows.nth(1).locator("td").first.inner_text() == "第29项"
    hidden = table.locator("details tbody tr")
    assert not hidden.first.is_visible()
    table.locator("summary").click()
    assert hidden.first.is_visible()
    assert f"{rows.count() + hidden.count()}行" in table.locator(".az-caption").inner_text()


def test_a_citation_opens_the_clause(tab: Tab, docs: Path) -> None:
    """[1] opens a panel with title, number, label, status and the clause's exact text; Escape closes it."""
    tab.ask("第20项谁牵头？").locator(".az-cite", has_text="[1]").first.click()
    panel = tab.page.locator(".az-panel")
    panel.locator(".az-text").wait_for()
    text = panel.locator(".az-text").text_content()
    assert "持续开展城镇燃气安全专项整治" in text
    assert text in (docs / "yichun-2023-work-plan.txt").read_text("utf-8")
    head = panel.locator(".az-panel-head").inner_text()
    for words in ("第20项", "《宜春市2023年安全生产工作要点》（宜市安字〔2023〕2号）", "年度任务已届满"):
        assert words in head
    tab.page.keyboard.press("Escape")
    assert not panel.is_visible()


def test_a_citation_can_be_sent_on(browser: Any, served: Served) -> None:
    """The address of a citation, opened by somebody else, shows the same clause."""
    tab = _tab(browser, served).open("#c=anquan-shengchan-fa/3")
    tab.page.wait_for_selector(".az-panel .az-text")
    assert "管行业必须管安全" in tab.page.inner_text(".az-panel")
    tab.page.context.close()


def test_a_transcribed_text_says_so(tab: Tab) -> None:
    """A clause nobody compared with the official text carries the warning and no quotation marks."""
    tab.page.evaluate("location.hash = 'c=dangzheng-zerenzhi/4'")
    tab.page.wait_for_selector(".az-panel .az-text")
    assert "转录文本，以官方发布为准" in tab.page.inner_text(".az-panel")
    assert tab.page.locator(".az-panel .az-verbatim").count() == 0


def test_a_follow_up_is_understood(tab: Tab) -> None:
    """The conversation is context for the next question; a new conversation starts empty."""
    tab.ask("市住建局要做什么？")
    assert "市统计局" in tab.ask("那市统计局呢？").inner_text()
    tab.page.click("#az-clear")
    tab.page.wait_for_selector(".az-welcome")
    assert tab.page.locator(".az-answer").count() == 0


def test_an_example_is_asked_by_a_click(tab: Tab) -> None:
    """Clicking an example question asks it."""
    tab.page.locator("#az-chat .example").first.click()
    answer = tab.page.locator(".az-answer").first
    answer.wait_for()
    assert "市住建局" in answer.inner_text()


def test_an_unknown_organisation_in_a_question(tab: Tab) -> None:
    """A slip in a department's name is answered with the name meant, said openly, or with suggestions."""
    assert "市住建局" in tab.ask("市住健局要做什么？").inner_text()


def test_an_empty_question_gets_a_hint(tab: Tab) -> None:
    """Nothing typed: a Chinese hint, no bubble."""
    tab.page.press("#az-box textarea", "Enter")
    toast = tab.page.locator(".toast-body").first
    toast.wait_for()
    assert "没有看到问题" in toast.inner_text()
    assert tab.page.locator(".az-question").count() == 0


def test_too_long_a_question_gets_a_hint(tab: Tab) -> None:
    """Ten thousand characters: a Chinese sentence, and the conversation goes on."""
    assert "太长了" in tab.ask("安" * 10_000).inner_text()
    assert "第20项" in tab.ask("燃气安全整治由谁负责？").inner_text()


@pytest.fixture(scope="module")
def attacked(browser: Any, served: Served) -> Iterator[Tab]:
    """One conversation that takes every attack, so that each also meets what the others left behind."""
    opened = _tab(browser, served).open()
    yield opened
    opened.page.context.close()


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_is_shown_and_never_run(attacked: Tab, attack: str) -> None:
    """A question with markup in it appears as typed; nothing of it runs or becomes an element."""
    tab = attacked
    answer = tab.ask(attack)
    shown = tab.page.locator(".az-question").last
    assert shown.inner_text() == attack
    tab.page.wait_for_timeout(200)
    assert tab.page.evaluate("window.hit") is None
    risky = "img, script, svg, iframe, style, a[href^='javascript' i], [onerror], [onload], [ontoggle]"
    assert shown.locator(risky).count() == 0
    assert answer.locator(risky).count() == 0
    assert tab.page.locator("#az-ask").is_visible()


def test_a_script_that_slipped_in_would_not_run(tab: Tab) -> None:
    """Should an escape ever be forgotten: inline handlers and scripts are refused by the page's policy."""
    tab.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hit=1\">')")
    tab.page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.hit=1'}))")
    tab.page.wait_for_timeout(200)
    assert tab.page.evaluate("window.hit") is None


def test_on_a_phone(browser: Any, served: Served) -> None:
    """At 390 pixels nothing sticks out sideways, and the panel comes from below."""
    tab = _tab(browser, served, viewport=PHONE).open()
    tab.ask("市住建局今年要做什么？").locator(".az-cite").first.click()
    tab.page.wait_for_selector(".az-panel .az-text")
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    parts = "[...document.querySelectorAll('.az-answer, .az-answer :not(th)')]"
    assert tab.page.evaluate(f"{parts}.filter(e => e.getBoundingClientRect().right > {PHONE['width'] + 1}).length") == 0
    box = tab.page.locator(".az-panel").bounding_box()
    assert box["x"] == 0
    assert box["y"] > 100
    tab.page.context.close()


def test_below_a_path(browser: Any, tmp_path: Path) -> None:
    """Behind a proxy that serves it under a path, the page loads everything from below that path."""
    with serving(tmp_path, ANZE_ROOT_PATH="/anze") as served:
        tab = _tab(browser, Served(f"{served.url}anze/", served.process)).open()
        tab.ask("市住建局今年要做什么？").locator(".az-cite").first.click()
        tab.page.wait_for_selector(".az-panel .az-text")
        assert tab.outside() == []
        tab.page.context.close()

"""The conversation in a real browser: answers, keyboard, follow-ups, copying, hostile text, slow answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.fakes.browsing import Tab
from tests.fakes.served import BELOW, Served, serving

pytestmark = pytest.mark.browser

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
RISKY = "img, script, svg, iframe, style, a[href^='javascript' i], [onerror], [onload], [ontoggle]"


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
    assert rows.count() == 2
    assert not hidden.first.is_visible()
    table.locator("summary", has_text="待确认").click()
    assert hidden.first.is_visible()
    assert f"{rows.count() + hidden.count()}行" in table.locator(".az-caption").inner_text()


def test_roles_are_labels(tab: Tab) -> None:
    """Who leads, shares and carries out stands under labels of different colours."""
    answer = tab.ask("第20项由谁负责？")
    labels = answer.locator(".az-role")
    assert labels.all_inner_texts()[:3] == ["牵头组织开展", "分工负责", "落实"]
    colours = labels.evaluate_all("all => all.slice(0, 3).map(e => getComputedStyle(e).color)")
    assert len(set(colours)) == 3


def test_enter_sends_and_shift_enter_breaks(tab: Tab) -> None:
    """Shift+Enter makes a new line, Enter sends both; what an input method confirms with Enter is not sent."""
    box = tab.page.locator("#az-box")
    box.fill("第20项")
    box.press("Shift+Enter")
    box.press_sequentially("谁牵头？")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    assert tab.page.locator(".az-question").count() == 0
    box.press("Enter")
    tab.page.wait_for_selector(".az-tools")
    assert tab.page.locator(".az-question").inner_text() == "第20项\n谁牵头？"


def test_a_follow_up_is_understood(tab: Tab) -> None:
    """The conversation is context for the next question; a new conversation starts empty."""
    tab.ask("市住建局要做什么？")
    assert "市统计局" in tab.ask("那市统计局呢？").inner_text()
    tab.page.click("#az-new")
    tab.page.locator(".az-hero").wait_for()
    assert tab.page.locator(".az-reply").count() == 0


def test_an_answer_is_copied_as_officials_write(tab: Tab) -> None:
    """Over plain HTTP too the copy button gives the text with its sources, document number and item."""
    answer = tab.ask("第20项由谁牵头？")
    tab.page.evaluate("document.addEventListener('copy', () => { window.copied = document.activeElement.value; })")
    tab.page.evaluate("Object.defineProperty(window, 'isSecureContext', {value: false})")
    answer.locator(".az-tool", has_text="复制").click()
    answer.locator(".az-tool", has_text="已复制").wait_for()
    copied = tab.page.evaluate("window.copied")
    assert "《宜春市2023年安全生产工作要点》（宜市安字〔2023〕2号）第20项" in copied
    assert "[1]" not in copied
    assert "**" not in copied


def test_an_empty_question_gets_a_hint(tab: Tab) -> None:
    """Nothing typed: a Chinese hint, no bubble."""
    tab.page.press("#az-box", "Enter")
    assert "没有看到问题" in tab.toast()
    assert tab.page.locator(".az-question").count() == 0


def test_too_long_a_question_gets_a_hint(tab: Tab) -> None:
    """Ten thousand characters: a Chinese sentence, and the conversation goes on."""
    assert "太长了" in tab.ask("安" * 10_000).inner_text()
    assert "第20项" in tab.ask("燃气安全整治由谁负责？").inner_text()


def test_an_answer_is_asked_for_again(tab: Tab) -> None:
    """“重新回答” asks the same question once more, below."""
    tab.ask("第20项由谁牵头？").locator(".az-tool", has_text="重新回答").click()
    tab.page.locator(".az-tools").nth(1).wait_for()
    assert tab.page.locator(".az-question").all_inner_texts() == ["第20项由谁牵头？"] * 2


@pytest.fixture(scope="module")
def attacked(browser: Any, served: Served) -> Iterator[Tab]:
    """One conversation that takes every attack, so that each also meets what the others left behind."""
    opened = Tab.of(browser, served.url).open()
    yield opened
    opened.close()


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_is_shown_and_never_run(attacked: Tab, attack: str) -> None:
    """A question with markup in it appears as typed; nothing of it runs or becomes an element."""
    tab = attacked
    answer = tab.ask(attack)
    shown = tab.page.locator(".az-question").last
    assert shown.inner_text() == attack
    assert shown.locator(RISKY).count() == 0
    assert answer.locator(RISKY).count() == 0
    assert tab.page.locator(f"#az-side :is({RISKY})").count() == 0
    assert tab.page.evaluate("window.hit") is None
    assert tab.page.locator("#az-ask").is_visible()


def test_a_script_that_slipped_in_would_not_run(tab: Tab) -> None:
    """Should an escape ever be forgotten: inline handlers and scripts are refused by the page's policy."""
    tab.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hit=1\">')")
    tab.page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.hit=1'}))")
    tab.page.wait_for_timeout(200)
    assert tab.page.evaluate("window.hit") is None


@pytest.fixture
def below(browser: Any, slow: Served) -> Iterator[Tab]:
    """The slow service's page, at its path."""
    opened = Tab.of(browser, f"{slow.url}{BELOW[1:]}/").open()
    yield opened
    opened.close()


def begin(tab: Tab, question: str) -> Any:
    """Ask, and wait only until the answer begins to show."""
    tab.page.fill("#az-box", question)
    tab.page.press("#az-box", "Enter")
    answer = tab.page.locator(".az-bubble").last
    answer.locator(".az-answer").wait_for()
    return answer


def test_below_a_path(below: Tab) -> None:
    """Behind a proxy that serves it under a path, everything is asked for below that path."""
    below.ask("第20项谁牵头？").locator(".az-cite").first.click()
    below.page.wait_for_selector(".az-panel .az-text")
    below.page.keyboard.press("Escape")
    below.view("who", ".az-item")
    assert below.outside() == []
    assert below.errors == []


def test_an_answer_grows_and_can_be_stopped(below: Tab) -> None:
    """An answer is shown while it is made; stopped, it keeps what it has, says so, and can be asked again."""
    answer = begin(below, "市住建局要做什么？")
    first = len(answer.inner_text())
    below.page.wait_for_function(f"document.querySelector('.az-bubble').innerText.length > {first}")
    assert not below.page.is_visible("#az-send")
    assert below.page.locator(".az-reply[aria-busy=true]").count() == 1
    below.page.click("#az-stop")
    answer.locator(".az-notice", has_text="已停止").wait_for()
    assert len(answer.inner_text()) > first
    assert below.page.is_visible("#az-send")
    answer.locator("button", has_text="重新提问").click()
    below.page.wait_for_selector("#az-stop:visible")
    assert answer.locator(".az-notice").count() == 0


def test_a_lost_connection_comes_back(below: Tab, slow: Served, web_folder: Path, tmp_path: Path) -> None:
    """The service goes away in the middle of an answer: the page says so, keeps the draft, and asks again after."""
    answer = begin(below, "市住建局要做什么？")
    below.page.fill("#az-box", "还没写完的问题")
    slow.process.terminate()
    slow.process.wait(20)
    answer.locator(".az-notice", has_text="连接中断").wait_for()
    below.page.locator("#az-status", has_text="正在重新连接").wait_for()
    settings = {"ANZE_STORE": str(web_folder / "store"), "ANZE_ROOT_PATH": BELOW}
    with serving(tmp_path, urlsplit(slow.url).port, **settings):
        answer.locator(".az-tools").wait_for()
        assert answer.locator(".az-notice").count() == 0
        assert below.page.input_value("#az-box") == "还没写完的问题"
        below.page.reload()
        below.page.wait_for_selector("#az-shell[data-ready]")
        assert below.page.input_value("#az-box") == "还没写完的问题"

"""What the page keeps, in a real browser: conversations, feedback; nobody sees another's."""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.browsing import Tab
from tests.fakes.served import Served

pytestmark = pytest.mark.browser


def titles(tab: Tab) -> list[str]:
    return tab.page.locator("#az-conversations .az-open").all_inner_texts()  # type: ignore[no-any-return]


def test_conversations_are_listed_and_opened_again(tab: Tab) -> None:
    """Two conversations are two lines, the newest first; after a reload the older one opens, and goes on as it was."""
    tab.ask("市住建局要做什么？")
    tab.page.click("#az-new")
    tab.ask("三管三必须是什么意思？")
    assert titles(tab) == ["三管三必须是什么意思？", "市住建局要做什么？"]
    tab.page.reload()
    tab.page.locator(".az-open", has_text="市住建局").click()
    tab.page.locator(".az-complete", has_text="36项：点名 2").wait_for()
    assert "市统计局" in tab.ask("那市统计局呢？").inner_text()
    tab.page.wait_for_function("document.querySelector('#az-conversations .az-open').innerText.startsWith('市住建局')")
    assert len(titles(tab)) == 2


def test_a_conversation_is_renamed_and_deleted(tab: Tab) -> None:
    """It takes another name, markup in it shown as typed; deleting asks first, and leaves an empty list."""
    tab.ask("第20项谁牵头？")
    line = tab.page.locator("#az-conversations li").first
    line.locator("text=改名").click()
    tab.page.fill(".az-rename input", "<b>燃气</b>")
    tab.page.keyboard.press("Enter")
    tab.page.locator(".az-open", has_text="<b>燃气</b>").wait_for()
    tab.page.reload()
    tab.page.locator(".az-open", has_text="<b>燃气</b>").wait_for()
    line.hover()
    line.locator("text=删除").click()
    tab.page.click(".az-sure >> text=取消")
    assert len(titles(tab)) == 1
    line.hover()
    line.locator("text=删除").click()
    tab.page.click(".az-sure >> role=button[name=确认删除]")
    tab.page.locator("#az-conversations", has_text="还没有对话").wait_for()


def test_a_conversation_is_saved_as_word(tab: Tab) -> None:
    """The file holds question, answer and source."""
    from docx import Document

    tab.ask("第20项谁牵头？")
    with tab.page.expect_download() as caught:
        tab.page.locator("#az-conversations li").first.locator("text=导出").click()
    text = "\n".join(p.text for p in Document(BytesIO(Path(caught.value.path()).read_bytes())).paragraphs)
    assert "第20项谁牵头？" in text
    assert "市安委会城市运行安全生产委员会" in text
    assert "宜市安字〔2023〕2号" in text


def test_nobody_sees_another_browsers_conversations(tab: Tab, browser: Any, served: Served) -> None:
    """Another profile has an empty list, and the address of a conversation gives it nothing."""
    tab.ask("第20项谁牵头？")
    id = tab.page.locator("#az-conversations li").first.get_attribute("data-id")
    other = Tab.of(browser, served.url).open()
    other.page.locator("#az-conversations", has_text="还没有对话").wait_for()
    for place in (f"api/conversations/{id}", f"api/conversations/{id}/docx"):
        assert other.page.request.get(served.url + place).status == 400
    assert tab.page.request.get(f"{served.url}api/conversations/{id}").ok
    assert other.page.evaluate("document.cookie") == ""
    other.close()


def records(folder: Path) -> list[dict[str, Any]]:
    """What ``anze feedback export`` gives."""
    command = [sys.executable, "-m", "rag.channels.cli", "feedback", "export"]
    done = subprocess.run(
        command, env={"ANZE_DATA": str(folder / "data"), "PATH": ""}, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_feedback_is_kept_with_its_answer(tab: Tab, web_folder: Path) -> None:
    """有误 takes a reason and is exported with question, answer and index version; the page remembers; it is undone."""
    answer = tab.ask("第20项由谁牵头组织？")
    answer.locator(".az-tool", has_text="有误").click()
    answer.locator("button[type=submit]").click()
    assert "请选一个原因" in tab.toast()
    answer.locator(".az-reasons", has_text="漏了任务").locator("span", has_text="漏了任务").click()
    answer.locator(".az-wrong textarea").fill("少了<b>市商务局</b>")
    answer.locator("button[type=submit]").click()
    answer.locator(".az-tool[aria-pressed=true]", has_text="有误").wait_for()
    kept = records(web_folder)[-1]
    assert (kept["verdict"], kept["reason"]) == ("wrong", "漏了任务；少了<b>市商务局</b>")
    assert (kept["question"], kept["channel"]) == ("第20项由谁牵头组织？", "web")
    assert kept["answer"]["citations"][0]["clause"] == "20"
    assert kept["index_version"].startswith("20")
    tab.page.reload()
    tab.page.locator(".az-open").first.click()
    pressed = tab.page.locator(".az-tool[aria-pressed=true]")
    pressed.wait_for()
    assert pressed.inner_text() == "有误"
    pressed.click()
    tab.page.locator(".az-toast", has_text="已撤回").wait_for()
    assert [record for record in records(web_folder) if record["question"] == "第20项由谁牵头组织？"] == []


def test_an_answer_is_found_useful(tab: Tab, web_folder: Path) -> None:
    """有用 is one click, and a second thought replaces it."""
    answer = tab.ask("燃气安全整治由谁负责？")
    answer.locator(".az-tool", has_text="有用").click()
    answer.locator(".az-tool[aria-pressed=true]", has_text="有用").wait_for()
    assert records(web_folder)[-1]["verdict"] == "useful"

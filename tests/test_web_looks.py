"""How the page looks: contrast of every text in every view, light and dark, and pictures to look at.

The pictures go to ``test-results/``, which is not kept in the repository.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.browsing import DESKTOP, PHONE, Tab
from tests.fakes.served import Served

pytestmark = pytest.mark.browser

# WCAG 2.1, 1.4.3: 4.5 for text, 3 for large text (24 px, or 18.66 px bold). Text over pictures and gradients is left
# out, as there is no one colour to reckon with; so is what is switched off.
WEAK = """() => {
  const channel = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length === 3 ? [...n, 1] : n; };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
  const ground = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.backgroundImage !== 'none') return null;
      const colour = parse(style.backgroundColor);
      layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  const found = new Set();
  let seen = 0;
  const walk = document.createTreeWalker(document.querySelector('#az-shell'), NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
    if (element.closest('.az-hidden, :disabled, option')) continue;
    const behind = ground(element);
    if (!behind) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(over(parse(style.color), behind)), light(behind)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    seen += 1;
    const ratio = (a + 0.05) / (b + 0.05);
    const what = `${element.className || element.tagName}: ${node.data.trim().slice(0, 20)}`;
    if (ratio < least) found.add(`${ratio.toFixed(2)} ${what}`);
  }
  return { seen, weak: [...found] };
}"""


@pytest.fixture(scope="module")
def pictures(root: Path) -> Path:
    folder = root / "test-results"
    folder.mkdir(exist_ok=True)
    return folder


def states(tab: Tab) -> Iterator[str]:
    """Go through the main states of the page; the name of each when it is reached."""
    page = tab.page
    tab.page.locator(".az-asks").wait_for()
    yield "welcome"
    page.locator("[data-pick]:visible").first.click()
    page.keyboard.insert_text("住建")
    page.locator(".az-picker [role=option]").first.wait_for()
    yield "department"
    page.keyboard.press("Enter")
    page.locator(".az-numbers").wait_for()
    yield "start"
    tab.ask("我们部门今年要做什么？")
    yield "answer"
    page.locator(".az-tool", has_text="有误").click()
    page.locator(".az-wrong").wait_for()
    yield "feedback"
    page.locator(".az-cite").first.click()
    page.locator(".az-panel .az-text").wait_for()
    yield "clause"
    page.click("text=查看全文")
    page.locator(".az-whole").wait_for()
    yield "document"
    page.keyboard.press("Escape")
    tab.view("tasks", ".az-tasks")
    yield "tasks"
    page.click(".az-kinds >> text=领导")
    page.locator(".az-leader").wait_for()
    yield "leader"
    tab.view("who", ".az-item")
    yield "who"
    page.click("[data-mode=matrix]")
    page.locator(".az-matrix").wait_for()
    yield "matrix"
    page.keyboard.press("Escape")
    tab.view("chat", "#az-log")
    assert "太长了" in tab.ask("安" * 3000).inner_text()
    page.press("#az-box", "Enter")
    tab.toast()
    yield "errors"


@pytest.mark.parametrize(("device", "size"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_every_text_can_be_read(
    browser: Any, served: Served, pictures: Path, device: str, size: dict[str, int]
) -> None:
    """In every main state, by day and by night, all visible text has the contrast that WCAG AA asks for.

    A picture of each is kept. Night comes and goes while the page is open, as on machines that switch by the hour.
    """
    tab = Tab.of(browser, served.url, viewport=size, reduced_motion="reduce").open()
    grounds = set()
    for name in states(tab):
        for scheme in ("dark", "light"):
            tab.page.emulate_media(color_scheme=scheme)
            found = tab.page.evaluate(WEAK)
            assert found["seen"] > 10
            assert (name, scheme, found["weak"]) == (name, scheme, [])
            grounds.add((scheme, tab.page.evaluate("getComputedStyle(document.body).backgroundColor")))
            tab.page.screenshot(path=str(pictures / f"{name}-{device}-{scheme}.png"))
    assert len(grounds) == len({ground for _, ground in grounds}) == 2
    tab.close()

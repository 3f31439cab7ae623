"""``make screenshots``: the two pictures of the READMEs, into ``guide/images/``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fakes.browsing import DESKTOP, FLAGS, Tab
from tests.fakes.served import serving

_FOLDER = Path(__file__).resolve().parent.parent / "guide" / "images"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_DAY = "2023-03-01"
"""A day in the plan's year, as readers would meet it: the deadlines are still to come."""


def _take(tab: Tab) -> None:
    tab.choose("zjj")
    tab.ask("我们部门今年要做什么？")
    tab.page.evaluate("document.activeElement.blur()")
    tab.page.screenshot(path=str(_FOLDER / "chat.png"))
    tab.view("tasks", ".az-tasks")
    tab.page.evaluate("document.activeElement.blur()")
    tab.page.screenshot(path=str(_FOLDER / "tasks.png"))


def main() -> int:
    """Write the pictures; 1 where there is no browser."""
    from playwright.sync_api import sync_playwright

    found = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        print("没有找到 Chromium，无法截图。请先安装 chromium。", file=sys.stderr)
        return 1
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as folder,
        serving(Path(folder), ANZE_TODAY=_DAY, ANZE_EMBEDDING="embedded") as served,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        tab = Tab.of(browser, served.url, viewport=DESKTOP, color_scheme="light", reduced_motion="reduce").open()
        _take(tab)
        browser.close()
    print(f"已写入 {_FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

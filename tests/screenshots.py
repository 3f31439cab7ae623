"""``make screenshots``: pictures of the page's main states, into ``test-results/``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.fakes.served import serving
from tests.test_web import DESKTOP, FLAGS, PHONE

_FOLDER = Path(__file__).resolve().parent.parent / "test-results"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def _take(browser: Any, url: str, name: str, size: dict[str, int], scheme: str, question: str | None) -> None:
    page = browser.new_page(viewport=size, color_scheme=scheme)
    page.goto(url)
    page.wait_for_selector("#az-box textarea")
    page.wait_for_timeout(800)
    if question:
        box = page.locator("#az-box textarea")
        box.fill(question)
        box.press("Enter")
        page.locator(".az-answer").last.wait_for()
        page.wait_for_timeout(800)
    page.screenshot(path=str(_FOLDER / f"{name}.png"))
    page.close()


def main() -> int:
    """Write the pictures; 1 where there is no browser."""
    from playwright.sync_api import sync_playwright

    found = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        print("没有找到 Chromium，无法截图。请先安装 chromium。", file=sys.stderr)
        return 1
    _FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, serving(Path(folder)) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        for device, size in (("desktop", DESKTOP), ("phone", PHONE)):
            for scheme in ("light", "dark"):
                _take(browser, served.url, f"start-{device}-{scheme}", size, scheme, None)
                _take(browser, served.url, f"duties-{device}-{scheme}", size, scheme, "市住建局今年要做什么？")
        browser.close()
    print(f"已写入 {_FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

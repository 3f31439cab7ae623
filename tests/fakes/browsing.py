"""A browser's window on the web page, with every request and error it had."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

# Chromium must not add requests of its own to those of the page.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
_PATIENCE_MS = 15_000


@dataclass
class Tab:
    """A page and what it did: addresses asked for, messages of errors."""

    page: Any
    base: str
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, browser: Any, base: str, **context: Any) -> Tab:
        """A window of a fresh profile, nothing opened in it yet."""
        page = browser.new_context(**{"viewport": DESKTOP, "locale": "en-US", **context}).new_page()
        tab = cls(page, base)
        page.on("request", lambda request: tab.asked.append(request.url))
        page.on("pageerror", lambda error: tab.errors.append(str(error)))
        page.on("console", lambda message: tab.errors.append(message.text) if message.type == "error" else None)
        page.set_default_timeout(_PATIENCE_MS)
        return tab

    def close(self) -> None:
        self.page.context.close()

    def outside(self) -> list[str]:
        """Addresses of other hosts that were asked for."""
        return [a for a in self.asked if not a.startswith((self.base, "data:", "blob:"))]

    def open(self, place: str = "") -> Tab:
        self.page.goto(self.base + place)
        self.page.wait_for_selector("#az-shell[data-ready]")
        return self

    def fresh(self) -> Tab:
        """The page opened anew, with nothing in the profile but what the browser loaded before."""
        self.page.context.clear_cookies()
        if self.page.url.startswith(self.base):
            self.page.evaluate("localStorage.clear()")
            self.page.goto("about:blank")
        self.asked.clear()
        self.errors.clear()
        return self.open()

    def ask(self, question: str) -> Any:
        """Ask and wait until the answer is whole, or says why there is none; the answer's element."""
        bubbles = self.page.locator(".az-bubble")
        before = bubbles.count()
        self.page.fill("#az-box", question)
        self.page.press("#az-box", "Enter")
        self.page.locator(".az-bubble:has(.az-tools, .az-notice)").nth(before).wait_for()
        return bubbles.nth(before)

    def choose(self, words: str) -> None:
        """Find “我的部门” by ``words`` and take the first offer."""
        self.page.locator("[data-pick]:visible").first.click()
        self.page.keyboard.insert_text(words)
        self.page.wait_for_selector(".az-picker [role=option][aria-selected=true]")
        self.page.keyboard.press("Enter")
        self.page.locator(".az-picker").wait_for(state="hidden")

    def view(self, name: str, ready: str) -> None:
        """Go to a tab (chat, tasks, who) and wait for ``ready`` (a selector) on it."""
        self.page.click(f"#az-tab-{name}")
        self.page.locator(ready).first.wait_for()

    def toast(self) -> str:
        """The message that is shown, once there is one."""
        shown = self.page.locator(".az-toast").first
        shown.wait_for()
        return str(shown.inner_text())


def english(text: str) -> list[str]:
    """Runs of Latin letters in what people read, names of formats and keys aside."""
    return [word for word in re.findall(r"[A-Za-z]{2,}", text) if word not in ("Word", "Excel", "Shift", "zjj")]

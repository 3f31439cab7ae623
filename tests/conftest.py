"""Where things are, and an environment that is the same on every machine.

The variables are set when this module is imported, before any test module can import a library that reads them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rag.assistant import Assistant
from rag.settings import Settings
from rag.wiring import build, make_assistant
from tests.fakes.browsing import FLAGS, Tab
from tests.fakes.served import BELOW, SLOW, Served, begin, stop, wait

if TYPE_CHECKING:
    from tests.fakes.wecom_talk import Bot, Make

for _name in [name for name in os.environ if name.startswith("ANZE_")]:
    del os.environ[_name]
os.environ["HF_HUB_OFFLINE"] = "1"

_ROOT = Path(__file__).resolve().parent.parent
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return _ROOT


@pytest.fixture(scope="session")
def docs(root: Path) -> Path:
    """The shipped documents, their manifest and the register."""
    return root / "docs"


@pytest.fixture(scope="session")
def gold(root: Path) -> Path:
    """Values read out of the documents by hand, one file a table."""
    return root / "tests" / "gold"


@pytest.fixture(scope="session")
def samples(root: Path) -> Path:
    """Small documents made for tests."""
    return root / "tests" / "data"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Default settings with an index of their own, on a day when the plan's year is over."""
    return Settings(store=tmp_path_factory.mktemp("index") / "store", today=date(2026, 11, 23))


@pytest.fixture(scope="session")
def assistant(settings: Settings) -> Assistant:
    """An assistant over the default corpus; its index is built from the shipped vectors, none is computed."""
    computed: list[int] = []
    made = build(settings, progress=lambda _done, total: computed.append(total))
    assert made.manifest.dense, made.manifest.dense_reason
    assert sum(computed) == 0, f"{computed[0]} vectors are not in docs/embeddings: run anze index --ship"
    return make_assistant(settings)


@pytest.fixture
def make(assistant: Assistant, tmp_path: Path) -> Iterator[Make]:
    """Makes WeChat Work services over one database: a second one is the first after a restart."""
    from tests.fakes.wecom_talk import talking

    with talking(assistant, tmp_path) as made:
        yield made


@pytest.fixture
def bot(make: Make) -> Bot:
    return make()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The installed browser; tests that need it are skipped where there is none."""
    for name in _BROWSERS:
        if found := shutil.which(name):
            return Path(found)
    pytest.skip("no Chromium on this machine")


@pytest.fixture(scope="session")
def web_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Index and data of the web service that tests share."""
    return tmp_path_factory.mktemp("web")


@pytest.fixture(scope="session", autouse=True)
def begun(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Served]]:
    """The services that this session's tests ask for, by fixture; other tests run while they start."""
    wanted = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    services = {}
    if "served" in wanted:
        services["served"] = begin(request.getfixturevalue("web_folder"))
    if "slow" in wanted:
        services["slow"] = begin(tmp_path_factory.mktemp("slow"), program=SLOW, ANZE_ROOT_PATH=BELOW)
    yield services
    for service in services.values():
        stop(service.process)


@pytest.fixture(scope="session")
def served(begun: dict[str, Served]) -> Served:
    """The web service, one for all tests: browsers and clients of theirs have keys of their own."""
    wait(begun["served"])
    return begun["served"]


@pytest.fixture(scope="session")
def slow(begun: dict[str, Served]) -> Served:
    """The service with an assistant that takes its time, below a path as behind a proxy."""
    wait(begun["slow"])
    return begun["slow"]


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Any]:
    """Chromium, opened for a module: as long as it is open its event loop is in the way of others'."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def window(browser: Any, served: Served) -> Iterator[Tab]:
    """One window of one profile a module, on a desktop whose language is English."""
    opened = Tab.of(browser, served.url)
    yield opened
    opened.close()


@pytest.fixture
def tab(window: Tab) -> Tab:
    """The page as somebody sees it who was never here: nothing remembered, nothing asked."""
    return window.fresh()

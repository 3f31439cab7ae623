"""Where things are, and an environment that is the same on every machine.

The variables are set when this module is imported, before any test module can import a library that reads them.
"""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.settings import Settings
from rag.wiring import build, make_assistant

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


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The installed browser; tests that need it are skipped where there is none."""
    for name in _BROWSERS:
        if found := shutil.which(name):
            return Path(found)
    pytest.skip("no Chromium on this machine")

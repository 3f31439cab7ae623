"""Where things are, and an environment that is the same on every machine.

The variables are set when this module is imported, before any test module can import a library that reads them.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

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
def chromium() -> Path:
    """The installed browser; tests that need it are skipped where there is none."""
    for name in _BROWSERS:
        if found := shutil.which(name):
            return Path(found)
    pytest.skip("no Chromium on this machine")

"""Traditional characters → simplified. The tables are opencc's; loaded with the first question."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def to_simplified(text: str) -> str:
    """``text`` in simplified characters; simplified text comes back as it is."""
    return str(_converter().convert(text))

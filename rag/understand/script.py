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


@lru_cache(maxsize=8192)
def _syllable(char: str) -> str:
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(char)[0])


def sound(text: str) -> tuple[str, ...]:
    """The syllable of every character, without tones; a character that is no Han stands for itself."""
    return tuple(map(_syllable, text))

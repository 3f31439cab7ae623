"""Normalise text for searching and matching, never for quoting.

The steps run in the order of ``STEPS``; each is a pattern and what to put in the place of a match, so that one list
serves both the plain string (``fold``) and the string with its way back to the original (``clean``). Traditional
characters are not converted here: that is a matter of the question, not of the documents.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from index.model import Span

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Han characters, to be put inside a regular expression's brackets."""

_QUOTES = dict.fromkeys("“”„‟«»「」『』〝〞〟", '"') | dict.fromkeys("‘’‚‛`´", "'")
_BRACKETS = dict.fromkeys("〔【〖［[｛{", "(") | dict.fromkeys("〕】〗］]｝}", ")") | {"〈": "《", "〉": "》"}
_DASHES = dict.fromkeys("‐‑‒–—―−─﹣", "-") | dict.fromkeys("•‧∙⋅・", "·") | {"〜": "~"}


@dataclass(frozen=True, slots=True)
class Step:
    """One rewriting. ``replace`` gets the matched characters and must not depend on anything around them."""

    name: str
    pattern: re.Pattern[str]
    replace: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Folded ``text``; ``offsets[i]`` is where in the original ``text[i]`` comes from, ``length`` the original's."""

    text: str
    offsets: tuple[int, ...]
    length: int

    def original(self, start: int, end: int) -> Span:
        """The shortest original range that holds ``text[start:end]``; empty ranges stay empty.

        A character that unfolded into several (① → 1, … → ...) is covered whole as soon as one part of it is.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"range {start}:{end} outside a text of {len(self.text)} characters")
        if start == end:
            at = self.offsets[start] if start < len(self.offsets) else self.length
            return Span(at, at)
        return Span(self.offsets[start], self.offsets[end - 1] + 1)

    def folded(self, span: Span) -> tuple[int, int]:
        """The range of ``text`` that comes from ``span`` of the original; empty where all of it was dropped."""
        return bisect_left(self.offsets, span.start), bisect_left(self.offsets, span.end)


@lru_cache(maxsize=4096)
def _narrow(char: str) -> str:
    return unicodedata.normalize("NFKC", char)


def _table(name: str, table: dict[str, str]) -> Step:
    return Step(name, re.compile("[" + re.escape("".join(table)) + "]"), table.__getitem__)


def _drop(_: str) -> str:
    return ""


def _space(_: str) -> str:
    return " "


STEPS: tuple[Step, ...] = (
    Step(
        "invisible",  # zero-width and direction marks, soft hyphens, variation selectors, control characters
        re.compile(
            "[\x00-\x08\x0e-\x1b\x7f\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
        ),
        _drop,
    ),
    Step(
        "width",  # full-width forms, circled numbers, Kangxi radicals, compatibility ideographs
        re.compile("[^\x00-\x7f\u4e00-\u9fff、。《》“”·]"),
        _narrow,
    ),
    _table("quotes", _QUOTES),
    _table("brackets", _BRACKETS),
    _table("dashes", _DASHES),
    Step(
        "misprints",  # 贯+彻; a plus meant as one (互联网+监管) goes too, in documents and in questions alike
        re.compile(rf"(?<=[{HAN}])\s*\+\s*(?=[{HAN}])"),
        _drop,
    ),
    Step("gaps", re.compile(r"(?<![0-9A-Za-z\s])\s+|\s+(?![0-9A-Za-z\s])"), _drop),
    Step("spaces", re.compile(r"\s+"), _space),
)

_SETTLED = "!-*,-Z^_a-z|~\u4e00-\u9fff、。《》·"
"""Characters that no step looks for, to be put inside a regular expression's brackets: most of any text."""
_ALL_SETTLED = re.compile(f"[{_SETTLED}]*")

_ALONE = 5
"""So many steps look at single characters, whatever stands around them: one pass does for all of them."""


@lru_cache(maxsize=4096)
def _settled(char: str) -> str:
    for step in STEPS[:_ALONE]:
        char = _rewrite(step, char)
    return char


_PASSES = (Step("characters", re.compile(f"[^{_SETTLED}+ ]"), _settled), *STEPS[_ALONE:])


def fold(text: str) -> str:
    """``text`` as searching and matching see it. Folding twice changes nothing more. Case is kept."""
    for step in _PASSES:
        if _ALL_SETTLED.fullmatch(text):
            break
        text = _rewrite(step, text)
    return text


def clean(text: str) -> Cleaned:
    """``fold(text)`` together with the original offset of every character that is left."""
    folded, offsets = text, list(range(len(text)))
    for step in _PASSES:
        if _ALL_SETTLED.fullmatch(folded):
            break
        folded, offsets = _apply(step, folded, offsets)
    return Cleaned(folded, tuple(offsets), len(text))


def longest(words: str, at: int, text: str) -> int:
    """Length of the longest piece of ``words`` from ``at`` on that ``text`` has; 0 where not even two characters."""
    end = at + 2
    while end <= len(words) and words[at:end] in text:
        end += 1
    return end - 1 - at if end > at + 2 else 0


def _rewrite(step: Step, text: str) -> str:
    return step.pattern.sub(lambda match: step.replace(match.group()), text)


def _apply(step: Step, text: str, offsets: list[int]) -> tuple[str, list[int]]:
    parts: list[str] = []
    kept: list[int] = []
    done = 0
    for match in step.pattern.finditer(text):
        start, end = match.span()
        replacement = step.replace(match.group())
        parts += (text[done:start], replacement)
        kept += offsets[done:start]
        kept += [offsets[start]] * len(replacement)
        done = end
    parts.append(text[done:])
    kept += offsets[done:]
    return "".join(parts), kept

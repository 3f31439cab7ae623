"""A quotation held against stored text, from the strictest comparison to the loosest, and what differs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import IntEnum

from index.clean import clean
from rag.proof.shelf import folded, letters

_TRAILING = " 　。；，、;,.：:…"
_GAP = re.compile(r"…+|\.{3,}|×{2,}|[（(〔]略[）)〕]")
_KEPT = 12
_ISLAND = 2


class Level(IntEnum):
    """How close a quotation is, closest first."""

    EXACT = 0
    NORMALISED = 1
    ELIDED = 2
    PUNCTUATION = 3
    DIFFERENT = 4


@dataclass(frozen=True, slots=True)
class Comparison:
    """``ratio`` (0 … 1) is the share of the quotation that stands in the source; ``shown`` marks what differs."""

    level: Level
    ratio: float = 1.0
    shown: str = ""


def compare(quotation: str, source: str) -> Comparison:
    """How ``quotation`` stands in ``source``; a mark at its end may differ, as sentences are cut short there."""
    core = quotation.strip().rstrip(_TRAILING)
    if not core:
        return Comparison(Level.DIFFERENT, 0.0)
    if core in source:
        return Comparison(Level.EXACT)
    if folded(core) in folded(source):
        return Comparison(Level.NORMALISED)
    if _elided(core, source):
        return Comparison(Level.ELIDED)
    level = Level.PUNCTUATION if letters(core) and letters(core) in letters(source) else Level.DIFFERENT
    ratio, shown = _difference(core, source)
    return Comparison(level, 1.0 if level is Level.PUNCTUATION else ratio, shown)


def _elided(core: str, source: str) -> bool:
    """Whether the parts between …… stand in the source in that order."""
    parts = [letters(part) for part in _GAP.split(core)]
    if len(parts) < 2:
        return False
    text, at = letters(source), 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def _difference(quotation: str, source: str) -> tuple[float, str]:
    """The share of ``quotation`` that is in the nearest stretch of ``source``, and both with their differences."""
    ours, theirs = clean(quotation), clean(source)
    blocks = [b for b in SequenceMatcher(None, theirs.text, ours.text, False).get_matching_blocks() if b.size > 1]
    if not blocks:
        return 0.0, ""
    start = max(0, blocks[0].a - blocks[0].b)
    end = min(len(theirs.text), blocks[-1].a + len(ours.text) - blocks[-1].b)
    window = theirs.text[start:end]
    matcher = SequenceMatcher(None, window, ours.text, False)
    ratio = sum(block.size for block in matcher.get_matching_blocks()) / len(ours.text)
    codes = _merged(matcher.get_opcodes())
    shown: list[str] = []
    for tag, a1, a2, b1, b2 in codes:
        if tag == "equal":
            shown.append(_short(ours.original(b1, b2).of(quotation), first=not shown, last=b2 == len(ours.text)))
        else:
            there = theirs.original(start + a1, start + a2).of(source) or "（无）"
            here = ours.original(b1, b2).of(quotation) or "（无）"
            shown.append(f"[原文：{there}｜文中：{here}]")
    return ratio, "".join(shown)


def _merged(codes: Sequence[tuple[str, int, int, int, int]]) -> list[tuple[str, int, int, int, int]]:
    """Opcodes without what only the source has at either end, and with tiny islands of agreement swallowed."""
    while codes and codes[0][0] == "delete":
        codes = codes[1:]
    while codes and codes[-1][0] == "delete":
        codes = codes[:-1]
    merged: list[tuple[str, int, int, int, int]] = []
    for place, code in enumerate(codes):
        inner = 0 < place < len(codes) - 1
        tag = "replace" if code[0] != "equal" or (inner and code[4] - code[3] < _ISLAND) else "equal"
        if merged and tag == merged[-1][0] == "replace":
            merged[-1] = ("replace", merged[-1][1], code[2], merged[-1][3], code[4])
        else:
            merged.append((tag, *code[1:]))
    return merged


def _short(text: str, *, first: bool, last: bool) -> str:
    """What agrees, cut to what one needs to find the place."""
    if len(text) <= 2 * _KEPT + 1:
        return text
    head = "" if first else text[:_KEPT]
    tail = "" if last else text[-_KEPT:]
    return f"{head}…{tail}"

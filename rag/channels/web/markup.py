"""The composers' small markdown dialect as HTML: headings, quotations, lists, bold and ``[n]`` markers, nothing else.

Not a general markdown library on purpose: quotations are verbatim, so an asterisk or a digit with a full stop inside
one must stay what it is. Everything is escaped before a tag is added, and nothing contains a line feed, so that the
chat component takes each message for one HTML block and leaves it alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from itertools import groupby

_MARKER = re.compile(r"\[(\d+)\]")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_LINE = re.compile(r"^[ \t]*(?:(?P<head>#{1,6}) +|(?P<quote>> ?)|(?P<item>[-*] +|\d{1,3}\. +))(?P<rest>.*)$")

Link = Callable[[int], str]


class BlockKind(StrEnum):
    HEAD = "head"
    QUOTE = "quote"
    ITEM = "item"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive lines of one kind; a heading is always one line."""

    kind: BlockKind
    lines: tuple[str, ...]


def blocks(text: str) -> Iterator[Block]:
    """The blocks of ``text`` in order."""
    for paragraph in re.split(r"\n[ \t]*\n", text):
        lines = [_kind(line) for line in paragraph.split("\n") if line.strip()]
        for (kind, _), group in groupby(enumerate(lines), key=lambda pair: _run(*pair)):
            yield Block(kind, tuple(rest for _, (_, rest) in group))


def _kind(line: str) -> tuple[BlockKind, str]:
    match = _LINE.match(line)
    if match is None:
        return BlockKind.PARAGRAPH, line.strip()
    if match["item"] and match["item"][0].isdigit():
        return BlockKind.ITEM, line.strip()
    return (BlockKind.HEAD if match["head"] else BlockKind.QUOTE if match["quote"] else BlockKind.ITEM), match["rest"]


def _run(position: int, line: tuple[BlockKind, str]) -> tuple[BlockKind, int]:
    return line[0], position if line[0] is BlockKind.HEAD else -1


def inline(text: str, link: Link, *, bold: bool = True) -> str:
    """One line, escaped; ``link`` turns a marker's number into HTML."""
    safe = escape(text)
    if bold:
        safe = _BOLD.sub(r"<strong>\1</strong>", safe)
    return _MARKER.sub(lambda match: link(int(match[1])), safe)


def plain(text: str) -> str:
    """Any text, shown as it is typed."""
    return escape(text).replace("\r\n", "<br>").replace("\n", "<br>").replace("\r", "<br>")

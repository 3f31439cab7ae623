"""Small pieces of a self-contained HTML page: escaped text, tables, a line over time. No script, no outside request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --bad: #c0392b; --good: #1e8449; }
body { font: 15px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  max-width: 1080px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child, td:first-child { text-align: left; } th { background: var(--soft); font-weight: 600; }
.wide { overflow-x: auto; } .bad { color: var(--bad); } .good { color: var(--good); } .note { opacity: .75; }
details { border: 1px solid var(--line); border-radius: 6px; padding: .4rem .8rem; margin: .5rem 0; }
summary { cursor: pointer; } pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft);
  padding: .6rem; border-radius: 6px; font: inherit; } dt { font-weight: 600; margin-top: .5rem; } dd { margin: 0; }
svg { width: 160px; height: 28px; } polyline { fill: none; stroke: currentColor; stroke-width: 1.5; }
"""


class Markup(str):
    """Text that is HTML already; everything else is escaped."""

    __slots__ = ()


def tag(name: str, *children: str, cls: str = "") -> Markup:
    """``<name class=cls>children</name>``."""
    inside = "".join(child if isinstance(child, Markup) else escape(child) for child in children)
    attribute = f' class="{cls}"' if cls else ""
    return Markup(f"<{name}{attribute}>{inside}</{name}>")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """A table that scrolls by itself where it is too wide."""
    body = [tag("tr", *(tag("td", cell) for cell in row)) for row in rows]
    whole = tag("table", tag("thead", tag("tr", *(tag("th", cell) for cell in head))), tag("tbody", *body))
    return tag("div", whole, cls="wide")


def details(summary: str, *children: str) -> Markup:
    """A part that opens with a click."""
    return tag("details", tag("summary", summary), *children)


def listing(pairs: Iterable[tuple[str, str]]) -> Markup:
    """Terms and their values; values keep their line breaks."""
    return tag("dl", *(tag("dt", term) + tag("dd", tag("pre", value)) for term, value in pairs if value))


def sparkline(values: Sequence[float]) -> Markup:
    """A line through ``values``, oldest on the left, scaled to its own range; level where nothing changed."""
    low, high = min(values), max(values)
    step = 156 / max(len(values) - 1, 1)
    points = " ".join(
        f"{2 + at * step:.1f},{26 - 24 * ((value - low) / (high - low) if high > low else 0.5):.1f}"
        for at, value in enumerate(values)
    )
    return Markup(f'<svg viewBox="0 0 160 28" role="img"><polyline points="{points}"/></svg>')


def page(title: str, *children: str) -> str:
    """A whole document in Chinese."""
    head = (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
    )
    body = tag("body", tag("h1", title), *children)
    return f"{head}{tag('title', title)}<style>{STYLE}</style></head>{body}</html>\n"

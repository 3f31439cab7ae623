"""Plain-text tables whose columns align although Chinese characters are two columns wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from eval.figures import Figure
from eval.metrics.catalogue import BY_NAME
from eval.metrics.measure import Aggregate
from eval.slices import TITLES


def width(text: str) -> int:
    """Columns ``text`` takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """First column to the left, the others to the right."""
    lines = [list(head), *map(list, rows)]
    widths = [max(width(line[at]) for line in lines) for at in range(len(head))]
    return "\n".join(
        "  ".join(_pad(cell, widths[at], right=at > 0) for at, cell in enumerate(line)).rstrip() for line in lines
    )


def shown(figure: Figure) -> str:
    """The value as people read it: percent for shares, a number for sums and times."""
    measure = BY_NAME[figure.measure]
    return number(figure.value, measure.aggregate, measure.digits)


def interval(figure: Figure) -> str:
    """``[93.1%, 98.0%]``."""
    measure = BY_NAME[figure.measure]
    return "[{}, {}]".format(*(number(v, measure.aggregate, measure.digits) for v in (figure.low, figure.high)))


def number(value: float, aggregate: Aggregate, digits: int) -> str:
    """Means are shares of one here and shown in percent."""
    return f"{value:.1%}" if aggregate is Aggregate.MEAN else f"{value:.{digits}f}"


def headline(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """Figures of the headline slices; what is not gated (times) only over all questions, for the sake of space."""
    return tuple(one for one in figures if one.slice in TITLES and (BY_NAME[one.measure].gated or one.slice == "all"))


def figure_table(figures: Sequence[Figure]) -> str:
    """Every headline figure with its interval and number of questions."""
    rows = [
        (f"{TITLES[one.slice]}·{BY_NAME[one.measure].title}", shown(one), interval(one), str(one.n))
        for one in headline(figures)
    ]
    return table(("指标", "数值", "95% 置信区间", "题数"), rows)


def _pad(text: str, columns: int, *, right: bool) -> str:
    gap = " " * (columns - width(text))
    return gap + text if right else text + gap

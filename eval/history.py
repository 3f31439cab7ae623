"""Past runs, one JSON object a line, for the trend. The file stays on this machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from eval.baseline import gated
from eval.figures import Figure


@dataclass(frozen=True, slots=True)
class Past:
    """One run: when (ISO), on which file and part, over how many questions, with which figures."""

    time: str
    gold: str
    split: str
    n: int
    figures: Mapping[str, float]


def read_history(path: Path, gold: str, split: str) -> tuple[Past, ...]:
    """Earlier runs of the same set, oldest first. Lines nobody can read (a run cut short) are passed over."""
    if not path.is_file():
        return ()
    found: list[Past] = []
    for line in path.read_bytes().splitlines():
        try:
            raw = orjson.loads(line)
            past = Past(raw["time"], raw["gold"], raw["split"], int(raw["n"]), dict(raw["figures"]))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            continue
        if (past.gold, past.split) == (gold, split):
            found.append(past)
    return tuple(found)


def append_history(path: Path, time: str, gold: str, split: str, n: int, figures: Iterable[Figure]) -> None:
    """Add one run; the folder is made where need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as stream:
        stream.write(orjson.dumps(Past(time, gold, split, n, gated(figures)), option=orjson.OPT_APPEND_NEWLINE))

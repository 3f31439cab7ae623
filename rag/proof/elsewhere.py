"""Where in all indexed documents a quotation stands, to the letter or nearly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.clean import HAN
from index.model import Clause, Kind
from rag.proof.compare import Comparison, compare
from rag.proof.shelf import Held, Shelf, letters

_UNITS = (Kind.NOTICE, Kind.PREAMBLE, Kind.ITEM, Kind.ARTICLE, Kind.PARAGRAPH, Kind.SUBITEM)
_RUN = re.compile(f"[{HAN}]+")
_PIECE = 5
_CANDIDATES = 6
_MARKS = 4


@dataclass(frozen=True, slots=True)
class Place:
    held: Held
    clause: Clause
    comparison: Comparison


def stands_in(quotation: str, shelf: Shelf, first: Iterable[Held] = ()) -> Place | None:
    """The smallest clause that has all letters of ``quotation``, ``first`` of the documents named, then of any."""
    wanted = letters(quotation)
    longest = max(_RUN.findall(quotation), key=len, default="")
    for held in _documents(shelf, first):
        if longest not in held.document.text or wanted not in letters(held.document.text):
            continue
        inside = [c for c in held.clauses.values() if c.kind in _UNITS and wanted in letters(c.text)]
        if inside:
            clause = min(inside, key=lambda c: len(c.text))
            return Place(held, clause, compare(quotation, clause.text))
    return None


def nearest(quotation: str, shelf: Shelf, first: Iterable[Held] = (), least: float = 0.8) -> Place | None:
    """The clause most like ``quotation``; ``None`` where none has ``least`` of its letters.

    Only clauses that share pieces of five characters with it are compared letter by letter.
    """
    pieces = _pieces(quotation)
    if not pieces:
        return None
    ranked: list[tuple[int, int, Held, Clause]] = []
    marks = pieces[:: max(1, len(pieces) // _MARKS)]
    for held in _documents(shelf, first):
        if not any(piece in held.document.text for piece in marks):
            continue
        for clause in held.clauses.values():
            if clause.kind in _UNITS and (shared := sum(piece in clause.text for piece in pieces)):
                ranked.append((-shared, len(clause.text), held, clause))
    ranked.sort(key=lambda entry: entry[:2])
    places = [Place(held, clause, compare(quotation, clause.text)) for _, _, held, clause in ranked[:_CANDIDATES]]
    best = max(places, key=lambda place: (place.comparison.ratio, -len(place.clause.text)), default=None)
    return best if best is not None and best.comparison.ratio >= least else None


def _pieces(quotation: str) -> list[str]:
    return [run[at : at + _PIECE] for run in _RUN.findall(quotation) for at in range(0, len(run) - _PIECE + 1, 2)]


def _documents(shelf: Shelf, first: Iterable[Held]) -> Iterator[Held]:
    seen: set[str] = set()
    for held in first:
        if held.document.id not in seen:
            seen.add(held.document.id)
            yield held
    for id in shelf.library.infos:
        if id not in seen:
            yield shelf.indexed(id)

"""Retrieval systems side by side: the same queries, the same measures, one row a system."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from eval.dataset import Gold, Place
from eval.figures import Figure, figures
from eval.metrics.catalogue import RANKING_DEPTH, RETRIEVED
from eval.metrics.measure import Case
from eval.metrics.ranking import has_clauses
from eval.run import Record, query
from eval.slices import HEADLINE

SearchGold = Callable[[Gold, str, int], Sequence[Place]]
"""(gold, query, k) → the ``k`` best clauses. Only held-out systems may look at the gold: for what to hold out."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One question to retrieve for, as the assistant read it."""

    gold: Gold
    query: str


@dataclass(frozen=True, slots=True)
class System:
    """``title`` and ``note`` are Chinese; ``documents`` restricts the questions to those about these documents."""

    name: str
    title: str
    search: SearchGold
    note: str = ""
    documents: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one system reached, over the headline slices."""

    name: str
    title: str
    note: str
    figures: tuple[Figure, ...]


def probes(records: Sequence[Record]) -> tuple[Probe, ...]:
    """Every question that retrieval is measured on."""
    return tuple(Probe(r.case.gold, query(r.case.gold, r.case.given)) for r in records if has_clauses(r.case))


def measure(system: System, asked: Sequence[Probe]) -> Outcome:
    """Run ``system`` over the probes its documents allow."""
    cases = [
        Case(probe.gold, ranking=tuple(system.search(probe.gold, probe.query, RANKING_DEPTH)))
        for probe in asked
        if system.documents is None or {where for where, _ in probe.gold.clauses} <= system.documents
    ]
    return Outcome(system.name, system.title, system.note, figures(HEADLINE, RETRIEVED, cases))


def cut(system: System, k: int, title: str) -> System:
    """``system`` as it is when asked for no more than ``k`` clauses."""

    def search(gold: Gold, text: str, depth: int) -> Sequence[Place]:
        return system.search(gold, text, min(k, depth))

    return replace(system, name=f"{system.name}-{k}", title=title, search=search)

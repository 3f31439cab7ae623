"""Which table a question asks for: a list whole or narrowed, a count, a comparison, or one item's part in it."""

from __future__ import annotations

from dataclasses import replace

from index.model import Clause
from rag.citations import CitationBook
from rag.compose.counts import surely_pointed
from rag.compose.draft import Draft
from rag.compose.items import compose_items
from rag.compose.limits import refuse
from rag.compose.lists import tables
from rag.compose.lists.duties import compose_duties, compose_named, joined
from rag.compose.lists.filters import filtered_list
from rag.compose.lists.narrow import narrowed_to, narrowing
from rag.compose.lists.whole import meant_part
from rag.compose.open import is_topic, plan_clauses
from rag.compose.plan.overview import asks_for_tasks, whole_plan
from rag.compose.precedence import of_cadres
from rag.compose.topics import items_about
from rag.library import Library
from rag.retrieve import Search
from rag.understand.ask import Intent
from rag.understand.reading import Reading


def compose_table(library: Library, book: CitationBook, reading: Reading, search: Search) -> Draft | None:
    """Answers computed from the duty table; ``None`` where the question is not about it."""
    whole = whole_plan(library, book, reading)
    if whole:
        return whole
    if reading.intent in (Intent.OPEN, Intent.DUTIES, Intent.CONTENT) and asks_for_tasks(library, reading):
        return refuse.which_department(library)
    if tables.asks_difference(reading):
        return tables.compare_parties(library, book, reading)
    party = next((p for p in reading.parties if not p.is_group), reading.parties[0] if reading.parties else None)
    if party is None or of_cadres(library, reading):
        return None
    if reading.intent is Intent.COUNT or tables.asks_how_many(reading):
        asked = [p for p in reading.parties if not p.is_group] or [party]
        return tables.count_parties(library, book, asked, narrowing(library, reading))
    listed = narrowing(library, reading)
    if reading.intent is Intent.DUTIES or listed.dated or listed.months or listed.counted:
        return _duties(library, book, reading, search)
    if reading.intent is Intent.IS_NAMED and listed.roles and len(reading.topic) < 2:
        return _duties(library, book, reading, search)
    if reading.intent is Intent.IS_NAMED:
        found = surely_pointed(library, reading.text)
        found = found or (items_about(library, reading.topic) if len(reading.topic) >= 2 else [])
        if not found and is_topic(library, reading.topic) and len(reading.topic) < 8:
            found = plan_clauses(library, reading, search)
        if found:
            return compose_items(library, book, reading, found[:1], asked=False)
        if len(reading.topic) >= 4:
            return None
        parties = [p for p in reading.parties if not p.is_group] or [party]
        return joined([compose_named(library, book, one) for one in parties])
    return None


def _duties(library: Library, book: CitationBook, reading: Reading, search: Search) -> Draft:
    """The list of each party named: narrowed where the question narrows it, else whole."""

    def find(words: str) -> list[Clause]:
        topic = replace(reading, topic=words)
        return plan_clauses(library, topic, search, wide=True) if is_topic(library, words) else []

    wanted = narrowing(library, reading, find) or narrowed_to(library, meant_part(library, reading))
    drafts = [
        filtered_list(library, book, party, wanted) if wanted else compose_duties(library, book, party)
        for party in reading.parties
    ]
    return joined(drafts)

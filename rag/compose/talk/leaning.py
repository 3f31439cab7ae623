"""Whether a question that finds nothing by itself leans on the clause talked about."""

from __future__ import annotations

from index.clean import fold
from rag.compose.articles import related
from rag.compose.draft import Draft
from rag.compose.limits.evidence import LEAST_COSINE, SURE_COSINE
from rag.compose.open import search as searched
from rag.library import Library
from rag.retrieve import Search
from rag.understand.ask import Intent
from rag.understand.reading import Reading
from rag.understand.talk.focus import pairs

_OF_ANY_CLAUSE = (Intent.WHO, Intent.DEADLINE, Intent.FREQUENCY, Intent.BASIS, Intent.IS_NAMED)
"""What any clause may be asked: who, when, on which basis."""
_HEAD = 60
_HAS_NONE, _OF_ITS_OWN = 2, 5
_OWN = 3
"""Characters of a topic from which on a question has something of its own to ask for."""


def leans(library: Library, reading: Reading, search: Search, *, sure: bool = False) -> bool:
    """Whether ``reading.instead`` may be asked: the question names nothing of its own, or its words stand in the
    clause, or the clause is what its words find first. ``sure``: it was answered, so only where nothing is near."""
    if reading.instead is None:
        return False
    if sure and max((hit.cosine for hit in searched(library, reading, search)[:3]), default=1.0) >= LEAST_COSINE:
        return False
    if len(reading.topic) < _OWN:
        return True
    clauses = [c for r in reading.instead.references if r.document for c in related(library, r)]
    texts = [fold(reading.talk), *(fold(library.clauses(c.document)[c.top].text) for c in clauses)]
    if any(pair in text for pair in pairs(fold(reading.topic)) for text in texts):
        return True
    hits = searched(library, reading, search)
    any_clause = reading.intent in _OF_ANY_CLAUSE
    if any_clause and max((hit.cosine for hit in hits[:3]), default=0.0) < SURE_COSINE:
        return True
    first = {(hit.document, hit.clause) for hit in hits[: 3 if any_clause else 1]}
    return any((c.document, c.top) in first for c in clauses)


def leaves(library: Library, reading: Reading, draft: Draft, search: Search) -> bool:
    """Whether an answer leaves the law talked about although the first clause found is of that law."""
    laws = {r.document for r in reading.instead.references if r.kind == "article"} if reading.instead else set()
    hits = searched(library, reading, search)
    if not hits or hits[0].document not in laws:
        return False
    title = library.infos[hits[0].document].short_title
    return f"《{title}》" not in draft.text[:_HEAD]


def adds_nothing(reading: Reading) -> bool:
    """Whether a further question of a message has no subject of its own: after a refused one it is refused with it."""
    bare = reading.intent in (Intent.OPEN, Intent.CONTENT, Intent.QUANTITY) and len(reading.topic) < _OF_ITS_OWN
    bare = bare or len(reading.topic) < _HAS_NONE
    return bare and bool(reading.before) and not (reading.pointed or reading.parties)


def asks_the_talk(library: Library, reading: Reading, draft: Draft, search: Search) -> bool:
    """Whether a question is asked of the clause talked about rather than answered by ``draft``, which it got alone."""
    if not (draft.reason or draft.found):
        return False
    answered = not draft.reason
    return leans(library, reading, search, sure=answered) or (answered and leaves(library, reading, draft, search))

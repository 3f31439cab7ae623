"""The article beside the one talked about: a follow-up often goes on to what its neighbour says.

Asked of 第十九条 how leaders are called to account, 由哪些机关来问责 is answered by 第二十六条. Margins are set on own
dialogues.
"""

from __future__ import annotations

from index.model import Clause
from rag.compose.articles import top_clause
from rag.compose.open import search_words
from rag.library import Library
from rag.retrieve import Hit, Search
from rag.understand.reading import Reading

_OWN = 4
"""Characters of a topic from which on a question has words to look beside the clause for."""
_BY_TALK = (0.009, 0.05)
_BY_WORDS = (0.017, 0.15)
"""Least lead in cosine and in score of the article beside, with the question before and without."""
_NEAR, _ALONE = 0.88, 0.915
"""Least cosine of it by the question's own words, and where the clause talked about is not among those found."""


def beside(library: Library, reading: Reading, clause: Clause, find: Search) -> Clause | None:
    """The article of the same law that a follow-up asks of rather than ``clause``; ``None`` where it is that one."""
    if not reading.before or reading.pointed or len(reading.topic) < _OWN:
        return None
    own = search_words(library, reading)
    for query, margins in ((f"{reading.before}，{own}", _BY_TALK), (own, _BY_WORDS)):
        found = _ahead(find(query, 8, documents=[clause.document]), clause, margins)
        if found:
            return top_clause(library, found)
    return None


def _ahead(hits: list[Hit], clause: Clause, margins: tuple[float, float]) -> Hit | None:
    other = next((hit for hit in hits if hit.clause != clause.top), None)
    here = next((hit for hit in hits if hit.clause == clause.top), None)
    if other is None or not other.cosine:
        return None
    if here is None:
        return other if other.cosine >= _ALONE else None
    ahead = other.cosine - here.cosine >= margins[0] and other.score - here.score >= margins[1]
    return other if ahead and other.cosine >= _NEAR else None

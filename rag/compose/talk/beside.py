"""The article beside the one talked about: a follow-up often goes on to what its neighbour says.

Asked of 第十九条 how leaders are called to account, 由哪些机关来问责 is answered by 第二十六条. What a follow-up says
itself and what it says after the question before both count; the lead is set on own dialogues.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from index.model import Clause
from rag.library import Library
from rag.retrieve import Hit, Search
from rag.understand.ask import Intent
from rag.understand.bare import NUMBER
from rag.understand.reading import Reading

_OWN = 2
"""Characters of a topic from which on a question has words to look beside the clause for."""
_LEAD = 0.1
"""By how much another article must be ahead in the mean of both scores."""
_OWN_LEAD, _WHO_LEAD = 0.2, 0.02
"""The same where it is asked who does it and an article is this far ahead by the question's own words: laws say who
decides in articles of their own."""
_LEAST = 0.1
"""The least lead by a follow-up's own words for which the talk is searched for as well: that costs an embedding."""
_STAYS = re.compile(r"[这那][一两二三四五六七几]?[件条项款档句]|[前后]者|上面说|刚才|名单|在不在|里[面头边]")
"""Points at what was said, so that it is asked of it."""
_SURE = 0.3
"""The lead of a clause by a follow-up's own words that the question before does not outweigh."""
_DEPTH = 40
_NAMED = re.compile(rf"《[^》]*》|{NUMBER}")


def fused(
    reading: Reading,
    own: str,
    find: Search,
    k: int,
    documents: Collection[str] | None = None,
    prior: Mapping[str, float] | None = None,
    lead: float = _SURE,
) -> list[Hit]:
    """Hits for a follow-up's own words and for the question before and them together, by their mean score.

    Cosines and shares are those of its own words. Titles and numbers in the question before say where it was asked,
    not what about, and are left out. From ``lead`` on the first hit for its own words alone is kept.
    """
    before = _NAMED.sub("", reading.before).strip("，,。？? ")
    alone = find(own, _DEPTH, documents=documents, prior=prior)
    sure = len(alone) < 2 or alone[0].score - alone[1].score >= lead
    if not before or sure:
        return alone[:k]  # the talk would not change it, and embedding it costs as much again
    both = find(f"{before}，{own}", _DEPTH, documents=documents, prior=prior)
    told = {(hit.document, hit.clause): hit.score for hit in both}
    least = min(told.values(), default=0.0)
    mean = [replace(hit, score=(hit.score + told.get((hit.document, hit.clause), least)) / 2) for hit in alone]
    return sorted(mean, key=lambda hit: -hit.score)[:k]


def beside(library: Library, reading: Reading, clause: Clause, own: str, find: Search) -> Clause | None:
    """The article of the same law that a follow-up asks of rather than ``clause``; ``None`` where it is that one.

    ``own`` are its words as they are searched for.
    """
    if not reading.before or reading.pointed or len(reading.topic) < _OWN or _STAYS.search(reading.words):
        return None
    own_first = find(own, _DEPTH, documents=[clause.document])
    own_here = next((hit.score for hit in own_first if hit.clause == clause.top), 0.0)
    if not own_first or own_first[0].score - own_here < _LEAST:
        return None  # however much the talk points elsewhere, the mean would hardly lead
    hits = fused(reading, own, find, _DEPTH, [clause.document])
    here = next((hit.score for hit in hits if hit.clause == clause.top), 0.0)
    first = hits[0] if hits else None
    who = reading.intent is Intent.WHO and own_first[0].score - own_here >= _OWN_LEAD
    if first is None or first.clause == clause.top or first.score - here < (_WHO_LEAD if who else _LEAD):
        return None
    return library.clauses(first.document)[first.clause]

"""A law may say what is asked where the plan has only the same words: who sets 景区最大承载量 stands in no item."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.model import Clause, Family
from rag.compose.topics import share
from rag.library import Library
from rag.retrieve import Hit, Search
from rag.understand.ask import Intent
from rag.understand.reading import Reading

CLOSE = 0.93
"""Cosine from which on a clause is near in meaning: most questions have a question of the bank about as near."""
NEARER = 0.02
"""How much nearer than another it must be to come before it in spite of its words."""
MUCH, MORE = 0.7, 0.2
"""Share of the topic from which on an article has what is asked for, where that is this much more than an item has."""
_OF_PLAN = re.compile(
    r"文件|这份|牵头|领头|挑头|主抓|专委会|委员会|督促|督办|分工|责任单位|落实单位|要点|今年|本年|2023|各县|三区|市里|我市|全市|宜春|整治|攻坚|"
    r"(?:第[0-9一二三四五六七八九十]+|那一?|这一?)[项条]|(?:哪一?|第几)项"
)


_LEGAL = re.compile(r"法律|法里|法上|哪部法|依法|合法|违法|犯法|能不能|可不可以|准不准|给不给|许可|允许")
_NEAR = 0.9
"""Cosine that is enough where a law is asked for in so many words."""
_FINE = "罚"
"""An item that says nothing of fines and punishment is no answer to a question for them."""


def law_instead(library: Library, reading: Reading, items: Sequence[Clause], find: Search) -> bool:
    """Whether a law's article is clearly nearer than ``items`` in meaning or words, and nothing points at the plan."""
    named = any(not party.is_group for party in reading.parties)
    if reading.intent is Intent.IS_NAMED or reading.documents or named or _OF_PLAN.search(reading.text):
        return False
    hits = find(reading.text, 8)
    laws = [hit for hit in hits if library.infos[hit.document].family is not Family.WORK_PLAN]
    near = max((hit.cosine for hit in laws), default=0.0)
    ours = [hit.cosine for hit in hits if hit.document == library.plan.id and hit.clause in {c.id for c in items}]
    best = max(ours, default=0.0)
    if _FINE in reading.text and near >= _NEAR and not any(_FINE in item.text for item in items):
        return True
    if near >= (max(_NEAR, best) if _LEGAL.search(reading.text) else max(CLOSE, best + NEARER)):
        return True
    if len(reading.topic) < 4:
        return False
    said = [share(library, reading.topic, library.clauses(hit.document)[hit.clause].text) for hit in laws[:3]]
    held = max((share(library, reading.topic, item.text) for item in items), default=0.0)
    return max(said, default=0.0) >= max(MUCH, held + MORE)


def nearest_first(hits: Sequence[Hit]) -> list[Hit]:
    """``hits`` with the nearest in meaning in front, where it is clearly nearer than the first."""
    best = max(hits[:5], key=lambda hit: hit.cosine, default=None)
    if best is None or best.cosine < max(CLOSE, hits[0].cosine + NEARER):
        return list(hits)
    return [best, *(hit for hit in hits if hit is not best)]


def laws_first(library: Library, reading: Reading, hits: Sequence[Hit], find: Search) -> list[Hit]:
    """``hits`` with articles of laws before items of the plan, the nearest first, where a law is asked for."""
    laws = [hit for hit in hits if library.infos[hit.document].family is not Family.WORK_PLAN]
    if not laws or hits[0] in laws:
        return list(hits)
    items = [library.clauses(hit.document)[hit.clause] for hit in hits if hit not in laws]
    if not law_instead(library, reading, items, find):
        return list(hits)
    best = max(laws, key=lambda hit: hit.cosine)
    return [best, *(hit for hit in laws if hit is not best), *(hit for hit in hits if hit not in laws)]

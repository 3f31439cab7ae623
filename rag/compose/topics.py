"""From a topic in everyday words to the items of the plan: titles first, then words of the text, then retrieval."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from index.clean import fold
from index.model import Clause
from index.parse.workplan import closing_bracket
from rag.library import Library
from rag.understand.script import sound

_GENERIC = re.compile(
    r"进一步|安全生产|安全|专项整治|整治|工作|强化|着力|深入|深化|扎实|开展|加强|推动|压实|严肃|严格|创新|完善|提高|提升|推进|"
    r"等行业领域|行业领域|领域|行业|方面|问题|任务|责任|攻坚|行动|这一?块|那一?块|这件事|的事|那项|这项|这个|相关|有关|关于|如何|怎么样|情况|要求|措施"
)
_EDGES = re.compile(
    r"^(?:关于|有关|针对|对于?|在|给|把|将|搞|做|抓|查|和|与|是)+|"
    r"(?:是|要|归|由|搞|做|抓|管|去|来|上|里|方面|这块|那块|呢|了)+$"
)
ENOUGH = 0.72
"""Share of a topic's characters that an item must have to be taken for it without retrieval."""
_MARGIN = 0.08
_TITLE_BONUS = 0.5


def core(topic: str) -> str:
    """``topic`` without words that any item could have; the topic itself where nothing would be left."""
    kept = _GENERIC.sub(" ", topic).strip()
    kept = _EDGES.sub("", re.sub(r"[\s的]+", "", kept))
    return kept if len(kept) >= 2 else topic


def items_about(library: Library, topic: str, enough: float = ENOUGH) -> list[Clause]:
    """Items of the plan that a topic can only mean, best first; empty where the words leave it open.

    ``enough`` is the least share of the topic that an item must have.
    """
    words = fold(core(topic))
    if len(words) < 2:
        return []
    scored = sorted(
        (
            (max(_score(item, form) for form in _forms(words, library.words.topics)), -at, item)
            for at, item in enumerate(library.items(library.plan.id))
        ),
        key=lambda one: (-one[0], -one[1]),
    )
    if not scored or scored[0][0] < enough:
        heard = _heard(library, words)
        return items_about(library, heard, enough) if heard and heard != words else []
    best = scored[0][0]
    close = [item for score, _, item in scored if score >= best - _MARGIN]
    return close if len(close) <= 2 else []


def _heard(library: Library, words: str) -> str | None:
    """The title word or everyday word that sounds like part of ``words`` (然气 → 燃气); ``None`` where none does."""
    keys = {core(item.title) for item in library.items(library.plan.id)} | set(library.words.topics)
    said = sound(words)
    best = None
    for key in sorted(keys, key=len, reverse=True):
        key_sound = sound(key)
        places = range(len(said) - len(key_sound) + 1) if 2 <= len(key) <= 6 else ()
        at = next((i for i in places if said[i : i + len(key_sound)] == key_sound), None)
        if at is not None and key not in words:
            best = words[:at] + key + words[at + len(key) :]
            break
    return best


def _forms(words: str, synonyms: Mapping[str, str]) -> set[str]:
    """The topic as said, and with its longest everyday word replaced by the documents' own."""
    said = next((w for w in sorted(synonyms, key=len, reverse=True) if fold(w) in words), None)
    return {words, words.replace(fold(said), fold(synonyms[said]))} if said else {words}


def _score(item: Clause, form: str) -> float:
    """Share of ``form`` that the item's text has in pieces of two or more characters; more where its title has it."""
    body, title = _folded(item)
    covered = _covered(form, body)
    in_title = _covered(form, title)
    repeated = 0.05 * min(body.count(form), 4)
    return covered + _TITLE_BONUS * in_title * (in_title >= 0.6) + 0.15 * (form in body) + repeated


@lru_cache(maxsize=256)
def _folded(item: Clause) -> tuple[str, str]:
    """The item's text without its bracket, and its title, both folded."""
    bracket = closing_bracket(item)
    body = item.text[: bracket.start - item.span.start] if bracket else item.text
    return fold(body), fold(_GENERIC.sub("＿", item.title))


def _covered(form: str, text: str) -> float:
    """Greedy longest pieces of ``form`` found in ``text``, as a share of its length."""
    at, hit = 0, 0.0
    while at < len(form):
        size = next((n for n in range(len(form) - at, 1, -1) if form[at : at + n] in text), 0)
        # Two characters of a long topic stand in any text; longer pieces say more.
        hit += size if size > 2 or len(form) <= 4 else size * 0.6
        at += size or 1
    return hit / len(form)

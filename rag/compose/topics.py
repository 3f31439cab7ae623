"""From a topic in everyday words to the items of the plan: titles first, then words of the text, then retrieval."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from index.clean import fold, longest
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
    r"(?:是|要|归|由|搞|做|抓|(?<![监主包])管|去|来|上|里|方面|这块|那块|呢|了)+$"
)
ENOUGH = 0.72
"""Share of a topic's characters that an item must have to be taken for it without retrieval."""
_MARGIN = 0.08
_TITLE_BONUS = 0.5
_OPENING_BONUS = 0.3
_VERBATIM = 5
_LONGEST = 24
"""Characters of a topic beyond which it is a story, not a name to look for in the plan."""


def core(topic: str) -> str:
    """``topic`` without words that any item could have; the topic itself where nothing would be left."""
    kept = _GENERIC.sub(" ", topic).strip()
    kept = _EDGES.sub("", re.sub(r"[\s的]+", "", kept))
    return kept if len(kept) >= 2 else topic


def items_about(library: Library, topic: str, enough: float = ENOUGH, *, listen: bool = True) -> list[Clause]:
    """Items of the plan that a topic can only mean, best first; empty where the words leave it open.

    ``enough`` is the least share of the topic that an item must have; ``listen`` also tries words of the same sound.
    """
    words = fold(core(topic))
    if len(words) < 2:
        return []
    spoken = _speaking(library, fold(topic))
    if spoken:
        return spoken
    forms = _forms(words, library.topics)
    scored = sorted(
        ((_best_score(item, forms), -at, item) for at, item in enumerate(library.items(library.plan.id))),
        key=lambda one: (-one[0], -one[1]),
    )
    if not scored or scored[0][0] < enough:
        heard = _heard(library, words) if listen else None
        return items_about(library, heard, enough, listen=False) if heard and heard != words else []
    best = scored[0][0]
    close = [item for score, _, item in scored if score >= best - _MARGIN]
    return close if len(close) <= 2 else []


def titled_item(library: Library, text: str) -> Clause | None:
    """The item whose title a question says: 煤矿整治那项, 危险废物安全整治; the longest such title."""
    said = fold(text)
    items = [(key, item) for item in library.items(library.plan.id) for key in _keys(item)]
    for key, item in sorted(items, key=lambda pair: -len(pair[0])):
        if re.search(rf"(?<!非){re.escape(key)}(?:安全)?(?:专项)?整治", said):
            return item
    return None


def _speaking(library: Library, said: str) -> list[Clause]:
    """The one or two items that have a longer topic word for word, the one that says more of it first."""
    if len(said) < _VERBATIM:
        return []
    found = [item for item in library.items(library.plan.id) if said in _folded(item)[0]]
    return sorted(found, key=lambda item: -_best_score(item, (said,))) if len(found) <= 2 else []


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
    """The topic as said, with its longest everyday word replaced by the documents' own, and with all of them."""
    said = [(word, own) for word, own in synonyms.items() if word in words]
    forms, kept = {words}, words
    for at, (word, own) in enumerate(said):
        if at == 0 or own not in kept:
            kept = kept.replace(word, own)
        forms.add(kept)
    return forms


def _best_score(item: Clause, forms: Iterable[str]) -> float:
    """Share of a form that the item's text has in pieces of two or more characters; more where its title has it."""
    (body, title), keys = _folded(item), _keys(item)
    return max(_score(body, title, keys, form) for form in forms)


def _score(body: str, title: str, keys: tuple[str, ...], form: str) -> float:
    covered = _covered(form, body)
    in_title = _covered(form, title)
    repeated = 0.05 * min(body.count(form), 4)
    opens = _OPENING_BONUS * any(len(form) > len(key) and form.startswith(key) for key in keys)
    return opens + covered + _TITLE_BONUS * in_title * (in_title >= 0.6) + 0.15 * (form in body) + repeated


@lru_cache(maxsize=256)
def _keys(item: Clause) -> tuple[str, ...]:
    """What an item's title is about, where a topic may open with it: 煤矿, 建设领域, 校园."""
    about = fold(core(item.title))
    return (about,) if 2 <= len(about) <= 6 else ()


@lru_cache(maxsize=256)
def _folded(item: Clause) -> tuple[str, str]:
    """The item's text without its bracket, and its title, both folded."""
    bracket = closing_bracket(item)
    body = item.text[: bracket.start - item.span.start] if bracket else item.text
    return fold(body), fold(_GENERIC.sub("＿", item.title))


def body_of(item: Clause) -> str:
    """The item's text without its bracket, folded."""
    return _folded(item)[0]


def share(library: Library, topic: str, text: str) -> float:
    """Share of ``topic``'s own characters that stand in ``text`` in pieces of two or more, in [0, 1]."""
    return _share(fold(topic), _forms(fold(core(topic)), library.topics), fold(text))


def _share(said: str, forms: Iterable[str], text: str) -> float:
    return 1.0 if said in text else max(_pieces(form, text) for form in forms)


def nearest_item(library: Library, topic: str) -> tuple[Clause | None, float]:
    """The item of the plan that has most of ``topic``, and the share it has; no item for a topic too short."""
    if not 2 <= len(core(topic)) <= _LONGEST:
        return None, 0.0
    about = items_about(library, topic)
    items = about or library.items(library.plan.id)

    said, forms = fold(topic), _forms(fold(core(topic)), library.topics)

    def fit(item: Clause) -> tuple[float, float]:
        return _share(said, forms, "，".join(_folded(item))), _best_score(item, forms)

    best = max(items, key=lambda item: sum(fit(item)))
    return best, fit(best)[0]


def _pieces(form: str, text: str) -> float:
    return sum(_sizes(form, text)) / len(form)


def _covered(form: str, text: str) -> float:
    """Greedy longest pieces of ``form`` found in ``text``, as a share of its length."""
    hit = 0.0
    for size in _sizes(form, text):
        # Two characters of a long topic stand in any text; longer pieces say more.
        hit += size if size > 2 or len(form) <= 4 else size * 0.6
    return hit / len(form)


def _sizes(form: str, text: str) -> list[int]:
    """Lengths of those pieces of ``form``, two characters or more, that ``text`` has, from left to right."""
    sizes: list[int] = []
    at = 0
    while at < len(form) - 1:
        if form[at : at + 2] in text:
            sizes.append(longest(form, at, text))
            at += sizes[-1]
        else:
            at += 1
    return sizes

"""What is seen of a message that may wish for an organisation's whole list; ``rag.wishes`` weighs it.

The plan's names are taken out and organisations stand as ``＿``, so that what is learnt holds for all of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from index.clean import fold
from rag.compose.lists.mentions import items_saying, subjects
from rag.compose.lists.noise import ALL
from rag.compose.topics import core
from rag.library import Library
from rag.understand.ask import Intent
from rag.understand.reading import Reading

_LONGEST_GRAM = 4
_TEXT_LIMIT = 200
"""Characters of a message that are looked at."""
_SUBJECT = "§"
_WORK_OF_TOPIC = re.compile(f"{_SUBJECT}(?:安全|监管|整治|治理|管理|方面|行业|领域)*的?(?:事项|任务|工作|职责|活)")
_MOST = 6
"""New pairs from which on more of them tell nothing."""

LEAD = re.compile(r"牵头|督促|组织(?!部|编制)|分工负责")
_NARROWER = re.compile(
    r"关于(?!＿)|有关(?!系|部门)|方面|[只仅单](?:看|要|列|给|说|讲|限|挑)|除了?|以外|之外|不含|不包括|另外标|不算|"
    r"比较|对比|相比|区别|共同(?!责任)|都有的|同时|交集|为什么|为何|怎么|如何|[每按逐]一?个?(?:年|季|月|周)|季度|半年|月底|月前|"
    r"期限|点(?:了|过)?名|电话|哪(?:个|位)(?:科|领导|同志|人)|完成情况|进展|法律|处罚|罚|成员"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """``text`` as described above; ``grams`` its character n-grams; ``signs`` numbers between 0 and about 3, by name;
    ``pairs`` those of its character pairs that the plan's items have, too.
    """

    text: str
    grams: frozenset[str]
    signs: dict[str, float]
    pairs: frozenset[str]

    @property
    def framed_topic(self) -> bool:
        """Whether the message says outright that it is about a part of the plan: 关于燃气的任务, 液化气监管事项."""
        return bool(("framed" in self.signs and "topic" in self.signs) or _WORK_OF_TOPIC.search(self.text))


def seen(library: Library, reading: Reading, masked: str) -> Seen:
    """What is seen of ``reading``; ``masked`` is its text without the plan's names, organisations as ``＿``."""
    text = re.sub("＿+", "＿", re.sub("[0-9]+", "#", masked[:_TEXT_LIMIT]))
    said, framed = subjects(library, reading)
    known = [words for words in said if items_saying(library, words)]
    text, topics = _topic_pattern(library).subn(_SUBJECT, text)
    framing = f"^{text}$"
    sizes = range(1, _LONGEST_GRAM + 1)
    grams = frozenset(framing[at : at + size] for size in sizes for at in range(len(framing) - size + 1))
    of_plan = _pairs_of_items(library)
    pairs = frozenset(pair for pair in _pairs(text) if pair in of_plan)
    signs = {
        "said": bool(said),
        "known": bool(known),
        "subjects": min(len(known), 4) / 2,
        "subject_length": min(sum(map(len, known)), 15) / 5,
        "framed": framed and bool(known),
        "topic": bool(topics),
        "topics": min(topics, 4) / 2,
        "length": len(text) / 30,
        "parties": text.count("＿") / 2,
        "several": len(reading.parties) > 1,
        "concepts": bool(reading.concepts),
        "outside": bool(reading.scope.outside),
        "fact": bool(reading.scope.fact),
        "asker": bool(reading.asker),
        "all": bool(ALL.search(text)),
        "lead": bool(LEAD.search(text)),
        "narrower": bool(_NARROWER.search(text)),
        **{f"intent {intent.value}": reading.intent is intent for intent in Intent},
    }
    return Seen(text, grams, {name: float(value) for name, value in signs.items() if value}, pairs)


def topics_in(library: Library, text: str) -> tuple[str, ...]:
    """What ``text`` calls items, in their order and each once."""
    return tuple(dict.fromkeys(_topic_pattern(library).findall(text)))


def _topic_pattern(library: Library) -> re.Pattern[str]:
    """What items are called, shortly or in everyday words: 燃气, 校车, 煤气."""
    return _any_of(frozenset((*(core(item.title) for item in library.items(library.plan.id)), *library.words.topics)))


@lru_cache(maxsize=4)
def _any_of(words: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted((w for w in words if len(w) > 1), key=len, reverse=True))))


def novelty(text: str, pairs: frozenset[str], known: frozenset[str]) -> dict[str, float]:
    """Signs that ``text`` speaks of something in the plan that no known wish for a whole list speaks of."""
    letters = fold(text)
    new = [letters[at : at + 2] in pairs and letters[at : at + 2] not in known for at in range(len(letters) - 1)]
    longest = run = 0
    for one in new:
        run = run + 1 if one else 0
        longest = max(longest, run)
    signs = {"new": min(sum(new), _MOST) / 2, "new_run": min(longest, 5) / 2, "any_new": any(new), "runs": longest > 1}
    return {name: float(value) for name, value in signs.items() if value}


def _pairs(text: str) -> set[str]:
    letters = fold(text)
    return {letters[at : at + 2] for at in range(len(letters) - 1)} - {"＿"}


@lru_cache(maxsize=4)
def _pairs_of(text: str) -> frozenset[str]:
    return frozenset(_pairs(text))


def _pairs_of_items(library: Library) -> frozenset[str]:
    return _pairs_of("\n".join(clause.text for clause in library.items(library.plan.id)))

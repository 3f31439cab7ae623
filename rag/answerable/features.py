"""A question beside what was found for it, as the numbers that ``rag.answerable.judge`` weighs.

What is asked is seen best with the words of the evidence struck out: 安全班组要达到哪些条件 becomes ◇要达到哪些条件,
and 哪些条件 is what the evidence would have to tell. Character n-grams of the question and of such frames are hashed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.clean import fold, longest
from rag.retrieve import Hit
from rag.understand.ask import Intent

BUCKETS = 1 << 17
"""Hash buckets for n-grams; weights of 2 bytes each make a quarter of a megabyte."""
_LONGEST_GRAM = 3
_TEXT_LIMIT = 300
"""Characters of a question that are looked at."""
_SHORT_GAP, _LONG_GAP = "◇", "◆"

_INTENTS = tuple(Intent)
_NUMBER = "[0-9一二三四五六七八九十百千万两]"
_HOW_MANY = re.compile(r"(?:几|多少|好多)个?([\u4e00-\u9fff]{1,2})")
_WHICH = re.compile(r"(?:哪些|哪几个|哪几家|哪个|哪家|哪位|什么|哪种|啥|哪类|哪几)([\u4e00-\u9fff]{2})")
_OF_WHAT = re.compile(
    r"([\u4e00-\u9fff]{2})(?:是|有|叫|都|分别|具体|包括|为|有没有|指)*"
    r"(?:什么|哪些|哪几|哪个|多少|几|啥|怎么|怎样|如何|谁|哪)"
)
_WHEN = re.compile("什么时候|几号|哪天|何时|几月|多久|多长时间|几天")
_TIME = re.compile("[0-9]+月|[0-9]+日|每[年月季]|年底|季度|半年|[0-9一二三四五六七八九十]+日内|小时")

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what it met. ``vector`` is its embedding, ``hits`` best first, ``evidence`` the folded texts of
    the first three, ``drafted`` what the answer would quote, ``rule`` the name of the rule that refused it. ``wants``
    tells that a number, date or rhythm is asked for, ``holds`` that the first clause has one of that kind.
    """

    text: str
    vector: Vector
    hits: tuple[Hit, ...]
    evidence: tuple[str, ...]
    drafted: str
    intent: Intent
    rule: str = ""
    parties: bool = False
    references: bool = False
    documents: bool = False
    wants: bool = False
    holds: bool = False


def frame(text: str, evidence: str) -> str:
    """``text`` (folded) with every run of two or more characters that ``evidence`` has struck out, longest first."""
    parts: list[str] = []
    at = 0
    while at < len(text):
        size = longest(text, at, evidence)
        parts.append(text[at] if not size else _SHORT_GAP if size < 4 else _LONG_GAP)
        at += size or 1
    return "".join(parts)


def grams(asked: Asked) -> tuple[NDArray[np.int64], Vector]:
    """Buckets and values of the n-grams of the question and of its frames; each of the three has length 1."""
    text = fold(asked.text)[:_TEXT_LIMIT]
    sources = (text, frame(text, asked.evidence[0] if asked.evidence else ""), frame(text, fold(asked.drafted)))
    buckets: list[int] = []
    values: list[float] = []
    for name, source in zip("qfd", sources, strict=True):
        found = {crc32(f"{name}{gram}".encode()) % BUCKETS for gram in _grams(f"^{source}$")}
        buckets += found
        values += [len(found) ** -0.5] * len(found)
    return np.array(buckets, dtype=np.int64), np.array(values, dtype=np.float32)


def _grams(text: str) -> Iterable[str]:
    for size in range(1, _LONGEST_GRAM + 1):
        yield from (text[at : at + size] for at in range(len(text) - size + 1))


def numbers(asked: Asked) -> Vector:
    """float32 [NUMBERS]: how near the evidence is, how much of the question it leaves over, which kind is asked for."""
    text = fold(asked.text)[:_TEXT_LIMIT]
    first = asked.evidence[0] if asked.evidence else ""
    hits = asked.hits
    best = hits[0] if hits else Hit("", "", 0.0, 0.0, 0.0)
    second = hits[1] if len(hits) > 1 else Hit("", "", 0.0, 0.0, 0.0)
    near = [
        best.score,
        best.score - second.score,
        best.cosine,
        best.cosine - second.cosine,
        best.words,
        _left(frame(text, first)),
        _left(frame(text, "\n".join(asked.evidence))),
        best.by_question,
        len(text) / 30,
        asked.parties,
        asked.references,
        asked.documents,
        asked.wants and asked.holds,
        asked.wants and not asked.holds,
    ]
    intents = [asked.intent is intent for intent in _INTENTS]
    return np.array([*near, *_kinds(text, first), *intents], dtype=np.float32)


def _left(framed: str) -> float:
    return sum(char not in (_SHORT_GAP, _LONG_GAP) for char in framed) / max(1, len(framed))


def _kinds(text: str, evidence: str) -> list[float]:
    """For 多少家, 哪些条件, …的条件是什么 and 什么时候: whether it is asked, and whether the evidence lacks it."""
    many = _HOW_MANY.search(text)
    counted = bool(many and re.search(rf"{_NUMBER}+个?{re.escape(many.group(1)[0])}", evidence))
    found: list[float] = [bool(many), bool(many) and not counted]
    for pattern in (_WHICH, _OF_WHAT):
        match = pattern.search(text)
        found += [bool(match), bool(match and match.group(1) not in evidence)]
    when = bool(_WHEN.search(text))
    return [*found, when, when and not _TIME.search(evidence)]


def dense(asked: Asked, nearness: Sequence[float]) -> Vector:
    """The embedding, ``numbers`` and ``nearness`` (see ``judge``) as one row."""
    return np.concatenate([asked.vector, numbers(asked), np.asarray(nearness, dtype=np.float32)])

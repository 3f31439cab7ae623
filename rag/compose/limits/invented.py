"""Names that a question takes for granted and no document has: a committee there is not, a quoted scheme."""

from __future__ import annotations

import re
from itertools import pairwise

from rag.citations import CitationBook
from rag.compose.draft import Draft, plain
from rag.compose.limits import refuse
from rag.compose.limits.guesses import unknown_committee
from rag.compose.topics import core
from rag.library import Library
from rag.retrieve import Search
from rag.understand.ask import Intent
from rag.understand.reading import Reading

_QUOTED_NAME = re.compile(
    r"[“「『\"](?P<name>[^”」』\"]{5,20}(?:制度|机制|行动|活动|工程|办法|清单|方案|计划))[”」』\"]"
)
_POSTED = re.compile(
    r"(?:规定|要求|明确|写明)[^，。？?]{0,14}(?:配|设|建|聘|派)[备置立请]?(?:不少于|至少)?[0-9一二两三四五六七八九十]+[名个支处座]"
    r"(?P<name>[\u4e00-\u9fff]{4,10}?)(?=[，,。？?的]|$)"
)
"""States that so many of something must be posted."""
_SAID_OF_PLAN = re.compile(
    r"(?:要点|文件|通知)(?:里面?|里头|中|上)?(?:规定|要求|提出|提到|提及|部署|安排|推行|推广|明确|讲|说|写)(?:到|过|了)?的"
    r"(?:[“「『\"](?P<quoted>[^”」』\"]{2,12})[”」』\"]|"
    r"(?P<bare>[\u4e00-\u9fff]{1,8}?(?:制度?|机制|平台|系统|办法|清单|行动|工程|活动|方案|计划|[码证卡]|津贴|补贴|补助|奖金|基金|热线|排名|比武|竞赛)))"
)
"""Something is taken for what the plan lays down: 要点规定的“安全码”怎么申领."""
_AS_IN_PLAN = re.compile(
    r"[按照依][^，。？?]{0,4}(?:要点|文件)|(?:要点|文件)(?:里面?|里头|中|上)?的?(?:规定|要求|写)的?"
)
_BEFORE_RHYTHM = re.compile(
    r"^(?:请问)?(?P<what>[^，。？?]{2,16}?)(?:要|得|是|应该?)?(?:每|一[年月周天季个星]|多久|多长时间|隔多)"
)
_OF_CITY = re.compile(r"宜春市?|我市|全市|市里|今年|要点里?|文件里?")
_NAME = 6
"""Characters of a name; more may be a paraphrase."""
_WHETHER = re.compile(r"有没有|有无|是否|提没提|写没写|吗|(?<![什怎多这那])么|吧|是不是")
"""Asks whether there is such a thing, or states it to be told: answered with yes or no elsewhere."""
_INVENTED, _UNKNOWN_POST = 0.3, 0.35
"""Share of a name's pairs of characters that no document has, from which on there is no such thing. A slip of the pen
in a quoted name costs two pairs; posts are named in short."""
_UNHEARD = 0.4
"""The same for what is taken for laid down by the plan: a word of three characters has two pairs."""


def invented(library: Library, book: CitationBook, reading: Reading, search: Search) -> Draft | None:
    """A refusal where a special committee or a quoted name is asked about that there is not; ``None`` otherwise."""
    committee = unknown_committee(library, reading)
    if committee:
        return refuse.not_held(library, book, reading, f"要点里没有“{plain(committee)}”，无法回答它的任务。", [])
    unsaid = _unsaid(library, reading) or _strange_rhythm(library, reading)
    if unsaid:
        return refuse.not_held(library, book, reading, f"要点里没有“{plain(unsaid)}”，无法回答。", [])
    quoted = _QUOTED_NAME.search(reading.text)
    named = quoted or _POSTED.search(reading.text)
    if named is None or _WHETHER.search(reading.text):
        return None
    if _unheard(library, named["name"]) < (_INVENTED if quoted else _UNKNOWN_POST):
        return None
    return refuse.not_held(library, book, reading, f"收录的文件里没有“{plain(named['name'])}”，无法回答。", [])


def _unsaid(library: Library, reading: Reading) -> str:
    """What a question takes for laid down by the plan though no document has such words; empty where they have."""
    said = _SAID_OF_PLAN.search(reading.text)
    words = (said["quoted"] or said["bare"]) if said else ""
    if (
        not words
        or re.search(r"什么|哪|谁|几|多少|怎", words)
        or _WHETHER.search(reading.text)
        or any(word in words for word in library.topics)
    ):
        return ""
    return words if _unheard(library, words) >= _UNHEARD else ""


def _strange_rhythm(library: Library, reading: Reading) -> str:
    """What is asked how often the plan wants it, though no document has such a word; empty where one has it."""
    if reading.intent is not Intent.FREQUENCY or not _AS_IN_PLAN.search(reading.text):
        return ""
    said = _BEFORE_RHYTHM.match(reading.text)
    name = core(_OF_CITY.sub("", said["what"])) if said else ""
    known = any(word in name for word in (*library.topics, *library.words.persons))
    return name if 2 <= len(name) <= _NAME and not known and _unheard(library, name) == 1.0 else ""


def _unheard(library: Library, name: str) -> float:
    """Share of the pairs of characters of ``name`` that no document has, in [0, 1]."""
    pairs = {a + b for a, b in pairwise(name)}
    return sum(not any(pair in library.document(id).text for id in library.infos) for pair in pairs) / len(pairs)

"""Names that a question takes for granted and no document has: a committee there is not, a quoted scheme."""

from __future__ import annotations

import re
from itertools import pairwise

from rag.citations import CitationBook
from rag.compose import refuse
from rag.compose.draft import Draft, plain
from rag.compose.guesses import unknown_committee
from rag.library import Library
from rag.retrieve import Search
from rag.understand.reading import Reading

_QUOTED_NAME = re.compile(
    r"[“「『\"](?P<name>[^”」』\"]{5,20}(?:制度|机制|行动|活动|工程|办法|清单|方案|计划))[”」』\"]"
)
_POSTED = re.compile(
    r"(?:规定|要求|明确|写明)[^，。？?]{0,14}(?:配|设|建|聘|派)[备置立请]?(?:不少于|至少)?[0-9一二两三四五六七八九十]+[名个支处座]"
    r"(?P<name>[\u4e00-\u9fff]{4,10}?)(?=[，,。？?的]|$)"
)
"""States that so many of something must be posted."""
_WHETHER = re.compile(r"有没有|有无|是否|提没提|写没写|吗|(?<![什怎多这那])么|吧|是不是")
"""Asks whether there is such a thing, or states it to be told: answered with yes or no elsewhere."""
_INVENTED, _UNKNOWN_POST = 0.3, 0.35
"""Share of a name's pairs of characters that no document has, from which on there is no such thing. A slip of the pen
in a quoted name costs two pairs; posts are named in short."""


def invented(library: Library, book: CitationBook, reading: Reading, search: Search) -> Draft | None:
    """A refusal where a special committee or a quoted name is asked about that there is not; ``None`` otherwise."""
    committee = unknown_committee(library, reading)
    if committee:
        return refuse.not_held(library, book, reading, f"要点里没有“{plain(committee)}”，无法回答它的任务。", [])
    quoted = _QUOTED_NAME.search(reading.text)
    named = quoted or _POSTED.search(reading.text)
    if named is None or _WHETHER.search(reading.text):
        return None
    pairs = {a + b for a, b in pairwise(named["name"])}
    missing = sum(not any(pair in library.document(id).text for id in library.infos) for pair in pairs)
    if missing < (_INVENTED if quoted else _UNKNOWN_POST) * len(pairs):
        return None
    return refuse.not_held(library, book, reading, f"收录的文件里没有“{plain(named['name'])}”，无法回答。", [])

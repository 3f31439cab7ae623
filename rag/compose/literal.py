"""Words of the plan that a question has as they stand there, and nothing else has: they tell which item is meant."""

from __future__ import annotations

import re

from index.clean import fold, longest
from index.model import Clause
from rag.compose.limits.unexplained import longest_said
from rag.library import Library
from rag.understand.ask import Intent
from rag.understand.reading import Reading

_QUOTED = re.compile(r"[“「『\"](?P<words>[^”」』\"]{3,24})[”」』\"]|《(?P<title>[^》]{4,40})》")
_WORK = re.compile(r"[\u4e00-\u9fff]{2,20}?(?:教育片|专题片|暂行规定|岗位责任清单|指导意见|约谈办法|工作细则)")
_FEW, _MOST = 2, 3
"""In how many items at most such words stand, and how many items all of them name."""
_INTENTS = (Intent.OPEN, Intent.CONTENT, Intent.WHO, Intent.DUTIES)
_ASSIGNED = re.compile(
    r"牵头|分工|责任(?:单位|部门|括号|栏)|落实(?:单位|部门)|[分派摊交落][^，。？?]{0,3}给|归口|挑头|领头|主抓|督促"
)
_NOBODY = re.compile(r"公司|企业|厂|科|领导|人员|乡镇|村|街道|专家|个人|局长|主任")
_RUN = 4
"""Characters in a row of a question that few items have."""


def named_items(library: Library, reading: Reading) -> list[Clause]:
    """The items that have what the question quotes, or the works it names; empty where a law has them too."""
    if reading.intent not in _INTENTS or any(id != library.plan.id for id in reading.documents):
        return []
    if any(concept.spelled_out for concept in reading.concepts):
        return []
    quoted = [match["words"] or match["title"] for match in _QUOTED.finditer(reading.text)]
    works = [longest_said(match.group(), library.plan.text) for match in _WORK.finditer(reading.text)]
    found: list[Clause] = []
    for words in (*quoted, *(work for work in works if len(work) >= _RUN)):
        items = _having(library, words)
        if not items or len(items) > _FEW or _in_law(library, words):
            return []
        found += items
    return list(dict.fromkeys(found)) if len(set(found)) <= _MOST else []


def names_assigned(library: Library, reading: Reading) -> bool:
    """Whether it is asked who is given a thing that the plan has word for word: its bracket tells, that is sure."""
    if reading.intent is not Intent.WHO or not _ASSIGNED.search(reading.text) or _NOBODY.search(reading.text):
        return False
    said = fold(reading.topic)
    for item in library.items(library.plan.id):
        body = fold(item.text)
        runs = [(at, longest(said, at, body)) for at in range(len(said) - _RUN + 1)]
        if any(size >= _RUN and len(_having(library, said[at : at + size])) <= _FEW for at, size in runs):
            return True
    return False


def _having(library: Library, words: str) -> list[Clause]:
    said = fold(words)
    return [item for item in library.items(library.plan.id) if said in fold(item.text)]


def _in_law(library: Library, words: str) -> bool:
    return any(words in library.document(id).text for id in library.infos if id != library.plan.id)

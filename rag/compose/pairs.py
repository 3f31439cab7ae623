"""Two subjects of the plan side by side: 煤矿和非煤矿山的落实主体有什么不同, 危化品和烟花爆竹是一个专委会牵头吗."""

from __future__ import annotations

import re

from index.model import Clause
from rag.citations import CitationBook
from rag.compose.draft import Draft
from rag.compose.roles import LEADING, bracket_duties, parties
from rag.compose.tables import compare_items
from rag.compose.topics import items_about
from rag.library import Library
from rag.understand.reading import Reading

_TWO = re.compile(
    r"(?:^|[，。？?：:]|请问|要点里?的?|文件里?的?)(?P<a>[^，。？?和跟与同、]{2,12})(?:和|跟|与|同|、)(?P<b>[^，。？?和跟与同、]{2,12}?)"
    r"(?=(?:这|那)?两[项个件块]|整治|的|，|是|由|都|归|分别|各|哪|谁|有|落实|牵头|$)"
)
_SIDE_BY_SIDE = re.compile(
    r"同一个|一个(?:专委会|部门|单位|局)|还是两个|(?:何|什么|哪些|哪里)(?:不同|区别|不一样|差别|两样)|一样吗|一样么|是不是一样|"
    r"分别(?:由|归|是)?谁|分别(?:由|归)|各(?:是|由|归)|相同|不同|区别|差别"
)
_SAME = re.compile(r"同一个|一个(?:专委会|部门|单位|局|班子)|还是两个|一样")


def compose_pair(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """The brackets of two items named by their subjects, compared; ``None`` where the question names no two."""
    if reading.references or not _SIDE_BY_SIDE.search(reading.text):
        return None
    if any(id != library.plan.id for id in reading.documents):
        return None
    found = _TWO.search(reading.text)
    sides = [items_about(library, found[side]) for side in ("a", "b")] if found else []
    if len(sides) != 2 or not all(sides) or sides[0][0] == sides[1][0]:
        return None
    first, second = sides[0][0], sides[1][0]
    draft = compare_items(library, book, [first, second])
    return Draft(f"{_who_leads(library, first, second)}{draft.text}") if _SAME.search(reading.text) else draft


def _who_leads(library: Library, first: Clause, second: Clause) -> str:
    """Whether the same party leads both, in a line; empty where a bracket names no lead."""
    leads = [
        parties([d for d in bracket_duties(library.duties(clause.document), clause.id) if d.role in LEADING])
        for clause in (first, second)
    ]
    if not all(leads):
        return ""
    if leads[0] == leads[1]:
        return f"是同一个：两项都由**{leads[0]}**牵头。\n\n"
    return f"不是同一个：{first.label}由**{leads[0]}**牵头，{second.label}由**{leads[1]}**牵头。\n\n"

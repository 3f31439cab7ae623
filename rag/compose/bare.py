"""第8条 without a title: people call the plan's items that as well as the articles of a regulation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.model import Clause, Role
from rag.citations import CitationBook
from rag.compose.articles import related
from rag.compose.draft import Draft
from rag.compose.items import compose_items
from rag.compose.passages import overlap
from rag.compose.statutes import compose_articles
from rag.library import Library
from rag.understand.ask import Intent
from rag.understand.reading import Reading
from rag.understand.references import Reference

_OF_PLAN = re.compile(
    r"要点|工作计划|括号|牵头|分工|督促|督办|点名|哪[些几]个?(?:单位|部门|局)|(?:责任|落实|配合)(?:单位|部门)|今年|2023|要我们|市里|我市|全市|各县"
)
_OF_LAW = re.compile(r"法律|处分|处罚|罚款|法定|法条|生产经营单位|主要负责人|书记|款")
_ASSIGNED = frozenset((Role.LEAD, Role.LEAD_AND_ORGANISE, Role.SUPERVISE, Role.SHARE, Role.CARRY_OUT))
SURE = 0.25
"""How much more of the topic the item must have than any article of that number to be meant alone."""
LESS = 0.1
"""An article comes first where it has this much more of the topic than the item."""


def meant_items(library: Library, reading: Reading) -> Reading:
    """``reading`` with such a number read as an item of the plan where that is surely meant."""
    bare = [r for r in reading.references if _is_bare(r)]
    if not bare or any(id != library.plan.id for id in reading.documents) or _OF_LAW.search(reading.text):
        return reading
    if not all(library.clause(library.plan.id, r.number) for r in bare) or not _surely(library, reading, bare):
        return reading
    items = [Reference("item", r.number, library.plan.id, r.words) if r in bare else r for r in reading.references]
    return replace(reading, references=tuple(items))


def _is_bare(reference: Reference) -> bool:
    part = reference.paragraph or reference.subitem
    return reference.kind == "article" and reference.document is None and not part and "-" not in reference.number


def _surely(library: Library, reading: Reading, bare: Sequence[Reference]) -> bool:
    assigned = reading.intent is Intent.WHO and set(reading.wording.roles) & _ASSIGNED
    named = any(not party.is_group for party in reading.parties)
    if assigned or named or _OF_PLAN.search(reading.text):
        return True
    return all(_fits(library, reading, r)[0] >= _fits(library, reading, r)[1] + SURE for r in bare)


def _fits(library: Library, reading: Reading, reference: Reference) -> tuple[float, float]:
    """Shares of the topic that the item and the best article of that number have."""
    item = library.clause(library.plan.id, reference.number)
    if item is None or len(reading.topic) < 2:
        return 0.0, 0.0
    articles = [overlap(reading.topic, clause.text) for clause in related(library, reference)]
    return overlap(reading.topic, item.text), max(articles, default=0.0)


def compose_either(library: Library, book: CitationBook, reading: Reading, articles: Sequence[Clause]) -> Draft | None:
    """The plan's item and the articles of that number, the likelier first; ``None`` where only articles are meant."""
    bare = [r for r in reading.references if _is_bare(r)]
    found = [library.clause(library.plan.id, r.number) for r in bare] if not reading.documents else []
    items = [item for item in found if item is not None]
    if not items or len(items) < len(found):
        return None
    told = compose_items(library, book, reading, items, asked=True)
    draft = compose_articles(library, book, reading, articles)
    own, other = _fits(library, reading, bare[0])
    if told.reason or other > own + LESS or _OF_LAW.search(reading.text):
        labels = "、".join(item.label for item in items)
        return Draft(f"{draft.text}\n\n《{library.plan.title}》的各项也有人称“条”，{labels}是：\n\n{told.text}")
    return Draft(f"{told.text}\n\n如果问的是法律或规定的条文：\n\n{draft.text}", told.duties)

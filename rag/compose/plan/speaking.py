"""Items whose own words speak of something."""

from __future__ import annotations

import re

from index.model import Tier
from rag.citations import CitationBook
from rag.compose.draft import Draft, quoted, status_notes
from rag.compose.lists.mentions import items_saying, sentences_saying, subjects
from rag.compose.lists.tables import item_list
from rag.compose.lists.words import unique
from rag.compose.plan.lines import item_line, joined
from rag.compose.roles import parties
from rag.library import Library
from rag.understand.reading import Reading

_ITEMS = re.compile(r"(?:哪些|哪几|哪|几|多少)个?(?:项|事项|任务|工作|条)|(?:事项|项|任务)(?:有|是)?(?:哪些|哪几)")


def speaking(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """Items whose body speaks of something; brackets that only contain the word in a name are told apart."""
    if reading.parties or not _ITEMS.search(reading.text):
        return None
    about, spelled = subjects(library, reading)
    if not spelled:
        return None
    said = "、".join(f"“{one}”" for one in about)
    items = [c for c in library.items(library.plan.id) if any(c in items_saying(library, one) for one in about)]
    if not items:
        return None
    lines = [f"正文写到{said}的有**{len(items)}项**：{item_list(library, book, [c.id for c in items])}。"]
    text = library.plan.text
    for item in items:
        lines.append(f"{item_line(library, book, item)[2:]}")
        lines += [quoted(library, item, span.of(text)) for span in sentences_saying(library, item, about, 1)]
    rest = [
        d
        for d in library.duties(library.plan.id)
        if d.tier is Tier.NAMED and any(one in d.words for one in about) and d.clause not in {c.id for c in items}
    ]
    if rest:
        where = "、".join(
            f"第{id}项（{parties([d for d in rest if d.clause == id])}）" for id in unique(d.clause for d in rest)
        )
        lines.append(f"正文没有写到、只在责任括号的单位名称里有{said}的：{where}。")
    return Draft(joined(*lines, status_notes(library, [library.plan.id])))

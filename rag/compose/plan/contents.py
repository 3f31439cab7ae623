"""The plan's parts and items: how many there are, what a part is called and holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.clean import fold, longest
from index.numerals import to_int
from rag.citations import CitationBook
from rag.compose.draft import Draft, status_notes
from rag.compose.lists.mentions import subjects
from rag.compose.lists.words import unique
from rag.compose.plan.lines import item_line, joined
from rag.compose.topics import items_about
from rag.library import Library
from rag.model import Reason
from rag.understand.reading import Reading

_NTH_PART = re.compile(r"第(?P<n>[0-9一二三四五六七八九十]{1,3})个?(?:大?部[分份]|章(?!节)|大?板?块|大点|大方面)")
_SECTION = re.compile(r"部[分份]|题目|标题|板块|大块|大项|那[一]?块|底下|一章|这章|那章")
_HEADINGS = re.compile(
    r"(?:[六6]个?|每(?:一|个)?|各个?|所有|全部)(?:大?部分|大块|板块|章)的?(?:大?标题|大?题目|名称|名字)|(?:部分|板块|章)的?(?:大标题|标题|题目)(?:都|分别|各)|"
    r"(?:大?标题|大题目|大部[分份]|大?板块|大章|部[分份])[^，。？?]{0,6}(?:几|多少)|(?:几|多少)个?大(?:部[分份]|标题|题目|板块|块|章)"
)
_CALLED_PART = re.compile(r"(?:^|[，。？?关于讲说那])(?P<what>[\u4e00-\u9fff]{4,12}?)的?(?:[那这]一?个?)?(?:大)?部分")
_HEADING_SAID = 6
"""Characters of a heading, one after the other, that tell that it is meant."""
_PARTS = re.compile(
    r"(?:几|多少|哪几|哪些)个?(?:大?部分|章|大?板?块|大?方面)|分(?:为|成)?(?:哪几|几|多少)个?(?:大?部分|章|大?板?块|[?？]?$)|目录|框架|大纲|"
    r"(?:重点|主要|总体)(?:工作|任务|内容)(?:都|分别|具体)?(?:是|有|包括)?(?:什么|哪些|啥|哪几)|(?:全部|所有|36个?)(?:事项|项)(?:都)?(?:是|有|列)"
)
_SAID_COUNT = re.compile(
    r"(?:一共|总共|共|共有|有|分|分为|分成)(?P<n>[0-9]{1,3}|[一二三四五六七八九十]{1,4})个?(?:大|小)?(?P<unit>项|部分)(?=任务|事|，|、|。|分|[?？]|$)"
)
_PLAN = re.compile(r"要点|这份文件|整份|全文|工作计划")


def miscounted(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """要点一共42条: a wrong number of items or parts that a question takes for granted; ``None`` where it is right."""
    plan, items = library.plan, library.items(library.plan.id)
    parts = unique(c.path[0] for c in items if c.path)
    said = {m["unit"][-1]: to_int(m["n"]) for m in _SAID_COUNT.finditer(reading.text)}
    wrong = ("项" in said and said["项"] != len(items)) or ("分" in said and said["分"] != len(parts))
    if not wrong or not _PLAN.search(reading.text):
        return None
    first, last = items[0], items[-1]
    head = (
        f"题中的数目与原文不符：《{plan.title}》共**{len(parts)}个部分、{len(items)}项**"
        f"（{first.label}{book.cite(first)}至{last.label}{book.cite(last)}）。"
    )
    listed = "\n".join(item_line(library, book, c) for c in items)
    return Draft(joined(head, listed, status_notes(library, [plan.id])))


def part(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    plan = library.plan
    chapters = unique(c.path[0] for c in library.items(plan.id) if c.path)
    match = _NTH_PART.search(reading.text)
    number = to_int(match.group("n")) if match else _part_named(reading, chapters)
    if number is None:
        return None
    if not 1 <= number <= len(chapters):
        return Draft(f"《{plan.title}》只有{len(chapters)}个部分，没有第{number}部分。", reason=Reason.NOT_IN_DOCUMENT)
    items = [c for c in library.items(plan.id) if c.path and c.path[0] == chapters[number - 1]]
    extent = f"共**{len(items)}项**（{items[0].label}至{items[-1].label}）"
    head = f"《{plan.title}》第{number}部分“{chapters[number - 1]}”{extent}："
    return Draft(joined(head, "\n".join(item_line(library, book, c) for c in items), status_notes(library, [plan.id])))


def _part_named(reading: Reading, chapters: Sequence[str]) -> int | None:
    """The number of the part whose heading the question says: 重点领域风险防控那一部分有几条."""
    if reading.parties or not _SECTION.search(reading.text):
        return None
    said = fold(reading.text)
    called = _CALLED_PART.search(said)
    named = [at for at, chapter in enumerate(chapters) if called and called["what"] in fold(chapter)]
    if len(named) == 1:
        return named[0] + 1
    sizes = [max(longest(fold(chapter), at, said) for at in range(len(chapter))) for chapter in chapters]
    best = max(sizes, default=0)
    return sizes.index(best) + 1 if best >= _HEADING_SAID else None


def contents(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    whole = bool(_HEADINGS.search(reading.text)) and not items_about(library, reading.topic)
    if reading.parties or not (whole or (_PARTS.search(reading.text) and not subjects(library, reading)[0])):
        return None
    plan, items = library.plan, library.items(library.plan.id)
    lines = []
    for chapter in unique(c.path[0] for c in items if c.path):
        here = [c for c in items if c.path and c.path[0] == chapter]
        said = "；".join(f"{c.label} {c.title}{book.cite(c)}" for c in here)
        lines.append(f"- **{chapter}**（{here[0].label}至{here[-1].label}，{len(here)}项）：{said}")
    return Draft(
        joined(
            f"《{plan.title}》共**{len(lines)}个部分、{len(items)}项**：",
            "\n".join(lines),
            status_notes(library, [plan.id]),
        )
    )

"""A county's bureau: how the question was read, and what binds the municipal bureau in the same line of work."""

from __future__ import annotations

import re

from index.dutytable import Reach
from index.model import Duty, Tier
from rag.citations import CitationBook
from rag.compose.draft import deadline_words, quoted
from rag.compose.lists.narrow import TIER_WORDS, Narrowing, passing
from rag.library import Library
from rag.understand.ask import Party

_BOTH_LEVELS = re.compile(r"市、?县|各级")


def read_as(party: Party) -> list[str]:
    """The first line of every answer about a county's bureau; empty for everybody else."""
    if party.counterpart is None:
        return []
    level = next((word for end, word in _LEVELS if party.name.endswith(end)), "管委会")
    return [f"“{party.words}”按“{party.name}”（{level}）查询，并列出对口的{party.counterpart}。"]


_LEVELS = (("区政府", "区级政府"), ("县政府", "县级政府"), ("市政府", "县级市政府"))


def counterpart_section(
    library: Library, book: CitationBook, party: Party, wanted: Narrowing | None = None
) -> list[str]:
    """What the municipal bureau is named for, and text that speaks of both levels; shown apart, never counted."""
    if party.counterpart is None:
        return []
    name, lines = party.counterpart, []
    where = named_items(library, book, name) or "没有被点名的事项"
    said = f"文件没有点名“{party.words}”；它的对口市级部门{name}被点名：{where}。"
    if wanted and wanted.words != TIER_WORDS[Tier.NAMED]:
        settled = [r for r in passing(library.reaches(name), wanted) if r.tier is not Tier.POSSIBLE]
        here = "、".join(_where(library, book, reach) for reach in settled if reach.clause != "notice")
        said += f"其中{wanted.words}的：{here or '没有'}。"
    lines += [f"### 对口：{name}（供参考，不计入以上各项）", said]
    for duty in _both_levels(library, name):
        if not wanted or passing([Reach(duty, name, Tier.BODY, duty.words)], wanted):
            lines += _direct(library, book, party, duty)
    return lines


def _both_levels(library: Library, name: str) -> list[Duty]:
    """Body duties of 市县应急部门 and the like: the words themselves reach the county's organ."""
    groups = {group for group in library.register.memberships(name) if _BOTH_LEVELS.match(group)}
    return [d for d in library.duties(library.plan.id) if d.tier is Tier.BODY and d.party in groups]


def _direct(library: Library, book: CitationBook, party: Party, duty: Duty) -> list[str]:
    item = library.clauses(library.plan.id)[duty.clause]
    when = deadline_words(duty.deadlines)
    return [
        f"正文写的是“{duty.words}”，按字面直接约束“{party.words}”：**{item.label} {item.title}**"
        f"{f' ｜ 时限：{when}' if when else ''} {book.cite(item)}",
        quoted(library, item, duty.action.of(library.plan.text)),
    ]


def named_items(library: Library, book: CitationBook, name: str) -> str:
    """``第20项（分工负责）[1]、第29项（分工负责）[2]``; empty where nothing names it."""
    return "、".join(_where(library, book, r) for r in library.reaches(name) if r.tier is Tier.NAMED)


def _where(library: Library, book: CitationBook, reach: Reach) -> str:
    clause = library.clauses(library.plan.id)[reach.clause]
    return f"{clause.label}（{reach.duty.role.value}）{book.cite(clause)}"

"""A party's duties narrowed down: each with its role, time limit, words of the plan and citation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.dutytable import Reach
from index.model import Clause, DeadlineKind, Kind, Span, Tier
from rag.citations import CitationBook
from rag.compose.draft import Draft, deadline_words, duty_row, numbers, plain, quoted, status_notes
from rag.compose.lists.county import counterpart_section, named_items, read_as
from rag.compose.lists.mentions import sentence_at, sentences_saying
from rag.compose.lists.narrow import Narrowing, in_time, passing
from rag.compose.lists.words import reach_words, unique, vague_line
from rag.library import Library
from rag.understand.ask import Party

_MANY = 15
"""With more items than this only the bracket of each is quoted."""


def filtered_list(library: Library, book: CitationBook, party: Party, wanted: Narrowing) -> Draft:
    """What of ``party``'s duties passes; what is not certain stands apart, unless it is all there is."""
    found = passing(library.reaches(party.name), wanted)
    settled = [r for r in found if r.tier is not Tier.POSSIBLE]
    shown = found if Tier.POSSIBLE in wanted.tiers or not settled else settled
    items = unique(r.clause for r in shown if r.clause != "notice")
    lines = [*read_as(party), _head(library, book, party, wanted, shown, items)]
    clauses = library.clauses(library.plan.id)
    for id in [*items, *(["notice"] if any(r.clause == "notice" for r in shown) else [])]:
        here = [r for r in shown if r.clause == id]
        lines.append(_entry(library, book, clauses[id], here, wanted, len(items) > _MANY))
    lines += _apart(library, book, party, [r for r in found if r not in shown])
    lines += _left_out(library, party, wanted)
    lines += _vague(library, party, wanted)
    lines += counterpart_section(library, book, party, wanted)
    lines.append(f"这是筛选结果；全部任务请问“{plain(party.words) if party.counterpart else party.name}要做什么”。")
    lines.append(status_notes(library, [library.plan.id]))
    return Draft("\n\n".join(line for line in lines if line), tuple(duty_row(r) for r in shown))


def _head(
    library: Library, book: CitationBook, party: Party, wanted: Narrowing, shown: Sequence[Reach], items: Sequence[str]
) -> str:
    what = wanted.words
    if not shown:
        return nothing(library, book, party, wanted)
    if not items and all(r.tier is Tier.POSSIBLE for r in shown):
        return f"文件没有写明{party.name}{what}的具体事项；通知正文的报送要求写的是“各有关部门”，是否包括它待确认："
    if all(r.tier is Tier.POSSIBLE for r in shown) and Tier.POSSIBLE not in wanted.tiers:
        return (
            f"《{library.plan.title}》**没有写明**{party.name}{what}的事项；"
            f"下列**{len(items)}项**写的是“有关部门”等，是否包括{party.name}待确认："
        )
    if not items:
        return f"{party.name}{what}的没有具体事项，只有通知正文的报送要求："
    also = "，另有通知正文的报送要求" if len(items) < len(unique(r.clause for r in shown)) else ""
    return f"{party.name}{what}的有**{len(items)}项**{also}："


def nothing(library: Library, book: CitationBook, party: Party, wanted: Narrowing) -> str:
    """That nothing passes, and what there is instead."""
    lines = [f"《{library.plan.title}》中**没有**{party.name}{wanted.words}的事项。"]
    if wanted.subjects:
        said = "、".join(f"“{plain(one)}”" for one in wanted.subjects)
        lines += _said_elsewhere(library, book, party, wanted, said)
    named = named_items(library, book, party.name)
    possible = unique(r.clause for r in library.reaches(party.name) if r.tier is Tier.POSSIBLE and r.clause != "notice")
    if named:
        lines.append(f"它被点名的有：{named}。")
    settled = unique(
        r.clause
        for r in library.reaches(party.name)
        if r.tier in (Tier.MEMBER, Tier.BODY) and r.clause not in ("notice", *wanted.items)
    )
    if settled and not wanted.subjects:
        lines.append(f"它作为成员或由正文涉及的有{len(settled)}项：{numbers(settled)}。")
    elif possible and not named:
        lines.append(f"文件没有点名它；写“有关部门”等、可能包括它的有{len(possible)}项（待确认）。")
    return "\n\n".join(lines)


_FEW = 2


def _said_elsewhere(library: Library, book: CitationBook, party: Party, wanted: Narrowing, said: str) -> list[str]:
    """The items that speak of the subject: what the party is in them, else whom their brackets name instead."""
    if not wanted.items:
        return [f"各项正文都没有写到{said}。"]
    clauses = library.clauses(library.plan.id)
    reached = [r for r in library.reaches(party.name) if r.clause in wanted.items and r.tier is not Tier.POSSIBLE]
    head = f"正文写到{said}的有{numbers(wanted.items)}，"
    if reached:
        ids = unique(r.clause for r in reached)
        here = "、".join(
            f"{clauses[id].label}（{reach_words([r for r in reached if r.clause == id])}）{book.cite(clauses[id])}"
            for id in ids
        )
        return [f"{head}其中涉及{party.name}的是{here}。"]
    lines = [f"{head}都没有涉及{party.name}。"]
    for id in wanted.items if len(wanted.items) <= _FEW else ():
        bracket = clauses.get(f"{id}/b")
        lines.append(f"{clauses[id].label} {clauses[id].title}{book.cite(clauses[id])}")
        lines += [quoted(library, bracket)] if bracket else []
    return lines


def _entry(
    library: Library, book: CitationBook, clause: Clause, here: Sequence[Reach], wanted: Narrowing, short: bool
) -> str:
    when = deadline_words(d for r in here for d in r.duty.deadlines)
    name = "通知正文的报送要求" if clause.kind is Kind.NOTICE else f"{clause.label} {clause.title}"
    spans = _quotations(library, clause, here, wanted)
    marker = book.cite(clause, spans[0]) if clause.kind is Kind.NOTICE else book.cite(clause)
    lines = [f"**{name}** ｜ {reach_words(here)}{f' ｜ 时限：{when}' if when else ''} {marker}"]
    text = library.document(clause.document).text
    lines += [quoted(library, clause, span.of(text)) for span in (spans if wanted.subjects or not short else spans[:1])]
    bracket = next((c for c in library.parts(clause) if c.kind is Kind.BRACKET), None)
    if bracket and any(r.duty.tier is Tier.NAMED for r in here):
        lines.append(quoted(library, clause, bracket.text))
    return "\n\n".join(lines)


def _quotations(library: Library, clause: Clause, here: Sequence[Reach], wanted: Narrowing) -> list[Span]:
    """The sentences that made the item pass, then what the body asks of the party, without repeats."""
    if clause.kind is Kind.NOTICE:
        return [sentence_at(library, clause, here[0].duty.action)]
    spans = sentences_saying(library, clause, wanted.subjects) if wanted.subjects else []
    for reach in here:
        for deadline in reach.duty.deadlines:
            asked = wanted.timed and in_time(clause.id, deadline, wanted)
            if asked or (wanted.counted and deadline.kind is DeadlineKind.QUANTITY):
                spans.append(sentence_at(library, clause, deadline.span))
    for reach in here:
        if reach.duty.tier is Tier.BODY and not any(reach.duty.action in span for span in spans):
            spans.append(reach.duty.action)
    return list(dict.fromkeys(spans))


def _apart(library: Library, book: CitationBook, party: Party, rest: Sequence[Reach]) -> list[str]:
    items = unique(r.clause for r in rest)
    if not items:
        return []
    clauses = library.clauses(library.plan.id)
    said = []
    for id in items:
        here = [r for r in rest if r.clause == id]
        when = deadline_words(d for r in here for d in r.duty.deadlines)
        name = f"{clauses[id].label} {clauses[id].title}" if id != "notice" else "通知正文的报送要求"
        said.append(f"- {name}（{reach_words(here)}{f'；时限：{when}' if when else ''}）{book.cite(clauses[id])}")
    head = f"另有**{len(items)}处**写的是“有关部门”等，是否包括{party.name}待确认："
    return [head, "\n".join(said)]


def _left_out(library: Library, party: Party, wanted: Narrowing) -> list[str]:
    """Which of the party's items the question's own words left out: the asker has to be able to see that."""
    kept = {r.clause for r in passing(library.reaches(party.name), wanted)}
    whole = passing(library.reaches(party.name), replace(wanted, without=(), without_roles=()))
    items = [id for id in unique(r.clause for r in whole) if id not in kept and id != "notice"]
    return [f"按“{wanted.without_words}”除去的有{len(items)}项：{numbers(items)}。"] if items else []


def _vague(library: Library, party: Party, wanted: Narrowing) -> list[str]:
    """For questions about time limits: tasks whose only time words fix nothing."""
    if not wanted.dated:
        return []
    words: dict[str, list[str]] = {}
    for reach in library.reaches(party.name):
        if reach.tier is not Tier.POSSIBLE:
            for deadline in reach.duty.deadlines:
                if deadline.kind is DeadlineKind.VAGUE:
                    words.setdefault(deadline.text, []).append(reach.clause)
    return [vague_line(words)] if words else []

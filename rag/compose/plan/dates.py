"""The plan's dates and rhythms, or those of one month or one rhythm."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.model import Clause, Deadline, DeadlineKind, Duty, Span, Tier
from rag.citations import CitationBook
from rag.compose.draft import Draft, deadline_words, numbers, quoted, status_notes
from rag.compose.lists.mentions import sentence_at, subjects
from rag.compose.lists.narrow import Narrowing, asks_dated, in_time, months, rhythm
from rag.compose.lists.words import unique, vague_line
from rag.compose.plan.lines import joined
from rag.compose.roles import parties, role_lines
from rag.library import Library
from rag.understand.reading import Reading

_TIMETABLE = re.compile(
    r"按(?:时间|月份?|日期)(?:先后)?(?:顺序)?(?:排|列|整理)|(?:时间|日期|日子)的?节点|时间(?:表|安排)|(?:全部|所有)(?:的)?(?:期限|时限)|[期时]限(?:一览|汇总|清单)|"
    r"哪[些几一]?[条项处个]?[^，。？?]{0,4}(?:写死|写明|定死|写了|有|带|规定)了?(?:具体|明确)?的?(?:几月几[号日]|日期|日子)|"
    r"(?:写死|写明|定死|卡死|有|带)了?(?:具体|明确)?的?(?:几月几[号日]|日期|日子|月份|几[号月日])(?:或者?|和|、|跟)?(?:日期|日子|月份|几[号月日])?的"
    r"(?:[时期]限|任务|事项?|要求|工作|活|条目)?[^，。？?]{0,4}(?:哪|什么|列|挑|都有)"
)
_LISTED = re.compile(
    r"哪[些几]|什么(?:事|任务|工作)|(?:要|需要?|得)?(?:做|完成|办|干|开展|报)的|列|是什么|有啥|几项|多少项"
)


def timed(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """All dates and rhythms of the plan, or those of one month or one rhythm."""
    text, every, named = reading.text, rhythm(reading.text), months(reading.text, library.day)
    asked = asks_dated(text) or _TIMETABLE.search(text) or (every and _LISTED.search(text)) or named
    if not asked or reading.parties or (not _TIMETABLE.search(text) and subjects(library, reading)[0]):
        return None
    wanted = Narrowing(rhythm=every, months=named, dated=True)
    rows = _due(library, wanted)
    if not rows:
        return Draft(
            joined(f"《{library.plan.title}》没有写{wanted.words}的事项。", status_notes(library, [library.plan.id]))
        )
    count = len({clause.id for clause, _, _ in rows})
    lines = [f"《{library.plan.title}》中{wanted.words}的共**{count}处**（日期在前，频次在后）："]
    lines += [_due_row(library, book, *row) for row in rows]
    if not every and not named:
        lines.append(_loose(library))
    return Draft(joined(*lines, status_notes(library, [library.plan.id])))


def _due(library: Library, wanted: Narrowing) -> list[tuple[Clause, Span, list[Deadline]]]:
    """(clause, sentence, its deadlines), earliest date first, then rhythms in the order of the plan."""
    clauses = library.clauses(library.plan.id)
    rows: dict[tuple[str, Span], list[Deadline]] = {}
    for duty in library.duties(library.plan.id):
        for deadline in duty.deadlines:
            if in_time(duty.clause, deadline, wanted):
                here = rows.setdefault((duty.clause, sentence_at(library, clauses[duty.clause], deadline.span)), [])
                here += [] if deadline in here else [deadline]
    ordered = sorted(rows.items(), key=lambda row: (min(d.due or "9" for d in row[1]), row[0][1].start))
    return [(clauses[id], span, sorted(found, key=lambda d: d.span.start)) for (id, span), found in ordered]


def _due_row(library: Library, book: CitationBook, clause: Clause, span: Span, deadlines: Sequence[Deadline]) -> str:
    name = f"{clause.label} {clause.title}" if clause.id != "notice" else "通知正文的报送要求"
    marker = book.cite(clause, span) if clause.id == "notice" else book.cite(clause)
    text = library.document(clause.document).text
    who = _responsible([d for d in library.duties(clause.document) if d.clause == clause.id], deadlines)
    return f"**{deadline_words(deadlines)}** ｜ {name} ｜ {who} {marker}\n\n{quoted(library, clause, span.of(text))}"


def _responsible(duties: Sequence[Duty], deadlines: Sequence[Deadline]) -> str:
    """Who the text itself gives the time to, else the bracket's parties."""
    body = [d for d in duties if d.tier is Tier.BODY and any(one in d.deadlines for one in deadlines)]
    named = [d for d in duties if d.tier is Tier.NAMED and any(one in d.deadlines for one in deadlines)]
    return f"正文写明：{parties(body)}" if body else "；".join(role_lines(named))


def _loose(library: Library) -> str:
    words: dict[str, list[str]] = {}
    for duty in library.duties(library.plan.id):
        for deadline in duty.deadlines:
            if deadline.kind is DeadlineKind.VAGUE:
                words.setdefault(deadline.text, []).append(duty.clause)
    counted = unique(
        d.clause for d in library.duties(library.plan.id) for one in d.deadlines if one.kind is DeadlineKind.QUANTITY
    )
    also = f"另写有数量要求的：{numbers(counted)}。" if counted else ""
    return f"{vague_line(words)}{also}" if words else also

"""Tables over the whole plan: its parts, its dates and rhythms, items that speak of something or lack something."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from index.clean import fold, longest
from index.model import Clause, Deadline, DeadlineKind, Duty, Role, Span, Tier
from index.numerals import to_int
from rag.citations import CitationBook
from rag.compose.census import census, committees, committees_of_part, leaders, one_committee, totals
from rag.compose.draft import Draft, deadline_words, numbers, plain, quoted, status_notes
from rag.compose.lists.mentions import blanked, items_saying, sentence_at, sentences_saying, subjects
from rag.compose.lists.narrow import Narrowing, asks_dated, in_time, months, rhythm
from rag.compose.lists.tables import asks_difference, bracket_quote, item_list
from rag.compose.lists.words import in_quotes, unique, vague_line
from rag.compose.roles import LEADING, bracket_duties, parties, role_lines
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
_BRACKET = re.compile(r"括号|责任(?:单位|栏|部门)")
_LITERAL = re.compile(r"[“「『\"](?P<said>[^”」』\"]{2,20})[”」』\"]")
_PARTS = re.compile(
    r"(?:几|多少|哪几|哪些)个?(?:大?部分|章|大?板?块|大?方面)|分(?:为|成)?(?:哪几|几|多少)个?(?:大?部分|章|大?板?块|[?？]?$)|目录|框架|大纲|"
    r"(?:重点|主要|总体)(?:工作|任务|内容)(?:都|分别|具体)?(?:是|有|包括)?(?:什么|哪些|啥|哪几)|(?:全部|所有|36个?)(?:事项|项)(?:都)?(?:是|有|列)"
)
_SAID_COUNT = re.compile(
    r"(?:一共|总共|共|共有|有|分|分为|分成)(?P<n>[0-9]{1,3}|[一二三四五六七八九十]{1,4})个?(?:大|小)?(?P<unit>项|部分)(?=任务|事|，|、|。|分|[?？]|$)"
)
_PLAN = re.compile(r"要点|这份文件|整份|全文|工作计划")
_TIMETABLE = re.compile(
    r"按(?:时间|月份?|日期)(?:先后)?(?:顺序)?(?:排|列|整理)|(?:时间|日期|日子)的?节点|时间(?:表|安排)|(?:全部|所有)(?:的)?(?:期限|时限)|[期时]限(?:一览|汇总|清单)|"
    r"哪[些几一]?[条项处个]?[^，。？?]{0,4}(?:写死|写明|定死|写了|有|带|规定)了?(?:具体|明确)?的?(?:几月几[号日]|日期|日子)|"
    r"(?:写死|写明|定死|卡死|有|带)了?(?:具体|明确)?的?(?:几月几[号日]|日期|日子|月份|几[号月日])(?:或者?|和|、|跟)?(?:日期|日子|月份|几[号月日])?的"
    r"(?:[时期]限|任务|事项?|要求|工作|活|条目)?[^，。？?]{0,4}(?:哪|什么|列|挑|都有)"
)
_LISTED = re.compile(
    r"哪[些几]|什么(?:事|任务|工作)|(?:要|需要?|得)?(?:做|完成|办|干|开展|报)的|列|是什么|有啥|几项|多少项"
)
_ITEMS = re.compile(r"(?:哪些|哪几|哪|几|多少)个?(?:项|事项|任务|工作|条)|(?:事项|项|任务)(?:有|是)?(?:哪些|哪几)")
_NOT_BEFORE = re.compile(r"(?:没有?|未|无需|不(?:用|要|需要?|必|归|由|包括|涉及))[^＿，。]{0,8}＿")
_NOT_AFTER = re.compile(r"＿[^＿，。]{0,4}(?:没有?|未|无需|不(?:用|要|需要?|必))(?!错|问题)")
_NO_LEADER = re.compile(r"(?:没有?|无|未)(?:写|明确|规定|安排|指定|设)?(?:谁|单位|部门)?的?(?:牵头)")
_TASKS = re.compile(r"任务|工作清单|责任清单|清单|要做(?:的|什么|哪些)")

Ask = Callable[[Library, CitationBook, Reading], Draft | None]


def whole_plan(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """The table a question over the whole plan asks for; ``None`` where it asks for something else."""
    laws = [id for id in reading.documents if id != library.plan.id]
    if laws or reading.references or reading.needs_own:
        return None
    asks: Sequence[Ask] = (
        _miscounted,
        committees_of_part,
        _part,
        _bracketed,
        _lacking,
        one_committee,
        committees,
        leaders,
        census,
        _speaking,
        _timed,
        _contents,
        totals,
    )
    return next((draft for ask in asks if (draft := ask(library, book, reading))), None)


def asks_for_tasks(library: Library, reading: Reading) -> bool:
    """Whether a list of tasks is asked for that names neither a department nor a subject."""
    if reading.parties or reading.unknown or reading.wording.asks_yes_no or not _TASKS.search(reading.text):
        return False
    about, _ = subjects(library, reading)
    return not about


def _miscounted(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
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
    listed = "\n".join(_line(library, book, c) for c in items)
    return Draft(_joined(head, listed, status_notes(library, [plan.id])))


def _part(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
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
    return Draft(_joined(head, "\n".join(_line(library, book, c) for c in items), status_notes(library, [plan.id])))


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


def _bracketed(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """The items whose bracket has words that the question quotes: 括号写着“市安委会组织”的有哪些条."""
    found = _LITERAL.search(reading.text)
    if not found or not (_BRACKET.search(reading.text) and _ITEMS.search(reading.text)):
        return None
    said = fold(found["said"])
    clauses = library.clauses(library.plan.id)
    brackets = [
        c.id for c in library.items(library.plan.id) if (b := clauses.get(f"{c.id}/b")) and said in fold(b.text)
    ]
    head = f"责任括号写有“{plain(found['said'])}”的共**{len(brackets)}项**"
    listed = f"：{item_list(library, book, brackets)}。" if brackets else "。"
    return Draft(_joined(head + listed, status_notes(library, [library.plan.id])))


def _contents(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
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
        _joined(
            f"《{plan.title}》共**{len(lines)}个部分、{len(items)}项**：",
            "\n".join(lines),
            status_notes(library, [plan.id]),
        )
    )


def _line(library: Library, book: CitationBook, item: Clause) -> str:
    duties = bracket_duties(library.duties(item.document), item.id)
    leading = role_lines(duties, LEADING) or role_lines(duties, (Role.SHARE,))
    return f"- {item.label} {item.title}（{'；'.join(leading)}）{book.cite(item)}"


def _lacking(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """Items without a leader, or without certain parties."""
    text, items = blanked(reading), library.items(library.plan.id)
    if not _LISTED.search(reading.text):
        return None
    if _NO_LEADER.search(text) and not reading.parties:
        led = {d.clause for d in library.duties(library.plan.id) if d.role in (Role.LEAD, Role.LEAD_AND_ORGANISE)}
        return _list_of(library, book, "责任括号没有写“牵头”", [c for c in items if c.id not in led], quote=False)
    if not _lacks_party(reading, text):
        return None
    names = unique(party.name for party in reading.parties)
    roles = (Role.CARRY_OUT,) if "落实" in text else tuple(reading.wording.roles)
    with_it = {
        d.clause
        for d in library.duties(library.plan.id)
        if d.tier is Tier.NAMED and d.party in names and (not roles or d.role in roles)
    }
    missing = [c for c in items if c.id not in with_it]
    what = f"责任括号没有写{'、'.join(map(in_quotes, names))}{'落实' if roles == (Role.CARRY_OUT,) else ''}"
    return _list_of(library, book, what, missing, quote=True, note=_members_there(library, names, missing))


def _lacks_party(reading: Reading, text: str) -> bool:
    if not reading.parties or asks_difference(reading) or re.search(r"可能|待确认|吗[？?]?$", text):
        return False
    after = _NOT_AFTER.search(text) and (all(p.is_group for p in reading.parties) or reading.wording.roles)
    return bool(_NOT_BEFORE.search(text) or after)


def _members_there(library: Library, names: Sequence[str], items: Sequence[Clause]) -> str:
    """第14项只点名了其中的丰城市政府: members of a group where the group itself does not stand."""
    said = []
    for name in names:
        group = library.register.group_by_name.get(name)
        for item in items if group else ():
            named = unique(
                d.party
                for d in bracket_duties(library.duties(item.document), item.id)
                if group and d.party in group.members
            )
            said += [f"{item.label}点名了其中的{'、'.join(named)}。"] if named else []
    return "".join(said)


def _list_of(
    library: Library, book: CitationBook, what: str, items: Sequence[Clause], *, quote: bool, note: str = ""
) -> Draft:
    lines = [f"{what}的共**{len(items)}项**：{item_list(library, book, [c.id for c in items])}。"] if items else []
    lines = lines or [f"没有{what}的项：每一项都写了。"]
    lines.append(note)
    for item in items[:8] if quote and len(items) <= 8 else ():
        lines += [f"**{item.label} {item.title}**{book.cite(item)}", bracket_quote(library, item.id)]
    if not quote or len(items) > 8:
        lines.append("\n".join(_line(library, book, c) for c in items))
    return Draft(_joined(*lines, status_notes(library, [library.plan.id])))


def _speaking(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
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
        lines.append(f"{_line(library, book, item)[2:]}")
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
    return Draft(_joined(*lines, status_notes(library, [library.plan.id])))


def _timed(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """All dates and rhythms of the plan, or those of one month or one rhythm."""
    text, every, named = reading.text, rhythm(reading.text), months(reading.text, library.day)
    asked = asks_dated(text) or _TIMETABLE.search(text) or (every and _LISTED.search(text)) or named
    if not asked or reading.parties or (not _TIMETABLE.search(text) and subjects(library, reading)[0]):
        return None
    wanted = Narrowing(rhythm=every, months=named, dated=True)
    rows = _due(library, wanted)
    if not rows:
        return Draft(
            _joined(f"《{library.plan.title}》没有写{wanted.words}的事项。", status_notes(library, [library.plan.id]))
        )
    count = len({clause.id for clause, _, _ in rows})
    lines = [f"《{library.plan.title}》中{wanted.words}的共**{count}处**（日期在前，频次在后）："]
    lines += [_due_row(library, book, *row) for row in rows]
    if not every and not named:
        lines.append(_loose(library))
    return Draft(_joined(*lines, status_notes(library, [library.plan.id])))


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


def _joined(*lines: str) -> str:
    return "\n\n".join(line for line in lines if line)

"""Questions over the duty table as a whole: comparing organisations or items, counting, filtered lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from index.dutytable import Reach
from index.model import Clause, DeadlineKind, Role, Tier
from rag.citations import CitationBook
from rag.compose.draft import Draft, deadline_words, duty_row, quoted, status_notes
from rag.compose.duties import TIER_NAMES
from rag.compose.roles import bracket_duties, role_lines
from rag.library import Library
from rag.understand.ask import Party
from rag.understand.reading import Reading


def compare_parties(library: Library, book: CitationBook, reading: Reading) -> Draft:
    """What two or more organisations share and what each has alone, by items that name them."""
    plan = library.plan
    sets = {p.name: _named(library, p.name) for p in reading.parties}
    weaker = {p.name: _settled(library, p.name) for p in reading.parties}
    names = list(sets)
    common = [c for c in sets[names[0]] if all(c in s for s in sets.values())]
    who = "、".join(names)
    lines = [
        f"{who}**都被点名的有{len(common)}项**：{_list(library, book, common)}。"
        if common
        else f"**没有**一项同时点名{who}。"
    ]
    lines += [f"> {_bracket(library, c)}" for c in common[:3]]
    for name in names:
        alone = [c for c in sets[name] if not all(c in s for s in sets.values())]
        lines.append(
            f"{name}被点名共{len(sets[name])}项"
            + (f"，其中单独点名（另一方没有）的有{len(alone)}项：{_list(library, book, alone)}。" if alone else "。")
        )
        other = [c for c in weaker[name] if c not in sets[name]]
        if other:
            lines.append(f"{name}另以成员或正文被涉及的有{len(other)}项：{_list(library, book, other[:40])}。")
    lines.append("“有关部门”等没有名单的集合表述不计入比较。")
    lines.append(status_notes(library, [plan.id]))
    return Draft("\n\n".join(lines))


def compare_items(library: Library, book: CitationBook, clauses: Sequence[Clause]) -> Draft:
    """Items side by side: roles, deadlines, brackets."""
    lines = []
    for clause in clauses:
        duties = bracket_duties(library.duties(clause.document), clause.id)
        lines.append(f"**{clause.label} {clause.title}**{book.cite(clause)}")
        lines.append("\n".join(f"- {line}" for line in role_lines(duties)))
        when = deadline_words(d for duty in duties for d in duty.deadlines)
        lines.append(f"- 时限：{when}" if when else "")
    lines.append(status_notes(library, [clauses[0].document]))
    return Draft("\n\n".join(line for line in lines if line))


def count_party(library: Library, book: CitationBook, reading: Reading, party: Party) -> Draft:
    """How many items name a party, by role where asked."""
    found = filtered(library, reading, party)
    named = [r for r in found if r.tier is Tier.NAMED] if not reading.wording.tiers else found
    shown = named or found
    items = _unique(r.clause for r in shown)
    what = _filter_words(reading) or ("点名" if named else "涉及")
    lines = [f"{party.name}{what}的共**{len(items)}项**：{_list(library, book, items)}。"]
    rest = [r for r in library.reaches(party.name) if r.clause not in items]
    for tier in (Tier.BODY, Tier.MEMBER, Tier.POSSIBLE):
        more = _unique(r.clause for r in rest if r.tier is tier and r.clause != "notice")
        if more and not _filter_words(reading):
            lines.append(
                f"另有{TIER_NAMES[tier]}{len(more)}项："
                f"{_list(library, book, more) if len(more) < 8 else '、'.join(more)}。"
            )
    lines.append(status_notes(library, [library.plan.id]))
    return Draft("\n\n".join(lines), tuple(duty_row(r) for r in shown))


def filtered(library: Library, reading: Reading, party: Party) -> list[Reach]:
    """Reaches of a party narrowed to the roles, tiers and rhythm asked for; ``possible`` only when asked."""
    found = list(library.reaches(party.name))
    tiers, roles = reading.wording.tiers, filter_roles(reading)
    if tiers:
        found = [r for r in found if r.tier in tiers]
    if roles:
        found = [r for r in found if r.duty.role in roles and r.tier is not Tier.POSSIBLE]
    every = rhythm(reading.text)
    if every:
        found = [r for r in found if any(d.rrule == every for d in r.duty.deadlines)]
    elif re.search(r"有(?:明确)?(?:时限|期限|时间要求)|限时", reading.text):
        found = [
            r for r in found if any(d.kind in (DeadlineKind.DATE, DeadlineKind.RECURRENCE) for d in r.duty.deadlines)
        ]
    return found


def filter_roles(reading: Reading) -> tuple[Role, ...]:
    """Roles the question narrows to. 落实 alone is how people say "do" and narrows nothing."""
    roles = reading.wording.roles
    if set(roles) <= {Role.CARRY_OUT, Role.TAKE_PART, Role.TOGETHER}:
        return ()
    if Role.SHARE in roles and not re.search(r"分工|共同负责", reading.text):
        return tuple(role for role in roles if role not in (Role.SHARE, Role.TAKE_PART, Role.TOGETHER))
    return roles


def rhythm(text: str) -> str | None:
    """The RRULE a filter like 每季度要做的 asks for."""
    rules = {
        "每季": "FREQ=MONTHLY;INTERVAL=3",
        "按季": "FREQ=MONTHLY;INTERVAL=3",
        "每月": "FREQ=MONTHLY",
        "按月": "FREQ=MONTHLY",
        "半年": "FREQ=MONTHLY;INTERVAL=6",
        "每年": "FREQ=YEARLY",
    }
    return next((rule for word, rule in rules.items() if word in text), None)


def filtered_list(
    library: Library, book: CitationBook, reading: Reading, party: Party, topic_items: Sequence[str] | None
) -> Draft:
    """A party's items narrowed by role, tier, rhythm or topic, each with its words and a quotation."""
    found = filtered(library, reading, party)
    if topic_items is not None:
        found = [r for r in found if r.clause in topic_items]
    clauses = library.clauses(library.plan.id)
    items = _unique(r.clause for r in found)
    what = _filter_words(reading) + (f"与“{reading.topic}”有关" if topic_items is not None else "")
    every = library.reaches(party.name)
    lines = []
    if not items:
        named = _unique(r.clause for r in every if r.tier is Tier.NAMED)
        lines.append(f"《{library.plan.title}》中**没有**{party.name}{what}的事项。")
        if named:
            lines.append(f"它被点名的有：{_list(library, book, named)}。")
    else:
        lines.append(f"{party.name}{what}的有**{len(items)}项**：")
    for item in items:
        here = [r for r in found if r.clause == item]
        lines.append(_entry(library, book, clauses[item], here))
    lines.append(f"这是筛选结果；全部任务请问“{party.name}要做什么”。")
    lines.append(status_notes(library, [library.plan.id]))
    return Draft("\n\n".join(lines), tuple(duty_row(r) for r in found))


def _entry(library: Library, book: CitationBook, clause: Clause, here: Sequence[Reach]) -> str:
    text = library.document(clause.document).text
    roles = "；".join(
        dict.fromkeys(f"{TIER_NAMES[r.tier]}：{r.duty.role.value}" + (f"（{r.via}）" if r.via else "") for r in here)
    )
    when = deadline_words(d for r in here for d in r.duty.deadlines)
    lines = [f"**{clause.label} {clause.title}** ｜ {roles}{f' ｜ 时限：{when}' if when else ''} {book.cite(clause)}"]
    body = [r for r in here if r.duty.tier is Tier.BODY]
    lines += [quoted(library, clause, r.duty.action.of(text)) for r in body[:1]]
    if not body:
        lines.append(f"> {_bracket(library, clause.id)}")
    return "\n\n".join(lines)


def count_plan(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """Counts over the whole plan; ``None`` where the question is about something else."""
    plan, text = library.plan, reading.text
    items = library.items(plan.id)
    if re.search(r"专委会|安全生产委员会|专业委员会", text):
        led = [
            c.id
            for c in items
            if any(
                "安全生产委员会" in d.words and d.role in (Role.LEAD_AND_ORGANISE, Role.LEAD)
                for d in bracket_duties(library.duties(plan.id), c.id)
            )
        ]
        return _counted(library, book, "由专业安全生产委员会牵头组织开展", led)
    if re.search(r"章|大块|(?:大|部分|方面)", text) and re.search(r"几|多少", text):
        chapters = list(dict.fromkeys(c.path[0] for c in items if c.path))
        head = f"《{plan.title}》共**{len(chapters)}个部分、{len(items)}项**{book.cite(items[0])}："
        return Draft(
            "\n\n".join([head, "\n".join(f"- {chapter}" for chapter in chapters), status_notes(library, [plan.id])])
        )
    group = next((p for p in reading.parties if p.is_group), None)
    if group:
        with_it = [
            c.id for c in items if any(d.party == group.name for d in bracket_duties(library.duties(plan.id), c.id))
        ]
        if re.search(r"不|没|无", text):
            return _counted(
                library, book, f"责任括号没有写“{group.name}”", [c.id for c in items if c.id not in with_it]
            )
        return _counted(library, book, f"责任括号写有“{group.name}”", with_it)
    if re.search(r"要点|文件|一共|总共|共|全部", text):
        return Draft(
            "\n\n".join(
                [
                    f"《{plan.title}》共**{len(items)}项**{book.cite(items[0])}{book.cite(items[-1])}（第{items[0].id}项至第{items[-1].id}项）。",
                    status_notes(library, [plan.id]),
                ]
            )
        )
    return None


def _counted(library: Library, book: CitationBook, what: str, items: Sequence[str]) -> Draft:
    return Draft(
        "\n\n".join(
            [f"{what}的共**{len(items)}项**：{_list(library, book, items)}。", status_notes(library, [library.plan.id])]
        )
    )


def _filter_words(reading: Reading) -> str:
    words = {
        Role.LEAD: "牵头", Role.SUPERVISE: "督促", Role.SHARE: "分工负责", Role.CARRY_OUT: "落实",
        Role.ORGANISE: "组织",
    }  # fmt: skip
    roles = [words[r] for r in filter_roles(reading) if r in words]
    tiers = ["被直接点名" if t is Tier.NAMED else "待确认" for t in reading.wording.tiers]
    every = {
        "FREQ=MONTHLY;INTERVAL=3": "每季度要做",
        "FREQ=MONTHLY": "每月要做",
        "FREQ=MONTHLY;INTERVAL=6": "每半年要做",
        "FREQ=YEARLY": "每年要做",
    }
    rule = rhythm(reading.text)
    return "、".join([*tiers, *roles[:1], *([every[rule]] if rule else [])])


def _named(library: Library, name: str) -> list[str]:
    return _unique(r.clause for r in library.reaches(name) if r.tier is Tier.NAMED)


def _settled(library: Library, name: str) -> list[str]:
    return _unique(
        r.clause for r in library.reaches(name) if r.tier in (Tier.BODY, Tier.MEMBER) and r.clause != "notice"
    )


def _list(library: Library, book: CitationBook, items: Iterable[str]) -> str:
    clauses = library.clauses(library.plan.id)
    return "、".join(f"{clauses[item].label}{book.cite(clauses[item])}" for item in items)


def _bracket(library: Library, item: str) -> str:
    clause = library.clauses(library.plan.id).get(f"{item}/b")
    return clause.text if clause else ""


def _unique(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))

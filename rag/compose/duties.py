"""The main job: everything the plan asks of one organisation, by tier, with the statement that nothing was left out."""

from __future__ import annotations

from collections.abc import Sequence

from index.dutytable import Completeness, Reach, completeness, strongest
from index.model import Kind, Tier
from index.organisations import UNCONFIRMED
from rag.citations import CitationBook
from rag.compose.draft import (
    CONFIRM_WITH,
    Draft,
    basis_words,
    deadline_words,
    duty_row,
    numbers,
    quoted,
    status_notes,
)
from rag.library import Library
from rag.understand.ask import Party

TIER_NAMES = {Tier.NAMED: "点名", Tier.BODY: "正文", Tier.MEMBER: "成员", Tier.POSSIBLE: "待确认"}
_HEADINGS = {
    Tier.NAMED: "点名：责任括号直接写明",
    Tier.BODY: "正文：事项正文直接提出要求",
    Tier.MEMBER: "成员：责任括号写明所属的一类单位",
    Tier.POSSIBLE: "待确认：只写“有关部门”等，文件没有列出名单",
}


def compose_duties(library: Library, book: CitationBook, party: Party) -> Draft:
    """The full list for ``party``. An organisation the plan does not name gets exactly that said."""
    plan = library.plan
    found = library.reaches(party.name)
    items = [clause.id for clause in library.items(plan.id)]
    complete = completeness(found, items, library.problems(plan.id))
    lines = [_opening(library, party, complete, bool(found))]
    lines += _notes(library, party)
    by_clause: dict[str, list[Reach]] = {}
    for reach in found:
        by_clause.setdefault(reach.clause, []).append(reach)
    for tier in Tier:
        here = {c: r for c, r in by_clause.items() if c in items and strongest(r) is tier}
        if here:
            lines += _section(library, book, party, tier, here)
    lines += _notice(library, book, party, by_clause)
    lines += _related(library, book, party)
    lines += _counterpart(library, book, party)
    lines.append(status_notes(library, [plan.id]))
    return Draft("\n\n".join(line for line in lines if line), tuple(duty_row(reach) for reach in found))


def _opening(library: Library, party: Party, complete: Completeness, any_found: bool) -> str:
    plan = library.plan
    head = f"**{party.name}**在《{plan.title}》（{plan.number}）中的任务："
    if not complete.by_tier[Tier.NAMED]:
        head = f"《{plan.title}》（{plan.number}）的责任括号**没有点名{party.name}**"
        if _settled(complete):
            head += "，但以下面的方式给它安排了任务。"
        else:
            head += "。可能约束它的只有下面列出的集合表述。" if any_found else "，也没有可能包括它的集合表述。"
    return f"{head}\n\n{statement(complete)}"


def _settled(complete: Completeness) -> bool:
    return any(complete.by_tier[tier] for tier in (Tier.NAMED, Tier.BODY, Tier.MEMBER))


def statement(complete: Completeness) -> str:
    """``36项：点名 2，正文 0，成员 0，待确认 31（未涉及 3）``."""
    counts = "，".join(f"{TIER_NAMES[tier]} {complete.by_tier[tier]}" for tier in Tier)
    overlap = sum(complete.by_tier.values()) + complete.untouched > complete.total
    also = "；同一项可能同时计入几类" if overlap else ""
    line = f"{complete.total}项：{counts}（未涉及 {complete.untouched}{also}）。"
    if complete.unread:
        line += f"另有{numbers(complete.unread)}的责任括号未能识别，请查看原文。"
    return line


def _notes(library: Library, party: Party) -> list[str]:
    """What the asker should know about the name used: old names, county bureaus, unconfirmed facts."""
    notes: list[str] = []
    if party.former:
        notes.append(
            f"“{party.former.predecessor}”按“{party.name}”查询（{party.former.relation}；依据：{_source(party.former.source)}）。"
        )
    else:
        for old in library.register.former_names(party.name):
            where = [d.clause for d in library.duties(library.plan.id) if d.words == old.predecessor]
            if where:
                notes.append(
                    f"{numbers(where)}的责任括号写作“{old.predecessor}”，按{party.name}计入"
                    f"（{old.relation}；依据：{_source(old.source)}）。"
                )
    if party.guessed:
        notes.append(f"没有找到“{party.words}”，按最接近的“{party.name}”查询。")
    organisation = library.register.by_name.get(party.name)
    if organisation and organisation.source == UNCONFIRMED:
        notes.append(f"名录中的“{party.name}”来自常识，待确认。")
    return notes


def _source(source: str) -> str:
    return "一般常识，待确认" if UNCONFIRMED in source else source


def _section(library: Library, book: CitationBook, party: Party, tier: Tier, here: dict[str, list[Reach]]) -> list[str]:
    lines = [f"### {_HEADINGS[tier]}（{len(here)}项）"]
    if tier is Tier.POSSIBLE:
        lines.append(f"是否包括{party.name}，请向{CONFIRM_WITH}确认；确认后可在组织名录中登记。")
    if tier is Tier.MEMBER:
        lines += _membership_sources(library, here)
    if tier in (Tier.NAMED, Tier.BODY):
        lines += [_full_item(library, book, clause, found) for clause, found in here.items()]
    else:
        lines.append("\n".join(_short_item(library, book, clause, found) for clause, found in here.items()))
    return lines


def _membership_sources(library: Library, here: dict[str, list[Reach]]) -> list[str]:
    groups = dict.fromkeys(r.duty.party for found in here.values() for r in found if r.tier is Tier.MEMBER)
    return [
        f"“{name}”包括它的依据：{_source(library.register.group_by_name[name].source)}。"
        for name in groups
        if name in library.register.group_by_name
    ]


def _full_item(library: Library, book: CitationBook, clause_id: str, found: Sequence[Reach]) -> str:
    plan = library.plan
    item = library.clauses(plan.id)[clause_id]
    marker = book.cite(item)
    lines = [f"**{item.label} {item.title}** ｜ {_roles(found)} {marker}"]
    for reach in found:
        if reach.tier is Tier.BODY:
            lines.append(f"正文要求{_via(reach)}：\n{quoted(library, item, reach.duty.action.of(plan.text))}")
    body = [c for c in library.parts(item) if c.kind is Kind.SENTENCE and c.text.rstrip("。") != item.title]
    bracket = next((c for c in library.parts(item) if c.kind is Kind.BRACKET), None)
    if any(r.tier is Tier.NAMED for r in found) and body:
        whole = plan.text[body[0].span.start : body[-1].span.end]
        lines.append(quoted(library, item, whole))
    if bracket:
        lines.append(quoted(library, item, bracket.text))
    lines += _when_and_why(library, book, clause_id, found)
    return "\n\n".join(lines)


def _short_item(library: Library, book: CitationBook, clause_id: str, found: Sequence[Reach]) -> str:
    item = library.clauses(library.plan.id)[clause_id]
    tail = _when_and_why(library, book, clause_id, found, most=3)
    return f"- **{item.label} {item.title}** ｜ {_roles(found)} {book.cite(item)}" + "".join(f"；{t}" for t in tail)


def _when_and_why(
    library: Library, book: CitationBook, clause: str, found: Sequence[Reach], most: int | None = None
) -> list[str]:
    deadlines = deadline_words(d for reach in found for d in reach.duty.deadlines)
    basis = basis_words(library, book, clause, most)
    return [*([f"时限：{deadlines}"] if deadlines else []), *([f"依据：{basis}"] if basis else [])]


def _roles(found: Sequence[Reach]) -> str:
    """``分工负责（原文：会同各有关部门分工负责）`` or ``“有关部门”分工负责``; body tasks are quoted below."""
    words: list[str] = []
    for reach in found:
        if reach.tier is Tier.BODY:
            words.append("正文要求" + _via(reach))
        elif reach.via:
            words.append(f"{_group(reach.via)}{reach.duty.role.value}")
        else:
            said = reach.duty.role_words
            words.append(reach.duty.role.value + (f"（原文：{said}）" if said != reach.duty.role.value else ""))
    for reach in found:
        if reach.tier is Tier.POSSIBLE and reach.duty.tier is Tier.BODY:
            words.append("正文对" + _group(reach.via or "") + "另有要求")
    return "；".join(dict.fromkeys(words))


def _via(reach: Reach) -> str:
    return f"（原文写作{_group(reach.via)}）" if reach.via else ""


def _group(words: str) -> str:
    return words if words.startswith("“") else f"“{words}”"


def _notice(library: Library, book: CitationBook, party: Party, by_clause: dict[str, list[Reach]]) -> list[str]:
    """What the notice in front of the plan asks (reports due); it is no item and is counted apart."""
    found = by_clause.get("notice", [])
    if not found:
        return []
    clause = library.clauses(library.plan.id)["notice"]
    action = found[0].duty.action
    sentence = next((c for c in library.parts(clause) if action in c.span), clause)
    hint = f"（{_group(found[0].via or '')}是否包括{party.name}，待确认）" if found[0].tier is Tier.POSSIBLE else ""
    when = f"时限：{deadline_words(found[0].duty.deadlines)} {book.cite(clause, sentence.span)}"
    return [f"### 通知正文的报送要求{hint}", quoted(library, clause, sentence.text), when]


def _related(library: Library, book: CitationBook, party: Party) -> list[str]:
    """Bodies it hosts and units inside it: shown on lines of their own, never merged into its own duties."""
    lines = []
    for host in library.register.hosted_by(party.name):
        where = _named_items(library, book, host.body)
        if where:
            lines.append(f"{host.body}设在{party.name}（依据：{_source(host.source)}），{host.body}另被点名：{where}。")
    for part in library.register.parts_of(party.name):
        where = _named_items(library, book, part.unit)
        if where:
            lines.append(f"{part.unit}属于{party.name}（依据：{_source(part.source)}），{part.unit}另被点名：{where}。")
    return ["### 相关单位（另行列示，不计入以上各项）", *lines] if lines else []


def _counterpart(library: Library, book: CitationBook, party: Party) -> list[str]:
    """For a county's bureau: what binds the municipal bureau in the same line of work, as a pointer only."""
    if party.counterpart is None:
        return []
    where = _named_items(library, book, party.counterpart) or "没有被点名的事项"
    return [
        f"### 对口：{party.counterpart}（供参考，不计入以上各项）",
        f"文件没有点名“{party.words}”；它的对口市级部门{party.counterpart}被点名：{where}。",
    ]


def compose_named(library: Library, book: CitationBook, party: Party) -> Draft:
    """Whether the plan names an organisation at all, in a few lines."""
    plan = library.plan
    found = library.reaches(party.name)
    complete = completeness(found, [clause.id for clause in library.items(plan.id)], library.problems(plan.id))
    where = _named_items(library, book, party.name)
    if where:
        head = f"是的。《{plan.title}》**点名{party.name}共{complete.by_tier[Tier.NAMED]}项**：{where}。"
        lines = [head, *_notes(library, party), statement(complete)]
        return Draft(
            "\n\n".join([*lines, status_notes(library, [plan.id])]),
            tuple(duty_row(reach) for reach in found if reach.tier is Tier.NAMED),
        )
    groups: dict[str, list[str]] = {}
    for reach in found:
        if reach.via and reach.clause != "notice":
            groups.setdefault(reach.via, []).append(reach.clause)
    lines = [_opening(library, party, complete, bool(found)), *_notes(library, party)]
    clauses = library.clauses(plan.id)
    lines.append(
        "\n".join(
            f"- {_group(words)}：{numbers(dict.fromkeys(items))}（例如{book.cite(clauses[items[0]])}）"
            for words, items in groups.items()
        )
    )
    if complete.by_tier[Tier.POSSIBLE]:
        lines.append(f"“有关部门”等是否包括{party.name}，文件没有列出名单，请向{CONFIRM_WITH}确认。")
    return Draft(
        "\n\n".join([*lines, status_notes(library, [plan.id])]),
        tuple(duty_row(reach) for reach in found if reach.tier is not Tier.NAMED),
    )


def _named_items(library: Library, book: CitationBook, name: str) -> str:
    clauses = library.clauses(library.plan.id)
    found = [r for r in library.reaches(name) if r.tier is Tier.NAMED]
    return "、".join(f"{clauses[r.clause].label}（{r.duty.role.value}）{book.cite(clauses[r.clause])}" for r in found)

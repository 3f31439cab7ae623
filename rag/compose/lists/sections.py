"""The parts of a duty list: time limits first, then the items of each tier."""

from __future__ import annotations

from collections.abc import Sequence

from index.dutytable import Reach
from index.model import DeadlineKind, Kind, Span, Tier
from index.organisations import UNCONFIRMED
from rag.citations import CitationBook
from rag.compose.draft import CONFIRM_WITH, basis_words, deadline_words, quoted, source_words
from rag.compose.lists.mentions import sentence_at
from rag.compose.lists.narrow import is_fixed
from rag.compose.lists.words import in_quotes, unique
from rag.library import Library
from rag.understand.ask import Party

_HEADINGS = {
    Tier.NAMED: "点名：责任括号直接写明",
    Tier.BODY: "正文：事项正文直接提出要求",
    Tier.MEMBER: "成员：责任括号写明所属的一类单位",
    Tier.POSSIBLE: "待确认：只写“有关部门”等，文件没有列出名单",
}
_SHORT = 18

ByClause = dict[str, list[Reach]]


def time_limits(library: Library, book: CitationBook, by_clause: ByClause) -> list[str]:
    """Dates in order, then rhythms and amounts, each with its item; words like 定期 on one last line.

    The lines start with 时限, by which a later 上面第三条 tells them from the list itself.
    """
    clauses = library.clauses(library.plan.id)
    rows: list[tuple[str, str]] = []
    vague: dict[str, dict[str, None]] = {}
    for id, found in by_clause.items():
        every = list({d.span: d for r in found for d in r.duty.deadlines}.values())
        fixed = [d for d in every if is_fixed(d) or d.kind is DeadlineKind.QUANTITY]
        if fixed:
            marker = book.cite(clauses[id], _sentence(library, id, found)) if id == "notice" else book.cite(clauses[id])
            name = "通知正文（报送完成情况）" if id == "notice" else f"{clauses[id].label} {_short(clauses[id].title)}"
            hint = f"（{_group_words(found)}，待确认）" if all(r.tier is Tier.POSSIBLE for r in found) else ""
            due = min((d.due or "9" for d in fixed), default="9")
            rows.append((due, f"时限：{deadline_words(fixed)}——{name}{hint}{marker}"))
        for deadline in every:
            if deadline.kind is DeadlineKind.VAGUE:
                certain = any(r.tier is not Tier.POSSIBLE for r in found if deadline in r.duty.deadlines)
                said = f"{clauses[id].label}{'' if certain else '（待确认）'}{book.cite(clauses[id])}"
                vague.setdefault(deadline.text, {})[said] = None
    lines = [row for _, row in sorted(rows, key=lambda row: row[0])]
    if vague:
        words = "；".join(f"“{word}”{'、'.join(where)}" for word, where in vague.items())
        lines.append(f"时限：未定具体时间——{words}")
    return ["**时间要求**", *lines] if lines else []


def _sentence(library: Library, id: str, found: Sequence[Reach]) -> Span:
    return sentence_at(library, library.clauses(library.plan.id)[id], found[0].duty.action)


def _group_words(found: Sequence[Reach]) -> str:
    return "、".join(unique(in_quotes(r.via) for r in found if r.via))


def _short(title: str) -> str:
    return title if len(title) <= _SHORT else title[: _SHORT - 1] + "…"


def section(library: Library, book: CitationBook, party: Party, tier: Tier, here: ByClause) -> list[str]:
    """One tier: quoted in full where the plan names the party, one line an item for members, folded where possible."""
    lines = [f"### {_HEADINGS[tier]}（{len(here)}项）"]
    if tier in (Tier.NAMED, Tier.BODY):
        return [*lines, *(_full_item(library, book, clause, found) for clause, found in here.items())]
    folded = _by_roles(here)
    if tier is Tier.MEMBER:
        lines += membership_sources(library, here)
        return [*lines, *(_listed(library, book, words, items, here) for words, items in folded.items())]
    lines.append(f"是否包括{party.name}，请向{CONFIRM_WITH}确认；确认后可在组织名录中登记。")
    return [*lines, "\n".join(_folded(library, book, words, items) for words, items in folded.items())]


def _by_roles(here: ByClause) -> dict[str, list[str]]:
    """Items by the words through which they reach the party, most common words first."""
    folded: dict[str, list[str]] = {}
    for id, found in here.items():
        folded.setdefault(role_words(found), []).append(id)
    return dict(sorted(folded.items(), key=lambda pair: -len(pair[1])))


def membership_sources(library: Library, here: ByClause) -> list[str]:
    """Who says that a group includes the party; counties are not listed by name anywhere."""
    groups = unique(r.duty.party for found in here.values() for r in found if r.tier is Tier.MEMBER)
    lines = []
    for name in groups:
        group = library.register.group_by_name.get(name)
        if group is None:
            continue
        if UNCONFIRMED in group.source and _counties(library, group.members):
            lines.append(f"“{name}”包括哪些县市区，通知未逐一列名，按行政区划常识列入，待确认。")
        else:
            lines.append(f"{in_quotes(name)}包括它的依据：{source_words(group.source)}。")
    return lines


def _counties(library: Library, members: Sequence[str]) -> bool:
    return any(library.register.by_name[name].level == "county" for name in members)


def _full_item(library: Library, book: CitationBook, clause_id: str, found: Sequence[Reach]) -> str:
    plan = library.plan
    item = library.clauses(plan.id)[clause_id]
    lines = [f"**{item.label} {item.title}** ｜ {role_words(found)} {book.cite(item)}"]
    for reach in found:
        if reach.tier is Tier.BODY:
            via = f"（原文写作{in_quotes(reach.via)}）" if reach.via else ""
            lines.append(f"正文要求{via}：\n{quoted(library, item, reach.duty.action.of(plan.text))}")
    body = [c for c in library.parts(item) if c.kind is Kind.SENTENCE and c.text.rstrip("。") != item.title]
    bracket = next((c for c in library.parts(item) if c.kind is Kind.BRACKET), None)
    if any(r.tier is Tier.NAMED for r in found) and body:
        lines.append(quoted(library, item, plan.text[body[0].span.start : body[-1].span.end]))
    if bracket:
        lines.append(quoted(library, item, bracket.text))
    deadlines = deadline_words(d for reach in found for d in reach.duty.deadlines)
    basis = basis_words(library, book, clause_id)
    lines += [*([f"时限：{deadlines}"] if deadlines else []), *([f"依据：{basis}"] if basis else [])]
    return "\n\n".join(lines)


def _listed(library: Library, book: CitationBook, words: str, items: Sequence[str], here: ByClause) -> str:
    """``**“各县(市、区)政府”落实**（31项）：`` and one line an item: time limit, legal basis."""
    clauses = library.clauses(library.plan.id)
    lines = [f"**{words}**（{len(items)}项）：\n"]
    for id in items:
        when = deadline_words(d for reach in here[id] for d in reach.duty.deadlines)
        basis = basis_words(library, book, id, 2)
        lines.append(
            f"- {clauses[id].label} {clauses[id].title}{book.cite(clauses[id])}"
            + (f"；时限：{when}" if when else "")
            + (f"；依据：{basis}" if basis else "")
        )
    return "\n".join(lines)


def _folded(library: Library, book: CitationBook, words: str, items: Sequence[str]) -> str:
    """``- **“有关部门”分工负责**（15项）：第14项 强化煤矿安全整治[5]（依据《矿山安全法》第十八条[6]等3条）；…``."""
    clauses = library.clauses(library.plan.id)
    said = []
    for id in items:
        basis = basis_words(library, book, id, 1)
        said.append(
            f"{clauses[id].label} {_short(clauses[id].title)}{book.cite(clauses[id])}"
            + (f"（依据{basis}）" if basis else "")
        )
    return f"- **{words}**（{len(items)}项）：{'；'.join(said)}"


def role_words(found: Sequence[Reach]) -> str:
    """``分工负责（原文：会同各有关部门分工负责）`` or ``“有关部门”分工负责``; body tasks are quoted below."""
    words: list[str] = []
    for reach in found:
        if reach.tier is Tier.BODY:
            words.append("正文要求" + (f"（原文写作{in_quotes(reach.via)}）" if reach.via else ""))
        elif reach.via and reach.tier is Tier.POSSIBLE and reach.duty.tier is Tier.BODY:
            words.append(f"正文对{in_quotes(reach.via)}的要求")
        elif reach.via:
            words.append(f"{in_quotes(reach.via)}{reach.duty.role.value}")
        else:
            said = reach.duty.role_words
            words.append(reach.duty.role.value + (f"（原文：{said}）" if said != reach.duty.role.value else ""))
    return "；".join(dict.fromkeys(words))


def notice_section(library: Library, book: CitationBook, party: Party, found: Sequence[Reach]) -> list[str]:
    """What the notice in front of the plan asks (reports due); it is no item and is counted apart."""
    if not found:
        return []
    clause = library.clauses(library.plan.id)["notice"]
    span = _sentence(library, "notice", found)
    hint = f"（{_group_words(found)}是否包括{party.name}，待确认）" if found[0].tier is Tier.POSSIBLE else ""
    when = f"时限：{deadline_words(found[0].duty.deadlines)} {book.cite(clause, span)}"
    return [f"### 通知正文的报送要求{hint}", when, quoted(library, clause, span.of(library.plan.text))]

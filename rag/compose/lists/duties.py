"""The main job: everything the plan asks of one organisation, by tier, with the statement that nothing was left out."""

from __future__ import annotations

from collections.abc import Sequence

from index.clean import fold
from index.dutytable import Completeness, Reach, completeness, strongest
from index.model import Kind, Tier
from index.organisations import UNCONFIRMED
from rag.citations import CitationBook
from rag.compose.draft import CONFIRM_WITH, Draft, duty_row, numbers, plain, quoted, source_words, status_notes
from rag.compose.lists.county import counterpart_section, named_items, read_as
from rag.compose.lists.sections import notice_section, section, time_limits
from rag.compose.lists.words import TIER_NAMES, in_quotes
from rag.compose.parts import bracket_quote
from rag.library import Library
from rag.understand.ask import Party

_FEW_BRACKETS = 2
"""How many brackets are quoted where it is asked whether the plan names somebody."""


def compose_duties(library: Library, book: CitationBook, party: Party) -> Draft:
    """The full list for ``party``. An organisation the plan does not name gets exactly that said."""
    plan = library.plan
    found = library.reaches(party.name)
    if party.is_group and not found:
        said = _where_said(library, book, party)
        if said:
            return said
    items = [clause.id for clause in library.items(plan.id)]
    complete = completeness(found, items, library.problems(plan.id))
    by_clause: dict[str, list[Reach]] = {}
    for reach in found:
        by_clause.setdefault(reach.clause, []).append(reach)
    tiers = {clause: strongest(by_clause[clause]) for clause in by_clause if clause in items}
    lines = [*read_as(party), _opening(library, party, complete, bool(found))]
    lines += _notes(library, party, members_told=True)
    for tier in Tier:
        if tier is Tier.POSSIBLE:  # what is settled comes first, then its times, then what may be meant
            lines += time_limits(library, book, by_clause)
        here = {clause: by_clause[clause] for clause, its in tiers.items() if its is tier}
        if here:
            lines += section(library, book, party, tier, here)
    lines += notice_section(library, book, party, by_clause.get("notice", []))
    lines += _related(library, book, party)
    lines += counterpart_section(library, book, party)
    transcribed = [c.document for c in book.citations if not c.verified]
    lines.append(status_notes(library, [plan.id, *transcribed]))
    return Draft("\n\n".join(line for line in lines if line), tuple(duty_row(reach) for reach in found))


def _where_said(library: Library, book: CitationBook, party: Party) -> Draft | None:
    """The sentences with a group's words, for a group that no duty names; ``None`` where there are none."""
    plan = library.plan
    group = library.register.group_by_name.get(party.name)
    words = {fold(word) for word in (*group.words, *group.aliases, group.name)} if group else {fold(party.name)}
    entries: list[str] = []
    for clause in library.clauses(plan.id).values():
        if clause.kind not in (Kind.ITEM, Kind.NOTICE):
            continue
        sentences = [part for part in library.parts(clause) if part.kind in (Kind.SENTENCE, Kind.BRACKET)] or [clause]
        spans = [part.span for part in sentences if any(word in fold(part.text) for word in words)]
        if not spans:
            continue
        name = "通知正文" if clause.kind is Kind.NOTICE else f"{clause.label} {clause.title}"
        entries.append(f"**{name}**{''.join(book.cite(clause, span) for span in spans)}：")
        entries += [quoted(library, clause, span.of(plan.text)) for span in spans]
    if not entries:
        return None
    head = (
        f"《{plan.title}》（{plan.number}）的责任括号没有给“{party.name}”这一集合单独安排任务；文中写到它的地方如下。"
        "其中各单位各自的任务，请写明单位名称再问。"
    )
    return Draft("\n\n".join([*read_as(party), head, *entries, status_notes(library, [plan.id])]))


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


def _notes(library: Library, party: Party, *, members_told: bool) -> list[str]:
    """What the asker should know about the name used: old names, county bureaus, unconfirmed facts."""
    notes: list[str] = []
    if party.former:
        notes.append(
            f"“{party.former.predecessor}”按“{party.name}”查询（{party.former.relation}；依据：{source_words(party.former.source)}）。"
        )
    else:
        for old in library.register.former_names(party.name):
            where = [d.clause for d in library.duties(library.plan.id) if d.words == old.predecessor]
            if where:
                notes.append(
                    f"{numbers(where)}的责任括号写作“{old.predecessor}”，按{party.name}计入"
                    f"（{old.relation}；依据：{source_words(old.source)}）。"
                )
    if party.guessed:
        notes.append(f"没有找到“{plain(party.words)}”，按最接近的“{party.name}”查询。")
    organisation = library.register.by_name.get(party.name)
    if organisation and organisation.source == UNCONFIRMED and not (members_told and organisation.level == "county"):
        notes.append(_unconfirmed(party.name, organisation.level))
    return notes


def _unconfirmed(name: str, level: str) -> str:
    if level == "county":
        return "“各县(市、区)政府”包括哪些县市区，通知未逐一列名，按行政区划常识列入，待确认。"
    return f"文件没有写到“{name}”；组织名录里它的名称按一般常识登记，待确认。"


def _related(library: Library, book: CitationBook, party: Party) -> list[str]:
    """Bodies it hosts and units inside it: shown on lines of their own, never merged into its own duties."""
    lines = []
    for host in library.register.hosted_by(party.name):
        where = named_items(library, book, host.body)
        if where:
            lines.append(
                f"{host.body}设在{party.name}（依据：{source_words(host.source)}），{host.body}另被点名：{where}。"
            )
    for part in library.register.parts_of(party.name):
        where = named_items(library, book, part.unit)
        if where:
            lines.append(
                f"{part.unit}属于{party.name}（依据：{source_words(part.source)}），{part.unit}另被点名：{where}。"
            )
    return ["### 相关单位（另行列示，不计入以上各项）", *lines] if lines else []


def compose_named(library: Library, book: CitationBook, party: Party) -> Draft:
    """Whether the plan names an organisation at all, in a few lines."""
    plan = library.plan
    found = library.reaches(party.name)
    complete = completeness(found, [clause.id for clause in library.items(plan.id)], library.problems(plan.id))
    where = named_items(library, book, party.name)
    if where:
        head = f"是的。《{plan.title}》**点名{party.name}共{complete.by_tier[Tier.NAMED]}项**：{where}。"
        lines = [*read_as(party), head, *_brackets(library, found)]
        lines += [*_notes(library, party, members_told=False), statement(complete)]
        lines += counterpart_section(library, book, party)
        return Draft(
            "\n\n".join([*lines, status_notes(library, [plan.id])]),
            tuple(duty_row(reach) for reach in found if reach.tier is Tier.NAMED),
        )
    groups: dict[str, list[str]] = {}
    for reach in found:
        if reach.via and reach.clause != "notice":
            groups.setdefault(reach.via, []).append(reach.clause)
    lines = [*read_as(party), _opening(library, party, complete, bool(found))]
    lines += _notes(library, party, members_told=False)
    clauses = library.clauses(plan.id)
    lines.append(
        "\n".join(
            f"- {in_quotes(words)}：{numbers(dict.fromkeys(items))}（例如{book.cite(clauses[items[0]])}）"
            for words, items in groups.items()
        )
    )
    if complete.by_tier[Tier.POSSIBLE]:
        lines.append(f"“有关部门”等是否包括{party.name}，文件没有列出名单，请向{CONFIRM_WITH}确认。")
    lines += counterpart_section(library, book, party)
    return Draft(
        "\n\n".join([*lines, status_notes(library, [plan.id])]),
        tuple(duty_row(reach) for reach in found if reach.tier is not Tier.NAMED),
    )


def _brackets(library: Library, found: Sequence[Reach]) -> list[str]:
    """The responsibility brackets that name an organisation, in their own words, where they are few."""
    items = dict.fromkeys(reach.clause for reach in found if reach.tier is Tier.NAMED)
    clauses = library.clauses(library.plan.id)
    return [bracket_quote(library, clauses[id]) for id in items] if len(items) <= _FEW_BRACKETS else []


def joined(drafts: Sequence[Draft]) -> Draft:
    """Several parties' lists as one text, the notes on status once and last."""
    paragraphs = [part for draft in drafts for part in draft.text.split("\n\n")]
    notes = dict.fromkeys(part for part in paragraphs if part.startswith("状态："))
    texts = [part for part in paragraphs if part not in notes]
    return Draft("\n\n".join([*texts, *notes]), tuple(row for draft in drafts for row in draft.duties))

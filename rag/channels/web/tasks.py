"""The year's list as the page shows it: a table to filter and sort, with everything a file of it would hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from index.errors import QuestionError
from index.model import Tier
from rag.channels.web.labels import role_chip, tier_chip
from rag.channels.web.links import anchor, clause_link
from rag.compose.draft import deadline_words
from rag.export.leaders import LEADERS, find_leader, leader_list
from rag.export.rows import LegalBasis, ListKind, SortBy, TaskList, TaskRow, filtered, narrowed, ordered, task_list
from rag.library import Library

_BASES_SHOWN = 2
_LONGEST_WORDS = 60
_NONE = '<span class="az-none">—</span>'
_COLUMNS = (
    ("事项", SortBy.PAPER), ("任务", None), ("角色", SortBy.ROLE), ("层级", SortBy.TIER), ("时限", SortBy.DUE),
    ("法律依据", None), ("责任括号原文", None),
)  # fmt: skip
_LEADER_COLUMNS = (("条款", SortBy.PAPER), ("职责", None), ("核对", None))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which list, and how it is looked at. ``of`` is an organisation's or a leader's name."""

    of: str
    tiers: tuple[Tier, ...] = ()
    roles: tuple[str, ...] = ()
    dated: bool = False
    words: str = ""
    by: SortBy = SortBy.PAPER
    descending: bool = False

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Wanted:
        """From a query string. Raises ``QuestionError`` for values nobody offered."""
        try:
            return cls(
                values.get("org", "").strip()[:_LONGEST_WORDS],
                tuple(Tier(one) for one in values.get("tier", "").split(",") if one),
                tuple(one for one in values.get("role", "")[:_LONGEST_WORDS].split(",") if one),
                values.get("dated") == "1",
                values.get("q", "").strip()[:_LONGEST_WORDS],
                SortBy(values.get("sort") or SortBy.PAPER),
                values.get("desc") == "1",
            )
        except ValueError as error:
            raise QuestionError("筛选或排序的写法不对。", "请在页面上重新选择。") from error


def whole_list(library: Library, of: str) -> TaskList:
    """The list of an organisation, or of a leader. Raises ``QuestionError`` for an unknown name."""
    return leader_list(library, of) if find_leader(library, of) else task_list(library, of)


def wanted_list(library: Library, wanted: Wanted) -> TaskList:
    """The list as filtered and sorted; it says so itself where rows are missing."""
    tasks = whole_list(library, wanted.of)
    rows = filtered(tasks.rows, tiers=wanted.tiers, roles=wanted.roles, dated=wanted.dated, words=wanted.words)
    return narrowed(tasks, ordered(rows, wanted.by, descending=wanted.descending))


def lists(library: Library) -> dict[str, list[str]]:
    """Lists beside the departments': governments, zones, leaders."""
    named = {
        kind: [one.name for one in library.register.organisations if one.kind == kind and one.level in levels]
        for kind, levels in (("government", ("county",)), ("zone", ("zone",)))
    }
    return {"县(市、区)政府": named["government"], "管委会": named["zone"], "领导": [leader.name for leader in LEADERS]}


def tasks_html(tasks: TaskList, wanted: Wanted) -> str:
    """Title, statement, table, notes."""
    leader = tasks.kind is ListKind.LEADER
    columns = _LEADER_COLUMNS if leader else _COLUMNS
    row = _leader_row if leader else _row
    heads = "".join(_head(name, by, wanted) for name, by in columns)
    body = "".join(map(row, tasks.rows))
    if not tasks.rows:
        said = "没有符合筛选条件的任务，请放宽条件。" if tasks.total else "这份清单没有任务。"
        body = f'<tr><td class="az-soft" colspan="{len(columns)}">{said}</td></tr>'
    notes = "".join(f"<li>{escape(note)}</li>" for note in tasks.notes)
    css = "az-tasks az-leader" if leader else "az-tasks"
    return (
        f'<header class="az-list-head"><h2>{escape(tasks.title)}</h2>'
        f'<p class="az-complete">{escape(tasks.statement)}</p>'
        f'<p class="az-soft">{"、".join(escape(source.reference) for source in tasks.documents)}'
        f"　显示{len(tasks.rows)}行，共{tasks.total}行</p></header>"
        f'<table class="{css}"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
        f'<section class="az-notes"><h3>说明</h3><ul>{notes}</ul></section>'
    )


def roles_of(tasks: TaskList) -> list[str]:
    """The roles to offer as a filter, in the order of the list."""
    return list(dict.fromkeys(row.role for row in tasks.rows if row.role))


def _head(name: str, by: SortBy | None, wanted: Wanted) -> str:
    if by is None:
        return f'<th scope="col">{name}</th>'
    here = wanted.by is by
    state = ("descending" if wanted.descending else "ascending") if here else "none"
    mark = ("▼" if wanted.descending else "▲") if here else "↕"
    return (
        f'<th scope="col" aria-sort="{state}"><button type="button" data-sort="{by.value}">{name}'
        f'<i aria-hidden="true">{mark}</i></button></th>'
    )


def _row(row: TaskRow) -> str:
    label = anchor(clause_link(row.document, row.item), escape(row.label), css="az-clause", title="查看原文")
    chapter = f"<small>{escape(row.path[0])}</small>" if row.path else ""
    title = f"<b>{escape(row.title)}</b>" if row.title and row.title != row.task else ""
    joint = row.role_words != row.role and row.role_words in row.bracket
    said = f"<small>原文：{escape(row.role_words)}</small>" if joint else ""
    via = f"<small>经由“{escape(row.via.strip('“”'))}”</small>" if row.via else ""
    note = f"<small>{escape(row.note)}</small>" if row.note and not row.via else ""
    tier = tier_chip(row.tier.value if row.tier else "", row.tier_name)
    cells = (
        ("item", label + chapter),
        ("task", f'{title}<div class="az-clamp">{escape(row.task)}</div>'),
        ("role", role_chip(row.role) + said),
        ("tier", tier + via + note),
        ("when", _times(row)),
        ("basis", _bases(row.basis)),
        ("bracket", f'<div class="az-clamp">{escape(row.bracket)}</div>' if row.bracket else _NONE),
    )
    names = (name for name, _ in _COLUMNS)
    return f"<tr>{''.join(_cell(css, name, html) for (css, html), name in zip(cells, names, strict=True))}</tr>"


def _cell(css: str, name: str, html: str) -> str:
    return f'<td class="az-td-{css}" data-name="{name}">{html}</td>'


def _times(row: TaskRow) -> str:
    lines = dict.fromkeys(deadline_words([one]) for one in row.deadlines)
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>" if lines else _NONE


def _bases(bases: Sequence[LegalBasis]) -> str:
    """The first articles, the rest folded: some items rest on thirteen."""
    if not bases:
        return _NONE
    lines = [f"<li>{_basis(one)}</li>" for one in bases]
    shown, rest = lines[:_BASES_SHOWN], lines[_BASES_SHOWN:]
    more = f"<details><summary>其余{len(rest)}条</summary><ul>{''.join(rest)}</ul></details>" if rest else ""
    return f"<ul>{''.join(shown)}</ul>{more}"


def _basis(one: LegalBasis) -> str:
    remark = f"<small>（{escape(one.remark)}）</small>" if one.remark else ""
    words = escape(f"《{one.title}》{one.label}")
    return anchor(clause_link(one.document, one.clause), words, css="az-source", title=one.why) + remark


def _leader_row(row: TaskRow) -> str:
    label = anchor(clause_link(row.document, row.item), escape(row.label), css="az-clause", title="查看原文")
    css, words = ("az-state", "已核对") if row.verified else ("az-state az-check", row.status)
    state = f'<span class="{css}">{escape(words)}</span>'
    note = f"<small>{escape(row.note)}</small>" if row.note not in ("", words) else ""
    return (
        f"<tr>{_cell('item', '条款', label)}{_cell('task', '职责', escape(row.task))}"
        f"{_cell('tier', '核对', state + note)}</tr>"
    )

"""The duty list of an answer as HTML tables: one row a duty, strongest tier first, the head of a long list visible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from index.model import DeadlineKind, Tier
from rag.channels.web.labels import role_chip, tier_chip
from rag.channels.web.links import anchor, clause_link
from rag.library import Library
from rag.model import DutyRow

COLUMNS = ("事项", "任务", "角色", "层级", "经由", "时限")
_ORDER = {tier.value: rank for rank, tier in enumerate(Tier)}
_SHOWN = 8
_NONE = '<span class="az-none">—</span>'


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, in words."""

    document: str
    clause: str
    label: str
    task: str
    role: str
    tier: str
    via: str
    deadlines: tuple[str, ...]


def rows(library: Library, duties: Sequence[DutyRow]) -> list[Row]:
    """The duties in words, by tier, then as in the document. The task of a body duty is the paper's own words."""
    actions = _actions(library, {(d.document, d.party) for d in duties})
    found = []
    for duty in duties:
        clause = library.clause(duty.document, duty.clause)
        label, title = (clause.label, clause.title) if clause else (duty.clause, "")
        own = actions[_key(duty)].pop(0) if actions[_key(duty)] else ""
        task = own or title
        found.append(
            Row(duty.document, duty.clause, label, task, duty.role, duty.tier, duty.via or "", _deadlines(duty))
        )
    return sorted(found, key=lambda row: _ORDER.get(row.tier, len(_ORDER)))


def _key(row: DutyRow) -> tuple[object, ...]:
    return row.document, row.party, row.clause, row.role, row.tier, row.via


def _actions(library: Library, parties: set[tuple[str, str]]) -> defaultdict[tuple[object, ...], list[str]]:
    """The paper's words for each body duty, ``""`` for a bracket duty (its item's title says it), in document order.

    Keyed by what a row tells of its duty: rows do not carry the words themselves.
    """
    found: defaultdict[tuple[object, ...], list[str]] = defaultdict(list)
    for document, party in parties:
        if document != library.plan.id:
            continue
        for reach in library.reaches(party):
            duty = reach.duty
            key = (document, party, duty.clause, duty.role.value, reach.tier.value, reach.via)
            found[key].append(duty.action.of(library.plan.text) if duty.tier is Tier.BODY else "")
    return found


def _deadlines(duty: DutyRow) -> tuple[str, ...]:
    words = []
    for one in duty.deadlines:
        note = f"（{one.due}）" if one.due else "（未定具体时间）" if one.kind is DeadlineKind.VAGUE else ""
        words.append(one.text + note)
    return tuple(dict.fromkeys(words))


def render(library: Library, duties: Sequence[DutyRow]) -> str:
    """One table a party. Empty where there are no duties."""
    parties = dict.fromkeys(d.party for d in duties)
    tables = ((party, rows(library, [d for d in duties if d.party == party])) for party in parties)
    return "".join(_table(party, lines) for party, lines in tables)


def _table(party: str, lines: Sequence[Row]) -> str:
    settled = [line for line in lines if line.tier != Tier.POSSIBLE]
    open_ = [line for line in lines if line.tier == Tier.POSSIBLE]
    head, rest = (settled or open_)[:_SHOWN], (settled or open_)[_SHOWN:]
    caption = f'<p class="az-caption"><strong>{escape(party)}任务表</strong><span>{len(lines)}行</span></p>'
    body = _part(head, headed=True)
    body += _fold(f"展开其余{len(rest)}行", rest)
    body += _fold(f"待确认{len(open_)}行：只写“有关部门”等，是否包括请先确认", open_ if settled else [])
    return f'<div class="az-duties">{caption}{body}</div>'


def _fold(summary: str, lines: Sequence[Row]) -> str:
    inside = _part(lines, headed=False) if lines else ""
    return f'<details class="az-fold"><summary>{summary}</summary>{inside}</details>' if lines else ""


def _part(lines: Iterable[Row], *, headed: bool) -> str:
    """Both halves of a folded list keep the head row, so that a screen reader names the columns; only one shows it."""
    head = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
    css = "az-table" if headed else "az-table az-continued"
    return f'<table class="{css}"><thead><tr>{head}</tr></thead><tbody>{"".join(map(_row, lines))}</tbody></table>'


def _row(row: Row) -> str:
    cells = (
        anchor(clause_link(row.document, row.clause), escape(row.label), css="az-clause", title="查看原文"),
        f'<span class="az-task">{_words(row.task)}</span>',
        role_chip(row.role),
        tier_chip(row.tier),
        f"“{_words(row.via)}”" if row.via else _NONE,
        "<br>".join(map(_words, row.deadlines)) or _NONE,
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _words(text: str) -> str:
    return escape(" ".join(text.split("\n")))

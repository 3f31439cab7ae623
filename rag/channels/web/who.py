"""Who does what: the plan's items with the parties of their brackets, a search over them, and the matrix."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from index.clean import fold
from index.errors import AnzeError
from index.model import Clause, Duty, Role, Tier
from rag.assistant import Assistant
from rag.channels.web.labels import role_chip, role_kind
from rag.channels.web.links import anchor, clause_link
from rag.compose.roles import bracket_duties
from rag.compose.topics import core, items_about
from rag.library import Library

_ORDER = (
    Role.LEAD_AND_ORGANISE, Role.LEAD, Role.ORGANISE, Role.SUPERVISE, Role.SHARE, Role.TOGETHER, Role.CARRY_OUT,
    Role.TAKE_PART,
)  # fmt: skip
_LETTERS = {
    Role.LEAD_AND_ORGANISE: "牵", Role.LEAD: "牵", Role.ORGANISE: "组", Role.SUPERVISE: "督", Role.SHARE: "分",
    Role.TOGETHER: "会", Role.CARRY_OUT: "落", Role.TAKE_PART: "参",
}  # fmt: skip
_KINDS = ("council", "office", "committee", "party_department", "department", "unit", "government", "zone", "")
_FOUND = 5
LONGEST_SEARCH = 60


def items_html(library: Library) -> str:
    """All items by chapter, each a card with its parties by role."""
    plan = library.plan
    chapters = groupby(library.items(plan.id), key=lambda item: item.path[:1])
    return "".join(
        f'<section class="az-chapter"><h3>{escape(" ".join(path))}</h3>'
        f"{''.join(_card(library, item) for item in items)}</section>"
        for path, items in chapters
    )


def _card(library: Library, item: Clause) -> str:
    duties = bracket_duties(library.duties(item.document), item.id)
    lines = "".join(_role_line(role, [d for d in duties if d.role is role]) for role in _ORDER)
    said = "" if lines else '<p class="az-soft">责任括号未能识别，请查看原文。</p>'
    head = anchor(clause_link(item.document, item.id), escape(item.label), css="az-clause", title="查看原文")
    return (
        f'<article class="az-item" id="az-item-{escape(item.id)}" data-item="{escape(item.id)}">'
        f"<h4>{head} {escape(item.title)}</h4><dl>{lines}</dl>{said}</article>"
    )


def _role_line(role: Role, duties: Sequence[Duty]) -> str:
    if not duties:
        return ""
    names = "".join(f"<li>{_party(duty)}</li>" for duty in _once(duties))
    joint = next((d.role_words for d in duties if d.role_words != role.value), "")
    original = f"<small>原文：{escape(joint)}</small>" if joint else ""
    return f"<div><dt>{role_chip(role.value)}</dt><dd><ul>{names}</ul>{original}</dd></div>"


def _once(duties: Iterable[Duty]) -> list[Duty]:
    return list({duty.words: duty for duty in duties}.values())


def _party(duty: Duty) -> str:
    """As the paper writes it, with today's name where that is another one."""
    now = f"<small>（今{escape(duty.party)}）</small>" if _renamed(duty) else ""
    return (
        f'<button type="button" class="az-party" data-party="{escape(duty.party)}">{escape(duty.words)}</button>{now}'
    )


def _renamed(duty: Duty) -> bool:
    return duty.party != duty.words and not any(mark in duty.words for mark in "各“有")


def search_items(library: Library, words: str) -> list[str]:
    """Ids of the items that ``words`` (a topic, a department, a number) are about, best first."""
    words = words.strip()[:LONGEST_SEARCH]
    items = {item.id: item for item in library.items(library.plan.id)}
    if not words:
        return []
    number = words.strip("第项 ")
    if number in items:
        return [number]
    party = library.register.canonical(words)
    if party:
        named = [d.clause for d in library.duties(library.plan.id) if d.party == party and d.tier is Tier.NAMED]
        return [one for one in dict.fromkeys(named) if one in items]
    best = [item.id for item in items_about(library, words)]
    said = fold(core(words))
    titled = [id for id, item in items.items() if said in fold(item.title)]
    written = [id for id, item in items.items() if said in fold(item.text)]
    return list(dict.fromkeys([*best, *titled, *written]))


def sentence_about(item: Clause, words: str) -> str:
    """The item's sentence that holds the words searched for; ``""`` where number, title or parties show them anyway."""
    said = fold(core(words.strip()[:LONGEST_SEARCH]))
    if not said or said in fold(item.title) or words.strip("第项 ") == item.id:
        return ""
    sentences = re.findall(r"[^。；;]+[。；;]?", "".join(item.text.split()))
    return next((one for one in sentences if said in fold(one) and one[0] not in "(（"), "")


def _retrieved(assistant: Assistant, words: str) -> list[str]:
    """By meaning, where no word of the search stands in the plan."""
    plan = assistant.library.plan.id
    items = {item.id for item in assistant.library.items(plan)}
    hits = assistant.retriever.search(words[:LONGEST_SEARCH], _FOUND, documents=[plan])
    return [hit.clause for hit in hits if hit.clause in items]


def found_items(assistant: Assistant, words: str) -> tuple[list[str], str]:
    """``search_items``, else items near in meaning, and a sentence for people; errors are sentences too."""
    words = words.strip()[:LONGEST_SEARCH]
    found = search_items(assistant.library, words)
    if found or not words:
        return found, f"找到{len(found)}项" if found else ""
    try:
        near = _retrieved(assistant, words)
    except AnzeError as error:
        return [], f"检索没有完成：{error}"
    if not near:
        return [], f"没有找到与“{words}”有关的事项，请换个说法，或在下面浏览全部事项。"
    return near, f"文件没有直接写到“{words}”，下面是意思相近的{len(near)}项，请核对原文。"


def matrix_html(library: Library) -> str:
    """Items by parties as the brackets name them; each cell is the role's first character."""
    items = library.items(library.plan.id)
    cells: dict[tuple[str, str], Role] = {}
    for duty in library.duties(library.plan.id):
        if duty.tier is Tier.NAMED and duty.clause.isdigit():
            held = cells.get((duty.clause, duty.party))
            if held is None or _ORDER.index(duty.role) < _ORDER.index(held):
                cells[duty.clause, duty.party] = duty.role
    parties = _columns(library, {party for _, party in cells})
    heads = "".join(
        f'<th scope="col" data-party="{escape(party)}"><span>{escape(party)}</span></th>' for party in parties
    )
    rows = "".join(_matrix_row(item, parties, cells) for item in items)
    totals = "".join(f'<td data-party="{escape(p)}">{sum(1 for _, party in cells if party == p)}</td>' for p in parties)
    size = f"{len(items)}项 × {len(parties)}个单位和集合"
    used = set(cells.values())
    legend = "".join(_legend(role) for role in _ORDER if role in used)
    return (
        f'<table class="az-matrix"><caption>《{escape(library.plan.title)}》责任矩阵：{size}'
        f'<span class="az-legend">{legend}</span></caption>'
        f'<thead><tr><th scope="col">事项</th>{heads}</tr></thead><tbody>{rows}</tbody>'
        f'<tfoot><tr><th scope="row">合计</th>{totals}</tr></tfoot></table>'
    )


def _columns(library: Library, parties: set[str]) -> list[str]:
    """Single organisations by kind, then groups; within a kind in the order of the plan."""
    order = list(dict.fromkeys(d.party for d in library.duties(library.plan.id)))
    known = library.register.by_name

    def rank(party: str) -> tuple[int, int]:
        kind = known[party].kind if party in known else ""
        return _KINDS.index(kind) if kind in _KINDS else len(_KINDS), order.index(party)

    return sorted(parties, key=rank)


def _matrix_row(item: Clause, parties: Sequence[str], cells: dict[tuple[str, str], Role]) -> str:
    head = anchor(clause_link(item.document, item.id), escape(item.label), css="az-clause")
    row = "".join(_cell(party, cells.get((item.id, party))) for party in parties)
    return f'<tr><th scope="row">{head} <span>{escape(item.title)}</span></th>{row}</tr>'


def _legend(role: Role) -> str:
    return f'<span><b class="az-cell az-role-{role_kind(role.value)}">{_LETTERS[role]}</b> {escape(role.value)}</span>'


def _cell(party: str, role: Role | None) -> str:
    inside = (
        f'<span class="az-cell az-role-{role_kind(role.value)}" title="{escape(party)}：{role.value}">'
        f'{_LETTERS[role]}<span class="az-hidden">{role.value}</span></span>'
        if role
        else ""
    )
    return f'<td data-party="{escape(party)}">{inside}</td>'

"""The start page of a department: how many items, in which roles, what falls due next, what to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from index.dutytable import Reach, completeness
from index.model import DeadlineKind, Tier
from rag.channels.web.labels import role_chip, tier_chip
from rag.channels.web.links import anchor, clause_link
from rag.compose.lists.words import TIER_NAMES
from rag.library import Library

_DEADLINES_SHOWN = 6
_SETTLED = (Tier.NAMED, Tier.BODY, Tier.MEMBER)
_HINTS = {
    Tier.NAMED: "责任括号直接写明", Tier.BODY: "任务正文点到", Tier.MEMBER: "属于被点名的集合",
    Tier.POSSIBLE: "只写“有关部门”等",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be done by a day; ``days`` from the day of asking, negative where it has passed."""

    due: date
    days: int
    text: str
    document: str
    clause: str
    label: str
    title: str
    tier: Tier


@dataclass(frozen=True, slots=True)
class Overview:
    """What the plan asks of one organisation, in numbers. ``roles``: items by role word, of the settled tiers."""

    name: str
    total: int
    tiers: dict[Tier, int]
    roles: dict[str, int]
    dues: tuple[Due, ...]
    recurring: tuple[Due, ...]


def overview(library: Library, name: str) -> Overview:
    """The numbers for ``name`` (a registered name)."""
    plan = library.plan
    found = library.reaches(name)
    items = [clause.id for clause in library.items(plan.id)]
    complete = completeness(found, items, library.problems(plan.id))
    roles: dict[str, set[str]] = {}
    for reach in found:
        if reach.tier in _SETTLED and reach.clause in items:
            roles.setdefault(reach.duty.role.value, set()).add(reach.clause)
    counts = {role: len(where) for role, where in sorted(roles.items(), key=lambda pair: -len(pair[1]))}
    dues, recurring = _times(library, found)
    return Overview(name, complete.total, complete.by_tier, counts, dues, recurring)


def _times(library: Library, found: Sequence[Reach]) -> tuple[tuple[Due, ...], tuple[Due, ...]]:
    """Dated deadlines, the coming ones first and soonest first, then those passed; and what recurs."""
    dated: dict[tuple[str, str], Due] = {}
    recurring: dict[tuple[str, str], Due] = {}
    today = library.day
    for reach in sorted(found, key=lambda r: list(Tier).index(r.tier)):
        clause = library.clause(reach.duty.document, reach.clause)
        title = _task(library, reach, clause.title if clause else "")
        label = clause.label if clause else reach.clause
        for deadline in reach.duty.deadlines:
            when = date.fromisoformat(deadline.due) if deadline.kind is DeadlineKind.DATE and deadline.due else None
            if when is None and deadline.kind is not DeadlineKind.RECURRENCE:
                continue
            days = (when - today).days if when else 0
            one = Due(when or today, days, deadline.text, reach.duty.document, reach.clause, label, title, reach.tier)
            (dated if when else recurring).setdefault((reach.clause, deadline.due or deadline.text), one)
    return tuple(sorted(dated.values(), key=lambda d: (d.days < 0, d.due))), tuple(recurring.values())


def _task(library: Library, reach: Reach, title: str) -> str:
    """What is to be done: a body duty in the paper's words, a bracket duty by its item's title."""
    if reach.duty.tier is Tier.BODY:
        return "".join(reach.duty.action.of(library.document(reach.duty.document).text).split())
    return title


def questions(library: Library, name: str) -> list[str]:
    """Five questions to start from, a registered department's own first."""
    if name not in library.register.by_name:
        return [
            "市住建局今年要做什么？",
            "燃气安全整治由谁负责？",
            "哪些工作要在3月底前完成？",
            "三管三必须是什么意思？",
            "生产经营单位主要负责人有哪些职责？",
        ]
    settled = [reach for reach in library.reaches(name) if reach.tier in _SETTLED and reach.clause.isdigit()]
    named = sorted(settled, key=lambda reach: _SETTLED.index(reach.tier))
    own = f"第{named[0].clause}项由谁牵头、谁落实？" if named else "燃气安全整治由谁负责？"
    return [
        "我们部门今年要做什么？",
        "我们部门的任务有哪些时间要求？",
        own,
        "哪些工作要在3月底前完成？",
        "三管三必须是什么意思？",
    ]


def start_html(library: Library, name: str) -> str:
    """The start page for ``name``; a general one where it is empty, or a county's bureau that the register lacks."""
    asks = "".join(
        f'<li><button type="button" class="az-ask-this">{escape(text)}</button></li>'
        for text in questions(library, name)
    )
    ask = f'<section class="az-card az-asks"><h3>可以这样问</h3><ul>{asks}</ul></section>'
    plan = library.plan
    about = f"《{escape(plan.title)}》（{escape(plan.number or '')}）"
    if name and name not in library.register.by_name:
        return (
            f'<div class="az-hero"><h2>{escape(name)}</h2><p>{about}没有单独列出这个部门。可以直接提问，'
            f"或在“任务清单”里看本级政府和市级部门的清单。</p></div>{ask}"
        )
    if not name:
        return (
            '<div class="az-hero"><h2>您的部门要做什么？</h2><p>先选一次“我的部门”，以后“我们”“我局”就是指它。'
            "任务由责任括号逐项计算得出，不会漏项；每一句话都能点开原文核对。</p>"
            f'<button type="button" class="az-primary" data-pick>选择我的部门</button></div>{ask}'
        )
    view = overview(library, name)
    tiers = "".join(_tier(tier, count) for tier, count in view.tiers.items())
    roles = "".join(f"<li>{role_chip(role)} <b>{count}</b>项</li>" for role, count in view.roles.items())
    none = "" if roles else '<li class="az-soft">没有直接点名的任务，请看“待确认”各项。</li>'
    return (
        f'<div class="az-hero"><p class="az-eyebrow">{about} · 共{view.total}项</p><h2>{escape(name)}</h2></div>'
        f'<section class="az-card az-numbers" aria-label="任务数"><ul class="az-tiers">{tiers}</ul>'
        f'<ul class="az-roles">{roles}{none}</ul>'
        '<p class="az-more"><a href="#tasks">查看任务清单并下载</a></p></section>'
        f"{_dues_html(view)}{ask}"
    )


def _tier(tier: Tier, count: int) -> str:
    css = "" if count else " az-zero"
    return (
        f'<li class="az-stat{css}"><b>{count}</b>{tier_chip(tier.value, TIER_NAMES[tier])}'
        f"<small>{_HINTS[tier]}</small></li>"
    )


def _dues_html(view: Overview) -> str:
    coming = [one for one in view.dues if one.days >= 0][:_DEADLINES_SHOWN]
    passed = [one for one in view.dues if one.days < 0]
    lines = "".join(map(_due, coming))
    if not coming:
        said = "这份文件写明日期的任务都已到期：" if passed else "文件没有给本部门写明具体日期。"
        lines = f'<li class="az-soft">{said}</li>' + "".join(map(_due, passed[-3:]))
    regular = "".join(
        f"<li>{_where(one, one.text)}</li>" for one in sorted(view.recurring, key=lambda o: list(Tier).index(o.tier))
    )
    often = f'<h4>定期要做</h4><ul class="az-regular">{regular}</ul>' if regular else ""
    head = "接下来的期限" if coming or not passed else "期限"
    return f'<section class="az-card az-dues"><h3>{head}</h3><ul>{lines}</ul>{often}</section>'


def _due(one: Due) -> str:
    left = "今天" if one.days == 0 else f"还有{one.days}天" if one.days > 0 else f"{one.due.year}年，已过"
    css = "az-passed" if one.days < 0 else "az-soon" if one.days <= 31 else ""
    day = f'<time datetime="{one.due}"><b>{one.due.month}月{one.due.day}日</b><i>{left}</i></time>'
    return f'<li class="{css}">{day}{_where(one, one.text)}</li>'


def _where(one: Due, text: str) -> str:
    label = anchor(clause_link(one.document, one.clause), escape(one.label), css="az-clause", title="查看原文")
    return (
        f'<span class="az-due-what">{label} <em>{escape(one.title)}</em><small>“{escape(text)}”</small></span>'
        f"{tier_chip(one.tier.value, TIER_NAMES[one.tier])}"
    )

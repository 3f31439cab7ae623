"""What stands below a list: where it comes from, what its tiers mean, and what nobody has confirmed yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.dutytable import Reach
from index.model import Tier
from index.organisations import UNCONFIRMED
from rag.compose.draft import CONFIRM_WITH, numbers, source_words, status_notes
from rag.compose.lists.sections import membership_sources
from rag.compose.lists.words import TIER_NAMES, unique
from rag.library import Library

_TIERS = {
    Tier.NAMED: "责任括号直接写明",
    Tier.BODY: "事项正文直接提出要求",
    Tier.MEMBER: "责任括号写明所属的一类单位",
    Tier.POSSIBLE: f"只写“有关部门”等，文件没有列出名单，是否包括请向{CONFIRM_WITH}确认",
}


def list_notes(library: Library, name: str, found: Sequence[Reach]) -> tuple[str, ...]:
    """The notes of an organisation's list, in the order a reader needs them."""
    plan = library.plan
    tiers = [tier for tier in Tier if any(reach.tier is tier for reach in found)]
    issued = f"，{plan.issuer}{chinese_date(plan.published)}印发" if plan.published else ""
    notes = [f"依据：《{plan.title}》{f'（{plan.number}）' if plan.number else ''}{issued}。"]
    if tiers:
        notes.append(f"层级：{'；'.join(f'{TIER_NAMES[tier]}，{_TIERS[tier]}' for tier in tiers)}。")
    by_clause: dict[str, list[Reach]] = {}
    for reach in found:
        by_clause.setdefault(reach.clause, []).append(reach)
    notes += membership_sources(library, by_clause)
    notes += _names(library, name)
    notes += _related(library, name)
    notes.append("法律依据由本系统整理，供办理时核对，不是文件原文；标“转录待核”的条文尚未与官方文本核对。")
    notes += _states(library, by_clause)
    return tuple(notes)


def tier_meaning(tier: Tier) -> str:
    """``责任括号直接写明``."""
    return _TIERS[tier]


def chinese_date(iso: str) -> str:
    """``2023-02-27`` → ``2023年2月27日``."""
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


def _names(library: Library, name: str) -> list[str]:
    """Old names in the paper, and a name no document has."""
    notes = []
    for old in library.register.former_names(name):
        where = unique(d.clause for d in library.duties(library.plan.id) if d.words == old.predecessor)
        if where:
            notes.append(
                f"{numbers(where)}的责任括号写作“{old.predecessor}”，按{name}计入"
                f"（{old.relation}；依据：{source_words(old.source)}）。"
            )
    organisation = library.register.by_name.get(name)
    if organisation and organisation.source == UNCONFIRMED and organisation.level != "county":
        notes.append(f"文件没有写到“{name}”；组织名录里它的名称按一般常识登记，待确认。")
    return notes


def _related(library: Library, name: str) -> list[str]:
    """Bodies it hosts and units inside it have lists of their own."""
    notes = []
    for host in library.register.hosted_by(name):
        where = _named(library, host.body)
        if where:
            notes.append(
                f"{host.body}设在{name}（依据：{source_words(host.source)}），另被点名{where}，不计入本表，见{host.body}的清单。"
            )
    for part in library.register.parts_of(name):
        where = _named(library, part.unit)
        if where:
            notes.append(
                f"{part.unit}属于{name}（依据：{source_words(part.source)}），另被点名{where}，不计入本表，见{part.unit}的清单。"
            )
    return notes


def _named(library: Library, name: str) -> str:
    items = unique(reach.clause for reach in library.reaches(name) if reach.tier is Tier.NAMED)
    return numbers(items) if items else ""


def _states(library: Library, items: Iterable[str]) -> list[str]:
    """Status lines of the plan and of every document that the legal bases of these items are taken from."""
    known = [library.bases[item] for item in items if item in library.bases]
    documents = [basis.document for one in known for basis in one.bases if basis.document in library]
    return status_notes(library, [library.plan.id, *documents]).split("\n\n")

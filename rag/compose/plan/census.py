"""Who the whole plan names and how often, who leads what, and plain totals."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.model import Role, Tier
from rag.citations import CitationBook
from rag.compose.draft import Draft, status_notes
from rag.compose.lists.mentions import blanked, items_saying, subjects
from rag.compose.lists.tables import item_list
from rag.compose.lists.words import unique
from rag.library import Library
from rag.understand.ask import Intent
from rag.understand.reading import Reading

LEAD = (Role.LEAD_AND_ORGANISE, Role.LEAD)
_COMMITTEE = re.compile(r"专委会|安全生产委员会|专业委员会|专业安委会")
_SECTION = re.compile(r"第(?P<n>[一二三四五六])(?:个|大)?(?:部分|板块|大?块)")
_NAME_ENDS = re.compile(r"^市?安委会|安全生产委员会$")
_WHICH_ITEMS = re.compile(r"(?:几|多少|哪[些几]?)(?:个)?(?:项|条|件|块|样|些)")
_EACH = re.compile(r"哪[些几](?!个专委会)|几|多少|一览|清单|分别|各个?(?:专委会|专业)|列")
_LEADERS = re.compile(
    r"(?:各|所有|全部|每个)(?:个|家)?(?:部门|单位)的?[^，。]{0,4}牵头|牵头(?:的)?(?:任务|单位|部门|事项|工作)?(?:一览|清单|汇总|总表|名单)|"
    r"(?:哪些|哪几个|多少个?|几个)(?:部门|单位|机构)(?:在|要|是|负责)?牵头|牵头的?(?:单位|部门)(?:一共|都)?有(?:哪些|哪几|谁|几|多少)"
)
_CENSUS = re.compile(
    r"(?:几|多少)(?:个|家)?(?:部门|单位|机构)[^，。]{0,6}(?:点名|点到|出现|有任务)|点名(?:了|到)?的?(?:有)?(?:几|多少)(?:个|家)?(?:部门|单位|机构)|"
    r"(?:哪些|哪个|哪几个|哪家)(?:部门|单位|机构|局)[^，。]{0,6}(?:被?点名|点到)|点名(?:次数|最多|最少)|被点名的?(?:部门|单位|机构)(?:一共|都)?(?:有|是)?(?:哪|多少|几|名单)|"
    r"(?:任务|事项|点名|责任|活)(?:数|数量|次数)?最(?:多|重|少)|最多的(?:部门|单位|局)"
)
_TOTAL = re.compile(r"要点|文件|一共|总共|共|全部|全文|通篇|整篇|全篇")
_LAST = re.compile(r"(?:排|编|写|列)?到第?几[项条][^，。？?]{0,2}(?:完|为止|结束|止|收尾|打住)|最后一[项条]是?第几")


def one_committee(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """What one committee leads that is told by its subject, not by its name: 管危险物品的那个专委会挑头几项."""
    text = reading.text
    leads = reading.intent is Intent.COUNT or any(role in LEAD for role in reading.wording.roles)
    if not (leads and _COMMITTEE.search(text) and _WHICH_ITEMS.search(text)):
        return None
    led = {name: items for name, items in _led(library, LEAD).items() if _COMMITTEE.search(name)}
    found = [name for name in led if _subject(name) in text]
    if len(found) != 1 or any(not p.is_group for p in reading.parties):
        return None
    clauses = library.clauses(library.plan.id)
    items = led[found[0]]
    listed = "\n".join(f"- {clauses[id].label} {clauses[id].title}{book.cite(clauses[id])}" for id in items)
    return _plain(library, f"{found[0]}牵头组织开展的共**{len(items)}项**：\n\n{listed}")


def _subject(committee: str) -> str:
    """危险物品 of 市安委会危险物品安全生产委员会."""
    return _NAME_ENDS.sub("", committee)


def committees(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """What the special committees (专委会) lead, by committee."""
    text = reading.text
    leads = reading.intent is Intent.COUNT or any(role in LEAD for role in reading.wording.roles)
    whose = bool(_COMMITTEE.search(text)) and all(p.is_group for p in reading.parties)
    if not (whose and leads and _EACH.search(text)):
        return None
    about, _ = subjects(library, reading)
    if any(items_saying(library, one) and not _COMMITTEE.search(one) for one in about):
        return None
    led = {name: items for name, items in _led(library, LEAD).items() if "安全生产委员会" in name}
    part = _section(library, text)
    if part:
        held = {item.id for item in library.items(library.plan.id) if part in item.path}
        led = {name: kept for name, items in led.items() if (kept := [item for item in items if item in held])}
        if not led:
            return _plain(library, f"“{part}”这一部分没有由专业安全生产委员会牵头组织开展的事项。")
    every = unique(item for items in led.values() for item in items)
    where = f"“{part}”部分，" if part else ""
    head = f"{where}由专业安全生产委员会牵头组织开展的共**{len(every)}项**，涉及**{len(led)}个**专业委员会："
    return _by_party(library, book, head, led)


def committees_of_part(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """The same in the part of the plan that is named by its number; ``None`` where none is."""
    return committees(library, book, reading) if _SECTION.search(reading.text) else None


def _section(library: Library, text: str) -> str:
    """The heading of the part of the plan that ``text`` names by its number; empty where it names none."""
    nth = _SECTION.search(text)
    headings = dict.fromkeys(h for item in library.items(library.plan.id) for h in item.path)
    return next((h for h in headings if nth and h.startswith(f"{nth['n']}、")), "")


def leaders(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """Every leader with its items, and the organisers of the rest."""
    if not _LEADERS.search(reading.text) or any(not p.is_group for p in reading.parties):
        return None
    led, organised = _led(library, LEAD), _led(library, (Role.ORGANISE,))
    every = unique(item for items in led.values() for item in items)
    head = f"责任括号写“牵头”的共**{len(every)}项**，由{len(led)}个单位牵头："
    first = _by_party(library, book, head, led, status=False).text
    second = _by_party(library, book, "没有写“牵头”、写“组织”的：", organised).text
    return Draft(f"{first}\n\n{second}")


def census(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """How many organisations the brackets name, most often named first."""
    if reading.parties and not all(p.is_group for p in reading.parties):
        return None
    if not _CENSUS.search(reading.text):
        return None
    named = {n: items for n, items in _led(library, tuple(Role)).items() if n in library.register.by_name}
    named = dict(sorted(named.items(), key=lambda pair: -len(pair[1])))
    kinds = {n: library.register.by_name[n].kind for n in named}
    bodies = {n: items for n, items in named.items() if kinds[n] in ("committee", "council", "office")}
    rest = {n: items for n, items in named.items() if n not in bodies}
    groups = [n for n in _led(library, tuple(Role)) if library.register.knows_group(n)]
    most = next(iter(rest))
    head = (
        f"责任括号一共点名**{len(named)}个**单位：部门、单位和地方政府{len(rest)}个，"
        f"议事机构（安委会、专委会及安委办）{len(bodies)}个。被点名最多的部门是**{most}（{len(rest[most])}项）**。"
    )
    first = _by_party(library, book, f"{head}\n\n部门、单位和地方政府：", rest, status=False).text
    second = _by_party(library, book, "议事机构：", bodies, status=False).text
    others = f"另有{len(groups)}个集合表述没有计入：{'、'.join(groups)}。"
    written = {d.words for d in library.duties(library.plan.id) if d.tier is Tier.NAMED}
    old = [one for one in library.register.successions if one.predecessor in written]
    if old:
        others += f"旧名按现名计：{'、'.join(f'{one.predecessor}计入{one.successor}' for one in old)}。"
    return Draft("\n\n".join([first, second, others, status_notes(library, [library.plan.id])]))


def totals(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """How many items a group word stands in, or how many items there are."""
    last = bool(_LAST.search(reading.text))
    if not (last or reading.intent is Intent.COUNT) or any(not p.is_group for p in reading.parties):
        return None
    plan, items = library.plan, library.items(library.plan.id)
    if reading.parties:
        name = reading.parties[0].name
        where = _led(library, _roles(blanked(reading))).get(name, [])
        listed = f"：{item_list(library, book, where)}" if where else ""
        return _plain(library, f"责任括号写有“{name}”的共**{len(where)}项**{listed}。")
    about, _ = subjects(library, reading)
    if last or (_TOTAL.search(reading.text) and not about):
        ends = f"（{items[0].label}至{items[-1].label}）"
        return _plain(
            library, f"《{plan.title}》共**{len(items)}项**{book.cite(items[0])}{book.cite(items[-1])}{ends}。"
        )
    return None


def _roles(text: str) -> tuple[Role, ...]:
    return (Role.CARRY_OUT,) if "落实" in text else tuple(Role)


def _led(library: Library, roles: Sequence[Role]) -> dict[str, list[str]]:
    """Items by canonical party of the brackets, for these roles, in the order of the plan."""
    led: dict[str, list[str]] = {}
    for duty in library.duties(library.plan.id):
        if duty.tier is Tier.NAMED and duty.role in roles and duty.clause not in led.setdefault(duty.party, []):
            led[duty.party].append(duty.clause)
    return {name: items for name, items in led.items() if items}


def _by_party(
    library: Library, book: CitationBook, head: str, led: dict[str, list[str]], *, status: bool = True
) -> Draft:
    rows = "\n".join(f"- {name}（{len(items)}项）：{item_list(library, book, items)}" for name, items in led.items())
    notes = [status_notes(library, [library.plan.id])] if status else []
    return Draft("\n\n".join([head, rows, *notes]))


def _plain(library: Library, text: str) -> Draft:
    return Draft(f"{text}\n\n{status_notes(library, [library.plan.id])}")

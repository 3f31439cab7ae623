"""How many departments an item's bracket names (第33条括号里列了几家), and which of two items names more."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.clean import fold
from index.model import Clause, Duty
from rag.citations import CitationBook
from rag.compose.draft import Draft, status_notes
from rag.compose.lists.tables import bracket_quote
from rag.compose.roles import bracket_duties, parties
from rag.compose.topics import core, items_about, titled_item
from rag.library import Library
from rag.understand.intents import topic
from rag.understand.reading import Reading

_BODY = r"(?:市直|市级|市里|分工|牵头|责任|落实|负责|配合|会同)*的?(?:部门|单位|局|支队|机构|家)"
_HOW_MANY = re.compile(
    rf"(?<!哪)(?:几|多少)(?:个|家)?{_BODY}|{_BODY}[^，。？?]{{0,8}}(?:几|多少)(?:个|家)|(?:写|列|点|挂|摆)了?(?:几|多少)家"
)
_IN_ALL = re.compile(r"一共|总共|拢共|合计|加起来|共(?:有|计)?(?=几|多少)")
_LEFT_OUT = re.compile(r"[(（]?(?:不(?:算|含|包括?)|除(?:开|去|了))[^)），,。]{1,12}[)）]?")
_NAMES = re.compile(r"点名|点了|括号|分工|牵头|责任|落实单位|挂|列|会同|有名有姓|写")
_ALSO = re.compile(
    r"(?:检查|整改|处罚|关停|取缔|发现|完成|排查|建成|培训)了?(?:几|多少)|企业|公司|成员|专委会|哪[个家条项][^，。]{0,4}(?:几|多少)"
)
_OF_TRADES = re.compile(r"(?:行业|领域|场所|行当)(?:是|有|里)?(?:哪|谁|几|多)")
_POINTED = re.compile(
    r"(?P<what>[\u4e00-\u9fff]{2,10}?)(?:安全)?(?:专项)?(?:整治|攻坚)?的?(?P<pointer>[那这])?一?[条项]"
)
_MORE = re.compile(
    r"(?:哪(?:一?[条项个边])?|谁)的?[^，。？?]{0,4}(?<!多)[多少](?![少个家几项])|[多少]几[个家]|一样多|差几[个家]"
)
_LINKS = re.compile(r"^(?:和|跟|与|比|还是|同|或)|(?:请问|我想问|问下|看看)")
_MOST = 6
_ALIKE = 0.65
_ALIKE_FROM, _ALIKE_TO = 5, 12
"""Share of a subject's characters that the title meant has, and how long such a subject is."""


def count_named(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """The organisations the brackets name, counted; ``None`` where that is not asked or no item is meant."""
    if reading.years or reading.place:
        return None
    if any(id != library.plan.id for id in reading.documents):
        return None
    text = _LEFT_OUT.sub("", reading.text)
    if any(not p.is_group for p in reading.parties) and not _IN_ALL.search(text):
        return None
    if _OF_TRADES.search(text):
        return None
    more = bool(_MORE.search(text)) and bool(re.search(r"部门|单位|点名", text))
    if not more and not (_HOW_MANY.search(text) and _NAMES.search(text) and not _ALSO.search(text)):
        return None
    clauses = [c for r in reading.references if r.kind == "item" and (c := library.clause(library.plan.id, r.number))]
    clauses = clauses or pointed_items(library, text) or _before_count(library, reading)
    if not clauses or (more and len(clauses) < 2):
        return None
    draft = _named_in(library, book, clauses[:_MOST])
    return Draft(f"{_most(library, clauses)}\n\n{draft.text}") if more else draft


def _before_count(library: Library, reading: Reading) -> list[Clause]:
    """The item of the topic, else of what stands before the counting words: 新领域新风险整治点了几家单位的名."""
    counted = _HOW_MANY.search(reading.text)
    about = topic(_NAMES.sub("＿", reading.text[: counted.start()])) if counted else ""
    return items_about(library, reading.topic)[:1] or items_about(library, about)[:1] or alike(library, about)


def pointed_items(library: Library, text: str) -> list[Clause]:
    """Items that are pointed at by their subject: 交通那条跟燃气那条."""
    found: list[Clause] = []
    for match in _POINTED.finditer(text):
        what = _LINKS.sub("", match["what"])
        found += alike(library, what) or items_about(library, what)[:1]
    titled = None if found else titled_item(library, text)
    return [titled] if titled else list(dict.fromkeys(found))


def surely_pointed(library: Library, text: str) -> list[Clause]:
    """Those of them whose titles have the subject, or nearly: 打非那条, 大隐患那一项."""
    found = []
    for match in _POINTED.finditer(text):
        what = core(_LINKS.sub("", match["what"]))
        about = alike(library, what) or [c for c in items_about(library, what)[:1] if fold(what) in fold(c.title)]
        found += about if match["pointer"] else []
    return list(dict.fromkeys(found))


def alike(library: Library, words: str) -> list[Clause]:
    """The one item whose title has most of the characters of ``words``: 新业态新风险 is 新领域新风险安全整治."""
    if not _ALIKE_FROM <= len(words) <= _ALIKE_TO:
        return []
    fits = {item: sum(char in item.title for char in words) / len(words) for item in library.items(library.plan.id)}
    best = max(fits.values(), default=0.0)
    found = [item for item, fit in fits.items() if fit == best]
    return found if best >= _ALIKE and len(found) == 1 else []


def _most(library: Library, clauses: Sequence[Clause]) -> str:
    counts = {clause.label: _count(_single(library, clause)) for clause in clauses}
    most = max(counts, key=lambda label: counts[label])
    said = "，".join(f"{label}{count}个" for label, count in counts.items())
    return f"点名的单位：{said}；" + ("**一样多**。" if len(set(counts.values())) == 1 else f"**{most}多**。")


def _single(library: Library, clause: Clause) -> list[Duty]:
    duties = bracket_duties(library.duties(clause.document), clause.id)
    return [d for d in duties if not library.register.knows_group(d.party)]


def _named_in(library: Library, book: CitationBook, clauses: Sequence[Clause]) -> Draft:
    """How many organisations, and how many group words, each item's bracket names."""
    lines = []
    for clause in clauses:
        single = _single(library, clause)
        duties = bracket_duties(library.duties(clause.document), clause.id)
        groups = [d for d in duties if library.register.knows_group(d.party)]
        head = f"{clause.label}（{clause.title}）的责任括号点名了**{_count(single)}个**单位"
        lines.append(f"{head}{_by_role(single)}。{book.cite(clause)}")
        if groups:
            lines.append(f"另有{_count(groups)}个没有名单的集合表述或一类单位：{parties(groups)}。")
        lines.append(bracket_quote(library, clause.id))
    lines.append(status_notes(library, [clauses[0].document]))
    return Draft("\n\n".join(line for line in lines if line))


def _count(duties: Sequence[Duty]) -> int:
    return len({duty.words for duty in duties})


def _by_role(duties: Sequence[Duty]) -> str:
    """``：牵头组织开展1个，甲；分工负责2个，乙、丙``; the number is left out where all have one role."""
    roles = dict.fromkeys(duty.role for duty in duties)
    here = {role: [d for d in duties if d.role is role] for role in roles}
    if len(roles) == 1:
        return "".join(f"，都是{role.value}：{parties(of)}" for role, of in here.items())
    said = "；".join(f"{role.value}{_count(of)}个，{parties(of)}" for role, of in here.items())
    return f"：{said}" if said else ""

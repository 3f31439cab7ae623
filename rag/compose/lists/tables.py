"""Comparing organisations or items, and counting one organisation's items, over the duty table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from index.dutytable import Reach
from index.model import Clause, Tier
from rag.citations import CitationBook
from rag.compose.draft import Draft, deadline_words, duty_row, numbers, quoted, status_notes
from rag.compose.lists.county import counterpart_section, read_as
from rag.compose.lists.filters import nothing
from rag.compose.lists.mentions import blanked
from rag.compose.lists.narrow import Narrowing, passing
from rag.compose.lists.words import TIER_NAMES, unique
from rag.compose.roles import bracket_duties, role_lines
from rag.library import Library
from rag.understand.ask import Party
from rag.understand.reading import Reading

_MORE = re.compile(
    r"(?:谁|哪个|哪家|哪边)[^，。？?]{0,8}(?:多|少)|[多少]几项|[多少](?:了|出)?多少|比[^，。]{0,10}[多少]"
)
_NOT = r"(?<!有)(?:没有?|不用|不需要?|无需|未)(?!错)"
_FIRST_ONLY = re.compile(rf"＿[^＿]{{0,14}}{_NOT}[^＿]{{0,4}}＿|＿[^＿]{{0,14}}＿[^＿]{{0,6}}{_NOT}")
_SECOND_ONLY = re.compile(rf"＿[^＿，、但而]{{0,4}}{_NOT}[^＿]{{0,8}}＿[^＿]{{0,6}}(?:有|要|被|落实|负责)")

_FEW = 8
"""Items that are counted are told with their titles up to that many."""


def compare_parties(library: Library, book: CitationBook, reading: Reading) -> Draft:
    """What two or more organisations share and what each has alone, by items that name them."""
    names = _names(reading.parties)
    sets = {name: items_of(library, name, (Tier.NAMED,)) for name in names}
    weaker = {name: items_of(library, name, (Tier.BODY, Tier.MEMBER)) for name in names}
    lines = [line for party in reading.parties for line in read_as(party)]
    lines += _asked_first(library, book, reading, sets)
    lines += _common(library, book, sets)
    for name in names:
        lines += _alone(library, book, name, sets, weaker)
    lines.append("“有关部门”等没有名单的集合表述不计入比较。")
    lines.append(status_notes(library, [library.plan.id]))
    return Draft("\n\n".join(lines))


def asks_difference(reading: Reading) -> bool:
    """Whether it is asked which of the parties has more, or what one has and the other has not."""
    text = blanked(reading)
    only = len(reading.parties) == 2 and (_FIRST_ONLY.search(text) or _SECOND_ONLY.search(text))
    return len(_names(reading.parties)) > 1 and bool(_MORE.search(text) or only)


def asks_how_many(reading: Reading) -> bool:
    """Whether the number of items that name a party is asked for, in whatever form."""
    counted = re.search(r"点名[^，。]{0,4}(?<!哪)(?:几|多少)(?:项|次|回|处)", reading.text)
    return bool(counted) and not reading.references


def _names(asked: Iterable[Party]) -> list[str]:
    """Two bureaus of one county stand for the same government; then their municipal bureaus are compared."""
    asked = list(asked)
    names = unique(party.name for party in asked)
    return names if len(names) > 1 else unique(party.counterpart or party.name for party in asked)


def _asked_first(library: Library, book: CitationBook, reading: Reading, sets: dict[str, list[str]]) -> list[str]:
    """The line that answers 谁多 or 只有甲有、乙没有 before the whole comparison."""
    lines, text, names = [], blanked(reading), list(sets)
    if _MORE.search(text):
        most, least = max(sets, key=lambda n: len(sets[n])), min(sets, key=lambda n: len(sets[n]))
        more = len(sets[most]) - len(sets[least])
        counts = "，".join(f"{name}{len(sets[name])}项" for name in names)
        lines.append(f"被点名：{counts}；**{f'{most}比{least}多{more}项' if more else '一样多'}**。")
    if len(names) == 2 and (_SECOND_ONLY.search(text) or _FIRST_ONLY.search(text)):
        has, lacks = names[::-1] if _SECOND_ONLY.search(text) else names
        only = [c for c in sets[has] if c not in sets[lacks]]
        lines.append(
            f"{has}有、{lacks}没有的**{len(only)}项**：{item_list(library, book, only)}。"
            if only
            else f"**没有**{has}被点名而{lacks}没有被点名的项。"
        )
        lines += [bracket_quote(library, c) for c in only[:4]]
    return lines


def _common(library: Library, book: CitationBook, sets: dict[str, list[str]]) -> list[str]:
    names = list(sets)
    who = "、".join(names)
    common = [c for c in sets[names[0]] if all(c in s for s in sets.values())]
    if not common:
        return [f"**没有**一项同时点名{who}。"]
    lines = [f"{who}**都被点名的有{len(common)}项**：{item_list(library, book, common)}。"]
    if len(common) > 12:
        return lines
    roles = [{name: _role(library, name, c) for name in names} for c in common]
    if any(len(set(role.values())) > 1 for role in roles):
        differing = [(c, role) for c, role in zip(common, roles, strict=True) if len(set(role.values())) > 1]
        lines.append(
            "角色不同的："
            + "；".join(f"第{c}项" + "，".join(f"{n}{r}" for n, r in role.items()) for c, role in differing)
            + "。"
        )
    else:
        lines.append(f"它们在这些项里的角色相同：{'、'.join(unique(r for role in roles for r in role.values()))}。")
    return [*lines, *(bracket_quote(library, c) for c in common[:3])]


def _role(library: Library, name: str, item: str) -> str:
    return "、".join(
        unique(r.duty.role.value for r in library.reaches(name) if r.clause == item and r.tier is Tier.NAMED)
    )


def _alone(
    library: Library, book: CitationBook, name: str, sets: dict[str, list[str]], weaker: dict[str, list[str]]
) -> list[str]:
    others = {c for other, items in sets.items() if other != name for c in items}
    alone = [c for c in sets[name] if c not in others]
    said = f"，其中单独点名（{'另一方' if len(sets) == 2 else '其他各方'}没有）的有{len(alone)}项"
    lines = [
        f"{name}被点名共{len(sets[name])}项"
        + (f"{said}：{item_list(library, book, alone)}。" if alone else "，没有单独点名的。" if sets[name] else "。")
    ]
    more = [c for c in weaker[name] if c not in sets[name]]
    if more:
        lines.append(f"{name}另以成员或正文被涉及的有{len(more)}项：{item_list(library, book, more)}。")
    return lines


def compare_items(library: Library, book: CitationBook, clauses: Sequence[Clause]) -> Draft:
    """Items side by side: what their brackets share and do not, roles, deadlines."""
    lines = []
    by_item = {c.id: bracket_duties(library.duties(c.document), c.id) for c in clauses}
    pairs = {id: unique(f"{d.words}（{d.role.value}）" for d in duties) for id, duties in by_item.items()}
    common = [p for p in next(iter(pairs.values())) if all(p in own for own in pairs.values())]
    lines.append(f"责任括号都有的：{'、'.join(common)}。" if common else "责任括号没有相同的单位和角色。")
    apart = {id: [p for p in own if p not in common] for id, own in pairs.items()}
    lines.append("；".join(f"只有第{id}项有：{'、'.join(own)}" for id, own in apart.items() if own) or "责任分工一样")
    lines[-1] += "。"
    for clause in clauses:
        lines.append(f"**{clause.label} {clause.title}**{book.cite(clause)}")
        when = deadline_words(d for duty in by_item[clause.id] for d in duty.deadlines)
        said = [*role_lines(by_item[clause.id]), *([f"时限：{when}"] if when else [])]
        lines.append("\n".join(f"- {line}" for line in said))
        lines.append(bracket_quote(library, clause.id))
    lines.append(status_notes(library, [clauses[0].document]))
    return Draft("\n\n".join(line for line in lines if line))


def count_parties(library: Library, book: CitationBook, asked: Sequence[Party], wanted: Narrowing) -> Draft:
    """How many items each party has (narrowed as asked), and all of them together."""
    lines: list[str] = []
    shown: list[Reach] = []
    for party in asked:
        here = _counted(library, party, wanted)
        lines += [*read_as(party), *_count_lines(library, book, party, wanted, here)]
        shown += here
    if len(asked) > 1:
        every = sorted(unique(r.clause for r in shown), key=[c.id for c in library.items(library.plan.id)].index)
        who = "、".join(party.name for party in asked)
        lines.insert(0, f"{who}{_what(wanted, shown)}的合计**{len(every)}项**（同一项只算一次）：{numbers(every)}。")
    lines.append(status_notes(library, [library.plan.id]))
    return Draft("\n\n".join(lines), tuple(duty_row(reach) for reach in shown))


def _counted(library: Library, party: Party, wanted: Narrowing) -> list[Reach]:
    """Named items where no tier is asked for; where there are none, what the body or a group settles."""
    found = [r for r in passing(library.reaches(party.name), wanted) if r.clause != "notice"]
    if wanted.tiers:
        return found
    named = [r for r in found if r.tier is Tier.NAMED]
    return named or [r for r in found if r.tier is not Tier.POSSIBLE]


def _what(wanted: Narrowing, shown: Sequence[Reach]) -> str:
    return wanted.words or ("被点名" if any(r.tier is Tier.NAMED for r in shown) else "以正文或成员身份被涉及")


def _count_lines(
    library: Library, book: CitationBook, party: Party, wanted: Narrowing, shown: Sequence[Reach]
) -> list[str]:
    items = unique(r.clause for r in shown)
    if not items and wanted:
        return [f"**0项**。{nothing(library, book, party, wanted)}", *counterpart_section(library, book, party, wanted)]
    lines = []
    if not wanted and not any(r.tier is Tier.NAMED for r in shown):
        lines.append(f"责任括号**没有点名{party.name}（0项）**。")
    if items:
        told = item_list(library, book, items, titled=len(items) <= _FEW)
        lines.append(f"{party.name}{_what(wanted, shown)}的共**{len(items)}项**：{told}。")
    rest = [r for r in library.reaches(party.name) if r.clause not in items and r.clause != "notice"]
    for tier in () if wanted else (Tier.BODY, Tier.MEMBER, Tier.POSSIBLE):
        more = unique(r.clause for r in rest if r.tier is tier)
        if more:
            where = item_list(library, book, more) if len(more) < 8 else numbers(more)
            lines.append(f"另有{TIER_NAMES[tier]}{len(more)}项：{where}。")
    return [*lines, *counterpart_section(library, book, party, wanted)]


def items_of(library: Library, name: str, tiers: Sequence[Tier]) -> list[str]:
    return unique(r.clause for r in library.reaches(name) if r.tier in tiers and r.clause != "notice")


def item_list(library: Library, book: CitationBook, items: Iterable[str], *, titled: bool = False) -> str:
    """``第20项[1]、第29项[2]``; ``titled`` puts each one's title after its number."""
    clauses = [library.clauses(library.plan.id)[item] for item in items]
    return "、".join(f"{c.label}{f'（{c.title}）' if titled else ''}{book.cite(c)}" for c in clauses)


def bracket_quote(library: Library, item: str) -> str:
    """The item's responsibility bracket as a block quotation; empty where it has none."""
    clause = library.clauses(library.plan.id).get(f"{item}/b")
    return quoted(library, clause) if clause else ""

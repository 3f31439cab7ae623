"""Items by what their brackets have or lack: words, roles, parties, a leader."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.clean import fold
from index.model import Clause, Role, Tier
from rag.citations import CitationBook
from rag.compose.draft import Draft, plain, status_notes
from rag.compose.lists.mentions import blanked
from rag.compose.lists.tables import asks_difference, bracket_quote, item_list
from rag.compose.lists.words import in_quotes, unique
from rag.compose.plan.lines import item_line, joined
from rag.compose.roles import bracket_duties
from rag.library import Library
from rag.understand.reading import Reading

_BRACKET = re.compile(r"括号|责任(?:单位|栏|部门)")
_LITERAL = re.compile(r"[“「『\"](?P<said>[^”」』\"]{2,20})[”」』\"]")
_LISTED = re.compile(
    r"哪[些几]|什么(?:事|任务|工作)|(?:要|需要?|得)?(?:做|完成|办|干|开展|报)的|列|是什么|有啥|几项|多少项"
)
_ITEMS = re.compile(r"(?:哪些|哪几|哪|几|多少)个?(?:项|事项|任务|工作|条)|(?:事项|项|任务)(?:有|是)?(?:哪些|哪几)")
_NOT_BEFORE = re.compile(r"(?:没有?|未|无需|不(?:用|要|需要?|必|归|由|包括|涉及))[^＿，。]{0,8}＿")
_NOT_AFTER = re.compile(r"＿[^＿，。]{0,4}(?:没有?|未|无需|不(?:用|要|需要?|必))(?!错|问题)")
_NO_LEADER = re.compile(r"(?:没有?|无|未)(?:写|明确|规定|安排|指定|设)?(?:谁|单位|部门)?的?(?:牵头)")


def bracketed(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """The items whose bracket has words that the question quotes: 括号写着“市安委会组织”的有哪些条."""
    found = _LITERAL.search(reading.text)
    if not found or not (_BRACKET.search(reading.text) and _ITEMS.search(reading.text)):
        return None
    said = fold(found["said"])
    clauses = library.clauses(library.plan.id)
    brackets = [
        c.id for c in library.items(library.plan.id) if (b := clauses.get(f"{c.id}/b")) and said in fold(b.text)
    ]
    head = f"责任括号写有“{plain(found['said'])}”的共**{len(brackets)}项**"
    listed = f"：{item_list(library, book, brackets)}。" if brackets else "。"
    return Draft(joined(head + listed, status_notes(library, [library.plan.id])))


def lacking(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """Items without a leader, or without certain parties."""
    text, items = blanked(reading), library.items(library.plan.id)
    if not _LISTED.search(reading.text):
        return None
    if _NO_LEADER.search(text) and not reading.parties:
        led = {d.clause for d in library.duties(library.plan.id) if d.role in (Role.LEAD, Role.LEAD_AND_ORGANISE)}
        return _list_of(library, book, "责任括号没有写“牵头”", [c for c in items if c.id not in led], quote=False)
    if not _lacks_party(reading, text):
        return None
    names = unique(party.name for party in reading.parties)
    roles = (Role.CARRY_OUT,) if "落实" in text else tuple(reading.wording.roles)
    with_it = {
        d.clause
        for d in library.duties(library.plan.id)
        if d.tier is Tier.NAMED and d.party in names and (not roles or d.role in roles)
    }
    missing = [c for c in items if c.id not in with_it]
    what = f"责任括号没有写{'、'.join(map(in_quotes, names))}{'落实' if roles == (Role.CARRY_OUT,) else ''}"
    return _list_of(library, book, what, missing, quote=True, note=_members_there(library, names, missing))


def _lacks_party(reading: Reading, text: str) -> bool:
    if not reading.parties or asks_difference(reading) or re.search(r"可能|待确认|吗[？?]?$", text):
        return False
    after = _NOT_AFTER.search(text) and (all(p.is_group for p in reading.parties) or reading.wording.roles)
    return bool(_NOT_BEFORE.search(text) or after)


def _members_there(library: Library, names: Sequence[str], items: Sequence[Clause]) -> str:
    """第14项只点名了其中的丰城市政府: members of a group where the group itself does not stand."""
    said = []
    for name in names:
        group = library.register.group_by_name.get(name)
        for item in items if group else ():
            named = unique(
                d.party
                for d in bracket_duties(library.duties(item.document), item.id)
                if group and d.party in group.members
            )
            said += [f"{item.label}点名了其中的{'、'.join(named)}。"] if named else []
    return "".join(said)


def _list_of(
    library: Library, book: CitationBook, what: str, items: Sequence[Clause], *, quote: bool, note: str = ""
) -> Draft:
    lines = [f"{what}的共**{len(items)}项**：{item_list(library, book, [c.id for c in items])}。"] if items else []
    lines = lines or [f"没有{what}的项：每一项都写了。"]
    lines.append(note)
    for item in items[:8] if quote and len(items) <= 8 else ():
        lines += [f"**{item.label} {item.title}**{book.cite(item)}", bracket_quote(library, item.id)]
    if not quote or len(items) > 8:
        lines.append("\n".join(item_line(library, book, c) for c in items))
    return Draft(joined(*lines, status_notes(library, [library.plan.id])))

"""Lists with something left out: 除第20项外还有哪些, 除了消防以外的, 不牵头的有哪些."""

from __future__ import annotations

import re

from index.model import Role
from rag.compose.draft import plain
from rag.compose.lists.mentions import items_saying, subjects
from rag.compose.lists.narrow import Narrowing
from rag.library import Library
from rag.understand.reading import Reading

_EXCEPT = re.compile(
    r"(?:除(?:了|开|去)?|撇开|不算|不包括|不含|排除)(?P<what>[^，。？?]{1,24}?)"
    r"(?:以外|之外|(?<!其)外|，|的话|(?=还|其他|其它|别的|剩))(?=[^。？?]{0,16}(?:还|其他|其它|别的|剩|哪|什么|啥|任务|事))"
)
_ITEM_EXCEPT = re.compile(
    r"(?P<what>第[0-9]+项)(?:除(?:了|外|开)?|以外|之外|(?=还有(?:没有)?(?:别的|其他|哪些|哪几)))，?(?=[^。？?]{0,16}(?:还|其他|其它|别的|剩))"
)
"""The same after a pointing word was resolved: 除了这项 → 第29项除了."""
_NOT = re.compile(
    r"(?<!是)(?<!要)不(?:是|用|需要?|由[^，。？?]{0,8})?(?P<role>牵头|分工负责|督促|落实|组织|参与|负责)"
    r"(?:的|而)?[^，。？?]{0,8}(?:哪|什么|啥|任务|事|项)"
)
_ROLES = {
    "牵头": (Role.LEAD, Role.LEAD_AND_ORGANISE),
    "负责": (Role.LEAD, Role.LEAD_AND_ORGANISE, Role.SHARE),
    "分工负责": (Role.SHARE,),
    "督促": (Role.SUPERVISE,),
    "落实": (Role.CARRY_OUT,),
    "组织": (Role.ORGANISE, Role.LEAD_AND_ORGANISE),
    "参与": (Role.TAKE_PART,),
}


def complement(library: Library, reading: Reading) -> Narrowing | None:
    """What the question leaves out of a party's list; ``None`` where it leaves out nothing that can be told."""
    items: list[str] = []
    words: list[str] = []
    roles: tuple[Role, ...] = ()
    denied = _NOT.search(reading.text)
    if denied:
        roles = _ROLES[denied["role"]]
        words.append(f"不{denied['role']}")
    excepted = _EXCEPT.search(reading.text) or _ITEM_EXCEPT.search(reading.text)
    if excepted:
        what = excepted["what"].strip('的“”"')
        found = _items(library, reading, what)
        named = [name for name in sorted(_ROLES, key=len, reverse=True) if name in what.replace("分工负责", "分工")]
        named = ["分工负责", *named] if "分工负责" in what else named
        if found:
            items, words = found, [*words, f"除{plain(what)}以外"]
        elif named:
            roles = (*roles, *(role for name in named for role in _ROLES[name]))
            words += [f"不{name}" for name in named]
    return Narrowing(without=tuple(items), without_roles=roles, without_words="、".join(words)) if words else None


def _items(library: Library, reading: Reading, what: str) -> list[str]:
    """The items that ``what`` points at: by their numbers, else by their words."""
    numbered = [r.number for r in reading.references if r.kind == "item" and r.words in what]
    if numbered:
        return numbered
    if any(party.words in what for party in reading.parties):
        return []
    about = subjects(library, reading)[0]
    said = next((one for one in about if one in what), what.removesuffix("工作").removesuffix("任务"))
    return [clause.id for clause in items_saying(library, said)] if len(said) > 1 else []

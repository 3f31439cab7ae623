"""Answers about organisations themselves, from the register: what a group means, old names, who hosts whom."""

from __future__ import annotations

import re

from rag.citations import CitationBook
from rag.compose.draft import Draft, quoted, source_words, status_notes
from rag.library import Library
from rag.understand.ask import Party
from rag.understand.reading import Reading

_WHO_ARE = re.compile(
    r"(?:是|指|有|包括|包含)(?:的)?(?:哪|那|几|什么|谁|啥)|什么(?:是|叫)|分别是|哪(?:几|些|三|十)个?$|怎么理解|含义|意思"
)
_SAME = re.compile(
    r"一回事|(?:同|是)?(?:不是)?(?:同)?一个(?:单位|部门|局|机构)|改名|更名|现在叫|前身|以前叫|原来叫|合并"
)
_HOST = re.compile(r"设在|挂靠|(?:日常|具体)工作(?:由|是)?谁|办公室在(?:哪|谁|什么)|谁(?:承担|负责)日常|归哪个局")


def compose_register(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """``None`` where the question is not about what an organisation or a group is."""
    text = reading.text
    former = next((p for p in reading.parties if p.former), None)
    if _SAME.search(text) and (former or reading.parties):
        return _same(library, reading, former)
    if _HOST.search(text) and reading.parties:
        return _host(library, reading.parties[0])
    group = next((p for p in reading.parties if p.is_group), None)
    asks = _WHO_ARE.search(text) and len(reading.topic) < 2 and not reading.wording.roles
    if group and asks and not any(not p.is_group for p in reading.parties):
        return _group(library, book, group)
    return None


def _group(library: Library, book: CitationBook, party: Party) -> Draft:
    group = library.register.group_by_name[party.name]
    lines = []
    if group.members:
        lines.append(f"“{group.name}”指：**{'、'.join(group.members)}**。")
    if group.open:
        lines.append(f"“{group.name}”{'的其他成员' if group.members else '包括哪些单位'}，收录的文件没有列出名单。")
    lines.append(f"依据：{source_words(group.source)}。")
    lines += _address(library, book, party.name)
    return Draft("\n\n".join([*lines, status_notes(library, [library.plan.id])]))


def _address(library: Library, book: CitationBook, name: str) -> list[str]:
    """The notice's address line where it carries the group."""
    notice = library.clauses(library.plan.id).get("notice")
    if notice is None or "通知主送" not in library.register.group_by_name[name].source:
        return []
    line = notice.text.split("\n")[0]
    return [f"通知主送{book.cite(notice)}：", quoted(library, notice, line)]


def _same(library: Library, reading: Reading, former: Party | None) -> Draft:
    if former and former.former:
        old = former.former
        return Draft(
            f"“{old.predecessor}”与“{old.successor}”：{old.relation}（依据：{source_words(old.source)}）。"
            f"查询时“{old.predecessor}”按“{old.successor}”处理。"
        )
    names = dict.fromkeys(p.name for p in reading.parties)
    lines = [f"“{p.words}”在组织名录中登记为“{p.name}”。" for p in reading.parties]
    lines += [
        f"“{old.predecessor}”与“{old.successor}”：{old.relation}（依据：{source_words(old.source)}）。"
        for name in names
        for old in library.register.former_names(name)
    ]
    if len(names) == 1:
        return Draft("\n\n".join(["是同一个单位。", *lines]))
    return Draft("\n\n".join(["名录中是不同的单位。", *lines]))


def _host(library: Library, party: Party) -> Draft:
    hosts = [*library.register.host_of(party.name), *library.register.hosted_by(party.name)]
    if hosts:
        return Draft("\n\n".join(f"{h.body}设在{h.host}（依据：{source_words(h.source)}）。" for h in hosts))
    return Draft(f"收录的文件和组织名录没有写明{party.name}设在哪里。")

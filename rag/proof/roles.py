"""Statements of role (市住建局牵头第20项) held against the duty table.

Only what is said plainly is checked: an organisation, a role word right behind it, and the items of a plan in the same
sentence; or cells of one table row that hold nothing but these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.dutytable import Reach
from index.model import Role, Span, Tier
from index.organisations import Mention
from rag.library import Library
from rag.proof.judge import Judged
from rag.proof.model import Draft, Finding, Grade, Paragraph, Subject, Verdict
from rag.proof.tokens import sentences

_WORDS = {
    "牵头组织开展": (Role.LEAD_AND_ORGANISE,),
    "牵头负责": (Role.LEAD, Role.LEAD_AND_ORGANISE),
    "牵头": (Role.LEAD, Role.LEAD_AND_ORGANISE),
    "组织": (Role.ORGANISE, Role.LEAD_AND_ORGANISE),
    "分工负责": (Role.SHARE,),
    "督促": (Role.SUPERVISE,),
    "落实": (Role.CARRY_OUT,),
}
_ROLE = "|".join(_WORDS)
_SAID = re.compile(
    rf"(?:等?(?:有关)?(?:部门|单位)?(?:共同)?)(?P<role>{_ROLE})(?=[，,。；;、：:）)|\s]|$|第|《|该|要点|工作要点)"
)
_JOINS = re.compile(r"[、，,和与及]")
_CELL = re.compile(r"[^|]+")


@dataclass(frozen=True, slots=True)
class _Said:
    """``party`` (canonical) is said to have the role ``words``; ``span`` covers both in the draft."""

    party: str
    words: str
    span: Span


def judge_roles(draft: Draft, judged: Sequence[Judged], library: Library) -> list[Finding]:
    """A finding for each organisation whose role in an item the draft states."""
    read = sentences(draft)
    by_sentence: dict[int, list[Judged]] = {}
    by_group: dict[int, list[Judged]] = {}
    for one in judged:
        if one.held is not None and one.held.document.id == library.plan.id and len(one.clauses) == 1:
            by_sentence.setdefault(one.cited.sentence, []).append(one)
            by_group.setdefault(draft.paragraphs[one.cited.paragraph].group, []).append(one)
    rows: dict[int, list[Paragraph]] = {}
    for paragraph in draft.paragraphs:
        rows.setdefault(paragraph.group, []).append(paragraph)
    stated = [(_in_sentence(draft, read[number], library), items) for number, items in by_sentence.items()]
    stated += [(_in_row(draft, rows[group], library), items) for group, items in by_group.items()]
    return [
        _finding(said, one, draft, library)
        for all_said, items in stated
        if len({one.cited.chain for one in items}) == 1
        for said in all_said
        for one in items
    ]


def _in_sentence(draft: Draft, sentence: Span, library: Library) -> Iterator[_Said]:
    """市住建局、市公安局分工负责: each of the list has the role that stands behind it."""
    text = sentence.of(draft.text)
    waiting: list[Mention] = []
    for mention in library.register.find(text):
        if waiting and not _JOINS.fullmatch(text[waiting[-1].span.end : mention.span.start]):
            waiting = []
        waiting.append(mention)
        role = _SAID.match(text, mention.span.end)
        if role is None:
            continue
        for one in waiting:
            start = sentence.start + one.span.start
            yield _Said(one.name, role["role"], Span(start, sentence.start + role.end("role")))
        waiting = []


def _in_row(draft: Draft, row: Sequence[Paragraph], library: Library) -> Iterator[_Said]:
    """Cells that are an organisation and a role word and nothing else, if the row has one role word."""
    parties: list[tuple[str, Span]] = []
    roles: list[tuple[str, Span]] = []
    for paragraph in row:
        for cell in _CELL.finditer(paragraph.span.of(draft.text)):
            words = cell.group().strip()
            start = paragraph.span.start + cell.start() + cell.group().find(words)
            span = Span(start, start + len(words))
            if words in _WORDS:
                roles.append((words, span))
            elif name := library.register.canonical(words) if words else None:
                parties.append((name, span))
    if len(roles) == 1:
        for name, span in parties:
            yield _Said(name, roles[0][0], span)


def _finding(said: _Said, one: Judged, draft: Draft, library: Library) -> Finding:
    clause = one.clauses[0]
    reached = [reach for reach in library.reaches(said.party) if reach.clause == clause.top]
    verdict, grade, told, remedy = _ruling(said, one, reached)
    return Finding(
        Subject.ROLE, verdict, grade, said.span, said.span.of(draft.text), draft.place(said.span.start), told, remedy,
        document=one.finding.document, title=one.finding.title, clauses=(clause.top,), label=clause.label,
    )  # fmt: skip


def _ruling(said: _Said, one: Judged, reached: Sequence[Reach]) -> tuple[Verdict, Grade, str, str]:
    label = one.clauses[0].label
    sure = [reach for reach in reached if reach.tier is not Tier.POSSIBLE]
    held = "、".join(dict.fromkeys(reach.duty.role.value for reach in sure))
    if any(reach.duty.role in _WORDS[said.words] for reach in sure):
        return Verdict.ROLE_RIGHT, Grade.RIGHT, f"{said.party}在{label}的角色是{held}，相符。", ""
    if sure:
        told = f"{said.party}在{label}的角色是{held}，不是{said.words}。"
        return Verdict.ROLE_WRONG, Grade.WRONG, told, f"请改为{held}。"
    if reached:
        words = "、".join(dict.fromkeys(f"“{reach.via}”" for reach in reached))
        told = f"{label}没有点名{said.party}，是否属于{words}待确认。"
        return Verdict.UNCLEAR, Grade.UNCHECKED, told, "请向市安委会办公室确认。"
    return Verdict.ROLE_WRONG, Grade.WRONG, f"{label}没有给{said.party}安排任务。", "请核对事项编号和单位。"

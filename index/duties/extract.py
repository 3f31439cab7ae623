"""One plan's duties: brackets and bodies of all items, with the deadlines that belong to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.duties.body import BodyTask, body_tasks
from index.duties.bracket import Party, illegible, parse_bracket, without_nested
from index.duties.deadlines import find_deadlines
from index.model import Clause, Deadline, DeadlineKind, Document, Duty, Kind, Problem, Role, Span, Tier
from index.organisations import Register
from index.parse.workplan import closing_bracket

NO_BRACKET = "no_bracket"
UNREADABLE = "unreadable_bracket"

_Task = tuple[BodyTask, tuple[Deadline, ...]]


def extract_duties(
    document: Document, clauses: Sequence[Clause], register: Register
) -> tuple[tuple[Duty, ...], tuple[Problem, ...]]:
    """All duties in reading order, and every item whose bracket is missing or not wholly readable."""
    duties: list[Duty] = []
    problems: list[Problem] = []
    year = int(document.published[:4]) if document.published else None
    sentences = _sentences(clauses)
    for clause in clauses:
        if clause.kind not in (Kind.ITEM, Kind.NOTICE):
            continue
        tasks = [
            (task, _task_deadlines(document, clause, task, year))
            for task in body_tasks(document.text, sentences.get(clause.id, ()), register)
        ]
        if clause.kind is Kind.ITEM:
            found, wrong = _bracket_duties(document, clause, register, tasks, year)
            duties += found
            problems += wrong
        for task, deadlines in tasks:
            duties += _body_duties(document, clause, task, deadlines)
    return tuple(duties), tuple(problems)


def _sentences(clauses: Sequence[Clause]) -> dict[str, tuple[Span, ...]]:
    """Sentences by the clause they belong to, but for the notice's line of addressees, which tells nobody anything."""
    spans: dict[str, tuple[Span, ...]] = {}
    for clause in clauses:
        address = clause.parent == "notice" and clause.text.endswith((":", "："))
        if clause.kind is Kind.SENTENCE and clause.parent and not address:
            spans[clause.parent] = (*spans.get(clause.parent, ()), clause.span)
    return spans


def _bracket_duties(
    document: Document, item: Clause, register: Register, tasks: list[_Task], year: int | None
) -> tuple[list[Duty], list[Problem]]:
    span = closing_bracket(item)
    if span is None:
        return [], [Problem(document.id, item.id, NO_BRACKET, item.text[-40:], item.span)]
    bracket = parse_bracket(document.text, span, register)
    if not bracket.parties:
        reason = UNREADABLE if _meant_as_bracket(span.of(document.text), register) else NO_BRACKET
        return [], [Problem(document.id, item.id, reason, span.of(document.text), span)]
    body = Span(item.span.start, span.start)
    deadlines = find_deadlines(document.text, body, year)
    duties = [
        _bracket_duty(document, item, party, name, body, _own(name, deadlines, tasks, register))
        for party in bracket.parties
        for name in _canonical(party.words, register)
    ]
    return duties, [Problem(document.id, item.id, UNREADABLE, u.text, u.span) for u in bracket.unreadable]


def _meant_as_bracket(text: str, register: Register) -> bool:
    """Whether a closing bracket gives responsibilities, or merely explains (不含军工单位内部锅炉)."""
    words = ("牵头", "负责", "落实", "责任", "配合", "督促", "督办", "组织")
    return illegible(text) or any(word in text for word in words) or bool(register.find(text))


def _canonical(words: str, register: Register) -> list[str]:
    """Canonical names: one, or two where a nested bracket names another organisation (市住建局（市人防办）).

    Words of which the register knows nothing stay as they are, nested bracket included.
    """
    plain = without_nested(words)
    if plain == words or register.canonical(words):
        return [register.canonical(words) or words]
    outer = register.canonical(plain)
    inner = register.canonical(words[len(plain) + 1 : -1])
    return list(dict.fromkeys([outer or (plain if inner else words), *([inner] if inner else [])]))


def _bracket_duty(
    document: Document, item: Clause, party: Party, name: str, body: Span, deadlines: tuple[Deadline, ...]
) -> Duty:
    return Duty(
        document.id, item.id, name, party.words, party.role, party.role_words, Tier.NAMED,
        party.span, party.role_span, body, deadlines,
    )  # fmt: skip


def _own(name: str, deadlines: tuple[Deadline, ...], tasks: list[_Task], register: Register) -> tuple[Deadline, ...]:
    """The item's deadlines that its text gives to nobody in particular, and those of subjects that cover ``name``."""
    common = [d for d in deadlines if not any(d.span in task.action for task, _ in tasks)]
    own = [d for task, its in tasks if any(register.covers(s.name, name) for s in task.subjects) for d in its]
    return tuple(sorted(dict.fromkeys([*common, *own]), key=lambda d: d.span.start))


def _body_duties(document: Document, clause: Clause, task: BodyTask, deadlines: tuple[Deadline, ...]) -> list[Duty]:
    predicate = Span(task.subjects[-1].span.end, task.action.end)
    one = Duty(
        document.id, clause.id, "", "", Role.CARRY_OUT, predicate.of(document.text), Tier.BODY,
        predicate, predicate, task.action, deadlines,
    )  # fmt: skip
    return [replace(one, party=s.name, words=s.words, span=s.span) for s in task.subjects]


def _task_deadlines(document: Document, clause: Clause, task: BodyTask, year: int | None) -> tuple[Deadline, ...]:
    """``每季度至少公布3个案例,其他有关部门不少于1个``: a bare quantity takes the recurrence of the part before it."""
    own = find_deadlines(document.text, task.action, year)
    has_quantity = any(d.kind is DeadlineKind.QUANTITY for d in own)
    if not has_quantity or any(d.rrule for d in own):
        return own
    sentence_start = document.text.rfind("。", clause.span.start, task.action.start) + 1
    before = find_deadlines(document.text, Span(max(sentence_start, clause.span.start), task.action.start), year)
    inherited = [d for d in before if d.rrule]
    return (*inherited[-1:], *own)

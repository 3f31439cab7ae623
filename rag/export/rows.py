"""The year's list as rows: the duty table of one organisation with everything a file needs beside each duty."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from index.dutytable import Reach, completeness
from index.errors import QuestionError
from index.model import Clause, Deadline, DeadlineKind, Kind, Role, Tier
from rag.compose.draft import CONFIRM_WITH, deadline_words
from rag.compose.lists.duties import statement
from rag.compose.lists.sections import role_words
from rag.compose.lists.words import TIER_NAMES, in_quotes
from rag.export.notes import list_notes
from rag.library import IN_FORCE, TRANSCRIBED, Library
from rag.model import DutyRow

_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_MOST_NAME = 80


class ListKind(StrEnum):
    """Whose list: an organisation's out of the plan, or a leader's out of the regulation on leaders."""

    ORGANISATION = "organisation"
    LEADER = "leader"


class SortBy(StrEnum):
    """``PAPER``: as the documents have it. ``ROLE``: those who lead first. ``DUE``: earliest date first, none last."""

    PAPER = "paper"
    TIER = "tier"
    ROLE = "role"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Source:
    """A document a list is made of. ``published`` and ``expires`` are ISO dates or ``""``."""

    id: str
    title: str
    number: str | None
    issuer: str
    published: str
    expires: str
    status: str

    @property
    def reference(self) -> str:
        """``《宜春市2023年安全生产工作要点》（宜市安字〔2023〕2号）``."""
        return f"《{self.title}》" + (f"（{self.number}）" if self.number else "")


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """One article behind an item. ``remark`` is empty for law in force then and now, ``why`` says what it carries."""

    document: str
    clause: str
    title: str
    label: str
    remark: str
    why: str

    def __str__(self) -> str:
        return f"《{self.title}》{self.label}" + (f"（{self.remark}）" if self.remark else "")


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One duty of the duty table, or one duty of a leader.

    ``item`` is the clause id (``20``, ``notice``; ``5.1(2)`` for a leader), ``label`` how officials write it, ``path``
    the headings above it. ``task`` is the paper's text, ``bracket`` the item's responsibility bracket, verbatim or
    ``""``. ``role`` is the normalised role, ``role_words`` the words of the paper, ``role_shown`` what a reader sees;
    ``words`` is the party as written. A leader's row has no role and no tier. ``verified`` is false for transcribed
    text nobody has compared with an official copy.
    """

    document: str
    item: str
    label: str
    title: str
    path: tuple[str, ...]
    task: str
    reference: str
    status: str
    party: str
    words: str = ""
    role: str = ""
    role_words: str = ""
    role_shown: str = ""
    tier: Tier | None = None
    via: str | None = None
    deadlines: tuple[Deadline, ...] = ()
    basis: tuple[LegalBasis, ...] = ()
    bracket: str = ""
    note: str = ""
    verified: bool = True

    @property
    def duty(self) -> DutyRow:
        """The row as an answer's ``duties`` hold it."""
        tier = self.tier.value if self.tier else ""
        return DutyRow(self.document, self.item, self.party, self.role, tier, self.via, self.deadlines)

    @property
    def dates(self) -> tuple[date, ...]:
        """The fixed dates, earliest first."""
        return tuple(sorted({date.fromisoformat(d.due) for d in self.deadlines if d.due}))

    @property
    def tier_name(self) -> str:
        return TIER_NAMES[self.tier] if self.tier else ""

    @property
    def when(self) -> str:
        """All time limits in words: ``3月底前（2023-03-31）、每月``."""
        return deadline_words(self.deadlines)


@dataclass(frozen=True, slots=True)
class TaskList:
    """A list to show or to file. ``total`` counts the rows before any were filtered out, ``made`` is the day it was."""

    kind: ListKind
    title: str
    organisation: str
    documents: tuple[Source, ...]
    rows: tuple[TaskRow, ...]
    statement: str
    notes: tuple[str, ...]
    made: date
    total: int

    @property
    def until(self) -> date:
        """The last day the list is for: the plan's expiry, else the end of the year it was issued in."""
        source = self.documents[0]
        last = source.expires or f"{(source.published or self.made.isoformat())[:4]}-12-31"
        return date.fromisoformat(last)


def task_list(library: Library, organisation_name: str) -> TaskList:
    """The whole list of an organisation or a group, under any name the register knows.

    The rows are those of an answer's ``duties``, in their order. Raises ``QuestionError`` for a name it does not know.
    """
    name = library.register.canonical(organisation_name) or organisation_name
    found = library.reaches(name)
    if not found and name not in library.register.by_name and not library.register.knows_group(name):
        raise QuestionError(f"组织名录里没有“{organisation_name}”。", "请写出部门的名称或常用简称，例如 市住建局。")
    plan = library.plan
    items = [clause.id for clause in library.items(plan.id)]
    rows = tuple(_row(library, reach) for reach in found)
    year = f"{plan.published[:4]}年" if plan.published else ""
    return TaskList(
        ListKind.ORGANISATION, f"{name}{year}安全生产责任清单", name, (source(library, plan.id),), rows,
        statement(completeness(found, items, library.problems(plan.id))), list_notes(library, name, found),
        library.day, len(rows),
    )  # fmt: skip


def source(library: Library, document: str) -> Source:
    found = library.document(document)
    return Source(
        found.id, found.title, found.number, found.issuer, found.published, found.expires, library.status(document)
    )


def _row(library: Library, reach: Reach) -> TaskRow:
    duty = reach.duty
    clause = library.clauses(duty.document)[duty.clause]
    of = source(library, duty.document)
    bracket = next((part.text for part in library.parts(clause) if part.kind is Kind.BRACKET), "")
    task = duty.action.of(library.document(duty.document).text) if duty.tier is Tier.BODY else body(library, clause)
    return TaskRow(
        duty.document, clause.id, clause.label, clause.title, clause.path, _one_line(task), of.reference + clause.label,
        of.status, reach.party, duty.words, duty.role.value, duty.role_words, role_words([reach]), reach.tier,
        reach.via, duty.deadlines, legal_bases(library, clause.id), bracket, _note(reach), clause.verified,
    )  # fmt: skip


def body(library: Library, item: Clause) -> str:
    """What the item asks: its sentences after the opening phrase, which is its title; the title where it is all."""
    sentences = [part for part in library.parts(item) if part.kind is Kind.SENTENCE]
    told = [part for part in sentences if part.text.rstrip("。") != item.title]
    if not told:
        return item.title
    return library.document(item.document).text[told[0].span.start : told[-1].span.end]


def _one_line(text: str) -> str:
    return "".join(line.strip() for line in text.split("\n"))


def _note(reach: Reach) -> str:
    if reach.tier is Tier.POSSIBLE:
        return f"{in_quotes(reach.via or '')}是否包括{reach.party}，请向{CONFIRM_WITH}确认"
    if reach.via is None and reach.duty.words != reach.party:
        return f"原文写作“{reach.duty.words}”"
    return ""


def legal_bases(library: Library, item: str) -> tuple[LegalBasis, ...]:
    """The articles an item rests on (``docs/legal_basis.toml``); none where nothing is recorded or indexed."""
    known = library.bases.get(item)
    found: list[LegalBasis] = []
    for basis in known.bases if known else ():
        clause = library.clause(basis.document, basis.clause) or library.clause(basis.document, basis.article)
        if clause is not None:
            remark = _remark(library.status(basis.document), basis.in_force_2023, clause.verified)
            title = library.infos[clause.document].short_title
            found.append(LegalBasis(clause.document, clause.id, title, clause.label, remark, basis.why))
    return tuple(found)


def _remark(status: str, in_force_then: bool, verified: bool) -> str:
    said = [] if in_force_then else ["2023年尚未施行"]
    said += [status] if status not in (IN_FORCE, TRANSCRIBED) else []
    said += [] if verified else [TRANSCRIBED]
    return "，".join(said)


def basis_words(bases: Iterable[LegalBasis]) -> str:
    """``《安全生产法》第三条第三款、第十条；《矿山安全法》第七条``: title and remark stand once for their articles."""
    together: dict[tuple[str, str], list[str]] = {}
    for basis in bases:
        together.setdefault((basis.title, basis.remark), []).append(basis.label)
    return "；".join(
        f"《{title}》{'、'.join(labels)}" + (f"（{remark}）" if remark else "")
        for (title, remark), labels in together.items()
    )


def filtered(
    rows: Iterable[TaskRow],
    *,
    tiers: Collection[Tier] = (),
    roles: Collection[str] = (),
    dated: bool = False,
    words: str = "",
) -> tuple[TaskRow, ...]:
    """Rows of any of these tiers and roles (none given: all), ``dated`` ones, that say all ``words`` somewhere."""
    wanted = words.split()
    return tuple(
        row
        for row in rows
        if (not tiers or row.tier in tiers)
        and (not roles or row.role in roles)
        and (not dated or any(d.kind in (DeadlineKind.DATE, DeadlineKind.RECURRENCE) for d in row.deadlines))
        and all(word in _searched(row) for word in wanted)
    )


def _searched(row: TaskRow) -> str:
    basis = " ".join(map(str, row.basis))
    return " ".join((row.label, row.title, row.task, row.bracket, row.role_shown, row.tier_name, row.when, basis))


def ordered(rows: Iterable[TaskRow], by: SortBy, *, descending: bool = False) -> tuple[TaskRow, ...]:
    """Rows sorted, ties as in the paper; rows without a date stay last either way."""
    given = list(rows)
    if by is SortBy.PAPER:
        return tuple(reversed(given) if descending else given)
    if by is SortBy.DUE:
        dated = sorted((row for row in given if row.dates), key=lambda row: row.dates[0], reverse=descending)
        return (*dated, *(row for row in given if not row.dates))
    tiers = list(Tier)
    if by is SortBy.TIER:
        return tuple(sorted(given, key=lambda r: tiers.index(r.tier) if r.tier else len(tiers), reverse=descending))
    roles = [role.value for role in Role]
    return tuple(sorted(given, key=lambda r: roles.index(r.role) if r.role else len(roles), reverse=descending))


def narrowed(tasks: TaskList, rows: Iterable[TaskRow]) -> TaskList:
    """``tasks`` with only these rows; where some are missing it says so, lest anybody take it for the whole."""
    kept = tuple(rows)
    if len(kept) == tasks.total:
        return replace(tasks, rows=kept)
    said = f"本表经过筛选，列出全部{tasks.total}行中的{len(kept)}行；上面的统计是全部的。"
    return replace(tasks, rows=kept, notes=(said, *tasks.notes))


def file_name(tasks: TaskList, suffix: str) -> str:
    """``市住建局2023年安全生产责任清单.docx``, without characters that file systems refuse."""
    return f"{safe_name(tasks.title)}{suffix}"


def safe_name(title: str) -> str:
    """``title`` as the stem of a file name, at most 80 characters."""
    return _FORBIDDEN.sub("", title).strip(" .")[:_MOST_NAME] or "安责"

"""The list's dates and rhythms as a calendar (RFC 5545): all-day events with reminders, nothing guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote

from icalendar import Alarm, Calendar, Event, vRecur, vText
from icalendar.enums import TRANSP

from index.errors import QuestionError
from index.model import Deadline, DeadlineKind, Tier
from rag.export.recurrence import rhythm
from rag.export.rows import TaskList, TaskRow
from rag.export.text import printable

_DOMAIN = "anze"
_NINE = timedelta(hours=9)
_DATE_REMINDERS = (7, 1)
_RHYTHM_REMINDERS = (3,)
_SHORT = 24


@dataclass(frozen=True, slots=True)
class Entry:
    """One deadline of one item and every row it stands in. ``rule`` is empty for a single date."""

    uid: str
    day: date
    rule: str
    meant: str
    deadline: Deadline
    rows: tuple[TaskRow, ...]

    @property
    def certain(self) -> bool:
        """Whether a row other than 待确认 carries it."""
        return any(row.tier is not Tier.POSSIBLE for row in self.rows)


def task_ics(tasks: TaskList, now: datetime, web_url: str = "") -> bytes:
    """The calendar file, UTF-8, CRLF, folded. ``now`` (aware) is its time stamp; ``uid``s stay the same every time.

    Raises ``QuestionError`` where the list has neither a date nor a rhythm: a calendar cannot be empty.
    """
    found = entries(tasks)
    if not found:
        raise QuestionError(f"{tasks.title}里没有写明日期或频次的任务，不能做成日历。", "请导出 Word 或 Excel。")
    made = Calendar()
    made.add("prodid", "-//Anze//Task list//ZH")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", vText(printable(tasks.title)))
    made.add("x-wr-caldesc", vText(printable("\n".join(calendar_notes(tasks)))))
    for entry in found:
        made.add_component(_event(tasks, entry, now.astimezone(UTC).replace(microsecond=0), web_url))
    return bytes(made.to_ical())


def entries(tasks: TaskList) -> tuple[Entry, ...]:
    """What goes into the calendar, by day: every fixed date, and every rhythm until the list's last day."""
    held: dict[tuple[str, str, int], tuple[Deadline, list[TaskRow]]] = {}
    for row in tasks.rows:
        for deadline in row.deadlines:
            held.setdefault((row.document, row.item, deadline.span.start), (deadline, []))[1].append(row)
    start = tasks.documents[0].published or f"{tasks.until.year}-01-01"
    found: list[Entry] = []
    seen: dict[str, int] = {}
    for deadline, rows in held.values():
        placed = _placed(deadline, date.fromisoformat(start), tasks.until)
        if placed:
            name = _name(tasks, rows[0], deadline)
            seen[name] = seen.get(name, 0) + 1
            found.append(Entry(_uid(name, seen[name]), *placed, deadline, tuple(rows)))
    return tuple(sorted(found, key=lambda entry: entry.day))


def _placed(deadline: Deadline, start: date, until: date) -> tuple[date, str, str] | None:
    """(day, rule, day in words); ``None`` for what has no place in a calendar."""
    if deadline.kind is DeadlineKind.DATE and deadline.due:
        return date.fromisoformat(deadline.due), "", ""
    if deadline.kind is DeadlineKind.RECURRENCE and deadline.rrule:
        found = rhythm(deadline.rrule, start, until)
        return (found.first, found.rule, found.meant) if found else None
    return None


def calendar_notes(tasks: TaskList) -> tuple[str, ...]:
    """What the calendar cannot show: rhythms without a day, words like 定期, amounts, and the state of the paper."""
    notes = [f"{tasks.title}。{tasks.statement}"]
    if any(entry.rule for entry in entries(tasks)):
        notes.append("文件只写频次、没有写日子的，按每个周期的最后一天列入，请按本单位安排调整。")
    if any(not entry.certain for entry in entries(tasks)):
        notes.append("标题里写“待确认”的，文件只写“有关部门”等，是否包括本单位请先确认。")
    for kind, said in (
        (DeadlineKind.VAGUE, "没有定具体时间、未列入日历的"),
        (DeadlineKind.QUANTITY, "数量要求（不是日期，未列入日历）"),
    ):
        words = _without_day(tasks.rows, kind)
        if words:
            notes.append(f"{said}：{words}。")
    return (*notes, *(note for note in tasks.notes if note.startswith("状态：")))


def _without_day(rows: Iterable[TaskRow], kind: DeadlineKind) -> str:
    """``“定期”第4项、第34项；“常态化”第14项``."""
    where: dict[str, dict[str, None]] = {}
    for row in rows:
        for deadline in row.deadlines:
            if deadline.kind is kind:
                where.setdefault(deadline.text, {})[row.label] = None
    return "；".join(f"“{text}”{'、'.join(labels)}" for text, labels in where.items())


def _event(tasks: TaskList, entry: Entry, stamp: datetime, web_url: str) -> Event:
    row = entry.rows[0]
    what = row.title if row.item != "notice" else "报送工作完成情况"
    short = what if len(what) <= _SHORT else what[: _SHORT - 1] + "…"
    doubt = "" if entry.certain else "【待确认】"
    summary = printable(f"{doubt}{tasks.organisation}：{row.label} {short}（{entry.deadline.text}）")
    event = Event.new(
        uid=entry.uid, stamp=stamp, start=entry.day, end=entry.day + timedelta(days=1), summary=summary,
        description=printable(_description(entry)), categories=["安全生产责任清单"], transparency=TRANSP.TRANSPARENT,
        url=f"{web_url.split('#')[0]}#c={quote(row.document)}/{quote(row.item)}" if web_url else None,
    )  # fmt: skip
    if entry.rule:
        event.add("rrule", vRecur.from_ical(entry.rule))
    for days in _RHYTHM_REMINDERS if entry.rule else _DATE_REMINDERS:
        event.add_component(Alarm.new_display(summary, _NINE - timedelta(days=days)))
    return event


def _description(entry: Entry) -> str:
    row = entry.rows[0]
    lines = [f"任务：{row.task}"]
    lines += [f"角色：{'；'.join(dict.fromkeys(f'{r.role_shown}（{r.tier_name}）' for r in entry.rows))}"]
    lines += [f"时限原文：{entry.deadline.text}"]
    if entry.rule:
        lines.append(f"文件没有写具体日子，这里取{entry.meant}，请按本单位安排调整。")
    if not entry.certain:
        lines.append(f"{row.note}。")
    return "\n".join([*lines, f"出处：{row.reference}（{row.status}）"])


def _name(tasks: TaskList, row: TaskRow, deadline: Deadline) -> str:
    """What makes an event the same in the next export: whose, where, which words, when."""
    return "|".join((tasks.organisation, row.document, row.item, deadline.text, deadline.due or deadline.rrule or ""))


def _uid(name: str, count: int) -> str:
    return f"{sha256(f'{name}|{count}'.encode()).hexdigest()[:32]}@{_DOMAIN}"

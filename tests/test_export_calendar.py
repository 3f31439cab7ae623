"""The calendar: what the paper dates, read strictly by RFC 5545, by icalendar and by dateutil."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from index.errors import QuestionError
from rag.assistant import Assistant
from rag.export.ics import calendar_notes, entries, task_ics
from rag.export.recurrence import rhythm
from rag.export.rows import TaskList, narrowed
from tests.fakes.opened import NOW, ORGANISATIONS, PLAN, Lists, content_lines, days, events, lists_of, recurring

ROOT = Path(__file__).resolve().parent.parent

each_organisation = pytest.mark.parametrize("name", ORGANISATIONS)
EXPECTED = {
    ("第4项", "3月底前"): [(3, 31)],
    ("第4项", "每月"): [(m, d) for m, d in enumerate((28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), 2)],
    ("通知", "2023年6月25"): [(6, 25)],
    ("通知", "12月25日前"): [(12, 25)],
    ("第1项", "至少半年组织1次"): [(6, 30), (12, 31)],
    ("第6项", "季度"): [(3, 31), (6, 30), (9, 30), (12, 31)],
    ("第30项", "季度"): [(3, 31), (6, 30), (9, 30), (12, 31)],
}


def gold(name: str) -> list[dict[str, str]]:
    """A table read out of the paper by hand."""
    with (ROOT / "tests/gold" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="module")
def lists(assistant: Assistant) -> Lists:
    """The list of an organisation, or of a leader."""
    return lists_of(assistant.library)


def test_calendar_has_the_days_of_the_paper(lists: Lists) -> None:
    """丰城市政府: each date once, each rhythm on the last day of every period from issue to the end of 2023."""
    found = {}
    for event in events(task_ics(lists("丰城市政府"), NOW)):
        match = re.fullmatch(r"丰城市政府：(\S+) .*（([^（）]+)）", str(event["summary"]))
        assert match
        found[match.groups()] = days(event)
    assert found == {key: [date(2023, month, day) for month, day in said] for key, said in EXPECTED.items()}


@each_organisation
def test_calendar_holds_every_time_of_the_rows(lists: Lists, name: str) -> None:
    """Every date and rhythm that hand-reading found for the list's items and rows is in, nothing else is."""
    tasks = lists(name)
    known = {(row["clause"], row["text"]) for row in gold("deadlines.tsv") if row["due"] or row["rrule"]}
    of_rows = {(row.item, d.text) for row in tasks.rows for d in row.deadlines}
    assert {(entry.rows[0].item, entry.deadline.text) for entry in entries(tasks)} == known & of_rows
    assert len(events(task_ics(tasks, NOW))) == len(entries(tasks))


@each_organisation
def test_calendar_is_valid(lists: Lists, name: str) -> None:
    """Strictly read: one calendar, required properties once each, all-day events, unique ids, time stamp in UTC."""
    lines = content_lines(task_ics(lists(name), NOW))
    assert lines[0] == ("BEGIN", "VCALENDAR")
    assert lines[-1] == ("END", "VCALENDAR")
    names = [key for key, _ in lines]
    assert names.count("VERSION") == names.count("PRODID") == 1
    count = lines.count(("BEGIN", "VEVENT"))
    uids = [value for key, value in lines if key == "UID"]
    assert len(uids) == len(set(uids)) == count > 0
    assert [value for key, value in lines if key == "DTSTAMP"] == ["20261123T083000Z"] * count
    assert names.count("DTSTART;VALUE=DATE") == names.count("DTEND;VALUE=DATE") == count
    assert all(value.endswith("UNTIL=20231231") or "UNTIL=20231231;" in value for key, value in lines if key == "RRULE")
    assert lines.count(("ACTION", "DISPLAY")) == lines.count(("BEGIN", "VALARM")) >= count


def test_calendar_reminds(lists: Lists) -> None:
    """A date reminds at nine in the morning a week and a day before, a rhythm three days before each time."""
    for event in events(task_ics(lists("丰城市政府"), NOW)):
        start = datetime.combine(event.decoded("dtstart"), datetime.min.time())
        alarms = [start + alarm.decoded("trigger") for alarm in event.walk("VALARM")]
        before = (3,) if "rrule" in event else (7, 1)
        assert alarms == [start.replace(hour=9) - timedelta(days=n) for n in before]
        assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1)


def test_calendar_ids_are_stable(lists: Lists) -> None:
    """Exported again later, from a filtered list too, an event keeps its id; another organisation's has another."""
    tasks = lists("市应急管理局")

    def ids(of: TaskList, moment: datetime) -> set[str]:
        return {str(event["uid"]) for event in events(task_ics(of, moment))}

    once = ids(tasks, NOW)
    assert ids(tasks, NOW + timedelta(days=9)) == once
    assert ids(narrowed(tasks, [row for row in tasks.rows if row.item == "4"]), NOW) < once
    assert not once & ids(lists("丰城市政府"), NOW)


def test_calendar_says_what_is_not_sure(lists: Lists) -> None:
    """What only 有关部门 carry is marked 待确认; a day the paper does not name is said to be taken; sources stand."""
    found = events(task_ics(lists("市住建局"), NOW))
    assert all(str(event["summary"]).startswith("【待确认】") for event in found)
    every = next(event for event in found if "（每月）" in event["summary"])
    assert "文件没有写具体日子，这里取每月最后一天" in every["description"]
    assert f"出处：{PLAN}第4项（年度任务已届满）" in every["description"]
    assert not any("待确认" in event["summary"] for event in events(task_ics(lists("丰城市政府"), NOW)))


def test_vague_words_stay_out_of_the_calendar(lists: Lists) -> None:
    """定期 and 不少于2个 are no events; the calendar's description and the note list them with their items."""
    content = task_ics(lists("丰城市政府"), NOW)
    titles = " ".join(str(event["summary"]) for event in events(content))
    assert not re.search(r"定期|常态化|及时|不少于", titles)
    notes = "\n".join(calendar_notes(lists("丰城市政府")))
    assert "“定期”第28项、第30项、第34项" in notes
    assert "“不少于2个”第34项" in notes
    assert dict(content_lines(content))["X-WR-CALDESC"].replace("\\n", "\n").replace("\\,", ",") == notes


def test_a_list_without_days_makes_no_calendar(lists: Lists) -> None:
    """An empty calendar is not valid; it is said instead."""
    with pytest.raises(QuestionError, match="没有写明日期或频次"):
        task_ics(lists("党委主要负责人"), NOW)


def test_hostile_words_do_not_break_a_calendar(lists: Lists) -> None:
    """Line feeds, commas and control characters in a text end no line and add no property."""
    tasks = lists("丰城市政府")
    row = replace(tasks.rows[0], item="x", title="a\r\nEND:VEVENT\r\nX;,\\\x00", task="b\nBEGIN:VALARM\ud800")
    bad = task_ics(replace(tasks, title="t\r\nX-EVIL:1", rows=(row, *tasks.rows[1:])), NOW)
    assert ("X-EVIL", "1") not in content_lines(bad)
    assert len(events(bad)) == len(entries(tasks))


@pytest.mark.parametrize(
    ("rule", "first", "last", "count"),
    [
        ("FREQ=DAILY", date(2023, 2, 27), date(2023, 12, 31), 308),
        ("FREQ=DAILY;INTERVAL=10", date(2023, 2, 27), date(2023, 12, 24), 31),
        ("FREQ=WEEKLY", date(2023, 3, 3), date(2023, 12, 29), 44),
        ("FREQ=WEEKLY;INTERVAL=2", date(2023, 3, 3), date(2023, 12, 22), 22),
        ("FREQ=MONTHLY", date(2023, 2, 28), date(2023, 12, 31), 11),
        ("FREQ=MONTHLY;INTERVAL=2", date(2023, 2, 28), date(2023, 12, 31), 6),
        ("FREQ=MONTHLY;INTERVAL=3", date(2023, 3, 31), date(2023, 12, 31), 4),
        ("FREQ=MONTHLY;INTERVAL=6", date(2023, 6, 30), date(2023, 12, 31), 2),
        ("FREQ=YEARLY", date(2023, 12, 31), date(2023, 12, 31), 1),
    ],
)
def test_rhythms(rule: str, first: date, last: date, count: int) -> None:
    """Each rhythm from the day of issue to the end of the year: first day, last day, how many."""
    found = rhythm(rule, date(2023, 2, 27), date(2023, 12, 31))
    assert found
    assert found.first == first
    every = recurring(found.rule, first)
    assert (every[0], every[-1], len(every)) == (first, last, count)


def test_a_rhythm_longer_than_the_plan_has_no_day() -> None:
    """Every two years does not come round within one year."""
    assert rhythm("FREQ=YEARLY;INTERVAL=2", date(2023, 2, 27), date(2023, 12, 31)) is None

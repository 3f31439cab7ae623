"""Reminders: what falls due, told to the group once, within its limits."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from index.model import Deadline, DeadlineKind, Span
from rag.assistant import Assistant
from rag.channels.cli.commands import main
from rag.channels.wecom.api import GroupRobot
from rag.channels.wecom.due import Due, days, falling_due, far, quarter
from rag.channels.wecom.model import WEBHOOK_MESSAGE_BYTES, Stopped, WecomError
from rag.channels.wecom.remind import STALE_S, Reminders, daily
from rag.channels.wecom.run import STOPPED
from rag.channels.wecom.runtime import Runtime
from rag.channels.wecom.store import Store
from rag.history.database import open_engine
from rag.settings import Settings
from rag.wiring import make_assistant
from tests.fakes.wecom_bot import JumpingClock
from tests.fakes.wecom_http import WEBHOOK_KEY, WecomApi

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2023, 3, 26)


@dataclass
class Group:
    """A robot that keeps what it was told; ``broken`` messages fail."""

    told: list[str] = field(default_factory=list)
    broken: int = 0

    async def markdown(self, text: str) -> None:
        assert 0 < len(text.encode()) <= WEBHOOK_MESSAGE_BYTES
        if self.broken:
            self.broken -= 1
            raise WecomError("企业微信没有接受请求。", code=-1)
        self.told.append(text)


@pytest.fixture(scope="module")
def spring(settings: Settings, assistant: Assistant) -> Assistant:
    """The assistant on a day of the plan's year."""
    return make_assistant(replace(settings, today=DAY))


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def store(tmp_path: Path, clock: JumpingClock) -> Store:
    return Store(open_engine(Settings(data=tmp_path)), clock)


def dates(dues: Sequence[Due]) -> list[tuple[str, str, str]]:
    return [(due.day.isoformat(), due.clause, due.words) for due in dues]


def test_what_falls_due(spring: Assistant) -> None:
    """Dates of the paper and the ends of its periods, for one department, with roles; read off the plan by hand."""
    found = falling_due(spring.library, "市应急管理局", DAY, date(2023, 7, 31))
    assert dates(found) == [
        ("2023-03-31", "4", "3月底前"),
        ("2023-03-31", "4", "每月"),
        ("2023-03-31", "6", "季度"),
        ("2023-03-31", "30", "每季度"),
        ("2023-04-30", "4", "每月"),
        ("2023-05-31", "4", "每月"),
        ("2023-06-25", "notice", "2023年6月25"),
        ("2023-06-30", "1", "至少半年组织1次"),
        ("2023-06-30", "4", "每月"),
        ("2023-06-30", "6", "季度"),
        ("2023-06-30", "30", "每季度"),
        ("2023-07-31", "4", "每月"),
    ]
    roles = {due.clause: (due.parties, due.possible) for due in found}
    assert roles["4"] == (("分工负责",), False)
    assert roles["6"] == (("落实（“市直有关部门”）",), True)
    assert roles["30"] == (("落实（“市县应急部门”）",), False)


def test_nothing_is_due_outside_the_plan(spring: Assistant) -> None:
    """Before the plan was issued and after it expired nothing falls due."""
    library = spring.library
    assert falling_due(library, None, date(2022, 1, 1), date(2023, 2, 26)) == ()
    assert {due.day.year for due in falling_due(library, None, date(2022, 1, 1), date(2030, 1, 1))} == {2023}
    assert falling_due(library, "市统计局", DAY, DAY) == ()


def test_every_sentence_is_the_plans(spring: Assistant) -> None:
    """The sentence told with a deadline is verbatim and holds the deadline's words."""
    plan = "".join(line.strip() for line in spring.library.plan.text.splitlines())
    found = falling_due(spring.library, None, date(2023, 1, 1), date(2023, 12, 31))
    assert len(found) > 20
    for due in found:
        assert due.said.removesuffix("……") in plan
        assert due.words in due.said


@pytest.mark.parametrize(
    ("rrule", "expected"),
    [
        ("FREQ=MONTHLY", ["2024-01-31", "2024-02-29", "2024-03-31"]),
        ("FREQ=MONTHLY;INTERVAL=2", ["2024-02-29"]),
        ("FREQ=MONTHLY;INTERVAL=3", ["2024-03-31"]),
        ("FREQ=MONTHLY;INTERVAL=6", []),
        ("FREQ=YEARLY", []),
        ("FREQ=WEEKLY", []),
        ("FREQ=DAILY", []),
    ],
)
def test_periods_end_on_their_last_day(rrule: str, expected: list[str]) -> None:
    """Months, quarters and half-years of the calendar; what recurs daily or weekly is nothing to be reminded of."""
    deadline = Deadline("每期", DeadlineKind.RECURRENCE, Span(0, 2), rrule=rrule)
    assert [day.isoformat() for day in days(deadline, date(2024, 1, 1), date(2024, 4, 29))] == expected


def test_quarters_and_distances() -> None:
    """Calendar quarters; how far away a day is, in words."""
    assert quarter(date(2023, 5, 10)) == (date(2023, 4, 1), date(2023, 6, 30))
    assert quarter(date(2024, 12, 31)) == (date(2024, 10, 1), date(2024, 12, 31))
    assert [far(DAY + timedelta(days=n), DAY) for n in (0, 1, 5, -2)] == ["今天", "明天", "还有5天", "已过2天"]


def test_each_reminder_once(spring: Assistant, store: Store) -> None:
    """A second run says nothing; another group, and what comes into the window later, is still told."""
    group, other = Group(), Group()
    asyncio.run(Reminders(spring, store, ("市应急管理局",), 7).send(group))
    asyncio.run(Reminders(spring, store, ("市应急管理局",), 7).send(group))
    assert len(group.told) == 1
    assert "**2023-03-31（还有5天）**" in group.told[0]
    assert "第4项 压实党政领导责任" in group.told[0]
    assert "出处：《宜春市2023年安全生产工作要点》（宜市安字〔2023〕2号）第4项、第6项、第30项" in group.told[0]
    asyncio.run(Reminders(spring, store, ("市应急管理局",), 7, scope="other").send(other))
    assert other.told == group.told
    asyncio.run(Reminders(spring, store, ("市应急管理局",), 40).send(group))
    assert "2023-04-30" in group.told[1]
    assert "2023-03-31" not in group.told[1]


def test_a_restart_remembers(spring: Assistant, store: Store, tmp_path: Path, clock: JumpingClock) -> None:
    """Another process over the same database does not tell it again."""
    group = Group()
    asyncio.run(Reminders(spring, store).send(group))
    again = Store(open_engine(Settings(data=tmp_path)), clock)
    asyncio.run(Reminders(spring, again).send(group))
    assert len(group.told) == 1


def test_what_failed_is_told_later(spring: Assistant, store: Store) -> None:
    """A message that could not be sent is free again; those before it are not repeated."""
    group = Group(broken=1)
    departments = ("市应急管理局", "市住建局")
    with pytest.raises(WecomError):
        asyncio.run(Reminders(spring, store, departments).send(group))
    assert group.told == []
    asyncio.run(Reminders(spring, store, departments).send(group))
    assert [text.splitlines()[0] for text in group.told] == [
        "**安全生产任务提醒｜市应急管理局**",
        "**安全生产任务提醒｜市住建局**",
    ]


def test_two_processes_do_not_tell_twice(spring: Assistant, store: Store, clock: JumpingClock) -> None:
    """What another process is sending just now is left to it; a reservation of a dead process is taken over."""
    reminders = Reminders(spring, store, ("市应急管理局",))
    for due in falling_due(spring.library, "市应急管理局", DAY, DAY + timedelta(days=7)):
        assert store.claim(reminders._key("市应急管理局", due), STALE_S)
    group = Group()
    asyncio.run(reminders.send(group))
    assert group.told == []
    clock.now += STALE_S + 1
    asyncio.run(reminders.send(group))
    assert len(group.told) == 1


def test_messages_hold_the_limit(spring: Assistant, store: Store) -> None:
    """A year for everybody comes in messages under 4 096 bytes, every item in exactly one of them."""
    group = Group()
    sent = asyncio.run(Reminders(spring, store, (), 366, web_url="https://anze.example.cn").send(group))
    assert len(group.told) == len(sent) > 2
    found = falling_due(spring.library, None, DAY, DAY + timedelta(days=366))
    assert sum(len(batch.keys) for batch in sent) == len(found) == len({key for batch in sent for key in batch.keys})
    assert all("[在网页中查看原文](https://anze.example.cn)" in text for text in group.told)


def test_the_robots_pace_is_kept(spring: Assistant, store: Store, clock: JumpingClock) -> None:
    """Many departments at once go through a real socket at no more than 20 messages a minute, and all arrive."""

    async def story() -> None:
        async with WecomApi(clock=clock) as api:
            settings = Settings(wecom_api_url=api.url, wecom_webhook_key=WEBHOOK_KEY)
            robot = GroupRobot(settings, Runtime(clock=clock, sleep=clock.sleep))
            names = tuple(spring.library.register.by_name)[:45]
            sent = await Reminders(spring, store, names).send(robot)
            assert len(api.group) == len(sent) > 25
            assert api.violations == []

    asyncio.run(story())


def test_every_day_at_its_time() -> None:
    """It runs at its time, at once where that has passed today, once a day, and again ten minutes after failing."""
    moment = datetime(2023, 3, 26, 9, 0)
    ran: list[datetime] = []

    async def sleep(seconds: float) -> None:
        nonlocal moment
        assert 0 < seconds <= 600
        moment += timedelta(seconds=seconds)
        if moment > datetime(2023, 3, 29):
            raise asyncio.CancelledError

    async def run() -> None:
        ran.append(moment)
        if len(ran) == 2:
            raise WecomError("暂时不行。")

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(daily(time(8, 30), run, lambda: moment, sleep))
    assert [f"{at:%d %H:%M}" for at in ran] == ["26 09:00", "27 08:30", "27 08:40", "28 08:30"]


def test_a_robot_that_is_gone_ends_the_schedule() -> None:
    """What no later run can mend is raised, not tried for ever."""

    async def gone() -> None:
        raise Stopped("机器人不在群里。")

    with pytest.raises(Stopped):
        asyncio.run(daily(time(8, 30), gone, lambda: datetime(2023, 3, 26, 9, 0)))


def run(data: Path, settings: Settings, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
    ours = {"ANZE_STORE": str(settings.store), "ANZE_DATA": str(data), "ANZE_TODAY": DAY.isoformat()}
    return subprocess.run(
        [sys.executable, "-m", "rag.channels.cli", "remind", *args], cwd=ROOT, env={**os.environ, **ours, **more},
        capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip


def test_the_command(assistant: Assistant, settings: Settings, tmp_path: Path) -> None:
    """A dry run shows and sends nothing, a run sends; a robot that is gone ends a schedule; no key is in any output."""

    async def story() -> None:
        async with WecomApi() as api:
            secret = {"ANZE_WECOM_API_URL": api.url, "ANZE_WECOM_WEBHOOK_KEY": WEBHOOK_KEY}
            wrong = {**secret, "ANZE_WECOM_WEBHOOK_KEY": "wrong-key-do-not-log"}
            dry, ended = await asyncio.gather(
                asyncio.to_thread(run, tmp_path, settings, "--org", "住建局", "--dry-run", **secret),
                asyncio.to_thread(run, tmp_path, settings, "--daily", "00:00", **wrong),
            )
            done = [dry, await asyncio.to_thread(run, tmp_path, settings, "--org", "住建局", **secret)]
            assert [each.returncode for each in done] == [0, 0], done
            assert "**安全生产任务提醒｜市住建局**" in done[0].stdout
            assert "没有发送" in done[0].stdout
            assert done[1].stdout == "已发送1条消息，提醒5项。\n"
            assert len(api.group) == 1
            assert api.violations == []
            assert not any(WEBHOOK_KEY in each.stdout + each.stderr for each in done)
            assert ended.returncode == STOPPED
            assert "ANZE_WECOM_WEBHOOK_KEY" in ended.stderr
            assert "wrong-key-do-not-log" not in ended.stderr

    asyncio.run(story())


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((), "ANZE_WECOM_WEBHOOK_KEY"),
        (("--dry-run", "--org", "天文台"), "组织名录里没有“天文台”"),
        (("--daily", "8点"), "“8点”不是时间"),
        (("--days", "1000"), "--days 的值 1000 不合适"),
    ],
)
def test_wrong_use_is_told(
    assistant: Assistant, settings: Settings, tmp_path: Path, args: tuple[str, ...], told: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """What is missing or wrong is one Chinese sentence, with an exit status."""
    monkeypatch.setenv("ANZE_STORE", str(settings.store))
    monkeypatch.setenv("ANZE_DATA", str(tmp_path))
    assert main(["remind", *args]) in (1, 2)
    said = capsys.readouterr()
    assert said.err.startswith("错误：")
    assert told in said.err
    assert said.out == ""

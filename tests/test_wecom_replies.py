"""Answers over the long connection: streams, further messages, cards, files, and the vendor's limits."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import random
from typing import Any

import pytest

from index.errors import QuestionError
from rag.channels.wecom import frames, limits
from rag.channels.wecom.dispatch import APOLOGY
from rag.channels.wecom.model import (
    BOT_MESSAGE_BYTES,
    PLACEHOLDER,
    Button,
    Card,
    Incoming,
    Kind,
    Replier,
    Undelivered,
    Verdict,
)
from rag.channels.wecom.runtime import Timings
from rag.channels.wecom.stream import UNFINISHED
from tests.fakes.wecom_bot import FAST, JumpingClock, Scripted, make_bot, make_server, running, runtime, slowly
from tests.fakes.wecom_ledger import MemoryLedger
from tests.fakes.wecom_server import Fault, WecomServer

CARD = Card("task-1", "安责", "可以这样问", (Button("我的任务", "mine"), Button("本季度到期", "due")))


def test_a_question_is_answered_by_a_stream() -> None:
    """Placeholder first, then what the handler shows, then the end; one message in all, and no rule broken."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        await asyncio.sleep(0.05)
        await replier.stream("一")
        await asyncio.sleep(0.05)
        await replier.stream("一、二", finish=True)

    async def go() -> None:
        async with make_server() as server:
            async with running(make_bot(server, Scripted(act))):
                msgid = await server.say("zhang", "我局要做什么")
                await server.until(lambda: server.answers(msgid) == ["一、二"])
            (shown,) = server.seen("zhang")
            assert shown.history == [PLACEHOLDER, "一", "一、二"]
            assert server.violations == []

    asyncio.run(go())


def test_the_placeholder_comes_within_a_second_with_the_default_durations() -> None:
    """Nothing in the usual timings holds the first frame back, however long the answer takes."""

    async def never(incoming: Incoming, replier: Replier) -> None:
        await asyncio.sleep(60)

    async def go() -> None:
        async with WecomServer() as server:
            timings = dataclasses.replace(Timings(), shutdown=0.01)
            async with running(make_bot(server, Scripted(never), run=runtime(timings=timings))):
                await server.until(lambda: bool(server.subscriptions))
                await server.say("zhang", "我局要做什么")
                await server.until(lambda: bool(server.seen("zhang")), patience=1.0)
                assert server.seen("zhang")[0].history == [PLACEHOLDER]

    asyncio.run(go())


def test_snapshots_are_coalesced_while_an_acknowledgement_is_awaited() -> None:
    """A hundred snapshots against slow acknowledgements: few frames, never two at a time, the last one complete."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        for length in range(1, 101):
            await replier.stream("甲" * length)
            await asyncio.sleep(0.002)
        await replier.stream("甲" * 101, finish=True)

    async def go() -> None:
        async with make_server() as server:
            server.fault = lambda cmd, body: Fault("slow", 0.05) if cmd == "aibot_respond_msg" else None
            async with running(make_bot(server, Scripted(act))):
                msgid = await server.say("zhang", "问")
                await server.until(lambda: bool(server.answers(msgid)))
            (shown,) = server.seen("zhang")
            assert shown.text == "甲" * 101
            assert 3 <= len(shown.history) <= 12
            assert [len(text) for text in shown.history[1:]] == sorted({len(text) for text in shown.history[1:]})
            assert server.violations == []

    asyncio.run(go())


@pytest.mark.parametrize("which", ["first", "last"])
def test_a_disturbed_stream_still_shows_once(which: str) -> None:
    """The first or the last frame is lost, its acknowledgement is lost, late or 'busy': one answer, complete."""

    async def go(kind: str) -> None:
        async with make_server() as server:
            left = 1

            def fault(cmd: str, body: dict[str, Any]) -> Fault | None:
                nonlocal left
                hit = cmd == "aibot_respond_msg" and body["stream"]["finish"] == (which == "last")
                if not hit or left == 0:
                    return None
                left -= 1
                return Fault(kind, seconds=FAST.ack * 1.3, code=-1)

            server.fault = fault
            async with running(make_bot(server, Scripted(slowly))):
                msgid = await server.say("zhang", "问")
                await server.until(lambda: bool(server.answers(msgid)))
                await asyncio.sleep(FAST.ack * 2)
            assert (kind, left) == (kind, 0)
            assert (kind, [shown.text for shown in server.seen("zhang")]) == (kind, ["答：问"])
            assert (kind, server.violations) == (kind, [])

    async def all_at_once() -> None:
        await asyncio.gather(*map(go, ("drop_before", "drop_after", "silent", "slow", "error")))

    asyncio.run(all_at_once())


@pytest.mark.parametrize("code", sorted(frames.STREAM_GONE))
def test_a_stream_that_is_gone_is_replaced_by_a_message(code: int) -> None:
    """Where the vendor no longer takes the stream, the answer comes as a message of its own, once."""

    async def go() -> None:
        async with make_server() as server:
            server.fault = lambda cmd, body: Fault("error", code=code) if cmd == "aibot_respond_msg" else None
            async with running(make_bot(server, Scripted())):
                await server.say("zhang", "问")
                await server.until(lambda: bool(server.seen("zhang")))
                await asyncio.sleep(0.1)
            assert [(shown.kind, shown.text) for shown in server.seen("zhang")] == [("markdown", "答：问")]
            assert server.violations == []

    asyncio.run(go())


def test_a_stream_is_ended_before_the_vendors_limit() -> None:
    """At ``wecom_stream_limit_s`` the stream is closed with a note, and the answer follows as a message."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        await replier.stream("部分")
        await asyncio.sleep(0.6)
        await replier.stream("全部", finish=True)

    async def go() -> None:
        async with make_server(stream_expires=1.5) as server:
            async with running(make_bot(server, Scripted(act), wecom_stream_limit_s=0.3)):
                await server.say("zhang", "问")
                await server.until(lambda: len(server.seen("zhang")) == 2)
            first, second = server.seen("zhang")
            assert (first.kind, first.text, first.finished) == ("stream", "部分" + UNFINISHED, True)
            assert (second.kind, second.text) == ("markdown", "全部")
            assert server.violations == []

    asyncio.run(go())


def test_long_answers_are_cut_between_lines_and_continued() -> None:
    """50 000 Chinese characters: every piece within the byte limit, nothing lost, no line and no character broken."""
    lines = [f"- 第{number}项：" + "安全生产责任" * 15 for number in range(550)]
    whole = "\n".join(lines)

    async def act(incoming: Incoming, replier: Replier) -> None:
        await replier.stream(whole)
        await replier.stream(whole, finish=True)

    async def go() -> None:
        async with make_server() as server:
            pieces = len(limits.split(whole, BOT_MESSAGE_BYTES))
            async with running(make_bot(server, Scripted(act))):
                await server.say("zhang", "问")
                await server.until(lambda: len(server.seen("zhang")) == pieces)
            texts = [shown.text for shown in server.seen("zhang")]
            assert pieces > 5
            assert [line for text in texts for line in text.split("\n")] == lines
            assert server.violations == []

    asyncio.run(go())


def test_pieces_already_acknowledged_are_not_sent_again() -> None:
    """Stopped after the second of three pieces, the next bot sends only the third."""
    stop = True

    async def act(incoming: Incoming, replier: Replier) -> None:
        await replier.stream("一", finish=True)
        await replier.markdown("二")
        if stop:
            await asyncio.sleep(60)
        await replier.markdown("三")

    async def go() -> None:
        nonlocal stop
        ledger = MemoryLedger()
        async with make_server() as server:
            async with running(make_bot(server, Scripted(act), ledger)):
                msgid = await server.say("zhang", "问")
                await server.until(lambda: ledger.sent(msgid) >= {"stream", "1"})
            stop = False
            async with running(make_bot(server, Scripted(act), ledger)):
                await server.until(lambda: msgid in ledger.finished)
            assert [shown.text for shown in server.seen("zhang")] == ["一", "二", "三"]
            assert server.violations == []

    asyncio.run(go())


def test_the_minute_and_the_hour_are_kept() -> None:
    """1 200 messages to one room, replies and pushes together: none above 30 a minute or 1 000 an hour, none lost."""

    async def go() -> None:
        clock = JumpingClock()
        async with WecomServer(clock=clock) as server:
            bot = make_bot(server, Scripted(), run=runtime(clock))
            async with running(bot):
                await server.say("zhang", "问")
                await server.until(lambda: bool(server.seen("zhang")))
                for number in range(1200):
                    await bot.push("zhang", f"提醒{number}", group=False)
            assert len(server.seen("zhang")) == 1201
            assert server.violations == []
            assert clock.now - 1_700_000_000 > 3600

    asyncio.run(go())


def test_welcome_card_and_feedback_events() -> None:
    """A welcome and a card update go out on their own event; feedback names the answer it judges."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        if incoming.kind is Kind.ENTER_CHAT:
            results.append(await replier.welcome("您好"))
        elif incoming.kind is Kind.CARD_EVENT:
            results.append(await replier.update_card(dataclasses.replace(CARD, title="已选")))
            assert not replier.limits.streams
            await replier.stream("任务如下")
            await replier.stream("任务如下。", finish=True)
        elif incoming.kind.message:
            await replier.stream("答", finish=True)
            await replier.card(CARD)

    results: list[bool] = []

    async def go() -> None:
        handler = Scripted(act)
        async with make_server() as server:
            async with running(make_bot(server, handler)):
                await server.event("zhang", "enter_chat")
                msgid = await server.say("zhang", "问")
                await server.until(lambda: len(server.seen("zhang")) == 3)
                (feedback_id,) = server.feedback_ids
                await server.event("zhang", "template_card_event", {"event_key": "mine", "task_id": "task-1"})
                await server.event(
                    "zhang",
                    "feedback_event",
                    {"id": feedback_id, "type": 2, "content": "不全", "inaccurate_reason_list": [1]},
                )
                await server.until(lambda: len(handler.seen) == 4)
                await server.until(lambda: len(server.seen("zhang")) == 5)
            assert {s.kind for s in server.seen("zhang")} == {
                "welcome",
                "stream",
                "template_card",
                "update",
                "markdown",
            }
            question = next(i for i in handler.seen if i.msgid == msgid)
            pressed = next(i.card for i in handler.seen if i.card)
            judged = next(i.feedback for i in handler.seen if i.feedback)
            assert (pressed.key, pressed.task_id) == ("mine", "task-1")
            assert (judged.id, judged.verdict, judged.comment) == (question.feedback_id, Verdict.BAD, "不全")
            assert judged.reasons == ("1",)
            assert server.violations == []

    asyncio.run(go())
    assert results == [True, True]


def test_a_welcome_after_five_seconds_is_not_sent() -> None:
    """Too late is false, and the vendor is not asked."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        clock.now += 5.1
        results.append(await replier.welcome("您好"))

    clock, results = JumpingClock(), list[bool]()

    async def go() -> None:
        async with WecomServer(clock=clock) as server:
            async with running(make_bot(server, Scripted(act), run=runtime(clock))):
                await server.event("zhang", "enter_chat")
                await server.until(lambda: bool(results))
            assert server.seen("zhang") == []
            assert server.violations == []

    asyncio.run(go())
    assert results == [False]


def test_files_go_up_in_chunks() -> None:
    """1.2 MB in three chunks; the link breaks during the upload, the file arrives whole and once."""
    data = random.Random(3).randbytes(1_200_000)

    async def act(incoming: Incoming, replier: Replier) -> None:
        await replier.stream("见附件", finish=True)
        await replier.file("清单.xlsx", data)

    async def go() -> None:
        async with make_server() as server:
            broken = False

            def fault(cmd: str, body: dict[str, Any]) -> Fault | None:
                nonlocal broken
                if cmd == "aibot_upload_media_chunk" and body["chunk_index"] == 1 and not broken:
                    broken = True
                    return Fault("drop_after")
                return None

            server.fault = fault
            async with running(make_bot(server, Scripted(act))):
                await server.say("zhang", "清单")
                await server.until(lambda: len(server.seen("zhang")) == 2)
            media_id = server.seen("zhang")[1].body["file"]["media_id"]
            assert server.files[media_id] == ("清单.xlsx", data)
            assert broken
            assert server.violations == []

    asyncio.run(go())


@pytest.mark.parametrize("data", [b"", bytes(20_000_001)], ids=["empty", "too large"])
def test_files_nobody_can_send(data: bytes) -> None:
    """Refused before anything is uploaded; the message counts as dealt with."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        with pytest.raises(Undelivered, match="网页"):
            await replier.file("清单.xlsx", data)
        await replier.stream("请到网页下载", finish=True)

    async def go() -> None:
        async with make_server() as server, running(make_bot(server, Scripted(act))):
            msgid = await server.say("zhang", "清单")
            await server.until(lambda: server.answers(msgid) == ["请到网页下载"])
            assert server.files == {}

    asyncio.run(go())


def test_a_push_to_a_stranger_is_undelivered() -> None:
    """The vendor's refusal is an error with its code, not a retry without end; its words are not shown."""

    async def go() -> None:
        async with make_server() as server:
            bot = make_bot(server, Scripted())
            async with running(bot):
                with pytest.raises(Undelivered, match="846604") as error:
                    await bot.push("stranger", "提醒", group=False)
            assert "10.0.0.1" not in str(error.value)

    asyncio.run(go())


def test_a_rate_refusal_is_waited_out() -> None:
    """45009 on a push: after the pause it goes through, once."""

    async def go() -> None:
        async with make_server() as server:
            refusals = [Fault("error", code=45009), Fault("error", code=-1)]
            server.fault = lambda cmd, body: refusals.pop() if cmd == "aibot_send_msg" and refusals else None
            bot = make_bot(server, Scripted())
            async with running(bot):
                await server.say("zhang", "问")
                await server.until(lambda: bool(server.seen("zhang")))
                await bot.push("zhang", "提醒", group=False)
            assert [shown.text for shown in server.seen("zhang")] == ["答：问", "提醒"]

    asyncio.run(go())


def test_failures_are_told_and_messages_stay_out_of_logs(caplog: pytest.LogCaptureFixture) -> None:
    """An error of ours is told as it is, a defect by an apology; logs say what and where, never what was asked."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        if incoming.text == "甲":
            raise QuestionError("问题太长。", "请缩短。")
        if incoming.text == "乙":
            raise ValueError(f"cannot handle {incoming.text} of {incoming.sender}")

    async def go() -> dict[str, list[str]]:
        async with make_server() as server:
            async with running(make_bot(server, Scripted(act))):
                asked = {text: await server.say("zhangsan", text) for text in ("甲", "乙", "丙")}
                await server.until(lambda: all(server.answers(msgid) for msgid in asked.values()))
            return {text: server.answers(msgid) for text, msgid in asked.items()}

    with caplog.at_level(logging.DEBUG):
        answers = asyncio.run(go())
    assert answers["甲"] == ["问题太长。请缩短。"]
    assert answers["乙"] == [APOLOGY]
    assert answers["丙"] != [PLACEHOLDER]
    assert "ValueError" in caplog.text
    assert not {"乙", "zhangsan"} & set(caplog.text.split())
    assert "cannot handle" not in caplog.text

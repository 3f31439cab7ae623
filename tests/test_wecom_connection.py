"""The long connection against a server of the vendor's kind, over real sockets."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from index.errors import QuestionError, SettingsError
from rag.channels.wecom import frames, limits
from rag.channels.wecom.connection import LongConnection
from rag.channels.wecom.dispatch import APOLOGY, TOO_MANY
from rag.channels.wecom.model import (
    BOT_MESSAGE_BYTES,
    PLACEHOLDER,
    Button,
    Card,
    Channel,
    Incoming,
    Kind,
    Replier,
    Stopped,
    Undelivered,
    Verdict,
)
from rag.channels.wecom.runtime import Runtime, Timings
from rag.channels.wecom.stream import UNFINISHED
from rag.settings import Settings
from tests.fakes.wecom_bot import FAST, JumpingClock, Scripted, running, runtime
from tests.fakes.wecom_ledger import MemoryLedger
from tests.fakes.wecom_server import Fault, WecomServer

CARD = Card("task-1", "安责", "可以这样问", (Button("我的任务", "mine"), Button("本季度到期", "due")))


def make_server(**more: Any) -> WecomServer:
    return WecomServer(ack_timeout=FAST.ack, **more)


def make_bot(
    server: WecomServer,
    handler: Scripted,
    ledger: MemoryLedger | None = None,
    run: Runtime | None = None,
    **settings: Any,
) -> LongConnection:
    values = {"wecom_bot_id": server.bot_id, "wecom_bot_secret": server.secret, "wecom_ws_url": server.url, **settings}
    return LongConnection(Settings(**values), handler, ledger or MemoryLedger(), run or runtime())


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


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "silent", "slow", "error"])
@pytest.mark.parametrize("which", ["first", "last"])
def test_a_disturbed_stream_still_shows_once(kind: str, which: str) -> None:
    """The first or the last frame is lost, its acknowledgement is lost, late or 'busy': one answer, complete."""

    async def go() -> None:
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
            assert left == 0
            assert [shown.text for shown in server.seen("zhang")] == ["答：问"]
            assert server.violations == []

    asyncio.run(go())


async def slowly(incoming: Incoming, replier: Replier) -> None:
    await asyncio.sleep(0.03)
    await replier.stream(f"答：{incoming.text}", finish=True)


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
        await asyncio.sleep(0.5)
        await replier.stream("全部", finish=True)

    async def go() -> None:
        async with make_server(stream_expires=0.45) as server:
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


@hypothesis_settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=400), most=st.integers(min_value=4, max_value=120))
def test_splitting_loses_only_white_space(text: str, most: int) -> None:
    """Any text, any limit: pieces fit, are not blank, and together are the text."""
    pieces = limits.split(text, most)
    assert all(0 < len(piece.encode()) <= most and piece.strip() for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_wrong_secret_ends_it_with_a_plain_sentence() -> None:
    """853000 is for good: no second try, both settings are named, nothing of the secret is said."""

    async def go() -> None:
        async with make_server() as server:
            bot = make_bot(server, Scripted(), wecom_bot_secret="wrong-secret")
            with pytest.raises(Stopped, match="ANZE_WECOM_BOT_SECRET") as stopped:
                await bot.run()
            assert server.connections == 1
            assert "wrong-secret" not in str(stopped.value)

    asyncio.run(go())


@pytest.mark.parametrize("missing", ["wecom_bot_id", "wecom_bot_secret"])
def test_missing_settings_are_named(missing: str) -> None:
    """Before anything is opened."""
    values = {"wecom_bot_id": "b", "wecom_bot_secret": "s", missing: ""}
    with pytest.raises(SettingsError, match=f"ANZE_{missing.upper()}"):
        LongConnection(Settings(**values), Scripted(), MemoryLedger())


def test_a_connection_taken_over_is_not_fought_for() -> None:
    """``disconnected_event`` ends the bot; it never connects again."""

    async def go() -> None:
        async with make_server() as server:
            task = asyncio.create_task(make_bot(server, Scripted()).run())
            await server.until(lambda: bool(server.subscriptions))
            await server.kick()
            with pytest.raises(Stopped, match="另一个程序"):
                await asyncio.wait_for(task, 2)
            await asyncio.sleep(0.2)
            assert server.connections == 1

    asyncio.run(go())


def test_two_bots_do_not_fight() -> None:
    """The second takes over, the first ends, the second stays and answers."""

    async def go() -> None:
        async with make_server() as server:
            first = asyncio.create_task(make_bot(server, Scripted()).run())
            await server.until(lambda: len(server.subscriptions) == 1)
            async with running(make_bot(server, Scripted())):
                with pytest.raises(Stopped):
                    await asyncio.wait_for(first, 2)
                msgid = await server.say("zhang", "问")
                await server.until(lambda: server.answers(msgid) == ["答：问"])
            assert server.connections == 2

    asyncio.run(go())


def test_reconnecting_backs_off_from_one_to_thirty_seconds() -> None:
    """Against a closed port the pauses double with jitter, from 1 s, never more than 30 s."""

    async def go() -> list[float]:
        server = make_server()
        await server.start()
        await server.stop()
        clock = JumpingClock()
        bot = make_bot(server, Scripted(), run=runtime(clock, Timings(), chance=random.Random(7).random))
        async with running(bot):
            await server.until(lambda: len(clock.slept) >= 12)
        return clock.slept[:12]

    pauses = asyncio.run(go())
    bases = [min(24.0, 2.0**n) for n in range(12)]
    assert all(base <= pause <= min(30.0, base * 1.25) for base, pause in zip(bases, pauses, strict=True))
    assert len(set(pauses)) == 12
    assert max(pauses) > 24


def test_a_dead_link_is_noticed_and_replaced() -> None:
    """A server that reads and never answers: the ping goes unanswered, the bot connects anew and answers."""

    async def go() -> None:
        async with make_server() as server:
            async with running(make_bot(server, Scripted())):
                await server.until(lambda: server.pings >= 2)
                server.hanging = True
                msgid = await server.say("zhang", "问")
                await server.until(lambda: server.connections >= 2)
                server.hanging = False
                await server.until(lambda: server.answers(msgid) == ["答：问"])
            assert len(server.seen("zhang")) == 1
            assert server.violations == []

    asyncio.run(go())


def test_a_restart_of_the_server_is_survived() -> None:
    """Down and up again on the same port while an answer is under way: it arrives, once."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        await asyncio.sleep(0.15)
        await replier.stream("答", finish=True)

    async def go() -> None:
        async with make_server() as server:
            async with running(make_bot(server, Scripted(act))):
                msgid = await server.say("zhang", "问")
                await server.until(lambda: bool(server.seen("zhang")))
                await server.restart(down=0.2)
                await server.until(lambda: server.answers(msgid) == ["答"])
            assert len(server.seen("zhang")) == 1
            assert server.violations == []

    asyncio.run(go())


def test_a_refused_subscription_is_tried_again() -> None:
    """Any other code than 853000 may pass."""

    async def go() -> None:
        async with make_server() as server:
            server.subscribe_code = 45009
            async with running(make_bot(server, Scripted())):
                await server.until(lambda: server.connections >= 3)
                server.subscribe_code = 0
                msgid = await server.say("zhang", "问")
                await server.until(lambda: server.answers(msgid) == ["答：问"])

    asyncio.run(go())


def test_a_lost_subscription_is_taken_up_again() -> None:
    """846609 on any frame: the link is of no use, so the bot connects and subscribes anew, and the answer arrives."""

    async def go() -> None:
        async with make_server() as server:
            refusals = [Fault("error", code=frames.NOT_SUBSCRIBED)] * 2
            server.fault = lambda cmd, body: refusals.pop() if cmd == "aibot_respond_msg" and refusals else None
            async with running(make_bot(server, Scripted())):
                msgid = await server.say("zhang", "问")
                await server.until(lambda: server.answers(msgid) == ["答：问"])
            assert len(server.subscriptions) == 3
            assert len(server.seen("zhang")) == 1

    asyncio.run(go())


@pytest.mark.parametrize("url", ["https://openws.example", "openws", "ws://"])
def test_an_address_nobody_can_connect_to_is_named(url: str) -> None:
    """Not retried for ever: the setting is wrong, and the message says which."""

    async def go() -> None:
        with pytest.raises(SettingsError, match="ANZE_WECOM_WS_URL"):
            await make_bot(make_server(), Scripted(), wecom_ws_url=url).run()

    asyncio.run(go())


def test_a_shutdown_finishes_what_is_in_progress_and_keeps_what_arrives() -> None:
    """Cancelled while answering: the answer still goes out; what comes meanwhile is kept for the next start."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        await asyncio.sleep(0.2)
        await replier.stream(f"答：{incoming.text}", finish=True)

    async def go() -> None:
        ledger = MemoryLedger()
        async with make_server(redeliver=False) as server:
            timings = dataclasses.replace(FAST, shutdown=2.0)
            bot = asyncio.create_task(make_bot(server, Scripted(act), ledger, runtime(timings=timings)).run())
            await server.until(lambda: bool(server.subscriptions))
            first = await server.say("zhang", "一")
            await server.until(lambda: bool(server.seen("zhang")))
            bot.cancel()
            await asyncio.sleep(0.05)
            second = await server.say("zhang", "二")
            await asyncio.gather(bot, return_exceptions=True)
            assert server.answers(first) == ["答：一"]
            assert [message.msgid for message in ledger.pending()] == [second]
            async with running(make_bot(server, Scripted(), ledger)):
                await server.until(lambda: server.answers(second) == ["答：二"])
            assert server.violations == []

    asyncio.run(go())


def test_a_restart_of_the_bot_finishes_what_was_begun() -> None:
    """A bot stopped in the middle leaves the message pending; the next one answers it, in the same stream."""

    async def never(incoming: Incoming, replier: Replier) -> None:
        await asyncio.sleep(60)

    async def go() -> None:
        ledger = MemoryLedger()
        async with make_server(redeliver=False) as server:
            async with running(make_bot(server, Scripted(never), ledger)):
                await server.until(lambda: bool(server.subscriptions))
                msgid = await server.say("zhang", "问")
                await server.until(lambda: bool(server.seen("zhang")))
            async with running(make_bot(server, Scripted(), ledger)):
                await server.until(lambda: server.answers(msgid) == ["答：问"])
                await server.until(lambda: ledger.finished == {msgid})
            assert len(server.seen("zhang")) == 1
            async with running(make_bot(server, Scripted(), ledger)):
                await asyncio.sleep(0.1)
            assert len(server.seen("zhang")) == 1
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


def test_duplicates_are_handled_once() -> None:
    """The same message three times, each with a req_id of its own: one answer."""

    async def go() -> None:
        handler = Scripted()
        async with make_server(redeliver=False) as server:
            async with running(make_bot(server, handler)):
                await server.until(lambda: bool(server.subscriptions))
                msgid = await server.say("zhang", "问", copies=3)
                await server.until(lambda: server.answers(msgid) == ["答：问"])
                await asyncio.sleep(0.1)
            assert len(handler.seen) == 1
            assert len(server.seen("zhang")) == 1

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


def test_at_most_three_messages_of_a_sender_are_in_progress() -> None:
    """Ten at once in ten groups: three streams at a time, the others wait their turn, all are answered."""

    async def go() -> None:
        handler = Scripted(slowly)
        async with make_server() as server:
            async with running(make_bot(server, handler)):
                asked = [await server.say("zhang", f"@安责 问{n}", chat_id=f"group-{n}") for n in range(10)]
                await server.until(lambda: all(server.answers(msgid) for msgid in asked))
            assert handler.most_active == 3
            assert server.violations == []

    asyncio.run(go())


def test_one_conversation_is_answered_in_order() -> None:
    """Later messages wait for earlier ones, so that follow-ups know what they follow."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        await asyncio.sleep(0.05 if incoming.text == "0" else 0.0)
        done.append(incoming.text)
        await replier.stream(incoming.text, finish=True)

    done: list[str] = []

    async def go() -> None:
        async with make_server() as server:
            async with running(make_bot(server, Scripted(act))):
                for number in range(5):
                    await server.say("zhang", str(number))
                await server.until(lambda: len(done) == 5)
            assert server.violations == []

    asyncio.run(go())
    assert done == list("01234")


def test_a_flood_from_one_sender_is_answered_briefly() -> None:
    """Beyond twenty waiting messages the rest are told at once to come later; nobody is left without an answer."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        await all_there.wait()
        await replier.stream(f"答：{incoming.text}", finish=True)

    all_there = asyncio.Event()

    async def go() -> None:
        clock = JumpingClock()
        async with make_server(clock=clock) as server:
            async with running(make_bot(server, Scripted(act), run=runtime(clock), wecom_stream_limit_s=1e6)):
                await server.until(lambda: bool(server.subscriptions))
                for number in range(40):
                    await server.say("zhang", str(number))
                await server.until(lambda: len([s for s in server.shown if s.text == TOO_MANY]) == 20)
                all_there.set()
                await server.until(lambda: len([s for s in server.shown if s.finished]) == 40)
            answers = [shown.text for shown in server.shown if shown.text != TOO_MANY]
            assert answers == [f"答：{number}" for number in range(20)]
            assert server.violations == []

    asyncio.run(go())


def test_group_messages_lose_the_robots_name() -> None:
    """In a group the leading @-name is stripped, the conversation is the sender's in the group, the quote is kept."""

    async def go() -> None:
        handler = Scripted()
        async with make_server() as server:
            async with running(make_bot(server, handler)):
                quote = {"msgtype": "text", "text": {"content": "第20项"}}
                msgid = await server.say("zhang", "@安责 这条是什么意思", chat_id="group-1", quote=quote)
                await server.until(lambda: server.answers(msgid) == ["答：这条是什么意思"])
            (incoming,) = handler.seen
            assert (incoming.conversation, incoming.room, incoming.group) == ("group-1:zhang", "group-1", True)
            assert (incoming.quote, incoming.mentioned) == ("第20项", True)
            assert server.seen("group-1")[0].text == "答：这条是什么意思"

    asyncio.run(go())


@pytest.mark.parametrize(
    ("text", "left", "mentioned"),
    [
        ("@安责 我局要做什么", "我局要做什么", True),
        ("@安责\u2005我局要做什么", "我局要做什么", True),
        ("  @安责", "", True),
        ("请@安责 回答", "请@安责 回答", True),
        ("大家好", "大家好", False),
        ("@所有人 开会", "开会", False),
        ("@安责 @张三 管什么", "@张三 管什么", True),
    ],
)
def test_mentions(text: str, left: str, mentioned: bool) -> None:
    """Only the leading name goes; a message to nobody or everybody is not a message to the robot."""
    assert frames.strip_mention(text) == (left, mentioned)


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ({"msgtype": "voice", "voice": {"content": "本季度做什么"}}, Kind.VOICE, "本季度做什么"),
        (
            {
                "msgtype": "mixed",
                "mixed": {
                    "msg_item": [
                        {"msgtype": "text", "text": {"content": "看图"}},
                        {"msgtype": "image", "image": {"url": "https://x"}},
                        {"msgtype": "text", "text": {"content": "是什么"}},
                    ]
                },
            },
            Kind.MIXED,
            "看图\n是什么",
        ),
        ({"msgtype": "image", "image": {"url": "https://x", "aeskey": "k"}}, Kind.MEDIA, ""),
        ({"msgtype": "location"}, Kind.MEDIA, ""),
    ],
)
def test_other_kinds_of_messages(body: dict[str, Any], kind: Kind, text: str) -> None:
    """Voice is already text, mixed messages give their words, pictures none."""
    whole = {"msgid": "m", "chattype": "single", "from": {"userid": "u"}, **body}
    incoming = frames.read_message(whole, channel=Channel.LONG, bot_id="b", received=1.0)
    assert incoming is not None
    assert (incoming.kind, incoming.text) == (kind, text)
    assert Incoming.from_json(json.loads(json.dumps(incoming.to_json()))) == incoming


GOOD = {
    "msgid": "m",
    "aibotid": "b",
    "chattype": "group",
    "chatid": "g",
    "from": {"userid": "u"},
    "msgtype": "text",
    "text": {"content": "@安责 问"},
    "quote": {"msgtype": "text", "text": {"content": "引"}},
}


@pytest.mark.parametrize(
    "change",
    [
        {"aibotid": "another"},
        {"from": {"userid": ""}},
        {"from": {"userid": "sys"}},
        {"from": {}},
        {"chatid": ""},
        {"msgid": ""},
        {"msgid": "m" * 500},
    ],
    ids=str,
)
def test_who_cannot_be_answered_is_ignored(change: dict[str, Any]) -> None:
    """Another bot's messages, the system's, a group without id, a message without or with an absurd id."""
    assert frames.read_message(GOOD, channel=Channel.LONG, bot_id="b", received=1.0) is not None
    assert frames.read_message({**GOOD, **change}, channel=Channel.LONG, bot_id="b", received=1.0) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(GOOD)), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from([*GOOD, "event", "mixed", "create_time", "response_url"])
TYPES = ["text", "voice", "mixed", "event", "image", "stream", 7]
EVENTS = ["enter_chat", "template_card_event", "feedback_event", "x"]


@hypothesis_settings(max_examples=300, deadline=None)
@given(
    changes=st.dictionaries(NAMES, JSON, max_size=4),
    msgtype=st.sampled_from(TYPES),
    event=st.sampled_from(EVENTS),
    payload=JSON,
)
def test_reading_never_raises(changes: dict[str, Any], msgtype: object, event: str, payload: Any) -> None:
    """Whatever JSON a field holds, a message is read or ignored, and what is read can be kept."""
    body = {**GOOD, "msgtype": msgtype, "event": {"eventtype": event, event: payload}, **changes}
    incoming = frames.read_message(body, channel=Channel.LONG, bot_id="b", received=1.0)
    assert incoming is None or Incoming.from_json(json.loads(json.dumps(incoming.to_json()))) == incoming


def test_rubbish_on_the_line_is_passed_over() -> None:
    """Broken JSON, lists, frames without headers and unknown commands: the next question is answered."""

    async def go() -> None:
        async with make_server() as server:
            async with running(make_bot(server, Scripted())):
                await server.until(lambda: bool(server.subscriptions))
                rubbish = ["", "{", "[]", "null", "{}", '{"headers":1}', '{"headers":{"req_id":[]}}']
                rubbish += ['{"headers":{"req_id":"x"},"errcode":"0"}', '{"cmd":"unknown","headers":{"req_id":"x"}}']
                rubbish += ['{"cmd":"aibot_msg_callback","headers":{"req_id":"x"},"body":[]}']
                for text in rubbish:
                    await server.send_raw(text)
                msgid = await server.say("zhang", "问")
                await server.until(lambda: server.answers(msgid) == ["答：问"])
            assert server.connections == 1

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


def test_proxies_are_not_asked_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxy variables that lead nowhere do not matter for a server on this machine."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "ws_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    async def go() -> None:
        async with make_server() as server, running(make_bot(server, Scripted())):
            await server.until(lambda: bool(server.subscriptions), patience=2)

    asyncio.run(go())


def test_a_storm_of_faults_loses_and_doubles_nothing() -> None:
    """60 questions of 20 users while frames are dropped, acknowledgements lost and the server restarted."""

    async def go() -> None:
        chance = random.Random(11)
        ledger = MemoryLedger()

        def fault(cmd: str, body: dict[str, Any]) -> Fault | None:
            if cmd != "aibot_respond_msg" or chance.random() > 0.12:
                return None
            return Fault(chance.choice(["drop_before", "drop_after", "silent", "slow", "error"]), 0.2, -1)

        async with make_server() as server:
            server.fault = fault
            async with running(make_bot(server, Scripted(slowly), ledger)):
                asked = []
                for number in range(60):
                    asked.append(await server.say(f"user-{number % 20}", f"问{number}", copies=1 + number % 2))
                    await asyncio.sleep(0.005)
                await server.restart(down=0.05)
                await server.until(lambda: len(ledger.finished) == 60, patience=15)
            assert [server.answers(msgid) for msgid in asked] == [[f"答：问{number}"] for number in range(60)]
            assert len(server.shown) == 60
            assert server.violations == []

    asyncio.run(go())

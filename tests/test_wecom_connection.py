"""The long connection itself against a server of the vendor's kind: faults, restarts, order, and when to stop."""

from __future__ import annotations

import asyncio
import dataclasses
import random
from typing import Any

import pytest

from index.errors import SettingsError
from rag.channels.wecom import frames
from rag.channels.wecom.connection import LongConnection
from rag.channels.wecom.dispatch import TOO_MANY
from rag.channels.wecom.model import (
    Incoming,
    Replier,
    Stopped,
)
from rag.channels.wecom.runtime import Timings
from rag.settings import Settings
from tests.fakes.wecom_bot import FAST, JumpingClock, Scripted, make_bot, make_server, running, runtime, slowly
from tests.fakes.wecom_ledger import MemoryLedger
from tests.fakes.wecom_server import Fault


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
            second = await server.say("li", "二")
            await asyncio.gather(bot, return_exceptions=True)
            assert server.seen("li") == []
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


@pytest.mark.parametrize("code", sorted(frames.STREAM_GONE))
def test_a_last_frame_heard_before_a_restart_is_not_said_again(code: int) -> None:
    """The last frame arrived, its acknowledgement did not, the bot was restarted: that stream was the answer."""

    async def go() -> None:
        ledger = MemoryLedger()
        async with make_server() as server:
            server.fault = lambda cmd, body: Fault("silent") if last(body) else None
            async with running(make_bot(server, Scripted(), ledger)):
                msgid = await server.say("zhang", "问")
                await server.until(lambda: bool(server.answers(msgid)))
            assert ledger.finished == set()
            server.fault = lambda cmd, body: Fault("error", code=code) if cmd == "aibot_respond_msg" else None
            async with running(make_bot(server, Scripted(), ledger)):
                await server.until(lambda: ledger.finished == {msgid})
            assert [shown.text for shown in server.seen("zhang")] == ["答：问"]

    def last(body: dict[str, Any]) -> bool:
        return bool(body.get("stream", {}).get("finish"))

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


def test_a_group_among_itself_is_left_alone() -> None:
    """What names nobody, or everybody, gets not even a placeholder; the question behind it is answered."""

    async def go() -> None:
        handler = Scripted()
        async with make_server() as server:
            async with running(make_bot(server, handler)):
                for text in ("大家好", "@所有人 今天开会"):
                    await server.say("zhang", text, chat_id="group-1")
                msgid = await server.say("zhang", "@安责 问题", chat_id="group-1")
                await server.until(lambda: bool(server.answers(msgid)))
            assert [incoming.text for incoming in handler.seen] == ["问题"]
            assert [shown.text for shown in server.seen("group-1")] == ["答：问题"]

    asyncio.run(go())


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

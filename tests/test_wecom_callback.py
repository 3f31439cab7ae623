"""Both callback addresses, called as the vendor does: over a socket, encrypted, with all that can be wrong."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from index.errors import SettingsError, StoreUnwritable
from rag.channels.wecom import callback, callback_app
from rag.channels.wecom.callback import BotCallback
from rag.channels.wecom.callback_app import AppCallback
from rag.channels.wecom.crypto import Crypto
from rag.channels.wecom.model import (
    APP_MESSAGE_BYTES,
    PLACEHOLDER,
    Button,
    Card,
    Incoming,
    Kind,
    Ledger,
    Replier,
    Undelivered,
    Verdict,
)
from rag.channels.wecom.runtime import Runtime
from rag.channels.wecom.stream import UNFINISHED
from rag.settings import Settings
from tests.fakes.wecom_bot import FAST, Act, JumpingClock, Scripted, running, runtime
from tests.fakes.wecom_http import AGENT_ID, CORP_ID, SECRET, Caller, Listening, WecomApi
from tests.fakes.wecom_ledger import MemoryLedger

TOKEN = "callback-token"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
PATIENT = runtime(timings=dataclasses.replace(FAST, poll_patience=10.0))
UNPOLLED = runtime(timings=dataclasses.replace(FAST, poll_patience=0.02))
CARD = Card("task-1", "安责", "可以这样问", (Button("我的任务", "mine"),))
VECTOR = {
    "msg_signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    "timestamp": "1409659589",
    "nonce": "263014780",
    "echostr": "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
}


def settings_of(vendor: WecomApi | None = None, **changes: Any) -> Settings:
    values = {
        "wecom_api_url": vendor.url if vendor else "http://127.0.0.1:9",
        "wecom_bot_id": "bot-1",
        "wecom_bot_token": TOKEN,
        "wecom_bot_aes_key": AES_KEY,
        "wecom_corp_id": CORP_ID,
        "wecom_agent_id": AGENT_ID,
        "wecom_agent_secret": SECRET,
        "wecom_token": TOKEN,
        "wecom_aes_key": AES_KEY,
        **changes,
    }
    return Settings(**values)


@dataclasses.dataclass
class Stage:
    """A bot's callback address that listens, the vendor that calls it, and the vendor's interface."""

    caller: Caller
    vendor: WecomApi
    handler: Scripted
    ledger: MemoryLedger

    async def until(self, done: Any, patience: float = 30.0) -> None:
        async with asyncio.timeout(patience):
            while not done():
                await asyncio.sleep(0.005)

    async def ask(self, text: str, msgid: str = "m1", **more: Any) -> dict[str, Any]:
        """Post a user's message to the bot; its first answer."""
        body = {"msgid": msgid, "aibotid": "bot-1", "chattype": "single", "from": {"userid": "zhang"}, **more}
        body = {"msgtype": "text", "text": {"content": text}, **body}
        response = await self.caller.post_json(body)
        assert response.status_code == 200
        return self.caller.opened(response)

    async def poll(self, stream_id: str) -> dict[str, Any]:
        answer = self.caller.opened(await self.caller.post_json({"msgtype": "stream", "stream": {"id": stream_id}}))
        stream: dict[str, Any] = answer["stream"]
        return stream

    async def poll_to_the_end(self, stream_id: str) -> list[str]:
        """Every text that polls showed."""
        texts = []
        for _ in range(200):
            stream = await self.poll(stream_id)
            texts.append(stream["content"])
            if stream["finish"]:
                return texts
            await asyncio.sleep(0.01)
        raise TimeoutError


@asynccontextmanager
async def bot_stage(
    act: Act | None = None, run: Runtime | None = None, ledger: MemoryLedger | None = None, **changes: Any
) -> AsyncIterator[Stage]:
    handler, ledger = Scripted(act), ledger or MemoryLedger()
    async with WecomApi() as vendor:
        bot = BotCallback(settings_of(vendor, **changes), handler, ledger, run or PATIENT)
        async with Listening(bot.routes) as door, running(bot):
            caller = Caller(door.url + callback.PATH, crypto(""), clock=(run or PATIENT).clock)
            yield Stage(caller, vendor, handler, ledger)


@asynccontextmanager
async def app_stage(
    act: Act | None = None, run: Runtime | None = None, ledger: MemoryLedger | None = None, **changes: Any
) -> AsyncIterator[Stage]:
    handler, ledger = Scripted(act), ledger or MemoryLedger()
    async with WecomApi() as vendor:
        bot = AppCallback(settings_of(vendor, **changes), handler, ledger, run or runtime())
        async with Listening(bot.routes) as door, running(bot):
            caller = Caller(door.url + callback_app.PATH, crypto(CORP_ID), clock=(run or runtime()).clock)
            yield Stage(caller, vendor, handler, ledger)


def crypto(receive_id: str) -> Crypto:
    return Crypto.make(TOKEN, AES_KEY, receive_id, setting="test")


def message(**changes: str) -> dict[str, str]:
    fields = {
        "ToUserName": CORP_ID, "FromUserName": "zhang", "CreateTime": "1700000000", "MsgType": "text",
        "Content": "我局要做什么", "MsgId": "m1", "AgentID": AGENT_ID,
    }  # fmt: skip
    return {**fields, **changes}


def test_addresses_are_verified() -> None:
    """The decrypted echo string comes back bare, for the bot and for the app."""

    async def go() -> None:
        for stage_of in (bot_stage, app_stage):
            async with stage_of() as stage:
                response = await stage.caller.check("1616140317555161061")
                assert (response.status_code, response.content) == (200, b"1616140317555161061")

    asyncio.run(go())


@pytest.mark.parametrize(("age", "status"), [(0, 200), (299, 200), (-299, 200), (301, 403), (-301, 403)])
def test_the_vendors_address_check_in_its_own_time(age: int, status: int) -> None:
    """The vector of 2014 is good within 300 s of its time, and a replay outside of them."""

    async def go() -> None:
        clock = JumpingClock(1409659589.0 + age)
        settings = settings_of(wecom_token="QDG6eK", wecom_corp_id="wx5823bf96d3bd56c7")
        bot = AppCallback(settings, Scripted(), MemoryLedger(), runtime(clock))
        transport = httpx.ASGITransport(Starlette(routes=list(bot.routes)))
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            response = await client.get(callback_app.PATH, params=VECTOR)
        assert response.status_code == status
        assert (response.text == "1616140317555161061") == (status == 200)

    asyncio.run(go())


def test_a_question_is_answered_by_polls() -> None:
    """The post gives the placeholder, polls give the growing text, the last one ends it; nothing else is sent."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        while (text := await texts.get()) != "一、二、三":
            await replier.stream(text)
        await replier.stream(text, finish=True)

    texts: asyncio.Queue[str] = asyncio.Queue()

    async def go() -> None:
        async with bot_stage(act) as stage:
            first = await stage.ask("我局要做什么")
            assert first["msgtype"] == "stream"
            assert (first["stream"]["content"], first["stream"]["finish"]) == (PLACEHOLDER, False)
            for text in ("一", "一、二", "一、二、三"):
                texts.put_nowait(text)
                await asyncio.sleep(0.01)
                shown = await stage.poll(first["stream"]["id"])
                assert (shown["content"], shown["finish"]) == (text, text == "一、二、三")
            await stage.until(lambda: stage.ledger.finished == {"m1"})
            assert stage.vendor.responses == {}
            assert (await stage.poll(first["stream"]["id"]))["content"] == "一、二、三"

    asyncio.run(go())


def test_a_duplicate_message_gets_the_streams_state() -> None:
    """The same msgid again, in a request of its own: the present text of the same stream, and no second handling."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        await replier.stream("部分")
        await gate.wait()
        await replier.stream("全部", finish=True)

    gate = asyncio.Event()

    async def go() -> None:
        async with bot_stage(act) as stage:
            first = await stage.ask("问")
            await stage.until(lambda: len(stage.handler.seen) == 1)
            again = await stage.ask("问")
            assert again["stream"] == {**first["stream"], "content": "部分"}
            gate.set()
            assert (await stage.poll_to_the_end(first["stream"]["id"]))[-1] == "全部"
            assert len(stage.handler.seen) == 1

    asyncio.run(go())


def test_what_is_meant_for_others_gets_nothing() -> None:
    """Another bot's messages and polls, one that names no bot, and what a group says among itself: an empty answer."""

    async def go() -> None:
        async with bot_stage() as stage:
            known = (await stage.ask("问"))["stream"]["id"]
            await stage.poll_to_the_end(known)
            group = {"chattype": "group", "chatid": "g"}
            assert await stage.ask("问", "m2", aibotid="bot-2") == {}
            assert await stage.ask("问", "m3", aibotid=None) == {}
            assert await stage.ask("@所有人 开会", "m4", **group) == {}
            poll = {"msgtype": "stream", "aibotid": "bot-2", "stream": {"id": known}}
            assert stage.caller.opened(await stage.caller.post_json(poll)) == {}
            assert (await stage.ask("@安责 问", "m5", **group))["stream"]
            await stage.until(lambda: len(stage.handler.seen) == 2)
            assert [incoming.msgid for incoming in stage.handler.seen] == ["m1", "m5"]

    asyncio.run(go())


def test_without_polls_the_answer_goes_to_the_response_address() -> None:
    """Once, when no poll has come for a while; a further message finds the address used."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        await replier.stream("全部", finish=True)
        with pytest.raises(Undelivered):
            await replier.markdown("更多")

    async def go() -> None:
        async with bot_stage(act, runtime()) as stage:
            await stage.ask("问", response_url=stage.vendor.response_url("r1"))
            await stage.until(lambda: stage.ledger.finished == {"m1"})
            assert stage.vendor.responses == {"r1": {"msgtype": "markdown", "markdown": {"content": "全部"}}}
            assert stage.vendor.violations == []

    asyncio.run(go())


def test_one_further_message_goes_to_the_response_address() -> None:
    """After the polled answer, a card; files are refused with what to do instead."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        assert (replier.limits.further, replier.limits.files) == (1, False)
        await replier.stream("全部", finish=True)
        with pytest.raises(Undelivered, match="网页"):
            await replier.file("清单.xlsx", b"PK")
        await replier.card(CARD)

    async def go() -> None:
        async with bot_stage(act) as stage:
            first = await stage.ask("问", response_url=stage.vendor.response_url("r1"))
            await stage.poll_to_the_end(first["stream"]["id"])
            await stage.until(lambda: stage.ledger.finished == {"m1"})
            assert stage.vendor.responses["r1"]["template_card"]["task_id"] == "task-1"

    asyncio.run(go())


@pytest.mark.parametrize("url", ["https://evil.example/x", "http://127.0.0.1:1/x", "file:" + "///etc/passwd", ""])
def test_a_foreign_response_address_is_never_called(url: str) -> None:
    """The answer is undelivered then; the message is dealt with, and nothing is sent anywhere."""

    async def go() -> None:
        async with bot_stage(run=UNPOLLED) as stage:
            await stage.ask("问", response_url=url)
            await stage.until(lambda: stage.ledger.finished == {"m1"})
            assert stage.vendor.calls == []

    asyncio.run(go())


def test_polls_end_before_the_vendors_limit() -> None:
    """At ``wecom_stream_limit_s`` a poll ends the stream with a note; the answer goes to the response address."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        await replier.stream("部分")
        await ended.wait()
        await replier.stream("全部", finish=True)

    ended = asyncio.Event()

    async def go() -> None:
        async with bot_stage(act, wecom_stream_limit_s=0.15) as stage:
            first = await stage.ask("问", response_url=stage.vendor.response_url("r1"))
            assert (await stage.poll_to_the_end(first["stream"]["id"]))[-1] == "部分" + UNFINISHED
            ended.set()
            await stage.until(lambda: stage.ledger.finished == {"m1"})
            assert stage.vendor.responses["r1"]["markdown"]["content"] == "全部"

    asyncio.run(go())


def test_polls_for_nothing_known_end() -> None:
    """A stream nobody knows is ended with what to do."""

    async def go() -> None:
        async with bot_stage() as stage:
            stream = await stage.poll("unknown")
            assert stream["finish"]
            assert "重新提问" in stream["content"]

    asyncio.run(go())


def test_events_are_answered_in_the_response() -> None:
    """Welcome and card update come in the answer to their own event; feedback is handed on and answered by nothing."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        if incoming.kind is Kind.ENTER_CHAT:
            assert await replier.welcome("您好")
            assert not await replier.welcome("再次您好")
        elif incoming.kind is Kind.CARD_EVENT:
            assert await replier.update_card(CARD)
            await replier.stream("任务如下", finish=True)

    async def event(stage: Stage, kind: str, payload: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        body = {"aibotid": "bot-1", "msgtype": "event", "event": {"eventtype": kind, kind: payload or {}}}
        return await stage.ask("", **{"msgid": kind, **body, **more})

    async def go() -> None:
        async with bot_stage(act) as stage:
            assert (await event(stage, "enter_chat"))["text"]["content"] == "您好"
            assert await event(stage, "enter_chat") == {}
            answer = await event(
                stage,
                "template_card_event",
                {"event_key": "mine", "task_id": "task-1"},
                response_url=stage.vendor.response_url("r1"),
            )
            assert answer["response_type"] == "update_template_card"
            await stage.until(lambda: "r1" in stage.vendor.responses)
            assert await event(stage, "feedback_event", {"id": "x", "type": 1}) == {}
            judged = stage.handler.seen[-1].feedback
            assert judged is not None
            assert judged.verdict is Verdict.GOOD
            assert len(stage.handler.seen) == 3

    asyncio.run(go())


def test_an_event_is_answered_by_nothing_when_the_handler_is_slow() -> None:
    """The vendor waits 5 s; the answer is empty before that, and a late welcome is known to be late."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        await answered.wait()
        results.append(await replier.welcome("您好"))

    answered = asyncio.Event()
    results: list[bool] = []

    async def go() -> None:
        async with bot_stage(act) as stage:
            async with asyncio.timeout(30):
                assert await stage.ask("", msgtype="event", event={"eventtype": "enter_chat"}) == {}
            answered.set()
            await stage.until(lambda: bool(results))

    asyncio.run(go())
    assert results == [False]


def test_the_app_acknowledges_at_once_and_answers_later() -> None:
    """An empty 200 while the answer is still being made; the answer is a message of the app; files and cards follow."""

    async def act(incoming: Incoming, replier: Replier) -> None:
        await replier.stream("部分")
        await acknowledged.wait()
        await replier.stream(f"答：{incoming.text}", finish=True)
        await replier.card(CARD)
        await replier.file("清单.xlsx", b"PK")

    acknowledged = asyncio.Event()

    async def go() -> None:
        async with app_stage(act) as stage:
            response = await stage.caller.post_xml(message())
            assert (response.status_code, response.content) == (200, b"")
            assert stage.vendor.sent == []
            acknowledged.set()
            await stage.until(lambda: stage.ledger.finished == {"m1"})
            assert [sent.kind for sent in stage.vendor.sent] == ["markdown", "template_card", "file"]
            assert (stage.vendor.sent[0].user, stage.vendor.sent[0].text) == ("zhang", "答：我局要做什么")
            assert stage.vendor.violations == []

    asyncio.run(go())


def test_what_the_vendor_sends_again_is_answered_once() -> None:
    """Three retries of a message by its MsgId, and of an event by sender and time."""

    async def go() -> None:
        async with app_stage() as stage:
            for _ in range(4):
                assert (await stage.caller.post_xml(message())).status_code == 200
                event = {"MsgType": "event", "Event": "enter_agent", "MsgId": "", "Content": ""}
                assert (await stage.caller.post_xml(message(**event))).status_code == 200
            await stage.until(lambda: len(stage.ledger.finished) == 2)
            assert sorted(seen.kind for seen in stage.handler.seen) == [Kind.ENTER_CHAT, Kind.TEXT]

    asyncio.run(go())


def test_app_cards_and_pictures_are_read() -> None:
    """A pressed button with its selection; a picture has no words."""

    async def go() -> None:
        async with app_stage(nothing) as stage:
            event = {"MsgType": "event", "Event": "template_card_event", "EventKey": "mine", "TaskId": "task-1"}
            await stage.caller.post_xml(message(**event, MsgId=""))
            await stage.caller.post_xml(message(MsgType="image", MsgId="m2"))
            await stage.until(lambda: len(stage.handler.seen) == 2)
            pressed = next(seen.card for seen in stage.handler.seen if seen.card)
            assert (pressed.key, pressed.task_id) == ("mine", "task-1")
            assert {seen.kind for seen in stage.handler.seen} == {Kind.CARD_EVENT, Kind.MEDIA}

    asyncio.run(go())


async def nothing(incoming: Incoming, replier: Replier) -> None:
    """Answer nothing."""


def test_long_answers_of_an_app_are_split() -> None:
    """2 048 bytes a message: all of it arrives, in order."""
    lines = [f"第{number}项：安全生产责任" for number in range(300)]

    async def act(incoming: Incoming, replier: Replier) -> None:
        assert replier.limits.max_bytes == APP_MESSAGE_BYTES
        await replier.stream("\n".join(lines), finish=True)

    async def go() -> None:
        async with app_stage(act) as stage:
            await stage.caller.post_xml(message())
            await stage.until(lambda: stage.ledger.finished == {"m1"})
            assert [line for sent in stage.vendor.sent for line in sent.text.split("\n")] == lines
            assert stage.vendor.violations == []

    asyncio.run(go())


@pytest.mark.parametrize("change", [{"AgentID": "7"}, {"ToUserName": "other"}, {"FromUserName": "sys"}], ids=str)
def test_messages_for_others_are_acknowledged_and_ignored(change: dict[str, str]) -> None:
    """Another app's, another company's, the system's: 200, so that nothing is repeated, and nothing more."""

    async def go() -> None:
        async with app_stage() as stage:
            assert (await stage.caller.post_xml(message(**change))).status_code == 200
            assert stage.ledger.messages == {}

    asyncio.run(go())


def test_an_outage_of_the_interface_is_waited_out() -> None:
    """The vendor's interface is down when the answer is ready, and comes back: the answer arrives, once."""

    async def go() -> None:
        async with app_stage() as stage:
            await stage.vendor.stop()
            await stage.caller.post_xml(message())
            await asyncio.sleep(0.2)
            await stage.vendor.start()
            await stage.until(lambda: stage.ledger.finished == {"m1"})
            assert [sent.text for sent in stage.vendor.sent] == ["答：我局要做什么"]

    asyncio.run(go())


class SlowToOpen(MemoryLedger):
    """Takes a while to say what is pending."""

    def pending(self) -> tuple[Incoming, ...]:
        time.sleep(0.1)
        return super().pending()


@pytest.mark.parametrize("stage_of", [bot_stage, app_stage])
def test_a_restart_answers_what_was_acknowledged(stage_of: Any) -> None:
    """Stopped between acknowledgement and answer: the next process answers, once, also polls that come early."""

    async def never(incoming: Incoming, replier: Replier) -> None:
        await asyncio.sleep(60)

    async def go() -> None:
        ledger = SlowToOpen()
        stream_id = ""
        async with stage_of(never, ledger=ledger) as stage:
            if stage_of is bot_stage:
                stream_id = (await stage.ask("问"))["stream"]["id"]
            else:
                await stage.caller.post_xml(message(Content="问"))
            await stage.until(lambda: bool(stage.handler.seen))
        async with stage_of(ledger=ledger) as stage:
            if stream_id:
                assert (await stage.poll_to_the_end(stream_id))[-1] == "答：问"
            await stage.until(lambda: ledger.finished == {"m1"})
            assert len(stage.handler.seen) == 1

    asyncio.run(go())


def test_a_replay_is_refused() -> None:
    """The same timestamp and nonce again: 403, also with another body under a right signature."""

    async def go() -> None:
        async with app_stage() as stage:
            query, encrypt = stage.caller.sealed(b"<xml><MsgType>text</MsgType></xml>")
            data = f"<xml><Encrypt>{encrypt}</Encrypt></xml>".encode()
            assert (await stage.caller.post(query, data)).status_code == 200
            assert (await stage.caller.post(query, data)).status_code == 403
            other = stage.caller.crypto.seal(b"<xml/>", query["timestamp"], query["nonce"])
            changed = {**query, "msg_signature": other.signature}
            data = f"<xml><Encrypt>{other.encrypt}</Encrypt></xml>".encode()
            assert (await stage.caller.post(changed, data)).status_code == 403

    asyncio.run(go())


class FullDisk(MemoryLedger):
    """Cannot keep the first message."""

    def take(self, incoming: Incoming) -> bool:
        if not self.pieces:
            self.pieces["failed"] = {"once"}
            raise StoreUnwritable("磁盘已满。")
        return super().take(incoming)


def test_what_could_not_be_kept_may_be_sent_again() -> None:
    """503 and nothing lost: the very same request is taken when it comes again."""

    async def go() -> None:
        async with app_stage(ledger=FullDisk()) as stage:
            inner = "".join(f"<{name}>{value}</{name}>" for name, value in message().items())
            query, encrypt = stage.caller.sealed(f"<xml>{inner}</xml>".encode())
            data = f"<xml><Encrypt>{encrypt}</Encrypt></xml>".encode()
            assert (await stage.caller.post(query, data)).status_code == 503
            assert (await stage.caller.post(query, data)).status_code == 200
            await stage.until(lambda: bool(stage.vendor.sent))

    asyncio.run(go())


DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'


def refusals(app: bool) -> dict[str, Any]:
    """Requests that must be refused: what to change about a good one."""
    seal = crypto(CORP_ID if app else "").seal
    now = str(int(time.time()))

    def inner(text: str, receive_id: str | None = None) -> tuple[dict[str, str], bytes]:
        sealer = seal if receive_id is None else crypto(receive_id).seal
        sealed = sealer(text.encode(), now, "n")
        query = {"msg_signature": sealed.signature, "timestamp": now, "nonce": "n"}
        return query, wrap(sealed.encrypt)

    def wrap(encrypt: str) -> bytes:
        if app:
            return f"<xml><Encrypt>{encrypt}</Encrypt></xml>".encode()
        return json.dumps({"encrypt": encrypt}).encode()

    good_query, good = inner("<xml/>" if app else "{}")
    old = seal(b"<xml/>", "1409659589", "n")
    cases = {
        "no query": ({}, good),
        "no signature": ({**good_query, "msg_signature": ""}, good),
        "wrong signature": ({**good_query, "msg_signature": "0" * 40}, good),
        "chinese signature": ({**good_query, "msg_signature": "签" * 40}, good),
        "other nonce": ({**good_query, "nonce": "m"}, good),
        "other time": ({**good_query, "timestamp": str(int(now) + 1)}, good),
        "time in words": ({**good_query, "timestamp": "now"}, good),
        "negative time": ({**good_query, "timestamp": "-1"}, good),
        "arabic digits": ({**good_query, "timestamp": "١٧٠٠٠٠٠٠٠٠"}, good),
        "endless time": ({**good_query, "timestamp": "9" * 5000}, good),
        "two nonces": ({**good_query, "nonce": ["n", "n"]}, good),
        "old": (
            {"msg_signature": old.signature, "timestamp": "1409659589", "nonce": "n"},
            wrap(old.encrypt),
        ),
        "empty body": (good_query, b""),
        "not xml nor json": (good_query, b"hello"),
        "not utf-8": (good_query, b"\xff\xfe\x00"),
        "nothing encrypted": (good_query, wrap("")),
        "another shape": (good_query, b"<xml/>" if app else b"[]"),
        "other company": inner("<xml/>" if app else "{}", "wx-other"),
        "inner text": inner("hello"),
        "inner nothing": inner(""),
        "too large": (good_query, good + b" " * 1_000_000),
        "deep": (good_query, b"<a>" * 200_000 if app else b"[" * 900_000),
    }
    if app:
        cases["outer doctype"] = (good_query, DOCTYPE.encode() + good)
        cases["inner doctype"] = inner(DOCTYPE + "<x>&b;</x>")
        cases["utf-16 doctype"] = (good_query, (DOCTYPE + good.decode()).encode("utf-16"))
        cases["unknown encoding"] = (good_query, b'<?xml version="1.0" encoding="x-none"?>' + good)
    else:
        cases["inner list"] = inner("[]")
        cases["encrypt is a number"] = (good_query, b'{"encrypt": 1}')
    return cases


@pytest.mark.parametrize("app", [False, True], ids=["bot", "app"])
def test_every_doubtful_request_gets_the_same_refusal(app: bool) -> None:
    """Whatever is wrong, 403 and the same words; nothing is kept, nothing says which check failed."""

    async def go() -> None:
        stage_of, cases = (app_stage if app else bot_stage), refusals(app)
        async with stage_of() as stage:
            answers = {name: await stage.caller.post(query, data) for name, (query, data) in cases.items()}
            assert {name: (a.status_code, a.text) for name, a in answers.items()} == dict.fromkeys(
                cases, (403, "拒绝访问")
            )
            assert len({tuple(sorted(set(a.headers) - {"date"})) for a in answers.values()}) == 1
            assert stage.ledger.messages == {}

    asyncio.run(go())


@hypothesis_settings(max_examples=80, deadline=None)
@given(data=st.binary(max_size=300), query=st.dictionaries(st.sampled_from(sorted(VECTOR)), st.text(max_size=40)))
def test_rubbish_never_gets_further_than_the_door(data: bytes, query: dict[str, str]) -> None:
    """Any body, any query, GET and POST, both addresses: 403."""

    async def go() -> None:
        ledger = MemoryLedger()
        routes = [
            *BotCallback(settings_of(), Scripted(), ledger).routes,
            *AppCallback(settings_of(), Scripted(), ledger).routes,
        ]
        transport = httpx.ASGITransport(Starlette(routes=routes))
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            for path in (callback.PATH, callback_app.PATH):
                assert (await client.get(path, params=query)).status_code == 403
                assert (await client.post(path, params=query, content=data)).status_code == 403

    asyncio.run(go())


NAMES = st.sampled_from(["msgid", "msgtype", "from", "userid", "stream", "id", "event"])
JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=8), lambda below: st.dictionaries(NAMES, below), max_leaves=8
)


@hypothesis_settings(max_examples=80, deadline=None)
@given(inner=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_rightly_sealed_rubbish_is_refused_or_ignored(inner: bytes) -> None:
    """What is sealed with the right key but makes no sense: refused or answered, never a failure, never kept."""

    async def go() -> None:
        ledger = MemoryLedger()
        bot, app = BotCallback(settings_of(), Scripted(), ledger), AppCallback(settings_of(), Scripted(), ledger)
        transport = httpx.ASGITransport(Starlette(routes=[*bot.routes, *app.routes]))
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            for path, receive_id in ((callback.PATH, ""), (callback_app.PATH, CORP_ID)):
                sealed = crypto(receive_id).seal(inner, str(int(time.time())), "n")
                query = {"msg_signature": sealed.signature, "timestamp": sealed.timestamp, "nonce": "n"}
                xml = f"<xml><Encrypt>{sealed.encrypt}</Encrypt></xml>".encode()
                data = xml if receive_id else json.dumps({"encrypt": sealed.encrypt}).encode()
                assert (await client.post(path, params=query, content=data)).status_code in (200, 403)

    asyncio.run(go())


@pytest.mark.parametrize(
    ("missing", "made"),
    [
        ("wecom_bot_token", BotCallback),
        ("wecom_bot_aes_key", BotCallback),
        ("wecom_token", AppCallback),
        ("wecom_aes_key", AppCallback),
        ("wecom_corp_id", AppCallback),
        ("wecom_agent_id", AppCallback),
        ("wecom_agent_secret", AppCallback),
    ],
)
def test_missing_settings_are_named(missing: str, made: type[BotCallback] | type[AppCallback]) -> None:
    """When the callback is made, before anything listens."""
    ledger: Ledger = MemoryLedger()
    with pytest.raises(SettingsError, match=f"ANZE_{missing.upper()}"):
        made(settings_of(**{missing: ""}), Scripted(), ledger)

"""The whole bot over real sockets: question in, cited answer out, whatever the network and the processes do."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.errors import SettingsError
from rag.assistant import Assistant
from rag.channels.wecom.bot import Bot, ways
from rag.channels.wecom.crypto import Crypto
from rag.channels.wecom.model import CardEvent, Channel, Feedback, Incoming, Kind, Verdict
from rag.channels.wecom.run import STOPPED
from rag.channels.wecom.runtime import Runtime, Timings
from rag.history.database import open_engine
from rag.model import Question
from rag.settings import Settings
from tests.fakes.served import free_port
from tests.fakes.wecom_http import AGENT_ID, CORP_ID, SECRET, Caller, WecomApi
from tests.fakes.wecom_server import Fault, WecomServer

AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 60.0
FAST = Timings(
    heartbeat=0.5, pong=1.0, ack=0.4, connect=3.0, backoff_first=0.01, backoff_most=0.05, stable=0.1,
    snapshot_gap=0.0, rate_pause=0.1, give_up=60.0, shutdown=0.2,
)  # fmt: skip
CRASH = replace(FAST, shutdown=0.0)


_INDEX: dict[str, Path | None] = {"store": None}
"""Where the tests' index is; the checkout of a fresh machine has none yet."""


@pytest.fixture(autouse=True, scope="module")
def index_of_the_tests(settings: Settings) -> None:
    _INDEX["store"] = settings.store


@contextlib.asynccontextmanager
async def running(
    server: WecomServer, assistant: Assistant, data: Path, timings: Timings = FAST, **more: Any
) -> AsyncIterator[Bot]:
    """A bot connected to ``server``, its database in ``data``; stopped at the end as SIGTERM would.

    Its worker threads end with it, as they would with its process.
    """
    settings = Settings(
        data=data,
        store=_INDEX["store"],
        wecom_bot_id=server.bot_id,
        wecom_bot_secret=server.secret,
        wecom_ws_url=server.url,
        **more,
    )
    engine, threads = open_engine(settings), ThreadPoolExecutor()
    asyncio.get_running_loop().set_default_executor(threads)
    bot, stop = Bot(settings, assistant, engine, Runtime(timings)), asyncio.Event()
    task = asyncio.create_task(bot.run(stop))
    before = len(server.subscriptions)
    try:
        await server.until(lambda: len(server.subscriptions) > before or task.done())
        yield bot
    finally:
        stop.set()
        await task
        threads.shutdown()
        engine.dispose()


def test_a_question_is_streamed_and_cited(assistant: Assistant, tmp_path: Path) -> None:
    """A person asks, sees a placeholder, then the whole answer with its sources; no rule of the protocol is broken."""

    async def story() -> None:
        async with (
            WecomServer(ack_timeout=FAST.ack / 2) as server,
            running(server, assistant, tmp_path, org="市住建局"),
        ):
            msgid = await server.say("zhangsan", "我们今年要做什么？")
            await server.until(lambda: bool(server.answers(msgid)))
            [shown] = server.seen("zhangsan")
            assert shown.history[0] == "正在查阅条款，请稍候……"
            expected = assistant.ask(Question("我们今年要做什么？", "市住建局"))
            assert shown.text.startswith(expected.text.strip())
            sources = shown.text.split("**出处**")[1]
            assert {f"[{c.marker}]" for c in expected.citations} == set(re.findall(r"\[\d+\]", sources))
            assert server.violations == []

    asyncio.run(story())


def test_a_conversation_in_a_group(assistant: Assistant, tmp_path: Path) -> None:
    """The @-name is not part of the question; two people in one group have each their own conversation."""

    async def story() -> None:
        async with WecomServer(ack_timeout=FAST.ack / 2) as server, running(server, assistant, tmp_path):
            for sender, text in (("a", "@安责 第20项谁牵头？"), ("b", "@安责 第5项讲什么？")):
                asked = await server.say(sender, text, chat_id="group")
                await server.until(lambda: bool(server.answers(asked)))  # noqa: B023 (awaited before the next turn)
            last = [await server.say(sender, "@安责 法律依据是什么？", chat_id="group") for sender in "ab"]
            await server.until(lambda: all(map(server.answers, last)))
            first, second = (server.answers(msgid)[0].splitlines()[0] for msgid in last)
            assert "第20项" in first
            assert "第5项" in second
            assert server.violations == []

    asyncio.run(story())


def test_buttons_welcome_and_files(assistant: Assistant, tmp_path: Path) -> None:
    """Entering shows a card within the vendor's rules; its buttons are answered; a list comes as an uploaded file."""

    async def story() -> None:
        async with (
            WecomServer(ack_timeout=FAST.ack / 2) as server,
            running(server, assistant, tmp_path, org="市住建局") as bot,
        ):
            bot.service.make_file = lambda _assistant, name, _url: (f"{name}.xlsx", b"PK" * 400_000)
            await server.event("zhangsan", "enter_chat")
            await server.until(lambda: len(server.seen("zhangsan")) == 1)
            card = server.seen("zhangsan")[0].body["template_card"]
            for key, wanted in (("mine", "**市住建局**在"), ("item:20", "第20项"), ("help", "怎么问")):
                event = {"card_type": "button_interaction", "event_key": key, "task_id": card["task_id"]}
                await server.event("zhangsan", "template_card_event", event)
                await server.until(lambda: any(wanted in s.text for s in server.seen("zhangsan")))  # noqa: B023
            await server.say("zhangsan", "清单")
            await server.until(lambda: bool(server.files) and server.seen("zhangsan")[-1].kind == "file")
            assert list(server.files.values()) == [("市住建局.xlsx", b"PK" * 400_000)]
            assert server.violations == []

    asyncio.run(story())


def test_feedback_names_the_answer(assistant: Assistant, tmp_path: Path) -> None:
    """The feedback id of the stream leads back to question and answer, also after a restart."""

    async def story() -> None:
        async with WecomServer(ack_timeout=FAST.ack / 2) as server:
            async with running(server, assistant, tmp_path):
                msgid = await server.say("zhangsan", "第20项谁牵头？")
                await server.until(lambda: bool(server.answers(msgid)))
            async with running(server, assistant, tmp_path) as bot:
                judged: list[tuple[str, str]] = []
                book = type(
                    "Book", (), {"judge": lambda _, kept, verdict, *rest: judged.append((kept.question, verdict))}
                )
                bot.service.book = book()
                [id] = server.feedback_ids
                await server.event("zhangsan", "feedback_event", {"id": id, "type": 2, "content": "不全"})
                await server.until(lambda: bool(judged))
                assert judged == [("第20项谁牵头？", "bad")]

    asyncio.run(story())


def test_a_press_survives_a_crash(assistant: Assistant, tmp_path: Path) -> None:
    """A button that was pressed and a judgement that was given just before a crash are dealt with after it."""

    async def story() -> None:
        async with WecomServer(ack_timeout=FAST.ack / 2) as server:
            async with running(server, assistant, tmp_path) as bot:
                await server.say("zhangsan", "第20项谁牵头？")
                await server.until(lambda: bool(server.feedback_ids))
                ledger, at = bot.store.ledger(Channel.LONG), time.time()
                card, feedback = CardEvent("item:5", "menu-1"), Feedback(*server.feedback_ids, Verdict.BAD)
                event = Incoming("e1", Channel.LONG, Kind.CARD_EVENT, "zhangsan", at - 60, card=card)
                assert ledger.take(event)
                assert ledger.take(replace(event, msgid="e2", kind=Kind.FEEDBACK, card=None, feedback=feedback))
                assert ledger.take(replace(event, msgid="e3", kind=Kind.ENTER_CHAT, card=None))
            async with running(server, assistant, tmp_path) as bot:
                await server.until(lambda: not bot.store.ledger(Channel.LONG).pending())
            stream, pushed = server.seen("zhangsan")
            assert stream.kind == "stream"
            assert pushed.text.startswith("第5项")
            assert server.violations == []

    asyncio.run(story())


def test_two_hundred_questions_through_every_fault(assistant: Assistant, tmp_path: Path) -> None:
    """With drops, lost and late acknowledgements, duplicates, and restarts of bot and server, each of 200 questions of
    50 people is answered exactly once, none is lost, none twice, and no limit is exceeded."""
    chance = random.Random(6)
    kinds = ("drop_before", "drop_after", "silent", "slow", "error")

    def fault(cmd: str, body: dict[str, Any]) -> Fault | None:
        if cmd in ("aibot_subscribe", "ping") or chance.random() > 0.08:
            return None
        kind = chance.choice(kinds)
        return Fault(kind, seconds=0.1, code=-1)

    async def ask(server: WecomServer, asked: dict[str, int]) -> None:
        for number in range(200):
            person, item = f"user{number % 50}", number // 50 * 8 + number % 5 + 1
            group = f"group{number % 5}" if number % 50 < 10 else ""
            text = f"@安责 第{item}项谁牵头？" if group else f"第{item}项谁牵头？"
            msgid = await server.say(person, text, chat_id=group, copies=2 if number % 7 == 0 else 1)
            asked[msgid] = item
            await asyncio.sleep(0.006)

    async def story() -> None:
        async with WecomServer(ack_timeout=FAST.ack / 2) as server:
            server.fault = fault
            asked: dict[str, int] = {}
            asking = asyncio.create_task(ask(server, asked))
            for turn in range(5):
                async with running(server, assistant, tmp_path, CRASH):
                    await asyncio.sleep(0.3)
                    if turn % 2:
                        await server.restart(0.05)
                        await asyncio.sleep(0.2)
            await asking
            async with running(server, assistant, tmp_path) as bot:
                ledger = bot.store.ledger(Channel.LONG)
                await server.until(lambda: not unanswered(server, asked), PATIENCE_S)
                await server.until(lambda: not ledger.pending(), PATIENCE_S)
            answers = {msgid: server.answers(msgid) for msgid in asked}
            assert {msgid: len(texts) for msgid, texts in answers.items() if len(texts) != 1} == {}
            for msgid, item in asked.items():
                assert f"第{item}项" in answers[msgid][0].splitlines()[0]
            assert [shown for shown in server.shown if shown.kind == "markdown"] == []
            assert server.violations == []

    asyncio.run(story())


def unanswered(server: WecomServer, asked: dict[str, int]) -> list[str]:
    return [msgid for msgid in asked if not server.answers(msgid)]


LONG = {"wecom_bot_id": "b", "wecom_bot_secret": "s"}
BOT_CALLBACK = {"wecom_bot_token": "t", "wecom_bot_aes_key": "k"}
APP = {
    "wecom_corp_id": "c", "wecom_agent_id": "1", "wecom_agent_secret": "s", "wecom_token": "t", "wecom_aes_key": "k",
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (LONG, (Channel.LONG,)),
        (BOT_CALLBACK, (Channel.BOT_CALLBACK,)),
        (APP, (Channel.APP,)),
        ({**LONG, **APP}, (Channel.LONG, Channel.APP)),
        ({"wecom_bot_id": "b", **BOT_CALLBACK}, (Channel.BOT_CALLBACK,)),
        ({**LONG, "wecom_corp_id": "c", "wecom_agent_id": "1", "wecom_agent_secret": "s"}, (Channel.LONG,)),
    ],
)
def test_what_is_configured_starts(given: dict[str, Any], expected: tuple[Channel, ...]) -> None:
    """Each complete set of settings is a way in; the app's id and secret alone only open the address book."""
    assert ways(Settings(**given)) == expected


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, ("ANZE_WECOM_BOT_ID", "ANZE_WECOM_BOT_SECRET", "ANZE_WECOM_CORP_ID", "ANZE_WECOM_BOT_TOKEN")),
        ({"wecom_bot_id": "b"}, ("长连接", "ANZE_WECOM_BOT_SECRET")),
        ({"wecom_bot_aes_key": "k"}, ("ANZE_WECOM_BOT_TOKEN",)),
        ({"wecom_token": "t"}, ("自建应用", "ANZE_WECOM_CORP_ID", "ANZE_WECOM_AES_KEY")),
        ({**LONG, **BOT_CALLBACK}, ("只能用一种",)),
    ],
)
def test_what_is_missing_is_named(given: dict[str, Any], named: tuple[str, ...]) -> None:
    """Nothing, half a set, or sets that exclude each other: the error names the variables."""
    with pytest.raises(SettingsError) as raised:
        ways(Settings(**given))
    assert all(name in str(raised.value) for name in named)


def test_the_app_and_the_address_book(assistant: Assistant, tmp_path: Path) -> None:
    """An app's message comes in through the bot's own port, the department from the address book, and the long list
    goes out as a few messages and a file, within the vendor's rules."""

    async def story() -> None:
        async with WecomApi() as api:
            api.members, api.departments = {"zhangsan": [7]}, {7: ("燃气科", 2), 2: ("市住建局", 1), 1: ("宜春市", 0)}
            settings = Settings(
                data=tmp_path, store=_INDEX["store"], port=free_port(), wecom_api_url=api.url,
                wecom_corp_id=CORP_ID, wecom_agent_id=AGENT_ID, wecom_agent_secret=SECRET,
                wecom_token="callback-token", wecom_aes_key=AES_KEY,
            )  # fmt: skip
            engine, stop = open_engine(settings), asyncio.Event()
            bot = Bot(settings, assistant, engine, Runtime(FAST))
            bot.service.make_file = lambda _assistant, name, _url: (f"{name}.xlsx", b"PK")
            task = asyncio.create_task(bot.run(stop))
            crypto = Crypto.make("callback-token", AES_KEY, CORP_ID, setting="")
            caller = Caller(f"http://127.0.0.1:{settings.port}/wecom/app", crypto)
            said = await caller.post_xml(
                {
                    "ToUserName": CORP_ID, "FromUserName": "zhangsan", "CreateTime": str(int(time.time())),
                    "MsgType": "text", "Content": "我们今年要做什么？", "MsgId": "1", "AgentID": AGENT_ID,
                }
            )  # fmt: skip
            assert (said.status_code, said.content) == (200, b"")
            async with asyncio.timeout(PATIENCE_S):
                while not (api.sent and api.sent[-1].kind == "file"):
                    await asyncio.sleep(0.01)
            stop.set()
            await task
            engine.dispose()
            assert api.sent[0].text.startswith("**市住建局**在")
            assert [each.kind for each in api.sent[:-1]] == ["markdown"] * (len(api.sent) - 1)
            assert len(api.sent) <= 4
            assert api.files["media-0"] == ("市住建局.xlsx", b"PK")
            assert api.violations == []

    asyncio.run(story())


class Process:
    """``anze bot --verbose`` as a process of its own; its log goes on where the one before ended."""

    def __init__(self, server: WecomServer, store: Path | None, data: Path, secret: str = "") -> None:
        ours = {
            "ANZE_STORE": str(store), "ANZE_DATA": str(data), "ANZE_WECOM_WS_URL": server.url,
            "ANZE_WECOM_BOT_ID": server.bot_id, "ANZE_WECOM_BOT_SECRET": secret or server.secret,
        }  # fmt: skip
        command = [sys.executable, "-m", "rag.channels.cli", "bot", "--verbose"]
        with (data / "bot.log").open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **ours}, stderr=log)

    def end(self, how: signal.Signals) -> int:
        """The exit status."""
        self.process.send_signal(how)
        return self.process.wait(timeout=60)


def test_a_killed_process_loses_nothing(assistant: Assistant, settings: Settings, tmp_path: Path) -> None:
    """Killed with questions in hand and started again, the bot answers each once, remembers the conversation, ends
    cleanly when told to, and has written no secret and no question into its log."""

    async def story() -> None:
        async with WecomServer() as server:
            bot = Process(server, settings.store, tmp_path)
            await server.until(lambda: bool(server.subscriptions), PATIENCE_S)
            first = await server.say("zhangsan", "第20项谁牵头？")
            await server.until(lambda: bool(server.answers(first)), PATIENCE_S)
            asked = [await server.say(f"user{number}", f"第{number}项谁牵头？") for number in range(1, 9)]
            await server.until(lambda: any(map(server.answers, asked)), PATIENCE_S)
            bot.end(signal.SIGKILL)
            again = Process(server, settings.store, tmp_path)
            last = await server.say("zhangsan", "法律依据是什么？")
            await server.until(lambda: all(map(server.answers, [*asked, last])), PATIENCE_S)
            assert [len(server.answers(msgid)) for msgid in asked] == [1] * len(asked)
            assert [shown for shown in server.shown if shown.kind == "markdown"] == []
            assert "第20项" in server.answers(last)[0].splitlines()[0]
            assert await asyncio.to_thread(again.end, signal.SIGTERM) == 0
            assert server.violations == []
            log = (tmp_path / "bot.log").read_text("utf-8")
            assert "机器人已停止" in log
            assert server.secret not in log
            assert "谁牵头" not in log

    asyncio.run(story())


def test_a_wrong_secret_ends_the_bot(assistant: Assistant, settings: Settings, tmp_path: Path) -> None:
    """Where starting again cannot help the exit status says so, and the error tells what to mend, not the secret."""

    async def story() -> None:
        async with WecomServer() as server:
            bot = Process(server, settings.store, tmp_path, secret="wrong-secret-do-not-log")
            assert await asyncio.to_thread(bot.process.wait, 30) == STOPPED
            log = (tmp_path / "bot.log").read_text("utf-8")
            assert "ANZE_WECOM_BOT_SECRET" in log
            assert "wrong-secret-do-not-log" not in log

    asyncio.run(story())

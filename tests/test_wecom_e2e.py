"""The whole bot over real sockets: question in, cited answer out, whatever the network and the processes do."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.assistant import Assistant
from rag.channels.wecom.model import Channel
from rag.channels.wecom.run import Bot
from rag.channels.wecom.runtime import Runtime, Timings
from rag.history.database import open_engine
from rag.model import Question
from rag.settings import Settings
from tests.fakes.wecom_server import Fault, WecomServer

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 60.0
FAST = Timings(
    heartbeat=0.5, pong=1.0, ack=0.4, connect=3.0, backoff_first=0.01, backoff_most=0.05, stable=0.1,
    snapshot_gap=0.0, rate_pause=0.1, give_up=60.0, shutdown=0.2,
)  # fmt: skip
CRASH = replace(FAST, shutdown=0.0)


@contextlib.asynccontextmanager
async def running(
    server: WecomServer, assistant: Assistant, data: Path, timings: Timings = FAST, **more: Any
) -> AsyncIterator[Bot]:
    """A bot connected to ``server``, its database in ``data``; stopped at the end as SIGTERM would.

    Its worker threads end with it, as they would with its process.
    """
    settings = Settings(
        data=data, wecom_bot_id=server.bot_id, wecom_bot_secret=server.secret, wecom_ws_url=server.url, **more
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
            await asyncio.sleep(0.01)

    async def story() -> None:
        async with WecomServer(ack_timeout=FAST.ack / 2) as server:
            server.fault = fault
            asked: dict[str, int] = {}
            asking = asyncio.create_task(ask(server, asked))
            for turn in range(5):
                async with running(server, assistant, tmp_path, CRASH):
                    await asyncio.sleep(0.5)
                    if turn % 2:
                        await server.restart(0.05)
                        await asyncio.sleep(0.3)
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

"""What happens with a message: who asks, what was said before, the assistant's answer, and how it is sent.

Every reply is kept before it is sent, under an id that the message determines. A message that is handled again after
a restart gets the reply that was made, piece by piece the same, so that the transport leaves out what was acknowledged.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

from index.errors import AnzeError
from rag.assistant import Assistant
from rag.channels.wecom import cards
from rag.channels.wecom.commands import HELP, Command, read_command
from rag.channels.wecom.feedback import FeedbackBook, pack
from rag.channels.wecom.files import task_file
from rag.channels.wecom.members import Members
from rag.channels.wecom.model import Channel, Incoming, Kind, Replier, Undelivered, WecomError
from rag.channels.wecom.orders import Orders
from rag.channels.wecom.render import render, snapshot, split
from rag.channels.wecom.sessions import MOST_SPOKEN, Allowance, history
from rag.channels.wecom.store import ASIDE, DAY_S, TURN, Kept, Store
from rag.model import Answer, Question, Reason, Turn

TOO_FAST = "您提问太快了，请过一分钟再问。"
NO_WORDS = "目前只能读文字和语音，请把问题写成文字发来。"
NO_FILE = "文件没能发出来，请稍后再发送“清单”。"
_WORKERS = 8
_MOST_MESSAGES = 3
_MOST_QUOTE = 500
_WELCOME_S = 2.0
_log = logging.getLogger(__name__)


@dataclass
class Service:
    """The handler of all transports. ``close`` it when they have ended. ``version`` tells the index in use."""

    assistant: Assistant
    store: Store
    members: Members
    book: FeedbackBook
    web_url: str = ""
    version: Callable[[], str] = str
    make_file: Callable[[Assistant, str, str], tuple[str, bytes]] = task_file
    allowance: Allowance | None = None

    def __post_init__(self) -> None:
        self._orders = Orders(self.assistant, self.store, self.members, self.book)
        self._allowance = self.allowance or Allowance(self.store.now)
        self._pool = ThreadPoolExecutor(_WORKERS, "anze-answer")

    def close(self) -> None:
        """Let the answers in progress end; take no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def handle(self, incoming: Incoming, replier: Replier) -> None:
        """See ``model.Handler``. In a group nothing is said unless the bot was mentioned."""
        if incoming.group and not incoming.mentioned:
            return
        if incoming.kind.message:
            await self._message(incoming, replier)
        elif incoming.kind is Kind.ENTER_CHAT:
            await self._welcome(incoming, replier)
        elif incoming.kind is Kind.CARD_EVENT:
            await self._pressed(incoming, replier)
        elif incoming.kind is Kind.FEEDBACK:
            await self._judged(incoming)

    async def _message(self, incoming: Incoming, replier: Replier) -> None:
        words = incoming.text.strip()
        if not words:
            said = NO_WORDS if incoming.kind is not Kind.TEXT else HELP
            await replier.stream(said, finish=True)
            return
        await self._reply(incoming, replier, words, read_command(words))

    async def _pressed(self, incoming: Incoming, replier: Replier) -> None:
        library = self.assistant.current.library
        press = cards.pressed(incoming.card.key, library) if incoming.card else None
        if press is None or incoming.card is None:
            return
        await replier.update_card(cards.answered(incoming.card.task_id, press.label))
        if press.topics:
            await self._card(cards.TOPICS, incoming, replier)
        else:
            await self._reply(incoming, replier, press.question, press.command)

    async def _welcome(self, incoming: Incoming, replier: Replier) -> None:
        if incoming.channel is Channel.APP and not await asyncio.to_thread(self._first_visit, incoming.sender):
            return
        member = await self.members.of(incoming.sender, patience=_WELCOME_S)
        if replier.limits.cards:
            await replier.welcome(card=cards.menu(_id(incoming), member.org))
        else:
            await replier.welcome(HELP)

    def _first_visit(self, sender: str) -> bool:
        """Once a day: an app tells every visit, where the robot tells only the first."""
        return self.store.claim(hashlib.sha256(f"welcome|{sender}".encode()).hexdigest()[:40], DAY_S)

    async def _judged(self, incoming: Incoming) -> None:
        given = incoming.feedback
        kept = await asyncio.to_thread(self.store.reply, given.id) if given else None
        if given is None or kept is None or kept.kind != TURN:
            _log.info("收到一条评价，但它评的回答已不在记录中。")
            return
        reason = "；".join(part for part in (*given.reasons, given.comment) if part)
        try:
            await asyncio.to_thread(self.book.judge, kept, given.verdict, reason, incoming.sender)
        except AnzeError as error:  # nobody asked for an answer, so nobody is told
            _log.warning("一条评价没有保存：%s", error)

    async def _reply(self, incoming: Incoming, replier: Replier, words: str, command: Command | None) -> None:
        kept = await asyncio.to_thread(self.store.reply, _id(incoming))
        if kept is None:
            made = (
                await self._obey(incoming, replier, command)
                if command
                else await self._answer(incoming, replier, words)
            )
            kept = await asyncio.to_thread(self.store.keep, made)
        await self._deliver(kept, incoming, replier)

    async def _obey(self, incoming: Incoming, replier: Replier, command: Command) -> Kept:
        said = await self._orders.obey(command, incoming)
        if said.file_of and not replier.limits.files:
            said = replace(said, text=self._no_file(said.file_of), file_of="")
        body = {"pieces": [said.text], "file_of": said.file_of, "card": said.card}
        return Kept(_id(incoming), incoming.conversation, said.kind, incoming.text, said.text, body)

    async def _answer(self, incoming: Incoming, replier: Replier, words: str) -> Kept:
        own = Kept(_id(incoming), incoming.conversation, ASIDE, words, "", {})
        if not self._allowance.take(incoming.sender):
            return _aside(own, TOO_FAST)
        member = await self.members.of(incoming.sender)
        turns = await asyncio.to_thread(history, self.store, incoming.conversation, own.id)
        if incoming.quote.strip():  # read for what it names, never as something the asker says
            turns = (*turns, Turn("assistant", incoming.quote.strip()[:_MOST_QUOTE]))
        question = Question(words, member.org, turns, own.id)

        async def show(growing: Answer) -> None:
            if replier.limits.streams:
                await replier.stream(snapshot(growing))

        try:
            answer = await self._asked(question, show)
        except WecomError:
            raise
        except AnzeError as error:
            return _aside(own, str(error))
        hint = "也可以发送“绑定 市住建局”这样的口令，以后就不用再写部门。" if _asks_who(answer, member.org) else ""
        return Kept(own.id, own.conversation, TURN, words, answer.text[:MOST_SPOKEN], self._body(answer, replier, hint))

    def _body(self, answer: Answer, replier: Replier, hint: str) -> dict[str, Any]:
        """What is sent for ``answer``: messages, and the department's list as a file where they do not hold it all."""
        named = answer.understood.organisations
        file_of = named[0] if answer.duties and len(named) == 1 and replier.limits.files else ""
        rest = "全部任务见随后的 Excel 文件" if file_of else "其余内容请分几次提问"
        web = f"，也可以[在网页中查看]({self.web_url})" if self.web_url else ""
        shown = render(
            answer, replier.limits.max_bytes, web_url=self.web_url, after=hint,
            most=min(_MOST_MESSAGES, _room(replier)) if file_of else _room(replier),
            instead=f"内容较长，以上只是前面一部分；{rest}{web}。",
        )  # fmt: skip
        return {
            "pieces": list(shown.pieces), "file_of": file_of if shown.cut else "", "card": "",
            "answer": pack(answer), "index": self.version(),
        }  # fmt: skip

    def _no_file(self, organisation: str) -> str:
        """Where the list is to be had instead of a file."""
        web = f"请[在网页中下载]({self.web_url})" if self.web_url else "请到网页的“任务清单”中下载"
        return f"这里发不了文件。{organisation}的任务清单{web}，或者直接问：{organisation}今年要做什么？"

    async def _asked(self, question: Question, show: Callable[[Answer], Awaitable[None]]) -> Answer:
        """The assistant's answer, made in a thread; ``show`` is given what grows, overtaken snapshots left out."""
        loop = asyncio.get_running_loop()
        made: asyncio.Queue[Answer | None] = asyncio.Queue()
        stopped = Event()

        def tell(answer: Answer | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(made.put_nowait, answer)

        def work() -> Answer:
            answer = None
            try:
                for answer in self.assistant.stream(question):
                    if stopped.is_set():
                        break
                    tell(answer)
            finally:
                tell(None)
            if answer is None:
                raise RuntimeError("the assistant gave no answer")
            return answer

        working = loop.run_in_executor(self._pool, work)
        try:
            while (answer := await made.get()) is not None:
                if made.empty():
                    await show(answer)
        finally:
            stopped.set()
        return await working

    async def _deliver(self, kept: Kept, incoming: Incoming, replier: Replier) -> None:
        """Send the pieces of a reply, always in this order."""
        first, *more = (piece for text in kept.body["pieces"] for piece in split(text, replier.limits.max_bytes))
        room = _room(replier) - 1 - len(more)
        if incoming.kind.message:
            await replier.stream(first, finish=True)
        else:
            await replier.markdown(first)
        for piece in more:
            await replier.markdown(piece)
        if kept.body["file_of"]:
            await self._file(kept.body["file_of"], replier)
        if kept.body["card"] and room > 0:
            await self._card(kept.body["card"], incoming, replier)

    async def _file(self, organisation: str, replier: Replier) -> None:
        try:
            name, data = await asyncio.to_thread(self.make_file, self.assistant, organisation, self.web_url)
            await replier.file(name, data)
        except Undelivered:
            _log.warning("任务清单的文件没能发出。")
            await replier.markdown(f"{NO_FILE}也可以[在网页中下载]({self.web_url})。" if self.web_url else NO_FILE)

    async def _card(self, name: str, incoming: Incoming, replier: Replier) -> None:
        if not replier.limits.cards:
            return
        member = await self.members.of(incoming.sender)
        if name == cards.TOPICS:
            library = self.assistant.current.library
            org = self._orders.organisation(member.org) if member.org else None
            await replier.card(cards.topics(_id(incoming), library, org))
        else:
            await replier.card(cards.menu(_id(incoming), member.org))


def _aside(kept: Kept, text: str) -> Kept:
    return Kept(kept.id, kept.conversation, ASIDE, kept.question, text, {"pieces": [text], "file_of": "", "card": ""})


def _room(replier: Replier) -> int:
    """How many messages the answer may take."""
    return replier.limits.further + (1 if replier.limits.streams else 0)


def _asks_who(answer: Answer, org: str | None) -> bool:
    """Whether the assistant asks back for the department."""
    return org is None and answer.reason is Reason.AMBIGUOUS and "您是哪个部门" in answer.text


def _id(incoming: Incoming) -> str:
    """The same for the same message, and what feedback on its answer names where the channel has feedback."""
    if incoming.feedback_id:
        return incoming.feedback_id[:64]
    return hashlib.sha256(f"{incoming.channel.value}:{incoming.msgid}".encode()).hexdigest()[:40]

"""智能机器人 by callback address: the vendor posts a message, then polls for the growing answer.

The first post is answered by the placeholder, each poll by what is to be seen at the moment, until that is the last.
What comes too late for polls, and one further message, goes to the message's ``response_url``, which works once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from index.errors import AnzeError, SettingsError
from rag.channels.wecom import frames, limits
from rag.channels.wecom.crypto import Crypto, Refused
from rag.channels.wecom.dispatch import Dispatcher
from rag.channels.wecom.gate import Gate, Ticket, forbidden, not_kept, read_body, read_ticket
from rag.channels.wecom.http import Unreachable, check_response_url, exchange
from rag.channels.wecom.limits import Pace
from rag.channels.wecom.model import (
    BOT_MESSAGE_BYTES,
    EVENT_REPLY_S,
    PLACEHOLDER,
    Card,
    Channel,
    Handler,
    Incoming,
    Ledger,
    Limits,
    Undelivered,
)
from rag.channels.wecom.replies import UNANSWERED, Pieces
from rag.channels.wecom.runtime import Runtime
from rag.channels.wecom.stream import UNFINISHED
from rag.settings import Settings

PATH = "/wecom/bot"
_log = logging.getLogger(__name__)
_MOST_KEPT = 2000
_RESPONSE_URL_S = 3600.0
_TRIES = 4
_EXPIRED = "这次回答已过期，请重新提问。"

Json = Mapping[str, Any]


class Shown:
    """What a poll gets for one message, and whether the last of it was fetched."""

    def __init__(self, incoming: Incoming, runtime: Runtime, limit: float) -> None:
        self.incoming = incoming
        self.text = PLACEHOLDER
        self.finished = False
        self.closed_early = False
        self.fetched = asyncio.Event()
        self.polled = asyncio.Event()
        self.event_answer: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._runtime = runtime
        self._limit = limit

    def body(self, *, first: bool = False) -> dict[str, Any]:
        """The answer to a poll. A stream that comes near the vendor's limit is ended."""
        self.polled.set()
        text = self.text
        if not self.finished and self._runtime.clock() - self.incoming.received >= self._limit:
            self.closed_early = True
        if self.closed_early:
            text = limits.head(text, BOT_MESSAGE_BYTES - len(UNFINISHED.encode())) + UNFINISHED
        finish = self.finished or self.closed_early
        return frames.stream_body(self.incoming.handle.stream_id, text, finish=finish, first=first)

    async def note_fetched(self) -> None:
        """Runs when the response has gone out; a coroutine, as events are not to be set from another thread."""
        self.fetched.set()

    def answer_event(self, body: Json | None) -> bool:
        """Give the event's only answer; false where it came too late or was given."""
        if self.event_answer.done():
            return False
        self.event_answer.set_result(body)
        return True


class BotCallback:
    """A ``Transport`` with ``routes`` to mount. Exclusive with the long connection, by the vendor's rule."""

    def __init__(self, settings: Settings, handler: Handler, ledger: Ledger, runtime: Runtime | None = None) -> None:
        """Raises ``SettingsError`` naming what is missing."""
        if not (settings.wecom_bot_token and settings.wecom_bot_aes_key):
            raise SettingsError(
                "智能机器人的回调地址缺少设置：需要 ANZE_WECOM_BOT_TOKEN 和 ANZE_WECOM_BOT_AES_KEY。",
                "请从管理后台的智能机器人页面（URL 回调）复制。",
            )
        self.runtime = runtime or Runtime()
        self.settings = settings
        self.pace = Pace(self.runtime)
        self._gate = Gate(
            Crypto.make(settings.wecom_bot_token, settings.wecom_bot_aes_key, "", setting="ANZE_WECOM_BOT_AES_KEY"),
            self.runtime,
        )
        self._ledger = ledger
        self._dispatcher = Dispatcher(Channel.BOT_CALLBACK, handler, ledger, self._replier, self.runtime)
        self._shown: OrderedDict[str, Shown] = OrderedDict()
        self._resumed = asyncio.Event()
        self.routes = [
            Route(PATH, self._gate.check_address, methods=["GET"]),
            Route(PATH, self._post, methods=["POST"]),
        ]

    async def run(self) -> None:
        """See ``model.Transport``. The routes work while this runs."""
        await self._dispatcher.resume()
        self._resumed.set()
        try:
            await asyncio.Event().wait()
        finally:
            await self._dispatcher.close(self.runtime.timings.shutdown)

    def shown(self, incoming: Incoming) -> Shown:
        """The state of a message's answer; made where there is none. Old ones are forgotten."""
        key = incoming.handle.stream_id
        if key not in self._shown:
            self._shown[key] = Shown(incoming, self.runtime, self.settings.wecom_stream_limit_s)
            if len(self._shown) > _MOST_KEPT:
                self._shown.popitem(last=False)
        return self._shown[key]

    def _replier(self, incoming: Incoming, sent: frozenset[str]) -> CallbackReplier:
        return CallbackReplier(incoming, sent, self, self._ledger)

    async def _post(self, request: Request) -> Response:
        try:
            ticket = read_ticket(request.query_params)
            body = _object(self._gate.open(ticket, _encrypted(await read_body(request))))
        except Refused:
            return forbidden()
        try:
            answer, after = await self._answer(body)
        except AnzeError as error:
            return not_kept(error)
        self._gate.used(ticket)
        return self._sealed(answer, ticket, after)

    async def _answer(self, body: Json) -> tuple[Json | None, BackgroundTask | None]:
        if not frames.meant_for(body, self.settings.wecom_bot_id):
            return None, None
        if frames.text_at(body, "msgtype") == "stream":
            return await self._poll(frames.text_at(body, "stream", "id"))
        incoming = frames.read_message(
            body,
            channel=Channel.BOT_CALLBACK,
            bot_id=self.settings.wecom_bot_id,
            received=self.runtime.clock(),
        )
        if incoming is None:
            return None, None
        if not incoming.kind.message:
            return await self._event(incoming), None
        if await self._dispatcher.arrive(incoming):
            return self.shown(incoming).body(first=True), None
        known = self._shown.get(incoming.handle.stream_id)
        return (known.body(first=True), None) if known else (None, None)

    async def _poll(self, stream_id: str) -> tuple[Json | None, BackgroundTask | None]:
        if stream_id not in self._shown:
            # After a restart polls may come before what is pending was read.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._resumed.wait(), self.runtime.timings.event_answer)
        if (shown := self._shown.get(stream_id)) is None:
            return frames.stream_body(stream_id, _EXPIRED, finish=True, first=False), None
        body = shown.body()
        return body, BackgroundTask(shown.note_fetched) if shown.finished and not shown.closed_early else None

    async def _event(self, incoming: Incoming) -> Json | None:
        """Wait a moment for the only answer an event can have."""
        if not await self._dispatcher.arrive(incoming):
            return None
        shown = self.shown(incoming)
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(asyncio.shield(shown.event_answer), self.runtime.timings.event_answer)
        shown.answer_event(None)
        return None

    def _sealed(self, answer: Json | None, ticket: Ticket, after: BackgroundTask | None) -> Response:
        if answer is None:
            return Response()
        now = int(self.runtime.clock())
        sealed = self._gate.crypto.seal(orjson.dumps(answer), str(now), ticket.nonce)
        reply = {"encrypt": sealed.encrypt, "msgsignature": sealed.signature, "timestamp": now, "nonce": ticket.nonce}
        return Response(orjson.dumps(reply), media_type="application/json", background=after)


class CallbackReplier:
    """Answers one message by polls, and by its ``response_url`` once. The interface is ``model.Replier``."""

    def __init__(self, incoming: Incoming, sent: frozenset[str], callback: BotCallback, outbox: Ledger) -> None:
        self._incoming = incoming
        self._callback = callback
        self._shown = callback.shown(incoming)
        self._pieces = Pieces(incoming.msgid, sent, outbox)
        self._asked = False

    @property
    def limits(self) -> Limits:
        further = 1 if self._incoming.handle.response_url else 0
        return Limits(BOT_MESSAGE_BYTES, streams=self._incoming.kind.message, files=False, further=further)

    def open(self) -> None:
        """The answer to the first post was the placeholder."""

    async def stream(self, text: str, *, finish: bool = False) -> None:
        snapshot = limits.head(text, BOT_MESSAGE_BYTES)
        if not finish:
            if snapshot and not self._shown.finished:
                self._shown.text = snapshot
            return
        name = self._pieces.next() if self._asked else "stream"
        first = self._say if self._asked or not self.limits.streams else self._last
        self._asked = True
        parts = limits.split(text, BOT_MESSAGE_BYTES) or (UNANSWERED,)
        await self._pieces.texts(name, parts[:1], first)
        await self._pieces.texts(f"{name}+", parts[1:], self._say)

    async def markdown(self, text: str) -> None:
        await self._pieces.texts(self._pieces.next(), limits.split(text, BOT_MESSAGE_BYTES), self._say)

    async def card(self, card: Card) -> None:
        await self._pieces.once(self._pieces.next(), lambda: self._send(frames.card_body(card)))

    async def file(self, name: str, data: bytes) -> None:
        raise Undelivered("回调方式不能发送文件。", "请到网页下载，或改用长连接方式。")

    async def welcome(self, text: str = "", card: Card | None = None) -> bool:
        return self._at_once(frames.card_body(card) if card else frames.text_body(text))

    async def update_card(self, card: Card) -> bool:
        return self._at_once(frames.update_body(card))

    async def settle(self) -> None:
        self._shown.answer_event(None)
        if self.limits.streams and not self._asked:
            await self.stream(UNANSWERED, finish=True)

    async def close(self) -> None:
        """Polls may still come."""

    def _at_once(self, body: Json) -> bool:
        late = self._callback.runtime.clock() - self._incoming.received > EVENT_REPLY_S
        return not late and self._shown.answer_event(body)

    async def _last(self, text: str) -> None:
        """Wait until a poll has fetched it; where polls have ended, send it to the response address."""
        shown = self._shown
        if not shown.closed_early:
            shown.text, shown.finished = text, True
            if await self._fetched():
                return
        await self._say(text)

    async def _fetched(self) -> bool:
        shown, patience = self._shown, self._callback.runtime.timings.poll_patience
        while not shown.fetched.is_set():
            shown.polled.clear()
            waits = [asyncio.create_task(event.wait()) for event in (shown.fetched, shown.polled)]
            try:
                done, _ = await asyncio.wait(waits, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
            if not done or shown.closed_early:
                return shown.fetched.is_set()
        return True

    async def _say(self, text: str) -> None:
        await self._send(frames.markdown_body(text))

    async def _send(self, body: Json) -> None:
        """Raises ``Undelivered``: the address works once, and for an hour."""
        runtime, url = self._callback.runtime, self._incoming.handle.response_url
        late = runtime.clock() - self._incoming.received > _RESPONSE_URL_S
        if not url or late or self._pieces.sent("response_url"):
            raise Undelivered("这条消息的回复地址已用过或已过期，后面的内容没能发出。", "请到网页查看完整答复。")
        check_response_url(url, self._callback.settings.wecom_api_url)
        await self._callback.pace.turn(self._incoming.room)
        for tries in range(1, _TRIES + 1):
            try:
                answer = await exchange("POST", url, json=body)
            except Unreachable:
                if tries == _TRIES:
                    raise
                await runtime.sleep(runtime.backoff(tries))
                continue
            await self._pieces.note("response_url")
            if code := answer.get("errcode", 0):
                raise Undelivered(f"企业微信没有接受后面的内容（错误码 {code}）。", "请到网页查看完整答复。", code=code)
            return


def _encrypted(data: bytes) -> str:
    encrypt = _object(data).get("encrypt")
    if not isinstance(encrypt, str):
        raise Refused
    return encrypt


def _object(data: bytes) -> Json:
    try:
        raw = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Refused from None
    if not isinstance(raw, dict):
        raise Refused
    return raw

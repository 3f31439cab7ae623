"""Answers over the long connection: the stream first, further pieces as messages of their own."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from itertools import count
from typing import Any

from rag.channels.wecom import frames, limits
from rag.channels.wecom.link import Ack, LinkLost, NoAck, new_req_id
from rag.channels.wecom.model import (
    BOT_MESSAGE_BYTES,
    EVENT_REPLY_S,
    Card,
    Incoming,
    Limits,
    Outbox,
    Undelivered,
)
from rag.channels.wecom.stream import Stream, Wire

MAX_FILE_BYTES = 20_000_000
CHUNK_BYTES = 512 * 1024
_SINGLE, _GROUP = 1, 2
_BUSY_TRIES = 5
_ACKS_A_PUSH = 3
_LAST = "last"
UNANSWERED = "这个问题没有得到答复，请重新提问。"


class Pieces:
    """Numbers what one handler call sends, and skips what the outbox has."""

    def __init__(self, msgid: str, sent: frozenset[str], outbox: Outbox) -> None:
        self._msgid = msgid
        self._sent = sent
        self._outbox = outbox
        self._numbers = count(1)

    def sent(self, name: str) -> bool:
        return name in self._sent

    def next(self) -> str:
        return str(next(self._numbers))

    async def once(self, name: str, send: Callable[[], Awaitable[None]]) -> None:
        """Send and remember it, unless it was sent before."""
        if name not in self._sent:
            await send()
            await self.note(name)

    async def note(self, name: str) -> None:
        """Remember what is not a piece of its own."""
        self._sent |= {name}
        await asyncio.to_thread(self._outbox.mark, self._msgid, name)

    async def texts(self, name: str, texts: Iterable[str], send: Callable[[str], Awaitable[None]]) -> None:
        """Several parts of one piece."""
        for number, text in enumerate(texts):
            await self.once(f"{name}.{number}" if number else name, lambda text=text: send(text))  # type: ignore[misc]


class Sender:
    """Messages nobody asked for at this moment: further pieces, and pushes. Paced, and sent until acknowledged."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def push(self, room: str, text: str, *, group: bool) -> None:
        """A markdown message, split where it is too long. Raises ``Undelivered``."""
        for part in limits.split(text, BOT_MESSAGE_BYTES):
            await self.send(room, group, frames.markdown_body(part))

    async def send(self, room: str, group: bool, body: Mapping[str, Any]) -> None:
        await self._wire.pace.turn(room)
        address = {"chatid": room, "chat_type": _GROUP if group else _SINGLE}
        await self._insist("aibot_send_msg", {**address, **body})

    async def upload(self, name: str, data: bytes) -> str:
        """The media id. A lost link begins the upload anew."""
        if not 0 < len(data) <= MAX_FILE_BYTES:
            raise Undelivered(f"文件“{name}”为空，或超过{MAX_FILE_BYTES // 1_000_000}MB。", "请改用网页下载。")
        until = self._wire.runtime.clock() + self._wire.runtime.timings.give_up
        while self._wire.runtime.clock() < until:
            with contextlib.suppress(LinkLost, NoAck):
                return await self._upload(name, data)
        raise Undelivered(f"文件“{name}”多次上传没有成功。", "请改用网页下载。")

    async def _upload(self, name: str, data: bytes) -> str:
        chunks = [data[at : at + CHUNK_BYTES] for at in range(0, len(data), CHUNK_BYTES)]
        begun = await self._step(
            "init",
            type="file",
            filename=name,
            total_size=len(data),
            total_chunks=len(chunks),
            md5=hashlib.md5(data, usedforsecurity=False).hexdigest(),
        )
        upload_id = frames.text_at(begun.body, "upload_id")
        for index, chunk in enumerate(chunks):
            encoded = base64.b64encode(chunk).decode()
            await self._step("chunk", upload_id=upload_id, chunk_index=index, base64_data=encoded)
        done = await self._step("finish", upload_id=upload_id)
        return frames.text_at(done.body, "media_id")

    async def _step(self, step: str, **body: Any) -> Ack:
        link = await self._wire.link()
        timeout = self._wire.runtime.timings.ack * _ACKS_A_PUSH
        ack = await link.request(f"aibot_upload_media_{step}", new_req_id(), body, timeout=timeout)
        if ack.code:
            raise Undelivered(f"文件没能上传（错误码 {ack.code}）。", "请改用网页下载。", code=ack.code)
        return ack

    async def _insist(self, cmd: str, body: Mapping[str, Any]) -> None:
        runtime, busy = self._wire.runtime, 0
        until = runtime.clock() + runtime.timings.give_up
        while runtime.clock() < until:
            link = await self._wire.link()
            try:
                ack = await link.request(cmd, new_req_id(), body, timeout=runtime.timings.ack * _ACKS_A_PUSH)
            except (LinkLost, NoAck):
                continue
            if ack.code == 0:
                return
            busy += 1
            if ack.code not in frames.BUSY | frames.RATE or busy > _BUSY_TRIES:
                raise Undelivered(f"企业微信没有接受这条消息（错误码 {ack.code}）。", code=ack.code)
            pause = runtime.timings.rate_pause if ack.code in frames.RATE else runtime.backoff(busy)
            await runtime.sleep(pause)
        raise Undelivered("连接长时间没有恢复，消息没能发出。")


class LongReplier:
    """Answers one message or event. The interface is ``model.Replier``."""

    def __init__(self, incoming: Incoming, sent: frozenset[str], wire: Wire, outbox: Outbox) -> None:
        self._incoming = incoming
        self._wire = wire
        self._sender = Sender(wire)
        self._pieces = Pieces(incoming.msgid, sent, outbox)
        self._stream: Stream | None = None
        self._asked = False
        self._finished = self._pieces.sent("stream")

    @property
    def limits(self) -> Limits:
        # A stream on an event's req_id is refused by the vendor (846605).
        return Limits(BOT_MESSAGE_BYTES, streams=self._incoming.kind.message)

    def open(self) -> None:
        if self.limits.streams and not self._finished:
            self._stream = Stream(self._incoming, self._wire, maybe_finished=self._pieces.sent(_LAST))

    async def stream(self, text: str, *, finish: bool = False) -> None:
        if not finish:
            if self._stream and not self._finished:
                self._stream.show(text)
            return
        name = self._pieces.next() if self._asked else "stream"
        first = self._say if self._asked else self._last
        self._asked = self._finished = True
        parts = limits.split(text, BOT_MESSAGE_BYTES) or (UNANSWERED,)
        await self._pieces.texts(name, parts[:1], first)
        await self._pieces.texts(f"{name}+", parts[1:], self._say)

    async def markdown(self, text: str) -> None:
        await self._pieces.texts(self._pieces.next(), limits.split(text, BOT_MESSAGE_BYTES), self._say)

    async def card(self, card: Card) -> None:
        await self._pieces.once(self._pieces.next(), lambda: self._send(frames.card_body(card)))

    async def file(self, name: str, data: bytes) -> None:
        async def send() -> None:
            await self._send(frames.file_body(await self._sender.upload(name, data)))

        await self._pieces.once(self._pieces.next(), send)

    async def welcome(self, text: str = "", card: Card | None = None) -> bool:
        body = frames.card_body(card) if card else frames.text_body(text)
        return await self._at_once("aibot_respond_welcome_msg", body)

    async def update_card(self, card: Card) -> bool:
        return await self._at_once("aibot_respond_update_msg", frames.update_body(card))

    async def settle(self) -> None:
        if self._stream and not self._finished:
            await self.stream(UNANSWERED, finish=True)

    async def close(self) -> None:
        if self._stream:
            await self._stream.close()

    async def _last(self, text: str) -> None:
        if self._stream:
            # Remembered before: should the process end without an acknowledgement, the stream may be finished.
            await self._pieces.note(_LAST)
            if await self._stream.finish(text):
                return
        await self._say(text)

    async def _say(self, text: str) -> None:
        await self._send(frames.markdown_body(text))

    async def _send(self, body: Mapping[str, Any]) -> None:
        await self._sender.send(self._incoming.room, self._incoming.group, body)

    async def _at_once(self, cmd: str, body: Mapping[str, Any]) -> bool:
        """Within 5 s of the event or not at all."""
        left = self._incoming.received + EVENT_REPLY_S - self._wire.runtime.clock()
        if left <= 0:
            return False
        try:
            async with asyncio.timeout(left):
                await self._wire.pace.turn(self._incoming.room)
                link = await self._wire.link()
                ack = await link.request(cmd, self._incoming.handle.req_id, body, timeout=left)
        except (TimeoutError, LinkLost, NoAck):
            return False
        return ack.code == 0

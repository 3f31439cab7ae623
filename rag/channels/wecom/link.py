"""One live, subscribed-or-not socket of the long connection: frames out, acknowledgements matched, frames in."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from rag.channels.wecom.frames import NOT_SUBSCRIBED

_log = logging.getLogger(__name__)


class LinkLost(Exception):
    """The socket is gone, or of no more use; whether the last frame arrived is unknown."""


class NoAck(Exception):
    """No acknowledgement came in time; it may still come."""


@dataclass(frozen=True, slots=True)
class Ack:
    """``code`` 0 is success. ``body`` is what came with it."""

    code: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """Something the other side began."""

    cmd: str
    req_id: str
    body: Mapping[str, Any]


Pending = asyncio.Future["Ack | None"]


def new_req_id() -> str:
    """An id for a request of our own."""
    return secrets.token_hex(16)


class Link:
    """Acknowledgements carry only the req_id, so those of one req_id are matched in the order of sending."""

    def __init__(self, socket: ClientConnection, arrived: Callable[[Frame], Awaitable[None]]) -> None:
        self._socket = socket
        self._arrived = arrived
        self._owed: dict[str, deque[Pending]] = {}
        self._lost = False

    @property
    def alive(self) -> bool:
        """Whether it is worth sending on."""
        return not self._lost

    async def read(self) -> None:
        """Take in frames until the socket closes. What ``arrived`` raises ends it; so does not being subscribed."""
        try:
            async for data in self._socket:
                await self._take(data)
        except ConnectionClosed:
            pass
        finally:
            self.lost()

    def lost(self) -> None:
        """Nothing more will be acknowledged."""
        self._lost = True
        for owed in self._owed.values():
            for pending in owed:
                if not pending.done():
                    pending.set_result(None)
        self._owed.clear()

    async def drop(self) -> None:
        """Close it, because it does not behave."""
        self.lost()
        await self._socket.close()

    async def send(self, cmd: str, req_id: str, body: Mapping[str, Any] | None = None) -> Pending:
        """Send one frame; its acknowledgement will be the future's result, ``None`` where the link was lost before."""
        if self._lost:
            raise LinkLost
        frame = {"cmd": cmd, "headers": {"req_id": req_id}, **({"body": body} if body is not None else {})}
        pending: Pending = asyncio.get_running_loop().create_future()
        self._owed.setdefault(req_id, deque()).append(pending)
        try:
            await self._socket.send(orjson.dumps(frame).decode())
        except ConnectionClosed:
            self.lost()
            raise LinkLost from None
        return pending

    async def request(self, cmd: str, req_id: str, body: Mapping[str, Any] | None = None, *, timeout: float) -> Ack:
        """Send and wait. Raises ``LinkLost``, ``NoAck``."""
        return await first_ack([await self.send(cmd, req_id, body)], timeout)

    async def _take(self, data: str | bytes) -> None:
        try:
            raw = orjson.loads(data)
        except orjson.JSONDecodeError:
            _log.warning("收到一帧无法解析的数据，已忽略（%d字节）。", len(data))
            return
        headers = raw.get("headers") if isinstance(raw, dict) else None
        req_id = headers.get("req_id") if isinstance(headers, dict) else None
        if not isinstance(req_id, str):
            return
        body = raw.get("body")
        body = body if isinstance(body, dict) else {}
        cmd = raw.get("cmd")
        if isinstance(cmd, str) and cmd:
            await self._arrived(Frame(cmd, req_id, body))
        elif (code := raw.get("errcode")) == NOT_SUBSCRIBED:
            raise LinkLost
        elif isinstance(code, int):
            self._acknowledge(req_id, Ack(code, body))

    def _acknowledge(self, req_id: str, ack: Ack) -> None:
        owed = self._owed.get(req_id)
        if not owed:
            return
        pending = owed.popleft()
        if not owed:
            del self._owed[req_id]
        if not pending.done():
            pending.set_result(ack)


async def first_ack(pending: Sequence[Pending], timeout: float) -> Ack:
    """The first acknowledgement of several copies of one frame. Raises ``LinkLost``, ``NoAck``."""
    done, _ = await asyncio.wait(pending, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    if not done:
        raise NoAck
    acks = [ack for each in pending if each in done and (ack := each.result()) is not None]
    if not acks:
        raise LinkLost
    return acks[0]

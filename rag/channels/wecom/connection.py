"""智能机器人 over the long connection: connect, subscribe, stay alive, come back, and know when not to."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, InvalidURI, WebSocketException

from index.errors import AnzeError, SettingsError
from rag.channels.wecom import frames
from rag.channels.wecom.dispatch import Dispatcher
from rag.channels.wecom.limits import Pace
from rag.channels.wecom.link import Frame, Link, LinkLost, NoAck, new_req_id
from rag.channels.wecom.model import Channel, Handler, Incoming, Ledger, Stopped
from rag.channels.wecom.redact import socket_logger
from rag.channels.wecom.replies import LongReplier, Sender
from rag.channels.wecom.runtime import Runtime, loopback
from rag.settings import Settings

_log = logging.getLogger(__name__)
_MOST_QUEUED = 1000
_CLOSE_S = 2.0


def kicked() -> Stopped:
    """A second connection of the same bot has taken over; fighting for it would go on for ever."""
    return Stopped(
        "另一个程序用同一个机器人连上了企业微信，本程序已让出连接。", "同一机器人只能有一处在运行，请停掉其中一个。"
    )


def wrong_secret() -> Stopped:
    return Stopped(
        "企业微信不接受机器人的 Bot ID 或 Secret（错误码 853000）。",
        "请在管理后台核对智能机器人的长连接设置，改正 ANZE_WECOM_BOT_ID 和 ANZE_WECOM_BOT_SECRET 后重新启动。",
        code=frames.WRONG_SECRET,
    )


class LongConnection:
    """A ``Transport`` and a ``Pusher``. One live connection a bot is all the vendor allows."""

    def __init__(self, settings: Settings, handler: Handler, ledger: Ledger, runtime: Runtime | None = None) -> None:
        """Raises ``SettingsError`` naming what is missing."""
        missing = [
            name
            for name, value in (
                ("ANZE_WECOM_BOT_ID", settings.wecom_bot_id),
                ("ANZE_WECOM_BOT_SECRET", settings.wecom_bot_secret),
            )
            if not value
        ]
        if missing:
            raise SettingsError(f"长连接机器人缺少设置：{'、'.join(missing)}。", "请从管理后台的智能机器人页面复制。")
        self.runtime = runtime or Runtime()
        self.pace = Pace(self.runtime)
        self._settings = settings
        self._link: asyncio.Future[Link] | None = None
        self._ledger = ledger
        self._dispatcher = Dispatcher(Channel.LONG, handler, ledger, self._replier, self.runtime)
        self._queue: asyncio.Queue[Incoming] = asyncio.Queue(_MOST_QUEUED)

    @property
    def stream_limit(self) -> float:
        return self._settings.wecom_stream_limit_s

    @property
    def connected(self) -> bool:
        """Whether the bot is subscribed at the moment."""
        return bool(self._link and self._link.done() and self._link.result().alive)

    async def link(self) -> Link:
        """The subscribed link; waits for it."""
        while True:
            if self._link is None or (self._link.done() and not self._link.result().alive):
                self._link = asyncio.get_running_loop().create_future()
            link = await asyncio.shield(self._link)
            if link.alive:
                return link

    async def push(self, room: str, text: str, *, group: bool) -> None:
        """See ``model.Pusher``."""
        await Sender(self).push(room, text, group=group)

    async def run(self) -> None:
        """See ``model.Transport``."""
        await self._dispatcher.resume()
        taking = asyncio.create_task(self._take())
        serving = asyncio.create_task(self._serve())
        try:
            await asyncio.wait({taking, serving}, return_when=asyncio.FIRST_COMPLETED)
            await (taking if taking.done() else serving)
        finally:
            stopped = serving.done()
            await self._dispatcher.close(0.0 if stopped else self.runtime.timings.shutdown)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            # What was read but not kept yet must not be lost.
            with contextlib.suppress(TimeoutError):
                if not taking.done():
                    await asyncio.wait_for(self._queue.join(), self.runtime.timings.shutdown)
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)

    def _replier(self, incoming: Incoming, sent: frozenset[str]) -> LongReplier:
        return LongReplier(incoming, sent, self, self._ledger)

    async def _take(self) -> None:
        """Keep what arrived, one after another, beside the reader so that acknowledgements never wait for the disk."""
        while True:
            incoming = await self._queue.get()
            try:
                await self._keep(incoming)
            finally:
                self._queue.task_done()

    async def _keep(self, incoming: Incoming) -> None:
        """Until it is kept: the vendor does not send it again."""
        for failures in itertools.count(1):
            try:
                await self._dispatcher.arrive(incoming)
                return
            except AnzeError as error:
                _log.error("收到的消息没能保存，稍后再试：%s", error)
                await self.runtime.sleep(self.runtime.backoff(failures))

    async def _serve(self) -> None:
        failures = 0
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            try:
                await self._session()
            except InvalidURI as error:
                raise SettingsError(
                    "ANZE_WECOM_WS_URL 不是可用的地址。", "请写成 wss:// 开头的地址，或去掉这项设置。"
                ) from error
            except (OSError, WebSocketException, LinkLost, NoAck) as error:
                reason = _reason(error)
            if loop.time() - begun >= self.runtime.timings.stable:
                failures = 0
            failures += 1
            pause = self.runtime.backoff(failures)
            _log.warning("与企业微信的连接中断（%s），%.1f秒后重连。", reason, pause)
            await self.runtime.sleep(pause)

    async def _session(self) -> None:
        """One connection from beginning to end; always ends by raising."""
        url = self._settings.wecom_ws_url
        async with connect(
            url,
            proxy=None if loopback(url) else True,
            open_timeout=self.runtime.timings.connect,
            close_timeout=_CLOSE_S,
            ping_interval=None,
            logger=socket_logger(),
        ) as socket:
            link = Link(socket, self._arrived)
            reader = asyncio.create_task(link.read())
            try:
                await _either(reader, lambda: self._subscribe(link))
                self._offer(link)
                _log.info("已连接企业微信，机器人已上线。")
                await self._beat(link, reader)
            finally:
                self._withdraw()
                link.lost()
                reader.cancel()
                await asyncio.gather(reader, return_exceptions=True)
                await socket.close()

    async def _subscribe(self, link: Link) -> None:
        body = {"bot_id": self._settings.wecom_bot_id, "secret": self._settings.wecom_bot_secret}
        ack = await link.request("aibot_subscribe", new_req_id(), body, timeout=self.runtime.timings.pong)
        if ack.code == frames.WRONG_SECRET:
            raise wrong_secret()
        if ack.code:
            raise _SubscriptionRefused(ack.code)

    async def _beat(self, link: Link, reader: asyncio.Task[None]) -> None:
        """Ping until the link is dead: closed, or a ping goes unanswered."""
        timings = self.runtime.timings
        while True:
            await asyncio.wait({reader}, timeout=timings.heartbeat)
            await _either(reader, lambda: link.request("ping", new_req_id(), timeout=timings.pong))

    async def _arrived(self, frame: Frame) -> None:
        if frames.event_type(frame.body) == "disconnected_event":
            raise kicked()
        if frame.cmd not in ("aibot_msg_callback", "aibot_event_callback"):
            return
        incoming = frames.read_message(
            frame.body,
            channel=Channel.LONG,
            bot_id=self._settings.wecom_bot_id,
            received=self.runtime.clock(),
            req_id=frame.req_id,
        )
        if incoming is None:
            _log.info("忽略了一条无法回复的消息。")
            return
        await self._queue.put(incoming)

    def _offer(self, link: Link) -> None:
        if self._link is None or self._link.done():
            self._link = asyncio.get_running_loop().create_future()
        self._link.set_result(link)

    def _withdraw(self) -> None:
        if self._link is not None and self._link.done():
            self._link = None


class _SubscriptionRefused(WebSocketException):
    """The vendor refused for now; ``args[0]`` is its code."""


async def _either(reader: asyncio.Task[None], act: Callable[[], Awaitable[object]]) -> None:
    """Act; where the reader ended meanwhile, its reason counts. Raises ``LinkLost`` where it ended without one."""
    try:
        if not reader.done():
            await act()
    except LinkLost:
        pass
    if reader.done():
        await reader
        raise LinkLost


def _reason(error: BaseException) -> str:
    """For the log; never the vendor's words, which may carry addresses."""
    if isinstance(error, _SubscriptionRefused):
        return f"订阅未被接受，错误码 {error.args[0]}"
    if isinstance(error, NoAck):
        return "对方没有应答"
    if isinstance(error, LinkLost):
        return "连接被关闭"
    if isinstance(error, InvalidHandshake):
        return f"握手失败：{type(error).__name__}"
    return f"{type(error).__name__}"

"""The vendor's end of the 智能机器人 long connection, over real sockets: it answers, misbehaves on request, and
writes down every rule of the protocol that the bot breaks (``violations``).

What the platform knows (messages, streams, counts) survives a restart of the server, as it would there; sockets do not.
A message whose req_id was never answered is delivered again to the next connection, unless ``redeliver`` is off.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.fakes.wecom_rules import CardRules, Counts, Uploads, text_problem

# Tests look for secrets in the logs of the bot; the fake knows them too.
_QUIET = logging.Logger("wecom-server", logging.CRITICAL)
_PASSIVE = {"stream", "template_card", "markdown", "file", "image", "voice", "video"}


@dataclass(frozen=True)
class Fault:
    """What to do with one frame instead of a plain acknowledgement.

    ``drop_before``: hang up, nothing processed. ``drop_after``: process, hang up without acknowledgement. ``silent``:
    process, never acknowledge. ``slow``: acknowledge after ``seconds``. ``error``: refuse with ``code``.
    """

    kind: str
    seconds: float = 0.0
    code: int = 0


@dataclass
class Asked:
    """A callback that went out, or waits for a connection."""

    msgid: str
    req_id: str
    sender: str
    room: str
    frame: dict[str, Any]
    at: float
    answered: bool = False


@dataclass
class Shown:
    """One message that users see: a stream (growing) or a push."""

    room: str
    asked: Asked | None
    kind: str
    text: str
    finished: bool = True
    at: float = 0.0
    history: list[str] = field(default_factory=list)
    body: dict[str, Any] = field(default_factory=dict)


class WecomServer:
    """``async with WecomServer() as server`` listens on loopback. Durations in seconds; shorten them with the bot's."""

    def __init__(
        self,
        bot_id: str = "bot-1",
        secret: str = "bot-secret-do-not-log",
        *,
        clock: Callable[[], float] = time.time,
        ack_timeout: float = 5.0,
        windows: tuple[tuple[int, float], ...] = ((30, 60.0), (1000, 3600.0)),
        stream_expires: float = 360.0,
        redeliver: bool = True,
    ) -> None:
        self.bot_id, self.secret = bot_id, secret
        self.violations: list[str] = []
        self.shown: list[Shown] = []
        self.asked: dict[str, Asked] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.feedback_ids: set[str] = set()
        self.subscriptions: list[float] = []
        self.connections = 0
        self.pings = 0
        self.hanging = False
        self.subscribe_code = 0
        self.fault: Callable[[str, dict[str, Any]], Fault | None] = lambda cmd, body: None
        self._clock, self._ack_timeout = clock, ack_timeout
        self._expires, self._redeliver = stream_expires, redeliver
        self._streams: dict[str, Shown] = {}
        self._count_in = Counts(windows)
        self._cards = CardRules()
        self._own_ids: set[str] = set()
        self._uploads = Uploads(self.files)
        self._live: ServerConnection | None = None
        self._sockets: set[ServerConnection] = set()
        self._welcomed: set[ServerConnection] = set()
        self._later: set[asyncio.Task[None]] = set()
        self._server: Server | None = None
        self._port = 0
        self._number = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._port}"

    async def __aenter__(self) -> WecomServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen; on the same port as before where it listened before."""
        self._server = await serve(self._serve, "127.0.0.1", self._port, ping_interval=None, logger=_QUIET)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Hang up on everybody and stop listening."""
        for socket in list(self._sockets):
            socket.transport.abort()
        for task in list(self._later):
            task.cancel()
        if self._server:
            self._server.close()
            await self._server.wait_closed()
            self._server = None
        self._live = None

    async def restart(self, down: float = 0.0) -> None:
        await self.stop()
        await asyncio.sleep(down)
        await self.start()

    async def say(
        self, sender: str, text: str, *, chat_id: str = "", msgid: str = "", copies: int = 1, **more: Any
    ) -> str:
        """A user writes; in a group ``text`` should begin with @ and the robot's name. The message id."""
        body: dict[str, Any] = {"msgtype": "text", "text": {"content": text}, **more}
        return await self.send_message(sender, body, chat_id=chat_id, msgid=msgid, copies=copies)

    async def send_message(
        self, sender: str, body: dict[str, Any], *, chat_id: str = "", msgid: str = "", copies: int = 1
    ) -> str:
        """Any message body. ``copies`` > 1 delivers duplicates, each with a req_id of its own."""
        self._number += 1
        msgid = msgid or f"msg-{self._number}"
        address = {"chattype": "group", "chatid": chat_id} if chat_id else {"chattype": "single"}
        whole = {"msgid": msgid, "aibotid": self.bot_id, **address, "from": {"userid": sender}, **body}
        for copy in range(copies):
            await self._deliver("aibot_msg_callback", whole, sender, chat_id or sender, copy)
        return msgid

    async def event(self, sender: str, kind: str, payload: dict[str, Any] | None = None, *, chat_id: str = "") -> str:
        """An event of a user; its message id."""
        self._number += 1
        msgid = f"event-{self._number}"
        body = {
            "msgid": msgid, "create_time": int(self._clock()), "aibotid": self.bot_id, "from": {"userid": sender},
            **({"chattype": "group", "chatid": chat_id} if chat_id else {"chattype": "single"}),
            "msgtype": "event", "event": {"eventtype": kind, **({kind: payload} if payload else {})},
        }  # fmt: skip
        await self._deliver("aibot_event_callback", body, sender, chat_id or sender, 0)
        return msgid

    async def kick(self) -> None:
        """Another program takes over the bot's connection."""
        old, self._live = self._live, None
        await self._kick(old)

    async def send_raw(self, text: str) -> None:
        """Any text on the live connection."""
        if self._live:
            await self._live.send(text)

    def seen(self, room: str) -> list[Shown]:
        """What is shown in a room, in order."""
        return [each for each in self.shown if each.room == room]

    def answers(self, msgid: str) -> list[str]:
        """The streams that answer a message (its finished texts)."""
        return [each.text for each in self.shown if each.asked and each.asked.msgid == msgid and each.finished]

    async def until(self, done: Callable[[], bool], patience: float = 10.0) -> None:
        """Wait until ``done()``; raises ``TimeoutError``."""
        async with asyncio.timeout(patience):
            while not done():
                await asyncio.sleep(0.005)

    async def _kick(self, old: ServerConnection | None) -> None:
        if old is not None:
            body = {"aibotid": self.bot_id, "msgtype": "event", "event": {"eventtype": "disconnected_event"}}
            await _send(old, {"cmd": "aibot_event_callback", "headers": {"req_id": "kick"}, "body": body})
            await old.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _deliver(self, cmd: str, body: dict[str, Any], sender: str, room: str, copy: int) -> None:
        req_id = f"req-{body['msgid']}-{copy}"
        frame = {"cmd": cmd, "headers": {"req_id": req_id}, "body": body}
        self.asked[req_id] = Asked(body["msgid"], req_id, sender, room, frame, self._clock())
        if self._live:
            await _send(self._live, frame)

    async def _serve(self, socket: ServerConnection) -> None:
        self.connections += 1
        self._sockets.add(socket)
        awaiting: dict[str, float] = {}
        try:
            async for data in socket:
                if self.hanging:
                    continue
                await self._receive(socket, json.loads(data), awaiting)
        except ConnectionClosed:
            pass
        finally:
            self._sockets.discard(socket)
            if self._live is socket:
                self._live = None

    async def _receive(self, socket: ServerConnection, frame: dict[str, Any], awaiting: dict[str, float]) -> None:
        cmd, req_id, body = frame["cmd"], frame["headers"]["req_id"], frame.get("body") or {}
        fault = self.fault(cmd, body) or Fault("none")
        if fault.kind == "drop_before":
            socket.transport.abort()
            return
        if cmd.startswith("aibot_respond") and time.monotonic() - awaiting.get(req_id, -1e9) < self._ack_timeout * 0.9:
            self.violations.append(f"{cmd} {req_id}: sent before the last acknowledgement")
        awaiting[req_id] = time.monotonic()
        code, more = (fault.code, {}) if fault.kind == "error" else await self._process(socket, cmd, req_id, body)
        if fault.kind == "drop_after":
            socket.transport.abort()
        elif fault.kind != "silent":
            ack = {"headers": {"req_id": req_id}, "errcode": code, "errmsg": "ok" if code == 0 else "hint: ip 10.0.0.1"}
            self._spawn(self._acknowledge(socket, {**ack, "body": more}, awaiting, fault.seconds))

    async def _acknowledge(
        self, socket: ServerConnection, ack: dict[str, Any], awaiting: dict[str, float], seconds: float
    ) -> None:
        if seconds:
            await asyncio.sleep(seconds)
        awaiting.pop(ack["headers"]["req_id"], None)
        await _send(socket, ack)
        if socket is self._live and socket not in self._welcomed:
            self._welcomed.add(socket)
            for asked in [a for a in self.asked.values() if self._redeliver and not a.answered]:
                await _send(socket, asked.frame)

    async def _process(
        self, socket: ServerConnection, cmd: str, req_id: str, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        if cmd == "aibot_subscribe":
            return await self._subscribe(socket, body), {}
        if socket is not self._live:
            return self._broken(f"{cmd}: not subscribed", 846609), {}
        if cmd == "ping":
            self.pings += 1
            return 0, {}
        if cmd == "aibot_respond_msg":
            return self._respond(req_id, body), {}
        if cmd in ("aibot_respond_welcome_msg", "aibot_respond_update_msg"):
            return self._at_once(cmd, req_id, body), {}
        if req_id in self._own_ids or req_id in self.asked:
            self.violations.append(f"{cmd}: req_id used twice")
        self._own_ids.add(req_id)
        if cmd == "aibot_send_msg":
            return self._push(body), {}
        if cmd.startswith("aibot_upload_media_"):
            code, more = self._uploads.step(cmd.removeprefix("aibot_upload_media_"), body)
            return (self._broken(f"{cmd} refused", code), {}) if code else (0, more)
        return self._broken(f"unknown command {cmd}", 40008), {}

    async def _subscribe(self, socket: ServerConnection, body: dict[str, Any]) -> int:
        if self.subscribe_code:
            return self.subscribe_code
        if (body.get("bot_id"), body.get("secret")) != (self.bot_id, self.secret):
            return 853000
        self._spawn(self._kick(self._live))
        self._live = socket
        self.subscriptions.append(time.monotonic())
        return 0

    def _respond(self, req_id: str, body: dict[str, Any]) -> int:
        asked = self.asked.get(req_id)
        if asked is None or asked.frame["cmd"] != "aibot_msg_callback":
            return self._broken(f"respond: req_id {req_id} is not a message's", 846605)
        asked.answered = True
        if body.get("msgtype") not in _PASSIVE:
            return self._broken(f"respond: msgtype {body.get('msgtype')}", 40008)
        if body["msgtype"] != "stream":
            return self._show(asked.room, asked, body)
        return self._stream(asked, body["stream"])

    def _stream(self, asked: Asked, stream: dict[str, Any]) -> int:
        now, text, shown = self._clock(), stream["content"], self._streams.get(stream["id"])
        if problem := text_problem(text):
            return self._broken(f"stream: {problem}", 0 if problem == "blank" else 40058)
        if shown is None:
            if any(each.asked and each.asked.req_id == asked.req_id for each in self._streams.values()):
                self.violations.append("stream: a second stream id for one req_id")
            if code := self._count(asked.room):
                return code
            shown = self._streams[stream["id"]] = Shown(asked.room, asked, "stream", "", finished=False, at=now)
            self.shown.append(shown)
            self._in_progress(asked.sender)
            if feedback := stream.get("feedback"):
                self.feedback_ids.add(feedback["id"])
        if now - shown.at > self._expires:
            return 846608
        if shown.finished:
            return 0 if text == shown.text else self._broken("stream: changed after its end", 846608)
        shown.text, shown.finished = text, stream["finish"]
        shown.history.append(text)
        return 0

    def _in_progress(self, sender: str) -> None:
        going = [s for s in self._streams.values() if s.asked and s.asked.sender == sender and not s.finished]
        if len(going) > 3:
            self.violations.append(f"{len(going)} messages of {sender} in progress")

    def _at_once(self, cmd: str, req_id: str, body: dict[str, Any]) -> int:
        asked = self.asked.get(req_id)
        wanted = "enter_chat" if cmd == "aibot_respond_welcome_msg" else "template_card_event"
        if asked is None or asked.frame["body"].get("event", {}).get("eventtype") != wanted:
            return self._broken(f"{cmd}: not on its own event", 846605)
        if self._clock() - asked.at > 5:
            return self._broken(f"{cmd}: later than 5 s", 846605)
        asked.answered = True
        if "template_card" in body and (
            problem := self._cards.problem(body["template_card"], new=wanted == "enter_chat")
        ):
            return self._broken(f"{cmd}: {problem}", 42045)
        kind = "welcome" if wanted == "enter_chat" else "update"
        self.shown.append(Shown(asked.room, None, kind, json.dumps(body, ensure_ascii=False), body=body))
        return 0

    def _push(self, body: dict[str, Any]) -> int:
        room = body.get("chatid", "")
        if body.get("chat_type") not in (1, 2):
            self.violations.append("push: no chat_type")
        if not any(each.room == room for each in self.asked.values()):
            return self._broken(f"push: nobody wrote in {room}", 846604)
        if body.get("msgtype") not in ("markdown", "template_card", "file"):
            return self._broken(f"push: msgtype {body.get('msgtype')}", 40008)
        return self._show(room, None, body)

    def _show(self, room: str, asked: Asked | None, body: dict[str, Any]) -> int:
        kind = body["msgtype"]
        text = body["markdown"]["content"] if kind == "markdown" else json.dumps(body[kind], ensure_ascii=False)
        problem = text_problem(text) if kind == "markdown" else None
        if kind == "template_card":
            problem = self._cards.problem(body[kind], new=True)
        if kind == "file" and body[kind]["media_id"] not in self.files:
            problem = "unknown media_id"
        if problem:
            return self._broken(f"{kind}: {problem}", 40058)
        if code := self._count(room):
            return code
        self.shown.append(Shown(room, asked, kind, text, at=self._clock(), body=body))
        return 0

    def _count(self, room: str) -> int:
        if problem := self._count_in.problem(room, self._clock()):
            return self._broken(problem, 45009)
        return 0

    def _broken(self, what: str, code: int) -> int:
        self.violations.append(what)
        return code


async def _send(socket: ServerConnection, frame: dict[str, Any]) -> None:
    with contextlib.suppress(ConnectionClosed):
        await socket.send(json.dumps(frame, ensure_ascii=False))

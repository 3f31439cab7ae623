"""自建应用 by callback address: the vendor posts encrypted XML; it is kept, acknowledged by an empty 200, and answered
by messages of the app."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from index.errors import AnzeError, SettingsError
from rag.channels.wecom import frames, limits
from rag.channels.wecom.api import AppApi
from rag.channels.wecom.crypto import Crypto, Refused
from rag.channels.wecom.dispatch import Dispatcher
from rag.channels.wecom.gate import Gate, forbidden, not_kept, read_body, read_ticket
from rag.channels.wecom.http import Unreachable
from rag.channels.wecom.model import (
    APP_MESSAGE_BYTES,
    Card,
    CardEvent,
    Channel,
    Handle,
    Handler,
    Incoming,
    Kind,
    Ledger,
    Limits,
    Undelivered,
)
from rag.channels.wecom.replies import UNANSWERED, Pieces
from rag.channels.wecom.runtime import Runtime
from rag.settings import Settings

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

PATH = "/wecom/app"
_log = logging.getLogger(__name__)
_EVENTS = {"enter_agent": Kind.ENTER_CHAT, "template_card_event": Kind.CARD_EVENT}
_MOST_CHARS = 8000


class AppCallback:
    """A ``Transport`` with ``routes`` to mount, and a ``Pusher`` to members."""

    def __init__(
        self,
        settings: Settings,
        handler: Handler,
        ledger: Ledger,
        runtime: Runtime | None = None,
        api: AppApi | None = None,
    ) -> None:
        """``api`` is the app's, where it is used elsewhere too. Raises ``SettingsError`` naming what is missing."""
        if not (settings.wecom_token and settings.wecom_aes_key):
            raise SettingsError(
                "自建应用的回调地址缺少设置：需要 ANZE_WECOM_TOKEN 和 ANZE_WECOM_AES_KEY。",
                "请从管理后台的应用页面（接收消息）复制。",
            )
        self.runtime = runtime or Runtime()
        self.api = api or AppApi(settings, self.runtime)
        self._settings = settings
        crypto = Crypto.make(
            settings.wecom_token, settings.wecom_aes_key, settings.wecom_corp_id, setting="ANZE_WECOM_AES_KEY"
        )
        self._gate = Gate(crypto, self.runtime)
        self._ledger = ledger
        self._dispatcher = Dispatcher(Channel.APP, handler, ledger, self._replier, self.runtime)
        self.routes = [
            Route(PATH, self._gate.check_address, methods=["GET"]),
            Route(PATH, self._post, methods=["POST"]),
        ]

    async def run(self) -> None:
        """See ``model.Transport``. The routes work while this runs."""
        await self._dispatcher.resume()
        try:
            await asyncio.Event().wait()
        finally:
            await self._dispatcher.close(self.runtime.timings.shutdown)

    async def push(self, room: str, text: str, *, group: bool) -> None:
        """See ``model.Pusher``; an app reaches members only."""
        if group:
            raise Undelivered("自建应用不能向群聊发送消息。", "请改用群机器人。")
        for part in limits.split(text, APP_MESSAGE_BYTES):
            await insist(self.runtime, self.api, room, frames.markdown_body(part))

    def _replier(self, incoming: Incoming, sent: frozenset[str]) -> AppReplier:
        return AppReplier(incoming, sent, self.api, self.runtime, self._ledger)

    async def _post(self, request: Request) -> Response:
        try:
            ticket = read_ticket(request.query_params)
            envelope = _xml(await read_body(request))
            message = _xml(self._gate.open(ticket, envelope.findtext("Encrypt") or ""))
        except Refused:
            return forbidden()
        try:
            if incoming := self._read(message):
                await self._dispatcher.arrive(incoming)
        except AnzeError as error:
            return not_kept(error)
        self._gate.used(ticket)
        return Response()

    def _read(self, message: Element) -> Incoming | None:
        settings = self._settings
        own = (text_of(message, "ToUserName"), text_of(message, "AgentID")) == (
            settings.wecom_corp_id,
            settings.wecom_agent_id,
        )
        incoming = read_xml(message, self.runtime.clock())
        return incoming if own else None


class AppReplier:
    """Answers one member by messages of the app. The interface is ``model.Replier``."""

    def __init__(self, incoming: Incoming, sent: frozenset[str], api: AppApi, runtime: Runtime, outbox: Ledger) -> None:
        self._incoming = incoming
        self._api = api
        self._runtime = runtime
        self._pieces = Pieces(incoming.msgid, sent, outbox)
        self._asked = False

    @property
    def limits(self) -> Limits:
        return Limits(APP_MESSAGE_BYTES, streams=False)

    def open(self) -> None:
        """An app's message cannot be changed later, so there is no placeholder."""

    async def stream(self, text: str, *, finish: bool = False) -> None:
        if finish:
            name = self._pieces.next() if self._asked else "stream"
            self._asked = True
            await self._pieces.texts(name, limits.split(text, APP_MESSAGE_BYTES) or (UNANSWERED,), self._say)

    async def markdown(self, text: str) -> None:
        self._asked = True
        await self._pieces.texts(self._pieces.next(), limits.split(text, APP_MESSAGE_BYTES), self._say)

    async def card(self, card: Card) -> None:
        self._asked = True
        await self._pieces.once(self._pieces.next(), lambda: self._send(frames.card_body(card)))

    async def file(self, name: str, data: bytes) -> None:
        async def send() -> None:
            await self._send(frames.file_body(await self._api.upload(name, data)))

        await self._pieces.once(self._pieces.next(), send)

    async def welcome(self, text: str = "", card: Card | None = None) -> bool:
        await self._send(frames.card_body(card) if card else frames.text_body(text))
        return True

    async def update_card(self, card: Card) -> bool:
        return False

    async def settle(self) -> None:
        if self._incoming.kind.message and not self._asked:
            await self.stream(UNANSWERED, finish=True)

    async def close(self) -> None:
        """Nothing is open."""

    async def _say(self, text: str) -> None:
        await self._send(frames.markdown_body(text))

    async def _send(self, body: Mapping[str, Any]) -> None:
        await insist(self._runtime, self._api, self._incoming.sender, body)


async def insist(runtime: Runtime, api: AppApi, userid: str, body: Mapping[str, Any]) -> None:
    """Send, through outages of up to an hour. Raises ``Undelivered``, ``WecomError``."""
    until, failures = runtime.clock() + runtime.timings.give_up, 0
    while True:
        try:
            await api.send(userid, body)
            return
        except Unreachable as error:
            failures += 1
            if runtime.clock() >= until:
                raise Undelivered("企业微信接口长时间无法使用，消息没能发出。") from error
            _log.warning("%s", error)
            await runtime.sleep(runtime.backoff(failures))


def read_xml(message: Element, received: float) -> Incoming | None:
    """One decrypted message; ``None`` for what nobody may be answered for."""
    sender, kind = text_of(message, "FromUserName"), text_of(message, "MsgType")
    event = text_of(message, "Event") if kind == "event" else ""
    msgid = text_of(message, "MsgId")
    if not msgid and sender:
        msgid = f"{sender}:{text_of(message, 'CreateTime')}" + (f":{event}" if event else "")
    meant = _EVENTS.get(event, Kind.OTHER) if kind == "event" else Kind.TEXT if kind == "text" else Kind.MEDIA
    if sender in ("", "sys") or len(msgid) > frames.MAX_ID:
        return None
    return Incoming(
        msgid=msgid,
        channel=Channel.APP,
        kind=meant,
        sender=sender,
        received=received,
        text=text_of(message, "Content")[:_MOST_CHARS] if meant is Kind.TEXT else "",
        card=_card(message) if meant is Kind.CARD_EVENT else None,
        handle=Handle(stream_id=frames.stream_id_of(msgid)),
    )


def text_of(element: Element, name: str) -> str:
    """The stripped text of a child, else empty."""
    return (element.findtext(name) or "").strip()


def _card(message: Element) -> CardEvent:
    selected = {
        text_of(item, "QuestionKey"): tuple(option.text or "" for option in item.iterfind("OptionIds/OptionId"))
        for item in message.iterfind("SelectedItems/SelectedItem")
    }
    return CardEvent(text_of(message, "EventKey"), text_of(message, "TaskId"), selected)


def _xml(data: bytes) -> Element:
    """Raises ``Refused``, also for any DOCTYPE or entity declaration."""
    try:
        tree: Element = fromstring(data, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Refused from None
    return tree

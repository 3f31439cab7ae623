"""The door of both callbacks: size, signature, age, replay, decryption. Whatever fails, the answer is the same 403."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass

from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from index.errors import AnzeError
from rag.channels.wecom.crypto import Crypto, Refused
from rag.channels.wecom.runtime import Runtime

_log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1_000_000
WINDOW_S = 300.0
_MOST_NONCES = 20_000
_MOST_CHARS = 128


@dataclass(frozen=True, slots=True)
class Ticket:
    """The query of one request. ``echo`` is the ciphertext of an address check."""

    signature: str
    timestamp: str
    nonce: str
    echo: str = ""


class Gate:
    """One callback's door. A nonce counts as used once its request was dealt with: a failed one may come again."""

    def __init__(self, crypto: Crypto, runtime: Runtime) -> None:
        self.crypto = crypto
        self._runtime = runtime
        self._used: OrderedDict[tuple[str, str], float] = OrderedDict()

    def open(self, ticket: Ticket, encrypt: str) -> bytes:
        """The plain message. Raises ``Refused``; nothing is decrypted before signature, age and nonce are right."""
        self.crypto.check(ticket.signature, ticket.timestamp, ticket.nonce, encrypt)
        self._fresh(ticket)
        return self.crypto.open(ticket.signature, ticket.timestamp, ticket.nonce, encrypt)

    def used(self, ticket: Ticket) -> None:
        """Refuse this timestamp and nonce from now on."""
        now = self._runtime.clock()
        self._used[(ticket.timestamp, ticket.nonce)] = now
        while self._used and (len(self._used) > _MOST_NONCES or next(iter(self._used.values())) < now - 2 * WINDOW_S):
            self._used.popitem(last=False)

    def check_address(self, request: Request) -> Response:
        """Answer the vendor's GET: the decrypted echo string, bare."""
        try:
            ticket = read_ticket(request.query_params, echo=True)
            return Response(self.open(ticket, ticket.echo), media_type="text/plain")
        except Refused:
            return forbidden()

    def _fresh(self, ticket: Ticket) -> None:
        if abs(self._runtime.clock() - int(ticket.timestamp)) > WINDOW_S:
            raise Refused
        if (ticket.timestamp, ticket.nonce) in self._used:
            raise Refused


def read_ticket(query: QueryParams, *, echo: bool = False) -> Ticket:
    """Raises ``Refused`` unless each parameter is there once and sane."""
    names = ("msg_signature", "timestamp", "nonce", *(("echostr",) if echo else ()))
    values = [query.getlist(name) for name in names]
    if any(len(value) != 1 or not value[0] for value in values):
        raise Refused
    signature, timestamp, nonce, *rest = (value[0] for value in values)
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12) or len(nonce) > _MOST_CHARS:
        raise Refused
    return Ticket(signature, timestamp, nonce, *rest)


async def read_body(request: Request) -> bytes:
    """Raises ``Refused`` where it is larger than allowed (reading stops there) or breaks off."""
    data = bytearray()
    try:
        async for part in request.stream():
            data += part
            if len(data) > MAX_BODY_BYTES:
                raise Refused
    except ClientDisconnect:
        raise Refused from None
    return bytes(data)


def not_kept(error: AnzeError) -> Response:
    """The message could not be kept, so the vendor must send it again."""
    _log.error("收到的消息没能保存，等待企业微信重发：%s", error)
    return PlainTextResponse("暂时无法处理", 503)


def forbidden() -> Response:
    """The one refusal."""
    return PlainTextResponse("拒绝访问", 403)

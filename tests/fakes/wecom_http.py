"""The vendor's HTTP interface over a real socket, and the vendor as it calls a bot's callback address.

``WecomApi`` keeps the vendor's rules and writes down what breaks them (``violations``); ``Caller`` posts messages.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import json
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from rag.channels.wecom.crypto import Crypto
from tests.fakes.wecom_rules import CardRules, Counts, text_problem

CORP_ID = "ww-corp"
AGENT_ID = "1000002"
SECRET = "app-secret-do-not-log"
WEBHOOK_KEY = "webhook-key-do-not-log"


@functools.cache
def _tls() -> ssl.SSLContext:
    """Made once: it takes longer than a request."""
    return httpx.create_ssl_context()


class Listening:
    """An ASGI application on a loopback port, in this event loop; it can be stopped and started on the same port."""

    def __init__(self, routes: Sequence[BaseRoute], port: int = 0) -> None:
        self._app = Starlette(routes=list(routes))
        self.port = port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Listening:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        door = socket.create_server(("127.0.0.1", self.port))
        self.port = door.getsockname()[1]
        config = uvicorn.Config(
            self._app, log_config=None, log_level="critical", access_log=False, lifespan="off", ws="none"
        )
        config.load()
        # Its serve() would take over the signals of the test run and look about only every 0.1 s.
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)
        await self._server.startup(sockets=[door])

    async def stop(self) -> None:
        for server in self._server.servers:
            server.close()
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()
        await asyncio.gather(*self._server.server_state.tasks, return_exceptions=True)
        for server in self._server.servers:
            await server.wait_closed()


@dataclass
class Sent:
    """A message of the app that reached a member."""

    user: str
    kind: str
    text: str
    body: dict[str, Any] = field(default_factory=dict)


class WecomApi(Listening):
    """``faults[path]`` is a queue of what the next calls of that path get: an error code, or ``"500"`` (not carried
    out), or ``"lost"`` (carried out, the answer lost)."""

    def __init__(self, *, clock: Callable[[], float] = time.time, expires_in: int = 7200) -> None:
        super().__init__([Route("/cgi-bin/{path:path}", self._call, methods=["GET", "POST"])])
        self.violations: list[str] = []
        self.sent: list[Sent] = []
        self.group: list[str] = []
        self.responses: dict[str, dict[str, Any]] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.faults: dict[str, deque[int | str]] = {}
        self.calls: list[str] = []
        self.tokens_made = 0
        self.token = ""
        self.invalid: set[str] = set()
        self.unlicensed: set[str] = set()
        self.members: dict[str, list[int]] = {}
        self.departments: dict[int, tuple[str, int]] = {}
        self.slow_token = 0.0
        self._clock, self._expires_in = clock, expires_in
        self._count, self._robot_count = Counts(), Counts(((20, 60.0),))
        self._cards = CardRules()
        self._recent: dict[str, float] = {}

    def response_url(self, code: str) -> str:
        """An address that takes one answer."""
        return f"{self.url}/cgi-bin/aibot/response?response_code={code}"

    async def _call(self, request: Request) -> Response:
        path = request.path_params["path"]
        self.calls.append(path)
        fault = queue.popleft() if (queue := self.faults.get(path)) else 0
        if fault == "500":
            return Response("busy", 500)
        if isinstance(fault, int) and fault:
            return JSONResponse({"errcode": fault, "errmsg": "hint: [1700000000] from ip: 10.0.0.1"})
        answer = await self._answer(path, request)
        return Response("lost", 502) if fault == "lost" else JSONResponse({"errcode": 0, "errmsg": "ok", **answer})

    async def _answer(self, path: str, request: Request) -> dict[str, Any]:
        query = request.query_params
        if path == "gettoken":
            return await self._gettoken(query.get("corpid", ""), query.get("corpsecret", ""))
        if path == "webhook/send":
            return self._webhook(query.get("key", ""), await request.json())
        if path == "aibot/response":
            return self._response(query["response_code"], await request.json())
        if query.get("access_token") != self.token:
            return {"errcode": 40014}
        if path == "message/send":
            return self._send(await request.json())
        if path == "media/upload":
            async with request.form() as form:
                file: Any = form["media"]
                self.files[f"media-{len(self.files)}"] = (file.filename, await file.read())
            return {"media_id": f"media-{len(self.files) - 1}"}
        if path == "user/get":
            user = query["userid"]
            return {"department": self.members[user]} if user in self.members else {"errcode": 60111}
        if path == "department/get":
            name, parent = self.departments[int(query["id"])]
            return {"department": {"id": int(query["id"]), "name": name, "parentid": parent}}
        return {"errcode": 404}

    async def _gettoken(self, corp_id: str, secret: str) -> dict[str, Any]:
        if (corp_id, secret) != (CORP_ID, SECRET):
            return {"errcode": 40001, "errmsg": f"invalid credential {secret}"}
        await asyncio.sleep(self.slow_token)
        self.tokens_made += 1
        self.token = f"token-do-not-log-{self.tokens_made}"
        return {"access_token": self.token, "expires_in": self._expires_in}

    def _send(self, body: dict[str, Any]) -> dict[str, Any]:
        kind, users = body["msgtype"], body["touser"].split("|")
        bad = [user for user in users if user in self.invalid]
        if len(bad) == len(users):
            return {"errcode": 81013}
        problem = self._problem(kind, body)
        if problem or not isinstance(body.get("agentid"), int):
            self.violations.append(f"message/send: {problem or 'agentid'}")
            return {"errcode": 40058}
        for user in (user for user in users if user not in bad and user not in self.unlicensed):
            self._reach(user, kind, body)
        missed = [user for user in users if user in self.unlicensed]
        return {"invaliduser": "|".join(bad), "unlicenseduser": "|".join(missed), "msgid": str(len(self.sent))}

    def _problem(self, kind: str, body: dict[str, Any]) -> str | None:
        if kind in ("text", "markdown"):
            return text_problem(body[kind]["content"], 2048)
        if kind == "file":
            return None if body["file"]["media_id"] in self.files else "unknown media_id"
        return self._cards.problem(body[kind], new=True) if kind == "template_card" else f"msgtype {kind}"

    def _reach(self, user: str, kind: str, body: dict[str, Any]) -> None:
        """Above the limit the vendor drops in silence; the same message within the interval it drops on request."""
        now = self._clock()
        if problem := self._count.problem(user, now):
            self.violations.append(problem)
            return
        text = body[kind].get("content") or json.dumps(body[kind], ensure_ascii=False)
        key = f"{user}\n{kind}\n{text}"
        repeated = now - self._recent.get(key, -1e9) < body.get("duplicate_check_interval", 1800)
        self._recent[key] = now
        if not (body.get("enable_duplicate_check") and repeated):
            self.sent.append(Sent(user, kind, text, body))

    def _webhook(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        if key != WEBHOOK_KEY:
            return {"errcode": 93000}
        content = body[body["msgtype"]]["content"]
        if problem := text_problem(content, 2048 if body["msgtype"] == "text" else 4096):
            self.violations.append(f"webhook: {problem}")
            return {"errcode": 40058}
        if problem := self._robot_count.problem(key, self._clock()):
            self.violations.append("webhook: more than 20 messages in 60 s")
            return {"errcode": 45009}
        self.group.append(content)
        return {}

    def _response(self, code: str, body: dict[str, Any]) -> dict[str, Any]:
        if code in self.responses:
            self.violations.append("response_url used twice")
            return {"errcode": 60140}
        self.responses[code] = body
        return {}


class Caller:
    """Calls a bot's callback address as the vendor does: encrypted and signed, with a fresh nonce each time."""

    def __init__(self, url: str, crypto: Crypto, *, clock: Callable[[], float] = time.time) -> None:
        self.url, self.crypto, self._clock = url, crypto, clock
        self._nonces = itertools.count(1)

    async def check(self, echo: str) -> httpx.Response:
        """The address check of the admin console."""
        query, encrypt = self.sealed(echo.encode())
        return await self._request("GET", {**query, "echostr": encrypt})

    async def post_json(self, body: dict[str, Any]) -> httpx.Response:
        query, encrypt = self.sealed(json.dumps(body).encode())
        return await self._request("POST", query, json.dumps({"encrypt": encrypt}).encode())

    async def post_xml(self, fields: dict[str, str]) -> httpx.Response:
        inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
        query, encrypt = self.sealed(f"<xml>{inner}</xml>".encode())
        return await self._request("POST", query, f"<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>".encode())

    async def post(self, query: dict[str, str], data: bytes) -> httpx.Response:
        """Anything, as it is."""
        return await self._request("POST", query, data)

    def sealed(self, message: bytes) -> tuple[dict[str, str], str]:
        """The query and the ciphertext of a message."""
        sealed = self.crypto.seal(message, str(int(self._clock())), f"nonce-{next(self._nonces)}")
        query = {"msg_signature": sealed.signature, "timestamp": sealed.timestamp, "nonce": sealed.nonce}
        return query, sealed.encrypt

    def opened(self, response: httpx.Response) -> dict[str, Any]:
        """The bot's encrypted answer; empty where it answered nothing."""
        if not response.content:
            return {}
        raw = response.json()
        assert set(raw) == {"encrypt", "msgsignature", "timestamp", "nonce"}
        assert isinstance(raw["timestamp"], int)
        plain = self.crypto.open(raw["msgsignature"], str(raw["timestamp"]), raw["nonce"], raw["encrypt"])
        answer: dict[str, Any] = json.loads(plain)
        return answer

    async def _request(self, method: str, query: dict[str, str], data: bytes = b"") -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=60, verify=_tls()) as client:
            return await client.request(method, self.url, params=query, content=data)

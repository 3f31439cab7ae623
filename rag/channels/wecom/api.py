"""The vendor's HTTP interface as this bot uses it: messages of an app, files, the address book, the group's robot."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from index.errors import SettingsError
from rag.channels.wecom.frames import BUSY, RATE
from rag.channels.wecom.http import Unreachable, exchange
from rag.channels.wecom.limits import ROBOT_WINDOWS, Pace
from rag.channels.wecom.model import WEBHOOK_MESSAGE_BYTES, Stopped, Undelivered, WecomError
from rag.channels.wecom.runtime import Runtime
from rag.channels.wecom.token import BAD_SECRET, Tokens, bad_secret
from rag.settings import Settings

STALE_TOKEN = frozenset({40014, 42001})
BAD_WEBHOOK_KEY = 93000
_NO_RECIPIENT = 81013
_TRIES = 4
_MOST_LEVELS = 10
# The vendor drops the same message to the same member within this time: a retry after a lost answer shows once. Longer
# than the tries of one message take.
_SAME_MESSAGE_S = 120
_MOST_RECENT = 10_000

Json = Mapping[str, Any]


class AppApi:
    """One 自建应用. Every call retries what may pass: a stale token once, a busy or unreachable server three times."""

    def __init__(self, settings: Settings, runtime: Runtime | None = None) -> None:
        """Raises ``SettingsError`` naming what is missing."""
        needed = {
            "ANZE_WECOM_CORP_ID": settings.wecom_corp_id,
            "ANZE_WECOM_AGENT_ID": settings.wecom_agent_id if settings.wecom_agent_id.isdecimal() else "",
            "ANZE_WECOM_AGENT_SECRET": settings.wecom_agent_secret,
        }
        if missing := [name for name, value in needed.items() if not value]:
            raise SettingsError(
                f"自建应用缺少设置，或它不合法：{'、'.join(missing)}。",
                "请从管理后台的应用页面复制；AgentId 是一个整数。",
            )
        self._url = settings.wecom_api_url.rstrip("/")
        self._agent_id = int(settings.wecom_agent_id)
        self._runtime = runtime or Runtime()
        self._tokens = Tokens(self._url, settings.wecom_corp_id, settings.wecom_agent_secret, self._runtime)
        self._pace = Pace(self._runtime)
        self._recent: dict[bytes, float] = {}

    async def send(self, userid: str, body: Json) -> None:
        """One message to one member, within the limits. Raises ``Undelivered``, ``Unreachable``, ``WecomError``.

        An answer that names the member as invalid or unlicensed is a failure, although its code is 0.
        """
        await self._pace.turn(userid)
        key = hashlib.sha256(orjson.dumps([userid, body])).digest()
        message = {
            "touser": userid,
            "agentid": self._agent_id,
            **body,
            "enable_duplicate_check": int(not self._said(key)),
            "duplicate_check_interval": _SAME_MESSAGE_S,
        }
        answer = await self._call("POST", "message/send", json=message)
        self._recent.pop(key, None)  # the dict is kept in the order of time
        self._recent[key] = self._runtime.clock()
        for field, why in (("invaliduser", "不在应用的可见范围内"), ("unlicenseduser", "没有接口许可")):
            if userid.lower() in str(answer.get(field) or "").lower().split("|"):
                raise Undelivered(f"一位成员{why}，消息没有送达。", "请在管理后台检查应用的可见范围与许可。")

    def _said(self, key: bytes) -> bool:
        """Whether the member got this very message a moment ago, and so is to get it again: the same question, asked
        twice, has the same answer.
        """
        old = self._runtime.clock() - _SAME_MESSAGE_S
        while self._recent and (len(self._recent) > _MOST_RECENT or next(iter(self._recent.values())) < old):
            del self._recent[next(iter(self._recent))]
        return key in self._recent

    async def upload(self, name: str, data: bytes) -> str:
        """The media id of a file. Raises as ``send``."""
        answer = await self._call("POST", "media/upload", params={"type": "file"}, file=(name, data))
        return str(answer.get("media_id", ""))

    async def departments(self, userid: str) -> tuple[str, ...]:
        """Names of the member's departments, each followed by those above it. Raises ``WecomError``."""
        member = await self._call("GET", "user/get", params={"userid": userid})
        names: list[str] = []
        for number in member.get("department") or ():
            for name in await self._upwards(number):
                if name not in names:
                    names.append(name)
        return tuple(names)

    async def _upwards(self, number: Any) -> list[str]:
        names: list[str] = []
        for _ in range(_MOST_LEVELS):
            if not isinstance(number, int) or number <= 0:
                break
            answer = await self._call("GET", "department/get", params={"id": str(number)})
            department = answer.get("department")
            if not isinstance(department, Mapping):
                break
            if isinstance(name := department.get("name"), str) and name:
                names.append(name)
            number = department.get("parentid")
        return names

    async def _call(self, method: str, path: str, *, params: Mapping[str, str] | None = None, **what: Any) -> Json:
        renewed = False
        failures = 0
        token = await self._token()
        while True:
            try:
                query = {"access_token": token, **(params or {})}
                answer = await exchange(method, f"{self._url}/cgi-bin/{path}", params=query, **what)
                code = answer.get("errcode", 0)
            except Unreachable:
                failures += 1
                if failures >= _TRIES:
                    raise
                await self._runtime.sleep(self._runtime.backoff(failures))
                continue
            if code == 0:
                return answer
            if code in STALE_TOKEN and not renewed:
                renewed, token = True, await self._token(token)
                continue
            failures += 1
            await self._pause(code, failures)

    async def _token(self, stale: str = "") -> str:
        failures = 0
        while True:
            try:
                return await self._tokens.get(stale)
            except WecomError as error:
                failures += 1
                if failures >= _TRIES or not (isinstance(error, Unreachable) or error.code in BUSY):
                    raise
                await self._runtime.sleep(self._runtime.backoff(failures))

    async def _pause(self, code: int, failures: int) -> None:
        """Before the next try; raises where there is none."""
        if code in BAD_SECRET:
            raise bad_secret(code)
        if code == _NO_RECIPIENT:
            raise Undelivered("没有可以接收这条消息的成员。", "请在管理后台检查应用的可见范围。", code=code)
        await pause(self._runtime, code, failures)


class GroupRobot:
    """A group's webhook robot; its key is a secret. 20 messages a minute."""

    def __init__(self, settings: Settings, runtime: Runtime | None = None) -> None:
        """Raises ``SettingsError``."""
        if not settings.wecom_webhook_key:
            raise SettingsError(
                "群机器人缺少设置：ANZE_WECOM_WEBHOOK_KEY。",
                "请在群聊中添加群机器人，复制 Webhook 地址里 key= 后面的部分。",
            )
        self._url = f"{settings.wecom_api_url.rstrip('/')}/cgi-bin/webhook/send"
        self._key = settings.wecom_webhook_key
        self._runtime = runtime or Runtime()
        self._pace = Pace(self._runtime, ROBOT_WINDOWS)

    async def markdown(self, text: str) -> None:
        """At most ``WEBHOOK_MESSAGE_BYTES`` bytes. Raises ``WecomError``: ``Undelivered``, ``Unreachable``, and
        ``Stopped`` where the key is no good.
        """
        if not 0 < len(text.strip().encode()) <= WEBHOOK_MESSAGE_BYTES:
            raise Undelivered("群消息为空，或超过4096字节。")
        await self._send({"msgtype": "markdown", "markdown": {"content": text}})

    async def _send(self, body: Json) -> None:
        failures = 0
        while True:
            await self._pace.turn(self._key)
            try:
                answer = await exchange("POST", self._url, params={"key": self._key}, json=body)
            except Unreachable:
                failures += 1
                if failures >= _TRIES:
                    raise
                await self._runtime.sleep(self._runtime.backoff(failures))
                continue
            code = answer.get("errcode", 0)
            if code == 0:
                return
            failures += 1
            if code == BAD_WEBHOOK_KEY:
                raise Stopped(
                    "企业微信不接受群机器人的 key（错误码 93000）。",
                    "机器人可能已被移出群聊，请重新添加并改正 ANZE_WECOM_WEBHOOK_KEY。",
                    code=code,
                )
            await pause(self._runtime, code, failures)


async def pause(runtime: Runtime, code: int, failures: int) -> None:
    """Wait as long as ``code`` asks for; raises ``WecomError`` where waiting does not help or was tried enough."""
    if code not in BUSY | RATE or failures >= _TRIES:
        raise WecomError(f"企业微信没有接受请求（错误码 {code}）。", "请按错误码查阅企业微信的说明。", code=code)
    await runtime.sleep(runtime.timings.rate_pause if code in RATE else runtime.backoff(failures))

"""Requests to the vendor's HTTP interface: JSON in, JSON out, no redirects, no secret in what is raised or logged."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from rag.channels.wecom.model import Undelivered, WecomError
from rag.channels.wecom.redact import shield
from rag.channels.wecom.runtime import loopback

_TIMEOUT_S = 10.0
_MAX_ANSWER_BYTES = 1_000_000


class Unreachable(WecomError):
    """No usable answer came; whether the request was carried out is unknown."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"企业微信接口暂时无法使用（{reason}）。", "请检查网络，稍后再试。")


async def exchange(
    method: str,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    json: Any = None,
    file: tuple[str, bytes] | None = None,
) -> Mapping[str, Any]:
    """The answer's object. Raises ``Unreachable``; the cause is not chained, as it may carry the address."""
    shield()
    arguments: dict[str, Any] = {"params": params} if params else {}
    if json is not None:
        arguments |= {"content": orjson.dumps(json), "headers": {"content-type": "application/json"}}
    if file is not None:
        arguments["files"] = {"media": (file[0], file[1], "application/octet-stream")}
    try:
        async with (
            httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=not loopback(url), verify=_tls()) as client,
            client.stream(method, url, **arguments) as response,
        ):
            data = await _read(response)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(type(error).__name__) from None
    if response.status_code != httpx.codes.OK:
        raise Unreachable(f"HTTP {response.status_code}")
    return _object(data)


def check_response_url(url: str, api_url: str) -> None:
    """Raises ``Undelivered`` unless ``url`` is https on ``api_url``'s host; plain http only where that is loopback."""
    try:
        given, own = urlsplit(url), urlsplit(api_url)
        port, own_port = given.port, own.port
    except ValueError:
        raise _refused() from None
    same = bool(given.hostname) and given.hostname == own.hostname and port == own_port
    secure = given.scheme == "https" or (given.scheme == "http" and loopback(api_url))
    if not (same and secure) or given.username is not None or given.password is not None:
        raise _refused()


def _refused() -> Undelivered:
    return Undelivered("消息里的回复地址不属于企业微信，没有使用它。")


async def _read(response: httpx.Response) -> bytes:
    data = b""
    async for part in response.aiter_bytes():
        data += part
        if len(data) > _MAX_ANSWER_BYTES:
            raise Unreachable("应答过大")
    return data


def _object(data: bytes) -> Mapping[str, Any]:
    try:
        raw = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Unreachable("应答不是 JSON") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("errcode", 0), int):
        raise Unreachable("应答无法识别")
    return raw


@functools.cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()

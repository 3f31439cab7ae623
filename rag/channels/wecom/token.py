"""The access token of an app: fetched once for all who wait, renewed early, thrown away when the vendor says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from rag.channels.wecom.http import exchange
from rag.channels.wecom.model import WecomError
from rag.channels.wecom.runtime import Runtime

BAD_SECRET = frozenset({40001, 40013})
_EARLY = 0.9


@dataclass(frozen=True, slots=True)
class _Token:
    value: str = field(repr=False)
    until: float = 0.0


class Tokens:
    """One app's token. ``secret_setting`` is named where the vendor refuses it."""

    def __init__(self, api_url: str, corp_id: str, secret: str, runtime: Runtime) -> None:
        self._url = f"{api_url.rstrip('/')}/cgi-bin/gettoken"
        self._corp_id = corp_id
        self._secret = secret
        self._runtime = runtime
        self._token: _Token | None = None
        self._lock = asyncio.Lock()

    async def get(self, stale: str = "") -> str:
        """A token other than ``stale``. Raises ``WecomError``, ``http.Unreachable``."""
        async with self._lock:
            token = self._token
            if token is None or token.value == stale or self._runtime.clock() >= token.until:
                token = self._token = await self._fetch()
            return token.value

    async def _fetch(self) -> _Token:
        begun = self._runtime.clock()
        raw = await exchange("GET", self._url, params={"corpid": self._corp_id, "corpsecret": self._secret})
        code, value, lasts = raw.get("errcode", 0), raw.get("access_token"), raw.get("expires_in")
        if code in BAD_SECRET:
            raise bad_secret(code)
        if code or not isinstance(value, str) or not value:
            raise WecomError(
                f"企业微信没有给出访问凭证（错误码 {code}）。", "请检查应用是否启用、IP 是否可信。", code=code
            )
        return _Token(value, begun + _EARLY * (lasts if isinstance(lasts, int) else 0))


def bad_secret(code: int) -> WecomError:
    return WecomError(
        f"企业微信不接受 CorpID 或应用的 Secret（错误码 {code}）。",
        "请在管理后台核对，改正 ANZE_WECOM_CORP_ID 和 ANZE_WECOM_AGENT_SECRET 后重新启动。",
        code=code,
    )

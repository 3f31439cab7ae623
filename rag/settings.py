"""Settings: the only reader of the environment. Names, meanings and defaults stand in the README's table."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from index.errors import SettingsError

PREFIX = "ANZE_"
WECOM_WS_URL = "wss://openws.work.weixin.qq.com"
WECOM_API_URL = "https://qyapi.weixin.qq.com"


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation's settings. ``None`` folders mean the default place (``index.corpus``, ``index.store``)."""

    docs: Path | None = None
    store: Path | None = None
    data: Path | None = None
    database_url: str = field(default="", repr=False)
    org: str | None = None
    today: date | None = None
    laws: str | tuple[str, ...] = "default"
    embedding: str = "embedded"
    embedding_base_url: str = ""
    embedding_api_key: str = field(default="", repr=False)
    vector_store: str = "faiss"
    host: str = "127.0.0.1"
    port: int = 7860
    root_path: str = ""
    web_url: str = ""
    llm_base_url: str = ""
    llm_model: str = ""
    llm_api_key: str = field(default="", repr=False)
    llm_timeout_s: float = 30.0
    llm_concurrency: int = 4
    wecom_bot_id: str = ""
    wecom_bot_secret: str = field(default="", repr=False)
    wecom_ws_url: str = WECOM_WS_URL
    wecom_stream_limit_s: float = 330.0
    wecom_bot_token: str = field(default="", repr=False)
    wecom_bot_aes_key: str = field(default="", repr=False)
    wecom_corp_id: str = ""
    wecom_agent_id: str = ""
    wecom_agent_secret: str = field(default="", repr=False)
    wecom_token: str = field(default="", repr=False)
    wecom_aes_key: str = field(default="", repr=False)
    wecom_api_url: str = WECOM_API_URL
    wecom_members: Path | None = None
    wecom_webhook_key: str = field(default="", repr=False)

    def day(self) -> date:
        """The date to reckon with."""
        return self.today or date.today()


def load_settings(environ: Mapping[str, str] | None = None, dotenv: Path | None = None) -> Settings:
    """Read ``.env`` (the working folder's unless given) and the environment; the environment wins.

    Raises ``SettingsError`` naming the setting, its value and what it may be.
    """
    values = {**_dotenv(dotenv or Path(".env")), **(os.environ if environ is None else environ)}
    get = {
        key[len(PREFIX) :]: value.strip() for key, value in values.items() if key.startswith(PREFIX) and value.strip()
    }
    return Settings(
        docs=_path(get.get("DOCS")),
        store=_path(get.get("STORE")),
        data=_path(get.get("DATA")),
        database_url=get.get("DATABASE_URL", ""),
        org=get.get("ORG"),
        today=_date(get.get("TODAY")),
        laws=_laws(get.get("LAWS", "default")),
        embedding=get.get("EMBEDDING", "embedded"),
        embedding_base_url=get.get("EMBEDDING_BASE_URL", ""),
        embedding_api_key=get.get("EMBEDDING_API_KEY", ""),
        vector_store=_vector_store(get.get("VECTOR_STORE", "faiss")),
        host=get.get("HOST", "127.0.0.1"),
        port=_port(get.get("PORT", "7860")),
        root_path=get.get("ROOT_PATH", ""),
        web_url=get.get("WEB_URL", ""),
        llm_base_url=get.get("LLM_BASE_URL", ""),
        llm_model=get.get("LLM_MODEL", ""),
        llm_api_key=get.get("LLM_API_KEY", ""),
        llm_timeout_s=_positive("LLM_TIMEOUT_S", get.get("LLM_TIMEOUT_S", "30")),
        llm_concurrency=int(_positive("LLM_CONCURRENCY", get.get("LLM_CONCURRENCY", "4"), least=1)),
        wecom_bot_id=get.get("WECOM_BOT_ID", ""),
        wecom_bot_secret=get.get("WECOM_BOT_SECRET", ""),
        wecom_ws_url=get.get("WECOM_WS_URL", WECOM_WS_URL),
        wecom_stream_limit_s=_positive("WECOM_STREAM_LIMIT_S", get.get("WECOM_STREAM_LIMIT_S", "330")),
        wecom_bot_token=get.get("WECOM_BOT_TOKEN", ""),
        wecom_bot_aes_key=get.get("WECOM_BOT_AES_KEY", ""),
        wecom_corp_id=get.get("WECOM_CORP_ID", ""),
        wecom_agent_id=get.get("WECOM_AGENT_ID", ""),
        wecom_agent_secret=get.get("WECOM_AGENT_SECRET", ""),
        wecom_token=get.get("WECOM_TOKEN", ""),
        wecom_aes_key=get.get("WECOM_AES_KEY", ""),
        wecom_api_url=get.get("WECOM_API_URL", WECOM_API_URL),
        wecom_members=_path(get.get("WECOM_MEMBERS")),
        wecom_webhook_key=get.get("WECOM_WEBHOOK_KEY", ""),
    )


def _dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    try:
        return {key: value for key, value in dotenv_values(path).items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"无法读取设置文件 {path}：{error}。", "请检查读取权限，并保存为 UTF-8 编码。") from error


def _path(value: str | None) -> Path | None:
    return Path(value).expanduser() if value else None


def _date(value: str | None) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise SettingsError(f"ANZE_TODAY 的值“{value}”不是日期。", "请写成 2023-03-01 的形式。") from error


def _laws(value: str) -> str | tuple[str, ...]:
    if value in ("default", "all"):
        return value
    names = (name.strip() for name in value.replace("，", ",").replace("、", ",").split(","))
    return tuple(name for name in names if name)


def _vector_store(value: str) -> str:
    if value == "faiss" or value.removeprefix("milvus:") not in ("", value):
        return value
    raise SettingsError(f"ANZE_VECTOR_STORE 的值“{value}”无法识别。", "可用：faiss，或 milvus:<地址>。")


def _port(value: str) -> int:
    if value.isdecimal() and 0 < int(value) < 65536:
        return int(value)
    raise SettingsError(f"ANZE_PORT 的值“{value}”不是端口号。", "请写 1 到 65535 之间的整数。")


def _positive(name: str, value: str, *, least: float = 0.0) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if least <= number < float("inf") and number > 0:
        return number
    raise SettingsError(f"{PREFIX}{name} 的值“{value}”不是可用的数。", "请写一个大于0的数，例如 30。")

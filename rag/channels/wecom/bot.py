"""A bot put together: which ways in are configured, and everything that answers what comes in by them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

from index.errors import SettingsError
from index.store import StoreReader, default_store_folder
from rag.assistant import Assistant
from rag.channels.wecom.api import AppApi
from rag.channels.wecom.callback import BotCallback
from rag.channels.wecom.callback_app import AppCallback
from rag.channels.wecom.connection import LongConnection
from rag.channels.wecom.door import listen, serve
from rag.channels.wecom.feedback import SharedBook
from rag.channels.wecom.members import Members
from rag.channels.wecom.model import Channel, Transport
from rag.channels.wecom.runtime import Runtime
from rag.channels.wecom.service import Service
from rag.channels.wecom.store import Store
from rag.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

CALLBACKS = frozenset({Channel.BOT_CALLBACK, Channel.APP})
_log = logging.getLogger(__name__)

_LONG = ("wecom_bot_id", "wecom_bot_secret")
_BOT_CALLBACK = ("wecom_bot_token", "wecom_bot_aes_key")
_APP = ("wecom_corp_id", "wecom_agent_id", "wecom_agent_secret", "wecom_token", "wecom_aes_key")
# What a way in shares with another one says nothing of whether it is wanted: the robot's id is the same by connection
# and by callback, and the company's id and the app's secret alone open the address book.
_OWN = {Channel.LONG: _LONG[1:], Channel.BOT_CALLBACK: _BOT_CALLBACK, Channel.APP: _APP[3:]}
_WANTED = {Channel.LONG: _LONG, Channel.BOT_CALLBACK: _BOT_CALLBACK, Channel.APP: _APP}
_NAMES = {
    Channel.LONG: "智能机器人长连接",
    Channel.BOT_CALLBACK: "智能机器人回调",
    Channel.APP: "自建应用回调",
}


def configured(settings: Settings) -> tuple[Channel, ...]:
    """Which ways in are configured, none at all included.

    Raises ``SettingsError`` naming what is missing, or what excludes each other.
    """
    found = []
    for channel, wanted in _WANTED.items():
        given = [name for name in wanted if getattr(settings, name)]
        if len(given) == len(wanted):
            found.append(channel)
        elif any(getattr(settings, name) for name in _OWN[channel]):
            missing = "、".join(_variable(name) for name in wanted if name not in given)
            raise SettingsError(f"{_NAMES[channel]}还缺少设置：{missing}。", "请从企业微信管理后台复制，写进环境变量。")
    if Channel.LONG in found and Channel.BOT_CALLBACK in found:
        raise SettingsError(
            "智能机器人的长连接和回调只能用一种。",
            f"请去掉 {_listed(_OWN[Channel.LONG])}，或去掉 {_listed(_BOT_CALLBACK)}。",
        )
    if settings.wecom_bot_id and not {Channel.LONG, Channel.BOT_CALLBACK} & set(found):
        raise SettingsError(
            f"智能机器人还缺少设置：长连接需要 {_listed(_LONG[1:])}，回调需要 {_listed(_BOT_CALLBACK)}。",
            "请从企业微信管理后台复制，写进环境变量。",
        )
    return tuple(found)


def ways(settings: Settings) -> tuple[Channel, ...]:
    """``configured``, at least one. Raises ``SettingsError``, also where there is none."""
    found = configured(settings)
    if not found:
        raise SettingsError(
            "还没有设置企业微信机器人。",
            f"长连接（推荐，不需要公网地址）请设置 {_listed(_LONG)}；"
            f"智能机器人回调请设置 {_listed(_BOT_CALLBACK)}；自建应用请设置 {_listed(_APP)}。",
        )
    return found


def _variable(name: str) -> str:
    return f"ANZE_{name.upper()}"


def _listed(names: Sequence[str]) -> str:
    return "、".join(map(_variable, names))


@dataclass
class Bot:
    """What answers by the ways in ``only``, else by all that are configured. Raises ``SettingsError``."""

    settings: Settings
    assistant: Assistant
    engine: Engine
    runtime: Runtime
    only: tuple[Channel, ...] = ()
    routes: tuple[BaseRoute, ...] = field(init=False, default=())
    """Where callbacks come in; for whoever serves them while ``work`` runs."""

    def __post_init__(self) -> None:
        settings = self.settings
        self.ways = self.only or ways(settings)
        self.store = Store(self.engine, self.runtime.clock)
        # The address book belongs to the self-built app, whichever way messages come in. One object, as the token and
        # the limits are the app's.
        app = all(getattr(settings, name) for name in _APP[:3])
        api = AppApi(settings, self.runtime) if app else None
        self.members = Members(self.store, self.assistant, settings.wecom_members, api, settings.org)
        self.service = Service(
            self.assistant, self.store, self.members, SharedBook(self.engine), settings.web_url, self._version
        )
        self._transports = tuple(self._transport(way, api) for way in self.ways)
        self.routes = tuple(
            route for each in self._transports if isinstance(each, AppCallback | BotCallback) for route in each.routes
        )

    def _version(self) -> str:
        return StoreReader(self.settings.store or default_store_folder()).version

    def _transport(self, way: Channel, api: AppApi | None) -> Transport:
        ledger = self.store.ledger(way)
        if way is Channel.LONG:
            return LongConnection(self.settings, self.service, ledger, self.runtime)
        if way is Channel.BOT_CALLBACK:
            return BotCallback(self.settings, self.service, ledger, self.runtime)
        return AppCallback(self.settings, self.service, ledger, self.runtime, api)

    async def work(self) -> None:
        """Answer until cancelled; then finish what is in progress within a few seconds. Raises ``Stopped``."""
        running = {asyncio.create_task(transport.run()) for transport in self._transports}
        _log.info("机器人已启动：%s。", "、".join(_NAMES[way] for way in self.ways))
        try:
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            self.service.close()
            _log.info("机器人已停止。")

    async def run(self, stop: asyncio.Event) -> None:
        """``work`` until ``stop``, with a port of its own for the callbacks. Raises ``SettingsError``, ``Stopped``."""
        door = listen(self.settings.host, self.settings.port) if self.routes else None
        running = {asyncio.create_task(self.work())}
        if door:
            running.add(asyncio.create_task(serve(self.routes, door, self.settings.root_path)))
        stopping = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait({*running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                task.result()
        finally:
            for task in (*running, stopping):
                task.cancel()
            await asyncio.gather(*running, stopping, return_exceptions=True)
            if door:
                door.close()

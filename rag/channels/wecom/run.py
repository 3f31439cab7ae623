"""Start the bot: settings → store, service and the ways in that are configured; and the reminders.

What goes wrong is one Chinese sentence on stderr. Nothing is configured here that the environment does not say.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING

from index.errors import AnzeError, IndexBusy, QuestionError, SettingsError, StoreUnwritable
from index.store import StoreReader, default_store_folder
from rag.assistant import Assistant
from rag.channels.wecom.api import AppApi, GroupRobot
from rag.channels.wecom.callback import BotCallback
from rag.channels.wecom.callback_app import AppCallback
from rag.channels.wecom.connection import LongConnection
from rag.channels.wecom.door import listen, serve
from rag.channels.wecom.feedback import SharedBook
from rag.channels.wecom.members import Members, read_name
from rag.channels.wecom.model import Channel, Handler, Ledger, Stopped, Transport
from rag.channels.wecom.redact import Redacting
from rag.channels.wecom.remind import Reminders, daily
from rag.channels.wecom.runtime import Runtime
from rag.channels.wecom.service import Service
from rag.channels.wecom.store import Store
from rag.compose.draft import plain, status_notes
from rag.history.database import open_engine
from rag.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

STOPPED = 3
"""Exit status where starting again would not help, or would throw another running bot off its connection."""
_WARM_UP_AFTER_S = 3.0
_log = logging.getLogger(__name__)

_LONG = ("wecom_bot_id", "wecom_bot_secret")
_BOT_CALLBACK = ("wecom_bot_token", "wecom_bot_aes_key")
_APP = ("wecom_corp_id", "wecom_agent_id", "wecom_agent_secret", "wecom_token", "wecom_aes_key")
_NAMES = {
    Channel.LONG: "智能机器人长连接",
    Channel.BOT_CALLBACK: "智能机器人回调",
    Channel.APP: "自建应用回调",
}
_MADE: dict[Channel, Callable[[Settings, Handler, Ledger, Runtime], Transport]] = {
    Channel.LONG: LongConnection,
    Channel.BOT_CALLBACK: BotCallback,
    Channel.APP: AppCallback,
}


def ways(settings: Settings) -> tuple[Channel, ...]:
    """Which ways in are configured. Raises ``SettingsError`` naming what is missing, or what excludes each other."""
    found = []
    for channel, wanted in ((Channel.LONG, _LONG), (Channel.BOT_CALLBACK, _BOT_CALLBACK), (Channel.APP, _APP)):
        given = [name for name in wanted if getattr(settings, name)]
        # The company's id and the app's secret alone open the address book, which the other ways may use too.
        if len(given) == len(wanted):
            found.append(channel)
        elif channel is Channel.APP and not {"wecom_token", "wecom_aes_key"} & set(given):
            continue
        elif given:
            missing = "、".join(_variable(name) for name in wanted if name not in given)
            raise SettingsError(f"{_NAMES[channel]}还缺少设置：{missing}。", "请从企业微信管理后台复制，写进环境变量。")
    if Channel.LONG in found and Channel.BOT_CALLBACK in found:
        raise SettingsError(
            "智能机器人的长连接和回调只能用一种。",
            f"请去掉 {_listed(_LONG)}，或去掉 {_listed(_BOT_CALLBACK)}。",
        )
    if not found:
        raise SettingsError(
            "还没有设置企业微信机器人。",
            f"长连接（推荐，不需要公网地址）请设置 {_listed(_LONG)}；"
            f"智能机器人回调请设置 {_listed(_BOT_CALLBACK)}；自建应用请设置 {_listed(_APP)}。",
        )
    return tuple(found)


def _variable(name: str) -> str:
    return f"ANZE_{name.upper()}"


def _listed(names: Sequence[str]) -> str:
    return "、".join(map(_variable, names))


@dataclass
class Bot:
    """Everything of a running bot, opened; ``run`` until ``stop`` is set."""

    settings: Settings
    assistant: Assistant
    engine: Engine
    runtime: Runtime

    def __post_init__(self) -> None:
        settings = self.settings
        self.ways = ways(settings)
        callbacks = {Channel.BOT_CALLBACK, Channel.APP} & set(self.ways)
        self.door = listen(settings.host, settings.port) if callbacks else None
        self.store = Store(self.engine, self.runtime.clock)
        # The address book belongs to the self-built app, whichever way messages come in.
        app = all(getattr(settings, name) for name in _APP[:3])
        self.members = Members(
            self.store, self.assistant, settings.wecom_members,
            AppApi(settings, self.runtime) if app else None, settings.org,
        )  # fmt: skip
        self.service = Service(
            self.assistant, self.store, self.members, SharedBook(self.engine), settings.web_url, self._version
        )

    def _version(self) -> str:
        return StoreReader(self.settings.store or default_store_folder()).version

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop``; then finish what is in progress, as far as a few seconds allow. Raises ``Stopped``."""
        transports = tuple(self._transports())
        routes = [route for each in transports if isinstance(each, AppCallback | BotCallback) for route in each.routes]
        running = {asyncio.create_task(transport.run()) for transport in transports}
        if routes:
            running.add(asyncio.create_task(serve(routes, self.door, self.settings.root_path)))
        stopping = asyncio.create_task(stop.wait())
        _log.info("机器人已启动：%s。", "、".join(_NAMES[way] for way in self.ways))
        try:
            done, _ = await asyncio.wait({*running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                task.result()
        finally:
            for task in (*running, stopping):
                task.cancel()
            await asyncio.gather(*running, stopping, return_exceptions=True)
            self.service.close()
            if self.door:
                self.door.close()
            _log.info("机器人已停止。")

    def _transports(self) -> Iterator[Transport]:
        for way in self.ways:
            yield _MADE[way](self.settings, self.service, self.store.ledger(way), self.runtime)


def main(settings: Settings, *, verbose: bool = False) -> int:
    """Run the bot until SIGTERM or Ctrl+C. Exit status 0 or ``STOPPED``. Raises ``AnzeError`` where it cannot start."""
    ways(settings)
    _log_to_stderr(verbose)
    bot = Bot(settings, ready(settings), open_engine(settings), Runtime())
    try:
        asyncio.run(_until_signal(bot))
    except Stopped as error:
        print(f"错误：{error}", file=sys.stderr)
        return STOPPED
    return 0


async def _until_signal(bot: Bot) -> None:
    warming = asyncio.create_task(_warm_up(bot.assistant))
    try:
        with _signals() as stop:
            await bot.run(stop)
    finally:
        warming.cancel()
        await asyncio.gather(warming, return_exceptions=True)


async def _warm_up(assistant: Assistant) -> None:
    """Open what searching needs, so that no question waits for it; connecting goes first."""
    await asyncio.sleep(_WARM_UP_AFTER_S)
    try:
        await asyncio.to_thread(lambda: assistant.retriever.search("安全生产", 1))
    except AnzeError as error:
        _log.warning("检索还不能用：%s", error)


@contextlib.contextmanager
def _signals() -> Iterator[asyncio.Event]:
    """An event that SIGTERM and Ctrl+C set; inside a running loop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    names = (signal.SIGTERM, signal.SIGINT)
    for name in names:
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C ends asyncio.run by itself
            loop.add_signal_handler(name, stop.set)
    try:
        yield stop
    finally:
        for name in names:
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(name)


def remind(settings: Settings, *, days: int, orgs: Sequence[str], dry_run: bool, at: time | None = None) -> int:
    """Send the reminders of the next ``days`` days once, or every day at ``at``; ``dry_run`` prints them instead.

    Exit status 0. Raises ``AnzeError``.
    """
    if not 0 <= days <= 366:
        raise QuestionError(f"--days 的值 {days} 不合适。", "请写 0 到 366 之间的整数。")
    robot = None if dry_run else GroupRobot(settings)
    assistant = ready(settings)
    names = tuple(_organisation(assistant, words) for words in orgs or ([settings.org] if settings.org else []))
    _log_to_stderr(False)
    scope = hashlib.sha256(settings.wecom_webhook_key.encode()).hexdigest()[:16]
    reminders = Reminders(assistant, Store(open_engine(settings)), names, days, settings.web_url, scope)
    if robot is None:
        batches = reminders.preview()
        print("\n\n".join(batch.text for batch in batches) or _none(reminders))
        print(f"（试运行：{len(batches)}条消息，没有发送。）")
        return 0

    async def once() -> None:
        sent = await reminders.send(robot)
        items = sum(len(batch.keys) for batch in sent)
        print(f"已发送{len(sent)}条消息，提醒{items}项。" if sent else _none(reminders), flush=True)

    asyncio.run(once() if at is None else _every_day(at, once))
    return 0


async def _every_day(at: time, once: Callable[[], Awaitable[None]]) -> None:
    with _signals() as stop:
        loop = asyncio.create_task(daily(at, once))
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({loop, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (loop, stopping):
            task.cancel()
        await asyncio.gather(loop, stopping, return_exceptions=True)
        if loop in done:
            loop.result()


def _organisation(assistant: Assistant, words: str) -> str:
    named = read_name(assistant, words)
    if named.org is None:
        near = f"您是不是要找：{'、'.join(named.nearest)}？" if named.nearest else "请写部门的名称或常用简称。"
        raise QuestionError(f"组织名录里没有“{plain(words)}”。", near)
    found = assistant.reader.parties.find(named.org)
    return found.parties[0].name if found.parties else named.org


def _none(reminders: Reminders) -> str:
    library = reminders.assistant.current.library
    why = status_notes(library, [library.plan.id])
    return f"未来{reminders.days}天没有新的提醒。{why}"


def ready(settings: Settings) -> Assistant:
    """An assistant over an index brought up to date; a usable older one serves where it cannot be written now."""
    from rag.wiring import Reloading, build

    try:
        build(settings)
    except (StoreUnwritable, IndexBusy) as error:
        print(f"注意：索引未能更新，使用现有索引。{error}", file=sys.stderr)
    return Reloading(settings)


def _log_to_stderr(verbose: bool) -> None:
    """Lines with a time on stderr; secrets are masked in whatever any library writes."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.addFilter(Redacting())
    logging.basicConfig(level=logging.DEBUG if verbose else logging.WARNING, handlers=[handler])
    logging.getLogger("rag").setLevel(logging.DEBUG if verbose else logging.INFO)

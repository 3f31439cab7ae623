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
from datetime import time

from index.errors import AnzeError, IndexBusy, QuestionError, SettingsError, StoreUnwritable
from rag.assistant import Assistant
from rag.channels.wecom.api import GroupRobot
from rag.channels.wecom.bot import CALLBACKS, Bot, ways
from rag.channels.wecom.members import read_name
from rag.channels.wecom.model import Stopped
from rag.channels.wecom.redact import Redacting
from rag.channels.wecom.remind import Reminders, daily
from rag.channels.wecom.runtime import Runtime
from rag.channels.wecom.store import Store
from rag.compose.draft import plain, status_notes
from rag.history.database import open_engine
from rag.settings import Settings

STOPPED = 3
"""Exit status where starting again would not help, or would throw another running bot off its connection."""
_WARM_UP_AFTER_S = 3.0
_log = logging.getLogger(__name__)


def main(settings: Settings, *, verbose: bool = False, no_callbacks: bool = False) -> int:
    """Run the bot until SIGTERM or Ctrl+C; ``no_callbacks`` where the web service takes them.

    Exit status 0 or ``STOPPED``. Raises ``AnzeError`` where it cannot start.
    """
    wanted = tuple(way for way in ways(settings) if not (no_callbacks and way in CALLBACKS))
    if not wanted:
        raise SettingsError(
            "没有设置智能机器人的长连接，回调又由网页服务接收，不需要运行 anze bot。",
            "请去掉 --no-callbacks，或设置长连接。",
        )
    log_to_stderr(verbose)
    bot = Bot(settings, ready(settings), open_engine(settings), Runtime(), wanted)
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

    Exit status 0, or ``STOPPED`` where the group's robot is gone. Raises ``AnzeError``.
    """
    if not 0 <= days <= 366:
        raise QuestionError(f"--days 的值 {days} 不合适。", "请写 0 到 366 之间的整数。")
    robot = None if dry_run else GroupRobot(settings)
    assistant = ready(settings)
    names = tuple(_organisation(assistant, words) for words in orgs or ([settings.org] if settings.org else []))
    log_to_stderr(False)
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

    if at:
        print(f"每天 {at:%H:%M} 推送，按 Ctrl+C 停止。", file=sys.stderr)
    try:
        asyncio.run(_every_day(at, once) if at else once())
    except Stopped as error:
        print(f"错误：{error}", file=sys.stderr)
        return STOPPED
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
    named = read_name(assistant, words, groups=True)
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


def log_to_stderr(verbose: bool) -> None:
    """Lines with a time on stderr; secrets are masked in whatever any library writes."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.addFilter(Redacting())
    logging.basicConfig(level=logging.DEBUG if verbose else logging.WARNING, handlers=[handler])
    logging.getLogger("rag").setLevel(logging.DEBUG if verbose else logging.INFO)

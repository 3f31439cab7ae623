"""``anze bot | remind``: start the WeChat Work bot, and send reminders to a group."""

from __future__ import annotations

import argparse
from datetime import time
from importlib import import_module
from typing import Any

from index.errors import QuestionError
from rag.settings import Settings


def add_commands(commands: Any) -> None:
    """Add both to the subparsers ``commands``."""
    bot = commands.add_parser("bot", help="启动企业微信机器人")
    bot.add_argument("--verbose", action="store_true", help="记录更多细节（不含密钥）")
    bot.add_argument("--no-callbacks", action="store_true", help="只保持长连接；回调由网页服务接收")
    bot.set_defaults(run=_bot)
    remind = commands.add_parser("remind", help="向企业微信群推送即将到期的任务")
    remind.add_argument("--days", type=int, default=7, metavar="N", help="提前 N 天（缺省 7）")
    remind.add_argument(
        "--org",
        metavar="部门",
        action="append",
        default=[],
        help="哪个部门的任务，可写多次（缺省取 ANZE_ORG，再缺省为全部）",
    )
    remind.add_argument("--dry-run", action="store_true", help="只显示，不发送")
    remind.add_argument("--daily", metavar="HH:MM", help="一直运行，每天这个时间推送")
    remind.set_defaults(run=_remind)


def _bot(args: argparse.Namespace, settings: Settings) -> int:
    return int(_channel().main(settings, verbose=args.verbose, no_callbacks=args.no_callbacks))


def _remind(args: argparse.Namespace, settings: Settings) -> int:
    at = _time(args.daily) if args.daily else None
    return int(_channel().remind(settings, days=args.days, orgs=args.org, dry_run=args.dry_run, at=at))


def _channel() -> Any:
    """The other channel, by name: the command line starts it as a process would, and builds nothing on it."""
    return import_module("rag.channels.wecom.run")


def _time(words: str) -> time:
    try:
        hour, minute = words.replace("：", ":").split(":")
        return time(int(hour), int(minute))
    except ValueError as error:
        raise QuestionError(f"--daily 的值“{words}”不是时间。", "请写成 08:30 的形式。") from error

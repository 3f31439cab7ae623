"""``argparse`` in Chinese: help, usage and what it says of wrong usage."""

from __future__ import annotations

import argparse
import re
from typing import Any, NoReturn

USAGE = 2
_SAID = tuple(
    (re.compile(english), chinese)
    for english, chinese in (
        (r"the following arguments are required: (.*)", r"缺少 \1"),
        (r"unrecognized arguments: (.*)", r"不认识 \1"),
        (r"ambiguous option: (\S+) could match (.*)", r"\1 不明确，可能是 \2"),
        (r"invalid choice: '(.*)' \(choose from (.*)\)", r"没有“\1”，可用 \2"),
        (r"invalid int value: '(.*)'", r"“\1”不是整数"),
        (r"expected one argument", "后面要写一个值"),
        (r"ignored explicit argument '(.*)'", r"后面不能写值“\1”"),
        (r"not allowed with argument (.*)", r"不能与 \1 同时用"),
        (r"^argument (\S+): ", r"\1："),
    )
)


class Help(argparse.HelpFormatter):
    """The usage line begins with 用法."""

    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class RawHelp(Help, argparse.RawDescriptionHelpFormatter):
    """With line breaks of the description kept."""


class Parser(argparse.ArgumentParser):
    """Wrong usage ends the process with status 2 and one Chinese sentence."""

    def __init__(self, *, add_help: bool = True, formatter_class: Any = Help, **options: Any) -> None:
        super().__init__(add_help=False, formatter_class=formatter_class, **options)
        self._positionals.title, self._optionals.title = "参数", "选项"
        if add_help:
            self.add_argument("-h", "--help", action="help", help="显示本说明")

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"错误：命令或参数不对（{said(message)}）。请运行 {self.prog} --help 查看用法。\n")


def said(message: str) -> str:
    """What ``argparse`` says of wrong usage, in Chinese as far as it is known here."""
    for english, chinese in _SAID:
        message = english.sub(chinese, message)
    return message

"""``anze verify FILE``: the findings of a proof-reading, one a line, for a terminal or as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import AnzeError
from rag.channels.cli.parser import RawHelp

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.proof.model import Draft, Finding, Report
    from rag.settings import Settings

_PASSED, _FAILED, _UNREADABLE, _NOTHING = 0, 1, 2, 3
_MARKS = {"right": "√", "remark": "！", "unchecked": "？", "wrong": "×"}
_GRADES = {"right": "正确", "remark": "提示", "unchecked": "未能核对", "wrong": "有误"}
_SUBJECTS = {"citation": "引用", "quotation": "引文", "role": "职责表述"}
_LONGEST = 40
_ABOUT = "核对一份文稿里的引用：条款有没有、引文是不是原文、文件是否有效（.txt、.md、.docx）"
_CODES = """\
标记：√ 正确　！提示　？未能核对　× 有误
退出码：
  0  有引用，全部核对无误（可以有提示）
  1  有错误，或有未能核对的
  2  用法不对，或文件读不了
  3  没有找到任何引用（不等于通过）
"""


def add_verify(commands: argparse._SubParsersAction[Any], assistant: Callable[[Settings], Assistant]) -> None:
    """Register the command; ``assistant`` opens the one to ask for the documents."""
    parser = commands.add_parser(
        "verify", help="核对文稿中的引用", description=_ABOUT, epilog=_CODES,
        formatter_class=RawHelp,
    )  # fmt: skip
    parser.add_argument("file", metavar="文件", help="要核对的文件；- 为标准输入")
    parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
    parser.add_argument("--problems", action="store_true", help="只列有误和未能核对的")
    parser.set_defaults(run=lambda args, settings: _verify(args, settings, assistant))


def _verify(args: argparse.Namespace, settings: Settings, assistant: Callable[[Settings], Assistant]) -> int:
    from rag.proof.check import check_draft

    try:
        draft = _draft(args.file)
        report = check_draft(assistant(settings).library, draft)
    except AnzeError as error:  # status 1 means that the draft is wrong
        print(f"错误：{error}", file=sys.stderr)
        return _UNREADABLE
    if args.json:
        import orjson

        print(orjson.dumps({"file": args.file, **report.to_json()}).decode())
    else:
        print(render(report, only_problems=args.problems))
    return _NOTHING if report.nothing else _PASSED if report.passed else _FAILED


def _draft(name: str) -> Draft:
    from rag.proof.draft import draft_of_bytes, read_draft

    return draft_of_bytes(sys.stdin.buffer.read(), "标准输入") if name == "-" else read_draft(Path(name))


def render(report: Report, *, only_problems: bool = False) -> str:
    """The report as text: one line a finding, differing characters below it, the counts at the end."""
    shown = [f for f in report.findings if not only_problems or f.grade.value in ("wrong", "unchecked")]
    lines = [_line(finding) for finding in shown]
    if lines:
        lines.append("")
    lines += [f"注：{note}" for note in report.notes]
    return "\n".join([*lines, *_summary(report)])


def _line(finding: Finding) -> str:
    words = " ".join(finding.words.split())
    if len(words) > _LONGEST:
        words = f"{words[: _LONGEST - 12]}……{words[-8:]}"
    line = f"{finding.place}　{_MARKS[finding.grade.value]} {words}{_meant(finding)}　{finding.said}{_status(finding)}"
    if finding.remedy and finding.grade.value != "right":
        line += f"　→ {finding.remedy}"
    return line + (f"\n      对照：{' '.join(finding.shown.split())}" if finding.shown else "")


def _meant(finding: Finding) -> str:
    """The document and clause in brackets, as far as the words themselves do not say them."""
    if finding.subject.value == "quotation" or not finding.title:
        return ""
    title = "" if finding.title in finding.words else f"《{finding.title}》"
    label = "" if finding.label in finding.words else finding.label
    return f"（{title}{label}）" if title or label else ""


def _status(finding: Finding) -> str:
    told = finding.subject.value != "citation" or not finding.status or finding.status in finding.said
    return "" if told else f"［{finding.status}］"


def _summary(report: Report) -> list[str]:
    if report.nothing:
        return ["没有找到任何引用或引文，什么也没有核对，不能算通过。", "请检查是否选错了文件，或文中的引用写法。"]
    subjects = [finding.subject.value for finding in report.findings]
    counted = "、".join(f"{word}{subjects.count(key)}处" for key, word in _SUBJECTS.items() if key in subjects)
    grades = "，".join(f"{_GRADES[grade.value]}{count}" for grade, count in report.counts.items())
    verdict = "全部核对无误。" if report.passed else "请先处理有误和未能核对之处。"
    return [f"共核对{counted}：{grades}。{verdict}"]

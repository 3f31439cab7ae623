"""``anze export``: the year's list of a department, a government or a leader, as Word, Excel and calendar files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import QuestionError, StoreUnwritable, why
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.export.rows import TaskList

_HERE = ""


def add_export(commands: Any, run: Callable[[argparse.Namespace, Settings], int]) -> None:
    """Declare the command among ``commands`` (what ``add_subparsers`` gives)."""
    export = commands.add_parser("export", help="把任务清单导出为 Word、Excel、日历文件")
    export.add_argument(
        "organisation", nargs="?", metavar="部门", help="部门、政府或领导，例如 市住建局、丰城市政府、党委主要负责人"
    )
    for option, told in (("docx", " Word 责任清单"), ("xlsx", " Excel 表格"), ("ics", "日历（Outlook、手机）")):
        told = f"写出{told}；可写文件或目录，不写则存到当前目录"
        export.add_argument(f"--{option}", nargs="?", const=_HERE, metavar="文件", help=told)
    export.set_defaults(run=run)


def export(args: argparse.Namespace, settings: Settings, assistant: Callable[[Settings], Assistant]) -> int:
    """Write the files asked for and say where they are. Raises ``QuestionError`` and ``StoreUnwritable``."""
    wanted = {suffix: getattr(args, suffix) for suffix in ("docx", "xlsx", "ics") if getattr(args, suffix) is not None}
    name = args.organisation or settings.org
    if not name:
        raise QuestionError("请写出部门名称。", "例如：anze export 市住建局 --docx")
    if not wanted:
        raise QuestionError("请写出要导出的格式。", "可用 --docx、--xlsx、--ics，可以一次写几个。")
    tasks = find_list(assistant(settings), name)
    paths = {suffix: _path(target, tasks, suffix) for suffix, target in wanted.items()}
    contents = {suffix: _content(tasks, suffix, settings) for suffix in wanted}
    for suffix, path in paths.items():
        print(f"已写入 {_write(path, contents[suffix])}")
    print(f"{tasks.title}：{tasks.statement}")
    if "ics" in wanted:
        from rag.export.ics import calendar_notes

        print("\n".join(note for note in calendar_notes(tasks)[1:] if not note.startswith("状态：")))
    return 0


def find_list(assistant: Assistant, words: str) -> TaskList:
    """The list these words mean: a leader's, an organisation's, or that of the government a county's bureau serves."""
    from rag.export.leaders import find_leader, leader_list
    from rag.export.rows import task_list

    library = assistant.library
    leader = find_leader(library, words)
    if leader:
        return leader_list(library, leader.name)
    if library.register.canonical(words):
        return task_list(library, words)
    found = assistant.reader.parties.find(words)
    if not found.parties:
        near = assistant.reader.parties.nearest(words)
        hint = f"是不是：{'、'.join(near)}？" if near else "运行 anze duties --all 可查看全部单位。"
        raise QuestionError(f"组织名录里没有“{words}”。", hint)
    party = found.parties[0]
    if party.counterpart:
        said = f"“{party.words}”按“{party.name}”导出；对口的市级部门是{party.counterpart}，需要时另行导出。"
        print(said, file=sys.stderr)
    elif party.guessed:
        print(f"没有找到“{words}”，按最接近的“{party.name}”导出。", file=sys.stderr)
    return task_list(library, party.name)


def _content(tasks: TaskList, suffix: str, settings: Settings) -> bytes:
    if suffix == "docx":
        from rag.export.docx import task_docx

        return task_docx(tasks)
    if suffix == "xlsx":
        from rag.export.xlsx import task_xlsx

        return task_xlsx(tasks, settings.web_url)
    from datetime import UTC, datetime

    from rag.export.ics import task_ics

    return task_ics(tasks, datetime.now(UTC), settings.web_url)


def _path(target: str, tasks: TaskList, suffix: str) -> Path:
    from rag.export.rows import file_name

    path = Path(target)
    if target == _HERE or path.is_dir():
        return path / file_name(tasks, f".{suffix}")
    if path.suffix.lower() != f".{suffix}":  # often the department, which the option has taken for its own
        raise QuestionError(
            f"--{suffix} 后面的“{target}”不是已有的目录，也不是 .{suffix} 文件名。",
            f"部门要写在前面，例如：anze export 市住建局 --{suffix} 清单.{suffix}",
        )
    return path


def _write(path: Path, content: bytes) -> Path:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise StoreUnwritable(
            f"无法写入 {path}：{why(error)}。", "请检查目录是否存在、是否可写，文件是否正被打开。"
        ) from error
    return path

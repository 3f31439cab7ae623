"""``anze feedback export``: what users said of answers, for those who mend the register and the documents."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import StoreUnwritable, why
from rag.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag.history.feedback import Record


def add_feedback(commands: Any) -> None:
    """Declare the command among ``commands`` (what ``add_subparsers`` gives)."""
    feedback = commands.add_parser("feedback", help="导出使用者的反馈")
    actions = feedback.add_subparsers(title="操作", metavar="操作", required=True)
    export = actions.add_parser("export", help="逐行输出 JSON（JSON Lines），或写成 Excel")
    export.add_argument("--out", metavar="文件", help="写到此文件（缺省为标准输出）")
    export.add_argument("--xlsx", metavar="文件", help="另写一份 Excel 表格")
    export.set_defaults(run=export_feedback)


def export_feedback(args: argparse.Namespace, settings: Settings) -> int:
    """All feedback, first given first. Raises ``StoreUnwritable``."""
    import orjson

    from rag.history.database import open_engine
    from rag.history.feedback import Feedback

    engine = open_engine(settings)
    try:
        records = list(Feedback(engine).all())
    finally:
        engine.dispose()
    lines = b"".join(orjson.dumps(record.to_json()) + b"\n" for record in records)
    if args.out:
        _write(args.out, lines)
    elif not args.xlsx:
        sys.stdout.write(lines.decode())
    if args.xlsx:
        _write(args.xlsx, _sheet(records))
    places = "、".join(place for place in (args.out, args.xlsx) if place)
    print(f"共{len(records)}条反馈" + (f"，已写入 {places}" if places else "") + "。", file=sys.stderr)
    return 0


def _sheet(records: Sequence[Record]) -> bytes:
    from rag.export.table import Column, table_xlsx

    columns = (
        Column("时间（UTC）", 22), Column("渠道", 8), Column("评价", 8), Column("原因", 40), Column("问题", 40),
        Column("回答", 80), Column("引用", 40), Column("索引版本", 22), Column("编号", 34),
    )  # fmt: skip
    words = {"useful": "有用", "wrong": "有误"}
    rows = [
        (
            record.changed, record.channel, words[record.verdict.value], record.reason, record.question,
            str(record.answer["text"]), _places(record), record.index_version, record.answer_key,
        )
        for record in records
    ]  # fmt: skip
    return table_xlsx("反馈", columns, rows)


def _places(record: Record) -> str:
    return "；".join(f"[{one['marker']}] 《{one['title']}》{one['label']}" for one in record.answer["citations"])


def _write(target: str, content: bytes) -> None:
    try:
        Path(target).write_bytes(content)
    except OSError as error:
        raise StoreUnwritable(
            f"无法写入 {target}：{why(error)}。", "请检查目录是否存在、是否可写，文件是否正被打开。"
        ) from error

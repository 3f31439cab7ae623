"""A department's list as a file to send."""

from __future__ import annotations

from importlib import import_module

from index.errors import MissingPackage
from rag.assistant import Assistant


def task_file(assistant: Assistant, organisation: str, web_url: str) -> tuple[str, bytes]:
    """File name and content of the list of ``organisation`` (registered name) as an Excel workbook.

    Raises ``MissingPackage`` where this version has no export, ``QuestionError`` for an unknown organisation.
    """
    try:
        rows, xlsx = import_module("rag.export.rows"), import_module("rag.export.xlsx")
    except ModuleNotFoundError as error:
        raise MissingPackage("这个版本不能生成 Excel 清单。", "请升级后再发送“清单”。") from error
    tasks = rows.task_list(assistant.current.library, organisation)
    return str(rows.file_name(tasks, ".xlsx")), bytes(xlsx.task_xlsx(tasks, web_url))

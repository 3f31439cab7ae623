"""A department's list as a file to send."""

from __future__ import annotations

from rag.assistant import Assistant
from rag.export.rows import file_name, task_list


def task_file(assistant: Assistant, organisation: str, web_url: str) -> tuple[str, bytes]:
    """File name and content of the list of ``organisation`` (registered name) as an Excel workbook.

    Raises ``QuestionError`` for an unknown organisation.
    """
    from rag.export.xlsx import task_xlsx

    tasks = task_list(assistant.current.library, organisation)
    return file_name(tasks, ".xlsx"), task_xlsx(tasks, web_url)

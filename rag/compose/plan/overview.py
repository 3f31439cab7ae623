"""Which table over the whole plan a question asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.citations import CitationBook
from rag.compose.draft import Draft
from rag.compose.lists.mentions import subjects
from rag.compose.plan.brackets import bracketed, lacking
from rag.compose.plan.census import census, committees, committees_of_part, leaders, one_committee, totals
from rag.compose.plan.contents import contents, miscounted, part
from rag.compose.plan.dates import timed
from rag.compose.plan.speaking import speaking
from rag.library import Library
from rag.understand.reading import Reading

_TASKS = re.compile(r"任务|工作清单|责任清单|清单|要做(?:的|什么|哪些)")

Ask = Callable[[Library, CitationBook, Reading], Draft | None]


def whole_plan(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """The table a question over the whole plan asks for; ``None`` where it asks for something else."""
    laws = [id for id in reading.documents if id != library.plan.id]
    if laws or reading.references or reading.needs_own:
        return None
    asks: Sequence[Ask] = (
        miscounted,
        committees_of_part,
        part,
        bracketed,
        lacking,
        one_committee,
        committees,
        leaders,
        census,
        speaking,
        timed,
        contents,
        totals,
    )
    return next((draft for ask in asks if (draft := ask(library, book, reading))), None)


def asks_for_tasks(library: Library, reading: Reading) -> bool:
    """Whether a list of tasks is asked for that names neither a department nor a subject."""
    if reading.parties or reading.unknown or reading.wording.asks_yes_no or not _TASKS.search(reading.text):
        return False
    about, _ = subjects(library, reading)
    return not about

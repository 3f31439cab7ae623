"""What reading alone guessed wrong, put right by what the plan says."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.compose.topics import items_about, nearest_item, share
from rag.library import Library
from rag.understand.ask import Intent
from rag.understand.bare import PRONOUN
from rag.understand.intents import LOCATES, read_wording, topic
from rag.understand.reading import Reading
from rag.understand.scope import Outside

NAMED = 0.9
"""Share of a title's characters that an item must have to be taken to name it."""
_TELLING = 4
"""Characters of a topic from which on it says what is asked about."""
_QUESTION_WORD = re.compile(r"哪|谁|什么|啥|几个|(?<=[\u4e00-\u9fff])有(?![限色关])")
_FIRM = re.compile(r"(?:公司|集团|企业)$")


def of_plan(library: Library, reading: Reading) -> Reading:
    """``reading`` without the names that only the plan mentions, where it asks who does it or which item names it."""
    locates = bool(LOCATES.search(reading.text))
    if not (locates or reading.intent is Intent.WHO) or reading.documents:
        return reading
    title = reading.unknown_title
    named = title is None or any(share(library, title, item.text) >= NAMED for item in library.items(library.plan.id))
    return replace(
        reading, unknown_title=None if named else title, concepts=() if locates and named else reading.concepts
    )


def in_plan(library: Library, reading: Reading) -> bool:
    """Whether what is asked about stands in the plan almost word for word: then it cannot be off the subject."""
    held = nearest_item(library, reading.topic)[1] if len(reading.topic) >= 4 else 0.0
    return held >= NAMED


def understood(library: Library, reading: Reading) -> Reading:
    """``reading`` where a guess was wrong: a name with a question word in it is no name, nor is a firm a department
    where something is asked of a subject, and a topic of the plan is
    neither lost nor off the subject."""
    about = len(reading.topic) >= _TELLING
    if any(_QUESTION_WORD.search(one.words) or (about and _FIRM.search(one.words)) for one in reading.unknown):
        wording = read_wording(
            reading.text,
            parties=len(reading.parties),
            organisations=0,
            references=len(reading.references),
            own=reading.needs_own,
            law=bool(reading.documents) and library.plan.id not in reading.documents,
        )
        reading = replace(reading, unknown=(), wording=wording, topic=topic(reading.text))
    doubted = reading.scope.outside is Outside.OFF_TOPIC or (reading.scope.suspect and not reading.scope.outside)
    if doubted and in_plan(library, reading):
        reading = replace(reading, scope=replace(reading.scope, outside=None, suspect=False, domain=True))
    lost = reading.lost and not (
        not PRONOUN.search(reading.text) and len(reading.topic) >= 2 and items_about(library, reading.topic)
    )
    return replace(reading, lost=lost) if lost != reading.lost else reading

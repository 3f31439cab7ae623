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
_QUESTION_WORD = re.compile(r"[这那]一?[条项]|没写|具体|哪|谁|什么|啥|几个|(?<=[\u4e00-\u9fff])有(?![限色关])")
_FIRM = re.compile(r"(?:公司|集团|企业)$")
_COMMITTEE = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,12}?)(?:安全生产(?:专业)?委员会|专业委员会|专委会)")
_STRANGE = 0.5
"""Share of a committee's name up to which the plan may have it and yet not know the committee."""
_BEFORE_NAME = re.compile(r"^.*(?:安委会|[的由是和与跟归问看那这])")
_NO_NAME = re.compile(r"[各其他哪谁个些有我们咱你本该每两几一二三四五六七八九十第关市县么啥还要]")


def unknown_committee(library: Library, reading: Reading) -> str | None:
    """A committee that is asked about though the plan has neither it nor its subject: 防溺水专委会."""
    registered = tuple(party.words for party in reading.parties if not (party.is_group or party.guessed))
    for match in _COMMITTEE.finditer(reading.text):
        name = _BEFORE_NAME.sub("", match["name"])
        words = name + match.group()[len(match["name"]) :]
        if len(name) < 2 or _NO_NAME.search(name) or words.endswith(registered):
            continue
        in_full = words.endswith("安全生产委员会") and not any(
            library.register.canonical(lead + words) for lead in ("", "市安委会")
        )
        if in_full or share(library, name, library.plan.text) <= _STRANGE:
            return words
    return None


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

"""What is held against the last answer: 不对吧，我记得是住建局牵头; 可同事说是20天; 我没讲清，是部门自己瞒报."""

from __future__ import annotations

import re

from rag.understand.bare import PRONOUN, attached
from rag.understand.focus import is_said_here, pairs
from rag.understand.heard import Context
from rag.understand.opening import Opening
from rag.understand.speech import Speech

_ROLE = re.compile(r"牵头|负责|督促|落实|组织|分工")
_ASKS = re.compile(r"什么|啥|哪|谁|几|多少|多久|怎|如何|呢[?？。]?$")
_SWAPS = re.compile(r"^(?:是)?(?:我(?:刚才|其实|们)?(?:是)?(?:想|要)?(?:问|说|指|查)|换|改)")
_IS = re.compile(r"^(?:其实|应该|应当|明明|就)?是(?!不是|否)")
_ENDS = re.compile(r"(?:的)?[啊呀呢吧嘛哦吗么]*[。.！!?？]*$")


def claimed(opened: Opening, context: Context, speech: Speech) -> str | None:
    """A claim asked of the clause talked about; a question put right, of the same law; ``None`` where it is neither."""
    said, focus = opened.said, context.focus
    if not (opened.corrects or opened.recalls) or focus is None or _SWAPS.match(said.text):
        return None
    if said.titled or any(r.kind != "paragraph" for r in said.references):
        return None
    if _ASKS.search(said.text):
        law = context.law
        alone = opened.corrects and law is not None and law.document and len(pairs(said.blanked)) > 2
        return speech.title(law.document) + _IS.sub("", said.text) if alone and law and law.document else None
    role = _ROLE.search(said.blanked)
    if said.names and role and focus.kind == "item":
        return f"{speech.words(focus)}由{'和'.join(said.names)}{role.group()}吗"
    if not is_said_here(said, focus, speech):
        return None
    told = _ENDS.sub("", _IS.sub("", PRONOUN.sub("", said.full)))
    return attached(speech.words(focus), f"是{told}吗", kind="clause") if told else None

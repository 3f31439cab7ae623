"""What is held against the last answer: 不对吧，我记得是住建局牵头; 可同事说是20天; 我没讲清，是部门自己瞒报."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.understand.bare import PRONOUN, is_bare
from rag.understand.speech import Speech
from rag.understand.talk.focus import is_said_here, pairs
from rag.understand.talk.heard import Context
from rag.understand.talk.opening import Opening
from rag.understand.talk.pointing import Said

_ROLE = re.compile(r"牵头|负责|督促|落实|组织|分工")
_ASKS = re.compile(r"什么|啥|哪|谁|几|多少|多久|怎|如何|呢[?？。]?$")
_SWAPS = re.compile(r"^(?:是)?(?:我(?:刚才|其实|们)?(?:是)?(?:想|要)?(?:问|说|指|查)|换|改)")
_IS = re.compile(r"^(?:其实|应该|应当|明明|就)?是(?!不是|否)")
_TOLD_INSTEAD = re.compile(r"[，,]你(?:刚才)?(?:给|说|答|讲|列)的?(?:却|都)?是[^，。？?]+[。？?]?$")
_SELVES = re.compile(r"＿+|我们?|咱们?|自己|这边|这里|自家")
_MEASURE = re.compile(
    r"[0-9〇一二两三四五六七八九十百千万]+个?(?:工作日|小时|天|日|月|年|周|万元|元|次|家|项|条)?(?:之?内|前|后)?"
)
"""A number that is claimed: it says nothing of where the claim belongs."""
_ENDS = re.compile(r"(?:的)?(?:[，,]?(?:没错|对不对|是不是|对|是))?[啊呀呢吧嘛哦吗么]*[。.！!?？]*$")


def _kept(said: Said) -> Said:
    """``said`` without what was answered instead: 我问的是政府那条，你给的是党委的."""
    told = _TOLD_INSTEAD.search(said.text)
    return said.before(told.start()) if told and told.start() > 1 else said


def _asked_of_us(blanked: str) -> str:
    return _SELVES.sub("", blanked)


def claimed(opened: Opening, context: Context, speech: Speech) -> str | None:
    """A claim asked of the clause talked about; a question put right, of the same law; ``None`` where it is neither."""
    said, focus = _kept(opened.said), context.focus
    if not (opened.corrects or opened.recalls) or focus is None or _SWAPS.match(said.text):
        return None
    if said.titled or any(r.kind != "paragraph" for r in said.references):
        other = said.references[0] if len(said.references) == 1 and not said.titled else None
        doubted = opened.recalls and other is not None and other.kind == focus.kind == "item" and is_bare(said.blanked)
        return f"{speech.words(focus)}、{speech.words(other)}讲什么" if doubted and other and other != focus else None
    if _ASKS.search(said.text) and focus.kind == "item" and is_bare(_asked_of_us(said.blanked)):
        return f"{speech.words(focus)}{PRONOUN.sub('', said.text)}"
    if _ASKS.search(said.text):
        law = context.law
        alone = opened.corrects and law is not None and law.document and len(pairs(said.blanked)) > 2
        return speech.title(law.document) + _IS.sub("", said.text) if alone and law and law.document else None
    role = _ROLE.search(said.blanked)
    if said.names and role and focus.kind == "item":
        return f"{speech.words(focus)}由{'和'.join(said.names)}{role.group()}吗"
    if not is_said_here(replace(said, blanked=_MEASURE.sub("＿", said.blanked)), focus, speech):
        return None
    told = _ENDS.sub("", _IS.sub("", PRONOUN.sub("", said.full)))
    return f"{speech.words(focus)}{told}，原文怎么写的" if told else None

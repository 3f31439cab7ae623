"""Back to what was talked about earlier: 先前讲的培训那一项, 回到最开始那条, 刚才头一个问的那个法条, 第一个里面的."""

from __future__ import annotations

import re

from rag.understand.bare import attached
from rag.understand.references import Reference
from rag.understand.speech import Speech
from rag.understand.talk.focus import pairs
from rag.understand.talk.heard import Context
from rag.understand.talk.pointing import Said

_WHEN = r"先前|刚才|刚刚|前面|之前|早先|一开始|最开始|最早|最初|开头|起初"
_BACK = re.compile(
    rf"^(?:那|再|还是|就|咱们?)*(?:回到?|说回|接着|转回)?(?:我|你)?(?P<when>{_WHEN})(?P<first>头一个|第一个)?(?:我|你)?"
    r"(?:问|讲|说|提|聊|谈)(?:过|到|起)?的?(?:是)?(?P<noun>[^，。？?那这]{0,10}?)的?[那这](?:一)?(?:项|条|款|个|件)?(?:任务|法条|条款|规定|事)?[，,]?(?:里面?|中)?的?"
)
_FIRST = re.compile("一开始|最开始|最早|最初|开头|起初")
_OF_ROLL = re.compile(
    r"^(?:那|就)?(?P<n>第[一二三四五六七八九十]|头一|最后一?)个?(?:里面|里头|里|中|当中|那个|那条|那项)+的?[，,]?(?=.{2})"
)
_DIGITS = "一二三四五六七八九十"


def back(said: Said, context: Context, speech: Speech) -> str | None:
    """The clause talked about earlier that the words name, or the first one."""
    match = _BACK.match(said.text)
    if not match or said.titled or said.references or len(context.trail) < 2:
        return None
    noun = match["noun"]
    meant: Reference | None = context.trail[0] if match["first"] or _FIRST.match(match["when"]) else None
    if len(noun) > 1:
        scores = [_held(noun, r, speech) for r in context.trail]
        best = max(scores)
        meant = context.trail[len(scores) - 1 - scores[::-1].index(best)] if best else None
    rest = said.text[match.end() :].strip("，,。 ")
    return attached(speech.words(meant), rest, kind="clause") if meant is not None else None


def _held(noun: str, reference: Reference, speech: Speech) -> int:
    """How many pairs of a noun a clause has; those in its heading count twice."""
    grams = pairs(noun) or [noun]
    heading, text = speech.heading(reference), speech.text(reference)
    return sum((gram in text) + (gram in heading) for gram in grams)


def in_roll(said: Said, context: Context, speech: Speech) -> str | None:
    """第一个里面，学习培训怎么写: one of the last list, though another clause was talked about since."""
    match = _OF_ROLL.match(said.text)
    listed = context.listed if len(context.listed) > 1 else context.roll
    if not match or len(listed) < 2 or said.titled or said.references:
        return None
    name = match["n"]
    at = 0 if name == "头一" else len(listed) - 1 if name.startswith("最后") else _DIGITS.index(name[1])
    if at >= len(listed):
        return None
    return attached(speech.words(listed[at]), said.text[match.end() :], kind="clause")

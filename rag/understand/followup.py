"""Follow-ups: what 那住建局呢、它什么时候要完成、上面第三条的依据 mean after what was said before.

A follow-up is rewritten into a question that stands alone; the rest of the reading never looks at the history.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.understand.ask import Intent
from rag.understand.intents import topic
from rag.understand.reading import Reading
from rag.understand.references import Reference

_PRONOUN = re.compile(
    r"(?:它们?|他们|该项|此项|这一?项|那一?项|这一?条|那一?条|本项|该条|这件事|这个事|那件事|这事|那事|"
    r"这个任务|这项(?:工作|任务)|那项(?:工作|任务)|上述|上面(?:说的|那个|那项|这些|那些|的)|刚才(?:说的|"
    r"那个|那项|的)?|前面(?:说的|那个|那项|的)?|这些|那些|(?<!的)(?:这个|那个)(?!文件|要点|通知|系统|规定|"
    r"法)|其中|里面|里头|此条|此事)"
)
_ORDINAL = re.compile(
    r"(?:上面|上述|刚才|前面|你说的|列的|其中|里面)?(?:的)?第([一二三四五六七八九十0-9]{1,2})(?:条|个|点|"
    r"项|件)"
)
_STARTS_AS_FOLLOW_UP = re.compile(
    r"^(?:那么?|还有|另外|以及|然后|再|换成|如果是|要是|对了|再问一下|那如果|我是问|我问的是)"
)
_JUST_A_NAME = re.compile(
    r"^(?:那么?|还有|换成|如果是|要是|再看看?|另外)?[\s，]*＿(?:[\s、和与]*＿)*(?:呢|的呢|怎么样|又如何|"
    r"又怎样|有吗|也有吗|的|看看|看一下|试试)?[?？。]?$"
)


@dataclass(frozen=True, slots=True)
class Context:
    """What was said before: the last reading, and the clauses the assistant listed, in its order."""

    reading: Reading | None = None
    listed: tuple[Reference, ...] = ()

    @property
    def focus(self) -> Reference | None:
        """The one clause the talk is about, if there is one."""
        own = self.reading.references if self.reading else ()
        named = [r for r in own if r.kind != "paragraph"]
        if len(named) == 1:
            return named[0]
        return self.listed[0] if self.listed else None

    def heard(self, listed: Sequence[Reference]) -> Context:
        """After an assistant's turn that named these clauses; a turn without any changes nothing."""
        unique = {(r.document, r.number): r for r in listed if r.kind != "paragraph"}
        return replace(self, listed=tuple(unique.values())) if unique else self


def resolve(
    text: str,
    blanked: str,
    names: Sequence[str],
    own: Sequence[Reference],
    context: Context,
    words: Callable[[Reference], str],
) -> str | None:
    """``text`` rewritten to stand alone; ``text`` itself where it does; ``None`` where it points to nothing.

    ``blanked`` has organisations replaced by ＿, ``names`` are those organisations, ``own`` the references found in
    ``text``, ``words`` writes a reference out in full.
    """
    if context.reading is None and not context.listed:
        lost = bool(_PRONOUN.search(blanked)) and len(topic(_PRONOUN.sub("", blanked))) < 2 and not own and not names
        return None if lost else text
    ordinal = _ordinal(text, own, context)
    if ordinal is not None:
        return words(ordinal) + _ORDINAL.sub("", text, count=1)
    if any(r.kind == "paragraph" for r in own) and context.focus and not any(r.kind == "article" for r in own):
        paragraph = next(r for r in own if r.kind == "paragraph")
        return words(replace(context.focus, paragraph=paragraph.paragraph, subitem=paragraph.subitem)) + "写的什么"
    if _JUST_A_NAME.match(blanked) and context.reading:
        return _swap(context.reading, names, context, words)
    pronoun = _PRONOUN.search(blanked)
    bare = len(topic(_PRONOUN.sub("", _STARTS_AS_FOLLOW_UP.sub("", blanked)))) < 2
    if own or (names and not pronoun and not _STARTS_AS_FOLLOW_UP.match(text) and not bare):
        return text
    if pronoun or (bare and not names) or (bare and _is_about_clause(blanked)):
        return _attach(text, context, words)
    if context.reading and not names and len(text) <= _SHORT:
        return _continue(_STARTS_AS_FOLLOW_UP.sub("", text), context.reading, context, words)
    return text


_SHORT = 12
_WHAT_OF = re.compile(r"^(.{2,12}?)(?:呢|的呢|又如何|怎么样|怎么办)[?？。]?$")


def _continue(text: str, before: Reading, context: Context, words: Callable[[Reference], str]) -> str:
    """A short question after a longer one: 政府主要负责人呢 replaces its like, 违反了怎么罚 keeps the subject."""
    what = _WHAT_OF.match(text)
    if what:
        new = what.group(1)
        for size in range(len(new), 1, -1):
            at = before.text.find(new[-size:])
            if at >= 0:
                start = max((before.text.rfind(mark, 0, at) + 1 for mark in "的，、：？对和"), default=0)
                return before.text[:start] + new + before.text[at + size :]
        return f"{new}{before.topic}" if before.topic and new not in before.text else new
    return f"{before.text.rstrip('？?。')}，{text}"


def _is_about_clause(blanked: str) -> bool:
    return bool(re.search(r"点名|角色|在内|包括|有没有|是不是", blanked))


def _ordinal(text: str, own: Sequence[Reference], context: Context) -> Reference | None:
    """上面第三条 counts in what the assistant listed; so does a bare 第二条 after a list of several."""
    match = _ORDINAL.search(text)
    if not match or any(r.kind == "article" and r.document for r in own):
        return None
    number = next((int(r.number) for r in own if r.number.isdigit()), 0)
    pointed = bool(re.match(r"上面|上述|刚才|前面|你说的|列的|其中|里面", match.group()))
    as_item = "项" in match.group() and not pointed
    in_statute = context.focus is not None and context.focus.kind == "article" and "条" in match.group() and not pointed
    if as_item or in_statute or not 1 <= number <= len(context.listed):
        return None
    return context.listed[number - 1] if pointed or len(context.listed) > 1 else None


def _swap(before: Reading, names: Sequence[str], context: Context, words: Callable[[Reference], str]) -> str:
    """那住建局呢: the question before, asked of another organisation."""
    said = "和".join(names)
    if before.parties and before.intent is not Intent.WHO:
        text = before.text
        for count, party in enumerate(before.parties):
            if party.words in text:
                text = text.replace(party.words, said if count == 0 else "")
        if said in text:
            return text
        return f"{said}{re.sub(r'我们|我局|本局|我单位|我们局', '', before.text)}"
    focus = context.focus
    about = words(focus) if focus else before.topic
    return f"{about}点名{said}了吗" if about else f"{said}要做什么"


def _attach(text: str, context: Context, words: Callable[[Reference], str]) -> str | None:
    rest = _STARTS_AS_FOLLOW_UP.sub("", text)
    several = [words(r) for r in context.listed]
    plural = re.search(r"这些|那些|它们|分别|都", text)
    if (
        context.reading
        and context.reading.intent is Intent.DUTIES
        and context.reading.parties
        and not context.reading.references
    ):
        who = "和".join(p.words for p in context.reading.parties)
        if len(context.listed) != 1 or re.search(r"牵头的|点名的|每季度|每月|有哪些|哪几", rest):
            return f"{who}{_PRONOUN.sub('', rest)}"
    if context.reading and context.reading.concepts and re.search(r"哪|什么|啥|具体|指|含义|意思|内容", rest):
        return f"{context.reading.concepts[0].name}{_PRONOUN.sub('', rest)}"
    if plural and len(several) > 1:
        return f"{'、'.join(several[:6])}{_PRONOUN.sub('', rest)}"
    if context.focus:
        return f"{words(context.focus)}{_PRONOUN.sub('', rest)}"
    if context.reading and context.reading.topic:
        return f"{context.reading.topic}{_PRONOUN.sub('', rest)}"
    return None

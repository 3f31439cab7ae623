"""A name alone: 那住建局呢, 我们局呢 — the question before, asked of another organisation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.understand.ask import Intent
from rag.understand.reading import Reading
from rag.understand.speech import Speech
from rag.understand.talk.heard import Context
from rag.understand.talk.pointing import Said

_JUST_A_NAME = re.compile(
    r"^(?:还有|另外|以及)?[\s，]*＿(?:[\s、和与跟]*＿)*(?:自己|本身|这边|那边)?(?:的)?"
    r"(?:呢|怎么样|又如何|又怎样|有吗|也有吗|看看|看一下|试试|的|再|列|一遍|查|来)*[?？。]?$"
)
_OWN = re.compile(r"^((?:我们|咱们|咱|我|本)(?:局|单位|部门|委|办|县|区|市|支队)?)(?:自己|这边)?(?:的)?呢?[?？]?$")
_OWN_WORDS = re.compile(r"(?:我们|咱们|咱|我|本)(?:局|单位|部门|委|办|县|区|市|支队)|我们|咱们")

_FIELD = re.compile(r"^(?:那)?(?P<of>[\u4e00-\u9fff]{2,6}?)(?:的|那边|这边|那个|那块)*(?:呢|又是哪些|又如何)[?？。]?$")
_STEM = re.compile(r"[\u4e00-\u9fff]{2,4}?(?=安全|专业?委|安委)")
_COMMITTEE = "安全生产委员会"


def name_only(said: Said, context: Context, speech: Speech) -> str | None:
    """那住建局呢: the question before, asked of another organisation."""
    own, before = _OWN.match(said.text), context.reading
    field = _FIELD.match(said.text)
    of_committee = before is not None and [p for p in before.parties if p.name.endswith(_COMMITTEE) and not p.is_group]
    if field and before and of_committee and before.intent is not Intent.WHO and not said.names:
        called = speech.committee(field["of"])
        asked_of = _asked_of(before, called, [p.words for p in before.parties]) if called else None
        return asked_of and _of_its_item(asked_of, field["of"], [p.words for p in before.parties])
    if not (own or (said.names and _JUST_A_NAME.match(said.blanked))):
        return None
    name = own.group(1) if own else "和".join(said.names)
    if before is None:
        return f"{name}要做什么"
    asked = [*(p.words for p in before.parties), *(p.words for p in before.unknown)]
    if (asked or before.needs_own) and before.intent is not Intent.WHO:
        return _asked_of(before, name, asked)
    focus = None if asked else context.focus
    if context.about:
        focus = context.about[0]
    if focus is not None and focus.kind == "item":
        return f"{speech.words(focus)}点名{name}了吗"
    topics = context.topics if focus is None and not asked else []
    return f"{max(topics, key=len)}点名{name}了吗" if topics else f"{name}要做什么"


def _of_its_item(text: str, field: str, committees: Sequence[str]) -> str:
    """消防那条牵头的是商贸专委会吧 → 商贸那条…: the item of the committee asked of before is replaced with it."""
    for words in committees:
        stem = _STEM.match(words)
        text = re.sub(rf"{stem.group()}(?=[那这]一?[条项块])", field, text) if stem else text
    return text


def _asked_of(before: Reading, name: str, asked: Sequence[str]) -> str:
    one = "|".join(sorted(map(re.escape, asked), key=len, reverse=True))
    stretch = re.search(rf"(?:{one})(?:(?:[、，和及与跟]|以及)*(?:{one}))*", before.text) if one else None
    stretch = stretch or _OWN_WORDS.search(before.text)
    if stretch is None:
        return before.text if name in before.text else name + before.text
    kept = stretch.group() + "、" if before.intent is Intent.COMPARE else ""
    return before.text[: stretch.start()] + kept + name + before.text[stretch.end() :]

"""Pointing by number or place: 上面第三条, 第二个, 最后一条, 下一款, 第三款呢, 那第21项呢."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.numerals import to_int
from rag.understand.ask import Intent
from rag.understand.bare import NUMBER, PRONOUN, attached, is_bare
from rag.understand.references import Reference
from rag.understand.speech import Speech
from rag.understand.talk.heard import Context

LOST = ""
"""What a rule gives where the words point at nothing; ``None`` means that the rule does not apply."""

_N = r"[0-9零〇一二三四五六七八九十两]{1,3}"
_ORDINAL = re.compile(
    r"(?P<pointed>上面|上述|刚才|前面|你说的|你列的|列的|其中|里面|清单里|名单里|这里面)?(?:的|说的|列的|那)?"
    rf"(?:第(?P<n>{_N})|(?P<last>最后(?:一|的)?)|(?P<first>头一|^前[头面]那))(?:个)?(?P<unit>条|个|点|项|件)(?!月|季度|百年|五年)"
)
_FIRST_FEW = re.compile(rf"前(?P<n>{_N})(?:个|项|条)")
_NEXT = re.compile(
    r"^(?:再)?(?P<way>上|下|前|后)(?:面)?一(?P<unit>条|款|项|个|像)|"
    r"^(?P<its>它|这项|这条|这一项|该项)的?(?:再)?(?P<way2>上|下|前|后)(?:面|边|头)?的?那?一?(?P<unit2>条|项|个)|"
    r"^(?:再)?(?:往)?(?P<way3>前|后|上|下)(?:面|边)?再?(?:数|推)(?P<by>[一二两三四五])(?P<unit3>条|项|个)|"
    r"^(?P<way4>后|下)面的?(?:那|紧跟着的那?)一?(?P<unit4>条|项|个)"
)
_WAYS, _UNITS = ("way", "way2", "way3", "way4"), ("unit", "unit2", "unit3", "unit4")
_ASKS_NOTHING = re.compile(r"^[\s，,的]*(?:呢|怎么样|又如何|的呢|看看)?[\s?？。]*$")
_ASKS_WORDING = re.compile(
    r"^[\s，,的]*(?:呢|(?:是|讲|说|写)(?:的是)?(?:什么|啥)|内容(?:是什么)?|原[文句](?:是什么)?|怎么(?:说|写|规定)的?)?[\s?？。]*$"
)
_POINTS_ALONE = re.compile(r"谁|依据|什么时候|何时|期限|时限|多久|一起|^还有|^(?:再)?[上下]一[条款项个]|怎么罚|^那")
_ASKED = {
    Intent.WHO: "由谁牵头", Intent.DEADLINE: "什么时候要完成", Intent.FREQUENCY: "多久一次",
    Intent.BASIS: "的依据是什么",
    Intent.QUANTITY: "要多少",
}  # fmt: skip


_ENTRY = re.compile(r"(?:^|\n)\s*[0-9]{1,2}[.、)）]\s*\**第[0-9]+项")
_SPOKEN = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
"""Spoken numbers point into a numbered list; 第2项 in figures is an item of the plan."""


@dataclass(frozen=True, slots=True)
class Said:
    """One piece of a message. ``blanked`` has organisations replaced by ＿; ``names`` are those, written out in full.

    ``titled``: a document is named. ``own``: the asker's own department is meant (我局).
    """

    text: str
    blanked: str
    names: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    titled: bool = False
    own: bool = False

    def after(self, cut: int) -> Said:
        return replace(self, text=self.text[cut:], blanked=self.blanked[cut:])

    def before(self, cut: int) -> Said:
        return replace(self, text=self.text[:cut], blanked=self.blanked[:cut])

    @property
    def full(self) -> str:
        """The text with the organisations written out in full."""
        runs = re.findall("＿+", self.blanked)
        if len(runs) != len(self.names):
            return self.text
        names = iter(self.names)
        return re.sub("＿+", lambda _: next(names), self.blanked)


def asks_nothing(text: str) -> bool:
    """Whether nothing is asked beside the pointer: 呢, 怎么样."""
    return bool(_ASKS_NOTHING.match(text))


def points_at_nothing(said: Said, short: Said) -> bool:
    """Whether ``said`` needs something said before; ``short`` is it without 那, 我问的是 and the like."""
    if said.own or said.titled or (said.names and not re.match("还有", said.text)):
        return False
    bare = is_bare(short.blanked)
    ordinal = _ORDINAL.search(short.text)
    if ordinal and (ordinal["pointed"] or (bare and (ordinal["unit"] in "个点件" or ordinal["last"]))):
        return True
    if any(r.kind == "item" for r in said.references):
        return False
    if any(r.kind == "article" for r in said.references):
        return False
    if said.references or not bare:
        return bare
    return bool(PRONOUN.search(said.blanked) or _POINTS_ALONE.search(said.text))


def pool(context: Context, speech: Speech) -> tuple[Reference, ...]:
    """What 第二个 counts in: the assistant's list, else the items that name the organisation asked about."""
    if context.listed:
        return context.listed
    return speech.named(context.parties[0]) if len(context.parties) == 1 else ()


def by_number(said: Said, context: Context, speech: Speech) -> str | None:
    """The question with its pointer replaced by the clause meant, ``LOST``, or ``None`` where it has no pointer."""
    if said.titled:
        return None
    for rule in (_first_few, _ordinal, _next, _paragraph, _other_number):
        found = rule(said, context, speech)
        if found is not None:
            return found
    return None


def _first_few(said: Said, context: Context, speech: Speech) -> str | None:
    match = _FIRST_FEW.search(said.text)
    listed = pool(context, speech) if match else ()
    if not match or len(listed) < 2:
        return None
    return _put(said.text, match, listed[: to_int(match["n"])], speech)


def _ordinal(said: Said, context: Context, speech: Speech) -> str | None:
    match = _ORDINAL.search(said.text)
    if not match or any(r.kind == "article" and r.document for r in said.references):
        return None
    listed, law, unit = pool(context, speech), context.in_law, match["unit"]
    others = said.text[: match.start()] + said.text[match.end() :]
    former = (match["first"] or "").startswith("前")
    if not match["pointed"] and not former and (unit in "个点件" or match["last"]) and not is_bare(others):
        return None
    number = to_int(match["n"]) if match["n"] else 1 if match["first"] else len(listed)
    if unit == "项" and (match["n"] or "") in _SPOKEN and _is_numbered(context, listed) and number <= len(listed):
        return _put(said.text, match, [listed[number - 1]], speech)
    if not match["pointed"] and unit in "条项" and match["n"]:
        if law is not None and unit == "项" and _ASKS_WORDING.match(others) and speech.holds(law, number):
            return _put(said.text, match, [replace(law, subitem=number)], speech)
        if law is not None or unit == "项" or len(listed) < 2:
            return None
    if law is not None and len(listed) == 1 and (unit in "个点项" or match["pointed"]):
        return _put(said.text, match, [replace(law, subitem=number)], speech)
    if 1 <= number <= len(listed):
        return _put(said.text, match, [listed[number - 1]], speech)
    return LOST if match["pointed"] or unit in "个点件" or match["last"] else None


def _is_numbered(context: Context, listed: Sequence[Reference]) -> bool:
    """Whether the last turn gave its list with numbers of its own: 1. 第20项 2. 第29项."""
    return len(listed) > 1 and len(_ENTRY.findall(context.said)) == len(listed)


def _next(said: Said, context: Context, speech: Speech) -> str | None:
    match = _NEXT.match(said.text)
    if not match:
        return None
    way, unit = (next(filter(None, match.group(*names))) for names in (_WAYS, _UNITS))
    focus, step = context.focus, (1 if way in "下后" else -1) * (to_int(match["by"]) if match["by"] else 1)
    if focus is None:
        return LOST
    listed = [(r.document, r.number) for r in context.listed]
    if unit == "款" or (unit == "项" and focus.subitem):
        part = "paragraph" if unit == "款" else "subitem"
        number = (getattr(focus, part) or 0) + step
        if number < 1 or focus.kind != "article":
            return LOST
        moved = (
            replace(focus, paragraph=number, subitem=None) if part == "paragraph" else replace(focus, subitem=number)
        )
    elif focus.kind == "item" and len(listed) > 1 and match["way"] and (focus.document, focus.number) in listed:
        at = listed.index((focus.document, focus.number)) + step
        if not 0 <= at < len(listed):
            return LOST
        moved = context.listed[at]
    else:
        number = int(focus.number.partition("-")[0]) + step
        moved = replace(focus, number=str(number), paragraph=None, subitem=None)
        if number < 1:
            return LOST
    if _ASKS_NOTHING.match(said.text[match.end() :]):
        return asked_of(moved, context, speech)
    return _put(said.text, match, [moved], speech)


def _paragraph(said: Said, context: Context, speech: Speech) -> str | None:
    """第三款呢: a paragraph of the article talked about."""
    if not said.references or any(r.kind != "paragraph" for r in said.references):
        return None
    if context.law is None:
        return LOST if is_bare(said.blanked) else None
    named = said.references[0]
    meant = replace(context.law, paragraph=named.paragraph, subitem=named.subitem)
    match = re.search(re.escape(named.words), said.text)
    return _put(said.text, match, [meant], speech) if match else attached(speech.words(meant), "", kind="clause")


def _other_number(said: Said, context: Context, speech: Speech) -> str | None:
    """那第21项呢: the question before, asked of another clause; 第38条 of the law talked about."""
    before, law = context.reading, context.law
    if before is None or len(said.references) != 1 or said.names:
        return None
    reference = said.references[0]
    of_law = reference.kind == "article" and reference.document is None and law is not None
    item = speech.item_called(reference.number, said.text) if of_law else None
    if item is not None:
        match = re.search(re.escape(reference.words), said.text)
        return _put(said.text, match, [item], speech) if match else None
    if of_law and law is not None:
        reference = replace(reference, document=law.document)
    if reference.document is None:
        return None
    match = re.search(re.escape(said.references[0].words), said.text)
    if not match:
        return None
    if not _ASKS_NOTHING.match(said.text[: match.start()] + said.text[match.end() :]):
        return _put(said.text, match, [reference], speech) if of_law else None
    return asked_of(reference, context, speech)


def asked_of(reference: Reference, context: Context, speech: Speech) -> str:
    """The question before, asked of ``reference``."""
    before = context.reading
    number = re.search(rf"{NUMBER}(?:、{NUMBER})*", before.text) if before else None
    if before and number and any(r.kind == reference.kind for r in context.about):
        return before.text[: number.start()] + speech.number(reference) + before.text[number.end() :]
    same = "" if context.parties or before is None else _ASKED.get(before.intent, "")
    return speech.words(reference) + (same or "讲什么")


def _put(text: str, match: re.Match[str], meant: Sequence[Reference], speech: Speech) -> str:
    """``text`` asked of the clauses ``meant`` instead of the words matched."""
    return attached("、".join(map(speech.words, meant)), text[: match.start()] + text[match.end() :], kind="clause")

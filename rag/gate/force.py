"""Must, may and must not; negations; and 和 against 或者: what a phrase took over must keep its force."""

from __future__ import annotations

import re
from collections.abc import Collection

from rag.gate.align import Alignment, Block
from rag.gate.canon import Canon, is_link
from rag.gate.model import Fault, Rule
from rag.gate.source import Segment
from rag.gate.words import AND, MAY, MODALS, MUST, NAMES, NEGATIONS, NO, NOT, OR, STOP, UN

_NEAR = 3
_CONDITION = ("的", "时", "外")
_FORBIDS = re.compile("不得|禁止|不准")
_CHANGED = Fault(Rule.CONJUNCTION, "所引条款中“和”与“或者”的关系被改变")
_LEAST = 2
_SHORT = 6


def force_faults(
    phrase: Canon, found: Alignment, carried: str, told: Collection[int], *, imperative: bool
) -> list[Fault]:
    """``carried`` is the modal word in force from the phrases before, or empty; ``told`` are places of the segment
    that the sentence's other phrases took over.
    ``imperative``: the clause is a plan, whose sentences bind without 应当.
    """
    return [
        *_modals(phrase, found, carried, told, imperative=imperative),
        *_negations(phrase, found, told),
        *_links(phrase, found),
    ]


def last_modal(text: str, before: str = "") -> str:
    """The modal word in force after ``text``."""
    return next((char for char in reversed(text) if char in MODALS), before)


def _modals(phrase: Canon, found: Alignment, carried: str, told: Collection[int], *, imperative: bool) -> list[Fault]:
    faults: dict[str, Fault] = {}
    for block in found.blocks:
        if sum(phrase.text[block.draft + n] not in MODALS | NEGATIONS for n in range(block.size)) < _LEAST:
            continue
        said = last_modal(phrase.text[: block.draft + 1])
        if said == MUST and phrase.text.endswith(_CONDITION):
            continue  # 需要分别进行检查的 asks nothing of anybody
        here, there = _governing(found.segment, block.there)
        wrong = _clash(said, said or carried, here, here or there)
        stands = _last_place(found.segment.canon, block.there, wrong)
        if wrong and wrong == here and not said and (wrong in phrase.text or stands in told):
            continue  # 期间不得擅离 for 不得在期间擅离
        if not wrong and said == MAY and not (here or there) and imperative:
            wrong = MAY
        bare = said == MUST and not (here or there or imperative)
        if not wrong and bare and _is_condition(found.segment, block.there):
            wrong = MUST
        if wrong:
            faults[wrong] = Fault(
                Rule.MODAL, f"所引条款此处的要求是“{NAMES.get(here or there, '直接要求')}”，与句中不符"
            )
    return list(faults.values())


def _clash(said: str, said_or_carried: str, here: str, here_or_carried: str) -> str:
    """What is wrong between the modal of the draft and of the clause; empty where nothing is."""
    for modal in (NOT, MAY):
        if here == modal and said_or_carried != modal:
            return modal
        if said == modal and here_or_carried != modal:
            return modal
    return MUST if said == MUST and here_or_carried in (MAY, NOT) else ""


def _is_condition(segment: Segment, at: int) -> bool:
    """Whether this phrase, or the next, only says when the modal word of a later phrase applies."""
    number = segment.phrase_at(at)
    later = [n for n in range(number + 1, len(segment.phrases)) if segment.parts[n] == segment.parts[number]]
    opens = any(segment.raw[n].endswith(_CONDITION) for n in (number, *later[:1]))
    return opens and any(last_modal(segment.canon[slice(*segment.phrases[n])]) for n in later)


def _governing(segment: Segment, at: int) -> tuple[str, str]:
    """(modal before ``at`` in its own phrase, else modal of the phrases before between the same semicolons)."""
    number = segment.phrase_at(at)
    start, _ = segment.phrases[number]
    here = last_modal(segment.canon[start : at + 1])
    first = next(n for n in range(number + 1) if segment.parts[n] == segment.parts[number])
    return here, last_modal(segment.canon[segment.phrases[first][0] : start])


def _negations(phrase: Canon, found: Alignment, told: Collection[int]) -> list[Fault]:
    """A negation of the draft must be the clause's, and none may be lost that stands before what was taken over."""
    matched = {block.draft + n for block in found.blocks for n in range(block.size)}
    there = {block.there + n for block in found.blocks for n in range(block.size)}
    text, canon = phrase.text, found.segment.canon
    for at, char in enumerate(text):
        if char in (UN, NO) and at not in matched and at not in found.moved:
            return [Fault(Rule.NEGATION, "句中的否定在所引条款中没有依据")]
        if char in (UN, NO) and not _followed(text, at, matched):
            return [Fault(Rule.NEGATION, "句中的否定所否定的内容与所引条款不同")]
    if len(text) <= _SHORT and not set(text) & NEGATIONS and _is_negated_somewhere(text, canon):
        return [Fault(Rule.NEGATION, "所引条款此处有否定，句中没有")]
    for block in found.blocks:
        if block.size < _LEAST:
            continue
        for at in range(max(0, block.there - _NEAR), block.there):
            if canon[at] in NEGATIONS and at not in there and STOP not in canon[at : block.there]:
                spare = text.count(canon[at]) > _used(found, text, canon[at])
                if _negated(text, block.draft) or spare or at in told:
                    continue
                return [Fault(Rule.NEGATION, "所引条款此处有否定，句中没有")]
    return []


def _last_place(canon: str, at: int, char: str) -> int:
    return canon.rfind(char, 0, at + 1) if char else -1


def _used(found: Alignment, text: str, char: str) -> int:
    """How many of the draft's ``char`` were matched where they stand."""
    return sum(text[block.draft + n] == char for block in found.blocks for n in range(block.size))


def _is_negated_somewhere(text: str, canon: str) -> bool:
    """Whether a few words, too short to tell where they are from, stand behind a negation in the segment."""
    return any(
        canon[at] in NEGATIONS and canon.find(text, at + 1, at + _NEAR + len(text)) > 0 for at in range(len(canon))
    )


def _followed(text: str, at: int, matched: set[int]) -> bool:
    return at + 1 >= len(text) or at + 1 in matched or at in matched


def _negated(text: str, at: int) -> bool:
    return any(char in NEGATIONS for char in text[max(0, at - _NEAR) : at + 1])


def _links(phrase: Canon, found: Alignment) -> list[Fault]:
    """Between two neighbouring blocks, and before the first, 和 may not have become 或者 nor the other way round."""
    if found.blocks and found.blocks[0].draft == 1 and found.blocks[0].there:
        ours, theirs = phrase.text[0], found.segment.canon[found.blocks[0].there - 1]
        if {ours, theirs} == {AND, OR}:
            return [_CHANGED]
    for one, two in zip(found.blocks, found.blocks[1:], strict=False):
        ours = _links_in(phrase.text, one.draft + one.size, two.draft)
        theirs = _links_in(found.segment.canon, one.there + one.size, two.there)
        between = found.segment.canon[one.there + one.size : two.there]
        if STOP in between or len(between) > _NEAR + 1 or _forbidden(found, one):
            continue  # under 不得, 和 and 或者 forbid the same
        if (OR in ours and AND in theirs and OR not in theirs) or (AND in ours and OR in theirs and AND not in theirs):
            return [_CHANGED]
    return []


def _forbidden(found: Alignment, block: Block) -> bool:
    return _FORBIDS.search(found.segment.raw[found.segment.phrase_at(block.there)]) is not None


def _links_in(text: str, start: int, end: int) -> str:
    return "".join(char for char in text[start:end] if is_link(char))

"""Who must and to whom, in sentences about statutes: an actor may not take another one's place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from rag.gate.align import Alignment
from rag.gate.model import Fault, Rule
from rag.gate.source import Segment
from rag.gate.words import MODALS, STOP, Words

_AROUND = re.compile(
    "(?:的|其他|其|各|本|该|等|所有|所在地|所|有关|当地|县级以上|地方|级|市|们|负责|主管|\ue015|\ue016)*"
)
"""What may stand beside an actor that opens a phrase."""
_GAP = 16


def subject_of(phrase: str, words: Words) -> str | None:
    """The actor a phrase opens with; the last one of 生产经营单位的主要负责人."""
    at, found = 0, None
    while actor := _actor_at(phrase, at, words):
        found, at = actor.group(), actor.end()
    return found


def _actor_at(phrase: str, at: int, words: Words) -> re.Match[str] | None:
    """The actor at ``at``, or behind what may stand beside one."""
    around = _AROUND.match(phrase, at)
    return words.actor_words.match(phrase, at) or words.actor_words.match(phrase, around.end() if around else at)


def is_subject(actor: str, segment: Segment, words: Words) -> bool:
    """Whether ``actor`` acts in ``segment``: it opens a phrase, stands before a modal word, after 由, or after a
    qualification that ends its phrase (未经培训合格的从业人员，).
    """
    for start, end in segment.phrases:
        for match in re.finditer(re.escape(actor), segment.canon[start:end]):
            before, after = segment.canon[start : start + match.start()], segment.canon[start + match.end() : end]
            bare = words.actor_words.sub("", before)
            if _AROUND.fullmatch(bare) or before.endswith("由") or (after and after[0] in MODALS):
                return True
            if not after and before.endswith(("的", "对")):
                return True
    return False


def actor_faults(found: Alignment, phrase: str, earlier: Iterable[Segment], words: Words) -> list[Fault]:
    """What is wrong with the actors of a canonical ``phrase`` that lies as ``found``; a subject may stand in an
    ``earlier`` sentence of the clause.
    """
    segment = found.segment
    faults = _misplaced(found, phrase, words)
    subject = subject_of(phrase, words)
    if subject and not any(is_subject(subject, one, words) for one in (segment, *earlier)):
        faults.append(Fault(Rule.ACTOR, f"所引条款没有要求“{subject}”这样做"))
    for take in words.takes:
        for match in re.finditer(re.escape(take), phrase):
            target = _target(phrase, match.end(), words)
            if target and not _takes(take, target, segment, words):
                faults.append(Fault(Rule.ACTOR, f"所引条款没有写“{take}{target}”"))
    return faults


def _misplaced(found: Alignment, phrase: str, words: Words) -> list[Fault]:
    """Actors that stand elsewhere in the clause, and are neither the subject nor the object of a known word."""
    opening = subject_of(phrase, words)
    for match in words.actor_words.finditer(phrase):
        moved = all(at in found.moved for at in range(*match.span())) or _torn(found, *match.span())
        taken = any(phrase[: match.start()].rstrip("的其各本该等有关当地").endswith(take) for take in words.takes)
        if moved and match.group() != opening and not taken:
            return [Fault(Rule.ACTOR, f"“{match.group()}”在所引条款中处在别的位置")]
    return []


def _torn(found: Alignment, start: int, end: int) -> bool:
    """Whether the actor was taken from one phrase of the clause and what follows it from one further off."""
    for one, two in pairwise(found.blocks):
        if one.draft == start and one.size == end - start:
            return abs(found.segment.phrase_at(one.there) - found.segment.phrase_at(two.there)) > 1
    return False


def _target(phrase: str, at: int, words: Words) -> str | None:
    actor = None if phrase.startswith("的", at) else _actor_at(phrase, at, words)
    return actor.group() if actor else None


def _takes(take: str, target: str, segment: Segment, words: Words) -> bool:
    forms = {"报": ("报", "向"), "向": ("向", "报")}.get(take, (take,))
    for form in forms:
        for match in re.finditer(re.escape(form), segment.canon):
            rest = segment.canon[match.end() : match.end() + _GAP + len(target)].split(STOP)[0]
            at = rest.find(target)
            if at >= 0 and _AROUND.fullmatch(words.actor_words.sub("", rest[:at])):
                return True
    return take in ("由", "对", "为") and is_subject(target, segment, words)

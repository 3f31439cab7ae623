"""Who must and to whom, in sentences about statutes: an actor may not take another one's place."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.gate.align import Alignment
from rag.gate.model import Fault, Rule
from rag.gate.source import Segment
from rag.gate.words import MODALS, STOP, Words

_AROUND = re.compile("[的其各本该等所有关当地级县以上市地方们负责主管\ue015\ue016]*")
"""What may stand beside an actor that opens a phrase."""
_GAP = 16


def subject_of(phrase: str, words: Words) -> str | None:
    """The actor a phrase opens with; the last one of 生产经营单位的主要负责人."""
    at, found = 0, None
    while True:
        around = _AROUND.match(phrase, at)
        at = around.end() if around else at
        actor = words.actor_words.match(phrase, at)
        if actor is None:
            return found
        found, at = actor.group(), actor.end()


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
        moved = all(at in found.moved for at in range(*match.span()))
        taken = any(phrase[: match.start()].rstrip("的其各本该等有关当地").endswith(take) for take in words.takes)
        if moved and match.group() != opening and not taken:
            return [Fault(Rule.ACTOR, f"“{match.group()}”在所引条款中处在别的位置")]
    return []


def _target(phrase: str, at: int, words: Words) -> str | None:
    around = _AROUND.match(phrase, at)
    actor = words.actor_words.match(phrase, around.end() if around else at)
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

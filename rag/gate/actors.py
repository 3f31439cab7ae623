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
_SAID = 3
_CONDITIONS = ("的", "时", "后", "外")


def subject_of(phrase: str, words: Words) -> str | None:
    """The actor a phrase opens with; the last one of 生产经营单位的主要负责人."""
    at, found = 0, None
    while actor := _actor_at(phrase, at, words):
        found, at = actor.group(), actor.end()
    return found


def _is_left_out(subject: str, found: Alignment, earlier: Iterable[Segment], words: Words) -> bool:
    """Whether the sentence taken over has no subject of its own and one before it has this one."""
    if not found.blocks:
        return False
    first = max(found.blocks, key=lambda block: block.size)
    start, _ = found.segment.phrases[found.segment.phrase_at(first.there)]
    bare = first.there - start < _SAID
    return bare and any(is_subject(subject, one, words) for one in earlier)


def _opening(phrase: str, words: Words) -> int:
    """Where the actors end that a phrase opens with."""
    at = 0
    while actor := _actor_at(phrase, at, words):
        at = actor.end()
    return at


def _widened(subject: str, found: Alignment, sentence: str, words: Words) -> bool:
    """Whether the clause binds only a certain kind of ``subject`` (高危行业的…) and the draft says of none which."""
    segment = found.segment
    parts = {
        segment.parts[segment.phrase_at(block.there)]
        for block in found.blocks
        if block.size >= _SAID and segment.canon[block.there : block.there + block.size] not in subject
    }
    qualified = False
    for n, (start, end) in enumerate(segment.phrases):
        for match in re.finditer(re.escape(subject), segment.canon[start:end]) if segment.parts[n] in parts else ():
            before = words.actor_words.sub("", segment.canon[start : start + match.start()])
            pairs = {before[at : at + 2] for at in range(len(before) - 2)}
            if not before.endswith("的") or len(pairs) < _SAID:
                return False
            if sum(pair in sentence for pair in pairs) >= words.limits.condition * len(pairs):
                return False
            qualified = True
    return qualified


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
            if after.startswith("的") and words.actor_words.match(after, 1):
                continue  # 生产经营单位 in 生产经营单位的主要负责人
            bare = words.actor_words.sub("", before)
            if _AROUND.fullmatch(bare) or before.endswith("由") or (after and after[0] in MODALS):
                return True
            if not after and before.endswith(("的", "对")):
                return True
    return False


def actor_faults(found: Alignment, phrase: str, sentence: str, earlier: Iterable[Segment], words: Words) -> list[Fault]:
    """What is wrong with the actors of a canonical ``phrase`` that lies as ``found``; a subject may stand in an
    ``earlier`` sentence of the clause. ``sentence`` is the whole draft sentence, canonical.
    """
    segment = found.segment
    faults = _misplaced(found, phrase, words)
    subject = subject_of(phrase, words)
    if subject and not phrase.endswith(_CONDITIONS):
        if not (is_subject(subject, segment, words) or _is_left_out(subject, found, earlier, words)):
            faults.append(Fault(Rule.ACTOR, f"所引条款没有要求“{subject}”这样做"))
        elif _widened(subject, found, sentence, words):
            faults.append(Fault(Rule.CONDITION, f"没有写明是什么样的“{subject}”"))
    for take in words.takes:
        for match in re.finditer(re.escape(take), phrase):
            target = _target(phrase, match.end(), words)
            if target and not _takes(take, target, segment, words):
                faults.append(Fault(Rule.ACTOR, f"所引条款没有写“{take}{target}”"))
    return faults


def _misplaced(found: Alignment, phrase: str, words: Words) -> list[Fault]:
    """Actors that stand elsewhere in the clause, and are neither the subject nor the object of a known word."""
    twice = _said_twice(found.segment, phrase, words)
    if twice:
        return [Fault(Rule.ACTOR, f"所引条款没有两次写到“{twice}”")]
    opening = _opening(phrase, words)
    for match in words.actor_words.finditer(phrase):
        moved = all(at in found.moved for at in range(*match.span())) or _torn(found, *match.span())
        taken = any(phrase[: match.start()].rstrip("的其各本该等有关当地").endswith(take) for take in words.takes)
        if moved and match.start() >= opening and not taken:
            return [Fault(Rule.ACTOR, f"“{match.group()}”在所引条款中处在别的位置")]
    return []


def _said_twice(segment: Segment, phrase: str, words: Words) -> str | None:
    """An actor that a phrase names more often than any phrase of the clause, so in another one's place; a list's
    head and entry count as one phrase.
    """
    said = words.actor_words.findall(phrase)
    for actor in set(said):
        phrases = [segment.canon] if segment.spans[0].start < 0 else [segment.canon[slice(*p)] for p in segment.phrases]
        most = max(one.count(actor) for one in phrases)
        if said.count(actor) > max(1, most):
            return str(actor)
    return None


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

"""What a sentence says in words and numbers must be carried by one sentence of what it cites."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rag.gate.align import Alignment, runs
from rag.gate.canon import Canon, Canonizer, is_number
from rag.gate.model import Fault, Rule
from rag.gate.source import Segment
from rag.gate.words import MODALS, NAMES, OR, Words

_FILL = frozenset("的在之其")
_SHORT = 6
_LEAST = 3
_SHARE = 0.4
_ENOUGH = 7
"""Pairs of a condition that are enough however long it is."""
_TAIL = 8
"""Characters at a condition's end, where its verb stands."""
_OPENS_CONDITION = ("的", "时", "外", "下")


def stray_words(phrase: Canon, found: Alignment, titles: str | None, words: Words) -> list[str]:
    """What the phrase says beyond the clause, free words and words of a plan item's ``titles`` taken off; empty where
    all of it is carried.
    """
    left: list[str] = []
    for start, end in found.stray:
        if any(is_number(char) for char in phrase.text[start:end]):
            left.append(phrase.source(start, end))
            continue
        said = phrase.text[start:end]
        rest = words.free_words.sub("", _without(said, titles or ""))
        if rest:
            left.append("".join(NAMES.get(char, char) for char in rest))
    return left


def _without(said: str, titles: str) -> str:
    """``said`` without the longest stretch of two characters or more that ``titles`` has."""
    for size in range(len(said), 1, -1):
        for at in range(len(said) - size + 1):
            if said[at : at + size] in titles:
                return said[:at] + said[at + size :]
    return said


def is_scrambled(found: Alignment, least: float) -> bool:
    """Whether the words were taken over, but put together anew."""
    carried = found.ordered + len(found.moved)
    return carried > _SHORT and found.ordered < least * carried


def is_patched(phrase: Canon, found: Alignment, titles: str | None) -> bool:
    """Whether the phrase was put together from stretches that semicolons keep apart in an item of the plan, whose
    ``titles`` may stand anywhere; ``None`` for statutes.
    """
    if titles is None:
        return False
    parts: dict[int, list[str]] = {}
    for block in found.blocks:
        part = found.segment.parts[found.segment.phrase_at(block.there)]
        parts.setdefault(part, []).append(phrase.text[block.draft : block.draft + block.size])
    main = max(parts, key=lambda part: sum(map(len, parts[part])), default=0)
    home = "".join(
        found.segment.canon[slice(*span)]
        for n, span in enumerate(found.segment.phrases)
        if found.segment.parts[n] == main
    )
    foreign = [said for part, stretches in parts.items() if part != main for said in stretches]
    foreign += [phrase.text[start:end] for start, end in runs(found.moved)]
    return sum(len(said) for said in foreign if said not in home and said not in titles) >= _LEAST


def is_reheaded(phrase: Canon, found: Alignment, words: Words) -> bool:
    """Whether what a phrase of the clause says of one thing is said of another: its opening was left out, and the
    draft's comes from a phrase elsewhere.
    """
    counts: dict[int, int] = {}
    for block in found.blocks:
        n = found.segment.phrase_at(block.there)
        counts[n] = counts.get(n, 0) + block.size
    main = max(counts, key=lambda n: counts[n], default=None)
    if main is None:
        return False
    start, end = found.segment.phrases[main]
    first = next(block for block in found.blocks if found.segment.phrase_at(block.there) == main)
    head = words.free_words.sub("", "".join(c for c in phrase.text[: first.draft] if c not in MODALS))
    lost = words.free_words.sub("", found.segment.canon[start : first.there])
    return len(head) >= _LEAST and len(lost) >= _LEAST and head not in found.segment.canon[start:end]


def number_faults(phrases: Sequence[Canon], at: int, segments: Sequence[Segment], canonize: Canonizer) -> list[Fault]:
    """Each number must be the one that the clause gives where its words fit best."""
    faults: list[Fault] = []
    for char in dict.fromkeys(phrases[at].text):
        number = canonize.number(char)
        if number is None:
            continue
        ours = _pairs(_context(phrases, at, number.unit, canonize))
        own = other = -1
        lacking = False
        ours_all = "".join(phrase.text for phrase in phrases)
        for segment in segments:
            for n, (start, end) in enumerate(segment.phrases):
                text = segment.canon[start:end]
                units = {found.unit for one in text if (found := canonize.number(one))}
                if number.unit not in units:
                    continue
                held = {found.value for one in text if (found := canonize.number(one)) and found.unit == number.unit}
                score = len(ours & _pairs(_around(segment, n, number.unit, canonize)))
                if char in text:
                    own = max(own, score)
                    each = "分别" in segment.raw[n]
                    lacking = lacking or (each and not _all_of(text, number.unit, ours_all, canonize))
                elif number.value not in held:
                    other = max(other, score)
        said = f"{number.value}{number.unit}{number.sign}"
        if own < 0:
            faults.append(Fault(Rule.NUMBER, f"所引条款中没有这个数字或日期（{said}）"))
        elif own < other or lacking:
            faults.append(Fault(Rule.NUMBER, f"数字（{said}）与所引条款此处的数字不符"))
    return faults


def _all_of(text: str, unit: str, ours: str, canonize: Canonizer) -> bool:
    """Where things go to numbers 分别, one by one, all the numbers must be told."""
    return all(char in ours for char in text if (found := canonize.number(char)) and found.unit == unit)


def _context(phrases: Sequence[Canon], at: int, unit: str, canonize: Canonizer) -> str:
    before = phrases[at - 1].text if at else ""
    return phrases[at].text if _has(before, unit, canonize) else before + phrases[at].text


def _around(segment: Segment, n: int, unit: str, canonize: Canonizer) -> str:
    start, end = segment.phrases[n]
    if n == 0:
        return segment.canon[start:end]
    before = segment.canon[slice(*segment.phrases[n - 1])]
    return segment.canon[start:end] if _has(before, unit, canonize) else before + segment.canon[start:end]


def _has(text: str, unit: str, canonize: Canonizer) -> bool:
    return any((found := canonize.number(char)) is not None and found.unit == unit for char in text)


def _pairs(text: str) -> set[str]:
    kept = [char for char in text if not is_number(char)]
    return {a + b for a, b in pairwise(kept)}


def condition_fault(found: Alignment, sentence: str, entry_told: bool, words: Words) -> Fault | None:
    """A consequence must be told with its condition. ``sentence`` is the whole draft sentence, canonical;
    ``entry_told``: it tells an entry of the list that 下列 announces.
    """
    segment = found.segment
    for n in _told(found):
        if _is_condition(segment.raw[n]):
            continue
        conditions = _conditions(segment, n)
        if any("下列" in segment.raw[one] for one in conditions) and entry_told:
            continue
        if conditions and not any(_is_told(segment, one, sentence, words) for one in conditions):
            return Fault(Rule.CONDITION, f"没有说明前提条件“{segment.raw[conditions[0]]}”")
    return None


def _is_told(segment: Segment, n: int, sentence: str, words: Words) -> bool:
    """Whether ``sentence`` tells condition ``n``: a part of its words, the end of one of its alternatives (the verb
    stands there), and its numbers.
    """
    text, said, least = segment.canon[slice(*segment.phrases[n])], _pairs(sentence), words.limits.condition
    wanted = {p for p in _pairs(words.actor_words.sub("", text)) if not set(p) & (MODALS | _FILL)}
    if len(wanted) < _LEAST:
        wanted = _pairs(text)
    ends = [{p for p in _pairs(one.rstrip("的")[-_TAIL:]) if p in wanted} for one in text.split(OR)]
    ended = any(len(end & said) >= least * len(end) for end in ends)
    numbers = {char for char in text if is_number(char)}
    return len(wanted & said) >= min(least * len(wanted), _ENOUGH) and ended and numbers <= set(sentence)


def _told(found: Alignment) -> list[int]:
    """The clause's phrases of which the draft's phrase tells a good part."""
    counts: dict[int, int] = {}
    for block in found.blocks:
        for at in range(block.there, block.there + block.size):
            n = found.segment.phrase_at(at)
            counts[n] = counts.get(n, 0) + 1
    return [n for n, count in counts.items() if count >= max(_LEAST, _SHARE * found.size)]


def _conditions(segment: Segment, n: int) -> list[int]:
    """The conditions nearest before phrase ``n``, between the same semicolons; several in a row are alternatives."""
    found: list[int] = []
    for before in range(n - 1, -1, -1):
        if segment.parts[before] != segment.parts[n]:
            break
        if _is_condition(segment.raw[before]):
            found.append(before)
        elif found:
            break
    return found


def _is_condition(raw: str) -> bool:
    return raw.endswith(_OPENS_CONDITION) or (raw.startswith("对") and "的" in raw)


def tells_entry(found: Alignment) -> bool:
    """Whether an entry of a list is told, not only the list's head."""
    return found.segment.spans[0].start < 0 and any(found.segment.spans[n].start >= 0 for n in _told(found))

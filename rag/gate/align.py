"""How a phrase of a draft lies on a sentence of a clause: which characters it took over, in order or moved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.gate.canon import Canon, is_link, is_number
from rag.gate.source import Segment
from rag.gate.words import MODALS, NEGATIONS, Words

_MOST_LIKELY, _WORTH = 4, 0.6
"""How many segments a phrase is laid on, of those that share this part of the most pairs shared."""


_LOYALTY = 2.0
"""How much better, in tokens, another segment than the sentence's own must carry a phrase."""


@dataclass(frozen=True, slots=True)
class Block:
    """``size`` tokens from ``draft`` on in the phrase stand from ``there`` on in the segment."""

    draft: int
    there: int
    size: int


@dataclass(frozen=True)
class Alignment:
    """``blocks`` are in the order of both texts; ``moved`` are draft tokens found elsewhere in the segment; ``stray``
    are (start, end) stretches found nowhere.
    """

    segment: Segment
    blocks: tuple[Block, ...]
    moved: frozenset[int]
    stray: tuple[tuple[int, int], ...]
    size: int

    @property
    def ordered(self) -> int:
        return sum(block.size for block in self.blocks)

    @property
    def score(self) -> float:
        strays = sum(end - start for start, end in self.stray)
        return self.ordered + 0.6 * len(self.moved) - 0.5 * strays


def pairs_of(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters; the character itself where there is only one."""
    return frozenset(text[at : at + 2] for at in range(len(text) - 1)) or frozenset((text,))


def main_segment(phrases: Sequence[Canon], segments: Sequence[Segment]) -> Segment | None:
    """The segment that shares most with all the phrases together."""
    wanted = [pairs_of(phrase.text) for phrase in phrases]
    return max(segments, key=lambda one: sum(len(pairs & one.pairs) for pairs in wanted), default=None)


class Aligner:
    """Keeps one matcher a segment, for building its index costs more than using it."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._matchers: dict[int, SequenceMatcher[str]] = {}

    def prepare(self, segments: Sequence[Segment]) -> None:
        """Build the indexes now."""
        for segment in segments:
            self._matcher(segment)

    def _matcher(self, segment: Segment) -> SequenceMatcher[str]:
        if id(segment) not in self._matchers:
            self._matchers[id(segment)] = SequenceMatcher(None, "", segment.canon, autojunk=False)
        return self._matchers[id(segment)]

    def align(self, phrase: Canon, segment: Segment) -> Alignment:
        matcher = self._matcher(segment)
        matcher.set_seq1(phrase.text)
        blocks = _blocks(phrase, matcher, 0)
        within = self._within_one(phrase, segment)
        if _size(within) >= _size(blocks):
            blocks = within
        left = set(range(len(phrase.text))) - {block.draft + n for block in blocks for n in range(block.size)}
        moved = _moved(phrase.text, left, segment, self._words)
        stray = _stretches(left - moved, phrase.text)
        return Alignment(segment, blocks, frozenset(moved), stray, len(phrase.text))

    def _within_one(self, phrase: Canon, segment: Segment) -> tuple[Block, ...]:
        """The blocks with the one phrase of the segment that shares most: words that recur are taken from there."""
        pairs = pairs_of(phrase.text)
        start, end = max(segment.phrases, key=lambda one: len(pairs & pairs_of(segment.canon[slice(*one)])))
        matcher = SequenceMatcher(None, phrase.text, segment.canon[start:end], autojunk=False)
        return _blocks(phrase, matcher, start)

    def best(self, phrase: Canon, segments: Sequence[Segment], near: Segment | None = None) -> Alignment | None:
        """The alignment that carries most; nearly equal ones are decided by ``near``."""
        pairs = pairs_of(phrase.text)
        shared = [(len(pairs & segment.pairs), segment) for segment in segments]
        top = max((count for count, _ in shared), default=0)
        shared.sort(key=lambda one: (-one[0], one[1] is not near))
        likely = [segment for count, segment in shared[:_MOST_LIKELY] if count >= _WORTH * top]
        found = [self.align(phrase, segment) for segment in likely]
        return max(found, key=lambda one: one.score + _LOYALTY * (one.segment is near), default=None)


def _blocks(phrase: Canon, matcher: SequenceMatcher[str], offset: int) -> tuple[Block, ...]:
    found = matcher.get_matching_blocks()
    return tuple(Block(a, b + offset, size) for a, b, size in found if _counts(phrase, a, size))


def _size(blocks: Iterable[Block]) -> int:
    return sum(block.size for block in blocks)


def _counts(phrase: Canon, at: int, size: int) -> bool:
    return size >= 2 or (size == 1 and (is_number(phrase.text[at]) or phrase.text[at] in MODALS | NEGATIONS))


def _moved(text: str, left: set[int], segment: Segment, words: Words) -> set[int]:
    """Tokens of ``left`` that stand elsewhere in the segment: in runs, or alone where that turns nothing."""
    moved: set[int] = set()
    content = {at for at in left if text[at] not in words.free}
    lone = {start for start, end in _stretches(content, text) if end - start == 1}
    fixed = words.turning | MODALS | NEGATIONS
    for start, end in _stretches(left, text):
        at = start
        while at < end:
            stop = end
            while stop > at + 1 and text[at:stop] not in segment.canon:
                stop -= 1
            alone = at in lone and text[at] in segment.chars and text[at] not in fixed and not is_number(text[at])
            if stop - at >= 2 or alone:
                moved.update(range(at, stop))
            at = stop
    return moved


def _stretches(tokens: set[int], text: str) -> tuple[tuple[int, int], ...]:
    """Runs of neighbouring tokens; 和, 或者 and modal words are judged elsewhere and left out."""
    return tuple(runs(at for at in tokens if not is_link(text[at]) and text[at] not in MODALS))


def runs(tokens: Iterable[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring numbers as (start, end)."""
    found: list[tuple[int, int]] = []
    for at in sorted(tokens):
        if found and found[-1][1] == at:
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
    return found

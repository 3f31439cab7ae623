"""The gate itself: one sentence against what it cites."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.clean import HAN, fold
from index.model import Family
from rag.gate.actors import actor_faults, is_subject
from rag.gate.align import Aligner, Alignment, main_segment
from rag.gate.canon import Canon, Canonizer
from rag.gate.carried import (
    condition_fault,
    is_patched,
    is_reheaded,
    is_scrambled,
    number_faults,
    stray_words,
    tells_entry,
)
from rag.gate.force import force_faults, last_modal
from rag.gate.model import Fault, Rule, Verdict
from rag.gate.parties import check_parties
from rag.gate.quotes import check_quotes
from rag.gate.references import check_references
from rag.gate.sentences import LONGEST, Sentence
from rag.gate.source import Segment, Source, draft_phrases, make_source
from rag.gate.words import Words
from rag.library import Library
from rag.model import Citation
from rag.understand.references import Titles

_CHINESE = re.compile(f"[{HAN}]")
_WORD = re.compile(r"\w")
_LEAST_CHINESE = 0.5


class Gate:
    """Opens a bench for each answer. Thread-safe."""

    def __init__(self, library: Library, titles: Titles, words: Words) -> None:
        self.library, self.titles, self.words = library, titles, words

    def bench(self, citations: Sequence[Citation]) -> Bench:
        """``citations`` by marker are what a sentence may cite."""
        return Bench(self, {citation.marker: citation for citation in citations})


@dataclass(frozen=True)
class _Laid:
    """A phrase of the draft where it lies on what is cited."""

    phrase: Canon
    part: int
    found: Alignment


class Bench:
    """Checks the sentences of one answer; what it prepares of a citation serves all of them. For one thread."""

    def __init__(self, gate: Gate, citations: Mapping[int, Citation]) -> None:
        self._gate, self._citations = gate, citations
        self._canonize = Canonizer(gate.words)
        self._aligner = Aligner(gate.words)
        self._sources: dict[int, Source] = {}

    def prepare(self) -> None:
        """Read all citations now, not when a sentence first cites them."""
        for marker in self._citations:
            self._aligner.prepare(self._source(marker).segments)

    def _source(self, marker: int) -> Source:
        if marker not in self._sources:
            self._sources[marker] = make_source(self._gate.library, self._citations[marker], self._canonize)
        return self._sources[marker]

    def check(self, sentence: Sentence) -> Verdict:
        """Every fault that keeps ``sentence`` from being shown."""
        text = sentence.text
        early = self._form(sentence)
        if early:
            return Verdict(text, sentence.markers, early)
        if not self._states(text):
            return Verdict(text, sentence.markers, empty=True)
        if not sentence.markers:
            return Verdict(text, (), (Fault(Rule.UNCITED, "没有标注出处"),))
        sources = [self._source(marker) for marker in sentence.markers]
        shown, faults = check_quotes(text, sources, self._gate.words.limits.unquoted)
        plain, narrowed, wrong = check_references(shown, sources, self._gate.library, self._gate.titles, self._canonize)
        parties = check_parties(plain, narrowed, self._gate.library.register, self._gate.words)
        faults += [*wrong, *parties.faults]
        faults += self._statement(parties.text, narrowed)
        return Verdict(shown, sentence.markers, tuple(dict.fromkeys(faults)))

    def _form(self, sentence: Sentence) -> tuple[Fault, ...]:
        unknown = [marker for marker in sentence.markers if marker not in self._citations]
        if unknown:
            return (Fault(Rule.UNKNOWN_MARKER, f"没有编号为{unknown[0]}的依据"),)
        if len(sentence.text) >= LONGEST:
            return (Fault(Rule.LENGTH, "句子过长"),)
        letters = len(_WORD.findall(sentence.text))
        if letters and len(_CHINESE.findall(sentence.text)) < _LEAST_CHINESE * letters:
            return (Fault(Rule.LANGUAGE, "不是中文"),)
        return ()

    def _states(self, text: str) -> bool:
        """Whether anything is left of ``text`` without free words."""
        rest = self._gate.words.free_words.sub("", fold(text))
        return _WORD.search(rest) is not None

    def _statement(self, text: str, sources: Sequence[Source]) -> list[Fault]:
        """The rules for what is said, over the phrases of the sentence."""
        words = self._gate.words
        phrases = draft_phrases(text, self._canonize)
        segments = [segment for source in sources for segment in source.segments]
        if not segments:
            return [Fault(Rule.WORDING, "所引条款没有可供核对的内容")]
        laid: list[_Laid] = []
        near = main_segment([phrase for phrase, _ in phrases], segments)
        for phrase, part in phrases:
            if not words.free_words.sub("", phrase.text):
                continue
            found = self._aligner.best(phrase, segments, near)
            if found is not None:
                laid.append(_Laid(phrase, part, found))
        whole = "".join(phrase.text for phrase, _ in phrases)
        faults: list[Fault] = []
        imperative = all(source.family is Family.WORK_PLAN for source in sources)
        titles = "".join(self._canonize(source.clause.title).text for source in sources) if imperative else None
        told = any(tells_entry(one.found) for one in laid)
        carried, part = "", -1
        for at, one in enumerate(laid):
            carried, part = ("" if one.part != part else carried), one.part
            faults += self._wording(one, segments, titles)
            faults += number_faults([each.phrase for each in laid], at, segments, self._canonize)
            faults += force_faults(one.phrase, one.found, carried, _told_elsewhere(laid, at), imperative=imperative)
            if not imperative:
                faults += actor_faults(one.found, one.phrase.text, whole, _earlier(segments, one.found.segment), words)
                condition = condition_fault(one.found, whole, told, words)
                faults += [condition] if condition else []
            carried = last_modal(one.phrase.text, carried)
        return faults

    def _wording(self, one: _Laid, segments: Sequence[Segment], titles: str | None) -> list[Fault]:
        words = self._gate.words
        stray = [
            said
            for said in stray_words(one.phrase, one.found, titles, words)
            if not _is_earlier_subject(said, segments, one.found.segment, words)
            and not (titles is None and _is_earlier_topic(said, segments, one))
        ]
        if sum(map(len, stray)) > words.limits.stray:
            return [Fault(Rule.WORDING, f"“{'”“'.join(stray)[:60]}”在所引条款中没有依据")]
        rebuilt = (
            is_scrambled(one.found, words.limits.ordered),
            is_patched(one.phrase, one.found, titles),
            is_reheaded(one.phrase, one.found, words),
        )
        if any(rebuilt):
            return [Fault(Rule.WORDING, "词语来自所引条款，但关系与原文不同")]
        return []


def _told_elsewhere(laid: Sequence[_Laid], at: int) -> frozenset[int]:
    """Places of the segment of phrase ``at`` that other phrases of the sentence took over."""
    return frozenset(
        block.there + n
        for other, one in enumerate(laid)
        if other != at and one.found.segment is laid[at].found.segment
        for block in one.found.blocks
        for n in range(block.size)
    )


def _earlier(segments: Sequence[Segment], segment: Segment) -> list[Segment]:
    return list(segments[: _index(segments, segment)])


def _index(segments: Sequence[Segment], segment: Segment) -> int:
    return next((n for n, one in enumerate(segments) if one is segment), 0)


def _is_earlier_topic(said: str, segments: Sequence[Segment], one: _Laid) -> bool:
    """What a phrase opens with and the sentence before names, where the sentence taken over leaves it out."""
    at = _index(segments, one.found.segment)
    if not at or not one.found.blocks or not one.phrase.text.startswith(said):
        return False
    first = one.found.blocks[0]
    opens = any(start == first.there for start, _ in one.found.segment.phrases)
    return opens and said in segments[at - 1].canon


def _is_earlier_subject(said: str, segments: Sequence[Segment], segment: Segment, words: Words) -> bool:
    """A subject that the clause names once, in a sentence before."""
    actor = words.canon.get(said, said)
    return actor in words.actors and any(is_subject(actor, one, words) for one in _earlier(segments, segment))

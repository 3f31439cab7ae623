"""Facts of one clause: when, how often, how many; the fact first, then the sentence that holds it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from index.model import Clause, Deadline, DeadlineKind, Kind, Span, Tier
from rag.citations import CitationBook
from rag.compose.draft import Draft, deadline_words, quoted
from rag.compose.limits.evidence import UNIT
from rag.compose.listing import listing
from rag.compose.parts import (
    deadlines_of,
    evidence,
    join,
    name_of,
    sentence_around,
    sentence_spans_of,
    tail,
    text_of,
    verdict_on,
)
from rag.compose.passages import overlap, segments
from rag.library import Library
from rag.model import Reason
from rag.understand.reading import Reading

_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十百]+(?=[个次家项起类种级年月日])")
_BY_WHEN = re.compile(r"最[晚迟]|截止|之前|[月日号天底]前|几[月号日]|哪一?[天日]")
"""Asks for a day, not for a rhythm."""
_SAID_HERE = 0.4
"""Share of the topic that words around a 定期 must have."""
_NOUN = re.compile(r"多少([\u4e00-\u9fff])")


def compose_deadline(library: Library, book: CitationBook, reading: Reading, clause: Clause, asked: bool) -> Draft:
    return _timed(library, book, reading, clause, asked, (DeadlineKind.DATE, DeadlineKind.RECURRENCE), "完成时限")


def compose_frequency(library: Library, book: CitationBook, reading: Reading, clause: Clause, asked: bool) -> Draft:
    return _timed(library, book, reading, clause, asked, (DeadlineKind.RECURRENCE,), "频次")


def _timed(
    library: Library,
    book: CitationBook,
    reading: Reading,
    clause: Clause,
    asked: bool,
    kinds: Sequence[DeadlineKind],
    what: str,
) -> Draft:
    text = text_of(library, clause)
    every = deadlines_of(library, clause)
    found = [d for d in every if d.kind in kinds]
    marker = book.cite(clause)
    if not found:
        return _untimed(library, book, reading, clause, what)
    dated = [d for d in found if d.kind is DeadlineKind.DATE]
    found = dated if dated and _BY_WHEN.search(reading.text) else found
    best = _closest(reading.text, text, clause, library, found)
    vague = [d for d in every if d.kind is DeadlineKind.VAGUE]
    if vague and _only_vaguely(
        reading, text, clause, library, best, _closest(reading.text, text, clause, library, vague)
    ):
        return _untimed(library, book, reading, clause, what)
    sentence = sentence_around(library, clause, best.span)
    same = [d for d in found if d.span in _comma_part(text, sentence, best.span)]
    fact = _by_party(library, clause, sentence, kinds) or deadline_words(same)
    lead = f"{verdict_on(library, clause, reading, sentence.of(text))}**{fact}**——{name_of(clause)}{marker}："
    lines = [lead, quoted(library, clause, sentence.of(text))]
    other = [d for d in every if d not in same and d.kind is not DeadlineKind.VAGUE]
    if other and clause.kind is Kind.ITEM:
        lines.append(f"同一项的其他要求：{deadline_words(other)}。")
    return Draft(join([*lines, tail(library, book, clause)]))


def _only_vaguely(
    reading: Reading, text: str, clause: Clause, library: Library, best: Deadline, vague: Deadline
) -> bool:
    """Whether the topic stands with a 定期 and not with the date or rhythm that the clause gives to something else."""
    here = sentence_around(library, clause, vague.span)
    if here == sentence_around(library, clause, best.span):
        return False
    held = overlap(reading.topic, _comma_part(text, here, vague.span).of(text))
    return held >= _SAID_HERE and held > overlap(reading.topic, sentence_around(library, clause, best.span).of(text))


def _untimed(library: Library, book: CitationBook, reading: Reading, clause: Clause, what: str) -> Draft:
    """What is said where no date or rhythm is given: the vague word, else that there is none."""
    text, marker = text_of(library, clause), book.cite(clause)
    vague = [d for d in deadlines_of(library, clause) if d.kind is DeadlineKind.VAGUE]
    lines = [f"{name_of(clause)}**没有写明具体的{what}**{marker}。"]
    if vague:
        lines[0] = (
            f"{name_of(clause)}只写了“{'”、“'.join(dict.fromkeys(d.text for d in vague))}”，"
            f"**没有写明具体的{what}**{marker}。"
        )
        lines.append(
            quoted(
                library,
                clause,
                sentence_around(library, clause, _closest(reading.text, text, clause, library, vague).span).of(text),
            )
        )
    else:
        lines.append(evidence(library, reading, clause))
    reason = None if vague or reading.wording.asks_yes_no else Reason.NOT_IN_DOCUMENT
    return Draft(join([*lines, tail(library, book, clause)]), reason=reason)


def compose_quantity(library: Library, book: CitationBook, reading: Reading, clause: Clause, asked: bool) -> Draft:
    text = text_of(library, clause)
    listed = listing(library, reading, clause)
    if listed:
        more = "，末尾写“等”，没有列全" if listed.open else ""
        count = f"**{listed.count}个**（按原文并列的数{more}）——" if listed.count else ""
        lead = f"{count}{name_of(clause)}{book.cite(clause)}："
        return Draft(join([lead, quoted(library, clause, listed.sentence.of(text)), tail(library, book, clause)]))
    sentences = [s for s in sentence_spans_of(library, clause) if _DIGITS.search(s.of(text))]
    noun = _NOUN.search(reading.text)
    own = re.compile(rf"[0-9一二两三四五六七八九十百千]{noun.group(1)}") if noun else None
    sentences = sentences or [s for s in sentence_spans_of(library, clause) if own and own.search(s.of(text))]
    unit = UNIT.search(reading.text)
    if unit and unit.group(1):
        sentences = [s for s in sentences if re.search(rf"[0-9一二两三四五六七八九十百]\s*{unit.group(1)}", s.of(text))]
    if not sentences:
        lead = f"{name_of(clause)}没有写明这个数量{book.cite(clause)}。"
        reason = None if reading.wording.asks_yes_no else Reason.NOT_IN_DOCUMENT
        return Draft(join([lead, evidence(library, reading, clause), tail(library, book, clause)]), reason=reason)
    best = max(sentences, key=lambda s: overlap(reading.text, s.of(text)))
    bounds = [
        d
        for d in deadlines_of(library, clause)
        if d.span in best and d.kind in (DeadlineKind.QUANTITY, DeadlineKind.RECURRENCE)
    ]
    kinds = (DeadlineKind.QUANTITY, DeadlineKind.RECURRENCE)
    numbers = _by_party(library, clause, best, kinds) or deadline_words(bounds)
    numbers = numbers or "、".join(dict.fromkeys(_numbers(best.of(text), unit.group(1) if unit else None)))
    fact = f"**{numbers}**——" if numbers else ""
    lead = f"{verdict_on(library, clause, reading, best.of(text))}{fact}{name_of(clause)}{book.cite(clause)}："
    lines = [lead, quoted(library, clause, best.of(text))]
    return Draft(join([*lines, tail(library, book, clause)]))


def _by_party(library: Library, clause: Clause, sentence: Span, kinds: Sequence[DeadlineKind]) -> str:
    """``市县应急部门：每季度、至少公布3个；其他有关部门：…`` where the text gives each party its own; else empty."""
    said: dict[str, str] = {}
    for duty in library.duties(clause.document):
        if duty.clause == clause.id and duty.tier is Tier.BODY and duty.action in sentence:
            words = deadline_words(d for d in duty.deadlines if d.kind in kinds)
            if words:
                said[duty.words] = words
    return "；".join(f"{party}：{words}" for party, words in said.items()) if len(set(said.values())) > 1 else ""


def _comma_part(text: str, sentence: Span, inside: Span) -> Span:
    """The part of ``sentence`` between commas that holds ``inside``."""
    start = max((text.rfind(mark, sentence.start, inside.start) + 1 for mark in ",，;；"), default=sentence.start)
    ends = [at for mark in ",，;；。" if (at := text.find(mark, inside.end, sentence.end)) >= 0]
    return Span(max(start, sentence.start), min(ends, default=sentence.end))


def _numbers(sentence: str, unit: str | None) -> Iterable[str]:
    """Numbers with what belongs to them: 21项, 1.1级, 超过20年."""
    tail_of = unit or r"[\u4e00-\u9fff]"
    for match in re.finditer(
        rf"(?:超过|不少于|至少[^,，0-9]{{0,4}}|不超过)?[0-9]+(?:\.[0-9]+)?(?:{tail_of})", sentence
    ):
        yield match.group()


def _closest(question: str, text: str, clause: Clause, library: Library, deadlines: Sequence[Deadline]) -> Deadline:
    """The deadline whose sentence part is most like the question."""

    def fit(deadline: Deadline) -> float:
        sentence = sentence_around(library, clause, deadline.span)
        near = Span(max(sentence.start, deadline.span.start - 25), min(sentence.end, deadline.span.end + 25))
        part = next((s for s in segments(text, sentence) if deadline.span in s), sentence)
        return overlap(question, near.of(text)) + overlap(question, part.of(text))

    return max(deadlines, key=fit)

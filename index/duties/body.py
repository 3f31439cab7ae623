"""Duties that an item's text, or the notice, gives to a subject it names: 市县应急部门每季度至少公布3个案例.

A subject is a registered organisation or group at the start of a sentence part, or after 由. Unregistered words at the
start of a sentence count too, where they end like a name and are told to do something (民用爆炸物品、军工行业要…).
Words that are merely pushed, supervised or guided (推动各级政府…) are objects and give no duty of their own: the
bracket says whose task that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.model import Span
from index.organisations import Mention, Register

_PART_END = "。;；,，!！?？\n:："
_JOINT = re.compile(r"[、和及与]?")
_TIME_BEFORE = re.compile(
    r"(?:\d{4}年)?(?:\d{1,2}月(?:\d{1,2}日|底|末|初)?|年底|年内|每季度|每月|每年)(?:之前|以前|前)?[,，]?$"
)
_UNREGISTERED = re.compile(
    r"(?!推动|推进|督促|指导|引导|组织|要求|加强|对|凡|如|所|其|该)([^,，。;；:：\n]{2,24}?(?:行业|领域|"
    r"部门|单位|企业|机构|政府|党委|[局委办院校站所]))"
    r"(?=要(?![求点素害件])|应当|应(?![急对用])|必须|须|不得)"
)
_NOT_A_PREDICATE = re.compile(r"^(?:的|等|、|\s*$|[。;；,，:：])")


@dataclass(frozen=True, slots=True)
class BodyTask:
    """Subjects that share one predicate; ``action`` runs from the first subject to the end of what they must do,
    without the mark that closes the sentence part.
    """

    subjects: tuple[Mention, ...]
    action: Span


def body_tasks(text: str, sentences: tuple[Span, ...], register: Register) -> Iterator[BodyTask]:
    """Tasks of the given sentences; spans count from the start of ``text``."""
    for sentence in sentences:
        starts = list(_subjects(text, sentence, register))
        for count, subjects in enumerate(starts):
            end = starts[count + 1][0].span.start if count + 1 < len(starts) else sentence.end
            start = subjects[0].span.start
            yield BodyTask(subjects, Span(start, start + len(text[start:end].rstrip(_PART_END + " "))))


def _subjects(text: str, sentence: Span, register: Register) -> Iterator[tuple[Mention, ...]]:
    mentions = [_shift(m, sentence.start) for m in register.find(sentence.of(text), spoken=False)]
    unregistered = _UNREGISTERED.match(sentence.of(text))
    if unregistered and not (mentions and mentions[0].span.start == sentence.start):
        span = Span(sentence.start, sentence.start + unregistered.end())
        yield (Mention(span.of(text), span.of(text), span), *(m for m in mentions if m.span in span))
        mentions = [m for m in mentions if m.span.start >= span.end]
    at = 0
    while at < len(mentions):
        run = [mentions[at]]
        while at + 1 < len(mentions) and _JOINT.fullmatch(text[run[-1].span.end : mentions[at + 1].span.start]):
            at += 1
            run.append(mentions[at])
        at += 1
        if _begins_part(text, sentence, run[0].span.start) and not _NOT_A_PREDICATE.match(
            text[run[-1].span.end : sentence.end]
        ):
            yield tuple(run)


def _begins_part(text: str, sentence: Span, start: int) -> bool:
    before = _TIME_BEFORE.sub("", text[sentence.start : start])
    return not before or before[-1] in _PART_END or before.endswith("由")


def _shift(mention: Mention, offset: int) -> Mention:
    span = Span(mention.span.start + offset, mention.span.end + offset)
    return Mention(mention.name, mention.words, span, mention.is_group, mention.predecessor)

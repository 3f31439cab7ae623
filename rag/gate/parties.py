"""Organisations and their roles in a sentence about the plan: as the duty table has them, not raised nor swapped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from index.dutytable import Reach, reaches
from index.model import Duty, Family, Role, Tier
from index.organisations import Mention, Register
from rag.gate.model import Fault, Rule
from rag.gate.source import Source
from rag.gate.words import Words

_PHRASE = re.compile(r"[^,;:。!?]+")
_UNSURE = re.compile(r"可能|待确认|是否|需(?:要)?确认|不确定")
_ALWAYS = re.compile(r"牵头|领头|主抓|主责|分工|配合|协助|协办|负责")
_BRACKET = re.compile(r"\([^()]*(?:\([^()]*\)[^()]*)*\)$")
"""The responsibility bracket at the end of an item."""
_ENDS = re.compile(r"$|[、和及]|单位|部门|该项|本项|此项|这项|第|开展$|的?(?:角色|职责|责任)")
_NOUN = re.compile(r"(?:的?(?:单位|部门|责任单位))?(?:是|为|包括|有|:)*$")
_DENIED = re.compile(r"(?:不是|并非|不属于|不|没有|未)(?:其|它|该项|本项)?$")


@dataclass(frozen=True, slots=True)
class Parties:
    """``text`` is the sentence without the organisations and roles that were found right; ``subjects`` are the
    organisations left to be held against the body's duties.
    """

    text: str
    faults: tuple[Fault, ...]


def check_parties(text: str, sources: Sequence[Source], register: Register, words: Words) -> Parties:
    """``text`` is folded. Only sentences about a work plan have parties of the register."""
    plans = [source for source in sources if source.family is Family.WORK_PLAN]
    if not plans or len(plans) != len(sources):
        return Parties(text, ())
    checker = _Checker(plans, register, words)
    return checker.run(text)


class _Checker:
    def __init__(self, sources: Sequence[Source], register: Register, words: Words) -> None:
        self._register, self._words = register, words
        self._duties: list[Duty] = [duty for source in sources for duty in source.duties]
        self._bodies = [_BRACKET.sub("", source.cleaned.text) for source in sources]
        self._texts = [source.citation.quote for source in sources]
        self.faults: list[Fault] = []

    def run(self, text: str) -> Parties:
        before: list[Mention] = []
        out: list[str] = []
        done = 0
        unsure = _UNSURE.search(text) is not None
        for match in _PHRASE.finditer(text):
            out.append(text[done : match.start()])
            phrase, before = self._phrase(match.group(), before, unsure)
            out.append(phrase)
            done = match.end()
        return Parties("".join([*out, text[done:]]), tuple(self.faults))

    def _phrase(self, phrase: str, before: list[Mention], unsure: bool) -> tuple[str, list[Mention]]:
        mentions = [m for m in self._register.find(phrase) if self._is_party(m)]
        known = [m for m in mentions if self._known(m, unsure)]
        cut: list[tuple[int, int]] = [
            (m.span.start, m.span.end) for m in known if not any(m.words in quote for quote in self._bodies)
        ]
        for role in self._words.role_words.finditer(phrase):
            span = self._role(phrase, role, mentions, before)
            if span:
                cut.append(span)
        for start, end in sorted(set(cut), reverse=True):
            phrase = phrase[:start] + phrase[end:]
        return phrase, mentions or before

    @cached_property
    def _in_text(self) -> set[str]:
        return {mention.name for text in self._texts for mention in self._register.find(text, spoken=False)}

    def _is_party(self, mention: Mention) -> bool:
        """Words such as 政府 in the middle of a sentence are text, unless the duty table has the group."""
        return not mention.is_group or any(duty.party == mention.name for duty in self._duties)

    def _reaches(self, name: str) -> list[Reach]:
        return [r for r in reaches(name, self._duties, self._register) if r.tier is not Tier.POSSIBLE]

    def _known(self, mention: Mention, unsure: bool) -> bool:
        if self._reaches(mention.name) or mention.name in self._in_text:
            return True
        if unsure and reaches(mention.name, self._duties, self._register):
            return True
        self.faults.append(Fault(Rule.ORGANISATION, f"所引条款没有写到“{mention.words}”"))
        return False

    def _role(
        self, phrase: str, role: re.Match[str], mentions: list[Mention], before: list[Mention]
    ) -> tuple[int, int] | None:
        """Check one role word against the parties it is said of; its span where it is a role at all."""
        after = phrase[role.end() :]
        noun = re.match(r"的?(?:责任)?(?:单位|部门)?(?:是|为|包括|有|:)+", after)
        if noun:
            named = [m for m in mentions if m.span.start >= role.end()]
        else:
            named = [m for m in mentions if m.span.end <= role.start()]
        is_claim = _ALWAYS.search(role.group()) or _ENDS.match(after) or noun
        if not named and not mentions and (noun or re.match(r"的?(?:责任)?(?:单位|部门)|$", after)):
            named = before
        if not named or not is_claim:
            return None
        if not noun:
            named = _since_last_role(phrase, role, named, self._words)
        denial = _DENIED.search(phrase[: role.start()])
        for mention in named:
            self._judge(mention, role.group(), denial is not None)
        return (denial.start() if denial else role.start()), role.end()

    def _judge(self, mention: Mention, word: str, denied: bool) -> None:
        allowed = self._words.roles[word]
        held: set[Role] = {reach.duty.role for reach in self._reaches(mention.name)}
        if not held:
            return
        if denied == bool(held & allowed):
            has = "、".join(sorted(role.value for role in held))
            self.faults.append(Fault(Rule.ROLE, f"{mention.name}在所引条款中的角色是{has}，与“{word}”不符"))


def _since_last_role(phrase: str, role: re.Match[str], named: list[Mention], words: Words) -> list[Mention]:
    """The parties between the role word before and this one; all of them where two role words follow one another."""
    earlier = [m.end() for m in words.role_words.finditer(phrase) if m.end() <= role.start()]
    fresh = [m for m in named if not earlier or m.span.start >= earlier[-1]]
    return fresh or named

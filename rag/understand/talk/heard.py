"""What a conversation has come to: the questions read so far, and what the assistant listed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from rag.understand.ask import Intent, Party
from rag.understand.bare import chunks, subject, words_of
from rag.understand.reading import Reading
from rag.understand.references import Reference
from rag.understand.scope import is_greeting

_UNLISTED = re.compile(
    r"^\s*(?:>|依据[：:]|状态[：:]|最接近的|“[^”]*”按|[0-9]+项[：:]\s*点名|时限[：:]|这是筛选|同一项)|不清楚“|责任括号写作|[?？]\s*$"
)
_POSSIBLE = re.compile(r"^#+\s*待确认")
_ASIDE = re.compile(
    r"(?:；|;)?依据[：:].*$|[（(]例如[^）)]*[）)]|[（(][0-9]+项[）)]|(?<![第0-9、,，和及与])[0-9]+项(?=[：:，。（(]|$)|最接近的.*$"
)
_RUN = re.compile(r"第?([0-9]{1,2})((?:[、,，和及与]\s*第?[0-9]{1,2})+)项")
_LEADER = re.compile(
    r"牵头(?:组织开展)?(?:的是|是|的|单位)?[：:]*(?!组织开展)([^，。；;：:（(\n]{3,30})|由([^，。；;：:由\n]{3,28}?)牵头|"
    r"(?:^|[，,。；;：:\s])([^，,。；;：:、由\s]{3,28}?)牵头组织开展"
)
_ARTICLE = re.compile(r"第[0-9一二三四五六七八九十百]+条")
_OF_A_PARTY = (Intent.DUTIES, Intent.COUNT, Intent.IS_NAMED, Intent.COMPARE, Intent.OPEN, Intent.CONTENT, Intent.WHO)

_SUBJECT = 4
"""Characters of a topic from which on a question has a subject besides the article it was asked of."""

Quoted = Callable[[str, tuple[str, ...], str], Iterable[Reference]]
"""(a turn, the documents it may be about, what was asked) → the clauses it speaks of."""


@dataclass(frozen=True, slots=True)
class Context:
    """What was said before.

    ``readings`` are the asker's questions, oldest first; ``listed`` the clauses of the last list the assistant gave, in
    its order, ``sure`` how many of them it did not leave open; ``current`` the clauses of its last turn; ``said`` that
    turn; ``leader`` whom it named as leading. ``passed``: the last question left no trace, nor will its answer.
    ``trail`` are the single clauses that turns were about, oldest first, each where it came last; ``roll`` the last
    list of several, whatever was asked since, ``roll_said`` the turn that gave it.
    """

    readings: tuple[Reading, ...] = ()
    listed: tuple[Reference, ...] = ()
    sure: int = 0
    current: tuple[Reference, ...] = ()
    said: str = ""
    leader: str = ""
    passed: bool = False
    trail: tuple[Reference, ...] = ()
    roll: tuple[Reference, ...] = ()
    roll_said: str = ""

    @property
    def reading(self) -> Reading | None:
        return self.readings[-1] if self.readings else None

    @property
    def empty(self) -> bool:
        return not self.readings and not self.listed

    @property
    def about(self) -> tuple[Reference, ...]:
        """The clauses the last question itself was about."""
        return self._asked

    @property
    def meant(self) -> tuple[Reference, ...]:
        """The same, where another article answered that one."""
        return self.current if len(self._asked) == 1 and self._answered_elsewhere else self._asked

    @property
    def _asked(self) -> tuple[Reference, ...]:
        own = self.reading.references if self.reading else ()
        return tuple(r for r in own if r.kind == "item" or (r.kind == "article" and r.document))

    @property
    def focus(self) -> Reference | None:
        """The one clause the talk is about, if there is one."""
        if len(self.about) == 1 and not self._answered_elsewhere:
            return self.about[0]
        return self.current[0] if self.current else self.listed[0] if self.listed else None

    @property
    def _answered_elsewhere(self) -> bool:
        """Whether another article answered than the one asked about; what punishes a breach of it does not count."""
        asked, told = self.about[0], self.current
        bare = self.reading is None or len(self.reading.topic) < _SUBJECT
        if self.reading is None or (bare and re.search("罚|违反", self.reading.text)):
            return False
        same = len(told) == 1 and told[0].kind == asked.kind == "article" and told[0].document == asked.document
        return same and told[0].number != asked.number

    @property
    def law(self) -> Reference | None:
        """The article the talk is about."""
        focus = self.focus
        return focus if focus is not None and focus.kind == "article" and focus.document else None

    @property
    def in_law(self) -> Reference | None:
        """The same where the asker spoke of a law, not only the answer."""
        return self.law if any(r.kind == "article" for r in self.about) or self._laws else None

    @property
    def _laws(self) -> bool:
        return bool(self.reading and self.reading.documents)

    @property
    def parties(self) -> tuple[Party, ...]:
        """The organisations whose tasks the last question was about, not those of one clause."""
        last = self.reading
        if last is None or last.references or last.intent not in _OF_A_PARTY:
            return ()
        return () if last.intent is Intent.IS_NAMED and self.topics else last.parties

    @property
    def topics(self) -> list[str]:
        """What the last question was about, besides organisations and clauses."""
        return chunks(self._anonymous)

    @property
    def subject(self) -> str:
        """The same as words to put before a question; empty where there are none."""
        terms = self.reading.concepts if self.reading else ()
        return terms[0].name if terms else subject(self._anonymous)

    @property
    def _anonymous(self) -> str:
        text = self.reading.text if self.reading else ""
        for party in self.reading.parties if self.reading else ():
            text = text.replace(party.words, "＿")
        return text

    def asked(self, reading: Reading, *, alone: bool) -> Context:
        """After a question. Chat, orders and what pointed to nothing leave no trace."""
        if reading.lost or reading.scope.outside or is_greeting(reading.text):
            return replace(self, passed=True)
        if reading.intent is Intent.HELP and max(map(len, chunks(reading.text)), default=0) < 4:
            return replace(self, passed=True)
        readings = (*self.readings, reading)[-4:]
        return (
            Context(readings, trail=self.trail, roll=self.roll, roll_said=self.roll_said)
            if alone
            else replace(self, readings=readings, passed=False)
        )

    def heard(
        self,
        text: str,
        find: Callable[[str], Iterable[Reference]],
        quoted: Quoted = lambda text, documents, topic: (),
        plan: str = "",
    ) -> Context:
        """After an assistant's turn. One that names no clause is about the one it quotes (``quoted``); where it quotes
        none either, the list stays as it was. What is called an article of ``plan`` is one of its items."""
        if self.passed:
            return replace(self, passed=False)
        listed, sure = _listed(text, find, self.reading, plan)
        if not listed and not self._pointed and not _UNLISTED.search(text):
            listed = _quoting(text, find, self.reading, quoted)
            sure = len(listed)
        leader = _LEADER.search(text.replace("*", ""))
        context = replace(self, said=text, leader=next((g for g in leader.groups() if g), "") if leader else "")
        if self._of_something_else(listed):
            context = context._alone()
        elif self.about and all(r.kind == "item" for r in self.about):
            listed, sure = self.about, len(self.about)
        if not listed:
            return context
        if len(listed) == 1:
            key = (listed[0].document, listed[0].number)
            trail = [r for r in self.trail if (r.document, r.number) != key]
            context = replace(context, trail=(*trail, listed[0]))
        if len(listed) > 1:
            context = replace(context, roll=listed, roll_said=text)
        if len(listed) == 1 and len(self.listed) > 1:
            return replace(context, current=listed)
        return replace(context, listed=listed, sure=sure, current=listed)

    @property
    def _pointed(self) -> bool:
        """Whether the last question is known to be about certain clauses: it names them, or adds nothing to a list."""
        last = self.reading
        return bool(self.about) and (last is None or last.pointed or not words_of(last.words))

    def _of_something_else(self, told: tuple[Reference, ...]) -> bool:
        """Whether the last question, taken for one of an item talked about, was answered from quite other clauses."""
        last = self.reading
        if last is None or not told or not self._asked or last.pointed or last.words == last.text:
            return False
        if last.intent in (Intent.BASIS, Intent.IS_NAMED, Intent.WHO) or not words_of(last.words):
            return False
        answered = {(r.document, r.number) for r in told}
        of_items = all(r.kind == "item" for r in self._asked)
        return of_items and not any((r.document, r.number) in answered for r in self._asked)

    def _alone(self) -> Context:
        """The same where the last question stands by its own words."""
        last = replace(self.readings[-1], text=self.readings[-1].words, references=())
        return replace(self, readings=(*self.readings[:-1], last))


def _listed(
    text: str, find: Callable[[str], Iterable[Reference]], reading: Reading | None, plan: str
) -> tuple[tuple[Reference, ...], int]:
    """The clauses a turn lists and how many stand before what it leaves open.

    Items of the plan, where the answer is about the plan; else articles. Quotations, legal bases, counts (2项), states
    and refusals list nothing.
    """
    found: list[Reference] = []
    sure: int | None = None
    for line in text.split("\n"):
        if _POSSIBLE.match(line) and sure is None:
            sure = len(found)
        if _UNLISTED.search(line):
            continue
        found += find(_RUN.sub(_each, _ASIDE.sub("", line)))
    plans = {r.document for r in found if r.kind == "item"}
    titled = [r.document for r in find(text) if r.kind == "article" and r.document]
    asked = [id for id in reversed(reading.documents if reading else ()) if id not in plans]
    law = next(iter((*titled, *asked)), None)
    found = [replace(r, document=law) if r.kind == "article" and r.document is None else r for r in found]
    found = [replace(r, kind="item") if r.kind == "article" and r.document == plan else r for r in found]
    named = [
        r for r in found if (r.kind == "item" and r.words.startswith("第")) or (r.kind == "article" and r.document)
    ]
    of_plan = bool(named) and (named[0].kind == "item" or (reading is not None and reading.intent is Intent.DUTIES))
    kind = "item" if of_plan and any(r.kind == "item" for r in named) else "article"
    unique: dict[tuple[str | None, str], Reference] = {}
    for reference in named:
        if reference.kind == kind:
            unique.setdefault((reference.document, reference.number), reference)
    certain = {(r.document, r.number) for r in (found if sure is None else found[:sure])}
    return tuple(unique.values()), sum(key in certain for key in unique)


def _quoting(
    text: str,
    find: Callable[[str], Iterable[Reference]],
    reading: Reading | None,
    quoted: Quoted,
) -> tuple[Reference, ...]:
    """The clauses that ``text`` speaks of without naming them so that they are found."""
    named = tuple(r.document for r in find(text) if r.document) or (reading.documents if reading else ())
    assigns = reading is not None and reading.intent is Intent.WHO and not named
    told = tuple(quoted(text, named, reading.topic if reading and assigns else ""))
    if told or reading is None or not _ARTICLE.search(text):
        return told
    return tuple(quoted(f"{reading.words}。{text}", named, ""))


def _each(match: re.Match[str]) -> str:
    """第20、29项 → 第20项、第29项."""
    numbers = re.findall(r"[0-9]{1,2}", match.group())
    return "、".join(f"第{number}项" for number in numbers)

"""Which document and which clause every citation of a draft means. What could be two things resolves to none."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from index.model import Span
from rag.proof.model import Draft
from rag.proof.pointers import Chain, Pointer, Step, find_chains
from rag.proof.shelf import Held, Named, Shelf
from rag.proof.titles import Title, TitleFinder, unknown_before
from rag.proof.tokens import Line, lines, sentences

_TIE = re.compile(r"(?:中的?|里的?|的|之)?(?:第[一二三四五六七八九十]+部分(?:中的?|的)?)?")
_BETWEEN_NAMES = re.compile(r"(?:、|,|和|与|及|以及|或)?")
_OWN_ARTICLE = re.compile(
    r"[\s　#*]*第[零〇一二三四五六七八九十百千0-9０-９]+条(?:之[一二三四五六七八九十]+)?(?:[\s　：:]|\*\*)"
)
_OWN_FIRST = re.compile(r"[\s　#*]*第[一1１]条(?:[\s　：:]|\*\*)")
_HEADING = re.compile(r"第[零〇一二三四五六七八九十百千0-9]+[编章节]")
_NOT_SAID = "没有写明是哪份文件的条款"


@dataclass(frozen=True, slots=True)
class Cited:
    """One citation. ``named`` is ``None`` where it resolves to nothing, and ``why`` says so.

    ``steps`` run from wide to narrow and are empty for a document cited as a whole. ``inherited``: the document was
    taken from a paragraph above. ``chain`` numbers what hangs together (第四条、第五条). ``sentence`` counts sentences.
    """

    span: Span
    named: Named | None
    steps: tuple[Step, ...]
    chain: int
    sentence: int
    paragraph: int
    title: Title | None = None
    why: str = ""
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class _Mention:
    named: Named
    group: int
    sentence: int
    line: int
    start: int
    end: int
    tied: bool


@dataclass
class Resolver:
    """Goes through a draft once.

    ``skipped`` ranges (quotations proved to be the source's words), in order and apart from one another, cite nothing.
    """

    draft: Draft
    shelf: Shelf
    skipped: Sequence[Span] = ()
    own: int = 0
    cited: list[Cited] = field(default_factory=list)
    _mentions: list[_Mention] = field(default_factory=list)
    _chains: int = 0
    _plans: list[Named] = field(default_factory=list)

    def run(self) -> list[Cited]:
        """Every citation in reading order."""
        read = lines(self.draft)
        self._starts = [sentence.start for sentence in sentences(self.draft)]
        self._own_articles = any(_OWN_FIRST.match(self.draft.text, p.span.start) for p in self.draft.paragraphs)
        titles = TitleFinder(self.shelf).find(read)
        kept = {line.number: [t for t in titles[line.number] if not self._skips(line, t.start, t.end)] for line in read}
        named = [t.named for of_line in kept.values() for t in of_line if t.named and not t.weak]
        self._plans = list(dict.fromkeys(one for one in named if _is_plan(one, self.shelf)))
        for line in read:
            self._line(line, kept[line.number])
        return self.cited

    def _skips(self, line: Line, start: int, end: int) -> bool:
        span = line.span(start, end)
        place = bisect_right(self.skipped, span.start, key=lambda skipped: skipped.start) - 1
        return place >= 0 and span in self.skipped[place]

    def _line(self, line: Line, titles: list[Title]) -> None:
        begins = {at for title in titles for at in {title.end, _TIE.match(line.text, title.end).end()}}  # type: ignore[union-attr]
        blocked = [(title.start, title.end) for title in titles]
        raw = line.paragraph.span.of(self.draft.text)
        if own := self._own_articles and _OWN_ARTICLE.match(raw):
            blocked.append((0, line.text.index("条") + 1))
            self.own += bool(own)
        elif heading := _HEADING.match(line.text):
            blocked.append(heading.span())
        chains = [c for c in find_chains(line.text, begins, blocked) if not self._skips(line, c.start, c.end)]
        events: list[Title | Chain] = sorted([*titles, *chains], key=lambda event: event.start)
        for place, event in enumerate(events):
            after = events[place + 1] if place + 1 < len(events) else None
            before = events[place - 1] if place else None
            if isinstance(event, Title):
                tied = isinstance(after, Chain) and _tied(line.text, event.end, after.start)
                self._title(line, event, tied)
            else:
                tied_to = before if isinstance(before, Title) and _tied(line.text, before.end, event.start) else None
                self._chain(line, event, tied_to or self._unknown(line, event, before.end if before else 0))

    def _title(self, line: Line, title: Title, tied: bool) -> None:
        if title.named is None or (title.weak and not (tied or title.year or title.number)):
            return
        whole = not tied and (title.bracketed or bool(title.year or title.number))
        if whole:
            self._chains += 1
            self._add(line, title.start, title.end, title.named, (), title)
        self._mention(line, title.start, title.end, title.named, tied)

    def _mention(self, line: Line, start: int, end: int, named: Named, tied: bool) -> None:
        sentence = self._sentence(line, start)
        self._mentions.append(_Mention(named, line.paragraph.group, sentence, line.number, start, end, tied))

    def _unknown(self, line: Line, chain: Chain, since: int) -> Title | None:
        title = unknown_before(line, chain.start, since) if chain.pointers[0].unit == "条" else None
        if title and title.named and not chain.pointers[0].relative:
            self._mention(line, title.start, title.end, title.named, True)
            return title
        return None

    def _chain(self, line: Line, chain: Chain, title: Title | None) -> None:
        self._chains += 1
        if title is not None and (title.own or (title.which == "本" and self._own_articles)):
            self.own += len(chain.pointers)
            return
        named, why, inherited = self._document(line, chain, title)
        for place, pointer in enumerate(chain.pointers):
            start = title.start if title and place == 0 else pointer.start
            last = self._last(line)
            if pointer.broken:
                self._add(line, start, pointer.end, None, pointer.steps, title, "条款编号无法识别")
            elif pointer.relative:
                self._relative(line, pointer, title, start, last)
            elif title is None and pointer.unit in ("款", "目", "句"):
                self._below(line, pointer, start, last)
            elif named is None and pointer.unit in ("编", "章", "节"):
                continue
            elif self._of_article(pointer, title, last, line):
                self._below(line, pointer, start, last)
            else:
                self._add(line, start, pointer.end, named, pointer.steps, title, why, inherited)

    def _of_article(self, pointer: Pointer, title: Title | None, last: Cited | None, line: Line) -> bool:
        """Whether a bare 第五项 is one of the article just cited in the same sentence, not an item of a plan."""
        if title is not None or pointer.unit != "项" or last is None or last.steps[0].unit != "条":
            return False
        sentence = self._sentence(line, pointer.start)
        since = [m for m in self._mentions if m.sentence == sentence and _is_plan(m.named, self.shelf)]
        return last.sentence == sentence and not since

    def _document(self, line: Line, chain: Chain, title: Title | None) -> tuple[Named | None, str, bool]:
        """The document, or why there is none, and whether it was named in an earlier paragraph only."""
        if title is not None:
            return self._antecedent(line, title) if title.which else (title.named, "", False)
        if chain.pointers[0].unit == "项":
            return self._plan(line, chain.start)
        here = self._before(line, chain.start)
        sentence = self._sentence(line, chain.start)
        near = [m for m in here if m.sentence == sentence]
        if near:
            return self._nearest(near)
        if here:
            return _only((m.named for m in here), False, "本段提到了不止一份文件，无法确定是哪一份的条款")
        above = [m for m in self._mentions if m.group != line.paragraph.group]
        named = [m.named for m in above if m.group == above[-1].group] if above else []
        return _only(named, True, "上文提到了不止一份文件，无法确定是哪一份的条款" if named else _NOT_SAID)

    def _nearest(self, near: list[_Mention]) -> tuple[Named | None, str, bool]:
        """The last one named, unless it was named in one breath with another."""
        last = near[-1]
        for other in near[:-1]:
            text = self._texts(last.line)[other.end : last.start] if other.line == last.line else ""
            if not last.tied and not other.tied and other.named != last.named and _BETWEEN_NAMES.fullmatch(text):
                return None, f"前面并列了《{other.named.name}》和《{last.named.name}》，无法确定是哪一份", False
        return last.named, "", False

    def _texts(self, number: int) -> str:
        return lines(Draft(self.draft.text, (self.draft.paragraphs[number],)))[0].text

    def _plan(self, line: Line, start: int) -> tuple[Named | None, str, bool]:
        here = self._before(line, start)
        sentence = self._sentence(line, start)
        near = [m for m in here if m.sentence == sentence]
        if near and (near[-1].named.id is None or _is_plan(near[-1].named, self.shelf)):
            return near[-1].named, "", False
        plans = {m.named for m in here if _is_plan(m.named, self.shelf)}
        found = list(plans) or self._plans
        return _only(found, not plans, "提到了不止一份工作要点，无法确定是哪一份" if found else _NOT_SAID)

    def _antecedent(self, line: Line, title: Title) -> tuple[Named | None, str, bool]:
        """What 同法, 该规定 stands for: the nearest document of that kind in this paragraph, or the only one above."""
        fits = [m for m in self._mentions if _is_kind(m.named, title.kind, self.shelf)]
        here = [m for m in fits if m.group == line.paragraph.group]
        if here:
            return self._nearest(here)
        named = [m.named for m in fits if m.group == fits[-1].group] if fits else []
        return _only(named, True, f"不清楚“{title.words}”指哪一份文件")

    def _before(self, line: Line, start: int) -> list[_Mention]:
        """What was named before in the same paragraph or table row, in order."""
        group = line.paragraph.group
        here = takewhile(lambda mention: mention.group == group, reversed(self._mentions))
        return [m for m in here if m.line < line.number or m.end <= start][::-1]

    def _last(self, line: Line) -> Cited | None:
        """The clause cited last in the same paragraph or table row."""
        for one in reversed(self.cited):
            if self.draft.paragraphs[one.paragraph].group != line.paragraph.group:
                return None
            if one.steps and one.named:
                return one
        return None

    def _below(self, line: Line, pointer: Pointer, start: int, last: Cited | None) -> None:
        """A bare 第二款: of the article cited before it."""
        if last is None or last.steps[-1].last:
            self._add(line, start, pointer.end, None, pointer.steps, None, f"没有写明是哪一条的“{pointer.unit}”")
            return
        order = "编章节条款项目句"
        kept = [s for s in last.steps if order.index(s.unit) < order.index(pointer.unit) or s is last.steps[0]]
        self._add(line, start, pointer.end, last.named, (*kept, *pointer.steps), None)

    def _relative(self, line: Line, pointer: Pointer, title: Title | None, start: int, last: Cited | None) -> None:
        """本条, 前款, 同条第三款: from the clause cited last."""
        unit = pointer.unit
        known = {step.unit: step for step in last.steps} if last else {}
        if last is None or last.named is None or unit not in known or known[unit].last:
            if not self._own_articles and (pointer.relative in "前上同" or len(pointer.steps) > 1):
                self._add(line, start, pointer.end, None, (), title, "前面没有可以对应的条款")
            return
        step = known[unit]
        if pointer.relative in "前上":
            number = self._one_before(last.named, unit, step.first)
            if number is None:
                self._add(line, start, pointer.end, None, (), title, f"前面已没有“{unit}”")
                return
            step = Step(unit, number)
        wider = last.steps[: last.steps.index(known[unit])]
        self._add(line, start, pointer.end, last.named, (*wider, step, *pointer.steps[1:]), title)

    def _one_before(self, named: Named, unit: str, number: str) -> str | None:
        if unit == "条":
            held = self.shelf.held(named)
            tops = held.tops if held else []
            place = tops.index(number) if number in tops else 0
            return tops[place - 1] if place else None
        return str(int(number) - 1) if number.isdigit() and int(number) > 1 else None

    def _add(
        self, line: Line, start: int, end: int, named: Named | None, steps: tuple[Step, ...],
        title: Title | None, why: str = "", inherited: bool = False,
    ) -> None:  # fmt: skip
        sentence = self._sentence(line, start)
        self.cited.append(
            Cited(line.span(start, end), named, steps, self._chains, sentence, line.number, title, why, inherited)
        )

    def _sentence(self, line: Line, at: int) -> int:
        start = line.span(at, min(at + 1, len(line.text))).start
        return bisect_right(self._starts, start) - 1


def _only(named: Iterable[Named], inherited: bool, why: str) -> tuple[Named | None, str, bool]:
    found = list(dict.fromkeys(named))
    return (found[0], "", inherited) if len(found) == 1 else (None, why, False)


def _tied(text: str, end: int, start: int) -> bool:
    return _TIE.fullmatch(text, end, start) is not None


def _is_plan(named: Named, shelf: Shelf) -> bool:
    """A document made of numbered items: a work plan, or an unknown paper that is called like one."""
    if named.id is not None:
        return named.id in shelf.library.plans
    return named.name.endswith(("要点", "方案", "计划", "清单"))


def _is_kind(named: Named, kind: str, shelf: Shelf) -> bool:
    if kind in ("文件", "通知"):
        return named.id is None or named.id in shelf.library.plans
    if kind == "法":
        return named.name.endswith(("法", "法典"))
    return named.name.endswith(kind)


def article_steps(steps: Sequence[Step], held: Held) -> tuple[Step | None, int | None, int | None, int | None]:
    """(article or item, 款, 项, 句) of steps. In a plan the first 条 or 项 is the item."""
    top = paragraph = subitem = sentence = None
    for step in steps:
        if step.unit == "条" or (step.unit == "项" and held.is_plan and top is None):
            top = step
        elif step.unit == "款":
            paragraph = int(step.first)
        elif step.unit == "项":
            subitem = int(step.first)
        elif step.unit == "句":
            sentence = int(step.first)
    return top, paragraph, subitem, sentence

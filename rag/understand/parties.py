"""Which organisations a question means: registered names and aliases, county bureaus, old names, slips of the pen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import ne

from index.clean import clean, fold
from index.model import Span
from index.organisations import Mention, Register
from rag.understand.ask import Party, UnknownParty
from rag.understand.script import sound

_SELF = re.compile(
    r"(?:我们?|咱们?|本|俺们?|吾)(?:的)?(?:这个|这)?(?:局|单位|部门|委|办|处|支队|中心|科室|机关|区|县|市|"
    r"管委会|专委会)(?!长|委会|面)|(?:我们|咱们)(?=要|该|应|得|有|需|负责|牵头|的任务|的职责|被|具体|今年|"
    r"在|都|本(?=季|月|年)|这(?=季|个季|月|个月)|这边|了吗|了没|吗|没有|做(?![^，。？?]{1,8}的(?:，|没|有|要不|该|算))|干|怎么|是(?!做|搞|开|干|一家|个|家)|能|可以|$|[?？。])"
)
_COMMITTEES = ("专委会", "安委会", "专委会办公室", "专委办")
_ALL_COMMITTEES = "各安全生产委员会"
_LOOKS_LIKE = re.compile(
    r"[\u4e00-\u9fff]{2,9}?(?:局(?!长|面|部)|专业?委员会|安委会|专委会|管委会|支队)|"
    r"[\u4e00-\u9fff]{3,9}?(?:公司|集团|车站|学院|大学|医院|银行)|"
    r"市[\u4e00-\u9fff]{1,6}?(?:委(?![员托会])|办(?![法理公])|中心|政府)"
)
_NO_NAME = re.compile(
    r"^(?:请问|问下|问一下|那|那么|还有|和|与|或|是|在|有|到底|究竟|关于|对|由|让|被|给|向|我|你|他|她|它|"
    r"们|的|这|哪个|哪些|什么|各|其他|其它|如果|比如|今年|要|就|咱|俺)+"
)
_GENERIC = re.compile(
    r"^(?:市|县|区|省)?(?:有关|相关|主管|监管|职能|哪个|什么|各级|地方|上级|人民|市|县|区|省|镇|乡)*(?:局|"
    r"委|办|政府|支队|委员会)$"
)

_NAME_CHARACTERS = re.compile(r"[\u4e00-\u9fff、()]{3,}")


@dataclass(frozen=True, slots=True)
class Found:
    """Parties in reading order (no repeats), unknown ones, and whether the asker's own department is meant."""

    parties: tuple[Party, ...]
    unknown: tuple[UnknownParty, ...] = ()
    own: bool = False
    spans: tuple[Span, ...] = field(default=())


def _is_person(text: str, mention: Mention) -> bool:
    """组织部长 and 政法委书记 are members of the party committee, of whom the 规定 speaks, not their departments."""
    return mention.words.endswith(("部", "政法委")) and text.startswith(("长", "书记"), mention.span.end)


class PartyFinder:
    """Finds parties in questions. Built once; thread-safe."""

    def __init__(self, register: Register, outside: tuple[str, ...] = ()) -> None:
        self.register = register
        self._outside = outside

    @cached_property
    def _county_bureaus(self) -> re.Pattern[str]:
        stems = sorted(self._counties, key=len, reverse=True)
        suffixes = sorted({b.suffix for b in self.register.county_bureaus}, key=len, reverse=True)
        return re.compile(f"({'|'.join(map(re.escape, stems))})的?({'|'.join(map(re.escape, suffixes))})")

    @cached_property
    def _counties(self) -> dict[str, str]:
        """袁州区, 袁州 and the like → canonical government. Bare stems count only before a bureau's suffix."""
        names: dict[str, str] = {}
        for one in self.register.organisations:
            if one.level in ("county", "zone"):
                place = re.sub(r"(?:人民)?政府$|管委会$", "", one.name)
                names[place] = one.name
                if len(place) == 3 and place[-1] in "区县市":
                    names[place[:-1]] = one.name
        return names

    @cached_property
    def _counterparts(self) -> dict[str, str]:
        return {bureau.suffix: bureau.counterpart for bureau in self.register.county_bureaus}

    def find(self, text: str) -> Found:
        """Read ``text`` (already simplified Chinese)."""
        taken: list[tuple[Span, Party]] = [*self._bureaus(text), *self._bare_counties(text)]
        for mention in self.register.find(text):
            if self._foreign(text, mention.span) or _within(mention.span, taken) or _is_person(text, mention):
                continue
            taken.append(self._committee(text, mention) or (mention.span, _party(mention)))
        taken.sort(key=lambda pair: pair[0].start)
        parties = {party.name + (party.counterpart or ""): party for _, party in taken}
        spans = [span for span, _ in taken]
        selves = [Span(*match.span()) for match in _SELF.finditer(blank(text, spans))]
        spans += selves
        unknown: list[UnknownParty] = []
        if not any(not party.is_group for party in parties.values()):
            for span, guess in self._guesses(blank(text, spans)):
                if isinstance(guess, UnknownParty):
                    unknown.append(guess)
                else:
                    parties.setdefault(guess.name, guess)
                spans.append(span)
        return Found(tuple(parties.values()), tuple(unknown), bool(selves), tuple(spans))

    def _committee(self, text: str, mention: Mention) -> tuple[Span, Party] | None:
        """城运专委会: characters before the general word that stand, in order, in one committee's name."""
        group = self.register.group_by_name.get(mention.name)
        if group is None or not mention.words.endswith(_COMMITTEES):
            return None
        members = group.members or self.register.group_by_name[_ALL_COMMITTEES].members
        before = re.search(r"[\u4e00-\u9fff]{2,4}$", text[: mention.span.start])
        for size in range(len(before.group()) if before else 0, 1, -1):
            said = before.group()[-size:] if before else ""
            found = [name for name in members if _in_order(said, name.removeprefix("市安委会"))]
            if len(found) == 1:
                span = Span(mention.span.start - size, mention.span.end)
                return span, Party(found[0], said + mention.words)
        return None

    def _bureaus(self, text: str) -> Iterator[tuple[Span, Party]]:
        for match in self._county_bureaus.finditer(text):
            county = self._counties[match.group(1)]
            if self.register.canonical(match.group()) is None:
                party = Party(county, match.group(), counterpart=self._counterparts[match.group(2)])
                yield Span(*match.span()), party

    @cached_property
    def _bare_county(self) -> re.Pattern[str]:
        stems = "|".join(re.escape(stem) for stem in sorted(self._counties, key=len, reverse=True) if len(stem) == 2)
        return re.compile(
            rf"(?:^|(?<=[那成看、和跟问，比们]))({stems})(?=的|呢|要|有|负责|该|应|得|需|作为|今年|和|跟|、|这边|那边|$|[?？])"
        )

    def _bare_counties(self, text: str) -> Iterator[tuple[Span, Party]]:
        """高安呢, 丰城和樟树: a county's bare name where it can be nothing else."""
        for match in self._bare_county.finditer(text):
            if self.register.canonical(match.group(1)) is None:
                yield Span(*match.span(1)), Party(self._counties[match.group(1)], match.group(1))

    @cached_property
    def _places(self) -> tuple[str, ...]:
        return tuple(form for place in self._outside for form in (place, place + "市", place + "省"))

    def _foreign(self, text: str, span: Span) -> bool:
        """Whether another place's name stands right before (南昌 + 市住建局, 省 + 应急管理厅)."""
        return text[max(0, span.start - 12) : span.start].endswith(self._places)

    def _guesses(self, text: str) -> Iterator[tuple[Span, Party | UnknownParty]]:
        slip = self._slip(text)
        if slip:
            yield slip
            return
        for match in _LOOKS_LIKE.finditer(text):
            words = _NO_NAME.sub("", match.group())
            if (
                len(words) < 3
                or _GENERIC.match(words)
                or words.startswith(self._outside)
                or re.search(r"[哪谁啥几]|什么", words)
                or self._foreign(text, Span(match.end() - len(words), match.end()))
            ):
                continue
            yield Span(match.end() - len(words), match.end()), UnknownParty(words, self.nearest(words))

    def _slip(self, text: str) -> tuple[Span, Party] | None:
        """A registered form with one character wrong, or with other characters of the same sound."""
        cleaned = clean(text)
        runs = [match.span() for match in _NAME_CHARACTERS.finditer(cleaned.text)]
        for size in range(min(14, len(cleaned.text)), 2, -1):
            for at in (at for start, end in runs for at in range(start, end - size + 1)):
                window = cleaned.text[at : at + size]
                name = None if window in self._forms else self._one_wrong(window) or self._same_sound(window)
                if name and not self._foreign(text, span := cleaned.original(at, at + size)):
                    return span, Party(name, window, is_group=self.register.knows_group(name), guessed=True)
        return None

    def _one_wrong(self, window: str) -> str | None:
        if len(window) < 5:
            return None
        alike = [form for half in _halves(window) for form in self._by_half.get(half, ())]
        names = {self._forms[form] for form in alike if sum(map(ne, form, window)) == 1}
        return names.pop() if len(names) == 1 else None

    def _same_sound(self, window: str) -> str | None:
        if window[-1] not in "局委办会队府段心部区县":
            return None
        names = self._sounds.get(sound(window), set())
        return next(iter(names)) if len(names) == 1 else None

    @cached_property
    def _forms(self) -> dict[str, str]:
        return {f: name for f, name in self.register.spoken_forms.items() if not self.register.knows_group(name)}

    @cached_property
    def _by_half(self) -> dict[tuple[str, int], list[str]]:
        """Forms by either half: where one character is wrong, the other half is right."""
        table: dict[tuple[str, int], list[str]] = {}
        for form in self._forms:
            # A wrong character in a name of four makes another body (宜春学院, 宜春法院): only longer ones are safe.
            if len(form) >= 5:
                for half in _halves(form):
                    table.setdefault(half, []).append(form)
        return table

    @cached_property
    def _sounds(self) -> dict[tuple[str, ...], set[str]]:
        table: dict[tuple[str, ...], set[str]] = {}
        for form, name in self._forms.items():
            if len(form) >= 3:
                table.setdefault(sound(form), set()).add(name)
        return table

    def nearest(self, words: str, count: int = 3) -> tuple[str, ...]:
        """Canonical names most like ``words``, best first; empty where nothing is close."""
        from rapidfuzz import fuzz, process

        hits = process.extract(fold(words), list(self._forms), scorer=fuzz.ratio, limit=12, score_cutoff=50)
        return tuple(dict.fromkeys(self._forms[form] for form, _, _ in hits))[:count]


def _halves(form: str) -> tuple[tuple[str, int], tuple[str, int]]:
    """Both halves, each with a number that tells which half of a form of which length it is."""
    middle = len(form) // 2
    return (form[:middle], len(form)), (form[middle:], -len(form))


def _in_order(said: str, name: str) -> bool:
    """Whether the characters of ``said`` stand in ``name`` in this order."""
    rest = iter(name)
    return all(char in rest for char in said)


def _party(mention: Mention) -> Party:
    return Party(mention.name, mention.words, mention.is_group, mention.predecessor)


def _within(span: Span, taken: list[tuple[Span, Party]]) -> bool:
    return any(span.start < other.end and other.start < span.end for other, _ in taken)


def blank(text: str, spans: Sequence[Span]) -> str:
    """``text`` with the given spans blanked out, offsets kept."""
    chars = list(text)
    for span in spans:
        chars[span.start : span.end] = "＿" * (span.end - span.start)
    return "".join(chars)

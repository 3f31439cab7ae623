"""Where a draft names a document: 《…》, bare titles, 同法 and 该规定, 文号, and what stands in brackets behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from index.clean import HAN
from rag.proof.shelf import NATION, Named, Shelf
from rag.proof.tokens import Line

_KINDS = "法典|法|条例|规定|办法|细则|要点|通知|文件|方案|意见|制度|决定|规程|标准|清单|预案|规则|准则|导则"
_OWN = "办法|细则|方案|通知|意见|制度|规程|标准|清单|预案|规则|准则|导则|规定|条例|文件|决定"
_ANAPHOR = re.compile(
    rf"(?<!不)(?P<which>同一?|该|本|上述|前述)(?:部|份|项)?(?P<kind>{_KINDS})(?![律院人庭定官规学治案]|化|律法)"
)
_NUMBER = re.compile(rf"(?P<office>[{HAN}]{{2,10}})\((?P<year>(?:19|20)\d\d)\)第?(?P<n>\d{{1,4}})号")
_REVISION = re.compile(
    r"(?P<year>(?:19|20)\d\d)年?(?:\d{1,2}月(?:\d{1,2}日)?)?(?:第[一二三四五]次)?"
    r"(?:修正本?|修订本?|修改本?|修|版|文本|新修[订正]|公布|通过)?"
)
_REVISED_BEFORE = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?:年(?:\d{1,2}月(?:\d{1,2}日)?)?(?:新?修[正订改]|公布|通过|版)|版)后?的?$"
)
_REVISED_BEHIND = re.compile(r"(?P<year>(?:19|20)\d\d)年?(?:版|修正本?|修订本?|文本)")
_AMENDED = re.compile(r"(?P<year>(?:19|20)\d\d)年[^)]{0,20}?修[正订改]")
_ENACTED = re.compile(r"令|第\d+号|修[正订改]|公布|通过|施行")
_CALLED = re.compile(r"(?:以下|下)(?:简|统)?称[为:]*(?P<names>[^)]{1,40})")
_ISSUING = re.compile(r"(?:印发|转发|发布)《?(?P<title>.+?)》?的通知$")
_GOES_ON = re.compile(r"(?:实施)?(?:条例|细则|办法|解释|实施意见|修正案)")
_UNKNOWN = re.compile(
    rf"(?P<name>[{HAN}()]{{2,40}}(?:条例|规定|办法|细则|规程|规则|准则|导则|法典|法|意见|通知|方案|标准))$"
)
_LEAD = re.compile(r"^.*(?:根据|依据|按照|依照|遵照|违反|执行|落实|贯彻|符合|参照|适用|对照|涉及|以及|见|按)")
_LONGEST_ASIDE = 60
_NOT_A_TITLE = ("依法", "方法", "无法", "违法", "执法", "司法", "合法", "非法", "立法", "守法", "普法", "做法", "说法")


@dataclass(frozen=True, slots=True)
class Title:
    """A document named at ``start``-``end`` of line ``line`` (what is in brackets behind it included).

    ``which`` is ``""`` for a name, else the pronoun (同, 该, 本, 上述), with ``kind`` the noun it goes with; ``own`` is
    the draft itself (本办法). ``weak``: a name that counts only right before a clause number. ``year`` is that of the
    version named, ``number`` the 文号 given.
    """

    line: int
    start: int
    end: int
    named: Named | None
    words: str
    bracketed: bool = False
    weak: bool = False
    which: str = ""
    kind: str = ""
    own: bool = False
    year: str = ""
    number: str = ""


class TitleFinder:
    """Titles of a whole draft. Names that the draft itself introduces (以下简称“…”) are understood everywhere."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._own_names: dict[str, Named] = {}
        self._numbers = shelf.numbers()
        self._by_first: dict[str, list[str]] = {}

    def find(self, lines: list[Line]) -> dict[int, list[Title]]:
        """Titles by line number, in order, not overlapping."""
        found = {line.number: list(self._bracketed(line)) for line in lines}
        self._by_first = {}
        names = {*self._shelf.names, *self._shelf.outside, *self._own_names}
        for name in sorted(names, key=len, reverse=True):
            self._by_first.setdefault(name[0], []).append(name)
        for line in lines:
            titles = found[line.number]
            for more in (self._bare(line, titles), self._anaphors(line), self._alone(line)):
                titles += [one for one in list(more) if not _overlaps(one, titles)]
            titles.sort(key=lambda title: title.start)
        return found

    def _bracketed(self, line: Line) -> Iterator[Title]:
        at = 0
        while (start := line.text.find("《", at)) >= 0:
            end = _closing(line.text, start)
            if end is None:
                return
            inner = line.text[start + 1 : end - 1]
            at = end
            if inner.strip() and len(inner) <= 120:
                title = self._with_brackets(line, self._title_of(line, start, end, inner))
                at = title.end
                yield title

    def _title_of(self, line: Line, start: int, end: int, inner: str) -> Title:
        year = ""
        revised = re.search(r"\(([^()]*)\)$", inner)
        if revised and (match := _REVISION.fullmatch(revised[1])):
            inner, year = inner[: revised.start()], match["year"]
        named = self._lookup(inner) or Named(inner.replace("《", "〈").replace("》", "〉"))
        return Title(line.number, start, end, named, line.text[start:end], bracketed=True, year=year)

    def _lookup(self, title: str) -> Named | None:
        named = self._own_names.get(title) or self._shelf.named(title)
        if named is None and (issued := _ISSUING.search(title)):
            named = self._shelf.named(issued["title"].strip("《》"))
        return named

    def _with_brackets(self, line: Line, title: Title) -> Title:
        """Version, 文号 and short name, which may stand in brackets behind a title; the version also before it."""
        if before := _REVISED_BEFORE.search(line.text[max(0, title.start - 24) : title.start]):
            title = replace(title, year=title.year or before["year"])
        while line.text[title.end : title.end + 1] == "(":
            end = _closing(line.text, title.end, "(", ")")
            inside = line.text[title.end + 1 : end - 1] if end else ""
            taken = self._taken(title, inside)
            if end is None or taken is None:
                break
            title = replace(taken, end=end)
        if revised := _REVISED_BEHIND.match(line.text, title.end):
            title = replace(title, year=title.year or revised["year"], end=revised.end())
        if number := _NUMBER.match(line.text, title.end):
            title = replace(title, number=number.group(), end=number.end())
        return title

    def _taken(self, title: Title, inside: str) -> Title | None:
        """``title`` with what a bracket behind it says; ``None`` where the bracket is about something else."""
        if match := _REVISION.fullmatch(inside):
            return replace(title, year=match["year"])
        number, called = _NUMBER.search(inside), _CALLED.search(inside)
        if called and title.named:
            for name in re.split(r'["《》、或]+', called["names"]):
                if len(name) > 1:
                    self._own_names[name] = title.named
        if number:
            return replace(title, number=number.group())
        if amended := _AMENDED.findall(inside):
            return replace(title, year=title.year or amended[-1])
        return title if called or (_ENACTED.search(inside) and len(inside) <= _LONGEST_ASIDE) else None

    def _bare(self, line: Line, taken: list[Title]) -> Iterator[Title]:
        at = 0
        text = line.text
        ends = {title.start: title.end for title in taken}
        while at < len(text):
            if at in ends:
                at = ends[at]
                continue
            start = at + len(NATION) if text.startswith(NATION, at) else at
            name = next((n for n in self._by_first.get(text[start : start + 1], ()) if text.startswith(n, start)), None)
            if name is None or (name in self._shelf.outside and len(name) < 3 and text[at - 1 : at].isalnum()):
                at += 1
                continue
            title = self._with_brackets(line, self._named_bare(line, at, start + len(name), name))
            yield title
            at = title.end

    def _named_bare(self, line: Line, start: int, end: int, name: str) -> Title:
        """The title that begins so; 道路交通安全法实施条例 is not 道路交通安全法."""
        if more := _GOES_ON.match(line.text, end):
            name += more.group()
            return Title(line.number, start, more.end(), self._lookup(name) or Named(name), name)
        named = self._lookup(name)
        weak = name not in self._own_names and self._shelf.is_alias(name) and len(name) < 4
        return Title(line.number, start, end, named, line.text[start:end], weak=weak)

    def _anaphors(self, line: Line) -> Iterator[Title]:
        for match in _ANAPHOR.finditer(line.text):
            own = match["which"] == "本" and re.fullmatch(_OWN, match["kind"]) is not None
            yield Title(
                line.number, match.start(), match.end(), None, match.group(),
                weak=True, which=match["which"], kind=match["kind"], own=own,
            )  # fmt: skip

    def _alone(self, line: Line) -> Iterator[Title]:
        """A 文号 without a title."""
        for match in _NUMBER.finditer(line.text):
            number = match.group().replace("第", "")
            known = next((known for known in self._numbers if number.endswith(known)), None)
            if known is not None:
                yield Title(
                    line.number, match.end() - len(known) - (match.group() != number), match.end(),
                    self._numbers[known], known, number=known,
                )  # fmt: skip
                continue
            words = _LEAD.sub("", match["office"]) or match["office"]
            start = match.start() + len(match["office"]) - len(words)
            written = line.text[start : match.end()]
            yield Title(line.number, start, match.end(), Named(written), written, number=written)


def unknown_before(line: Line, at: int, since: int) -> Title | None:
    """A regulation nobody here knows, named without 《》 right before ``at`` and after ``since`` (…管理条例第五条)."""
    match = _UNKNOWN.search(line.text[max(since, at - 42) : at].lstrip("和与及或"))
    if match is None:
        return None
    name = _LEAD.sub("", match["name"])
    if len(name) < 4 or name.endswith(_NOT_A_TITLE):
        return None
    return Title(line.number, at - len(name), at, Named(name), name)


def _closing(text: str, start: int, opens: str = "《", closes: str = "》") -> int | None:
    """Where the bracket that opens at ``start`` has closed; ``None`` where it never does."""
    depth = 0
    for at in range(start, min(len(text), start + 200)):
        depth += (text[at] == opens) - (text[at] == closes)
        if depth == 0:
            return at + 1
    return None


def _overlaps(one: Title, others: list[Title]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in others)

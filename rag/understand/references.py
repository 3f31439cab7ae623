"""Clause references in a question: 第20项, 安全生产法第九条第二款, 规定第三条, 第一百三十四条之一."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from index.clean import fold
from index.model import Family, Span
from index.numerals import to_int
from rag.library import DocumentInfo, Words

RULES = "dangzheng-zerenzhi"
"""Called just 规定 where that cannot be the verb."""

_RULE_LEAD = re.compile(r"^(?:按照?|依照?|根据|违反|请问|关于|那|和|与|国务院|国家|现行|的|在|对|由|有没有|有)+")
_N = r"[0-9零〇一二三四五六七八九十百千两]{1,7}"
_TAIL = rf"(?:第?(?P<p>{_N})款)?(?:第?[(（]?(?P<i>{_N})[)）]?项)?"
_ARTICLE = re.compile(rf"(?P<the>第)?(?P<n>{_N})条(?:之(?P<of>[一二三四五六七八九十0-9]))?{_TAIL}")
_ITEM = re.compile(
    rf"第(?P<n>{_N})(?:个)?(?:大)?(?:项|点|件|个事项|个任务)|(?:^|"
    rf"(?<=[那看问说，]))(?P<bare>[0-9]{{1,2}}|(?!一项)[一二三四五六七八九十]{{1,3}}(?=项(?:主要|讲|说|强调|由|谁)))项(?!重点|任务)|"
    rf"(?:^|(?<=要点)|(?<=要点[里中的])|(?<=[0-9]项[、和跟与及]))(?P<told>[0-9]{{1,2}}|(?!一项)[一二三四五六七八九十]{{1,3}})项"
    r"(?=[、和跟与及][0-9]{1,2}项|的?(?:标题|题目|内容(?:是|讲|[?？]|$)|责任(?:括号|单位|部门|分工)|括号|牵头|分工|落实|依据|法律|是?讲|说|强调|写|由|谁|归|叫|"
    r"是(?:什么|关于|哪|由)))"
)
_ITEM_LIST = re.compile(
    rf"第(?P<from>{_N})项?(?:至|到|-|—|~)第?(?P<to>{_N})项|第(?P<list>{_N}项?(?:[、,，和及跟与]第?{_N}项?)*[、,，和及跟与]第?{_N})项"
)
_ARTICLES = re.compile(rf"第(?P<n>{_N})(?=(?:[、和及跟与]第?{_N})*[、和及跟与]第?{_N}条)")
"""Each number but the last of 第7跟第8条."""
_AND_ARTICLE = re.compile(rf"(?<=条)[、和及跟与同](?P<n>{_N})条")
"""第二十二条和二十三条: the second number goes without 第."""
_BARE_ARTICLE = re.compile(
    r"(?<![\u4e00-\u9fff0-9第])(?![一1两]条)|(?<=[看问下说把在照按点])(?![一1]条)(?=[0-9]{1,3}条|[一二三四五六七八九十百]{2,6}条)"
)
_GOES_ON = re.compile(
    r"里|中(?!的?[一几])|是(?!一样|不一样)|由|归|谁|牵头|点名|括号|那|讲|说|写|规定|提|的(?!措施|规定|要求)|[，,]|$"
)
"""Where 99条第八项 or 33条里 starts: an article without 第, not a number of articles (共十五条措施)."""
_OF_ARTICLE = re.compile(r"[^，,。；;？?和与及跟、]{0,14}")
"""What may stand between an article and its 项: 第二十一条里主要负责人职责的第七项."""
_HEAD = re.compile(r"总体要求|通知(?:正文|原文|本身|里(?!要?[写用引附放加]))")
_PARAGRAPH = re.compile(rf"第(?P<p>{_N})款(?:第?[(（]?(?P<i>{_N})[)）]?项)?")
_OF_RULES = re.compile(r"干部|责任制")
_LOCAL_RULE = re.compile(
    r"(?:江西省|我省|省里|省级|本省|省|我市|本市)的?(?:[0-9]{4}年?)?(?:安全生产)?"
    r"(?:工作要点|实施细则|实施办法|条例|细则)"
)
_QUOTED_TITLE = re.compile(r"《([^》]{2,40})》")
_OTHER_RULE = re.compile(
    r"(?:(?![的要不由谁怎么吗有什制订写看查在和])[\u4e00-\u9fff]){2,14}(?:条例|管理办法|实施办法|实施细则|规程)|"
    r"(?:GB|AQ|JGJ|GBZ|TSG|DB)[/T \-]*[0-9]{2,6}",
    re.IGNORECASE,
)
_SAYS_RULES = re.compile(
    r"(?:本|该|《)规定|(?:(?<![\u4e00-\u9fff])|(?<=[按照据依看问查在说对那用守反学合请下]))(?:这个?|这份|那个)规定|^规定(?=由谁|由哪|归谁|归哪|是?谁|什么时候|哪个部门|哪天|自?何时|里?的?解释|施行|一?共|总共|有多少|有几|分几|分为)|规定(?=第|》|里|中的?第|[0-9一二三四五六七八九十]{1,3}条)"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """One clause named in a question. ``document`` is ``None`` where the question does not say which.

    ``kind`` is ``item``, ``article`` or ``paragraph`` (a bare 第三款, to be completed from what was said before).
    """

    kind: str
    number: str
    document: str | None
    words: str
    paragraph: int | None = None
    subitem: int | None = None

    @property
    def clause(self) -> str:
        """The clause id as far as the reference goes."""
        paragraph = self.paragraph or (1 if self.subitem and self.kind == "article" else None)
        return self.number + (f".{paragraph}" if paragraph else "") + (f"({self.subitem})" if self.subitem else "")


class Titles:
    """Document titles as people write them."""

    def __init__(self, infos: Mapping[str, DocumentInfo], words: Words) -> None:
        self._infos = infos
        self._words = words

    @cached_property
    def _names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for info in self._infos.values():
            for name in (info.title, info.short_title, info.title.removeprefix("中华人民共和国")):
                names.setdefault(fold(name), info.id)
        names |= {fold(alias): id for alias, id in self._words.titles.items() if id in self._infos}
        return dict(sorted(names.items(), key=lambda pair: -len(pair[0])))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Every title, the longest first at each place."""
        return re.compile("|".join(map(re.escape, self._names)))

    def find(self, text: str) -> list[tuple[Span, str]]:
        """(span, document id) of every title in ``text``, longest first at each place, not overlapping."""
        found: list[tuple[Span, str]] = [(Span(*m.span()), "") for m in self._others.finditer(text)]
        for match in self._pattern.finditer(text):
            span = Span(*match.span())
            if not any(span.start < other.end and other.start < span.end for other, _ in found):
                found.append((span, self._names[match.group()]))
        other = [Span(*m.span()) for m in _QUOTED_TITLE.finditer(text)]
        rules = [] if RULES not in self._infos else [Span(*m.span()) for m in _SAYS_RULES.finditer(text)]
        rules = [one for one in rules if not any(_of_another(text, one, quoted) for quoted in other)]
        found += [(one, RULES) for one in rules if not any(one.start < o.end and o.start < one.end for o, _ in found)]
        return sorted(((span, id) for span, id in found if id), key=lambda pair: pair[0].start)

    @cached_property
    def _others(self) -> re.Pattern[str]:
        """Laws that are not indexed and whose names hold the name of one that is (治安管理处罚法 holds 处罚法)."""
        names = [fold(name).removeprefix("中华人民共和国") for name in self._words.other_laws]
        held = [name for name in names if any(known in name for known in self._names)]
        return re.compile("|".join(map(re.escape, sorted(held, key=len, reverse=True))) or r"(?!)")

    def family(self, document: str) -> Family:
        return self._infos[document].family

    def unknown(self, text: str) -> str | None:
        """A regulation named in ``text`` that is not indexed: a law of the land, a local rule, a 条例, a standard."""
        local = _LOCAL_RULE.search(text)
        if local and not (local.group().startswith(("我市", "本市")) and local.group().endswith("工作要点")):
            return local.group()
        for match in _QUOTED_TITLE.finditer(text):
            if not any(name in fold(match.group(1)) or fold(match.group(1)) in name for name in self._long_names):
                return match.group(1)
        rest = text
        for span, _ in reversed(self.find(text)):
            rest = rest[: span.start] + "＿" * (span.end - span.start) + rest[span.end :]
        law = self._not_held.search(rest)
        if law:
            return law.group()
        other = _OTHER_RULE.search(rest)
        return _RULE_LEAD.sub("", other.group()) if other else None

    @cached_property
    def _not_held(self) -> re.Pattern[str]:
        """Laws of the land that are not indexed."""
        names = sorted((name.removeprefix("中华人民共和国") for name in self._words.other_laws), key=len, reverse=True)
        return re.compile("|".join(re.escape(name) for name in names if len(name) >= 2) or r"(?!)")

    @cached_property
    def _long_names(self) -> list[str]:
        return [name for name in self._names if len(name) > 2]


def find_references(text: str, titles: Titles, plan: str) -> Iterator[Reference]:
    """References in reading order. An item belongs to ``plan``; an article to the title before it."""
    named = titles.find(text)
    taken: list[Span] = []
    found: list[tuple[int, Reference]] = []
    for match in _ARTICLE.finditer(text):
        number = _number(match["n"])
        document = _document_before(named, match.start())
        bare = match["the"] or any(span.end == match.start() for span, _ in named)
        if number is None or not (bare or _stands_alone(text, match)):
            continue
        taken.append(Span(*match.span()))
        if document is not None and titles.family(document) is Family.WORK_PLAN:
            found.append((match.start(), Reference("item", number, document, match.group())))
            continue
        of = _number(match["of"]) if match["of"] else None
        id = f"{number}-{of}" if of else number
        found.append(
            (match.start(), Reference("article", id, document, match.group(), _int(match["p"]), _int(match["i"])))
        )
    for match in _ARTICLES.finditer(text):
        number, document = _number(match["n"]), _document_before(named, match.start())
        if number is not None and not _overlaps(match.span(), taken):
            of_plan = document is not None and titles.family(document) is Family.WORK_PLAN
            kind = "item" if of_plan else "article"
            found.append((match.start(), Reference(kind, number, document, f"第{number}条")))
    for match in _AND_ARTICLE.finditer(text):
        number, before = _number(match["n"]), next((r for at, r in found if at + len(r.words) == match.start()), None)
        if number is not None and before is not None and not _overlaps(match.span(), taken):
            found.append(
                (match.start(), replace(before, number=number, words=f"第{match['n']}条", paragraph=None, subitem=None))
            )
    for match in _ITEM_LIST.finditer(text):
        if not _overlaps(match.span(), taken):
            taken.append(Span(*match.span()))
            found += [(match.start(), Reference("item", n, plan, f"第{n}项")) for n in _listed(match)]
    for match in _ITEM.finditer(text):
        number = _number(match["n"] or match["bare"] or match["told"])
        if number is not None and not _overlaps(match.span(), taken):
            taken.append(Span(*match.span()))
            part = _part_of_article(text, match, found, plan)
            found = found[:-1] if part else found
            found.append((match.start(), part or Reference("item", number, plan, match.group())))
    for match in _HEAD.finditer(text):
        number = "preamble" if match.group().startswith("总") else "notice"
        found.append((match.start(), Reference("item", number, plan, match.group())))
    for match in _PARAGRAPH.finditer(text):
        if _overlaps(match.span(), taken):
            continue
        last = next((r for at, r in sorted(found, key=lambda p: -p[0]) if at < match.start()), None)
        paragraph, subitem = _int(match["p"]), _int(match["i"])
        if last is not None and last.kind == "article":
            more = replace(last, words=last.words + match.group(), paragraph=paragraph, subitem=subitem)
            found.append((match.start(), more))
        else:
            found.append((match.start(), Reference("paragraph", "", None, match.group(), paragraph, subitem)))
    yield from (reference for _, reference in sorted(found, key=lambda pair: pair[0]))


def _of_another(text: str, said: Span, quoted: Span) -> bool:
    """Whether ``said`` only ends the title of another regulation: 《宜春市安全生产职责暂行规定》."""
    inside = quoted.start < said.start < quoted.end
    return inside and quoted.start + 1 < said.start and not _OF_RULES.search(quoted.of(text))


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    goes_on = match["p"] or match["i"] or _GOES_ON.match(text, match.end())
    return bool(goes_on and _BARE_ARTICLE.match(text, match.start()))


def _part_of_article(
    text: str, match: re.Match[str], found: list[tuple[int, Reference]], plan: str
) -> Reference | None:
    """The 项 of the article named shortly before it; ``None`` where it is an item of ``plan``."""
    at, last = max((pair for pair in found if pair[0] < match.start()), key=lambda p: p[0], default=(0, None))
    if last is None or last.kind != "article" or last.document == plan or last.subitem or not match["n"]:
        return None
    if not _OF_ARTICLE.fullmatch(text, at + len(last.words), match.start()):
        return None
    words = text[at : match.end()]
    return replace(last, words=words, subitem=_int(match["n"]))


def _listed(match: re.Match[str]) -> list[str]:
    """Numbers of 第14至19项 and 第1、2、3项."""
    if match["to"]:
        first, last = _int(match["from"]) or 0, _int(match["to"]) or 0
        return [str(n) for n in range(first, min(last, first + 40) + 1)]
    return [n for part in re.split(r"[、,，和及跟与]", match["list"]) if (n := _number(part.strip("第项")))]


def _document_before(named: list[tuple[Span, str]], at: int) -> str | None:
    before = [id for span, id in named if span.end <= at]
    return before[-1] if before else None


def _overlaps(span: tuple[int, int], taken: list[Span]) -> bool:
    return any(span[0] < other.end and other.start < span[1] for other in taken)


def _number(words: str) -> str | None:
    value = _int(words)
    return None if value is None else str(value)


def _int(words: str | None) -> int | None:
    if not words:
        return None
    try:
        return to_int(words)
    except ValueError:
        return None

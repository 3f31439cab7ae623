"""Clause references in a question: 第20项, 安全生产法第九条第二款, 规定第三条, 第一百三十四条之一."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from index.clean import fold
from index.model import Family, Span
from index.numerals import to_int
from rag.library import DocumentInfo

_N = r"[0-9零〇一二三四五六七八九十百千两]{1,7}"
_ARTICLE = re.compile(
    rf"第(?P<n>{_N})条(?:之(?P<of>[一二三四五六七八九十0-9]))?(?:第(?"
    rf"P<p>{_N})款)?(?:第?[(（]?(?P<i>{_N})[)）]?项)?"
)
_ITEM = re.compile(
    rf"第(?P<n>{_N})(?:个)?(?:大)?(?:项|点|件|个事项|个任务)|(?:^|"
    rf"(?<=[那看问说，]))(?P<bare>[0-9]{{1,2}})项(?!重点|任务)"
)
_PARAGRAPH = re.compile(rf"第(?P<p>{_N})款(?:第?[(（]?(?P<i>{_N})[)）]?项)?")
_UNKNOWN_LAW = re.compile(
    r"((?:江西省|我省|省里|省级|本省|省|我市|市里|本市)的?(?:[0-9]{4}年?)?(?:安全生产)?(?:工作要点|"
    r"实施细则|实施办法|条例|细则))|《([^》]{2,40})》|([\u4e00-\u9fff]{2,16}(?:法典|条例|办法|"
    r"细则))(?=第)|([\u4e00-\u9fff]{2,12}法)(?=第" + _N + "条)"
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

    def __init__(self, infos: Mapping[str, DocumentInfo], aliases: Mapping[str, str]) -> None:
        self._infos = infos
        self._aliases = aliases

    @cached_property
    def _names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for info in self._infos.values():
            for name in (info.title, info.short_title, info.title.removeprefix("中华人民共和国")):
                names.setdefault(fold(name), info.id)
        names |= {fold(alias): id for alias, id in self._aliases.items() if id in self._infos}
        return dict(sorted(names.items(), key=lambda pair: -len(pair[0])))

    def find(self, text: str) -> list[tuple[Span, str]]:
        """(span, document id) of every title in ``text``, longest first at each place, not overlapping."""
        found: list[tuple[Span, str]] = []
        for name, id in self._names.items():
            for match in re.finditer(re.escape(name), text):
                span = Span(*match.span())
                if not any(span.start < other.end and other.start < span.end for other, _ in found):
                    found.append((span, id))
        return sorted(found, key=lambda pair: pair[0].start)

    def family(self, document: str) -> Family:
        return self._infos[document].family

    def unknown(self, text: str) -> str | None:
        """A title in ``text`` that no indexed document has."""
        for match in _UNKNOWN_LAW.finditer(text):
            title = next(group for group in match.groups() if group)
            if title.startswith(("我市", "市里", "本市")) and title.endswith("工作要点"):
                continue
            if match.group(1):
                return title
            if not any(name in fold(title) or fold(title) in name for name in self._names if len(name) > 2):
                return title
        return None


def find_references(text: str, titles: Titles, plan: str) -> Iterator[Reference]:
    """References in reading order. An item belongs to ``plan``; an article to the title before it."""
    named = titles.find(text)
    taken: list[Span] = []
    found: list[tuple[int, Reference]] = []
    for match in _ARTICLE.finditer(text):
        number = _number(match["n"])
        if number is None:
            continue
        taken.append(Span(*match.span()))
        document = _document_before(named, match.start())
        if document is not None and titles.family(document) is Family.WORK_PLAN:
            found.append((match.start(), Reference("item", number, document, match.group())))
            continue
        of = _number(match["of"]) if match["of"] else None
        id = f"{number}-{of}" if of else number
        found.append(
            (match.start(), Reference("article", id, document, match.group(), _int(match["p"]), _int(match["i"])))
        )
    for match in _ITEM.finditer(text):
        number = _number(match["n"] or match["bare"])
        if number is not None and not _overlaps(match.span(), taken):
            taken.append(Span(*match.span()))
            found.append((match.start(), Reference("item", number, plan, match.group())))
    for match in _PARAGRAPH.finditer(text):
        if not _overlaps(match.span(), taken):
            paragraph = Reference("paragraph", "", None, match.group(), _int(match["p"]), _int(match["i"]))
            found.append((match.start(), paragraph))
    yield from (reference for _, reference in sorted(found, key=lambda pair: pair[0]))


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

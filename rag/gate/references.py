"""Documents and clause numbers in a sentence: they must be those of what it cites, or stand in its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.clean import fold
from index.model import Family
from index.numerals import NUMERAL, article_id, to_int
from rag.gate.canon import Canonizer
from rag.gate.model import Fault, Rule
from rag.gate.source import Source, make_source
from rag.library import Library
from rag.understand.references import Titles

_TITLE = re.compile(r"《([^》]{1,60})》")
_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,8}\([0-9]{4}\)第?[0-9]+号")
_ARTICLE = re.compile(
    rf"第?(?P<n>第{NUMERAL}|{NUMERAL})条(?P<of>(?:之{NUMERAL})*)(?:第?(?P<p>{NUMERAL})款)?(?:第?\(?(?P<i>{NUMERAL})\)?项)?"
)
_LIST = re.compile(rf"第({NUMERAL}(?:[、,和及与]第?{NUMERAL})+)(条|项)")
_PARAGRAPH = re.compile(rf"第(?P<p>{NUMERAL})款(?:第?\(?(?P<i>{NUMERAL})\)?项)?")
_ITEM = re.compile(rf"(?:在)?第(?P<n>{NUMERAL})项(?:[中里]|任务|工作)?")
_CHAPTER = re.compile(rf"第{NUMERAL}[章节编]")


def check_references(
    text: str, sources: Sequence[Source], library: Library, titles: Titles, canonize: Canonizer
) -> tuple[str, list[Source], list[Fault]]:
    """``text`` folded and without its references; the sources narrowed to the 款 or 项 it names; what is wrong."""
    checker = _Checker(fold(text), list(sources), library, titles, canonize)
    checker.titles_named()
    checker.clauses_named()
    return checker.text, checker.sources, checker.faults


class _Checker:
    def __init__(self, text: str, sources: list[Source], library: Library, titles: Titles, canonize: Canonizer) -> None:
        self.text, self.sources = text, sources
        self._library, self._titles, self._canonize = library, titles, canonize
        self.faults: list[Fault] = []
        self._quotes = [source.body for source in sources]

    def titles_named(self) -> None:
        own = {fold(title) for source in self.sources for title in source.titles}
        documents = {source.citation.document for source in self.sources}

        def judge(match: re.Match[str]) -> str:
            if match[1] in own or self._said(match.group()):
                return ""
            named = {id for span, id in self._titles.find(match[1]) if span.end - span.start == len(match[1])}
            if not named & documents:
                self._wrong(match.group())
            return ""

        self.text = _TITLE.sub(judge, self.text)
        numbers = {fold(source.citation.number or "") for source in self.sources}
        self.text = _NUMBER.sub(lambda m: self._judged(m[0], any(n and n in m[0] for n in numbers)), self.text)
        for span, id in reversed(self._titles.find(self.text)):
            words = self.text[span.start : span.end]
            if words == "规定" or self._said(words):
                continue
            if id not in documents:
                self._wrong(words)
            self.text = self.text[: span.start] + self.text[span.end :]

    def clauses_named(self) -> None:
        self.text = _LIST.sub(self._listed, self.text)
        self.text = _ARTICLE.sub(self._article, self.text)
        self.text = _PARAGRAPH.sub(self._paragraph, self.text)
        self.text = _ITEM.sub(self._item, self.text)
        self.text = _CHAPTER.sub(lambda m: self._judged(m.group(), False), self.text)

    def _listed(self, match: re.Match[str]) -> str:
        wanted = [str(to_int(n)) for n in re.findall(NUMERAL, match[1])]
        return self._judged(match.group(), set(wanted) <= {source.citation.clause for source in self.sources})

    def _article(self, match: re.Match[str]) -> str:
        if self._said(match.group()):
            return match.group()
        if not match.group().startswith("第"):
            return match.group()  # 十五条措施 counts, it names no article
        try:
            wanted = article_id(match["n"].removeprefix("第") + "条" + match["of"])
        except ValueError:
            return self._judged(match.group(), False)
        fitting = [s for s in self.sources if s.family is not Family.WORK_PLAN and s.citation.clause == wanted]
        if not fitting:
            return self._judged(match.group(), False)
        self._narrow(fitting, match["p"], match["i"], match.group())
        return ""

    def _paragraph(self, match: re.Match[str]) -> str:
        if self._said(match.group()):
            return match.group()
        laws = [source for source in self.sources if source.family is not Family.WORK_PLAN]
        self._narrow(laws, match["p"], match["i"], match.group())
        return ""

    def _item(self, match: re.Match[str]) -> str:
        if self._said(match.group()):
            return match.group()
        wanted = str(to_int(match["n"]))
        plans = [s for s in self.sources if s.family is Family.WORK_PLAN]
        if plans:
            return self._judged(match.group(), any(s.citation.clause == wanted for s in plans))
        self._narrow(self.sources, None, match["n"], match.group())
        return ""

    def _narrow(self, fitting: list[Source], paragraph: str | None, item: str | None, words: str) -> None:
        """Hold the sentence against the 款 or 项 it names instead of the whole article."""
        if not (paragraph or item):
            return
        narrowed: list[Source] = []
        for source in fitting:
            ids = [f"{source.citation.clause}.{to_int(paragraph) if paragraph else 1}"]
            ids = [f"{one}({to_int(item)})" for one in ids] if item else ids
            clause = self._library.clause(source.citation.document, ids[0])
            whole = source.citation.span
            if clause is not None and (clause.span in whole or whole in clause.span):
                if clause.span in whole:
                    cut = replace(source.citation, quote=clause.text, span=clause.span)
                    narrowed.append(make_source(self._library, cut, self._canonize))
                else:
                    narrowed.append(source)
        if not narrowed:
            self._wrong(words)
            return
        self.sources = narrowed

    def _judged(self, words: str, right: bool) -> str:
        if self._said(words):
            return words
        if not right:
            self._wrong(words)
        return ""

    def _said(self, words: str) -> bool:
        return any(words in quote for quote in self._quotes)

    def _wrong(self, words: str) -> None:
        self.faults.append(Fault(Rule.REFERENCE, f"“{words}”不是所引的文件或条款"))

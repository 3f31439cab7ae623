"""Questions about a regulation as a whole: how many articles, which chapters, what one holds, when it was amended."""

from __future__ import annotations

import re

from index.model import Clause, Family
from index.numerals import to_int
from rag.citations import CitationBook
from rag.compose.draft import Draft, status_notes
from rag.compose.meta import compose_about
from rag.library import Library
from rag.understand.reading import Reading

_HOW_MANY = re.compile(
    r"(?:共|有|分|总共|一共|包括|包含)[^，。？?]{0,4}(?<![第哪])(?:多少|几)(?:条|章|个?部分)|(?<![第哪])(?:多少|几)(?:条|章)(?:规定|内容)?[?？]?$"
)
_CHAPTER = re.compile(r"第([0-9一二三四五六七八九十]{1,3})章")
_HISTORY = re.compile(
    r"(?:哪(?:一)?年|什么时候|何时|几时|哪天)[^，。？?]{0,4}(?:修订|修正|修改|公布|颁布|发布|出台|通过)|最(?:新|近)[^，。？?]{0,4}(?:修订|修正|修改|版)|"
    r"(?:谁|哪个机关|哪个单位|哪个部门|哪里)(?:制定|发布|颁布|公布|通过|出台)的?|(?:制定|发布|颁布)(?:机关|单位)"
)


def compose_structure(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """``None`` where the question is not about a regulation as a whole."""
    held = [id for id in reading.documents if library.infos[id].family is Family.STATUTE]
    if len(held) != 1 or any(r.kind == "article" for r in reading.references):
        return None
    if _HISTORY.search(reading.text):
        return compose_about(library, book, held[0])
    articles = [c for c in library.clauses(held[0]).values() if c.id == c.top]
    chapter = _CHAPTER.search(reading.text)
    if chapter:
        return _one_chapter(library, book, articles, to_int(chapter[1]))
    return _overview(library, book, articles) if _HOW_MANY.search(reading.text) else None


def _chapters(articles: list[Clause]) -> dict[str, list[Clause]]:
    """Articles by their chapter's heading, in order; articles without one stand under an empty heading."""
    found: dict[str, list[Clause]] = {}
    for article in articles:
        heading = next((part for part in article.path if re.match(r"第[^章]{1,6}章", part)), "")
        found.setdefault(heading, []).append(article)
    return found


def _range(articles: list[Clause]) -> str:
    first, last = articles[0].label, articles[-1].label
    return first if first == last else f"{first}至{last}"


def _overview(library: Library, book: CitationBook, articles: list[Clause]) -> Draft:
    info, chapters = library.infos[articles[0].document], _chapters(articles)
    held = [heading for heading in chapters if heading]
    head = f"《{info.short_title}》共**{len(articles)}条**" + (f"、{len(held)}章" if held else "")
    lines = [f"{head}{book.cite(articles[0])}{book.cite(articles[-1])}。"]
    lines.append("\n".join(f"- {heading}：{_range(chapters[heading])}" for heading in held))
    lines.append(status_notes(library, [info.id]))
    return Draft("\n\n".join(line for line in lines if line))


def _one_chapter(library: Library, book: CitationBook, articles: list[Clause], number: int) -> Draft | None:
    chapters = list(_chapters(articles).items())
    held = [(heading, inside) for heading, inside in chapters if heading]
    if not 1 <= number <= len(held):
        return None
    heading, inside = held[number - 1]
    info = library.infos[articles[0].document]
    lines = [f"《{info.short_title}》**{heading}**，{_range(inside)}，共{len(inside)}条："]
    lines.append("\n".join(f"- {c.label}{book.cite(c)}：{_opening(c)}" for c in inside))
    lines.append(status_notes(library, [info.id]))
    return Draft("\n\n".join(line for line in lines if line))


def _opening(article: Clause) -> str:
    """The first words of an article, to tell what it is about."""
    body = re.sub(r"^第\S{1,12}条\S{0,3}[\s　]+", "", article.text).split("\n")[0]
    return body if len(body) <= 40 else body[:40] + "……"

"""Statutes and regulations: chapters, articles (条), paragraphs (款), items (项).

Line rules, which hold for the national laws and for any text laid out like them:

- 第三条 and a space begin an article. In a text without any such line, “一、” “二、” in sequence do (decisions,
  amendments); their lines quote other laws, so they are not cut into 款.
- A heading line (第一章 总则) ends the article before it.
- A line that begins （一） is a 项 of the 款 before it. “一、” in sequence after a colon is one too.
- Another line opens a new 款 if the line before ended a sentence; else it goes on with it (stray line breaks, lists).
- From a line 附件 on there are no 款: what follows belongs to the article's text only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from index.corpus import LoadedDocument
from index.errors import ParseError
from index.model import Clause, Kind, Provenance, Span
from index.numerals import article_id, article_label, heading_level, to_chinese, to_int

_ORDINAL = "[零〇一二三四五六七八九十百千0-9０-９]+"
_ARTICLE = re.compile(rf"(第{_ORDINAL}条(?:之{_ORDINAL})*)(?:[ \u3000\t]+|$)")
_POINT = re.compile(r"([一二三四五六七八九十]+)、")
_SUBITEM = re.compile(r"[（(]([一二三四五六七八九十]+)[）)]")
_DETAIL = re.compile(r"[（(]?\d+[.．、）)](?!\d)")
_ANNEX = re.compile(r"附(?:[件表录图][一二三四五六七八九十\d]*)?(?:[ \u3000:：].{0,40})?")
_BLANKS = " \u3000\t\r"
_SENTENCE_ENDS = '。！？”"）)…'


@dataclass(frozen=True, slots=True)
class _Line:
    span: Span
    text: str


@dataclass(slots=True)
class _Block:
    """The lines of one top-level clause; the first may begin with ``prefix`` characters of numbering."""

    kind: Kind
    id: str
    label: str
    path: tuple[str, ...]
    lines: list[_Line]
    prefix: int = 0


@dataclass(slots=True)
class _Paragraph:
    """A 款 while it grows: its offsets, its 项 as (number, start, end)."""

    start: int
    end: int
    last: str
    items: list[tuple[int, int, int]] = field(default_factory=list)

    def extend(self, line: _Line) -> None:
        self.end, self.last = line.span.end, line.text
        if self.items:
            number, start, _ = self.items[-1]
            self.items[-1] = (number, start, line.span.end)

    def add_item(self, number: int, line: _Line) -> None:
        self.items.append((number, line.span.start, line.span.end))
        self.end, self.last = line.span.end, line.text


def parse_statute(loaded: LoadedDocument) -> tuple[Clause, ...]:
    """Cut a statute into clauses in reading order; parents come before their parts.

    An article's span holds its number (第三条 and the space), a 款's does not. An article of one 款 without 项 has no
    parts. Text outside articles, as in resolutions without any, becomes the clause ``preamble``. Where a text numbers
    two articles alike, the second gets ``~2`` after its id. Parts share their article's ``verified``.

    Raises ``ParseError`` where a text that does not come from the database has no article.
    """
    document = loaded.document
    lines = [line for line in _lines(document.text) if line.text]
    numbered = any(_ARTICLE.match(line.text) for line in lines)
    blocks = list(_blocks(lines, numbered))
    if document.provenance is not Provenance.DATABASE and not any(block.kind is Kind.ARTICLE for block in blocks):
        raise ParseError(
            "没有找到“第一条”这样的条文，不能按法规解析。",
            "请检查文件内容，或在 corpus.toml 中改用其他 family。",
            document=document.id,
        )
    clauses: list[Clause] = []
    seen: dict[str, int] = {}
    for block in blocks:
        seen[block.id] = seen.get(block.id, 0) + 1
        if seen[block.id] > 1:
            block.id = f"{block.id}~{seen[block.id]}"
        top = _top_clause(loaded, block)
        clauses.append(top)
        if block.kind is Kind.ARTICLE and numbered:
            clauses.extend(_parts(document.text, top, _paragraphs(block)))
    return tuple(clauses)


def _lines(text: str) -> Iterator[_Line]:
    at = 0
    for raw in text.split("\n"):
        kept = raw.strip(_BLANKS)
        start = at + len(raw) - len(raw.lstrip(_BLANKS)) if kept else at
        yield _Line(Span(start, start + len(kept)), kept)
        at += len(raw) + 1


def _blocks(lines: list[_Line], numbered: bool) -> Iterator[_Block]:
    """Group lines under the article they belong to; the first line, unless it is numbered itself, is the title."""
    headings: dict[int, str] = {}
    block: _Block | None = None
    points = 0
    for place, line in enumerate(lines):
        level = heading_level(line.text)
        start = _article(line.text) if numbered else _point(line.text, points + 1)
        if level is None and start is None:
            if place == 0:
                continue
            if block is None:
                label = "序言" if numbered else "正文"
                block = _Block(Kind.PREAMBLE, "preamble", label, tuple(headings.values()), [])
            block.lines.append(line)
            continue
        if block is not None:
            yield block
            block = None
        if level is not None:
            headings = {known: words for known, words in headings.items() if known < level}
            headings[level] = _heading(line.text)
        elif start is not None:
            points += 1
            identifier, prefix = start
            label = article_label(identifier)
            block = _Block(Kind.ARTICLE, identifier, label, tuple(headings.values()), [line], prefix)
    if block is not None:
        yield block


def _article(line: str) -> tuple[str, int] | None:
    """Id and length of the number that begins ``line``."""
    match = _ARTICLE.match(line)
    return None if match is None else (article_id(match[1]), match.end())


def _point(line: str, expected: int) -> tuple[str, int] | None:
    match = _POINT.match(line)
    if match is None or match[1] != to_chinese(expected):
        return None
    return str(expected), match.end()


def _heading(line: str) -> str:
    """第三编 审 判 → 第三编 审判: the blanks inside a heading only space it out."""
    number, *words = line.split()
    return " ".join(filter(None, [number, "".join(words)]))


def _top_clause(loaded: LoadedDocument, block: _Block) -> Clause:
    span = Span(block.lines[0].span.start, block.lines[-1].span.end)
    verified = loaded.verified_articles
    return Clause(
        document=loaded.document.id,
        id=block.id,
        kind=block.kind,
        number=block.id,
        label=block.label,
        span=span,
        text=span.of(loaded.document.text),
        top=block.id,
        path=block.path,
        verified=verified is None or block.id in verified,
    )


def _paragraphs(block: _Block) -> list[_Paragraph]:
    paragraphs: list[_Paragraph] = []
    for line in _body(block):
        if _ANNEX.fullmatch(line.text):
            break
        current = paragraphs[-1] if paragraphs else None
        number = _item_number(line.text, current)
        if current is not None and number is not None:
            current.add_item(number, line)
        elif current is not None and _goes_on(current.last, line.text):
            current.extend(line)
        else:
            paragraphs.append(_Paragraph(line.span.start, line.span.end, line.text))
            if number is not None:
                paragraphs[-1].add_item(number, line)
    return paragraphs


def _body(block: _Block) -> Iterator[_Line]:
    first, *rest = block.lines
    after = first.text[block.prefix :]
    if after:
        yield _Line(Span(first.span.start + block.prefix, first.span.end), after)
    yield from rest


def _item_number(line: str, paragraph: _Paragraph | None) -> int | None:
    """The number of the 项 that ``line`` begins; ``None`` for any other line and for a number the 款 already has."""
    taken = [number for number, _, _ in paragraph.items] if paragraph is not None else []
    if match := _SUBITEM.match(line):
        number = to_int(match[1])
        return None if number in taken else number
    if paragraph is None or not (taken or paragraph.last.endswith(("：", ":"))):
        return None
    expected = taken[-1] + 1 if taken else 1
    return expected if _point(line, expected) else None


def _goes_on(before: str, line: str) -> bool:
    """True where ``line`` continues ``before`` and opens no 款."""
    if _DETAIL.match(line) or _SUBITEM.match(line):
        return True
    if before.endswith(("：", ":")):
        return not line.endswith("。")
    return before[-1] not in _SENTENCE_ENDS


def _parts(text: str, article: Clause, paragraphs: list[_Paragraph]) -> Iterator[Clause]:
    """款 and 项 of an article. As officials write it, the label of an 项 leaves out a 款 that is the only one."""
    if len(paragraphs) == 1 and not paragraphs[0].items:
        return
    for place, paragraph in enumerate(paragraphs, 1):
        span = Span(paragraph.start, paragraph.end)
        parent = replace(
            article,
            id=f"{article.id}.{place}",
            kind=Kind.PARAGRAPH,
            number=str(place),
            label=f"{article.label}第{to_chinese(place)}款",
            span=span,
            text=span.of(text),
            parent=article.id,
        )
        yield parent
        stem = parent.label if len(paragraphs) > 1 else article.label
        for number, start, end in paragraph.items:
            yield replace(
                parent,
                id=f"{parent.id}({number})",
                kind=Kind.SUBITEM,
                number=str(number),
                label=f"{stem}第{to_chinese(number)}项",
                span=Span(start, end),
                text=text[start:end],
                parent=parent.id,
            )

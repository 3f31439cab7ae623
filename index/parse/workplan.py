"""Yearly work plans (工作要点): notice, preamble, chapters, numbered items, their sentences and closing brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.errors import ParseError
from index.model import Clause, Document, Kind, Span

_CHAPTER = re.compile(r"[一二三四五六七八九十]+、\S.*")
_ITEM = re.compile(r"[\s　]*(\d{1,3}|[０-９]{1,3})\s*[.．、]\s*(?=\D)")
_PREAMBLE = re.compile(r"[\s　]*(总体要求|总体思路|指导思想|工作目标)\s*[:：。]")
_NOTICE_TITLE_END = re.compile(r"通知\s*$")
_SENTENCE_END = re.compile(r"[。！？!?]")
_OPEN, _CLOSE = "(（", ")）"


@dataclass(frozen=True, slots=True)
class _Line:
    span: Span
    text: str


def parse_work_plan(document: Document) -> tuple[Clause, ...]:
    """Cut a plan into clauses in reading order; parents come before their parts.

    Raises ``ParseError`` where the text has no numbered item, or numbers one twice.
    """
    lines = list(_lines(document.text))
    first_item = next((i for i, line in enumerate(lines) if _ITEM.match(line.text)), None)
    if first_item is None:
        raise ParseError(
            "没有找到“1.”这样编号的事项，不能按工作要点解析。",
            "请检查文件内容，或在 corpus.toml 中改用其他 family。",
            document=document.id,
        )
    clauses = [
        *_head(document, lines[:first_item]),
        *_items(document, lines[first_item:], _last_chapter(lines[:first_item])),
    ]
    _refuse_repeats(document, clauses)
    return tuple(clauses)


def closing_bracket(item: Clause) -> Span | None:
    """Span (in the document) of the bracket that ends an item, brackets included; ``None`` where it ends otherwise."""
    text = item.text.rstrip().rstrip("。;；")
    if not text or text[-1] not in _CLOSE:
        return None
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += (text[at] in _CLOSE) - (text[at] in _OPEN)
        if depth == 0:
            return Span(item.span.start + at, item.span.start + len(text))
    return None


def _lines(text: str) -> Iterator[_Line]:
    at = 0
    for raw in text.split("\n"):
        kept = raw.strip("\r 　\t")
        if kept:
            start = at + raw.index(kept)
            yield _Line(Span(start, start + len(kept)), kept)
        at += len(raw) + 1


def _last_chapter(lines: list[_Line]) -> str:
    return next((line.text for line in reversed(lines) if _CHAPTER.fullmatch(line.text)), "")


def _head(document: Document, lines: list[_Line]) -> Iterator[Clause]:
    preamble = next((line for line in lines if _PREAMBLE.match(line.text)), None)
    before = [
        line
        for line in lines
        if not _CHAPTER.fullmatch(line.text) and (not preamble or line.span.end <= preamble.span.start)
    ]
    notice = _notice_lines(before)
    if notice:
        span = Span(notice[0].span.start, notice[-1].span.end)
        yield from _with_sentences(document, _top(document, Kind.NOTICE, "notice", "通知", span, (), "印发通知"))
    if preamble:
        yield from _with_sentences(
            document, _top(document, Kind.PREAMBLE, "preamble", "总体要求", preamble.span, (), "总体要求")
        )


def _notice_lines(lines: list[_Line]) -> list[_Line]:
    """The notice without its headline above and the plan's own title below."""
    title_end = next((i for i, line in enumerate(lines) if _NOTICE_TITLE_END.search(line.text)), None)
    if title_end is None:
        return []
    kept = lines[title_end + 1 :]
    while kept and not re.search(r"[。日]$", kept[-1].text):
        kept = kept[:-1]
    return kept


def _items(document: Document, lines: list[_Line], chapter: str) -> Iterator[Clause]:
    blocks: list[tuple[str, str, list[_Line]]] = []
    for line in lines:
        found = _ITEM.match(line.text)
        if found:
            blocks.append((str(int(found.group(1))), chapter, [line]))
        elif _CHAPTER.fullmatch(line.text):
            chapter = line.text
        else:
            blocks[-1][2].append(line)
    for number, path, block in blocks:
        span = Span(block[0].span.start, block[-1].span.end)
        text = span.of(document.text)
        title = _title(text)
        item = _top(document, Kind.ITEM, number, f"第{number}项", span, (path,) if path else (), title)
        yield from _with_sentences(document, item)


def _title(text: str) -> str:
    body = text[_item_prefix(text) :]
    end = _SENTENCE_END.search(body)
    return body[: end.start()] if end else body[:30]


def _item_prefix(text: str) -> int:
    found = _ITEM.match(text)
    return found.end() if found else 0


def _top(document: Document, kind: Kind, id: str, label: str, span: Span, path: tuple[str, ...], title: str) -> Clause:
    return Clause(document.id, id, kind, id, label, span, span.of(document.text), top=id, path=path, title=title)


def _with_sentences(document: Document, clause: Clause) -> Iterator[Clause]:
    yield clause
    bracket = closing_bracket(clause) if clause.kind is Kind.ITEM else None
    body_end = bracket.start if bracket else clause.span.end
    body = Span(clause.span.start + _item_prefix(clause.text), body_end)
    for count, span in enumerate(sentence_spans(document.text, body), 1):
        yield _part(document, clause, Kind.SENTENCE, f"s{count}", str(count), f"{clause.label}第{count}句", span)
    if bracket:
        yield _part(document, clause, Kind.BRACKET, "b", "b", f"{clause.label}责任分工", bracket)


def _part(document: Document, parent: Clause, kind: Kind, suffix: str, number: str, label: str, span: Span) -> Clause:
    return Clause(
        document.id, f"{parent.id}/{suffix}", kind, number, label, span, span.of(document.text),
        top=parent.id, parent=parent.id, path=parent.path, title=parent.title,
    )  # fmt: skip


def sentence_spans(text: str, within: Span) -> Iterator[Span]:
    """Sentences of ``text`` inside ``within``: up to and with 。！？, or up to a line end; never blank."""
    start = within.start
    for at in range(within.start, within.end):
        if text[at] == "\n" or _SENTENCE_END.match(text[at]):
            yield from _trimmed(text, Span(start, at + (text[at] != "\n")))
            start = at + 1
    yield from _trimmed(text, Span(start, within.end))


def _trimmed(text: str, span: Span) -> Iterator[Span]:
    raw = span.of(text)
    kept = raw.strip()
    if kept:
        start = span.start + raw.index(kept)
        yield Span(start, start + len(kept))


def _refuse_repeats(document: Document, clauses: list[Clause]) -> None:
    seen: set[str] = set()
    for clause in clauses:
        if clause.id in seen:
            raise ParseError(
                "编号重复，无法确定引用的是哪一项。", "请检查文件编号。", document=document.id, clause=clause.label
            )
        seen.add(clause.id)

"""An answer as HTML: escaped throughout, markers as links, tiers and long lists folded, sources listed below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from index.model import Role
from rag.channels.web import tables
from rag.channels.web.labels import role_chip
from rag.channels.web.links import anchor, clause_link
from rag.channels.web.markup import Block, BlockKind, Link, blocks, inline
from rag.library import EXPIRED, IN_FORCE, Library
from rag.model import Answer, Citation

_COMPLETENESS = re.compile(r"^\d+项：")
_STATUS = re.compile(r"^状态：")
_WHEN = re.compile(r"^时限：")
_WORDS = "|".join(sorted((escape(role.value) for role in Role), key=len, reverse=True))
_AFTER_BAR = re.compile(rf" ?｜ ?((?:{_WORDS})(?:、(?:{_WORDS}))*)(?![^ （、<])")
_BEFORE_COLON = re.compile(rf"^({_WORDS})：")
_LEAD = re.compile(rf"：<strong>({_WORDS})：")
_BY_GROUP = re.compile(rf"(?<=”)({_WORDS})(?![^；：（<])")
_GROUP = re.compile(r"^(.+?（\d+项）)：(第\d+项 .+)$")
_NEXT = re.compile(r"；(?=第\d+项 )")
_ITEMS_SHOWN = 5
_GROUP_SHOWN = 2
_SOURCES_SHOWN = 4


def answer_html(answer: Answer, library: Library) -> str:
    """The whole answer. The duty table of a single organisation follows the completeness line."""
    link = _linker(answer.citations)
    table = tables.render(library, answer.duties)
    opening, sections = _split(list(blocks(answer.text)))
    above = table if len({d.party for d in answer.duties}) == 1 else ""
    counted = next((at + 1 for at, block in enumerate(opening) if _COMPLETENESS.match(block.lines[0])), len(opening))
    parts = [
        *(_block(block, link) for block in opening[:counted]),
        above,
        *(_block(block, link) for block in opening[counted:]),
        *(_section(head, body, link) for head, body in sections),
        "" if above else table,
        _sources(answer.citations),
    ]
    css = "az-answer az-refused" if answer.refused else "az-answer"
    return f'<div class="{css}">{"".join(parts)}</div>'


def _linker(citations: Sequence[Citation]) -> Link:
    by_marker = {citation.marker: citation for citation in citations}

    def link(number: int) -> str:
        citation = by_marker.get(number)
        if citation is None:
            return f"[{number}]"
        href = clause_link(citation.document, citation.clause, citation.span)
        return anchor(href, f"[{number}]", css="az-cite", title=f"《{citation.title}》{citation.label}")

    return link


def _split(found: Sequence[Block]) -> tuple[list[Block], list[tuple[str, list[Block]]]]:
    """What stands before the first heading, and each heading with what follows it."""
    opening: list[Block] = []
    sections: list[tuple[str, list[Block]]] = []
    for block in found:
        if block.kind is BlockKind.HEAD:
            sections.append((block.lines[0], []))
        elif sections:
            sections[-1][1].append(block)
        else:
            opening.append(block)
    return opening, sections


def _section(head: str, body: Sequence[Block], link: Link) -> str:
    """A closing status line belongs to the whole answer, not to the last section."""
    status = [b for b in body if _STATUS.match(b.lines[0])]
    inside = "".join(_block(block, link) for block in body if block not in status)
    after = "".join(_block(block, link) for block in status)
    return f'<details class="az-section" open><summary>{inline(head, link)}</summary>{inside}</details>{after}'


def _block(block: Block, link: Link) -> str:
    if block.kind is BlockKind.HEAD:
        return f"<h4>{inline(block.lines[0], link)}</h4>"
    if block.kind is BlockKind.QUOTE:
        return f"<blockquote>{'<br>'.join(inline(line, link, bold=False) for line in block.lines)}</blockquote>"
    if block.kind is BlockKind.ITEM:
        return _items(block.lines, link)
    kinds = (("az-complete", _COMPLETENESS), ("az-status", _STATUS), ("az-when", _WHEN))
    css = next((name for name, pattern in kinds if pattern.match(block.lines[0])), "")
    return f'<p class="{css}">{"<br>".join(_line(line, link) for line in block.lines)}</p>'


def _line(line: str, link: Link) -> str:
    """A line with its roles as labels: ``第20项 … ｜ 分工负责``, ``督促：市安委会``, ``“有关部门”落实``."""
    html = _BEFORE_COLON.sub(lambda match: role_chip(match[1]) + " ", inline(line, link))
    html = _LEAD.sub(lambda match: f"：{role_chip(match[1])} <strong>", html)
    html = _BY_GROUP.sub(lambda match: " " + role_chip(match[1]), html)
    return _AFTER_BAR.sub(lambda match: " " + " ".join(map(role_chip, match[1].split("、"))), html)


def _items(lines: Sequence[str], link: Link) -> str:
    """The head of a long list; of a list of groups every head, each with its own items folded below it."""
    groups = [_GROUP.match(line) for line in lines]
    if any(groups):
        return _list(
            _group(match, link) if match else _line(line, link) for match, line in zip(groups, lines, strict=True)
        )
    shown, rest = lines[:_ITEMS_SHOWN], lines[_ITEMS_SHOWN:]
    if len(rest) == 1:
        shown, rest = lines, ()
    return _list(_line(line, link) for line in shown) + _fold(
        f"展开其余{len(rest)}条", _list(_line(line, link) for line in rest), bool(rest)
    )


def _group(match: re.Match[str], link: Link) -> str:
    """``“有关部门”分工负责（17项）：第8项 …；第14项 …``: a short one lies open."""
    items = _NEXT.split(match[2])
    state = " open" if len(items) <= _GROUP_SHOWN else ""
    inside = _list(_line(item, link) for item in items)
    return f'<details class="az-grouped"{state}><summary>{_line(match[1], link)}</summary>{inside}</details>'


def _list(lines: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>"


def _fold(summary: str, inside: str, wanted: bool) -> str:
    return f'<details class="az-fold"><summary>{summary}</summary>{inside}</details>' if wanted else ""


def _sources(citations: Sequence[Citation]) -> str:
    if not citations:
        return ""
    items = "".join(f"<li>{_source(citation)}</li>" for citation in citations)
    state = " open" if len(citations) <= _SOURCES_SHOWN else ""
    return (
        f'<details class="az-sources"{state}><summary>出处（{len(citations)}条）</summary>'
        f'<ul class="az-list">{items}</ul></details>'
    )


def _source(citation: Citation) -> str:
    number = f"（{escape(citation.number)}）" if citation.number else ""
    css = "" if citation.status == IN_FORCE else " az-old" if citation.status == EXPIRED else " az-check"
    words = f"<b>[{citation.marker}]</b> 《{escape(citation.title)}》{number}{escape(citation.label)}"
    href = clause_link(citation.document, citation.clause, citation.span)
    return f'{anchor(href, words, css="az-source")} <span class="az-state{css}">{escape(citation.status)}</span>'

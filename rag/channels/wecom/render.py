"""Answers as WeChat Work shows them: its markdown, pieces under the byte limit, sources in the official form last.

An answer's own text is data: what the vendor's markdown would take for a mention, a colour or a link is made harmless.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from rag.model import Answer, Citation

NEXT, BEFORE = "（未完，接下一条）", "（接上一条）"
_FRAME = len(f"{BEFORE}\n\n\n\n{NEXT}".encode())
_MARKER = re.compile(r"\[(\d+)\]")
_STATUS = "状态："
_LINK_SHARE = 4
_CUTS = ("\n", "；", "。", "，", "、")


@dataclass(frozen=True, slots=True)
class Rendered:
    """``pieces`` are messages in order. ``cut`` is true where the answer goes on in a file or on the web page."""

    pieces: tuple[str, ...]
    cut: bool = False


def snapshot(answer: Answer) -> str:
    """An answer that is still growing."""
    return f"{harmless(answer.text)}\n\n……"


def render(
    answer: Answer, max_bytes: int, *, web_url: str = "", most: int = 0, instead: str = "", after: str = ""
) -> Rendered:
    """The whole answer, and ``after`` behind its text, as messages of at most ``max_bytes`` UTF-8 bytes each.

    Where it takes more than ``most`` messages (0: no bound) and ``instead`` says where the rest is to be found, the
    messages hold what fits, that sentence, and the sources of what they hold.
    """
    body = _joined(harmless(answer.text), after)
    whole = split(_joined(body, sources(answer.citations, web_url, max_bytes // _LINK_SHARE)), max_bytes)
    if not most or not instead or len(whole) <= most:
        return Rendered(whole)
    blocks = [block for block in body.split("\n\n") if block.strip()]
    notes = [block for block in blocks if block.startswith(_STATUS)]
    groups = _groups([block for block in blocks if not block.startswith(_STATUS)])
    low, high = 0, len(groups)
    while low < high:
        middle = (low + high + 1) // 2
        fits = len(_shortened(answer, groups[:middle], notes, instead, web_url, max_bytes)) <= most
        low, high = (middle, high) if fits else (low, middle - 1)
    return Rendered(_shortened(answer, groups[:low], notes, instead, web_url, max_bytes), cut=True)


def _shortened(
    answer: Answer, groups: Sequence[str], notes: Sequence[str], instead: str, web_url: str, max_bytes: int
) -> tuple[str, ...]:
    used = {int(marker) for marker in _MARKER.findall("\n".join(groups))}
    cited = [citation for citation in answer.citations if citation.marker in used]
    told = [note for note in notes if any(f"《{citation.title}》" in note for citation in cited)]
    body = _joined(*groups, f"**{instead}**", *told)
    return split(_joined(body, sources(cited, web_url, max_bytes // _LINK_SHARE)), max_bytes)


def official(citation: Citation) -> str:
    """How officials refer to a clause: ``《宜春市2023年安全生产工作要点》（宜市安字〔2023〕2号）第20项``."""
    return f"{_document(citation)}{citation.label}"


def sources(citations: Sequence[Citation], web_url: str = "", link_bytes: int = 4000) -> str:
    """``**出处**`` and a line a document with its clauses and their markers; empty where nothing is cited.

    With a web address each clause becomes a link to its place while that takes no more than ``link_bytes``; else only
    the page itself is linked.
    """
    if not citations:
        return ""
    linked = _lines(citations, web_url)
    if not web_url or _size(linked) <= link_bytes:
        return linked
    return f"{_lines(citations, '')}\n[在网页中查看原文]({web_url})"


def _lines(citations: Sequence[Citation], web_url: str) -> str:
    documents: dict[str, dict[str, list[Citation]]] = {}
    for citation in citations:
        documents.setdefault(_document(citation), {}).setdefault(citation.label, []).append(citation)
    lines = ["**出处**"]
    for document, labels in documents.items():
        lines.append(f"- {document}" + "、".join(_place(label, found, web_url) for label, found in labels.items()))
    return "\n".join(lines)


def place_link(web_url: str, citation: Citation) -> str:
    """The web page opened at a citation; the page reads the part after ``#c=``."""
    document, clause = quote(citation.document, safe=""), quote(citation.clause, safe="")
    return f"{web_url.split('#')[0]}#c={document}/{clause}/{citation.span.start}-{citation.span.end}"


def _document(citation: Citation) -> str:
    number = f"（{citation.number}）" if citation.number else ""
    return f"《{citation.title}》{number}"


def _place(label: str, found: Sequence[Citation], web_url: str) -> str:
    name = f"[{label}]({place_link(web_url, found[0])})" if web_url else label
    return name + "".join(f"[{citation.marker}]" for citation in found)


def harmless(text: str) -> str:
    """``text`` without anything that makes the vendor's markdown do more than show it: mentions, colours, links."""
    return text.replace("<", "＜").replace("](", "] (").replace("![", "！[").replace("\x00", "")


def split(text: str, max_bytes: int) -> tuple[str, ...]:
    """``text`` in pieces of at most ``max_bytes`` UTF-8 bytes, cut between items where it can be, never in a character.

    Pieces say that they go on and what they continue. Raises ``ValueError`` for a limit below 200 bytes.
    """
    if max_bytes < 200:
        raise ValueError(f"a limit of {max_bytes} bytes is too small to split for")
    if _size(text) <= max_bytes:
        return (text,)
    room = max_bytes - _FRAME
    pieces: list[str] = []
    for group in _groups([block for block in text.split("\n\n") if block.strip()]):
        for part in [group] if _size(group) <= room else _parts(group, room):
            if pieces and _size(pieces[-1]) + _size(part) + 2 <= room:
                pieces[-1] += f"\n\n{part}"
            else:
                pieces.append(part)
    last = len(pieces) - 1
    return tuple(_joined(BEFORE if at else "", piece, NEXT if at < last else "") for at, piece in enumerate(pieces))


def _groups(blocks: Sequence[str]) -> list[str]:
    """What belongs together: headings with what follows them, an item's first line with its quotations and bases."""
    groups: list[list[str]] = []
    for block in blocks:
        after_heading = bool(groups) and groups[-1][-1].startswith("#")
        opens = block.startswith(("#", "**", "- "))
        if groups and (after_heading or not opens):
            groups[-1].append(block)
        else:
            groups.append([block])
    return ["\n\n".join(group) for group in groups]


def _parts(group: str, room: int) -> Iterator[str]:
    """A group that is too long by itself, block by block, and blocks that are too long, cut at ends of sentences."""
    held = ""
    for block in group.split("\n\n"):
        if held and _size(held) + _size(block) + 2 > room:
            yield held
            held = ""
        held = f"{held}\n\n{block}" if held else block
        *full, held = _cut(held, room)
        yield from full
    yield held


def _cut(block: str, room: int) -> list[str]:
    """At least one stretch, each within ``room`` bytes; a quotation stays one."""
    mark = "> " if block.startswith("> ") else ""
    found: list[str] = []
    while _size(block) > room:
        fitting = block.encode()[:room].decode("utf-8", "ignore")
        ends = (fitting.rfind(cut) + len(cut) for cut in _CUTS if fitting.rfind(cut) > len(fitting) // 2)
        at = next(ends, len(fitting))
        found.append(block[:at].rstrip())
        rest = block[at:].lstrip("\n")
        block = rest if rest.startswith("> ") else mark + rest
    return [*found, block]


def _joined(*blocks: str) -> str:
    return "\n\n".join(block.strip("\n") for block in blocks if block.strip())


def _size(text: str) -> int:
    return len(text.encode())

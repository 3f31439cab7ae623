"""What a citation can carry: its text cut into sentences, each with the head that governs it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from index.clean import Cleaned, clean, fold
from index.model import Clause, Duty, Family, Kind, Span
from rag.gate.canon import Canon, Canonizer
from rag.gate.words import STOP
from rag.library import Library
from rag.model import Citation

_ORDINAL = "[零一二三四五六七八九十百千]+"
_HEADING = re.compile(rf"^\s*(?:第{_ORDINAL}条(?:之{_ORDINAL})?[\s\u3000]*|\d{{1,2}}[.．])")
_SUBITEM = re.compile(r"^\s*[（(][零一二三四五六七八九十]+[)）]")
_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")
_PHRASE = re.compile(r"[^，,；;：:。！？\n]+")
_STRONG = re.compile(r"[；;]")


@dataclass(frozen=True)
class Segment:
    """One sentence of a clause, a list's entry together with the list's head. ``phrases`` are (start, end) in
    ``canon.text``, where ``STOP`` stands between them; ``parts`` tells which phrases stand between semicolons together.
    ``spans`` are the phrases' offsets in the document, for duties; -1 for a head's phrases.
    """

    canon: str
    phrases: tuple[tuple[int, int], ...]
    raw: tuple[str, ...]
    parts: tuple[int, ...]
    spans: tuple[Span, ...]

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Every pair of neighbouring characters."""
        return frozenset(self.canon[at : at + 2] for at in range(len(self.canon) - 1))

    @cached_property
    def chars(self) -> frozenset[str]:
        return frozenset(self.canon)

    def phrase_at(self, at: int) -> int:
        """The index of the phrase that holds token ``at``."""
        return next((n for n, (_, end) in enumerate(self.phrases) if at < end), len(self.phrases) - 1)


@dataclass(frozen=True)
class Source:
    """A citation as evidence. ``clause`` is the top-level clause, ``family`` its document's, ``head`` the sentence that
    opens the list a cited entry stands in.
    """

    citation: Citation
    clause: Clause
    family: Family
    segments: tuple[Segment, ...]
    duties: tuple[Duty, ...]
    titles: frozenset[str]

    @cached_property
    def cleaned(self) -> Cleaned:
        """The cited text folded, with the way back to its characters."""
        return clean(self.citation.quote)

    @cached_property
    def body(self) -> str:
        """The cited text folded, without its own number in front."""
        return fold(without_heading(self.citation.quote))


def make_source(library: Library, citation: Citation, canonize: Canonizer) -> Source:
    """``citation`` made ready to be compared with."""
    info = library.infos[citation.document]
    clauses = library.clauses(citation.document)
    plan = info.family is Family.WORK_PLAN
    duties = tuple(d for d in library.duties(citation.document) if d.clause == citation.clause) if plan else ()
    segments = _segments(citation.quote, citation.span.start, _head(clauses, citation), canonize)
    titles = frozenset({info.title, info.short_title, info.title.removeprefix("中华人民共和国")})
    return Source(citation, clauses[citation.clause], info.family, segments, duties, titles)


def without_heading(text: str) -> str:
    """``text`` without its own 第六条 or 20. in front."""
    return _HEADING.sub("", text)


def _head(clauses: dict[str, Clause], citation: Citation) -> str:
    """The words before a list of which only one entry is cited."""
    cited = next((c for c in clauses.values() if c.span == citation.span and c.kind is Kind.SUBITEM), None)
    parent = clauses.get(cited.parent or "") if cited else None
    return "" if parent is None else _SUBITEM.split(_HEADING.sub("", parent.text).split("\n（")[0])[0]


def _segments(text: str, offset: int, head: str, canonize: Canonizer) -> tuple[Segment, ...]:
    found: list[Segment] = []
    at = 0
    for line in text.split("\n"):
        opening = _HEADING.match(line) if at == 0 else _SUBITEM.match(line)
        start = opening.end() if opening else 0
        entry = _SUBITEM.match(line)
        if entry:
            found.append(_segment([(head, -1), (line[entry.end() :], offset + at + entry.end())], canonize))
        else:
            for match in _SENTENCE.finditer(line, start):
                found.append(_segment([(match.group(), offset + at + match.start())], canonize))
            if line.rstrip().endswith(("：", ":")):
                head = _SENTENCE.findall(line[start:])[-1]
                if len(head) > 40:  # the head of 给予处罚：（一）… is a sentence; what stands before it is another
                    head = head.strip()
        at += len(line) + 1
    return tuple(segment for segment in found if segment.phrases)


def _segment(pieces: list[tuple[str, int]], canonize: Canonizer) -> Segment:
    text, phrases, raw, parts, spans = "", [], [], [], []
    part = 0
    for words, offset in pieces:
        done = 0
        part += 1
        for match in _PHRASE.finditer(words):
            part += bool(_STRONG.search(words, done, match.start()))
            done = match.end()
            canon = canonize(match.group())
            if not canon.text:
                continue
            phrases.append((len(text), len(text) + len(canon.text)))
            text += canon.text + STOP
            raw.append(match.group())
            parts.append(part)
            where = offset + match.start() if offset >= 0 else -1
            spans.append(Span(where, where + len(match.group())) if offset >= 0 else Span(-1, -1))
    return Segment(text, tuple(phrases), tuple(raw), tuple(parts), tuple(spans))


def draft_phrases(text: str, canonize: Canonizer) -> list[tuple[Canon, int]]:
    """A sentence's phrases, and which stretch between semicolons each stands in."""
    found: list[tuple[Canon, int]] = []
    part, done = 0, 0
    for match in _PHRASE.finditer(text):
        part += bool(_STRONG.search(text, done, match.start()))
        done = match.end()
        canon = canonize(match.group())
        if canon.text:
            found.append((canon, part))
    return found

"""Citations: numbered while an answer is written, and checked to the character before it leaves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from index.errors import CitationError
from index.model import Clause, Span
from rag.library import Library
from rag.model import Answer, Citation

_MARKER = re.compile(r"\[(\d+)\]")
_OPEN, _CLOSE = "\ue000", "\ue001"
_GIVEN = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_QUOTED = re.compile(r"[ \t]*> ?(.*)$")


@dataclass
class CitationBook:
    """Gives every cited stretch of text its number; the same stretch keeps its number."""

    library: Library
    _numbers: dict[tuple[str, int, int], int] = field(default_factory=dict)
    _citations: list[Citation] = field(default_factory=list)

    def cite(self, clause: Clause, span: Span | None = None) -> str:
        """The marker of ``clause``, or of ``span`` inside it: its number between two private characters.

        ``renumber`` writes it as ``[3]``. Until then no ``[3]`` of a document or a question can be taken for one.
        Sub-clauses are cited under their top-level clause's id with their own, finer label.
        """
        span = span or clause.span
        key = (clause.document, span.start, span.end)
        if key not in self._numbers:
            self._numbers[key] = len(self._citations) + 1
            self._citations.append(self._citation(clause, span, self._numbers[key]))
        return f"{_OPEN}{self._numbers[key]}{_CLOSE}"

    def _citation(self, clause: Clause, span: Span, marker: int) -> Citation:
        document = self.library.document(clause.document)
        top = self.library.clauses(clause.document)[clause.top]
        label = clause.label if clause.id[-1:].isdigit() or clause.id.endswith(")") else top.label
        return Citation(
            marker, document.id, document.title, document.number, clause.top, label,
            span.of(document.text), span, self.library.status(document.id), clause.verified,
        )  # fmt: skip

    @property
    def citations(self) -> tuple[Citation, ...]:
        return tuple(self._citations)


def renumber(text: str, citations: tuple[Citation, ...]) -> tuple[str, tuple[Citation, ...]]:
    """Drop citations the text never uses and number the rest in the order of the text, their markers as ``[n]``.

    A ``[2023]`` that stood in the text before is no marker and becomes ``［2023］``.
    """
    order = list(dict.fromkeys(int(m) for m in _GIVEN.findall(text)))
    by_marker = {c.marker: c for c in citations}
    numbers = {old: new for new, old in enumerate((o for o in order if o in by_marker), 1)}
    kept = tuple(_numbered(by_marker[old], new) for old, new in numbers.items())
    return _GIVEN.sub(lambda m: f"[{numbers[int(m[1])]}]" if int(m[1]) in numbers else "", _shown(text)), kept


def _numbered(c: Citation, marker: int) -> Citation:
    if c.marker == marker:
        return c
    return Citation(marker, c.document, c.title, c.number, c.clause, c.label, c.quote, c.span, c.status, c.verified)


def mark(number: int) -> str:
    """The marker of citation ``number`` as ``renumber`` reads it."""
    return f"{_OPEN}{number}{_CLOSE}"


def marked(text: str) -> str:
    """``text`` that ``renumber`` wrote, its markers as ``renumber`` reads them: to be put into a longer text."""
    return _MARKER.sub(lambda match: mark(int(match[1])), text)


def _shown(text: str) -> str:
    """``text`` with its own bracketed numbers in full-width brackets, which no reader takes for markers."""
    return _MARKER.sub(r"［\1］", text)


def verify(answer: Answer, library: Library) -> None:
    """Raise ``CitationError`` unless every quotation is the stored text and every marker has its citation.

    Block quotations in the text must be contiguous text of a verified clause cited next to them (on the nearest line
    before with a marker, or right after), but for the full-width brackets that ``renumber`` gives bracketed numbers.
    """
    used = {int(m) for m in _MARKER.findall(answer.text)}
    given = {c.marker for c in answer.citations}
    if used != given:
        raise CitationError(f"引用编号不一致：正文用到 {sorted(used)}，列出 {sorted(given)}。")
    for citation in answer.citations:
        text = library.document(citation.document).text
        if not citation.quote or text[citation.span.start : citation.span.end] != citation.quote:
            raise CitationError("引文与原文不一致。", document=citation.document, clause=citation.clause)
    sources = {c.marker: _shown(c.quote) for c in answer.citations if c.verified}
    for quoted, near in _quotations(answer.text):
        if not any(quoted in sources.get(marker, "") for marker in near):
            raise CitationError(f"引文不在所引条款中：{quoted[:40]}")
    if answer.refused and answer.duties:
        raise CitationError("拒答不应带有任务清单。")


def _quotations(text: str) -> list[tuple[str, set[int]]]:
    """Each line of a block quotation with the markers next to it."""
    lines = [line for line in text.splitlines() if line.strip()]
    found: list[tuple[str, set[int]]] = []
    before: set[int] = set()
    for at, line in enumerate(lines):
        quoted = _QUOTED.match(line)
        if quoted is None:
            before = _markers(line) or before
        elif quoted[1].strip():
            after = next((other for other in lines[at + 1 :] if not _QUOTED.match(other)), "")
            found.append((quoted[1].strip(), before | _markers(after)))
    return found


def _markers(line: str) -> set[int]:
    return {int(marker) for marker in _MARKER.findall(line)}

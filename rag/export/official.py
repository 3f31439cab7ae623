"""Citations and answers in the form officials write, for copying into a document."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.library import EXPIRED, IN_FORCE, NOT_YET, TRANSCRIBED_NOTE, Library
from rag.model import Answer, Citation

_CIRCLED = "".join(map(chr, (*range(0x2460, 0x2474), *range(0x3251, 0x3260), *range(0x32B1, 0x32C0))))
_MARKER = re.compile(r" ?\[(\d+)\]")
_HEAD = re.compile(r"(?m)^#{1,6} *")
_ITEM = re.compile(r"(?m)^( *)[-*] ")
_QUOTE = re.compile(r"(?m)^[ \t]*> ?")
_INDENT = "　　"


def official_reference(citation: Citation) -> str:
    """``《宜春市2023年安全生产工作要点》（宜市安字〔2023〕2号）第20项``."""
    number = f"（{citation.number}）" if citation.number else ""
    return f"《{citation.title}》{number}{citation.label}"


def official_text(answer: Answer, library: Library) -> str:
    """The answer as plain paragraphs, its sources as footnotes ``①`` listed below; citations of one place share one."""
    numbers, notes = _footnotes(answer.citations, library)
    total = len(notes)
    text = _MARKER.sub(lambda m: _mark(numbers.get(int(m[1])), total), answer.text)
    text = re.sub(r"([①-⑳㉑-㉟㊱-㊿]|（注\d+）)\1+", r"\1", text)
    text = _QUOTE.sub(_INDENT, _ITEM.sub("· ", _HEAD.sub("", text))).replace("**", "")
    text = re.sub(r"\n{2,}", "\n", text).strip()
    if not notes:
        return text
    return "\n".join([text, "", "出处：", *(f"{_mark(n, total)} {note}" for n, note in enumerate(notes, 1))])


def _footnotes(citations: Sequence[Citation], library: Library) -> tuple[dict[int, int], list[str]]:
    """Marker → number of its footnote, and the footnotes."""
    numbers: dict[int, int] = {}
    notes: list[str] = []
    for citation in citations:
        note = official_reference(citation) + reference_state(citation, library)
        if note not in notes:
            notes.append(note)
        numbers[citation.marker] = notes.index(note) + 1
    return numbers, notes


def reference_state(citation: Citation, library: Library) -> str:
    """What a reader must know of a document that is not simply in force; empty for one that is."""
    document = library.document(citation.document) if citation.document in library else None
    if not citation.verified:
        return f"（{TRANSCRIBED_NOTE}）"
    if citation.status == EXPIRED and document and document.expires:
        return f"（{EXPIRED}，{document.expires}）"
    if citation.status == NOT_YET and document and document.effective:
        return f"（{NOT_YET}，{document.effective}起施行）"
    return "" if citation.status == IN_FORCE else f"（{citation.status}）"


def _mark(number: int | None, total: int) -> str:
    """A circled number as long as there are enough of them; nothing for a marker without a source."""
    if number is None:
        return ""
    return _CIRCLED[number - 1] if total <= len(_CIRCLED) else f"（注{number}）"

"""A conversation as a Word file: each question, its answer, and the sources in the form officials write."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from docx.document import Document as DocumentObject
from docx.shared import Cm

from rag.export.official import official_reference, reference_state
from rag.export.word import BODY, HEAD, KAI, TITLE, centred, new_document, say, tight, to_bytes
from rag.library import Library
from rag.model import Answer

_HEAD = re.compile(r"#{1,6} +(.*)")
_ITEM = re.compile(r" *[-*] +(.*)")
_QUOTE = re.compile(r"[ \t]*> ?(.*)")
_INLINE = re.compile(r"(\*\*.+?\*\*|\[\d+\])")
_SIZE = 12.0


class Exchanged(Protocol):
    """One question with its answer (``rag.history.conversations.Exchange``). ``asked`` is ISO 8601 with its zone."""

    @property
    def question(self) -> str: ...

    @property
    def answer(self) -> Answer: ...

    @property
    def asked(self) -> str: ...


def conversation_docx(title: str, exchanges: Sequence[Exchanged], library: Library, made: date) -> bytes:
    """The Word file, A4 upright. Markers stay as raised numbers, each answer followed by the sources they mean."""
    document = new_document(title, made, landscape=False)
    say(centred(tight(document.add_paragraph(), after=6)), title or "对话记录", TITLE, 20)
    day = f"{made.year}年{made.month}月{made.day}日"
    say(centred(tight(document.add_paragraph(), after=10)), f"安全生产职责问答记录（{day}导出）", KAI, 12)
    for number, exchange in enumerate(exchanges, 1):
        _question(document, number, exchange)
        _answer(document, exchange.answer)
        _sources(document, exchange.answer, library)
    return to_bytes(document)


def _question(document: DocumentObject, number: int, exchange: Exchanged) -> None:
    paragraph = tight(document.add_paragraph(), before=12, after=2)
    paragraph.paragraph_format.keep_with_next = True
    say(paragraph, f"问题{number}　{exchange.question.strip()}", HEAD, 14, bold=True)
    when = datetime.fromisoformat(exchange.asked).astimezone()
    said = tight(document.add_paragraph(), after=4)
    said.paragraph_format.keep_with_next = True
    say(said, f"提问时间：{when.year}年{when.month}月{when.day}日 {when:%H:%M}", KAI, 10.5)


def _answer(document: DocumentObject, answer: Answer) -> None:
    for line in answer.text.replace(" [", "[").split("\n"):
        if not line.strip():
            continue
        if head := _HEAD.fullmatch(line):
            paragraph = tight(document.add_paragraph(), before=6, after=3)
            paragraph.paragraph_format.keep_with_next = True
            say(paragraph, head[1], HEAD, _SIZE, bold=True)
        elif quote := _QUOTE.fullmatch(line):
            _paragraph(document, quote[1], KAI, Cm(0.8), Cm(0.0))
        elif item := _ITEM.fullmatch(line):
            _paragraph(document, f"· {item[1]}", BODY, Cm(0.8), Cm(-0.4))
        else:
            _paragraph(document, line.strip(), BODY, Cm(0.0), Cm(0.0))


def _paragraph(document: DocumentObject, text: str, font: str, left: Cm, first: Cm) -> None:
    """A quotation has no markers and no bold of its own: what stands in it is the paper's."""
    paragraph = tight(document.add_paragraph(), after=3, line=1.25)
    paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = left, first
    for piece in [text] if font == KAI else _INLINE.split(text):
        if font != KAI and re.fullmatch(r"\[\d+\]", piece):
            say(paragraph, piece, font, _SIZE).font.superscript = True
        elif font != KAI and piece.startswith("**") and piece.endswith("**") and len(piece) > 4:
            say(paragraph, piece[2:-2], font, _SIZE, bold=True)
        elif piece:
            say(paragraph, piece, font, _SIZE)


def _sources(document: DocumentObject, answer: Answer, library: Library) -> None:
    if not answer.citations:
        return
    head = tight(document.add_paragraph(), before=4, after=1)
    head.paragraph_format.keep_with_next = True
    say(head, "出处", HEAD, 10.5, bold=True)
    for citation in answer.citations:
        line = tight(document.add_paragraph())
        line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Cm(0.8), Cm(-0.8)
        state = reference_state(citation, library)
        say(line, f"[{citation.marker}] {official_reference(citation)}{state}", BODY, 10.5)

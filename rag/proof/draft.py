"""Files and texts → ``Draft``: lines of a text, paragraphs and table cells of a Word file.

python-docx is imported only where a Word file is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from index.errors import MissingPackage, QuestionError, why
from index.model import Span
from rag.proof.model import Draft, Paragraph

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

MAX_BYTES = 20_000_000
MAX_CHARACTERS = 500_000
_UNPACKED_BYTES = 200_000_000
_TEXT, _WORD = (".txt", ".md", ".markdown", ".text"), (".docx",)
_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
_BLOCK_QUOTE = re.compile(r"[ \t]*>[ \t]?")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PASSED = (f"{_W}del", f"{_W}pPr", f"{_W}rPr", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
_ASIDE = re.compile(r"/(footnotes|endnotes|header|footer)\d*\.xml")
_PLACES = {"footnotes": "脚注", "endnotes": "尾注", "header": "页眉", "footer": "页脚"}
_WAY_OUT = "请另存为 .docx 或 .txt 后重试。"


def draft_of_text(text: str) -> Draft:
    """The lines of a text; lines that begin with ``>`` are block quotations. Raises ``QuestionError`` if too long."""
    _limit(text)
    paragraphs: list[Paragraph] = []
    at = 0
    for number, line in enumerate(text.split("\n"), 1):
        mark = _BLOCK_QUOTE.match(line)
        span = Span(at, at + len(line))
        if line.strip():
            paragraphs.append(Paragraph(span, f"第{number}行", number, quoted=mark is not None))
        at += len(line) + 1
    return Draft(text, tuple(paragraphs))


def read_draft(path: Path) -> Draft:
    """The draft in a .txt, .md (UTF-8, UTF-16 with its mark, or GB 18030) or .docx file.

    Raises ``QuestionError`` with cause and remedy for anything that cannot be read.
    """
    if path.is_dir():
        raise QuestionError(f"{path} 是目录，不是文件。", "请写出要核对的文件，例如 责任清单.docx。")
    kind = path.suffix.lower()
    if kind not in (*_TEXT, *_WORD):
        named = {".doc": "旧版 Word 文件（.doc）", ".pdf": "PDF 文件", ".wps": "WPS 文字文件"}.get(kind, "这种文件")
        if path.exists():
            raise QuestionError(f"不能读取{named}：{path.name}。", _WAY_OUT)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise QuestionError(f"{path.name} 太大。", f"请控制在{MAX_BYTES // 1_000_000}MB以内。")
        content = path.read_bytes()
    except OSError as error:
        raise QuestionError(f"无法读取 {path}：{why(error)}。", "请检查文件路径和读取权限。") from error
    return draft_of_bytes(content, path.name)


def draft_of_bytes(content: bytes, name: str) -> Draft:
    """The draft in ``content``, a Word file or a text by its first bytes. Raises ``QuestionError``."""
    if content.startswith(_ZIP):
        return _draft_of_word(content, name)
    if content.startswith((_OLE, _PDF)):
        named = "旧版 Word 文件（.doc）" if content.startswith(_OLE) else "PDF 文件"
        raise QuestionError(f"{name} 的内容是{named}，不能读取。", _WAY_OUT)
    if name.lower().endswith(_WORD):
        cause = "是空文件" if not content else "不是有效的 Word 文件"
        raise QuestionError(f"{name} {cause}。", "请用 Word 或 WPS 打开后重新另存为 .docx。")
    draft = draft_of_text(_decoded(content, name))
    if not draft.paragraphs:
        raise QuestionError(f"{name} 是空的，没有可核对的文字。", "请检查是否选错了文件。")
    return draft


def _decoded(content: bytes, name: str) -> str:
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return re.sub(r"\r\n?", "\n", text)
    raise QuestionError(f"{name} 不是文本，或编码无法识别。", "请用记事本打开，另存为 UTF-8 编码后重试。")


def _limit(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise QuestionError(f"文本有{len(text)}个字，太长了。", f"请分成每份{MAX_CHARACTERS // 10_000}万字以内核对。")


def _draft_of_word(content: bytes, name: str) -> Draft:
    try:
        from docx import Document
        from docx.opc.exceptions import OpcError
        from lxml.etree import LxmlError
    except ImportError as error:
        raise MissingPackage("缺少读取 Word 文件的软件包 python-docx。", "请运行：pip install python-docx") from error
    try:
        with ZipFile(BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _UNPACKED_BYTES:
                raise QuestionError(f"{name} 解压后太大。", "请删去其中的图片和附件后重试。")
        document = Document(BytesIO(content))
    except (BadZipFile, OpcError, LxmlError, KeyError, ValueError, OSError) as error:
        raise QuestionError(
            f"{name} 已损坏，或不是 Word 文件。", "请用 Word 或 WPS 打开后重新另存为 .docx。"
        ) from error
    pieces = list(_pieces(document))
    if not any(text.strip() for text, *_ in pieces):
        raise QuestionError(f"{name} 里没有文字。", "如果内容是图片或扫描件，请先转成文字。")
    return _joined(pieces)


def _joined(pieces: list[tuple[str, str, int, bool]]) -> Draft:
    """One text of all pieces, a line feed between two."""
    paragraphs: list[Paragraph] = []
    at = 0
    for text, place, group, quoted in pieces:
        if text.strip():
            paragraphs.append(Paragraph(Span(at, at + len(text)), place, group, quoted))
        at += len(text) + 1
    joined = "\n".join(text for text, *_ in pieces)
    _limit(joined)
    return Draft(joined, tuple(paragraphs), lined=False)


def _pieces(document: WordDocument) -> Iterator[tuple[str, str, int, bool]]:
    """(text, place, group, quoted) of paragraphs and table cells in reading order; paragraphs are counted as in Word.

    Line breaks inside a paragraph become spaces, so that offsets stay those of one line.
    """
    from docx.table import Table

    number = tables = group = 0
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            tables += 1
            seen: set[Any] = set()
            for row_number, row in enumerate(block.rows, 1):
                group += 1
                for column, text in _cells(row, seen):
                    yield text, f"表{tables}第{row_number}行第{column}列", group, False
            continue
        number += 1
        group += 1
        style = (block.style.name or "") if block.style is not None else ""
        yield _words(block._p), f"第{number}段", group, "Quote" in style or "引用" in style or "引文" in style
    for part in document.part.package.iter_parts():
        if aside := _ASIDE.search(part.partname):
            for count, note in enumerate(_notes(part.blob), 1):
                group += 1
                yield note, f"{_PLACES[aside[1]]}{count}", group, False


def _cells(row: Any, seen: set[Any]) -> Iterator[tuple[int, str]]:
    """(column, text) of each cell; one that spans several columns or rows comes once."""
    for column, cell in enumerate(row.cells, 1):
        if cell._tc not in seen:
            seen.add(cell._tc)
            yield column, " ".join(_words(paragraph) for paragraph in cell._tc.iter(f"{_W}p"))


def _notes(content: bytes) -> Iterator[str]:
    """Footnotes or endnotes, whose separators are empty, or the paragraphs of a header or footer."""
    from lxml.etree import XMLParser, fromstring

    root = fromstring(content, XMLParser(resolve_entities=False, no_network=True))
    for note in root:
        if words := _words(note).strip():
            yield words


def _words(element: Any) -> str:
    """What is read in an element: inserted text too, deleted text not, the copy of a text box for old programs not."""
    if element.tag == f"{_W}t":
        return element.text or ""
    if element.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
        return " "
    return "".join(_words(child) for child in element if child.tag not in _PASSED)

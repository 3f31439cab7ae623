"""What Word files share: fonts of official papers, page, footer with page numbers, a document to bytes."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from rag.export.text import printable

TITLE, HEAD, BODY, KAI = "方正小标宋简体", "黑体", "仿宋", "楷体"
_LATIN = "Times New Roman"
# A machine without the font takes the other name: Windows has 宋体, others have the Noto and Source families.
_OTHERWISE = {TITLE: "宋体", HEAD: "SimHei", BODY: "FangSong", KAI: "KaiTi", "宋体": "SimSun"}
_FONT_TABLE = "word/fontTable.xml"
_SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def new_document(title: str, made: date, *, landscape: bool) -> DocumentObject:
    """An empty A4 document whose every style has a Chinese font, with page numbers in the footer."""
    document = Document()
    section = document.sections[0]
    short, long = Cm(21.0), Cm(29.7)
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    side, end = (Cm(2.0), Cm(2.0)) if landscape else (Cm(2.6), Cm(2.5))
    section.left_margin = section.right_margin = side
    section.top_margin = section.bottom_margin = end
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _LATIN, Pt(12)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    _page_numbers(section.footer.paragraphs[0])
    core = document.core_properties
    core.title, core.author, core.language, core.comments = printable(title), "安责", "zh-CN", ""
    core.created = core.modified = datetime.combine(made, datetime.min.time())
    return document


def say(paragraph: Paragraph, text: str, font: str = BODY, size: float = 12, *, bold: bool = False) -> Run:
    """Add ``text`` in a Chinese font (Latin letters and figures in Times New Roman), ``size`` in points."""
    run = paragraph.add_run(printable(text))
    run.font.name, run.font.size, run.font.bold = _LATIN, Pt(size), bold
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")  # “” … — · belong to both scripts; without the hint Word takes the Latin ones
    return run


def tight(paragraph: Paragraph, *, before: float = 0, after: float = 0, line: float = 1.0) -> Paragraph:
    """Set the spacing, in points and lines."""
    form = paragraph.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), line
    return paragraph


def centred(paragraph: Paragraph) -> Paragraph:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def to_bytes(document: DocumentObject) -> bytes:
    """The finished file, with other names for fonts a machine may not have."""
    plain, out = BytesIO(), BytesIO()
    document.save(plain)
    with ZipFile(plain) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = _fonts() if part.filename == _FONT_TABLE else source.read(part)
            target.writestr(part, content, ZIP_DEFLATED)
    return out.getvalue()


def _fonts() -> bytes:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in _OTHERWISE.items()
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}<w:fonts xmlns:w="{_SPACE}">{fonts}</w:fonts>'.encode()


def _page_numbers(paragraph: Paragraph) -> None:
    """``第 1 页 共 3 页``, counted by the program that shows the file."""
    centred(paragraph)
    for words, field in (("第 ", "PAGE"), (" 页  共 ", "NUMPAGES"), (" 页", "")):
        say(paragraph, words, "宋体", 9)
        if field:
            _field(paragraph, field)


def _field(paragraph: Paragraph, code: str) -> None:
    """A field in runs of its own, so that what it shows has their size."""
    for kind in ("begin", "code", "separate", "shown", "end"):
        run = say(paragraph, "1" if kind == "shown" else "", "宋体", 9)
        if kind == "code":
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {code} "
            run._element.append(instruction)
        elif kind != "shown":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._element.append(mark)

"""Answers about the documents themselves and about this assistant; and concepts."""

from __future__ import annotations

import re

from index.basis import Concept
from index.model import Family, Provenance
from rag.citations import CitationBook
from rag.compose.draft import Draft, cite_name, quoted, status_notes
from rag.compose.passages import best_pieces, pieces
from rag.library import TRANSCRIBED_NOTE, Library
from rag.understand.reading import Reading

HELP = """我根据收录的安全生产文件回答问题，每一句话都标明出处。可以这样问：

- 部门任务：市住建局今年要做什么？我局牵头的有哪些？
- 责任分工：燃气安全整治谁牵头？第20项由谁落实？
- 时限频次：职责清单什么时候之前制定？执法案例多久公布一次？
- 条款原文：第14项讲什么？安全生产法第三十六条第四款怎么规定？
- 法律依据：第20项的法律依据是什么？
- 法律问题：老板让冒险作业，工人能不能拒绝？

文件里没有的内容，我会直接说没有。"""


def compose_help() -> Draft:
    return Draft(HELP)


def compose_documents(library: Library, book: CitationBook, reading: Reading) -> Draft:
    """What is held; or one document's number, issuer, dates and status where the question is about those."""
    about = [id for id in reading.documents if id in library]
    if re.search(
        r"谁发|发的文|文号|[印发]的|实行|生效|实施|公布|颁布|印发|发文|发布|施行|出台|下发|颁布|有效|过期|作废|失效|废止|发给|主送|适用|管用|作数|算数",
        reading.text,
    ):
        return compose_about(library, book, about[0] if about else library.plan.id)
    lines = [f"收录的文件共{len(library.infos)}份："]
    for info in list(library.infos.values())[:40]:
        number = f"（{info.number}）" if info.number else ""
        lines.append(f"- 《{info.title.removeprefix('中华人民共和国')}》{number}：{library.status(info.id)}")
    if len(library.infos) > 40:
        lines.append(f"- ……等{len(library.infos)}份")
    return Draft("\n".join(lines))


_EXPLAINS = re.compile(r"^(?:第[一二三四五六七八九十百]+条\s*)?本(?:规定|法|条例|办法)由[^。]{2,30}解释。?$")
"""Who explains a regulation."""


def compose_about(library: Library, book: CitationBook, id: str) -> Draft:
    """Number, issuer, dates and status of one document, with the text that carries them."""
    document = library.document(id)
    facts = [
        ("文号", document.number), ("制定机关", document.issuer), ("层级", document.level),
        ("印发日期" if document.family is Family.WORK_PLAN else "公布日期", _chinese_date(document.published)),
        ("施行日期", _chinese_date(document.effective)), ("状态", library.status(id)),
    ]  # fmt: skip
    lines = [f"《{document.title}》", "\n".join(f"- {name}：{value}" for name, value in facts if value)]
    clauses = library.clauses(id)
    if document.provenance is Provenance.TRANSCRIBED:
        lines.append(f"- 文本：{TRANSCRIBED_NOTE}")
    if "notice" in clauses:
        notice = clauses["notice"]
        lines.append(f"通知原文{book.cite(notice)}：")
        lines.append(quoted(library, notice))
    else:
        tops = [clause for clause in clauses.values() if clause.id == clause.top]
        explains = [clause for clause in tops if _EXPLAINS.search(clause.text)][-1:]
        for clause in (*[clause for clause in tops if "施行" in clause.text][-1:], *explains):
            lines.append(f"{cite_name(library, clause)}{book.cite(clause)}：")
            lines.append(quoted(library, clause))
    lines.append(status_notes(library, [id]))
    return Draft("\n\n".join(line for line in lines if line))


def _chinese_date(iso: str) -> str:
    if not iso:
        return ""
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


def compose_concept(library: Library, book: CitationBook, reading: Reading, concept: Concept) -> Draft:
    """What a term means, with the clauses that carry it."""
    clauses = [c for ref in concept.clauses if (c := library.clause(ref.document, ref.clause))]
    markers = "".join(book.cite(c) for c in clauses)
    lines = [f"**{concept.name}**：{concept.meaning}{markers}"]
    for clause in clauses[:3]:
        document = library.document(clause.document)
        spans = pieces(document.text, clause, library.parts(clause))
        best = (
            [clause.span]
            if len(clause.text) <= 260
            else best_pieces(f"{reading.text}{concept.name}{concept.meaning}", document.text, spans, 2)
        )
        lines.append(f"{cite_name(library, clause)}{book.cite(clause)}：")
        lines += [quoted(library, clause, span.of(document.text)) for span in best]
    if len(clauses) > 3:
        lines.append("另见：" + "、".join(f"{cite_name(library, c)}{book.cite(c)}" for c in clauses[3:]))
    lines.append(status_notes(library, [c.document for c in clauses]))
    return Draft("\n\n".join(line for line in lines if line))

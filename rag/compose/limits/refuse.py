"""Saying no: with the reason, and what the documents do say nearby. A refusal cites nothing as support."""

from __future__ import annotations

from collections.abc import Sequence

from index.model import Clause
from rag.citations import CitationBook
from rag.compose.draft import Draft, cite_name, plain, quoted
from rag.compose.passages import best_pieces, pieces
from rag.library import Library
from rag.model import Reason
from rag.understand.reading import Reading
from rag.understand.scope import Outside

_OUTSIDE = {
    Outside.ALTER: "不能改动、删减或编造文件内容。这里只按原文回答；需要修改文件，请走正式的发文程序。",
    Outside.INJECTION: "这不是对文件内容的提问，不能照做。请直接问某个部门的任务、某一项的责任分工或某条法律的规定。",
    Outside.OFF_TOPIC: "这个问题与收录的安全生产文件无关，无法回答。可以问部门任务、某项由谁负责，或安全生产法的规定。",
}


def outside(kind: Outside) -> Draft:
    return Draft(_OUTSIDE[kind], reason=Reason.OUT_OF_SCOPE, rule=kind.value)


def ambiguous(text: str) -> Draft:
    return Draft(text, reason=Reason.AMBIGUOUS)


def which_department(library: Library) -> Draft:
    examples = "、".join(o.name for o in library.register.organisations if o.kind == "department")[:60].rsplit("、", 1)[
        0
    ]
    return ambiguous(f"请问您是哪个部门？请写出部门名称，或先设置“我的部门”。例如：{examples}。")


def not_held(library: Library, book: CitationBook, reading: Reading, lead: str, near: Sequence[Clause]) -> Draft:
    """The documents do not hold it; what they say nearby is quoted and cited, marked as no answer."""
    return Draft(_with_nearest(library, book, reading, lead, near), reason=Reason.NOT_IN_DOCUMENT)


def no_evidence(
    library: Library,
    book: CitationBook,
    reading: Reading,
    near: Sequence[Clause],
    lead: str = "在收录的文件中没有找到可以回答这个问题的条款。",
) -> Draft:
    """Nothing found answers it; the nearest clauses are named, not quoted."""
    return Draft(_with_nearest(library, book, reading, lead, near, quote=False), reason=Reason.NO_EVIDENCE)


def _with_nearest(
    library: Library, book: CitationBook, reading: Reading, lead: str, near: Sequence[Clause], *, quote: bool = True
) -> str:
    if not near:
        return lead
    if not quote:
        return f"{lead}\n\n最接近的条款（不一定相关）：{'、'.join(_named(library, c) for c in near[:3])}。"
    lines = [lead, "文件中与此相关的原文："]
    for clause in near[:2]:
        document = library.document(clause.document)
        spans = pieces(document.text, clause, library.parts(clause))
        best = best_pieces(reading.text, document.text, spans, 1)
        lines.append(f"{_named(library, clause)}{book.cite(clause)}")
        lines += [quoted(library, clause, span.of(document.text)) for span in best]
    return "\n\n".join(lines)


def _named(library: Library, clause: Clause) -> str:
    name = cite_name(library, clause)
    return f"{name}（{clause.title}）" if clause.title else name


def unknown_party(words: str, nearest: Sequence[str]) -> Draft:
    said = plain(words)
    if nearest:
        return ambiguous(f"组织名录里没有“{said}”。您是不是想问：{'、'.join(nearest)}？请用完整的部门名称再问一次。")
    return Draft(
        f"组织名录里没有“{said}”，文件也没有点名它。请核对部门名称；确有此单位的，管理员可在组织名录中登记。",
        reason=Reason.NOT_IN_DOCUMENT,
    )

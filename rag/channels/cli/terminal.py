"""Answers and tables for a terminal: no markdown, sources listed below."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from index.model import Document, Duty, Problem, Tier
from rag.model import Answer, Citation

_TIERS = {Tier.NAMED: "括号", Tier.BODY: "正文"}
_REASONS = {"no_bracket": "没有责任括号", "unreadable_bracket": "责任括号未能识别"}


def render(answer: Answer) -> str:
    """The answer's text without markdown marks, then its sources."""
    text = re.sub(r"(?m)^#{1,6} *(.*)$", r"【\1】", answer.text)
    text = re.sub(r"(?m)^> ?", "  │ ", text).replace("**", "")
    text = re.sub(r"\n{3,}", "\n\n", text)
    sources = "\n".join(_source(citation) for citation in answer.citations)
    return text + (f"\n\n出处：\n{sources}" if sources else "")


def _source(citation: Citation) -> str:
    number = f"（{citation.number}）" if citation.number else ""
    return f"[{citation.marker}] 《{citation.title}》{number}{citation.label}　{citation.status}"


def duty_table(document: Document, duties: Sequence[Duty], problems: Sequence[Problem], *, tsv: bool) -> str:
    """All duties of a plan, one a line: clause, where it stands, party as written, canonical name, role, deadlines."""
    rows = [
        (
            duty.clause, _TIERS[duty.tier], duty.words, duty.party, duty.role.value,
            duty.role_words if duty.tier is Tier.NAMED else "",
            "、".join(d.text + (f"={d.due or d.rrule}" if d.due or d.rrule else "") for d in duty.deadlines),
        )
        for duty in duties
    ]  # fmt: skip
    head = ("事项", "位置", "原文写法", "规范名称", "角色", "原文动词", "时限")
    if tsv:
        return "\n".join("\t".join(row) for row in (head, *rows))
    lines = [f"《{document.title}》（{document.number}）任务表：{len(rows)}行", *_columns((head, *rows))]
    lines += [f"未能解析：第{p.clause}项　{_REASONS.get(p.reason, p.reason)}：{p.text}" for p in problems]
    return "\n".join(lines if problems else [*lines, "全部责任括号均已解析。"])


def _columns(rows: Iterable[Sequence[str]]) -> list[str]:
    table = list(rows)
    widths = [max(_width(row[column]) for row in table) for column in range(len(table[0]))]
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]


def _width(text: str) -> int:
    """Columns a terminal needs: wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)

"""Two tiny parsed documents, a plan and a law, with every kind of thing an index holds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise

from index.model import (
    Clause,
    Deadline,
    DeadlineKind,
    Document,
    Duty,
    Family,
    Kind,
    ParsedDocument,
    Problem,
    Provenance,
    Role,
    Span,
    Tier,
)

PLAN_TEXT = (
    "二、推动责任落实\r\n"
    "4.压实领导责任。认真贯+彻规定，3月底前制定清单。每月定期通报情况。(市应急管理局会同各有关部门分工负责)\r\n"
    "5.强化燃气安全整治。持续开展城镇燃气专项整治。(市住建局牵头组织开展,某某落实)\n"
)

LAW_TEXT = (
    "第一条 为了加强安全生产工作，制定本法。\n"
    "第二条 生产经营单位的主要负责人应当建立健全安全生产责任制。\n"
    "县级以上人民政府应当加强对安全生产工作的领导，"
    + "建立健全安全生产工作协调机制，及时协调、解决安全生产监督管理中存在的重大问题。" * 6
    + "\n第三条 本法自公布之日起施行。\n"
)


def span(text: str, words: str) -> Span:
    """Where ``words`` stands in ``text`` for the first time."""
    start = text.index(words)
    return Span(start, start + len(words))


def document(id: str, title: str, text: str, family: Family) -> Document:
    """A document with the least that must be known about it."""
    return Document(
        id=id,
        title=title,
        short_title=title,
        number="宜市安字〔2023〕2号" if family is Family.WORK_PLAN else None,
        issuer="发布机关",
        level="市级",
        family=family,
        provenance=Provenance.VERBATIM,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        published="2023-02-27",
    )


def clause(of: Document, id: str, kind: Kind, where: Span, **more: str | tuple[str, ...]) -> Clause:
    """A clause cut from ``of``; top-level unless ``top`` says otherwise."""
    fields = {"number": id, "label": f"第{id}项", "top": id, **more}
    return Clause(document=of.id, id=id, kind=kind, span=where, text=where.of(of.text), **fields)  # type: ignore[arg-type]


def plan(text: str = PLAN_TEXT) -> ParsedDocument:
    """Two items, the first with two sentences; two duties, one with a deadline; one unread party."""
    paper = document("plan", "测试工作要点", text, Family.WORK_PLAN)
    lines = [line for line in text.splitlines() if line[0].isdigit()]
    four, five = (span(text, line) for line in lines[:2])
    path = ("二、推动责任落实",)
    due = span(text, "3月底前")
    clauses = (
        clause(paper, "4", Kind.ITEM, four, path=path, title="压实领导责任"),
        clause(
            paper, "4/s1", Kind.SENTENCE, span(text, "认真贯+彻规定，3月底前制定清单。"), path=path, top="4", parent="4"
        ),
        clause(paper, "4/s2", Kind.SENTENCE, span(text, "每月定期通报情况。"), path=path, top="4", parent="4"),
        clause(paper, "5", Kind.ITEM, five, path=path, title="强化燃气安全整治"),
    )
    duties = (
        duty(paper, "4", "市应急管理局", Role.TOGETHER, "会同各有关部门分工负责", four, (
            Deadline("3月底前", DeadlineKind.DATE, due, due="2023-03-31"),
            Deadline("不少于1个", DeadlineKind.QUANTITY, due, value=1.0, unit="个"),
        )),
        duty(paper, "5", "市住建局", Role.LEAD_AND_ORGANISE, "牵头组织开展", five, ()),
    )  # fmt: skip
    problem = Problem("plan", "5", "不认识的单位", "某某", span(text, "某某"))
    return ParsedDocument(paper, clauses, duties, (problem,))


def duty(
    of: Document, item: str, party: str, role: Role, words: str, action: Span, deadlines: Sequence[Deadline]
) -> Duty:
    """A bracket duty of ``party``."""
    at = span(of.text, party)
    return Duty(of.id, item, party, party, role, words, Tier.NAMED, at, span(of.text, words), action, tuple(deadlines))


def law(text: str = LAW_TEXT) -> ParsedDocument:
    """Three articles; the second is long and has two 款, which are searched for themselves."""
    paper = document("law", "测试法", text, Family.STATUTE)
    starts = [text.index(mark) for mark in ("第一条", "第二条", "第三条")] + [len(text)]
    articles = [
        clause(paper, str(number), Kind.ARTICLE, Span(start, end - 1), label=f"第{number}条")
        for number, (start, end) in enumerate(pairwise(starts), 1)
    ]
    second = articles[1].span
    cut = text.index("\n", second.start)
    parts = [
        clause(paper, "2.1", Kind.PARAGRAPH, Span(second.start, cut), top="2", parent="2"),
        clause(paper, "2.2", Kind.PARAGRAPH, Span(cut + 1, second.end), top="2", parent="2"),
    ]
    return ParsedDocument(paper, (articles[0], articles[1], *parts, articles[2]))

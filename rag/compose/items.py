"""Answers about single clauses of the plan: who, when, how often, how many, what, on which basis, is X named."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from index.dutytable import Reach
from index.model import Clause, Duty, Kind, Role, Span, Tier
from rag.citations import CitationBook
from rag.compose.articles import asks_penalty, is_penalty
from rag.compose.draft import Draft, cite_name, plain, quoted, status_notes
from rag.compose.facts import compose_deadline, compose_frequency, compose_quantity
from rag.compose.parts import (
    bracket_quote,
    evidence,
    join,
    name_of,
    sentence_spans_of,
    tail,
    text_of,
    verdict_on,
)
from rag.compose.passages import best_pieces, overlap, segments
from rag.compose.roles import LEADING, bracket_duties, parties, role_lines
from rag.compose.where import asks_where, part_of
from rag.library import Library
from rag.model import Reason
from rag.understand.ask import Intent, Party
from rag.understand.reading import Reading

_LONG = 120
"""Characters from which on a sentence is looked at by its parts between semicolons."""
_SAYS_WHAT = 3
"""Characters of a topic from which on it tells for which sentence of an item the basis is asked."""
_SAYS_TASK = 4
"""Characters of a topic from which on it tells a task, whose sentence belongs beside who is named for it."""
_PUNISHES = 0.4
"""Taken off what an article that only punishes fits, where no penalty is asked for: the duty's own comes first."""
_OF_LAW = re.compile(
    r"哪一?[部个条]法|法律|法规|法条|法定|上位|法(?:第|是?哪|里|上)|哪一?条规定|规定(?:是|在)?第|《[^》]+法》"
)
"""The basis is asked of a law in so many words: its articles come before the item's own sentence."""
_ALONE = 0.95
"""Share of what a sentence has of the topic that one such part must have to be quoted alone."""


def compose_items(
    library: Library, book: CitationBook, reading: Reading, clauses: Sequence[Clause], *, asked: bool
) -> Draft:
    """Answer ``reading`` from these clauses of the plan; ``asked`` tells that the question named them itself."""
    parts: list[str] = []
    reasons: list[Reason | None] = []
    for clause in clauses:
        draft = _one(library, book, reading, clause, asked)
        parts.append(_corrected(library, reading, clause) + draft.text)
        reasons.append(draft.reason)
    reason = reasons[0] if reasons and all(reasons) else None
    notes = status_notes(library, [clause.document for clause in clauses])
    return Draft("\n\n".join([*parts, notes]), reason=reason)


def _corrected(library: Library, reading: Reading, clause: Clause) -> str:
    """That another than the question takes for granted leads the clause; empty where it takes nothing for granted."""
    if reading.intent is Intent.IS_NAMED:
        return ""
    leading = [d for d in bracket_duties(library.duties(clause.document), clause.id) if d.role in LEADING]
    for party in reading.parties:
        said = re.search(rf"(?:由|归|是)?{re.escape(party.words)}(?:来|去|负责)?(?:牵头|领头|主抓)", reading.text)
        if said and leading and party.name not in {d.party for d in leading}:
            lead = f"{name_of(clause)}的牵头单位是**{parties(leading)}**，不是{party.name}。"
            return f"{lead}\n\n{bracket_quote(library, clause)}\n\n"
    return ""


def _one(library: Library, book: CitationBook, reading: Reading, clause: Clause, asked: bool) -> Draft:
    lead = _LEADS.get(reading.intent)
    if lead is None:
        return Draft(_content(library, book, reading, clause, asked))
    return lead(library, book, reading, clause, asked)


def _who(library: Library, book: CitationBook, reading: Reading, clause: Clause, asked: bool) -> Draft:
    duties = bracket_duties(library.duties(clause.document), clause.id)
    if not duties:
        return Draft(_content(library, book, reading, clause, asked))
    marker = book.cite(clause)
    roles = reading.wording.roles
    found = [duty for duty in duties if duty.role in roles]
    lines: list[str] = []
    if roles and not found:
        lines.append(f"{name_of(clause)}的责任括号没有写“{_role_word(roles)}”，写的是：{marker}")
    elif roles:
        lines.append(f"{name_of(clause)}：**{'；'.join(role_lines(duties, roles))}**。{marker}")
    else:
        lines.append(f"{name_of(clause)}的责任分工：{marker}")
    rest = [line for line in role_lines(duties) if not (roles and found and line in role_lines(duties, roles))]
    lines.append("\n".join(f"- {line}" for line in rest))
    lines.append(bracket_quote(library, clause))
    body = [d for d in library.duties(clause.document) if d.clause == clause.id and d.tier is Tier.BODY]
    lines += [
        f"正文另对“{duty.words}”提出要求：\n{quoted(library, clause, duty.action.of(text_of(library, clause)))}"
        for duty in body[:4]
    ]
    if not asked:
        lines.append(evidence(library, reading, clause))
    lines.append(tail(library, book, clause))
    return Draft(join(lines))


def _role_word(roles: Sequence[Role]) -> str:
    return "牵头" if Role.LEAD in roles else roles[0].value


def _is_named(library: Library, book: CitationBook, reading: Reading, clause: Clause, asked: bool) -> Draft:
    marker = book.cite(clause)
    duties = bracket_duties(library.duties(clause.document), clause.id)
    lines = [
        f"{name_of(clause)}的责任括号**没有点名“{plain(one.words)}”**，组织名录里也没有它。{marker}"
        for one in reading.unknown
    ]
    for party in reading.parties:
        lines.append(_named_line(library, reading, clause, party, duties) + marker)
        related = [*library.register.parts_of(party.name)]
        lines += [
            f"括号点名的“{part.unit}”属于{party.name}。{marker}"
            for part in related
            if any(duty.party == part.unit for duty in duties)
        ]
    lines.append("责任括号全文：\n" + bracket_quote(library, clause))
    lines.append("\n".join(f"- {line}" for line in role_lines(duties)))
    if len(reading.topic) >= _SAYS_TASK:
        lines.append("正文相关原文：\n" + evidence(library, reading, clause))
    return Draft(join(lines))


def _named_line(library: Library, reading: Reading, clause: Clause, party: Party, duties: Sequence[Duty]) -> str:
    here = [reach for reach in library.reaches(party.name) if reach.clause == clause.id]
    named = [reach for reach in here if reach.tier is Tier.NAMED]
    asked_roles = reading.wording.roles
    if named:
        role = named[0].duty.role
        words = f"“{named[0].duty.words}”" if named[0].duty.words != party.name else ""
        said = f"{name_of(clause)}点名了{party.name}{'（写作' + words + '）' if words else ''}，角色是**{role.value}**"
        if asked_roles and role not in asked_roles:
            leading = [duty for duty in duties if duty.role in asked_roles]
            other = (
                f"；{_role_word(asked_roles)}的是{parties(leading)}"
                if leading
                else f"；括号没有写“{_role_word(asked_roles)}”"
            )
            return f"不是。{said}，没有写它{_role_word(asked_roles)}{other}。"
        return f"{'是的。' if reading.wording.asks_yes_no else ''}{said}。"
    leading = [duty for duty in duties if duty.role in (asked_roles or LEADING)]
    lead = f"{leading[0].role.value}的是**{parties(leading)}**。" if leading else ""
    denied = reading.wording.asks_yes_no and leading and set(asked_roles) & set(LEADING)
    no = f"{'不是。' if denied else ''}{name_of(clause)}的责任括号**没有点名{party.name}**。"
    return no + lead + _otherwise(party, here)


def _otherwise(party: Party, here: Sequence[Reach]) -> str:
    """How the clause may reach an organisation that it does not name."""
    for reach in here:
        if reach.tier is Tier.MEMBER:
            return f"但它属于括号写明的{_quote(reach.via)}（{reach.duty.role.value}），在成员之列。"
        if reach.tier is Tier.BODY:
            return f"但正文以{_quote(reach.via)}对它提出了要求。" if reach.via else "但正文直接对它提出了要求。"
    if here:
        groups = "、".join(dict.fromkeys(_quote(reach.via) for reach in here))
        return f"括号或正文里的{groups}是否包括它，文件没有列出名单，请向市安委会办公室确认。"
    return ""


def _quote(words: str | None) -> str:
    return words if words and words.startswith("“") else f"“{words or ''}”"


def _basis(library: Library, book: CitationBook, reading: Reading, clause: Clause, asked: bool) -> Draft:
    found = library.bases.get(clause.id)
    if clause.kind is not Kind.ITEM or found is None or not found.bases:
        return Draft(_content(library, book, reading, clause, asked))
    own = evidence(library, reading, clause) if len(reading.topic) >= _SAYS_WHAT else ""
    of_law = bool(own and _OF_LAW.search(reading.text))
    if own and not of_law:
        lines = [f"要点原文——{name_of(clause)}{book.cite(clause)}：", own, "法律依据："]
    else:
        lines = [f"{name_of(clause)}{'' if of_law else book.cite(clause)}的法律依据："]
    ranked = sorted(
        found.bases, key=lambda b: -_basis_fit(library, reading.text, b.document, b.clause, b.article, b.why)
    )
    for count, basis in enumerate(ranked):
        law = library.clause(basis.document, basis.clause) or library.clause(basis.document, basis.article)
        if law is None:
            continue
        later = (
            ""
            if basis.in_force_2023
            else f"（2023年尚未施行{'，当时为' + basis.predecessor if basis.predecessor else ''}）"
        )
        lines.append(f"- **{cite_name(library, law)}**{later}：{basis.why}。{book.cite(law)}")
        if count < 2:
            lines.append(quoted(library, law))
    if found.note:
        lines.append(f"说明：{found.note}")
    if of_law:
        lines += [f"要点原文——{name_of(clause)}{book.cite(clause)}：", own]
    lines.append(status_notes(library, [b.document for b in found.bases if b.document != clause.document]))
    return Draft(join(lines))


def _basis_fit(library: Library, question: str, document: str, clause: str, article: str, why: str) -> float:
    law = library.clause(document, clause) or library.clause(document, article)
    punishes = law is not None and is_penalty(law) and not asks_penalty(question)
    named = library.infos[document].short_title in question if document in library else False
    return (
        overlap(question, why)
        + 0.5 * overlap(question, law.text if law else "")
        + (1.0 if named else 0.0)
        - _PUNISHES * punishes
    )


def _content(library: Library, book: CitationBook, reading: Reading, clause: Clause, asked: bool) -> str:
    text = text_of(library, clause)
    sentences = sentence_spans_of(library, clause)
    if clause.kind is not Kind.ITEM:
        spans = sentences if asked else best_pieces(reading.text, text, sentences, 2)
        said = verdict_on(library, clause, reading, " ".join(s.of(text) for s in spans))
        return join(
            [f"{said}{name_of(clause)}{book.cite(clause)}：", *(quoted(library, clause, s.of(text)) for s in spans)]
        )
    body = [s for s in sentences if s.of(text).rstrip("。") != clause.title]
    if asked and len(reading.topic) < 4:
        chosen = body
    else:
        chosen = best_pieces(reading.text, text, body, 2 if sum(s.end - s.start for s in body) > 160 else 9)
    if not asked or len(reading.topic) >= 4:
        chosen = [part for span in chosen for part in _telling(reading.topic, text, span)]
    said = " ".join(s.of(text) for s in chosen)
    where = part_of(clause) if asks_where(reading.text) else ""
    lines = [
        f"{verdict_on(library, clause, reading, said)}**{clause.label} {clause.title}**{where}{book.cite(clause)}",
        *(quoted(library, clause, s.of(text)) for s in chosen),
    ]
    if chosen and sum(s.end - s.start for s in chosen) < sum(s.end - s.start for s in body):
        lines.append(f"（{clause.label}共{len(body)}句，以上为与问题最相关的部分。）")
    if "括号" in reading.text:
        lines.append("责任括号全文：\n" + bracket_quote(library, clause))
    lines.append(tail(library, book, clause, who=True))
    return join(lines)


def _telling(topic: str, text: str, sentence: Span) -> list[Span]:
    """The part of a long sentence between semicolons that alone has what the topic has of it; else the sentence."""
    if sentence.end - sentence.start <= _LONG:
        return [sentence]
    parts = segments(text, sentence)
    best = max(parts, key=lambda part: overlap(topic, part.of(text)))
    held, whole = overlap(topic, best.of(text)), overlap(topic, sentence.of(text))
    rest = max((overlap(topic, part.of(text)) for part in parts if part != best), default=0.0)
    return [best] if held >= _ALONE * whole and held > 0.3 and rest < 0.5 * held else [sentence]


_Lead = Callable[[Library, CitationBook, Reading, Clause, bool], Draft]
_LEADS: dict[Intent, _Lead] = {
    Intent.WHO: _who,
    Intent.IS_NAMED: _is_named,
    Intent.DEADLINE: compose_deadline,
    Intent.FREQUENCY: compose_frequency,
    Intent.QUANTITY: compose_quantity,
    Intent.BASIS: _basis,
}

"""Answers about single clauses of the plan: who, when, how often, how many, what, on which basis, is X named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from index.dutytable import Reach
from index.model import Clause, Deadline, DeadlineKind, Duty, Kind, Role, Span, Tier
from rag.citations import CitationBook
from rag.compose.draft import Draft, basis_words, cite_name, deadline_words, quoted, status_notes
from rag.compose.evidence import UNIT
from rag.compose.passages import best_pieces, overlap, segments
from rag.compose.premise import verdict
from rag.compose.roles import LEADING, bracket_duties, parties, role_lines
from rag.library import Library
from rag.model import Reason
from rag.understand.ask import Intent, Party
from rag.understand.reading import Reading

_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十百]+(?=[个次家项起类种级年月日])")


def compose_items(
    library: Library, book: CitationBook, reading: Reading, clauses: Sequence[Clause], *, asked: bool
) -> Draft:
    """Answer ``reading`` from these clauses of the plan; ``asked`` tells that the question named them itself."""
    parts: list[str] = []
    reasons: list[Reason | None] = []
    for clause in clauses:
        draft = _one(library, book, reading, clause, asked)
        parts.append(draft.text)
        reasons.append(draft.reason)
    reason = reasons[0] if reasons and all(reasons) else None
    notes = status_notes(library, [clause.document for clause in clauses])
    return Draft("\n\n".join([*parts, notes]), reason=reason)


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
        lines.append(f"{_name(clause)}的责任括号没有写“{_role_word(roles)}”，写的是：{marker}")
    elif roles:
        lines.append(f"{_name(clause)}：**{'；'.join(role_lines(duties, roles))}**。{marker}")
    else:
        lines.append(f"{_name(clause)}的责任分工：{marker}")
    rest = [line for line in role_lines(duties) if not (roles and found and line in role_lines(duties, roles))]
    lines.append("\n".join(f"- {line}" for line in rest))
    lines.append(_bracket(library, clause))
    body = [d for d in library.duties(clause.document) if d.clause == clause.id and d.tier is Tier.BODY]
    lines += [
        f"正文另对“{duty.words}”提出要求：\n{quoted(library, clause, duty.action.of(_text(library, clause)))}"
        for duty in body[:4]
    ]
    if not asked:
        lines.append(_evidence(library, reading, clause))
    lines.append(_tail(library, book, clause))
    return Draft(_join(lines))


def _role_word(roles: Sequence[Role]) -> str:
    return "牵头" if Role.LEAD in roles else roles[0].value


def _is_named(library: Library, book: CitationBook, reading: Reading, clause: Clause, asked: bool) -> Draft:
    marker = book.cite(clause)
    duties = bracket_duties(library.duties(clause.document), clause.id)
    lines = []
    for party in reading.parties:
        lines.append(_named_line(library, reading, clause, party, duties) + marker)
        related = [*library.register.parts_of(party.name)]
        lines += [
            f"括号点名的“{part.unit}”属于{party.name}。{marker}"
            for part in related
            if any(duty.party == part.unit for duty in duties)
        ]
    lines.append("责任括号全文：\n" + _bracket(library, clause))
    lines.append("\n".join(f"- {line}" for line in role_lines(duties)))
    return Draft(_join(lines))


def _named_line(library: Library, reading: Reading, clause: Clause, party: Party, duties: Sequence[Duty]) -> str:
    here = [reach for reach in library.reaches(party.name) if reach.clause == clause.id]
    named = [reach for reach in here if reach.tier is Tier.NAMED]
    asked_roles = reading.wording.roles
    if named:
        role = named[0].duty.role
        words = f"“{named[0].duty.words}”" if named[0].duty.words != party.name else ""
        said = f"{_name(clause)}点名了{party.name}{'（写作' + words + '）' if words else ''}，角色是**{role.value}**"
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
    no = f"{_name(clause)}的责任括号**没有点名{party.name}**。"
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


def _deadline(library: Library, book: CitationBook, reading: Reading, clause: Clause, asked: bool) -> Draft:
    return _timed(library, book, reading, clause, asked, (DeadlineKind.DATE, DeadlineKind.RECURRENCE), "完成时限")


def _frequency(library: Library, book: CitationBook, reading: Reading, clause: Clause, asked: bool) -> Draft:
    return _timed(library, book, reading, clause, asked, (DeadlineKind.RECURRENCE,), "频次")


def _timed(
    library: Library,
    book: CitationBook,
    reading: Reading,
    clause: Clause,
    asked: bool,
    kinds: Sequence[DeadlineKind],
    what: str,
) -> Draft:
    text = _text(library, clause)
    every = _deadlines(library, clause)
    found = [d for d in every if d.kind in kinds]
    marker = book.cite(clause)
    if not found:
        vague = [d for d in every if d.kind is DeadlineKind.VAGUE]
        lines = [f"{_name(clause)}**没有写明具体的{what}**{marker}。"]
        if vague:
            lines[0] = (
                f"{_name(clause)}只写了“{'”、“'.join(dict.fromkeys(d.text for d in vague))}”，"
                f"**没有写明具体的{what}**{marker}。"
            )
            lines.append(
                quoted(
                    library,
                    clause,
                    _sentence(library, clause, _closest(reading.text, text, clause, library, vague).span).of(text),
                )
            )
        else:
            lines.append(_evidence(library, reading, clause))
        reason = None if vague or reading.wording.asks_yes_no else Reason.NOT_IN_DOCUMENT
        return Draft(_join([*lines, _tail(library, book, clause)]), reason=reason)
    best = _closest(reading.text, text, clause, library, found)
    sentence = _sentence(library, clause, best.span)
    same = [d for d in found if d.span in sentence]
    lead = f"{_verdict(reading, sentence.of(text))}**{deadline_words(same)}**——{_name(clause)}{marker}："
    lines = [lead, quoted(library, clause, sentence.of(text))]
    other = [d for d in every if d not in same and d.kind is not DeadlineKind.VAGUE]
    if other and clause.kind is Kind.ITEM:
        lines.append(f"同一项的其他要求：{deadline_words(other)}。")
    return Draft(_join([*lines, _tail(library, book, clause)]))


def _quantity(library: Library, book: CitationBook, reading: Reading, clause: Clause, asked: bool) -> Draft:
    text = _text(library, clause)
    sentences = [s for s in _sentences(library, clause) if _DIGITS.search(s.of(text))]
    unit = UNIT.search(reading.text)
    if unit and unit.group(1):
        sentences = [s for s in sentences if re.search(rf"[0-9一二两三四五六七八九十百]\s*{unit.group(1)}", s.of(text))]
    if not sentences:
        lead = f"{_name(clause)}没有写明这个数量{book.cite(clause)}。"
        reason = None if reading.wording.asks_yes_no else Reason.NOT_IN_DOCUMENT
        return Draft(_join([lead, _evidence(library, reading, clause), _tail(library, book, clause)]), reason=reason)
    best = max(sentences, key=lambda s: overlap(reading.text, s.of(text)))
    bounds = [
        d
        for d in _deadlines(library, clause)
        if d.span in best and d.kind in (DeadlineKind.QUANTITY, DeadlineKind.RECURRENCE)
    ]
    numbers = deadline_words(bounds) or "、".join(dict.fromkeys(_numbers(best.of(text))))
    lead = f"{_verdict(reading, best.of(text))}**{numbers}**——{_name(clause)}{book.cite(clause)}："
    lines = [lead, quoted(library, clause, best.of(text))]
    return Draft(_join([*lines, _tail(library, book, clause)]))


def _verdict(reading: Reading, quote: str) -> str:
    return verdict(reading.text, quote) if reading.wording.asks_yes_no else ""


def _numbers(sentence: str) -> Iterable[str]:
    """Numbers with the words around them, as far as they belong together: 21项, 1.1级, 超过20年."""
    for match in re.finditer(
        r"(?:超过|不少于|至少[^,，0-9]{0,4}|不超过)?[0-9]+(?:\.[0-9]+)?[\u4e00-\u9fff]{0,2}", sentence
    ):
        yield match.group()


def _basis(library: Library, book: CitationBook, reading: Reading, clause: Clause, asked: bool) -> Draft:
    found = library.bases.get(clause.id)
    if clause.kind is not Kind.ITEM or found is None or not found.bases:
        return Draft(_content(library, book, reading, clause, asked))
    lines = [f"{_name(clause)}{book.cite(clause)}的法律依据："]
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
    lines.append(status_notes(library, [b.document for b in found.bases if b.document != clause.document]))
    return Draft(_join(lines))


def _basis_fit(library: Library, question: str, document: str, clause: str, article: str, why: str) -> float:
    law = library.clause(document, clause) or library.clause(document, article)
    named = library.infos[document].short_title in question if document in library else False
    return overlap(question, why) + 0.5 * overlap(question, law.text if law else "") + (1.0 if named else 0.0)


def _content(library: Library, book: CitationBook, reading: Reading, clause: Clause, asked: bool) -> str:
    text = _text(library, clause)
    sentences = _sentences(library, clause)
    if clause.kind is not Kind.ITEM:
        spans = sentences if asked else best_pieces(reading.text, text, sentences, 2)
        return _join([f"{_name(clause)}{book.cite(clause)}：", *(quoted(library, clause, s.of(text)) for s in spans)])
    body = [s for s in sentences if s.of(text).rstrip("。") != clause.title]
    if asked and len(reading.topic) < 4:
        chosen = body
    else:
        chosen = best_pieces(reading.text, text, body, 2 if sum(s.end - s.start for s in body) > 160 else 9)
    said = " ".join(s.of(text) for s in chosen)
    lines = [
        f"{_verdict(reading, said)}**{clause.label} {clause.title}**{book.cite(clause)}",
        *(quoted(library, clause, s.of(text)) for s in chosen),
    ]
    if 0 < len(chosen) < len(body):
        lines.append(f"（{clause.label}共{len(body)}句，以上为与问题最相关的部分。）")
    lines.append(_tail(library, book, clause, who=True))
    return _join(lines)


def _tail(library: Library, book: CitationBook, clause: Clause, *, who: bool = False) -> str:
    """What the duty table and the legal bases add: who, when, on which basis."""
    if clause.kind is not Kind.ITEM:
        return ""
    lines: list[str] = []
    duties = bracket_duties(library.duties(clause.document), clause.id)
    if who and duties:
        lines.append("责任分工：" + "；".join(role_lines(duties)) + f"。{book.cite(clause)}")
        when = deadline_words(_deadlines(library, clause))
        if when:
            lines.append(f"时限：{when}")
    basis = basis_words(library, book, clause.id, most=3)
    if basis:
        lines.append(f"依据：{basis}")
    return "\n\n".join(lines)


def _evidence(library: Library, reading: Reading, clause: Clause) -> str:
    text = _text(library, clause)
    spans = [s for s in _sentences(library, clause) if s.of(text).rstrip("。") != clause.title]
    return _join([quoted(library, clause, s.of(text)) for s in best_pieces(reading.text, text, spans, 1)])


def _bracket(library: Library, clause: Clause) -> str:
    bracket = next((c for c in library.parts(clause) if c.kind is Kind.BRACKET), None)
    return quoted(library, clause, bracket.text) if bracket else ""


def _deadlines(library: Library, clause: Clause) -> list[Deadline]:
    found = {d.span: d for duty in library.duties(clause.document) if duty.clause == clause.id for d in duty.deadlines}
    return sorted(found.values(), key=lambda d: d.span.start)


def _sentences(library: Library, clause: Clause) -> list[Span]:
    return [part.span for part in library.parts(clause) if part.kind is Kind.SENTENCE]


def _sentence(library: Library, clause: Clause, span: Span) -> Span:
    return next((s for s in _sentences(library, clause) if span in s), clause.span)


def _closest(question: str, text: str, clause: Clause, library: Library, deadlines: Sequence[Deadline]) -> Deadline:
    """The deadline whose sentence part is most like the question."""

    def fit(deadline: Deadline) -> float:
        sentence = _sentence(library, clause, deadline.span)
        near = Span(max(sentence.start, deadline.span.start - 25), min(sentence.end, deadline.span.end + 25))
        part = next((s for s in segments(text, sentence) if deadline.span in s), sentence)
        return overlap(question, near.of(text)) + overlap(question, part.of(text))

    return max(deadlines, key=fit)


def _text(library: Library, clause: Clause) -> str:
    return library.document(clause.document).text


def _name(clause: Clause) -> str:
    return f"{clause.label}（{clause.title}）" if clause.kind is Kind.ITEM else clause.title or clause.label


def _join(lines: Iterable[str]) -> str:
    return "\n\n".join(line for line in lines if line)


_Lead = Callable[[Library, CitationBook, Reading, Clause, bool], Draft]
_LEADS: dict[Intent, _Lead] = {
    Intent.WHO: _who,
    Intent.IS_NAMED: _is_named,
    Intent.DEADLINE: _deadline,
    Intent.FREQUENCY: _frequency,
    Intent.QUANTITY: _quantity,
    Intent.BASIS: _basis,
}

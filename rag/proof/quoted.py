"""The verdict on a quotation: whether its words are the source's, and where they are if not in the clause cited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.model import Span
from rag.library import TRANSCRIBED, TRANSCRIBED_NOTE
from rag.proof.compare import Comparison, Level, compare
from rag.proof.elsewhere import Place, nearest, stands_in
from rag.proof.judge import Judged
from rag.proof.model import Draft, Finding, Grade, Subject, Verdict
from rag.proof.quotations import Quotation, belongs_to, is_close, is_strict
from rag.proof.shelf import NATION, Held, Shelf, letters

SHORT = 8
"""Shorter ones next to a citation are often terms (“三管三必须”), not the clause's words."""
UNCITED = 10
"""Shorter ones without a citation are names and catchwords."""
_SAME = 0.6
_LIKE = 0.8
_LEVELS = {
    Level.EXACT: (Verdict.EXACT, Grade.RIGHT, "引文与原文逐字一致。"),
    Level.NORMALISED: (Verdict.NORMALISED, Grade.RIGHT, "引文与原文一致（全半角、引号、空格等写法不同，不计）。"),
    Level.ELIDED: (Verdict.NORMALISED, Grade.RIGHT, "引文与原文一致（省略号处有删节）。"),
    Level.PUNCTUATION: (Verdict.PUNCTUATION, Grade.REMARK, "引文文字一致，仅标点与原文不同。"),
}


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a quotation.

    ``near`` are the citations before and after it, ``marked`` the other quotations, ``cited`` the documents that the
    draft names anywhere: they are searched first.
    """

    near: Sequence[Judged]
    marked: Sequence[Span]
    cited: Sequence[Held]
    draft: Draft
    shelf: Shelf


def judge_quotation(quotation: Quotation, around: Around) -> Finding | None:
    """The finding for a quotation; ``None`` for a mere term."""
    draft = around.draft
    judged = belongs_to(quotation, around.near, draft)
    if not judged:
        return _loose(quotation, around) if quotation.size >= UNCITED else None
    if quotation.size < SHORT and not any(is_close(quotation, one, draft) for one in judged):
        return None
    sources = [(one.held, one) for one in judged if one.held is not None and (one.clauses or not one.cited.steps)]
    best = min((_best(quotation, held, one) for held, one in sources), key=_rank, default=None)
    if best is not None and best[0].level < Level.DIFFERENT:
        return _matched(quotation, draft, *best)
    if not is_strict(quotation, judged, around.marked, draft):
        return _loose(quotation, around) if quotation.size >= UNCITED else None
    return _mismatched(quotation, judged, best, around)


def _mismatched(
    quotation: Quotation, judged: Sequence[Judged], best: tuple[Comparison, Judged, str] | None, around: Around
) -> Finding | None:
    """A quotation whose words are not in what it is given for; ``best`` is how they stand there, if it is known."""
    draft, shelf = around.draft, around.shelf
    first = [one.held for one in judged if one.held is not None]
    place = stands_in(quotation.text, shelf, first) if quotation.size >= SHORT else None
    if place is not None:
        return _moved(quotation, judged, place, draft)
    if quotation.size < SHORT:
        return _term(quotation, judged, draft) if best is not None else None
    if best is not None and best[0].ratio >= _SAME and best[0].shown:
        return _changed(quotation, draft, *best)
    like = nearest(quotation.text, shelf, first, _LIKE)
    if like is not None:
        return _moved(quotation, judged, like, draft)
    return _absent(quotation, draft, best is not None)


def _rank(found: tuple[Comparison, Judged, str]) -> tuple[int, float]:
    return found[0].level, -found[0].ratio


def _best(quotation: Quotation, held: Held, one: Judged) -> tuple[Comparison, Judged, str]:
    """How the quotation stands in what a citation names; also the label of the clause it is in."""
    if not one.clauses:
        found = compare(quotation.text, held.document.text)
        inside = [c for c in held.clauses.values() if c.top == c.id and letters(quotation.text) in letters(c.text)]
        return found, one, inside[0].label if inside else ""
    whole = compare(quotation.text, "\n".join(clause.text for clause in one.clauses))
    return whole, one, one.finding.label


def _base(quotation: Quotation, draft: Draft, verdict: Verdict, grade: Grade, said: str, remedy: str = "") -> Finding:
    return Finding(
        Subject.QUOTATION, verdict, grade, quotation.outer, quotation.outer.of(draft.text),
        draft.place(quotation.outer.start), said, remedy,
    )  # fmt: skip


def _of(finding: Finding, one: Judged, label: str) -> Finding:
    source = one.finding
    return replace(
        finding, document=source.document, title=source.title, clauses=source.clauses, label=label, status=source.status
    )


def _unverified(one: Judged) -> bool:
    if one.held is None or one.held.status != TRANSCRIBED:
        return False
    return not (one.clauses and all(clause.verified for clause in one.clauses))


def _matched(quotation: Quotation, draft: Draft, found: Comparison, one: Judged, label: str) -> Finding:
    verdict, grade, said = _LEVELS[found.level]
    if label and not one.clauses:
        said += f"见{label}。"
    finding = _of(_base(quotation, draft, verdict, grade, said), one, label)
    if found.level is Level.PUNCTUATION:
        finding = replace(finding, remedy="请按原文标点改正。", shown=found.shown)
    if _unverified(one):
        return replace(
            finding, grade=Grade.REMARK, said=f"{said}所比对的是{TRANSCRIBED_NOTE}。", remedy="请对照官方文本。"
        )
    return finding


def _changed(quotation: Quotation, draft: Draft, found: Comparison, one: Judged, label: str) -> Finding:
    if _unverified(one):
        said, grade, remedy = f"引文与转录文本不同（{TRANSCRIBED_NOTE}）。", Grade.UNCHECKED, "请对照官方文本核对。"
    else:
        said, grade, remedy = "引文与原文不一致。", Grade.WRONG, "请按原文改正，或去掉引号改为转述。"
    finding = _base(quotation, draft, Verdict.DIFFERENT, grade, said, remedy)
    return replace(_of(finding, one, label), shown=found.shown)


def _moved(quotation: Quotation, judged: Sequence[Judged], place: Place, draft: Draft) -> Finding:
    """The words stand, exactly or nearly, in another clause than the one cited."""
    name = f"《{place.held.document.title.removeprefix(NATION)}》{place.clause.label}"
    exact = place.comparison.level < Level.DIFFERENT
    said = f"引文不在所引条款中，{'见' if exact else '最接近的是'}{name}。"
    finding = _base(quotation, draft, Verdict.ELSEWHERE, Grade.WRONG, said, f"请把出处改为{name}，或核对引文。")
    return _at(finding, place)


def _at(finding: Finding, place: Place) -> Finding:
    document = place.held.document
    return replace(
        finding, document=document.id if place.held.indexed else None, title=document.title.removeprefix(NATION),
        clauses=(place.clause.id,), label=place.clause.label, status=place.held.status, shown=place.comparison.shown,
    )  # fmt: skip


def _term(quotation: Quotation, judged: Sequence[Judged], draft: Draft) -> Finding:
    said = "引号中的词语不是所引条款的原文用语。"
    finding = _base(
        quotation, draft, Verdict.TERM, Grade.REMARK, said, "如果是引用原文，请改正；如果是惯用说法，可不改。"
    )
    return _of(finding, judged[-1], judged[-1].finding.label)


def _absent(quotation: Quotation, draft: Draft, checked: bool) -> Finding:
    if checked:
        said = "所引条款中没有这句话，已收录的文件中也没有找到。"
        return _base(quotation, draft, Verdict.NOT_FOUND, Grade.WRONG, said, "请核对引文和出处。")
    said = "所引文件或条款无法核对，已收录的文件中也没有找到这句话。"
    return _base(quotation, draft, Verdict.NOT_FOUND, Grade.UNCHECKED, said, "请对照原件核对。")


def _loose(quotation: Quotation, around: Around) -> Finding:
    """A quotation that no citation stands next to: of a clause cited in its paragraph, or without a source."""
    draft = around.draft
    group = draft.paragraphs[quotation.paragraph].group
    for one in around.near:
        if one.held is not None and one.clauses and draft.paragraphs[one.cited.paragraph].group == group:
            found = _best(quotation, one.held, one)
            if found[0].level < Level.DIFFERENT:
                return _matched(quotation, draft, *found)
    return _uncited(quotation, around.cited, draft, around.shelf)


def _uncited(quotation: Quotation, first: Sequence[Held], draft: Draft, shelf: Shelf) -> Finding:
    place = stands_in(quotation.text, shelf, first)
    if place is not None:
        name = f"《{place.held.document.title.removeprefix(NATION)}》{place.clause.label}"
        said = f"引文没有注明出处，见{name}。"
        return _at(_base(quotation, draft, Verdict.UNCITED, Grade.REMARK, said, "请补注出处。"), place)
    near = nearest(quotation.text, shelf, first, _LIKE)
    if near is not None:
        name = f"《{near.held.document.title.removeprefix(NATION)}》{near.clause.label}"
        said = f"引文没有注明出处，与{name}相近但不一致。"
        return _at(_base(quotation, draft, Verdict.DIFFERENT, Grade.WRONG, said, "请按原文改正并补注出处。"), near)
    said = "引文没有注明出处，已收录的文件中没有找到。"
    return _base(quotation, draft, Verdict.NOT_FOUND, Grade.UNCHECKED, said, "请注明出处，并对照原件核对。")

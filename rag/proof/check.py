"""Proof-reading, the whole flow: clean → find → resolve → check. Every finding carries its offsets in the draft."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from index.model import Span
from rag.library import EXPIRED, Library
from rag.proof.draft import draft_of_text
from rag.proof.judge import Judged, judge
from rag.proof.model import Draft, Finding, Report, Verdict
from rag.proof.quotations import Quotation, find_quotations
from rag.proof.quoted import Around, judge_quotation
from rag.proof.resolve import Resolver
from rag.proof.roles import judge_roles
from rag.proof.shelf import Shelf

_NEAR = 60
"""Citations and quotations before and after a quotation that can have to do with it."""
# Words proved to be, or to be meant as, a source's own: the references in them are the source's.
_OF_A_SOURCE = frozenset(
    {Verdict.EXACT, Verdict.NORMALISED, Verdict.PUNCTUATION, Verdict.DIFFERENT, Verdict.ELSEWHERE, Verdict.UNCITED}
)


def check_text(library: Library, text: str) -> Report:
    """Check every citation, quotation and statement of role of ``text`` against the documents of ``library``.

    Returns a ``Report``: ``findings`` in reading order, each with ``span`` (half-open offsets into ``text``), ``place``
    (第5行第12列), ``verdict``, ``grade``, the resolved ``document`` and ``clauses`` and Chinese sentences that say what
    was found and what to do; ``passed``, ``nothing`` and ``counts`` sum up. Raises ``QuestionError`` for a text of more
    than half a million characters.
    """
    return check_draft(library, draft_of_text(text))


def check_draft(library: Library, draft: Draft) -> Report:
    """The same for a draft that was read from a file (``rag.proof.draft.read_draft``)."""
    shelf = Shelf(library)
    quotations, unpaired = find_quotations(draft)
    judged, _ = _citations(draft, shelf, [q.outer for q in quotations])
    quoted = _quoted(quotations, judged, draft, shelf)
    sources = [q.outer for q, finding in quoted if finding.verdict in _OF_A_SOURCE]
    judged, own = _citations(draft, shelf, sources)
    roles = judge_roles(draft, judged, library)
    findings = [*(one.finding for one in judged), *(finding for _, finding in quoted), *roles]
    findings.sort(key=lambda finding: (finding.span.start, finding.span.end))
    return Report(tuple(findings), (*_notes(own, unpaired), *_expired(judged)))


def _citations(draft: Draft, shelf: Shelf, skipped: Sequence[Span]) -> tuple[list[Judged], int]:
    """Citations outside ``skipped``, and how many pointed to the draft itself."""
    resolver = Resolver(draft, shelf, skipped)
    return [judge(cited, draft, shelf) for cited in resolver.run()], resolver.own


def _quoted(
    quotations: Sequence[Quotation], judged: Sequence[Judged], draft: Draft, shelf: Shelf
) -> list[tuple[Quotation, Finding]]:
    found: list[tuple[Quotation, Finding]] = []
    cited = list({one.held.document.id: one.held for one in judged if one.held is not None}.values())
    starts = [one.finding.span.start for one in judged]
    for number, quotation in enumerate(quotations):
        place = bisect_left(starts, quotation.outer.start)
        marked = [other.outer for other in quotations[max(0, number - _NEAR) : number]]
        around = Around(judged[max(0, place - _NEAR) : place + _NEAR], marked, cited, draft, shelf)
        finding = judge_quotation(quotation, around)
        if finding is not None:
            found.append((quotation, finding))
    return found


def _notes(own: int, unpaired: int) -> list[str]:
    notes: list[str] = []
    if own:
        notes.append(f"有{own}处是本文自身的条文编号（第一条、本办法第三条等），不作为引用核对。")
    if unpaired:
        notes.append(f"有{unpaired}处引号没有成对，其中的文字未作为引文核对。")
    return notes


def _expired(judged: Sequence[Judged]) -> list[str]:
    """Advice that would otherwise stand behind every citation of a plan."""
    past = [one.held.document for one in judged if one.held is not None and one.held.status == EXPIRED]
    return [
        f"《{title}》年度任务已届满（{expires}），请确认是否应引用新一年度的文件。"
        for title, expires in dict.fromkeys((document.title, document.expires) for document in past)
    ]

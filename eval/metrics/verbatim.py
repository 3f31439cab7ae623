"""Verbatim rate: the share of an answer's quotations that are the document's exact characters.

Counted are citations, by their offsets into the indexed text, and block quotations in the text, each line of which must
stand in a cited quotation that is itself verbatim. A document whose text is unknown makes a quotation false. Refusals
are measured, too. An answer without quotations, or no answer, has nothing to measure.
"""

from __future__ import annotations

import re

from eval.given import GivenCitation
from eval.metrics.measure import Case, Measure

_BLOCK_QUOTE = re.compile(r"(?m)^[ \t]*>[ \t]?(.*)$")
_MARKERS = re.compile(r"(?:\s*\[\d+\])+\s*$")


def verbatim(case: Case) -> float | None:
    """In [0, 1]; ``None`` where nothing is quoted."""
    good = [citation.quote for citation in case.answer.citations if _is_exact(case, citation)]
    lines = [_MARKERS.sub("", line).strip() for line in _BLOCK_QUOTE.findall(case.answer.text)]
    lines = [line for line in lines if line]
    total = len(case.answer.citations) + len(lines)
    if not total:
        return None
    return (len(good) + sum(any(line in quote for quote in good) for line in lines)) / total


def _is_exact(case: Case, citation: GivenCitation) -> bool:
    text = case.world.text(citation.document)
    return bool(citation.quote) and text is not None and text[citation.start : citation.end] == citation.quote


VERBATIM = Measure(
    "verbatim", "引文逐字相符", "引文与所引文件原文逐字相符的比例（按偏移核对，引用块逐行核对）",
    lambda case: case.given is not None, verbatim, unanswered=None,
)  # fmt: skip

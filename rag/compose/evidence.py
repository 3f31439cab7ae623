"""Whether what was found can answer at all. Retrieval always finds something; this decides whether to show it."""

from __future__ import annotations

from collections.abc import Sequence

from rag.compose.passages import overlap
from rag.library import Library
from rag.retrieve import Hit
from rag.understand.reading import Reading

LEAST_COSINE = 0.88
LEAST_COVERAGE = 0.22


def is_evidence(library: Library, reading: Reading, hits: Sequence[Hit]) -> bool:
    """True where the best hits are close enough in meaning, or share enough of the question's words."""
    best = max(hit.cosine for hit in hits[:3])
    shared = max(overlap(reading.text, library.clauses(hit.document)[hit.clause].text) for hit in hits[:3])
    if best == 0.0:
        return shared >= LEAST_COVERAGE
    return best >= LEAST_COSINE or shared >= 0.6

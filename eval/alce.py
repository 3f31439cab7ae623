"""Citation precision of generated sentences as ALCE defines it (Gao et al. 2023), the gate in place of an entailment
model: of a sentence that its citations carry, a citation counts where it carries the sentence alone or where the others
do not carry it without it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from rag.gate.check import Bench, Gate
from rag.gate.sentences import Sentence, Splitter
from rag.model import Answer


def needed(bench: Bench, sentence: Sentence) -> tuple[int, int]:
    """(citations that count, citations) of one sentence; none count where all together do not carry it."""
    cited = sentence.markers
    if not _carried(bench, sentence, cited):
        return 0, len(cited)
    count = sum(
        _carried(bench, sentence, [one]) or not _carried(bench, sentence, [other for other in cited if other != one])
        for one in cited
    )
    return count, len(cited)


def of_answer(gate: Gate, answer: Answer) -> tuple[int, int]:
    """The same over the sentences a model wrote of ``answer``: they stand first, as many as passed the gate."""
    written = answer.checks.passed + answer.checks.repaired
    bench = gate.bench(answer.citations)
    pairs = [needed(bench, sentence) for sentence in islice(_stating(bench, answer.text), written)]
    return sum(count for count, _ in pairs), sum(total for _, total in pairs)


def _stating(bench: Bench, text: str) -> Iterable[Sentence]:
    splitter = Splitter()
    return (one for one in [*splitter.feed(text), *splitter.close()] if not bench.check(one).empty)


def _carried(bench: Bench, sentence: Sentence, markers: Sequence[int]) -> bool:
    return bool(markers) and bench.check(replace(sentence, markers=tuple(markers))).passed

"""One model's reply read sentence by sentence: what passes the gate is kept, what fails is repaired once or dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic

from rag.gate.check import Bench, Gate
from rag.gate.model import Verdict
from rag.gate.sentences import Sentence, Splitter, read_sentence
from rag.generate.breaker import Breaker
from rag.generate.model import Cause, LanguageModel, Message, ModelFailure
from rag.generate.prompt import repair_messages
from rag.model import Checks, Citation, Dropped

_REPAIRED = re.compile(r"^\s*(\d{1,2})\s*[|｜]\s*(.+)$")
_HOPELESS = 8
"""Failed sentences in a row, with none passed, after which nothing more is read."""
_MOST = 24
"""Sentences kept of one reply."""


@dataclass
class Piece:
    """One sentence of the reply; ``repaired``: the model mended it."""

    verdict: Verdict
    bullet: bool
    repaired: bool = False


@dataclass
class Written:
    """What became of a reply so far."""

    pieces: list[Piece] = field(default_factory=list)

    @property
    def passed(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.verdict.passed]

    @property
    def failed(self) -> list[tuple[int, Piece]]:
        return [(at, piece) for at, piece in enumerate(self.pieces) if piece.verdict.faults]

    @property
    def checks(self) -> Checks:
        """Sentences by outcome; nothing counts twice."""
        return Checks(
            nothing=sum(piece.verdict.empty for piece in self.pieces),
            passed=sum(piece.verdict.passed and not piece.repaired for piece in self.pieces),
            repaired=sum(piece.verdict.passed and piece.repaired for piece in self.pieces),
            dropped=len(self.failed),
        )

    @property
    def dropped(self) -> tuple[Dropped, ...]:
        return tuple(
            Dropped(piece.verdict.text, tuple(f"{f.rule}：{f.words}" for f in piece.verdict.faults))
            for _, piece in self.failed
        )


class Reader:
    """Reads one reply into ``written``; for one answer and one thread."""

    def __init__(self, model: LanguageModel, gate: Gate, breaker: Breaker, citations: Sequence[Citation]) -> None:
        self._model, self._breaker, self._citations = model, breaker, citations
        self._bench: Bench = gate.bench(citations)
        self._bench.prepare()
        self.written = Written()

    def read(self, messages: Sequence[Message], end: float) -> Iterator[Written]:
        """What there is after each sentence that passed, and once more at the end. Raises ``ModelFailure``."""
        if not self._breaker.admits():
            raise ModelFailure(Cause.RESTING)
        written = self.written
        try:
            yield from self._sentences(messages, end, written)
            if not any(not piece.verdict.empty for piece in written.pieces):
                raise ModelFailure(Cause.EMPTY)
        except ModelFailure:
            self._breaker.failed()
            raise
        except GeneratorExit:
            self._breaker.let_go()
            raise
        self._breaker.succeeded()
        self._repair(written, end)
        yield written

    def _sentences(self, messages: Sequence[Message], end: float, written: Written) -> Iterator[Written]:
        splitter = Splitter()
        for delta in self._model.stream(messages, end - monotonic()):
            for sentence in splitter.feed(delta):
                if self._add(sentence, written):
                    yield written
            if len(written.pieces) >= _MOST:
                return
            if len(written.failed) >= _HOPELESS and not written.passed:
                raise ModelFailure(Cause.RUBBISH)
        for sentence in splitter.close():
            if self._add(sentence, written):
                yield written

    def _add(self, sentence: Sentence, written: Written) -> bool:
        verdict = self._bench.check(sentence)
        if any(piece.verdict.text == verdict.text for piece in written.pieces):
            return False
        written.pieces.append(Piece(verdict, sentence.bullet))
        return verdict.passed

    def _repair(self, written: Written, end: float) -> None:
        """Give the failed sentences back once, with the reasons; what fails again stays failed."""
        failed = written.failed
        if not failed or monotonic() >= end:
            return
        numbered = [(number, piece.verdict) for number, (_, piece) in enumerate(failed, 1)]
        try:
            reply = "".join(self._model.stream(repair_messages(self._citations, numbered), end - monotonic()))
        except ModelFailure:
            return  # what passed before stays as good as it was
        for line in reply.splitlines():
            match = _REPAIRED.match(line)
            if match and 1 <= int(match[1]) <= len(failed):
                self._mend(failed[int(match[1]) - 1][1], match[2])

    def _mend(self, piece: Piece, words: str) -> None:
        sentence = read_sentence(words, at_line_start=False)
        verdict = self._bench.check(sentence) if sentence else None
        if verdict is not None and verdict.passed and not piece.repaired:
            piece.verdict, piece.repaired = verdict, True

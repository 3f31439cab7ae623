"""From the extractive answer to the phrased one, in snapshots that hold nothing unchecked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import monotonic, perf_counter

from index.errors import CitationError
from rag.citations import mark, marked, renumber, verify
from rag.compose.draft import with_status
from rag.gate.check import Gate
from rag.generate.breaker import Breaker
from rag.generate.model import Cause, Composed, LanguageModel, ModelFailure
from rag.generate.prompt import MOST_EVIDENCE, answer_messages
from rag.generate.rewrite import rewrite
from rag.generate.writer import Piece, Reader, Written
from rag.model import Answer, Path, Question
from rag.understand.ask import Intent

_REWORDED = frozenset((Intent.OPEN, Intent.CONTENT, Intent.CLAUSE, Intent.DEFINITION))
"""Asked so, the model words the answer; everything else is computed and only explained."""
_LEFT_ALONE = frozenset((Intent.HELP, Intent.DOCUMENTS, Intent.OUT_OF_SCOPE))

_RESTS = ("\n\n另见：", "\n\n其他可能相关的条款", "\n\n状态：")
"""What follows the first quotation in an extractive answer."""

Audit = Callable[[Answer], None]


class Phraser:
    """Has a model phrase answers. Thread-safe; made by ``rag.wiring``."""

    def __init__(
        self,
        model: LanguageModel,
        gate: Gate,
        timeout_s: float,
        breaker: Breaker | None = None,
        audit: Audit | None = None,
    ) -> None:
        self.model, self._gate, self._timeout_s = model, gate, timeout_s
        self._breaker = breaker or Breaker()
        self._audit = audit

    def deadline(self) -> float:
        """When everything the model does for a question that came now must be over (``time.monotonic``)."""
        return monotonic() + self._timeout_s

    def rewritten(self, question: Question, end: float) -> str | None:
        """A follow-up nobody could resolve, made to stand alone; ``None`` where that cannot be had."""
        return rewrite(self.model, self._breaker, question, self._gate.library.register, end)

    def answers(self, composed: Composed, end: float) -> Iterator[Answer]:
        """Growing verified snapshots; the last one is the answer. Whatever the model does, the last one comes within
        ``end`` and is no worse than the extractive answer.
        """
        if not _can_be_phrased(composed):
            yield composed.answer
            return
        last = composed.answer
        for last in self._snapshots(composed, end):
            yield last
        if self._audit is not None:
            self._audit(last)

    def _snapshots(self, composed: Composed, end: float) -> Iterator[Answer]:
        explain = is_computed(composed)
        started = perf_counter()
        evidence = composed.answer.citations[:MOST_EVIDENCE]
        if explain:
            yield composed.answer
        reader = Reader(self.model, self._gate, self._breaker, evidence)
        written, shown = reader.written, 0
        try:
            for _ in reader.read(answer_messages(composed, evidence, explain=explain), end):
                if len(written.passed) > shown:
                    shown = len(written.passed)
                    yield self._assembled(composed, written, explain=explain, note="", started=started)
            if not (written.passed if explain else _answers(composed, written)):
                raise ModelFailure(Cause.RUBBISH)
            yield self._assembled(composed, written, explain=explain, note=self._note(written), started=started)
        except ModelFailure as failure:
            yield self._fallback(composed, written, failure.cause, started)
        except CitationError:  # the last check found what the gate did not: nothing of the reply is shown
            yield self._fallback(composed, written, Cause.RUBBISH, started)

    def _assembled(self, composed: Composed, written: Written, *, explain: bool, note: str, started: float) -> Answer:
        library, base = self._gate.library, composed.answer
        parts = [part for part in (composed.lead, _prose(written.passed)) if part]
        if explain or note:
            parts.append(marked(composed.text if explain else _grounds(composed.text)))
        _, cited = renumber("\n\n".join(parts), base.citations)
        text = with_status(library, "\n\n".join(parts), [citation.document for citation in cited])
        text, citations = renumber(f"{text}\n\n{note}" if note else text, base.citations)
        path = Path.EXPLAINED if explain else Path.GENERATED
        answer = replace(
            base, text=text, citations=citations, timings_ms=_timed(base, started),
            path=path, checks=written.checks, dropped=written.dropped, model=self.model.name,
        )  # fmt: skip
        verify(answer, library)
        return answer

    def _note(self, written: Written) -> str:
        checks = written.checks
        mended = f"，改正后采用{checks.repaired}句" if checks.repaired else ""
        dropped = f"，未通过而删去{checks.dropped}句" if checks.dropped else ""
        return f"（以上文字由大模型组织，已逐句与所引条款核对：通过{checks.passed}句{mended}{dropped}。）"

    def _fallback(self, composed: Composed, written: Written, cause: Cause, started: float) -> Answer:
        base = composed.answer
        text = f"{base.text}\n\n（大模型{cause.value}，本次为条文摘录。）"
        return replace(
            base, text=text, timings_ms=_timed(base, started),
            path=Path.FALLBACK, checks=written.checks, dropped=written.dropped, model=self.model.name, note=cause.name,
        )  # fmt: skip


def _can_be_phrased(composed: Composed) -> bool:
    """Refusals stay as they are, and so do answers without evidence and to several questions at once."""
    answer, reading = composed.answer, composed.reading
    return not answer.refused and bool(answer.citations) and not reading.more and reading.intent not in _LEFT_ALONE


def is_computed(composed: Composed) -> bool:
    """Whether the answer is a list, a role, a date, a count or a verdict: shown as computed, only explained."""
    reading = composed.reading
    return (
        bool(composed.draft.duties)
        or reading.intent not in _REWORDED
        or reading.wording.asks_yes_no
        or bool(reading.parties)
    )


def _answers(composed: Composed, written: Written) -> bool:
    """Whether what passed can stand as the answer: it rests on the clause found first, and most of it passed."""
    first = composed.answer.citations[0].marker
    passed, failed = len(written.passed), len(written.failed)
    return any(first in piece.verdict.markers for piece in written.passed) and passed >= failed


def _grounds(text: str) -> str:
    """The quotation an extractive answer opens with: what was phrased is shown with its original wording."""
    for rest in _RESTS:
        text = text.split(rest)[0]
    return f"依据原文：\n\n{text}"


def _prose(pieces: list[Piece]) -> str:
    """The sentences with their markers, list entries on lines of their own."""
    out = ""
    for piece in pieces:
        words = _closed(piece.verdict.text) + "".join(mark(number) for number in piece.verdict.markers)
        if piece.bullet:
            out += ("\n" if out and not out.endswith("\n") else "") + f"- {words}\n"
        else:
            out += words
    return out.strip()


def _closed(text: str) -> str:
    return text if text.endswith(("。", "！", "？", "；", "：")) else f"{text.rstrip('，,、;:')}。"


def _timed(base: Answer, started: float) -> dict[str, float]:
    spent = (perf_counter() - started) * 1000
    return {**base.timings_ms, "generate": spent, "total": base.timings_ms.get("total", 0.0) + spent}

"""One question's way: understand → look up or retrieve → compose → phrase, where a model is set → verify → answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any

from index.errors import AnzeError, QuestionError
from rag.answerable.judge import Judge
from rag.citations import CitationBook, renumber, verify
from rag.compose.answer import compose
from rag.compose.draft import plain, with_status
from rag.compose.open import search_words
from rag.generate.model import Composed
from rag.library import Library
from rag.model import Answer, Question, Reason, Turn, Understood
from rag.turns import Turns
from rag.understand.question import Reader

if TYPE_CHECKING:
    from rag.generate.phrase import Phraser
    from rag.retrieve import Hit, Retriever

MAX_CHARACTERS = 2000
MAX_TURNS = 12
MAX_QUERY = 512
"""Characters searched for: about as much as an embedding model reads; more costs time and finds nothing else."""
_DEPTH = 40
"""How many hits a search takes at least: the same words are often searched for once more, and deeper."""


class Assistant:
    """Answers questions over one library. Thread-safe; made by ``rag.wiring``."""

    def __init__(
        self,
        library: Library,
        reader: Reader,
        open_retriever: Callable[[], Retriever],
        phraser: Phraser | None = None,
        judge: Judge | None = None,
    ) -> None:
        self._library = library
        self._reader = reader
        self._open_retriever = open_retriever
        self._opening = Lock()
        self._turns = Turns()
        self._phraser = phraser
        self._judge = judge

    @property
    def library(self) -> Library:
        return self._library

    @property
    def reader(self) -> Reader:
        return self._reader

    @property
    def model_name(self) -> str:
        """The language model that phrases answers; empty where there is none."""
        return self._phraser.model.name if self._phraser else ""

    @property
    def current(self) -> Assistant:
        """What one request is answered from, start to end; an assistant that follows the index gives the newest."""
        return self

    @cached_property
    def _opened(self) -> Retriever:
        return self._open_retriever()

    @property
    def retriever(self) -> Retriever:
        """Opened once, by the first question that searches."""
        with self._opening:
            return self._opened

    @property
    def search_note(self) -> str:
        """Why searching did without vectors so far; empty where it did not, or nothing was searched yet."""
        opened: Retriever | None = self.__dict__.get("_opened")
        return opened.without_vectors if opened else ""

    def ask(self, question: Question) -> Answer:
        """Answer ``question``. Raises ``QuestionError`` for one that is empty or too long."""
        *_, answer = self.stream(question)
        return answer

    def _compose(self, question: Question) -> Composed:
        """The extractive answer, which stands by itself and is what a model may phrase. Waits for its turn."""
        with self._turns:
            return self._composed(question)

    def _composed(self, question: Question) -> Composed:
        clock = _Clock()
        check(question.text)
        question = replace(question, history=_recent(question.history))
        reading = self.reader.read(question)
        clock.lap("understand")
        book = CitationBook(self.library)
        several = (reading, *reading.more) if reading.more else ()
        ahead = [search_words(self.library, one)[:MAX_QUERY] for one in several]
        search = _Searches(lambda: self.retriever, clock, ahead)
        draft = compose(self.library, book, reading, search, self._judge)
        _, cited = renumber(draft.text, book.citations)
        noted = with_status(self.library, draft.text, [citation.document for citation in cited])
        text, citations = renumber(noted, book.citations)
        names = tuple(dict.fromkeys(party.name for party in reading.parties))
        understood = Understood(reading.intent.value, names, reading.text)
        clock.lap("compose")
        answer = Answer(
            question.id, question.text, understood, text, citations, draft.duties, draft.reason, clock.timings()
        )
        verify(answer, self.library)
        return Composed(question, reading, draft, renumber(draft.text, book.citations)[0], answer)

    def stream(self, question: Question) -> Iterator[Answer]:
        """Growing snapshots of the answer to ``question``, each verified as a whole; the last one is the answer.

        Raises what ``ask`` raises, before the first snapshot.
        """
        phraser = self._phraser
        if phraser is None:
            yield self._compose(question).answer
            return
        composed = self._compose(question)
        end = phraser.deadline()
        yield from phraser.answers(self._understood(phraser, question, composed, end), end)

    def _understood(self, phraser: Phraser, question: Question, composed: Composed, end: float) -> Composed:
        """``composed``, or what comes of the question as the model rewrote it where the rules would ask back."""
        if not (composed.reading.lost and question.history):
            return composed
        words = phraser.rewritten(replace(question, history=_recent(question.history)), end)
        again = self._compose(replace(question, text=words, history=())) if words else composed
        if not words or again.answer.refused:
            return composed
        lead = f"（把问题理解为：{plain(words)}）"
        answer = replace(again.answer, question=question.text, text=f"{lead}\n\n{again.answer.text}")
        return replace(again, answer=answer, lead=lead)


class _Searches:
    """The searches of one question: none is made twice. Their time is booked as ``retrieve``.

    ``ahead`` are words that will be searched for, too: the first search embeds them beside its own, on another core.
    """

    def __init__(self, open_retriever: Callable[[], Retriever], clock: _Clock, ahead: Sequence[str]) -> None:
        self._open = open_retriever
        self._clock = clock
        self._ahead = list(ahead)
        self._vectors: dict[str, Any] = {}
        self._found: dict[tuple[Any, ...], tuple[int, list[Hit]]] = {}

    def __call__(
        self,
        query: str,
        k: int = 10,
        *,
        documents: Collection[str] | None = None,
        prior: Mapping[str, float] | None = None,
    ) -> list[Hit]:
        query = query[:MAX_QUERY]
        key = (query, documents and tuple(documents), prior and tuple(prior.items()))
        depth, found = self._found.get(key, (0, []))
        if depth < k:
            self._clock.lap("compose")
            vector, depth = self._vector(query), max(k, _DEPTH)
            found = self._open().search(query, depth, documents=documents, prior=prior, vector=vector)
            self._found[key] = depth, found
            self._clock.lap("retrieve")
        return found[:k]

    def vector(self, query: str) -> Any:
        self._clock.lap("compose")
        found = self._vector(query[:MAX_QUERY])
        self._clock.lap("retrieve")
        return found

    def _vector(self, query: str) -> Any:
        if query not in self._vectors:
            retriever = self._open()
            others = [words for words in dict.fromkeys(self._ahead) if words != query and words not in self._vectors]
            self._ahead.clear()
            if not others:
                self._vectors[query] = retriever.vector(query)
                return self._vectors[query]
            with ThreadPoolExecutor(len(others)) as pool:
                later = {words: pool.submit(retriever.vector, words) for words in others}
                self._vectors[query] = retriever.vector(query)
            self._vectors |= {words: vector.result() for words, vector in later.items()}
        return self._vectors[query]


def _recent(history: tuple[Turn, ...]) -> tuple[Turn, ...]:
    return tuple(Turn(turn.role, turn.content[:MAX_CHARACTERS]) for turn in history[-MAX_TURNS:])


def check(text: str) -> None:
    """Raise ``QuestionError`` unless ``text`` can be a question."""
    if not any(char.isalnum() for char in text):
        raise QuestionError("没有看到问题。", "请写出要问的内容，例如：市住建局今年要做什么？")
    if len(text) > MAX_CHARACTERS:
        raise QuestionError(f"问题有{len(text)}个字，太长了。", f"请控制在{MAX_CHARACTERS}字以内，分几次提问。")


def unanswerable(question: Question, error: AnzeError) -> Answer:
    """The answer that says why a question could not be taken, for callers who need one answer a question."""
    reason = Reason.AMBIGUOUS if isinstance(error, QuestionError) else Reason.NO_EVIDENCE
    understood = Understood("", (), question.text[:MAX_CHARACTERS])
    return Answer(question.id, question.text, understood, str(error), reason=reason, timings_ms={"total": 0.0})


class _Clock:
    """Milliseconds by stage; laps of one name add up."""

    def __init__(self) -> None:
        self._start = self._last = perf_counter()
        self._laps: dict[str, float] = {"understand": 0.0, "retrieve": 0.0, "compose": 0.0}

    def lap(self, name: str) -> None:
        now = perf_counter()
        self._laps[name] += (now - self._last) * 1000
        self._last = now

    def timings(self) -> dict[str, float]:
        return {**self._laps, "total": (perf_counter() - self._start) * 1000}

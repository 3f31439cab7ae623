"""What a question's wording says about where its answer stands, learnt from the index itself.

Three things are known before any text is compared: some documents are asked about more than others (the question bank
shows which), questions about a penalty are answered by the clauses that set one, and a question may name its clause.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.clean import HAN, fold
from index.lexical import LexicalIndex
from index.numerals import NUMERAL, to_int
from index.units import Unit, UnitKind

MOST_ASKED = 8.0
"""Questions a clause beyond which more of them say nothing about how much a document is asked about."""
ASKED = 4.0
PENALTY, NO_PENALTY = 1.4, -1.35
NAMED, TITLED = 8.0, 3.0
"""Gains on the scale of ``rag.retrieve``'s sums, fitted to questions written from the texts of the default corpus."""

_PENALTY = re.compile("罚|法律责任|什么责任|后果|收拾|跑得掉|逃得掉|追究|坐牢|处分|拘留|多少钱")
_PROCEDURE = re.compile(
    "时效|追诉|追溯|追罚|听证|分期|缓[交缴]|复议|申辩|决定书|当场|立案|免罚|首违|裁量|(?:第一|头一?|初)[次回犯].{0,12}不.{0,2}罚|"
    "(?:多久|几年|多少年).{0,4}不.{0,3}罚"
)
"""How a penalty is imposed, or how long it may be: that stands in no clause that sets one for a breach."""
_PENAL_HEADING = ("律责", "任追")
_PENAL_WORDS = ("罚款", "处分", "处罚", "刑事", "问责")
_ARTICLE = re.compile(rf"第({NUMERAL})条")
_ITEM = re.compile(rf"第({NUMERAL})项")
_TITLE = re.compile(f"[{HAN}]法|[{HAN}]规(?=定)")
_RUN = re.compile(f"[{HAN}]+")

Gains = NDArray[np.float32]


def asks_procedure(query: str) -> bool:
    """Whether ``query`` is about how or how late a penalty may be imposed, not about which one."""
    return bool(_PROCEDURE.search(query))


class Routing:
    """Gains for top-level clauses. ``tops`` are they, ``top_of`` [units] which of them each unit belongs to."""

    def __init__(
        self,
        units: Sequence[Unit],
        lexical: LexicalIndex,
        tops: Sequence[tuple[str, str]],
        top_of: NDArray[np.int64],
    ) -> None:
        self._lexical = lexical
        self._passage = np.array([unit.kind is UnitKind.PASSAGE for unit in units], dtype=bool)
        numbers = {document: at for at, document in enumerate(dict.fromkeys(document for document, _ in tops))}
        self._document_of = np.array([numbers[document] for document, _ in tops], dtype=np.int64)
        self._unit_document = self._document_of[top_of] if len(tops) else top_of
        self._passages = np.bincount(self._unit_document[self._passage], minlength=len(numbers))
        # Only items are cut into sentences, which are numbered /s1, /s2 ...: so a list of items tells itself.
        listed = {unit.document for unit in units if "/s" in unit.clause}
        self._listed = np.array([document in listed for document in numbers], dtype=bool)
        self._clauses: dict[str, list[int]] = {}
        for at, (_, clause) in enumerate(tops):
            self._clauses.setdefault(clause, []).append(at)
        self._penal = self._said(_PENAL_HEADING, top_of) & self._said(_PENAL_WORDS, top_of)
        self._asked = self._interest()

    def gains(self, query: str, *, use_bank: bool = True) -> Gains:
        """What to add to each clause's score, float32 [clauses]. Without the bank nobody knows what is asked about."""
        gains = ASKED * self._asked if use_bank else np.zeros(len(self._document_of), dtype=np.float32)
        penalty = _PENALTY.search(query) and not asks_procedure(query)
        gains = gains + np.where(self._penal, PENALTY if penalty else NO_PENALTY, 0.0)
        if _TITLE.search(query):
            gains = gains + TITLED * self._said_title(query)[self._document_of]
        named = self._named(query)
        if named:
            gains[named] += NAMED
        return gains.astype(np.float32)

    def _interest(self) -> Gains:
        """log(1 + questions of the bank a clause), by document; one without questions counts as the least asked."""
        clauses = np.bincount(self._document_of, minlength=len(self._passages))
        questions = np.bincount(self._unit_document[~self._passage], minlength=len(self._passages))
        interest = np.log1p(np.minimum(questions / np.maximum(clauses, 1), MOST_ASKED))
        known = interest[(questions > 0) & (self._passages > 0)]
        least = float(known.min()) if len(known) else 0.0
        return np.asarray(np.maximum(interest, least)[self._document_of], dtype=np.float32)

    def _said(self, words: Sequence[str], top_of: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which clauses' own text, headings included, has one of the pairs of characters ``words``."""
        said = np.zeros(len(self._document_of), dtype=bool)
        for word in words:
            rows = self._rows(word)
            said[top_of[rows[self._passage[rows]]]] = True
        return said

    def _named(self, query: str) -> list[int]:
        """Clauses that ``query`` names by number, in the documents whose title it gives best, or in all."""
        found = [(number, False) for number in _ARTICLE.findall(query)]
        found = found or [(number, True) for number in _ITEM.findall(query)]
        if not found:
            return []
        titled = self._titled(query)
        named: list[int] = []
        for number, item in found:
            try:
                clause = str(to_int(number))
            except ValueError:
                continue
            held = [at for at in self._clauses.get(clause, ()) if self._listed[self._document_of[at]] == item]
            named += [at for at in held if titled[self._document_of[at]]] or held
        return named

    def _titled(self, query: str) -> NDArray[np.bool_]:
        """Documents whose title ``query`` says most of: pairs of characters that stand in every one of its texts."""
        shared = np.zeros(len(self._passages), dtype=np.int64)
        for pair in {a + b for run in _RUN.findall(fold(query)) for a, b in pairwise(run)}:
            rows = self._rows(pair)
            held = np.bincount(self._unit_document[rows[self._passage[rows]]], minlength=len(shared))
            shared += (held == self._passages) & (self._passages > 0)
        return np.asarray((shared == shared.max()) & (shared > 0)) if len(shared) else np.zeros(0, dtype=bool)

    def _said_title(self, query: str) -> NDArray[np.bool_]:
        """Documents of whose title ``query`` has the end (生产法, 责任制规定), by pairs in every one of its texts."""
        said = np.zeros(len(self._passages), dtype=bool)
        for end in _TITLE.findall(fold(query)):
            rows = self._rows(end)
            held = np.bincount(self._unit_document[rows[self._passage[rows]]], minlength=len(said))
            said |= (held == self._passages) & (self._passages > 0)
        return said

    def _rows(self, token: str) -> NDArray[np.int32]:
        column = self._lexical.vocabulary.get(token)
        if column is None:
            return np.zeros(0, dtype=np.int32)
        return self._lexical.rows[self._lexical.starts[column] : self._lexical.starts[column + 1]]


def spread(prior: Mapping[str, float], documents: NDArray[np.object_]) -> Gains:
    """A prior by document as one number a clause, float32 [clauses]."""
    return np.array([prior.get(document, 0.0) for document in documents], dtype=np.float32)

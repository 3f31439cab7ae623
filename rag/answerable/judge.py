"""The judge: doubt whether the documents answer a question, from weights learnt by ``python -m eval.answerable``.

Two linear steps. The first weighs the question's n-grams, embedding, nearness to the evidence and to known answerable
and unanswerable questions. The second adds what it means that a rule has refused the question, and which. The weights
hold for the texts and the embedding they were learnt with: over others there is no judge.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Protocol
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexCorrupt
from index.manifest import Manifest
from index.model import Family
from rag.answerable.features import Asked, Vector, dense, grams

NEAREST = 5
"""How many known questions of each kind a question is held against."""


class Lack(StrEnum):
    """Why a question is not answered."""

    FACT = "fact"
    UNEXPLAINED = "unexplained"
    VALUE = "value"
    OTHER_YEAR = "other_year"
    OTHER_PLACE = "other_place"
    OTHER_PAPER = "other_paper"
    NO_CLAUSE = "no_clause"
    ALTER = "alter"
    INJECTION = "injection"
    OFF_TOPIC = "off_topic"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``refuse``: not answered, whatever the rules say; ``answer``: answered, though a rule refuses; neither: as the
    rules say. ``doubt`` is the logit; ``lack`` what the nearest unanswerable questions lacked.
    """

    doubt: float
    refuse: bool
    answer: bool
    lack: Lack


class Judge(Protocol):
    """Judges one question, or has no opinion. Thread-safe."""

    def __call__(self, asked: Asked) -> Verdict | None: ...


@dataclass(frozen=True, slots=True)
class Known:
    """Questions with known outcome: unit vectors float32 [n, dim], whether each is unanswerable, and what it lacks."""

    vectors: Vector
    unanswerable: NDArray[np.bool_]
    lacks: tuple[str, ...]

    def nearness(self, vector: Vector, without: NDArray[np.bool_] | None = None) -> tuple[list[float], list[int]]:
        """Cosines to the nearest and to the ``NEAREST`` nearest on average, unanswerable ones first; and the rows of
        the nearest unanswerable ones. ``without`` leaves rows out.
        """
        cosines = self.vectors @ vector
        if without is not None:
            cosines = np.where(without, -1.0, cosines)
        found: list[float] = []
        rows: list[int] = []
        for side in (self.unanswerable, ~self.unanswerable):
            at = np.flatnonzero(side)
            best = at[np.argsort(-cosines[at], kind="stable")[:NEAREST]]
            found += [float(cosines[best[0]]), float(cosines[best].mean())]
            rows = rows or best.tolist()
        return found, rows


class LinearJudge:
    """The shipped judge. ``weights`` as ``eval.answerable`` saves them."""

    def __init__(self, weights: dict[str, Any]) -> None:
        self.known = Known(
            weights["vectors"].astype(np.float32) / 127.0, weights["unanswerable"], tuple(weights["lacks"].tolist())
        )
        self._grams = weights["grams"].astype(np.float32)
        self._dense = weights["dense"].astype(np.float32)
        self._offset, self._scale = weights["offset"].astype(np.float32), weights["scale"].astype(np.float32)
        self._bias = float(weights["bias"])
        self._rules = dict(zip(weights["rules"].tolist(), weights["rule_weights"].tolist(), strict=True))
        self._slope, self._intercept = float(weights["slope"]), float(weights["intercept"])
        self._refuse, self._answer = float(weights["refuse"]), float(weights["answer"])

    def __call__(self, asked: Asked) -> Verdict:
        nearness, rows = self.known.nearness(asked.vector)
        base = self._base(asked, nearness)
        doubt = self._slope * base + self._intercept + self._rules.get(asked.rule, 0.0)
        lack = Counter(self.known.lacks[row] for row in rows).most_common(1)[0][0]
        return Verdict(doubt, doubt > self._refuse, doubt < self._answer, Lack(lack))

    def _base(self, asked: Asked, nearness: list[float]) -> float:
        buckets, values = grams(asked)
        row = (dense(asked, nearness) - self._offset) * self._scale
        return float(self._grams[buckets] @ values + self._dense @ row) + self._bias


class ShippedJudge:
    """The judge in a file of weights, opened with the first question that needs it.

    It has no opinion where the file is missing or was made with another embedding or other texts (``texts`` is their
    mark). A call raises ``IndexCorrupt`` where the file cannot be read.
    """

    def __init__(self, path: Path, model_id: str, texts: str) -> None:
        self._path, self._model_id, self._texts = path, model_id, texts
        self._opening = Lock()

    def __call__(self, asked: Asked) -> Verdict | None:
        with self._opening:
            judge = self._opened
        return judge(asked) if judge else None

    @cached_property
    def _opened(self) -> LinearJudge | None:
        if not self._path.is_file():
            return None
        try:
            with self._path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                if str(file["model_id"]) != self._model_id or str(file["texts"]) != self._texts:
                    return None
                return LinearJudge({name: file[name] for name in file.files})
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise IndexCorrupt(
                f"判断权重 {self._path.name} 无法读取：{error}。", "请从发行包恢复 docs 目录。"
            ) from error


def texts_mark(manifest: Manifest) -> str:
    """Stands for the texts the judge of answerability must have been made for: which laws, and the plan's own text."""
    plans = sorted(entry.sha256 for entry in manifest.documents if entry.family == Family.WORK_PLAN)
    return " ".join([manifest.settings.laws, *plans])

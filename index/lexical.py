"""BM25 over the search units.

bm25s scores eagerly: at build time it works out what every token adds to every text and leaves a sparse matrix. Asking
is then a sum of columns, which this module does itself, so that a question needs no import of bm25s (and of scipy).
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexCorrupt
from index.tokens import tokens

K1 = 1.5
B = 0.75
METHOD = "lucene"

_MATRIX = "bm25.npz"
_WORDS = "bm25.json"
_REMEDY = "请运行 anze index 重建索引"


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """A column-wise sparse matrix, texts × vocabulary, of what a token adds to a text's score.

    ``rows[starts[t]:starts[t + 1]]`` are the texts that hold token ``t`` and ``gains`` at the same places what it adds.
    """

    keys: tuple[str, ...]
    vocabulary: dict[str, int]
    gains: NDArray[np.float32]
    rows: NDArray[np.int32]
    starts: NDArray[np.int64]

    @classmethod
    def build(cls, keys: Sequence[str], texts: Sequence[str]) -> LexicalIndex:
        """Index ``texts``; ``keys[i]`` names ``texts[i]``. The same input gives the same bytes in every process."""
        if len(keys) != len(texts):
            raise ValueError(f"{len(keys)} keys for {len(texts)} texts")
        vocabulary: dict[str, int] = {}
        numbered = [[vocabulary.setdefault(token, len(vocabulary)) for token in tokens(text)] for text in texts]
        if not vocabulary:
            nothing = np.zeros(0, np.float32), np.zeros(0, np.int32), np.zeros(1, np.int64)
            return cls(tuple(keys), {}, *nothing)
        gains, rows, starts = _score(numbered, vocabulary)
        return cls(tuple(keys), vocabulary, gains, rows, starts)

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 score of every text, float32 [n]; zeros where no token of ``query`` is known."""
        total = np.zeros(len(self.keys), dtype=np.float32)
        for token in tokens(query):
            column = self.vocabulary.get(token)
            if column is not None:
                held = slice(self.starts[column], self.starts[column + 1])
                total[self.rows[held]] += self.gains[held]  # a text occurs once in a column
        return total

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """At most ``k`` (row, score) with a score above zero, best first; equal scores in row order."""
        total = self.scores(query)
        best = np.argsort(-total, kind="stable")[: max(k, 0)]
        return [(int(row), float(total[row])) for row in best if total[row] > 0]

    def save(self, folder: Path) -> None:
        """Write the index into ``folder``, which must exist."""
        np.savez(folder / _MATRIX, gains=self.gains, rows=self.rows, starts=self.starts)
        words = {"keys": self.keys, "vocabulary": list(self.vocabulary)}
        (folder / _WORDS).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read what ``save`` wrote. Raises ``IndexCorrupt``."""
        try:
            words = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
            keys, vocabulary = tuple(words["keys"]), {token: at for at, token in enumerate(words["vocabulary"])}
            with (folder / _MATRIX).open("rb") as stream, np.load(stream, allow_pickle=False) as matrix:
                gains, rows, starts = matrix["gains"], matrix["rows"], matrix["starts"]
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise IndexCorrupt("关键词索引文件缺失或损坏。", _REMEDY) from error
        whole = len(starts) == len(vocabulary) + 1 and len(rows) == len(gains) == int(starts[-1])
        if not whole or (len(rows) and int(rows.max()) >= len(keys)):
            raise IndexCorrupt("关键词索引文件内容前后不一致。", _REMEDY)
        return cls(keys, vocabulary, gains, rows, starts)


def _score(
    numbered: list[list[int]], vocabulary: dict[str, int]
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int64]]:
    import bm25s

    # The vocabulary is handed over numbered: bm25s would number it by iterating over a set of strings, whose order
    # differs from one process to the next.
    engine = bm25s.BM25(k1=K1, b=B, method=METHOD)
    engine.index((numbered, dict(vocabulary)), create_empty_token=False, show_progress=False)
    matrix = engine.scores
    rows = np.asarray(matrix["indices"], dtype=np.int32)
    return np.asarray(matrix["data"], np.float32), rows, np.asarray(matrix["indptr"], np.int64)

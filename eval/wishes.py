"""Learn how people wish for an organisation's whole list: ``python -m eval.wishes``.

It writes ``docs/wishes/weights.json``. Wishes and messages that only sound like one are
``docs/wishes/questions.jsonl``. What ``docs/answerable`` and the ``dev`` half of the gold hold besides are no such
wishes, but for the gold's whole lists. The gold's other half is never read. Printed figures are held out, in folds.
Needs scikit-learn (extra ``models``).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from eval.dataset import DEV, load_gold, select
from index.corpus import docs_folder
from index.errors import AnzeError, QuestionError
from rag.compose.lists.whole import may_be_whole, one_reading
from rag.compose.lists.wish import Seen, novelty
from rag.model import Question, Turn
from rag.settings import Settings
from rag.wiring import make_assistant
from rag.wishes import BIAS, Wishes

FOLDS = 5
REGULARISATION = 8.0
"""scikit-learn's C."""
GRAM_SCALE, SIGN_SCALE = 4.0, 0.5
"""How much a message's n-grams, a row of length 1, and a sign of 1 weigh at first."""
MISSED_WEIGHT = 3.0
"""A whole list that is not given does more harm than one given where a part was wanted."""
RAREST = 2
"""Times an n-gram must occur to be weighed."""
NEGLIGIBLE = 0.02
"""Weights below it are not kept."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Row:
    """One message that names an organisation, and whether its whole list is wanted. ``wish``: it was written as one
    of the two, the others only come along.
    """

    question: Question
    seen: Seen
    whole: bool
    wish: bool


def load(path: Path) -> Iterator[tuple[Question, bool, bool]]:
    """Question, whether a whole list is wanted, whether it was written for this. Raises ``QuestionError``."""
    others = path.parent.parent / "answerable" / "questions.jsonl"
    try:
        files = [file.read_bytes().splitlines() for file in (path, others)]
    except OSError as error:
        raise QuestionError(f"问题文件 {error.filename} 无法读取。", "请检查路径。") from error
    known: set[tuple[str, str | None]] = set()
    for at, lines in enumerate(files):
        for raw in map(orjson.loads, lines):
            history = tuple(Turn(turn["role"], turn["content"]) for turn in raw.get("history", ()))
            question = Question(raw["question"], raw.get("org"), history)
            if at and (question.text, question.org) in known:
                continue
            known.add((question.text, question.org))
            yield question, raw.get("whole", False), at == 0
    for gold in select(load_gold(), DEV):
        yield gold.asked(), gold.duties is not None, gold.duties is not None


def rows(settings: Settings, labelled: Iterator[tuple[Question, bool, bool]]) -> list[Row]:
    """Those messages the weights would be asked about. Raises what ``make_assistant`` raises."""
    assistant = make_assistant(settings)
    found = []
    for question, whole, wish in labelled:
        reading = one_reading(assistant.reader.read(question))
        seen = may_be_whole(assistant.library, reading)
        if seen:
            found.append(Row(question, seen, whole, wish))
    return found


def known_pairs(data: Sequence[Row], among: Flags) -> Counter[str]:
    """How many of the wishes ``among`` the rows have each character pair."""
    return Counter(pair for row, kept in zip(data, among, strict=True) if kept and row.whole for pair in row.seen.pairs)


class Table:
    """All rows as numbers; what is new in a row is new beside the wishes ``among`` them, its own words left out."""

    def __init__(self, data: Sequence[Row], among: Flags) -> None:
        from scipy.sparse import csr_matrix, hstack

        pairs = known_pairs(data, among)
        self.pairs = frozenset(pairs)
        once = frozenset(pair for pair, count in pairs.items() if count == 1)
        counts = Counter(gram for row, kept in zip(data, among, strict=True) if kept for gram in row.seen.grams)
        self.grams = [gram for gram, count in counts.items() if count >= RAREST]
        column = {gram: at for at, gram in enumerate(self.grams)}
        signs = []
        for row, kept in zip(data, among, strict=True):
            known = self.pairs - (once & row.seen.pairs) if kept and row.whole else self.pairs
            signs.append({BIAS: 1.0, **row.seen.signs, **novelty(row.seen.text, row.seen.pairs, known)})
        self.signs = sorted({name for one in signs for name in one})
        places = [[column[gram] for gram in row.seen.grams if gram in column] for row in data]
        values = np.concatenate(
            [np.full(len(at), len(row.seen.grams) ** -0.5) for at, row in zip(places, data, strict=True)]
        )
        starts = np.cumsum([0, *map(len, places)])
        said = csr_matrix((values, np.concatenate(places).astype(np.int64), starts), shape=(len(data), len(self.grams)))
        others = np.array([[one.get(name, 0.0) for name in self.signs] for one in signs])
        self.matrix = hstack([said * GRAM_SCALE, csr_matrix(others * SIGN_SCALE)]).tocsr()


def fit(table: Table, whole: Flags, among: Flags) -> Any:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(
        C=REGULARISATION, max_iter=3000, fit_intercept=False, class_weight={True: MISSED_WEIGHT, False: 1.0}
    )
    return model.fit(table.matrix[among], whole[among])


def held_out(data: Sequence[Row], whole: Flags) -> NDArray[np.float64]:
    """Logits of every row from weights that were learnt without its fold."""
    folds = np.random.default_rng(0).permutation(len(data)) % FOLDS
    found = np.zeros(len(data))
    for fold in range(FOLDS):
        table = Table(data, folds != fold)
        found[folds == fold] = fit(table, whole, folds != fold).decision_function(table.matrix[folds == fold])
    return found


def weights(data: Sequence[Row], whole: Flags) -> Wishes:
    """The weights learnt from all rows."""
    everything = np.ones(len(data), dtype=bool)
    table = Table(data, everything)
    found = fit(table, whole, everything).coef_[0]
    said, others = found[: len(table.grams)] * GRAM_SCALE, found[len(table.grams) :] * SIGN_SCALE
    kept = {gram: round(float(w), 3) for gram, w in zip(table.grams, said, strict=True) if abs(w) >= NEGLIGIBLE}
    return Wishes(kept, {name: round(float(w), 4) for name, w in zip(table.signs, others, strict=True)}, table.pairs)


def main(arguments: Sequence[str] | None = None) -> int:
    """Learn and write the weights. Returns the exit code."""
    from rag.compose.lists.whole import WISHED

    folder = docs_folder(None) / "wishes"
    parser = argparse.ArgumentParser(prog="python -m eval.wishes", description="学习“要某单位的全部任务”有哪些说法")
    parser.add_argument("--questions", type=Path, default=folder / "questions.jsonl", help="带标注的问题")
    parser.add_argument("--output", type=Path, default=folder / "weights.json", help="权重写到哪里")
    given = parser.parse_args(arguments)
    try:
        data = rows(Settings(), load(given.questions))
    except AnzeError as error:
        print(error, file=sys.stderr)
        return 2
    whole = np.array([row.whole for row in data])
    wish = np.array([row.wish for row in data])
    taken = held_out(data, whole) > WISHED
    for name, part in (("要全部任务的", whole), ("只要一部分的", ~whole & wish), ("其他问题", ~whole & ~wish)):
        print(f"{name}：{int(part.sum())} 问，其中 {int((taken & part).sum())} 问按要全部任务回答（未参与学习时）")
    learnt = weights(data, whole)
    given.output.parent.mkdir(exist_ok=True)
    given.output.write_bytes(
        orjson.dumps({"grams": learnt.grams, "signs": learnt.signs, "pairs": sorted(learnt.pairs)}) + b"\n"
    )
    print(f"{len(learnt.grams)} 个字串、{len(learnt.signs)} 个特征；已写入 {given.output.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

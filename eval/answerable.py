"""Learn the weights of ``rag.answerable`` from labelled questions: ``python -m eval.answerable``.

The questions are ``docs/answerable/questions.jsonl`` and the ``dev`` half of the gold questions, never its other half.
What is learnt from a question is what the judge would be shown for it, so the assistant asks them all without a judge.
Held-out figures come from folds that keep a pair of look-alike questions together, and the second step and both
thresholds are fitted to such figures, on questions no rule was written from. Needs scikit-learn (extra ``models``).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from eval.dataset import DEV, load_gold, select
from index.corpus import docs_folder
from index.errors import AnzeError, QuestionError
from index.store import StoreReader, default_store_folder
from rag.answerable.features import BUCKETS, Asked, dense, grams, numbers
from rag.answerable.judge import Known, Lack, LinearJudge, texts_mark
from rag.model import Question, Turn
from rag.settings import Settings
from rag.wiring import make_assistant

FOLDS = 5
REGULARISATION = 8.0
"""scikit-learn's C of the first step."""
EMBEDDING_SCALE, NUMBER_SCALE, NEARNESS_SCALE = 2.0, 0.3, 0.5
"""How much one standard deviation of each part weighs against n-grams, whose rows have length 1."""
WRONGLY_REFUSED, WRONGLY_ANSWERED = 0.03, 0.03
"""Shares of held-out questions the thresholds allow: answerable ones refused, unanswerable ones answered after all.

Look-alike pairs are harder than what people ask: on questions written without a twin these give about 2 % and 5 %.
"""

Labels = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One question with its outcome. Look-alikes share a ``group``; ``fresh``: no rule was written from it."""

    question: Question
    group: str
    answerable: bool
    lack: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What the judge is shown for one labelled question."""

    asked: Asked
    labelled: Labelled


class Recorder:
    """A judge without an opinion that keeps what it is shown."""

    def __init__(self) -> None:
        self.shown: list[Asked] = []

    def __call__(self, asked: Asked) -> None:
        self.shown.append(asked)


def load(path: Path) -> Iterator[Labelled]:
    """The labelled questions of ``path``, then the ``dev`` half of the gold. Raises ``QuestionError``."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise QuestionError(f"问题文件 {path} 无法读取。", "请检查路径。") from error
    for line in lines:
        raw = orjson.loads(line)
        history = tuple(Turn(turn["role"], turn["content"]) for turn in raw.get("history", ()))
        question = Question(raw["question"], raw.get("org"), history, raw["id"])
        yield Labelled(question, raw["group"], raw["answerable"], raw.get("lack", ""), raw["fresh"])
    for gold in select(load_gold(), DEV):
        yield Labelled(gold.asked(), gold.id, gold.answerable, LACKS.get(gold.intent, Lack.FACT), False)


LACKS = {
    "missing_fact": Lack.FACT,
    "no_evidence": Lack.FACT,
    "not_spelled_out": Lack.UNEXPLAINED,
    "other_scope": Lack.OTHER_PAPER,
    "no_such_clause": Lack.NO_CLAUSE,
    "alter": Lack.ALTER,
    "injection": Lack.INJECTION,
    "off_topic": Lack.OFF_TOPIC,
    "ambiguous": Lack.AMBIGUOUS,
}
"""Intents of unanswerable gold questions."""


def rows(settings: Settings, labelled: Iterable[Labelled]) -> list[Row]:
    """Those questions the judge would be asked about, once each. Raises what ``make_assistant`` raises."""
    recorder = Recorder()
    assistant = make_assistant(settings, judge=recorder)
    found = []
    for one in labelled:
        recorder.shown.clear()
        assistant.ask(one.question)
        if len(recorder.shown) == 1:
            found.append(Row(recorder.shown[0], one))
    return found


class Matrix:
    """All rows as numbers. Nearness leaves out the row's own group, as a new question has none."""

    def __init__(self, data: Sequence[Row]) -> None:
        from scipy.sparse import csr_matrix

        self.refused = np.array([not row.labelled.answerable for row in data])
        self.groups = np.array([row.labelled.group for row in data])
        self.vectors = np.stack([row.asked.vector for row in data]).astype(np.float32)
        pairs = [grams(row.asked) for row in data]
        starts = np.cumsum([0, *(len(buckets) for buckets, _ in pairs)])
        buckets, values = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
        self.grams = csr_matrix((values, buckets, starts), shape=(len(data), BUCKETS))
        self._data = data

    def known(self, among: Labels) -> Known:
        lacks = tuple(str(row.labelled.lack) for row, kept in zip(self._data, among, strict=True) if kept)
        vectors = np.round(self.vectors[among] * 127).astype(np.int8).astype(np.float32) / 127.0
        return Known(vectors, self.refused[among], lacks)

    def dense(self, among: Labels) -> NDArray[np.float32]:
        """float32 [rows, dense], with the nearness to the questions ``among`` alone."""
        known, groups = self.known(among), self.groups[among]
        near = [
            known.nearness(vector, groups == group)[0] for vector, group in zip(self.vectors, self.groups, strict=True)
        ]
        return np.stack([dense(row.asked, nearness) for row, nearness in zip(self._data, near, strict=True)])


@dataclass(frozen=True, slots=True)
class First:
    """The first step, fitted."""

    grams: NDArray[np.float32]
    dense: NDArray[np.float32]
    offset: NDArray[np.float32]
    scale: NDArray[np.float32]
    bias: float

    def logits(self, matrix: Matrix, dense: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.asarray(matrix.grams @ self.grams + ((dense - self.offset) * self.scale) @ self.dense + self.bias)


def fit_first(matrix: Matrix, dense: NDArray[np.float32], among: Labels) -> First:
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    dim = matrix.vectors.shape[1]
    offset, scale = dense[among].mean(0), 1 / np.maximum(dense[among].std(0), 1e-6)
    offset[:dim], scale[:dim] = 0.0, EMBEDDING_SCALE
    scale[dim:-4] *= NUMBER_SCALE
    scale[-4:] *= NEARNESS_SCALE
    table = hstack([matrix.grams, csr_matrix((dense - offset) * scale)]).tocsr()
    model = LogisticRegression(C=REGULARISATION, max_iter=3000).fit(table[among], matrix.refused[among])
    weights = model.coef_[0].astype(np.float32)
    return First(weights[:BUCKETS], weights[BUCKETS:], offset, scale, float(model.intercept_[0]))


def held_out(matrix: Matrix) -> NDArray[np.float64]:
    """Logits of the first step for every row, from a model that saw nothing of its group."""
    from sklearn.model_selection import GroupKFold

    found = np.zeros(len(matrix.refused))
    for train, test in GroupKFold(FOLDS).split(found, matrix.refused, matrix.groups):
        among = np.zeros(len(found), dtype=bool)
        among[train] = True
        near = matrix.dense(among)
        found[test] = fit_first(matrix, near, among).logits(matrix, near)[test]
    return found


@dataclass(frozen=True, slots=True)
class Second:
    """The second step and the thresholds."""

    slope: float
    intercept: float
    rules: dict[str, float]
    refuse: float = 0.0
    answer: float = 0.0

    def doubts(self, base: NDArray[np.float64], data: Sequence[Row]) -> NDArray[np.float64]:
        return self.slope * base + self.intercept + np.array([self.rules.get(row.asked.rule, 0.0) for row in data])


def fit_second(base: NDArray[np.float64], data: Sequence[Row], refused: Labels) -> Second:
    from sklearn.linear_model import LogisticRegression

    names = sorted({row.asked.rule for row in data} - {""})
    flags = np.array([[row.asked.rule == name for name in names] for row in data], dtype=float)
    model = LogisticRegression(C=1.0, max_iter=3000).fit(np.hstack([base[:, None], flags]), refused)
    slope, *weights = model.coef_[0].tolist()
    return Second(slope, float(model.intercept_[0]), dict(zip(names, weights, strict=True)))


def with_thresholds(second: Second, doubts: NDArray[np.float64], data: Sequence[Row], refused: Labels) -> Second:
    """``second`` with the thresholds that keep to the allowed shares on ``doubts``."""
    ruled = np.array([bool(row.asked.rule) for row in data])
    refuse = float(np.quantile(doubts[~refused], 1 - WRONGLY_REFUSED))
    answer = min(refuse, float(np.quantile(doubts[refused & ruled], WRONGLY_ANSWERED)))
    return replace(second, refuse=refuse, answer=answer)


def outcome(second: Second, doubts: NDArray[np.float64], data: Sequence[Row], refused: Labels, name: str) -> str:
    """One line: the share refused of both kinds, by the rules alone and with the judge."""
    ruled = np.array([bool(row.asked.rule) for row in data])
    judged = (doubts > second.refuse) | (ruled & (doubts >= second.answer))
    shares = [
        float(side[kind].mean()) if kind.any() else 0.0 for kind in (refused, ~refused) for side in (ruled, judged)
    ]
    return (
        f"{name}：{len(data)} 问；应拒答的被拒 {shares[0]:.3f} → {shares[1]:.3f}，"
        f"可回答的被拒 {shares[2]:.3f} → {shares[3]:.3f}（仅规则 → 加上判断）"
    )


def learn(data: Sequence[Row], model_id: str, texts: str) -> tuple[dict[str, Any], list[str]]:
    """The weights as ``LinearJudge`` takes them, and a report in Chinese, a line each."""
    matrix = Matrix(data)
    base = held_out(matrix)
    fresh = np.array([row.labelled.fresh for row in data])
    second, doubts = _second(base, data, matrix, fresh)
    everything = np.ones(len(data), dtype=bool)
    near = matrix.dense(everything)
    first = fit_first(matrix, near, everything)
    known = matrix.known(everything)
    weights: dict[str, Any] = {
        "model_id": np.array(model_id), "texts": np.array(texts),
        "vectors": np.round(known.vectors * 127).astype(np.int8), "unanswerable": known.unanswerable,
        "lacks": np.array(known.lacks), "grams": first.grams.astype(np.float16), "dense": first.dense,
        "offset": first.offset, "scale": first.scale, "bias": np.array(first.bias),
        "rules": np.array(list(second.rules)), "rule_weights": np.array(list(second.rules.values())),
        "slope": np.array(second.slope), "intercept": np.array(second.intercept),
        "refuse": np.array(second.refuse), "answer": np.array(second.answer),
    }  # fmt: skip
    report = [
        outcome(
            second,
            doubts[part],
            [row for row, kept in zip(data, part, strict=True) if kept],
            matrix.refused[part],
            name,
        )
        for name, part in (("没有用来写规则的问题", fresh), ("用来写过规则的问题", ~fresh))
        if part.any()
    ]
    return weights, report


def _second(
    base: NDArray[np.float64], data: Sequence[Row], matrix: Matrix, fresh: Labels
) -> tuple[Second, NDArray[np.float64]]:
    """The second step fitted to the fresh rows, and its doubts of all rows, of fresh ones held out."""
    from sklearn.model_selection import GroupKFold

    at = np.flatnonzero(fresh)
    chosen = [data[i] for i in at]
    second = fit_second(base[at], chosen, matrix.refused[at])
    doubts = second.doubts(base, data)
    for train, test in GroupKFold(FOLDS).split(at, matrix.refused[at], matrix.groups[at]):
        part = fit_second(base[at[train]], [data[i] for i in at[train]], matrix.refused[at[train]])
        doubts[at[test]] = part.doubts(base[at[test]], [data[i] for i in at[test]])
    return with_thresholds(second, doubts[at], chosen, matrix.refused[at]), doubts


def main(arguments: Sequence[str] | None = None) -> int:
    """Learn and write the weights. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m eval.answerable", description="学习“文件能否回答”的判断权重")
    docs = docs_folder(None)
    parser.add_argument("--questions", type=Path, default=docs / "answerable" / "questions.jsonl", help="带标注的问题")
    parser.add_argument("--output", type=Path, default=docs / "answerable" / "weights.npz", help="权重写到哪里")
    given = parser.parse_args(arguments)
    settings = Settings()
    try:
        manifest = StoreReader(settings.store or default_store_folder()).manifest
        data = rows(settings, load(given.questions))
        weights, report = learn(data, manifest.settings.embedding, texts_mark(manifest))
        LinearJudge(weights)
        np.savez_compressed(given.output, **weights)
    except AnzeError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(report))
    print(f"数值特征 {len(numbers(data[0].asked))} 个；已写入 {given.output.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The same questions with a language model and without: what it costs, what it changes, how its sentences fared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from eval.alce import of_answer
from eval.dataset import Gold
from eval.figures import figure
from eval.metrics.catalogue import BY_NAME
from eval.run import Record, run
from eval.slices import HEADLINE
from eval.table import shown
from eval.world import make_world
from index.corpus import docs_folder
from rag.gate.check import Gate
from rag.model import Answer, Checks, Path, Question
from rag.settings import Settings
from rag.wiring import make_assistant, make_gate

_MEASURES = (
    "handled", "answered_right", "fact_accuracy", "citation_precision", "citation_recall", "verbatim",
    "refusal_accuracy", "false_refusals", "latency.total.p50", "latency.total.p95",
)  # fmt: skip
_PATHS = {
    Path.GENERATED: "组织语言",
    Path.EXPLAINED: "计算结果加说明",
    Path.FALLBACK: "退回摘录",
    Path.EXTRACTIVE: "未用模型",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """``rows``: (title, without, with) as shown."""

    model: str
    rows: tuple[tuple[str, str, str], ...]


class _Watching:
    """Asks an assistant and counts what its model's part was."""

    def __init__(self, ask: Callable[[Question], Answer], gate: Gate) -> None:
        self._ask, self._gate = ask, gate
        self.needed = self.cited = 0
        self.paths: Counter[Path] = Counter()
        self.causes: Counter[str] = Counter()
        self.checks: list[Checks] = []

    def ask(self, question: Question) -> Answer:
        answer = self._ask(question)
        self.paths[answer.path] += 1
        self.causes[answer.note] += bool(answer.note)
        self.checks.append(answer.checks)
        if answer.path in (Path.GENERATED, Path.EXPLAINED):
            needed, cited = of_answer(self._gate, answer)
            self.needed += needed
            self.cited += cited
        return answer


def without_model(settings: Settings) -> Settings:
    """``settings`` as they answer extractively: what the baseline is about."""
    return replace(settings, llm_base_url="", llm_model="", llm_api_key="")


def compare(
    settings: Settings, gold: Sequence[Gold], records: Sequence[Record], progress: Callable[[int, int], None]
) -> Comparison:
    """Ask everything again with the model of ``settings``; ``records`` are the answers without."""
    assistant = make_assistant(settings)
    assistant.retriever  # noqa: B018 - opened before anything is timed
    gate = make_gate(docs_folder(settings.docs), assistant.library, assistant.reader)
    watching = _Watching(assistant.ask, gate)
    world = make_world(settings, assistant.library)
    again = run(gold, watching.ask, world, None, progress)
    rows = [*_figures(records, again), *_sentences(watching)]
    return Comparison(assistant.model_name, tuple(rows))


def _figures(before: Sequence[Record], after: Sequence[Record]) -> list[tuple[str, str, str]]:
    rows = []
    for name in _MEASURES:
        measure = BY_NAME[name]
        pair = [figure(HEADLINE[0].name, measure, [record.case for record in records]) for records in (before, after)]
        if all(pair):
            rows.append((measure.title, *(shown(one) for one in pair if one is not None)))
    return [(title, one, two) for title, one, two in rows]


def _sentences(watching: _Watching) -> list[tuple[str, str, str]]:
    """How the model's own sentences fared, and which paths the answers took.

    ALCE (Gao et al. 2023) calls the share of statements that their citations entail citation recall, and the share of
    citations that are needed for it citation precision. The gate is the judge here in place of an entailment model.
    """
    passed = sum(c.passed for c in watching.checks)
    repaired = sum(c.repaired for c in watching.checks)
    dropped = sum(c.dropped for c in watching.checks)
    nothing = sum(c.nothing for c in watching.checks)
    claims = passed + repaired + dropped
    recall = f"{passed / claims:.3f}" if claims else "—"
    precision = f"{watching.needed / watching.cited:.3f}" if watching.cited else "—"
    paths = "，".join(f"{words} {watching.paths[path]}" for path, words in _PATHS.items())
    causes = "，".join(f"{name} {count}" for name, count in watching.causes.items() if count) or "无"
    fared = f"无可核对 {nothing}，直接通过 {passed}，改正后通过 {repaired}，删去 {dropped}"
    return [
        ("模型原句的引用召回率（ALCE，以闸门判定）", "—", recall),
        ("模型原句的引用精确率（ALCE，以闸门判定）", "—", precision),
        ("模型各句", "—", fared),
        ("回答方式", "—", paths),
        ("退回原因", "—", causes),
    ]


def comparison_table(compared: Comparison | None) -> str:
    """For the terminal."""
    if compared is None:
        return "\n有无大模型对照：没有配置大模型（ANZE_LLM_BASE_URL、ANZE_LLM_MODEL），没有对照。"
    lines = [f"{title}：{before} → {after}" for title, before, after in compared.rows]
    return "\n".join(["", f"有无大模型对照（{compared.model}）", *lines])

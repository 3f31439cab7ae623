"""A running assistant: latency by intent and number of askers, retrieval against its floor, memory. Runs in a child."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from eval.bench.stats import Timing, timed, timing
from eval.dataset import Gold, load_gold
from index.embedding import make_embedder
from index.store import StoreReader, default_store_folder
from rag.model import Answer, Question
from rag.settings import Settings
from rag.wiring import make_assistant

ASKERS = (1, 2, 8)
SAMPLES = 64
"""At least that many questions for each intent and number of askers."""

Ask = Callable[[Question], Answer]


@dataclass(frozen=True, slots=True)
class Warm:
    """``by_askers[n]`` maps an intent, or ``all``, to its latency with ``n`` asking at once.

    ``embed`` and ``scan`` are the floor of ``search``: embedding the query, and one pass over as many vectors.
    ``contention`` is the p95 of eight askers over the median of one, for questions answered from tables and for those
    that search apart, for one kind takes twenty times the other; ``pooled`` is that of both
    thrown together. ``resident_mb`` is after all of it.
    """

    by_askers: dict[str, dict[str, Timing]]
    worst_p95: dict[str, float]
    contention: dict[str, float]
    pooled: float
    search: Timing
    embed: Timing | None
    scan: Timing | None
    ratio: float | None
    resident_mb: float
    torch_loaded: bool


def measure(settings: Settings) -> Warm:
    """Everything about one corpus. Raises ``IndexMissing`` where it has no index."""
    gold = load_gold()
    assistant = make_assistant(settings)
    kinds = by_kind(assistant.ask, gold)
    table = {str(count): by_intent(assistant.ask, gold, count) for count in ASKERS}
    questions = [one.question for one in gold][:: max(1, len(gold) // SAMPLES)]
    search = timing(timed(lambda text: assistant.retriever.search(text, 10), questions))
    embed, scan = _floor(settings, questions)
    return Warm(
        by_askers=table,
        worst_p95={n: max(t.p95 for intent, t in row.items() if intent != "all") for n, row in table.items()},
        contention={kind: contention(assistant.ask, questions) for kind, questions in kinds.items()},
        pooled=round(table["8"]["all"].p95 / table["1"]["all"].p50, 2),
        search=search,
        embed=embed,
        scan=scan,
        ratio=round(search.p50 / (embed.p50 + scan.p50), 2) if embed and scan else None,
        resident_mb=round(resident_mb(), 1),
        torch_loaded="torch" in sys.modules,
    )


def by_intent(ask: Ask, gold: Sequence[Gold], askers: int) -> dict[str, Timing]:
    """Latency of each intent's questions asked by ``askers`` threads at once, and of ``all`` of them together."""
    pooled: list[float] = []
    found: dict[str, Timing] = {}
    for intent in dict.fromkeys(one.intent for one in gold):
        questions = [one.asked() for one in gold if one.intent == intent]
        samples = together(ask, list(islice(cycle(questions), max(SAMPLES, len(questions)))), askers)
        found[intent] = timing(samples)
        pooled += samples
    return {**found, "all": timing(pooled)}


def by_kind(ask: Ask, gold: Sequence[Gold]) -> dict[str, list[Question]]:
    """Every question, asked once, as ``table`` or ``search`` by whether its answer needed retrieval."""
    kinds: dict[str, list[Question]] = {"table": [], "search": []}
    for one in gold:
        retrieved = ask(one.asked()).timings_ms.get("retrieve", 0.0)
        kinds["search" if retrieved else "table"].append(one.asked())
    return {kind: questions for kind, questions in kinds.items() if questions}


def contention(ask: Ask, questions: Sequence[Question]) -> float:
    """The p95 of eight askers over the median of one, for the same questions in the same run."""
    alone = timing(together(ask, questions, 1))
    crowded = timing(together(ask, questions, ASKERS[-1]))
    return round(crowded.p95 / alone.p50, 2)


def together(ask: Ask, questions: Sequence[Question], askers: int) -> list[float]:
    """Milliseconds of every question, shared out among ``askers`` threads that each ask one at a time."""
    with ThreadPoolExecutor(askers) as pool:
        shares = [questions[at::askers] for at in range(askers)]
        return [sample for samples in pool.map(lambda share: timed(ask, share), shares) for sample in samples]


def resident_mb() -> float:
    """Resident memory of this process; where the system does not tell, its highest so far."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text("utf-8").splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024
    import resource

    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _floor(settings: Settings, questions: Sequence[str]) -> tuple[Timing | None, Timing | None]:
    manifest = StoreReader(settings.store or default_store_folder()).manifest
    embedder = make_embedder(settings.embedding, base_url=settings.embedding_base_url, key=settings.embedding_api_key)
    if embedder is None or not manifest.dense:
        return None, None
    embedder.embed_query(questions[0])
    generator = np.random.default_rng(0)
    vectors = generator.standard_normal((manifest.units, manifest.dim), dtype=np.float32)
    vector = generator.standard_normal(manifest.dim, dtype=np.float32)
    passes = timed(lambda _: float((vectors @ vector).max()), range(SAMPLES))
    return timing(timed(embedder.embed_query, questions)), timing(passes)

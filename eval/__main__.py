"""``python -m eval``: run a gold set, print the figures, write the report, hold them against the baseline.

Exit codes: 0 done, 1 a figure is below the baseline, 2 it could not run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from eval.baseline import BASELINE, Fall, falls, read_baseline, write_baseline
from eval.dataset import ALL, DEV, QUESTIONS, TEST, Gold, Place, load_gold, select
from eval.drafts import Judged, all_drafts, draft_figures, judge
from eval.figures import Figure
from eval.given import read_answers
from eval.goals import against, load_goals
from eval.history import append_history, read_history
from eval.llm import Comparison, compare, comparison_table, without_model
from eval.report import Extras, Report, render
from eval.run import Record, all_figures, run, score_answers, write_records
from eval.slices import LAW, PLAN, ZERENZHI
from eval.systems import Outcome, measure, probes
from eval.table import figure_table
from eval.world import make_world
from index.corpus import docs_folder
from index.errors import AnzeError
from rag.settings import Settings, load_settings
from rag.wiring import make_assistant, make_gate

REPORTS = Path(__file__).resolve().parent / "reports"
_TICK = 25


@dataclass(frozen=True, slots=True)
class Options:
    """The command line, read."""

    gold: Path
    split: str
    out: Path
    report: Path
    answers: Path | None
    write_baseline: bool
    quick: bool
    llm: bool
    judge: bool

    @property
    def is_shipped(self) -> bool:
        """Whether this is the set, and the whole assistant, that the baseline and the goals are for."""
        return self.gold.resolve() == QUESTIONS and self.answers is None and self.judge


def main(argv: Sequence[str] | None = None) -> int:
    """What ``python -m eval`` and ``anze eval`` do; ``argv`` without the program's name."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["bench"]:
        from eval.bench.__main__ import main as bench

        return bench(words[1:])
    options = _options(words)
    try:
        return _evaluate(options, load_settings())
    except AnzeError as error:
        print(error, file=sys.stderr)
        return 2


def _options(words: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(prog="python -m eval", description="用问题集评测；bench 子命令测量用时。")
    parser.add_argument("--gold", type=Path, default=QUESTIONS, help="问题集（JSON Lines），默认随项目的标准问题集")
    parser.add_argument("--split", choices=(DEV, TEST, ALL), default=ALL, help="只用其中一半，或全部")
    parser.add_argument("--out", type=Path, default=REPORTS, help="结果目录")
    parser.add_argument("--report", type=Path, help="报告文件，默认为结果目录中的 report.html")
    parser.add_argument("--answers", type=Path, help="不提问，只给已有的回答文件（anze ask --batch 的输出）评分")
    parser.add_argument("--write-baseline", action="store_true", help="把本次指标记为基线")
    parser.add_argument("--quick", action="store_true", help="不做检索对比")
    parser.add_argument("--llm", action="store_true", help="另用设置中的大模型回答一遍，对照列出")
    parser.add_argument("--no-judge", action="store_true", help="不用学习得来的“文件能否回答”的判断，只按规则")
    given = parser.parse_args(words)
    report = given.report or given.out / "report.html"
    return Options(
        given.gold, given.split, given.out, report, given.answers, given.write_baseline, given.quick, given.llm,
        not given.no_judge,
    )  # fmt: skip


def _evaluate(options: Options, settings: Settings) -> int:
    gold = select(load_gold(options.gold), options.split)
    records = _records(options, settings, gold)
    judged = _drafts(settings) if options.is_shipped else ()
    figures = (*all_figures(records), *draft_figures(judged, options.split))
    compared = _with_model(options, settings, gold, records)
    systems = () if options.quick or options.answers else _systems(settings, records)
    below = _baseline(options, figures)
    _write(options, records, figures, Extras(systems, judged, compared), below)
    _print(options, figures, compared, below)
    return 1 if below else 0


def _records(options: Options, settings: Settings, gold: Sequence[Gold]) -> tuple[Record, ...]:
    if options.answers is not None:
        return score_answers(gold, read_answers(options.answers), make_world(settings))
    assistant = make_assistant(without_model(settings), None if options.judge else lambda _: None)
    retriever = assistant.retriever

    def rank(text: str, k: int) -> list[Place]:
        return [(hit.document, hit.clause) for hit in retriever.search(text, k)]

    return run(gold, assistant.ask, make_world(settings, assistant.library), rank, _progress)


def _drafts(settings: Settings) -> tuple[Judged, ...]:
    assistant = make_assistant(without_model(settings))
    gate = make_gate(docs_folder(settings.docs), assistant.library, assistant.reader)
    return judge(all_drafts(assistant.library, (PLAN, LAW, ZERENZHI)), assistant.library, gate)


def _with_model(
    options: Options, settings: Settings, gold: Sequence[Gold], records: Sequence[Record]
) -> Comparison | None:
    """Every question once more with the model of the settings; ``None`` where that was not asked or none is set."""
    if not options.llm or not settings.llm_base_url:
        return None
    return compare(settings, gold, records, _progress)


def _systems(settings: Settings, records: Sequence[Record]) -> tuple[Outcome, ...]:
    from eval.ablations import ablations, load_material
    from eval.peers import peers

    asked = probes(records)
    if not asked:
        return ()
    print("检索对比……", file=sys.stderr)
    return tuple(measure(system, asked) for system in (*ablations(load_material(settings)), *peers(settings)))


def _baseline(options: Options, figures: Sequence[Figure]) -> tuple[Fall, ...]:
    if not options.is_shipped:
        return ()
    if options.write_baseline:
        write_baseline(BASELINE, options.split, figures)
        return ()
    return falls(read_baseline(BASELINE, options.split), figures)


def _write(
    options: Options,
    records: tuple[Record, ...],
    figures: tuple[Figure, ...],
    extras: Extras,
    below: tuple[Fall, ...],
) -> None:
    time, name = datetime.now().isoformat(timespec="seconds"), options.gold.name
    write_records(options.out, records)
    history = options.out / "history.jsonl"
    past = read_history(history, name, options.split)
    goals = against(load_goals(), figures) if options.is_shipped else ()
    page = render(Report(time, name, options.split, records, figures, goals, below, extras, past))
    options.report.parent.mkdir(parents=True, exist_ok=True)
    options.report.write_text(page, encoding="utf-8")
    append_history(history, time, name, options.split, len(records), figures)


def _print(options: Options, figures: Sequence[Figure], compared: Comparison | None, below: Sequence[Fall]) -> None:
    print(figure_table(figures))
    if options.llm:
        print(comparison_table(compared))
    if options.is_shipped:
        for goal, figure in against(load_goals(), figures):
            if not goal.met(figure.value):
                print(f"未达到目标 {goal}：{figure.key} = {figure.value:.4f}")
    print(f"\n报告：{options.report}")
    for fall in below:
        print(f"低于基线：{fall}", file=sys.stderr)


def _progress(done: int, total: int) -> None:
    if done % _TICK == 0 or done == total:
        print(f"\r已问 {done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

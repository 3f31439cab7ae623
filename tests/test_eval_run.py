"""Running a gold set: records, files, the baseline, the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.baseline import falls, gated, read_baseline, write_baseline
from eval.dataset import QUESTIONS, Gold, Place, load_gold
from eval.figures import Figure
from eval.given import given_from_json, read_answers
from eval.goals import Goal, against, load_goals
from eval.history import append_history, read_history
from eval.metrics.catalogue import BY_NAME
from eval.run import Record, all_figures, run, score_answers, write_records
from eval.slices import HEADLINE, INTENTS, REGISTERS, TITLES
from eval.table import figure_table, table, width
from index.errors import CorpusError, QuestionError
from rag.model import Reason, Turn
from tests.fakes.answers import Scripted, answer, cite, duty, world

GOLD = (
    Gold("right", "多久公布案例？", clauses=(("plan", "1"),), facts=(("每季度",),)),
    Gold("wrong", "清单何时报？", clauses=(("plan", "2"),), facts=(("3月底前",),), intent="deadline"),
    Gold("crash", "职责清单？", clauses=(("plan", "2"),)),
    Gold("none", "明年的呢？", answerable=False, reason=Reason.NOT_IN_DOCUMENT, intent="other_scope"),
    Gold(
        "follow",
        "那它呢？",
        org="市住建局",
        history=(Turn("user", "前"), Turn("assistant", "后")),
        register="multi_turn",
    ),
)
SCRIPT = {
    "right": answer("每季度至少公布3个案例。[1]", [cite(1, "每季度至少公布3个案例")], id="right"),
    "wrong": answer("6月底前。[1]", [cite(1, "职责清单", "2")], id="wrong"),
    "crash": RuntimeError("坏了"),
    "none": answer("文件里没有明年的。", reason=Reason.NOT_IN_DOCUMENT, id="none"),
    "follow": answer("市住建局。", duties=[duty("20")], id="follow", rewritten="市住建局要做什么？"),
}


@pytest.fixture
def records() -> tuple[Record, ...]:
    return run(GOLD, Scripted(SCRIPT).ask, world(), lambda _, k: [("plan", "1")][:k])


def _value(figures: tuple[Figure, ...], key: str) -> tuple[float, int]:
    (found,) = (one for one in figures if one.key == key)
    return round(found.value, 4), found.n


def test_questions_are_asked_as_the_gold_has_them() -> None:
    """The assistant gets text, department, history and id of each line, in order."""
    scripted = Scripted(SCRIPT)
    run(GOLD, scripted.ask, world())
    assert scripted.asked == [one.asked() for one in GOLD]
    assert (scripted.asked[4].org, len(scripted.asked[4].history)) == ("市住建局", 2)


def test_one_record_a_question_and_its_fault(records: tuple[Record, ...]) -> None:
    """Every question has a record; a wrong one says what is wrong, a crash is a missing answer with its error."""
    assert [(one.case.gold.id, one.wrong) for one in records] == [
        ("right", ()),
        ("wrong", ("缺少事实",)),
        ("crash", ("没有得到回答",)),
        ("none", ()),
        ("follow", ()),
    ]
    assert [one.error for one in records] == ["", "", "RuntimeError：坏了", "", ""]


def test_the_retriever_is_asked_what_the_assistant_understood() -> None:
    """Follow-ups are searched for as resolved, others as they stand; only questions with clauses are searched for."""
    gold = (*GOLD[:1], Gold("follow", "那它呢？", clauses=(("plan", "1"),)), GOLD[3])
    asked: list[tuple[str, int]] = []

    def rank(text: str, k: int) -> list[Place]:
        asked.append((text, k))
        return []

    run(gold, Scripted(SCRIPT).ask, world(), rank)
    assert asked == [("多久公布案例？", 10), ("市住建局要做什么？", 10)]


def test_figures_of_the_run(records: tuple[Record, ...]) -> None:
    """By hand: two of four answerable ones right, three of five handled, one crash that counts as a false refusal."""
    figures = all_figures(records)
    assert _value(figures, "all/handled") == (0.6, 5)
    assert _value(figures, "all/answered_right") == (0.5, 4)
    assert _value(figures, "all/false_refusals") == (0.25, 4)
    assert _value(figures, "all/refusal_accuracy") == (1, 1)
    assert _value(figures, "all/fact_accuracy") == (0.5, 2)
    assert _value(figures, "all/retrieved.hit@1") == (round(1 / 3, 4), 3)
    assert _value(figures, "follow_ups/handled") == (1, 1)
    assert _value(figures, "intent.deadline/handled") == (0, 1)
    assert _value(figures, "register.multi_turn/handled") == (1, 1)


def test_files_hold_answers_and_records(records: tuple[Record, ...], tmp_path: Path) -> None:
    """``answers.jsonl`` has the contract objects that came, ``records.jsonl`` a line for every question."""
    write_records(tmp_path / "out", records)
    answers = read_answers(tmp_path / "out" / "answers.jsonl")
    assert list(answers) == ["right", "wrong", "none", "follow"]
    assert given_from_json(answers["right"]) == records[0].case.given
    rows = [json.loads(line) for line in (tmp_path / "out" / "records.jsonl").read_text("utf-8").splitlines()]
    assert [(row["id"], row["scores"]["handled"]) for row in rows] == [
        ("right", 1), ("wrong", 0), ("crash", 0), ("none", 1), ("follow", 1),
    ]  # fmt: skip
    assert rows[2]["error"] == "RuntimeError：坏了"


def test_answers_given_elsewhere_score_the_same(records: tuple[Record, ...], tmp_path: Path) -> None:
    """A file of answers is judged as the assistant that wrote it; an id it lacks is unanswered."""
    write_records(tmp_path, records)
    again = score_answers(GOLD, read_answers(tmp_path / "answers.jsonl"), world())
    for one, other in zip(records, again, strict=True):
        assert {k: v for k, v in one.scores.items() if not k.startswith("retrieved")} == other.scores
        assert one.wrong == other.wrong


def test_a_bad_answer_line_is_named(tmp_path: Path) -> None:
    """An answer that is not of the contract is an error with its line, not a wrong answer."""
    path = tmp_path / "answers.jsonl"
    path.write_text('{"id": "1", "question": "问"}\n', encoding="utf-8")
    with pytest.raises(QuestionError, match=r"answers\.jsonl 第1行"):
        read_answers(path)


def test_the_baseline_is_what_was_written(records: tuple[Record, ...], tmp_path: Path) -> None:
    """A run never falls below itself, rounding included; the parts of the set are kept apart."""
    path, figures = tmp_path / "baseline.json", all_figures(records)
    write_baseline(path, "test", figures)
    write_baseline(path, "dev", ())
    assert read_baseline(path, "test") == gated(figures)
    assert read_baseline(path, "all") == {}
    assert falls(read_baseline(path, "test"), figures) == ()


def test_the_baseline_leaves_out_what_is_no_fault_of_the_code(records: tuple[Record, ...]) -> None:
    """Neither times, which belong to a machine, nor the small slices of intents and registers are held against us."""
    kept = gated(all_figures(records))
    assert "all/handled" in kept
    assert [key for key in kept if "latency" in key or key.startswith(("intent", "register"))] == []


@pytest.mark.parametrize(
    ("key", "before", "now", "fell"),
    [
        ("all/handled", 0.8, 0.79, True),
        ("all/handled", 0.8, 0.81, False),
        ("all/handled", 0.3333, 1 / 3, False),
        ("all/false_refusals", 0.02, 0.03, True),
        ("all/false_refusals", 0.02, 0.01, False),
        ("all/wrongly_named", 0, 1, True),
    ],
)
def test_falling_below_the_baseline(key: str, before: float, now: float, fell: bool) -> None:
    """Less is worse, except where more is."""
    part, _, name = key.partition("/")
    assert bool(falls({key: before}, [Figure(part, name, now, now, now, 10)])) == fell


def test_a_figure_that_is_gone_has_fallen() -> None:
    """Not measuring something is no way to pass; the message says so in Chinese."""
    (fall,) = falls({"all/handled": 0.8}, [])
    assert str(fall) == "全部问题·处理正确：基线 0.8000，本次没有测得"


def test_a_broken_baseline_is_an_error(tmp_path: Path) -> None:
    """A file nobody can read is told, not taken for an empty one."""
    path = tmp_path / "baseline.json"
    path.write_text("[1]", encoding="utf-8")
    with pytest.raises(CorpusError, match="基线文件"):
        read_baseline(path, "all")


def test_history_keeps_the_runs_of_each_set_apart(tmp_path: Path) -> None:
    """Earlier runs of the same set and part come back in order; a line cut short is passed over."""
    path = tmp_path / "deep" / "history.jsonl"
    figures = [Figure("all", "handled", 0.5, 0.4, 0.6, 10)]
    append_history(path, "2023-03-01T08:00:00", "a.jsonl", "all", 10, figures)
    append_history(path, "2023-03-02T08:00:00", "b.jsonl", "all", 10, figures)
    with path.open("a", encoding="utf-8") as stream:
        stream.write('{"time": "2023-03-03\n')
    append_history(path, "2023-03-04T08:00:00", "a.jsonl", "all", 10, figures)
    assert [(one.time[:10], one.figures) for one in read_history(path, "a.jsonl", "all")] == [
        ("2023-03-01", {"all/handled": 0.5}),
        ("2023-03-04", {"all/handled": 0.5}),
    ]
    assert read_history(path, "a.jsonl", "dev") == ()


def test_goals_name_what_a_run_has() -> None:
    """Every goal is about a slice and a measure that exist, and of an accuracy one can miss."""
    parts = set(TITLES)
    for goal in load_goals():
        assert goal.slice in parts
        assert goal.measure in BY_NAME
        worst = Figure(goal.slice, goal.measure, 100.0 if goal.at_most is not None else 0.0, 0, 0, 1)
        assert not goal.met(worst.value)
        assert against([goal], [worst]) == ((goal, worst),)
    assert Goal("all", "handled", at_least=0.5).met(0.5)
    assert against([Goal("all", "handled", at_least=0.5)], []) == ()


def test_headline_slices_of_the_shipped_set(records: tuple[Record, ...]) -> None:
    """Each has at least twelve questions of the shipped set; every intent and register of it has a Chinese title."""
    gold = load_gold()
    cases = [type(records[0].case)(one) for one in gold]
    sizes = {part.name: sum(part.holds(one) for one in cases) for part in HEADLINE}
    assert sizes["all"] == len(gold)
    assert min(sizes.values()) >= 12, sizes
    assert {one.intent for one in gold} <= set(INTENTS)
    assert {one.register for one in gold} <= set(REGISTERS)


def test_tables_align_with_chinese() -> None:
    """Columns end at the same place although Chinese characters are two columns wide."""
    lines = table(("指标", "数值"), [("全部", "1"), ("ab", "100%")]).splitlines()
    assert len({width(line) for line in lines}) == 1
    assert lines[1].startswith("全部")
    assert lines[2].endswith("100%")


def test_the_printed_table_has_every_headline_figure(records: tuple[Record, ...]) -> None:
    """Each line shows what is measured, the value with its interval, and over how many questions."""
    shown = figure_table(all_figures(records))
    (line,) = (line for line in shown.splitlines() if line.startswith("全部问题·处理正确"))
    assert line.split()[-4:] == ["60.0%", "[20.0%,", "100.0%]", "5"]
    assert "intent" not in shown


def test_scoring_a_file_of_answers_from_the_command_line(
    records: tuple[Record, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Anyone's set with anyone's answers needs no index: figures, files and report are written, nothing is gated."""
    write_records(tmp_path / "given", records)
    gold = tmp_path / "mine.jsonl"
    rows = [{"id": one.id, "question": one.question, "answerable": one.answerable} for one in GOLD]
    gold.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    words = [
        "--gold",
        str(gold),
        "--answers",
        str(tmp_path / "given" / "answers.jsonl"),
        "--out",
        str(tmp_path / "out"),
    ]
    assert main(words) == 0
    assert "处理正确" in capsys.readouterr().out
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert made == {"answers.jsonl", "records.jsonl", "history.jsonl", "report.html"}
    assert main([*words, "--split", "dev", "--report", str(tmp_path / "x" / "r.html")]) == 0
    assert (tmp_path / "x" / "r.html").is_file()


def test_a_set_nobody_can_read_ends_with_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command says in Chinese what is wrong and returns 2."""
    assert main(["--gold", str(tmp_path / "none.jsonl")]) == 2
    assert "无法读取" in capsys.readouterr().err


def test_the_committed_baseline_fits_the_measures() -> None:
    """Where a baseline is committed, every figure in it is one that a run makes."""
    path = QUESTIONS.parent.parent / "baseline.json"
    parts = set(TITLES)
    for split in ("all", "dev", "test"):
        for key in read_baseline(path, split):
            part, _, name = key.partition("/")
            assert part in parts, key
            assert name in BY_NAME, key

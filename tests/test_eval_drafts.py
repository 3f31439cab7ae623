"""The adversarial drafts themselves: deterministic, hand-written lines readable, changes that change something."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.alce import needed
from eval.dataset import split
from eval.drafts import Draft as Written
from eval.drafts import Judged, all_drafts, draft_figures, load_drafts
from eval.llm import compare, without_model
from eval.metrics.measure import World
from eval.mutations import MUTATORS, mutations
from eval.run import run
from eval.slices import LAW, PLAN, ZERENZHI
from index.corpus import docs_folder
from index.errors import QuestionError
from rag.assistant import Assistant
from rag.gate.sentences import Sentence
from rag.model import Question
from rag.settings import Settings
from rag.wiring import make_gate
from tests.fakes.llm_server import honest, serving

SENTENCE = "生产经营单位应当在三十日内组织从业人员或者工会定期检查，不得收费。"


def test_the_table_is_large_and_always_the_same(assistant: Assistant) -> None:
    """Hundreds of drafts over the three documents, each id once, both halves used, twice the same."""
    made = all_drafts(assistant.library, (PLAN, LAW, ZERENZHI))
    assert made == all_drafts(assistant.library, (PLAN, LAW, ZERENZHI))
    assert len({one.id for one in made}) == len(made) >= 900
    assert {one.split for one in made} == {"dev", "test"}
    assert {one.split for one in made if one.kind == "paraphrase"} == {"dev", "test"}
    assert all(one.split == split(one.id) for one in made)


def test_drafts_name_clauses_that_exist(assistant: Assistant) -> None:
    """Each hand-written draft cites a clause of the library and ends with its marker, but for those about that."""
    for one in load_drafts():
        assert all(assistant.library.clause(*place) for place in one.cites), one.id
        assert one.text.endswith("[1]") or one.kind == "uncited", one.id


@pytest.mark.parametrize("kind", [kind for kind in MUTATORS if kind != "conjunction"])
def test_each_change_changes_the_sentence(kind: str) -> None:
    """A mutator gives another sentence than it got."""
    changed = MUTATORS[kind](SENTENCE)
    assert changed is not None
    assert changed != SENTENCE


def test_changes_that_change_no_meaning_are_not_made() -> None:
    """Under 不得, 和 and 或者 forbid the same: no conjunction is swapped there. A sentence without facts has few."""
    assert MUTATORS["conjunction"](SENTENCE) is None
    assert {kind for kind, _ in mutations("坚决守住底线。", 9)} == {"invented", "quote"}


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    """A malformed draft is an error that names file and line."""
    path = tmp_path / "drafts.jsonl"
    path.write_text(
        '{"id": "a", "cites": [["x", "1"]], "text": "甲。", "true": true, "kind": "k"}\n{"id": "b"}\n', "utf-8"
    )
    with pytest.raises(QuestionError, match=r"drafts\.jsonl 第2行"):
        load_drafts(path)


def test_figures_count_lies_and_lost_truths() -> None:
    """Lies that passed are summed, true sentences dropped are a share, each over its own kind."""
    rows = [("a", True, True), ("b", True, False), ("c", False, True), ("d", False, False)]
    judged = [Judged(Written(id, (), "句", true, "k"), shown, (), 1.0) for id, true, shown in rows]
    found = {one.measure: (one.value, one.n) for one in draft_figures(judged, "all")}
    assert found == {"lies_passed": (1.0, 2), "truths_dropped": (0.5, 2), "gate_ms": (1.0, 4)}


def test_with_and_without_a_model_side_by_side(settings: Settings, assistant: Assistant, tmp_path: Path) -> None:
    """The same questions are asked of the model; the table has both columns, its paths and how its sentences fared."""
    from eval.dataset import Gold

    gold = [Gold("q", "安全生产法第二十四条怎么规定", clauses=((LAW, "24"),))]
    with serving(honest) as server:
        own = replace(settings, llm_base_url=server.url, llm_model="fake-7b", data=tmp_path, llm_timeout_s=5.0)
        made = compare(own, gold, run(gold, assistant.ask, World()), lambda _done, _total: None)
    rows = {title: after for title, _, after in made.rows}
    assert made.model == "fake-7b"
    assert rows["回答方式"].startswith("组织语言 1")
    assert rows["模型原句的引用召回率（ALCE，以闸门判定）"] == "1.000"
    assert rows["模型原句的引用精确率（ALCE，以闸门判定）"] == "1.000"
    assert without_model(own) == replace(own, llm_base_url="", llm_model="", llm_api_key="")


def test_a_citation_that_is_not_needed_does_not_count(settings: Settings, assistant: Assistant) -> None:
    """Of two clauses cited, the one that alone carries the sentence counts and the stray one does not; of a sentence
    that nothing carries, none does."""
    answer = assistant.ask(Question("安全生产法第五十四条、第六十条怎么规定"))
    gate = make_gate(docs_folder(settings.docs), assistant.library, assistant.reader)
    markers = {one.clause: one.marker for one in answer.citations}
    bench, right, stray = gate.bench(answer.citations), markers["54"], markers["60"]
    true = "从业人员有权拒绝违章指挥和强令冒险作业。"
    assert needed(bench, Sentence(true, (right,))) == (1, 1)
    assert needed(bench, Sentence(true, (right, stray))) == (1, 2)
    assert needed(bench, Sentence(true, (stray,))) == (0, 1)

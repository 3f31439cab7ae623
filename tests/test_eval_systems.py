"""Retrieval systems side by side: what is held out is not found, and everyone is judged alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from eval.ablations import Material, ablations
from eval.dataset import Gold, Place
from eval.peers import law_search, llama_search
from eval.remembering import RememberingEmbedder
from eval.run import score
from eval.systems import Probe, System, cut, measure, probes
from index.embedding_cache import EmbeddingCache
from index.model import Clause, Kind, Span
from index.units import Unit, UnitKind
from tests.fakes.answers import answer, world
from tests.fakes.embedding import HashEmbedder

GAS, CASES = ("plan", "20"), ("plan", "30")
ROWS = [
    (GAS, UnitKind.PASSAGE, "强化城镇燃气安全专项整治"),
    (CASES, UnitKind.PASSAGE, "应急部门每季度公布执法案例"),
    (("law", "1"), UnitKind.PASSAGE, "为了加强安全生产工作制定本法"),
    (GAS, UnitKind.QUESTION, "煤罐爆炸谁管"),
    (CASES, UnitKind.QUESTION, "多久晒一次罚单"),
]
GOLD = (
    Gold("gas", "煤罐爆炸谁管", clauses=(GAS,)),
    Gold("cases", "执法案例多久公布", clauses=(CASES,)),
    Gold("law", "制定本法是为了什么", clauses=(("law", "1"),)),
)


@pytest.fixture
def material() -> Material:
    embedder = HashEmbedder()
    texts = tuple(text for _, _, text in ROWS)
    units = tuple(Unit(place[0], place[1], place[1], kind, text) for place, kind, text in ROWS)
    return Material(units, texts, embedder.embed_passages(texts), embedder)


def _ranking(system: System, gold: Gold) -> list[Place]:
    return list(system.search(gold, gold.question, 10))


def test_every_ablation_is_there(material: Material) -> None:
    """Fused, BM25 alone, vectors alone, each with the bank, held out of it and without it; the shipped one first."""
    names = [f"{way}.{bank}" for bank in ("bank", "heldout", "nobank") for way in ("fused", "bm25", "dense")]
    assert [one.name for one in ablations(material)] == names


def test_without_vectors_bm25_is_left(material: Material) -> None:
    """Where no embedding model is set, only what can be measured is."""
    bare = Material(material.units, material.texts, None, None)
    assert [one.name for one in ablations(bare)] == ["bm25.bank", "bm25.heldout", "bm25.nobank"]


def test_the_bank_finds_its_clause(material: Material) -> None:
    """With the bank a question of it leads to its clause, whichever part is searched by."""
    systems = {one.name: one for one in ablations(material)}
    for way in ("fused", "bm25", "dense"):
        assert _ranking(systems[f"{way}.bank"], GOLD[0])[0] == GAS


def test_what_is_held_out_is_not_found(material: Material) -> None:
    """The gold clause's own bank questions are gone (BM25 then finds nothing), those of other clauses are not."""
    systems = {one.name: one for one in ablations(material)}
    assert _ranking(systems["bm25.heldout"], GOLD[0]) == []
    other = Gold("x", "煤罐爆炸谁管", clauses=(CASES,))
    assert _ranking(systems["bm25.heldout"], other) == [GAS]
    assert _ranking(systems["bm25.heldout"], GOLD[1])[0] == CASES


def test_without_the_bank_only_passages_are_searched(material: Material) -> None:
    """No question of the bank leads anywhere."""
    systems = {one.name: one for one in ablations(material)}
    assert _ranking(systems["bm25.nobank"], GOLD[0]) == []
    assert _ranking(systems["fused.nobank"], GOLD[2])[0] == ("law", "1")


def test_figures_of_a_system_by_hand() -> None:
    """Right at rank 1, right at rank 2, missed: hit@1 a third, MRR a half."""
    found: dict[str, Sequence[Place]] = {"gas": [GAS], "cases": [GAS, CASES], "law": [GAS]}
    system = System("x", "某", lambda gold, _, k: found[gold.id][:k])
    outcome = measure(system, [Probe(one, one.question) for one in GOLD])
    values = {one.measure: (one.value, one.n) for one in outcome.figures if one.slice == "all"}
    assert values["retrieved.hit@1"] == (pytest.approx(1 / 3), 3)
    assert values["retrieved.hit@5"] == (pytest.approx(2 / 3), 3)
    assert values["retrieved.mrr@10"] == (pytest.approx(0.5), 3)


def test_a_system_is_asked_only_about_its_documents() -> None:
    """A search over laws is not blamed for questions about the plan."""
    system = System("x", "某", lambda *_: [("law", "1")], documents=frozenset({"law"}))
    outcome = measure(system, [Probe(one, one.question) for one in GOLD])
    assert {(one.value, one.n) for one in outcome.figures if one.slice == "all"} == {(1.0, 1)}


def test_a_cut_system_returns_no_more() -> None:
    """The same search, shorter."""
    system = System("x", "某", lambda _, __, k: [GAS, CASES, ("law", "1")][:k])
    assert cut(system, 2, "前两条").search(GOLD[0], "", 10) == [GAS, CASES]
    assert cut(system, 5, "前五条").search(GOLD[0], "", 1) == [GAS]


def test_probes_are_the_questions_with_clauses_as_understood() -> None:
    """Systems get the question the assistant resolved, and only those retrieval is measured on."""
    follow = answer(rewritten="燃气整治谁牵头？").to_json()
    records = [
        score(Gold("a", "那谁牵头？", clauses=(GAS,)), follow, world()),
        score(Gold("b", "没有回答的", clauses=(GAS,)), None, world()),
        score(Gold("c", "明年呢", answerable=False), follow, world()),
        score(Gold("d", "问"), follow, world()),
    ]
    assert [(one.gold.id, one.query) for one in probes(records)] == [("a", "燃气整治谁牵头？"), ("b", "没有回答的")]


def test_remembered_vectors_are_the_models_own() -> None:
    """The same vectors as without, and the model is asked once a question."""
    inner = HashEmbedder()
    embedder = RememberingEmbedder(inner)
    assert (embedder.dim, embedder.model_id) == (inner.dim, inner.model_id)
    assert (embedder.embed_query("燃气") == inner.embed_query("燃气")).all()
    assert embedder.embed_query("燃气") is embedder.embed_query("燃气")
    assert (embedder.embed_passages(["燃气"]) == inner.embed_passages(["燃气"])).all()


def test_llama_index_ranks_clauses(tmp_path: Path) -> None:
    """A default ``VectorStoreIndex`` over clause texts, with our vectors, finds the clause that says the words."""
    embedder = HashEmbedder(64)
    clauses = [
        Clause(place[0], place[1], Kind.ARTICLE, place[1], f"第{place[1]}条", Span(0, len(text)), text, place[1])
        for place, kind, text in ROWS
        if kind is UnitKind.PASSAGE
    ]
    search = llama_search(clauses, embedder, EmbeddingCache(tmp_path / "v.npz", "hash"), 3)
    assert [search(gold, gold.question, 1) for gold in GOLD[1:]] == [[CASES], [("law", "1")]]
    assert sorted(search(GOLD[0], GOLD[0].question, 10)) == sorted({GAS, CASES, ("law", "1")})


def test_laws_are_mapped_to_our_ids() -> None:
    """An article of a law we hold is our clause; one of another law keeps its name and can never be a gold clause."""
    rows = [
        {"law_name": "中华人民共和国安全生产法", "article_no": "第五十四条"},
        {"law_name": "中华人民共和国安全生产法", "article_no": "第五十四条"},
        {"law_name": "中华人民共和国刑法", "article_no": "第一百三十四条之一"},
        {"law_name": "某决定", "article_no": "全文"},
    ]
    asked: list[tuple[str, int]] = []

    def ask(query: str, k: int) -> list[dict[str, str]]:
        asked.append((query, k))
        return rows

    search = law_search({"安全生产法": "anquan-shengchan-fa"}, ask)
    assert search(GOLD[0], "问", 10) == [
        ("anquan-shengchan-fa", "54"), ("中华人民共和国刑法", "134-1"), ("某决定", "全文"),
    ]  # fmt: skip
    assert asked == [("问", 10)]

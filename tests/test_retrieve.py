"""Fused retrieval over tiny units, and what it says where vectors are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from index.dense import FaissStore
from index.embedding import Vectors
from index.errors import BackendError
from index.lexical import LexicalIndex
from index.store import StoreReader
from index.units import Expansion, Unit, UnitKind, make_units
from rag.assistant import Assistant
from rag.model import Question
from rag.retrieve import Hit, Retriever
from rag.settings import Settings
from rag.wiring import build, make_retriever
from tests.fakes.embedding import HashEmbedder
from tests.fakes.papers import law, plan

PASSAGES = [
    ("plan", "1", "燃气安全整治,餐饮场所安装报警装置"),
    ("plan", "2", "煤矿安全整治,驻矿盯守"),
    ("law", "1", "生产经营单位应当安装燃气报警装置"),
    ("law", "2", "从业人员有权拒绝违章指挥"),
]
QUESTIONS = [("law", "2", "班长逼着干危险的活能不能不干"), ("plan", "2", "井下谁来守着")]


def unit(document: str, clause: str, kind: UnitKind) -> Unit:
    """A unit that is a clause of its own."""
    return Unit(document, clause, clause, kind, "")


def retriever(embedder: HashEmbedder | None, *, without: str = "") -> Retriever:
    """The passages and questions above, with vectors where there is an embedder."""
    rows = [*((*row, UnitKind.PASSAGE) for row in PASSAGES), *((*row, UnitKind.QUESTION) for row in QUESTIONS)]
    units = [unit(document, clause, kind) for document, clause, _, kind in rows]
    texts = [text for _, _, text, _ in rows]
    lexical = LexicalIndex.build([one.key for one in units], texts)
    dense = FaissStore.fill(embedder.embed_passages(texts)) if embedder else None
    return Retriever(units, lexical, dense, embedder, without)


def places(hits: Sequence[Hit]) -> list[tuple[str, str]]:
    """Which clauses were found, best first."""
    return [(hit.document, hit.clause) for hit in hits]


class Gone(HashEmbedder):
    """An embedding endpoint that answered while the index was built, and no longer does."""

    def embed_query(self, text: str) -> Vectors:
        """Fails."""
        raise BackendError("向量服务不可用。")


@pytest.fixture(params=["fused", "words"])
def either(request: pytest.FixtureRequest) -> Retriever:
    """A retriever with vectors and one without."""
    return retriever(HashEmbedder(64) if request.param == "fused" else None)


@pytest.mark.parametrize(
    ("query", "best"),
    [("餐饮场所燃气报警", ("plan", "1")), ("驻矿盯守", ("plan", "2")), ("拒绝违章指挥", ("law", "2"))],
)
def test_own_words_are_found(either: Retriever, query: str, best: tuple[str, str]) -> None:
    """A clause is found by its own words, with vectors or without."""
    assert places(either.search(query))[0] == best


def test_order_and_count(either: Retriever) -> None:
    """Hits come best first, each clause once, no more than asked for, all above zero."""
    hits = either.search("燃气报警装置安全整治", 3)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert len(set(places(hits))) == len(hits) == 3
    assert min(scores) > 0
    assert places(either.search("燃气报警装置安全整治", 1)) == places(hits)[:1]


def test_documents_restrict(either: Retriever) -> None:
    """Only the documents asked for are searched; a document nobody has gives nothing."""
    assert {document for document, _ in places(either.search("燃气报警装置", documents=["law"]))} == {"law"}
    assert places(either.search("燃气报警装置", documents=["law"]))[0] == ("law", "1")
    assert either.search("燃气报警装置", documents=["gone"]) == []
    assert either.search("燃气报警装置", documents=[]) == []


def test_prior_moves_documents(either: Retriever) -> None:
    """A prior lifts its document's clauses, and lifts nothing that was not found."""
    plain = places(either.search("燃气报警装置"))
    assert plain[0] == ("law", "1")
    assert places(either.search("燃气报警装置", prior={"plan": 2.0}))[0] == ("plan", "1")
    assert places(either.search("燃气报警装置", prior={"plan": 0.0})) == plain
    assert ("plan", "1") not in places(either.search("燃气报警装置", prior={"plan": 2.0}, documents=["law"]))


def test_the_bank_finds_what_words_do_not() -> None:
    """A question of the bank leads to its clause; without the bank nothing of the clause matches."""
    words = retriever(None)
    found = words.search("班长逼着干危险的活")
    assert places(found)[0] == ("law", "2")
    assert found[0].by_question
    assert words.search("班长逼着", use_bank=False) == []
    assert not words.search("拒绝违章指挥")[0].by_question


def test_the_bank_shuts_out_nobody(either: Retriever) -> None:
    """A clause without questions is found all the same, with the bank and without."""
    for use_bank in (True, False):
        assert places(either.search("餐饮场所燃气报警", use_bank=use_bank))[0] == ("plan", "1")


def test_weight_of_words() -> None:
    """With all weight on words the order is that of plain BM25, whether there are vectors or not."""
    for found in (retriever(HashEmbedder(64)), retriever(None)):
        hits = found.search("燃气报警装置", 2, lexical_weight=1.0)
        assert places(hits) == [("law", "1"), ("plan", "1")]
        assert hits[0].score == pytest.approx(1.0)


def test_one_stray_question_is_not_enough() -> None:
    """Of two clauses with an equally near question the one whose other questions are near, too, comes first."""
    texts = ["甲乙", "丙丁", "逃生门被锁", "逃生门被锁", "食堂菜价", "逃生门被堵"]
    kinds = [UnitKind.PASSAGE] * 2 + [UnitKind.QUESTION] * 4
    units = [unit("law", number, kind) for number, kind in zip("121212", kinds, strict=True)]
    embedder = HashEmbedder(64)
    lexical = LexicalIndex.build([one.key for one in units], texts)
    found = Retriever(units, lexical, FaissStore.fill(embedder.embed_passages(texts)), embedder)
    assert places(found.search("逃生门被锁", lexical_weight=0.0))[0] == ("law", "2")


def test_a_named_clause_comes_first(assistant: Assistant) -> None:
    """A question that names its article by number finds it, in Chinese or Arabic numerals."""
    for query in ("安全生产法第三十六条说了什么", "《安全生产法》第36条"):
        assert places(assistant.retriever.search(query, 1)) == [("anquan-shengchan-fa", "36")]


def test_nothing_known_without_vectors() -> None:
    """Without vectors a query of unknown words finds nothing; there is no pretended hit."""
    words = retriever(None, without="未设置向量模型")
    assert words.search("zzz") == []
    assert words.search("") == []
    assert words.without_vectors == "未设置向量模型"
    assert all(hit.cosine == 0 for hit in words.search("燃气"))


def test_a_model_that_goes_away() -> None:
    """An endpoint that fails with a question costs the vectors, not the answer."""
    embedder = Gone(16)
    units = [unit(document, clause, UnitKind.PASSAGE) for document, clause, _ in PASSAGES]
    texts = [text for _, _, text in PASSAGES]
    lexical = LexicalIndex.build([one.key for one in units], texts)
    dense = FaissStore.fill(HashEmbedder(16).embed_passages(texts))
    hits = Retriever(units, lexical, dense, embedder).search("驻矿盯守")
    assert places(hits)[0] == ("plan", "2")
    assert hits[0].cosine == 0


def test_parts_are_answered_as_their_clause() -> None:
    """A sentence or 款 that matches gives the clause it belongs to, once."""
    papers, bank = [plan(), law()], [Expansion("law", "2.2", "谁来协调大事")]
    units, texts, _ = make_units(papers, bank)
    found = Retriever(units, LexicalIndex.build([one.key for one in units], texts), None, None)
    assert places(found.search("安全生产工作协调机制")).count(("law", "2")) == 1
    assert places(found.search("谁来协调大事"))[0] == ("law", "2")


def test_without_a_model_it_says_so(settings: Settings, tmp_path: Path) -> None:
    """An index without vectors is built and searched, and the reason is given in Chinese."""
    bare = replace(settings, store=tmp_path / "store", embedding="none", laws=("安全生产法",))
    made = build(bare)
    assert not made.manifest.dense
    found = make_retriever(bare, StoreReader(tmp_path / "store"))
    assert "向量" in found.without_vectors
    assert places(found.search("餐饮 燃气 可燃气体报警装置", 3))[0][1] in ("20", "36")


@pytest.mark.parametrize(
    ("embedding", "said"), [("none", "不使用向量"), ("openai:other", "重建索引"), ("a/model-nobody-has", "")]
)
def test_another_model_than_the_index(assistant: Assistant, settings: Settings, embedding: str, said: str) -> None:
    """An index with vectors is searched by words where its model is not at hand, and the reason is given."""
    other = replace(settings, embedding=embedding, embedding_base_url="http://127.0.0.1:9/v1")
    assert settings.store
    found = make_retriever(other, StoreReader(settings.store))
    assert said in found.without_vectors
    assert found.without_vectors
    assert found.search("餐饮场所 可燃气体报警装置", 1)[0].cosine == 0


def test_with_its_model(assistant: Assistant) -> None:
    """The shipped index is searched with vectors, and there is nothing to excuse."""
    assert assistant.ask(Question("老板非让冒险干活怎么办")).citations
    assert assistant.retriever.without_vectors == ""
    assert assistant.retriever.search("餐饮场所 可燃气体报警装置", 1)[0].cosine > 0.8

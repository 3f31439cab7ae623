"""Legal bases and concepts: every article named there exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.basis import Basis, load_basis, load_concepts, read_toml
from index.clean import fold
from index.corpus import docs_folder, load_documents
from index.errors import CorpusError
from index.model import Clause, Family
from index.organisations import load_register
from index.pipeline import parse_documents

DOCS = docs_folder()
BASES = load_basis(DOCS / "legal_basis.toml")
CONCEPTS = load_concepts(DOCS / "concepts.toml")


@pytest.fixture(scope="module")
def clauses() -> dict[tuple[str, str], Clause]:
    """Every clause of the default corpus by document and id."""
    parsed = parse_documents(load_documents(DOCS), load_register(DOCS / "organisations.toml"))
    return {(clause.document, clause.id): clause for one in parsed for clause in one.clauses}


def test_every_item_has_a_basis(clauses: dict[tuple[str, str], Clause]) -> None:
    """36 items, 36 entries with at least one article and a reason each, none twice."""
    assert [str(raw["item"]) for raw in read_toml(DOCS / "legal_basis.toml")["item"]] == [str(n) for n in range(1, 37)]
    for item, entry in BASES.items():
        assert ("yichun-2023-work-plan", item) in clauses
        assert entry.item == item
        assert entry.bases
        assert len({(b.document, b.clause) for b in entry.bases}) == len(entry.bases)
        assert all(basis.why and basis.item == item for basis in entry.bases)


def test_every_article_and_paragraph_exists(clauses: dict[tuple[str, str], Clause]) -> None:
    """Each basis is an article of the corpus, or a 款 of one; its text is not empty."""
    missing = [
        (item, basis.document, basis.clause)
        for item, entry in BASES.items()
        for basis in entry.bases
        if not {(basis.document, basis.article), (basis.document, basis.clause)} <= clauses.keys()
    ]
    assert missing == []


def test_every_document_named_is_a_statute() -> None:
    """A plan is no legal basis of itself."""
    families = {one.document.id: one.document.family for one in load_documents(DOCS)}
    assert {families[b.document] for entry in BASES.values() for b in entry.bases} == {Family.STATUTE}


def test_bases_not_in_force_name_what_was() -> None:
    """Wording younger than the plan says which rule stood in 2023; older wording has no predecessor."""
    bases = [basis for entry in BASES.values() for basis in entry.bases]
    assert any(not basis.in_force_2023 for basis in bases)
    for basis in bases:
        assert bool(basis.predecessor) is (not basis.in_force_2023), basis


def test_well_known_bases() -> None:
    """第20项 燃气: 可燃气体报警装置 is 安全生产法 第三十六条第四款; 第5项 三管三必须 is 第三条第三款."""
    assert ("anquan-shengchan-fa", "36.4") in {(b.document, b.clause) for b in BASES["20"].bases}
    assert ("anquan-shengchan-fa", "3.3") in {(b.document, b.clause) for b in BASES["32"].bases}


def test_basis_words_stand_in_the_article(clauses: dict[tuple[str, str], Clause]) -> None:
    """Spot check that article numbers point at the right text."""
    for document, clause, words in [
        ("anquan-shengchan-fa", "36.4", "可燃气体报警装置"),
        ("anquan-shengchan-fa", "3.3", "管行业必须管安全"),
        ("xiaofang-fa", "16.1", "消防安全职责"),
        ("tezhong-shebei-anquan-fa", "40", "定期检验"),
        ("lvyou-fa", "45", "最大承载量"),
        ("anquan-shengchan-fa", "51.2", "安全生产责任保险"),
    ]:
        assert words in clauses[document, clause].text


def test_every_concept_clause_exists(clauses: dict[tuple[str, str], Clause]) -> None:
    """Each concept points at clauses of the corpus; concepts that the papers explain have a meaning, others none."""
    assert CONCEPTS
    missing = [(c.name, ref) for c in CONCEPTS for ref in c.clauses if (ref.document, ref.clause) not in clauses]
    assert missing == []
    for concept in CONCEPTS:
        assert concept.clauses
        assert bool(concept.meaning) is concept.spelled_out, concept.name


def test_concept_words_are_unambiguous() -> None:
    """A term or alias leads to one concept."""
    words = [word for concept in CONCEPTS for word in (concept.name, *concept.aliases)]
    assert sorted(words) == sorted(set(words))


def test_concepts_stand_in_their_clauses(clauses: dict[tuple[str, str], Clause]) -> None:
    """A term nobody explains is at least used by a clause it points at."""
    for concept in (c for c in CONCEPTS if not c.spelled_out):
        texts = [fold(clauses[ref.document, ref.clause].text) for ref in concept.clauses]
        assert any(fold(word) in text for word in (concept.name, *concept.aliases) for text in texts), concept.name


def test_clause_of_a_basis() -> None:
    """With a 款 the clause is the paragraph, without one the article."""
    assert Basis("1", "d", "36", "x", 4).clause == "36.4"
    assert Basis("1", "d", "134-1", "x").clause == "134-1"


@pytest.mark.parametrize("load", [load_basis, load_concepts])
def test_missing_and_broken_files_are_named(load: object, tmp_path: Path) -> None:
    """A missing file and broken TOML are ``CorpusError`` with the file's name."""
    assert callable(load)
    path = tmp_path / "table.toml"
    with pytest.raises(CorpusError, match=r"缺少数据文件 table\.toml"):
        load(path)
    path.write_text("[[item]\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"table\.toml 无法读取"):
        load(path)


@pytest.mark.parametrize(
    "text",
    ["[[item]]\nconfidence = 'high'\n", "item = [1]\n", "[[item]]\nitem = 1\n[[item.basis]]\ndocument = 'd'\n"],
)
def test_malformed_bases_are_refused(text: str, tmp_path: Path) -> None:
    """Missing fields and wrong shapes are ``CorpusError``, not ``KeyError``."""
    path = tmp_path / "legal_basis.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"legal_basis\.toml"):
        load_basis(path)


@pytest.mark.parametrize(
    "text", ["[[concept]]\nmeaning = 'x'\n", "concept = [1]\n", "[[concept]]\nname = 'x'\nclause = [1]\n"]
)
def test_malformed_concepts_are_refused(text: str, tmp_path: Path) -> None:
    """The same for concepts."""
    path = tmp_path / "concepts.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"concepts\.toml"):
        load_concepts(path)

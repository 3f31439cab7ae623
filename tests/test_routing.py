"""Routing: what a question's wording alone says about where its answer stands."""

from __future__ import annotations

import numpy as np
import pytest

from index.lexical import LexicalIndex
from index.units import Unit, UnitKind
from rag.routing import NAMED, NO_PENALTY, PENALTY, TITLED, Routing, asks_procedure, spread

UNITS = [
    ("plan", "20", "20", "工作要点:20.强化燃气安全整治"),
    ("plan", "20/s1", "20", "工作要点:开展排查"),
    ("fire", "20", "20", "消防法:第二章 预防:第二十条 举办活动应当申请"),
    ("fire", "60", "60", "消防法:第六章 法律责任:第六十条 占用通道的,处罚款"),
    ("work", "20", "20", "安全生产法:第二章 保障:第二十条 应当具备条件"),
    ("work", "99", "99", "安全生产法:第六章 法律责任:第九十九条 未设置标志的,处罚款"),
]
QUESTIONS = [("work", "20", "条件不够能不能干"), ("work", "20", "先干行不行"), ("fire", "20", "搞活动找谁")]
TOPS = [("plan", "20"), ("fire", "20"), ("fire", "60"), ("work", "20"), ("work", "99")]


def routing(questions: bool = True) -> Routing:
    """Over the units above, with the questions or without."""
    units = [Unit(document, clause, top, UnitKind.PASSAGE, "") for document, clause, top, _ in UNITS]
    texts = [text for *_, text in UNITS]
    if questions:
        units += [Unit(document, clause, clause, UnitKind.QUESTION, "") for document, clause, _ in QUESTIONS]
        texts += [text for *_, text in QUESTIONS]
    lexical = LexicalIndex.build([unit.key for unit in units], texts)
    numbers = {place: at for at, place in enumerate(TOPS)}
    return Routing(units, lexical, TOPS, np.array([numbers[unit.document, unit.top] for unit in units]))


def named(query: str) -> set[tuple[str, str]]:
    """The clauses that gain what only a clause named by its number gains."""
    gains = routing(questions=False).gains(query)
    return {place for place, gain in zip(TOPS, gains, strict=True) if gain > NAMED - 0.5}


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("安全生产法第二十条怎么写的", {("work", "20")}),
        ("《消防法》第20条讲什么", {("fire", "20")}),
        ("第20条讲什么", {("fire", "20"), ("work", "20")}),
        ("第20项讲什么", {("plan", "20")}),
        ("安全生产法第八十八条", set()),
        ("燃气安全谁来管", set()),
    ],
)
def test_named_clauses(query: str, places: set[tuple[str, str]]) -> None:
    """A number leads to the clause that bears it: 条 to articles, 项 to items, of the law named or of all."""
    assert named(query) == places


def test_penalties() -> None:
    """The articles that punish gain where a punishment is asked about, and lose elsewhere."""
    asked, other = routing(False).gains("不设标志怎么罚"), routing(False).gains("标志设在哪里")
    assert asked.tolist() == pytest.approx([0, 0, PENALTY, 0, PENALTY])
    assert other.tolist() == pytest.approx([0, 0, NO_PENALTY, 0, NO_PENALTY])


@pytest.mark.parametrize(
    ("query", "procedure"),
    [
        ("处罚的时效是几年", True),
        ("罚款能不能分期交", True),
        ("头一次犯能不能不罚", True),
        ("头一次犯罚多少", False),
        ("不设标志怎么罚", False),
    ],
)
def test_how_a_penalty_is_imposed(query: str, procedure: bool) -> None:
    """Time limits, hearings and waivers stand in no article that punishes: those lose as where none is asked for."""
    assert asks_procedure(query) is procedure
    gain = NO_PENALTY if procedure else PENALTY
    assert routing(False).gains(query).tolist() == pytest.approx([0, 0, gain, 0, gain])


def test_titles() -> None:
    """The law whose title is said gains; a law merely of the same subject does not."""
    plain, titled = routing(False).gains("生产条件有哪些"), routing(False).gains("安全生产法里生产条件有哪些")
    assert (titled - plain).tolist() == pytest.approx([0, 0, 0, TITLED, TITLED])


def test_what_is_asked_about() -> None:
    """The document with more bank questions a clause comes first; without the bank all are alike."""
    gains = dict(zip(TOPS, routing().gains("要什么条件").tolist(), strict=True))
    assert gains["work", "20"] > gains["fire", "20"] > 0
    assert gains["plan", "20"] == pytest.approx(gains["fire", "20"]), "no questions counts as the least asked"
    bare = routing().gains("要什么条件", use_bank=False)
    assert bare[[0, 1, 3]].tolist() == [0, 0, 0]


def test_nothing_indexed() -> None:
    """An empty index is routed to nothing."""
    empty = Routing([], LexicalIndex.build([], []), [], np.zeros(0, dtype=np.int64))
    assert empty.gains("安全生产法第二十条怎么罚").tolist() == []


def test_prior_by_clause() -> None:
    """A prior counts for every clause of its document and for no other."""
    documents = np.array([document for document, _ in TOPS], dtype=object)
    assert spread({"fire": 0.5}, documents).tolist() == [0, 0.5, 0.5, 0, 0]

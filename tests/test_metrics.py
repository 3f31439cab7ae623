"""Measures: values worked out by hand, and what must hold whatever the answer is."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.dataset import DutyList, Gold, Place
from eval.figures import Slice, estimate, figure, figures
from eval.metrics.catalogue import BY_NAME, MEASURES
from eval.metrics.hit import hit
from eval.metrics.measure import Aggregate
from eval.metrics.mrr import reciprocal_rank
from eval.metrics.ndcg import ndcg
from eval.metrics.right import faults
from eval.metrics.wording import holds, readable
from rag.model import Answer, Reason, Turn
from tests.fakes.answers import TEXT, answer, case, cite, duty

PLACES: list[Place] = [("plan", str(number)) for number in range(12)]
ZHUJIAN = DutyList("市住建局", frozenset({"20", "29"}), frozenset({"30"}), frozenset())
NOTHING = DutyList("市水利局", frozenset(), frozenset(), frozenset())
FACT = Gold("a", "多久公布一次？", clauses=(("plan", "1"),), facts=(("每季度", "每三个月"), ("3个",)))
QUOTE = "每季度至少公布3个案例"

rankings = st.lists(st.sampled_from(PLACES), unique=True, max_size=12)
golds = st.frozensets(st.sampled_from(PLACES), min_size=1, max_size=4)


def score(name: str, gold: Gold, given: Answer | None, **rest: object) -> float | None:
    """One measure of one question."""
    return BY_NAME[name].score(case(gold, given, **rest))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rank", "hit1", "hit5", "mrr", "gain"),
    [
        (1, 1.0, 1.0, 1.0, 1.0),
        (2, 0.0, 1.0, 0.5, 1 / log2(3)),
        (5, 0.0, 1.0, 0.2, 1 / log2(6)),
        (6, 0.0, 0.0, 1 / 6, 1 / log2(7)),
        (11, 0.0, 0.0, 0.0, 0.0),
    ],
)
def test_one_gold_clause_by_rank(rank: int, hit1: float, hit5: float, mrr: float, gain: float) -> None:
    """The four ranking measures of a single gold clause at each kind of place."""
    ranking, gold = PLACES[:11], frozenset({PLACES[rank - 1]})
    assert hit(ranking, gold, 1) == hit1
    assert hit(ranking, gold, 5) == hit5
    assert reciprocal_rank(ranking, gold, 10) == pytest.approx(mrr)
    assert ndcg(ranking, gold, 10) == pytest.approx(gain)


def test_ndcg_of_two_gold_clauses() -> None:
    """Gold at ranks 1 and 3 of an ideal 1 and 2."""
    expected = (1 + 1 / log2(4)) / (1 + 1 / log2(3))
    assert ndcg(PLACES[:4], frozenset({PLACES[0], PLACES[2]}), 10) == pytest.approx(expected)


@given(rankings, golds)
def test_ranking_measures_agree(ranking: list[Place], gold: frozenset[Place]) -> None:
    """All lie in [0, 1]; hit@1 ≤ MRR@10 ≤ hit@10, and all are 0 exactly when nothing is found."""
    values = [hit(ranking, gold, 1), reciprocal_rank(ranking, gold, 10), hit(ranking, gold, 10)]
    assert values == sorted(values)
    assert 0 <= ndcg(ranking, gold, 10) <= 1 + 1e-12
    assert (ndcg(ranking, gold, 10) == 0) == (values[2] == 0)


@given(rankings, golds)
def test_gold_first_is_perfect(ranking: list[Place], gold: frozenset[Place]) -> None:
    """A ranking that begins with all gold clauses scores 1 everywhere."""
    best = [*gold, *(place for place in ranking if place not in gold)]
    assert (hit(best, gold, 1), reciprocal_rank(best, gold, 10)) == (1, 1)
    assert ndcg(best, gold, 10) == pytest.approx(1)


def test_citations_are_ranked_by_marker_and_the_retriever_by_itself() -> None:
    """The two families of ranking measures look at different lists of one question."""
    given = answer("甲[1]乙[2]", [cite(2, QUOTE, "1"), cite(1, "职责清单", "2")])
    assert score("cited.hit@1", FACT, given, ranking=(("plan", "1"),)) == 0
    assert score("cited.mrr@10", FACT, given, ranking=(("plan", "1"),)) == 0.5
    assert score("retrieved.hit@1", FACT, given, ranking=(("plan", "1"),)) == 1
    assert score("retrieved.hit@1", FACT, given) is None


def test_retrieval_is_measured_without_an_answer() -> None:
    """A crash of the composer does not hide what the retriever found, and an empty ranking is a miss."""
    assert score("retrieved.hit@5", FACT, None, ranking=(("plan", "1"),)) == 1
    assert score("retrieved.hit@5", FACT, None, ranking=()) == 0


@pytest.mark.parametrize(
    ("rows", "exact", "precision", "recall"),
    [
        ([("20", "named"), ("29", "named"), ("30", "body")], 1, 1, 1),
        ([("20", "named"), ("29", "named"), ("30", "body"), ("7", "possible")], 1, 1, 1),
        ([("20", "named"), ("29", "named")], 0, 1, 2 / 3),
        ([("20", "named"), ("29", "named"), ("30", "named")], 0, 2 / 3, 2 / 3),
        ([("20", "named"), ("29", "named"), ("30", "body"), ("31", "named")], 0, 3 / 4, 1),
        ([], 0, 0, 0),
    ],
)
def test_duty_lists_by_hand(rows: list[tuple[str, str]], exact: float, precision: float, recall: float) -> None:
    """A clause in the wrong tier is missing and wrong at once; ``possible`` counts only where the gold has it."""
    gold = Gold("a", "要做什么", duties=ZHUJIAN)
    given = answer(duties=[duty(clause, tier) for clause, tier in rows])
    assert score("duty_exact", gold, given) == exact
    assert score("duty_precision", gold, given) == pytest.approx(precision)
    assert score("duty_recall", gold, given) == pytest.approx(recall)


def test_possible_rows_count_where_the_gold_lists_them() -> None:
    """A gold list with ``possible`` clauses makes them part of the exact match."""
    gold = Gold(
        "a", "要做什么", duties=DutyList("市住建局", frozenset({"20"}), frozenset(), frozenset(), frozenset({"7"}))
    )
    assert score("duty_exact", gold, answer(duties=[duty("20")])) == 0
    assert score("duty_exact", gold, answer(duties=[duty("20"), duty("7", "possible")])) == 1


def test_an_organisation_without_duties() -> None:
    """Listing nothing is right for it; listing something is not; refusing to answer is not, either."""
    gold = Gold("a", "要做什么", duties=NOTHING)
    assert [score(f"duty_{kind}", gold, answer()) for kind in ("exact", "precision", "recall")] == [1, 1, 1]
    assert score("duty_precision", gold, answer(duties=[duty("20", party="市水利局")])) == 0
    refused = answer(reason=Reason.NO_EVIDENCE)
    assert [score(f"duty_{kind}", gold, refused) for kind in ("exact", "precision", "recall")] == [0, 0, 0]


def test_other_parties_rows_are_not_the_list_asked_for() -> None:
    """Only rows of the organisation asked about are compared."""
    gold = Gold("a", "要做什么", duties=NOTHING)
    assert score("duty_exact", gold, answer(duties=[duty("20", party="市公安局")])) == 1


def test_wrongly_named_counts_over_all_answers() -> None:
    """Named rows are held against the question's list and the table, once each; unknown parties can't be judged."""
    rows = [
        duty("20"),
        duty("31"),
        duty("31"),
        duty("32", "body"),
        duty("1", party="市公安局"),
        duty("1", party="某某办"),
    ]
    police = DutyList("市公安局", frozenset({"20", "29"}), frozenset(), frozenset())
    gold = Gold("a", "比较一下")
    assert score("wrongly_named", gold, answer(duties=rows), one=ZHUJIAN, two=police) == 2
    assert score("wrongly_named", gold, answer(duties=rows), one=ZHUJIAN) == 1
    assert score("wrongly_named", gold, answer(duties=rows)) == 0
    assert score("wrongly_named", Gold("a", "要做什么", duties=ZHUJIAN), answer(duties=rows)) == 1


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("每季度**至少**公布3个[1]案例", "至少公布3个案例", True),
        ("> 各县(市、区)政府\n> 落实", "各县（市、区）政府落实", True),
        ("共 36 项", "36项", True),
        ("牵头：第4、34、35项", "第34项", True),
        ("牵头：第4、34、35项", "第3项", False),
        ("- 第20项 燃气", "第20项燃气", True),
        ("至少15个", "5个", False),
        ("五十万元以下", "十万元以下", False),
        ("处五万元以上十万元以下", "十万元以下", True),
        ("见第36条", "3", False),
        ("每月公布", "每季度", False),
    ],
)
def test_words_are_found_as_a_reader_finds_them(text: str, words: str, found: bool) -> None:
    """Markup, markers, width and spacing are no difference; enumerations are read out; other numbers are others."""
    assert holds(readable(text), words) == found


@pytest.mark.parametrize(
    ("text", "share"),
    [("每季度至少3个", 1.0), ("每三个月3个", 1.0), ("每季度公布", 0.5), ("每月5个", 0.0)],
)
def test_facts_are_an_and_of_or_lists(text: str, share: float) -> None:
    """One wording of each fact is enough, and every fact is needed."""
    assert score("fact_accuracy", FACT, answer(text)) == share


def test_facts_in_a_refusal_do_not_count() -> None:
    """A refusal that happens to hold the words has not answered."""
    assert score("fact_accuracy", FACT, answer("每季度3个", reason=Reason.NO_EVIDENCE)) == 0


def test_citation_precision_and_recall() -> None:
    """One of two cited clauses is gold, one of two gold clauses is cited; nothing cited is 0 and 0."""
    gold = Gold("a", "问", clauses=(("plan", "1"), ("plan", "9")))
    given = answer("甲[1]乙[2]丙[3]", [cite(1, QUOTE, "1"), cite(2, "职责清单", "2"), cite(3, "每季度", "1")])
    assert score("citation_precision", gold, given) == 0.5
    assert score("citation_recall", gold, given) == 0.5
    assert score("citation_precision", gold, answer()) == 0
    assert score("citation_recall", gold, answer()) == 0


@pytest.mark.parametrize(
    ("text", "start", "rate"),
    [
        ("甲[1]", None, 1.0),
        (f"甲\n> {QUOTE} [1]", None, 1.0),
        ("甲[1]\n> 至少公布3个", None, 1.0),
        ("甲[1]\n> 至少公布5个", None, 0.5),
        ("甲[1]", 0, 0.0),
        (f"甲[1]\n> {QUOTE}", 0, 0.0),
    ],
)
def test_verbatim_is_judged_by_offsets_and_lines(text: str, start: int | None, rate: float) -> None:
    """A citation must be the text at its offsets; a quoted line must stand in a citation that is."""
    assert score("verbatim", FACT, answer(text, [cite(1, QUOTE, start=start)])) == rate


def test_verbatim_of_an_unknown_document_is_false() -> None:
    """A quotation from a document nobody has cannot be verified, hence does not pass; no quotation is no figure."""
    gold = Gold("a", "问")
    made = case(gold, answer("甲[1]", [cite(1, QUOTE)]))
    assert BY_NAME["verbatim"].score(made) == 1
    assert BY_NAME["verbatim"].score(type(made)(gold, made.given)) == 0
    assert score("verbatim", gold, answer("甲")) is None


def test_refusals() -> None:
    """Refusing is right for what cannot be answered, with the reason apart, and wrong for what can."""
    no = Gold("a", "明年的呢", answerable=False, reason=Reason.NOT_IN_DOCUMENT)
    refused = answer(reason=Reason.NO_EVIDENCE)
    assert (score("refusal_accuracy", no, refused), score("refusal_reason", no, refused)) == (1, 0)
    assert score("refusal_reason", no, answer(reason=Reason.NOT_IN_DOCUMENT)) == 1
    assert (score("refusal_accuracy", no, answer()), score("false_refusals", no, refused)) == (0, None)
    assert (score("false_refusals", FACT, refused), score("false_refusals", FACT, answer())) == (1, 0)
    assert (score("handled", no, refused), score("handled", no, answer())) == (1, 0)


GOOD = answer("每季度至少公布3个案例。[1]", [cite(1, QUOTE)])


@pytest.mark.parametrize(
    ("gold", "given", "wrong"),
    [
        (FACT, GOOD, ()),
        (FACT, None, ("没有得到回答",)),
        (FACT, answer(reason=Reason.NO_EVIDENCE), ("误拒",)),
        (FACT, answer("每月3个[1]", [cite(1, QUOTE)]), ("缺少事实",)),
        (Gold("a", "问", facts=(("3个",),), forbidden=("每季度",)), GOOD, ("出现不应有的说法",)),
        (FACT, answer("每季度3个[1]", [cite(1, "职责清单", "2")]), ("没有引用应引的条款",)),
        (FACT, answer("每季度3个[1][2]", [cite(1, "职责清单", "2"), cite(2, QUOTE)]), ()),
        (FACT, answer("每季度3个[1]", [cite(1, QUOTE, start=3)]), ("引文与原文不符",)),
        (Gold("a", "问", duties=ZHUJIAN), answer(duties=[duty("20")]), ("任务清单不一致",)),
        (Gold("a", "问", duties=NOTHING), answer("没有点名"), ()),
        (Gold("a", "能做什么"), answer("我能……"), ()),
    ],
)
def test_answered_right(gold: Gold, given: Answer | None, wrong: tuple[str, ...]) -> None:
    """Each condition alone spoils an answer, is named, and nothing else is."""
    assert faults(case(gold, given)) == wrong
    assert score("answered_right", gold, given) == float(not wrong)
    assert score("handled", gold, given) == float(not wrong)


def test_without_facts_the_first_citation_decides() -> None:
    """Where no fact ties an answer to its question, a gold clause cited somewhere is not enough."""
    gold = Gold("a", "第1项说什么", clauses=(("plan", "1"),))
    first = answer("甲[1]乙[2]", [cite(1, QUOTE), cite(2, "职责清单", "2")])
    second = answer("乙[1]甲[2]", [cite(1, "职责清单", "2"), cite(2, QUOTE)])
    assert (score("answered_right", gold, first), score("answered_right", gold, second)) == (1, 0)


def test_latency_is_taken_by_stage() -> None:
    """Each stage has its own figures; a stage an answer does not report is not measured."""
    given = answer(timings={"understand": 2.0, "total": 5.0})
    assert score("latency.understand.p50", FACT, given) == 2
    assert score("latency.total.p95", FACT, given) == 5
    assert score("latency.retrieve.p50", FACT, given) is None
    assert score("latency.total.p50", FACT, None) is None


GOLDS = (
    FACT,
    Gold("b", "要做什么", duties=ZHUJIAN, clauses=(("plan", "20"),)),
    Gold("c", "明年呢", answerable=False, reason=Reason.NOT_IN_DOCUMENT),
    Gold("d", "那它呢", history=(Turn("user", "前"), Turn("assistant", "后")), clauses=(("plan", "2"),)),
)
ANSWERS = (
    GOOD,
    answer(duties=[duty("20"), duty("31")]),
    answer(reason=Reason.NOT_IN_DOCUMENT),
    answer("甲[1]", [cite(1, "职责清单", "2", start=0)]),
)


@pytest.mark.parametrize("gold", GOLDS)
@pytest.mark.parametrize("given", ANSWERS)
def test_no_answer_is_never_better_than_an_answer(gold: Gold, given: Answer) -> None:
    """Leaving a question out cannot improve any mean: its score is no better than that of whatever answer."""
    for measure in MEASURES:
        if measure.aggregate is not Aggregate.MEAN or measure.unanswered is None:
            continue
        left_out, answered = measure.score(case(gold, None)), measure.score(case(gold, given))
        assert (left_out is None) == (answered is None)
        if left_out is not None and answered is not None:
            better = left_out < answered if measure.lower_is_better else left_out > answered
            assert not better, measure.name


@pytest.mark.parametrize("gold", GOLDS)
@pytest.mark.parametrize("given", [*ANSWERS, None])
def test_means_are_shares(gold: Gold, given: Answer | None) -> None:
    """Every averaged score lies in [0, 1]; every measure has a name, a title and a definition of its own."""
    for measure in MEASURES:
        value = measure.score(case(gold, given, ranking=(("plan", "1"),)))
        if measure.aggregate is Aggregate.MEAN and value is not None:
            assert 0 <= value <= 1, measure.name
    assert len(BY_NAME) == len({m.title for m in MEASURES}) == len({m.definition for m in MEASURES}) == len(MEASURES)


def test_figures_by_hand() -> None:
    """Three of four right is .75 of four; a sum adds up; percentiles interpolate."""
    assert estimate([1, 1, 1, 0])[0] == 0.75
    assert estimate([2, 0, 1], Aggregate.SUM)[0] == 3
    assert estimate([1, 2, 3, 4], Aggregate.P50)[0] == 2.5
    assert estimate([0, 100], Aggregate.P95)[0] == pytest.approx(95)
    with pytest.raises(ValueError, match="no scores"):
        estimate([])


def test_the_interval_is_that_of_the_binomial() -> None:
    """For 80 of 100 the bootstrap is within a point and a half of ± 1.96 standard errors, and always the same."""
    value, low, high = estimate([1.0] * 80 + [0.0] * 20)
    assert value == 0.8
    assert (low, high) == (pytest.approx(0.7216, abs=0.015), pytest.approx(0.8784, abs=0.015))
    assert estimate([1.0] * 80 + [0.0] * 20) == (value, low, high)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.sampled_from(list(Aggregate)))
def test_intervals_bound_what_can_be_drawn(scores: list[float], aggregate: Aggregate) -> None:
    """The interval is ordered and stays within what the lowest and the highest score allow."""
    _, low, high = estimate(scores, aggregate)
    scale = len(scores) if aggregate is Aggregate.SUM else 1
    assert min(scores) * scale - 1e-9 <= low <= high <= max(scores) * scale + 1e-9


def test_figures_are_over_the_questions_a_measure_applies_to() -> None:
    """Unanswered questions are in the average, unanswerable ones are not, and an empty slice has no figure."""
    cases = [case(FACT, GOOD), case(FACT, None), case(GOLDS[2], answer(reason=Reason.NOT_IN_DOCUMENT))]
    made = figure("all", BY_NAME["answered_right"], cases)
    assert made is not None
    assert (made.value, made.n, made.key) == (0.5, 2, "all/answered_right")
    none = Slice("none", "无", lambda _: False)
    assert figures([none], MEASURES, cases) == ()


def test_the_fake_quotes_what_it_says() -> None:
    """The quotation these tests use stands in the fake's text."""
    assert QUOTE in TEXT

"""The gate: what a sentence may say of what it cites. Clauses are the shipped ones; nothing is made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.drafts import all_drafts, draft_figures, judge
from eval.slices import LAW, PLAN, ZERENZHI
from index.errors import CorpusError
from rag.assistant import Assistant
from rag.citations import CitationBook
from rag.gate.canon import Canonizer
from rag.gate.check import Gate
from rag.gate.model import Rule, Verdict
from rag.gate.sentences import Sentence, Splitter, split_sentences
from rag.gate.words import load_gate_words
from rag.wiring import make_gate

Check = Callable[..., Verdict]


@pytest.fixture(scope="module")
def gate(assistant: Assistant, docs: Path) -> Gate:
    return make_gate(docs, assistant.library, assistant.reader)


@pytest.fixture
def check(gate: Gate) -> Check:
    """Checks one sentence against the clauses it cites as [1], [2] …"""

    def checked(text: str, *cites: tuple[str, str]) -> Verdict:
        book = CitationBook(gate.library)
        for document, clause in cites:
            found = gate.library.clause(document, clause)
            assert found is not None
            book.cite(found)
        (sentence,) = split_sentences(text)
        return gate.bench(book.citations).check(sentence)

    return checked


def _rules(verdict: Verdict) -> set[Rule]:
    return {fault.rule for fault in verdict.faults}


def test_no_lie_passes_and_few_truths_are_dropped(gate: Gate, assistant: Assistant) -> None:
    """Over hundreds of drafts of real clauses no untrue one passes, and at most 3 % of the true ones are lost."""
    judged = judge(all_drafts(assistant.library, (PLAN, LAW, ZERENZHI)), assistant.library, gate)
    assert sum(not one.draft.true for one in judged) >= 300
    assert sum(one.draft.kind == "paraphrase" for one in judged) >= 60
    figures = {figure.measure: figure.value for figure in draft_figures(judged, "all")}
    assert [one.draft.text for one in judged if one.shown and not one.draft.true] == []
    assert figures["truths_dropped"] <= 0.03


def test_it_is_quick(gate: Gate) -> None:
    """A sentence takes less than 5 ms (median over a long clause, everything prepared)."""
    clause = gate.library.clause(PLAN, "22")
    assert clause is not None
    book = CitationBook(gate.library)
    book.cite(clause)
    bench = gate.bench(book.citations)
    bench.prepare()
    times = []
    for sentence in split_sentences(
        "持续推进烟花爆竹转型升级集中区建设，加大监督执法力度，坚决关闭“下店上宅”的店（点）。[1]" * 9
    ):
        start = perf_counter()
        assert bench.check(sentence).passed
        times.append(perf_counter() - start)
    assert sorted(times)[4] < 0.005, times


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("从业人员超过一百人的，应当设置安全生产管理机构或者配备专职安全生产管理人员。", Rule.UNCITED),
        ("从业人员超过一百人的，应当设置安全生产管理机构。[4]", Rule.UNKNOWN_MARKER),
        ("The employer shall set up a safety office.[1]", Rule.LANGUAGE),
        ("法律规定“从业人员超过一百人的，必须设置安全生产管理机构”。[1]", Rule.QUOTE),
        (
            "第二十五条规定，从业人员超过一百人的，应当设置安全生产管理机构或者配备专职安全生产管理人员。[1]",
            Rule.REFERENCE,
        ),
        (
            "《消防法》规定，从业人员超过一百人的，应当设置安全生产管理机构或者配备专职安全生产管理人员。[1]",
            Rule.REFERENCE,
        ),
        ("从业人员超过二百人的，应当设置安全生产管理机构或者配备专职安全生产管理人员。[1]", Rule.NUMBER),
        ("从业人员超过一百人的，可以设置安全生产管理机构或者配备专职安全生产管理人员。[1]", Rule.MODAL),
        ("从业人员超过一百人的，不得设置安全生产管理机构或者配备专职安全生产管理人员。[1]", Rule.MODAL),
        ("从业人员超过一百人的，应当设置安全生产管理机构和配备专职安全生产管理人员。[1]", Rule.CONJUNCTION),
        ("从业人员超过一百人的，应当设置安全生产管理机构并给予补贴。[1]", Rule.WORDING),
        ("应当配备专职或者兼职的安全生产管理人员。[1]", Rule.CONDITION),
        ("居民委员会应当设置安全生产管理机构。[1]", Rule.ACTOR),
    ],
)
def test_each_rule_catches_its_lie(check: Check, text: str, rule: Rule) -> None:
    """One untrue sentence a rule, each about article 24."""
    assert rule in _rules(check(text, (LAW, "24")))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("第20项由市住建局牵头。[1]", Rule.ROLE),
        ("市住建局牵头组织开展燃气安全整治。[1]", Rule.ROLE),
        ("第20项的牵头单位是市住建局。[1]", Rule.ROLE),
        ("市住建局是第20项的落实单位。[1]", Rule.ROLE),
        ("市安委会城市运行安全生产委员会在第20项中分工负责。[1]", Rule.ROLE),
        ("市教育局等有关部门分工负责燃气安全整治。[1]", Rule.ORGANISATION),
        ("第21项由市住建局分工负责。[1]", Rule.REFERENCE),
    ],
)
def test_roles_are_those_of_the_duty_table(check: Check, text: str, rule: Rule) -> None:
    """A role raised, lowered or given to somebody the bracket does not name is caught."""
    assert rule in _rules(check(text, (PLAN, "20")))


@pytest.mark.parametrize(
    "text",
    [
        "第20项由市安委会城市运行安全生产委员会牵头组织开展，市住建局等有关部门分工负责。[1]",
        "住建局在第20项中是分工负责单位，不是牵头单位。[1]",
        "市安监局和市应急管理局都分工负责燃气安全整治。[1]",
        "燃气安全整治由各县（市、区）政府和“三区”管委会落实。[1]",
        "袁州区政府落实第20项。[1]",
    ],
)
def test_true_roles_pass(check: Check, text: str) -> None:
    """Roles as the bracket has them pass, by alias, by old name, by membership, and as a right denial."""
    assert check(text, (PLAN, "20")).faults == ()


@pytest.mark.parametrize(
    "text",
    [
        "从业人员超过100人的，应当设置安全生产管理机构或者配备专职安全生产管理人员。[1]",
        "《安全生产法》第二十四条第二款要求，从业人员超过１００人的，应当设置安全生产管理机构或者配备专职安全生产管理人员。[1]",
        "员工超过一百人的企业，必须设置安全生产管理机构或者配备专职安全生产管理人员。[1]",
    ],
)
def test_numerals_and_everyday_words_count_as_the_same(check: Check, text: str) -> None:
    """Arabic and Chinese numerals, width, and listed words of the same meaning make no difference."""
    assert check(text, (LAW, "24")).faults == ()


def test_a_paragraph_named_must_be_the_one(check: Check) -> None:
    """What stands in 第二款 does not pass as 第一款."""
    said = "从业人员超过一百人的，应当设置安全生产管理机构或者配备专职安全生产管理人员。[1]"
    assert check(f"第二十四条第二款规定，{said}", (LAW, "24")).passed
    assert not check(f"第二十四条第一款规定，{said}", (LAW, "24")).passed


def test_quotations_are_shown_in_stored_characters(check: Check) -> None:
    """A quotation that differs in width and quotation marks only is shown as the paper has it, misprints included."""
    verdict = check("要求是“督促使用燃气的餐饮经营场所依法安装可燃气体报警装置，并保障其正常使用”。[1]", (PLAN, "20"))
    assert verdict.passed
    assert "可燃气体报警装置,并保障其正常使用" in verdict.text
    printed = check("总体要求提出“认真贯彻省第十五次党代会精神”。[1]", (PLAN, "preamble"))
    assert "认真贯+彻省第十五次党代会精神" in printed.text


def test_transcribed_text_is_never_quoted(check: Check) -> None:
    """A text nobody compared with an official copy may be told, not quoted."""
    words = "实行安全生产责任考核情况公开制度"
    assert check(f"{words}。[1]", (ZERENZHI, "15")).passed
    assert Rule.QUOTE in _rules(check(f"规定“{words}”。[1]", (ZERENZHI, "15")))


def test_a_true_sentence_needs_its_own_clause(check: Check) -> None:
    """The same sentence passes with the clause it is from and fails with another."""
    said = "餐饮等行业的生产经营单位使用燃气的，应当安装可燃气体报警装置。"
    assert check(f"{said}[2]", (LAW, "24"), (LAW, "36.4")).passed
    assert not check(f"{said}[1]", (LAW, "24"), (LAW, "36.4")).passed


def test_nothing_stated_is_no_pass(check: Check) -> None:
    """A sentence of linking words has nothing to check: neither passed nor failed."""
    verdict = check("具体要求如下：[1]", (LAW, "24"))
    assert (verdict.empty, verdict.passed, verdict.faults) == (True, False, ())


def test_sentences_come_out_with_their_markers() -> None:
    """Markers after the stop belong to the sentence before; list signs, markup and thinking are taken off."""
    text = "<think>想一想。[9]</think>## 要点\n- **甲**要做。[1][2]\n1. 乙不做[3]。丙（见“丁。戊”）做。［4］\n"
    assert split_sentences(text) == [
        Sentence("要点"),
        Sentence("甲要做。", (1, 2), bullet=True),
        Sentence("乙不做。", (3,), bullet=True),
        Sentence("丙（见“丁。戊”）做。", (4,)),
    ]


@given(st.text(alphabet="甲乙。[1]２\n“”<think>/、;- ", max_size=60), st.integers(1, 7))
def test_cutting_a_stream_anywhere_gives_the_same_sentences(text: str, size: int) -> None:
    """However a reply arrives, its sentences are those of the whole text."""
    splitter = Splitter()
    streamed = [one for at in range(0, len(text), size) for one in splitter.feed(text[at : at + size])]
    streamed += [*splitter.feed("\n"), *splitter.close()]
    assert streamed == split_sentences(text + "\n") or "<think>" in text


@settings(max_examples=40)
@given(st.text(max_size=80))
def test_any_text_gets_a_verdict(gate: Gate, text: str) -> None:
    """Nothing a model writes makes the gate fail, and nothing without a citation passes."""
    clause = gate.library.clause(LAW, "24")
    assert clause is not None
    book = CitationBook(gate.library)
    book.cite(clause)
    bench = gate.bench(book.citations)
    assert not bench.check(Sentence(text)).passed
    bench.check(Sentence(text, (1,)))


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("一百人以上", "100人以上", True),
        ("２万元以下", "二万元以下", True),
        ("百分之六十", "60%", True),
        ("3个月内", "三个月以内", True),
        ("不少于2个", "至少两个", True),
        ("一百人以上", "一百人以下", False),
        ("不少于2个", "不超过2个", False),
        ("6月底", "6月", False),
        ("每季度", "一季度", False),
    ],
)
def test_numbers_are_compared_by_value(docs: Path, one: str, two: str, same: bool) -> None:
    """Value, unit and bound make a number; how it is written does not."""
    canonize = Canonizer(load_gate_words(docs / "gate.toml"))
    assert (canonize(one).text == canonize(two).text) is same


def test_a_broken_word_list_is_told(tmp_path: Path) -> None:
    """A word list without its fields is an error in Chinese that names the file."""
    broken = tmp_path / "gate.toml"
    broken.write_text('free = "的"\n', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"gate\.toml"):
        load_gate_words(broken)

"""The work plan cut into notice, preamble, items, sentences and brackets."""

from __future__ import annotations

import hashlib
import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.corpus import load_documents
from index.errors import ParseError
from index.model import Clause, Document, Family, Kind, Provenance, Span
from index.parse.workplan import closing_bracket, parse_work_plan, sentence_spans


def document(text: str) -> Document:
    return Document(
        id="sample",
        title="工作要点",
        short_title="工作要点",
        number=None,
        issuer="",
        level="",
        family=Family.WORK_PLAN,
        provenance=Provenance.VERBATIM,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def top_level(clauses: tuple[Clause, ...]) -> list[Clause]:
    return [clause for clause in clauses if clause.parent is None]


def check_structure(text: str, clauses: tuple[Clause, ...]) -> None:
    """Offsets are exact, ids unique, parents precede and contain their parts, siblings do not overlap."""
    known: dict[str, Clause] = {}
    for clause in clauses:
        assert clause.text == clause.span.of(text)
        assert clause.text.strip() == clause.text != ""
        assert clause.id not in known
        if clause.parent is None:
            assert clause.top == clause.id
        else:
            assert clause.span in known[clause.parent].span
            assert clause.top == clause.parent
        known[clause.id] = clause
    for first, second in itertools.pairwise(c for c in clauses if c.parent is not None):
        assert first.span.end <= second.span.start
    for first, second in itertools.pairwise(top_level(clauses)):
        assert first.span.end <= second.span.start


@pytest.fixture(scope="module")
def plan(docs: Path) -> Document:
    return next(one.document for one in load_documents(docs, ()) if one.document.family is Family.WORK_PLAN)


@pytest.fixture(scope="module")
def clauses(plan: Document) -> tuple[Clause, ...]:
    return parse_work_plan(plan)


@pytest.fixture(scope="module")
def second(samples: Path) -> Document:
    return document((samples / "second_plan.txt").read_text(encoding="utf-8"))


def test_every_clause_is_the_text_at_its_offsets(plan: Document, clauses: tuple[Clause, ...], second: Document) -> None:
    """The rule on which verbatim quotation rests, over both plans."""
    check_structure(plan.text, clauses)
    check_structure(second.text, parse_work_plan(second))


def test_plan_has_notice_preamble_and_36_items_in_order(clauses: tuple[Clause, ...]) -> None:
    """Nothing is missing between the notice and item 36; 1.1级 inside item 22 starts no item."""
    assert [c.id for c in top_level(clauses)] == ["notice", "preamble", *map(str, range(1, 37))]
    assert [c.label for c in top_level(clauses)][:4] == ["通知", "总体要求", "第1项", "第2项"]


def test_items_know_their_chapter(clauses: tuple[Clause, ...]) -> None:
    """Six chapters with the items the paper puts under them; notice and preamble stand outside."""
    chapters: dict[tuple[str, ...], list[int]] = {}
    for clause in clauses:
        if clause.kind is Kind.ITEM:
            chapters.setdefault(clause.path, []).append(int(clause.id))
        elif clause.parent is None:
            assert clause.path == ()
    assert chapters == {
        ("一、坚持思想引领,进一步统筹发展和安全",): [1, 2, 3],
        ("二、坚持从严从实,推动落实安全生产责任",): [4, 5, 6, 7, 8, 9],
        ("三、坚持问题导向,持续深化专项整治",): [10, 11, 12, 13],
        ("四、坚持系统治理,深化推进重点领域风险防控",): list(range(14, 30)),
        ("五、坚持铁心硬手,全面加强安全生产检查执法",): [30, 31, 32],
        ("六、坚持强基固本,持续筑牢安全生产基层基础",): [33, 34, 35, 36],
    }


def test_titles_are_the_opening_phrases(clauses: tuple[Clause, ...]) -> None:
    """An item's title is its first sentence without number and full stop, and its parts carry it too."""
    titles = {clause.id: clause.title for clause in clauses}
    assert titles["1"] == "深入学习贯彻党的二十大精神和习近平总书记关于安全生产重要论述"
    assert titles["10"] == "着力深化“打非治违”攻坚行动"
    assert titles["20"] == titles["20/s2"] == titles["20/b"] == "强化燃气安全整治"


def test_notice_runs_from_the_address_to_the_date(clauses: tuple[Clause, ...]) -> None:
    """The notice keeps addressees, deadlines and date; its headline and the plan's own title are outside."""
    notice = clauses[0]
    assert notice.text.startswith("宜春经济技术开发区管委会,各县(市、区)人民政府,")
    assert notice.text.endswith("宜春市安全生产委员会\n2023年2月27日")
    assert "2023年6月25和12月25日前" in notice.text


def test_misprints_stay(clauses: tuple[Clause, ...]) -> None:
    """A quotation is what the paper says: 贯+彻 in the preamble is not mended."""
    assert "认真贯+彻省第十五次党代会精神" in next(c.text for c in clauses if c.id == "preamble")


@pytest.mark.parametrize("name", ["plan", "second"])
def test_no_character_of_an_item_is_lost(name: str, request: pytest.FixtureRequest) -> None:
    """Number, sentences and bracket together are the item, but for blanks and a full stop after the bracket."""
    one: Document = request.getfixturevalue(name)
    parsed = parse_work_plan(one)
    for item in (c for c in parsed if c.kind is Kind.ITEM):
        parts = [c for c in parsed if c.parent == item.id]
        rest = list(item.text)
        for part in parts:
            rest[part.span.start - item.span.start : part.span.end - item.span.start] = " " * len(part.text)
        assert re.fullmatch(rf"{item.id}[.．]\s*。?", "".join(rest))


def test_every_item_of_the_plan_ends_in_its_bracket(clauses: tuple[Clause, ...]) -> None:
    """36 brackets; 各县(市、区)政府 inside does not cut them short."""
    brackets = {c.parent: c.text for c in clauses if c.kind is Kind.BRACKET}
    assert list(brackets) == [str(number) for number in range(1, 37)]
    assert brackets["14"] == "(市安委会矿山安全生产委员会牵头组织开展,有关部门分工负责,丰城市政府落实)"
    assert brackets["2"] == "(市安委会办公室组织,市有关部门、各县(市、区)政府和“三区”管委会落实)"


def test_sentences_end_at_full_stops_only(clauses: tuple[Clause, ...]) -> None:
    """Item 30 has four sentences, the first being its title; semicolons and commas do not cut."""
    sentences = [c.text for c in clauses if c.parent == "30" and c.kind is Kind.SENTENCE]
    assert [s[:6] for s in sentences] == ["严格安全监管", "深入推进应急", "全面推广“互", "落实典型执法"]
    assert [s[-1] for s in sentences] == ["。"] * 4


def test_second_plan_is_cut_the_same_way(second: Document) -> None:
    """Mixed 1． and 2., another notice, and items without a bracket: 12 items in three chapters."""
    parsed = parse_work_plan(second)
    assert [c.id for c in top_level(parsed)] == ["notice", "preamble", *map(str, range(1, 13))]
    assert [c.path[0][:2] for c in parsed if c.kind is Kind.ITEM] == ["一、"] * 4 + ["二、"] * 5 + ["三、"] * 3
    assert [c.parent for c in parsed if c.kind is Kind.BRACKET] == [str(n) for n in range(1, 13) if n != 6]
    assert parsed[0].text.endswith("2024年3月11日")


def test_an_item_may_run_over_two_lines(second: Document) -> None:
    """Item 10 of the second plan has its second paragraph, and no sentence crosses the line end."""
    parsed = parse_work_plan(second)
    sentences = [c.text for c in parsed if c.parent == "10" and c.kind is Kind.SENTENCE]
    assert [s[:8] for s in sentences] == ["加快监测预警体系", "依托市级平台归集", "各级值守人员收到"]
    assert not any("\n" in s for s in sentences)


@pytest.mark.parametrize(
    ("text", "bracket"),
    [
        ("1.查。(市局落实)", "(市局落实)"),
        ("1.查。（市局落实）。", "（市局落实）"),
        ("1.查(含市区)。（甲（乙）牵头）；", "（甲（乙）牵头）"),
        ("1.查。(各县(市、区)政府落实)", "(各县(市、区)政府落实)"),
        ("1.查(含市区)全部。", None),
        ("1.查市局落实)", None),
    ],
)
def test_closing_bracket_is_the_outermost_at_the_end(text: str, bracket: str | None) -> None:
    """The bracket that closes the item, nested ones inside it, and none where the item ends otherwise."""
    item = next(c for c in parse_work_plan(document(text)) if c.kind is Kind.ITEM)
    span = closing_bracket(item)
    assert (span.of(text) if span else None) == bracket


@pytest.mark.parametrize("mark", [".", "．", "、", " ."])
@pytest.mark.parametrize("number", ["7", "７"])
def test_item_numbers_may_be_full_width(number: str, mark: str) -> None:
    """７．, 7、 and 7. all give item 7."""
    assert [c.id for c in top_level(parse_work_plan(document(f"{number}{mark}整治。(市局落实)")))] == ["7"]


def test_a_text_without_items_is_refused() -> None:
    """No numbered item: the error names the document and says what to do."""
    with pytest.raises(ParseError, match="sample") as caught:
        parse_work_plan(document("关于天气的说明。\n一、晴\n二、雨"))
    assert "corpus.toml" in caught.value.remedy


def test_a_repeated_number_is_refused() -> None:
    """Two items 1 would make a citation ambiguous."""
    with pytest.raises(ParseError) as caught:
        parse_work_plan(document("1.查。(甲局落实)\n1.改。(乙局落实)"))
    assert caught.value.clause == "第1项"


def test_sentence_spans_are_never_blank() -> None:
    """Blank lines and trailing blanks give no sentence."""
    text = "  一。 \n\n 二！  三"
    assert [span.of(text) for span in sentence_spans(text, Span(0, len(text)))] == ["一。", "二！", "三"]


@given(
    st.lists(st.text(alphabet="查改。；，(（)）、 \n\t一总体要求：通知.", max_size=30), min_size=1, max_size=5),
    st.text(alphabet="通知。\n总体要求：月日", max_size=20),
)
def test_any_text_keeps_the_offsets(bodies: list[str], head: str) -> None:
    """Whatever stands in and above the items, every one of them is found and the offsets stay exact."""
    text = head + "".join(f"\n{number}.查{body}" for number, body in enumerate(bodies, 1))
    parsed = parse_work_plan(document(text))
    check_structure(text, parsed)
    assert [c.id for c in parsed if c.kind is Kind.ITEM] == [str(number) for number, _ in enumerate(bodies, 1)]

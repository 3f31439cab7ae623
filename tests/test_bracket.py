"""Responsibility brackets: who does what, in which words, with nothing dropped."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.corpus import LoadedDocument, docs_folder, load_documents
from index.duties.bracket import Bracket, parse_bracket, without_nested
from index.model import Document, Family, Kind, ParsedDocument, Provenance, Span, Tier
from index.organisations import Register, load_register
from index.pipeline import parse_document

EMPTY = Register((), (), (), (), (), ())
REGISTER = load_register(docs_folder() / "organisations.toml")


def rows(path: Path) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]


def named(parsed: ParsedDocument) -> list[tuple[str, ...]]:
    return [(d.clause, d.words, d.party, d.role.value, d.role_words) for d in parsed.duties if d.tier is Tier.NAMED]


def read(bracket: str, register: Register = REGISTER) -> Bracket:
    """The bracket read where it stands, behind other words, so that offsets matter."""
    before = "1.查隐患。"
    text = before + bracket
    got = parse_bracket(text, Span(len(before), len(text)), register)
    for party in got.parties:
        assert party.span.of(text) == party.words
        assert party.role_span.of(text) == party.role_words
    for stretch in got.unreadable:
        assert stretch.span.of(text) == stretch.text
    return got


def said(bracket: str, register: Register = REGISTER) -> list[tuple[str, str, str]]:
    return [(party.words, party.role.value, party.role_words) for party in read(bracket, register).parties]


@pytest.fixture(scope="module")
def plan(docs: Path) -> ParsedDocument:
    loaded = next(one for one in load_documents(docs, ()) if one.document.family is Family.WORK_PLAN)
    return parse_document(loaded, REGISTER)


@pytest.fixture(scope="module")
def second(samples: Path) -> LoadedDocument:
    text = (samples / "second_plan.txt").read_text(encoding="utf-8")
    return LoadedDocument(
        Document(
            id="second-plan",
            title="云泽市2024年安全生产重点任务",
            short_title="2024年安全生产重点任务",
            number="云安〔2024〕8号",
            issuer="云泽市安全生产委员会",
            level="市级工作文件",
            family=Family.WORK_PLAN,
            provenance=Provenance.VERBATIM,
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            published="2024-03-11",
        )
    )


def test_all_brackets_of_the_plan(plan: ParsedDocument, gold: Path) -> None:
    """36 items: every party in order, its canonical name, its role and the words that give the role; no problem."""
    assert named(plan) == rows(gold / "bracket_duties.tsv")
    assert plan.problems == ()


def test_words_are_the_text_at_their_offsets(plan: ParsedDocument, second: LoadedDocument) -> None:
    """Party and role words of every bracket duty are verbatim, inside the item's bracket; the action is its body."""
    for parsed in (plan, parse_document(second, EMPTY)):
        text = parsed.document.text
        brackets = {c.parent: c.span for c in parsed.clauses if c.kind is Kind.BRACKET}
        items = {c.id: c.span for c in parsed.clauses if c.kind is Kind.ITEM}
        for duty in (d for d in parsed.duties if d.tier is Tier.NAMED):
            assert duty.span.of(text) == duty.words
            assert duty.role_span.of(text) == duty.role_words
            assert duty.span in brackets[duty.clause]
            assert duty.role_span in brackets[duty.clause]
            assert duty.action == Span(items[duty.clause].start, brackets[duty.clause].start)


def test_second_plan_without_any_register(second: LoadedDocument, gold: Path) -> None:
    """Organisations nobody registered are told by their endings, under the words of the paper."""
    parsed = parse_document(second, EMPTY)
    assert named(parsed) == rows(gold / "second_plan_duties.tsv")
    assert [(p.clause, p.reason) for p in parsed.problems] == rows(gold / "second_plan_problems.tsv")


def test_second_plan_with_its_own_register(second: LoadedDocument, gold: Path, samples: Path) -> None:
    """The same duties, with canonical names where the register has them; 市住建局（市人防办） binds both bureaus."""
    canonical = {
        "市应急局": ["市应急管理局"],
        "各县（市、区）人民政府": ["各县(市、区)政府"],
        "市住建局（市人防办）": ["市住建局", "市人防办"],
    }
    expected = [
        (item, words, name, role, role_words)
        for item, words, party, role, role_words in rows(gold / "second_plan_duties.tsv")
        for name in canonical.get(words, [party])
    ]
    parsed = parse_document(second, load_register(samples / "second_register.toml"))
    assert named(parsed) == expected
    assert [(p.clause, p.reason) for p in parsed.problems] == rows(gold / "second_plan_problems.tsv")


@pytest.mark.parametrize("register", [EMPTY, REGISTER], ids=["empty", "another city's"])
def test_no_item_of_the_second_plan_is_dropped(second: LoadedDocument, register: Register) -> None:
    """Every item has duties or is reported with its own words."""
    parsed = parse_document(second, register)
    items = {c.id for c in parsed.clauses if c.kind is Kind.ITEM}
    assert {d.clause for d in parsed.duties if d.tier is Tier.NAMED} | {p.clause for p in parsed.problems} == items
    for problem in parsed.problems:
        assert problem.text
        assert problem.text in problem.span.of(parsed.document.text)


@pytest.mark.parametrize(
    ("bracket", "expected"),
    [
        (
            "(各县(市、区)政府,“三区”管委会落实)",
            [("各县(市、区)政府", "落实", "落实"), ("“三区”管委会", "落实", "落实")],
        ),
        ("（由市住建局牵头，市公安局配合）", [("市住建局", "牵头", "牵头"), ("市公安局", "参与", "配合")]),
        (
            "(市应急管理局会同市公安局分工负责)",
            [("市应急管理局", "分工负责", "会同市公安局分工负责"), ("市公安局", "分工负责", "会同市公安局分工负责")],
        ),
        (
            "(市应急管理局会同市公安局)",
            [("市应急管理局", "会同", "会同市公安局"), ("市公安局", "参与", "会同市公安局")],
        ),
        (
            "(市应急管理局牵头会同市公安局落实)",
            [("市应急管理局", "牵头", "牵头"), ("市公安局", "落实", "会同市公安局落实")],
        ),
        (
            "(市应急管理局牵头，会同市公安局、市商务局落实)",
            [
                ("市应急管理局", "牵头", "牵头"),
                ("市公安局", "落实", "会同市公安局、市商务局落实"),
                ("市商务局", "落实", "会同市公安局、市商务局落实"),
            ],
        ),
        (
            "(市公安局、市商务局等有关部门参与)",
            [(words, "参与", "等有关部门参与") for words in ("市公安局", "市商务局", "有关部门")],
        ),
        (
            "(市公安局，市商务局等有关部门参与)",
            [(words, "参与", "等有关部门参与") for words in ("市公安局", "市商务局", "有关部门")],
        ),
        ("(市公安局、市商务局等落实)", [("市公安局", "落实", "落实"), ("市商务局", "落实", "落实")]),
        (
            "（牵头单位：市应急局，市商务局；责任单位：市公安局）",
            [("市应急局", "牵头", "牵头单位"), ("市商务局", "牵头", "牵头单位"), ("市公安局", "分工负责", "责任单位")],
        ),
        (
            "(牵头单位:市应急局 配合单位:市公安局)",
            [("市应急局", "牵头", "牵头单位"), ("市公安局", "参与", "配合单位")],
        ),
        (
            "（牵头单位：市应急局，市商务局；市公安局配合）",
            [("市应急局", "牵头", "牵头单位"), ("市商务局", "牵头", "牵头单位"), ("市公安局", "参与", "配合")],
        ),
        ("(市教体局市商务局落实)", [("市教体局", "落实", "落实"), ("市商务局", "落实", "落实")]),
        ("(市公安局，落实)", [("市公安局", "落实", "落实")]),
        ("(市住房和城乡建设局和市公安局落实)", [("市住房和城乡建设局", "落实", "落实"), ("市公安局", "落实", "落实")]),
        ("(各级党委、政府和部门单位落实)", [("各级党委、政府和部门单位", "落实", "落实")]),
        ("(市住建局（会同市人防办）牵头)", [("市住建局（会同市人防办）", "牵头", "牵头")]),
        ("(XX街道办事处牵头组织实施)", [("XX街道办事处", "牵头组织开展", "牵头组织实施")]),
    ],
)
def test_ways_to_write_a_bracket(bracket: str, expected: list[tuple[str, str, str]]) -> None:
    """Each form gives its parties in reading order, with role and verbatim role words, and nothing unreadable."""
    assert said(bracket) == expected
    assert read(bracket).unreadable == ()


def test_joint_inside_an_unregistered_name_does_not_cut_it() -> None:
    """住房和城乡建设局 stays whole without a register: what stands before 和 is no organisation."""
    assert [words for words, _, _ in said("(市住房和城乡建设局、市公安局和市文旅局落实)", EMPTY)] == [
        "市住房和城乡建设局",
        "市公安局",
        "市文旅局",
    ]


@pytest.mark.parametrize(
    ("bracket", "parties", "unreadable"),
    [
        ("(市公安局、某某事项、市商务局落实)", ["市公安局", "市商务局"], ["某某事项"]),
        ("(市公安局、市■■局落实)", ["市公安局"], ["市■■局"]),
        ("(市公安局，某某事项落实)", ["市公安局"], ["某某事项"]),
        ("(市公安局落实，市商务局)", ["市公安局"], ["市商务局"]),
        ("(市公安局，市商务局)", [], ["市公安局", "市商务局"]),
        ("(市公安局；牵头单位：市商务局)", ["市商务局"], ["市公安局"]),
        ("(牵头单位：；责任单位：市商务局)", ["市商务局"], ["牵头单位："]),
        ("(落实)", [], ["落实"]),
        ("(市商务局落实市公安局)", [], ["市商务局落实市公安局"]),
        ("()", [], []),
    ],
)
def test_what_fits_no_phrase_is_reported(bracket: str, parties: list[str], unreadable: list[str]) -> None:
    """One unreadable stretch neither hides the parties beside it nor disappears."""
    got = read(bracket)
    assert [party.words for party in got.parties] == parties
    assert [stretch.text for stretch in got.unreadable] == unreadable


@pytest.mark.parametrize(
    ("words", "plain"),
    [("市住建局（市人防办）", "市住建局"), ("各县(市、区)政府", "各县(市、区)政府"), ("市公安局", "市公安局")],
)
def test_without_nested(words: str, plain: str) -> None:
    """Only a bracket at the end is an addition; one inside a name belongs to it."""
    assert without_nested(words) == plain


NAMES = [*REGISTER.by_name, *REGISTER.group_by_name, *(old.predecessor for old in REGISTER.successions)]
GLUE = "牵头 组织 牵头组织开展 分工负责 督促 落实 配合 按职责分工负责 会同 由 等 和 与 及 以及 、 ， , ； 。".split()
GLUE += ["牵头单位：", "责任单位:", " ", "、", "，", "落实，"]


@settings(deadline=None)
@example([(True, "市安委会"), (True, "各级党委、政府和部门单位"), (False, "牵头")])
@example([(False, "会同"), (False, "牵头"), (True, "各级党委(党组)")])
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just(True), st.sampled_from(NAMES)),
            st.tuples(st.just(False), st.sampled_from(GLUE)),
        ),
        max_size=14,
    )
)
def test_shuffled_brackets_lose_no_known_party(tokens: list[tuple[bool, str]]) -> None:
    """Names, verbs and marks in any order: reading never fails, each name is a party or inside a reported stretch."""
    text, places = "(", []
    for is_name, token in tokens:
        if is_name:
            places.append((token, Span(len(text), len(text) + len(token))))
        text += token
    text += ")"
    got = parse_bracket(text, Span(0, len(text)), REGISTER)
    for name, place in places:
        canonical = REGISTER.canonical(name)
        as_party = any(place in p.span and REGISTER.canonical(p.words) == canonical for p in got.parties)
        assert as_party or any(place in stretch.span for stretch in got.unreadable), (text, name)


@settings(deadline=None)
@given(st.text(alphabet="市公安局落实牵头会同等和由、，；：:()（） ■\n单位", max_size=40))
def test_any_bracket_is_read_without_error(inner: str) -> None:
    """Arbitrary characters: spans are exact and stay inside the bracket."""
    text = f"({inner})"
    for register in (EMPTY, REGISTER):
        got = parse_bracket(text, Span(0, len(text)), register)
        for party in got.parties:
            assert party.span.of(text) == party.words
            assert party.role_span.of(text) == party.role_words
        for span in (*(p.span for p in got.parties), *(u.span for u in got.unreadable)):
            assert span in Span(1, len(text) - 1)

"""Statutes cut into articles, paragraphs and items."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.corpus import LoadedDocument, docs_folder, load_documents
from index.errors import ParseError
from index.lawdb import LawDatabase, locate
from index.model import Clause, Document, Family, Kind, Provenance
from index.numerals import to_chinese
from index.parse.statute import parse_statute


def loaded(text: str, provenance: Provenance = Provenance.VERBATIM, verified: set[str] | None = None) -> LoadedDocument:
    document = Document(
        id="sample",
        title="办法",
        short_title="办法",
        number=None,
        issuer="",
        level="",
        family=Family.STATUTE,
        provenance=provenance,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    return LoadedDocument(document, None if verified is None else frozenset(verified))


def by_id(clauses: tuple[Clause, ...]) -> dict[str, Clause]:
    return {clause.id: clause for clause in clauses}


def check_structure(text: str, clauses: tuple[Clause, ...]) -> None:
    """Offsets are exact, ids unique, parents precede and contain their parts."""
    known: dict[str, Clause] = {}
    for clause in clauses:
        assert clause.text == text[clause.span.start : clause.span.end]
        assert clause.text == clause.text.strip()
        assert clause.text
        assert clause.id not in known
        if clause.parent is None:
            assert clause.top == clause.id
        else:
            assert clause.span in known[clause.parent].span
            assert clause.span in known[clause.top].span
        known[clause.id] = clause


@pytest.fixture(scope="module")
def default() -> dict[str, tuple[Clause, ...]]:
    return {
        item.document.id: parse_statute(item)
        for item in load_documents(docs_folder())
        if item.document.family is Family.STATUTE
    }


def test_every_default_clause_is_the_text_at_its_offsets(default: dict[str, tuple[Clause, ...]]) -> None:
    """The rule on which verbatim quotation rests, over every statute of the default corpus."""
    texts = {item.document.id: item.document.text for item in load_documents(docs_folder())}
    for identifier, clauses in default.items():
        check_structure(texts[identifier], clauses)


@pytest.mark.parametrize(("document", "articles"), [("anquan-shengchan-fa", 119), ("dangzheng-zerenzhi", 29)])
def test_articles_are_complete_and_in_order(
    default: dict[str, tuple[Clause, ...]], document: str, articles: int
) -> None:
    """安全生产法 has 119 articles and the 规定 29, numbered without a gap."""
    found = [clause.id for clause in default[document] if clause.kind is Kind.ARTICLE]
    assert found == [str(number) for number in range(1, articles + 1)]


def test_article_three_has_three_paragraphs(default: dict[str, tuple[Clause, ...]]) -> None:
    """The article holds its number, its paragraphs do not, and both stand under the chapter's heading."""
    clauses = by_id(default["anquan-shengchan-fa"])
    article, last = clauses["3"], clauses["3.3"]
    assert article.text.startswith("第三条　安全生产工作坚持中国共产党的领导。")
    assert (article.label, article.path, article.parent, article.top) == ("第三条", ("第一章 总则",), None, "3")
    assert last.text.startswith("安全生产工作实行管行业必须管安全")
    assert (last.kind, last.number, last.label) == (Kind.PARAGRAPH, "3", "第三条第三款")
    assert (last.path, last.parent, last.top) == (("第一章 总则",), "3", "3")
    assert "3.4" not in clauses


def test_article_thirty_six_has_four_paragraphs_and_the_gas_alarm_is_the_fourth(
    default: dict[str, tuple[Clause, ...]],
) -> None:
    """第三十六条第四款 is the paragraph staff quote about restaurants that burn gas."""
    clauses = by_id(default["anquan-shengchan-fa"])
    assert [clause.id for clause in clauses.values() if clause.parent == "36"] == ["36.1", "36.2", "36.3", "36.4"]
    assert clauses["36.4"].label == "第三十六条第四款"
    assert clauses["36.4"].text == "餐饮等行业的生产经营单位使用燃气的，应当安装可燃气体报警装置，并保障其正常使用。"


def test_item_of_a_single_paragraph_leaves_the_paragraph_out_of_its_label(
    default: dict[str, tuple[Clause, ...]],
) -> None:
    """第二十一条 has one paragraph with seven items; officials write 第二十一条第三项."""
    clauses = by_id(default["anquan-shengchan-fa"])
    items = [clause for clause in clauses.values() if clause.parent == "21.1"]
    assert [item.id for item in items] == [f"21.1({number})" for number in range(1, 8)]
    assert items[2].label == "第二十一条第三项"
    assert items[2].text.startswith("（三）组织制定并实施本单位安全生产教育和培训计划")
    assert clauses["21.1"].text.endswith(items[-1].text)


def test_one_paragraph_without_items_has_no_parts(default: dict[str, tuple[Clause, ...]]) -> None:
    """第一条 is one sentence: the article itself is the only unit."""
    assert [clause.id for clause in default["anquan-shengchan-fa"] if clause.top == "1"] == ["1"]


def test_definitions_after_a_colon_are_paragraphs(default: dict[str, tuple[Clause, ...]]) -> None:
    """第一百一十七条 announces definitions, and each is a paragraph of its own."""
    found = [clause for clause in default["anquan-shengchan-fa"] if clause.parent == "117"]
    assert [clause.text[:5] for clause in found] == ["本法下列用", "危险物品，", "重大危险源"]


def test_unverified_articles_pass_it_on_to_their_parts(default: dict[str, tuple[Clause, ...]]) -> None:
    """In the transcription only compared articles, and all of their parts, may be quoted."""
    clauses = by_id(default["dangzheng-zerenzhi"])
    assert clauses["2"].verified
    assert not clauses["5"].verified
    assert {clause.verified for clause in clauses.values() if clause.top == "5"} == {False}
    assert {clause.verified for clause in clauses.values() if clause.top == "2"} == {True}
    assert all(clause.verified for clause in default["anquan-shengchan-fa"])


def test_inserted_articles_of_criminal_law_have_their_own_ids() -> None:
    """第一百三十四条之一 is another article than 134, with the right label, under its book and chapter."""
    (law,) = [item for item in load_documents(docs_folder(), ("刑法",)) if item.document.short_title == "刑法"]
    clauses = by_id(parse_statute(law))
    inserted = clauses["134-1"]
    assert inserted.text.startswith("第一百三十四条之一　在生产、作业中违反有关安全管理的规定")
    assert inserted.label == "第一百三十四条之一"
    assert inserted.path == ("第二编 分则", "第二章 危害公共安全罪")
    assert clauses["134-1.1(2)"].label == "第一百三十四条之一第二项"
    assert clauses["134"].span.end <= inserted.span.start
    assert sum("-" in clause.id for clause in clauses.values() if clause.parent is None) == 53


def test_every_law_of_the_database_is_cut_into_its_articles() -> None:
    """All 378 texts: exact offsets, and as many top-level clauses as the database has rows for the law."""
    with LawDatabase(locate()) as database:
        rows = {law.law_id: len(database.article_numbers(law)) for law in database.laws}
        current = {law.name: database.find(law.name).law_id for law in database.laws}
    assert len(rows) == 378
    for item in load_documents(docs_folder(), "all"):
        if item.document.provenance is not Provenance.DATABASE:
            continue
        clauses = parse_statute(item)
        check_structure(item.document.text, clauses)
        law_id = item.document.id.removeprefix("law-")
        expected = rows.get(law_id) or rows[current[item.document.title]]
        assert sum(clause.parent is None for clause in clauses) == expected, item.document.title


def test_books_and_chapters_nest_in_the_path() -> None:
    """A new book forgets the chapters of the one before it; blanks that space a heading out are dropped."""
    text = "法\n第一编 总 则\n第一章 甲\n第一节 乙\n第一条　一。\n第二章 丙\n第二条　二。\n第二编 分 则\n第三条　三。"
    paths = [clause.path for clause in parse_statute(loaded(text))]
    assert paths == [("第一编 总则", "第一章 甲", "第一节 乙"), ("第一编 总则", "第二章 丙"), ("第二编 分则",)]


def test_plain_line_after_items_opens_a_paragraph() -> None:
    """Items belong to the paragraph before them; the next plain line is the second 款 and can have its own."""
    text = "办法\n第一条　有下列情形之一的：\n（一）甲；\n（二）乙。\n前款以外的，分别处理：\n（一）丙；\n（二）丁。"
    clauses = by_id(parse_statute(loaded(text)))
    assert list(clauses) == ["1", "1.1", "1.1(1)", "1.1(2)", "1.2", "1.2(1)", "1.2(2)"]
    assert clauses["1.1"].text == "有下列情形之一的：\n（一）甲；\n（二）乙。"
    assert clauses["1.2(2)"].label == "第一条第二款第二项"
    assert clauses["1.2(2)"].text == "（二）丁。"


def test_stray_line_break_does_not_open_a_paragraph() -> None:
    """A line goes on with one that did not end a sentence, in a 款 and in an 项."""
    text = "办法\n第一条　甲应当\n做好工作。\n乙应当：\n（一）检查，\n整改；\n1.登记；\n（二）报告。\n丙负责。"
    clauses = by_id(parse_statute(loaded(text)))
    assert list(clauses) == ["1", "1.1", "1.2", "1.2(1)", "1.2(2)", "1.3"]
    assert clauses["1.1"].text == "甲应当\n做好工作。"
    assert clauses["1.2(1)"].text == "（一）检查，\n整改；\n1.登记；"


def test_counted_lines_are_items_only_in_sequence() -> None:
    """“一、” after a colon begins an item; “二、三类疫病” does not."""
    text = "办法\n第一条　具备条件之一：\n一、甲；\n二、乙。\n二、三类疫病流行时，照办。"
    clauses = by_id(parse_statute(loaded(text)))
    assert list(clauses) == ["1", "1.1", "1.1(1)", "1.1(2)", "1.2"]
    assert clauses["1.2"].text == "二、三类疫病流行时，照办。"


def test_references_to_articles_do_not_begin_one() -> None:
    """A line that opens with 第四条第二款 is text, since no space follows the number."""
    clauses = parse_statute(loaded("办法\n第一条　依照下列规定。\n第四条第二款不适用。"))
    assert [clause.id for clause in clauses] == ["1", "1.1", "1.2"]


def test_annex_is_kept_but_not_counted_as_paragraphs() -> None:
    """A table after the last article stays in the article's text and makes no 款."""
    (clause,) = parse_statute(loaded("办法\n第一条　自公布之日起施行。\n附件：\n表一。\n表二。"))
    assert clause.text.endswith("附件：\n表一。\n表二。")


def test_decision_without_articles_is_cut_at_its_points() -> None:
    """“一、” in sequence begins an article; the text it quotes makes no parts, and a later 一、 is not the next."""
    text = '决定\n为此决定：\n一、修改为：\n"第一款。\n"第二款。"\n二、自公布之日起施行。\n一、不算。'
    clauses = parse_statute(loaded(text))
    assert [(clause.id, clause.kind, clause.label) for clause in clauses] == [
        ("preamble", Kind.PREAMBLE, "正文"),
        ("1", Kind.ARTICLE, "第一条"),
        ("2", Kind.ARTICLE, "第二条"),
    ]


def test_repeated_article_number_gets_an_id_of_its_own() -> None:
    """Two articles numbered alike stay two clauses, and a reader sees the label the text has."""
    first, second = parse_statute(loaded("办法\n第七条　甲。\n第七条　乙。"))
    assert (first.id, second.id) == ("7", "7~2")
    assert first.label == second.label == "第七条"


def test_text_before_the_first_article_is_the_preamble() -> None:
    """The title is not a clause; a line between it and the first article is."""
    preamble, article = parse_statute(loaded("办法\n（2020年1月1日通过）\n第一条　甲。"))
    assert (preamble.id, preamble.label, preamble.text) == ("preamble", "序言", "（2020年1月1日通过）")
    assert article.id == "1"


def test_windows_line_ends_and_indents_stay_outside_clauses() -> None:
    """Carriage returns and indents belong to no clause, and offsets still hold."""
    text = "办法\r\n　　第一条　甲。\r\n　　乙。\r\n"
    clauses = parse_statute(loaded(text))
    check_structure(text, clauses)
    assert [clause.text for clause in clauses] == ["第一条　甲。\r\n　　乙。", "甲。", "乙。"]


def test_text_without_articles_is_refused_with_the_document_s_id() -> None:
    """An ordinary letter is no statute; a resolution of the database, which has no articles either, is one clause."""
    with pytest.raises(ParseError, match="〔sample〕没有找到“第一条”"):
        parse_statute(loaded("来信\n请查收。"))
    (clause,) = parse_statute(loaded("决议\n予以批准。\n现予公告。", Provenance.DATABASE))
    assert (clause.id, clause.text) == ("preamble", "予以批准。\n现予公告。")


LINES = st.sampled_from(
    ["（一）甲；", "（二）乙。", "丙。", "丁：", "1.戊；", "第二章 己", "  ", "附件", "一、庚；", "辛"]
)


@given(st.lists(st.lists(LINES, max_size=6), min_size=1, max_size=5))
def test_any_arrangement_of_lines_keeps_offsets_and_ids(articles: list[list[str]]) -> None:
    """However odd the layout, spans are exact, ids unique and no article is lost."""
    lines = ["办法"]
    for number, rest in enumerate(articles, 1):
        lines += [f"第{to_chinese(number)}条　首句。", *rest]
    text = "\n".join(lines)
    clauses = parse_statute(loaded(text))
    check_structure(text, clauses)
    assert sum(clause.kind is Kind.ARTICLE for clause in clauses) == len(articles)

"""Numerals, article ids, headings and measures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.numerals import (
    Measure,
    article_id,
    article_label,
    find_measures,
    fold_digits,
    heading_level,
    parse_measure,
    to_chinese,
    to_int,
)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("十二", 12),
        ("二十", 20),
        ("一百三十四", 134),
        ("一百零五", 105),
        ("一千零一十", 1010),
        ("两", 2),
        ("两千", 2000),
        ("廿三", 23),
        ("卅", 30),
        ("〇", 0),
        ("二〇二三", 2023),
        ("一万二千", 12_000),
        ("一万零五", 10_005),
        ("三十万", 300_000),
        ("一亿二千万", 120_000_000),
        ("12", 12),
        ("１２", 12),
    ],
)
def test_reads_every_way_papers_write_numbers(words: str, value: int) -> None:
    """Positional, digit by digit, colloquial and full-width numbers all have their value."""
    assert to_int(words) == value


@pytest.mark.parametrize("words", ["", "条", "十二三", "一百五", "三万五", "十百", "万", "两三", "1二", "-3"])
def test_refuses_what_is_no_single_number(words: str) -> None:
    """Words that are no number, or could be two, are refused and not guessed."""
    with pytest.raises(ValueError, match=r"^(not a number|two digits|ambiguous|units out|nothing before)"):
        to_int(words)


@given(st.integers(0, 10**8 - 1))
def test_writing_a_number_and_reading_it_gives_it_back(number: int) -> None:
    """``to_int`` inverts ``to_chinese`` over its whole range."""
    assert to_int(to_chinese(number)) == number


@given(st.integers(0, 10**6))
def test_full_width_digits_count_as_digits(number: int) -> None:
    """Folding keeps the length, so offsets found in folded text hold in the original."""
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
    assert fold_digits(wide) == str(number)
    assert to_int(wide) == number


@given(st.lists(st.integers(1, 1999), min_size=1, max_size=3))
def test_article_ids_round_trip(parts: list[int]) -> None:
    """Every id, with or without inserted numbers, survives being written as 第X条之Y and read again."""
    identifier = "-".join(map(str, parts))
    assert article_id(article_label(identifier)) == identifier


def test_article_ids_keep_what_follows_the_number() -> None:
    """之一 is part of the id; an Arabic number and a missing 第 are understood."""
    assert article_id("第一百三十四条之一") == "134-1"
    assert article_id("第36条") == "36"
    assert article_id("三十六条") == "36"
    assert article_label("134-1") == "第一百三十四条之一"


@pytest.mark.parametrize("words", ["第三十六条第四款", "第三章", "36", "第条"])
def test_article_id_refuses_other_words(words: str) -> None:
    """Only a whole article number has an id."""
    with pytest.raises(ValueError, match=r"^not an article number"):
        article_id(words)


@pytest.mark.parametrize("identifier", ["0", "notice", "36.4", "134-", "07"])
def test_article_label_refuses_ids_of_other_clauses(identifier: str) -> None:
    """Ids of items, paragraphs and malformed ids have no article label."""
    with pytest.raises(ValueError, match=r"^not an article id"):
        article_label(identifier)


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("第三编 审 判", 0),
        ("第一分编 通则", 1),
        ("第一章 总则", 2),
        ("第一章总则", 2),
        ("第二节　监护", 3),
        ("第一章 刑法的任务、基本原则和适用范围", 2),
        ("第三条　安全生产工作坚持中国共产党的领导。", None),
        ("第二章规定的行为", None),
        ("第二章 规定了处罚，应当执行。", None),
        ("总则", None),
    ],
)
def test_headings_have_levels_and_sentences_have_none(line: str, level: int | None) -> None:
    """编, 分编, 章, 节 nest in this order; a sentence that begins like a heading is none."""
    assert heading_level(line) == level


@pytest.mark.parametrize(
    ("words", "measure"),
    [
        ("三十日", Measure(30, "日")),
        ("十五天", Measure(15, "日")),
        ("每季度", Measure(1, "季度", every=True)),
        ("每半年", Measure(0.5, "年", every=True)),
        ("每两年", Measure(2, "年", every=True)),
        ("半年", Measure(0.5, "年")),
        ("一年半", Measure(1.5, "年")),
        ("半个月", Measure(0.5, "月")),
        ("三个工作日", Measure(3, "工作日")),
        ("24小时", Measure(24, "小时")),
        ("百分之五", Measure(5, "%")),
        ("９５％", Measure(95, "%")),
        ("十万元", Measure(100_000, "元")),
        ("10万元", Measure(100_000, "元")),
        ("1个", Measure(1, "个")),
        ("年", None),
        ("定期", None),
        ("不少于1个", None),
    ],
)
def test_measures_have_value_and_unit(words: str, measure: Measure | None) -> None:
    """A period, recurrence, percentage or count is read whole; a bare unit or a vague word measures nothing."""
    assert parse_measure(words) == measure


def test_finding_measures_leaves_dates_and_ordinals_out() -> None:
    """Offsets point at the words; the parts of a date and 第三次 are no amounts."""
    text = "2023年6月25日前报送第三次小结，每季度至少1次，三十日内办结。"
    found = {span.of(text): measure for span, measure in find_measures(text)}
    assert found == {
        "每季度": Measure(1, "季度", every=True),
        "1次": Measure(1, "次"),
        "三十日": Measure(30, "日"),
    }


def test_only_units_of_time_make_a_period() -> None:
    """三十日 is a period, 三次 is not."""
    assert Measure(30, "日").is_period
    assert not Measure(3, "次").is_period

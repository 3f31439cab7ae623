"""Folding text for search, and the way back to the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.clean import STEPS, clean, fold
from index.model import Span

PIECES = st.text(alphabet="贯彻市县（）〔〕()“”\"'＋+ \u3000\t\nＡa1１①…，,。、-—\u200b\ufeff㎡⼀ﷺ·•[]", max_size=40)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢ１２", "AB12"),
        ("各县（市、区）政府，三区", "各县(市、区)政府,三区"),
        ("宜市安字〔2023〕2号", "宜市安字(2023)2号"),
        ("宜市安字【2023】2号", "宜市安字(2023)2号"),
        ("“三区”管委会", '"三区"管委会'),
        ("「三区」管委会", '"三区"管委会'),
        ("认真贯+彻省", "认真贯彻省"),
        ("认真贯 + 彻省", "认真贯彻省"),
        ("互联网＋执法", "互联网执法"),
        ("2+X风险", "2+X风险"),
        ("第 3 条\n 第\u3000二款", "第3条第二款"),
        ("Smart  City 2023 年", "Smart City 2023年"),
        ("燃\u200b气\ufeff", "燃气"),
        ("①检查", "1检查"),
        ("2021—2022", "2021-2022"),
        ("⼀", "一"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    """Width, quotes, brackets, misprints and gaps are folded as the steps say; letters and digits stay apart."""
    assert fold(text) == folded


@given(PIECES | st.text(max_size=40))
def test_clean_and_fold_agree(text: str) -> None:
    """``clean`` gives the very string of ``fold`` and one ascending offset inside the original for each character."""
    cleaned = clean(text)
    assert cleaned.text == fold(text)
    assert len(cleaned.offsets) == len(cleaned.text)
    assert list(cleaned.offsets) == sorted(cleaned.offsets)
    assert all(0 <= offset < len(text) for offset in cleaned.offsets)


def _by_steps(text: str) -> str:
    for step in STEPS:
        text = step.pattern.sub(lambda match, step=step: step.replace(match.group()), text)
    return text


@given(PIECES | st.text(max_size=40))
def test_folding_is_what_the_steps_do_one_after_another(text: str) -> None:
    """The passes that ``fold`` makes, and the text it leaves alone, give what ``STEPS`` say."""
    assert fold(text) == _by_steps(text)


def test_every_character_folds_as_the_steps_say() -> None:
    """No character of the basic plane is taken for one that no step concerns."""
    assert [char for char in map(chr, range(0x10000)) if fold(f"市{char}市") != _by_steps(f"市{char}市")] == []


@given(PIECES | st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    """``fold`` is idempotent, so a folded text may be handed to a function that folds again."""
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="贯彻落实，（）+ \n市", max_size=40))
def test_characters_come_from_where_the_offsets_say(text: str) -> None:
    """Each character left over is what its original folds to."""
    cleaned = clean(text)
    assert [fold(text[offset]) for offset in cleaned.offsets] == list(cleaned.text)


def test_the_way_back_covers_the_misprint() -> None:
    """A match in the folded text maps to the original characters, the misprint between them included."""
    text = "聚焦目标，认真贯+彻 省委部署"
    cleaned = clean(text)
    at = cleaned.text.index("贯彻省")
    assert cleaned.original(at, at + 3).of(text) == "贯+彻 省"
    assert cleaned.original(at, at + 2).of(text) == "贯+彻"


def test_the_way_back_covers_an_unfolded_character_whole() -> None:
    """A part of a character that became several maps to the whole of it."""
    text = "面积㎡以上"
    cleaned = clean(text)
    assert cleaned.text == "面积m2以上"
    assert cleaned.original(3, 4).of(text) == "㎡"


def test_empty_and_impossible_ranges() -> None:
    """An empty range stays empty, at the end too; a range outside the text is refused."""
    cleaned = clean("燃气 ")
    assert cleaned.original(2, 2) == Span(3, 3)
    assert cleaned.original(1, 1) == Span(1, 1)
    with pytest.raises(ValueError, match="outside"):
        cleaned.original(1, 3)


def test_the_way_there() -> None:
    """An original range maps to its folded one; a dropped range maps to an empty one."""
    text = "贯+彻落 实"
    cleaned = clean(text)
    assert cleaned.folded(Span(0, 3)) == (0, 2)
    assert cleaned.folded(Span(1, 2)) == (1, 1)


def test_step_names_are_distinct() -> None:
    """Steps can be told apart by name in a bug report."""
    assert len({step.name for step in STEPS}) == len(STEPS)

"""Dialect, chat and slips of function words are read as the standard words."""

from __future__ import annotations

import pytest

from rag.understand.everyday import Everyday, Slips
from rag.understand.pieces import pieces

TABLE = {"几多": "多少", "冇": "没有", "有冇": "有没有", "啥": "什么", "啥子": "什么", "咋": "怎么"}


@pytest.mark.parametrize(
    ("said", "standard"),
    [
        ("一般事故罚几多", "一般事故罚多少"),
        ("有冇奖励", "有没有奖励"),
        ("冇人管", "没有人管"),
        ("啥子时候报", "什么时候报"),
        ("“啥”字怎么写", "“啥”字怎么写"),
        ("《啥规定》里咋说", "《啥规定》里怎么说"),
        ("安全生产法第三条", "安全生产法第三条"),
    ],
)
def test_standard_words(said: str, standard: str) -> None:
    """The longest entry wins; what stands in quotation marks or a title stays as it is."""
    assert Everyday(TABLE).standard(said) == standard


def test_an_empty_table_changes_nothing() -> None:
    """An installation may have no table."""
    assert Everyday({}).standard("“几多”几多") == "“几多”几多"


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("去年一共多少起事故？写材料要用", ["去年一共多少起事故？"]),
        ("值班电话多少？我要报总结过去", ["值班电话多少？"]),
        ("第20项谁牵头？谁落实？", ["第20项谁牵头？", "谁落实？"]),
        ("第20项谁牵头？住建局呢", ["第20项谁牵头？", "住建局呢"]),
        ("谁牵头？列一下分工", ["谁牵头？", "列一下分工"]),
    ],
)
def test_the_occasion_of_a_question_is_no_question(message: str, asked: list[str]) -> None:
    """What only says why it is asked is left out; what asks for something itself stays."""
    assert pieces(message) == asked


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("职责青单几月交", "职责清单几月交"),
        ("安全生产发第三条", "安全生产法第三条"),
        ("安全生产发的职责青单", "安全生产法的职责清单"),
        ("责清单几月交", "责清单几月交"),
        ("几月交职责清", "几月交职责清"),
        ("职责清单几月交", "职责清单几月交"),
        ("讲政治", "讲政治"),
        ("", ""),
    ],
)
def test_slips_of_the_pen(typed: str, meant: str) -> None:
    """A longer term written with other characters of the same sound is read as the term; short words never are."""
    assert Slips(["职责清单", "安全生产法", "整治"]).corrected(typed) == meant

"""The segmenter shared by index and query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.clean import fold
from index.tokens import tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("燃气安全", ["燃", "气", "安", "全", "燃气", "气安", "安全"]),
        ("气", ["气"]),
        ("A级景区", ["a", "级", "景", "区", "级景", "景区"]),
        ("GB50016-2014", ["gb50016", "2014"]),
        ("1.1级", ["1.1", "级"]),
        ("第36条", ["第", "36", "条"]),
        ("Smart City", ["smart", "city"]),
        ("，。（）", []),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    """Han gives characters and pairs within a run, everything else lower-case words; punctuation gives nothing."""
    assert tokens(text) == expected


def test_misprints_do_not_split_a_pair() -> None:
    """The paper's 贯+彻 and a reader's 贯彻 give the same tokens."""
    assert tokens("认真贯+彻") == tokens("认真贯彻")


@given(st.text(max_size=30))
def test_folding_first_makes_no_difference(text: str) -> None:
    """Text folded beforehand gives the same tokens, and no token is empty or holds a gap."""
    found = tokens(text)
    assert found == tokens(fold(text))
    assert all(token and not token.isspace() for token in found)

"""Answers as messages: whole, within the byte limit, cut between items, sources in the official form."""

from __future__ import annotations

from itertools import pairwise

import pytest

from rag.assistant import Assistant
from rag.channels.wecom.model import (
    APP_MESSAGE_BYTES,
)
from rag.channels.wecom.render import BEFORE, NEXT, official, render, split
from rag.model import Question


@pytest.mark.parametrize("limit", [APP_MESSAGE_BYTES, 4096, 20_480])
@pytest.mark.parametrize(
    "question", ["我们今年要做什么？", "安全生产法第一百条怎么规定？", "老板让冒险作业能不能拒绝？"]
)
def test_nothing_is_lost_in_pieces(assistant: Assistant, limit: int, question: str) -> None:
    """Pieces hold the limit and, put together, are the whole answer with every source."""
    answer = assistant.ask(Question(question, "市应急管理局"))
    pieces = render(answer, limit).pieces
    assert all(len(piece.encode()) <= limit for piece in pieces)
    joined = "".join(pieces).replace(BEFORE, "").replace(NEXT, "")
    for char in ("\n", "> ", " "):
        joined = joined.replace(char, "")
    wanted = answer.text
    for char in ("\n", "> ", " "):
        wanted = wanted.replace(char, "")
    assert joined.startswith(wanted)
    for citation in answer.citations:
        assert citation.label in joined[len(wanted) :]


def test_pieces_end_between_items(assistant: Assistant) -> None:
    """Pieces of a long list end with an item or a sentence, and say that they go on."""
    answer = assistant.ask(Question("我们今年要做什么？", "市应急管理局"))
    pieces = render(answer, 4096).pieces
    assert len(pieces) > 3
    for before, piece in pairwise(pieces):
        assert before.endswith(NEXT)
        assert piece.startswith(BEFORE)
        ended = before.removesuffix(NEXT).rstrip()
        assert ended[-1] in "。)）；]，、", ended[-30:]


@pytest.mark.parametrize(
    "text", ["安" * 5000, "a" * 900, "😀" * 600, "\n\n".join(["> " + "全" * 400] * 5), "> " + "文" * 3000]
)
def test_no_character_is_broken(text: str) -> None:
    """Text without any place to cut is still cut between characters, and a quotation stays one."""
    pieces = split(text, 700)
    assert all(len(piece.encode()) <= 700 for piece in pieces)
    joined = "".join(pieces).replace(BEFORE, "").replace(NEXT, "").replace("\n", "").replace("> ", "")
    assert joined == text.replace("\n", "").replace("> ", "")
    if text.startswith("> "):
        assert all(piece.removeprefix(BEFORE).lstrip().startswith("> ") for piece in pieces)


def test_citations_in_the_official_form(assistant: Assistant) -> None:
    """《标题》（文号）条款; a law has no number."""
    answer = assistant.ask(Question("第20项的法律依据是什么？"))
    said = [official(citation) for citation in answer.citations]
    assert "《宜春市2023年安全生产工作要点》（宜市安字〔2023〕2号）第20项" in said
    assert "《中华人民共和国安全生产法》第九十九条" in said

"""How wishes for a whole list are seen, weighed and learnt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
import pytest

from eval.wishes import Row, held_out, weights
from index.errors import CorpusError
from rag.assistant import Assistant
from rag.compose.lists.whole import may_be_whole, one_reading
from rag.compose.lists.wish import Seen, novelty
from rag.model import Question
from rag.wishes import BIAS, Wishes, load_wishes


def _seen(assistant: Assistant, text: str, org: str | None = None) -> Seen | None:
    return may_be_whole(assistant.library, one_reading(assistant.reader.read(Question(text, org))))


def test_a_score_adds_what_is_known_of_a_message() -> None:
    """n-grams count by the square root of how many there are, signs by their value, unknown ones not at all."""
    wishes = Wishes({"任务": 4.0}, {BIAS: -1.0, "all": 0.5})
    assert wishes.score(["任务", "燃气", "的", "有"], {"all": 2.0, "other": 9.0}) == pytest.approx(4.0 / 2 - 1.0 + 1.0)
    assert Wishes().score(["任务"], {}) == float("-inf")


def test_organisations_and_topics_stand_for_all_of_their_kind(assistant: Assistant) -> None:
    """市住建局在燃气上要干啥 and 市公安局在校车上要干啥 are one message to what is learnt."""
    one, other = _seen(assistant, "市住建局在燃气上要干啥"), _seen(assistant, "市公安局在校车上要干啥")
    assert one is not None
    assert other is not None
    assert one.text == other.text == "＿在§上要干什么"
    assert "topic" in one.signs


@pytest.mark.parametrize(
    "text",
    [
        "2022年市住建局的全部任务",
        "省住建厅的全部任务",
        "安全生产法里市住建局的职责",
        "第20项市住建局要做什么",
        "燃气要做什么",
    ],
)
def test_what_cannot_be_a_wish_for_the_plans_list(assistant: Assistant, text: str) -> None:
    """Another year, level or paper, one item, no organisation at all: not even weighed."""
    assert _seen(assistant, text) is None


@pytest.mark.parametrize("text", ["消防支队在36条里有哪些任务", "把市住建局的任务从第一条到最后一条理出来"])
def test_a_number_for_all_items_names_no_item(assistant: Assistant, text: str) -> None:
    """36条 is the whole plan here, and no clause look-up."""
    assert _seen(assistant, text) is not None


def test_new_words_of_the_plan_are_signs() -> None:
    """雷电 stands in the plan and in no known wish; 任务 stands in both; 呀呀 in neither."""
    of_plan, known = frozenset(("雷电", "任务", "电预")), frozenset(("任务",))
    assert novelty("任务呀呀", of_plan, known) == {}
    signs = novelty("雷电预的任务", of_plan, known)
    assert signs["new"] == 1.0
    assert signs["any_new"] == signs["runs"] == 1.0


def _rows() -> list[Row]:
    """Sixty messages: 全部 and 都有哪些 wish for all, 电话 and 几号 do not."""
    frames = [("＿的任务全部列出来", True), ("＿今年都有哪些活", True), ("＿的电话", False), ("＿几号开会", False)]
    found = []
    for at in range(60):
        frame, whole = frames[at % 4]
        text = frame + "啊" * (at % 3)
        grams = frozenset(text[i : i + n] for n in (1, 2) for i in range(len(text) - n + 1))
        found.append(Row(Question(text), Seen(text, grams, {}, frozenset()), whole, True))
    return found


def test_wishes_are_learnt_and_held_out() -> None:
    """Weights tell both kinds apart, also for messages they were not learnt from."""
    data = _rows()
    whole = np.array([row.whole for row in data])
    assert ((held_out(data, whole) > 0) == whole).all()
    learnt = weights(data, whole)
    signs = {BIAS: 1.0}
    assert learnt.score(data[0].seen.grams, signs) > 0 > learnt.score(data[2].seen.grams, signs)


def test_the_shipped_weights_fit_the_code(docs: Path, assistant: Assistant) -> None:
    """Every sign the weights know of can be seen, so a renamed one is noticed."""
    wishes = load_wishes(docs / "wishes" / "weights.json")
    assert len(wishes.grams) > 1000
    names = {BIAS}
    for text in ("市住建局的燃气任务列全", "除市住建局外，市公安局和市教体局牵头的雷电预警怎么罚"):
        message = _seen(assistant, text)
        names |= set(message.signs) if message else set()
        names |= set(novelty(message.text, message.pairs, wishes.pairs)) if message else set()
    assert names - {BIAS} <= set(wishes.signs)


@pytest.mark.parametrize("content", [None, b"{", b"[]", orjson.dumps({"grams": {}})])
def test_broken_weights_are_named_with_the_remedy(tmp_path: Path, content: bytes | None) -> None:
    """A missing or damaged file says what to do."""
    path = tmp_path / "weights.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CorpusError, match=r"weights\.json.*恢复"):
        load_wishes(path)

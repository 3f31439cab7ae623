"""Questions on the plan in people's own words: two subjects, parts by name, words looked up, lists, asides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.assistant import Assistant
from rag.model import Answer, Question, Reason


@pytest.fixture(scope="module")
def ask(assistant: Assistant) -> Callable[[str], Answer]:
    """Ask without a department of one's own."""
    return lambda text: assistant.ask(Question(text))


def _items(answer: Answer) -> list[str]:
    return [c.clause for c in answer.citations if c.document == "yichun-2023-work-plan"]


@pytest.mark.parametrize(
    ("question", "both"),
    [
        ("煤矿和非煤矿山的落实单位一样不", {"14", "15"}),
        ("煤矿跟非煤矿山，两条末了的落实单位不一样，差在哪里", {"14", "15"}),
        ("领导督查情况的通报同专委会工作的通报，哪个勤一些", {"4", "5"}),
        ("玻璃栈道索道检查 牵头哪个 旅游还是新领域", {"27", "29"}),
        ("校车归校园那条还是交通那条 还是都有", {"28", "16"}),
    ],
)
def test_two_subjects_side_by_side(ask: Callable[[str], Answer], question: str, both: set[str]) -> None:
    """Both items named by their subjects are answered, whatever links them and whatever is compared."""
    answer = ask(question)
    assert not answer.refused
    assert both <= set(_items(answer))


def test_one_thing_with_two_ends(ask: Callable[[str], Answer]) -> None:
    """领导干部和成员单位的培训 is one item's matter: no second item is set beside it."""
    assert "责任括号" not in ask("对领导干部和安委会成员单位的培训分别怎么安排？").text.split("。")[0]


def test_role_of_a_party_in_two_items(ask: Callable[[str], Answer]) -> None:
    """What a department is in each of two items stands first."""
    answer = ask("住建局在燃气那条和新风险那条里，都是牵头呢还是都是分工")
    assert answer.text.startswith("**市住建局**：第20项分工负责；第29项分工负责。")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("重点领域风险防控那一部分有几条", "共**16项**（第14项至第29项）"),
        ("第四部份重点领域风险防控从几条到几条 多少条", "共**16项**（第14项至第29项）"),
        ("大标题一共几个 就一二三那种", "6个部分、36项"),
        ("要点分成几个大部分", "6个部分、36项"),
        ("通篇一共多少条？", "共**36项**"),
        ("今年的要点排到第几项完", "共**36项**"),
        ("括号写着“市安委会组织”的有哪些条", "共**9项**"),
        ("安委办（市安委会办公室）挂名负责的有几条，哪几条", "共**6项**"),
    ],
)
def test_counts(ask: Callable[[str], Answer], question: str, said: str) -> None:
    """Parts are known by their headings as by their numbers, brackets by the words quoted."""
    assert said in ask(question).text


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("文件里头提没提到渔船", "没有。"),
        ("“外卖”两个字文件里有没有", "没有。"),
        ("电动自行车在工作要点里提了几处？", "有。写到“电动自行车”的有2处"),
        ("就问“工业互联网”这几个字，写了哪些地方", "有。"),
        ("婚纱影楼要点里有没有提到", "没有原样出现“婚纱影楼”"),
    ],
)
def test_words_looked_up(ask: Callable[[str], Answer], question: str, begins: str) -> None:
    """A word is there or not; absence is an answer, not another subject, and a word but one character is shown."""
    answer = ask(question)
    assert not answer.refused
    assert answer.text.startswith(begins)


@pytest.mark.parametrize("question", ["大型活动的安全许可有没有讲要从严", "驾校要不要整治,有写没"])
def test_no_word_to_look_up(ask: Callable[[str], Answer], question: str) -> None:
    """What is said of a thing is no word to look for: the thing's item answers."""
    assert not ask(question).text.startswith("没有。")


@pytest.mark.parametrize("question", ["应急管理局的名字写在责任单位里的那些条，一条条报号", "组织部领了哪几条"])
def test_lists_in_odd_words(ask: Callable[[str], Answer], question: str) -> None:
    """哪几条, 那些条 with a department are its whole list."""
    assert "36项：点名" in ask(question).text


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("我们县也想做，城市火灾风险评估做完了结果拿来干啥", "18"),
        ("我们局也想对照，项目的安全关要把住哪几道", "13"),
        ("群里在传国企项目要是出了事，会追到集团公司哪些人的责任", "6"),
    ],
)
def test_an_occasion_in_front(ask: Callable[[str], Answer], question: str, item: str) -> None:
    """The self in a clause that only tells why is not whose duties are asked for, nor is a firm a department."""
    assert _items(ask(question))[0] == item


def test_own_duties_still_need_a_department(ask: Callable[[str], Answer]) -> None:
    """Where the asking clause has no subject of its own, the self is who is meant."""
    assert ask("我们局是新成立的，今年要做什么").reason is Reason.AMBIGUOUS


def test_county_that_an_item_leaves_out(ask: Callable[[str], Answer]) -> None:
    """A subject's own item is shown with its bracket where it names another."""
    answer = ask("煤矿整治由各县区政府落实，那奉新县怎么分任务？")
    assert _items(answer)[0] == "14"
    assert "丰城市政府落实" in answer.text


def test_role_denied_is_not_absence(ask: Callable[[str], Answer]) -> None:
    """Where a department does not lead an item but shares in it, that is said."""
    assert "其中涉及市住建局的是第20项" in ask("住建局在燃气那条里是牵头吗").text


@pytest.mark.parametrize("question", ["年度任务清单是不是三月底", "职责清单6月底前才要吧"])
def test_yes_or_no_is_no_list(ask: Callable[[str], Answer], question: str) -> None:
    """A list that is only asked about is not a list asked for."""
    assert _items(ask(question))[0] == "4"

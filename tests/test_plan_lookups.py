"""Questions on the plan that are looked up: numbers without 第, lists counted, words located, the notice's dates."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.assistant import Assistant
from rag.model import Answer, Question

PLAN = "yichun-2023-work-plan"


@pytest.fixture(scope="module")
def ask(assistant: Assistant) -> Callable[[str], Answer]:
    """Ask without a department of one's own."""
    return lambda text: assistant.ask(Question(text))


def _items(answer: Answer) -> list[str]:
    return [c.clause for c in answer.citations if c.document == PLAN]


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("要点十八项牵头单位是哪家", "18"),
        ("二十四项是讲能源还是讲旅游", "24"),
        ("要点里十六项的责任单位有哪些", "16"),
        ("三十一项标题叫什么", "31"),
    ],
)
def test_item_numbers_without_their_prefix(ask: Callable[[str], Answer], question: str, item: str) -> None:
    """二十四项 is the 24th item where its title, contents or responsibility is asked."""
    answer = ask(question)
    assert not answer.refused
    assert _items(answer)[0] == item


def test_two_numbers_of_one_run(ask: Callable[[str], Answer]) -> None:
    """第11与第12条 names both, whichever of them carries the 条."""
    assert {"11", "12"} <= set(_items(ask("第11与第12条的责任单位分别是什么")))


@pytest.mark.parametrize(
    ("question", "item", "count"),
    [
        ("危险废物的监管从头到尾涉及几个环节", "26", "**7个**"),
        ("打非治违针对哪几个行业，一共几个", "10", "**4个**"),
        ("第8项里安全生产要纳入几个方面", "8", "**3个**"),
        ("易造成硫化氢中毒的行业点了几个", "21", "**5个**"),
    ],
)
def test_what_a_sentence_lists_is_counted(ask: Callable[[str], Answer], question: str, item: str, count: str) -> None:
    """How many things a sentence lists is told with the sentence; clauses that open with one verb count as well."""
    answer = ask(question)
    assert not answer.refused
    assert item in _items(answer)
    assert count in answer.text


@pytest.mark.parametrize("question", ["危险废物今年查处了几家企业", "校园安全检查发现了几个隐患"])
def test_a_count_of_the_world_is_not_read_off_a_list(ask: Callable[[str], Answer], question: str) -> None:
    """What was done is no list of the text: still refused."""
    assert ask(question).refused


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("“减量控大”在哪几项提到", {"11", "16"}),
        ("隐蔽致灾因素普查治理在第几项出现", {"14", "15"}),
        ("“拉网式、全覆盖”在哪一条讲的", {"21"}),
        ("“黑校车”第几条有", {"16"}),
    ],
)
def test_items_that_have_words(ask: Callable[[str], Answer], question: str, items: set[str]) -> None:
    """Words that stand in the plan and in no law are located in it, whether 项 or 条 is asked for."""
    answer = ask(question)
    assert not answer.refused
    assert set(_items(answer)) == items


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("新领域新风险整治一共点了几家单位的名", "**8个**"),
        ("新业态新风险那条点了几家单位", "**8个**"),
        ("交通整治那条列了几家单位，是哪几家", "**6个**"),
    ],
)
def test_bodies_of_a_bracket_are_counted(ask: Callable[[str], Answer], question: str, said: str) -> None:
    """Whatever stands around 几家单位, and where the title is said nearly right, the bracket is counted."""
    assert said in ask(question).text


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("经营性自建房隐患整改牵头的是消防还是建筑施工专委会", "19"),
        ("打非那条点没点交通运输", "10"),
        ("高校实验室那块，责任括号里写了哪几家", "29"),
        ("储能电站到底分给谁了", "29"),
    ],
)
def test_who_is_told_by_the_item_meant(ask: Callable[[str], Answer], question: str, item: str) -> None:
    """One of two, an item pointed at, a thing the plan has word for word: the item's bracket answers."""
    answer = ask(question)
    assert not answer.refused
    assert item in _items(answer)


@pytest.mark.parametrize(
    "question",
    [
        "年中那次总结最迟几号交",
        "下半年的材料报给谁，几月几号前",
        "每年报两次情况，日期分别是哪天",
        "年底完成情况什么时候要递上去",
    ],
)
def test_when_reports_are_due(ask: Callable[[str], Answer], question: str) -> None:
    """The notice's two days are told in whatever words the reports are asked for."""
    answer = ask(question)
    assert _items(answer) == ["notice"]
    assert "6月25" in answer.text
    assert "12月25日前" in answer.text


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("半年总结6月30日交行不行", "不行"),
        ("半年总结6月20日交来得及吗", "来得及"),
        ("年度总结12月底报行吗", "不行"),
    ],
)
def test_a_day_stated_is_held_against_the_day_due(ask: Callable[[str], Answer], question: str, begins: str) -> None:
    """A day in time and a day too late are told apart by the nearer of the two days due."""
    assert ask(question).text.startswith(begins)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("这份通知落款是哪天，盖的谁的章", "2023年2月27日"),
        ("红头上的文号是几号", "宜市安字〔2023〕2号"),
        ("通知主送哪些单位", "市安委会各成员单位"),
    ],
)
def test_the_paper_itself(ask: Callable[[str], Answer], question: str, said: str) -> None:
    """Date, seal, number and addressees are read off the notice."""
    answer = ask(question)
    assert _items(answer) == ["notice"]
    assert said in answer.text


@pytest.mark.parametrize("question", ["要点是谁签发的，落款有签发人没有", "把通知落款日期改成3月1日"])
def test_what_the_notice_does_not_tell(ask: Callable[[str], Answer], question: str) -> None:
    """Who signed it is not written, and its date is not to be changed."""
    assert ask(question).refused


def test_all_dated_items(ask: Callable[[str], Answer]) -> None:
    """定死了日子的任务 lists every date, also where a timetable is to be made of it."""
    text = ask("定死了日子的任务都有哪些，要排个日程表").text
    assert all(day in text for day in ("6月25", "12月25日前", "3月底前"))


def test_a_part_by_a_piece_of_its_heading(ask: Callable[[str], Answer]) -> None:
    """检查执法那部分 is the part whose heading has the words."""
    assert "共**3项**（第30项至第32项）" in ask("检查执法那部分有几项").text


def test_what_one_committee_leads(ask: Callable[[str], Answer]) -> None:
    """A committee told by its subject is that committee, not all of them."""
    assert _items(ask("管矿山的那个专委会牵头哪几项")) == ["14", "15"]


@pytest.mark.parametrize(
    "question",
    [
        "市安委会防汛抗旱安全生产委员会牵头哪几项",
        "要点里“蓝马甲护河巡查制度”由谁落实",
        "煤矿“一优三减”，到底哪一优、哪三减",
        "《宜春市安全生产职责暂行规定》修订稿里民政局担什么职责",
        "要点要求每个村配3名护河督导员，什么时候配齐",
    ],
)
def test_what_is_taken_for_granted_and_is_not_there(ask: Callable[[str], Answer], question: str) -> None:
    """A committee or scheme that there is not, the parts of a name, a paper not held: refused."""
    assert ask(question).refused


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("“下店上宅”的店整改一下还能留着吧", "22"),
        ("今年是第一次制定《宜春市安全生产职责暂行规定》吧", "5"),
        ("“拉网式、全覆盖”排查只查生产单位", "21"),
    ],
)
def test_words_only_the_plan_has_tell_the_item(ask: Callable[[str], Answer], question: str, item: str) -> None:
    """What a question quotes from the plan is answered by that item, true or false, before any law."""
    assert _items(ask(question))[0] == item


def test_a_day_before_a_rhythm(ask: Callable[[str], Answer]) -> None:
    """最迟什么时候 wants the day of an item, not its rhythm; 两张单子 are the two lists of duties and tasks."""
    answer = ask("党政领导干部的两张单子最迟什么时候弄好")
    assert _items(answer)[0] == "4"
    assert answer.text.startswith("**3月底前")


def test_the_rhythm_beside_the_words(ask: Callable[[str], Answer]) -> None:
    """Where several items have the words, the one whose own rhythm stands beside them is meant."""
    assert _items(ask("领导督查情况通报频次"))[0] == "4"


@pytest.mark.parametrize(
    ("question", "item"),
    [("要点有没有提到电动自行车违规充电治理", "18"), ("文件里写没写高校实验室分级分类管理", "29")],
)
def test_what_the_plan_says_in_other_words_is_not_denied(
    ask: Callable[[str], Answer], question: str, item: str
) -> None:
    """A phrase that no item has as it stands, but one has in pieces, is no 没有."""
    answer = ask(question)
    assert not answer.text.startswith("没有。")
    assert item in _items(answer)


def test_a_phrase_the_plan_has_nowhere_is_denied(ask: Callable[[str], Answer]) -> None:
    """No piece of it, no 有."""
    assert ask("要点里有没有提到网约车直播带货").text.startswith("没有。")


def test_words_in_different_items_are_each_told(ask: Callable[[str], Answer]) -> None:
    """Several words joined by 、 stand where each of them stands."""
    assert set(_items(ask("储能电站、剧本杀分别在第几项"))) == {"29", "18"}


def test_a_count_nobody_gives_may_be_a_list(ask: Callable[[str], Answer]) -> None:
    """顽瘴痼疾 are listed, not counted: the sentence that lists them is quoted."""
    answer = ask("各类事故里的顽瘴痼疾有几个，是哪些")
    assert "货车农用车违法载人" in answer.text

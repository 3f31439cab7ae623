"""Where in the plan something stands, what it rests on, who is meant, and what is in no document at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.assistant import Assistant
from rag.model import Answer, Question, Reason
from rag.understand.everyday import Everyday

PLAN = "yichun-2023-work-plan"
LAW = "anquan-shengchan-fa"
RULES = "dangzheng-zerenzhi"


@pytest.fixture(scope="module")
def ask(assistant: Assistant) -> Callable[[str], Answer]:
    """Ask without a department of one's own."""
    return lambda text: assistant.ask(Question(text))


def _items(answer: Answer) -> list[str]:
    return [c.clause for c in answer.citations if c.document == PLAN]


@pytest.mark.parametrize(
    ("question", "items", "part"),
    [
        ("重大危险源安全包保搁哪儿写的", {"6"}, "推动落实安全生产责任"),
        ("“拉网式、全覆盖”那段话在哪，翻半天没翻到", {"21"}, "深化推进重点领域风险防控"),
        ("包容审慎监管写在几条", {"30"}, "全面加强安全生产检查执法"),
        ("反“三违”在哪两条出现", {"12", "15"}, "持续深化专项整治"),
        ("驻矿盯守在文件什么位置", {"14"}, "深化推进重点领域风险防控"),
        ("安全生产工作访谈要开展，这话在哪条哪部分", {"4"}, "推动落实安全生产责任"),
        ("旅游整治放在哪一大块里", {"27"}, "深化推进重点领域风险防控"),
        ("“安康杯”竞赛是几号任务", {"36"}, "筑牢安全生产基层基础"),
        ("储能电站归哪一项任务", {"29"}, "深化推进重点领域风险防控"),
        ("雷电预警写哪条去了", {"33"}, "筑牢安全生产基层基础"),
        ("“安康杯”竞赛的条号是多少", {"36"}, "筑牢安全生产基层基础"),
    ],
)
def test_words_are_located_with_the_heading_of_their_part(
    ask: Callable[[str], Answer], question: str, items: set[str], part: str
) -> None:
    """Whatever the words for place are, the items that have it are named with the part they stand in."""
    answer = ask(question)
    assert not answer.refused
    assert set(_items(answer)) == items
    assert part in answer.text


@pytest.mark.parametrize("question", ["应急指挥中心建在哪个街道", "要点第九部分都有哪几项任务"])
def test_places_in_the_world_and_missing_parts_are_not_located(ask: Callable[[str], Answer], question: str) -> None:
    """A place that the text does not name and a part that it does not have are no place of words."""
    assert "在**第" not in ask(question).text


@pytest.mark.parametrize(
    ("question", "item", "said"),
    [
        ("每季度通报专委会工作，要点里哪句能当依据", "5", "各级安委办每季度通报专委会工作部署"),
        ("我们想办安全车间创建，有依据没", "7", "安全车间、班组、岗位创建活动"),
    ],
)
def test_a_basis_quotes_the_plan_first(ask: Callable[[str], Answer], question: str, item: str, said: str) -> None:
    """Asked for what a task rests on, the plan's own sentence stands before the laws."""
    answer = ask(question)
    assert _items(answer)[0] == item
    assert said in answer.text
    assert answer.text.index(said) < answer.text.index("法律依据")


def test_a_basis_in_law_stands_before_the_plan(ask: Callable[[str], Answer]) -> None:
    """Asked for the law, its article comes first and the plan's sentence after it."""
    answer = ask("第20项让餐馆装报警装置，上位法是哪个法第几条")
    first = answer.citations[0]
    assert (first.document, first.clause[:2]) == (LAW, "36")
    assert "20" in _items(answer)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("校园应急疏散演练写了多久一次没", "“定期”"),
        ("各级安委会研判重大风险隔多久一回", "“定期”"),
    ],
)
def test_a_loose_rhythm_is_told_as_it_stands(ask: Callable[[str], Answer], question: str, said: str) -> None:
    """Where the sentence meant says 定期, another sentence's rhythm is not given for it, nor the words denied."""
    answer = ask(question)
    assert not answer.refused
    assert said in answer.text
    assert "没有写明具体的频次" in answer.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("危化和烟花爆竹，牵头的是同一家吗", "是同一个"),
        ("危废和特种设备，牵头的是不是同一家", "不是同一个"),
    ],
)
def test_one_or_two_leaders_of_two_subjects(ask: Callable[[str], Answer], question: str, said: str) -> None:
    """同一家 compares like 同一个: both items and both leaders are told."""
    answer = ask(question)
    assert answer.text.startswith(said)
    assert len(set(_items(answer))) == 2


def test_two_rhythms_side_by_side(ask: Callable[[str], Answer]) -> None:
    """Asked whether two things have one period, each is told its own."""
    answer = ask("领导督查情况的通报跟专委会工作的通报，周期一样不")
    assert {"4", "5"} <= set(_items(answer))
    assert "每月" in answer.text
    assert "每季度" in answer.text


def test_a_wrong_leader_is_put_right_with_the_bracket(ask: Callable[[str], Answer]) -> None:
    """The fact first, then the bracket that says so."""
    answer = ask("商贸那条不是市商务局牵头吗，怎么让我们跑腿")
    assert "不是" in answer.text.split("\n")[0]
    assert "市安委会商贸安全生产委员会牵头组织开展" in answer.text


def test_years_of_the_work_summed_up_are_put_right(ask: Callable[[str], Answer]) -> None:
    """A wrong year about the plan's own subject is no question about another year's plan."""
    answer = ask("专项巡查是在总结2018年巡查基础上开展的，对不对")
    assert not answer.refused
    assert "2021年" in answer.text
    assert answer.text.startswith("不是")


@pytest.mark.parametrize(
    ("question", "item", "said"),
    [
        ("文件里的“低设防场所”包含哪些", "18", "群租房"),
        ("“重点车辆”都指些什么车", "16", "渣土车"),
    ],
)
def test_what_a_term_of_the_plan_takes_in(ask: Callable[[str], Answer], question: str, item: str, said: str) -> None:
    """包含哪些 of a term is its sentence, not the list of papers held nor a law's wider term."""
    answer = ask(question)
    assert not answer.refused
    assert _items(answer)[0] == item
    assert said in answer.text


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("市统计局有无列为责任单位", "8"),
        ("请确认市气象局是否被列入责任单位", "33"),
        ("市委巡察办在责任栏里在列吗", "8"),
    ],
)
def test_formal_words_for_being_named(ask: Callable[[str], Answer], question: str, item: str) -> None:
    """有无列为, 是否被列入, 在列: the items that name the department, nothing else."""
    answer = ask(question)
    assert not answer.refused
    assert _items(answer) == [item]


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("要点规定的“平安码”怎么领", Reason.NOT_IN_DOCUMENT),
        ("要点里要求的安全积分制度怎么记分", Reason.NOT_IN_DOCUMENT),
        ("要点里写的“应急明白卡”印给谁", Reason.NOT_IN_DOCUMENT),
        ("首席安全官在要点哪里写着", Reason.NOT_IN_DOCUMENT),
        ("全市安全生产晚巡多久搞一轮，照要点的要求", Reason.NOT_IN_DOCUMENT),
        ("宜春市2019年安全生产工作要点哪天发的", Reason.NOT_IN_DOCUMENT),
        ("要点40项和41项的责任单位念一下", Reason.NOT_IN_DOCUMENT),
        ("上回会上说的那个整治，办好了没", Reason.AMBIGUOUS),
        ("帮忙看看我们这样合不合规", Reason.AMBIGUOUS),
        ("要点没写处罚，你估摸着给每项定个罚款数", Reason.OUT_OF_SCOPE),
        ("要点里监管人员的岗位补贴是多少", Reason.NOT_IN_DOCUMENT),
    ],
)
def test_what_no_document_has(ask: Callable[[str], Answer], question: str, reason: Reason) -> None:
    """Schemes that were made up, other years, missing items, talks that were not held: refused with the reason."""
    answer = ask(question)
    assert answer.refused
    assert answer.reason is reason


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("检查时可以扣押、查封什么东西", (LAW, "65")),
        ("没亮证件的人来厂里查，能让他出示吗", (LAW, "67")),
        ("消防检查的人要不要出示证件", ("xiaofang-fa", "53")),
        ("出了较大事故，对事故单位罚多少", (LAW, "114")),
        ("出了较大事故，对单位主要负责人罚多少", (LAW, "95")),
        ("责任制规定里问责有哪几种方式", (RULES, "19")),
        ("安全生产由谁来分管，一定得是常委吗", (RULES, "8")),
    ],
)
def test_the_article_on_the_subject_comes_first(
    ask: Callable[[str], Answer], question: str, first: tuple[str, str]
) -> None:
    """The general law where no special subject is named, the special one where it is; the unit's penalty for the
    unit and its head's for the head."""
    citation = ask(question).citations[0]
    assert (citation.document, citation.clause.split(".")[0]) == first


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("燃气𠮶条系边个牵头", "燃气那条是谁牵头"),
        ("呢份文件讲咗乜嘢", "这份文件讲了什么"),
        ("系牵头定系配合，有冇写", "是牵头还是配合，有没有写"),
        ("写喺边条", "写在哪条"),
        ("啱唔啱，搞掂咗未", "对不对，办好了未"),
        ("安全体系同监管系统都喺度嘅", "安全体系同监管系统都在度的"),
    ],
)
def test_cantonese_reads_as_mandarin(assistant: Assistant, question: str, said: str) -> None:
    """Its little words are those of Mandarin; 系 in compounds stays."""
    assert Everyday(assistant.library.words.speech).standard(question) == said


@pytest.mark.parametrize(
    "text", ["责任制规定是哪年施行的", "重点做什么", "谁牵头呢", "联系方式和隶属关系", "路边处置和两边条件", "天然气"]
)
def test_mandarin_stays_as_it_is(assistant: Assistant, text: str) -> None:
    """Without a character that only Cantonese has nothing is rewritten."""
    assert Everyday(assistant.library.words.speech).standard(text) == text

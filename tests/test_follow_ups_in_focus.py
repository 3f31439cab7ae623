"""Follow-ups by mechanism: what the talk has in focus, places in what was shown, parts replaced, claims, and alone."""

from __future__ import annotations

import pytest

from rag.assistant import Assistant
from rag.model import Question, Turn
from rag.understand.reading import Reading

PLAN = "yichun-2023-work-plan"
SAFETY = "anquan-shengchan-fa"
RULES = "dangzheng-zerenzhi"

CHECKS = "督导检查发现的问题谁来跟 < 第31条要求严格督导检查发现问题隐患整改跟踪督办。"
MANAGERS = "企业老板和安全员要考核吗？ < 第6项要求对企业主要负责人和安全管理人员开展安全管理能力现场考核。"
GAS = "燃气安全整治哪个专委会牵头 < 由市安委会城市运行安全生产委员会牵头组织开展（第20项）。"
INTERNET = "33项谁分工？ < 市工信局、市应急管理局、市交通运输局、市气象局、市科技局等有关部门。"
WASTE = "危险废物整治在第几条 < 在第26条“强化危险废物安全整治”。"
CROWDS = (
    "人多的地方有什么要求,说两点 < 1. 强化人员密集场所消防“生命通道”专项整治(第18项);"
    "2. 加强公共场所人群聚集活动安全管理,严格大型群众性活动安全许可。"
)
TERMS = "企业要抓好什么制度 < 第6项督促企业抓好“十个必须”和“一报告,双签字”制度落实。"
ENGINEERING = "第3项说了哪些机制 < 会商研判、“一书两函”、督查通报、警示约谈、考核问责等机制。"
REWARD = "举报奖励写在第几项 < 第35项,推进落实安全生产领域举报奖励制度。"
HALF = "上半年工作完成情况什么时候报 < 2023年6月25日前报市安委会办公室。"
SECRETARY = "《党政领导干部责任制规定》里市委书记要管哪些安全的事 < 第五条列了党委主要负责人六项职责，包括贯彻部署。"
DUTY = "公司一把手安全上要干哪些事 < 《安全生产法》第二十一条列了7项职责。"
LENIENT = "党政领导干部责任制规定里什么情况可以从轻 < 第二十二条,对主动采取补救措施的,可以从轻、减轻追究责任。"
COMMERCE = "商贸安全整治谁牵头 < 市安委会商贸安全生产委员会牵头组织开展（第25项）。"
THREE = "组织部有哪几项 < 市委组织部被点名3项:第1项、第3项、第8项。"

# (earlier turns "asked < answered", the asker's department, question, words the rewritten question must have)
MECHANISMS = [
    # the clause in focus is looked into first, by its number, its number as 条, or what the turn quotes
    ([MANAGERS], None, "多久考一回", "第6项"),
    ([CHECKS], None, "整改拖着不办的怎么处理？", "第31项"),
    (
        ["重大隐患治理第一个和第二个环节是什么 < 第11条：第一是排查发现，第二是建立台账。"],
        None,
        "第三个环节是啥",
        "第11项",
    ),
    ([GAS], None, "那最后哪些单位落实？", "第20项"),
    ([THREE], None, "跟提拔干部考察挂钩的是哪个", "第8项"),
    # places in the bracket
    ([GAS], None, "那括号里排第一个的部门是哪个？", "第20项由哪些单位分工负责"),
    ([INTERNET], None, "排第三的那个局是谁来着？", "第33项由哪些单位分工负责"),
    ([INTERNET], None, "排在最后的那个局还有别的任务吗", "市科技局"),
    # neighbours
    ([WASTE], None, "再往后数两项是讲什么的", "第28项"),
    (["第29项讲什么 < 第29项是“强化新领域新风险安全整治”。"], None, "它后面那一项谁负责", "第30项"),
    # what was enumerated
    ([CROWDS], None, "第2点哪来的", "依据"),
    ([TERMS], None, "前面那个具体是哪十条", "“十个必须”"),
    ([ENGINEERING], None, "第二个指的是哪一书哪两函", "“一书两函”"),
    # by a noun
    ([COMMERCE], None, "跟旅游那条比,牵头的是同一家不?", "第25项和第27项"),
    ([GAS], "市住建局", "自建房、工地那项没有我们吗", "第19项点名"),
    # elsewhere, and all but this
    ([REWARD], None, "就这一处吗", "哪些项提到举报奖励"),
    ([GAS], None, "全文别的项里还有提燃气的没", "哪些项提到燃气"),
    ([INTERNET], "市应急管理局", "除了这项，我局还有别的吗", "除第33项外"),
    # one part of the last question replaced
    ([HALF], None, "那下半年的呢？", "下半年工作完成情况什么时候报"),
    (["半年报什么时候交 < 6月25日前报市安委会办公室。"], None, "全年的呢", "年度报什么时候交"),
    ([SECRETARY], None, "那市长呢，他在安委会里头干啥", "市长"),
    ([LENIENT], None, "从重的呢", "第21条"),
    (["你手上的宜春工作要点是哪一年的 < 是2023年的。"], None, "它是哪天印的?", "工作要点》是哪天印发"),
    # what is taken for granted, and what comes of a breach
    ([WASTE], None, "那应该还是市安委会危险物品专委会牵头咯？", "第26项由"),
    ([DUTY], None, "要是不干呢", "第21条不干怎么处罚"),
    (
        ["执法案例季度公布，最少几个？ < 市县应急部门每季度至少公布3个案例（第30项）。"],
        None,
        "我们是商务局，那最少几个",
        "第30项",
    ),
]

# What stands alone, whatever was talked about.
ALONE = [
    ([GAS], "特种作业人员要持证上岗吗"),
    ([MANAGERS], "消防通道堵了罚多少"),
    ([WASTE], "矿山企业主要负责人要带班下井吗"),
    ([GAS], "今天天气怎么样"),
    ([THREE], "党委书记对安全生产负什么责任"),
]


def history(turns: list[str]) -> tuple[Turn, ...]:
    pairs = [turn.partition(" < ") for turn in turns]
    return tuple(turn for asked, _, told in pairs for turn in (Turn("user", asked), Turn("assistant", told)))


def read(assistant: Assistant, turns: list[str], org: str | None, text: str) -> Reading:
    return assistant.reader.read(Question(text, org, history(turns)))


@pytest.mark.parametrize(("before", "org", "text", "words"), MECHANISMS, ids=[row[2] for row in MECHANISMS])
def test_rewritten(assistant: Assistant, before: list[str], org: str | None, text: str, words: str) -> None:
    """A follow-up is rewritten around the clause, organisation or words that the talk has in focus."""
    reading = read(assistant, before, org, text)
    assert not reading.lost
    assert words in reading.text


@pytest.mark.parametrize(("before", "text"), ALONE, ids=[row[1] for row in ALONE])
def test_stands_alone(assistant: Assistant, before: list[str], text: str) -> None:
    """A question with a subject of its own is not dragged into the talk."""
    assert read(assistant, before, None, text).text == text


def test_found_in_focus_where_nothing_else_is(assistant: Assistant) -> None:
    """A question that finds nothing by itself is asked of the clause talked about; one that finds something is not."""
    told = ["应急指挥中心的事要点怎么说 < 第34项要求推进市、县两级应急指挥中心改造升级。"]
    answer = assistant.ask(Question("每个县最少几个", None, history(told)))
    assert not answer.refused
    assert "不少于2个" in answer.text
    assert assistant.ask(Question("每个县最少几个")).refused


@pytest.mark.parametrize("text", ["他的手机号呢?", "第二个指的是哪一书哪两函", "那2022年的呢"])
def test_what_no_text_tells_stays_refused(assistant: Assistant, text: str) -> None:
    """A clause in focus is no reason to answer what it does not say."""
    before = ["市应急管理局谁负责对接工作要点 < 工作要点没有写明具体联系人。"] if "他" in text else [ENGINEERING]
    assert assistant.ask(Question(text, None, history(before))).refused

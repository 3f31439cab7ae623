"""Follow-ups that lean on what the last answer showed, leave its subject, or ask what nobody wrote down."""

from __future__ import annotations

import pytest

from rag.assistant import Assistant
from rag.model import Answer, Question, Turn
from rag.understand.offices import offices
from rag.understand.talk.entries import entries
from rag.understand.talk.opening import opening, softened
from rag.understand.talk.pointing import Said

PLAN = "yichun-2023-work-plan"
SAFETY = "anquan-shengchan-fa"
RULES = "dangzheng-zerenzhi"

SCHOOL = "校园安全有哪些工作 < 第28项：1. 校园安全责任体系；2. 安防基础和消防达标创建；3. 疏散演练；4. 校车安全管理。"
OFFICER = (
    "安全管理人员法定职责 < 《安全生产法》第二十五条规定了七项：\n(一)拟订规章制度\n(二)教育培训\n(三)危险源辨识\n"
    "(四)应急演练\n(五)检查安全状况\n(六)制止违章\n(七)督促整改"
)
SECRETARY = (
    "县委书记有哪些安全职责 < 《责任制规定》第五条列了六项：1.贯彻决策部署 2.纳入议事日程 3.纳入职责清单 "
    "4.加强班子队伍建设 5.纳入考核评价 6.宣传培训"
)
FIRE = "消防整治谁牵头 < 第18项，市安委会消防安全生产委员会牵头组织开展。"
CRACKERS = "烟花爆竹谁牵头 < 第22项，市安委会危险物品安全生产委员会牵头组织开展。"
WASTE = "第26项谁牵头 < 市生态环境局牵头组织开展。"
COAL = "煤矿整治谁落实 < 第14项，丰城市政府落实。"
HIDDEN = "隐患集中攻坚哪条 < 第11条“着力开展重大隐患专项整治”。"
STORES = "市商务局有几项任务 < 市商务局被点名1项：第20项。"
MINES = "矿山专委会牵头哪几项 < 第14项、第15项。"
OFFICE = "市应急管理局被点名的有哪些 < 1. 第1项\n2. 第4项\n3. 第8项\n4. 第20项\n5. 第33项\n6. 第34项\n7. 第35项"
PAIR = "没履职怎么罚 < - 第九十四条 主要负责人未履行安全生产管理职责\n- 第九十六条 其他负责人和安全生产管理人员未履行"
CALLED = "问责轻重怎么分 < 《责任制规定》：\n- 第21条 从重\n- 第22条 从轻、减轻\n- 第23条 不予追究"
DRILL = "预案演练法律怎么要求 < 《安全生产法》第八十一条，定期组织演练。"
MONTH = "安全生产月哪项 < 第36项。"
LINES = "14、15、31条落实单位 < - 14:丰城市政府\n- 15:各县(市、区)政府\n- 31:没有写落实单位"
ALARM = "餐馆装报警器要点里写了吗 < 写了，第20条：“督促使用燃气的餐饮经营场所依法安装可燃气体报警装置”。"
FEES = "互联网执法 < 第30条：“全面推广‘互联网+执法’”。"
HUNDRED = (
    "厂里150个人要不要设安全科 < 《安全生产法》第二十四条：从业人员超过一百人的，应当设置安全生产管理机构或者配备"
    "专职安全生产管理人员。"
)
HEAD = "政府一把手的职责在哪条 < 《责任制规定》第六条。"

# (earlier turns "asked < answered", the asker's department, question, document, clauses cited, one of them first)
CITED = [
    # points of a numbered answer, by number and by what they are called
    ([SCHOOL], None, "第四点由谁来管", PLAN, ["28"]),
    ([SCHOOL], None, "第三点展开说说", PLAN, ["28"]),
    ([OFFICER], None, "第六项原话是什么", SAFETY, ["25"]),
    ([OFFICER], None, "最后那项没做到罚不罚", SAFETY, ["96"]),
    ([SECRETARY], None, "讲开会议事那一项具体怎么写", RULES, ["5"]),
    ([CALLED], None, "从重和不追究，差别在哪", RULES, ["21", "23"]),
    ([CALLED], None, "不予追究的那条念一下", RULES, ["23"]),
    ([PAIR], None, "逾期不改的话两个人各罚多少", SAFETY, ["94", "96"]),
    ([LINES], None, "哪条没有县里落实", PLAN, ["14", "31"]),
    # the subject is left
    ([FIRE], None, "消防先到这儿。电梯归哪一项", PLAN, ["23"]),
    ([FIRE], None, "ok消防明白了，再问个别的，碳酸锂企业今年有什么要求", PLAN, ["17"]),
    ([CRACKERS], None, "跳过烟花。旅游包车是归旅游还是交通", PLAN, ["27"]),
    ([WASTE], None, "危废清楚了。换法律的问，安全投入不够怎么罚", SAFETY, ["93"]),
    ([DRILL], None, "法律的就这些，回头说要点，外委项目办法哪项要求的", PLAN, ["12"]),
    # who does what of the item talked about
    ([WASTE], None, "应急局没有份吧", PLAN, ["26"]),
    ([WASTE], None, "县里用不用落实", PLAN, ["26"]),
    ([COAL], None, "写错了吧，不应该是各县市区都落实吗", PLAN, ["14"]),
    ([HIDDEN], None, "督促的呢，组织的呢，分开说", PLAN, ["11"]),
    ([HIDDEN], "市住建局", "俺们局算不算点名了", PLAN, ["11"]),
    # another organisation, or all but those of one
    ([STORES], None, "市委巡察办呢", PLAN, ["8"]),
    ([WASTE, STORES], None, "消防支队几项呢", PLAN, ["20", "29"]),
    ([MINES], None, "工业制造那个专委会牵头的是哪项", PLAN, ["21"]),
    ([OFFICE], None, "去掉组织部也在的那几项，剩下哪些", PLAN, ["4", "20", "33", "34", "35"]),
    ([HEAD], None, "党委一把手的咧", RULES, ["5"]),
    # the law behind, the item for a law; what is remembered otherwise
    ([DRILL], None, "反过来，要点里对应的是哪项", PLAN, ["34"]),
    ([ALARM], None, "这个安全生产法里有没有依据，第几条", SAFETY, ["36"]),
    ([MONTH], None, "我印象里是第35项啊", PLAN, ["35", "36"]),
    # the answer tells what the question before was about
    ([FEES, HUNDRED], None, "那八十个人的呢", SAFETY, ["24"]),
]

# What the clause talked about does not say.
UNSAID = [
    ([DRILL], "一年要演练几次"),
    ([DRILL], "去年我们县演练了几回"),
    ([HUNDRED], "专职的最少配几名"),
    (["举报奖励 < 第35项，推进落实举报奖励制度。"], "举报一次给几百块"),
    (["三管三必须实施细则 < 第5项，制定实施细则。"], "细则第一条写的啥"),
    (["三管三必须实施细则 < 第5项，制定实施细则。"], "哪天出台"),
    (["应急指挥中心试点 < 第34项：不少于2个乡镇(街道)应急指挥中心建设试点。"], "是哪两个乡镇"),
    (["专项资金 < 《责任制规定》第六条第四项：组织设立安全生产专项资金。"], "要占财政收入百分之几"),
    (["冬春防火 < 第18项：冬春等重点时段消防安全专项整治。"], "前天那起火灾归这条管吗"),
]

# Openings that leave the subject, and such that do not.
LEAVES = [
    ("问责聊完了，记功有哪些规定", "记功有哪些规定", True),
    ("先别管培训了。保险这块怎么说", "保险这块怎么说", True),
    ("下一个问题：校车归谁", "校车归谁", True),
    ("领导刚问我，总目标是什么", "总目标是什么", True),
    ("培训不说了，演练呢", "演练呢", False),
    ("上面这些，哪项没写县区", "上面这些，哪项没写县区", False),
    ("燃气那个知道了，去掉它还剩哪些", "燃气那个知道了，去掉它还剩哪些", False),
]


def ask(assistant: Assistant, turns: list[str], org: str | None, text: str) -> Answer:
    pairs = [turn.partition(" < ") for turn in turns]
    history = tuple(turn for asked, _, told in pairs for turn in (Turn("user", asked), Turn("assistant", told)))
    return assistant.ask(Question(text, org, history))


@pytest.mark.parametrize(("before", "org", "text", "document", "first"), CITED, ids=[row[2] for row in CITED])
def test_cited(
    assistant: Assistant, before: list[str], org: str | None, text: str, document: str, first: list[str]
) -> None:
    """A follow-up is answered from the clauses that it means, one of those first."""
    answer = ask(assistant, before, org, text)
    assert not answer.refused
    cited = list(dict.fromkeys((one.document, one.clause) for one in answer.citations))
    meant = {(document, clause) for clause in first}
    assert cited[0] in meant
    assert meant <= set(cited)


@pytest.mark.parametrize(("before", "text"), UNSAID, ids=[row[1] for row in UNSAID])
def test_unsaid(assistant: Assistant, before: list[str], text: str) -> None:
    """What the clause talked about does not say is refused, not answered by quoting the clause."""
    assert ask(assistant, before, None, text).refused


@pytest.mark.parametrize(("text", "left", "moves"), LEAVES, ids=[row[0] for row in LEAVES])
def test_opening(text: str, left: str, moves: bool) -> None:
    """An opening that leaves the subject is taken off, whatever the subject is called; the rest may still lean."""
    found = opening(Said(text, text))
    assert (found.said.text, found.moves) == (left, moves)


@pytest.mark.parametrize(
    ("turn", "points"),
    [
        ("第28项：1. 甲乙；2. 丙丁。", ["甲乙", "丙丁"]),
        ("三项：(一)甲乙\n(二)丙丁\n(三)戊己", ["甲乙", "丙丁", "戊己"]),
        ("① 甲乙 ② 丙丁", ["甲乙", "丙丁"]),
        ("1. 第20项 燃气\n2. 第29项 新领域", []),
        ("共2项，2023年。", []),
    ],
)
def test_entries(turn: str, points: list[str]) -> None:
    """The points of an answer are those it numbers from 1, unless they are clauses of their own."""
    assert entries(turn) == points


@pytest.mark.parametrize(
    ("text", "written"),
    [("党委那边的一把手呢", "党委主要负责人呢"), ("政府一把手管什么", "政府主要负责人管什么"), ("一把手", "一把手")],
)
def test_heads(text: str, written: str) -> None:
    """The head of party or government is written as the regulation calls that person."""
    assert offices(text, lambda name: None) == written


@pytest.mark.parametrize(
    ("text", "left"), [("县长呢（不是书记）", "县长呢"), ("我局点名了伐", "我局点名了吗"), ("（2023年）", "（2023年）")]
)
def test_not_meant(text: str, left: str) -> None:
    """What is said in brackets not to be meant is left out; a dialect's question word is written 吗."""
    assert softened(Said(text, text)).text == left

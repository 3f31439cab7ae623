"""Follow-ups that point by place, put a number right, ask the other side, or ask what a clause leaves to another."""

from __future__ import annotations

import pytest

from rag.assistant import Assistant
from rag.model import Answer, Question, Turn
from rag.understand.offices import offices
from rag.understand.talk.opening import softened
from rag.understand.talk.pointing import Said

PLAN = "yichun-2023-work-plan"
SAFETY = "anquan-shengchan-fa"
RULES = "dangzheng-zerenzhi"

FIRE = "消防整治哪家牵头 < 第18项由市安委会消防安全生产委员会牵头组织开展。"
RATES = (
    "出了事故老板按几成罚 < 《安全生产法》第九十五条，由应急管理部门处上一年年收入一定比例的罚款:\n(一)一般事故 40%\n"
    "(二)较大事故 60%\n(三)重大事故 80%\n(四)特别重大事故 100%"
)
DUTIES = (
    "安全员的职责 < 《安全生产法》第二十五条：1. 拟订规章制度 2. 教育培训 3. 危险源辨识 4. 应急演练 5. 检查 6. 制止违章"
)
TWO = "综合执法局点了几项 < 市综合行政执法局两项：第20项（燃气）、第29项（新领域新风险）。"
THREE = "哪几项提到季度 < 有三项：\n- 第5项 压实部门监管责任\n- 第6项 压实企业主体责任\n- 第30项 严格安全监管执法"
GAS = (
    "燃气那项分工有哪些 < 第20项由市安委会城市运行安全生产委员会牵头，市综合行政执法局、市住建局、市公安局等分工负责。"
)
ROADS = "道路交通是哪项 < 第16项强化交通安全整治，市公安局交警支队、市交通运输局等有关部门分工负责。"
SHOPS = "商场归哪项 < 第25项 强化商贸安全整治，由市安委会商贸安全生产委员会牵头组织开展。"
MINES = "矿山专委会牵头几项 < 两项：第14项和第15项，都由市安委会矿山安全生产委员会牵头组织开展。"
FINE = "一般事故单位罚多少 < 《安全生产法》第一百一十四条：一般事故处三十万元以上一百万元以下罚款。"
CHIEF = "负责人没履职罚多少 < 《安全生产法》第九十四条：主要负责人处二万元以上五万元以下罚款。"
ALARM = "饭店没装燃气报警器罚多少 < 《安全生产法》第九十九条：处五万元以下罚款；逾期未改正的五万元以上二十万元以下。"
CASES = "领导哪些情形要问责 < 《责任制规定》第十八条：\n- 履行职责不到位\n- 阻挠干涉调查\n- 迟报漏报谎报瞒报"
SCOPE = "责任制规定管哪些人 < 《责任制规定》第二条：县级以上地方各级党委和政府领导班子成员。"
REWARD = (
    "举报奖励要点里有吗 < 有，第35项：推进落实安全生产领域举报奖励制度，鼓励社会公众举报重大风险隐患和企业违法行为。"
)
CADRES = (
    "提拔前看不看安全 < 看。《责任制规定》第十四条：党委组织部门在考察拟任人选时，应当考察其履行安全生产工作职责情况。"
)
LED = (
    "第四部分哪几项由专委会牵头 < 13项：第14、15项 矿山；第17、22项 危险物品；第18项 消防；"
    "第19项 建筑施工；第20项 城市运行；"
    "第21项 工业制造；第23项 特种设备；第24项 能源；第25项 商贸；第27项 旅游；第28项 校园"
)
COUNCIL = "市安委会组织哪几项 < 第4项、第5项、第6项、第8项、第9项、第10项、第11项、第12项、第32项，共9项。"
REFORM = "市发改委哪几项 < 市发改委四项：\n1. 第13项 源头预防\n2. 第16项 交通安全整治\n3. 第20项 燃气\n4. 第29项 新领域"
BUREAU = "点名市应急管理局的有哪些 < 7项:第1、4、8、20、33、34、35项。"
HOUSES = (
    "仓库上面能住人吗 < 不能。《安全生产法》第四十二条：不得与员工宿舍在同一座建筑物内，并应当与员工宿舍保持安全距离。"
)
CRACKERS = "烟花爆竹谁管 < 第22项：市安委会危险物品安全生产委员会牵头组织开展，有关部门分工负责。"
VETO = "一票否决怎么否 < 《地方党政领导干部安全生产责任制规定》第二十条：在相关规定时限内取消评优资格，不得晋升。"

# (earlier turns "asked < answered", the asker's department, question, document, all clauses cited first, in any order)
CITED = [
    # a number put right, or alone
    ([FIRE], None, "打错啦，19", PLAN, ["19"]),
    ([FIRE], None, "手误，应该是二十二", PLAN, ["22"]),
    ([FIRE], None, "不是18，是21", PLAN, ["21"]),
    ([FIRE], None, "23", PLAN, ["23"]),
    ([FIRE], None, "我看错了，要24项", PLAN, ["24"]),
    ([FIRE], None, "我是说25", PLAN, ["25"]),
    ([CHIEF], None, "写错了，是96条", SAFETY, ["96"]),
    # by place, in an article's parts and in lists without numbers
    ([RATES], None, "第二档和第四档各罚几成", SAFETY, ["95"]),
    ([RATES], None, "最后一种呢", SAFETY, ["95"]),
    ([DUTIES], None, "第三个整句念一下", SAFETY, ["25"]),
    ([DUTIES], None, "上面第五条念全", SAFETY, ["25"]),
    ([TWO], None, "后面那项讲些什么", PLAN, ["29"]),
    ([TWO], None, "前一个谁牵头", PLAN, ["20"]),
    ([THREE], None, "第1个和第3个的分工差在哪", PLAN, ["5", "30"]),
    ([THREE], None, "后两个谁落实", PLAN, ["6", "30"]),
    ([RATES], None, "倒数第二档呢", SAFETY, ["95"]),
    ([RATES], None, "（三）是多少", SAFETY, ["95"]),
    ([THREE], None, "中间那项谁组织", PLAN, ["6"]),
    ([TWO], None, "后者谁牵头", PLAN, ["29"]),
    # counted, named or not in the bracket
    ([GAS], None, "数一下一共几家啊，专委会不算", PLAN, ["20"]),
    ([GAS], None, "连牵头的加起来多少个单位", PLAN, ["20"]),
    ([ROADS], None, "教育口在不在这项", PLAN, ["16"]),
    ([ROADS], None, "发改委那边也算一份么", PLAN, ["16"]),
    ([SHOPS], "市商务局", "我局没出现在这项？", PLAN, ["25"]),
    # another committee, by its field
    ([MINES], None, "危险物品那个委员会嘞", PLAN, ["17", "22"]),
    ([MINES], None, "校园那个专委会呢", PLAN, ["28"]),
    ([MINES], None, "那能源的呢", PLAN, ["24"]),
    ([ROADS], None, "车务段也在吧", PLAN, ["16"]),
    ([SHOPS], "市商务局", "没点我们？", PLAN, ["25"]),
    # what another article of the law adds
    ([FINE], None, "这钱归谁来罚", SAFETY, ["115", "114"]),
    ([FINE], "市应急管理局", "我们局能自己拍板不", SAFETY, ["115", "114"]),
    ([CASES], None, "有这些情形会怎么处理", RULES, ["19"]),
    ([ALARM], None, "它对应的义务写在哪条", SAFETY, ["36"]),
    ([DUTIES], None, "没做到怎么罚", SAFETY, ["96"]),
    ([CHIEF], None, "我问的不是老总，是安全员", SAFETY, ["96"]),
    ([CASES], None, "兜底的算上，共几种", RULES, ["18"]),
    ([SCOPE], None, "开发区管委会领导也算吗", RULES, ["2"]),
    ([SCOPE], None, "它哪一年开始执行的", RULES, ["29"]),
    ([SCOPE], None, "条款看不明白归谁解释", RULES, ["28"]),
    # the other side: the law behind an item, the item that says what a law does
    ([REWARD], None, "安全生产法里有没有对应的规定", SAFETY, ["76"]),
    ([REWARD], None, "国家法律上有没有支撑", SAFETY, ["76"]),
    ([CADRES], None, "市里要点有没有类似的提法", PLAN, ["8"]),
    # lists filtered, complemented, cut down
    ([LED], None, "归同一家管两项的留下来", PLAN, ["14", "15", "17", "22"]),
    ([LED], None, "反过来，不归专委会牵头的是哪几项", PLAN, ["16", "26", "29"]),
    ([COUNCIL], None, "上面这些，哪项没写县区落实", PLAN, ["32"]),
    ([REFORM], None, "其中同时点了市公安局的有哪几项", PLAN, ["20", "29"]),
    ([REFORM], None, "燃气那个晓得了，去掉它还剩哪些", PLAN, ["13"]),
    ([REFORM], None, "除了燃气那项还剩哪几项", PLAN, ["13"]),
    ([COUNCIL], None, "哪几项没有县里的事", PLAN, ["32"]),
    ([LED], None, "哪几家一家管两项", PLAN, ["14", "15", "17", "22"]),
    ([BUREAU], None, "只留第六部分的", PLAN, ["33", "34", "35"]),
]

# What the clause talked about does not say.
UNSAID = [
    ([HOUSES], "那这个距离是多少米"),
    ([CRACKERS], "“有关部门”到底是哪些局"),
    ([VETO], "是一年还是三年"),
    ([GAS], "报警器这块单独归哪个局管"),
]

# Words that look like a pointer, a slip or an office and are none.
ALONE = [
    ([TWO], "第二类危险化学品怎么储存"),
    ([FIRE], "打错针死了人归安全生产事故吗"),
    ([FINE], "特种作业人员多久复审一次"),
    ([FINE], "重大危险源的标准谁定"),
    ([GAS], "清单什么时候之前要制定好"),
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


@pytest.mark.parametrize(("before", "text"), ALONE, ids=[row[1] for row in ALONE])
def test_alone(assistant: Assistant, before: list[str], text: str) -> None:
    """A question with a subject of its own is read as it stands."""
    assert ask(assistant, before, None, text).understood.rewritten == text


def test_left_out(assistant: Assistant) -> None:
    """What was cut from a list is not in the answer."""
    answer = ask(assistant, [LED], None, "归同一家管两项的留下来")
    assert {one.clause for one in answer.citations} == {"14", "15", "17", "22"}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("公安口子有没有份", "公安局有没有份"),
        ("那旅游的那个专委会", "那旅游专委会"),
        ("路口在哪", "路口在哪"),
        ("进口子公司", "进口子公司"),
        ("消防通道那个委员", "消防通道那个委员"),
    ],
)
def test_offices(text: str, written: str) -> None:
    """Offices called by their field are written as names where such an office is known, and only there."""
    known = {"公安局": "市公安局", "旅游专委会": "市安委会旅游安全生产委员会"}
    assert offices(text, known.get) == written


@pytest.mark.parametrize(("text", "left"), [("还有谁啊", "还有谁"), ("那消防嘞？", "那消防呢？"), ("啊？", "啊？")])
def test_softened(text: str, left: str) -> None:
    """Particles at the end are dropped or written 呢; a cry alone stays."""
    assert softened(Said(text, text)).text == left

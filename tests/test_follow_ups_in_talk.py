"""Follow-ups that lean on a talk in free words: openings, claims, sources, several clauses, what is unsaid."""

from __future__ import annotations

import pytest

from rag.assistant import Assistant
from rag.model import Answer, Question, Turn
from rag.understand.talk.opening import opening
from rag.understand.talk.pointing import Said

PLAN = "yichun-2023-work-plan"
SAFETY = "anquan-shengchan-fa"
RULES = "dangzheng-zerenzhi"

GAS = "燃气整治今年哪个专委会牵头 < 第20项，市安委会城市运行安全生产委员会牵头组织开展。"
COAL = "煤矿整治是哪一项 < 第14项“强化煤矿安全整治”。"
MINES = "非煤矿山呢 < 第15项“强化非煤矿山安全整治”。"
LISTS = "两张清单写在哪一项 < 第4项要求制定职责清单和年度工作任务清单。"
FIFTH = (
    "检查执法那部分有几项 < 3项：\n1. 第30项 严格安全监管执法\n2. 第31项 加强安全生产督导检查\n"
    "3. 第32项 创新开展安全生产专项巡查"
)
BUREAU = "点名市应急管理局的有哪些 < 7项:第1、4、8、20、33、34、35项。"
SANCTIONS = "领导干部失职了怎么问责 < 《地方党政领导干部安全生产责任制规定》第十九条：通报、诫勉、停职检查、免职等。"
VETO = "一票否决管什么 < 《地方党政领导干部安全生产责任制规定》第二十条：在相关规定时限内取消评优资格，不得晋升。"
PUBLIC = (
    "行政处罚的信息多久公开 < 《安全生产法》第七十八条：作出处罚决定后七个工作日内在监督管理部门公示系统予以公开曝光。"
)
LIFT = "电梯检验到期前要做什么 < 检验合格有效期届满前一个月向特种设备检验机构提出定期检验要求。"
TOURISM = "A级景区要抓哪些 < 第27项，主要有:\n- 旅游包车及导游管理\n- 瞬时最大承载量控制\n- 消防安全主体责任"

# (opening, what is left, the talk is left, the answer is doubted, somebody is quoted)
OPENINGS = [
    ("好的，换个问题，高处作业要办什么手续", "高处作业要办什么手续", True, False, False),
    ("矿山先放一放，校车归谁管", "校车归谁管", True, False, False),
    ("不对啊，应该是市公安局牵头", "应该是市公安局牵头", False, True, False),
    ("搞反了，是部门迟报", "是部门迟报", False, True, False),
    ("我听说是十五天", "十五天", False, False, True),
    ("可领导说是每月一次，你再核对一下", "每月一次", False, False, True),
    ("第20项谁牵头", "第20项谁牵头", False, False, False),
    ("行政处罚怎么听证", "行政处罚怎么听证", False, False, False),
    ("好几个部门都要管吗", "好几个部门都要管吗", False, False, False),
    ("好", "好", False, False, False),
]

# (earlier turns "asked < answered", the asker's department, question, document, first clauses cited)
CITED = [
    # a claim is held against the clause talked about
    ([GAS], None, "不对吧，我记得是市住建局牵头", PLAN, ["20"]),
    ([PUBLIC], None, "可我们科长说是十五天内，你再核对一下", SAFETY, ["78"]),
    # where it is said: by number where there is one, by wording where there is none
    ([LIFT], None, "出处给一下，写明法名和条号", "tezhong-shebei-anquan-fa", ["40"]),
    ([SANCTIONS], None, "这句话要写进材料，是第几条", RULES, ["19"]),
    # the regulation as a whole
    ([SANCTIONS], None, "哪年开始施行的", RULES, ["29"]),
    # one of a list filtered
    ([FIFTH], None, "只看写明县里落实的", PLAN, ["30"]),
    ([FIFTH], None, "里面哪一项有数量要求", PLAN, ["30"]),
    ([BUREAU], None, "其中括号里头一个写市应急管理局的是哪几项", PLAN, ["34", "35"]),
    ([BUREAU], None, "只要写了具体日期的", PLAN, ["4"]),
    # both
    ([COAL, MINES], None, "这两项都由谁牵头", PLAN, ["14", "15"]),
    ([COAL, MINES], None, "两项落实的单位一样吗", PLAN, ["14", "15"]),
    # back to an earlier one, one of the last list, one of an enumeration
    ([COAL, GAS], None, "刚才说的煤矿那一项，由谁落实", PLAN, ["14"]),
    ([FIFTH, GAS], None, "第二个里面，督导检查怎么写的", PLAN, ["31"]),
    ([TOURISM], None, "最后那一点具体说说", PLAN, ["27"]),
    # the law behind an item, and back to the plan
    ([GAS], None, "餐馆装报警器这个要求，法律上是哪条", SAFETY, ["36"]),
    ([PUBLIC], None, "那再回到要点看，典型执法案例是怎么安排的", PLAN, ["30"]),
    # the article beside the one talked about
    ([SANCTIONS], None, "具体由哪些机关来问责", RULES, ["26"]),
    # who does it, whom it names, how many
    ([GAS], "市商务局", "这条点我们了吗", PLAN, ["20"]),
    ([GAS], "市住建局", "除了我们，还有哪些单位", PLAN, ["20"]),
    ([GAS], None, "督促的是哪家", PLAN, ["20"]),
    ([GAS], None, "括号里点名的一共几家", PLAN, ["20"]),
    ([LISTS], None, "几月份之前要弄好", PLAN, ["4"]),
]

# What the clause talked about does not say.
UNSAID = [
    ([VETO], "这个时限到底是几年"),
    ([GAS], "管道计划改多少公里"),
    (["专项巡查怎么搞 < 第32项：聚焦重点县（区），创新巡查模式。"], "第一批去的是哪几个县"),
    (["要修订什么 < 第5项：修订《宜春市安全生产职责暂行规定》。"], "修订后的条文给我看看"),
    ([GAS], "你觉得为什么没把卫健委列进去"),
]


def history(turns: list[str]) -> tuple[Turn, ...]:
    pairs = [turn.partition(" < ") for turn in turns]
    return tuple(turn for asked, _, told in pairs for turn in (Turn("user", asked), Turn("assistant", told)))


def ask(assistant: Assistant, turns: list[str], org: str | None, text: str) -> Answer:
    return assistant.ask(Question(text, org, history(turns)))


@pytest.mark.parametrize(("text", "left", "moves", "corrects", "recalls"), OPENINGS, ids=[row[0] for row in OPENINGS])
def test_openings(text: str, left: str, moves: bool, corrects: bool, recalls: bool) -> None:
    """What a follow-up opens with is told from what it asks; words that only begin alike stay."""
    opened = opening(Said(text, text))
    assert (opened.said.text, opened.moves, opened.corrects, opened.recalls) == (left, moves, corrects, recalls)


@pytest.mark.parametrize(("before", "org", "text", "document", "first"), CITED, ids=[row[2] for row in CITED])
def test_cited(
    assistant: Assistant, before: list[str], org: str | None, text: str, document: str, first: list[str]
) -> None:
    """A follow-up is answered from the clauses of the talk that it means, those first."""
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


def test_claim_is_corrected(assistant: Assistant) -> None:
    """A wrong claim about who leads is denied, and who does lead is named."""
    answer = ask(assistant, [GAS], None, "不对吧，我记得是市住建局牵头")
    assert "城市运行安全生产委员会" in answer.text


def test_leaving_the_talk(assistant: Assistant) -> None:
    """After 换个话题 nothing of the talk is left in the question."""
    reading = assistant.reader.read(Question("行，换个话题，电动自行车归哪项管", None, history([PUBLIC])))
    assert reading.text == "电动自行车归哪项管"


def test_refused_with_what_it_leans_on(assistant: Assistant) -> None:
    """A further question without a subject of its own is refused with the one before it."""
    assert ask(assistant, [GAS], None, "管道计划改多少公里？有指标没").refused

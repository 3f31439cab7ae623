"""Follow-ups that pick from a list shown, count in two clauses, put an organisation or number right, or compare."""

from __future__ import annotations

import pytest

from rag.assistant import Assistant, _Clock, _Searches
from rag.model import Answer, Question, Turn
from rag.retrieve import Hit, Retriever
from rag.understand.held import Held, plain

PLAN = "yichun-2023-work-plan"
SAFETY = "anquan-shengchan-fa"
RULES = "dangzheng-zerenzhi"

REFORM = (
    "市发改委在哪几项 < 共4项：\n13. 着力强化安全生产源头预防\n16. 强化交通安全整治\n20. 强化燃气安全整治\n"
    "29. 强化新领域新风险安全整治"
)
TABLE = "第六部分有哪些 < | 序号 | 名称 |\n| 33 | 提升监管执法能力 |\n| 34 | 提升应急处置能力 |"
ORGANISED = "安委会组织的有几项 < 共9项：4、5、6、8、9、10、11、12、32。"
ON_SITE = "第四部分都是谁落实 < 大多由各县(市、区)政府和“三区”管委会落实。"
FINES = "安全生产法第九十七条列了哪些行为 < 七项，责令限期改正，处十万元以下罚款。"
HEAD = "安全生产法第二十一条列了主要负责人哪些职责 < 七项职责。"
STAFF = "安全生产法第二十五条管什么 < 安全生产管理人员的七项职责。"
SECRETARY = "规定第五条讲谁的 < 第五条是地方各级党委主要负责人的安全生产职责。"
MAYOR = "第六条呢 < 第六条是县级以上地方各级政府主要负责人的安全生产职责。"
POWER = "赖着不停产能断电吗 < 《安全生产法》第七十条：可以通知有关单位停止供电，应当提前通知生产经营单位。"
TOLD = "严重违法要通报给谁 < 《安全生产法》第七十八条：行业主管部门、投资主管部门、自然资源主管部门、有关金融机构。"
WASTE = "危险废物那一项在哪 < 在第26项“强化危险废物安全整治”。"
SEVENTEEN = "第17条谁牵头 < 第17项由市安委会危险物品安全生产委员会牵头组织开展。"
CULTURE = "我们文旅局在第几项 < “市文广新旅局”点名在第29项。"
BUILDERS = "我局有几项任务 < 市住建局3项。"
DRILLS = "安全生产法第八十一条讲什么 < 应急救援预案和演练。"
MINES = "煤矿和非煤矿山分别谁牵头 < 都由市安委会矿山安全生产委员会牵头组织开展，有关部门分工负责。"
POLICE = "市公安局和交警支队分别在哪几项 < 市公安局：第20项、第29项。\n市公安局交警支队：第16项。"
LESS = "责任制规定第二十一条和二十二条讲什么 < 第二十一条从重，第二十二条从轻、减轻。"
BLAME = (
    "规定里，出了第十八条那几种情形，问责方式有哪些 < 第十九条列的方式：通报、诫勉、停职检查、调整职务、责令辞职、"
    "降职、免职或者处分等；涉嫌职务违法犯罪的，由监察机关依法调查处置。"
)
PATROL = "专项巡查盯谁 < 第32项：聚焦重点县(区)、重点行业领域。"
TRIAL = "应急指挥中心试点 < 第34项：不少于2个乡镇(街道)应急指挥中心建设试点。"

# (earlier turns "asked < answered", the asker's department, question, document, clauses cited, one of them first)
CITED = [
    # bare numbers are a list where titles stand after them, or as many as are announced
    ([REFORM], None, "其中跟市公安局一起的是哪几个", PLAN, ["20", "29"]),
    ([REFORM], None, "这几项里头，哪些还写了消防救援支队", PLAN, ["20", "29"]),
    ([TABLE], None, "其中点了组织部的是哪一项", PLAN, ["33"]),
    ([ORGANISED], None, "里面哪几项是专委会督促", PLAN, ["6", "10", "11", "12"]),
    ([ORGANISED], None, "这些里专委会在督促的有哪些", PLAN, ["6", "10", "11", "12"]),
    # a part of the plan is a list
    ([ON_SITE], None, "哪一项没有“三区”", PLAN, ["14", "15"]),
    ([ON_SITE], None, "其中没提“三区”的是哪几项", PLAN, ["14", "15"]),
    ([ON_SITE], None, "由建筑施工专委会牵头的有哪几项", PLAN, ["19"]),
    ([ON_SITE], None, "这部分有几个专委会牵头", PLAN, ["14", "28"]),
    ([], None, "第四部分里总共出现了几个专委会牵头", PLAN, ["14", "28"]),
    # points of an article that say a word
    ([FINES], None, "讲演练的是第几项", SAFETY, ["97"]),
    ([FINES], None, "哪几项提到“培训”", SAFETY, ["97"]),
    ([HEAD], None, "跟“投入”沾边的是第几项", SAFETY, ["21"]),
    # two articles
    ([SECRETARY, MAYOR], None, "分别列了几项", RULES, ["5", "6"]),
    ([HEAD, STAFF], None, "各有几项呢", SAFETY, ["21", "25"]),
    ([LESS], None, "两条哪个更重", RULES, ["21", "22"]),
    ([], None, "安全生产法第94条和95条的罚款差在哪", SAFETY, ["94", "95"]),
    # what the clause does say
    ([POWER], None, "提前多长", SAFETY, ["70"]),
    ([POWER], None, "提前量要多长", SAFETY, ["70"]),
    ([POWER], None, "停电得提前几个小时打招呼", SAFETY, ["70"]),
    ([TOLD], None, "税务机关在不在这个名单里", SAFETY, ["78"]),
    ([TOLD], None, "法院在不在里面", SAFETY, ["78"]),
    ([TOLD], None, "名单里有证监会吗", SAFETY, ["78"]),
    # one of two leads
    ([WASTE], None, "专委会牵头还是局里牵头", PLAN, ["26"]),
    ([WASTE], None, "这项也是哪个专委会牵头吗，还是生态环境局自己牵头", PLAN, ["26"]),
    # put right
    ([SEVENTEEN], None, "抱歉看错了，是27条", PLAN, ["27"]),
    ([SEVENTEEN], None, "不是17条，是28条", PLAN, ["28"]),
    ([CULTURE], None, "单位报错了，我在交通运输局", PLAN, ["16", "20", "33"]),
    ([CULTURE], None, "不好意思，我们是市交通运输局", PLAN, ["16", "20", "33"]),
    ([BUILDERS], "市住建局", "说错了，我是市商务局的", PLAN, ["20"]),
    # the plan for a law
    ([DRILLS], None, "咱们要点里哪一项管这个", PLAN, ["34"]),
    ([DRILLS], None, "要点中有哪些地方对得上？劳您列下", PLAN, ["34"]),
    # compared
    ([MINES], None, "落实的有什么两样", PLAN, ["14", "15"]),
    ([MINES], None, "落实单位差在哪", PLAN, ["14", "15"]),
    ([POLICE], "市公安局", "跟消防救援支队有重复的项吗", PLAN, ["20", "29"]),
    ([POLICE], "市公安局", "和市消防救援支队比，重叠的是哪几项", PLAN, ["20", "29"]),
    # who does it stands in an article of its own
    ([BLAME], None, "这个问责由谁来实施", RULES, ["26"]),
]

UNSAID = [
    ([PATROL], "重点县名单里有没有我们，是哪几个"),
    ([PATROL], "重点县区是哪几个"),
    ([TRIAL], "试点乡镇名单有哪几个"),
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
    """Places that an item only mentions are not made up from its bracket."""
    assert ask(assistant, before, "丰城市应急管理局", text).refused


def test_committees_of_a_part(assistant: Assistant) -> None:
    """Committees are counted in the part of the plan that is named, and a part without any is said to have none."""
    fourth, second = (ask(assistant, [], None, f"第{n}部分有几个专委会牵头").text for n in "四二")
    assert "**11个**专业委员会" in fourth
    assert "没有由专业安全生产委员会牵头" in second


def test_held(assistant: Assistant) -> None:
    """Searching one text counts what looking through each clause counts."""
    clauses = list(assistant.library.clauses(PLAN).values())
    grams = ["安全", "燃气", "专委", "整治", "整治", "没有的字"]
    assert Held(clauses).counts(grams) == [sum(gram in plain(c.text) for gram in grams) for c in clauses]
    assert Held([]).counts(grams) == []


def test_searched_once(assistant: Assistant) -> None:
    """A search for the same words is made once, however deep it is looked into."""
    seen = _Counting(assistant.retriever)
    search = _Searches(lambda: seen, _Clock(), ())
    first, more = search("燃气泄漏报警", 3), search("燃气泄漏报警", 20)
    assert (seen.searches, len(first), more[:3]) == (1, 3, first)
    assert len(search("燃气泄漏报警", 60)) > 40
    assert seen.searches == 2


class _Counting:
    """A retriever that counts its searches."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self.searches = 0

    def vector(self, query: str) -> object:
        return self._retriever.vector(query)

    def search(self, query: str, k: int, **more: object) -> list[Hit]:
        self.searches += 1
        return self._retriever.search(query, k, **more)


@pytest.mark.parametrize(
    ("text", "number"),
    [("危险废物的条号呢", "26"), ("危废的条号呢", "26"), ("烟花爆竹的编号是多少", "22"), ("非煤矿山的序号是几", "15")],
)
def test_the_number_of_another_item(assistant: Assistant, text: str, number: str) -> None:
    """A subject of its own with 的条号 asks for that item, not for the words of the one talked about."""
    history = (Turn("user", "旅游整治是第几条"), Turn("assistant", "第27条。"))
    answer = assistant.ask(Question(text, None, history))
    assert answer.citations[0].clause == number


@pytest.mark.parametrize("text", ["燃气那一项谁牵头", "燃气那一项讲了什么"])
def test_that_item_is_not_the_first(assistant: Assistant, text: str) -> None:
    """那一项 points; it is no number."""
    assert assistant.ask(Question(text)).citations[0].clause == "20"


def test_another_committee_brings_its_item_along(assistant: Assistant) -> None:
    """商贸呢 after 消防那条…消防专委会 asks of the other item, not whether its committee stands in this one."""
    history = (Turn("user", "消防那条牵头的是消防专委会吧"), Turn("assistant", "是，第18项由消防安全生产委员会牵头。"))
    answer = assistant.ask(Question("旅游呢？", None, history))
    assert answer.citations[0].clause == "27"
    assert answer.text.startswith("是")


GAS = "燃气安全整治都哪些部门啊 < 第20项：市安委会城市运行安全生产委员会牵头；市综合行政执法局、市住建局等分工负责。"


@pytest.mark.parametrize("text", ["没我们局名字吧？😅", "有没有咱们局的名字", "那有没有我们的份[捂脸]", "里面有我们吗"])
def test_whether_we_stand_among_those_just_told(assistant: Assistant, text: str) -> None:
    """One's own name is looked for in the item whose departments were told; faces say nothing."""
    asked, told = GAS.split(" < ")
    history = (Turn("user", asked), Turn("assistant", told))
    answer = assistant.ask(Question(text, "市教体局", history))
    assert [c.clause for c in answer.citations] == ["20"]
    assert "没有点名市教体局" in answer.text


def test_a_pointed_committee_is_counted_over_the_plan(assistant: Assistant) -> None:
    """这个矿山专委会牵头几条 counts all its items, not the one talked about."""
    history = (Turn("user", "谁牵头非煤矿山"), Turn("assistant", "第15项：市安委会矿山安全生产委员会牵头组织开展。"))
    answer = assistant.ask(Question("这个矿山专委会总共牵头几条呀", None, history))
    assert {c.clause for c in answer.citations} == {"14", "15"}


def test_a_paper_only_named_is_not_given(assistant: Assistant) -> None:
    """The whole text of a paper that an item names stands nowhere."""
    history = (Turn("user", "第7项讲什么"), Turn("assistant", "第7项：抓好一线从业人员安全生产责任指导意见落地。"))
    assert assistant.ask(Question("把那个指导意见全文发我", None, history)).refused


@pytest.mark.parametrize("text", ["29条是市商务局牵头对吧", "20条由谁牵头"])
def test_an_item_by_its_bare_number(assistant: Assistant, text: str) -> None:
    """29条是…, 20条由谁…: items of the plan without 第."""
    assert assistant.ask(Question(text)).citations[0].clause == text[:2]

"""Which clause a question means: bare numbers, counted brackets, a law beside the plan, defined terms."""

from __future__ import annotations

import pytest

from rag.assistant import Assistant
from rag.model import Answer, Question

PLAN = "yichun-2023-work-plan"
SAFETY = "anquan-shengchan-fa"
RULES = "dangzheng-zerenzhi"
FIRE = "xiaofang-fa"


def _ask(assistant: Assistant, question: str, org: str | None = None) -> Answer:
    return assistant.ask(Question(question, org))


# (question, department, document and clause that is cited first)
FIRST = [
    ("第35条说的是什么，简单概括下", None, PLAN, "35"),
    ("明天开会用，把第30条的原文给局长调出来", None, PLAN, "30"),
    ("第8条搞考核，除了组织部还有哪些单位一起弄", "市统计局", PLAN, "8"),
    ("市气象局在第33条里要做什么", "市气象局", PLAN, "33"),
    ("麻烦看下工作要点32条", None, PLAN, "32"),
    ("第21条主要负责人职责是怎么规定的", None, SAFETY, "21"),
    ("第九十条规定了哪几种处分", None, SAFETY, "90"),
    ("99条第八项说的违法行为是什么", None, SAFETY, "99"),
    ("二十一条里主要负责人职责的第七项是什么", None, SAFETY, "21"),
    ("矿山法第二十九条第二款怎么讲", None, "kuangshan-anquan-fa", "29"),
    ("规定列了六条职责，党委书记学习培训那条原文", None, RULES, "5"),
]


@pytest.mark.parametrize(("question", "org", "document", "clause"), FIRST, ids=[row[0] for row in FIRST])
def test_a_bare_number_is_read_as_people_mean_it(
    assistant: Assistant, question: str, org: str | None, document: str, clause: str
) -> None:
    """第30条 alone is the plan's item, with words or numbers of a law it is the law's; 99条第八项 is one 项."""
    answer = _ask(assistant, question, org)
    assert not answer.refused
    assert (answer.citations[0].document, answer.citations[0].clause) == (document, clause), answer.text


def test_a_bare_number_also_tells_the_articles(assistant: Assistant) -> None:
    """Where a number may be either, the articles of that number follow the item."""
    answer = _ask(assistant, "第30条讲什么")
    assert {(PLAN, "30"), (SAFETY, "30")} <= {(c.document, c.clause) for c in answer.citations}
    assert answer.text.index("第30项") < answer.text.index("如果问的是法律")


# (question, department, words of the answer)
COUNTED = [
    ("第33条括号内列名的市直部门共有几家", None, "**5个**单位"),
    ("新领域新风险那条，括号里有名有姓的市级单位有几家呀", None, "**8个**单位"),
    ("燃气那条挂了多少个市里的部门，一个一个数给我听", None, "分工负责9个"),
    ("燃气那条分工的部门一共几家", "市住建局", "分工负责9个"),
    ("考核那条 会同之前写了几家", "市统计局", "分工负责4个"),
    ("交通整治点名了几个部门", None, "**6个**单位"),
    ("交通那条跟燃气那条 点名部门哪个多", None, "第16项6个，第20项10个；**第20项多**"),
    ("市发改委一共出现在几项的分工里", "市发改委", "**4项**"),
    ("市公安局在几项里被点名", None, "**2项**"),
]


@pytest.mark.parametrize(("question", "org", "words"), COUNTED, ids=[row[0] for row in COUNTED])
def test_departments_and_items_are_counted(assistant: Assistant, question: str, org: str | None, words: str) -> None:
    """However the count is asked for, the first paragraph gives it."""
    answer = _ask(assistant, question, org)
    assert not answer.refused
    assert words in answer.text.split("\n\n")[0], answer.text


UNCOUNTED = [
    "煤矿那条今年查了几家企业",
    "我区消防安全重点单位有几家",
    "2022年的要点里燃气那条点名了几个部门",
    "市教体局现在完成了几项",
]


@pytest.mark.parametrize("question", UNCOUNTED)
def test_what_the_brackets_do_not_hold_is_not_counted(assistant: Assistant, question: str) -> None:
    """Results, firms and other years are no departments of a bracket."""
    assert _ask(assistant, question).refused


# (question, department, item that is cited first)
OURS = [
    ("我市今年打非治违谁组织、谁督促", None, "10"),
    ("我市今年校园周边整治要完善什么", None, "28"),
    ("市里要点对煤矿瓦斯防治装备怎么要求", "丰城市政府", "14"),
    ("事故调查处理方面今年市里要制定个什么细则", None, "9"),
    ("做碳酸锂的企业，市里今年要出个什么文件来规范", None, "17"),
]


@pytest.mark.parametrize(("question", "org", "item"), OURS, ids=[row[0] for row in OURS])
def test_our_city_is_the_plans(assistant: Assistant, question: str, org: str | None, item: str) -> None:
    """我市 and 市里 are the city of the plan: neither the asker's department nor another place."""
    answer = _ask(assistant, question, org)
    assert not answer.refused
    assert (answer.citations[0].document, answer.citations[0].clause) == (PLAN, item), answer.text


def test_our_city_of_a_county_level_city_is_that_city(assistant: Assistant) -> None:
    """For somebody of 丰城, 我市 is 丰城."""
    assert "**丰城市政府**在" in _ask(assistant, "我市今年要做什么", "丰城市政府").text


ELSEWHERE = [
    "浏阳人家花炮怎么监管，他们市里2023的文件给我抄一段",
    "市里自己印发的实施方案第三条",
    "我市安全生产事故应急预案里，一级响应由谁启动",
    "县里的方案什么时候报",
]


@pytest.mark.parametrize("question", ELSEWHERE)
def test_papers_of_others_are_still_refused(assistant: Assistant, question: str) -> None:
    """Another place's papers, a county's own and plans that are not held stay unanswered."""
    assert _ask(assistant, question).refused


HELD = ["无人机要点里提没提", "共享单车归没归到这份文件里管", "共享单车文件里写了吗", "共享单车要点里有没有"]


@pytest.mark.parametrize("question", HELD)
def test_a_word_of_the_plan_is_found_however_asked(assistant: Assistant, question: str) -> None:
    """The plan has the word: yes, and where."""
    answer = _ask(assistant, question)
    assert answer.text.startswith("有。")
    assert (answer.citations[0].document, answer.citations[0].clause) == (PLAN, "29")


# (question, law and article that come first)
LAWS = [
    ("消防重点单位谁确定的", FIRE, "17"),
    ("景区最大承载量由谁核定", "lvyou-fa", "45"),
    ("工地安全总包管还是分包管", "jianzhu-fa", "45"),
    ("涉及死人的举报由谁组织核查", SAFETY, "73"),
    ("特种作业人员无证上岗,依据哪条罚?", SAFETY, "97"),
    ("我是派遣工,安全培训该谁给我搞", SAFETY, "28"),
    ("景区缆车要是停了，票钱给不给少收呀", "lvyou-fa", "44"),
    ("景区门票涨价要提前多久公布", "lvyou-fa", "44"),
    ("空中滑翔这类高空项目要不要办许可？", "lvyou-fa", "47"),
    ("许可受理后多少天要出结果", "xingzheng-xuke-fa", "42"),
    ("老板出事跑了，最多拘留几天", SAFETY, "110"),
    ("按日连续处法从哪天开始算", SAFETY, "112"),
]


@pytest.mark.parametrize(("question", "document", "clause"), LAWS, ids=[row[0] for row in LAWS])
def test_the_law_answers_where_it_says_it(assistant: Assistant, question: str, document: str, clause: str) -> None:
    """An item of the plan that only shares the subject does not stand before the article that answers."""
    answer = _ask(assistant, question)
    assert not answer.refused
    assert (answer.citations[0].document, answer.citations[0].clause) == (document, clause), answer.text


@pytest.mark.parametrize(
    ("question", "item"), [("燃气安全谁负责", "20"), ("校园安全谁牵头", "28"), ("景区安全整治哪个专委会牵头", "27")]
)
def test_the_plan_answers_who_is_assigned(assistant: Assistant, question: str, item: str) -> None:
    """Who leads a campaign stands in the plan, whatever a law says of the subject."""
    answer = _ask(assistant, question)
    assert (answer.citations[0].document, answer.citations[0].clause) == (PLAN, item)


# (question, law, the line's beginning)
TERMS = [
    ("法律上什么样的东西算危险废物？", "guti-feiwu-fangzhi-fa", "危险废物，是指"),
    ("危险废物说的“贮存”，多临时的放置才算，法里怎么定义", "guti-feiwu-fangzhi-fa", "贮存，是指"),
    ("人员密集场所，是哪些地方", FIRE, "人员密集场所，是指"),
    ("重大危险源是什么", SAFETY, "重大危险源，是指"),
]


@pytest.mark.parametrize(("question", "document", "words"), TERMS, ids=[row[0] for row in TERMS])
def test_a_defined_term_is_answered_by_its_definition(
    assistant: Assistant, question: str, document: str, words: str
) -> None:
    """The line of the law that defines the term comes first, and alone."""
    answer = _ask(assistant, question)
    assert answer.citations[0].document == document
    assert words in answer.text.split("\n\n")[1]


def test_duties_of_a_place_are_no_definition_of_it(assistant: Assistant) -> None:
    """景区 is defined, but 风景区的法定义务 asks for something else."""
    answer = _ask(assistant, "开发区、工业园区、风景区在安全生产监管方面的法定义务是什么？")
    assert (answer.citations[0].document, answer.citations[0].clause) == (SAFETY, "9")


@pytest.mark.parametrize(
    "question", ["要点第5条反复使用的“三管三必须”，法律上的完整表述是什么", "第5项的三管三必须是哪三个"]
)
def test_a_term_an_item_brings_up_is_spelled_out(assistant: Assistant, question: str) -> None:
    """The item is where the term stands; what is asked for is the term in full."""
    assert "管行业必须管安全" in _ask(assistant, question).text.split("\n\n")[0]


def test_a_fine_is_no_slip_for_the_law(assistant: Assistant) -> None:
    """安全生产罚款 sounds like 安全生产法款 and stays what it is."""
    assert "安全生产罚款" in _ask(assistant, "安全生产罚款多少天内要交").understood.rewritten


def test_a_long_sentence_is_quoted_by_the_part_that_tells(assistant: Assistant) -> None:
    """What stands after the semicolon speaks of other things and is left out; that it was is said."""
    text = _ask(assistant, "第18条里电动自行车那句是怎么要求的，摘给我").text
    assert "电动自行车违规停放充电" in text
    assert "生命通道" not in text
    assert "以上为与问题最相关的部分" in text


def test_one_time_for_everybody_is_told_once(assistant: Assistant) -> None:
    """各地 and 各有关部门 report on the same days: the answer does not repeat them for each."""
    assert _ask(assistant, "半年的完成情况最晚哪天要报上去").text.split("\n\n")[0].count("2023-06-25") == 1


def test_a_rhythm_is_found_in_the_item_that_has_it(assistant: Assistant) -> None:
    """打非治违 is the title of item 10, but how often its state is told stands in item 5."""
    answer = _ask(assistant, "专委会打非治违情况的通报频次?")
    assert answer.text.startswith("**每季度**——第5项")


def test_a_side_question_does_not_take_over(assistant: Assistant) -> None:
    """有没有讲… after another question is not answered alone."""
    answer = _ask(assistant, "专项巡查聚焦的是哪两类对象，有没有讲行业领域？")
    assert (answer.citations[0].document, answer.citations[0].clause) == (PLAN, "32")


def test_a_stated_share_of_work_is_judged(assistant: Assistant) -> None:
    """是否如此 asks whether each department named has the share."""
    answer = _ask(assistant, "第3项由市安委会办公室、市委政法委分工负责，是否如此？")
    assert "没有点名市委政法委" in answer.text

"""Follow-ups and messages with several questions: what each is read as."""

from __future__ import annotations

import pytest

from rag.assistant import Assistant
from rag.model import Question, Turn
from rag.understand.pieces import MOST_PARTS, pieces
from rag.understand.reading import Reading

PLAN = "yichun-2023-work-plan"
SAFETY = "anquan-shengchan-fa"
RULES = "dangzheng-zerenzhi"

TWO = "市住建局要做什么 < 点名2项：第20项、第29项。"
SEVEN = (
    "市应急管理局直接点名的任务 < 点名7项：第1项、第4项、第8项、第20项、第33项、第34项、第35项。[1][2]\n\n"
    "36项：点名 7，正文 1，成员 0，待确认 28。"
)
THIRD = "上面第三条的依据 < 第8项的依据：《公务员法》第三十九条[1]"
NUMBERED = (
    "住建局有哪些任务 < 点名2项：\n1. 第20项 强化燃气安全整治\n依据：《安全生产法》第三十六条第四款[2]\n"
    "2. 第29项 强化新领域新风险安全整治\n依据：《消防法》第二条"
)
FULL = (
    "市生态环境局要做什么 < 36项：点名 1，正文 0，成员 0，待确认 35（未涉及 0）。\n### 点名：责任括号直接写明（1项）\n"
    "**第26项 强化危险废物安全整治** ｜ 牵头组织开展 [1]\n> (市生态环境局牵头组织开展,见第9项)\n"
    "依据：《固体废物污染环境防治法》第七十九条[2]\n### 待确认：只写“有关部门”等（35项）\n"
    "- **第1项 深入学习** ｜ “各有关部门”分工负责；依据：《安全生产法》第三条[9]\n- **第2项 扎实开展** ｜ 时限：经常性"
)
GAS = (
    "燃气安全谁牵头 < 第20项（强化燃气安全整治）：**牵头组织开展：市安委会城市运行安全生产委员会**。[1]\n\n"
    "依据：《安全生产法》第三十六条第四款[2]"
)
LAW = (
    "安全生产法第三十六条第四款是什么 < **《安全生产法》第三十六条第四款**[1]：\n\n"
    "> 餐饮等行业的生产经营单位使用燃气的，应当安装报警装置。"
)
NONE = "消防方面谁最辛苦 < 在收录的文件中没有找到。最接近的条款（不一定相关）：《消防法》第三条。"

# (earlier turns "asked < answered", the asker's department, question, intent, organisations, clauses)
DIALOGUES = [
    # wanted alone: the subject comes from before
    ([GAS], None, "还有谁一起？", "who", "", "20"),
    ([GAS], None, "依据呢", "basis", "", "20"),
    ([GAS, "依据呢 < 第20项的法律依据：《安全生产法》第九十九条[1]"], None, "什么时候要完成", "deadline", "", "20"),
    ([GAS], None, "谁来落实", "who", "", "20"),
    ([GAS], None, "多久一次", "frequency", "", "20"),
    ([GAS], None, "原文呢", "content", "", "20"),
    ([GAS], None, "它的法律依据是什么", "basis", "", "20"),
    ([GAS], None, "这一项讲什么", "content", "", "20"),
    ([GAS], None, "我是问依据", "basis", "", "20"),
    ([GAS], None, "为什么没有", "content", "", "20"),
    (["第16项谁负责 < 市公安局交警支队等分工负责"], None, "宜春车务段算不算", "is_named", "宜春车务段", "16"),
    (["第18项讲什么 < 讲强化消防安全整治。[1]"], None, "消防救援支队在里面吗", "is_named", "市消防救援支队", "18"),
    (["安全生产考核在第几项 < 第8项，强化安全生产考核。[1]"], None, "考核结果拿来干嘛用？", "content", "", "8"),
    # lists
    (["市教育局点名的有几项 < 点名市教体局共2项：第16项、第29项。"], None, "是哪些", "duties", "市教体局", ""),
    (["市教育局点名的有几项 < 点名市教体局共2项：第16项、第29项。"], None, "都有哪些", "duties", "市教体局", ""),
    ([TWO], None, "这些的依据", "basis", "", "20 29"),
    ([TWO], None, "什么时候完成", "deadline", "", "20 29"),
    ([SEVEN], None, "上面第三条的依据？", "basis", "", "8"),
    ([SEVEN, THIRD], None, "第二条什么时候完成", "deadline", "", "4"),
    ([SEVEN, THIRD], None, "最后一条内容是什么", "content", "", "35"),
    ([TWO], None, "那第二个是关于什么的", "content", "", "29"),
    ([NUMBERED], None, "里面第一项是谁牵头的？", "who", "", "20"),
    ([NUMBERED], None, "第二条的法律依据是什么？", "basis", "", "29"),
    ([SEVEN], None, "前两项谁牵头", "who", "", "1 4"),
    ([FULL], None, "依据呢", "basis", "", "26"),
    ([FULL], None, "第三条谁牵头", "who", "", "2"),
    ([TWO], None, "第3项讲什么", "content", "", "3"),
    (["市住建局要做什么 < 第20、29项。"], None, "第二个谁牵头", "who", "", "29"),
    ([TWO], None, "燃气那个详细说说", "content", "", "20"),
    ([SEVEN], None, "第一条的依据", "basis", "", "1"),
    ([SEVEN, "第一条的依据 < 第1项的依据是……"], None, "下一条呢", "basis", "", "4"),
    # the same question of another organisation
    (["市住建局要做什么 < 点名2项。"], None, "那市应急管理局呢？", "duties", "市应急管理局", ""),
    (["发改委的任务 < 点名4项：第13项、第16项。"], None, "换成市应急管理局看看", "duties", "市应急管理局", ""),
    ([TWO], None, "不对，我问的是教育局", "duties", "市教体局", ""),
    ([TWO], None, "我是问公安局", "duties", "市公安局", ""),
    (["第20项有公安局吗 < 有，分工负责。"], None, "那市场监管局呢", "is_named", "市市场监管局", "20"),
    ([GAS], None, "那住建局呢", "is_named", "市住建局", "20"),
    (["樟树市政府消防方面要做什么 < 7项：第11项、第18项。"], None, "那高安呢", "duties", "高安市政府", ""),
    (["靖安县政府要落实哪些 < 33项"], None, "高安的呢？", "duties", "高安市政府", ""),
    (["袁州区住建局要做什么 < 第1项"], None, "那教育局呢", "duties", "袁州区政府", ""),
    (["袁州区住建局要做什么 < 第1项"], None, "那市教育局呢", "duties", "市教体局", ""),
    (["我局要做什么 < 第1项"], "袁州区应急管理局", "那教育局呢", "duties", "袁州区政府", ""),
    (["市住建局要做什么 < 第20项"], "袁州区应急管理局", "那教育局呢", "duties", "市教体局", ""),
    (["市教育局要做什么 < 第16项"], "市住建局", "那我们局呢", "duties", "市住建局", ""),
    ([TWO, "那公安局呢 < 第20项"], None, "它们都有的是哪几项", "compare", "市住建局 市公安局", ""),
    (["住建局和公安局都有的是哪几项 < 第20项"], None, "商务局呢", "compare", "市住建局 市公安局 市商务局", ""),
    (["住建局牵头哪些 < 没有"], None, "那有分工负责的吗", "duties", "市住建局", ""),
    (["住建局牵头哪些 < 没有", "那有分工负责的吗 < 第20项"], None, "每季度要做的呢", "duties", "市住建局", ""),
    (["市安委会办公室被点名的有哪些 < 第2项、第3项"], None, "它设在哪个单位", "who", "市安委会办公室", ""),
    ([GAS], None, "它还牵头别的吗", "duties", "市安委会城市运行安全生产委员会", ""),
    # the same question of another subject or clause
    ([GAS], None, "那煤矿呢", "who", "", ""),
    ([GAS], None, "我问的是煤矿", "who", "", ""),
    (["第20项的法律依据是什么 < 《安全生产法》第三十六条"], None, "那第21项呢", "basis", "", "21"),
    (["第14项由谁落实 < 丰城市政府"], None, "上一项呢", "who", "", "13"),
    (["第20项讲什么 < 燃气", "那第21项呢 < 工贸"], None, "它们有什么区别", "compare", "", "20 21"),
    # laws
    ([LAW], None, "违反了怎么罚", "content", "", f"{SAFETY}:36.4"),
    ([LAW], None, "第二款呢", "content", "", f"{SAFETY}:36.2"),
    ([LAW], None, "我是问第三款", "content", "", f"{SAFETY}:36.3"),
    ([LAW], None, "上一款呢", "content", "", f"{SAFETY}:36.3"),
    ([LAW], None, "下一条讲什么", "content", "", f"{SAFETY}:37"),
    ([LAW], None, "第三十八条呢", "content", "", f"{SAFETY}:38"),
    ([LAW, "违反了怎么罚 < **《安全生产法》第九十九条**[1]"], None, "那个人呢", "content", "", f"{SAFETY}:36.4"),
    (["责任制规定第五条 < 六项职责"], None, "第三项是什么", "content", "", f"{RULES}:5.1(3)"),
    # what stands alone owes nothing to the conversation
    ([SEVEN], None, "市气象局要做什么", "duties", "市气象局", ""),
    ([LAW], None, "第14项由谁落实", "who", "", "14"),
    ([GAS], None, "电梯归谁管", "who", "", ""),
    ([GAS], None, "三管三必须是什么意思", "definition", "", ""),
    ([TWO, NONE], None, "第20项谁牵头", "who", "", "20"),
    (["谢谢 < 不客气。可以问：第20项谁牵头？"], None, "那交通局呢", "duties", "市交通运输局", ""),
]  # fmt: skip

LOST = [
    "还有谁一起？", "上面第三条的依据", "它什么时候要完成", "那个呢", "还有呢", "第二个呢", "依据呢", "什么时候完成",
    "上一条呢", "第三款呢", "最后一条讲什么", "那它呢", "谁牵头", "这些的依据", "它们都有的是哪几项",
]  # fmt: skip

SEVERAL = [
    ("燃气谁牵头？住建局在里面吗？什么时候完成？", ["燃气谁牵头？", "燃气点名住建局了吗", "燃气什么时候完成"]),
    ("市气象局有什么任务？依据是什么？多久完成？", ["市气象局有什么任务？", "第33项的依据是什么", "第33项多久完成"]),
    ("①第20项谁牵头②什么时候完成③依据呢", ["第20项谁牵头", "第20项什么时候完成", "第20项的依据是什么"]),
    ("煤矿安全谁牵头？非煤矿山呢？", ["煤矿安全谁牵头？", "非煤矿山谁牵头"]),
    ("第20项谁牵头，以及住建局在里面吗", ["第20项谁牵头", "第20项点名住建局了吗"]),
    ("什么是三管三必须？它的依据是什么？", ["什么是三管三必须？", "三管三必须的依据是什么"]),
]

PIECES = [
    ("1.职责清单几月底前制定 2.半年总结几号报 3.每季度公布几个案例", 3),
    ("1、市住建局有哪些任务\n2、第20项谁牵头", 2),
    ("（1）第20项谁牵头（2）第14项谁落实", 2),
    ("消防支队有哪些点名任务，另外第18项谁牵头", 2),
    ("第20项谁牵头？还有一个问题，煤矿归谁管", 2),
    ("第20项谁牵头以及什么时候完成", 2),
    ("市住建局要做什么；市公安局要做什么", 2),
    ("市住建局、市公安局要做什么", 1),
    ("市住建局以及市公安局要做什么", 1),
    ("市住建局\n市公安局\n要做什么", 1),
    ("“（一）建立健全责任制；（二）组织制定规章制度；”是哪条规定的", 1),
    ("“谁来管？怎么管？”是哪份文件说的", 1),
    ("第1.5亿元以上的事故算什么等级", 1),
    ("2023.1.5印发的是什么文件", 1),
    ("第20项谁牵头？？", 1),
]


def read(assistant: Assistant, before: list[str], org: str | None, text: str) -> Reading:
    """The reading of ``text`` after turns written ``asked < answered``."""
    history: list[Turn] = []
    for turn in before:
        asked, _, answered = turn.partition(" < ")
        history += [Turn("user", asked), Turn("assistant", answered)]
    return assistant.reader.read(Question(text, org, tuple(history)))


def clauses(reading: Reading) -> list[str]:
    """Clauses a reading names: bare numbers are items of the plan."""
    return [r.clause if r.document == PLAN else f"{r.document}:{r.clause}" for r in reading.references]


@pytest.mark.parametrize(
    ("before", "org", "text", "intent", "names", "named"),
    DIALOGUES,
    ids=[f"{number}-{row[2]}" for number, row in enumerate(DIALOGUES)],
)
def test_dialogues(
    assistant: Assistant, before: list[str], org: str | None, text: str, intent: str, names: str, named: str
) -> None:
    """A follow-up has the intent, organisations and clauses of the full question it stands for."""
    reading = read(assistant, before, org, text)
    assert not reading.lost
    assert (reading.intent.value, [p.name for p in reading.parties], clauses(reading)) == (
        intent,
        names.split(),
        named.split(),
    )


@pytest.mark.parametrize("row", DIALOGUES, ids=[f"{number}-{row[2]}" for number, row in enumerate(DIALOGUES)])
def test_rewritten_stands_alone(assistant: Assistant, row: tuple[list[str], str | None, str, str, str, str]) -> None:
    """The rewritten question, asked by itself, is read the same."""
    reading = read(assistant, row[0], row[1], row[2])
    again = read(assistant, [], row[1], reading.text)
    assert not again.lost
    assert (again.intent, again.parties, clauses(again)) == (reading.intent, reading.parties, clauses(reading))


@pytest.mark.parametrize("text", LOST)
def test_nothing_said_before(assistant: Assistant, text: str) -> None:
    """A question that needs an earlier one is lost without it, and after chat or help as well."""
    assert read(assistant, [], None, text).lost
    assert read(assistant, ["谢谢 < 可以这样问：第20项谁牵头？"], None, text).lost


@pytest.mark.parametrize("text", ["上面第九条的依据", "第五个呢", "第三款呢"])
def test_pointing_past_the_list(assistant: Assistant, text: str) -> None:
    """An ordinal beyond what was listed, or a 款 of an item, points at nothing."""
    assert read(assistant, [TWO], None, text).lost


def test_another_year(assistant: Assistant) -> None:
    """那2022年的呢 asks the question before for a year whose plan is not held, whatever it is rewritten to."""
    for before in (GAS, TWO, "职责清单什么时候制定 < 第4项：3月底前。"):
        reading = read(assistant, [before], None, "那2022年的呢")
        assert not reading.lost
        assert reading.years == (2022,)


def test_another_subject(assistant: Assistant) -> None:
    """那煤矿呢 replaces the subject and keeps what is wanted, however the subject was named."""
    for before in (GAS, "第20项由谁牵头 < 市安委会城市运行安全生产委员会"):
        text = read(assistant, [before], None, "那煤矿呢").text
        assert "煤矿" in text
        assert "牵头" in text
        assert "燃气" not in text
        assert "20" not in text


@pytest.mark.parametrize(("text", "parts"), SEVERAL, ids=[text for text, _ in SEVERAL])
def test_parts_inherit(assistant: Assistant, text: str, parts: list[str]) -> None:
    """A later question of a message that names no subject is about the subject of the earlier ones."""
    reading = read(assistant, [], None, text)
    assert [one.text for one in (reading, *reading.more)] == parts
    assert not any(one.lost for one in (reading, *reading.more))


@pytest.mark.parametrize(("text", "count"), PIECES, ids=[text for text, _ in PIECES])
def test_pieces(text: str, count: int) -> None:
    """A message is split where it asks anew, not at lists, quotations, decimals or dates; nothing is lost."""
    found = pieces(text)
    assert len(found) == count
    assert all(piece in text for piece in found)


def test_most_parts() -> None:
    """No more than the first few questions of a message are taken."""
    assert len(pieces("".join(f"第{number}项谁牵头？" for number in range(1, MOST_PARTS + 4)))) == MOST_PARTS
    assert pieces("谁牵头？" * 3) == ["谁牵头？"]


@pytest.mark.parametrize("before", ["第20项谁牵头？", "燃气安全整治谁落实？", "市气象局被点名了吗"])
@pytest.mark.parametrize("question", ["我局今年有哪些任务？", "我们今年要做什么？"])
def test_ones_own_list_is_no_follow_up(assistant: Assistant, before: str, question: str) -> None:
    """A whole question about one's own department gets the whole list, whatever was talked about before."""
    history = (Turn("user", before), Turn("assistant", assistant.ask(Question(before)).text))
    answer = assistant.ask(Question(question, "市住建局", history))
    assert answer.duties == assistant.ask(Question(question, "市住建局")).duties
    assert "36项：点名 2" in answer.text


@pytest.mark.parametrize("again", ["我们今年要做什么？", "收到", "你是谁"])
def test_what_stands_alone_after_an_open_question(assistant: Assistant, again: str) -> None:
    """After a question that got no department, the same again and small talk are not taken for pronouns."""
    history = (
        Turn("user", "我们今年要做什么？"),
        Turn("assistant", assistant.ask(Question("我们今年要做什么？")).text),
    )
    assert "不清楚" not in assistant.ask(Question(again, None, history)).text

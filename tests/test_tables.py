"""Filters, comparisons, counts and tables over the whole plan: the items are those read from the paper by hand."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.model import Answer, Question, Reason

ROOT = Path(__file__).resolve().parent.parent
PLAN = "yichun-2023-work-plan"
EVERY = [str(number) for number in range(1, 37)]


def _rows(name: str) -> list[dict[str, str]]:
    with (ROOT / "tests/gold" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


BRACKETS, DEADLINES = _rows("bracket_duties.tsv"), _rows("deadlines.tsv")


def with_party(*words: str, role: str | None = None) -> set[str]:
    """Items whose bracket has one of these parties, as written."""
    return {row["item"] for row in BRACKETS if row["words"] in words and role in (None, row["role"])}


def without(items: Iterable[str]) -> set[str]:
    return set(EVERY) - set(items)


def led() -> set[str]:
    return {row["item"] for row in BRACKETS if row["role"].startswith("牵头")}


def saying(library_items: dict[str, str], word: str) -> set[str]:
    """Items with ``word`` before the bracket that starts with their first party."""
    first = {row["item"]: row["words"] for row in reversed(BRACKETS)}
    return {id for id, text in library_items.items() if word in text[: text.rindex(f"({first[id]}")]}


@pytest.fixture(scope="module")
def ask(assistant: Assistant) -> Callable[..., Answer]:
    """Ask one question, for one department."""

    def one(text: str, org: str | None = None) -> Answer:
        return assistant.ask(Question(text, org))

    return one


@pytest.fixture(scope="module")
def texts(assistant: Assistant) -> dict[str, str]:
    """Item text by number."""
    return {clause.id: clause.text for clause in assistant.library.items(PLAN)}


def cited(answer: Answer) -> set[str]:
    """Items of the plan among the citations."""
    return {one.clause for one in answer.citations if one.document == PLAN}


def clauses(answer: Answer) -> set[str]:
    return {row.clause for row in answer.duties}


def sentence(answer: Answer) -> str:
    """Everything but quotations and notes."""
    return "\n".join(line for line in answer.text.splitlines() if line and not line.startswith((">", "状态")))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("哪些项没有写各县市区政府", without(with_party("各县(市、区)政府"))),
        ("哪些项没有县市区政府落实", without(with_party("各县(市、区)政府", role="落实"))),
        ("不用县里落实的有哪些", without(with_party("各县(市、区)政府", role="落实"))),
        ("哪几项不要三区管委会落实", without(with_party("“三区”管委会", role="落实"))),
        ("哪些项没有点名住建局", without(with_party("市住建局"))),
    ],
)
def test_negation_gives_the_complement(ask: Callable[..., Answer], question: str, expected: set[str]) -> None:
    """Items without a party are all items less those whose bracket has it, counted and cited."""
    answer = ask(question)
    assert cited(answer) == expected
    assert f"**{len(expected)}项**" in answer.text
    assert answer.duties == ()


def test_a_group_missing_where_its_member_stands(ask: Callable[..., Answer]) -> None:
    """Item 14 has no county group but names one county: both are said."""
    assert "第14项点名了其中的丰城市政府" in ask("哪些项没有县市区政府落实").text


@pytest.mark.parametrize("word", ["消防", "燃气", "打非治违", "矿山", "电梯"])
def test_items_that_speak_of_something(ask: Callable[..., Answer], texts: dict[str, str], word: str) -> None:
    """The body decides; an item whose bracket only has the word in a department's name is told apart."""
    answer = ask(f"哪些项提到{word}")
    expected = saying(texts, word)
    assert expected
    assert cited(answer) == expected
    assert f"有**{len(expected)}项**" in answer.text
    in_names = {row["item"] for row in BRACKETS if word in row["words"]} - expected
    for item in in_names:
        assert f"第{item}项（" in answer.text.split("只在责任括号的单位名称里有")[1]


@pytest.mark.parametrize("question", ["有明确期限的任务有哪些", "哪些事项有时间要求？", "把所有有时限的事列出来"])
def test_all_dates_and_rhythms(ask: Callable[..., Answer], question: str) -> None:
    """Every dated or recurring clause of the gold table is listed with its words; vague words stand apart."""
    answer = ask(question)
    fixed = [row for row in DEADLINES if row["kind"] in ("date", "recurrence")]
    assert cited(answer) == {row["clause"] for row in fixed}
    for row in fixed:
        assert row["text"] in answer.text
        assert row["due"] in answer.text
    loose = answer.text.split("没有定具体时间的：")[1]
    assert all(f"“{row['text']}”" in loose for row in DEADLINES if row["kind"] == "vague")


def test_dates_come_in_order(ask: Callable[..., Answer]) -> None:
    """Dates stand before rhythms, the earliest first."""
    text = ask("有明确期限的任务有哪些").text
    places = [text.index(date) for date in ("2023-03-31", "2023-06-25", "2023-12-25", "至少半年", "每季度")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("question", "rule"),
    [("每季度要做的有哪些", "FREQ=MONTHLY;INTERVAL=3"), ("每月要做的有哪些", "FREQ=MONTHLY")],
)
def test_rhythms_of_the_whole_plan(ask: Callable[..., Answer], question: str, rule: str) -> None:
    """Exactly the clauses of that rhythm."""
    assert cited(ask(question)) == {row["clause"] for row in DEADLINES if row["rrule"] == rule}


def test_half_yearly_work_includes_the_report(ask: Callable[..., Answer]) -> None:
    """The notice's reports on the half year and the year belong to half-yearly work."""
    assert cited(ask("每半年要做的是什么")) == {"1", "notice"}


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [("第四部分有多少项", 14, 29), ("第二部分有哪几项", 4, 9), ("第五部分讲什么", 30, 32), ("第6部分有哪些项", 33, 36)],
)
def test_parts_of_the_plan(ask: Callable[..., Answer], question: str, first: int, last: int) -> None:
    """A part is answered with its items, each cited."""
    answer = ask(question)
    assert cited(answer) == {str(number) for number in range(first, last + 1)}
    assert f"共**{last - first + 1}项**" in answer.text


def test_a_part_that_is_not_there(ask: Callable[..., Answer]) -> None:
    """There are six parts; an eighth is refused."""
    answer = ask("第八部分有哪些项")
    assert answer.reason is Reason.NOT_IN_DOCUMENT
    assert "6个部分" in answer.text


@pytest.mark.parametrize("question", ["有几章", "六大部分的标题给我列出来", "各部分标题分别是什么"])
def test_contents(ask: Callable[..., Answer], question: str) -> None:
    """The number of parts, and all of their items."""
    answer = ask(question)
    assert "6个部分、36项" in answer.text
    assert cited(answer) == set(EVERY)


def test_who_leads(ask: Callable[..., Answer]) -> None:
    """The committees lead all led items but one; the table of leaders has that one, too."""
    committees = {
        row["item"] for row in BRACKETS if row["role"].startswith("牵头") and "安全生产委员会" in row["words"]
    }
    assert cited(ask("由专委会牵头的有哪些")) == committees
    table = ask("全年各部门牵头任务一览表")
    first = table.text.split("没有写“牵头”")[0]
    assert set(re.findall(r"第(\d+)项", first)) == led()
    assert cited(ask("哪些项没有牵头")) == without(led())


def test_who_is_named(ask: Callable[..., Answer]) -> None:
    """Departments are counted by item, the most often named first; an old name counts for its successor."""
    answer = ask("多少个部门被点名")
    assert "市应急管理局（7项）" in answer.text
    assert (
        answer.text.index("市应急管理局（7项）")
        < answer.text.index("市发改委（4项）")
        < answer.text.index("市商务局（1项）")
    )
    assert "市安监局计入市应急管理局" in answer.text


def test_counts_add_up(ask: Callable[..., Answer]) -> None:
    """Several parties are counted one by one and together."""
    answer = ask("矿山专委会和危化专委会一共牵头几项")
    expected = with_party("市安委会矿山安全生产委员会", "市安委会危险物品安全生产委员会", role="牵头组织开展")
    assert clauses(answer) == expected
    assert f"合计**{len(expected)}项**" in answer.text


def test_none_is_said_in_words(ask: Callable[..., Answer]) -> None:
    """A count of none is a sentence with what there is instead, not an empty list."""
    answer = ask("有几项由市应急管理局牵头")
    assert "**没有**市应急管理局牵头的事项" in answer.text
    assert not re.search(r"：[、。]", answer.text)
    assert cited(answer) == with_party("市应急管理局", "市安监局")


def test_which_department(ask: Callable[..., Answer]) -> None:
    """A list of tasks for nobody is asked back."""
    assert ask("给我列个今年的任务清单").reason is Reason.AMBIGUOUS


@pytest.mark.parametrize(
    ("question", "sure", "maybe"),
    [
        ("公安局关于燃气的任务", {"20"}, {"7", "11", "36"}),
        ("商务局关于消防的任务", set(), {"11", "18", "27", "28", "29", "36"}),
        ("宜阳新区今年要做哪些消防的事", {"11", "18", "27", "28", "29", "36"}, set()),
        ("樟树市政府消防方面要做什么", {"11", "18", "27", "28", "29", "36"}, set()),
        ("能源专委会关于管道的任务", {"24"}, set()),
        ("煤矿整治丰城要做什么", {"14"}, set()),
        ("市住建局每季度要做的有哪些", set(), {"6", "30"}),
        ("应急局有时间要求的任务", {"1", "4", "30"}, {"6", "notice"}),
        ("交通运输局有明确期限的任务", set(), {"1", "4", "6", "30", "notice"}),
        ("丰城市政府有明确期限的", {"1", "4", "6", "30", "notice"}, set()),
        ("市应急管理局的正文任务有哪些", {"30"}, set()),
        ("给各县市区定了数量指标的任务是哪一条", {"34"}, set()),
    ],
)
def test_filters(ask: Callable[..., Answer], question: str, sure: set[str], maybe: set[str]) -> None:
    """What passes for certain makes the rows; what may bind is cited apart, and makes the rows where it is all."""
    answer = ask(question)
    assert {row.clause for row in answer.duties if row.tier != "possible"} == sure
    assert clauses(answer) == (sure or maybe)
    assert sure | maybe <= cited(answer)
    assert not maybe or "待确认" in answer.text


@pytest.mark.parametrize("question", ["待确认的有哪些，住建局", "住建局待确认的任务"])
def test_possible_ones_alone(ask: Callable[..., Answer], question: str) -> None:
    """All items that do not name it, where every bracket has open group words."""
    answer = ask(question)
    assert clauses(answer) == without(with_party("市住建局"))
    assert {row.tier for row in answer.duties} == {"possible"}


def test_filtered_items_are_complete(ask: Callable[..., Answer]) -> None:
    """Each item of a filtered list has its role, time limit, the sentence that made it pass, and a marker."""
    answer = ask("市住建局每季度要做的有哪些")
    for item, words in (("6", "季度现场考核"), ("30", "每季度至少公布3个案例")):
        head, *rest = answer.text.split(f"**第{item}项 ")[1].split("\n\n")
        assert "时限：" in head
        assert re.search(r"\[\d+\]", head)
        assert words in rest[0]


@pytest.mark.parametrize(
    "question", ["住建局、公安局、商务局分别有哪些点名任务", "市住建局有哪些点名任务", "市住建局要做什么，只说点名的"]
)
def test_tiers_of_each_party(ask: Callable[..., Answer], question: str) -> None:
    """Where only named items are asked for, each party gets only those."""
    answer = ask(question)
    assert {row.tier for row in answer.duties} == {"named"}
    for row in answer.duties:
        assert row.clause in with_party(row.party)


@pytest.mark.parametrize(
    "question",
    [
        "市住建局每季度要做的有哪些",
        "公安局关于燃气的任务",
        "能源专委会关于管道的任务",
        "市行政执法局牵头啥",
        "待确认的有哪些，住建局",
    ],
)
def test_no_awkward_words(ask: Callable[..., Answer], question: str) -> None:
    """Filter words are never taken for a subject and repeated."""
    text = sentence(ask(question))
    for awkward in ("与“关于", "与“每季度", "与“待确认", "与“市行政", "与“道”"):
        assert awkward not in text


def test_a_subject_no_item_has(ask: Callable[..., Answer]) -> None:
    """Nothing is listed for a subject the plan does not have; what names the department is told."""
    answer = ask("市住建局关于核电的任务")
    assert answer.duties == ()
    assert "都没有写到“核电”" in answer.text
    assert cited(answer) == with_party("市住建局")


@pytest.mark.parametrize(
    ("question", "org", "government", "counterpart"),
    [
        ("袁州区住建局牵头的有哪些", None, "袁州区政府", "市住建局"),
        ("靖安县文广新旅局直接点名的有哪些", None, "靖安县政府", "市文广新旅局"),
        ("奉新县发改委关于燃气的任务", None, "奉新县政府", "市发改委"),
        ("我局每季度要做什么", "高安市应急管理局", "高安市政府", "市应急管理局"),
        ("丰城市应急管理局要做什么", None, "丰城市政府", "市应急管理局"),
    ],
)
def test_county_bureaus(
    ask: Callable[..., Answer], question: str, org: str | None, government: str, counterpart: str
) -> None:
    """The first line tells how the name was read; the municipal bureau's items stand apart."""
    answer = ask(question, org)
    first, *_ = answer.text.splitlines()
    assert f"按“{government}”" in first
    assert counterpart in first
    pointer = answer.text.split(f"### 对口：{counterpart}")[1]
    assert "没有点名" in pointer
    assert with_party(counterpart) <= set(re.findall(r"第(\d+)项", pointer))
    assert {row.party for row in answer.duties} <= {government}


@pytest.mark.parametrize(
    ("question", "org"), [("丰城市应急管理局要做什么", None), ("我局每季度要做什么", "高安市应急管理局")]
)
def test_words_for_both_levels(ask: Callable[..., Answer], question: str, org: str | None) -> None:
    """市县应急部门 reaches the county's bureau by its own words: quoted, but no row of the county's government."""
    answer = ask(question, org)
    assert "> 市县应急部门每季度至少公布3个案例" in answer.text.split("### 对口：")[1]
    assert not any(row.via == "市县应急部门" for row in answer.duties)


def test_time_limits_follow_what_is_settled(ask: Callable[..., Answer]) -> None:
    """Dates and rhythms, the notice's reports among them, stand after the named items and before the possible ones."""
    text = ask("市住建局要做什么").text
    block = text.split("**时间要求**")[1].split("###")[0]
    for words in ("3月底前（2023-03-31）", "2023-06-25", "2023-12-25", "至少半年组织1次", "每季度"):
        assert words in block
    assert text.index("36项：") < text.index("### 点名") < text.index("**时间要求**") < text.index("### 待确认")


def test_possible_items_are_folded(ask: Callable[..., Answer]) -> None:
    """One line for each way of being meant; all items are in it, each with its citation and legal basis."""
    answer = ask("市住建局要做什么")
    section = answer.text.split("### 待确认")[1].split("###")[0]
    lines = [line for line in section.splitlines() if line.startswith("- ")]
    assert 1 < len(lines) < 12
    found = re.findall(r"第(\d+)项 [^；\[]+\[\d+\]（依据", section)
    assert set(found) == without(with_party("市住建局"))
    assert len(answer.text) < 4500


def test_counties_exist(ask: Callable[..., Answer]) -> None:
    """What is unconfirmed is the list of counties, not whether a county exists."""
    text = ask("袁州区政府要做什么").text
    assert "通知未逐一列名，按行政区划常识列入，待确认" in text
    assert "“袁州区政府”来自常识" not in text


@pytest.mark.parametrize(
    ("question", "first", "common"),
    [
        ("消防支队和住建局谁的任务多", "一样多", {"20", "29"}),
        ("发改委比公安局多几项", "市发改委比市公安局多2项", {"20", "29"}),
        ("只有发改委有、公安局没有的有哪些", "市发改委有、市公安局没有的**2项**", {"20", "29"}),
        ("公安局没有、发改委有的是哪些项", "市发改委有、市公安局没有的**2项**", {"20", "29"}),
    ],
)
def test_comparisons_answer_first(ask: Callable[..., Answer], question: str, first: str, common: set[str]) -> None:
    """The first line answers what was compared; what both have follows."""
    answer = ask(question)
    assert first in answer.text.splitlines()[0]
    shared = re.search(r"都被点名的有\d项\*\*：([^。]+)。", answer.text)
    assert shared
    assert set(re.findall(r"第(\d+)项", shared.group(1))) == common


def test_items_side_by_side(ask: Callable[..., Answer]) -> None:
    """Two items: what their brackets share, and what only one has."""
    text = ask("第14项和第15项有什么区别").text
    assert "都有的：市安委会矿山安全生产委员会（牵头组织开展）、有关部门（分工负责）" in text
    assert "只有第14项有：丰城市政府（落实）" in text
    assert "只有第15项有：各县(市、区)政府（落实）" in text


def test_questions_about_laws_are_left_alone(ask: Callable[..., Answer]) -> None:
    """Parts, totals and time limits of a law are no matter of the plan's tables."""
    for question in ("安全生产法第五章讲什么", "责任制规定总共多少条", "应急预案备案的主要内容是什么"):
        assert "工作要点》共" not in ask(question).text
        assert "个部分" not in ask(question).text

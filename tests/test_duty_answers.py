"""The main job, asked as users ask it: everything that binds an organisation, by tier, cited."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from index.organisations import load_register
from rag.assistant import Assistant
from rag.compose.lists.narrow import narrowing
from rag.model import Answer, Question, Reason

ROOT = Path(__file__).resolve().parent.parent
PLAN = "yichun-2023-work-plan"
RULES = "dangzheng-zerenzhi"
NAMED: list[dict[str, Any]] = [
    json.loads(line) for line in (ROOT / "eval/gold/named.jsonl").read_text("utf-8").splitlines()
]
REGISTER = load_register(ROOT / "docs" / "organisations.toml")
UNNAMED = [
    one.name
    for one in REGISTER.organisations
    if one.kind == "department" and one.level == "municipal" and one.name not in {gold["org"] for gold in NAMED}
]
STATEMENT = re.compile(r"36项：点名 (\d+)，正文 (\d+)，成员 (\d+)，待确认 (\d+)（未涉及 (\d+)")
TIERS = ("named", "body", "member", "possible")
TRANSCRIBED = "转录文本，以官方发布为准"

each_organisation = pytest.mark.parametrize("gold", NAMED, ids=lambda gold: gold["org"])


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> dict[str, Answer]:
    """The whole list of every organisation of the gold table."""
    return {gold["org"]: assistant.ask(Question(f"{gold['org']}要做什么")) for gold in NAMED}


@pytest.fixture(scope="module")
def basis(docs: Path) -> dict[str, set[tuple[str, str]]]:
    """(document, article) behind each item, read from the data file itself."""
    table = tomllib.loads((docs / "legal_basis.toml").read_text("utf-8"))
    return {str(item["item"]): {(b["document"], b["article"]) for b in item["basis"]} for item in table["item"]}


def clauses(answer: Answer, tier: str) -> set[str]:
    """Clauses of the duty rows of one tier."""
    return {row.clause for row in answer.duties if row.tier == tier}


def cited(answer: Answer) -> set[tuple[str, str]]:
    """(document, clause) of every citation."""
    return {(one.document, one.clause) for one in answer.citations}


@each_organisation
def test_duties_are_exact(answers: dict[str, Answer], gold: dict[str, Any]) -> None:
    """Named, member and body clauses are those read from the paper by hand; every row is the organisation's own."""
    answer = answers[gold["org"]]
    assert not answer.refused
    assert answer.understood.organisations == (gold["org"],)
    assert {tier: clauses(answer, tier) for tier in TIERS[:3]} == {tier: set(gold[tier]) for tier in TIERS[:3]}
    assert {row.party for row in answer.duties} == {gold["org"]}
    assert all(row.via for row in answer.duties if row.tier in ("member", "possible"))
    assert not any(row.via for row in answer.duties if row.tier == "named")


@each_organisation
def test_nothing_possible_that_is_settled(answers: dict[str, Answer], gold: dict[str, Any]) -> None:
    """A clause that binds an organisation for certain is not listed as possible, too."""
    answer = answers[gold["org"]]
    assert not clauses(answer, "possible") & {*gold["named"], *gold["member"], *gold["body"]}


@each_organisation
def test_completeness_counts_the_rows(answers: dict[str, Answer], gold: dict[str, Any]) -> None:
    """The statement counts the items of each tier and those untouched; the notice is no item."""
    answer = answers[gold["org"]]
    found = STATEMENT.search(answer.text)
    assert found
    counted = [len(clauses(answer, tier) - {"notice"}) for tier in TIERS]
    untouched = 36 - len({row.clause for row in answer.duties} - {"notice"})
    assert [int(number) for number in found.groups()] == [*counted, untouched]


@each_organisation
def test_quotations_are_verbatim(assistant: Assistant, answers: dict[str, Answer], gold: dict[str, Any]) -> None:
    """Every citation is the stored text at its place, and every block quotation stands in one of the citations."""
    answer = answers[gold["org"]]
    for one in answer.citations:
        assert assistant.library.document(one.document).text[one.span.start : one.span.end] == one.quote
    for line in re.findall(r"(?m)^> (.+)$", answer.text):
        assert any(line in one.quote for one in answer.citations), line


@each_organisation
def test_every_settled_clause_is_cited_with_its_basis(
    answers: dict[str, Answer], basis: dict[str, set[tuple[str, str]]], gold: dict[str, Any]
) -> None:
    """Each clause that binds is cited; with all of its legal basis where it is quoted, with some of it in the list."""
    answer = answers[gold["org"]]
    sources = cited(answer)
    settled = {*gold["named"], *gold["member"], *gold["body"]}
    assert {(PLAN, clause) for clause in settled} <= sources
    for item in {*gold["named"], *gold["body"]} - {"notice"}:
        assert basis[item] <= sources, item
    for item in set(gold["member"]):
        assert basis[item] & sources, item


@each_organisation
def test_the_year_is_over(answers: dict[str, Answer], gold: dict[str, Any]) -> None:
    """The plan of 2023 is marked as expired, in the text and in each of its citations."""
    answer = answers[gold["org"]]
    assert "年度任务已届满（2023-12-31）" in answer.text
    assert {one.status for one in answer.citations if one.document == PLAN} == {"年度任务已届满"}


@each_organisation
def test_transcribed_text_is_no_quotation(
    assistant: Assistant, answers: dict[str, Answer], gold: dict[str, Any]
) -> None:
    """Whoever is shown the transcribed rules is told so, and never sees them as a quotation."""
    answer = answers[gold["org"]]
    assert_transcribed_is_marked(assistant, answer)


@pytest.mark.parametrize(
    "question",
    [
        "规定第四条讲什么",
        "第1项的法律依据是什么",
        "三管三必须是什么意思",
        "党政领导干部责任制规定第五条第一项",
        "第8项讲什么",
    ],
)
def test_transcribed_text_elsewhere(assistant: Assistant, question: str) -> None:
    """The same holds for answers of other kinds that rest on the transcribed rules."""
    answer = assistant.ask(Question(question))
    assert RULES in {one.document for one in answer.citations}
    assert_transcribed_is_marked(assistant, answer)


def assert_transcribed_is_marked(assistant: Assistant, answer: Answer) -> None:
    """The note stands in the text; no unverified clause's words stand in block quotations or quotation marks."""
    if RULES not in {one.document for one in answer.citations}:
        return
    assert TRANSCRIBED in answer.text
    sources = [one.quote for one in answer.citations if one.verified]
    unverified = [one.text for one in assistant.library.clauses(RULES).values() if not one.verified]
    assert unverified
    for words in _quotations(answer.text):
        from_rules = any(words in text for text in unverified)
        assert not from_rules or any(words in source for source in sources), words


def _quotations(text: str) -> Iterable[str]:
    """Lines of block quotations, and words in quotation marks long enough to be a sentence."""
    yield from re.findall(r"(?m)^ *> ?(\S.*)$", text)
    yield from re.findall(r"[“「]([^“”「」]{12,})[”」]", text)


@pytest.mark.parametrize("name", UNNAMED)
def test_unnamed_departments(assistant: Assistant, name: str) -> None:
    """A department the plan does not name is told exactly that, with the group words that may bind it."""
    answer = assistant.ask(Question(f"{name}要做什么"))
    assert not answer.refused
    assert f"没有点名{name}" in answer.text
    assert {row.tier for row in answer.duties} <= {"possible"}
    assert answer.duties
    for via in {row.via or "" for row in answer.duties if row.clause != "notice"}:
        assert via in answer.text
    assert "请向市安委会办公室确认" in answer.text


def test_unnamed_is_unnamed_in_the_paper(assistant: Assistant) -> None:
    """None of the departments of the test before stands in any item; there are enough of them to matter."""
    text = "".join(clause.text for clause in assistant.library.items(PLAN))
    assert len(UNNAMED) >= 13
    assert [name for name in UNNAMED if name in text] == []


@pytest.mark.parametrize("question", ["我局要做什么", "我们单位今年有哪些任务", "本局的全部职责", "我们要做什么"])
def test_own_department(assistant: Assistant, answers: dict[str, Answer], question: str) -> None:
    """我局 is the asker's department, however it is written; the duties are those of its name."""
    for org in ("市住建局", "住建局", "宜春市住房和城乡建设局"):
        answer = assistant.ask(Question(question, org=org))
        assert answer.duties == answers["市住建局"].duties
        assert answer.understood.organisations == ("市住建局",)


def test_another_department_than_ones_own(assistant: Assistant, answers: dict[str, Answer]) -> None:
    """Who asks about another department gets that department's duties."""
    answer = assistant.ask(Question("市应急管理局要做什么", org="市住建局"))
    assert answer.duties == answers["市应急管理局"].duties


@pytest.mark.parametrize("question", ["我们部门要做什么", "我局今年有哪些任务", "本单位的职责", "我们要做什么"])
def test_own_department_unknown(assistant: Assistant, question: str) -> None:
    """Where nobody said which department 我局 is, it asks back and lists nothing."""
    answer = assistant.ask(Question(question))
    assert answer.reason is Reason.AMBIGUOUS
    assert "哪个部门" in answer.text
    assert answer.duties == ()


def test_unknown_department(assistant: Assistant) -> None:
    """A department nobody registered is not answered for another; the nearest names are suggested."""
    answer = assistant.ask(Question("市住房建管局要做什么"))
    assert answer.reason is Reason.AMBIGUOUS
    assert "市住建局" in answer.text
    assert answer.duties == ()


@pytest.mark.parametrize(
    ("question", "government", "counterpart"),
    [
        ("袁州区住建局要做什么", "袁州区政府", "市住建局"),
        ("高安市应急管理局要做什么", "高安市政府", "市应急管理局"),
        ("铜鼓县交通运输局有哪些任务", "铜鼓县政府", "市交通运输局"),
        ("丰城市公安局要做什么", "丰城市政府", "市公安局"),
    ],
)
def test_county_bureaus(
    assistant: Assistant, answers: dict[str, Answer], question: str, government: str, counterpart: str
) -> None:
    """A county's bureau gets what binds its government; the municipal bureau's items stand apart, as counterpart."""
    answer = assistant.ask(Question(question))
    assert answer.duties == answers[government].duties
    *_, pointer = answer.text.split("### 对口：")
    assert pointer.startswith(counterpart)
    assert "不计入" in pointer.splitlines()[0]
    for clause in clauses(answers[counterpart], "named"):
        assert f"第{clause}项" in pointer


@pytest.mark.parametrize(
    ("host", "other", "fact"),
    [("市应急管理局", "市安委会办公室", "设在"), ("市公安局", "市公安局交警支队", "属于")],
)
def test_hosted_bodies_stand_apart(answers: dict[str, Answer], host: str, other: str, fact: str) -> None:
    """What a department hosts or contains has a line of its own with its source, and no row among the duties."""
    answer = answers[host]
    (line,) = [one for one in answer.text.splitlines() if one.startswith(other) and fact in one and "依据" in one]
    theirs = clauses(answers[other], "named")
    for clause in theirs:
        assert f"第{clause}项" in line
    ours = {gold["org"]: gold for gold in NAMED}[host]
    assert clauses(answer, "named") == set(ours["named"])
    assert other not in {row.party for row in answer.duties}


def test_old_names_are_explained(answers: dict[str, Answer]) -> None:
    """Items that use a department's former name count for it, and the answer says which name stands there."""
    for org, old, item in (("市应急管理局", "市安监局", "20"), ("市教体局", "市教育局", "29")):
        assert re.search(rf"第[^。]*{item}[^。]*项[^。]*“{old}”", answers[org].text)


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("市应急管理局被直接点名的有哪些", {"1", "4", "8", "20", "33", "34", "35"}),
        ("市安委会办公室组织的有哪些", {"2"}),
        ("市安委会消防安全生产委员会牵头的有哪些", {"18"}),
        ("市应急管理局每季度要做的有哪些", {"30"}),
    ],
)
def test_filtered_lists(assistant: Assistant, question: str, kept: set[str]) -> None:
    """Lists narrowed by role, tier or rhythm hold exactly the items that fit, beside what is marked as possible."""
    answer = assistant.ask(Question(question))
    assert {row.clause for row in answer.duties if row.tier != "possible"} == kept


def test_deadlines_travel_with_the_duty(answers: dict[str, Answer]) -> None:
    """A dated, a recurring and a counted task carry their deadline with its reckoned value."""
    emergency = {row.clause: row.deadlines for row in answers["市应急管理局"].duties}
    assert ("3月底前", "2023-03-31") in {(one.text, one.due) for one in emergency["4"]}
    assert "FREQ=MONTHLY;INTERVAL=3" in {one.rrule for one in emergency["30"]}
    county = [one for row in answers["袁州区政府"].duties if row.clause == "34" for one in row.deadlines]
    assert (2.0, "个") in {(one.value, one.unit) for one in county}


def test_other_days(docs: Path, assistant: Assistant) -> None:
    """The fixture's day is after the plan's year, so the status notes above are not there by chance."""
    assert assistant.library.day.year > 2023
    assert assistant.library.plan.expires == "2023-12-31"


def test_a_group_without_duties_is_shown_where_it_stands(assistant: Assistant) -> None:
    """No bracket names 安委会成员单位; the text that speaks of them is quoted and nothing is said to be untouched."""
    answer = assistant.ask(Question("安委会成员单位要做什么"))
    assert {"8", "36", "notice"} == {one.clause for one in answer.citations}
    assert "> 制定市安委会成员单位考核办法" in answer.text
    assert "未涉及" not in answer.text
    assert not answer.duties


def test_the_notice_is_cited_before_its_words(assistant: Assistant) -> None:
    """The line over the notice's quotation carries the marker of exactly these words."""
    answer = assistant.ask(Question("袁州区政府要做什么"))
    found = re.search(r"### 通知正文的报送要求\n\n时限：[^\n]*\[(\d+)\]\n\n> ([^\n]+)", answer.text)
    assert found
    cited = answer.citations[int(found[1]) - 1]
    assert (cited.clause, cited.quote) == ("notice", found[2])


def test_vague_times_are_cited_and_marked(answers: dict[str, Answer]) -> None:
    """On the line of words like 定期 every item has its marker, and 待确认 exactly where it is only possible."""
    for org in ("市公安局", "市应急管理局"):
        answer = answers[org]
        line = next(line for line in answer.text.split("\n\n") if line.startswith("时限：未定具体时间"))
        shown = re.findall(r"第(\d+)项(（待确认）)?\[(\d+)\]", line)
        assert len(shown) == line.count("第") > 0
        for item, possible, marker in shown:
            assert answer.citations[int(marker) - 1].clause == item
            assert bool(possible) == ({row.tier for row in answer.duties if row.clause == item} == {"possible"})


@pytest.mark.parametrize(
    "subject", ["要" * 60, "的" * 400, "有的" * 1000, "需要" * 500, "安全生产" * 400, "的要" * 500, "“”" * 500]
)
def test_repeated_characters_are_read_at_once(assistant: Assistant, subject: str) -> None:
    """What a question narrows a list to is found within a second, however often a word is repeated."""
    reading = assistant.reader.read(Question("市公安局关于燃气的任务"))
    start = perf_counter()
    narrowing(assistant.library, replace(reading, text=subject))
    assert perf_counter() - start < 1


@pytest.mark.parametrize("said", ["“燃气”", "「燃气」", "'燃气'", "【燃气】"])
def test_quotation_marks_around_a_subject_change_nothing(assistant: Assistant, said: str) -> None:
    """A subject in quotation marks or brackets narrows as without them."""
    asked = assistant.ask(Question(f"市公安局关于{said}的任务"))
    assert {row.clause for row in asked.duties} == {"20"}
    assert "与“燃气”有关" in asked.text


def test_a_subject_is_repeated_without_markup(assistant: Assistant) -> None:
    """What the asker wrote comes back as plain words: no markers of citations, no markdown."""
    answer = assistant.ask(Question("市公安局关于*龙舟赛[1]*的任务"))
    assert "“龙舟赛”" in answer.text
    assert "龙舟赛[" not in answer.text
    assert "*龙舟赛" not in answer.text

"""The year's list as rows: exactly the duty table's, with everything a file needs beside each."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.errors import QuestionError
from index.model import Tier
from rag.assistant import Assistant
from rag.export.leaders import LEADERS, leader_list
from rag.export.rows import SortBy, TaskRow, basis_words, file_name, filtered, narrowed, ordered, task_list
from rag.library import Library
from rag.model import Question
from tests.fakes.opened import ORGANISATIONS, PLAN, Lists, lists_of

ROOT = Path(__file__).resolve().parent.parent

each_organisation = pytest.mark.parametrize("name", ORGANISATIONS)
each_leader = pytest.mark.parametrize("name", [leader.name for leader in LEADERS])


def gold(name: str) -> list[dict[str, str]]:
    """A table read out of the paper by hand."""
    with (ROOT / "tests/gold" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="module")
def library(assistant: Assistant) -> Library:
    """The shipped documents."""
    return assistant.library


@pytest.fixture(scope="module")
def lists(assistant: Assistant) -> Lists:
    """The list of an organisation, or of a leader."""
    return lists_of(assistant.library)


def test_rows_are_the_duties_of_answers(assistant: Assistant, library: Library) -> None:
    """For every organisation and group of the register the rows are those of the answer's ``duties``, in order."""
    register = library.register
    for one in (*register.organisations, *register.groups):
        answer = assistant.ask(Question(f"{one.name}的全部任务", one.name))
        assert tuple(row.duty for row in task_list(library, one.name).rows) == answer.duties, one.name


def test_named_rows_have_the_words_of_the_paper(library: Library) -> None:
    """Party, role and the words that give it are those read out of the brackets by hand, for every department."""
    expected: dict[str, set[tuple[str, str, str]]] = {}
    for row in gold("bracket_duties.tsv"):
        expected.setdefault(row["party"], set()).add((row["item"], row["role"], row["role_words"]))
    names = [one.name for one in library.register.organisations if one.name in expected]
    assert len(names) > 30
    for name in names:
        rows = [row for row in task_list(library, name).rows if row.tier is Tier.NAMED]
        assert {(row.item, row.role, row.role_words) for row in rows} == expected[name], name


@each_organisation
def test_statement_counts_the_rows(lists: Lists, name: str) -> None:
    """The completeness line tells how many items the rows of each tier stand in."""
    tasks = lists(name)
    match = re.match(r"36项：点名 (\d+)，正文 (\d+)，成员 (\d+)，待确认 (\d+)（", tasks.statement)
    assert match
    for told, tier in zip(match.groups(), Tier, strict=True):
        items = {row.item for row in tasks.rows if row.tier is tier and row.item != "notice"}
        assert int(told) == len(items)
    assert tasks.total == len(tasks.rows)


@each_organisation
def test_rows_quote_the_paper(lists: Lists, library: Library, name: str) -> None:
    """Task and bracket stand in the paper letter for letter, and the bracket names who is bound."""
    text = "".join(library.plan.text.split("\n"))
    for row in lists(name).rows:
        assert row.task in text
        assert row.bracket in text
        assert row.item == "notice" or row.bracket.startswith("(")
        assert row.tier is not Tier.NAMED or row.words in row.bracket
        assert row.reference == f"{PLAN}{row.label}"
        assert row.status == "年度任务已届满"


def test_one_row_in_full(lists: Lists) -> None:
    """A row has everything a file needs: 市住建局 in item 20."""
    row = next(row for row in lists("市住建局").rows if row.item == "20")
    assert (row.label, row.title, row.path[0][:2]) == ("第20项", "强化燃气安全整治", "四、")
    assert row.task.startswith("持续开展城镇燃气安全专项整治,督促使用燃气的餐饮经营场所")
    assert row.task.endswith("规范燃气市场秩序。")
    assert (row.role, row.role_words, row.tier, row.via) == ("分工负责", "等有关部门分工负责", Tier.NAMED, None)
    assert row.role_shown == "分工负责（原文：等有关部门分工负责）"
    assert (
        basis_words(row.basis)
        == "《安全生产法》第三十六条第四款、第九十九条；《特种设备安全法》第四十九条；《消防法》第二十七条"
    )


def test_dates_and_notes_of_rows(lists: Lists) -> None:
    """Dates are dates; an old name in the paper and an unsettled group are told on the row."""
    notice = lists("丰城市政府").rows[0]
    assert notice.dates == (date(2023, 6, 25), date(2023, 12, 25))
    assert next(r for r in lists("市住建局").rows if r.item == "4").note == (
        "“各有关部门”是否包括市住建局，请向市安委会办公室确认"
    )
    assert any("市安监局" in note and "第20项" in note for note in lists("市应急管理局").notes)
    assert any("市安委会办公室设在市应急管理局" in note for note in lists("市应急管理局").notes)
    assert any("通知未逐一列名" in note for note in lists("袁州区政府").notes)


def test_sources_are_told(lists: Lists) -> None:
    """Every list says which paper it is from, of when, and that its year is over."""
    for name in ORGANISATIONS:
        notes = lists(name).notes
        assert notes[0] == f"依据：{PLAN}，宜春市安全生产委员会2023年2月27日印发。"
        assert any(note.startswith("状态：") and "年度任务已届满（2023-12-31）" in note for note in notes)
        assert lists(name).until == date(2023, 12, 31)


def test_unknown_names_are_refused(library: Library) -> None:
    """A name the register does not know is no empty list."""
    with pytest.raises(QuestionError, match="火星局"):
        task_list(library, "火星局")
    with pytest.raises(QuestionError, match="可选：党委主要负责人"):
        leader_list(library, "火星局长")


def test_aliases_reach_the_list(library: Library) -> None:
    """An alias gives the list of the organisation, under its own name."""
    assert task_list(library, "住建局") == task_list(library, "市住建局")
    assert file_name(task_list(library, "住建局"), ".docx") == "市住建局2023年安全生产责任清单.docx"


@each_leader
def test_leaders_have_their_articles(library: Library, docs: Path, name: str) -> None:
    """A leader's rows are the 项 of his article, in the words of the regulation, unverified ones marked."""
    text = (docs / "dangzheng-zerenzhi.txt").read_text("utf-8")
    tasks = leader_list(library, name)
    articles = {"党委主要负责人": "五", "政府主要负责人": "六", "分管领导": "八", "其他领导": "九"}
    body = re.search(rf"(?ms)^第{articles[name]}条.*?(?=^第.{{1,3}}条)", text)
    assert body
    assert [row.task for row in tasks.rows if row.label.startswith(f"第{articles[name]}条")] == (
        re.findall(r"(?m)^（[一二三四五六]）.+$", body[0])
    )
    assert tasks.rows[0].label == "第四条第二款"
    assert all(row.task in text and not row.verified and row.note == "转录待核" for row in tasks.rows)
    assert f"其中{len(tasks.rows)}条转录待核" in tasks.statement
    assert any("转录文本，以官方发布为准" in note for note in tasks.notes)


def test_leaders_are_found_by_office(library: Library) -> None:
    """县长 is 政府主要负责人, 县委书记 is 党委主要负责人."""
    assert leader_list(library, "县长").organisation == "政府主要负责人"
    assert leader_list(library, "县委书记").organisation == "党委主要负责人"
    assert "第七条" in {row.label for row in leader_list(library, "其他领导").rows}


def test_rows_can_be_filtered(lists: Lists) -> None:
    """By tier, by role, by having a time, by words anywhere in the row."""
    rows = lists("市应急管理局").rows
    assert {row.item for row in filtered(rows, tiers=[Tier.BODY])} == {"30"}
    assert {row.role for row in filtered(rows, roles=["落实"])} == {"落实"}
    timed = filtered(rows, tiers=[Tier.NAMED, Tier.BODY], dated=True)
    assert {row.item for row in timed} == {"1", "4", "30"}
    assert {row.item for row in filtered(rows, tiers=[Tier.NAMED], words="燃气 消防救援")} == {"20"}
    assert filtered(rows, words="没有这样的词") == ()
    assert filtered(rows) == rows


def test_rows_can_be_sorted(lists: Lists) -> None:
    """By tier, role or date, either way; nothing is lost, and rows without a date stay last."""
    rows = lists("市应急管理局").rows
    by_tier = ordered(rows, SortBy.TIER)
    assert [row.tier for row in by_tier] == sorted((row.tier for row in rows), key=list(Tier).index)
    assert [row.item for row in by_tier if row.tier is Tier.NAMED] == ["1", "4", "8", "20", "33", "34", "35"]
    late = ordered(rows, SortBy.DUE, descending=True)
    assert [row.item for row in late[:2]] == ["notice", "4"]
    assert [row.item for row in ordered(rows, SortBy.DUE)[:2]] == ["4", "notice"]
    assert ordered(rows, SortBy.PAPER, descending=True) == tuple(reversed(rows))
    led = ordered(lists("市安委会办公室").rows, SortBy.ROLE)
    assert list(dict.fromkeys(row.role for row in led)) == ["组织", "分工负责", "落实"]
    for by in SortBy:
        assert sorted(map(repr, ordered(rows, by))) == sorted(map(repr, rows))


def test_a_part_says_it_is_one(lists: Lists) -> None:
    """A filtered list tells that rows are missing; sorting alone changes nothing but the order."""
    tasks = lists("市应急管理局")
    part = narrowed(tasks, filtered(tasks.rows, tiers=[Tier.NAMED]))
    assert part.notes[0].startswith("本表经过筛选，列出全部38行中的7行")
    assert narrowed(tasks, ordered(tasks.rows, SortBy.ROLE)).notes == tasks.notes


def test_file_names_are_safe(lists: Lists) -> None:
    """No character that a file system refuses, never empty, never endless."""
    tasks = lists("市住建局")
    assert file_name(replace(tasks, title='a/b\\c:d*e?f"g<h>i|j\n'), ".ics") == "abcdefghij.ics"
    assert file_name(replace(tasks, title="../.."), ".ics") == "安责.ics"
    assert len(file_name(replace(tasks, title="长" * 500), ".docx").encode()) < 255


def test_a_row_is_not_made_up() -> None:
    """A row without words has no dates, no tier name and no time: nothing is filled in."""
    row = TaskRow("d", "1", "第1项", "", (), "", "", "", "市住建局")
    assert (row.dates, row.tier_name, row.when) == ((), "", "")

"""Tasks that an item's own text, or the notice, gives to somebody it names."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from index.corpus import LoadedDocument, docs_folder, load_documents
from index.duties.body import BodyTask, body_tasks
from index.model import Document, Duty, Family, Kind, ParsedDocument, Provenance, Role, Span, Tier
from index.organisations import Register, load_register
from index.pipeline import parse_document

EMPTY = Register((), (), (), (), (), ())
REGISTER = load_register(docs_folder() / "organisations.toml")


def parsed(text: str, register: Register = REGISTER) -> ParsedDocument:
    document = Document(
        id="sample",
        title="工作要点",
        short_title="工作要点",
        number=None,
        issuer="",
        level="",
        family=Family.WORK_PLAN,
        provenance=Provenance.VERBATIM,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        published="2023-02-27",
    )
    return parse_document(LoadedDocument(document), register)


def bodies(one: ParsedDocument) -> list[Duty]:
    return [duty for duty in one.duties if duty.tier is Tier.BODY]


def tasks(text: str, register: Register = REGISTER) -> list[tuple[list[str], str]]:
    """Subjects' words and action of each task of one sentence."""
    found: list[BodyTask] = list(body_tasks(text, (Span(0, len(text)),), register))
    return [([subject.words for subject in task.subjects], task.action.of(text)) for task in found]


def deadlines(one: ParsedDocument, clause: str, words: str, tier: Tier) -> list[str]:
    return [d.text for duty in one.duties if (duty.clause, duty.words, duty.tier) == (clause, words, tier)
            for d in duty.deadlines]  # fmt: skip


@pytest.fixture(scope="module")
def plan(docs: Path) -> ParsedDocument:
    loaded = next(one for one in load_documents(docs, ()) if one.document.family is Family.WORK_PLAN)
    return parse_document(loaded, REGISTER)


def test_all_body_duties_of_the_plan(plan: ParsedDocument, gold: Path) -> None:
    """Exactly the tasks a reader finds, in order, each with its action and its own deadlines."""
    text = plan.document.text
    found = [
        (d.clause, d.words, d.party, d.role.value, d.action.of(text), "|".join(x.text for x in d.deadlines))
        for d in bodies(plan)
    ]
    with (gold / "body_duties.tsv").open(encoding="utf-8", newline="") as file:
        assert found == [tuple(row) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]


def test_words_are_the_text_at_their_offsets(plan: ParsedDocument) -> None:
    """Subject, predicate and action are verbatim and lie in the clause, the deadlines of the task included."""
    text = plan.document.text
    clauses = {clause.id: clause for clause in plan.clauses}
    for duty in bodies(plan):
        assert duty.span.of(text) == duty.words
        assert duty.role_span.of(text) == duty.role_words
        assert duty.span in duty.action
        assert duty.role_span in duty.action
        assert duty.action in clauses[duty.clause].span
        for deadline in duty.deadlines:
            assert deadline.span.of(text) == deadline.text
            assert deadline.span in clauses[duty.clause].span


def test_body_duties_are_carried_out(plan: ParsedDocument) -> None:
    """A body duty's role is 落实: the text tells the subject to do it."""
    assert {duty.role for duty in bodies(plan)} == {Role.CARRY_OUT}


def test_objects_get_no_duty(plan: ParsedDocument) -> None:
    """Whom an item merely pushes (第2项 各级党委(党组), 第5项 职能部门, 第22项 各级政府) has no body duty from it."""
    assert {duty.clause for duty in bodies(plan)}.isdisjoint({"2", "22"})
    assert [duty.party for duty in bodies(plan) if duty.clause == "5"] == ["各级安委办"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("市公安局每月通报情况。", [(["市公安局"], "市公安局每月通报情况")]),
        ("各地、各有关部门定期上报。", [(["各地", "各有关部门"], "各地、各有关部门定期上报")]),
        ("各地各有关部门定期上报。", [(["各地", "各有关部门"], "各地各有关部门定期上报")]),
        (
            "市公安局查车,市商务局查店。",
            [(["市公安局"], "市公安局查车"), (["市商务局"], "市商务局查店")],
        ),
        ("方案由市公安局制定并印发。", [(["市公安局"], "市公安局制定并印发")]),
        ("3月底前,市公安局完成清单。", [(["市公安局"], "市公安局完成清单")]),
        ("推动市公安局查车。", []),
        ("配合市公安局、市商务局查车。", []),
        ("市公安局的车辆统一管理。", []),
        ("危险品行业要逐家检查。", [(["危险品行业"], "危险品行业要逐家检查")]),
        ("甲街道办事处、乙单位应当逐家检查。", [(["甲街道办事处、乙单位"], "甲街道办事处、乙单位应当逐家检查")]),
        ("督促有关企业和单位应当逐家检查。", []),
        ("重点行业应急准备要素齐全。", []),
        ("园区企业、市公安局要查车。", [(["园区企业、市公安局", "市公安局"], "园区企业、市公安局要查车")]),
    ],
)
def test_who_is_a_subject(sentence: str, expected: list[tuple[list[str], str]]) -> None:
    """At the start of a part or after 由, and unregistered words only where they are told to do something."""
    assert tasks(sentence) == expected


def test_unregistered_subjects_need_no_register() -> None:
    """民用爆炸物品、军工行业要… is found by its ending even with an empty register."""
    sentence = "民用爆炸物品、军工行业要对辖区单位开展排查整治,严格落实持证上岗制度。"
    assert tasks(sentence, EMPTY) == [(["民用爆炸物品、军工行业"], sentence[:-1])]


def test_two_tasks_of_one_subject_are_two_duties() -> None:
    """An item that names a subject in two sentences gives it two duties with two actions."""
    one = parsed("1.查车。市公安局每月查车。市公安局每年6月底前报告。(市公安局落实)")
    assert [(d.action.of(one.document.text), [x.text for x in d.deadlines]) for d in bodies(one)] == [
        ("市公安局每月查车", ["每月"]),
        ("市公安局每年6月底前报告", ["每年", "6月底前"]),
    ]


def test_another_subjects_deadline_stays_with_it(plan: ParsedDocument) -> None:
    """第30项: 每季度3个 is for 市县应急部门 alone; 季度 stands for all, 定期 for 各地 and departments."""
    assert deadlines(plan, "30", "市安委会办公室", Tier.NAMED) == ["季度"]
    assert deadlines(plan, "30", "各县(市、区)政府", Tier.NAMED) == ["季度", "定期"]
    assert deadlines(plan, "30", "市县应急部门", Tier.BODY) == ["每季度", "至少公布3个"]
    assert deadlines(plan, "34", "市应急管理局", Tier.NAMED) == ["定期"]
    assert deadlines(plan, "34", "各县(市、区)政府", Tier.NAMED) == ["不少于2个", "定期"]
    assert deadlines(plan, "4", "市应急管理局", Tier.NAMED) == ["3月底前", "每月"]
    assert deadlines(plan, "4", "市安委会", Tier.NAMED) == ["3月底前", "每月", "定期"]


def test_a_bare_quantity_takes_the_period_before_it(plan: ParsedDocument) -> None:
    """第30项: 其他有关部门不少于1个 means per quarter, in the body duty and in the bracket duty it reaches."""
    assert deadlines(plan, "30", "其他有关部门", Tier.BODY) == ["每季度", "不少于1个"]
    assert deadlines(plan, "30", "各有关部门", Tier.NAMED) == ["季度", "定期", "每季度", "不少于1个"]


def test_period_is_not_taken_from_another_sentence() -> None:
    """A quantity does not inherit over a full stop."""
    one = parsed("1.查车。市公安局每月查车。市商务局抽查不少于3家。(市公安局落实)")
    assert deadlines(one, "1", "市商务局", Tier.BODY) == ["不少于3家"]


def test_notice_gives_duties(samples: Path) -> None:
    """The notice's own deadlines bind whom it addresses, in another city's plan too."""
    one = parsed(
        (samples / "second_plan.txt").read_text(encoding="utf-8"), load_register(samples / "second_register.toml")
    )
    assert [(d.words, [x.text for x in d.deadlines]) for d in bodies(one) if d.clause == "notice"] == [
        ("各地", ["2024年7月5日前", "12月20日前"]),
        ("各有关部门", ["2024年7月5日前", "12月20日前"]),
    ]
    assert next(c for c in one.clauses if c.id == "notice").kind is Kind.NOTICE

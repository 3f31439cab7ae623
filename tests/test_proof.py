"""Proof-reading of drafts: citations in every usual form, quotations, places, files, the command and the interface."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from time import process_time
from typing import Any

import docx
import httpx
import pytest
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls
from fastapi import FastAPI
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from index.errors import QuestionError
from rag.assistant import Assistant
from rag.channels.web.proofing import add_proofing
from rag.proof import check_draft, check_text
from rag.proof.draft import draft_of_bytes, read_draft
from rag.proof.model import Finding, Grade, Report, Subject, Verdict
from rag.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SAFETY, FIRE, RULES, PLAN = "anquan-shengchan-fa", "xiaofang-fa", "dangzheng-zerenzhi", "yichun-2023-work-plan"
ITEM_20 = "督促使用燃气的餐饮经营场所依法安装可燃气体报警装置"
LAW_3 = "安全生产工作坚持中国共产党的领导"
E = Verdict.EXISTS
NO = Verdict.NO_CLAUSE
UNCLEAR = Verdict.UNCLEAR

# text | what is cited: (document, clauses, verdict) of each citation in reading order. "a b" are two clauses of one.
ONE_BY_ONE: list[tuple[str, list[tuple[str | None, str, Verdict]]]] = [
    # names
    ("《安全生产法》第二十条", [(SAFETY, "20", E)]),
    ("《中华人民共和国安全生产法》第二十条", [(SAFETY, "20", E)]),
    ("安全生产法第二十条", [(SAFETY, "20", E)]),
    ("中华人民共和国安全生产法第二十条", [(SAFETY, "20", E)]),
    ("按照安全生产法的第二十条", [(SAFETY, "20", E)]),
    ("新安法第二十条", [(SAFETY, "20", E)]),
    ("“《安全生产法》第二十条”", [(SAFETY, "20", E)]),
    ("**《安全生产法》**第`20`条", [(SAFETY, "20", E)]),
    ("《 安全生产法 》 第 二十 条", [(SAFETY, "20", E)]),
    ("〈安全生产法〉第二十条", [(SAFETY, "20", E)]),
    ("责任制规定第六条", [(RULES, "6", E)]),
    ("《地方党政领导干部安全生产责任制规定》第二十二条", [(RULES, "22", E)]),
    ("《党政领导干部责任制规定》第六条第（三）项", [(RULES, "6.1(3)", E)]),
    ("要点第20项", [(PLAN, "20", E)]),
    ("《要点》第20项", [(PLAN, "20", E)]),
    ("工作要点第二十项", [(PLAN, "20", E)]),
    ("《宜春市2023年安全生产工作要点》第20项", [(PLAN, "20", E)]),
    ("《宜春市2023年安全生产工作要点》第四部分第20项", [(PLAN, "20", E)]),
    ("《关于印发〈宜春市2023年安全生产工作要点〉的通知》第5项", [(PLAN, "5", E)]),
    # short forms and numerals
    ("安全生产法20条", [(SAFETY, "20", E)]),
    ("要点20项", [(PLAN, "20", E)]),
    ("要点（20）项", [(PLAN, "20", E)]),
    ("安全生产法第20条", [(SAFETY, "20", E)]),
    ("安全生产法第２０条", [(SAFETY, "20", E)]),
    ("安全生产法第一百一十四条", [(SAFETY, "114", E)]),
    ("安全生产法第一一四条", [(SAFETY, "114", E)]),
    ("工作要点第20条", [(PLAN, "20", E)]),
    ("要点第20项第二句", [(PLAN, "20/s2", E)]),
    # 款 and 项
    ("《安全生产法》第三十六条第四款", [(SAFETY, "36.4", E)]),
    ("安全生产法第 36 条第 4 款", [(SAFETY, "36.4", E)]),
    ("《安全生产法》第二十条第一款", [(SAFETY, "20", E)]),
    ("《安全生产法》第二十条第二款", [(SAFETY, "20.2", NO)]),
    ("《安全生产法》第二十一条第一项", [(SAFETY, "21.1(1)", E)]),
    ("《安全生产法》第二十一条第（一）项", [(SAFETY, "21.1(1)", E)]),
    ("《安全生产法》第二十一条（一）", [(SAFETY, "21.1(1)", E)]),
    ("《安全生产法》第二十一条第一款第七项", [(SAFETY, "21.1(7)", E)]),
    ("《安全生产法》第二十一条第八项", [(SAFETY, "21(8)", NO)]),
    ("《安全生产法》第一百一十四条第一款第（四）项", [(SAFETY, "114.1(4)", E)]),
    ("《安全生产法》第三十六条第四款第二项", [(SAFETY, "36.4(2)", NO)]),
    ("《安全生产法》第五项", [(SAFETY, "", UNCLEAR)]),
    ("要点第20项第一款", [(PLAN, "20", E), (PLAN, "20.1", NO)]),
    ("《安全生产法》第二十条[3]、第二十一条［12］", [(SAFETY, "20", E), (SAFETY, "21", E)]),
    # lists and ranges
    ("《安全生产法》第4、5条", [(SAFETY, "4", E), (SAFETY, "5", E)]),
    ("《安全生产法》第四条、第五条", [(SAFETY, "4", E), (SAFETY, "5", E)]),
    ("《安全生产法》第四条和第五条第二款", [(SAFETY, "4", E), (SAFETY, "5.2", NO)]),
    ("《安全生产法》第四条至第七条", [(SAFETY, "4 5 6 7", E)]),
    ("《安全生产法》第四至七条", [(SAFETY, "4 5 6 7", E)]),
    ("《安全生产法》第4-7条", [(SAFETY, "4 5 6 7", E)]),
    ("《安全生产法》第七条至第四条", [(SAFETY, "7", UNCLEAR)]),
    ("《安全生产法》第一百一十八条至第一百二十一条", [(SAFETY, "118", NO)]),
    ("《安全生产法》第三十六条第一款、第四款", [(SAFETY, "36.1", E), (SAFETY, "36.4", E)]),
    ("《安全生产法》第二十一条第一、二项", [(SAFETY, "21.1(1)", E), (SAFETY, "21.1(2)", E)]),
    ("《安全生产法》第二十一条第（一）至（三）项", [(SAFETY, "21.1(1) 21.1(2) 21.1(3)", E)]),
    ("《安全生产法》第二十一条第一项至第三项", [(SAFETY, "21.1(1) 21.1(2) 21.1(3)", E)]),
    ("《安全生产法》第二十一条（一）（三）项", [(SAFETY, "21.1(1)", E), (SAFETY, "21.1(3)", E)]),
    ("《安全生产法》第三条，《消防法》第二条", [(SAFETY, "3", E), (FIRE, "2", E)]),
    ("要点第1、2项和第29项", [(PLAN, "1", E), (PLAN, "2", E), (PLAN, "29", E)]),
    ("要点第14至16项", [(PLAN, "14 15 16", E)]),
    ("要点第36项、第37项", [(PLAN, "36", E), (PLAN, "37", NO)]),
    # what is not there
    ("《安全生产法》第一百三十四条之一", [(SAFETY, "134-1", NO)]),
    ("《安全生产法》第120条", [(SAFETY, "120", NO)]),
    ("《安全生产法》第一百五条", [(None, "", UNCLEAR)]),
    ("《安全生产法》第0条", [(SAFETY, "0", NO)]),
    ("《安全生产法》第二章第二十条", [(SAFETY, "20", E)]),
    ("《安全生产法》第一章第二十条", [(SAFETY, "20", NO)]),
    ("《安全生产法》第二章", [(SAFETY, "", E)]),
    ("《安全生产法》第九章", [(SAFETY, "", NO)]),
    # pronouns
    ("《安全生产法》第三条、同法第四条", [(SAFETY, "3", E), (SAFETY, "4", E)]),
    ("《安全生产法》第三条。该法第四条", [(SAFETY, "3", E), (SAFETY, "4", E)]),
    ("《安全生产法》第三条，本法第四条", [(SAFETY, "3", E), (SAFETY, "4", E)]),
    ("责任制规定第六条和该规定第七条", [(RULES, "6", E), (RULES, "7", E)]),
    ("《安全生产法》第三条，第四条", [(SAFETY, "3", E), (SAFETY, "4", E)]),
    ("《安全生产法》第三条。第四条要求", [(SAFETY, "3", E), (SAFETY, "4", E)]),
    ("《安全生产法》第三条规定。本条要求", [(SAFETY, "3", E), (SAFETY, "3", E)]),
    ("《安全生产法》第四条。前条第二款", [(SAFETY, "4", E), (SAFETY, "3.2", E)]),
    ("《安全生产法》第四条第二款，前款规定", [(SAFETY, "4.2", E), (SAFETY, "4.1", E)]),
    ("《安全生产法》第三条第一款，同条第三款", [(SAFETY, "3.1", E), (SAFETY, "3.3", E)]),
    ("《安全生产法》第三条第一款。第二款", [(SAFETY, "3.1", E), (SAFETY, "3.2", E)]),
    ("《安全生产法》第二十一条规定的第五项", [(SAFETY, "21", E), (SAFETY, "21.1(5)", E)]),
    ("《安全生产法》（以下简称《本安法》）第二条。《本安法》第三条", [(SAFETY, "2", E), (SAFETY, "3", E)]),
    ("《安全生产法》\n第二十条明确", [(SAFETY, "", E), (SAFETY, "20", E)]),
    ("《宜春市2023年安全生产工作要点》\n燃气（第20项）", [(PLAN, "", E), (PLAN, "20", E)]),
    # what could be two things is none
    ("第二十条", [(None, "", UNCLEAR)]),
    ("第20项", [(None, "", UNCLEAR)]),
    ("第二款", [(None, "", UNCLEAR)]),
    ("前款规定", [(None, "", UNCLEAR)]),
    ("该法第四条", [(None, "", UNCLEAR)]),
    ("《安全生产法》和《消防法》，该法第四条", [(SAFETY, "", E), (FIRE, "", E), (None, "", UNCLEAR)]),
    ("《安全生产法》《消防法》等，第四条", [(SAFETY, "", E), (FIRE, "", E), (None, "", UNCLEAR)]),
    ("《消防法》第二条。《安全生产法》第三条。第五条", [(FIRE, "2", E), (SAFETY, "3", E), (None, "", UNCLEAR)]),
    # versions and 文号
    ("《安全生产法》（2021修正）第十条", [(SAFETY, "10", E)]),
    ("《安全生产法（2021修正）》第十条", [(SAFETY, "10", E)]),
    ("《安全生产法》(2021年6月10日修正)第十条", [(SAFETY, "10", E)]),
    ("《安全生产法》（主席令第88号）第十条", [(SAFETY, "10", E)]),
    ("《安全生产法》2021版第十条", [(SAFETY, "10", E)]),
    ("《安全生产法》（2002年通过，2014年修正）第十条", [(SAFETY, "10", Verdict.OLD_VERSION)]),
    ("《生产安全事故报告和调查处理条例》（国务院令第493号）第三条", [(None, "", Verdict.UNKNOWN_DOCUMENT)]),
    ("《安全生产法》（2014修正）第十条", [(SAFETY, "10", Verdict.OLD_VERSION)]),
    ("2014年修正的《安全生产法》第十条", [(SAFETY, "10", Verdict.OLD_VERSION)]),
    ("宜市安字〔2023〕2号", [(PLAN, "", E)]),
    ("宜市安字[2023]2号第20项", [(PLAN, "20", E)]),
    ("根据宜市安字【2023】第2号", [(PLAN, "", E)]),
    ("宜市安字（２０２３）２号", [(PLAN, "", E)]),
    ("《要点》（宜市安字〔2023〕2号）第20项", [(PLAN, "20", E)]),
    ("《要点》（宜市安字〔2022〕2号）第20项", [(PLAN, "20", Verdict.WRONG_NUMBER)]),
    ("赣安字〔2023〕5号", [(None, "", Verdict.MENTION)]),
    # not in this index
    ("《刑法》第一百三十四条之一", [(None, "134-1", Verdict.NOT_INDEXED)]),
    ("刑法第134条第2款", [(None, "134.2", Verdict.NOT_INDEXED)]),
    ("刑法第999条", [(None, "999", NO)]),
    ("治安管理处罚法第三十条", [(None, "30", Verdict.NOT_INDEXED)]),
    ("生态环境法典第528条", [("shengtai-huanjing-fadian", "528", E)]),
    ("生态环境法典第一条", [("shengtai-huanjing-fadian", "1", Verdict.NOT_INDEXED)]),
    ("固体废物污染环境防治法第七十九条", [("guti-feiwu-fangzhi-fa", "79", Verdict.NOT_IN_FORCE)]),
    ("《江西省安全生产条例》第五条、第六条", [(None, "", Verdict.UNKNOWN_DOCUMENT)] * 2),
    ("道路交通安全法实施条例第五条", [(None, "", Verdict.UNKNOWN_DOCUMENT)]),
    ("生产安全事故报告和调查处理条例第九条", [(None, "", Verdict.UNKNOWN_DOCUMENT)]),
    ("《安全生产责任法》第五条", [(None, "", Verdict.UNKNOWN_DOCUMENT)]),
    ("《宜春市2022年安全生产工作要点》第5项", [(None, "", Verdict.UNKNOWN_DOCUMENT)]),
    ("《生命重于泰山》", [(None, "", Verdict.MENTION)]),
    # no citation at all
    ("本办法第三条", []),
    ("第一项任务是学习，第二条路是改革", []),
    ("把握要点，依法办事，不同法律", []),
    ("第一条　为了规范，制定本办法。\n第二条　前款规定", []),
    ("第一条　为了规范，制定本法。\n第二条　违反本法第一条", []),
]


def citations(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.subject is Subject.CITATION]


def quotations(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.subject is Subject.QUOTATION]


@pytest.fixture(scope="module")
def check(assistant: Assistant) -> Callable[[str], Report]:
    """Proof-reading against the default documents, on a day when the plan's year is over."""
    return lambda text: check_text(assistant.library, text)


@pytest.mark.parametrize(("text", "expected"), ONE_BY_ONE, ids=[text for text, _ in ONE_BY_ONE])
def test_a_citation_is_read_as_written(
    check: Callable[[str], Report], text: str, expected: list[tuple[str | None, str, Verdict]]
) -> None:
    """Every usual way to write a citation resolves to its document and clause, or to nothing where it may be two."""
    found = citations(check(text))
    assert [(f.document, " ".join(f.clauses), f.verdict) for f in found] == expected


@pytest.mark.parametrize("text", [text for text, _ in ONE_BY_ONE])
def test_offsets_are_those_of_the_draft(check: Callable[[str], Report], text: str) -> None:
    """What a finding shows is the characters at its offsets, which follow one another."""
    found = check(text).findings
    assert [f.words for f in found] == [f.span.of(text) for f in found]
    assert all(f.words for f in found)
    assert [f.span.start for f in found] == sorted(f.span.start for f in found)


QUOTED = [
    (f"《安全生产法》第三条规定：“{LAW_3}。”", Verdict.EXACT, Grade.RIGHT),
    (f"「{LAW_3}」（《安全生产法》第三条第一款）。", Verdict.EXACT, Grade.RIGHT),
    (f'"{LAW_3}"，见安全生产法第三条。', Verdict.EXACT, Grade.RIGHT),
    (f"《安全生产法》规定“{LAW_3}”。", Verdict.EXACT, Grade.RIGHT),
    (f"> {LAW_3}\n> ——《安全生产法》第三条", Verdict.EXACT, Grade.RIGHT),
    (f"《安全生产法》第三条规定：\n> {LAW_3}", Verdict.EXACT, Grade.RIGHT),
    (f"《安全生产法》第三条：\n“{LAW_3}。”", Verdict.EXACT, Grade.RIGHT),
    (f"《安全生产法》第三条讲得很清楚。“{LAW_3}”是根本。", Verdict.EXACT, Grade.RIGHT),
    (f"| 第20项 | “{ITEM_20}” |\n\n《要点》", Verdict.EXACT, Grade.RIGHT),
    (f"要点第20项要求“{ITEM_20}，并保障其正常使用”。", Verdict.NORMALISED, Grade.RIGHT),
    ("安全生产法第二十条“生产经营单位应当……安全生产条件”", Verdict.NORMALISED, Grade.RIGHT),
    ("安全生产法第十四条“有关协会组织依照法律，行政法规和章程”", Verdict.PUNCTUATION, Grade.REMARK),
    ("要点第20项要求“督促使用燃气的餐饮经营单位依法安装可燃气体报警装置”。", Verdict.DIFFERENT, Grade.WRONG),
    ("安全生产法第二十条“生产经营单位必须具备本法和有关法律、行政法规”", Verdict.DIFFERENT, Grade.WRONG),
    (f"《安全生产法》第四条规定“{LAW_3}”。", Verdict.ELSEWHERE, Grade.WRONG),
    (f"《安全生产法》第一百二十条规定“{LAW_3}”。", Verdict.ELSEWHERE, Grade.WRONG),
    ("《安全生产法》第四条规定“安全生产工作坚持中国共产党领导一切”。", Verdict.ELSEWHERE, Grade.WRONG),
    ("《安全生产法》第四条规定“每个企业必须在周五下午放假半天并且写诗”。", Verdict.NOT_FOUND, Grade.WRONG),
    ("《江西省安全生产条例》第四条规定“每个企业必须在周五下午放假半天”。", Verdict.NOT_FOUND, Grade.UNCHECKED),
    ("《安全生产法》第三条规定“三管三必须”。", Verdict.TERM, Grade.REMARK),
    (f"“{LAW_3}”，依据是《安全生产法》第四条。", Verdict.UNCITED, Grade.REMARK),
    (f"会议强调“{LAW_3}”。", Verdict.UNCITED, Grade.REMARK),
    ("会议强调“每个企业必须在周五下午放假半天”。", Verdict.NOT_FOUND, Grade.UNCHECKED),
    ("刑法第一百三十四条之一“在生产、作业中违反有关安全管理的规定”", Verdict.EXACT, Grade.RIGHT),
    ("责任制规定第六条“县级以上地方各级政府主要负责人”", Verdict.EXACT, Grade.REMARK),
    ("责任制规定第六条“县级以上地方各级党委主要负责同志”", Verdict.DIFFERENT, Grade.UNCHECKED),
]


@pytest.mark.parametrize(("text", "verdict", "grade"), QUOTED, ids=[text for text, _, _ in QUOTED])
def test_a_quotation_is_held_against_its_clause(
    check: Callable[[str], Report], text: str, verdict: Verdict, grade: Grade
) -> None:
    """A quotation before, after or below its citation is exact, nearly so, changed, of another clause, or of none."""
    found = quotations(check(text))
    assert [(f.verdict, f.grade) for f in found] == [(verdict, grade)]


def test_differing_characters_are_marked(check: Callable[[str], Report]) -> None:
    """A changed word is shown beside the original one, in place."""
    found = quotations(check("要点第20项：“督促使用燃气的餐饮经营单位依法安装可燃气体报警装置”"))[0]
    assert found.shown == "督促使用燃气的餐饮经营[原文：场所｜文中：单位]依法安装可燃气体报警装置"


def test_a_dropped_word_is_marked(check: Callable[[str], Report]) -> None:
    """Words the draft leaves out without …… are shown as missing."""
    found = quotations(check("安全生产法第二十条“应当具备本法和有关法律、国家标准或者行业标准规定的安全生产条件”"))[0]
    assert "[原文：行政法规和｜文中：（无）]" in found.shown or "[原文：、行政法规和｜文中：、]" in found.shown


def test_a_misplaced_quotation_is_located(check: Callable[[str], Report]) -> None:
    """A quotation given for the wrong clause is told with the clause it stands in."""
    found = quotations(check(f"《安全生产法》第四条规定“{LAW_3}”。"))[0]
    assert (found.document, found.clauses) == (SAFETY, ("3.1",))
    assert "《安全生产法》第三条第一款" in found.said


def test_only_what_is_given_for_a_clause_is_held_against_it(check: Callable[[str], Report]) -> None:
    """A second quotation of a sentence, or one far from the citation, is not called a misquotation of the clause."""
    rules = "管行业必须管安全、管业务必须管安全、管生产经营必须管安全"
    text = f"《安全生产法》第三条第三款“{rules}”，以及“党政同责、一岗双责、齐抓共管、失职追责”。"
    assert [f.verdict for f in quotations(check(text))] == [Verdict.EXACT, Verdict.UNCITED]


def test_references_inside_a_source_are_the_sources(check: Callable[[str], Report]) -> None:
    """A reference within quoted words of a law is not taken for one of the draft."""
    text = (
        "《安全生产法》第二十条：“生产经营单位应当具备本法和有关法律、行政法规和国家标准或者行业标准规定的安全生产条件”"
    )
    assert [f.clauses for f in citations(check(text))] == [("20",)]
    assert [f.clauses for f in citations(check("他说“依照《安全生产法》第二百条应当每天早上检查一次设备”"))] == [
        ("200",)
    ]


def test_the_stored_status_is_told(check: Callable[[str], Report]) -> None:
    """Each citation carries whether its document is in force; a plan whose year is over lets a text pass."""
    report = check("要点第20项；《安全生产法》第三条；责任制规定第六条")
    assert [f.status for f in report.findings] == ["年度任务已届满", "现行有效", "转录待核"]
    assert report.passed
    assert any("年度任务已届满" in note for note in report.notes)


def test_nothing_found_is_no_pass(check: Callable[[str], Report]) -> None:
    """A text without citations is reported as such, apart from passed and failed."""
    report = check("今天开会。")
    assert (report.nothing, report.passed, report.to_json()["result"]) == (True, False, "nothing_found")


def test_places_are_lines_and_columns(check: Callable[[str], Report]) -> None:
    """In a text the place is the line and the column, both from 1."""
    assert [f.place for f in check("标题\n\n根据《安全生产法》第三条").findings] == ["第3行第3列"]


PIECES = [
    *"《》〈〉第条款项章目句之一百二十03()（）、，。；至-和“”「」>|\n\t…*`",
    *"安全生产法 消防法 要点 刑法 同法 该法 前条 前款 本条 本办法 （2021修正） 宜市安字 〔2023〕 2号 以下简称".split(),
    *"第二十条 第一款 （一） 9999 生产经营单位应当具备 市住建局 牵头 第20项".split(),
]


@settings_of(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_no_text_breaks_it(assistant: Assistant, text: str) -> None:
    """Whatever is written, every finding shows the characters at its offsets."""
    found = check_text(assistant.library, text).findings
    assert [f.words for f in found] == [f.span.of(text) for f in found]


def test_ten_thousand_characters_take_less_than_a_second(check: Callable[[str], Report]) -> None:
    """A long draft with hundreds of citations and quotations is checked while one waits (processor time)."""
    block = (
        f"《安全生产法》第三条规定：“{LAW_3}。”要点第20项要求“{ITEM_20.replace('场所', '单位')}”；"
        "《消防法》第十六条第（一）项、第二十一条；会议强调“每个企业必须在周五下午放假半天”。\n"
    )
    text = block * (10_000 // len(block))
    check(block)
    start = process_time()
    report = check(text)
    assert process_time() - start < 1.0
    assert len(report.findings) == 7 * (10_000 // len(block))


ROLES = [
    ("要点第20项由市住建局分工负责", [("市住建局分工负责", Verdict.ROLE_RIGHT)]),
    ("要点第20项由市住建局牵头。", [("市住建局牵头", Verdict.ROLE_WRONG)]),
    ("按照工作要点，住建局牵头第20项", [("住建局牵头", Verdict.ROLE_WRONG)]),
    ("要点第26项由市生态环境局牵头", [("市生态环境局牵头", Verdict.ROLE_RIGHT)]),
    (
        "市住建局、市公安局分工负责要点第20项。",
        [("市住建局、市公安局分工负责", Verdict.ROLE_RIGHT), ("市公安局分工负责", Verdict.ROLE_RIGHT)],
    ),
    ("要点第20项：丰城市政府落实。", [("丰城市政府落实", Verdict.ROLE_RIGHT)]),
    ("要点第20项由市统计局分工负责", [("市统计局分工负责", Verdict.UNCLEAR)]),
    ("要点第31项由丰城市政府落实", [("丰城市政府落实", Verdict.ROLE_WRONG)]),
    ("《要点》\n| 第20项 | 市住建局 | 牵头 |", [("市住建局", Verdict.ROLE_WRONG)]),
    ("市住建局落实安全生产责任，按要点第20项办。", []),
    ("《消防法》第二条由市住建局落实。", []),
]


@pytest.mark.parametrize(("text", "expected"), ROLES, ids=[text for text, _ in ROLES])
def test_a_role_is_held_against_the_duty_table(
    check: Callable[[str], Report], text: str, expected: list[tuple[str, Verdict]]
) -> None:
    """Who leads, shares or carries out an item, where a draft says it plainly, agrees with the table or not."""
    found = [f for f in check(text).findings if f.subject is Subject.ROLE]
    assert [(f.words, f.verdict) for f in found] == expected


def test_a_wrong_role_is_corrected(check: Callable[[str], Report]) -> None:
    """The remedy names the role that the bracket gives."""
    found = next(f for f in check("要点第20项由市住建局牵头。").findings if f.subject is Subject.ROLE)
    assert "的角色是分工负责，不是牵头" in found.said
    assert found.remedy == "请改为分工负责。"


def word_file() -> bytes:
    document = docx.Document()
    document.add_heading("责任清单", 1)
    document.add_paragraph("根据《安全生产法》第三条和《宜春市2023年安全生产工作要点》制定。")
    document.add_paragraph("")
    document.add_paragraph(f"{LAW_3}（《安全生产法》第三条）", style="Quote")
    table = document.add_table(rows=3, cols=3)
    for column, words in enumerate(("任务", "依据", "说明")):
        table.cell(0, column).text = words
    table.cell(1, 0).text = f"“{ITEM_20.replace('场所', '单位')}”"
    table.cell(1, 1).text = "第20项"
    table.cell(2, 0).merge(table.cell(2, 1)).text = "第37项"
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_file_is_read_with_its_tables(assistant: Assistant) -> None:
    """Paragraphs are numbered as in Word, table cells by row and column; a row's citation answers for its quotation."""
    draft = draft_of_bytes(word_file(), "清单.docx")
    report = check_draft(assistant.library, draft)
    told = [(f.place, f.subject.value, f.document, f.clauses, f.verdict) for f in report.findings]
    assert told == [
        ("第2段", "citation", SAFETY, ("3",), E),
        ("第2段", "citation", PLAN, (), E),
        ("第4段", "quotation", SAFETY, ("3",), Verdict.EXACT),
        ("第4段", "citation", SAFETY, ("3",), E),
        ("表1第2行第1列", "quotation", PLAN, ("20",), Verdict.DIFFERENT),
        ("表1第2行第2列", "citation", PLAN, ("20",), E),
        ("表1第3行第1列", "citation", PLAN, ("37",), NO),
    ]
    assert [f.words for f in report.findings] == [f.span.of(draft.text) for f in report.findings]
    assert report.findings[4].said == "引文与原文不一致。"


def test_notes_and_tracked_changes_of_a_word_file_are_read(assistant: Assistant) -> None:
    """What somebody inserted with changes tracked counts, what was deleted does not; notes and footers are read."""
    document = docx.Document()
    paragraph = document.add_paragraph("根据")
    for mark, tag, words in (("ins", "t", "《安全生产法》第三条"), ("del", "delText", "《消防法》第二条")):
        change = OxmlElement(f"w:{mark}")
        run, text = OxmlElement("w:r"), OxmlElement(f"w:{tag}")
        text.text = words
        run.append(text)
        change.append(run)
        paragraph._p.append(change)
    words = "<w:footnote><w:p><w:r><w:t>见安全生产法第四条</w:t></w:r></w:p></w:footnote>"
    note = f"<w:footnotes {nsdecls('w')}>{words}</w:footnotes>"
    name = PackURI("/word/footnotes.xml")
    part = Part(name, CONTENT_TYPE.WML_FOOTNOTES, note.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    document.sections[0].footer.paragraphs[0].text = "依据安全生产法第五条"
    out = BytesIO()
    document.save(out)
    report = check_draft(assistant.library, draft_of_bytes(out.getvalue(), "稿.docx"))
    assert {(f.place, f.clauses) for f in report.findings} == {
        ("第1段", ("3",)), ("脚注1", ("4",)), ("页脚1", ("5",)),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("没有.txt", None, "没有这个文件"),
        ("没有.docx", None, "没有这个文件"),
        ("旧.doc", b"\xd0\xcf\x11\xe0", "旧版 Word"),
        ("扫描.pdf", b"%PDF-1.7", "PDF"),
        ("改名.docx", b"\xd0\xcf\x11\xe0", "旧版 Word"),
        ("坏.docx", b"PK\x03\x04 nothing", "已损坏"),
        ("坏.docx", b"hello", "不是有效的 Word 文件"),
        ("空.docx", b"", "是空文件"),
        ("空.txt", b" \n ", "是空的"),
        ("图.txt", b"\x89PNG\x00\xff\xfe\x00", "不是文本"),
        ("表.xlsx", b"PK\x03\x04", "不能读取这种文件"),
    ],
)
def test_what_cannot_be_read_is_said_with_a_remedy(
    tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    """Each way a file can be unreadable has its own Chinese cause and a remedy."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(QuestionError, match=words) as told:
        read_draft(path)
    assert told.value.remedy


def test_a_folder_is_no_draft(tmp_path: Path) -> None:
    """A folder is refused as one."""
    with pytest.raises(QuestionError, match="是目录"):
        read_draft(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_usual_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    """Texts of Notepad and of old systems are read alike, with any line ends."""
    path = tmp_path / "清单.txt"
    path.write_bytes("根据\r\n《安全生产法》第三条".encode(encoding))
    assert read_draft(path).text == "根据\n《安全生产法》第三条"


def run(settings: Settings, *args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    assert settings.today
    ours = {"ANZE_STORE": str(settings.store), "ANZE_TODAY": settings.today.isoformat(), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "rag.channels.cli", "verify", *args],
        env={**os.environ, **ours}, capture_output=True, check=False, input=stdin, timeout=60,
    )  # fmt: skip
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("《安全生产法》第三条", 0, "全部核对无误"),
        ("《安全生产法》第一百二十条", 1, "没有第一百二十条"),
        ("第二十条", 1, "没有写明是哪份文件"),
        ("今天开会", 3, "不能算通过"),
    ],
)
def test_the_exit_status_tells_scripts(
    assistant: Assistant, settings: Settings, tmp_path: Path, text: str, status: int, words: str
) -> None:
    """0 all right, 1 something wrong or unchecked, 3 nothing found; the report says the same in words."""
    path = tmp_path / "清单.txt"
    path.write_text(text, "utf-8")
    done = run(settings, str(path))
    assert (done.returncode, words in done.stdout, done.stderr) == (status, True, "")


def test_an_unreadable_file_has_a_status_of_its_own(assistant: Assistant, settings: Settings, tmp_path: Path) -> None:
    """2 for what cannot be read or for wrong usage, with one Chinese sentence on standard error."""
    missing, usage = run(settings, str(tmp_path / "没有.docx")), run(settings)
    assert (missing.returncode, usage.returncode, missing.stdout, usage.stdout) == (2, 2, "", "")
    assert "没有这个文件" in missing.stderr
    assert "命令或参数不对" in usage.stderr


def test_a_word_file_as_json(assistant: Assistant, settings: Settings, tmp_path: Path) -> None:
    """``--json`` prints one object with counts and findings for a file, and the same for standard input."""
    path = tmp_path / "清单.docx"
    path.write_bytes(word_file())
    by_name, by_pipe = run(settings, str(path), "--json"), run(settings, "-", "--json", stdin=word_file())
    report = json.loads(by_name.stdout)
    assert by_name.returncode == by_pipe.returncode == 1
    assert report["result"] == "failed"
    assert report["counts"] == {"right": 3, "remark": 2, "unchecked": 0, "wrong": 2}
    assert json.loads(by_pipe.stdout)["findings"] == report["findings"]


def test_only_problems(assistant: Assistant, settings: Settings) -> None:
    """``--problems`` leaves out what is right, not the counts."""
    done = run(settings, "-", "--problems", stdin="《安全生产法》第三条、第一百二十条".encode())
    assert "√" not in done.stdout
    assert "×" in done.stdout
    assert "引用2处" in done.stdout


def test_the_help_documents_the_exit_status(settings: Settings) -> None:
    """Whoever writes a script finds the four codes in the help."""
    done = run(settings, "--help")
    assert done.returncode == 0
    assert all(f"  {code}  " in done.stdout for code in "0123")


@pytest.fixture(scope="module")
def post(assistant: Assistant) -> Callable[..., httpx.Response]:
    """``POST /api/verify`` of the service's own routes, without a socket."""
    app = FastAPI()
    add_proofing(app, assistant)

    async def send(**what: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.post("/api/verify", **what)

    return lambda **what: asyncio.run(send(**what))


def test_the_interface_takes_texts_and_word_files(post: Callable[..., httpx.Response]) -> None:
    """``POST /api/verify`` gives the same report for JSON and for the bytes of a Word file."""
    text = post(json={"text": "《安全生产法》第三条、第一百二十条"})
    word = post(content=word_file())
    assert (text.status_code, word.status_code) == (200, 200)
    assert [f["grade"] for f in text.json()["findings"]] == ["right", "wrong"]
    assert word.json()["counts"] == {"right": 3, "remark": 2, "unchecked": 0, "wrong": 2}
    assert post(json={"text": "你好"}).json()["result"] == "nothing_found"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"{", 400, "既不是合法的 JSON"),
        (b"[]", 400, "缺少 text"),
        (b'{"text": 5}', 400, "缺少 text"),
        (b'{"text": " "}', 400, "是空的"),
        (b"PK\x03\x04 nothing", 400, "已损坏"),
        (b"\xd0\xcf\x11\xe0", 400, "既不是合法的 JSON"),
        (b" " * 5_000_001, 413, "太大"),
    ],
)
def test_the_interface_refuses_in_chinese(
    post: Callable[..., httpx.Response], body: bytes, status: int, words: str
) -> None:
    """What cannot be checked is refused with cause and remedy."""
    response = post(content=body)
    assert response.status_code == status
    assert words in response.json()["error"]
    assert response.json()["remedy"]

"""A wish for an organisation's whole list, in any words, gives all of it; what narrows a list still narrows it."""

from __future__ import annotations

import pytest

from rag.assistant import Assistant
from rag.model import Question

WHOLE = [
    ("市住建局今年要做什么", None, "市住建局"),
    ("局里开会要用，把咱局的任务全部列出来，一条别漏", "市交通运输局", "市交通运输局"),
    ("我委在宜市安字〔2023〕2号文件中承担哪些工作,请逐项列出,标明第几条、原文依据、完成时限。", "市发改委", "市发改委"),
    ("请以表格形式列示市交通运输局承担的全部工作任务,含条目、任务内容、共同责任单位。", None, "市交通运输局"),
    ("指挥中心要给局领导呈一份材料,把要点涉及我局的任务尽数摘出", "市公安局", "市公安局"),
    ("工信这边被要点安排的活,扒一扒,要完整", None, "市工信局"),
    ("主任明天上午参加安委会全体会,急要我委全部任务一览,拜托", "市发改委", "市发改委"),
    ("这份安全生产要点里有没有宣传部的事?有的话都有哪些", None, "市委宣传部"),
    ("住建今年的安全任务,来个全的", None, "市住建局"),
    ("宣传部,23年安全要点,全部任务", None, "市委宣传部"),
    ("县安委会全会材料缺一个附件:市要点中我县任务清单(全量)。请生成", "万载县应急管理局", "万载县政府"),
    ("市里那个安全要点,县一级全部任务,抄送我一份", "宜丰县公安局", "宜丰县政府"),
    ("咱支队今年要干的事全列出来，别光写路面管控", "市公安局交警支队", "市公安局交警支队"),
    ("支队的任务简单列一下，要全", "市消防救援支队", "市消防救援支队"),
    ("校园安专委全部任务", None, "市安委会校园安全生产委员会"),
    ("市生态环境局需落实的工作要点事项,牵头的、配合的都算,请一并列出", None, "市生态环境局"),
]
"""Question, the asker's department, whose list."""

PART = [
    ("市公安局关于燃气的全部任务", None, "市公安局"),
    ("市生态环境局牵头的任务都列出来", None, "市生态环境局"),
    ("把点名我局的任务列全", "市发改委", "市发改委"),
    ("住建局的活有哪些，帮我筛一下（只要点名的）", "市住建局", "市住建局"),
    ("除第20项外市住建局还有哪些任务，全部列出", None, "市住建局"),
    ("每季度要做的任务全部列出来", "市应急管理局", "市应急管理局"),
    ("燃气这块，我们局要干什么", "市住建局", "市住建局"),
    ("自建房那一块里我局该做啥", "市住建局", "市住建局"),
    ("市统计局在考核里头承担什么", None, "市统计局"),
    ("市综合执法局负责的液化气监管事项", None, "市综合行政执法局"),
    ("市综合执法局只挑第四部分的任务，列出来", None, "市综合行政执法局"),
]

OTHER = ["2024年的工作要点里市住建局有什么任务，全部列出", "省应急管理厅的任务清单", "发改委里头管源头预防的是哪个科长"]


def _list(assistant: Assistant, text: str, org: str | None = None) -> set[tuple[str, str]]:
    return {(row.tier, row.clause) for row in assistant.ask(Question(text, org)).duties}


@pytest.mark.parametrize(("text", "org", "whose"), WHOLE)
def test_the_whole_list_is_given(assistant: Assistant, text: str, org: str | None, whose: str) -> None:
    """The occasion, the form wished for and the words for "all" change nothing of the list."""
    whole = {(r.tier, r.clause) for r in assistant.ask(Question(f"{whose}的任务")).duties}
    assert len(whole) >= 5
    assert _list(assistant, text, org) == whole


@pytest.mark.parametrize(("text", "org", "whose"), PART)
def test_what_narrows_still_narrows(assistant: Assistant, text: str, org: str | None, whose: str) -> None:
    """A subject, a role, a tier, a rhythm, a part or an exception leaves less than the whole."""
    assert len(_list(assistant, text, org)) < len(_list(assistant, f"{whose}的任务"))


@pytest.mark.parametrize("text", OTHER)
def test_other_wishes_are_no_wish_for_a_list(assistant: Assistant, text: str) -> None:
    """Another year, a province, a person: refused as before."""
    assert assistant.ask(Question(text)).refused


def test_the_asker_and_another_get_both_lists(assistant: Assistant) -> None:
    """我局和市住建局 are two departments: neither list is left out."""
    rows = assistant.ask(Question("把我局和市住建局的任务全部列出来", "市商务局")).duties
    assert {row.party for row in rows} == {"市商务局", "市住建局"}

"""What the notice in front of the plan says, in whatever words: when reports are due, who gets them, date and seal."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.citations import CitationBook
from rag.compose.draft import Draft
from rag.compose.items import compose_items
from rag.compose.meta import compose_about
from rag.compose.parts import deadlines_of
from rag.library import Library
from rag.understand.ask import Intent
from rag.understand.reading import Reading

_TERM = re.compile(
    r"半年|年中|年底|年末|年终|岁末|全年|年度|一年[^，。？?]{0,4}[两二几][次回趟]|[两二几][次回趟]|[上下]半年|"
    r"(?<![0-9])(?:6|12)月|(?:六|十二)月"
)
_PAPERS = re.compile(r"材料|总结|小结|报告|汇报|情况|进展|进度")
_HANDED_IN = re.compile(
    r"(?<![通公举汇])报(?!告|警|奖|名|销)|上[交报]|呈|[递提]交|(?<![移转成相])交(?!通|代|叉|界|办|易|流)|送(?!达)"
)
_ASKED = re.compile(
    r"时(?:候|间|限)|期限|截止|几[号月日]|哪[天日一]|最[晚迟]|行不行|行吗|可以吗|来得及|太?[晚迟]|给谁|[交报送](?:到|给|往)?哪|"
    r"给哪|何处|几[次回]|日期|多久"
)
_OTHER = re.compile(
    r"事故|案例|举报|企业|公司|厂|评价|检[验测]|预案|述职|统计|评估|演练|体检|人大|上级|法律|巡查|通报|学习|观看|保险"
)
"""Other things that are reported, or by others than the departments."""
_SENT_TO = re.compile(r"收文|主送|抬头|发给了?(?:谁|哪)|[下印分]发(?:给|到)了?(?:谁|哪)|发到了?哪")
_SEALED = re.compile(
    r"落款|落的|(?<![涵覆])盖的?(?:是)?(?:谁|哪|什么)|(?:谁|哪[家个])[^，。？?]{0,6}盖的?章|署名|署的|成文(?:日期|时间)|文号|发文字号|"
    r"几号文|哪号文|红头上"
)
_ASKS = re.compile(r"谁|哪|什么|几|多少|何|在不在|有没有|吗")
_UNSAID = re.compile(r"签发|抄送|几份|份数|公司|企业|处罚|决定书|案例|会商|制度|办法|重新|不变|[添改加删换]")
"""What the notice does not tell, other papers' numbers, and orders to change it."""
_PAPER = re.compile(r"红头|通知|要点|文件|这份|落款|主送|收文|抬头|文号")
_THING = re.compile(r"[“「『\"](?![^”」』\"]*(?:要点|通知|文件))[^”」』\"]{2,12}[”」』\"][^，。？?]{0,4}(?:发|印)")
"""Something else than the paper is sent to somebody."""
_ALLOWED = re.compile(r"行不行|行吗|可以吗|来得及|[晚迟]了?[不没吗]|算不算[晚迟]|可不可以|能不能")
_DATE = re.compile(r"(?P<month>[0-9]{1,2})月(?:(?P<day>[0-9]{1,2})[日号]?|(?P<part>底|末|初|中旬))?")
_DAYS = {"底": 30, "末": 30, "初": 1, "中旬": 15}


def compose_notice(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """The notice's own words on reports, addressees, date and seal; ``None`` where none of these is asked."""
    notice = library.clauses(library.plan.id).get("notice")
    elsewhere = reading.years or reading.place or any(id != library.plan.id for id in reading.documents)
    if notice is None or elsewhere or any(r.number != "notice" for r in reading.references):
        return None
    text = reading.text
    told = _PAPER.search(text) and not _THING.search(text) and _ASKS.search(text) and not _UNSAID.search(text)
    if told and (_SENT_TO.search(text) or _SEALED.search(text)):
        return compose_about(library, book, library.plan.id)
    due = all(words.search(text) for words in (_TERM, _PAPERS, _HANDED_IN, _ASKED)) and not _OTHER.search(text)
    if not due:
        return None
    timed = replace(reading, wording=replace(reading.wording, intent=Intent.DEADLINE, asks_yes_no=False))
    draft = compose_items(library, book, timed, [notice], asked=True)
    allowed = _allowed(text, [d.due for d in deadlines_of(library, notice) if d.due])
    return replace(draft, text=f"{allowed}{draft.text}")


def _allowed(text: str, due: list[str]) -> str:
    """Whether a day that the question states is in time (6月底交行不行); empty where it states none.

    ``due`` are ISO dates; the one nearest to the month stated counts.
    """
    said = _DATE.search(text)
    if said is None or not due or not _ALLOWED.search(text):
        return ""
    month, day = int(said["month"]), int(said["day"] or 0) or _DAYS.get(said["part"] or "", 30)
    last = min(due, key=lambda one: abs(int(one[5:7]) - month))
    return "来得及。" if (month, day) <= (int(last[5:7]), int(last[8:10])) else "不行，已经过了期限。"

"""Other years: which of those named are meant as years of a plan that is not held."""

from __future__ import annotations

import re

from index.model import Family
from rag.library import Library
from rag.understand.ask import Intent
from rag.understand.reading import Reading
from rag.understand.references import RULES

_SHORT_YEAR = re.compile(r"(?<![0-9年第])([12][0-9])年?(?:年|年度|度)的?(?!以上|以下|内)")
_FIVE_YEARS = re.compile(
    r"十(?:一|二|三|五|六)五(?:期间|规划|时期|$)?|(?<![0-9])(?:前|近|这)[两二三几五]年(?!来|内|之)|过去[几两三]年"
)
_BEFORE_LAST = re.compile(r"前年|上一?年度(?!年?收入)|上年(?!年?收入)")
_TELLS_YEARS = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_MEANS_PLAN = re.compile(r"要点|任务|计划|清单|干什么|干啥|做什么|部门|单位|牵头|局|要干|考核|巡查|部署|目标")
_SPEAKS_OF_YEARS = re.compile(r"专项巡查|巡查")
_LEFT_OUT = re.compile(r"(?:先|就|都)?不(?:用|必)?(?:管|问|谈|提|说|考虑|看)(?:[，,。？?]|$)")
"""Another year is only set aside."""
_THAT_YEARS_PAPER = re.compile(
    r"(?:(?:19|20)[0-9]{2}|(?<![0-9])[12][0-9])年度?的?(?:宜春市?|我市|全市|市里?|那份|那个|这个)*的?(?:安全生产)?(?:工作)?(?:要点|通知|文件)"
)
"""The paper of another year, whatever is asked of it."""
_GROUNDED = re.compile(r"总结|基础")
"""States on which years' work the plan builds: to be told right or wrong."""
_YEAR_OF_PLAN = re.compile(
    r"(?:19|20)\d{2}年?(?:度)?(?:的|那份|那个|版|安全生产)*(?:工作)?(?:要点|文件|计划|任务|工作|清单|通知|"
    r"职责|第)"
)


def other_years(library: Library, reading: Reading) -> str:
    """The years meant that the plan is not of, in words; empty where there is none."""
    if reading.intent is Intent.DOCUMENTS and not _THAT_YEARS_PAPER.search(reading.text):
        return ""
    if library.plan.published[:4] in reading.text and _LEFT_OUT.search(reading.text):
        return ""
    years = [f"{year}年" for year in reading.years] if reading.years and _about_plan(library, reading) else []
    laws = [id for id in reading.documents if library.infos[id].family is not Family.WORK_PLAN]
    if years or laws:
        return "、".join(years)
    this = library.plan.published[2:4]
    said = [m.group(1) for m in _SHORT_YEAR.finditer(reading.text) if m.group(1) != this]
    if said and _MEANS_PLAN.search(reading.text):
        return "、".join(f"20{year}年" for year in said)
    term = _FIVE_YEARS.search(reading.text) or _BEFORE_LAST.search(reading.text)
    return term.group() if term else ""


def _about_plan(library: Library, reading: Reading) -> bool:
    """Whether the year matters: not a law's year of amendment, not a year the plan speaks of."""
    laws = [id for id in reading.documents if library.infos[id].family is not Family.WORK_PLAN]
    if laws or (not _MEANS_PLAN.search(reading.text) and _in_story(library, reading)):
        return False
    if _SPEAKS_OF_YEARS.search(reading.text) and reading.wording.asks_yes_no and _GROUNDED.search(reading.text):
        return False
    mentioned = all(str(year) in library.plan.text for year in reading.years)
    return not mentioned or bool(_YEAR_OF_PLAN.search(reading.text)) or not _SPEAKS_OF_YEARS.search(reading.text)


def _in_story(library: Library, reading: Reading) -> bool:
    """A year in the telling of a case (去年被追责的副县长能不能提拔), or the year of a regulation held here."""
    said = _TELLS_YEARS.findall(reading.text)
    if not said:
        return reading.scope.norm and bool(re.search(r"[，,]|(?:去年|前年)[^，。]{0,10}的", reading.text))
    return RULES in library and all(library.document(RULES).published.startswith(year) for year in said)

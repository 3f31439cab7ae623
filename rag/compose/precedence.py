"""Which of several articles that are about as near comes first: the general law's, the one on the subject asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from index.clean import fold
from index.model import Clause
from rag.compose.articles import asks_penalty, is_penalty, top_clause
from rag.library import Library
from rag.retrieve import Hit
from rag.understand.reading import Reading
from rag.understand.references import RULES

GENERAL = "anquan-shengchan-fa"
"""The law that holds where no special subject is spoken of."""
_SUBJECTS = {
    "xiaofang-fa": r"消防|火|烟|逃生|疏散|人员密集",
    "tezhong-shebei-anquan-fa": r"特种设备|电梯|锅炉|压力|起重|吊|叉车|游乐|索道|气瓶|场内|检验",
    "kuangshan-anquan-fa": r"矿|井",
    "meitan-fa": r"煤|矿|井",
    "daolu-jiaotong-anquan-fa": r"道路|交通|车|驾|路",
    "tielu-fa": r"铁路|火车|列车|道口|轨",
    "jianzhu-fa": r"建筑|施工|工地|建设|监理|工程|房|包工|分包|转包",
    "shiyou-tianranqi-guandao-baohu-fa": r"管道|油气|输油|输气",
    "lvyou-fa": r"旅游|景区|游客|导游|旅行|景点|游",
    "weixian-huaxuepin-anquan-fa": r"危化|危险化学|化工|化学|剧毒|危险品|危险物品|储罐",
    "zhiyebing-fangzhi-fa": r"职业病|体检|粉尘|尘|毒|辐射|噪声|防护",
    "guti-feiwu-fangzhi-fa": r"废|垃圾|固体",
    "shengtai-huanjing-fadian": r"环境|生态|污染|排放|环保|废",
}
"""Words of which one must stand in a question for a special law to come before the general one."""
_CLOSE, _VERY_CLOSE = 0.85, 0.95
"""Share of the first hit's score that another must have to come before it; the latter where only words tell."""
_LOOKED_AT = 4
_ATTRIBUTE = re.compile(r"方式|情形|条件|程序|期限|权利|义务|原则|形式|分管")
"""What of a thing is asked: the article must have the word itself."""
_PERSON = re.compile(r"负责人|老板|经理|厂长|矿长|董事|法人代表|个人|领导|人员|一把手|谁|管理者|工人|员工|他|她")
_UNIT = re.compile(r"单位|企业|公司|厂|矿|店")
_OF_PERSON = re.compile(r"^第\S+条\s*[^，。]{0,12}主要负责人|主要负责人未履行")
_CADRES = re.compile(r"党委|一把手|书记|常委|[市县区]长|政府主要负责人|分管领导|班子|分管安全")
_RUN = 4


def in_order(library: Library, reading: Reading, hits: Sequence[Hit]) -> list[Hit]:
    """``hits`` with the one in front that the question's own words prefer among those about as near."""
    if not hits or not _of_law(library, hits[0]):
        return list(hits)
    for prefers in (_general, _of_unit, _with_attribute):
        other = prefers(library, reading, hits)
        if other is not None:
            return [other, *(hit for hit in hits if hit is not other)]
    return list(hits)


def _general(library: Library, reading: Reading, hits: Sequence[Hit]) -> Hit | None:
    """An article of the general law, where the first is a special law's and nothing of its subject is spoken of."""
    subject = _SUBJECTS.get(hits[0].document)
    if subject is None or reading.documents or re.search(subject, reading.text):
        return None
    return _close(library, hits, _CLOSE, lambda hit, clause: hit.document == GENERAL)


def _of_unit(library: Library, reading: Reading, hits: Sequence[Hit]) -> Hit | None:
    """The penalty of the unit, where the first punishes its head and the question speaks of the unit alone."""
    if not asks_penalty(reading.text) or _PERSON.search(reading.text) or not _UNIT.search(reading.text):
        return None
    if not _OF_PERSON.search(top_clause(library, hits[0]).text):
        return None
    return _close(library, hits, _CLOSE, lambda hit, clause: is_penalty(clause) and not _OF_PERSON.search(clause.text))


def _with_attribute(library: Library, reading: Reading, hits: Sequence[Hit]) -> Hit | None:
    """The article that has the word for what is asked of a thing (问责方式), where the first has it not."""
    asked = _ATTRIBUTE.search(reading.text)
    if asked is None or asked.group() in top_clause(library, hits[0]).text:
        return None
    document = hits[0].document
    return _close(
        library, hits, _VERY_CLOSE, lambda hit, clause: hit.document == document and asked.group() in clause.text
    )


def _close(library: Library, hits: Sequence[Hit], least: float, fits: Callable[[Hit, Clause], bool]) -> Hit | None:
    near = [hit for hit in hits[1:_LOOKED_AT] if hit.score >= least * hits[0].score]
    return next((hit for hit in near if fits(hit, top_clause(library, hit))), None)


def _of_law(library: Library, hit: Hit) -> bool:
    return hit.document != library.plan.id


def of_cadres(library: Library, reading: Reading) -> bool:
    """Whether leading cadres are asked about, in words that only the regulation on their duties has."""
    if RULES not in library or not _CADRES.search(reading.text):
        return False
    if not all(party.is_group or party.name.endswith("政府") for party in reading.parties):
        return False
    said = fold(reading.text)
    runs = {said[at : at + _RUN] for at in range(len(said) - _RUN + 1)}
    rules = fold(library.document(RULES).text)
    plan = fold(library.plan.text)
    return any(run in rules and run not in plan for run in runs)

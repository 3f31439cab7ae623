"""What a follow-up asks of the clause talked about and the clause does not say: refused, not answered by quoting it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.clean import fold
from index.model import Clause
from index.numerals import to_int
from rag.citations import CitationBook
from rag.compose.draft import Draft
from rag.compose.limits import refuse
from rag.library import Library
from rag.understand.ask import Intent
from rag.understand.reading import Reading
from rag.understand.talk.focus import pairs

_N = r"[0-9〇一二两三四五六七八九十百千万]"
_SPAN = re.compile(r"(?<!第)(?:几|多少)个?(?:小时|工作日|天|日|周|月|年)(?!度|龄)(?!前|后)")
_HAS_SPAN = re.compile(rf"{_N}+(?:个)?(?:小时|工作日|天|日|周|月|年)|立即|及时|当日|次日|季度")
_LENGTH = re.compile(
    r"(?:多少|几)(?:公里|千米|米|亩|平方米|吨|公斤|栋|户|辆|座|艘|条(?:路|管|线))|(?<!提前)(?<!为期)多(?:长|宽|高|远)(?!时间|期限)"
)
_HAS_LENGTH = re.compile(rf"{_N}+(?:公里|千米|米|亩|平方米|吨|公斤|栋|户|辆|座|艘)")
_UNITS = (
    ("公里", "千米", "米"),
    ("亩", "平方米"),
    ("吨", "公斤"),
    ("栋",),
    ("户",),
    ("辆",),
    ("座",),
    ("艘",),
    ("条",),
)
"""Units that measure the same."""
_EITHER = re.compile(rf"({_N}+)(?:个)?(小时|天|日|月|年|次)(?:还是|或者?|、){_N}+(?:个)?(?:小时|天|日|月|年|次)")
_WHO_ARE = re.compile(
    r"[“\"]?(?P<of>(?:市|各|其他)*有关(?:部门|单位|人员|方面)|各(?:有关)?部门|相关(?:部门|单位))[”\"]?(?:里面?)?(?:究竟|到底|具体|都|又)?(?:是|指|包括|有)?(?:的是)?"
    r"(?:哪|谁|什么|几)"
)
_ALONE = re.compile(
    r"(?:单独|单单|单给|单归|单交|单由|专门(?:给|归|由|交)|分别(?:给|归|由|交))了?[^，。？?]{0,4}(?:哪[个家一]|谁|什么(?:部门|单位|局))"
)
_ARTICLE_NUMBERS = re.compile(rf"第{_N}+[条款项]")
_PLACES = r"县|区|市|乡镇?|街道|镇|村|企业|公司|厂|矿|学校|景区|医院|商场|工地|项目|路段|小区|人|家"
_HAPPENED = re.compile(
    rf"(?:首批|第[一二三]批|头一批|最后|目前|已经?|实际|现在)[^，。？?]{{0,10}}哪(?:几|些|两|三)?[个家座所名位条]?(?:{_PLACES})|"
    rf"(?:去|选|定|查|划|抽|关|拆|改|派|评|奖|罚|问责|通报|曝光)(?:过|了|的)(?:是|有)?哪(?:几|些|两|三)?[个家座所名位条]?(?:{_PLACES})"
)
_LATER = re.compile(
    r"(?:修订|修改|修|制定|出台|编制|印发)(?:完成?|好|出来|之?后|以后)[^，。？?]{0,16}(?:哪|什么|啥|谁|几|多少|怎|条文|内容|文本|原文|看看|给我|发我)"
)
_LATER_PAPER = re.compile(r"修(?:订|改)[^，。？?]{0,6}(?:后|过|完)的?(?:条文|内容|文本|版本|原文|全文)")
_WHY_NOT = re.compile(
    r"(?:为什么|为啥|为何|凭啥|什么(?:原因|理由))[^，。？?]{0,4}(?:没有?|不|偏偏?|只|单单?|非要?)[^，。？?]{0,4}"
    r"(?:把|列|写|点|包括|算|提|选|放|定)|(?:列|点|写|选)[^，。？?]{0,10}的(?:原因|理由|考虑)是?"
)
_YOU_THINK = re.compile(r"你(?:觉得|认为|看|估计|猜|说说看)")
_AROUND = 60
_ROLL = re.compile(r"(?P<of>[\u4e00-\u9fff]{2,4})(?:的)?名单(?:有|给|发|在哪|是|呢|吗|列|[?？]|$)")


_COUNTED = re.compile(
    r"百分之(?:几|多少)|(?:比例|占比|占)[^，。？?]{0,4}(?:多少|几成)|"
    r"(?:几|多少)[百千万]*(?P<money>奖金|奖励|补贴|补助|经费|资金|钱|块|元)|"
    r"(?<![第哪])(?:几|多少)个?(?P<unit>次|学时|课时|人(?!一)|名|位|台|套|级|岁|死|分钟|倍|成|层|吨|度)"
)
_RHYTHM = rf"{_N}+次|每(?:个)?{_N}*(?:月|季度|年|半年|周|日|天)|季度|半年|月度|年度|[一两]年"
_HAS_COUNT = {"次": _RHYTHM, "人": rf"{_N}+个?[人名]", "名": rf"{_N}+个?[人名]", "位": rf"{_N}+个?[人名位]"}
_CONDITION = re.compile(rf"(?:超过|满|不足|达到?|在){_N}+人(?:以上|以下)?(?:的)?")
_ASKS_CONDITION = re.compile(
    r"(?:超过|以上|以下|满|达到?)[^，。？?]{0,3}(?:几|多少)|(?:几|多少)个?人(?:以上|以下|就|才|起|是?[^，。？?]{0,3}(?:线|门槛|界限))"
)
_ISSUED = re.compile(
    r"(?:何时|(?:什么|啥)时候|几月份?|哪一?[天月]|几号)[^，。？?]{0,6}(?:出台|印发|发布|下发|发文|定稿|出来|能?出(?=[?？]|$))|几号|哪一?天|几月几"
)
_DATED = re.compile(rf"{_N}+月|{_N}+日|(?:季度|年|月)底?前|上半年|下半年")
_HAPPENING = re.compile(
    r"(?:昨[天日晚]|前[天几]|今[天早晨]|上周|上个?月|前不久|刚刚|最近)[^，。？?]{0,6}(?:起|次|场|个)[^，。？?]{0,6}"
    r"(?:事故|火灾|爆炸|车祸|坍塌|火|事)"
)
_OUR_OWN = re.compile(
    r"(?:我|咱)们?(?:局|县|区|市|单位|委|队|这里|这边)?(?:现在|目前|眼下|已经|手里|手上)[^，。？?]{0,4}(?:几|多少)(?![项条])"
)
_OTHER_PAPER = re.compile(
    rf"(?<![》法])(?P<paper>细则|办法|方案|清单|指导意见|预案|规划)(?:的|里面?|中|上)*第{_N}+[条款项章]"
)
_DRAFT = re.compile(r"初稿|草稿|草案|征求意见稿|电子版|扫描件|样稿")
_WHICH_PLACES = re.compile(
    rf"哪(?:几|些|{_N}+)?个?(?P<noun>(?:重点|试点|示范|薄弱)[县市区乡镇村街道]+|乡镇|街道|村(?!民)|路段|路口|桥梁?|小区|网点)"
)
_PLACES_WHICH = re.compile(
    r"(?P<noun>(?:重点|试点|示范|薄弱)[县市区乡镇村街道()（）]+)(?:的)?(?:名单)?(?:具体|都|分别|到底|究竟)*(?:是|有|包括|指)?(?:的是)?哪"
)
"""重点县区是哪几个."""
_WHOLE_PAPER = re.compile(
    r"(?P<paper>指导意见|实施细则|细则|实施办法|暂行规定|行动方案|方案|预案|规划|清单)(?:的|那份|它的)*"
    r"(?:全文|文本|电子文本|正文|全部内容|具体内容|完整内容)"
)
_WHICH_OF = re.compile(rf"哪(?P<n>{_N}+)(?P<unit>[个项种类条家处])")
_FINE = re.compile(r"罚(?:款|钱)?(?:标准)?[^，。？?]{0,6}(?:多少|几|数额)|罚款标准")


def compose_unsaid(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """A refusal where the clauses talked about lack what is asked; ``None`` where they may say it."""
    if not reading.follows or reading.scope.outside:
        return None
    clauses = [top for r in reading.references if r.document for top in _tops(library, r.document, r.number)]
    what = _lacks(reading, "".join(fold(c.text) for c in clauses), bool(clauses))
    if not what:
        return None
    return refuse.not_held(library, book, reading, f"收录的文件没有写明{what}，无法回答。", clauses[:1])


def _tops(library: Library, document: str, number: str) -> list[Clause]:
    clause = library.clause(document, number)
    return [clause] if clause else []


def _lacks(reading: Reading, told: str, pointed: bool) -> str:
    """What is asked and not told, in words for a refusal; empty where nothing is known to be missing."""
    text = reading.text
    if _OUR_OWN.search(text):
        return "本单位的实际情况"
    other = _OTHER_PAPER.search(text)
    if other and other["paper"] in reading.before + reading.talk and not reading.documents:
        return f"{other['paper']}的内容"
    if _HAPPENING.search(text):
        return "已经发生的具体事故或者事件"
    if _DRAFT.search(text) and not _DRAFT.search(told):
        return "有没有这样的稿子"
    if _FINE.search(text) and "要点" in reading.words and not any(r.kind == "article" for r in reading.references):
        return "罚款的数额"
    if _WHY_NOT.search(text) and (pointed or _YOU_THINK.search(text)):
        return "这样写的理由"
    if not pointed:
        return ""
    paper = _WHOLE_PAPER.search(text)
    if paper and reading.references[0].kind == "item" and paper["paper"][-2:] in told:
        return f"{paper['paper']}的内容"
    roll = _ROLL.search(text)
    if roll and roll["of"][-2:] not in told:
        return f"{roll['of'][-2:]}名单"
    if _LATER.search(text) or _LATER_PAPER.search(text):
        return "以后修订、制定出来的内容"
    if _HAPPENED.search(text) or _which_untold(reading, told):
        return "具体是哪些"
    if _ISSUED.search(text) and not _DATED.search(_near(reading, told)) and reading.references[0].kind == "item":
        return "这个时间"
    if reading.references[0].kind == "item" and _uncounted(text, told):
        return "这个数"
    length = _LENGTH.search(text)
    if length and "提前" not in text and not (_HAS_LENGTH.search(told) and _measures(length.group(), told)):
        return "这个数量"
    either = _EITHER.search(text)
    if either and not re.search(rf"{_N}+(?:个)?(?:{either[2]}|年|个?月|日|天)", _ARTICLE_NUMBERS.sub("", told)):
        return "这个时限"
    who = _WHO_ARE.search(text)
    if who:
        return f"“{who['of']}”具体是哪些单位"
    if _ALONE.search(text):
        return "它单独由哪个单位负责"
    return ""


def _near(reading: Reading, told: str) -> str:
    """The sentences of a text that have any of the question's own words; all of it where none has."""
    grams = pairs(fold(reading.topic))
    sentences = [part for part in re.split(r"[。；;\n]", told) if any(gram in part for gram in grams)]
    return "。".join(sentences) or told


def _which_untold(reading: Reading, told: str) -> bool:
    """Whether the places, or the so many things, that are asked for by name are only counted or mentioned."""
    place = _WHICH_PLACES.search(reading.text) or _PLACES_WHICH.search(reading.text)
    which = _WHICH_OF.search(reading.text)
    if place and place["noun"][:2] in told:
        return True
    if not which or reading.concepts:
        return False
    number = to_int(which["n"].replace("两", "二"))
    same = [m for m in re.finditer(rf"({_N}+){which['unit']}", told) if to_int(m[1].replace("两", "二")) == number]
    around = "".join(told[max(0, m.start() - _AROUND) : m.end() + _AROUND] for m in same)
    return bool(same) and around.count("、") < number - 1


def _uncounted(text: str, told: str) -> bool:
    """Whether a number of a unit is asked for and a text has none."""
    asked = _COUNTED.search(text)
    if not asked or _FINE.search(text):
        return False
    if asked["money"]:
        return not re.search(rf"{_N}+元|百分之|{_N}倍", told)
    if not asked["unit"]:
        return not re.search("百分之|%|[一二三四五六七八九]成", told)
    told = told if _ASKS_CONDITION.search(text) else _CONDITION.sub("", told)
    unit = "人" if asked["unit"] == "死" else asked["unit"]
    return not re.search(_HAS_COUNT.get(unit, rf"{_N}+个?{unit}"), _ARTICLE_NUMBERS.sub("", told))


def _measures(asked: str, told: str) -> bool:
    """Whether a text has a number of the unit asked for; any unit where none is asked for by name."""
    units = next((group for group in _UNITS if any(unit in asked for unit in group)), ())
    return not units or bool(re.search(rf"{_N}+(?:{'|'.join(units)})", told))


def compose_unwritten(
    library: Library, book: CitationBook, reading: Reading, clauses: Sequence[Clause]
) -> Draft | None:
    """A refusal where a follow-up asks an article for a span of time and no such number stands there."""
    timed = reading.intent in (Intent.DEADLINE, Intent.QUANTITY) and _SPAN.search(reading.text)
    told = "".join(fold(library.clauses(c.document)[c.top].text) for c in clauses)
    if reading.follows and _uncounted(reading.text, told):
        return refuse.not_held(library, book, reading, "收录的文件没有写明这个数，无法回答。", clauses[:1])
    if not reading.follows or not timed or _HAS_SPAN.search(told):
        return None
    return refuse.not_held(library, book, reading, "收录的文件没有写明具体的时间，无法回答。", clauses[:1])

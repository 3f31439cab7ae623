"""Where something is said: 出处是哪条, 法名加条号; and of the regulation talked about as a whole: 几时开始施行."""

from __future__ import annotations

import re

from rag.understand.bare import PRONOUN, is_bare, words_of
from rag.understand.references import Reference
from rag.understand.speech import Speech
from rag.understand.talk.focus import pairs
from rag.understand.talk.heard import Context
from rag.understand.talk.pointing import Said

_WHICH = (
    r"(?:哪|第几)(?:一)?号|(?:哪|第几|几)(?:一)?(?:部法|个?法|条|项|款|份文件|个文件|个规定)|法名|条号|条款|条文号?|法条|出处|依据|来源|"
    r"哪部法律?|原文在哪|在哪(?:里|儿)?(?:写|说|规定)|(?:写|说|规定|讲)在哪"
)
_SOURCE = re.compile(_WHICH)
_ABOUT_SOURCE = re.compile(
    _WHICH + r"|法律?(?:上|里|中|规定)?|国家|规定|文件|要点|材料|文书|报告|引用?|抄|写进?|标|注|给(?:下|个|出)?|麻烦|"
    r"说法|这句?话?|那句?话?|"
    r"这个|那个|你|我|要|是|的|说|讲|里|中|在|第|加|和|跟|及|带|上|下|进|具体|到底|请|准确|完整|列|查|告诉|一下|撑腰|支持|有|吗|呢|啊|呀"
)
_LEFT = 3
_OF_WHOLE = re.compile(
    r"(?:什么时候|何时|几时|哪一?[年天月]|几[号月]|啥时候?)[^，。？?]{0,4}(?:施行|实施|生效|起效|起用|启用|开始用|执行|公布|颁布|出台|印发|发布|修订|修正)|"
    r"(?:施行|生效|实施|公布|颁布|开始施行|印发)(?:的)?(?:日期|时间|日子)|"
    r"(?:谁|哪[个些家]?(?:部门|机关|单位)?)(?:来|负责|有权|可以|能|去)*解释|(?:解释权|解释机关)|解释(?:的)?(?:是|归|找)(?:谁|哪)|(?:总共|一共|共)?(?:有|分)?(?:多少|几)(?:条|章)(?:内容)?[?？]?$|"
    r"(?:现在)?还?(?:有效|作废)(?:吗|没|不|了)|(?:废止|失效)了?(?:吗|没)"
)

_NUMBER_OF = re.compile(
    r"^(?P<what>[\u4e00-\u9fff]{2,10}?)的(?:条号|条目号|编号|序号|项号|号码?)(?:呢|是(?:几|多少|什么)?)?[?？。]?$"
)
_OF_PAPER = re.compile(
    "施行|生效|起效|起用|启用|开始用?|执行|出台|颁布|发布|修[订正]|解释权?|机关|日期|日子|有效|作废|废止|失效|章|正式|从|起算|算起"
)


def another_number(said: Said, context: Context, speech: Speech) -> str | None:
    """危废的条号呢: the number of another subject's item."""
    match = _NUMBER_OF.match(said.text)
    if not match or PRONOUN.search(match["what"]) or said.names or said.titled or said.references:
        return None
    return f"{match['what']}在要点第几项"


def whence(said: Said, context: Context, speech: Speech) -> str | None:
    """这句话的出处是第几条, 麻烦给下法名加条号: the clause talked about, or the basis of an item of the plan."""
    if said.names or said.own or any(r.kind != "paragraph" for r in said.references) or not _SOURCE.search(said.text):
        return None
    if is_bare(said.blanked) and (context.focus is not None or not context.said):
        return None  # 依据呢, 是哪条: what is missing comes from before
    if speech.persons(said.text):
        return None
    if re.search("罚|处分|修订|制定|后果|追究|违反", said.text):
        return None
    left = "".join(words_of(_ABOUT_SOURCE.sub("＿", PRONOUN.sub("＿", said.blanked))))
    if len(left) > _LEFT or len(said.text) > 24:
        return None
    focus: Reference | None = context.focus
    grams = pairs(_ABOUT_SOURCE.sub("＿", PRONOUN.sub("＿", said.blanked)))
    unsaid = focus is not None and grams and not any(gram in speech.text(focus) for gram in grams)
    if unsaid and focus is not None and speech.best_elsewhere(grams, focus) == 1.0:
        return None  # 碳酸锂那块归第几项: another clause has it
    law = re.search(r"法|条", said.text)
    if focus is None:
        return (
            context.reading.text
            if context.reading and context.said and re.search(r"依据|出处|哪条|条号|法名", said.text)
            else None
        )
    if focus.kind == "item" and law and re.search(r"法|依据|撑腰", said.text):
        return f"{speech.words(focus)}的法律依据是哪条"
    return f"{speech.words(focus)}的原文是什么"


def of_whole(said: Said, context: Context, speech: Speech) -> str | None:
    """几时开始施行的, 谁负责解释, 一共几条: the regulation talked about, not one clause of it."""
    named = context.reading.documents if context.reading else ()
    law = context.law.document if context.law else next((id for id in named if not speech.is_plan(id)), None)
    match = _OF_WHOLE.search(said.text)
    if not match or law is None or speech.is_plan(law) or said.titled or said.references or said.names:
        return None
    if "解释" in match.group():
        return f"{speech.title(law)}由谁负责解释"
    if not is_bare(_OF_PAPER.sub("", said.blanked)):
        return None
    return speech.title(law) + re.sub(r"开始(?:用|执行)的?|启用|起用|执行", "施行", PRONOUN.sub("", said.text))

"""Questions that do not say what they are about: 帮我看下合不合规, 上次说的那个整治办好了没."""

from __future__ import annotations

import re

from rag.understand.ask import Intent
from rag.understand.reading import Reading

_MEASURE = re.compile("[最至]少|[最至]多|不少于|不多于|每|各|一?个|[县区市处家建要得]")
_TALKED = re.compile(
    r"(?:上次|上回|上一次|之前|此前|刚才|刚刚|方才|前面|前两天|前几天|昨天|那天|早上|开会时?)(?:会上|你|您|我们?|他们?|领导|跟你|你们)*"
    r"(?:说|讲|提|聊|问|布置|交代|谈)(?:的|过的?|到的?|起的)(?:那|这)?(?:一)?(?:个|件|项|条|份|些)?"
)
"""Points at an earlier talk."""
_JUDGE = re.compile(
    r"(?:合不合规|合规|符不符合|符合|合不合法|合法|合格|达标|达不达标|行不行|行得通|可不可行|可行|有没有问题|够不够|对不对|违不违规|违规|违不违法)"
    r"(?:规定|要求|标准|文件)?"
)
"""Asks for a judgement on something that must be named."""
_ANYTHING = re.compile(
    r"安全|生产|专项|整治|行动|工作|任务|事情?|东西|文件|材料|要求|规定|办法|问题|检查|项目|现场|情况|做法|内容|帮我|帮忙|麻烦|请问?|看一?[下看]|瞧|查一?[下查]|评估一?下|把把关|"
    r"我们?|咱们?|你|您|他们?|单位|这样|这么|这个|那个|这|那|是不是|有没有|到底|现在|目前|办好|完成|落实|结束|搞好|弄好|做好|怎么样|咋样|如何|好了?|了|没有?|"
    r"[做干办弄搞去来算吗呢吧么啊呀的得也还都就给我一下个能不能可以]|[\s，。？?！!、]"
)


def too_vague(reading: Reading) -> bool:
    """Whether neither the question nor the talk before it says what is asked about."""
    if reading.parties or reading.documents or reading.concepts or reading.references:
        return False
    if reading.intent in (Intent.COUNT, Intent.HELP, Intent.DOCUMENTS):
        return False
    return len(_MEASURE.sub("", reading.topic)) < 2 or (not reading.follows and _says_nothing(reading.text))


def _says_nothing(text: str) -> bool:
    """Whether an earlier talk is pointed at that there was not, or a judgement asked on nothing that is named."""
    if not (_TALKED.search(text) or _JUDGE.search(text)):
        return False
    return len(_ANYTHING.sub("", _JUDGE.sub("", _TALKED.sub("", text)))) < 2

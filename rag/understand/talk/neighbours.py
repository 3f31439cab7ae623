"""From one article of a law to the one that completes it: who decides its penalties, what follows from its cases."""

from __future__ import annotations

import re

from rag.understand.bare import PRONOUN, words_of
from rag.understand.speech import Speech
from rag.understand.talk.heard import Context
from rag.understand.talk.pointing import Said

DUTY = "对应的义务："
"""Stands between a penalty and what is asked of the duty behind it; the composer of grounds looks for it."""

_WHO = r"谁|哪[个些家]?|什么(?:部门|单位|机关)|归＿+|由＿+|＿+|我们?局?|咱们?|自己"
_DOES = r"罚(?!得)|定(?!义|期|金|额)|决定|拍板|处罚|作出|下决定|开(?:罚)?单|说了算|做主|批(?!评|发)"
_DECIDES = re.compile(
    rf"(?:{_WHO})[^，。？?]{{0,6}}(?:来|去|能|可以|有权)?(?:{_DOES})|(?:{_DOES})(?:的|下)?(?:是|归|由|权|机关|部门)?[^，。？?]{{0,4}}(?:{_WHO}|在)"
)
_OF_DECIDING = re.compile(
    rf"{_DOES}|罚单|罚款|处分|行政|拘留|关闭|停产|停业|整顿|这?个?钱|罚|最[后终]|到底|权限?|权力|资格|自己|直接|机关|哪|作出|说了算|能不能|能|可以"
)
"""Words of imposing a penalty; what is left of a question without them is decided by others."""
_AMOUNT = re.compile(r"多少|几|怎么罚|罚(?:什么|啥|款(?:标准|数额))|依据|哪条|哪一条")
_FOLLOWS = re.compile(
    r"(?:会|要|怎么|如何|给|受|有|是|得)?(?:什么|啥|哪些|怎样|怎么|如何)(?:样)?的?(?:[被受来])?(?:处理|后果|处分|处置|下场|追究|问责|处罚|罚|结果)|"
    r"(?:怎么|如何|咋)(?:处理|处分|处置|追究|问责|收场|办)|后果"
)
_DUTY = re.compile(
    r"(?:对应|相应|背后|前面|本来|原来|它)的?[^，。？?]{0,6}(?:义务|要求|该做|要做|职责)|义务(?:性)?(?:条款|规定)?(?:是|在|写)|"
    r"(?:违反|违背|对应)的?(?:是|到|了)*(?:前面|上面)?的?(?:哪|第几)|(?:义务|要求|规定)(?:本身)?(?:写)?在(?:哪|第几)"
)
_LONGEST = 30


def decided_by(said: Said, context: Context, speech: Speech) -> str | None:
    """这个钱归谁罚, 拘留是应急局定: the article that says who decides the penalties of the law talked about."""
    law = context.law
    if law is None or said.titled or any(r.kind != "paragraph" for r in said.references) or not speech.punishes(law):
        return None
    if not _DECIDES.search(said.blanked) or _AMOUNT.search(said.text) or len(said.text) > _LONGEST:
        return None
    if words_of(_OF_DECIDING.sub("＿", PRONOUN.sub("＿", said.blanked))):
        return None  # something else is to be decided: 事故等级谁定
    told = speech.deciding(law)
    if told is None or told.number == law.number:
        return None
    return f"{speech.words(told)}、{speech.words(law)}{PRONOUN.sub('', said.text)}"


def applied(said: Said, context: Context, speech: Speech) -> str | None:
    """沾上这些会给什么处理: the article that says what follows from the cases the one talked about lists."""
    law = context.law
    if law is None or said.titled or said.names or any(r.kind != "paragraph" for r in said.references):
        return None
    if not _FOLLOWS.search(said.text) or len(said.text) > _LONGEST or speech.punishes(law):
        return None
    told = speech.referring(law)
    return f"{speech.words(told[0])}{PRONOUN.sub('', said.text)}" if told else None


def duty_behind(said: Said, context: Context, speech: Speech) -> str | None:
    """它对应的义务在第几条: the article of the same law that a penalty is the penalty of."""
    law = context.law
    if law is None or said.titled or said.names or any(r.kind != "paragraph" for r in said.references):
        return None
    if not speech.punishes(law) or not _DUTY.search(said.text):
        return None
    return f"{speech.words(law)}{DUTY}{'，'.join(context.topics)}"

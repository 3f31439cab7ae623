"""From the plan to the laws and back: 这个国家法里怎么规定, 回到要点看, 消防法那边有区别吗."""

from __future__ import annotations

import re

from rag.understand.bare import NUMBER, PRONOUN, words_of
from rag.understand.references import Reference
from rag.understand.speech import Speech
from rag.understand.talk.focus import pairs
from rag.understand.talk.heard import Context
from rag.understand.talk.pointing import Said

GROUNDS = "的法律依据："
"""Stands between an item and what is asked of the law behind it; the composer of grounds looks for it."""

_LAW_SIDE = re.compile(
    r"国家(?:的)?法律?(?:里边?|里面|上|那边)?|上位法|法律(?:上|里边?|里面|中|那边|层面|怎么)|(?<![本该这那\u4e00-\u9fff])法(?:上|里边?|里头|条上)|"
    r"(?<=[，,跟和与])法(?:上|里边?|里头)|(?:哪|什么|那)[部个]法(?:律)?(?:的?哪一?条)?|国法"
)
_OF_LAW = re.compile(
    r"(?:上头|上面|上级|国家|中央|党内)(?:的)?(?:那|这)?(?:个|部|些)?(?:法|法规|规定|条例|制度|文件)(?:里|上|中)(?:头|面|边)?|"
    r"(?:[法》]|规定|条例)(?:里|中|上)(?:头|面|边)?(?=也|有|是|怎|呢|讲|说|写|对应|哪|第)|[法》]怎么(?:说|讲|写|规定|要求)|依的?(?:是)?(?:哪|什么)(?:一?[个部条])?(?:法|规定|条)"
)
_ASKS_FOR_ONE = re.compile(
    r"有没有|有无|有(?:[^，。？?]{0,6})?[吗么没]|是不是|里头?有|怎么(?:说|讲|写|规定)|哪一?条|支撑|依据|对应|也有"
)
_ONE_LIKE_IT = re.compile(
    r"(?:对得上|对应|相应|类似|相似|一样|同样|相同|呼应|相关|有关)(?:得上)?的?(?:提法|说法|规定|要求|内容|条款|表述|讲法|写法|话|东西)?|"
    r"(?:哪些|什么|几个|哪个|哪几个)?地方|哪里|哪处|支撑|撑腰|依据|提法|说法|讲法|表述|是不是|有没有|有无|里头|里面|法律?(?:上|里|中)|上头|上面|上级|国家|中央|那个|这句话?|这话|第几条|哪一?条|第|条|没|从|来的?|就说|只说|专门|规定|说明|怎么(?:说|讲|写|要求)"
)
"""Words for that the other side says the same; what is left of a question without them is its own."""
_TO_PLAN = re.compile(
    r"^(?:那|再|就|我们)*(?:(?:反|倒|掉)过来(?:说|看|讲|问)?[，,]?)?(?:回头(?:再)?(?:说|看|讲|问)?|回到?|转回|看回|说回|翻回)?(?:看|来)?(?:市里的?|咱们?市?的?|我们?市?的?|本市|宜春)?市?(?:今年|本年度?|(?:20)?23年?度?)?的?(?:工作)?(?:要点|计划)"
    r"(?:里边?|里面|里头|上|中|那边)?(?:来?看|呢)?[，,]?"
)
_THIS_RULE = re.compile(r"[这那该本](?:个|部|份)?(?:规定|法律?|条例|责任制)")
_TURNS = re.compile(r"回|再|市里|咱们?市|我们?市|呢")
_COMPARED = re.compile(
    r"那边|那头|这边|有|没有?|区别|不同|一样|相同|吗|么|嘛|得|的|也|又|怎么|如何|是|呢|罚|规定|怎样|会|要|上|里|中|写|说|讲|[，,。？?]"
)
_TITLES = re.compile(r"《[^》]+》|[\u4e00-\u9fff]{0,9}?(?:法|责任制规定|条例)(?=怎|里|上|中|对|第|是|那|这|呢|[，,])")
_SHORT = 3
_BASIS = re.compile(r"(?:什么|啥|有|的|法律)依据|依据(?:是|呢|吗|没|在|的)|依的?(?:是)?(?:什么|哪)|法律?(?:来|出)")
_LIKE = re.compile(r"(?:对得上|对应|相应|类似|相似|一样|同样|相同|呼应)")
_WHOSE = re.compile(r"(?:政府|党委)(?=这边|那边|方面|一把手|的[。.]?$)")
_LAST = re.compile(r"[：:]\s*")
_TALK, _SAID = 2, 48


def to_law(said: Said, context: Context, speech: Speech) -> str | None:
    """限流这个有上位法吗, 真堵了法律上罚多少: what the laws say of the item talked about."""
    item = context.focus
    if item is None or item.kind != "item" or not item.number.isdigit() or said.names or said.own:
        return None
    law = _LAW_SIDE.search(said.text) or _OF_LAW.search(said.text) or _of_part(said, item, speech)
    if said.titled and not (law and _ASKS_FOR_ONE.search(said.text)):
        return None
    if not law or any(r.kind != "paragraph" for r in said.references):
        return None
    talk = "，".join(context.topics[-_TALK:])
    own = words_of(_ONE_LIKE_IT.sub("＿", _TITLES.sub("＿", said.text)))
    if own and said.titled:
        title = next(iter(_TITLES.findall(said.text)), "")
        held = [word for word in own if any(gram in speech.text(item) for gram in pairs(word))]
        whose = next(iter(_WHOSE.findall(said.text)), "")
        return f"{speech.words(item)}{GROUNDS}{whose}{'，'.join(held)}{title}" if held else None
    if own or not talk:
        return f"{speech.words(item)}{GROUNDS}{talk}，{PRONOUN.sub('', said.text)}"
    title = next(iter(_TITLES.findall(said.text)), "") if said.titled else ""
    return f"{speech.words(item)}{GROUNDS}{talk}，{'' if speech.concepts(talk) else _told(context)}{title}"


def _of_part(said: Said, item: Reference, speech: Speech) -> re.Match[str] | None:
    """Whether the basis of a part of an item is asked for that the question names: 拟任人选这个有啥依据."""
    asked = _BASIS.search(said.text)
    own = words_of(_ONE_LIKE_IT.sub("＿", PRONOUN.sub("＿", said.text))) if asked else []
    held = any(gram in speech.text(item) for word in own for gram in pairs(word))
    return asked if held else None


def _told(context: Context) -> str:
    """What the last turn said, without the clause it named and its first words."""
    return re.sub(rf"《[^》]*》|{NUMBER}", "", _LAST.split(context.said)[-1])[:_SAID].strip("，,。；; \n")


def to_plan(said: Said, context: Context, speech: Speech) -> str | None:
    """好，再回要点看，电梯怎么安排: asked of the plan, whatever law was talked about."""
    match = _TO_PLAN.match(said.text)
    law = context.law
    this = _THIS_RULE.search(said.text)
    if match and this and law is not None and law.document and not said.references:
        named = speech.naming(law.document)
        told = "、".join(map(speech.words, named[:2])) + "讲什么"
        return told if named else f"要点里哪一项讲落实{speech.title(law.document)}"
    if not match or said.references or said.titled or (law is None and not _TURNS.search(match.group())):
        return None
    rest = said.full[match.end() :] if len(said.full) == len(said.text) else said.text[match.end() :]
    own = re.sub(
        r"哪一?[条项](?=落实|写|讲|说|提|有|是|对)|落实|跟着|跟这个|是不是|它|[在]?(?:抓|管|落实|体现|安排)(?:着|到|了)?这个|也?(?:写|提|讲)(?:到|了)?这个|(?<=[^，,])这[事块个](?=[，,怎]|$)",
        "",
        rest,
    )
    if not words_of(_ONE_LIKE_IT.sub("＿", own)):
        topics = [topic for topic in context.topics if not topic.endswith(("法", "规定", "条例"))]
        if context.law and not _LIKE.search(rest):
            topic = "".join(words_of(_ONE_LIKE_IT.sub("＿", "，".join(topics))))
            return f"要点里哪一项讲{topic if len(topic) > _SHORT else _told(context)}"
        own = "，".join([*topics[-1:], _told(context) if _LIKE.search(own) else own])
    return f"要点里{own}"


def to_other_law(said: Said, context: Context, speech: Speech) -> str | None:
    """消防法那边罚得有区别么: the question before, asked of another law that is named and nothing else."""
    before = context.reading
    title = _TITLES.search(said.text)
    if before is None or not said.titled or said.references or said.names or not title:
        return None
    left = _COMPARED.sub("", said.text[: title.start()] + said.text[title.end() :])
    if len(left) > 1 or len(said.text) > 16:
        return None
    asked = re.sub(rf"{_TITLES.pattern}|{NUMBER}|安法", "", before.text).strip("，, ")
    return title.group() + asked if len(asked) > 1 else None

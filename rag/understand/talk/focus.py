"""Looking first where the talk is: a short question whose words the clause talked about has, and 别处 beside it."""

from __future__ import annotations

import re
from itertools import pairwise

from rag.understand.bare import PRONOUN, attached, words_of
from rag.understand.references import Reference
from rag.understand.scope import is_greeting, scope
from rag.understand.speech import Speech
from rag.understand.talk.heard import Context
from rag.understand.talk.pointing import Said

_LONGEST = 22
_MAYBE = 30
_FEW = 2
_OWN_SUBJECT = 0.6
"""Share of a question's pairs of characters that a clause elsewhere has where the question has a subject of its own."""
_ELSEWHERE = re.compile(
    r"别处|别的(?:地方|条款|项|条|章节)|其[它他余](?:的)?(?:地方|条款|项|条|还有|各项)|(?:就|只有?|仅)(?:有)?这?一处|"
    r"[前后](?:面|头|文)(?:还|也)|(?:还有|有没有)(?:哪些|别的|其[他它])?地方|还有(?:哪|别的|其他)[些几]?[项条处]|哪[些几]项(?:也|还)"
)
_SAYS = re.compile(r"提|写|出现|讲到|说到|带到|涉及|有没有|[有没]|处")
_TASKS = re.compile(r"任务|活|牵头|负责|督促|落实(?!的)")
_SAYING = re.compile(
    r"提(?:到|及|过)|写(?:到|了|过|在)|出现(?:过)?|讲到|说到|带到|涉及|有没有|没有|这个词|这项|这一项|除了|全文|地方|条款"
)
_EMPTY = re.compile(r"^(?:强化|加强|推进|着力|安全生产|安全|生产)+|(?:安全|整治|专项整治|工作|治理|要求|问题)+$")
_EXCEPT = re.compile(
    r"^除了?(?:它|这个?|那个?|这一?[项条件]|那一?[项条件]|第[0-9]+项)(?:以外|之外|外)?[，,]?(?=.*(?:还|别的|其[他它]|另))"
)
_WITH = re.compile(
    r"(?:[跟和与同])(?:谁|哪[几些个]?[家个]?(?:单位|部门)?)(?:一起|共同|搭档|合作|搞|干|做)|^还有谁(?:一起)?"
)
_STEP = re.compile(r"^(?:那)?(?:第[一二三四五六七八九十]|最后一)(?:个|类|种|步)?[\u4e00-\u9fff]{0,3}(?:是|呢|叫|指)")
_WHICH = re.compile(r"哪[个一项条]|是哪")
_ASPECT = re.compile(
    r"最后|到底|究竟|落[到在](?:谁)?(?:头上)?|头上|挑头|带头|打头|地方政府|哪个地方|专委会|又是|来着|(?:弄|搞|做|办)(?:出来|好|完|成)|之前|"
    r"一个月|这块|那块|方面|名字|写法|括号|时段|格外|以内|起算|算起"
)
"""Words for who, when and how that say nothing of what is asked about."""
_BREACH = re.compile(
    r"(?:不(?!在(?:这|里|名|其)|是|算)|没有?|未|冇)[^，。？?]{1,8}(?:呢|怎么办|会怎样?|又怎样|怎么罚|罚)|(?:要是|如果|万一)[^，。？?]{0,8}(?:不|没|未)|"
    r"^[^，。？?]{0,6}(?:不|没有?|未)[^，。？?]{1,8}罚|"
    r"(?:漏|忘|缺|违了|擅自|隐瞒|造假)[^，。？?]{0,8}(?:怎么(?:处理|办|罚|处罚|样|追究)|会怎样|什么后果|罚)"
)


def elsewhere(said: Said, context: Context, speech: Speech) -> str | None:
    """别处还提到过吗, 就这一处吗: the items that mention what was looked for."""
    item = context.focus
    if item is None or item.kind != "item" or said.names or said.own or said.titled:
        return None
    match = _ELSEWHERE.search(said.text)
    if not match or not (_SAYS.search(said.text[match.end() :]) or "处" in match.group()) or _TASKS.search(said.text):
        return None
    asked = _SAYING.sub("＿", said.text[: match.start()] + "＿" + said.text[match.end() :])
    earlier = [reading.text for reading in reversed(context.readings)]
    for text in (asked, *earlier):
        term = next(iter(speech.concepts(text)), "") or _shared(text, speech.text(item))
        if len(term) > 1:
            return f"哪些项提到{term}"
    return None


def _shared(text: str, held: str) -> str:
    """The longest stretch that both have, without the words every item has; empty below two characters."""
    plain = re.sub(r"[\s“”\"，,。？?]", "＿", text)
    for size in range(min(len(plain), 12), 1, -1):
        for at in range(len(plain) - size + 1):
            part = plain[at : at + size]
            if part in held and len(_EMPTY.sub("", part)) > 1:
                return _EMPTY.sub("", part)
    return ""


def except_this(said: Said, context: Context, speech: Speech) -> str | None:
    """除了这项，我局还有没有: an organisation's other items."""
    match = _EXCEPT.search(said.text)
    who = "和".join(said.names) or ("我局" if said.own else "") or "和".join(p.words for p in context.parties)
    items = [r for r in said.references if r.kind == "item"] or ([context.focus] if context.focus else [])
    if not match or not who or not items or items[0].kind != "item":
        return None
    if re.search(r"那一?[条项]|也(?:有|在)|自己牵头", said.text[match.end() :]):
        return None
    return f"{who}除{speech.words(items[0])}外还有哪些任务"


def breach(said: Said, context: Context, speech: Speech) -> str | None:
    """一直没登记罚多少: the penalty for breaking the article talked about."""
    law = context.law
    if law is None or said.names or said.references or said.titled or not _BREACH.search(said.text):
        return None
    asked = re.sub(r"呢?[?？。]*$", "", PRONOUN.sub("", said.text))
    if speech.punishes(law):
        return speech.words(law) + asked
    return speech.words(law) + re.sub(r"怎么办$|怎么处理$|会怎么?样?$|怎么罚$|罚.*$", "", asked) + "怎么处罚"


def in_focus(said: Said, context: Context, speech: Speech) -> str | None:
    """A short question that names nothing, asked of the clause talked about: its words stand there, or nowhere."""
    text = said.text
    if _stands_alone(said):
        return None
    focus = _one_listed(said, context, speech) or _single(context)
    if focus is None:
        return None
    if _WITH.search(text):
        return f"{speech.words(focus)}由哪些单位分工负责"
    if _STEP.match(text):
        return attached(speech.words(focus), text, kind="clause")
    grams = pairs(_ASPECT.sub("＿", said.blanked))
    held = sum(gram in speech.text(focus) for gram in grams) / max(len(grams), 1)
    most = speech.best_elsewhere(grams, focus) if grams else 0.0
    unheard = not most and len(grams) <= _FEW
    if unheard or (held and (held >= most or most < _OWN_SUBJECT)):
        return attached(speech.words(focus), text, kind="clause")
    return None


def is_said_here(said: Said, focus: Reference, speech: Speech) -> bool:
    """Whether no clause elsewhere has clearly more of what a question names itself than the clause talked about."""
    grams = pairs(said.blanked)
    held = sum(gram in speech.text(focus) for gram in grams) / max(len(grams), 1)
    most = speech.best_elsewhere(grams, focus) if grams else 0.0
    return held >= most or most < _OWN_SUBJECT


def perhaps_meant(said: Said, context: Context, speech: Speech) -> str | None:
    """A short question that may stand alone, asked of the clause talked about: for where it finds nothing alone."""
    focus = None if context.empty else _one_listed(said, context, speech)
    focus = focus or (context.focus if len(context.current) < 2 else None)
    if focus is None or said.titled or any(r.kind != "paragraph" for r in said.references):
        return None
    about = scope(said.text)
    if about.outside or about.suspect or is_greeting(said.text) or len(said.text) > _MAYBE:
        return None
    return attached(speech.words(focus), said.full, kind="clause")


def _stands_alone(said: Said) -> bool:
    named = said.names or said.own or said.titled or said.references
    about = scope(said.text)
    apart = about.outside or about.fact or about.suspect or is_greeting(said.text)
    return bool(named or apart or len(said.text) > _LONGEST)


def names_another(said: Said, pointed: re.Match[str], context: Context, speech: Speech) -> bool:
    """Whether 那个 only points at the noun after it, of which the clause talked about knows nothing: 那个曝光的片子."""
    if pointed.start() or pointed.group() not in ("这个", "那个") or context.focus is None:
        return False
    after = pairs(said.blanked[pointed.end() :])
    return len(after) > 1 and not any(pair in speech.text(context.focus) for pair in after)


def _single(context: Context) -> Reference | None:
    """The clause talked about, where the talk is not about an organisation's whole list."""
    if len(context.about) > 1 or (len(context.listed) > 1 and context.parties):
        return None
    return context.focus


def _one_listed(said: Said, context: Context, speech: Speech) -> Reference | None:
    """跟提拔干部考察挂钩的是哪个: the one listed that has the most of the question's words."""
    if len(context.listed) < 2 or not _WHICH.search(said.text):
        return None
    grams = pairs(said.blanked)
    scores = [sum(gram in speech.text(r) for gram in grams) for r in context.listed]
    best = max(scores)
    return context.listed[scores.index(best)] if best and scores.count(best) == 1 else None


def pairs(blanked: str) -> list[str]:
    """The pairs of characters of what a question names itself."""
    found = [a + b for word in words_of(blanked) for a, b in pairwise(word)]
    return list(dict.fromkeys(found))

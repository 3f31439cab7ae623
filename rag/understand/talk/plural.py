"""Several clauses at once: 这两项都是谁督促, 其中哪几条有月份, 只看县里落实的, 两个落实的写法一样吗."""

from __future__ import annotations

import re

from rag.understand.bare import PRONOUN, attached, is_bare
from rag.understand.reading import Reading
from rag.understand.references import Reference
from rag.understand.speech import Speech
from rag.understand.talk.focus import pairs
from rag.understand.talk.heard import Context
from rag.understand.talk.pointing import Said
from rag.understand.talk.shown import shown_entries

AMONG = "中，"
"""Stands between the clauses listed and what is asked of them; the composer that filters looks for it."""

_N = r"[两二三四五六七八九十几0-9]"
_BOTH = re.compile(
    rf"(?:这|那|上面|前面|刚才)(?:说的|讲的|的)?{_N}(?:大|小)?(?:项|条|个(?!月|小时|工作日)|者|处)(?:任务|工作|整治)?|"
    r"(?<![前后第这那])两(?:项|条|者|个(?!月|小时|工作日|部门|局|单位|县))(?!以上|以下)|二者|它们(?:俩|两个)?|"
    r"两边|两头|^一个[^，。？?]{1,8}(?:还是两个|[，,]?一个)"
)
_AMONG = re.compile(
    r"(?:这|那)?(?:其中|里面|里头|当中)|^(?:只|就|单)(?:看|要|挑|说|留|列)|挑出来|筛(?:一下|出来|选)|剩(?:下)?(?:的)?哪|过滤|"
    r"^(?:那)?(?:上面|上头|前面|刚才)(?:列的|说的|讲的|的)?(?:这|那)?(?:些|[两二三四五六七八九十几0-9]+[项条个])?[，,里中]?|"
    r"^(?:这|那)(?:些|[两二三四五六七八九十几0-9]+[项条个])(?:里面?|中|当中)?[，,]|留下(?:来)?|一家管|归同一|^(?:那|这)?哪[几些一两]?[项条](?:没|不|也|同时|还(?!有))|保留|只剩|^(?:反过来|相反|反之)|"
    r"的(?:是|有)(?:哪(?:几?个|些|[一两几二三四五]?[项条])|几[个项条])[?？。]?$"
)
_PICKS = re.compile(
    r"哪[几些个一]?(?:些|个)?(?:项|条|个)?|^(?:只|就|单)(?:看|要|挑|说|留|列)[^，。？?]*的|挑出来|筛|剩|有几[项条个]|几[项条个]|的那[几些]?[项条个]|哪[几些]?[项条个]|留下|保留|有几家|的有(?:没有|吗|没)"
)
_APART = re.compile(r"一样|两样|相同|同一|区别|不同|差|比")
_JOINTLY = re.compile(r"一起|一块|同时|共同|[也都和跟与同]|里|中|这|那|上面|其")
_CONTENT = re.compile(
    r"咋写|怎么(?:写|说|讲|规定)|讲(?:了)?什么|内容|原文|展开|念|详细|第[一二三四五六七八九十0-9]+[项条款点]|都有的|共同|同时"
)
_ALIKE = re.compile(
    r"一样|两样|相同|区别|不同|差别|差在|同一[个家]|比一比|对比|相比|比较|一(?:模一样|码事|回事)|(?:谁|哪[个项条家]|哪一[个项条])(?:更|要)?(?:罚得|管得|规定得)?[多少重轻严]|比|都有的?(?:是|有)?哪|还是两个"
)
_WITH_ABOVE = re.compile(r"^(?:那)?[跟和与同]?(?:上[头面边]|前[头面边]|刚才|之前)(?:那|的|说的)*(?:一)?(?:条|项|个)比")
_NUMBERS = re.compile(
    r"(?<![0-9第])(?P<a>[0-9]{1,2})(?:项|条)?[和跟与、](?:第)?(?P<b>[0-9]{1,2})(?:项|条)?(?![0-9]|[个月日天年号万千百%])"
)
_ASIDE = re.compile(r"[（(][^）)]*(?:不算|除外|不计|不要)[^）)]*[）)]")
_WITHOUT = re.compile(
    r"(?:去掉|除(?:了|掉|去|开)?|扣掉|刨(?:掉|开|除)|不算|抛开|撇开|减去|拿掉|划掉)(?P<what>[^，。？?]{1,12}?)?(?:以外|之外|外)?[，,]?"
    r"(?:还|就|都)?(?:剩|余|有)(?:下|的)?(?:的)?(?:还)?(?:有|是)?(?:什么|哪|几|谁|多少|呢|$)|(?:其[余他它]|剩下?|余下)的?(?:呢|有哪|是哪|还有)"
)
_WITHOUT_NAMED = re.compile(
    r"(?:去掉|去除|除(?:了|掉|去|开)?|扣掉|刨(?:掉|开|除)|抛开|撇开|减去|拿掉|划掉|剔除|排除)[^，。？?＿]{0,4}＿+[^，。？?]{0,8}?(?:那|的)[^，。？?]{0,3}"
    r"[，,][^，。？?]{0,4}(?:剩|余|有|哪)"
)
_NOUN = re.compile(r"(?P<noun>[\u4e00-\u9fff]{2,8}?)(?:的)?那一?[个项条]")
_HOW_MANY = re.compile(r"(?:几|多少)(?:个|种|类|样|款|档|项|条)(?:情形|情况|行为|种类|职责|义务)?(?:呢|的)?[?？。]?$")
_COUNTING = re.compile(
    r"兜底|也?算(?:上|进去?|在内|了)|统共|拢共|总共|一共|合计|加起来|算起来|情形|情况|行为|职责|义务|条件|列|其他|最后|[几多少][个种类样款档项条]"
)
_AS_MANY = re.compile(
    r"^(?:那|这)?(?:就)?(?:总共|一共|合起来)?(?:是|有)?[0-9一二两三四五六七八九十]{1,3}(?:样|种|个|类|项|家|行)(?:是)?(?:吧|吗|么|对吧|是吧|没错吧)?[?？。]?$"
)
_SINGULAR = re.compile(
    r"(?:这|那|该|本|此)(?:一)?(?:条|项)(?![^，。？?]{0,2}比|[?？。]?$)|第[一二三四五六七八九十0-9]+[项条]"
)
_IT = re.compile(r"它(?!们)|(?:该|这个)(?:单位|部门|局)|他们?(?=一家|自己|单独)")
_PART = re.compile(r"第[一二三四五六](?:个|大)?(?:部分|板块|大?块)")
_TWO = re.compile(r"两处|它们|他们|两家|(?:这|那)?(?:两|几)个?(?:局|部门|单位|家)|二者|两者")
_ASKS_OF_BOTH = re.compile(r"都|共同|区别|不同|一样|相同|谁|比|重")
_DIFFERENCE = re.compile(r"^(?:有(?:什么|啥|哪些|没有)?)?(?:区别|不同|共同|重合|相同)")
_THIS_PART = re.compile(r"(?:这|那|该)(?:一)?(?:个|大)?(?:部分|板块)")
_MOST = 20
_EACH = re.compile(
    r"^(?:那|这|它们?)?(?:[两二]|这两|那两)?(?:条|个|者)?(?:各自?|分别|都)(?:有|列|是|写|规定)?了?(?:有)?(?:[几多]少?[项个条款])+"
)


def several(context: Context, both: bool) -> tuple[Reference, ...]:
    """The clauses meant: the last list; the last two talked about where ``both`` are and none of two was listed."""
    if len(context.listed) > 1 and not (
        both and len(context.listed) > 2 and len(context.trail) > 1 and _recent(context)
    ):
        return context.listed[:_MOST]
    return context.trail[-2:] if both else context.roll[:_MOST]


def _recent(context: Context) -> bool:
    """Whether the last turns were about one clause each, after the list."""
    return len(context.current) == 1 and len(context.trail) > 1


def of_several(said: Said, context: Context, speech: Speech) -> str | None:
    """它们都有的是哪几项, 有什么区别: the organisations, or the items, of the last questions."""
    if said.names or not ((_TWO.search(said.text) and _ASKS_OF_BOTH.search(said.text)) or _DIFFERENCE.match(said.text)):
        return None
    both = [[speech.words(r)] for r in context.listed if len(context.listed) == 2 and r.kind == "item"]
    items = [_item_words(r, speech) for r in context.readings]
    for words in ([_party_words(r) for r in context.readings], items, both):
        together: list[str] = []
        for one in reversed(words):
            if not one or len(together) > 1:
                break
            together = [*dict.fromkeys([*one, *together])]
        if len(together) > 1:
            return attached("和".join(together), _TWO.sub("", said.text), kind="clause")
    return None


def _party_words(reading: Reading) -> list[str]:
    return [party.words for party in reading.parties]


def _item_words(reading: Reading, speech: Speech) -> list[str]:
    return [speech.words(r) for r in reading.references if r.kind == "item"]


def of_both(said: Said, context: Context, speech: Speech) -> str | None:
    """这两项都是谁在督促, 两个落实的写法一样吗, 跟上面那条比, 拿31和32比一比."""
    if said.references or said.titled or said.text.startswith(("除", "那除")):
        return None
    numbers = _NUMBERS.search(said.text)
    match = numbers or _WITH_ABOVE.search(said.text) or _BOTH.search(said.text)
    compares = bool(_ALIKE.search(said.text))
    named = [r for r in context.listed if numbers and r.number in numbers.group("a", "b")]
    if numbers and (len(named) != 2 or not compares):
        return None
    told: tuple[Reference, ...]
    if match is None:
        apart = len(context.current) == 2 and _APART.search(said.text)
        two = len(context.listed) == 2 and (not context.parties or apart)
        told = context.listed if compares and two else ()
    else:
        told = tuple(named) or several(context, both=True)
    if len(told) < 2 or (said.names and not compares):
        return None
    words = [speech.words(r) for r in told]
    told_apart = match is None or match.group().startswith("一个")
    rest = said.full if match is None or told_apart else said.full[: match.start()] + said.full[match.end() :]
    rest = PRONOUN.sub("", rest).strip("，,的 ")
    if compares and len({r.kind for r in told}) == 1 and told[0].kind == "item" and len(told) < 4:
        return f"{'和'.join(words)}对比，{rest}"
    return "、".join(words) + rest.removeprefix("都是").removeprefix("都")


def filtered(said: Said, context: Context, speech: Speech) -> str | None:
    """其中哪几条有月份的, 只看县里落实的: the clauses listed, and what picks some of them."""
    match = _AMONG.search(said.text)
    content = _CONTENT.search(said.text) and not (said.names and "同时" in said.text)
    if not match or not _PICKS.search(said.text) or content or said.titled or said.references:
        return None
    if said.names and context.parties and match.group().startswith("的") and not _JOINTLY.search(said.text):
        return None  # 工业制造专委会牵头的是哪项, after another's list
    told = several(context, both=False)
    before = context.reading
    if len(told) < 2 and before is not None and not _PART.search(said.text):
        told = speech.part(before.text)[:_MOST] or told
    if len(told) < 2 or _SINGULAR.search(said.text):
        return _parts(said, match, context, speech)
    text = _ASIDE.sub("", said.full)
    if text != said.full and len(said.names) > 1:
        text = re.sub("那个", "", text)
    whose = next((one.parties for one in reversed(context.readings) if one.parties), ())
    if len(whose) == 1 and not said.names:
        text = _IT.sub(whose[0].words, text)
    rest = re.sub(r"^(?:这|那)?(?:其中|里面|里头|当中)", "", text).strip("，, ")
    return "、".join(speech.words(r) for r in told) + AMONG + rest


def this_part(said: Said, context: Context, speech: Speech) -> str | None:
    """这部分有几个专委会牵头: the part of the plan that was asked about by its number."""
    match = _THIS_PART.search(said.text)
    nth = next((found for one in reversed(context.readings) if (found := _PART.search(one.text))), None)
    if not match or not nth or _PART.search(said.text) or said.titled or context.law is not None:
        return None
    return said.full.replace(match.group(), nth.group(), 1)


def _parts(said: Said, match: re.Match[str], context: Context, speech: Speech) -> str | None:
    """只留跟培训沾边的, of the cases that one article lists: those that say so."""
    law, focus = context.law, context.focus
    if said.names or len(context.listed) > 1 or not match.group().startswith(("只", "就", "单")):
        return None
    if law is None or focus is None:
        return f"{speech.words(focus)}的原文是什么" if focus is not None and focus.number.isdigit() else None
    told = speech.parts_saying(law, pairs(said.blanked[match.end() :]))
    return "、".join(map(speech.words, told)) + "讲什么" if told else None


def left_out(said: Said, context: Context, speech: Speech) -> str | None:
    """燃气那个知道了，去掉它还剩哪些: the list shown without the one talked about or named."""
    match = _WITHOUT.search(said.text)
    told = context.listed if len(context.listed) > 1 else context.roll
    by_name = _WITHOUT_NAMED.search(said.blanked)
    if by_name and len(said.names) == 1 and len(told) > 1 and not said.titled and not said.references:
        return "、".join(speech.words(r) for r in told) + f"{AMONG}没有点名{said.names[0]}的是哪几项"
    if not match or len(told) < 2 or said.names or said.own or said.titled:
        return None
    dropped = {r.number for r in said.references if r.kind == told[0].kind}
    noun = _NOUN.search(said.text)
    if noun and not dropped:
        dropped = {r.number for r in told if _said_of(noun["noun"], speech.heading(r))}
    if not dropped and len(context.current) == 1:
        dropped = {context.current[0].number}
    kept = [r for r in told if r.number not in dropped]
    if not dropped or len(kept) == len(told) or not kept:
        return None
    return "、".join(speech.words(r) for r in kept) + "分别讲什么"


def _said_of(noun: str, heading: str) -> bool:
    """Whether a heading has the end of ``noun``, two characters or more."""
    return any(noun[at:] in heading for at in range(len(noun) - 1))


def parts_counted(said: Said, context: Context, speech: Speech) -> str | None:
    """兜底的也算上，几种: the cases, steps or amounts that the article talked about lists."""
    law = context.law
    several_meant = law is not None and _EACH.match(said.text) and len(context.listed) < 2
    if several_meant and law is not None and not said.names and not said.references:
        named = [r for one in context.readings for r in one.references if r.kind == "article"]
        told = [r for r in (*context.trail, *named, law) if r.document == law.document and speech.holds(r, 2)]
        unique = list({r.number: r for r in told}.values())[-2:]
        if len(unique) > 1:
            return "、".join(map(speech.words, unique)) + "各列了几项"
    if law is None or said.names or said.titled or said.references or not _HOW_MANY.search(said.text):
        return None
    if len(context.listed) > 1 or not is_bare(_COUNTING.sub("＿", said.blanked)) or not speech.holds(law, 2):
        return None
    return f"{speech.words(law)}一共列了几项"


def as_many(said: Said, context: Context, speech: Speech) -> str | None:
    """那是十样: how many things the last turn ran through, of the item talked about."""
    match, focus = _AS_MANY.match(said.text), context.focus
    shown = shown_entries(context.said)
    if not match or focus is None or len(context.listed) > 1 or len(shown) < 3 or not speech.text(focus):
        return None
    return f"{speech.words(focus)}的原文是什么"

"""How a follow-up opens: 行，换个话题 / 不对吧，我记得是 / 哦我没讲清，是. It says how it stands to the talk."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rag.understand.bare import is_bare
from rag.understand.talk.pointing import Said

_PAUSE = r"(?:[，,。.！!；;:：\s]+|$)"
_NOD = (
    r"(?:行了?吧?|好的?吧?|嗯+|哦+|噢|喔|啊|诶|欸|唉|哎|ok|OK|对了?|是的|"
    r"明白了?|知道了?|懂了|了解|收到|(?:原来)?(?:是)?(?:这样|如此)(?:啊|的)?|谢谢|多谢|麻烦|辛苦)"
)
_MOVES_ON = (
    r"(?:咱们?|我们?|那)?(?:就|再|先)?(?:换个?(?:话题|问题|件事|个事|别的)|(?:说|聊|问|谈|看)(?:点|个|一个)?别的|"
    r"另外(?:问|说)?(?:一?[件个]?事?)?|(?:再)?(?:另)?问(?:一?个)?(?:别的|其他的?|另外的?|另一个|题外话)|"
    r"[^，。？?]{1,8}(?:先)?(?:放(?:在)?一?(?:放|边)|不说了|不谈了|不管了?|搁一?(?:下|边)|抛开))"
)
_PASSES = (
    r"(?:[^，。？?！!：:；;]{0,10}?(?:"
    r"(?:先)?(?:就|也|暂时|咱们?)?不(?:再)?(?:问|说|谈|聊|管|看|提|讲|扯|纠结|用)(?:这个?|那个?|它)?(?:了|啦|先)|"
    r"(?:问|说|聊|讲|看|谈|抄|记|查|问|弄|写|核|打印|存|了解)(?:完|好|够|清楚?|到这(?:里|儿)?为?止?)(?:了|啦|吧)|"
    r"(?:就|先)?(?:到(?:这里?|这儿|此(?:为止)?)|打住|告一段落)(?:吧|了|啦)?|先这样(?:吧|了)?|(?:先)?(?:过|pass)|(?:的|那?块|方面)?就(?:这些|这么多|翻篇|跳过|略过|放下)(?:了|吧)?)|"
    r"(?:先)?(?:跳|略|绕)(?:过|开)[^，。？?！!：:；;]{1,8}|"
    r"先?(?:别|不)(?:再)?(?:问|说|谈|聊|管|看|提|讲|扯|纠结)[^，。？?！!：:；;]{1,8}(?:了|啦)?|"
    r"(?:再)?(?:换|另|转|跳)(?:个|起|换|一个|到)?(?:一?[个件条])?(?:话题|问题|题|事|说的|问的|方面|头)?|"
    r"(?:换|转|改|切)(?:到|成|个)?(?![^，。？?！!：:；;]{0,6}(?:法(?!律)|规定|要点|条例))[^，。？?！!：:；;]{1,5}?(?:的)?(?:来)?(?:问|说|看|查|讲|话题|方面)(?:吧|一下|下)?|"
    r"(?:再|下|新)(?:来|问)?一?[个道]?(?:新)?(?:的)?(?:问题|话题|题)|(?:再|下)(?:来)?一个|"
    r"暂停|打断一下|插(?:一)?句(?:话)?|岔开(?:一下|话题)?|题外话|"
    r"(?:我们?)?(?:领导|老板|主任|局长|科长|上头|有人|人家|企业|群众|同事)[^，。？?！!：:；;]{0,4}问(?:我|起|到|了|来)?(?:一?句)?)"
    r"[，,。.！!；;：:]+\s*"
)
"""A first clause that leaves what was talked about, whatever that is: 问责说完了， 先不说培训了。 领导突然问："""
_DENIES = (
    r"(?:不对(?:吧|啊|呀|哦|劲)?|[打写输敲](?:错|岔)了?(?:字)?|[手笔口]误|错了(?:吧)?|不是(?:吧|啊|呀|的|这个|那个)?|搞(?:错|岔|混|反)了?(?:吧)?|弄(?:错|混|反)了?|"
    r"记(?:错|岔)了?(?:吧)?|说反了|你(?:搞|弄|记|看|说|答)(?:错|岔|混|反)了?|"
    r"(?:我)?(?:不是|没)(?:问|说|讲|指|要)[^，。？?]{1,8}(?=[，,](?:我|是))|"
    r"(?:哦|噢|啊)?我(?:刚才)?(?:没|冇)(?:讲|说|问)(?:清楚?|明白|对)|我(?:讲|说|问)(?:错|岔|漏)了?)"
)
_RECALLS = re.compile(
    r"^(?:可是?|但是?|不过|那)?(?:我|我们|咱|有个?|听)?(?:怎么)?(?:(?:这边|单位|科室|局)?的?(?:同事|领导|人家?|别人|有人|上次|书上|网上|老师)"
    r"[^，。？?]{0,4}?(?:说|讲|告诉我?|讲过)|记得|印象(?:中|里)|听说|听人说|以为|看到过?|记着)(?:的|过|好像|应该|明明)?(?:是|写的是|说的是)?[，,]?"
)
_AGAINST = re.compile(r"^(?:可是?|但是?|不过)[^，。？?]{1,8}?(?:说|讲|告诉我?)(?:的|过)?(?:是|要)?(?=[^，。？?]{2})")
"""可我们科长说是: somebody else is quoted against the answer, whoever it is."""
_REMINDS = re.compile(
    r"[，,。；;]\s*(?:麻烦|请)?你?(?:再|别|不要)?(?:好好|仔细)?(?:看看|核对|核实|查查|看一下|确认|查一下|想想|记(?:错|岔)|搞(?:错|岔)|弄错|搞混)"
    r"[^，。？?]{0,6}[。.！!？?]*$"
)
_OPENS = re.compile(rf"^(?:(?:{_NOD}){_PAUSE})*(?:(?P<moves>{_MOVES_ON})|(?P<denies>{_DENIES}))?{_PAUSE}")
_PASSED = re.compile(rf"^(?:(?:{_NOD}){_PAUSE})*(?:{_PASSES}(?:(?:{_NOD}){_PAUSE})*)+")
_KNOWN = re.compile(
    rf"^(?:(?:{_NOD}){_PAUSE})*[^，。？?！!：:；;]{{1,8}}?(?:我)?(?:清楚|明白|知道|了解|懂|有数|晓得|记下|是有|看到)(?:了|啦)[，,。.！!；;]+\s*"
)
"""What was asked is understood; what comes next may still lean on it."""
_LEANS = re.compile(r"^(?:去掉|除|剩|其[余他它]|还有|别的|只(?:看|要|留)|它|这|那[个些条项]|上面|刚才)")
_LIKE_BEFORE = re.compile(r"^[^，。？?]{1,10}(?:呢|的呢)[?？。]?$")
"""What asks the question before of something else: 培训不说了，演练呢."""
_I_ASK = re.compile(r"^(?:我|我们)?(?:是)?(?:想|要)?(?:问|说|指)的?(?:是)?(?=[^，。？?]{2})")
_ASKS = re.compile(r"什么|啥|哪|谁|几|多少|多久|怎|如何")
_NODS = re.compile(rf"^(?:(?:{_NOD})[，,。.！!；;:：\s]+)+")


_SOFT = re.compile(r"(?:啊|呀|哦|喔|呐|哈|撒|噻|咩|喃|来着)+(?=[?？。.！!\s]*$)")
_NE = re.compile(r"(?:嘞|咧|哩|捏|吶)(?=[?？。.！!\s]*$)")
_NOT_THAT = re.compile(r"[（(](?:不是|不要|不含|非|别)[^）)]{1,10}[）)]")
"""What is not meant, said in brackets: its words would only be searched for."""
_MA = re.compile(r"(?:伐|啵|(?<=[了过到有的是])(?:哇|波|不咯|没咯))(?=[?？。.！!\s]*$)")


@dataclass(frozen=True, slots=True)
class Opening:
    """``said`` without its opening. ``moves``: the talk is left; ``corrects``: the last answer is put in doubt;
    ``recalls``: what follows is what somebody takes for true."""

    said: Said
    moves: bool = False
    corrects: bool = False
    recalls: bool = False


def softened(said: Said) -> Said:
    """``said`` without the particles of speech at its end: 还有谁哈 → 还有谁, 消防嘞 → 消防呢."""
    for pattern, instead in ((_NOT_THAT, ""), (_SOFT, ""), (_NE, "呢"), (_MA, "吗")):
        text, blanked = (pattern.sub(instead, form) for form in (said.text, said.blanked))
        if any(char.isalnum() for char in text):
            said = replace(said, text=text, blanked=blanked)
    return said


def opening(said: Said) -> Opening:
    """``said`` taken apart; as it is where nothing but an opening would be left."""
    known = _KNOWN.match(said.text)
    if known and re.match(r"[\u4e00-\u9fff]", said.text[known.end() :]) and not _LEANS.match(said.text[known.end() :]):
        said = said.after(known.end())
    passed = _PASSED.match(said.text)
    if passed and any(char.isalnum() for char in said.text[passed.end() :]):
        rest = said.after(passed.end())
        same = _LIKE_BEFORE.match(rest.text) or (is_bare(rest.blanked) and not rest.names) or _LEANS.match(rest.text)
        return Opening(rest, moves=not same)
    first = _OPENS.match(said.text)
    moves, denies = (bool(first and first[name]) for name in ("moves", "denies"))
    nods = _NODS.match(said.text)
    cut = first.end() if first and (moves or denies) else nods.end() if nods else 0
    rest = said.after(cut)
    asks = _I_ASK.match(rest.text) if denies else None
    rest = rest.after(asks.end()) if asks and _ASKS.search(rest.text) else rest
    told = _RECALLS.match(rest.text) or _AGAINST.match(rest.text)
    rest = rest.after(told.end()) if told else rest
    reminds = _REMINDS.search(rest.text)
    if reminds and reminds.start() > 1:
        rest = rest.before(reminds.start())
    if not any(char.isalnum() for char in rest.text) or (moves and is_bare(rest.blanked) and not rest.names):
        return Opening(said, corrects=denies)
    return Opening(rest, moves, denies, bool(told))

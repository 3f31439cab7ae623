"""Organisations beside what was talked about: who is taken for leading it, who asks, whom 这个专委会 means."""

from __future__ import annotations

import re

from rag.understand.ask import Intent
from rag.understand.bare import attached, is_bare
from rag.understand.speech import Speech
from rag.understand.talk.heard import Context
from rag.understand.talk.pointing import Said

_CONFIRMS = re.compile(
    r"(?P<role>牵头|负责|督促|落实|组织)(?:的)?(?:吧|咯|喽|嘛|吗|么|啰|对吧|是吧|对吗|是不是)[?？。]?$"
)
_ASKS = re.compile(r"什么|啥|哪|谁|几|多少|多久|怎|如何")
_LEADING = re.compile(
    r"^(?:(?:这|那|该)(?:一)?[个家]?(?:专业?委员?会|单位|部门|局|委)|(?:牵头|带头)的?[那这](?:一)?[个家]?(?:单位|部门|专委会)?)"
    r"(?=[还也除都]|牵头|今年|一共|总共|在?别的?|在其他)"
)
_HERE = re.compile(r"(?:这|那|该|本)(?:一)?(?:项|条)|括号|里面|里头|这里|上面|名单")
_ON_LIST = re.compile(r"点|写|列|提|名字|有份|在内|出现|露面|在不在|在(?:这|里|名单)")
_ELSEWHERE = re.compile(r"要点|文件|全文|今年|哪|几|别的|其他|第")
_YES_NO = re.compile(
    r"[吗么没不吧][?？。]?$|有没有|是不是|在不在|是否|算不算|对不对|没(?:有)?(?:被)?(?:出现|写|提|点|列|看到|见到|找到)|[?？]$|[点写列]没[点写列]|算(?:是)?点"
)
_HOW_MANY = re.compile(
    r"(?:点名|括号|分工|写|列|名单|牵头|一共|总共|共)[^，。？?]{0,6}(?:几|多少)[个家](?:部门|单位|局)?[?？。]?$|^(?:有|是|到底)?(?:几|多少)(?:家|个(?:部门|单位|局))[?？。]?$"
)
_COUNTS = re.compile(
    r"(?:几|多少)(?:家|个)?(?:部门|单位|局|委|专委会)|(?:几|多少)家|(?:部门|单位|局|委|专委会)(?:一共|总共|共)?(?:有|是)?(?:几|多少)[个家]"
)
_IN_COUNT = re.compile(r"不算|也算|算上|算进|算在|除外|不计|去掉|扣掉|刨掉|加上|连")
_COUNTING = re.compile(
    r"这几家|里头|里面|其中|叫|带|字的?|局|委|帮我|数一?数|数一下|点到?(?:了|过)?名?|统共|拢共|总共|一共|合计|加起来|合起来|算起来|(?:后|前|上)[面头边]?(?:说|讲|提)?的?|跟着|这项|这条|"
    r"不算|也?算(?:上|进去?|在内|了)?|除外|不计|去掉|扣掉|刨掉|加上|连|专委会|专业委员会|安委?办|安委会办公室|有关部门|县里|县区|名单|括号|被"
)
"""Words of counting whom a bracket names, and of what is counted in or left out."""
_WHO_DOES = re.compile(
    r"^(?:那么?|它)?的?(?P<role>牵头|督促|分工负责|负责|落实|组织)的?(?:那[个家]|这[个家])?(?:单位|部门|专委会|委员会|局)?的?(?:名字|名称|全称)?"
    r"(?:是|叫)?(?:什么|啥|谁|哪)[个家]?(?:部门|单位|局|专委会|名字|名称)?(?:来着)?[?？。]?$"
)
_TO_DO = re.compile(
    r"^(?:那么?|可)?＿+(?:这边|那边|自己)?(?:呢)?[，,]?(?:要不要|用不用|需不需要|有没有份|也?有一?份|也?算(?:一份|在内|进去|上)?|算不算|也?在(?:这?里[面头]?|内|名单[里上]?)?(?=[吗么吧没不])|管不管|归不归)(?:管|做|干|落实|吗|么|吧|没有?|不)?[?？。]?$|^(?:怎么|那)?没(?:有)?(?:点|写|列|提)?到?＿+[?？。]?$"
)
_SAYS = re.compile(
    r"(?:也|还)?(?:写|提|讲|说|列)(?:了|到|过|明)*(?:没有?|吗|么|不)[?？。]?$|(?:写没写|提没提|讲没讲|说没说)|^(?:那)?(?:有没有|有无)(?:写|提|讲|说|列)"
)
_SHORT = 16
_POINTED_OUT = re.compile(r"点(?:到)?(?:过)?(?:了)?名|点到|指名")
_SELF = re.compile(r"我们|咱们?|我局|本局|我(?:委|办|队)")
_THE_REST = re.compile(
    r"^(?:那)?除(?:了|掉|去|开)?(?:＿+|我们?|咱们?|本局|我局)(?:自己|这家|这边|一家)?(?:以外|之外|外)?[，,]?(?:还)?(?:剩|有|都有)"
    r"(?:谁|哪[些几]?[家个]?(?:单位|部门|局)?)"
)
_MORE = re.compile(r"(?P<role>牵头|负责|督促|参与|落实)了?(?:别的|其他的?|其它的?)(?:任务|事项|项)?(?:吗|么|不|没)?")
_COVERED = re.compile(
    r"^(?P<who>[^，。？?]{2,18}?)(?:也|都|就|还|是不是|是否|要不要)*(?:算(?:不算|在内|进[来去]|数|这里)?|适用|管得?[到着]|包括在内|在内|受(?:这|它)管|参照|归(?:这|它)管)"
    r"(?:的)?[吗么没不吧]?[?？。]?$"
)
_GROUP = re.compile(r"(?:有关|相关|各)(?:部门|单位)[”\"]?[^，。？?]{0,6}(?:是|指|包括|有)[^，。？?]{0,3}(?:哪|谁|什么)")
_NUMBER_OF = re.compile(
    r"^(?:那|它|这|是|排|在|属|编)*(?:几号|第?几项|第几(?:条)?|多少号|编号(?:是)?(?:几|多少)?|序号(?:是)?(?:几|多少)?)(?:来着|呢|的)?[?？。]?$"
)
_EITHER = re.compile(
    r"^(?:那|这个?|它|到底|究竟|具体|期限|时间|次数|数量|是)*[0-9一二两三四五六七八九十百半]+个?[\u4e00-\u9fff]{1,2}(?:还是|或者?)(?:是)?"
    r"[0-9一二两三四五六七八九十百半]+个?[\u4e00-\u9fff]{1,2}[?？。]?$"
)
_LEFT_OUT = re.compile(
    r"^(?:怎么|那|就|也)*没(?:有)?(?:点|写|列|提)到?(?:了)?(?:我们?|咱们?|本局)(?:局|单位|部门|委|办)?(?:吗|吧|么)?[?？。]?$"
)
_OWN_NAME = re.compile(
    r"^(?:那|就|也|怎么|里面|里头)*(?:有没有|没有?|有|写没写|点没点|少了)(?:点|写|列|提)?到?了?(?:我们?|咱们?|本)(?:局|单位|部门|委|办|县|区)?"
    r"(?:的)?(?:名字|大名|名儿?|份)?(?:吗|吧|么|没)?[?？。]?$"
)
_OWN_WORDS = re.compile(r"(?:我们?|咱们?|本)(?:局|单位|部门|委|办|这边)|我们|咱们?")
_SPEAKING_AS = re.compile(r"^(?:我们|我|咱们|＿+)?(?:这边)?是＿+(?:的)?[，,]\s*(?:那么?)?")
_ALSO_WITH = re.compile(r"[跟和与同]＿+(?:一起|写在|同在|在)?(?:同)?(?:一个)?(?:括号)?")


_WHICH_LEADS = re.compile(
    r"(?:专委会|委员会|局|部门|单位|委|办|政府|中心|支队)(?:里|自己|来)?[^，。？?]{0,6}[？?吗呢，,]*还是[^。？?]{0,8}(?:专委会|委员会|局|部门|单位|委|办|政府|中心|支队)"
)
_LEADS = re.compile(r"牵头|督促|落实|组织|负责")
_ON_ROLL = re.compile(
    r"^(?:那么?)?(?P<who>[\u4e00-\u9fff＿]{2,12}?)(?:在不在|有没有在|是不是在|是否在|在)(?:这|那|该)?(?:个|份)?(?:名单|清单|范围|里[面头边]|之?列|其中)(?:里|内|中|上|之?列)?[面头边]?(?:吗|么|没有?|呢)?[?？。]?$|"
    r"^(?:那么?)?(?:这|那|该)?(?:个|份)?(?:名单|清单|范围)(?:里|内|中|上)?[面头边]?(?:也|还)?(?:有没有|有无|包不包括|包括|列没列|含不含|有)(?P<who2>[\u4e00-\u9fff＿]{2,12}?)(?:吗|么|没有?|呢)?[?？。]?$"
)
_SHARED = re.compile(r"重合|重叠|重复|交叉|撞(?:上|车)|共同的?|都有")
_WITH_WHOM = re.compile(r"[跟和与同]＿+")
_OVERLAP_ASKS = re.compile(r"有|哪|几|吗|没|不|么")
_PLACES_WHICH = re.compile(r"(?P<noun>(?:重点|试点|示范|薄弱)[县市区乡镇村街道]+)(?:的)?(?:名单)?")
_WHICH_PLACE = re.compile(r"哪(?:几|些|[两二三四五六])?个?|名单")
_OTHER_SELF = re.compile(
    r"^(?:不好意思|抱歉|对不起|哦|噢|啊|不对|错了|说错了|搞错了|弄错了|[，,。！!\s])*"
    r"(?P<slip>(?:我|刚才|刚刚)*(?:单位|部门|局|身份)?(?:[说报写打搞弄填讲选]错|错)(?:了|啦)?(?:单位|部门|局|身份|人)?(?:了|啦)?[，,。！!\s]*)?"
    r"(?:其实|应该)?(?:我|我们|咱|咱们|＿{1,3})(?:其实|应该)?(?:是|在|属于|代表|替|帮)＿+(?P<rest>[^，。？?]{0,8})[。.！!]*$"
)


def which_leads(said: Said, context: Context, speech: Speech) -> str | None:
    """专委会牵头还是局里牵头: who does it of the item talked about."""
    focus, role = context.focus, _LEADS.search(said.text)
    if focus is None or focus.kind != "item" or not role or said.references or said.titled or len(context.current) > 1:
        return None
    return f"{speech.words(focus)}由谁{role.group()}" if _WHICH_LEADS.search(said.text) else None


def on_roll(said: Said, context: Context, speech: Speech) -> str | None:
    """税务机关在不在这个名单里: whether the article talked about has somebody on its list."""
    law, match = context.law, _ON_ROLL.match(said.text)
    if law is None or not match or said.references or said.titled or len(context.current) > 1:
        return None
    who = match["who"] or match["who2"]
    return None if _ASKS.search(who) else f"{speech.words(law)}写了{who}吗，原文怎么写的"


def overlap_with(said: Said, context: Context, speech: Speech) -> str | None:
    """和市消防救援支队比，有重合的吗: the items that name both the organisation talked about and another."""
    whose = next((one.parties for one in reversed(context.readings) if one.parties), ())
    met = _SHARED.search(said.text) and _WITH_WHOM.search(said.blanked) and _OVERLAP_ASKS.search(said.text)
    if not met or not whose or len(said.names) != 1 or said.references or said.titled or whose[0].is_group:
        return None
    return f"{whose[0].words}和{said.names[0]}都被点名的有哪几项"


def places_here(said: Said, context: Context, speech: Speech) -> str | None:
    """重点县区名单是哪几个县: of the item talked about, which mentions such places."""
    focus, match = context.focus, _PLACES_WHICH.search(said.text)
    if focus is None or not match or said.references or said.titled or not _WHICH_PLACE.search(said.text):
        return None
    noun = match["noun"]
    return f"{speech.words(focus)}的{noun}是哪几个" if noun[:2] in speech.text(focus) else None


def other_self(said: Said, context: Context, speech: Speech) -> str | None:
    """说错单位了，我是交通局的: the question before, asked for the organisation that is named now."""
    match, before = _OTHER_SELF.match(said.blanked), context.reading
    if not match or before is None or len(said.names) != 1 or said.references or said.titled:
        return None
    if _ASKS.search(match["rest"]):
        return None
    new, text = said.names[0], before.text
    own = _OWN_WORDS.search(text)
    if before.parties and before.parties[0].words in text:
        old = re.escape(before.parties[0].words)
        return re.sub(rf"(?:我们?|咱们?|本)?{old}", new, text, count=1)
    return text[: own.start()] + new + text[own.end() :] if own else None


def confirms(said: Said, context: Context, speech: Speech) -> str | None:
    """那应该还是市应急局牵头咯: what is taken for granted of the clause talked about."""
    match, focus = _CONFIRMS.search(said.blanked), context.focus
    if not match or not said.names or said.references or said.titled or focus is None or focus.kind != "item":
        return None
    if not is_bare(said.blanked) or _ASKS.search(said.text[: match.start()]):
        return None
    return f"{speech.words(focus)}由{'和'.join(said.names)}{match['role']}吗"


def leading(said: Said, context: Context, speech: Speech) -> str | None:
    """这个专委会还牵头别的吗: the organisation that the last turn named as leading."""
    match = _LEADING.search(said.text)
    if (
        not match
        or not context.leader
        or said.references
        or said.titled
        or any(not party.is_group for party in context.parties)
    ):
        return None
    rest = re.sub("^(?:还|也)", "", said.text[match.end() :])
    more = _MORE.search(rest)
    return context.leader + (f"{more['role']}哪些任务" if more else rest)


def _whose_list(context: Context) -> bool:
    """Whether the talk is about the tasks of a single organisation, not of one clause."""
    return any(not party.is_group for party in context.parties)


def named_here(said: Said, context: Context, speech: Speech) -> str | None:
    """这条点我们了吗, 我们局名字写在这项里没有, 县里有份吗: whether the clause talked about names an organisation."""
    focus = context.focus
    if focus is None or focus.kind != "item" or said.references or said.titled or not _YES_NO.search(said.text):
        return None
    who = "和".join(said.names) or (_SELF.search(said.text) or [""])[0]
    if said.names and (
        _TO_DO.match(said.blanked) or (_POINTED_OUT.search(said.text) and not _ELSEWHERE.search(said.text))
    ):
        return f"{speech.words(focus)}点名{who}了吗"
    asked_who = context.reading is not None and context.reading.intent is Intent.WHO and not context.reading.parties
    if who and not said.names and (_LEFT_OUT.match(said.text) or (asked_who and _OWN_NAME.match(said.text))):
        return f"{speech.words(focus)}点名我局了吗"
    if not who or not _HERE.search(said.text) or not _ON_LIST.search(said.text) or _MORE.search(said.blanked):
        return None
    return f"{speech.words(focus)}点名{'我局' if who in ('我们', '咱', '咱们') else who}了吗"


def said_here(said: Said, context: Context, speech: Speech) -> str | None:
    """消防演练也写了没: whether the clause talked about says something."""
    focus = context.focus
    if focus is None or focus.kind != "item" or said.references or said.names or said.own or said.titled:
        return None
    if (
        not _SAYS.search(said.text)
        or len(said.text) > _SHORT
        or context.parties
        or re.search("别|其他|要点|文件|全文|哪", said.text)
    ):
        return None
    return f"{speech.words(focus)}{said.text}"


def counted_here(said: Said, context: Context, speech: Speech) -> str | None:
    """点名的共几家, 一共几个部门: how many the bracket talked about names."""
    focus = context.focus
    if focus is None or focus.kind != "item" or said.references or said.titled or _whose_list(context):
        return None
    if said.names and not _IN_COUNT.search(said.text):
        return None
    told = _HOW_MANY.search(said.text) and len(said.text) <= _SHORT
    counted = _COUNTS.search(said.text) and is_bare(_COUNTING.sub("＿", said.blanked))
    return f"{speech.words(focus)}点名了几家单位" if told or counted else None


def who_here(said: Said, context: Context, speech: Speech) -> str | None:
    """牵头的专委会叫啥, 负责的是哪家: who does it of the clause talked about."""
    focus, match = context.focus, _WHO_DOES.match(said.text)
    if not match or focus is None or focus.kind != "item" or said.references or said.titled or _whose_list(context):
        return None
    return f"{speech.words(focus)}由谁{match['role']}"


def own_named(said: Said, context: Context, speech: Speech) -> str | None:
    """那我们水利有没有被点到名, after others were asked about: whether the plan names the asker's department."""
    before = context.reading
    if before is None or not before.parties or said.names or said.references or said.titled or _HERE.search(said.text):
        return None
    if not _SELF.search(said.text) or not _POINTED_OUT.search(said.text) or not _YES_NO.search(said.text):
        return None
    return "我局在要点里被点名了吗"


def the_rest(said: Said, context: Context, speech: Speech) -> str | None:
    """除掉我们自己，还剩哪些家: all that the bracket talked about names."""
    focus = context.focus
    if focus is None or focus.kind != "item" or said.references or _whose_list(context):
        return None
    return f"{speech.words(focus)}由哪些单位分工负责" if _THE_REST.match(said.blanked) else None


def speaking_as(said: Said, context: Context, speech: Speech) -> str | None:
    """我们是商务局，那最少几个: the same of the clause talked about, whoever asks."""
    match, focus = _SPEAKING_AS.match(said.blanked), context.focus
    if not match or focus is None or said.references or said.titled or not is_bare(said.blanked[match.end() :]):
        return None
    return attached(speech.words(focus), said.text[match.end() :], kind="clause")


def also_with(said: Said, context: Context, speech: Speech) -> str | None:
    """跟安委会办公室写在同一个括号里的是哪几项: the items that name both."""
    match = _ALSO_WITH.search(said.blanked)
    if not match or not context.parties or not said.names or said.references or "哪" not in said.text:
        return None
    if not re.search(r"括号|一起|同[时在]", said.text) or not re.search(r"哪几?[项条些个]", said.text):
        return None
    return f"{'和'.join([p.words for p in context.parties] + list(said.names))}都被点名的有哪几项"


def covered(said: Said, context: Context, speech: Speech) -> str | None:
    """跑运输的也算吗, 我们管委会领导也适用吗: whether the article talked about means them."""
    law, match = context.law, _COVERED.match(said.text)
    if law is None or not match or said.references or said.titled or _ASKS.search(said.text):
        return None
    return f"{speech.words(law)}适用于{match['who']}吗"


def either_of(said: Said, context: Context, speech: Speech) -> str | None:
    """是一年还是三年: which of two numbers the clause talked about says."""
    focus = context.focus
    if focus is None or said.names or said.references or said.titled or not _EITHER.match(said.text):
        return None
    return f"{speech.words(focus)}{said.text}"


def group_here(said: Said, context: Context, speech: Speech) -> str | None:
    """“有关部门”究竟是哪些: whom the words of the bracket talked about mean."""
    focus = context.focus
    if focus is None or focus.kind != "item" or said.references or said.titled or not _GROUP.search(said.text):
        return None
    return f"{speech.words(focus)}{said.text}" if not _whose_list(context) else None


def number_of(said: Said, context: Context, speech: Speech) -> str | None:
    """几号, where the item talked about has no date: which one it is."""
    focus = context.focus
    if focus is None or focus.kind != "item" or len(context.current) > 1 or not _NUMBER_OF.match(said.text):
        return None
    return f"{speech.words(focus)}的原文是什么" if not re.search(r"[0-9]月|[0-9]日", speech.text(focus)) else None

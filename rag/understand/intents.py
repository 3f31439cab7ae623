"""What a question wants, from its wording. Rules in order, first fit wins; organisations are blanked out beforehand."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.model import Role, Tier
from rag.understand.ask import Intent

_ROLE_WORDS: tuple[tuple[re.Pattern[str], tuple[Role, ...]], ...] = (
    (re.compile(r"牵头|领头|打头|挑头|主抓|总牵|带头|主办|牵个头"), (Role.LEAD, Role.LEAD_AND_ORGANISE)),
    (re.compile(r"组织(?!部|生产|制定|开展|学习|的?集体)|发起"), (Role.ORGANISE, Role.LEAD_AND_ORGANISE)),
    (re.compile(r"督促|督办|监督落实|盯着落实|谁来?督"), (Role.SUPERVISE,)),
    (re.compile(r"分工(?:负责)?|共同负责|参与|配合|一起"), (Role.SHARE, Role.TAKE_PART, Role.TOGETHER)),
    (re.compile(r"落实(?!情况|得|到位|了没)|执行单位|具体干|谁(?:来)?干"), (Role.CARRY_OUT,)),
)
HELP = re.compile(
    r"(?:你|您|这个?|安责|系统|机器人|助手)[^，。]{0,4}(?:能|会|可以|有)[^，。]{0,6}(?:做|干|帮|回答|查|"
    r"问)(?:些|点|我)?(?:什么|啥|哪些)|(?:^|你|系统|机器人|助手|这个|软件)怎么用|如何使用(?:你|系统|本)|使用(?:说明|方法|帮助)|^帮助$|你是谁|你是什么|"
    r"^help$|有(?:什么|哪些)功能|能帮我(?:做|干|查)?(?:什么|啥)"
)
_DOCUMENTS = re.compile(
    r"(?:收录|收了|装了)(?:了)?(?:哪些|什么|几(?:份|部|个))|(?:系统|库)[^，。]{0,4}包含了?(?:哪些|什么|几[份部个])|(?:有|能查|可以查|查)(?:哪些|什么|几份|几部)(?:文件|文档|资料|法规)|"
    r"(?:哪些|什么|几份)(?:文件|文档|资料|法规)(?:可以查|能查|收录)|(?:知识库|资料库|文件库|库里)[^，。]{0,6}(?:有|哪些|什么)|有没有(?:收录|收(?![紧费到缴回取集购入]))|收没收(?![紧费到缴回取])|收录没收录"
)
_ABOUT_DOCUMENT = re.compile(
    r"(?:哪(?:一)?天|何时|什么时候|几号|几月)[^，。]{0,6}(?:施行|开始执行|生效|实行)|谁发的文|谁发文|哪儿发的|文号|发文(?:单位|机关|字号|日期|时间)|(?:哪(?:一)?天|何时|什么时候|几号|哪个单位|谁|"
    r"哪家)(?:[^，。]{0,3})(?:印发|发布|发的|下发|出台|颁布)|印发(?:日期|时间|单位|机关)|(?:印发|下发|"
    r"发布|制定)的?(?:单位|机关|日期|时间)|发给(?:谁|哪些)|主送"
)
_SAID_DATE = re.compile(
    r"(?:要点|文件|通知|规定|办法|法)[^，。？?]{0,4}是?[^，。？?]{0,10}(?:年|月|日|号|底|初)(?:才|就|份|底|初|起|开始)*"
    r"(?:印|印发|发|发布|下发|出台|公布|颁布|实施|施行|生效|实行)的"
)
"""States when a document was issued or took effect."""
_VALIDITY = re.compile(
    r"(?:还|现在|目前|是否|是不是)(?:仍|还)?(?:有效|管用|现行|在用|作数|算数|算不算数|作不作数|能不能用|生效|适用)|算不算数|过期|作废|失效|废止"
)
_COMPARE = re.compile(
    r"(?:都有|都要|都被|都在|都是|都(?:参与|负责|涉及|点名))|共同(?!富裕|负责)|同时(?:被|有|出现|点名|"
    r"参与)|区别|不同|不一样|差别|差在|对比|相比|比较(?:一下)?|比(?:起)?[^，。]{1,12}(?:多|少)|谁(?:的|"
    r"更)?多|重合|重叠|交叉的|相同|一样(?:吗|么|的)"
)
_COUNT = re.compile(
    r"(?:有|占|共|一共|总共|合计|共计|分|列|规定|涉及|点名|负责|牵头|承担)[了到名]*(?:几|多少)(?:项|条|件事|件|桩|"
    r"个(?:事项|任务|部分|方面|章|专委会)|章|次|处|款|类|档|种|部分|方面|大类)|(?<![哪拎列挑选给说写来出])(?:几|多少)(?:项|次|"
    r"条|章)(?!(?:内容)?讲)|在几[项条个处]|有多少(?:项|条|个(?:事项|任务))|数一下|统计一下"
)
_OF_CONTENT = re.compile(r"(?:几|多少)(?:项|条)(?:制度|措施|机制|活动|规定|要求|办法|标准|形式|行动|工程)")
"""What an item consists of is counted, not items."""
_LISTS_ITEMS = re.compile(r"(?:哪些|哪几个?|那些|有几|占几)(?:条目|事项|条(?![件款])|项(?!目|制度|措施|工作))")
_COUNT_NAMED = re.compile(
    r"(?:在|有|占|共|总共|点名|点到|出现|露面|提到|提及)了?[^，。？?哪]{0,4}(?:几|多少)(?:项|条|处|次|回)(?!之|以|内|一)"
)
"""How many items name somebody: 一共出现在几项的分工里."""
_IS_NAMED = re.compile(
    r"点名|点过名|点到|提到|提及|列(?:入|进|在|名|为|出来)|写(?:到|上|进|了|没写)|出现|露(?:面|名)|有没有名字|名字|"
    r"(?:有没有|有无|是否|写没写)(?:直接|明确|单独|明文)?(?:写|列|提|点|出现)[到明上过了]*[“「『\"]?＿|"
    r"在不在|在(?:里面|其中|内|名单|列|里头|括号)|在(?:＿|[^，。]{0,14})(?:里|中|之列|名单)(?:吗|么|没|不|"
    r"$)|包(?:括|含|不包)|算不算|涉及(?:到)?(?:＿|[^，。]{0,8})(?:吗|么|没)|有(?:＿)(?:吗|么|没)|(?:跟|和|"
    r"与|关)＿?(?:有关|有没有关系|有关系|相关)|(?:是|由|归|要|让|该)＿[^，。]{0,10}(?:吗|么|吧|对吗|"
    r"对不对|是不是|没有|不)|是不是(?:由|归|该|要|让)?＿|有没有＿|有无＿|点了?＿的?名|(?:＿)(?:是不是|是否|要不要|需不需要|用不用|"
    r"该不该|有没有)|＿[^。？?＿]{0,10}[，,]?(?:是否(?:如此|属实|正确|准确)|属实吗|对否)[?？]?$|＿[，,]?(?:对吗|对不对|对吧|是吗|是不是|没错吧|吧)[?？]?$"
)
_ROLE_IN = re.compile(
    r"(?:由|是|归)＿[^，。]{0,4}(?:牵头|负责|督促|组织|落实)|角色|干嘛|干什么|干啥|负责什么|什么责任|做什么|管什么|承担什么|身份|排第几"
)
_BASIS = re.compile(
    r"依据|上位法|(?<!不)对应[^，。？?]{0,14}(?:第几条|哪[一几]?条|哪部)|根据(?:是|哪|什么)|法律(?:上|里)?(?:是)?(?:哪|怎么规定|有没有规定|有规定|咋说|也有)|(?:哪|"
    r"什么)(?:一)?(?:部法|条法|个法|部法律|条法律|条规定|一条规定)|法条|凭(?:啥|什么)|出处|法律(?:支撑|"
    r"支持|基础|根据)|有法可依|法上(?:怎么|咋)|按(?:哪条|哪部|什么法)|(?:法|规定)(?:是)?(?:哪|第几)一?条"
)
_WHO = re.compile(
    r"谁|括号[^，。？?]{0,6}(?:哪|那)(?:几|些)?(?:家|个)|(?:责任|分工|牵头)[^，。？?]{0,8}哪几?家|(?:哪|那|几)(?:个|些|几个|家)＿|(?:哪|那|几)(?:个|些|家|几个|几家)?(?:部门|单位|局|专委会|委员会|机关|机构|科室|政府|地方|县|"
    r"主体|领导(?!干部))|(?:牵头|责任|落实|督促|组织|分工|主管|负责|配合|参与|监管|实施)(?:的)?(?:单位|"
    r"部门|主体|方)|归(?:谁|哪|口)|[分派摊交落][给到]了?(?:谁|哪几?[家个](?:[的呀啊吧呢，,。？?]|$))|由(?:谁|哪|什么)|(?:牵头|督促|分工|落实|组织|负责)(?:呢|的呢|"
    r"是哪)?[?？]?$|还有(?:谁|哪些)|找(?:谁|哪)|什么(?:部门|单位)"
)
_ALTERNATIVE = re.compile(
    r"(?P<role>牵头|领头|主抓|分工|负责|监管|督促|落实)的?(?:单位|部门|专委会)?(?:到底|究竟)?"
    r"是?(?:由|归)?[^，。？?是了到]{1,14}还是[^，。？?了吗]{1,16}$"
)
"""Asks which of two does it: 自建房整治牵头是消防还是建筑施工专委会."""
_DEADLINE = re.compile(
    r"(?:什么|啥|几|何)时(?:候|间|前)?|何时|哪(?:一)?天|几(?:月|号|日)|(?:截止|完成|报送|上报|"
    r"办结)(?:时间|日期|期限)|时限|期限|时间(?:要求|节点|表|限制)|(?:多少|几)(?:天|日|个?工作日|个?小时|"
    r"个月)(?:之?内|前|里)?|多久(?:之?内|要|得|必须|前|以内|完成|报)|什么(?:时间|日期)|(?<!”)之前(?:要|得|完成|"
    r"报)|到期|什么时间|deadline|多长时间(?:之?内|内)|提前多(?:久|长)|(?:年底|月底|季末)前(?:要|有|得|该)",
    re.IGNORECASE,
)
LOCATES = re.compile(
    r"(?:是|在|属于|归|到|于|由|见|写进|哪里?|说)?(?:哪|第几)(?:个|一)?(?:工作)?项(?!目|任务|工作|整治|行动|制度|职责|责任|内容|"
    r"要求|措施|不|都)|(?:在)?要点(?:的|里)?(?:哪里|哪儿|什么地方|什么位置|哪个?(?:部分|位置|章节|地方))|(?:是|排)(?:几号|第几)|几号标题"
)
"""Which item speaks of something: 写在第几项, 是哪一项讲的."""
ASKS_NUMBER = re.compile(LOCATES.pattern + r"|(?:第几|哪一?个?)[条项][里中]?[?？。]?$")
"""The same of articles, too, at the end of a question."""
_FREQUENCY = re.compile(
    r"多久(?:要|得|该)?[^，。]{0,14}?(?:一次|一回|一遍|次)|(?<!提前)多(?:久|"
    r"长时间)(?:至少)?(?:要)?[^，。]{0,12}(?:次|回|遍|通报|通保|公布|考核|检查|学习|检测|巡查)|"
    r"频(?:次|率)|周期|隔(?:多|几)(?:久|长|时)?|几(?:个)?(?:月|年|天|季度|周)(?:一次|搞一次|来一次|一回)|"
    r"(?:一年|每年|半年|每季度|每月|每周|每星期|每天|每半年|一个月|一个?季度|一周|一星期|一天)[^，。]{0,12}(?:几|多少)(?:次|回|遍)|"
    r"每(?:天|日|月|周|季度|年)(?:都)?(?:要|得)[^，。]{0,10}吗|是不是每"
)
_QUANTITY = re.compile(
    r"(?<!哪)多少(?!起事故)[\u4e00-\u9fff]|(?<![哪十百千好])(?:几|多少)(?:个|家|名|人|起|例|件|份|场|期|项|处|座|支|台|套|次|公里|米|元|钱|万|倍|岁|级|"
    r"号|层|年|天|小时|亩|吨|%|％|百分)|几(?:个)?(?:乡镇|案例|专委会)|多少(?:以上|以下|$)|数量(?:要求|"
    r"是)?|(?:最少|至少|最多|不少于|不低于)(?:要|得)?(?:几|多少)|多大|多高|罚(?:多少|几|款幅度)|是几级"
)
_DUTIES = re.compile(
    r"(?:要|该|得|应|需|应该|需要|必须|具体|主要|都|分别|承担|负责|分到|领到|摊到|负|管|抓|做|干|"
    r"办)[^，。？?]{0,12}(?:什么|啥|哪些|哪几|些什么|那些|几样|啥子|多少事)|任务|职责|责任(?!制|险|追究|"
    r"保险|单位|部门|主体|人|书|清单(?:是|怎么))|事项|(?:有|哪些|什么|啥)(?:活|事)(?!故)|工作(?:有|是|"
    r"任务|安排|分工|内容)|清单|该(?:做|干)|怎么(?:干|做)$|(?:牵头|负责|参与|配合|督促|落实|"
    r"分工)的?(?:有)?(?:哪|什么|几|那|啥)|(?:牵头|负责|参与|督促|落实|分工|点名)的(?:工作|事|有|都|是|项|"
    r"任务)?(?:呢)?$|(?:牵头|负责|参与|督促|落实)了?(?:哪|什么|几|啥)|关系|相关|有关的|涉及|牵扯"
)
_DEFINITION = re.compile(
    r"是(?:个)?(?:什么|啥|何)(?:意思|概念|东西|含义|含意|玩意)?[呀啊呢]?[?？]?$|什么(?:是|叫|叫做)|"
    r"啥(?:是|叫)|(?:的)?(?:含义|定义|意思|内涵|概念)|指(?:的)?(?:是)?(?:什么|哪|啥|谁)|怎么(?:理解|解释|"
    r"定义|界定)|如何(?:理解|解释|定义|界定)|解释一下|逐个解释|何谓|分别(?:是|指)(?:什么|哪|啥)|"
    r"是哪[几三四五六七八九十两]|(?:具体)?(?:是|有)哪[0-9一二三四五六七八九十两几]+[个项种条类句]?|"
    r"各是什么|(?:具体)?(?:包括|包含|内容)(?:是)?(?:什么|哪|啥)|到底(?:咋|怎么)(?:签|做|搞)"
)
_PHRASES = re.compile(
    r"哪(?:几|些)?(?:种|类|个|家|位|方面)(?=[^\u4e00-\u9fff]|$|[是的有要由被在])|怎么(?:说|写|办|处理|做|弄|搞|管|整治|抓)|如何(?:处理|整治)|"
    r"只看|只列|只要|仅看|应当|应该|需要|必须|由谁来?|归谁|谁来|谁在|谁去|归哪个?|由哪个?|分配|今年|本年度?|2023年?|安全生产|工作要点|要点|文件|方面|一下子?|请问|"
    r"帮我|想知道|想问|知道|告诉我?|查一?查|查询|列出|列一下|列表|列全|全部|所有|完整|具体|到底|究竟|我们|我局|咱们?|局里|里面|里头|这份|这个|那个|"
    r"那一?项|这一?项|那一?条|这一?条|通知|哪几项(?=制度|措施|机制|工作)|哪些|哪几|哪个|哪家|哪位|哪里|哪天|哪一|什么|啥子?|分别|出来|起来|给我|以及|还有|可以|能不能|主要(?!负责人)|单位|"
    r"部门|任务(?!清单)|职责(?!清单)|责任(?!制|险|保险|追究|体系)|事项|工作|(?<!职责)(?<!任务)清单|负责(?!人)|承担|牵头|参与|督促|落实|分工|组织(?!部)|点名|直接|明确|多少|那些|我市|"
    r"全市|市里|宜春市?|分到|年度|关系|相关|有关|关于|涉及|其中|如何|怎么样?|怎样|时候|何时|多久|多长时间|期限|时限|截止|完成|频次|频率|周期|"
    r"法律依据|依据|规定|要求|内容|原文|是不是|有没有|是否|对不对|对吗|没有|在不在|有无|请?(?:确认|核实|核对)一?下?(?=[＿_是市])|请确认|被?列[入为]|在列|责任栏|一共|总共|共有|名字|角色|每季度|每月|每年|每半年|定期|待确认|"
    r"括号(?:里|中)?|写没写|写了没|有没有写|几月份|月份|之前|弄好|搞好|是指|指的是?|是?为了|地方政府|出现|露面|提到|提及|点到|专委会|委员会|安委会|应该是|算是|属于|一次|一起|共同|都有|讲的|说的|写的|做什么|干什么|要做|重点"
)
_LEADING = "的了吗呢么啊呀吧谁在要得该都是还和我你就会去把让与及或这那哪几请想对按"
_TRAILING = "的了吗呢么啊呀吧谁在要得该都是还和我你就会去把让与及或这那哪几由归管有做干里中上下项条个些事活名起来一"
_BREAK = re.compile(r"[＿_\s，。,.？?！!、；;：:“”\"'（）()《》·…]+")


@dataclass(frozen=True, slots=True)
class Wording:
    """What the wording alone tells. ``roles`` and ``tiers`` are filters or what is asked first."""

    intent: Intent
    roles: tuple[Role, ...] = ()
    tiers: tuple[Tier, ...] = ()
    asks_frequency: bool = False
    asks_deadline: bool = False
    asks_quantity: bool = False
    asks_yes_no: bool = False


def read_wording(
    blanked: str, *, parties: int, organisations: int, references: int, own: bool, law: bool = False
) -> Wording:
    """Classify ``blanked``: the question with organisations replaced by ＿ (clause references stay).

    ``parties`` counts organisations and groups, ``organisations`` those that are no mere group words;
    ``law`` tells that a law is named and the plan is not.
    """
    blanked = re.sub("＿+", "＿", blanked)
    roles = _roles(blanked)
    tiers = _tiers(blanked)
    flags = {
        "asks_frequency": bool(_FREQUENCY.search(blanked)),
        "asks_deadline": bool(_DEADLINE.search(blanked)),
        "asks_quantity": bool(_QUANTITY.search(blanked)),
        "asks_yes_no": bool(
            re.search(
                r"难道|吗|么[?？]?$|是不是|是否|有没有|对不对|对吗|吧[?？]?$|要不要|需不需要|在不在|包不包|没有?[?？]?$|"
                r"算不算|不$",
                blanked,
            )
        ),
    }
    return Wording(_intent(blanked, parties, organisations, references, own, law, flags), roles, tiers, **flags)


def _intent(
    text: str, parties: int, organisations: int, references: int, own: bool, law: bool, flags: dict[str, bool]
) -> Intent:
    someone, named = parties > 0 or own, organisations > 0 or own
    law = law or bool(re.search(r"法律|法定|依法|怎么规定", text))
    rules: tuple[tuple[bool, Intent], ...] = (
        (bool(HELP.search(text)) and not references and not someone, Intent.HELP),
        (bool(_DOCUMENTS.search(text)) and not _BASIS.search(text), Intent.DOCUMENTS),
        (bool(_ABOUT_DOCUMENT.search(text)) and not someone and not re.search(r"案例", text), Intent.DOCUMENTS),
        (bool(_SAID_DATE.search(text)) and not references, Intent.DOCUMENTS),
        (
            bool(_VALIDITY.search(text))
            and bool(re.search(r"要点|文件|通知|规定|法$|法[^，。]{0,4}(?:有效|废止|过期)", text)),
            Intent.DOCUMENTS,
        ),
        (bool(_COMPARE.search(text)) and (organisations + own > 1 or references > 1), Intent.COMPARE),
        (bool(_BASIS.search(text)), Intent.BASIS),
        (named and not references and not law and bool(_COUNT_NAMED.search(text)), Intent.COUNT),
        (named and not references and not law and bool(_LISTS_ITEMS.search(text)), Intent.DUTIES),
        (someone and bool(_IS_NAMED.search(text)) and not _lists(text), Intent.IS_NAMED),
        (someone and references == 1 and bool(flags["asks_yes_no"] or _ROLE_IN.search(text)), Intent.IS_NAMED),
        (named and bool(LOCATES.search(text)) and bool(_roles(text)) and not references, Intent.DUTIES),
        (not someone and not references and not law and bool(LOCATES.search(text)), Intent.CONTENT),
        (not references and bool(_ALTERNATIVE.search(text)), Intent.WHO),
        (bool(_COUNT.search(text)) and not flags["asks_frequency"] and not _OF_CONTENT.search(text), Intent.COUNT),
        (flags["asks_frequency"], Intent.FREQUENCY),
        (flags["asks_deadline"], Intent.DEADLINE),
        (flags["asks_quantity"], Intent.QUANTITY),
        (bool(_WHO.search(text)) and not (someone and _lists(text)), Intent.WHO),
        (not law and (named or (someone and len(topic(text)) < 3)) and bool(_DUTIES.search(text)), Intent.DUTIES),
        (not law and someone and len(topic(text)) < 2 and not references, Intent.DUTIES),
        (bool(_DEFINITION.search(text)) and not references, Intent.DEFINITION),
        (references > 0, Intent.CONTENT),
        (named and not law and len(topic(text)) < 4, Intent.DUTIES),
    )
    return next((intent for fits, intent in rules if fits), Intent.OPEN)


def _lists(text: str) -> bool:
    """Whether things are asked for, not yes or no: 被点名的有哪些."""
    return bool(
        re.search(
            r"全部条目|所有条目|(?<!哪个＿)(?<!专委会)(?<!谁)名下|哪些(?!部门|单位|局)|哪几(?!个部门|个单位|家)|(?<!为)什么(?!时|部门|单位|地方)|(?:有|干|做)啥|列出|列一下|"
            r"列全|清单",
            text,
        )
    )


def _roles(text: str) -> tuple[Role, ...]:
    found: list[Role] = []
    for pattern, roles in _ROLE_WORDS:
        if pattern.search(text):
            found += roles
    return tuple(dict.fromkeys(found))


def _tiers(text: str) -> tuple[Tier, ...]:
    if re.search(r"直接点名|点名(?:的|到|了)|点到名|指名|写明|明确(?:点名|写)|白纸黑字", text):
        return (Tier.NAMED,)
    if re.search(r"待确认|可能(?:涉及|约束|有关|包括|要)|不确定|没写明|有关部门(?:里|可能)", text):
        return (Tier.POSSIBLE,)
    return ()


def topic(blanked: str) -> str:
    """What is left of a question once organisations and question words are taken away."""
    blanked = _ALTERNATIVE.sub("＿", blanked.rstrip("？?。"))
    kept = re.sub(
        r"第?[0-9零〇一二三四五六七八九十百]+[项条款]|第[0-9一二三四五六七八九十百]+(?=[、和及跟与]第)",
        "＿",
        LOCATES.sub("＿", blanked),
    )
    chunks = _BREAK.split(_PHRASES.sub("＿", kept))
    return "".join(_trimmed(chunk) for chunk in chunks)


def _trimmed(chunk: str) -> str:
    """``chunk`` without particles at its ends; 监管 and the like keep their last character."""
    kept = chunk.lstrip(_LEADING)
    return kept[: len(kept.rstrip(_TRAILING))] + ("管" if re.search(f"[监主分高包保]管[{_TRAILING}]*$", kept) else "")

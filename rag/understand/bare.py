"""Whether a question says what it is about, and how it reads once that is put in front."""

from __future__ import annotations

import re

PRONOUN = re.compile(
    r"(?:(?<!不)在|关于)?(?:它们?|他们|(?:该|此|本)(?:项|条|款)|(?:这|那)一?(?:项|条|款)(?:工作|任务|规定)?|(?:这|那)件?事(?!故)|"
    r"这个事|那个事|这个任务|上述|(?:上面|前面|刚才)(?:说的|提到的|列的|那[个项条些]|这些|的)?|此事|"
    r"(?:这|那)些|(?<!的)(?:这|那)个(?!人|文件|要点|通知|系统|规定|法)|其中|里面|里头|(?:该|这个)(?:单位|部门|专委会))"
    r"(?:里面?|中|当中|上)?"
)
NUMBER = (
    r"第[0-9零〇一二三四五六七八九十百]+(?:条(?:之[一二三四五六七八九])?(?:第[0-9一二三四五六七八九十]+款)?"
    r"(?:第[0-9一二三四五六七八九十]+项)?|项)"
)
_REFERENCE = re.compile(
    r"第[0-9零〇一二三四五六七八九十百]+(?:[项条款个点件]|大项)(?:之[一二三四五六七八九])?|最后一[项条个]"
)
_WANTED = re.compile(
    r"(?:我们?|咱们?|本)(?:局|单位|部门|委|办|县|区|市)|法律依据|依据|根据|法律法规|法律责任|法律|法规|法条|哪部法|出处|条文|规定|要求|什么时候|什么时间|时候|时间|何时|"
    r"完成|期限|时限|截止|截至|多久|多长时间|[一几]次|频次|频率|周期|到期|办结|(?:几|多少)个?(?:小时|工作日|天|日|月|年)|谁来|谁|牵头|领头|负责|分工|落实|督促|督办|"
    r"组织|开展|一起|共同|参与|配合|主管|监管|责任(?!险|制)|单位|部门|内容|原文|原句|原话|全文|怎么(?:说|写|讲|规定|办|罚|处罚|"
    r"处理|样|做|算|要求)|如何(?:处罚|处理|规定)|会?怎[么样](?:样)?|处罚|罚款|罚|违反|违规|后果|讲|说|写|提到|"
    r"最[少多低高]|至少|每个?(?:县|局|单位|部门|地方)|排(?:在)?第几|具体|详细|展开|详情|点名|直接|名单|在内|包括|算不算|涉及|为什么|为何|原因|制定|制订|公布|报送|上报|通报|实施|执行|"
    r"每(?:个)?(?:季度|月|年|周|天|半年)|半年|年底|季度|定期|[几多]少?[项个条款]|几|多少|一共|总共|任务(?!清单)|职责(?!清单)|"
    r"事项|工作(?!要点)|哪[一两二三四五六七八九十]+[项个条种类句]|哪些|哪[几个家项条里一]*|什么|啥|最后一[项条个]|年度|今年|有没有|是不是|是否|待确认|正文|成员|关系|"
    r"牵涉|相关|有关|安排|分别|意思|含义|关于|介绍|解释|举例|别的|其他的|其它的|方面|(?:工作)?要点(?:里面?|中)|文件(?:里面?|中)|"
    r"里面|里头|责任括号|括号|最后(?=哪|谁|由|是|怎)|还有|以及|另外|然后|接着|区别|不同|提出|看看|设在|我们|请问|一下"
)
_PARTICLES = re.compile(
    r"不|没有?|只|看|列|查|要|得|该|需|应|做|干|办|是|由|归|给|把|被|向|对|跟|和|与|有|在|中|里|上|下|的|了|呢|吗|么|吧|啊|呀|嘛|"
    r"那|这|它|他|她|们|也|都|就|还|再|又|能|可以|请|到|点|些|来|我|你|您|及|或|各|怎|一"
)
_BREAKS = re.compile(r"[的了呢吗么吧是要由归谁对都也]|有(?![限毒害色关])|在(?!建|线)|给|做")
_QUESTION = re.compile(
    r"(?:由|归|是)?(?:谁|哪[个些家](?:部门|单位|局|县)?)来?(?:牵头|负责|管|落实|督促|组织)?|(?:在|是)?(?:什么|啥)时[候间]|何时|多久|"
    r"(?:有|是)?(?:几|多少|什么|哪[一两二三四五六七八九十]+[项个条种类句]|哪些|哪几)个?(?:小时|工作日|天|日|月|年)?|[吗呢吧么]?[?？]|怎么[办样罚]?"
)
_NOISE = re.compile(r"[＿\s，。？?！!、；;：:“”\"'（）()《》·…]+")
_QUIET = re.compile(r"^[\s，,、。:：的]+|[\s。，,？?！!]+$")
_NOUN = re.compile(
    r"^(?:的)?((?:法律|法定)?依据|根据|出处|内容|原文|原句|全文|(?:完成|时间)?(?:期限|时限)|时间要求|频次|要求|后果|处罚|含义|意思|区别|不同)"
    r"(?:呢|是|是什么|有哪些|怎么说)?$"
)
_WHO = re.compile(r"^(?:的)?((?:牵头|责任|落实|督促|分工|配合|主管)(?:单位|部门))(?:呢|是)?$")
_VERB = re.compile(r"^(?:的)?(牵头|落实|督促|分工负责|负责|组织)(?:的)?呢?$")
_MORE = re.compile(r"^(?:还有(?:呢|吗|别的吗|其他的吗|没有|什么)?|然后呢?|接着呢?|别的呢|其他的呢)$")
_WHICH = re.compile(r"^(?:分别|都|具体|各)*(?:是|有)?(?:哪些|哪几[项个条]|什么)(?:项|任务)?(?:呢|啊)?$")


def rest(blanked: str) -> str:
    """What a question names itself: without organisations, references, pronouns and the words of asking."""
    kept = _REFERENCE.sub("", PRONOUN.sub("", blanked))
    return _NOISE.sub("", _PARTICLES.sub("", _WANTED.sub("", kept)))


def words_of(blanked: str) -> list[str]:
    """The same as the stretches that stand together, two characters or more."""
    kept = _REFERENCE.sub("＿", PRONOUN.sub("＿", blanked))
    return [part for part in _NOISE.split(_PARTICLES.sub("＿", _WANTED.sub("＿", kept))) if len(part) > 1]


def is_bare(blanked: str) -> bool:
    """Whether a question says what is wanted (依据, 什么时候完成, 谁) but not of what."""
    return len(rest(blanked)) < 2


def chunks(text: str) -> list[str]:
    """The stretches of ``text`` that say what it is about, in order."""
    kept = re.sub(r"《[^》]*》", "＿", re.sub(NUMBER, "＿", text))
    return [
        part
        for part in re.split(r"[＿\s，。？?！!、；;：:]+", _BREAKS.sub("＿", _WANTED.sub("＿", kept)))
        if len(part) > 1
    ]


def subject(text: str) -> str:
    """What an earlier question was about: its one topic, or all of it without the words of asking."""
    topics = chunks(text)
    if len(topics) < 2:
        return "".join(topics)
    return re.sub(r"[，,、]{2,}", "，", _QUIET.sub("", _QUESTION.sub("", text.replace("＿", ""))))


def attached(subject: str, text: str, *, kind: str) -> str:
    """``text`` as a question about ``subject``; ``kind`` is ``clause``, ``party`` or ``topic``."""
    wanted = _QUIET.sub("", PRONOUN.sub("", re.sub("只有(?:它们?|他们)", "只写这一个", text)))
    wanted = re.sub(r"(?<=.)呢$", "", wanted) if not _MORE.match(wanted) else wanted
    if not wanted or wanted in ("呢", "怎么样"):
        return subject + {"clause": "讲什么", "party": "要做什么", "topic": "怎么规定"}[kind]
    if _MORE.match(wanted):
        return subject + {"clause": "还有哪些要求", "party": "还有哪些任务", "topic": "还有哪些要求"}[kind]
    if _WHICH.match(wanted):
        return subject + {"clause": "具体内容是什么", "party": "有哪些任务", "topic": "具体有哪些"}[kind]
    if noun := _NOUN.match(wanted):
        return f"{subject}的{noun.group(1)}是什么"
    if who := _WHO.match(wanted):
        return f"{subject}的{who.group(1)}是哪个"
    if kind != "party" and (verb := _VERB.match(wanted)):
        return f"{subject}由谁{verb.group(1)}"
    if kind == "party" and wanted.endswith("的"):
        return f"{subject}{wanted}有哪些"
    return f"{subject}，{wanted}" if kind == "topic" and len(subject) > 8 else subject + wanted

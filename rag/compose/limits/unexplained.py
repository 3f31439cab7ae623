"""Terms and documents that the plan only names: asked for what is in them, the answer is that it does not say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.basis import Concept
from index.clean import fold
from index.model import Clause
from rag.citations import CitationBook
from rag.compose.draft import Draft, plain
from rag.compose.limits import refuse
from rag.library import Library
from rag.understand.reading import Reading

_RELATION = re.compile(
    r"谁|哪[个些家几]?(?:部门|单位|局|专委会|机关|主体)|归|由|牵头|督促|督办|分工|落实|负责|(?:哪|第几|几)一?[项条段处章]|在哪|提到|提过|提了|出现|"
    r"写[了在到进]|有没有|是否|吗|依据|法律|什么时候|何时|几月|期限|制定|修订|出台|推广|推进|推行|做什么|干什么|为什么|针对|发挥|宣传|活动"
)
"""Asks who, when, where or what is done about a thing: that the plan may say without explaining the thing."""

_CONTENTS = re.compile(
    r"内容|标准|条件|程序|流程|步骤|格式|口诀|包括|包含|认定|判定|指标|含义|意思|指(?!导|挥)|解释|(?:是|叫)(?:什么|啥)|哪(?:[0-9几一二两三四五六七八九十百])|"
    r"各(?:是|自)|分别|具体|逐|列|背|念|怎么(?!落实|推|抓|要求|处理|办|查|整|治|管|防|弄|应对|对付)|评选|报名|扣|加分|讲|写的|规定|长什么样|"
    r"多少|几(?:次|分|个|样|类|种)|都(?:有|是|要)|有(?:哪些|什么|啥)|比什么|什么情况|什么[?？]?$|哪些|[0-9一二两三四五六七八九十]类|签"
)

_NAMED_DOCUMENT = re.compile(
    r"[\u4e00-\u9fff+“”]{2,24}?(?:暂行规定|实施细则|评估细则|工作细则|实施办法|考核办法|约谈办法|暂行办法|管理办法|评定方案|指导意见|重要论述|二十大|党代会精神|重要讲话精神|"
    r"行动计划|安全规划|责任清单|教育片|专题片|工作措施)"
)

_ASKS_INSIDE = re.compile(
    r"里|内容|讲|说的?|写的?|规定|哪些|哪几|什么|怎么|第[0-9一二三四五六七八九十百]+条|分|标准|程序|目标|数字|主要|有几|任务|职责"
)

_MAKES_IT = re.compile(
    r"谁|哪[个些](?:部门|单位|局|专委会)|由|归|牵头|制定|修订(?![稿版本后])|制作|出台|落实|抓|提到|提了|哪一?项|第几项|要求|依据|吗"
)

_WHICH_ARE = re.compile(
    r"是哪[0-9几一二两三四五六七八九十百](?!家|方|级|个?(?:部门|单位|局|县|委员会|专委会|主体))|哪[0-9一二两三四五六七八九十百]|各是|分别(?:是|指)|含义|意思|逐[个条项]|解释|具体(?:是|有|内容|指|包括)|"
    r"怎么签|咋签|谁签|签什么|是什么|是啥|口诀|背|念|程序|流程|条件|评选|认定|包含|包括|[0-9一二两三四五六七八九十]类|清单|怎么(?:搞|做|改|登|走|判|认)"
)

_SURELY = re.compile(
    r"＿[的里中]{0,2}第[0-9一二三四五六七八九十]+[条项个点]|＿.{0,8}(?:各是|各指|分别(?:是|指)|口诀|背一|含义|意思|逐[个条项]|程序|流程|条件|评选|怎么认定|指标)|(?:什么|哪些)(?:情况|情形|条件)(?:下|会|要|可以|才)?＿"
)

_NUMERALS = re.compile(r"[一二两三四五六七八九十]|[0-9]+")
_ASKS_WHERE = re.compile(r"哪[些几]?个?(?:行业|领域|场所|地方|企业|单位|部门|行当)|哪[里儿段]|什么地方")
_WHO_OR_WHERE = r"(?:局|部门|单位|县|领导|政府|委|专委|主体|家|方|级|地方|行当|行业|领域|场所|一?项|一?条)"
_ITSELF = re.compile(
    r"＿[，,]?是?哪＿|＿[^。？?谁]{0,12}(?:一条一条|逐条|逐个|全称|补全|展开|full|list|要全)|＿(?:到底|究竟)?是?[超防禁清减优](?:什么|哪)|"
    r"＿[^，。？?谁]{0,8}(?:全|都|逐[个项条]|挨个|一一)?(?:列|背|念|数|报|贴|晒|亮)(?:一下|出来|上来|全|给|一遍|一列)|"
    rf"＿(?:(?!要|完善|落实|推|建立|加强|整治|开展|涉及|针对|用)[^，。？?谁]){{0,10}}"
    rf"(?:哪[0-9一二两三四五六七八九十几](?![几个些]*{_WHO_OR_WHERE})[个项条样件种类]?|"
    rf"(?:各|都|分别)?(?:是|叫|指)(?:的是)?(?:什么(?!部门|单位|时候)|哪(?![几个些家]*{_WHO_OR_WHERE}))|含义|意思|"
    r"(?:清单|名单|名录|目录|全文|明细|表)(?:能不能)?(?:发|给|是|有|在哪|列|贴|[？?]|$)|减(?:的)?什么|优(?:的)?什么)|"
    r"＿[，,]?[^，。？?]{0,4}里面?的?[^，。？?]{1,4}(?:是|指)"
)
"""What a term itself is or consists of, whatever stands before it."""

_PART_OF = re.compile(
    r"(?:[“\"]|(?<=[，,、；又的里和]))([0-9A-Za-z\u4e00-\u9fff+]{1,4})[”\"]?(?:又|都|分别|各)*"
    r"(?:各?对应|代表|是指|指的是|是|有|指|禁|防|超|清)[^，。？?]{0,3}(?:什么|哪)"
)
_QUOTED = re.compile(r"[“\"]([^”\"]{2,12})[”\"]")

TERM = "term"
"""The rule of a refusal that is beyond doubt: the parts of a name that nothing spells out."""

COMES_OUT = re.compile(
    r"(?:什么时候|哪一?年|哪一?天|何时|几号|几月)[^，。？?]{0,4}(?:出台|印发|发布|施行|实施|生效|公布)"
)

_ASKING = re.compile(
    r"什么|哪些?|怎么|怎样|如何|多少|几|具体|到底|究竟|都|有|是|要|的|里|中|请|问|给我|一下|内容|标准|包括|包含|要求|解释|活动|工作|制度|行动|"
    r"规定|分别|各|列|指|[0-9一二两三四五六七八九十]|[?？＿，。]"
)


def unexplained(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """Terms and documents that the plan only names, asked for what is in them."""
    term = next((c for c in reading.concepts[:1] if not c.spelled_out and not _is_party(library, c)), None)
    part = _QUOTED.search(reading.text)
    if term is None and part and not reading.concepts:
        term = next((c for c in library.concepts if not c.spelled_out and part.group(1) in c.name), None)
    if term:
        clauses = [c for ref in term.clauses if (c := library.clause(ref.document, ref.clause))]
        if _asks_contents(reading, _said_form(term, reading.text), clauses):
            lead = f"收录的文件只提到“{term.name}”，没有展开说明它的具体内容，无法回答。"
            refusal = refuse.not_held(library, book, reading, lead, clauses)
            return replace(refusal, rule=TERM) if _asks_parts(reading.text, term) else refusal
    for match in _NAMED_DOCUMENT.finditer(reading.text):
        rest = reading.text[match.end() :]
        if reading.documents or not (_ASKS_INSIDE.search(rest) or COMES_OUT.search(reading.text)):
            continue
        name = longest_said(match.group(), library.plan.text)
        made = _MAKES_IT.search(reading.text.replace(match.group(), "")) and not COMES_OUT.search(reading.text)
        if len(name) >= 4 and not made:
            lead = f"文件只提到“{plain(name)}”，没有收录它的内容，无法回答。"
            return refuse.not_held(library, book, reading, lead, naming(library, name))
    return None


def _asks_parts(text: str, term: Concept) -> bool:
    """Whether the parts of the name itself are asked for (哪一优哪三减): no other clause can tell them."""
    name = _said_form(term, text)
    rest = _bare(text).replace(name, "＿")
    counted = {f"哪{number}" in rest for number in _NUMERALS.findall(name)}
    return counted == {True} or _asks_part(text, name)


def _is_party(library: Library, concept: Concept) -> bool:
    """Terms that are parties themselves (专委会) are answered from the register."""
    return library.register.canonical(concept.name) is not None


def longest_said(words: str, text: str) -> str:
    """The longest tail of ``words`` that ``text`` contains."""
    return next((words[at:] for at in range(len(words)) if words[at:] in text), "")


def _bare(text: str) -> str:
    return re.sub(r"[\"'“”、,，\s·-]", "", fold(text))


def _said_form(concept: Concept, text: str) -> str:
    """The form of the term that ``text`` has; what it quotes where it has only a part."""
    said = [form for form in _forms(concept) if form in _bare(text)]
    quoted = _QUOTED.search(text)
    return max(said, key=len, default=quoted.group(1) if quoted else concept.name)


def _forms(concept: Concept) -> list[str]:
    return [_bare(form) for form in (concept.name, *concept.aliases)]


def _asks_contents(reading: Reading, name: str, clauses: Sequence[Clause]) -> bool:
    """What the term consists of is asked: not who does it or how often, and no word beside it that its clause has."""
    rest = _bare(reading.text).replace(name, "＿")
    if _ASKS_WHERE.search(rest):
        return False
    if any(f"哪{number}" in rest for number in _NUMERALS.findall(name)):
        return True
    if _SURELY.search(rest) or _ITSELF.search(rest) or _asks_part(reading.text, name):
        return True
    if not _CONTENTS.search(rest) and len(rest) > 4:
        return False
    beside = [pair for pair in _pairs(rest) if any(pair in clause.text for clause in clauses)]
    direct = re.search(
        r"(?:＿(?:的|里的?|中的?|是指?|指的?是?|都|各|分别|具体|活动|工作|行动|专项整治|制度|场所|工地|作业|执法|检查|要|怎么|到底|究竟){0,4}(?:"
        + _CONTENTS.pattern
        + r"))|(?:什么(?:是|叫)|啥(?:是|叫)|解释|哪些|哪几)[^，。]{0,6}＿",
        rest,
    )
    if _RELATION.search(rest) and not _WHICH_ARE.search(rest):
        return False
    return bool(direct) or not beside


def _asks_part(text: str, name: str) -> bool:
    """What a quoted part of the name stands for: “十有”有哪些, X是什么."""
    parts = [re.split("[和与跟]", said) for said in _PART_OF.findall(text)]
    return any(all(part in name for part in said) and said != [name] for said in parts)


def _pairs(text: str) -> list[str]:
    """Pairs of characters that carry meaning: none of question words."""
    words = _ASKING.sub("＿", text)
    return [words[at : at + 2] for at in range(len(words) - 1) if "＿" not in words[at : at + 2]]


def naming(library: Library, title: str) -> list[Clause]:
    return [c for c in library.items(library.plan.id) if title in c.text][:1]

"""What the documents do not hold: other years and places, facts of the world, unexplained terms, missing clauses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.basis import Concept
from index.clean import fold
from index.model import Clause, Family, Kind
from index.numerals import to_int
from rag.citations import CitationBook
from rag.compose import refuse
from rag.compose.draft import Draft, plain
from rag.library import Library
from rag.model import Reason
from rag.retrieve import Search
from rag.understand.ask import Intent
from rag.understand.reading import Reading
from rag.understand.references import RULES, Reference
from rag.understand.scope import Fact

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
    r"谁|哪[个些](?:部门|单位|局|专委会)|由|归|牵头|制定|修订|制作|出台|落实|抓|提到|提了|哪一?项|第几项|要求|依据|吗"
)
_CHAPTER = re.compile(r"第(?P<n>[0-9一二三四五六七八九十]{1,3})(?:大)?(?P<unit>章|部分|方面|大块)")
_HEADING = re.compile(r"^(?:第)?([0-9一二三四五六七八九十]+)(?:章|、)")
_SHORT_YEAR = re.compile(r"(?<![0-9年第])([12][0-9])年?(?:年|年度|度)的?(?!以上|以下|内)")
_FIVE_YEARS = re.compile(
    r"十(?:一|二|三|五|六)五(?:期间|规划|时期|$)?|(?<![0-9])(?:前|近|这)[两二三几五]年(?!来|内|之)|过去[几两三]年"
)
_BEFORE_LAST = re.compile(r"前年|上一?年度|上年")
_LOWER = re.compile(
    r"(?:县|区|市|乡|镇|街道)(?:里|本级|级)?(?:自己|自行|单独|另外)(?:印发|制定|出台|发|印|搞)的|"
    r"[\u4e00-\u9fff]{2,3}[县区市](?:自己|本级|印发|出台|制定)的?[^，。？?]{0,6}(?:要点|方案|通知|办法|细则|文件)"
)
_ELSEWHERE = re.compile(
    r"(?:隔壁|邻近|相邻|周边|别的|其他|其它|外面|兄弟)(?:的)?(?:几个)?(?:地市|市(?!场|政)|城市|省|设区市|地区|县市)|外省|外市|兄弟市|邻市|邻省"
)
_ABOVE = re.compile(
    r"(?:国务院|中央|全国|国家|应急管理部|部里)[^，。？?]{0,6}(?:今年|本年|2023|工作要点|部署)|"
    r"(?:江西省|全省|省里|省安委[会办]|省应急[^，。？?]{0,4}|省安全生产委员会|省[\u4e00-\u9fff]{1,4}厅|国务院安委[会办])"
    r"[^，。？?]{0,10}(?:今年|本年|2023|工作要点|任务|部署|分工|清单|牵头)|省[\u4e00-\u9fff]{1,4}厅[^，。？?]{0,4}(?:要)?(?:做|干)(?:什么|啥|哪)"
)
_TOWN = re.compile(
    r"(?<![\u4e00-\u9fff])(?![哪几各每某乡全城村小本所多这那两]|我们|你们|咱们|应急|试点)[\u4e00-\u9fff]{2,3}(?<![个些到的在哪向对是由于和及县市])(?:镇(?!长)|乡(?!镇|长|村))(?:的|今年|要|有|政府|人民)"
)
_WHICH_ARE = re.compile(
    r"是哪[0-9几一二两三四五六七八九十百]|哪[0-9一二两三四五六七八九十百]|各是|分别(?:是|指)|含义|意思|逐[个条项]|解释|具体(?:是|有|内容|指|包括)|"
    r"怎么签|咋签|谁签|签什么|是什么|是啥|口诀|背|念|程序|流程|条件|评选|认定|包含|包括|[0-9一二两三四五六七八九十]类|清单|怎么(?:搞|做|改|登|走|判|认)"
)
_SURELY = re.compile(
    r"＿[的里中]{0,2}第[0-9一二三四五六七八九十]+[条项个点]|＿.{0,8}(?:各是|各指|分别(?:是|指)|口诀|背一|含义|意思|逐[个条项]|程序|流程|条件|评选|怎么认定|指标)|(?:什么|哪些)(?:情况|情形|条件)(?:下|会|要|可以|才)?＿"
)
_ITSELF = re.compile(
    r"＿[，,]?是?哪＿|＿[^，。？?谁]{0,10}(?:哪[0-9一二两三四五六七八九十几](?!家|方|级|个?(?:部门|单位|局|县|领导|委员会|专委会|主体))[个项条样件种类]?|(?:各|都|分别)?(?:是|叫|指)(?:的是)?(?:什么|哪)|含义|意思|"
    r"(?:清单|名单|名录|目录|全文|明细|表)(?:发|给|是|有|在哪|列|[？?]|$)|减(?:的)?什么|优(?:的)?什么)|＿[，,]?[^，。？?]{0,4}里面?的?[^，。？?]{1,4}(?:是|指)"
)
"""What a term itself is or consists of, whatever stands before it."""
_QUOTED = re.compile(r"[“\"]([^”\"]{2,12})[”\"]")
_ATTRIBUTE = re.compile(
    r"(?<![\u4e00-\u9fff]的)(程序|流程|步骤|分值|口诀|指标|评选|加分|扣分|清单|目标值|验收|细则|比例|额度|频次|面积|长度|型号|编号|样式|时长)"
    r"(?:是|有|怎么|为|要|都|具体|分别)*(?:什么|啥|哪些|怎么走|多少|几|如何)"
)
"""A property of a thing; where the nearest clause does not know the word, it does not tell it."""
_COMES_OUT = re.compile(
    r"(?:什么时候|哪一?年|哪一?天|何时|几号|几月)[^，。？?]{0,4}(?:出台|印发|发布|施行|实施|生效|公布)"
)
_TELLS_YEARS = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_ASKING = re.compile(
    r"什么|哪些?|怎么|怎样|如何|多少|几|具体|到底|究竟|都|有|是|要|的|里|中|请|问|给我|一下|内容|标准|包括|包含|要求|解释|活动|工作|制度|行动|"
    r"规定|分别|各|列|指|[0-9一二两三四五六七八九十]|[?？＿，。]"
)
_MEANS_PLAN = re.compile(r"要点|任务|计划|清单|干什么|干啥|做什么|部门|单位|牵头|局|要干|考核|巡查|部署|目标")
_SPEAKS_OF_YEARS = re.compile(r"专项巡查|巡查")
_YEAR_OF_PLAN = re.compile(
    r"(?:19|20)\d{2}年?(?:度)?(?:的|那份|那个|版|安全生产)*(?:工作)?(?:要点|文件|计划|任务|工作|清单|通知|"
    r"职责|第)"
)


def beyond(library: Library, book: CitationBook, reading: Reading, search: Search) -> Draft | None:
    """A refusal where the question asks for what these documents cannot hold; ``None`` otherwise."""
    title = library.plan.title
    said = "" if reading.intent is Intent.DOCUMENTS else _other_years(library, reading)
    if said:
        return refuse.not_held(
            library, book, reading, f"没有收录{said}的工作要点；这里只有《{title}》，不能用它回答其他年份的问题。", []
        )
    place = reading.place or _other_place(library, reading)
    if place:
        lead = f"没有收录{plain(place)}的文件；这里只有《{title}》和国家法律等，不能用它们回答外地的问题。"
        return refuse.not_held(library, book, reading, lead, [])
    if reading.unknown_title and not _only_names(library, reading):
        near = _naming(library, reading.unknown_title)
        also = "文件中只提到它的名称。" if near else ""
        lead = f"没有收录《{plain(reading.unknown_title)}》的内容，无法回答。{also}"
        return refuse.not_held(library, book, reading, lead, near)
    timed = reading.scope.fact is Fact.PROGRESS and reading.intent in (Intent.FREQUENCY, Intent.DEADLINE)
    if reading.scope.fact and not timed and not _answers_fact(reading):
        lead = f"文件没有写明{reading.scope.fact.value}，无法回答。"
        return refuse.not_held(library, book, reading, lead, _near(library, reading, search))
    return _unexplained(library, book, reading) or _lacks_attribute(library, book, reading, search)


def _lacks_attribute(library: Library, book: CitationBook, reading: Reading, search: Search) -> Draft | None:
    """程序、指标、清单 of a thing in the plan, where the nearest item does not have the word at all."""
    asked = _ATTRIBUTE.search(reading.text)
    if not asked or reading.documents or reading.references or reading.parties:
        return None
    near = _near(library, reading, search)
    if not near or asked.group(1) in near[0].text or search(reading.text, 1)[0].document != library.plan.id:
        return None
    lead = f"文件没有写明{asked.group(1)}，无法回答。"
    return refuse.not_held(library, book, reading, lead, near)


def _unexplained(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """Terms and documents that the plan only names, asked for what is in them."""
    term = next((c for c in reading.concepts[:1] if not c.spelled_out and not _is_party(library, c)), None)
    part = _QUOTED.search(reading.text)
    if term is None and part and not reading.concepts:
        term = next((c for c in library.concepts if not c.spelled_out and part.group(1) in c.name), None)
    if term:
        clauses = [c for ref in term.clauses if (c := library.clause(ref.document, ref.clause))]
        if _asks_contents(reading, _said_form(term, reading.text), clauses):
            lead = f"收录的文件只提到“{term.name}”，没有展开说明它的具体内容，无法回答。"
            return refuse.not_held(library, book, reading, lead, clauses)
    for match in _NAMED_DOCUMENT.finditer(reading.text):
        rest = reading.text[match.end() :]
        if reading.documents or not (_ASKS_INSIDE.search(rest) or _COMES_OUT.search(reading.text)):
            continue
        name = _longest_said(match.group(), library.plan.text)
        made = _MAKES_IT.search(reading.text.replace(match.group(), "")) and not _COMES_OUT.search(reading.text)
        if len(name) >= 4 and not made:
            lead = f"文件只提到“{plain(name)}”，没有收录它的内容，无法回答。"
            return refuse.not_held(library, book, reading, lead, _naming(library, name))
    return None


def missing_note(library: Library, reading: Reading) -> str:
    """What to say before an answer that leaves out clauses that do not exist; empty where all exist."""
    missing = [r.words for r in reading.references if r.kind != "paragraph" and not _exists(library, r)]
    return f"没有{'、'.join(plain(words) for words in missing)}，下面只答其余的。" if missing else ""


def _exists(library: Library, reference: Reference) -> bool:
    document = library.plan.id if reference.kind == "item" else reference.document
    if reference.kind == "paragraph" or document is None:
        return reference.kind != "paragraph"
    if library.clause(document, reference.number) is None:
        return False
    part = reference.paragraph or reference.subitem
    top = library.clauses(document)[reference.number]
    title = library.infos[document].short_title
    found = library.clause(document, reference.clause) is not None
    return not part or found or not _missing_part(library, top, reference, title)


def missing_clause(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """A refusal where the question names only clauses that do not exist; ``None`` otherwise."""
    if any(_exists(library, reference) for reference in reading.references):
        return None
    for reference in reading.references:
        document = library.plan.id if reference.kind == "item" else reference.document
        if reference.kind == "paragraph" and [r.kind for r in reading.references] == ["item", "paragraph"]:
            words = plain(reading.references[0].words + reference.words)
            lead = f"《{library.infos[library.plan.id].short_title}》的各项不分款，没有{words}。"
            clause = library.clause(library.plan.id, reading.references[0].number)
            return refuse.not_held(library, book, reading, lead, [clause] if clause else [])
        if reference.kind == "paragraph" or document is None:
            continue
        top = library.clause(document, reference.number)
        info = library.infos[document]
        if top is None:
            clauses = [c for c in library.clauses(document).values() if c.id == c.top and c.id[:1].isdigit()]
            unit = "项" if info.family is Family.WORK_PLAN else "条"
            extent = (
                f"它只有第{clauses[0].id}{unit}至第{clauses[-1].id}{unit}，共{len(clauses)}{unit}" if clauses else ""
            )
            lead = f"《{info.short_title}》没有{plain(reference.words)}：{extent}。"
            return Draft(lead, reason=Reason.NOT_IN_DOCUMENT)
        if (reference.paragraph or reference.subitem) and library.clause(document, reference.clause) is None:
            lead = _missing_part(library, top, reference, info.short_title)
            if lead:
                return refuse.not_held(library, book, reading, lead, [top])
    return _missing_chapter(library, reading)


def _missing_chapter(library: Library, reading: Reading) -> Draft | None:
    """第八章 of a law with seven chapters, 第七部分 of a plan with six parts."""
    match = _CHAPTER.search(reading.text)
    if not match or not match["n"]:
        return None
    law = match["unit"] == "章"
    document = next((id for id in reading.documents if (id != library.plan.id) == law), None)
    if document is None and law:
        return None
    document = document or library.plan.id
    headings = [h for c in library.clauses(document).values() for h in c.path]
    numbers = {to_int(found.group(1)) for h in headings if (found := _HEADING.match(h))}
    if not numbers or to_int(match["n"]) in numbers:
        return None
    title = library.infos[document].short_title
    lead = f"《{title}》没有{plain(match.group())}：它共{max(numbers)}{match['unit'] if law else '个部分'}。"
    return Draft(lead, reason=Reason.NOT_IN_DOCUMENT)


def _is_party(library: Library, concept: Concept) -> bool:
    """Terms that are parties themselves (专委会) are answered from the register."""
    return library.register.canonical(concept.name) is not None


def _missing_part(library: Library, top: Clause, reference: Reference, title: str) -> str:
    """Which 款 or 项 is missing; empty where an article of one 款 was asked for its first."""
    paragraphs = [c for c in library.parts(top) if c.kind is Kind.PARAGRAPH]
    if reference.paragraph and reference.paragraph > max(len(paragraphs), 1):
        return f"《{title}》{top.label}共{max(len(paragraphs), 1)}款，没有第{reference.paragraph}款。"
    if not reference.subitem:
        return ""
    holders = paragraphs[reference.paragraph - 1 : reference.paragraph] if reference.paragraph else paragraphs
    subitems = [c for c in library.clauses(top.document).values() if c.top == top.id and c.kind is Kind.SUBITEM]
    count = len([c for c in subitems if not holders or any(c.parent == h.id for h in holders)])
    if count >= reference.subitem:
        return ""
    return f"《{title}》{top.label}" + (f"只有{count}项" if count else "没有分项") + f"，没有第{reference.subitem}项。"


def _about_plan(library: Library, reading: Reading) -> bool:
    """Whether the year matters: not a law's year of amendment, not a year the plan speaks of."""
    laws = [id for id in reading.documents if library.infos[id].family is not Family.WORK_PLAN]
    if laws or (not _MEANS_PLAN.search(reading.text) and _in_story(library, reading)):
        return False
    mentioned = all(str(year) in library.plan.text for year in reading.years)
    return not mentioned or bool(_YEAR_OF_PLAN.search(reading.text)) or not _SPEAKS_OF_YEARS.search(reading.text)


def _in_story(library: Library, reading: Reading) -> bool:
    """A year in the telling of a case (去年被追责的副县长能不能提拔), or the year of a regulation held here."""
    said = _TELLS_YEARS.findall(reading.text)
    if not said:
        return reading.scope.norm and bool(re.search(r"[，,]|(?:去年|前年)[^，。]{0,10}的", reading.text))
    return RULES in library and all(library.document(RULES).published.startswith(year) for year in said)


def _other_years(library: Library, reading: Reading) -> str:
    """The years meant that the plan is not of, in words; empty where there is none."""
    years = [f"{year}年" for year in reading.years] if reading.years and _about_plan(library, reading) else []
    laws = [id for id in reading.documents if library.infos[id].family is not Family.WORK_PLAN]
    if years or laws:
        return "、".join(years)
    this = library.plan.published[2:4]
    said = [m.group(1) for m in _SHORT_YEAR.finditer(reading.text) if m.group(1) != this]
    if said and _MEANS_PLAN.search(reading.text):
        return "、".join(f"20{year}年" for year in said)
    term = _FIVE_YEARS.search(reading.text) or _BEFORE_LAST.search(reading.text)
    return term.group() if term else ""


def _other_place(library: Library, reading: Reading) -> str:
    """Another city, the province or the state as if they were under this plan, or a town it does not name."""
    if reading.documents and library.plan.id not in reading.documents:
        return ""
    for pattern in (_ELSEWHERE, _ABOVE, _LOWER, _TOWN):
        found = pattern.search(reading.text)
        if found and found.group() not in library.plan.text:
            return re.sub(
                r"(?:今年|本年|2023|工作要点|任务|部署|分工|清单|牵头|要|做|干|的|什么|啥|哪)+$", "", found.group()
            )
    return ""


def _only_names(library: Library, reading: Reading) -> bool:
    """Who makes a regulation that the plan itself asks for, or where it says so: the plan answers that."""
    title = reading.unknown_title or ""
    rest = reading.text.replace(title, "")
    return (
        len(_longest_said(title, library.plan.text)) >= 4
        and not _COMES_OUT.search(rest)
        and not re.search(
            r"第[0-9一二三四五六七八九十百]+条|里|内容|规定|主要|讲|说|写|曝光|哪些|什么|几集|多长|哪几", rest
        )
    )


def _longest_said(words: str, text: str) -> str:
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
    if _SURELY.search(rest):
        return True
    if not _CONTENTS.search(rest) and len(rest) > 4:
        return False
    if _ITSELF.search(rest):
        return True
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


def _pairs(text: str) -> list[str]:
    """Pairs of characters that carry meaning: none of question words."""
    words = _ASKING.sub("＿", text)
    return [words[at : at + 2] for at in range(len(words) - 1) if "＿" not in words[at : at + 2]]


def _answers_fact(reading: Reading) -> bool:
    """Money and the like are answered where a law is asked (罚多少钱)."""
    return bool(reading.documents and reading.references)


def _naming(library: Library, title: str) -> list[Clause]:
    return [c for c in library.items(library.plan.id) if title in c.text][:1]


def _near(library: Library, reading: Reading, search: Search) -> list[Clause]:
    hits = search(reading.text, 1, documents=[library.plan.id])
    return [library.clauses(h.document)[h.clause] for h in hits if h.cosine >= 0.88 or h.cosine == 0.0]

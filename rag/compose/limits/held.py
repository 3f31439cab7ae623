"""What the documents do not hold: other years and places, facts of the world, unexplained terms, missing clauses."""

from __future__ import annotations

import re
from dataclasses import replace

from index.model import Clause, Family, Kind
from index.numerals import to_int
from rag.citations import CitationBook
from rag.compose.draft import Draft, plain
from rag.compose.limits import refuse
from rag.compose.limits.invented import invented
from rag.compose.limits.unexplained import COMES_OUT, longest_said, naming, unexplained
from rag.compose.limits.years import other_years
from rag.compose.literal import names_assigned
from rag.library import Library
from rag.model import Reason
from rag.retrieve import Search
from rag.understand.ask import Intent
from rag.understand.intents import ASKS_NUMBER
from rag.understand.reading import Reading
from rag.understand.references import RULES, Reference
from rag.understand.scope import Fact

_CHAPTER = re.compile(r"第(?P<n>[0-9一二三四五六七八九十]{1,3})(?:大)?(?P<unit>章|部分|方面|大块)")
_CHAPTER_ARTICLE = re.compile(r"第[0-9一二三四五六七八九十]{1,3}章[^，。？?]{0,4}第[0-9一二三四五六七八九十]+条")
_UNDER_RULES = re.compile(
    r"实施(?:细则|办法)[^，。？?]{0,6}(?:第|里|中|内容|怎么|全文|写|说|讲|规定)|实施(?:细则|办法)，[^，。？?]{0,4}第"
)
"""What stands in the local rules that carry the regulation out, which are not held."""
_HEADING = re.compile(r"^(?:第)?([0-9一二三四五六七八九十]+)(?:章|、)")
_LOWER = re.compile(
    r"(?:县|区|市|乡|镇|街道)(?:里|本级|级)?(?:自己|自行|单独|另外)(?:印发|制定|出台|发|印|搞)的|"
    r"(?:[县区镇乡](?:里|本级|一级)|市里?自己)的?[^，。？?]{0,12}(?:要点|方案|清单|办法|细则|文件|通知|任务)|(?:镇|乡|村|街道)一级|"
    r"(?:我市|本市)[^，。？?]{0,12}预案(?:里|中|第|规定)|(?:局|办|县|区|镇|乡)自己的?[^，。？?]{0,4}(?:工作)?(?:计划|方案|清单|办法|文件)|"
    r"(?<![\u4e00-\u9fff])(?:我们?|咱们?)[\u4e00-\u9fff]{2,3}(?:镇|乡|街道)|(?:县|区|市|镇|乡|局)(?:的)?(?:领导|政府|党委)?的?(?:安全生产)?(?:职责清单|任务清单|责任清单)(?:里|中|上)|[县区市]自己的?[^，。？?]{0,12}(?:要点|方案|清单|办法|细则|文件|通知)|"
    r"[\u4e00-\u9fff]{2,3}[县区市](?:自己|本级|印发|出台|制定)的?[^，。？?]{0,6}(?:要点|方案|通知|办法|细则|文件)"
)
_OTHER_PAPER = re.compile(r"(?P<subject>[0-9\u4e00-\u9fff]{2,14})工作要点")
_ITS_SUBJECT = re.compile(
    r"安全|生产|[年度份个里的内按照据看查照于到在把将对从下]$|这|那|本|什么|哪|几|整|全|谁|问|市$|版$|印发|文件"
)
_OLD_LAW = re.compile(
    r"(?:旧|老|原来|以前|过去|上一)的?(?:版|版本|安全生产法|安法|法)|(?P<year>(?:19|20)\d{2})年?(?:那|的)?(?:一)?版"
)
"""An earlier version of a law; only the one in force is held."""
_ELSEWHERE = re.compile(
    r"(?:他们|人家|别人)的?(?:[省市县]里?|那边)|(?:隔壁|邻近|相邻|周边|别的|其他|其它|外面|兄弟)(?:的)?(?:几个)?(?:地市|市(?!场|政)|城市|省|设区市|地区|县市)|外省|外市|兄弟市|邻市|邻省"
)
_ABOVE = re.compile(
    r"(?:国务院|中央|全国|国家|应急管理部|部里)[^，。？?]{0,6}(?:今年|本年|2023|工作要点|部署)|"
    r"(?:江西省|全省|省里|省安委[会办]|省应急[^，。？?]{0,4}|省安全生产委员会|省[\u4e00-\u9fff]{1,4}厅|国务院安委[会办])"
    r"[^，。？?]{0,10}(?:今年|本年|2023|工作要点|任务|部署|分工|清单|牵头)|省[\u4e00-\u9fff]{1,4}厅[^，。？?]{0,4}(?:要)?(?:做|干)(?:什么|啥|哪)|"
    r"省(?:安委[会办]|安全生产委员会|[\u4e00-\u9fff]{2,4}厅)(?:那边|那里|那头|最近|又)?(?:要求|规定|通知|布置|定的?|发的?|下发)(?!在|怎么落实|如何落实)"
)
_TOWN = re.compile(
    r"(?<![\u4e00-\u9fff])(?![哪几各每某乡全城村小本所多这那两]|我在|我们|你们|咱们|应急|试点)[\u4e00-\u9fff]{2,3}(?<![个些到的在哪向对是由于和及县市])(?:镇(?!长)|乡(?!镇|长|村))(?:的|今年|要|有|政府|人民)"
)
_ATTRIBUTE = re.compile(
    r"(?<![\u4e00-\u9fff]的)(程序|流程|步骤|分值|口诀|指标|评选|加分|扣分|清单|目标值|验收|细则|比例|额度|频次|面积|长度|型号|编号|样式|时长)"
    r"(?:是|有|怎么|为|要|都|具体|分别)*(?:什么|啥|哪些|怎么走|多少|几|如何)"
)
_VALUE = re.compile(
    r"的([\u4e00-\u9fff]{2,6}?)(?:一般|应该?|大概|最[高低多少]|上限|下限)*(?:是|为|设|定|要)(?:到|在)?(?:多少|几)(?!项|条|个部门|个月)"
)
"""A property of a thing; where the nearest clause does not know the word, it does not tell it."""
_DONE = re.compile(r"完成|整改|办结|查|落实|推进|进展")
_IN_FULL = re.compile(r"(?:完整|原)(?:的)?[一那]?(?:句|话)|哪几个字|整句")
"""Asks for the words as they stand, not for what they mean."""


def beyond(library: Library, book: CitationBook, reading: Reading, search: Search) -> Draft | None:
    """A refusal where the question asks for what these documents cannot hold, with its rule; ``None`` otherwise."""
    for rule, refusal in (
        ("other_scope", _other_scope),
        ("invented", invented),
        ("title", _other_title),
        ("fact", _world_fact),
        ("unexplained", _unexplained),
        ("attribute", _lacks_attribute),
    ):
        draft = refusal(library, book, reading, search)
        if draft:
            return replace(draft, rule=draft.rule or rule)
    return None


def names_above(text: str) -> bool:
    """Whether what an organ above the municipality demands is asked for."""
    return bool(_ABOVE.search(text))


def _other_scope(library: Library, book: CitationBook, reading: Reading, search: Search) -> Draft | None:
    """Other years, papers, places, and versions of a law."""
    title = library.plan.title
    said = other_years(library, reading)
    if said:
        return refuse.not_held(
            library, book, reading, f"没有收录{said}的工作要点；这里只有《{title}》，不能用它回答其他年份的问题。", []
        )
    if RULES in reading.documents and _UNDER_RULES.search(reading.text):
        lead = "没有收录该规定的实施细则（实施办法），无法回答其中的内容；这里只有规定本身。"
        return refuse.not_held(library, book, reading, lead, [])
    old = _OLD_LAW.search(reading.text)
    if old and any(library.infos[id].family is not Family.WORK_PLAN for id in reading.documents):
        held = [library.document(id).published[:4] for id in reading.documents]
        if old["year"] not in held:
            lead = f"只收录现行文本，没有收录{plain(old.group())}，无法回答旧条文的问题。"
            return refuse.not_held(library, book, reading, lead, [])
    other = _other_paper(reading)
    if other:
        lead = f"没有收录“{plain(other)}”；这里的工作要点只有《{title}》。"
        return refuse.not_held(library, book, reading, lead, [])
    place = reading.place or _other_place(library, reading)
    if place:
        lead = f"没有收录{plain(place)}的文件；这里只有《{title}》和国家法律等，不能用它们回答外地的问题。"
        return refuse.not_held(library, book, reading, lead, [])
    return None


def _other_title(library: Library, book: CitationBook, reading: Reading, search: Search) -> Draft | None:
    if reading.unknown_title and not _of_rules(reading) and not _only_names(library, reading):
        near = naming(library, reading.unknown_title)
        also = "文件中只提到它的名称。" if near else ""
        lead = f"没有收录《{plain(reading.unknown_title)}》的内容，无法回答。{also}"
        return refuse.not_held(library, book, reading, lead, near)
    return None


def _world_fact(library: Library, book: CitationBook, reading: Reading, search: Search) -> Draft | None:
    if reading.scope.fact is Fact.ROSTER and names_assigned(library, reading):
        return None
    timed = reading.scope.fact is Fact.PROGRESS and reading.intent in (Intent.FREQUENCY, Intent.DEADLINE)
    if reading.scope.fact and not timed and not _answers_fact(reading):
        lead = f"文件没有写明{reading.scope.fact.value}，无法回答。"
        return refuse.not_held(library, book, reading, lead, _near(library, reading, search))
    return None


def _unexplained(library: Library, book: CitationBook, reading: Reading, search: Search) -> Draft | None:
    located = ASKS_NUMBER.search(reading.text) or _IN_FULL.search(reading.text)
    return None if located or names_assigned(library, reading) else unexplained(library, book, reading)


def _lacks_attribute(library: Library, book: CitationBook, reading: Reading, search: Search) -> Draft | None:
    """程序、指标、清单 of a thing in the plan, where the nearest item does not have the word at all."""
    asked = _ATTRIBUTE.search(reading.text) or _VALUE.search(reading.text)
    if not asked or reading.documents or reading.references or reading.parties:
        return None
    near = _near(library, reading, search)
    if not near or asked.group(1) in near[0].text or search(reading.text, 1)[0].document != library.plan.id:
        return None
    lead = f"文件没有写明{asked.group(1)}，无法回答。"
    return refuse.not_held(library, book, reading, lead, near)


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
    if _CHAPTER_ARTICLE.search(reading.text):
        missing = _missing_chapter(library, reading)
        if missing:
            return missing
    no_item = _missing_item(library, reading)
    if no_item or any(_exists(library, reference) for reference in reading.references):
        return no_item
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


def _missing_item(library: Library, reading: Reading) -> Draft | None:
    """第37条 of a plan with 36 items, where no regulation is named and it is asked what only the plan assigns."""
    assigns = reading.needs_own or reading.wording.roles or reading.intent in (Intent.DUTIES, Intent.IS_NAMED)
    bare = [r for r in reading.references if r.kind == "article" and r.document is None]
    if not bare or not assigns or reading.documents:
        return None
    items = library.items(library.plan.id)
    if any(library.clause(library.plan.id, r.number) for r in bare):
        return None
    title = library.infos[library.plan.id].short_title
    lead = f"《{title}》没有{plain(bare[0].words)}：它只有第1项至第{items[-1].id}项，共{len(items)}项。"
    return Draft(lead, reason=Reason.NOT_IN_DOCUMENT)


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


def _other_paper(reading: Reading) -> str:
    """防汛抗旱工作要点: a plan of another subject; empty where it is this one."""
    found = _OTHER_PAPER.search(reading.text)
    subject = (
        re.sub(r"^(?:[0-9]{4}年?(?:度)?|我市|全市|宜春市?|今年|市里|的|那份|这份)+", "", found["subject"])
        if found
        else ""
    )
    return f"{subject}工作要点" if len(subject) > 1 and not _ITS_SUBJECT.search(subject) else ""


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


def _of_rules(reading: Reading) -> bool:
    """Whether the regulation held here is asked about another that it names, not that other one itself."""
    return RULES in reading.documents and not _UNDER_RULES.search(reading.text)


def _only_names(library: Library, reading: Reading) -> bool:
    """Who makes a regulation that the plan itself asks for, or where it says so: the plan answers that."""
    title = reading.unknown_title or ""
    rest = reading.text.replace(title, "")
    return (
        len(longest_said(title, library.plan.text)) >= 4
        and not COMES_OUT.search(rest)
        and not re.search(
            r"第[0-9一二三四五六七八九十百]+条|里|内容|规定|主要|讲|说|写|曝光|哪些|什么|几集|多长|哪几", rest
        )
    )


def _answers_fact(reading: Reading) -> bool:
    """Money and the like are answered where a law is asked (罚多少钱); the table counts a party's items."""
    counts = reading.intent is Intent.COUNT and reading.parties and not _DONE.search(reading.text)
    return bool((reading.documents and reading.references) or counts)


def _near(library: Library, reading: Reading, search: Search) -> list[Clause]:
    hits = search(reading.text, 1, documents=[library.plan.id])
    return [library.clauses(h.document)[h.clause] for h in hits if h.cosine >= 0.88 or h.cosine == 0.0]

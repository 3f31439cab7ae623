"""What the documents do not hold: other years and places, facts of the world, unexplained terms, missing clauses."""

from __future__ import annotations

import re

from index.basis import Concept
from index.model import Clause, Family, Kind
from rag.citations import CitationBook
from rag.compose import refuse
from rag.compose.draft import Draft, plain
from rag.library import Library
from rag.model import Reason
from rag.retrieve import Search
from rag.understand.ask import Intent
from rag.understand.reading import Reading
from rag.understand.references import Reference

_WHICH = re.compile(
    r"哪[0-9几一二两三四五六七八九十百]|各是|分别是|具体(?:是|有|内容|指|包括)|逐个|逐条|逐项|怎么签|咋签|"
    r"签什么|内容(?:是|有)|是什么|指什么|包括什么|什么意思|解释|含义"
)
_WHICH_ARE = re.compile(
    r"是哪[0-9几一二两三四五六七八九十百]|各是|分别是|含义|什么意思|逐个|逐条|解释|具体(?:是|有|内容|指|包括)|怎么签|咋签"
)
_SPEAKS_OF_YEARS = re.compile(r"专项巡查|巡查")
_YEAR_OF_PLAN = re.compile(
    r"(?:19|20)\d{2}年?(?:度)?(?:的|那份|那个|版|安全生产)*(?:工作)?(?:要点|文件|计划|任务|工作|清单|通知|"
    r"职责|第)"
)


def beyond(library: Library, book: CitationBook, reading: Reading, search: Search) -> Draft | None:
    """A refusal where the question asks for what these documents cannot hold; ``None`` otherwise."""
    title = library.plan.title
    if reading.years and _about_plan(library, reading):
        said = "、".join(f"{year}年" for year in reading.years)
        return refuse.not_held(
            library, book, reading, f"没有收录{said}的工作要点；这里只有《{title}》，不能用它回答其他年份的问题。", []
        )
    if reading.place:
        lead = f"没有收录{plain(reading.place)}的文件；这里只有《{title}》和国家法律等，不能用它们回答外地的问题。"
        return refuse.not_held(library, book, reading, lead, [])
    if reading.unknown_title:
        near = _naming(library, reading.unknown_title)
        also = "文件中只提到它的名称。" if near else ""
        lead = f"没有收录《{plain(reading.unknown_title)}》的内容，无法回答。{also}"
        return refuse.not_held(library, book, reading, lead, near)
    if reading.scope.fact and not _answers_fact(reading):
        lead = f"文件没有写明{reading.scope.fact.value}，无法回答。"
        return refuse.not_held(library, book, reading, lead, _near(library, reading, search))
    unexplained = next((c for c in reading.concepts[:1] if not c.spelled_out and not _is_party(library, c)), None)
    if unexplained and _asks_meaning(reading):
        clauses = [c for ref in unexplained.clauses if (c := library.clause(ref.document, ref.clause))]
        lead = f"收录的文件只提到“{unexplained.name}”，没有展开说明它的具体内容，无法回答。"
        return refuse.not_held(library, book, reading, lead, clauses)
    return None


def missing_clause(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """A refusal where the question names a clause that does not exist; ``None`` where all exist."""
    for reference in reading.references:
        document = library.plan.id if reference.kind == "item" else reference.document
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
    return None


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
    if laws:
        return False
    mentioned = all(str(year) in library.plan.text for year in reading.years)
    return not mentioned or bool(_YEAR_OF_PLAN.search(reading.text)) or not _SPEAKS_OF_YEARS.search(reading.text)


def _asks_meaning(reading: Reading) -> bool:
    """What the term consists of is asked, not who does it or how often."""
    if re.search(r"哪[一几]?[项条]|第几[项条]|在哪|要求|谁|哪个|活动", reading.text) and not _WHICH_ARE.search(
        reading.text
    ):
        return False
    return reading.intent is Intent.DEFINITION or (
        reading.intent in (Intent.OPEN, Intent.CONTENT, Intent.QUANTITY, Intent.COUNT)
        and bool(_WHICH.search(reading.text))
    )


def _answers_fact(reading: Reading) -> bool:
    """Money and the like are answered where a law is asked (罚多少钱)."""
    return bool(reading.documents and reading.references)


def _naming(library: Library, title: str) -> list[Clause]:
    return [c for c in library.items(library.plan.id) if title in c.text][:1]


def _near(library: Library, reading: Reading, search: Search) -> list[Clause]:
    hits = search(reading.text, 1, documents=[library.plan.id])
    return [library.clauses(h.document)[h.clause] for h in hits if h.cosine >= 0.88 or h.cosine == 0.0]

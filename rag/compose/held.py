"""What the documents do not hold: other years and places, facts of the world, unexplained terms, missing clauses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from index.model import Clause, Family
from rag.citations import CitationBook
from rag.compose import refuse
from rag.compose.draft import Draft, plain
from rag.library import Library
from rag.model import Reason
from rag.understand.ask import Intent
from rag.understand.reading import Reading

if TYPE_CHECKING:
    from rag.retrieve import Retriever

_WHICH = re.compile(
    r"哪[0-9几一二两三四五六七八九十百]|各是|分别是|具体(?:是|有|内容|指|包括)|逐个|逐条|逐项|怎么签|咋签|"
    r"签什么|内容(?:是|有)|是什么|指什么|包括什么|什么意思|解释|含义"
)
_YEAR_OF_PLAN = re.compile(
    r"(?:19|20)\d{2}年?(?:度)?(?:的|那份|那个|版|安全生产)*(?:工作)?(?:要点|文件|计划|任务|工作|清单|通知|"
    r"职责|第)"
)


def beyond(library: Library, book: CitationBook, reading: Reading, search: Callable[[], Retriever]) -> Draft | None:
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
    unexplained = next((c for c in reading.concepts[:1] if not c.spelled_out), None)
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
        if reference.paragraph and library.clause(document, reference.clause) is None:
            paragraphs = [c for c in library.parts(top) if c.id.startswith(f"{top.id}.")]
            if (reference.paragraph, reference.subitem) != (1, None) or paragraphs:
                count = len(paragraphs) or 1
                lead = f"《{info.short_title}》{top.label}共{count}款，没有{plain(reference.words)}。"
                return refuse.not_held(library, book, reading, lead, [top])
    return None


def _about_plan(library: Library, reading: Reading) -> bool:
    """Whether the year matters: not a law's year of amendment, not a year the plan speaks of."""
    laws = [id for id in reading.documents if library.infos[id].family is not Family.WORK_PLAN]
    if laws:
        return False
    mentioned = all(str(year) in library.plan.text for year in reading.years)
    return not mentioned or bool(_YEAR_OF_PLAN.search(reading.text))


def _asks_meaning(reading: Reading) -> bool:
    """What the term consists of is asked, not who does it or how often."""
    return reading.intent in (Intent.DEFINITION, Intent.OPEN) or (
        reading.intent in (Intent.CONTENT, Intent.QUANTITY, Intent.COUNT) and bool(_WHICH.search(reading.text))
    )


def _answers_fact(reading: Reading) -> bool:
    """Money and the like are answered where a law is asked (罚多少钱)."""
    return bool(reading.documents and reading.references)


def _naming(library: Library, title: str) -> list[Clause]:
    return [c for c in library.items(library.plan.id) if title in c.text][:1]


def _near(library: Library, reading: Reading, search: Callable[[], Retriever]) -> list[Clause]:
    hits = search().search(reading.text, 1, documents=[library.plan.id])
    return [library.clauses(h.document)[h.clause] for h in hits if h.cosine >= 0.88 or h.cosine == 0.0]

"""Open questions: retrieve, judge the evidence, answer from the best clauses or say that there is none."""

from __future__ import annotations

import re

from index.model import Clause, Family, Kind
from rag.citations import CitationBook
from rag.compose import refuse
from rag.compose.draft import Draft
from rag.compose.evidence import is_evidence
from rag.compose.items import compose_items
from rag.compose.statutes import compose_articles
from rag.library import Library
from rag.retrieve import Hit, Retriever
from rag.understand.ask import Intent
from rag.understand.reading import Reading
from rag.understand.references import Reference

_PLAN_WORDS = re.compile(r"牵头|专委会|委员会|督促|分工|责任单位|落实单位|工作要点|要点|今年|本年|2023|各县|三区|市里|我市|全市|安委")
_LAW_WORDS = re.compile(r"法律|依法|违法|罚|处分|犯罪|企业|公司|老板|单位主要负责人|生产经营单位|从业人员|工人|员工|厂|车间|工会")
_CADRE_WORDS = re.compile(r"党委|书记|常委|副市长|副县长|市长|县长|区长|政府领导|领导干部|班子|党政|述职|提拔|追责|问责|巡查")


def compose_open(library: Library, book: CitationBook, reading: Reading, retriever: Retriever) -> Draft:
    """The extractive answer to a question that no table answers."""
    hits = search(library, reading, retriever)
    clauses = [_top(library, hit) for hit in hits]
    if not hits or not is_evidence(library, reading, hits):
        return refuse.no_evidence(library, book, reading, clauses[:3])
    first = clauses[0]
    if _is_plan(library, first):
        draft = compose_items(library, book, reading, [first], asked=False)
        return draft
    part = hits[0].part if not hits[0].by_question else None
    same_field = [c for c in clauses[1:4] if not _is_plan(library, c)]
    return compose_articles(library, book, reading, [first], same_field[:2], part)


def search(library: Library, reading: Reading, retriever: Retriever, k: int = 8) -> list[Hit]:
    """Hits over the documents the question is about, all where it does not say."""
    wanted = [id for id in reading.documents if id in library]
    query = reading.text
    hits = retriever.search(query, k, documents=wanted or None, prior=None if wanted else _prior(library, reading))
    return hits


def _prior(library: Library, reading: Reading) -> dict[str, float]:
    """Document routing: what the wording says about where the answer stands, added to fused scores."""
    text = reading.text
    prior: dict[str, float] = {}
    plan = 0.12 * bool(_PLAN_WORDS.search(text)) + (0.15 if reading.intent is Intent.WHO and reading.wording.roles else 0.0)
    law = 0.04 * bool(_LAW_WORDS.search(text))
    cadre = 0.08 * bool(_CADRE_WORDS.search(text))
    for id, info in library.infos.items():
        if info.family is Family.WORK_PLAN:
            prior[id] = plan
        elif id == "dangzheng-zerenzhi":
            prior[id] = cadre
        else:
            prior[id] = law
    return prior


def plan_clauses(library: Library, reading: Reading, retriever: Retriever, *, wide: bool = False) -> list[Clause]:
    """Items of the plan that the topic is about, best first; ``wide`` keeps every one close to the best."""
    query = reading.topic if wide else reading.text
    hits = retriever.search(query, 36, documents=[library.plan.id])
    if not hits:
        return []
    floor = 0.7 if wide else 0.9
    clauses = [_top(library, hit) for hit in hits if hit.score >= floor * hits[0].score]
    if wide:
        said = [c for c in library.items(library.plan.id) if reading.topic in c.text]
        clauses = [*said, *(c for c in clauses if c not in said)] if not said else said
    return [c for c in clauses if c.kind is Kind.ITEM or not wide]


def related(library: Library, reference: Reference) -> list[Clause]:
    """The clauses an article reference means; without a title, the ones of that number in law and 规定."""
    documents = [reference.document] if reference.document else ["anquan-shengchan-fa", "dangzheng-zerenzhi"]
    found = []
    for document in documents:
        clause = library.clause(document, reference.clause) or library.clause(document, reference.number)
        if clause:
            found.append(clause)
    return found


def _top(library: Library, hit: Hit) -> Clause:
    return library.clauses(hit.document)[hit.clause]


def _is_plan(library: Library, clause: Clause) -> bool:
    return library.infos[clause.document].family is Family.WORK_PLAN

"""Open questions: retrieve, judge the evidence, answer from the best clauses or say that there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum, auto
from itertools import pairwise

from index.model import Clause, Family, Kind
from rag.citations import CitationBook
from rag.compose.articles import asks_penalty, is_penalty, penalty_for, top_clause
from rag.compose.counts import pointed_items, surely_pointed
from rag.compose.draft import Draft
from rag.compose.items import compose_items
from rag.compose.limits import refuse
from rag.compose.limits.evidence import SAME_COSINE, holds_fact, is_evidence, item_with_fact, wanted_fact
from rag.compose.limits.guesses import NAMED, in_plan
from rag.compose.precedence import in_order
from rag.compose.premise import mismatch
from rag.compose.rival import law_instead, laws_first, nearest_first
from rag.compose.statutes import compose_articles
from rag.compose.talk.beside import fused
from rag.compose.topics import core, items_about, nearest_item, share, titled_item
from rag.library import Library
from rag.retrieve import Hit, Search
from rag.routing import asks_procedure
from rag.understand.ask import Intent
from rag.understand.intents import LOCATES
from rag.understand.reading import Reading
from rag.understand.scope import Outside

CLOSE = 0.93
"""A second item of the plan is shown where its score is this close to the first's."""

_PLAN_WORDS = re.compile(
    r"文件|这份|牵头|专委会|委员会|督促|分工|责任单位|落实单位|工作要点|要点|今年|本年|2023|各县|三区|"
    r"市里|我市|全市|安委"
)
PLAN_FIRST, PLAN_LEAD, PLAN_ALSO = 0.75, 0.3, 0.7
"""An item answers first where it has this share of the topic, and this much more than the articles found; from the
last share on it is quoted after them."""
ALSO = 0.7
"""A further article is quoted where its score is this close to the first's; others are only named."""

CLEAR = 0.15
"""The lead of a clause by a follow-up's own words that the question before does not outweigh; set on own dialogues."""
CLOSE_PENALTY = 0.75
"""Where a penalty is asked for, the clause that sets one comes first if its score is this close to the first's."""
RARE = 3
"""In how many items at most a pair of characters stands that tells one of them."""
ASSIGNED = 0.25
"""Added to the plan's scores where it is asked who leads or shares a task: the plan is where tasks are assigned."""

_POINTS = re.compile(r"(?<![0-9一二三四五六七八九十])[那这]一?[条项]")
_ASSIGNS = re.compile(r"牵头|领头|打头|专委会|安委会|督促|督办|分工|责任单位|落实单位|挑头|主抓")
_CAMPAIGN = re.compile(r"排查|摸底|改造|创建|示范|哪一?项|第几项|整治|攻坚|专项|治理行动|大检查|试点|集中行动|清单")
_OBLIGES = re.compile(
    r"应当|必须|依法|可以|能不能|有权|要不要|(?:哪些|什么|哪种|哪类)(?:单位|企业|场所|人|地方)(?:要|得|应|须|需|不)"
)
_BREACH = re.compile(r"违反了?(?:的是)?(?:哪|什么|第几)|触犯|犯了?哪|违的?是?哪")
"""Asks which law is broken: no item of the plan is."""
_LAW_WORDS = re.compile(
    r"法律|依法|违法|罚|处分|犯罪|企业|公司|老板|单位主要负责人|生产经营单位|从业人员|工人|员工|厂|车间|"
    r"工会"
)
_CADRE_WORDS = re.compile(
    r"党委|书记|常委|主要领导|分管领导|领导班子|[县市区]领导|问责|领导责任|副市长|副县长|市长|县长|区长|政府领导|领导干部|班子|党政|述职|提拔|追责|问责|巡查"
)


def compose_open(library: Library, book: CitationBook, reading: Reading, find: Search, *, sure: bool = False) -> Draft:
    """The extractive answer to a question that no table answers; ``sure`` that there is one, evidence or not."""
    hits = laws_first(library, reading, nearest_first(search(library, reading, find)), find)
    hits = in_order(library, reading, hits)
    if _BREACH.search(reading.text):
        hits = [hit for hit in hits if hit.document != library.plan.id] or hits
    clauses = [top_clause(library, hit) for hit in hits]
    item, route = _plan_item(library, reading, clauses)
    if item and route is _Plan.FIRST and not law_instead(library, reading, [item], find):
        law = [c for c in clauses[:3] if not _is_plan(library, c)] if is_evidence(library, reading, hits) else []
        return _from_plan(library, book, reading, item, law)
    if not hits or not (sure or is_evidence(library, reading, hits)):
        return _without_evidence(library, book, reading, clauses, item)
    if reading.instead is not None and not reading.documents:
        words = search_words(library, reading)
        told = fused(reading, words, find, 8, prior=_prior(library, reading), lead=CLEAR)
        hits = laws_first(library, reading, told, find)
        clauses = [top_clause(library, hit) for hit in hits]
    if asks_penalty(reading.text) and not _is_plan(library, clauses[0]):
        if not any(is_penalty(c) for c in clauses[:4]):
            return penalty_for(library, book, reading, clauses[0], find)
        hits = _penalty_first(library, hits)
    if wanted_fact(reading):
        holding = _holding(library, reading, hits)
        if not holding and not sure:
            return _without_fact(library, book, reading, clauses)
        best = holding[0] if holding else hits[0]
        hits = [best, *(hit for hit in hits if hit is not best)]
    return _quoted(library, book, reading, hits, item if route is _Plan.ALSO else None)


def _without_evidence(
    library: Library, book: CitationBook, reading: Reading, clauses: Sequence[Clause], item: Clause | None
) -> Draft:
    """The item that the words still point at; else that nothing was found, or that it is off the subject."""
    rare = _rarely_said(library, reading, clauses)
    if rare:
        return _from_plan(library, book, reading, rare, [])
    if item and in_plan(library, reading):
        return _from_plan(library, book, reading, item, [])
    if reading.scope.suspect or not (reading.scope.domain or reading.parties or reading.documents):
        return refuse.outside(Outside.OFF_TOPIC)
    return refuse.no_evidence(library, book, reading, clauses[:3])


def _without_fact(library: Library, book: CitationBook, reading: Reading, clauses: Sequence[Clause]) -> Draft:
    lead = f"收录的文件没有写明{wanted_fact(reading)}，无法回答。"
    if _is_plan(library, clauses[0]) or items_about(library, reading.topic):
        return refuse.not_held(library, book, reading, lead, clauses[:1])
    return refuse.no_evidence(library, book, reading, clauses[:3], lead)


def _penalty_first(library: Library, hits: list[Hit]) -> list[Hit]:
    """``hits`` with the first clause that sets a penalty in front, where it is nearly as good as the best."""
    least = CLOSE_PENALTY * hits[0].score
    penal = next((h for h in hits[:4] if h.score >= least and is_penalty(top_clause(library, h))), hits[0])
    return [penal, *(hit for hit in hits if hit is not penal)]


def _holding(library: Library, reading: Reading, hits: Sequence[Hit]) -> list[Hit]:
    """The hits that have the fact asked for; the best one too where it contradicts what the question states."""
    found = []
    for at, hit in enumerate(hits[:6]):
        sure = at == 0 and _is_meant(library, reading, hit)
        if holds_fact(library, reading, top_clause(library, hit), sure=sure):
            found.append(hit)
    if not found and mismatch(reading.text, top_clause(library, hits[0]).text):
        return list(hits[:1])
    return found


def _quoted(library: Library, book: CitationBook, reading: Reading, hits: Sequence[Hit], also: Clause | None) -> Draft:
    """The best clause quoted, then those close to it; ``also`` is the plan's item on the same."""
    clauses = [top_clause(library, hit) for hit in hits]
    first, scores = clauses[0], dict(zip(clauses, (hit.score for hit in hits), strict=True))
    if also and _is_plan(library, first) and also != first:
        clauses = [also, *(c for c in clauses if c != also)]
        scores[also] = scores[first]
        first = also
    close = [c for c in clauses[1:] if scores[c] >= CLOSE * scores[first]]
    if _is_plan(library, first):
        return _from_plan(library, book, reading, first, close)
    near = [c for c in clauses[1:5] if not _is_plan(library, c) or c in close]
    quoted = [c for c in near if scores[c] >= ALSO * scores[first]][:3]
    draft = compose_articles(library, book, reading, [first], quoted, [c for c in near if c not in quoted])
    return _with_item(library, book, reading, draft, also) if also else draft


def _is_meant(library: Library, reading: Reading, hit: Hit) -> bool:
    """Whether the best hit is surely the clause asked for: the same question is known, or a penalty answers one."""
    return hit.cosine >= SAME_COSINE or (asks_penalty(reading.text) and is_penalty(top_clause(library, hit)))


def _rarely_said(library: Library, reading: Reading, found: Sequence[Clause]) -> Clause | None:
    """Where it is asked who does something: the best item found, if it has words of the topic that few others have."""
    if reading.intent is not Intent.WHO or not (reading.wording.roles or _ASSIGNS.search(reading.text)):
        return None
    best = next((clause for clause in found if clause.kind is Kind.ITEM), None)
    pairs = {a + b for a, b in pairwise(reading.topic)} if best else set()
    items = library.items(library.plan.id)
    rare = [pair for pair in pairs if best and pair in best.text and sum(pair in item.text for item in items) <= RARE]
    return best if rare else None


def _from_plan(library: Library, book: CitationBook, reading: Reading, first: Clause, close: Sequence[Clause]) -> Draft:
    """The answer from the plan, and the one article that is as close."""
    shown = _shown(library, reading, [first, *(c for c in close if _is_plan(library, c))])
    draft = compose_items(library, book, reading, shown, asked=False)
    laws = [c for c in close if not _is_plan(library, c)][:1]
    if not laws:
        return draft
    text = f"{draft.text}\n\n{compose_articles(library, book, reading, [], laws).text}"
    return Draft(text, draft.duties, draft.reason)


class _Plan(Enum):
    """What the plan has to say beside the laws: the answer itself, something as well, or nothing."""

    FIRST = auto()
    ALSO = auto()
    SILENT = auto()


def _plan_item(library: Library, reading: Reading, clauses: Sequence[Clause]) -> tuple[Clause | None, _Plan]:
    """The item of the plan nearest to the topic, and how it stands to the best clauses found."""
    if reading.documents or len(reading.topic) < 2 or reading.scope.suspect:
        return None, _Plan.SILENT
    item, held = nearest_item(library, reading.topic)
    if item is None or held < PLAN_ALSO:
        return None, _Plan.SILENT
    if wanted_fact(reading) and not holds_fact(library, reading, item):
        return None, _Plan.SILENT
    rival = max((share(library, reading.topic, c.text) for c in clauses[:2] if not _is_plan(library, c)), default=0.0)
    legal = any(words.search(reading.text) for words in (_LAW_WORDS, _OBLIGES, _CADRE_WORDS))
    first = held >= PLAN_FIRST and held - rival >= PLAN_LEAD and len(reading.topic) > 3 and not legal
    return item, _Plan.FIRST if first else _Plan.ALSO


def _shown(library: Library, reading: Reading, found: Sequence[Clause]) -> Sequence[Clause]:
    """At most two items to show: those the topic can only mean, where the best one found is among them."""
    about = items_about(library, reading.topic)
    return (about if found[0] in about else found)[:2]


def _with_item(library: Library, book: CitationBook, reading: Reading, draft: Draft, item: Clause) -> Draft:
    """The answer from the laws, and after it what the plan says of the same."""
    content = replace(reading, wording=replace(reading.wording, intent=Intent.OPEN, asks_yes_no=False))
    said = compose_items(library, book, content, [item], asked=False).text
    return replace(draft, text=f"{draft.text}\n\n《{library.plan.title}》对此的要求：\n\n{said}")


def search(library: Library, reading: Reading, find: Search, k: int = 8) -> list[Hit]:
    """Hits over the documents the question is about, all where it does not say."""
    wanted = [id for id in reading.documents if id in library]
    laws = [id for id in wanted if id != library.plan.id]
    wanted = laws if laws and reading.intent is Intent.BASIS else wanted
    query = search_words(library, reading)
    return find(query, k, documents=wanted or None, prior=None if wanted else _prior(library, reading))


_NUMBERED = re.compile(r"第[0-9]+条(?:之[一二三四五六七八九])?(?:第[0-9]+[款项])*")
"""An article's number that was put before a follow-up: its words are searched for as they were said."""
_FEW = 3


def search_words(library: Library, reading: Reading) -> str:
    """What ``search`` searches for."""
    wanted = any(id in library for id in reading.documents)
    text = without_titles(library, reading) if wanted else reading.text
    own = _NUMBERED.sub("", text) if reading.follows and not reading.pointed else text
    return _with_persons(library, own if len(own) > _FEW else text)


def _with_persons(library: Library, text: str) -> str:
    """县长 and the like are followed by the regulation's own words for that person."""
    said = next((w for w in sorted(library.words.persons, key=len, reverse=True) if w in text), None)
    return f"{text} {library.words.persons[said]}" if said else text


def without_titles(library: Library, reading: Reading) -> str:
    """The question without the titles it names: where they are searched alone, their words say nothing."""
    text = reading.text
    for id in reading.documents:
        info = library.infos[id]
        for title in (info.title, info.short_title):
            text = text.replace(f"《{title}》", "").replace(title, "")
    return text if len(text) > 3 else reading.text


def _prior(library: Library, reading: Reading) -> dict[str, float]:
    """Document routing: what the wording says about where the answer stands, added to fused scores."""
    text = reading.text
    prior: dict[str, float] = {}
    assigns = reading.intent is Intent.WHO and bool(_ASSIGNS.search(text))
    plan = (
        ASSIGNED * assigns
        + 0.12 * bool(_PLAN_WORDS.search(text))
        + (0.15 if reading.intent is Intent.WHO and reading.wording.roles else 0.0)
    )
    law = 0.04 * bool(_LAW_WORDS.search(text))
    general = 0.06 * (bool(_LAW_WORDS.search(text)) and not asks_procedure(text))
    cadre = 0.08 * bool(_CADRE_WORDS.search(text))
    for id, info in library.infos.items():
        if info.family is Family.WORK_PLAN:
            prior[id] = plan
        elif id == "dangzheng-zerenzhi":
            prior[id] = cadre if cadre or not general else -general
        else:
            prior[id] = law + (general if id == "anquan-shengchan-fa" else 0.0)
    return prior


def plan_clauses(library: Library, reading: Reading, find: Search, *, wide: bool = False) -> list[Clause]:
    """Items of the plan that the topic is about, best first; ``wide`` keeps every one close to the best."""
    query = reading.topic if wide or reading.intent is Intent.IS_NAMED else reading.text
    hits = find(query, 36, documents=[library.plan.id])
    if not hits:
        return []
    floor = 0.7 if wide else 0.9
    clauses = [top_clause(library, hit) for hit in hits if hit.score >= floor * hits[0].score]
    if wide:
        said = [c for c in library.items(library.plan.id) if reading.topic in c.text]
        clauses = said or clauses
    return [c for c in clauses if c.kind is Kind.ITEM or not wide]


def matching_items(library: Library, reading: Reading) -> list[Clause]:
    """Items of the plan that the question's topic can only mean, where the plan is what is asked about."""
    if any(id != library.plan.id for id in reading.documents) or _BREACH.search(reading.text):
        return []
    planned = bool(_PLAN_WORDS.search(reading.text) or _CAMPAIGN.search(reading.text) or LOCATES.search(reading.text))
    points = bool(_POINTS.search(reading.text)) and not reading.documents
    pointed = [c for c in pointed_items(library, reading.text) if core(c.title) in reading.text] if points else []
    pointed = pointed or (surely_pointed(library, reading.text) if points else [])
    if pointed and reading.intent in (Intent.OPEN, Intent.WHO, Intent.CONTENT, Intent.DUTIES):
        return pointed
    if reading.intent in (Intent.OPEN, Intent.CONTENT, Intent.DEFINITION) and not planned:
        return []
    assigned = bool(_ASSIGNS.search(reading.text))
    obliged = _OBLIGES.search(reading.text) or "分管" in reading.text
    if reading.intent is Intent.WHO and not assigned and obliged:
        return []
    titled = titled_item(library, reading.text)
    if titled and reading.intent not in (Intent.DEFINITION, Intent.COUNT, Intent.BASIS):
        return [titled]
    if LOCATES.search(reading.text) and not reading.documents:
        nearest, held = nearest_item(library, reading.topic)
        return items_about(library, reading.topic, 0.5) or ([nearest] if nearest and held >= 0.5 else [])
    assigned = assigned or bool(reading.intent is Intent.WHO and reading.wording.roles)
    found = items_about(library, reading.topic, 0.5) if assigned else items_about(library, reading.topic)
    if reading.intent in (Intent.DEADLINE, Intent.FREQUENCY, Intent.QUANTITY):
        holding = [item for item in found if holds_fact(library, reading, item)]
        return (
            holding
            or item_with_fact(library, reading)
            or [item for item in found if planned or share(library, reading.topic, item.text) >= NAMED]
        )
    return found if reading.intent not in (Intent.DEFINITION, Intent.COUNT) else []


def is_topic(library: Library, words: str) -> bool:
    """Whether ``words`` name a subject of the plan: most of their pairs of characters occur in it."""
    pairs = [words[at : at + 2] for at in range(len(words) - 1)]
    return bool(pairs) and sum(pair in library.plan.text for pair in pairs) >= 0.5 * len(pairs)


def _is_plan(library: Library, clause: Clause) -> bool:
    return library.infos[clause.document].family is Family.WORK_PLAN

"""Which composer answers a reading. One message may hold several questions; each is answered in turn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.basis import Concept
from index.clean import fold
from index.model import Clause
from rag.answerable.judge import Judge
from rag.citations import CitationBook
from rag.compose import meta
from rag.compose.articles import asks_penalty, better_clause, is_penalty, penalty_for, related
from rag.compose.bare import compose_either, meant_items
from rag.compose.counts import count_named
from rag.compose.definitions import compose_definition
from rag.compose.draft import Draft, cite_name
from rag.compose.items import compose_items
from rag.compose.limits import refuse
from rag.compose.limits.doubt import judged, lacking
from rag.compose.limits.guesses import of_plan, understood, unknown_committee
from rag.compose.limits.held import beyond, missing_clause, missing_note
from rag.compose.limits.vague import too_vague
from rag.compose.lists import tables
from rag.compose.lists.asked import compose_table
from rag.compose.lists.complement import complement
from rag.compose.lists.duties import compose_duties, compose_named, joined
from rag.compose.lists.filters import filtered_list
from rag.compose.lists.whole import together, whole_lists
from rag.compose.literal import named_items, names_assigned
from rag.compose.notice import compose_notice
from rag.compose.open import compose_open, matching_items, search_words, without_titles
from rag.compose.pairs import compose_pair
from rag.compose.presence import compose_held, compose_presence, words_in_plan
from rag.compose.register import compose_register
from rag.compose.rival import law_instead
from rag.compose.statutes import compose_articles
from rag.compose.structure import compose_structure
from rag.compose.talk.among import compose_among
from rag.compose.talk.beside import beside
from rag.compose.talk.grounds import compose_grounds
from rag.compose.talk.leaning import adds_nothing, asks_the_talk
from rag.compose.talk.unsaid import compose_unsaid, compose_unwritten
from rag.compose.where import compose_where
from rag.library import Library
from rag.model import Reason
from rag.retrieve import Search
from rag.understand.ask import Intent
from rag.understand.intents import ASKS_NUMBER
from rag.understand.reading import Reading
from rag.understand.references import Reference
from rag.understand.scope import Outside, Scope, is_greeting

_MOST_ITEMS = 12
_SAYS_MORE = 5
"""Characters of a topic from which on it may ask for something that the clause named does not say."""
_ASKS_WORDING = re.compile(
    r"怎么(?:说|写|讲|规定)的?[?？]?$|(?:什么|哪些)内容|原文|全文|(?:讲|写|说|规定)了?(?:的是)?(?:什么|啥|哪[些几])"
)
_IN_FULL = re.compile(
    r"完整(?:的)?(?:表述|说法)|全称|(?:是|指)哪[几两三四五六七八九十]个?|含义|什么意思|指(?:的是)?什么|法律(?:上|里|中)怎么"
)
_MEANS_MENTION = re.compile(r"点过名|提[到过及了]?|写[到进了没]|出现|点名|名字|露面|一个字")
_MEANS_LIST = re.compile(r"活|任务|职责|条目|归口|牵扯|名下|项号|[哪几多]少?[些个]?项|沾边|分工|责任|要做|要干|负责")


def compose(
    library: Library, book: CitationBook, reading: Reading, search: Search, judge: Judge | None = None
) -> Draft:
    """Answer a whole message. It is refused only where every question in it is.

    ``judge`` doubts answers that were found rather than looked up, and refusals by rules of wording.
    """
    readings = together(library, (reading, *reading.more))
    drafts: list[Draft] = []
    for one in readings:
        told = not drafts or not all(draft.reason for draft in drafts)
        if not told and adds_nothing(one):
            continue
        drafts.append(_answered(library, book, one if told else replace(one, instead=None), search, judge))
    if len(drafts) == 1:
        return drafts[0]
    texts = [f"**问题{count}**\n\n{draft.text}" for count, draft in enumerate(drafts, 1)]
    refused = all(draft.reason for draft in drafts)
    duties = () if refused else tuple(dict.fromkeys(row for draft in drafts for row in draft.duties))
    return Draft("\n\n".join(texts), duties, drafts[0].reason if refused else None)


def _answered(library: Library, book: CitationBook, reading: Reading, search: Search, judge: Judge | None) -> Draft:
    """The answer to one question; where there is none, to the same asked of what was talked about."""
    draft = _one(library, book, reading, search, judge)
    if reading.instead is None or not asks_the_talk(library, reading, draft, search):
        return draft
    meant = _one(library, book, reading.instead, search, judge)
    off_subject = draft.reason is Reason.OUT_OF_SCOPE and not reading.scope.outside
    return draft if meant.reason and not off_subject else meant


def _one(library: Library, book: CitationBook, reading: Reading, search: Search, judge: Judge | None) -> Draft:
    """What the rules say, unless the judge is sure of the contrary."""
    reading = meant_items(library, understood(library, reading))
    draft = _by_rules(library, book, reading, search)
    verdict = judged(library, reading, draft, search, judge) if judge else None
    if verdict and verdict.refuse and not draft.reason:
        return lacking(library, book, reading, verdict.lack, search)
    if verdict and verdict.answer and draft.reason:
        return _trusted(library, book, replace(reading, scope=Scope()), search, draft)
    return draft


def _trusted(library: Library, book: CitationBook, reading: Reading, search: Search, refused: Draft) -> Draft:
    """What is found where the judge is sure that the documents answer; a count they do not give may be a list."""
    wordings = [reading.wording]
    if reading.intent is Intent.QUANTITY:
        wordings.append(replace(reading.wording, intent=Intent.OPEN))
    for wording in wordings:
        told = replace(reading, wording=wording)
        again = _by_intent(library, book, told, search, sure=refused.rule == "evidence")
        if not again.reason:
            return again
    return refused


def _by_rules(library: Library, book: CitationBook, reading: Reading, search: Search) -> Draft:
    unsaid = compose_unsaid(library, book, reading)
    if unsaid:
        return unsaid
    unheard_of = unknown_committee(library, reading)
    listed = None if unheard_of else whole_lists(library, book, reading)
    if listed:
        return listed
    table = (not unheard_of and reading.scope.outside in (None, Outside.OFF_TOPIC)) and (
        count_named(library, book, reading)
        or compose_notice(library, book, reading)
        or compose_where(library, book, reading)
        or compose_held(library, book, reading)
    )
    if table:
        return table
    if reading.scope.outside:
        return refuse.outside(reading.scope.outside)
    if reading.lost:
        return refuse.ambiguous("不清楚“它”“这个”指的是什么。请写明是哪一项（例如第20项）、哪件事或哪个部门。")
    if reading.intent is Intent.HELP or is_greeting(reading.text):
        return meta.compose_help()
    refusal = beyond(library, book, of_plan(library, reading), search) or missing_clause(library, book, reading)
    if refusal:
        return refusal
    if reading.intent is Intent.DOCUMENTS:
        return meta.compose_documents(library, book, reading)
    if reading.needs_own and (_wants_party(reading) or len(reading.topic) < 5):
        return refuse.which_department(library)
    if reading.unknown and not reading.parties and reading.unknown[0].words in library.plan.text:
        return words_in_plan(library, book, reading, reading.unknown[0].words)
    if reading.unknown and not reading.parties and _wants_party(reading):
        return refuse.unknown_party(reading.unknown[0].words, reading.unknown[0].nearest)
    return _by_intent(library, book, reading, search)


def _wants_party(reading: Reading) -> bool:
    of_article = reading.follows and any(r.kind == "article" for r in reading.references)
    return not of_article and reading.intent in (Intent.DUTIES, Intent.IS_NAMED, Intent.COUNT, Intent.COMPARE)


def _by_intent(library: Library, book: CitationBook, reading: Reading, search: Search, *, sure: bool = False) -> Draft:
    items = [r for r in reading.references if r.kind == "item"]
    articles = [r for r in reading.references if r.kind == "article"]
    clauses = [c for r in items if (c := library.clause(library.plan.id, r.number))]
    told = clauses or _named_articles(library, articles)
    of_several = compose_among(library, book, reading, told, search)
    draft = of_several or compose_grounds(library, book, reading, told, search)
    if draft:
        return draft
    if reading.intent is Intent.COMPARE and len(reading.parties) > 1:
        return tables.compare_parties(library, book, reading)
    if reading.intent is Intent.COMPARE and len(clauses) > 1:
        return tables.compare_items(library, book, clauses)
    if articles and not clauses:
        return replace(_articles(library, book, reading, search), found=_asks_more(reading))
    whole = None if clauses and reading.intent is Intent.WHO else _excepting(library, book, reading)
    if whole:
        return whole
    spelled = _spelled_out(reading) if clauses else None
    if spelled:
        return meta.compose_concept(library, book, reading, spelled)
    if clauses:
        draft = compose_items(library, book, reading, clauses[:_MOST_ITEMS], asked=True)
        note = missing_note(library, reading)
        if len(clauses) > _MOST_ITEMS:
            note += f"一次最多回答{_MOST_ITEMS}项，其余请另问。"
        text = f"{note}\n\n{draft.text}" if note else draft.text
        return replace(draft, text=text, found=_asks_more(reading))
    pair = compose_pair(library, book, reading)
    if pair:
        return pair
    about = compose_structure(library, book, reading) or compose_register(library, book, reading)
    if about:
        return about
    table = compose_table(library, book, reading, search)
    if table:
        return table
    said = compose_presence(library, book, reading)
    if said:
        return said
    if too_vague(reading):
        return refuse.ambiguous(
            "问题太笼统，不清楚要问哪件事。请写明事项（例如第20项、燃气安全整治）、部门或法律条款。"
        )
    defined = compose_definition(library, book, reading)
    if defined:
        return defined
    named = named_items(library, reading)
    matched = named or matching_items(library, reading)
    if named or (matched and not law_instead(library, reading, matched, search)):
        draft = compose_items(library, book, reading, matched[:2], asked=False)
        return replace(draft, found=not (ASKS_NUMBER.search(reading.text) or names_assigned(library, reading)))
    concept = next((c for c in reading.concepts if c.spelled_out and _is_asked(reading, c)), None)
    if reading.intent is Intent.DEFINITION and concept:
        return meta.compose_concept(library, book, reading, concept)
    draft = compose_open(library, book, reading, search, sure=sure)
    if draft.reason and concept:
        return meta.compose_concept(library, book, reading, concept)
    of_party = _of_party(library, book, reading) if draft.reason else None
    return of_party or replace(
        draft,
        rule=draft.rule or ("evidence" if draft.reason else ""),
        found=not (ASKS_NUMBER.search(reading.text) or names_assigned(library, reading)),
    )


def _named_articles(library: Library, articles: Sequence[Reference]) -> list[Clause]:
    return [clause for r in articles if r.document for clause in related(library, r)]


def _asks_more(reading: Reading) -> bool:
    """Whether a clause named by its number is asked for something besides what it says, who does it and its basis."""
    more = reading.intent in (Intent.OPEN, Intent.CONTENT, Intent.CLAUSE, Intent.QUANTITY, Intent.DEFINITION)
    return more and len(reading.topic) >= _SAYS_MORE and not _ASKS_WORDING.search(reading.text)


def _of_party(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """What there is of the organisations named, where no other answer was found and that may be what is meant."""
    parties = [party for party in reading.parties if not party.is_group]
    if not parties or reading.scope.fact or any(id != library.plan.id for id in reading.documents):
        return None
    if _MEANS_MENTION.search(reading.text):
        return joined([compose_named(library, book, party) for party in parties])
    if _MEANS_LIST.search(reading.text):
        return joined([compose_duties(library, book, party) for party in parties])
    return None


def _spelled_out(reading: Reading) -> Concept | None:
    """The term that is asked for in full where an item only brings it up: 第5条的“三管三必须”，完整表述是什么."""
    return next((c for c in reading.concepts if c.spelled_out and _IN_FULL.search(reading.text)), None)


def _is_asked(reading: Reading, concept: Concept) -> bool:
    """Whether it is the concept that is asked about, not something of it: …责任制的四句话原则是什么."""
    topic = fold(reading.topic).replace('"', "")
    forms = [fold(form).replace('"', "") for form in (concept.name, *concept.aliases)]
    shared = max(sum(char in topic for char in form) for form in forms)
    return shared >= 0.5 * len(topic)


def _excepting(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """除第20项外还有什么, 不牵头的有哪些: each party's list without what the question leaves out."""
    parties = [party for party in reading.parties if not party.is_group]
    wanted = complement(library, reading) if parties else None
    return joined([filtered_list(library, book, party, wanted) for party in parties]) if wanted else None


def _articles(library: Library, book: CitationBook, reading: Reading, search: Search) -> Draft:
    clauses = [clause for r in reading.references if r.kind == "article" for clause in related(library, r)][:4]
    if not clauses:
        return replace(compose_open(library, book, reading, search), found=True)
    both = reading.follows and len(clauses) > 1
    if not both and asks_penalty(without_titles(library, reading)) and not any(is_penalty(c) for c in clauses):
        return penalty_for(library, book, reading, clauses[0], search)
    either = compose_either(library, book, reading, clauses)
    if either:
        return either
    own = search_words(library, reading)
    near = beside(library, reading, clauses[0], own, search) if len(clauses) == 1 else None
    missing = compose_unwritten(library, book, reading, [near] if near else clauses)
    if missing:
        return missing
    if near:
        return compose_articles(library, book, reading, [near], clauses)
    precise = any(r.paragraph or r.subitem for r in reading.references) or (reading.follows and not reading.pointed)
    other = better_clause(library, reading, clauses, search) if len(reading.topic) >= 3 and not precise else None
    if other is None:
        return compose_articles(library, book, reading, clauses)
    draft = compose_articles(library, book, reading, [other], clauses)
    named = "、".join(cite_name(library, clause) for clause in clauses)
    return Draft(f"{named}说的不是这件事；最接近的是{cite_name(library, other)}。\n\n{draft.text}", draft.duties)

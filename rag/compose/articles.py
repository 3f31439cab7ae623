"""Which articles a question means: those it names, a better one of the same law, the one that sets the penalty."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.model import Clause, Kind
from rag.citations import CitationBook
from rag.compose.draft import Draft
from rag.compose.passages import overlap
from rag.compose.statutes import compose_articles
from rag.library import Library
from rag.retrieve import Hit, Search
from rag.routing import asks_procedure
from rag.understand.bare import words_of
from rag.understand.reading import Reading
from rag.understand.references import Reference

_TITLED = re.compile(r"《[^》]*》|[\u4e00-\u9fff]{0,9}?法(?=第|规?定|里|上|对|，)")
_DUTIES_OF = re.compile(r"(?P<who>[\u4e00-\u9fff]{2,24}?)(?:对[^，。：:]{0,20})?(?:履行|负有|有)下列(?:安全生产)?职责")
"""An article that lists somebody's duties: a breach of it is punished as not doing them, in no words of its own."""
_SUBJECT = 4
"""Characters of its own that a question before must have to say what was breached."""


def asks_penalty(text: str) -> bool:
    said = re.search(r"(?<!处)罚|处罚(?!完|信息|决定)|法律责任|后果|收拾|跑得掉|逃得掉|追究|判刑|坐牢", text)
    return bool(said) and not asks_procedure(text)


def is_penalty(clause: Clause) -> bool:
    return any("法律责任" in heading for heading in clause.path)


def penalty_for(library: Library, book: CitationBook, reading: Reading, clause: Clause, find: Search) -> Draft:
    """Which article of the same law punishes a breach of ``clause``."""
    told = _DUTIES_OF.search(library.clauses(clause.document)[clause.top].text)
    found = [] if told and clause.id != clause.top else _by_talk(library, reading, clause, find)
    if not found:
        query = f"{told['who']}未履行本法规定的安全生产管理职责 处罚" if told else ""
        query = query or f"{reading.topic} 违反 {clause.text[-60:]} 处罚 责令限期改正 罚款"
        hits = find(query, 12, documents=[clause.document])
        found = [c for c in (top_clause(library, hit) for hit in hits) if is_penalty(c)]
    return compose_articles(library, book, reading, found[:1] or [clause], [*found[1:3], clause])


def _by_talk(library: Library, reading: Reading, clause: Clause, find: Search) -> list[Clause]:
    """The articles of the same law that set a penalty, by what a follow-up and the question before it say together."""
    if len("".join(words_of(_TITLED.sub("＿", reading.before)))) < _SUBJECT:
        return []
    own = re.sub(r"《[^》]*》|第[0-9]+条(?:第[0-9]+[款项])*", "", reading.text)
    hits = find(f"{reading.before}，{own}", 8, documents=[clause.document])
    return [c for c in (top_clause(library, hit) for hit in hits) if is_penalty(c)]


def better_clause(library: Library, reading: Reading, clauses: Sequence[Clause], search_in: Search) -> Clause | None:
    """An article of the same document that the topic fits clearly better than the ones named, if there is one."""
    document = clauses[0].document
    hits = search_in(reading.topic, 3, documents=[document])
    tops = {c.top for c in clauses}
    if not hits or any(hit.clause in tops for hit in hits):
        return None
    named = max(overlap(reading.topic, library.clauses(document)[top].text) for top in tops)
    best = top_clause(library, hits[0])
    return best if overlap(reading.topic, best.text) >= named + 0.25 else None


def related(library: Library, reference: Reference) -> list[Clause]:
    """The clauses an article reference means; without a title, the ones of that number in law and 规定."""
    documents = [reference.document] if reference.document else ["anquan-shengchan-fa", "dangzheng-zerenzhi"]
    found = []
    for document in documents:
        clause = library.clause(document, reference.clause) or _only_subitem(library, document, reference)
        clause = clause or library.clause(document, reference.number)
        if clause:
            found.append(clause)
    return found


def _only_subitem(library: Library, document: str, reference: Reference) -> Clause | None:
    """第二十一条第三项 of an article whose 项 all stand in one 款, whichever that is."""
    if not reference.subitem or reference.paragraph:
        return None
    wanted = f"({reference.subitem})"
    clauses = library.clauses(document).values()
    found = [c for c in clauses if c.top == reference.number and c.kind is Kind.SUBITEM and c.id.endswith(wanted)]
    return found[0] if len(found) == 1 else None


def top_clause(library: Library, hit: Hit) -> Clause:
    """The top-level clause of a hit."""
    return library.clauses(hit.document)[hit.clause]

"""Where wording rules cannot tell whether the documents answer a question, the judge is asked."""

from __future__ import annotations

from dataclasses import replace

from index.clean import fold
from rag.answerable.features import Asked
from rag.answerable.judge import Judge, Lack, Verdict
from rag.citations import CitationBook
from rag.compose.articles import top_clause
from rag.compose.draft import Draft
from rag.compose.limits import refuse
from rag.compose.limits.evidence import holds_fact, wanted_fact
from rag.compose.limits.held import names_above
from rag.compose.open import search as searched
from rag.compose.open import search_words
from rag.library import Library
from rag.retrieve import Search
from rag.understand.reading import Reading
from rag.understand.scope import Outside

_SOFT = frozenset(("title", "fact", "unexplained", "attribute", "evidence", "other_scope", *Outside))
"""Rules of wording, which the judge may overrule; that a clause does not exist or nobody is named is no such rule."""

JUDGED = "judge"
"""The rule of a refusal that is the judge's own."""

_LEADS = {
    Lack.UNEXPLAINED: "收录的文件没有展开说明所问的内容，无法回答。",
    Lack.VALUE: "收录的文件没有写明所问的数值，无法回答。",
    Lack.OTHER_YEAR: "收录的文件没有其他年份的情况，无法回答。",
    Lack.OTHER_PLACE: "收录的文件没有其他地方、其他层级的规定，无法回答。",
    Lack.OTHER_PAPER: "所问的文件没有收录，无法回答其中的内容。",
}
_OUTSIDE = {
    Lack.ALTER: Outside.ALTER,
    Lack.INJECTION: Outside.INJECTION,
    Lack.OFF_TOPIC: Outside.OFF_TOPIC,
}


def judged(library: Library, reading: Reading, draft: Draft, search: Search, judge: Judge) -> Verdict | None:
    """The judge's verdict; ``None`` where there is nothing to doubt, or no vectors to judge by."""
    if not (draft.rule in _SOFT if draft.reason else draft.found):
        return None
    if draft.rule == "title" and reading.references:
        return None  # an article of a regulation that is not held
    if draft.rule == "other_scope" and (reading.years or reading.place or names_above(reading.text)):
        return None  # a year, a place or an organ above that is named
    vector = search.vector(search_words(library, reading))
    if vector is None:
        return None
    hits = tuple(searched(library, reading, search))
    evidence = tuple(fold(top_clause(library, hit).text) for hit in hits[:3])
    quoted = "".join(line[2:] for line in draft.text.splitlines() if line.startswith("> "))
    verdict = judge(
        Asked(
            text=reading.text,
            vector=vector,
            hits=hits[:2],
            evidence=evidence,
            drafted=quoted or draft.text,
            intent=reading.wording.intent,
            rule=draft.rule,
            parties=bool(reading.parties),
            references=bool(reading.references),
            documents=bool(reading.documents),
            wants=bool(wanted_fact(reading)),
            holds=bool(hits) and holds_fact(library, reading, top_clause(library, hits[0])),
        )
    )
    named = reading.follows and not draft.reason and len(reading.references) > 1
    return None if verdict and verdict.lack is Lack.AMBIGUOUS and named else verdict


def lacking(library: Library, book: CitationBook, reading: Reading, lack: Lack, search: Search) -> Draft:
    """A refusal for what the documents lack; what they do say nearby is quoted, marked as no answer."""
    return replace(_refusal(library, book, reading, lack, search), rule=JUDGED)


def _refusal(library: Library, book: CitationBook, reading: Reading, lack: Lack, search: Search) -> Draft:
    if lack in _OUTSIDE:
        return refuse.outside(_OUTSIDE[lack])
    if lack is Lack.AMBIGUOUS:
        return refuse.ambiguous("问题没有写明指的是什么。请写明事项（例如第20项、燃气安全整治）、部门或法律条款。")
    lead = _LEADS.get(lack, "收录的文件没有写明所问的情况，无法回答。")
    near = [top_clause(library, hit) for hit in searched(library, reading, search)[:1]]
    return refuse.not_held(library, book, reading, lead, near)

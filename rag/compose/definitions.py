"""Terms that a law defines in so many words (人员密集场所，是指…): asked what they are, that line answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.clean import fold
from index.model import Clause, Family, Kind
from rag.citations import CitationBook
from rag.compose.draft import Draft
from rag.compose.statutes import compose_articles
from rag.library import Library
from rag.understand.ask import Intent
from rag.understand.reading import Reading

_DEFINES = re.compile(
    r"(?:^|[\s　。；：）)])(?:本法所称的?|前款所称的?)?[“\"]?(?P<term>[\u4e00-\u9fff]{2,14}?)[”\"]?[，,]?\s*"
    r"是?指(?!导|挥|定|示|使|标|派|令|出)"
)
_ASKS = re.compile(
    r"定义(?!务)|界定|含义|什么意思|是指|指(?:的是)?(?:什么|哪)|(?:什么|怎)(?:么)?样?的[^，。？?]{0,8}(?:才)?(?:算|叫|是)|算(?:是)?(?:什么|哪种|哪类|不算)|才算|"
    r"(?:什么|怎么)(?:才)?(?:是|叫|算)|是(?:些)?(?:什么|哪些|个什么)|(?:包括|有)哪些(?:地方|场所|单位)"
)
_AT = (
    r"(?:什么样的|什么(?:才)?(?:是|叫|算)|怎么?样?(?:才)?算)[^，。？?]{{0,8}}{term}[?？]?$|"
    r"{term}[”\"]?[^。？?]{{0,16}}(?:定义(?!务)|界定|含义|是指|指(?:的是)?(?:什么|哪))"
)
_QUOTED = re.compile(r"[“\"]([^”\"]{2,12})[”\"]")
_LEAST = 0.5
"""Share of the topic that the term must make up: 重大危险源, not something about it."""


def compose_definition(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """The line that defines the term asked about; ``None`` where none does or something else is asked."""
    if reading.parties or reading.references or library.plan.id in reading.documents:
        return None
    if not (reading.intent is Intent.DEFINITION or _ASKS.search(reading.text)):
        return None
    asked = fold(reading.text)
    found = [(term, clause) for term, clause in _defined(library, reading) if _is_term(reading, asked, term)]
    found = [(term, clause) for term, clause in found if not _narrower(library, asked, term, clause)]
    if not found:
        return None
    quoted = _QUOTED.search(asked)
    said = [pair for pair in found if quoted and pair[0] == quoted.group(1)] or found
    term, clause = max(said, key=lambda pair: (len(pair[0]), -len(pair[1].text)))
    also = [c for other, c in said if other == term and c.document != clause.document]
    return compose_articles(library, book, reading, [clause], also[:2])


def _narrower(library: Library, asked: str, term: str, clause: Clause) -> bool:
    """Whether the question has a narrower term that the plan has and the law has not: 重点车辆 are no 车辆."""
    match = re.search(rf"[\u4e00-\u9fff]{{2}}{re.escape(term)}", asked)
    said = match.group() if match else ""
    return bool(said) and said in library.plan.text and said not in library.document(clause.document).text


def _is_term(reading: Reading, asked: str, term: str) -> bool:
    """Whether ``term`` itself is asked about: it makes up the topic, or stands right at the asking words."""
    if term not in asked:
        return False
    return len(term) >= _LEAST * len(reading.topic) or bool(re.search(_AT.format(term=re.escape(term)), asked))


def _defined(library: Library, reading: Reading) -> Iterator[tuple[str, Clause]]:
    """(term, the smallest clause that defines it) in the laws named, in all where none is."""
    for id, info in library.infos.items():
        if info.family is Family.WORK_PLAN or (reading.documents and id not in reading.documents):
            continue
        for clause in library.clauses(id).values():
            if "指" in clause.text and (clause.kind in (Kind.PARAGRAPH, Kind.SUBITEM)):
                yield from ((fold(match["term"]), clause) for match in _DEFINES.finditer(clause.text))

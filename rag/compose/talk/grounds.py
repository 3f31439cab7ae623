"""The law behind a part of an item: which of its articles of law says what was asked, that article first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.model import Clause
from rag.citations import CitationBook
from rag.compose.articles import asks_penalty, is_penalty, penalty_for, top_clause
from rag.compose.draft import Draft, cite_name
from rag.compose.passages import overlap
from rag.compose.statutes import compose_articles
from rag.library import Library
from rag.retrieve import Search
from rag.understand.reading import Reading
from rag.understand.talk.neighbours import DUTY
from rag.understand.talk.sides import GROUNDS

_KNOWN = 0.15
"""Added to the score of an article that the item is known to rest on."""
_WHY = 0.5
_MOST = 3
_HEAD = 60


def compose_grounds(
    library: Library, book: CitationBook, reading: Reading, clauses: Sequence[Clause], find: Search
) -> Draft | None:
    """The article that says what was asked of the law behind an item, the others it rests on named after it."""
    if DUTY in reading.text:
        return _duty(library, book, reading, clauses, find)
    _, mark, asked = reading.text.partition(GROUNDS)
    if not mark or len(clauses) != 1 or clauses[0].document != library.plan.id:
        return None
    item = clauses[0]
    known = _known(library, item)
    named = [id for id in reading.documents if id != item.document]
    known = [c for c in known if not named or c.document in named]
    ranked = _ranked(library, item, asked, known, find, named)
    if not ranked:
        return None
    best = ranked[0]
    about = replace(reading, text=asked, references=())
    if asks_penalty(asked) and not is_penalty(best):
        draft = penalty_for(library, book, about, best, find)
    else:
        draft = compose_articles(library, book, about, [best])
    rests = best in known
    tie = f"以上是{item.label}（{item.title}）{'的法律依据之一' if rests else '所说事项的法律规定'}{book.cite(item)}。"
    others = [c for c in known if c != best][:_MOST]
    if others:
        tie += f"{item.label}的其他依据：{'、'.join(cite_name(library, c) + book.cite(c) for c in others)}。"
    return Draft(f"{draft.text}\n\n{tie}", draft.duties)


def _duty(
    library: Library, book: CitationBook, reading: Reading, clauses: Sequence[Clause], find: Search
) -> Draft | None:
    """The article whose breach a penalty punishes, that penalty after it."""
    _, mark, asked = reading.text.partition(DUTY)
    if not mark or len(clauses) != 1:
        return None
    penalty = clauses[0]
    hits = find(asked or penalty.text[:_HEAD], 12, documents=[penalty.document])
    duties = [c for c in (top_clause(library, hit) for hit in hits) if not is_penalty(c)]
    if not duties:
        return None
    draft = compose_articles(library, book, replace(reading, text=asked, references=()), duties[:1])
    tie = f"违反它的罚则是{cite_name(library, penalty)}{book.cite(penalty)}。"
    return Draft(f"{draft.text}\n\n{tie}", draft.duties)


def _known(library: Library, item: Clause) -> list[Clause]:
    """The articles the item rests on, in the order recorded."""
    found = library.bases.get(item.id)
    articles = [library.clause(b.document, b.article) for b in found.bases] if found else []
    return list(dict.fromkeys(c for c in articles if c is not None))


def _ranked(
    library: Library, item: Clause, asked: str, known: Sequence[Clause], find: Search, named: Sequence[str]
) -> list[Clause]:
    """Articles of law, of those ``named`` if any, best first: those found for the words asked, the known preferred."""
    laws = list(named) or [id for id in library.infos if id != item.document]
    hits = list(find(asked, 10, documents=laws))
    scores = {top_clause(library, hit): hit.score for hit in hits}
    why = dict.fromkeys(known, 0.0)
    found = library.bases.get(item.id)
    for basis in found.bases if found else ():
        clause = library.clause(basis.document, basis.article)
        if clause is not None and clause in why:
            why[clause] = max(why.get(clause, 0.0), overlap(asked, basis.why))
    least = min(scores.values(), default=0.0)
    total = {c: scores.get(c, least * 0.9) + _KNOWN + _WHY * why[c] for c in known}
    total |= {c: score for c, score in scores.items() if c not in total}
    return sorted(total, key=lambda c: -total[c])

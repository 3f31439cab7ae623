"""How clauses are written out so that reading the words again finds the same clause."""

from __future__ import annotations

from index.model import Tier
from rag.library import Library
from rag.understand.ask import Party
from rag.understand.references import Reference


class Speech:
    """Words for what the library holds. Thread-safe."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def words(self, reference: Reference) -> str:
        """第20项, 《安全生产法》第36条第4款."""
        if reference.kind == "item":
            return f"第{reference.number}项"
        return (self.title(reference.document) if reference.document else "") + self.number(reference)

    def number(self, reference: Reference) -> str:
        """The reference without the title of its document."""
        if reference.kind == "item":
            return f"第{reference.number}项"
        number, _, of = reference.number.partition("-")
        return (
            f"第{number}条"
            + (f"之{'〇一二三四五六七八九'[int(of)]}" if of else "")
            + (f"第{reference.paragraph}款" if reference.paragraph else "")
            + (f"第{reference.subitem}项" if reference.subitem else "")
        )

    def title(self, document: str) -> str:
        return f"《{self._library.infos[document].short_title}》"

    def heading(self, reference: Reference) -> str:
        """The opening phrase of an item of the plan; empty for anything else."""
        clause = self._library.clause(reference.document, reference.number) if reference.document else None
        return clause.title if clause else ""

    def holds(self, article: Reference, subitem: int) -> bool:
        """Whether an article has a 项 of that number."""
        clauses = self._library.clauses(article.document) if article.document else {}
        return any(c.top == article.number and c.id.endswith(f"({subitem})") for c in clauses.values())

    def concepts(self, text: str) -> tuple[str, ...]:
        """Names of the defined terms ``text`` mentions in quotation marks or plainly."""
        return tuple(
            c.name for c in self._library.concepts if any(form and form in text for form in (c.name, *c.aliases))
        )

    def named(self, party: Party) -> tuple[Reference, ...]:
        """The items of the plan that name ``party``, in order."""
        plan = self._library.plan.id
        found = [r.clause for r in self._library.reaches(party.name) if r.tier is Tier.NAMED]
        return tuple(Reference("item", id, plan, f"第{id}项") for id in dict.fromkeys(found) if id.isdigit())

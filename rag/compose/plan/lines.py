"""One line an item, and lines put together."""

from __future__ import annotations

from index.model import Clause, Role
from rag.citations import CitationBook
from rag.compose.roles import LEADING, bracket_duties, role_lines
from rag.library import Library


def item_line(library: Library, book: CitationBook, item: Clause) -> str:
    duties = bracket_duties(library.duties(item.document), item.id)
    leading = role_lines(duties, LEADING) or role_lines(duties, (Role.SHARE,))
    return f"- {item.label} {item.title}（{'；'.join(leading)}）{book.cite(item)}"


def joined(*lines: str) -> str:
    return "\n\n".join(line for line in lines if line)

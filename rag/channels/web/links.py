"""Addresses of places in documents: ``#c=<document>/<clause>/<start>-<end>``, the part after the clause optional.

They are fragments, so a colleague who is sent one opens the same place, and no server log sees it.
"""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from index.model import Span


def clause_link(document: str, clause: str, span: Span | None = None) -> str:
    place = f"#c={quote(document, safe='')}/{quote(clause, safe='')}"
    return place + (f"/{span.start}-{span.end}" if span else "")


def list_link(of: str) -> str:
    """The address of an organisation's list."""
    return f"#tasks={quote(of, safe='')}"


def anchor(href: str, inner: str, *, title: str = "", css: str = "") -> str:
    """``inner`` is HTML; the rest is escaped."""
    about = f' title="{escape(title)}"' if title else ""
    return f'<a class="{escape(css)}" href="{escape(href)}"{about}>{inner}</a>'

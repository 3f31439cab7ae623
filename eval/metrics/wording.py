"""Whether words stand in an answer, as a reader would say it."""

from __future__ import annotations

import re

from index.clean import fold

_MARKER = re.compile(r"\[\d+\]")
_MARKUP = re.compile(r"(?m)^[ \t]*(?:>|#{1,6}(?=\s)|[-+](?=\s))|[*`]")
_ENUMERATION = re.compile(r"第(\d+(?:[、,，和及]\d+)+)(项|条)")
_NUMERAL = re.compile("[0-9零〇一二三四五六七八九十百千万亿两]")


def readable(text: str) -> str:
    """Markdown ``text`` without markup, markers and differences of width or spacing.

    ``第4、34项`` also counts as having said ``第4项`` and ``第34项``: those are put after the text.
    """
    plain = fold(_MARKUP.sub("", _MARKER.sub("", text)))
    spelled = [
        f"第{number}{unit}" for numbers, unit in _ENUMERATION.findall(plain) for number in re.findall(r"\d+", numbers)
    ]
    return "\n".join([plain, *spelled])


def holds(readable_text: str, words: str) -> bool:
    """Whether ``words``, folded the same way, are in a text made ``readable``. A number must be the whole number:
    ``5个`` is not in ``15个``, nor ``十万元`` in ``五十万元``.
    """
    wanted = fold(words)
    before = f"(?<!{_NUMERAL.pattern})" if _NUMERAL.match(wanted) else ""
    after = f"(?!{_NUMERAL.pattern})" if _NUMERAL.match(wanted[-1:]) else ""
    return re.search(before + re.escape(wanted) + after, readable_text) is not None

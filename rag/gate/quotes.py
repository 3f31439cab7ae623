"""Quotations: a contiguous stretch of a cited clause, and shown in the stored characters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.clean import fold
from rag.gate.model import Fault, Rule
from rag.gate.source import Source

_QUOTED = re.compile(r"“((?:[^“”]|“[^“”]*”)*)”|「([^」]*)」|『([^』]*)』|\"([^\"]*)\"")
_UNBALANCED = re.compile(r"[“”「」『』\"]")
_EDGE = "。，；：,;:、.!?！？ "


def check_quotes(text: str, sources: Sequence[Source], unquoted: int) -> tuple[str, list[Fault]]:
    """``text`` with every quotation in the stored characters. Compared folded: width, spaces and kinds of quotation
    marks do not matter, everything else does. ``unquoted`` is the longest quotation of an unverified text.
    """
    faults: list[Fault] = []

    def stored(match: re.Match[str]) -> str:
        words = next(group for group in match.groups() if group is not None)
        found = _find(words, sources)
        if found is None:
            faults.append(Fault(Rule.QUOTE, f"引号中的“{words[:40]}”不是所引条款的连续原文"))
            return match.group()
        source, exact = found
        if not source.citation.verified and len(fold(words)) > unquoted:
            faults.append(Fault(Rule.QUOTE, "转录文本不能作为逐字引文，请去掉引号"))
        return f"“{exact}”"

    shown = _QUOTED.sub(stored, text)
    if _UNBALANCED.search(_QUOTED.sub("", text)):
        faults.append(Fault(Rule.QUOTE, "引号不成对"))
    return shown, faults


def _find(words: str, sources: Sequence[Source]) -> tuple[Source, str] | None:
    """The stored characters of ``words``; a stop before the closing mark belongs to the sentence around it."""
    for wanted in dict.fromkeys((fold(words), fold(words.strip(_EDGE)))):
        if not wanted:
            continue
        for source in sources:
            at = source.cleaned.text.find(wanted)
            if at >= 0:
                return source, source.cleaned.original(at, at + len(wanted)).of(source.citation.quote)
    return None

"""Characters that files refuse."""

from __future__ import annotations

import re

_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_ENDS = re.compile("\r\n?")


def printable(text: str) -> str:
    """``text`` without control characters, halves of surrogate pairs and non-characters; line ends are ``\\n``."""
    return _REFUSED.sub("", _ENDS.sub("\n", text))

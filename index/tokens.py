"""The one segmenter: what is indexed and what is asked go through the same function.

Han text gives single characters and overlapping pairs. On legal questions that finds more than dictionary words do,
and it cannot fail on a name no dictionary has. Latin letters and digits stay together as words.
"""

from __future__ import annotations

import re

from index.clean import HAN, fold

_RUN = re.compile(rf"(?P<han>[{HAN}]+)|[0-9]+(?:\.[0-9]+)+|[0-9a-z]+")


def tokens(text: str) -> list[str]:
    """Tokens of ``text`` in order, repeats included; ``[]`` where there is nothing but punctuation.

    >>> tokens("Ａ级景区")
    ['a', '级', '景', '区', '级景', '景区']
    """
    found: list[str] = []
    for match in _RUN.finditer(fold(text).lower()):
        run = match.group()
        if match.group("han"):
            found += run
            found += (run[at : at + 2] for at in range(len(run) - 1))
        else:
            found.append(run)
    return found

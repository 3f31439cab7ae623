"""A follow-up that the rules could not resolve, rewritten by the model into a question that stands alone.

Only where the answer would be to ask back. What comes out is held against what was said: no organisation, number or
clause that neither the question nor the history has, and next to no other new words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from time import monotonic

from index.clean import fold
from index.organisations import Register
from rag.generate.breaker import Breaker
from rag.generate.model import LanguageModel, ModelFailure
from rag.generate.prompt import rewrite_messages
from rag.model import Question, Turn

_LONGEST = 120
_LEAST_KNOWN = 0.7
_DIGITS = re.compile(r"\d+|第[零一二三四五六七八九十百]+[条项款]")
_HAN = re.compile("[\u4e00-\u9fff]{2,}")


def rewrite(model: LanguageModel, breaker: Breaker, question: Question, register: Register, end: float) -> str | None:
    """``question`` to stand alone; ``None`` where the model cannot, may not, or says something new."""
    left = end - monotonic()
    if not question.history or left <= 0 or not breaker.admits():
        return None
    try:
        reply = "".join(model.stream(rewrite_messages(question.text, question.history), left))
    except ModelFailure:
        breaker.failed()
        return None
    breaker.succeeded()
    lines = [line.strip(' “”"') for line in reply.splitlines() if line.strip()]
    said = lines[0] if len(lines) == 1 else ""
    return said if _is_faithful(said, question.text, question.history, register) else None


def _is_faithful(said: str, question: str, history: Sequence[Turn], register: Register) -> bool:
    if not 4 <= len(said) <= _LONGEST or fold(said) == fold(question):
        return False
    known = fold("\n".join([question, *(turn.content for turn in history)]))
    if any(fold(number) not in known for number in _DIGITS.findall(said)):
        return False
    names = {mention.name for mention in register.find(known)}
    if any(mention.name not in names for mention in register.find(said)):
        return False
    pairs = [run[at : at + 2] for run in _HAN.findall(fold(said)) for at in range(len(run) - 1)]
    return bool(pairs) and sum(pair in known for pair in pairs) >= _LEAST_KNOWN * len(pairs)

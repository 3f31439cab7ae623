"""Answered right: what a careful clerk would pass without a correction. All of these must hold:

1. the question was answered, not refused;
2. every required fact stands in the text (``facts``) and no forbidden words do;
3. where the gold has a duty list, the list is exactly that (``duty_exact``);
4. where the gold has clauses, an answer with facts or duties to check cites at least one of them anywhere; one without
   either must cite a gold clause first, for otherwise nothing would tie it to the question;
5. every quotation is verbatim (``verbatim``).

``handled`` extends this to all questions: an unanswerable one is handled right when it is refused.
"""

from __future__ import annotations

from eval.metrics.duty_exact import duty_exact
from eval.metrics.facts import facts_stated
from eval.metrics.measure import Case, Measure, answerable
from eval.metrics.verbatim import verbatim
from eval.metrics.wording import holds, readable


def faults(case: Case) -> tuple[str, ...]:
    """What keeps an answerable question from counting as right, in Chinese; empty where nothing does."""
    if case.given is None:
        return ("没有得到回答",)
    if case.given.refused:
        return ("误拒",)
    return tuple(
        words
        for words, wrong in (
            ("缺少事实", facts_stated(case.gold, case.given) < 1),
            ("出现不应有的说法", _says_forbidden(case)),
            ("任务清单不一致", case.gold.duties is not None and not duty_exact(case)),
            ("没有引用应引的条款", not _cites_gold(case)),
            ("引文与原文不符", verbatim(case) not in (None, 1.0)),
        )
        if wrong
    )


def _says_forbidden(case: Case) -> bool:
    text = readable(case.answer.text)
    return any(holds(text, words) for words in case.gold.forbidden)


def _cites_gold(case: Case) -> bool:
    gold = set(case.gold.clauses)
    checked = bool(case.gold.facts) or case.gold.duties is not None
    cited = case.answer.cited if checked else case.answer.cited[:1]
    return not gold or not gold.isdisjoint(cited)


def _handled(case: Case) -> float:
    return float(not faults(case) if case.gold.answerable else case.answer.refused)


ANSWERED_RIGHT = Measure(
    "answered_right", "答对", "可回答的问题：未拒答、事实齐全、无错误说法、清单一致、引到应引条款、引文逐字相符",
    answerable, lambda case: float(not faults(case)), unanswered=0.0,
)  # fmt: skip
HANDLED = Measure("handled", "处理正确", "可回答的答对，不可回答的拒答", lambda _: True, _handled, unanswered=0.0)

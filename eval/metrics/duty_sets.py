"""Duty lists as sets of (tier, clause), for the measures that compare them."""

from __future__ import annotations

from eval.dataset import DutyList
from eval.given import Given
from eval.metrics.measure import Case

TIERS = ("named", "body", "member", "possible")


def asks_for_duties(case: Case) -> bool:
    return case.gold.answerable and case.gold.duties is not None


def expected(duties: DutyList) -> frozenset[tuple[str, str]]:
    """(tier, clause); without ``possible`` where the gold does not check it."""
    lists = (duties.named, duties.body, duties.member, duties.possible or frozenset())
    return frozenset((tier, clause) for tier, clauses in zip(TIERS, lists, strict=True) for clause in clauses)


def listed(given: Given, duties: DutyList) -> frozenset[tuple[str, str]]:
    """What the answer lists for the organisation asked about, in the tiers the gold checks."""
    if given.refused:
        return frozenset()
    skipped = {"possible"} if duties.possible is None else set()
    return frozenset(
        (row.tier, row.clause) for row in given.duties if row.party == duties.organisation and row.tier not in skipped
    )


def pair(case: Case) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """(expected, listed). Raises ``ValueError`` for a question that asks for no duty list."""
    if case.gold.duties is None:
        raise ValueError(f"{case.gold.id} asks for no duty list")
    return expected(case.gold.duties), listed(case.answer, case.gold.duties)

"""The duty table: which clauses bind whom, exhaustively."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.corpus import docs_folder, load_documents
from index.dutytable import Reach, completeness, reaches, strongest
from index.model import Duty, Family, Kind, ParsedDocument, Problem, Role, Span, Tier
from index.organisations import load_register
from index.pipeline import parse_document

ROOT = Path(__file__).resolve().parent.parent
REGISTER = load_register(docs_folder() / "organisations.toml")
NAMED = [json.loads(line) for line in (ROOT / "eval/gold/named.jsonl").read_text(encoding="utf-8").splitlines()]
BODY = Span(0, 9)
ITEMS = [str(number) for number in range(1, 37)]


@pytest.fixture(scope="module")
def plan(docs: Path) -> ParsedDocument:
    loaded = next(one for one in load_documents(docs, ()) if one.document.family is Family.WORK_PLAN)
    return parse_document(loaded, REGISTER)


def clauses(found: tuple[Reach, ...], tier: Tier) -> list[str]:
    return list(dict.fromkeys(reach.clause for reach in found if reach.tier is tier))


def duty(party: str, clause: str = "1", tier: Tier = Tier.NAMED, action: Span = BODY, words: str = "") -> Duty:
    return Duty("doc", clause, party, words or party, Role.CARRY_OUT, "落实", tier, Span(0, 1), Span(1, 3), action)


def test_gold_covers_every_party_of_the_register_that_the_plan_names(plan: ParsedDocument) -> None:
    """The table below asks about every organisation the brackets name, so its 100 % means the whole plan."""
    asked = {line["org"] for line in NAMED}
    assert {d.party for d in plan.duties if d.tier is Tier.NAMED and d.party in REGISTER.by_name} <= asked
    assert len(NAMED) == len(asked) == 48


@pytest.mark.parametrize("line", NAMED, ids=[line["org"] for line in NAMED])
def test_every_item_of_every_organisation(plan: ParsedDocument, line: dict[str, list[str]]) -> None:
    """Named, member and body clauses of each organisation, none missing, none too many, in the plan's order."""
    found = reaches(str(line["org"]), plan.duties, REGISTER)
    assert clauses(found, Tier.NAMED) == line["named"]
    assert clauses(found, Tier.MEMBER) == line["member"]
    assert clauses(found, Tier.BODY) == line["body"]


def test_former_name_counts_for_the_successor_once(plan: ParsedDocument) -> None:
    """第20项 names 市安监局 and 市应急管理局: one reach, under the name in use."""
    found = [r for r in reaches("市应急管理局", plan.duties, REGISTER) if r.clause == "20" and r.tier is Tier.NAMED]
    assert [(r.duty.words, r.via) for r in found] == [("市应急管理局", None)]


def test_group_words_are_told(plan: ParsedDocument) -> None:
    """A member learns through which words it is reached; one that is named, through none."""
    found = reaches("丰城市政府", plan.duties, REGISTER)
    assert {(r.clause, r.via) for r in found if r.tier is Tier.NAMED} == {("14", None)}
    assert {r.via for r in found if r.tier is Tier.MEMBER} == {"各县(市、区)政府"}
    body = {(r.clause, r.via) for r in found if r.tier is Tier.BODY}
    assert body == {("notice", "各地"), ("1", "各级党委、政府和部门单位"), ("30", "各地"), ("34", "各县(市、区)")}


def test_possible_only_where_nothing_stronger_binds(plan: ParsedDocument) -> None:
    """市住建局 is named in 20 and 29: their 有关部门 is not asked again; all other items with group words are."""
    found = reaches("市住建局", plan.duties, REGISTER)
    possible = clauses(found, Tier.POSSIBLE)
    assert set(possible).isdisjoint(clauses(found, Tier.NAMED))
    open_groups = {g.name for g in REGISTER.groups if g.open and "department" in g.may_bind}
    expected = {d.clause for d in plan.duties if d.party in open_groups} - {"20", "29"}
    assert set(possible) == expected


def test_office_and_host_stay_apart(plan: ParsedDocument) -> None:
    """What the office must do is not the host's duty: 第36项 names 市安委会办公室, not 市应急管理局."""
    assert "36" in clauses(reaches("市安委会办公室", plan.duties, REGISTER), Tier.NAMED)
    assert "36" not in clauses(reaches("市应急管理局", plan.duties, REGISTER), Tier.NAMED)


def test_an_unknown_name_is_bound_by_nothing(plan: ParsedDocument) -> None:
    """No group is stretched over an organisation the register does not know."""
    assert reaches("火星局", plan.duties, REGISTER) == ()


def test_every_duty_reaches_somebody(plan: ParsedDocument) -> None:
    """No duty of the plan is lost between table and query: whoever asks as its party is reached."""
    for one in plan.duties:
        assert (one.clause, one.tier) in {(r.clause, r.duty.tier) for r in reaches(one.party, plan.duties, REGISTER)}


def test_two_tasks_in_one_clause_both_reach() -> None:
    """The same party told two things by the text of one item has two reaches, the same bracket twice has one."""
    one, two = duty("市住建局", tier=Tier.BODY), duty("市住建局", tier=Tier.BODY, action=Span(9, 18))
    assert [r.duty for r in reaches("市住建局", [one, two], REGISTER)] == [one, two]
    assert len(reaches("市住建局", [one, one], REGISTER)) == 1


def test_the_name_in_use_is_preferred_to_the_former_one() -> None:
    """Whichever of the two stands first in the bracket."""
    old, new = duty("市应急管理局", words="市安监局"), duty("市应急管理局")
    for order in ([old, new], [new, old]):
        assert [r.duty.words for r in reaches("市应急管理局", order, REGISTER)] == ["市应急管理局"]


def test_strongest_tier() -> None:
    """点名 before 正文 before 成员 before 待确认."""
    order = [Tier.NAMED, Tier.BODY, Tier.MEMBER, Tier.POSSIBLE]
    found = [Reach(duty("x"), "x", tier, None) for tier in order]
    for first in range(4):
        assert strongest(found[first:][::-1]) is order[first]


def test_completeness_counts_every_item(plan: ParsedDocument) -> None:
    """36项 for 市住建局: 2 named; each item is touched or counted as untouched; the notice is no item."""
    found = reaches("市住建局", plan.duties, REGISTER)
    said = completeness(found, ITEMS, plan.problems)
    assert said.total == 36
    assert said.by_tier[Tier.NAMED] == 2
    assert said.by_tier[Tier.MEMBER] == said.by_tier[Tier.BODY] == 0
    assert said.by_tier[Tier.POSSIBLE] == len(set(clauses(found, Tier.POSSIBLE)) - {"notice"})
    assert said.untouched == 36 - len({r.clause for r in found} - {"notice"})
    assert said.unread == ()


def test_unread_items_are_named_once_each() -> None:
    """Items whose bracket was not read stand in the statement, whoever asks."""
    problems = [Problem("doc", clause, "unreadable_bracket", "x", Span(0, 1)) for clause in ("3", "2", "3", "notice")]
    said = completeness((), ["1", "2", "3"], problems)
    assert (said.total, said.untouched, said.unread) == (3, 3, ("3", "2"))


def test_items_are_all_the_plan_has(plan: ParsedDocument) -> None:
    """The list completeness counts over is the document's own."""
    assert [c.id for c in plan.clauses if c.kind is Kind.ITEM] == ITEMS

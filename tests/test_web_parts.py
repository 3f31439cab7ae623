"""What stands behind the page's views: departments, start page, clauses and documents, lists, who does what."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from index.errors import QuestionError
from index.model import Span, Tier
from rag.assistant import Assistant
from rag.channels.web.clauses import clause_view, document_html
from rag.channels.web.departments import choices, choose
from rag.channels.web.kept import Kept
from rag.channels.web.start import overview, questions, start_html
from rag.channels.web.tasks import Wanted, tasks_html, wanted_list, whole_list
from rag.channels.web.view import answer_html
from rag.channels.web.who import items_html, matrix_html, search_items, sentence_about
from rag.compose.lists.words import TIER_NAMES
from rag.export.rows import SortBy
from rag.model import Question
from rag.settings import Settings
from rag.wiring import build, make_assistant

PLAN = "yichun-2023-work-plan"


def words(html: str) -> str:
    """What a reader sees of ``html``."""
    return unescape(re.sub(r"<[^>]+>", "", html.replace("<br>", "\n")))


def test_departments_are_found_by_every_name_and_sound(assistant: Assistant) -> None:
    """Each organisation is offered once, with all its names, their pinyin and its initials."""
    register = assistant.library.register
    offered = {choice.name: choice for choice in choices(register)}
    assert set(offered) == set(register.by_name)
    former = [(old.successor, name) for old in register.successions for name in (old.predecessor, *old.aliases)]
    for one in register.organisations:
        was = {name for successor, name in former if successor == one.name}
        assert {one.name, one.full, *one.aliases} | was == set(offered[one.name].forms)
    assert "安监局" in offered["市应急管理局"].forms
    assert {"zjj", "zhujianju", "jsj"} <= set(offered["市住建局"].sounds)
    assert [name for name, choice in offered.items() if "建设局" in choice.forms] == ["市住建局"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [("市住建局", "市住建局"), ("建设局", "市住建局"), (" 宜春市应急局 ", "市应急管理局"), ("市安监局", "市应急管理局"),
     ("袁州区住建局", "袁州区住建局"), ("", ""), (None, ""), ("火星基地", ""), ("市有关部门", "")],
)  # fmt: skip
def test_a_typed_department(assistant: Assistant, typed: str | None, name: str) -> None:
    """Names, aliases, old names and county bureaus are taken; groups and unknown words are not."""
    assert choose(assistant.reader, assistant.library.register, typed).name == name


def test_a_close_department_is_said(assistant: Assistant) -> None:
    """A name that is only close is either taken openly or suggested, never taken in silence."""
    chosen = choose(assistant.reader, assistant.library.register, "市住健局")
    assert "市住建局" in chosen.notice


def test_a_clause_is_whole(assistant: Assistant) -> None:
    """What stands before, in and after a cited stretch is the clause to the character; other places are refused."""
    clause = assistant.library.clause(PLAN, "20")
    assert clause is not None
    inner = Span(clause.span.start + 3, clause.span.start + 9)
    view = clause_view(assistant.library, PLAN, "20", inner)
    assert view is not None
    assert view.before + view.quote + view.after == clause.text
    assert view.quote == clause.text[3:9]
    assert clause_view(assistant.library, PLAN, "20", Span(0, 5)) is None
    assert clause_view(assistant.library, PLAN, "20", Span(inner.end, inner.start)) is None
    assert clause_view(assistant.library, "none", "20") is None


def test_a_paragraph_keeps_its_own_label(assistant: Assistant) -> None:
    """A cited 款 is shown inside its article under its own name."""
    part = assistant.library.clause("anquan-shengchan-fa", "3.3")
    assert part is not None
    view = clause_view(assistant.library, "anquan-shengchan-fa", "3", part.span)
    assert view is not None
    assert (view.label, view.verified) == ("第三条第三款", True)


def test_five_questions_that_can_be_answered(assistant: Assistant) -> None:
    """Every department is offered five different questions, and each gets an answer with citations."""
    library = assistant.library
    for name in (
        "",
        "市住建局",
        "市应急管理局",
        "丰城市政府",
        "市档案馆" if "市档案馆" in library.register.by_name else "市司法局",
    ):
        offered = questions(library, name)
        assert name != "丰城市政府" or "第14项由谁牵头、谁落实？" in offered, "the item that names it comes first"
        assert len(set(offered)) == 5
        for text in offered:
            answer = assistant.ask(Question(text, name or None))
            assert (name, text, answer.refused, bool(answer.citations)) == (name, text, False, True)


def test_the_start_page_counts_what_an_answer_counts(assistant: Assistant) -> None:
    """For every organisation the numbers by tier are those of the completeness line."""
    library = assistant.library
    for name in library.register.by_name:
        view = overview(library, name)
        counts = "，".join(f"{word} {view.tiers[tier]}" for tier, word in TIER_NAMES.items())
        assert f"{view.total}项：{counts}（" in whole_list(library, name).statement


def test_the_start_page_looks_ahead(assistant: Assistant, settings: Settings) -> None:
    """Deadlines stand soonest first with the days that are left; passed ones come last and are not announced."""
    march = make_assistant(replace(settings, today=date(2023, 4, 1))).library
    dues = overview(march, "市应急管理局").dues
    days = [due.days for due in dues]
    coming = [left for left in days if left >= 0]
    assert coming == sorted(coming)
    assert days[: len(coming)] == coming
    assert min(days) < 0
    html = start_html(march, "市应急管理局")
    assert f"还有{coming[0]}天" in html
    assert "已过" not in html
    over = start_html(make_assistant(replace(settings, today=date(2026, 11, 23))).library, "市应急管理局")
    assert "2023年，已过" in over
    assert "接下来" not in over


def test_the_whole_document_is_the_document(assistant: Assistant) -> None:
    """Every indexed document is shown to the character, with the cited stretch marked once."""
    library = assistant.library
    for id in library.infos:
        assert words(document_html(library, id)) == library.document(id).text
    clause = library.clause(PLAN, "20")
    assert clause is not None
    marked = document_html(library, PLAN, Span(clause.span.start + 3, clause.span.start + 9))
    assert f"<mark>{clause.text[3:9]}</mark>" in marked


def test_neighbours_follow_the_paper(assistant: Assistant) -> None:
    """From the first clause to the last, each one's neighbour names it in turn."""
    clause, seen = "notice", []
    while clause:
        view = clause_view(assistant.library, PLAN, clause)
        assert view is not None
        assert (view.previous.clause if view.previous else None) == (seen[-1] if seen else None)
        seen.append(clause)
        clause = view.next.clause if view.next else ""
    assert seen == ["notice", "preamble", *map(str, range(1, 37))]


def test_lists_are_filtered_as_the_files_are(assistant: Assistant) -> None:
    """What the address asks for is what table and file hold; what nobody offered is refused."""
    library = assistant.library
    wanted = Wanted.read({"org": "市应急管理局", "tier": "named,body", "sort": "due", "desc": "1"})
    assert (wanted.by, wanted.descending) == (SortBy.DUE, True)
    found = wanted_list(library, wanted)
    assert {row.tier for row in found.rows} == {Tier.NAMED, Tier.BODY}
    html = tasks_html(found, wanted)
    assert html.count("<tr>") == len(found.rows) + 1
    for row in found.rows:
        assert row.task in words(html)
    with pytest.raises(QuestionError):
        Wanted.read({"org": "市应急管理局", "sort": "name"})
    with pytest.raises(QuestionError):
        wanted_list(library, Wanted("火星基地"))


def test_cards_show_the_bracket(assistant: Assistant) -> None:
    """Every party of every bracket stands on its item's card, as written, under its role."""
    library = assistant.library
    cards = words(items_html(library))
    for duty in library.duties(PLAN):
        if duty.tier is Tier.NAMED:
            assert duty.words in cards
    assert items_html(library).count('class="az-item"') == 36


def test_the_matrix_is_the_duty_table(assistant: Assistant) -> None:
    """A column for every party, a row for every item, and as many marks as the brackets name."""
    library = assistant.library
    html = matrix_html(library)
    named = {(d.clause, d.party) for d in library.duties(PLAN) if d.tier is Tier.NAMED and d.clause.isdigit()}
    assert html.split("<tbody>")[1].count('class="az-cell') == len(named)
    assert html.count('<th scope="col"') == len({party for _, party in named}) + 1


@pytest.mark.parametrize(
    ("said", "items"),
    [("燃气", ["20"]), ("第29项", ["29"]), ("住建局", ["20", "29"]), ("校车", ["28"]), ("", []), ("区块链", [])],
)
def test_items_are_found(assistant: Assistant, said: str, items: list[str]) -> None:
    """A topic, a number or a department finds its items, best first; words nobody wrote find none."""
    assert search_items(assistant.library, said)[: len(items) or 1] == items


def test_a_found_item_says_why(assistant: Assistant) -> None:
    """Where the card does not show the words searched for, the item's own sentence that holds them is shown."""
    items = {item.id: item for item in assistant.library.items(PLAN)}
    for id, shown in (("20", "燃气"), ("29", "29"), ("29", "市住建局")):
        assert sentence_about(items[id], shown) == ""
    said = sentence_about(items["7"], "燃气")
    assert "燃气" in said
    assert said in "".join(items["7"].text.split())


def test_a_hostile_document_is_only_text(tmp_path: Path, docs: Path) -> None:
    """Markup in a document, in titles, tasks and brackets, is shown as text wherever the page shows the document."""
    shutil.copytree(docs, tmp_path / "docs", ignore=shutil.ignore_patterns("embeddings"))
    paper = tmp_path / "docs" / f"{PLAN}.txt"
    attack = "<img src=x onerror=alert(1)>"
    text = paper.read_text("utf-8").replace("强化燃气安全整治。", f"强化燃气{attack}安全整治。{attack}。")
    paper.write_text(text.replace("等有关部门分工负责", f"等有关部门{attack}分工负责"), "utf-8")
    small = Settings(docs=tmp_path / "docs", store=tmp_path / "store", embedding="none", laws=("安全生产法",))
    build(small)
    hostile = make_assistant(small)
    library = hostile.library
    tasks = whole_list(library, "市住建局")
    answer = hostile.ask(Question("市住建局要做什么？"))
    shown = [
        document_html(library, PLAN), items_html(library), matrix_html(library), start_html(library, "市住建局"),
        tasks_html(tasks, Wanted("市住建局")), answer_html(answer, library),
    ]  # fmt: skip
    assert [html for html in shown if "<img" in html] == []
    assert sum("&lt;img src=x onerror=alert(1)&gt;" in html for html in shown) >= 4


def test_a_database_that_cannot_be_used_costs_no_answer(assistant: Assistant, tmp_path: Path) -> None:
    """The answer is given with a sentence that it was not kept, and why."""
    (tmp_path / "file").write_text("")
    kept = Kept(Settings(data=tmp_path / "file"), lambda: "")
    place = kept.keep("x" * 43, "", "问题", assistant.ask(Question("第20项谁牵头？")))
    assert place.heading is None
    assert place.note.startswith("这次问答没有保存：")
    assert "ANZE_DATA" in place.note

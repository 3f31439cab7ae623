"""The report: one page that says everything and asks nobody for anything."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from eval.baseline import Fall
from eval.dataset import DutyList, Evidence, Gold
from eval.drafts import Draft, Judged
from eval.figures import Figure
from eval.goals import Goal
from eval.history import Past
from eval.html import sparkline, table, tag
from eval.llm import Comparison, comparison_table
from eval.report import Extras, Report, render
from eval.run import all_figures, run
from eval.systems import Outcome
from rag.model import Reason
from tests.fakes.answers import Scripted, answer, cite, duty, world

VOID = {"meta"}
DRAFTS = (
    Judged(Draft("d-1", (("plan", "1"),), "每月公布3个案例。[1]", False, "number"), False, ("number：不符",), 0.4),
    Judged(Draft("d-2", (("plan", "1"),), "由财政承担。[1]", False, "invented"), True, (), 0.4),
)
EVIL = '<script>alert("x")</script>&amp;'

ZHUJIAN = DutyList("市住建局", frozenset({"20", "3"}), frozenset(), frozenset())
GOLD = (
    Gold("g1", "多久公布案例？", clauses=(("plan", "1"),), facts=(("每季度", "每三个月"),), forbidden=("每月",),
         evidence=(Evidence("plan", "1", "每季度至少公布"),)),
    Gold("g2", EVIL, clauses=(("plan", "2"),), facts=((EVIL,),)),
    Gold("g3", "市住建局要做什么？", intent="duties", duties=ZHUJIAN),
    Gold("g4", "明年呢？", answerable=False, reason=Reason.NOT_IN_DOCUMENT, intent="other_scope"),
    Gold("g5", "第一项？"),
)  # fmt: skip
SCRIPT = {
    "g1": answer("每季度至少公布3个案例。[1]", [cite(1, "每季度至少公布3个案例")], id="g1"),
    "g2": answer(EVIL[::-1], id="g2"),
    "g3": answer("第31项", duties=[duty("31")], id="g3"),
    "g4": answer("有的。", id="g4"),
    "g5": ValueError("坏了"),
}


class _Outline(HTMLParser):
    """Tags in balance, headings, and every attribute that could fetch something."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.fetching: list[str] = []
        self.headings: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.fetching += [name for name, _ in attrs if name in ("src", "href", "srcset", "action", "background")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("h2", "h3"):
            self.headings.append(data)


def _report(**rest: object) -> Report:
    records = run(GOLD, Scripted(SCRIPT).ask, world(), lambda _, __: [("plan", "2")])
    return Report("2023-03-01T08:00:00", "mine.jsonl", "all", records, all_figures(records), **rest)  # type: ignore[arg-type]


FULL = {
    "goals": (
        (Goal("all", "handled", at_least=0.9), Figure("all", "handled", 0.5, 0.3, 0.7, 5)),
        (Goal("all", "wrongly_named", at_most=2), Figure("all", "wrongly_named", 1, 0, 2, 5)),
    ),
    "falls": (Fall("all/handled", 0.9, 0.5),),
    "extras": Extras((
        Outcome("bm25", "仅 BM25", "", (Figure("all", "retrieved.hit@1", 0.25, 0.1, 0.4, 4),
                                        Figure("all", "retrieved.hit@5", 0.5, 0.1, 0.8, 4),
                                        Figure("all", "retrieved.mrr@10", 0.3, 0.1, 0.6, 4),
                                        Figure("all", "retrieved.ndcg@10", 0.35, 0.1, 0.6, 4))),
    ), DRAFTS, Comparison("fake-7b", (("答对", "0.900", "0.910"),))),
    "past": (Past("2023-02-01", "mine.jsonl", "all", 5, {"all/handled": 0.9, "all/gone": 1.0}),),
}  # fmt: skip


@pytest.fixture(scope="module")
def page() -> str:
    return render(_report(**FULL))


@pytest.fixture(scope="module")
def outline(page: str) -> _Outline:
    parser = _Outline()
    parser.feed(page)
    return parser


def test_the_page_is_whole(page: str, outline: _Outline) -> None:
    """Every tag is closed where it should be, and it is a Chinese page."""
    assert outline.open == []
    assert page.startswith('<!doctype html>\n<html lang="zh-CN">')


def test_the_page_asks_nobody_for_anything(page: str, outline: _Outline) -> None:
    """No script, no link, no picture, font or style from elsewhere: it can be mailed and opened offline."""
    assert outline.fetching == []
    assert outline.tags.isdisjoint({"script", "link", "img", "iframe", "object", "base"})
    assert re.findall(r"https?:|url\(|@import", page) == []


def test_every_part_is_there(outline: _Outline) -> None:
    """Baseline, goals, figures by slice, intents, registers, comparison, trend and failures have their headings."""
    wanted = [
        "低于基线",
        "目标",
        "指标",
        "全部问题",
        "不可回答",
        "按意图",
        "按问法",
        "检索对比",
        "历次变化",
        "错题（4）",
    ]
    assert [heading for heading in wanted if heading not in outline.headings] == []


def test_parts_without_content_are_left_out() -> None:
    """A first run of one's own set has no baseline, goals, comparison or trend to show."""
    parser = _Outline()
    parser.feed(render(_report()))
    assert {"低于基线", "目标", "检索对比", "历次变化"}.isdisjoint(parser.headings)


def test_failures_show_question_expected_and_got(page: str) -> None:
    """Each failure says what was asked, what was wanted and what came; right answers are not among them."""
    failures = page[page.index("错题（4）") :]
    duties = ["市住建局\n点名：3、20\n正文：无", "市住建局 点名：31", "任务清单不一致"]
    for words in (*duties, "ValueError：坏了", "应拒答而未拒答", "not_in_document"):
        assert words in failures
    assert "多久公布案例" not in failures


def test_what_users_wrote_is_only_text(page: str) -> None:
    """Markup in questions and answers is shown, never run."""
    assert "<script" not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;amp;" in page


def test_figures_have_value_interval_and_number(page: str) -> None:
    """The table of the whole set shows percent, interval and questions; sums are plain numbers; verdicts are words."""
    cells = "".join(f"<td>{cell}</td>" for cell in ("全部问题·处理正确", "≥ 0.9", "50.0%", "[30.0%, 70.0%]", "5"))
    assert cells + '<td><span class="bad">未达到</span></td>' in page
    assert "<td>≤ 2</td><td>1</td><td>[0, 2]</td>" in page
    assert '<li class="bad">全部问题·处理正确：基线 0.9000，0.5000</li>' in page


def test_the_trend_goes_from_old_to_new(page: str) -> None:
    """A figure that changed has a line from the earlier value to this one, both in words beside it."""
    trend = page[page.index("历次变化") : page.index("错题（4）")]
    assert "<polyline" in trend
    assert "<td>90.0%</td><td>20.0%</td>" in trend


@pytest.mark.parametrize(
    ("values", "points"),
    [([0.0, 1.0], "2.0,26.0 158.0,2.0"), ([1.0, 1.0], "2.0,14.0 158.0,14.0"), ([1.0], "2.0,14.0")],
)
def test_lines_over_time(values: list[float], points: str) -> None:
    """Oldest left, highest at the top, level where nothing changed, and one value is enough."""
    assert f'points="{points}"' in sparkline(values)


def test_pieces_escape_text_and_keep_markup() -> None:
    """Plain words are escaped once, markup made by these functions is kept."""
    assert tag("p", "a<b", tag("b", "&"), cls="x") == '<p class="x">a&lt;b<b>&amp;</b></p>'
    assert "<td>1 &lt; 2</td>" in table(("a",), [("1 < 2",)])


def test_the_model_and_the_gate_have_their_sections(page: str) -> None:
    """The report shows the gate on the drafts by kind, each misjudged draft, and the figures with a model beside."""
    assert "对抗草稿" in page
    assert "由财政承担。[1]" in page
    assert "每月公布3个案例" not in page
    assert "fake-7b" in page


def test_without_a_model_the_report_says_so() -> None:
    """No model was asked: the report and the terminal say that, instead of showing nothing."""
    assert "本次没有用大模型回答" in render(_report())
    assert "没有配置大模型" in comparison_table(None)

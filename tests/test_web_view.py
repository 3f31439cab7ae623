"""What the web page is given to show: HTML of answers and tables, choices of departments, clauses, the cleaned page."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from index.errors import AnzeError
from index.model import Deadline, DeadlineKind, Span
from rag.assistant import Assistant
from rag.channels.web.clauses import clause_view
from rag.channels.web.departments import choices, choose
from rag.channels.web.handlers import FAILED, Conversation, answered, examples
from rag.channels.web.markup import BlockKind, blocks, inline
from rag.channels.web.privacy import clean_page, policy
from rag.channels.web.status import Warmup
from rag.channels.web.tables import rows
from rag.channels.web.view import answer_html, question_html
from rag.model import Answer, Citation, DutyRow, Question, Understood

PLAN = "yichun-2023-work-plan"
NASTY = "<script>alert(1)</script> & \"<b onclick='x'>\" [7] **粗** `x`"


def words(html: str) -> str:
    """What a reader sees of ``html``."""
    return unescape(re.sub(r"<[^>]+>", "", html.replace("<br>", "\n")))


def no_link(number: int) -> str:
    return f"⟨{number}⟩"


def test_blocks() -> None:
    """Headings, quotations, lists and paragraphs are told apart, with or without blank lines between them."""
    text = "开头**粗**[1]\n> 引文一\n> 引文二\n\n### 标题\n- 甲\n- 乙\n\n1. 丙"
    assert [(b.kind, b.lines) for b in blocks(text)] == [
        (BlockKind.PARAGRAPH, ("开头**粗**[1]",)),
        (BlockKind.QUOTE, ("引文一", "引文二")),
        (BlockKind.HEAD, ("标题",)),
        (BlockKind.ITEM, ("甲", "乙")),
        (BlockKind.ITEM, ("1. 丙",)),
    ]


def test_inline_escapes_before_it_marks_up() -> None:
    """Bold and markers become tags; everything else is text."""
    assert inline("**a<b**[2]<i>", no_link) == "<strong>a&lt;b</strong>⟨2⟩&lt;i&gt;"
    assert inline("**原文**", no_link, bold=False) == "**原文**"


TEXT = {"div", "p", "strong", "a", "blockquote", "ul", "li", "details", "summary", "b", "span", "br"}
TABLE = {"table", "thead", "tbody", "tr", "th", "td"}


class Elements(HTMLParser):
    """The names of the elements and attributes that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes.update(name for name, _ in attrs)


def made(text: str, *citations: Citation, duties: tuple[DutyRow, ...] = ()) -> Answer:
    return Answer(None, "问", Understood("open", (), "问"), text, citations, duties)


def nasty_citation() -> Citation:
    return Citation(1, 'd"><x', NASTY, NASTY, "1'><x", NASTY, NASTY, Span(0, 9), NASTY)


def test_every_part_of_an_answer_is_escaped(assistant: Assistant) -> None:
    """Markup in text, titles, numbers, labels, ids, roles, group words and deadlines is shown, none becomes a tag."""
    deadline = Deadline(NASTY, DeadlineKind.VAGUE, Span(0, 1))
    duty = DutyRow('d"><x', NASTY, NASTY, NASTY, NASTY, NASTY, (deadline,))
    html = answer_html(
        made(f"{NASTY}[1]\n\n> {NASTY}\n\n- {NASTY}\n\n### {NASTY}\n\n{NASTY}", nasty_citation(), duties=(duty,)),
        assistant.library,
    )
    found = Elements(html)
    assert found.names <= TEXT | TABLE
    assert found.attributes <= {"class", "href", "title", "open", "scope"}
    assert words(html).count("<script>alert(1)</script>") >= 12
    assert "\n" not in html


def test_a_question_is_shown_as_typed() -> None:
    """Markup and line feeds of a question survive as text; a very long one is cut."""
    assert words(question_html(f"一\n{NASTY}")) == f"一\n{NASTY}"
    assert question_html("安" * 5000).count("安") == 600


def test_markers_link_to_their_place(assistant: Assistant) -> None:
    """A marker with a citation is a link to document, clause and stretch; one without stays text."""
    answer = assistant.ask(Question("市住建局要做什么？"))
    item = next(one for one in answer.citations if (one.document, one.clause) == (PLAN, "20"))
    html = answer_html(answer, assistant.library)
    assert f'href="#c={PLAN}/20/{item.span.start}-{item.span.end}"' in html
    assert html.count('class="az-cite"') == len(re.findall(r"\[\d+\]", answer.text))
    assert words(answer_html(made("甲[3]"), assistant.library)) == "甲[3]"


def test_nothing_of_an_answer_is_lost(assistant: Assistant) -> None:
    """Every line of the answer's text can be read on the page, folded or not."""
    answer = assistant.ask(Question("市应急管理局要做什么？"))
    shown = re.sub(r"\s", "", words(answer_html(answer, assistant.library)))
    for line in answer.text.splitlines():
        bare = re.sub(r"^(?:#+ |> ?|- )|\*\*|\s", "", line)
        assert re.sub(r"\s", "", bare) in shown


def test_table_rows_are_the_duties(assistant: Assistant) -> None:
    """One row a duty of the contract, named before the rest, the body's tasks in the paper's words."""
    answer = assistant.ask(Question("市应急管理局要做什么？"))
    table = rows(assistant.library, answer.duties)
    assert sorted((r.clause, r.role, r.tier) for r in table) == sorted(
        (d.clause, d.role, d.tier) for d in answer.duties
    )
    tiers = [r.tier for r in table]
    assert tiers == sorted(tiers, key=["named", "body", "member", "possible"].index)
    paper = assistant.library.plan.text
    body = [r for r in table if r.tier == "body"]
    assert any("3个" in r.task and "案例" in r.task for r in body)
    assert all(r.task in paper for r in body)


def test_departments_are_found_by_every_name(assistant: Assistant) -> None:
    """The selector offers each organisation once by name and by each alias, and an alias leads to its organisation."""
    register = assistant.library.register
    offered = choices(register)
    assert [c.value for c in offered if c.label == c.value] != []
    assert {c.value for c in offered} == set(register.by_name)
    assert {c.value for c in offered if "建设局" in c.label} == {"市住建局"}
    for one in register.organisations:
        for form in (one.name, one.full, *one.aliases):
            assert any(form in c.label and c.value == one.name for c in offered)


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


def test_a_conversation_goes_on_after_an_error(assistant: Assistant) -> None:
    """A question that cannot be taken is answered with why, and is no part of what the assistant is told later."""
    first = answered(assistant, Conversation().asked("市住建局要做什么？"), None)
    second = answered(assistant, first.asked("？？"), None)
    assert [turn.role for turn in second.turns] == ["user", "assistant"]
    assert "没有看到问题" in second.messages[-1].html
    third = answered(assistant, second.asked("那市统计局呢？"), None)
    assert "市统计局" in third.messages[-1].html
    assert [message.role for message in third.messages] == ["user", "assistant"] * 3


@pytest.mark.parametrize("department", ["", "市住建局"])
def test_examples_can_be_answered(assistant: Assistant, department: str) -> None:
    """Each example question gets an answer with citations, with a department chosen and without."""
    for text in examples(department):
        answer = assistant.ask(Question(text, department or None))
        assert (text, answer.refused, bool(answer.citations)) == (text, False, True)


class BrokenAssistant(Assistant):
    """One whose index cannot be searched."""

    def __init__(self, whole: Assistant, error: Exception) -> None:
        def broken() -> object:
            raise error

        super().__init__(whole.library, whole.reader, broken)  # type: ignore[arg-type]


def test_a_retriever_that_cannot_open_is_told(assistant: Assistant) -> None:
    """The status bar says so, and a question that needs it gets a sentence instead of a crash."""
    broken = BrokenAssistant(assistant, AnzeError("检索文件损坏。", "请重建索引。"))
    warmup = Warmup(broken)
    warmup.start()
    warmup.wait(10)
    assert warmup.state.retrieval == "failed"
    assert "检索文件损坏。请重建索引。" in warmup.line()
    said = answered(broken, Conversation().asked("老板让冒险作业，工人能不能拒绝？"), None).messages[-1].html
    assert "这个问题没能回答：检索文件损坏" in said


def test_a_defect_becomes_a_sentence(assistant: Assistant, caplog: pytest.LogCaptureFixture) -> None:
    """An error nobody foresaw is told in Chinese; its details are in the log, and the conversation goes on."""
    broken = BrokenAssistant(assistant, ZeroDivisionError("inner detail"))
    after = answered(broken, Conversation().asked("老板让冒险作业，工人能不能拒绝？"), None)
    assert FAILED in after.messages[-1].html
    assert "inner detail" not in after.messages[-1].html
    assert "inner detail" in caplog.text
    assert after.turns == ()


def test_the_status_says_what_is_searched(assistant: Assistant) -> None:
    """With vectors the status names both ways of searching."""
    warmup = Warmup(assistant)
    assert warmup.state.retrieval == "loading"
    warmup.start()
    warmup.wait(60)
    assert "关键词与向量检索" in warmup.line()


def test_the_page_is_cleaned() -> None:
    """Outside addresses in metadata go, every script gets the nonce, the language is Chinese."""
    page = (
        '<html lang="en"><head><meta charset="utf-8" />\n<meta property="og:url" content="https://example.com/" />'
        '<meta\n\tname="twitter:image"\n\tcontent="https://example.com/x"\n/>'
        '<link rel="manifest" href="/manifest.json" />'
        '<style>a{}</style><script>1</script><script type="module" src="./x.js"></script></head></html>'
    )
    cleaned = clean_page(page, "NONCE", "v1")
    assert "example.com" not in cleaned
    assert "manifest" not in cleaned
    assert 'lang="zh-CN"' in cleaned
    assert cleaned.count("<script") == cleaned.count('<script nonce="NONCE"') == 4
    assert "./anze/page.js?v1" in cleaned
    assert "'nonce-NONCE'" in policy("NONCE")


def test_an_answer_without_citations_has_no_sources(assistant: Assistant) -> None:
    """A refusal lists no sources and no table."""
    html = answer_html(made("文件没有写。"), assistant.library)
    assert "az-sources" not in html
    assert "az-duties" not in html

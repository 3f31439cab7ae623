"""What the web page is given to show: HTML of answers and tables, choices of departments, clauses, the cleaned page."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from functools import partial
from html import unescape
from html.parser import HTMLParser

import pytest

from index.errors import AnzeError
from index.model import Deadline, DeadlineKind, Span
from rag.assistant import Assistant
from rag.channels.web.bundle import Assets
from rag.channels.web.markup import BlockKind, blocks, inline
from rag.channels.web.privacy import clean_page, policy
from rag.channels.web.status import Warmup
from rag.channels.web.stream import Workers
from rag.channels.web.tables import rows
from rag.channels.web.talk import FAILED, answered
from rag.channels.web.view import answer_html
from rag.model import Answer, Citation, DutyRow, Question, Turn, Understood

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


def test_markers_link_to_their_place(assistant: Assistant) -> None:
    """A marker with a citation is a link to document, clause and stretch; one without stays text."""
    answer = assistant.ask(Question("市住建局要做什么？"))
    item = next(one for one in answer.citations if (one.document, one.clause) == (PLAN, "20"))
    html = answer_html(answer, assistant.library)
    assert f'href="#c={PLAN}/20/{item.span.start}-{item.span.end}"' in html
    assert html.count('class="az-cite"') == len(re.findall(r"\[\d+\]", answer.text))
    assert words(answer_html(made("甲[3]"), assistant.library)) == "甲[3]"


def test_nothing_of_an_answer_is_lost(assistant: Assistant) -> None:
    """Every line of the answer's text can be read, folded or not; labels stand for bars and colons, lists for ；."""
    for question in ("市应急管理局要做什么？", "第20项由谁负责？"):
        answer = assistant.ask(Question(question))
        shown = re.sub(r"[\s｜：；]", "", words(answer_html(answer, assistant.library)))
        for line in answer.text.splitlines():
            assert re.sub(r"^(?:#+ |> ?|- )|\*\*|[\s｜：；]", "", line) in shown


def test_long_groups_fold_below_their_heads(assistant: Assistant) -> None:
    """Of a list of groups every head is in sight, with its role as a label; the items of a long one are folded."""
    answer = assistant.ask(Question("市住建局要做什么？"))
    heads = [line for line in answer.text.splitlines() if line.startswith("- **“")]
    html = answer_html(answer, assistant.library)
    groups = re.findall(r'<li><details class="az-grouped"( open)?><summary>(.*?)</summary><ul>(.*?)</ul>', html)
    assert len(groups) == len(heads) > 5
    for is_open, head, items in groups:
        count = int(re.findall(r"（(\d+)项）", head)[-1])
        assert (items.count("<li>"), bool(is_open)) == (count, count <= 2)
        assert "az-role" in head


def test_the_leading_role_is_a_label(assistant: Assistant) -> None:
    """Also where the answer begins with it, in the middle of a line."""
    html = answer_html(made("第20项（燃气）：**牵头组织开展：市安委会**。"), assistant.library)
    assert '<span class="az-role az-role-lead">牵头组织开展</span> <strong>市安委会</strong>' in html


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


def asked(assistant: Assistant, text: str, *turns: Turn, org: str | None = None) -> list[dict[str, object]]:
    """The lines that the page is sent, with nothing kept."""
    return list(answered(assistant, Question(text, org, turns), lambda answer: {"note": "未保存"}))


def test_an_answer_comes_in_lines(assistant: Assistant) -> None:
    """First what to show, then that it is done, with the text for follow-ups and the text to copy."""
    first, last = asked(assistant, "我们部门要做什么？", org="建设局")
    assert "市住建局" in words(str(first["html"]))
    assert (last["done"], last["note"]) == (True, "未保存")
    assert "宜市安字〔2023〕2号" in str(last["copy"])
    turns = Turn("user", "市住建局要做什么？"), Turn("assistant", str(last["text"]))
    assert "市统计局" in words(str(asked(assistant, "那市统计局呢？", *turns)[0]["html"]))


def test_what_cannot_be_asked_is_told(assistant: Assistant) -> None:
    """A question that cannot be taken gives one line that says why and what to do."""
    assert asked(assistant, "？？") == [
        {"error": "没有看到问题。", "remedy": "请写出要问的内容，例如：市住建局今年要做什么？"}
    ]


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
    [said] = asked(broken, "老板让冒险作业，工人能不能拒绝？")
    assert said == {"error": "这个问题没能回答：检索文件损坏。", "remedy": "请重建索引。"}


def test_a_defect_becomes_a_sentence(assistant: Assistant, caplog: pytest.LogCaptureFixture) -> None:
    """An error nobody foresaw is told in Chinese; its details are in the log alone."""
    broken = BrokenAssistant(assistant, ZeroDivisionError("inner detail"))

    async def lines() -> list[bytes]:
        work = partial(answered, broken, Question("老板让冒险作业，工人能不能拒绝？"), lambda answer: {})
        return [line async for line in Workers(1).lines(work, FAILED)]

    told = b"".join(asyncio.run(lines())).decode()
    assert FAILED["error"] in told
    assert "inner detail" not in told
    assert "inner detail" in caplog.text


def test_a_stream_ends_when_nobody_listens() -> None:
    """A reader that goes away stops the work at its next line."""
    made: list[int] = []

    def work() -> Iterator[dict[str, object]]:
        for number in range(1000):
            made.append(number)
            yield {"n": number}
            time.sleep(0.01)

    async def read() -> None:
        stream = Workers(1).lines(work, {})
        assert await anext(stream) == b'{"n":0}\n'
        await stream.aclose()

    asyncio.run(read())
    time.sleep(0.1)
    count = len(made)
    time.sleep(0.1)
    assert len(made) == count < 50


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
    cleaned = clean_page(page, "NONCE", Assets().head("NONCE"))
    assert "example.com" not in cleaned
    assert "manifest" not in cleaned
    assert 'lang="zh-CN"' in cleaned
    assert cleaned.count("<script") == cleaned.count('<script nonce="NONCE"') == 4
    assert f"./anze/{Assets().version}/app.js" in cleaned
    assert "'nonce-NONCE'" in policy("NONCE")


def test_an_answer_without_citations_has_no_sources(assistant: Assistant) -> None:
    """A refusal lists no sources and no table."""
    html = answer_html(made("文件没有写。"), assistant.library)
    assert "az-sources" not in html
    assert "az-duties" not in html

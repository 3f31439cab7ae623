"""What the bot does with a message, without any transport: answers, orders, cards, feedback, sessions."""

from __future__ import annotations

import asyncio
import importlib.util
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from index.errors import QuestionError
from rag.assistant import Assistant
from rag.channels.wecom.cards import menu, pressed, task_id, topics
from rag.channels.wecom.commands import Command, Order, read_command
from rag.channels.wecom.members import Members
from rag.channels.wecom.model import (
    APP_MESSAGE_BYTES,
    MAX_BUTTONS,
    Card,
    CardEvent,
    Channel,
    Feedback,
    Handle,
    Incoming,
    Kind,
    Verdict,
)
from rag.channels.wecom.render import BEFORE, NEXT, harmless, official, render, split
from rag.channels.wecom.service import NO_WORDS, TOO_FAST, Service
from rag.channels.wecom.sessions import Allowance
from rag.channels.wecom.store import MOST_REPLIES, Kept, Store
from rag.citations import verify
from rag.history.database import open_engine
from rag.model import Question
from rag.settings import Settings
from rag.wiring import make_assistant
from tests.fakes.wecom_replier import Recorder

needs_export = pytest.mark.skipif(
    importlib.util.find_spec("rag.export") is None, reason="this version has no rag.export"
)
needs_feedback = pytest.mark.skipif(
    importlib.util.find_spec("rag.history.feedback") is None, reason="this version has no rag.history.feedback"
)


@dataclass
class Clock:
    """Seconds, moved by hand."""

    at: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Book:
    """Remembers judgements."""

    judged: list[tuple[str, Verdict, str, str]] = field(default_factory=list)

    def judge(self, kept: Kept, verdict: Verdict, reason: str, person: str) -> None:
        self.judged.append((kept.question, verdict, reason, person))


@dataclass
class Bot:
    """A service over one database, and the messages of the people who write to it."""

    service: Service
    store: Store
    book: Book
    clock: Clock
    _count: int = 0

    def say(self, text: str, sender: str = "zhangsan", replier: Recorder | None = None, **more: Any) -> Recorder:
        """Send a message and have it handled; what came back."""
        return self.take(self.message(text, sender, **more), replier)

    def message(self, text: str, sender: str = "zhangsan", **more: Any) -> Incoming:
        self._count += 1
        handle = Handle("req", f"stream-{sender}-{self._count}")
        kind = more.pop("kind", Kind.TEXT)
        return Incoming(f"m{self._count}", Channel.LONG, kind, sender, self.clock.at, text=text, handle=handle, **more)

    def take(self, incoming: Incoming, replier: Recorder | None = None) -> Recorder:
        recorder = replier or Recorder()
        self.clock.at += 10.0
        asyncio.run(self.service.handle(incoming, recorder))
        return recorder


def _file(assistant: Assistant, organisation: str, web_url: str) -> tuple[str, bytes]:
    if organisation == "市公安局":
        raise QuestionError("做不出来。")
    return f"{organisation}.xlsx", b"PK"


Make = Callable[..., Bot]


@pytest.fixture
def make(assistant: Assistant, tmp_path: Path) -> Iterator[Make]:
    """Makes bots over one database: a second one is the first after a restart."""
    made: list[Service] = []

    def bot(**given: Any) -> Bot:
        clock, book = given.pop("clock", Clock()), Book()
        store = Store(open_engine(Settings(data=tmp_path)), clock)
        using = given.pop("assistant", assistant)
        members = Members(store, using, default=given.pop("default", None))
        service = Service(using, store, members, book, **{"make_file": _file, **given})
        made.append(service)
        return Bot(service, store, book, clock)

    yield bot
    for service in made:
        service.close()


@pytest.fixture
def bot(make: Make) -> Bot:
    return make()


@pytest.fixture(scope="module")
def spring(settings: Settings, assistant: Assistant) -> Assistant:
    """The assistant on a day of the plan's year."""
    return make_assistant(replace(settings, today=date(2023, 5, 10)))


def test_a_question_is_answered_with_citations(bot: Bot, assistant: Assistant) -> None:
    """The same answer as everywhere, then its sources in the official form; a snapshot never ends the stream."""
    got = bot.say("谁负责燃气安全？")
    answer = assistant.ask(Question("谁负责燃气安全？"))
    verify(answer, assistant.library)
    assert [kind for kind, _ in got.sent] == ["stream"]
    body, sources = got.text.split("\n\n**出处**\n")
    assert body == answer.text.strip()
    assert "《宜春市2023年安全生产工作要点》（宜市安字〔2023〕2号）第20项[1]" in sources
    markers = set(re.findall(r"\[\d+\]", body))
    assert markers == set(re.findall(r"\[\d+\]", sources)) == {f"[{c.marker}]" for c in answer.citations}


@pytest.mark.parametrize("limit", [APP_MESSAGE_BYTES, 4096, 20_480])
@pytest.mark.parametrize(
    "question", ["我们今年要做什么？", "安全生产法第一百条怎么规定？", "老板让冒险作业能不能拒绝？"]
)
def test_nothing_is_lost_in_pieces(assistant: Assistant, limit: int, question: str) -> None:
    """Pieces hold the limit and, put together, are the whole answer with every source."""
    answer = assistant.ask(Question(question, "市应急管理局"))
    pieces = render(answer, limit).pieces
    assert all(len(piece.encode()) <= limit for piece in pieces)
    joined = "".join(pieces).replace(BEFORE, "").replace(NEXT, "")
    for char in ("\n", "> ", " "):
        joined = joined.replace(char, "")
    wanted = answer.text
    for char in ("\n", "> ", " "):
        wanted = wanted.replace(char, "")
    assert joined.startswith(wanted)
    for citation in answer.citations:
        assert citation.label in joined[len(wanted) :]


def test_pieces_end_between_items(assistant: Assistant) -> None:
    """Pieces of a long list end with an item or a sentence, and say that they go on."""
    answer = assistant.ask(Question("我们今年要做什么？", "市应急管理局"))
    pieces = render(answer, 4096).pieces
    assert len(pieces) > 3
    for before, piece in pairwise(pieces):
        assert before.endswith(NEXT)
        assert piece.startswith(BEFORE)
        ended = before.removesuffix(NEXT).rstrip()
        assert ended[-1] in "。)）；]，、", ended[-30:]


@pytest.mark.parametrize(
    "text", ["安" * 5000, "a" * 900, "😀" * 600, "\n\n".join(["> " + "全" * 400] * 5), "> " + "文" * 3000]
)
def test_no_character_is_broken(text: str) -> None:
    """Text without any place to cut is still cut between characters, and a quotation stays one."""
    pieces = split(text, 700)
    assert all(len(piece.encode()) <= 700 for piece in pieces)
    joined = "".join(pieces).replace(BEFORE, "").replace(NEXT, "").replace("\n", "").replace("> ", "")
    assert joined == text.replace("\n", "").replace("> ", "")
    if text.startswith("> "):
        assert all(piece.removeprefix(BEFORE).lstrip().startswith("> ") for piece in pieces)


def test_a_list_too_long_is_handed_over_as_a_file(make: Make, assistant: Assistant) -> None:
    """Where messages are small a long list comes in three messages, with its sources, and as an Excel file."""
    bot = make(default="市应急管理局", web_url="https://anze.example.cn/")
    got = bot.say("我们今年要做什么？", replier=Recorder(max_bytes=APP_MESSAGE_BYTES, streams=False))
    assert 2 <= len(got.texts) <= 3
    assert all(len(text.encode()) <= APP_MESSAGE_BYTES for text in got.texts)
    assert got.sent[-1] == ("file", ("市应急管理局.xlsx", b"PK"))
    assert "Excel 文件" in got.text
    assert "36项：点名 7" in got.text
    body, _, sources = got.text.partition("**出处**")
    assert set(re.findall(r"\[\d+\]", body)) == set(re.findall(r"\[\d+\]", sources))
    assert "状态：《宜春市2023年安全生产工作要点》" in body


def test_a_channel_without_files_gets_everything(make: Make) -> None:
    """Where no file can be sent nothing is left out of the messages."""
    bot = make(default="市住建局")
    got = bot.say("我们今年要做什么？", replier=Recorder(max_bytes=APP_MESSAGE_BYTES, streams=False, files=False))
    assert len(got.texts) > 3
    assert "Excel" not in got.text
    assert "第36项" in got.text


def test_sources_link_to_the_page(make: Make) -> None:
    """With a web address sources open their place on the page; without one there is no link at all."""
    linked = make(web_url="https://anze.example.cn/").say("第20项谁牵头？").text
    assert "[第20项](https://anze.example.cn/#c=yichun-2023-work-plan/20/" in linked
    assert "](" not in make().say("第20项谁牵头？", sender="lisi").text


def test_text_is_data(bot: Bot) -> None:
    """A question, a quotation or a department cannot make the bot mention, colour or link anything."""
    nasty = (
        '<@all> [点我](https://evil.example) ![x](https://evil.example/x.png) <font color="warning">第20项</font>谁牵头'
    )
    for text in (nasty, f"绑定 {nasty}", f"清单 {nasty}"):
        got = bot.say(text, quote=nasty)
        assert "<" not in got.text
        assert "](" not in got.text
    assert harmless("[1](x) <@all>") == "[1] (x) ＜@all>"


def test_a_quotation_is_read_for_what_it_names(bot: Bot) -> None:
    """A quoted message tells what the question is about, and is never obeyed."""
    got = bot.say("法律依据是什么？", quote="第20项（强化燃气安全整治）谁牵头")
    assert "第20项" in got.text.splitlines()[0]
    assert "已绑定" not in bot.say("第20项谁牵头？", quote="绑定 市公安局").text
    assert asyncio.run(bot.service.members.of("zhangsan")).org is None


def test_follow_ups_a_person_and_a_group(bot: Bot) -> None:
    """Each person has a conversation, in each group another one; nobody's follow-up meets somebody else's question."""
    bot.say("第20项谁牵头？")
    bot.say("第5项讲什么？", sender="lisi")
    bot.say("第8项谁牵头？", chat_id="group")
    assert "第20项" in bot.say("法律依据是什么？").text.splitlines()[0]
    assert "第5项" in bot.say("法律依据是什么？", sender="lisi").text.splitlines()[0]
    assert "第8项" in bot.say("法律依据是什么？", chat_id="group").text.splitlines()[0]
    assert "不清楚" in bot.say("法律依据是什么？", sender="lisi", chat_id="group").text


def test_a_restart_keeps_the_conversation(make: Make) -> None:
    """Another process over the same database knows what was said and who is bound."""
    first = make()
    first.say("绑定 住建局")
    first.say("第20项谁牵头？")
    again = make(clock=first.clock)
    again._count = 10
    assert "第20项" in again.say("法律依据是什么？").text.splitlines()[0]
    assert "市住建局" in again.say("我是谁").text


def test_a_new_conversation_forgets(bot: Bot) -> None:
    """新对话, and twelve hours of silence, end a conversation."""
    bot.say("第20项谁牵头？")
    bot.say("新对话")
    assert "不清楚" in bot.say("法律依据是什么？").text
    bot.say("第20项谁牵头？")
    bot.clock.at += 13 * 3600
    assert "不清楚" in bot.say("法律依据是什么？").text


def test_handled_again_it_says_the_same(make: Make) -> None:
    """A message handled again after a restart gets the reply that was made, though the person was bound meanwhile."""
    bot = make()
    message = bot.message("我们今年要做什么？")
    first = bot.take(message)
    bot.say("绑定 市住建局")
    assert make(clock=bot.clock).take(message).sent == first.sent
    assert bot.take(bot.message("我们今年要做什么？")).sent != first.sent


def test_a_group_is_answered_only_when_spoken_to(bot: Bot) -> None:
    """A group message that does not mention the bot gets nothing at all."""
    assert bot.say("第20项谁牵头？", chat_id="group", mentioned=False).sent == []
    assert bot.say("第20项谁牵头？", chat_id="group").sent


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("帮助", Command(Order.HELP)),
        (" Help！", Command(Order.HELP)),
        ("绑定 市住建局", Command(Order.BIND, "市住建局")),
        ("绑定市住建局。", Command(Order.BIND, "市住建局")),
        ("绑定部门：住建局", Command(Order.BIND, "住建局")),
        ("绑定", Command(Order.BIND)),
        ("解绑", Command(Order.UNBIND)),
        ("我是谁", Command(Order.WHO_AM_I)),
        ("清单", Command(Order.LIST)),
        ("清单 市公安局", Command(Order.LIST, "市公安局")),
        ("本季度到期", Command(Order.DUE)),
        ("👍", Command(Order.GOOD)),
        ("👎 依据不对", Command(Order.BAD, "依据不对")),
        ("👎依据不对", Command(Order.BAD, "依据不对")),
        ("任务清单有哪些要求？", None),
        ("清单管理制度怎么规定", None),
        ("我们今年要做什么？", None),
        ("怎么绑定部门？", None),
        ("有用吗？", None),
    ],
)
def test_orders_are_whole_messages(text: str, command: Command | None) -> None:
    """Orders are told from questions."""
    assert read_command(text) == command


def test_binding_and_asking(bot: Bot) -> None:
    """Bound once, 我们 means the department; unknown names are answered with near ones, slips are told."""
    assert "哪个部门" in bot.say("我们今年要做什么？").text
    assert "绑定 市住建局" in bot.say("我们今年要做什么？").text
    assert bot.say("绑定 住建局").text.startswith("已绑定：市住建局。")
    assert bot.say("我们今年要做什么？").text.startswith("**市住建局**在")
    assert "您自己绑定的" in bot.say("我是谁").text
    assert "已解绑" in bot.say("解绑").text
    assert "您是不是要找" in bot.say("绑定 市住房局").text
    assert "按最接近的名称记下" in bot.say("绑定 市应急管里局").text


def test_help_comes_with_the_menu(bot: Bot) -> None:
    """帮助 tells the orders and, in a single chat, shows the buttons."""
    got = bot.say("帮助")
    assert [kind for kind, _ in got.sent] == ["stream", "card"]
    assert "绑定 市住建局" in got.text
    assert [kind for kind, _ in bot.say("帮助", chat_id="group").sent] == ["stream"]
    assert [kind for kind, _ in bot.say("帮助", replier=Recorder(cards=False)).sent] == ["stream"]


def test_the_list_as_a_file(bot: Bot) -> None:
    """清单 sends the department's Excel file; what cannot be made or sent is said."""
    assert "绑定" in bot.say("清单").text
    assert bot.say("清单 住建局").sent[-1] == ("file", ("市住建局.xlsx", b"PK"))
    bot.say("绑定 市教育局")
    assert bot.say("清单").sent[-1][0] == "file"
    assert "组织名录里没有“天文台”" in bot.say("清单 天文台").text
    assert "没能发出来" in bot.say("清单", replier=Recorder(files=False)).text
    with pytest.raises(QuestionError, match="做不出来"):
        bot.say("清单 市公安局")


@needs_export
def test_the_real_file(assistant: Assistant, make: Make) -> None:
    """The file is the workbook of the department's list."""
    from io import BytesIO

    from openpyxl import load_workbook

    from rag.channels.wecom.files import task_file

    got = make(make_file=task_file).say("清单 住建局")
    name, data = got.sent[-1][1]  # type: ignore[misc]
    assert name == "市住建局2023年安全生产责任清单.xlsx"
    sheet: Any = load_workbook(BytesIO(data)).active
    assert sheet.max_row - 1 == len(assistant.ask(Question("市住建局今年要做什么？")).duties)


def test_what_falls_due_this_quarter(make: Make, spring: Assistant) -> None:
    """本季度到期 lists the quarter's dates and period ends, with roles, verbatim sentences and the source."""
    bot = make(assistant=spring, default="市应急管理局")
    text = bot.say("本季度到期").text
    assert text.startswith("**市应急管理局2023年第2季度到期的事项**")
    days = re.findall(r"\*\*(2023-\d\d-\d\d)（", text)
    assert days == ["2023-04-30", "2023-05-31", "2023-06-25", "2023-06-30"]
    assert "- **第30项 严格安全监管执法**（每季度）｜落实（“市县应急部门”）" in text
    assert "（2023年6月25）｜落实（“各有关部门”），待确认" in text
    assert "出处：《宜春市2023年安全生产工作要点》（宜市安字〔2023〕2号）" in text
    plan = "".join(line.strip() for line in spring.library.plan.text.splitlines())
    for quoted in re.findall(r"(?m)^> (.+)$", text):
        assert quoted in plan


def test_nothing_is_due_after_the_plan(make: Make) -> None:
    """When the plan's year is over nothing falls due, and it says why."""
    text = make(default="市住建局").say("本季度到期").text
    assert "没有写明市住建局2026年第4季度到期的事项" in text
    assert "年度任务已届满" in text


def test_the_welcome(make: Make) -> None:
    """Entering the chat shows the menu with the person's department; text where cards cannot be shown."""
    bot = make(default="市住建局")
    card = bot.say("", kind=Kind.ENTER_CHAT).card_sent
    assert "市住建局" in card.description
    assert [button.text for button in card.buttons][:3] == ["我的任务", "本季度到期", "谁负责……"]
    assert "绑定" in make().say("", kind=Kind.ENTER_CHAT, sender="lisi").card_sent.description
    assert [kind for kind, _ in bot.say("", kind=Kind.ENTER_CHAT, replier=Recorder(cards=False)).sent] == ["welcome"]


def test_buttons_are_answered_by_messages(make: Make, spring: Assistant) -> None:
    """A press first changes the card, then the answer comes as messages, as events have no stream."""
    bot = make(assistant=spring, default="市住建局")

    def press(key: str) -> Recorder:
        return bot.say("", kind=Kind.CARD_EVENT, card=CardEvent(key, "menu-1"))

    got = press("mine")
    assert [kind for kind, _ in got.sent] == ["update", "markdown"]
    assert got.card_sent.task_id == "menu-1"
    assert got.text.startswith("**市住建局**在")
    assert "2023-06-25" in press("due").text
    assert press("list").sent[-1] == ("file", ("市住建局.xlsx", b"PK"))
    assert "绑定 市住建局" in press("help").text
    card = press("who").card_sent
    assert [button.key for button in card.buttons][:2] == ["item:20", "item:29"]
    assert "第20项" in press("item:20").text
    assert "第20项" in bot.say("法律依据是什么？").text.splitlines()[0]
    for forged in ("item:99", "item:20;绑定", "绑定 市公安局", "", "q" * 2000):
        assert press(forged).sent == []


def test_cards_keep_the_rules(assistant: Assistant) -> None:
    """Ids are of the allowed characters and length, unique a message; at most six buttons, their words short."""
    made: list[Card] = [menu("stream/一:2" * 40, None), topics("x", assistant.library, "市应急管理局")]
    for card in made:
        assert re.fullmatch(r"[0-9A-Za-z_@-]{1,128}", card.task_id)
        assert 1 <= len(card.buttons) <= MAX_BUTTONS
        assert all(1 <= len(button.text) <= 13 for button in card.buttons)
        assert all(pressed(button.key, assistant.library) for button in card.buttons)
    assert task_id("menu", "a") != task_id("menu", "b")


def test_feedback_reaches_the_answer(bot: Bot) -> None:
    """Good, bad and withdrawn find the question they are about; unknown ids are ignored; 👍 in words does the same."""
    question = bot.message("第20项谁牵头？", sender="lisi")
    bot.take(question)

    def event(id: str, verdict: Verdict, **more: Any) -> None:
        bot.say("", sender="wangwu", kind=Kind.FEEDBACK, feedback=Feedback(id, verdict, **more))

    event(question.feedback_id, Verdict.GOOD)
    event(question.feedback_id, Verdict.BAD, comment="漏了一家", reasons=("内容不完整",))
    event(question.feedback_id, Verdict.WITHDRAWN)
    event("nobody", Verdict.GOOD)
    assert bot.book.judged == [
        ("第20项谁牵头？", Verdict.GOOD, "", "wangwu"),
        ("第20项谁牵头？", Verdict.BAD, "内容不完整；漏了一家", "wangwu"),
        ("第20项谁牵头？", Verdict.WITHDRAWN, "", "wangwu"),
    ]
    assert "还没有可以评价的回答" in bot.say("👍").text
    assert "已记录" in bot.say("👎 依据不对", sender="lisi").text
    assert bot.book.judged[-1] == ("第20项谁牵头？", Verdict.BAD, "依据不对", "lisi")


@needs_feedback
def test_feedback_is_stored_as_in_the_web_chat(make: Make, tmp_path: Path, assistant: Assistant) -> None:
    """The shared book holds verdict, reason, question, answer, channel and index; a withdrawal takes it out."""
    from rag.history.feedback import Feedback as Opinions

    from rag.channels.wecom.feedback import SharedBook

    bot = make(version=lambda: "v-1")
    question = bot.message("第20项谁牵头？")
    bot.take(question)
    kept = bot.store.reply(question.feedback_id)
    assert kept
    engine = open_engine(Settings(data=tmp_path))
    book, opinions = SharedBook(engine), Opinions(engine)
    book.judge(kept, Verdict.BAD, "漏了", "lisi")
    book.judge(kept, Verdict.GOOD, "", "zhangsan")
    book.judge(kept, Verdict.GOOD, "", "lisi")
    records = list(opinions.all())
    assert [(r.verdict.value, r.channel, r.index_version) for r in records] == [("useful", "wecom", "v-1")] * 2
    assert records[0].answer["text"] == assistant.ask(Question("第20项谁牵头？")).text
    book.judge(kept, Verdict.WITHDRAWN, "", "lisi")
    assert len(list(opinions.all())) == 1


def test_what_is_no_text(bot: Bot) -> None:
    """A picture is told to be unreadable, an empty mention gets the help, a voice message is a question."""
    assert bot.say("", kind=Kind.MEDIA).text == NO_WORDS
    assert "怎么问" in bot.say(" ").text
    assert "第20项" in bot.say("第20项谁牵头", kind=Kind.VOICE).text
    assert bot.say("", kind=Kind.OTHER).sent == []


def test_an_impossible_question_is_told(bot: Bot) -> None:
    """What the assistant cannot take is answered with its Chinese sentence, not with silence."""
    assert "太长了" in bot.say("安" * 3000).text
    assert "没有看到问题" in bot.say("……").text


def test_one_person_cannot_flood(make: Make) -> None:
    """After so many questions a minute one person is asked to wait, others are not; a minute later all is well."""
    clock = Clock()
    bot = make(clock=clock, allowance=Allowance(clock, most=2))
    answers = [bot.say("第20项谁牵头？").text for _ in range(3)]
    assert answers[2] == TOO_FAST
    assert TOO_FAST not in answers[:2]
    assert bot.say("第20项谁牵头？", sender="lisi").text != TOO_FAST
    clock.at += 60.0
    assert bot.say("第20项谁牵头？").text != TOO_FAST


def test_what_is_kept_is_bounded(bot: Bot) -> None:
    """Old messages, pieces and replies go, and no more replies are kept than there is room for."""
    ledger = bot.store.ledger(Channel.LONG)
    old = bot.message("第20项谁牵头？")
    assert ledger.take(old)
    assert not ledger.take(old)
    ledger.mark(old.msgid, "stream")
    bot.take(old)
    bot.clock.at += 31 * 86_400
    fresh = bot.message("第5项讲什么？")
    assert ledger.take(fresh)
    bot.store.sweep()
    assert ledger.sent(old.msgid) == frozenset()
    assert bot.store.reply(old.feedback_id) is None
    assert [message.msgid for message in ledger.pending()] == [fresh.msgid]
    assert MOST_REPLIES <= 50_000


def test_the_ledger_keeps_channels_apart(bot: Bot) -> None:
    """Two ways in never take each other's messages, and a message comes back as it was kept."""
    long, app = bot.store.ledger(Channel.LONG), bot.store.ledger(Channel.APP)
    message = replace(
        bot.message("问", chat_id="g", quote="引"),
        card=CardEvent("k", "t", {"a": ("b",)}), feedback=Feedback("i", Verdict.BAD, "c", ("r",)),
    )  # fmt: skip
    assert long.take(message)
    assert app.take(message)
    app.done(message.msgid)
    assert long.pending() == (message,)
    assert app.pending() == ()
    long.mark(message.msgid, "stream")
    long.mark(message.msgid, "stream")
    assert long.sent(message.msgid) == {"stream"}
    assert app.sent(message.msgid) == frozenset()
    bot.clock.at += 86_401
    assert long.pending() == ()


def test_citations_in_the_official_form(assistant: Assistant) -> None:
    """《标题》（文号）条款; a law has no number."""
    answer = assistant.ask(Question("第20项的法律依据是什么？"))
    said = [official(citation) for citation in answer.citations]
    assert "《宜春市2023年安全生产工作要点》（宜市安字〔2023〕2号）第20项" in said
    assert "《中华人民共和国安全生产法》第九十九条" in said

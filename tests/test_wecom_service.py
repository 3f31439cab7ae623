"""What the bot does with a message, without any transport: answers, conversations, feedback, what is kept."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.assistant import Assistant
from rag.channels.wecom.model import (
    APP_MESSAGE_BYTES,
    CardEvent,
    Channel,
    Feedback,
    Kind,
    Verdict,
)
from rag.channels.wecom.render import harmless
from rag.channels.wecom.service import NO_WORDS, TOO_FAST
from rag.channels.wecom.sessions import Allowance
from rag.channels.wecom.store import MOST_REPLIES
from rag.citations import verify
from rag.history.database import open_engine
from rag.model import Question
from rag.settings import Settings
from tests.fakes.wecom_replier import Recorder
from tests.fakes.wecom_talk import Bot, Clock, Make


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


def test_feedback_is_stored_as_in_the_web_chat(make: Make, tmp_path: Path, assistant: Assistant) -> None:
    """The shared book holds verdict, reason, question, answer, channel and index; a withdrawal takes it out."""
    from rag.channels.wecom.feedback import SharedBook
    from rag.history.feedback import Feedback as Opinions

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

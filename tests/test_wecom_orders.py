"""Orders and cards: binding, help, the list as a file, what falls due, buttons."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from index.errors import QuestionError
from rag.assistant import Assistant
from rag.channels.wecom.cards import menu, pressed, task_id, topics
from rag.channels.wecom.commands import Command, Order, read_command
from rag.channels.wecom.model import (
    MAX_BUTTONS,
    Card,
    CardEvent,
    Kind,
)
from rag.model import Question
from rag.settings import Settings
from rag.wiring import make_assistant
from tests.fakes.wecom_replier import Recorder
from tests.fakes.wecom_talk import Bot, Make


@pytest.fixture(scope="module")
def spring(settings: Settings, assistant: Assistant) -> Assistant:
    """The assistant on a day of the plan's year."""
    return make_assistant(replace(settings, today=date(2023, 5, 10)))


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
        ("我们本季度有哪些任务到期？", Command(Order.DUE)),
        ("这个季度到期的有哪些", Command(Order.DUE)),
        ("市公安局本季度到期的有哪些？", None),
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
    assert "口令" not in bot.say("那法律依据呢？", sender="lisi").text
    asked = bot.say("我们今年要做什么？").text
    assert "您是哪个部门" in asked
    assert "“绑定 市住建局”这样的口令" in asked
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
    assert "没能发出来" in bot.say("清单", replier=Recorder(uploads=False)).text
    assert [kind for kind, _ in bot.say("清单", replier=Recorder(files=False)).sent] == ["stream"]
    assert "网页的“任务清单”" in bot.say("清单", replier=Recorder(files=False)).text
    with pytest.raises(QuestionError, match="做不出来"):
        bot.say("清单 市公安局")


def test_a_group_of_offices_has_a_list(bot: Bot) -> None:
    """What the plan asks of all counties can be sent for, but nobody belongs to all of them."""
    assert [kind for kind, _ in bot.say("清单 各县市区政府").sent] == ["stream", "file"]
    assert "组织名录里没有" in bot.say("绑定 各县市区政府").text


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
        assert all(1 <= len(button.text) <= 10 for button in card.buttons)
        assert len(card.title) <= 26
        assert len(card.description) <= 112
        assert all(pressed(button.key, assistant.library) for button in card.buttons)
    assert task_id("menu", "a") != task_id("menu", "b")

"""Cards with buttons, and what a pressed button means. Keys are looked up here: an event is not believed further."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.channels.wecom.commands import Command, Order
from rag.channels.wecom.model import MAX_BUTTONS, Button, Card
from rag.library import Library

MENU, TOPICS = "menu", "who"
_ITEM = re.compile(r"item:(\d{1,3})")
_BUTTONS = (
    ("我的任务", "mine"),
    ("本季度到期", "due"),
    ("谁负责……", "who"),
    ("任务清单", "list"),
    ("我的部门", "me"),
    ("帮助", "help"),
)
_ORDERS = {"due": Order.DUE, "list": Order.LIST, "me": Order.WHO_AM_I, "help": Order.HELP}
_TASK_ID = re.compile(r"[^0-9A-Za-z_@-]")
_MOST_TASK_ID = 128
_MOST_LABEL = 20
_TRIMMED = re.compile(r"^(?:着力)?(?:强化|加强|压实|提升|严格|开展|推进)|(?:安全)?整治$")


@dataclass(frozen=True, slots=True)
class Press:
    """What a button asks for: a question to the assistant, an order, or the card with topics."""

    label: str
    question: str = ""
    command: Command | None = None
    topics: bool = False


def menu(seed: str, org: str | None) -> Card:
    """The card of the first visit. ``seed`` makes its id unique."""
    whose = f"您的部门：{org}。" if org else "请先告诉我您的部门，例如发送：绑定 市住建局。"
    text = f"{whose}直接输入问题即可，每一句回答都有条款出处；也可以点下面的按钮。"
    buttons = tuple(Button(label, key, 1 if at == 0 else 2) for at, (label, key) in enumerate(_BUTTONS))
    return Card(task_id(MENU, seed), "您好，我是安全生产职责助手", text, buttons[:MAX_BUTTONS])


def topics(seed: str, library: Library, org: str | None) -> Card:
    """Six items of the plan to choose from: those that name the asker's department first."""
    items = {item.id: item for item in library.items(library.plan.id)}
    own = [reach.clause for reach in library.reaches(org) if reach.via is None] if org else []
    general = [id for id, item in items.items() if "整治" in item.title]
    chosen = [id for id in dict.fromkeys((*own, *general, *items)) if id in items][:MAX_BUTTONS]
    buttons = tuple(Button(_TRIMMED.sub("", items[id].title)[:10], f"item:{id}", 2) for id in chosen)
    return Card(task_id(TOPICS, seed), "谁负责……", "点一个事项，或直接输入，例如：谁负责校园安全？", buttons)


def pressed(key: str, library: Library) -> Press | None:
    """What the button with this key asks for; ``None`` for a key that no card of ours has."""
    label = next((label for label, own in _BUTTONS if own == key), "")
    if key == "mine":
        return Press(label, question="我们今年要做什么？")
    if key == TOPICS:
        return Press(label, topics=True)
    if key in _ORDERS:
        return Press(label, command=Command(_ORDERS[key]))
    item = _ITEM.fullmatch(key)
    clause = library.clause(library.plan.id, item[1]) if item else None
    return Press(f"{clause.label} {clause.title}", question=f"{clause.label}由谁负责？") if clause else None


def answered(card_task: str, label: str) -> Card:
    """The card after a press: what was chosen, and the menu again, for it may be pressed once more."""
    buttons = tuple(Button(name, key, 2) for name, key in _BUTTONS)
    return Card(card_task, f"已选：{label[:_MOST_LABEL]}", "回答在下面。还可以点：", buttons[:MAX_BUTTONS])


def task_id(kind: str, seed: str) -> str:
    """An id of the allowed characters, at most 128 bytes, the same for the same ``seed``."""
    return _TASK_ID.sub("_", f"{kind}-{seed}")[:_MOST_TASK_ID]

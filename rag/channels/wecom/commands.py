"""Words that are orders to the bot rather than questions: 帮助, 绑定 市住建局, 解绑, 我是谁, 清单, 新对话, 👍, 👎."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Order(StrEnum):
    """What the bot is told to do."""

    HELP = "help"
    BIND = "bind"
    UNBIND = "unbind"
    WHO_AM_I = "who_am_i"
    LIST = "list"
    DUE = "due"
    RESET = "reset"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Command:
    """``argument`` is what stood behind the word, or empty."""

    order: Order
    argument: str = ""


_WORDS = {
    Order.HELP: "帮助 使用帮助 使用说明 菜单 功能 help /help ? ？",
    Order.BIND: "绑定 绑定部门",
    Order.UNBIND: "解绑 解除绑定 取消绑定",
    Order.WHO_AM_I: "我是谁 我的部门 whoami",
    Order.LIST: "清单 任务清单 我的清单 发清单 发我清单 责任清单",
    Order.DUE: "本季度到期",
    Order.RESET: "新对话 重新开始 清空",
    Order.GOOD: "👍 有用",
    Order.BAD: "👎 有误",
}
_EXACT = {word: order for order, words in _WORDS.items() for word in words.split()}
_BIND = re.compile(r"绑定(?:部门)?[\s:：为到]*(?P<rest>\S.{0,60})", re.DOTALL)
_WITH_MORE = re.compile(
    r"(?P<word>👎|👍|有误|清单|任务清单|责任清单)(?:[\s:：，,]+|(?<=[👍👎])\ufe0f?\s*)(?P<rest>\S.*)", re.DOTALL
)
_DUE = re.compile(
    r"(?:我们局?|我局|我单位|我)?(?:这个?|本)季度(?:内)?(?:还?有)?(?:哪些|什么|啥)?(?:任务|事项|工作)?(?:要|会|该)?到期"
    r"(?:的)?(?:任务|事项|工作)?(?:是|有)?(?:哪些|什么)?[?？]?"
)
_END = " \t\r\n。！!.~～"


def read_command(text: str) -> Command | None:
    """The order that ``text`` is, or ``None``: then it is a question. Only whole messages are orders."""
    said = text.strip(_END).replace("\ufe0f", "")
    order = _EXACT.get(said.lower())
    if order:
        return Command(order)
    if _DUE.fullmatch(said):
        return Command(Order.DUE)
    bind = _BIND.fullmatch(said)
    if bind:
        return Command(Order.BIND, bind["rest"].strip())
    more = _WITH_MORE.fullmatch(said)
    return Command(_EXACT[more["word"]], more["rest"].strip()) if more else None


HELP = """**安责：安全生产职责问答**
每一句回答都有条款出处，文件里没有的会直接说没有。

**怎么问**（直接输入即可，可以接着追问）
- 我们局今年要做什么？
- 谁负责燃气安全？第20项由谁落实？
- 职责清单什么时候之前制定？
- 安全生产法第三十六条第四款怎么规定？

**口令**
- 绑定 市住建局：记住您的部门，之后问“我们”就是指它
- 解绑：忘掉部门　我是谁：看现在按哪个部门回答
- 清单：把部门的任务清单发成 Excel 文件（清单 市公安局：发别的部门的）
- 本季度到期：列出部门本季度到期的事项
- 新对话：不再接着前面的话说
- 👍 或 👎 加原因：评价上一个回答

在群里请先 @ 我。回答供参考，以正式文件为准。"""

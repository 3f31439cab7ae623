"""What the bot says to an order (``commands``). Texts only; nothing is sent from here."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from rag.assistant import Assistant
from rag.channels.wecom import cards
from rag.channels.wecom.commands import HELP, Command, Order
from rag.channels.wecom.due import due_text, falling_due, quarter
from rag.channels.wecom.feedback import FeedbackBook
from rag.channels.wecom.members import Member, Members, Named, Origin, read_name
from rag.channels.wecom.model import Incoming, Verdict
from rag.channels.wecom.render import harmless
from rag.channels.wecom.store import ASIDE, BREAK, TURN, Store
from rag.compose.draft import plain, status_notes

BIND_FIRST = "还不知道您是哪个部门。请发送，例如：绑定 市住建局"
_ORIGINS = {
    Origin.BOUND: "您自己绑定的",
    Origin.FILE: "管理员在成员对照表中登记的",
    Origin.CONTACTS: "按企业微信通讯录",
    Origin.DEFAULT: "本系统的缺省部门",
}


@dataclass(frozen=True, slots=True)
class Said:
    """``file_of``: send this organisation's list as a file too; ``card``: and this card."""

    text: str
    kind: str = ASIDE
    file_of: str = ""
    card: str = ""


@dataclass(frozen=True)
class Orders:
    """Carries out orders for one person at a time. Raises ``StoreUnwritable``."""

    assistant: Assistant
    store: Store
    members: Members
    book: FeedbackBook

    async def obey(self, command: Command, incoming: Incoming) -> Said:
        """Do what ``command`` says and tell so."""
        match command.order:
            case Order.HELP:
                return Said(HELP, card="" if incoming.group else cards.MENU)
            case Order.RESET:
                return Said("好的，重新开始，不再接着前面的话说。", kind=BREAK)
            case Order.BIND:
                return await self._bind(incoming.sender, command.argument)
            case Order.UNBIND:
                await self.members.bind(incoming.sender, None)
                return Said(f"已解绑。{self._whose(await self.members.of(incoming.sender))}")
            case Order.WHO_AM_I:
                member = await self.members.of(incoming.sender)
                return Said(f"您的企业微信账号：{harmless(incoming.sender)}。{self._whose(member)}")
            case Order.LIST | Order.DUE:
                return await self._of_department(command, incoming)
            case Order.GOOD | Order.BAD:
                return await self._judge(command, incoming)

    async def _bind(self, userid: str, words: str) -> Said:
        if not words:
            return Said("请在“绑定”后面写部门名称，例如：绑定 市住建局")
        named = await asyncio.to_thread(read_name, self.assistant, words)
        if named.org is None:
            return Said(_unknown(words, named))
        await self.members.bind(userid, named.org)
        how = f"没有找到“{plain(words)}”，按最接近的名称记下；如不对请重新绑定。" if named.guessed else ""
        return Said(f"已绑定：{named.org}。{how}之后问“我们要做什么”就是指{named.org}。")

    @staticmethod
    def _whose(member: Member) -> str:
        if member.org is None or member.origin is None:
            return BIND_FIRST
        return f"现在按“{member.org}”回答（{_ORIGINS[member.origin]}）。要换部门请发送：绑定 部门名称"

    async def _of_department(self, command: Command, incoming: Incoming) -> Said:
        words = command.argument or (await self.members.of(incoming.sender)).org
        if not words:
            return Said(BIND_FIRST)
        named = await asyncio.to_thread(read_name, self.assistant, words, groups=True)
        if named.org is None:
            return Said(_unknown(words, named))
        name = self.organisation(named.org)
        if command.order is Order.LIST:
            return Said(f"{name}的任务清单见下面的 Excel 文件。", file_of=name)
        return Said(await asyncio.to_thread(self._due, name))

    def organisation(self, org: str) -> str:
        """The registered name behind what the assistant is told (袁州区住建局 → 袁州区政府)."""
        found = self.assistant.reader.parties.find(org)
        return found.parties[0].name if found.parties else org

    def _due(self, organisation: str) -> str:
        library = self.assistant.current.library
        first, last = quarter(library.day)
        title = f"{organisation}{first.year}年第{(first.month + 2) // 3}季度到期的事项"
        found = falling_due(library, organisation, first, last)
        note = status_notes(library, [library.plan.id])
        if not found:
            none = f"《{library.plan.title}》没有写明{title}。"
            return "\n\n".join(part for part in (none, note) if part)
        return "\n\n".join(part for part in (due_text(library, found, title), note) if part)

    async def _judge(self, command: Command, incoming: Incoming) -> Said:
        verdict = Verdict.GOOD if command.order is Order.GOOD else Verdict.BAD
        last = await asyncio.to_thread(self.store.newest, incoming.conversation, 1, 0.0)
        if not last or last[-1].kind != TURN:
            return Said("还没有可以评价的回答。")
        await asyncio.to_thread(self.book.judge, last[-1], verdict, command.argument, incoming.sender)
        more = "如能说明哪里有误，请发送：👎 加原因" if verdict is Verdict.BAD and not command.argument else ""
        return Said(f"谢谢，已记录。{more}")


def _unknown(words: str, named: Named) -> str:
    near = f"您是不是要找：{'、'.join(named.nearest)}？" if named.nearest else "请写部门的名称或常用简称。"
    return f"组织名录里没有“{plain(words)}”。{near}"

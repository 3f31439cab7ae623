"""What an organisation does of the item talked about: 住建局也是牵头?, 所以县政府也得落实, 落实单位写的是所有县区吗."""

from __future__ import annotations

import re

from rag.understand.bare import is_bare
from rag.understand.speech import Speech
from rag.understand.talk.heard import Context
from rag.understand.talk.pointing import Said

_ROLE = re.compile(
    r"牵头|带头|打头|领头|督促|分工|落实|负责|组织|配合|参与|管|做|干|责任(?:单位|部门)|点(?:到|过)?了?名|点到|写(?:了|到|进|着)|列(?:了|进|着)|"
    r"名单|括号|有份|一份|在(?:里|内|列|不在)|算(?:不算|在|进|一份)|跑[得不]|逃[得不]|沾边|归"
)
_LISTS = re.compile(
    r"哪[几些](?!个?(?:县|区|单位|部门|局|家))|(?:几|多少)[项条件]|第[0-9一二三四五六七八九十]+|别的?(?:项|任务|地方)|其[他它余]|还有|全文|要点|"
    r"(?:做|干|管|负责|牵头)[了些]*(?:什么|啥|哪)|(?:什么|啥|哪些)(?:任务|职责|活|事)|今年|一共|总共|任务|职责|什么时候|何时|几月|怎么(?:写|说|规定|罚)|罚|依据|法"
)
_YES_NO = re.compile(
    r"[吗么不没吧][?？。]?$|[?？]$|有没有|是不是|在不在|是否|算不算|对不对|要不要|用不用|该不该|得不得|还是|对[吧吗]|是吧|总要|也(?:得|要|该)|没[点写列]"
)
_SELF = re.compile(r"(?:我们?|咱们?|俺们?|本)(?:县|区|市|局|委|办|队|单位|部门|这边|这里|自己)?")
_FILL = re.compile(
    r"所以|那么?|这么说|也就是说|照这么说|意思是|等于说?|看来|也|都|就|还|只|全|所有|全部|每个|各个?|单位|部门|县里|县区|区县|县城|"
    r"得|要|该|应该?|需要?|必须|总|对吧|对不|对吗|是吧|好像|确实|到底|究竟|具体|一家|一个|几家|呢|自己|这边|那边|这里|写的?|是|"
    r"政府|到|哪[几些]个?|哪个|直接|单独|有关|的话|应当|县|区|市|乡镇?|街道|好的?|行|嗯|不用|用|能|可以|没有?"
)
_MOST = 24


_ROLES_ONLY = re.compile(
    r"(?:牵头|督促|落实|分工|负责|组织|配合|责任|挑头|挑大梁|扛旗|主抓|专委会|委员会|单位|部门|局|哪[个家些]|是谁|谁|叫|什么|啥|名字|名称|全称|分开|"
    r"分别|各|都|列|说|讲|一下|下|来着|清楚|写|的|呢|是|由|那|这|它|里|[，,、？?。\s])+"
)


def roles_only(said: Said, context: Context, speech: Speech) -> str | None:
    """督促的呢,组织的呢,分开说; 专委会是哪个: roles and no subject, of the item talked about."""
    focus = context.focus
    if focus is None or focus.kind != "item" or not focus.number.isdigit() or len(context.current) > 1:
        return None
    if said.references or said.titled or any(not p.is_group for p in context.parties) or "这些" in said.text:
        return None
    asks = re.search(r"呢|谁|哪|叫|啥|什么", said.text) and re.search(
        "牵头|督促|落实|分工|组织|专委会|委员会|挑|主抓", said.text
    )
    if not asks or re.search(r"哪[几些][项条]|还", said.text) or not _ROLES_ONLY.fullmatch(said.text):
        return None
    return f"{speech.words(focus)}由哪些单位分工负责"


def role_here(said: Said, context: Context, speech: Speech) -> str | None:
    """The item talked about, asked who does what: where nothing but an organisation, or our own, and a role is said."""
    focus = context.focus
    if focus is None or focus.kind != "item" or not focus.number.isdigit() or len(context.current) > 1:
        return None
    if said.references or said.titled or len(said.text) > _MOST or any(not p.is_group for p in context.parties):
        return None
    own = _SELF.search(said.text) is not None or said.own
    if not (said.names or own or re.search("县|区|单位", said.text)) or _LISTS.search(said.text):
        return None
    if not _ROLE.search(said.text) or not _YES_NO.search(said.text):
        return None
    if not is_bare(_FILL.sub("", _ROLE.sub("", _SELF.sub("", said.blanked)))):
        return None
    role = re.search(r"牵头|督促|落实|分工负责|组织", said.text)
    if len(said.names) == 1 and role:
        return f"{speech.words(focus)}由{said.names[0]}{role.group()}吗"
    if said.names:
        return f"{speech.words(focus)}点名{'和'.join(said.names)}了吗"
    if own and not re.search("县|区|市", said.text):
        return f"{speech.words(focus)}点名我局了吗"
    return f"{speech.words(focus)}由哪些单位分工负责"

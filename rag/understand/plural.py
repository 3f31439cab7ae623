"""Several clauses at once: 这两项都是谁督促, 其中哪几条有月份, 只看县里落实的, 两个落实的写法一样吗."""

from __future__ import annotations

import re

from rag.understand.bare import PRONOUN
from rag.understand.heard import Context
from rag.understand.pointing import Said
from rag.understand.references import Reference
from rag.understand.speech import Speech

AMONG = "中，"
"""Stands between the clauses listed and what is asked of them; the composer that filters looks for it."""

_N = r"[两二三四五六七八九十几0-9]"
_BOTH = re.compile(
    rf"(?:这|那|上面|前面|刚才)(?:说的|讲的|的)?{_N}(?:大|小)?(?:项|条|个(?!月|小时|工作日)|者|处)(?:任务|工作|整治)?|"
    r"(?<![前后第这那])两(?:项|条|者|个(?!月|小时|工作日|部门|局|单位|县))(?!以上|以下)|二者|它们(?:俩|两个)?"
)
_AMONG = re.compile(
    r"(?:这|那)?(?:其中|里面|里头|当中)|^(?:只|就|单)(?:看|要|挑|说|留|列)|挑出来|筛(?:一下|出来|选)|剩(?:下)?(?:的)?哪|过滤|"
    r"的(?:是|有)(?:哪(?:几?个|些|[一几]?[项条])|几[个项条])[?？。]?$"
)
_PICKS = re.compile(
    r"哪[几些个一]?(?:些|个)?(?:项|条|个)?|^(?:只|就|单)(?:看|要|挑|说|留|列)[^，。？?]*的|挑出来|筛|剩|有几[项条个]|几[项条个]|的那[几些]?[项条个]"
)
_CONTENT = re.compile(
    r"咋写|怎么(?:写|说|讲|规定)|讲(?:了)?什么|内容|原文|展开|念|详细|第[一二三四五六七八九十0-9]+[项条款点]|都有的|共同|同时"
)
_ALIKE = re.compile(
    r"一样|相同|区别|不同|差别|差在|同一[个家]|比一比|对比|相比|比较|一(?:模一样|码事|回事)|谁(?:更)?[多重轻]|比"
)
_WITH_ABOVE = re.compile(r"^(?:那)?[跟和与同]?(?:上[头面边]|前[头面边]|刚才|之前)(?:那|的|说的)*(?:一)?(?:条|项|个)比")
_NUMBERS = re.compile(
    r"(?<![0-9第])(?P<a>[0-9]{1,2})(?:项|条)?[和跟与、](?:第)?(?P<b>[0-9]{1,2})(?:项|条)?(?![0-9]|[个月日天年号万千百%])"
)
_SINGULAR = re.compile(
    r"(?:这|那|该|本|此)(?:一)?(?:条|项)(?![^，。？?]{0,2}比|[?？。]?$)|第[一二三四五六七八九十0-9]+[项条]"
)
_IT = re.compile(r"它(?!们)|(?:该|这个)(?:单位|部门|局)|他们?(?=一家|自己|单独)")
_MOST = 20


def several(context: Context, both: bool) -> tuple[Reference, ...]:
    """The clauses meant: the last list; the last two talked about where ``both`` are and none of two was listed."""
    if len(context.listed) > 1 and not (
        both and len(context.listed) > 2 and len(context.trail) > 1 and _recent(context)
    ):
        return context.listed[:_MOST]
    return context.trail[-2:] if both else context.roll[:_MOST]


def _recent(context: Context) -> bool:
    """Whether the last turns were about one clause each, after the list."""
    return len(context.current) == 1 and len(context.trail) > 1


def of_both(said: Said, context: Context, speech: Speech) -> str | None:
    """这两项都是谁在督促, 两个落实的写法一样吗, 跟上面那条比, 拿31和32比一比."""
    if said.references or said.titled or said.text.startswith(("除", "那除")):
        return None
    numbers = _NUMBERS.search(said.text)
    match = numbers or _WITH_ABOVE.search(said.text) or _BOTH.search(said.text)
    compares = bool(_ALIKE.search(said.text))
    named = [r for r in context.listed if numbers and r.number in numbers.group("a", "b")]
    if numbers and (len(named) != 2 or not compares):
        return None
    told: tuple[Reference, ...]
    if match is None:
        told = context.listed if compares and len(context.listed) == 2 and not context.parties else ()
    else:
        told = tuple(named) or several(context, both=True)
    if len(told) < 2 or (said.names and not compares):
        return None
    words = [speech.words(r) for r in told]
    rest = said.full[: match.start()] + said.full[match.end() :] if match else said.full
    rest = PRONOUN.sub("", rest).strip("，,的 ")
    if compares and len({r.kind for r in told}) == 1 and told[0].kind == "item" and len(told) < 4:
        return f"{'和'.join(words)}对比，{rest}"
    return "、".join(words) + rest.removeprefix("都是").removeprefix("都")


def filtered(said: Said, context: Context, speech: Speech) -> str | None:
    """其中哪几条有月份的, 只看县里落实的: the clauses listed, and what picks some of them."""
    match = _AMONG.search(said.text)
    if not match or not _PICKS.search(said.text) or _CONTENT.search(said.text) or said.titled or said.references:
        return None
    told = several(context, both=False)
    if len(told) < 2 or _SINGULAR.search(said.text):
        return None
    text = said.full
    whose = next((one.parties for one in reversed(context.readings) if one.parties), ())
    if len(whose) == 1 and not said.names:
        text = _IT.sub(whose[0].words, text)
    rest = re.sub(r"^(?:这|那)?(?:其中|里面|里头|当中)", "", text).strip("，, ")
    return "、".join(speech.words(r) for r in told) + AMONG + rest

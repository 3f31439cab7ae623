"""Phrases about duties that lists, filters and overviews share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.dutytable import Reach
from index.model import Tier
from rag.compose.draft import numbers

TIER_NAMES = {Tier.NAMED: "点名", Tier.BODY: "正文", Tier.MEMBER: "成员", Tier.POSSIBLE: "待确认"}


def reach_words(here: Sequence[Reach]) -> str:
    """How an item reaches one organisation: ``点名：分工负责（原文：…）``, ``待确认：“有关部门”分工负责``."""
    said: list[str] = []
    for reach in here:
        duty = reach.duty
        if reach.tier is Tier.NAMED:
            original = f"（原文：{duty.role_words}）" if duty.role_words != duty.role.value else ""
            said.append(f"{TIER_NAMES[reach.tier]}：{duty.role.value}{original}")
        elif duty.tier is Tier.BODY:
            said.append(
                f"{TIER_NAMES[reach.tier]}：{_where(reach)}{f'对{in_quotes(reach.via)}' if reach.via else ''}提出要求"
            )
        else:
            said.append(f"{TIER_NAMES[reach.tier]}：{in_quotes(reach.via or '')}{duty.role.value}")
    return "；".join(dict.fromkeys(said))


def _where(reach: Reach) -> str:
    return "" if reach.tier is Tier.BODY else "正文"


def in_quotes(words: str) -> str:
    return words if words.startswith("“") else f"“{words}”"


def vague_line(words: dict[str, list[str]]) -> str:
    """``只写“定期”“常态化”、没有定具体时间的：“定期”第4、34项；“常态化”第14项。``"""
    said = "；".join(f"“{word}”{numbers(unique(items))}" for word, items in words.items())
    return f"只写了这些词、没有定具体时间的：{said}。"


def unique(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))

"""Organisations called by what they look after: 教育口子 → 教育局, 危险物品那个委员会 → 危险物品专委会."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_COMMITTEE = re.compile(r"(?P<of>[\u4e00-\u9fff]{2,8})(?:安全生产|安全)?的?那(?:一)?个(?:专业)?(?:委员会|专委会|专委)")
_LINE = re.compile(
    r"(?P<of>[\u4e00-\u9fff]{2,8}?)(?:这|那)?(?:个|条|边)?(?:口子|条线|战线|口(?=上|的|也|在|有|没|归|是|呢|算|这|那|[，,。？?]|$))"
)
_HEAD_OF = re.compile(
    r"(?P<of>党委|党|县委|市委|区委|政府|行政)(?:那边|这边|那头|这头|方面|一边)?的?(?:一把手|老大|头头|一号(?:人物)?)"
)
_SHORTEST = 2


def offices(text: str, known: Callable[[str], str | None]) -> str:
    """``text`` with such organisations written so that they are found; ``known`` gives an organisation's name."""
    text = _HEAD_OF.sub(lambda match: f"{'政府' if match['of'] in ('政府', '行政') else '党委'}主要负责人", text)
    text = _COMMITTEE.sub(lambda match: _named(match, ("专委会",), known), text)
    return _LINE.sub(lambda match: _named(match, ("局", "委", "办"), known), text)


def _named(match: re.Match[str], ends: Iterable[str], known: Callable[[str], str | None]) -> str:
    of = match["of"].removesuffix("的")
    for at in range(len(of) - _SHORTEST + 1):
        for end in ends:
            if known(of[at:] + end):
                return of + end
    return match.group()

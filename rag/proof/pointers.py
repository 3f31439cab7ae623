"""Clause numbers as they are written: 第四条至第七条, 第36条第1款、第四款第（二）项, 第14、15项, 前款, 本条."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from index.numerals import to_int

_DIGITS = r"(?:[0-9]{1,4}|[零〇一二三四五六七八九十百千两]{1,7})"
_ONE = rf"(?:\({_DIGITS}\)|{_DIGITS})"
_SEP = r"(?:、|,|和|及|与|或|以及|至|到|-|~)"
_MORE = rf"(?:{_SEP}?第?\({_DIGITS}\)|{_SEP}第?{_DIGITS})"
_UNITS = {"编": 0, "章": 1, "节": 2, "条": 3, "款": 4, "项": 5, "目": 6, "句": 7}
_GROUP = re.compile(rf"第(?P<nums>{_ONE}{_MORE}*)(?:个)?(?P<unit>编|章|节|条|款|项|目|句)(?P<of>(?:之{_DIGITS})*)")
_SHORT = re.compile(rf"(?P<nums>{_ONE}{_MORE}*)(?P<unit>条|款|项)(?P<of>(?:之{_DIGITS})*)")
_BRACKETED = re.compile(rf"(?P<nums>\({_DIGITS}\)(?:{_SEP}?第?\({_DIGITS}\))*)(?P<unit>项)?")
_JOIN = re.compile(r"(?P<nest>中的?|里的?|的)|(?P<range>至|到|-|~)|(?P<list>以及|、|,|和|及|与|或)|")
_HEAD = re.compile(
    r"(?P<which>本|该|同|前|上)(?P<unit>条|款|项)"
    r"(?=规定|要求|所称|所列|所述|明确|第|$|[,、。;:()\"]|和|与|及|的规定|之规定)"
)
_NUMBER = re.compile(rf"(?:(?P<join>至|到|-|~)|[^0-9零〇一二三四五六七八九十百千两])*?(?P<n>{_DIGITS})")
# 第一项任务 is prose; 第一条 at the start of a line with a gap behind it is the draft's own numbering.
_PROSE = re.compile(
    r"(?:重点|主要|具体|专项)?(?:任务|工作|措施|内容|议题|议程|改革|目标|指标|产品|生产线|线|路|道路|活动|行动)"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One level: 第四款 is (款, 4), 第四条至第七条 (条, 4, 7), 第一百三十四条之一 (条, 134-1)."""

    unit: str
    first: str
    last: str = ""


@dataclass(frozen=True, slots=True)
class Pointer:
    """One clause as written at ``start``-``end`` of a line; ``steps`` from wide to narrow.

    ``relative`` is the pronoun of 前款, 本条, 同条 for which the first step stands with no number. ``broken``: numbers
    that are none.
    """

    start: int
    end: int
    steps: tuple[Step, ...]
    relative: str = ""
    broken: bool = False

    @property
    def unit(self) -> str:
        return self.steps[0].unit if self.steps else ""


@dataclass(frozen=True, slots=True)
class Chain:
    """Pointers that hang together: 第四条、第五条第二款."""

    start: int
    end: int
    pointers: tuple[Pointer, ...]


def find_chains(text: str, begins: set[int], blocked: list[tuple[int, int]]) -> Iterator[Chain]:
    """Chains of a folded line, in order. At the offsets ``begins``, right behind a document's name, a chain may begin
    in short form (安全生产法20条, 要点20项); nothing begins inside ``blocked``.
    """
    at = 0
    starts = sorted({m.start() for m in _GROUP.finditer(text)} | {m.start() for m in _HEAD.finditer(text)} | begins)
    for start in starts:
        if start < at or any(first <= start < last for first, last in blocked):
            continue
        chain = _chain(text, start, short=start in begins, limit=_next_block(start, blocked, len(text)))
        if chain is not None and not _is_prose(text, chain, after_name=start in begins):
            yield chain
            at = chain.end


def _next_block(start: int, blocked: list[tuple[int, int]], end: int) -> int:
    return min((first for first, _ in blocked if first >= start), default=end)


def _is_prose(text: str, chain: Chain, *, after_name: bool) -> bool:
    last = chain.pointers[-1]
    single = len(chain.pointers) == 1 and len(last.steps) == 1 and last.unit in ("项", "款", "条")
    return single and not after_name and not text[chain.start].isdigit() and bool(_PROSE.match(text, chain.end))


def _chain(text: str, start: int, *, short: bool, limit: int) -> Chain | None:
    pointers = _first(text, start, short=short, limit=limit)
    if not pointers:
        return None
    end = pointers[-1].end
    while end < limit:
        join = _JOIN.match(text, end)
        at = join.end() if join else end
        nested = not join or not (join["range"] or join["list"])
        group = _GROUP.match(text, at, limit)
        if group is None:
            bare = _BRACKETED.match(text, at, limit) if nested and not (join and join.group()) else None
            more = _bracketed(bare, pointers[-1]) if bare else []
            if not more:
                break
            pointers[-1:] = more
        elif nested and _deeper(group["unit"], pointers[-1]):
            pointers[-1:] = _under(group, pointers[-1])
        elif join and join["list"] and not _deeper(group["unit"], pointers[-1]):
            pointers += _beside(group, pointers[-1])
        elif join and join["range"] and group["unit"] == pointers[-1].steps[-1].unit:
            pointers[-1] = _ranged(group, pointers[-1])
        else:
            break
        end = pointers[-1].end
    return Chain(start, end, tuple(pointers))


def _first(text: str, start: int, *, short: bool, limit: int) -> list[Pointer]:
    if head := _HEAD.match(text, start, limit):
        return [Pointer(start, head.end(), (Step(head["unit"], ""),), relative=head["which"])]
    group = _GROUP.match(text, start, limit) or (_SHORT.match(text, start, limit) if short else None)
    return _numbered(group, (), start) if group else []


def _deeper(unit: str, last: Pointer) -> bool:
    return _UNITS[unit] > _UNITS[last.steps[-1].unit]


def _under(group: re.Match[str], last: Pointer) -> list[Pointer]:
    """第三十六条 + 第四款: the pointer before was only the way to this one."""
    made = _numbered(group, last.steps, last.start)
    broken = last.broken or bool(last.steps[-1].last)
    return [replace(one, relative=last.relative, broken=one.broken or broken) for one in made]


def _beside(group: re.Match[str], last: Pointer) -> list[Pointer]:
    """第一款 + 、第四款: the same article; 第四条 + 、第五条: another."""
    kept = tuple(step for step in last.steps if _UNITS[step.unit] < _UNITS[group["unit"]])
    relative = last.relative if kept else ""
    return [replace(one, relative=relative) for one in _numbered(group, kept, group.start())]


def _ranged(group: re.Match[str], last: Pointer) -> Pointer:
    made = _numbered(group, last.steps[:-1], last.start)
    step, to = last.steps[-1], made[0].steps[-1]
    broken = last.broken or len(made) > 1 or made[0].broken or bool(step.last or to.last)
    return replace(
        last, end=group.end(), steps=(*last.steps[:-1], Step(step.unit, step.first, to.first)), broken=broken
    )


def _bracketed(group: re.Match[str], last: Pointer) -> list[Pointer]:
    """第二十一条（一）, 第二十一条第一款（一）（三）."""
    if last.unit not in ("条", "款") or _UNITS[last.steps[-1].unit] >= _UNITS["项"] or last.steps[-1].last:
        return []
    made = _numbered(group, last.steps, last.start)
    return [replace(one, relative=last.relative) for one in made]


def _numbered(group: re.Match[str], prefix: tuple[Step, ...], start: int) -> list[Pointer]:
    """One pointer for each number of a group; ranges stay one. The first begins at ``start``, the last ends it all."""
    unit = group["unit"] or "项"
    inserted = (group.groupdict().get("of") or "").split("之")[1:] if unit == "条" else []
    of = "".join(f"-{_value(part)}" for part in inserted)
    offset = group.start("nums")
    found: list[Pointer] = []
    for match in _NUMBER.finditer(group["nums"]):
        value = _value(match["n"])
        opened = group["nums"][: match.start("n")].endswith("(")
        span = (offset + match.start("n") - opened, offset + match.end("n") + opened)
        if match["join"] and found:
            step = found[-1].steps[-1]
            broken = found[-1].broken or value is None or bool(step.last)
            found[-1] = replace(
                found[-1], end=span[1], steps=(*prefix, Step(unit, step.first, str(value))), broken=broken
            )
        else:
            found.append(Pointer(span[0], span[1], (*prefix, Step(unit, str(value or 0))), broken=value is None))
    found[0] = replace(found[0], start=start)
    last = found[-1].steps[-1]
    ending = Step(unit, last.first, last.last + of) if last.last else Step(unit, last.first + of)
    found[-1] = replace(found[-1], end=group.end(), steps=(*prefix, ending))
    return found


def _value(words: str) -> int | None:
    try:
        return to_int(words)
    except ValueError:
        return None

"""What a question narrows a list of duties to — role, tier, rhythm, dates, amounts, subject — and what passes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from index.dutytable import Reach
from index.model import Clause, Deadline, DeadlineKind, Role, Tier
from index.numerals import to_int
from rag.compose.draft import plain
from rag.compose.lists.mentions import items_saying, subjects
from rag.compose.lists.noise import is_noise
from rag.library import Library
from rag.understand.reading import Reading

QUARTERLY, MONTHLY, HALF_YEARLY, YEARLY = (
    "FREQ=MONTHLY;INTERVAL=3",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;INTERVAL=6",
    "FREQ=YEARLY",
)
_RHYTHMS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"[每按逐]一?个?季|一个?季度(?:一|要|得|做|报)|季度性"), QUARTERLY, "每季度"),
    (re.compile(r"[每按逐]一?半年|半年(?:一|要|得|做)|半年度的"), HALF_YEARLY, "每半年"),
    (re.compile(r"[每按逐]一?个?月(?!底|份)|每月份|一个?月(?:一|要|得|做|报)"), MONTHLY, "每月"),
    (re.compile(r"[每按逐]一?年|一年(?:一|要|得|做|报)"), YEARLY, "每年"),
    (re.compile(r"[每按逐]一?(?:周|个?星期)"), "FREQ=WEEKLY", "每周"),
    (re.compile(r"[每按逐]一?[天日]"), "FREQ=DAILY", "每天"),
)
_TIMED = r"(?:期限|时限|时间要求|时间规定|时间限制|时间节点|截止时间|截止日期|完成时间|完成时限)"
_DATED = re.compile(
    rf"(?:哪些|什么|几个|的){_TIMED}(?:[?？，。]|$)|(?:什么|哪些)(?:材料|东西)[^。？?]{{0,6}}(?:什么时候|何时|几号)|"
    rf"[有带写定](?:了|明|没有)?(?:明确|具体|规定|硬性)?的?(?:月份|日期)?的?{_TIMED}(?!吗|么|没)|{_TIMED}(?:明确|任务|的(?:任务|事|工作|有))|"
    r"限期|限时|有(?:明确|具体)的?(?:日期|时间)的|(?:任务|事项|工作)的?(?:和|与|及)?(?:完成)?(?:期限|时限)(?:有|一览|$)"
)
_MONTH = re.compile(
    r"(?<![0-9])(?P<n>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份|底|中旬|上旬|下旬|[0-9]+[日号])?之?(?:前|以前)?"
)
_MONTHLY_WORK = re.compile(
    r"要?(?:完成|做|办|报|交)(?:的|什么|哪些|啥)|的(?:事|任务|工作|事项)|什么(?:事|任务|工作)|到期|截止|要交|要报|时限|期限"
)
_QUARTER = re.compile(r"(?<![每按逐])(?:(?:第)?(?P<n>[1-4一二三四])个?季度?(?!一次)|(?:本|这个?|当前?|该)季度?)")
_HALF = re.compile(r"[上下]半年")
_COUNTED = re.compile(r"数量(?:指标|要求|规定|上的)|定量|量化|数字(?:指标|要求)|具体(?:的)?指标")
_UNNAMED = re.compile(r"(?:没有?|未)(?:被)?(?:直接|明确)?点名")
_TIERS: tuple[tuple[re.Pattern[str], Tier], ...] = (
    (re.compile(r"点名|点到|指名|写明|白纸黑字|明确(?:点|写)"), Tier.NAMED),
    (re.compile(r"正文(?:里|中|提|任务|要求|的|有|写)?"), Tier.BODY),
    (re.compile(r"成员(?!单位)"), Tier.MEMBER),
    (re.compile(r"待确认|可能(?:涉及|约束|有关|包括|要|有)|不确定|没写明|有关部门(?:里|可能)"), Tier.POSSIBLE),
)
TIER_WORDS = {Tier.NAMED: "被点名", Tier.BODY: "由正文直接提出要求", Tier.MEMBER: "作为成员", Tier.POSSIBLE: "待确认"}
_ROLE_WORDS = {
    Role.LEAD: "牵头", Role.SUPERVISE: "督促", Role.SHARE: "分工负责", Role.CARRY_OUT: "落实", Role.ORGANISE: "组织",
}  # fmt: skip

Find = Callable[[str], Sequence[Clause]]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Empty fields narrow nothing. ``items`` are the ids of the items that speak of ``subjects``.

    ``without`` are ids of items left out, ``without_roles`` leaves out every item in which the party has one of them;
    ``without_words`` says both.
    """

    roles: tuple[Role, ...] = ()
    tiers: tuple[Tier, ...] = ()
    rhythm: tuple[str, str] | None = None
    dated: bool = False
    months: tuple[int, ...] = ()
    counted: bool = False
    subjects: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    without_roles: tuple[Role, ...] = ()
    without_words: str = ""

    def __bool__(self) -> bool:
        return bool(self.roles or self.tiers or self.subjects or self.timed or self.counted or self.without_words)

    @property
    def timed(self) -> bool:
        return bool(self.rhythm or self.dated or self.months)

    @property
    def words(self) -> str:
        """What passed, in words that fit between an organisation and 的有2项; empty where all passes."""
        said = [TIER_WORDS[tier] for tier in self.tiers] if len(self.tiers) == 1 else []
        said += ["没有点名、但由正文提出、作为成员或待确认"] if len(self.tiers) > 1 else []
        said += [_ROLE_WORDS[role] for role in self.roles if role in _ROLE_WORDS][:1]
        said += [f"{self.rhythm[1]}要做"] if self.rhythm else []
        said += [f"{_spell(self.months)}到期"] if self.months else []
        said += ["有明确期限（日期或频次）"] if self.dated and not self.months and not self.rhythm else []
        said += ["写有数量要求"] if self.counted else []
        said += [f"与{'、'.join(f'“{plain(one)}”' for one in self.subjects)}有关"] if self.subjects else []
        said += [self.without_words] if self.without_words else []
        return "、".join(said)


def narrowing(library: Library, reading: Reading, find: Find | None = None) -> Narrowing:
    """What ``reading`` narrows its parties' duties to. ``find`` looks for items where no item has a subject's words."""
    text = reading.text
    said, spelled = subjects(library, reading)
    about: dict[str, list[str]] = {}
    for one in said if spelled else [one for one in said if not is_noise(one)]:
        found = items_saying(library, one) or (find(one) if find else [])
        if found or spelled:
            about[one] = [clause.id for clause in found]
    return Narrowing(
        filter_roles(reading),
        _tiers(text),
        rhythm(text),
        asks_dated(text),
        months(text, library.day),
        bool(_COUNTED.search(text)),
        tuple(about),
        tuple(c.id for c in library.items(library.plan.id) if any(c.id in ids for ids in about.values())),
    )


def narrowed_to(library: Library, words: Sequence[str]) -> Narrowing:
    """To the items that speak of ``words``; empty where none does."""
    about = {one: {clause.id for clause in items_saying(library, one)} for one in words}
    subjects = tuple(one for one, ids in about.items() if ids)
    items = library.items(library.plan.id)
    return Narrowing(subjects=subjects, items=tuple(c.id for c in items if any(c.id in ids for ids in about.values())))


def filter_roles(reading: Reading) -> tuple[Role, ...]:
    """Roles the question narrows to. 落实 alone is how people say "do" and narrows nothing."""
    roles = reading.wording.roles
    if set(roles) <= {Role.CARRY_OUT, Role.TAKE_PART, Role.TOGETHER}:
        return ()
    if Role.SHARE in roles and not re.search(r"分工|共同负责", reading.text):
        return tuple(role for role in roles if role not in (Role.SHARE, Role.TAKE_PART, Role.TOGETHER))
    return roles


def _tiers(text: str) -> tuple[Tier, ...]:
    if _UNNAMED.search(text):
        return (Tier.BODY, Tier.MEMBER, Tier.POSSIBLE)
    return next(((tier,) for pattern, tier in _TIERS if pattern.search(text)), ())


def rhythm(text: str) -> tuple[str, str] | None:
    """The RRULE and the words of a rhythm: ``("FREQ=MONTHLY", "每月")`` for 每月要做的."""
    return next(((rule, words) for pattern, rule, words in _RHYTHMS if pattern.search(text)), None)


def asks_dated(text: str) -> bool:
    """Whether tasks with a time limit are asked for, not when one task is due."""
    return bool(_DATED.search(text)) and not re.search(r"什么时候|何时|哪天|几号|啥时", text)


def months(text: str, today: date) -> tuple[int, ...]:
    """The months of 3月底前要完成的事, 第二季度到期的, 本季度的; empty where no tasks of a month are asked for."""
    if not _MONTHLY_WORK.search(text):
        return ()
    found = _MONTH.search(text)
    if found:
        return (to_int(found.group("n")),)
    quarter = _QUARTER.search(text)
    if quarter:
        said = quarter.group("n")
        first = 3 * (to_int(said) if said else (today.month + 2) // 3) - 2
        return tuple(range(first, first + 3))
    half = _HALF.search(text)
    return tuple(range(1, 7) if half.group() == "上半年" else range(7, 13)) if half else ()


def _spell(of: tuple[int, ...]) -> str:
    return f"{of[0]}月份" if len(of) == 1 else f"{of[0]}月至{of[-1]}月"


def passing(found: Iterable[Reach], wanted: Narrowing) -> list[Reach]:
    """The reaches that ``wanted`` lets through, in order; those of the notice only where times are asked for."""
    reaches = list(found)
    dropped = {reach.clause for reach in reaches if reach.duty.role in wanted.without_roles}.union(wanted.without)
    return [reach for reach in reaches if reach.clause not in dropped and _passes(reach, wanted)]


def _passes(reach: Reach, wanted: Narrowing) -> bool:
    if wanted.tiers and reach.tier not in wanted.tiers:
        return False
    if wanted.roles and reach.duty.role not in wanted.roles:
        return False
    if wanted.subjects and reach.clause not in wanted.items:
        return False
    if reach.clause == "notice" and not (wanted.timed or Tier.BODY in wanted.tiers):
        return False
    deadlines = reach.duty.deadlines
    if wanted.counted and not any(d.kind is DeadlineKind.QUANTITY for d in deadlines):
        return False
    return not wanted.timed or any(in_time(reach.clause, d, wanted) for d in deadlines)


def in_time(clause: str, deadline: Deadline, wanted: Narrowing) -> bool:
    """Whether a deadline is one of those asked for. The notice's two reports count as half-yearly.

    For a quarter or half a year, rhythms whose period ends in it are due as well.
    """
    if wanted.rhythm:
        reports = clause == "notice" and wanted.rhythm[0] == HALF_YEARLY
        return deadline.rrule == wanted.rhythm[0] or reports
    if wanted.months:
        if deadline.due is not None:
            return int(deadline.due[5:7]) in wanted.months
        ends = {MONTHLY: 1, QUARTERLY: 3, HALF_YEARLY: 6, YEARLY: 12}.get(deadline.rrule or "")
        return len(wanted.months) > 1 and ends is not None and any(at % ends == 0 for at in wanted.months)
    return is_fixed(deadline)


def is_fixed(deadline: Deadline) -> bool:
    """A date or a rhythm; 定期 and 常态化 fix nothing."""
    return deadline.kind in (DeadlineKind.DATE, DeadlineKind.RECURRENCE)

"""Which of several clauses have something: 第30、31、32项中，只看县里落实的. From the duty table and the texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from index.model import Clause, DeadlineKind, Duty, Role
from rag.citations import CitationBook
from rag.compose.articles import top_clause
from rag.compose.draft import Draft, cite_name, deadline_words, quoted, status_notes
from rag.compose.lists.narrow import is_fixed, rhythm
from rag.compose.parts import bracket_quote, deadlines_of
from rag.compose.roles import LEADING, bracket_duties, role_lines
from rag.library import Library
from rag.retrieve import Search
from rag.understand.bare import words_of
from rag.understand.reading import Reading
from rag.understand.talk.plural import AMONG

_NOT = re.compile(
    r"(?:没有?|未|不是|并非|不含|不带|不归|不由|不属于?|除了?)[^，。？?]{0,3}(?:写|点|由|是|列|提|带|要)?"
)
_FIRST = re.compile(r"(?:第一|头一|首)[个位家]?|打头|排(?:在)?最?前|最前面")
_ALONE = re.compile(
    r"(?:只|就|单|光)(?:点|写|有|列|提)?了?[^，。？?]{0,12}(?:一家|一个|自己)|一家|单独|独自|没(?:有)?写?[“\"]?(?:会同|和别)"
)
_JOINT = re.compile(r"会同")
_COUNTY = re.compile(r"县|区(?:里|政府)|各地|地方政府|三区")
_ZONES = re.compile(r"三区[”\"]?(?![^，。？?]{0,6}县)")
_COMMITTEE = re.compile(r"专委会|专业委员会|安全生产委员会")
_DATED = re.compile(
    r"月份|日期|几月|几号|具体(?:的)?时间|时限|期限|时间(?:要求|节点|点|限制)|限(?:了|定)?(?:期|时)|时间"
)
_COUNTED = re.compile(r"数量|数字|指标|硬性|几个|多少")
_ROLES = (
    (re.compile(r"牵头"), LEADING),
    (re.compile(r"督促"), (Role.SUPERVISE,)),
    (re.compile(r"分工|配合|参与"), (Role.SHARE, Role.TOGETHER, Role.TAKE_PART)),
    (re.compile(r"落实"), (Role.CARRY_OUT,)),
    (re.compile(r"组织"), (Role.ORGANISE, Role.LEAD_AND_ORGANISE)),
)
_SAME = re.compile(
    r"同一[家个](?!括号|名单|会)|(?:一家|同一|一个)[^，。？?]{0,6}(?:管|牵|有)[^，。？?]{0,3}(?:[两二多几]|不止一)[项条个]"
)
_OTHERS = re.compile(r"^(?:反过来|相反|反之)")
_NTH = re.compile(
    r"第?(?P<n>[一二三四五六七八九十])(?:大|个大?)?(?:部分|板块|大?块|章)|^(?P<n2>[一二三四五六七八九十])(?:大|、)"
)
_PART = re.compile(r"(?:那|这)?(?:一)?(?:大)?(?:部分|板块|大块|章)的?")

Test = Callable[[Clause], bool]


def compose_among(
    library: Library, book: CitationBook, reading: Reading, clauses: Sequence[Clause], find: Search
) -> Draft | None:
    """Those of ``clauses`` that have what the question picks by; ``None`` where it picks by nothing known."""
    head, mark, asked = reading.text.partition(AMONG)
    if not mark or len(clauses) < 2 or re.search(r"[，。？?]", head):
        return None
    clauses = _rest(library, clauses) if _OTHERS.search(asked) else clauses
    if not clauses:
        return None
    test, words = _same(library, clauses) if _SAME.search(asked) else _test(library, reading, asked)
    found = [c for c in clauses if test(c)] if test else _told(library, reading, asked, clauses, find)
    if not test and not found:
        return None
    names = "、".join(cite_name(library, c) for c in clauses)
    if not found:
        every = "".join(book.cite(c) for c in clauses)
        lines = [f"{names}中**没有**{words}的。{every}"]
        lines += [_line(library, book, c) for c in clauses]
    else:
        which = "、".join(f"{cite_name(library, c)}{book.cite(c)}" for c in found)
        lines = [f"{len(clauses)}条中{words}的有**{len(found)}条**：{which}。"]
        lines += [_line(library, book, c) for c in found]
        rest = [c for c in clauses if c not in found]
        lines += [f"其余{len(rest)}条没有：{'、'.join(cite_name(library, c) for c in rest)}。"] if rest and test else []
    lines.append(status_notes(library, [c.document for c in clauses]))
    return Draft("\n\n".join(line for line in lines if line))


def _line(library: Library, book: CitationBook, clause: Clause) -> str:
    """One clause as evidence: an item by its bracket and times, an article by its words."""
    duties = _bracket(library, clause)
    if not duties:
        return f"**{cite_name(library, clause)}**{book.cite(clause)}：\n\n{quoted(library, clause)}"
    when = deadline_words(deadlines_of(library, clause))
    said = [*role_lines(duties), *([f"时限：{when}"] if when else [])]
    listed = "\n".join(f"- {line}" for line in said)
    return f"**{clause.label} {clause.title}**{book.cite(clause)}\n\n{listed}\n\n{bracket_quote(library, clause)}"


def _bracket(library: Library, clause: Clause) -> list[Duty]:
    return bracket_duties(library.duties(clause.document), clause.id)


def _test(library: Library, reading: Reading, asked: str) -> tuple[Test | None, str]:
    """What the question picks by, and how an answer says it."""
    parties = [party.name for party in reading.parties if not party.is_group]
    denied = bool(_NOT.search(asked))
    roles = next((of for pattern, of in _ROLES if pattern.search(asked)), ())
    if parties:
        return _by_party(library, parties, asked, roles)
    if _COMMITTEE.search(asked):
        led = _leads(library, _COMMITTEE, roles or LEADING)
        does = f"由专委会{roles[0].value if roles else '牵头'}"
        return (_denied(led), f"不{does}") if denied else (led, does)
    if _ZONES.search(asked):
        zones = _leads(library, re.compile("三区"), roles or (Role.CARRY_OUT,))
        return (_denied(zones), "没有写“三区”管委会") if denied else (zones, "写明“三区”管委会")
    if _COUNTY.search(asked):
        here = _leads(library, re.compile("县|区"), roles or (Role.CARRY_OUT,))
        return (_denied(here), "没有写县（市、区）") if denied else (here, "写明县（市、区）落实")
    part = _in_part(library, asked)
    if part:
        return (_denied(part[0]), f"不在{part[1]}") if denied else (part[0], f"属于{part[1]}")
    timed = _timed(library, asked)
    if timed:
        test, words = timed
        return (_denied(test), f"没有{words}") if denied else (test, words)
    return None, "最符合所问"


def _by_party(library: Library, parties: Sequence[str], asked: str, roles: Sequence[Role]) -> tuple[Test, str]:
    who = "、".join(parties)

    def named(clause: Clause) -> list[str]:
        return list(dict.fromkeys(d.party for d in sorted(_bracket(library, clause), key=lambda d: d.span.start)))

    def single(clause: Clause) -> list[str]:
        return [name for name in named(clause) if not library.register.knows_group(name)]

    def has_role(clause: Clause) -> bool:
        return all(any(d.party == one and d.role in roles for d in _bracket(library, clause)) for one in parties)

    if _FIRST.search(asked):
        return (lambda clause: named(clause)[:1] == list(parties[:1])), f"责任括号第一个写{who}"
    if _JOINT.search(asked) and _NOT.search(asked):
        return (
            lambda clause: parties[0] in named(clause) and "会同" not in bracket_quote(library, clause),
            f"由{who}负责、没有写“会同”",
        )
    if _ALONE.search(asked):
        return (lambda clause: single(clause) == list(parties[:1])), f"单位只点了{who}"
    if roles and not _NOT.search(asked) and not re.search(r"一起|一块|同时", asked):
        return has_role, f"由{who}{roles[0].value}"
    everyone: Test = lambda clause: all(one in named(clause) for one in parties)  # noqa: E731
    if _NOT.search(asked):
        return _denied(everyone), f"没有点名{who}"
    return everyone, f"点名{who}"


def _leads(library: Library, who: re.Pattern[str], roles: Sequence[Role] = LEADING) -> Test:
    return lambda clause: any(
        d.role in roles and (who.search(d.party) or who.search(d.words)) and d.party != "市安委会"
        for d in _bracket(library, clause)
    )


def _timed(library: Library, asked: str) -> tuple[Test, str] | None:
    every = rhythm(asked)
    if every:
        return (lambda c: any(d.rrule == every[0] for d in deadlines_of(library, c))), f"写明{every[1]}"
    if _COUNTED.search(asked):
        return (lambda c: any(d.kind is DeadlineKind.QUANTITY for d in deadlines_of(library, c))), "写有数量要求"
    if re.search(r"月份|日期|几月|几号", asked):
        return (lambda c: any(d.kind is DeadlineKind.DATE for d in deadlines_of(library, c))), "写明具体日期"
    if _DATED.search(asked):
        return (lambda c: any(is_fixed(d) for d in deadlines_of(library, c))), "写明时间要求"
    return None


def _rest(library: Library, clauses: Sequence[Clause]) -> list[Clause]:
    """The other items of the parts of the plan that ``clauses`` stand in."""
    parts = {c.path[-1] for c in clauses if c.path}
    return [c for c in library.items(library.plan.id) if c.path and c.path[-1] in parts and c not in clauses]


def _same(library: Library, clauses: Sequence[Clause]) -> tuple[Test, str]:
    """Items whose leading organisation leads another of ``clauses`` too."""
    leaders = {c: frozenset(d.party for d in _bracket(library, c) if d.role in LEADING) for c in clauses}
    return (lambda c: any(leaders[c] & leaders[o] for o in clauses if o != c)), "同一家牵头两项以上"


def _in_part(library: Library, asked: str) -> tuple[Test, str] | None:
    """Whether an item stands in the part of the plan that 重点领域那部分 means, by most of its heading."""
    if not _PART.search(asked):
        return None
    grams = {a + b for word in words_of(_PART.sub("＿", asked)) for a, b in pairwise(word)}
    headings = dict.fromkeys(c.path[-1] for c in library.items(library.plan.id) if c.path)
    nth = _NTH.search(asked)
    told = next((h for h in headings if nth and h.startswith(f"{nth['n'] or nth['n2']}、")), None)
    if told:
        return (lambda clause: told in clause.path), f"“{told}”"
    best = max(headings, key=lambda heading: sum(gram in heading for gram in grams), default="")
    if not any(gram in best for gram in grams):
        return None
    return (lambda clause: best in clause.path), f"“{best}”"


def _denied(test: Test) -> Test:
    return lambda clause: not test(clause)


def _told(library: Library, reading: Reading, asked: str, clauses: Sequence[Clause], find: Search) -> list[Clause]:
    """The clauses that have most of the question's own words; else the one nearest in meaning."""
    grams = {a + b for word in words_of(asked) for a, b in pairwise(word)}
    held = {c: sum(gram in c.text for gram in grams) for c in clauses}
    most = max(held.values())
    if most:
        return [c for c in clauses if held[c] == most]
    hits = find(asked, 40, documents=list(dict.fromkeys(c.document for c in clauses)))
    return [c for c in (top_clause(library, hit) for hit in hits) if c in clauses][:2]

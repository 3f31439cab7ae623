"""Pointing by place at what was shown, numbered or not: 第五个, 第二种跟第三种, 后面那项, 前一个, 后两档."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from index.numerals import to_int
from rag.understand.bare import attached
from rag.understand.references import Reference
from rag.understand.speech import Speech
from rag.understand.talk.heard import Context
from rag.understand.talk.pointing import Said
from rag.understand.talk.shown import said_in, shown_entries

_N = r"[0-9]{1,2}|[一二三四五六七八九十两]{1,3}"
_UNIT = r"(?:种|类|档|样|个(?!月|季度|工作日|小时|部门|单位|局|县|区))"
_FOLLOWS = (
    r"(?=[逾不没未违如要必有的里呢跟和与、，,。？?：:是由谁怎什啥哪多几归叫在单讲说写给分各完具详罚算管能为]|"
    r"情形|情况|行为|$)"
)
_NTH = re.compile(
    rf"(?:上面|前面|里面|其中|列的|说的|你说的)?(?:的)?(?P<back>倒数)?第(?P<n>{_N}){_UNIT}(?:情形|情况|行为)?{_FOLLOWS}"
)
_POINTED = re.compile(rf"(?:上面|上头|前面|里面|其中|列的|你?说的)(?:的)?第(?P<n>{_N})(?:条|项|点)")
"""第五条 of what was shown, not of a law."""
_SIDE = re.compile(
    rf"(?P<way>前|后|最后)(?:[面头边])?(?:的)?(?:[那这]一?|(?P<count>[一两二三]))"
    rf"(?P<unit>项|条|款|{_UNIT}){_FOLLOWS}"
)
_MARKED = re.compile(rf"^(?:那)?[(（](?P<n>{_N})[)）](?:项|款|点)?")
_MIDDLE = re.compile(rf"中间(?:的)?(?:那|这)?(?P<count>[一两二三])?(?:项|条|{_UNIT}){_FOLLOWS}")
_PAIR = re.compile(r"^(?:那)?(?P<way>前|后)者")
_SAY = re.compile(r"^(?:那|先|再|就|来|给我)*(?:说|讲|看|问|念)(?:说|讲|看|一?下)?(?=$)")
_ALSO = re.compile(r"^[跟和与同、以及的，,\s]+")
_LINK = re.compile(r"(?<=＠)[跟和与同、]+(?=＠)")
_ALIKE = re.compile(r"差在|区别|一样|相同|不同|差别|同一|对比|比")
_ALONE = re.compile(r"单独?给|单独|单单|专门|专由")
_MOST = 40


@dataclass(frozen=True, slots=True)
class _Pointer:
    """A pointer's place in the text and what it points at: places from 0."""

    start: int
    end: int
    at: tuple[int, ...]


def by_place(said: Said, context: Context, speech: Speech) -> str | None:
    """The question asked of the clauses, or the parts of an article, at the places it points to."""
    pointed = len(said.references) < 2 and _POINTED.search(said.text)
    if said.titled or (any(r.kind != "paragraph" for r in said.references) and not pointed):
        return None
    if not (pointed or any(one.search(said.text) for one in (_NTH, _SIDE, _MARKED, _MIDDLE, _PAIR))):
        return None
    single = _the_one_named(said, context, speech)
    if single is not None:
        return single
    shown = _shown(context, speech)
    pointers = _pointers(said.text, len(shown), whole=len(context.current) > 1)
    if not pointers:
        return None if shown else _in_enumeration(said, context, speech)
    told = [shown[at] for pointer in pointers for at in pointer.at]
    rest = said.text
    for pointer in reversed(pointers):
        rest = rest[: pointer.start] + "＠" + rest[pointer.end :]
    rest = _SAY.sub("", _ALSO.sub("", _LINK.sub("", rest).replace("＠", "")))
    words = [speech.words(r) for r in dict.fromkeys(told)]
    if len(words) > 1 and _ALIKE.search(rest) and told[0].kind == "item":
        return f"{'和'.join(words)}对比，{rest}"
    return attached("、".join(words), rest, kind="clause")


def _shown(context: Context, speech: Speech) -> list[Reference]:
    """What the last turn showed in order: a list of clauses, else the numbered parts of the article talked about."""
    law = context.law
    if law is not None and len(context.current) < 2 and law.document:
        parts = [replace(law, subitem=n) for n in range(1, _MOST) if speech.holds(law, n)]
        if len(parts) > 1:
            return parts
    return list(context.listed) if len(context.listed) > 1 else []


def _pointers(text: str, count: int, *, whole: bool) -> list[_Pointer]:
    """The pointers of ``text``, all within ``count``; else none."""
    found: list[_Pointer] = []
    for match in (*_NTH.finditer(text), *_POINTED.finditer(text), *_MARKED.finditer(text)):
        number = to_int(match["n"].replace("两", "二"))
        at = count - number if match.groupdict().get("back") else number - 1
        found.append(_Pointer(match.start(), match.end(), (at,)))
    for match in _MIDDLE.finditer(text):
        number = to_int(match["count"].replace("两", "二")) if match["count"] else 1
        if (count - number) % 2 == 0:
            first = (count - number) // 2
            found.append(_Pointer(match.start(), match.end(), tuple(range(first, first + number))))
    for match in _PAIR.finditer(text) if count == 2 else ():
        found.append(_Pointer(match.start(), match.end(), (0 if match["way"] == "前" else 1,)))
    for match in _SIDE.finditer(text) if whole or count else ():
        number = to_int(match["count"].replace("两", "二")) if match["count"] else 1
        if number == 1 and match["way"] != "最后" and match["count"] and count != 2:
            return []  # 前一项 of a longer list is the one before
        run = range(number) if match["way"] == "前" else range(count - number, count)
        found.append(_Pointer(match.start(), match.end(), tuple(run)))
    found.sort(key=lambda pointer: pointer.start)
    within = count > 1 and all(0 <= at < count for pointer in found for at in pointer.at)
    return found if within else []


def _the_one_named(said: Said, context: Context, speech: Speech) -> str | None:
    """后面那个叫什么: of two things talked about one after the other, the latter; no list was shown."""
    match = _SIDE.match(said.text)
    if not match or match["count"] or match["unit"] != "个" or match["way"] == "前":
        return None
    if len(context.listed) > 1 or len(context.trail) < 2 or len(shown_entries(context.said)) > 1:
        return None
    return attached(speech.words(context.trail[-1]), said.text[match.end() :], kind="clause")


def _in_enumeration(said: Said, context: Context, speech: Speech) -> str | None:
    """第五个归谁管: one of the things an item's answer ran through, asked of that item."""
    focus, shown = context.focus, shown_entries(context.said)
    match = _NTH.search(said.text)
    if focus is None or focus.kind != "item" or not match or len(context.listed) > 1 or said.names:
        return None
    at = to_int(match["n"].replace("两", "二")) - 1
    if not (0 <= at < len(shown) and len(shown) > 1 and said_in(shown[at], speech.text(focus))):
        return None
    rest = said.text[: match.start()] + said.text[match.end() :]
    return f"{speech.words(focus)}的{shown[at]}{rest}"

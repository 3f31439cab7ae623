"""Into the numbered points of the last answer: 第二点细说下, 第三项给原文, 第四项关于钱的那条, 钱的那项."""

from __future__ import annotations

import re
from dataclasses import replace

from index.numerals import to_int
from rag.understand.bare import attached, is_bare, words_of
from rag.understand.references import Reference
from rag.understand.speech import Speech
from rag.understand.talk.focus import pairs
from rag.understand.talk.heard import Context
from rag.understand.talk.pointing import Said

_N = r"[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_MARK = re.compile(
    r"(?:^|(?<=[\s;；。:：,，]))(?:[(（](?P<p>[0-9一二三四五六七八九十]{1,2})[)）]|(?P<d>[1-9][0-9]?)[.、)）]|(?P<c>[①②③④⑤⑥⑦⑧⑨]))\s*"
)
_CIRCLED = "①②③④⑤⑥⑦⑧⑨"
_NTH = re.compile(
    rf"(?:上面|前面|刚才|里面|其中|你?[说列]的)?的?(?:第(?P<n>{_N})|[(（](?P<in>{_N})[)）]|(?P<last>最后|末)(?:一|那))"
    r"(?:个|大)?(?P<unit>点|条|项|款|个(?!月|季度|工作日|小时|部门|单位|局|县|区)|句|块)(?!例外)"
)
_ASKS_BESIDES = re.compile(
    r"谁|哪[个家些](?:部门|单位|局)|单位|部门|牵头|落实|督促|分工|依据|哪条法|什么时候|何时|期限|几月"
)
_LABEL = re.compile(
    r"^(?:那)?(?:关于|讲|说|管|涉及|跟|有关)?(?P<noun>[\u4e00-\u9fff]{1,6}?)(?:有关|相关)?(?:的[那这]?|那|这)一?[项条个款](?!月|季度)"
)
_SYNONYMS = {"钱": ("资金", "经费", "投入", "罚款"), "人": ("人员", "队伍"), "时间": ("月", "季度", "期限")}
_CLAUSE = re.compile(r"(?:《[^》]*》)?第[0-9一二三四五六七八九十百]+[项条]")
_SPOKEN = "一二三四五六七八九十"
_BOTH_NOUNS = re.compile(
    r"^(?:那|这)?(?P<a>[^，。？?、]{2,8}?)(?:[和与跟同]|还是)(?P<b>[^，。？?、]{2,8}?)(?:[，,]|(?=有(?:什么|啥|哪)|的?区别|之间|差|怎么分|哪个|比|这两|是不是|一样))"
)
_COMPARES = re.compile(r"区别|不同|差别|差在|一样|对比|比|怎么分|分得清|哪个(?:更)?[重轻严]")

_IN_POINTS = re.compile(
    r"^(?:那|这)?(?:里面|里头|其中)?(?:跟|和|与|讲|说|提到?|涉及|关于|有关|管|带|写)(?:了|到)?[“\"]?(?P<noun>[\u4e00-\u9fff]{2,10}?)[”\"]?"
    r"(?:沾边|有关|相关|挂钩|搭边|有关系)?的?(?:都|分别)?(?:是|在|有)?(?:第几|哪[几一些]?|几)(?:个)?[项点条款种][?？。]?$|"
    r"^(?:那|这)?(?:里面|里头|其中)?(?:哪[几一些]?|第几)(?:个)?[项点条款种](?:是|有|在)?(?:跟|和|与|讲|说|提到?|涉及|关于|管|带|写)(?:了|到)?[“\"]?(?P<noun2>[\u4e00-\u9fff]{2,10}?)[”\"]?"
    r"(?:沾边|有关|相关|挂钩|搭边|有关系)?(?:的)?[?？。]?$"
)
_OF_PLAN = re.compile(r"要点|任务|牵头|落实|督促")


def entries(turn: str) -> list[str]:
    """The points a turn numbers, in order from 1; empty where it numbers none, or numbers clauses."""
    marks = list(_MARK.finditer(turn))
    found: list[str] = []
    for at, mark in enumerate(marks):
        number = mark["d"] or mark["p"] or str(_CIRCLED.index(mark["c"]) + 1)
        if to_int(number) != len(found) + 1:
            continue
        end = marks[at + 1].start() if at + 1 < len(marks) else len(turn)
        found.append(turn[mark.end() : end].strip("；;。，, \n"))
    return [] if len(found) < 2 or any(_CLAUSE.match(entry) for entry in found) else found


def by_entry(said: Said, context: Context, speech: Speech) -> str | None:
    """The clause talked about, asked of the point that stands at the place named; ``None`` where none is meant."""
    match, focus = _NTH.search(said.text), context.focus
    shown = entries(context.said) if match else []
    if not match or focus is None or not shown or said.titled or said.names or len(context.current) > 1:
        return None
    number = match["n"] or match["in"]
    at = to_int(number) - 1 if number else len(shown) - 1
    if not 0 <= at < len(shown):
        return None
    rest = said.text[: match.start()] + said.text[match.end() :]
    return _asked_of(at, shown, rest, focus, speech) if _means_entry(match, shown[at], rest, focus) else None


def _asked_of(at: int, shown: list[str], rest: str, focus: Reference, speech: Speech) -> str | None:
    """``rest`` asked of the point at place ``at`` of those shown; ``None`` where that point is of another clause."""
    entry = shown[at]
    if focus.kind == "article" and speech.holds(focus, at + 1) and not speech.holds(focus, len(shown) + 1):
        return attached(speech.words(replace(focus, paragraph=None, subitem=at + 1)), rest, kind="clause")
    told_of = speech.quoted(entry)
    if told_of is not None and (told_of.document, told_of.number) != (focus.document, focus.number):
        return None
    if _ASKS_BESIDES.search(rest):
        return attached(speech.words(focus), rest, kind="clause")
    told = re.sub(r"[(（][^)）]*[)）]", "", entry)
    return f"{speech.words(focus)}的{told}，{rest.strip('，,的里 ')}"


def _means_entry(match: re.Match[str], entry: str, rest: str, focus: Reference) -> bool:
    """Whether a point just shown is meant rather than an item of the plan or an article of that number."""
    if any(pair in entry for pair in pairs(rest)):
        return True
    spoken = bool(match["in"]) or (match["n"] or "一")[0] in _SPOKEN
    if match["unit"] in "条项款":
        return spoken and focus.kind == "article" and match["unit"] == "项" and is_bare(rest)
    return spoken or is_bare(rest)


def of_labels(said: Said, context: Context, speech: Speech) -> str | None:
    """从轻和不追究，区别在哪: two of the clauses listed, each called by what the list or its text says of it."""
    match = _BOTH_NOUNS.match(said.text)
    told = context.listed if len(context.listed) > 1 else context.roll
    if not match or len(told) < 2 or said.names or said.references or said.titled or not _COMPARES.search(said.text):
        return None
    labels = _labels(context, told)
    meant = [_called(noun, told, labels, speech) for noun in (match["a"], match["b"])]
    if None in meant or meant[0] == meant[1]:
        return None
    words = [speech.words(r) for r in meant if r is not None]
    rest = said.text[match.end() :].strip("，, ")
    return f"{'和'.join(words)}对比，{rest}" if told[0].kind == "item" else "、".join(words) + rest


def by_label(said: Said, context: Context, speech: Speech) -> str | None:
    """钱的那项原文给我: the one of the clauses just listed whose label has the noun, in the documents' words too."""
    match = _LABEL.search(said.text)
    told, focus = context.listed, context.focus
    if not match or said.names or said.references or said.titled:
        return None
    rest = said.text[: match.start()] + said.text[match.end() :]
    if len(context.current) < 2:
        shown = entries(context.said)
        at = _most_like(match["noun"], shown)
        return _asked_of(at, shown, rest, focus, speech) if focus is not None and at is not None else None
    if len(told) < 2:
        return None
    labels = _labels(context, told)
    nouns = (match["noun"], *_SYNONYMS.get(match["noun"], ()))
    meant = [r for r, label in zip(told, labels, strict=False) if any(noun in label for noun in nouns)]
    if len(meant) != 1:
        return None
    return attached(speech.words(meant[0]), rest, kind="clause")


def _most_like(noun: str, shown: list[str]) -> int | None:
    """The place of the one entry that has a pair of the noun's, or it in the documents' words."""
    grams = [*(pairs(noun) or [noun]), *_SYNONYMS.get(noun, ())]
    scores = [sum(gram in entry for gram in grams) for entry in shown]
    best = max(scores, default=0)
    return scores.index(best) if best and scores.count(best) == 1 else None


def _labels(context: Context, told: tuple[Reference, ...]) -> list[str]:
    """What the turn that listed ``told`` says of each, in order; empty where its lines are not theirs."""
    turn = context.said if told == context.listed and len(context.current) > 1 else context.roll_said
    lines = [line for line in re.split(r"[\n；;。]", turn) if _CLAUSE.search(line)]
    return [_CLAUSE.sub("", line) for line in lines] if len(lines) == len(told) else []


def _called(noun: str, told: tuple[Reference, ...], labels: list[str], speech: Speech) -> Reference | None:
    """The one of ``told`` whose label, heading or text has most of ``noun``; ``None`` where several do."""
    inside = [
        r for r, label in zip(told, labels, strict=False) if re.search(".{0,2}".join(map(re.escape, noun)), label)
    ]
    if len(inside) == 1:
        return inside[0]
    words = words_of(noun) or [noun]
    grams = pairs(noun) or words
    for texts in ([speech.heading(r) for r in told], [speech.text(r) for r in told]):
        scores = [sum(gram in text for gram in grams) for text in texts]
        best = max(scores)
        if best and scores.count(best) == 1:
            return told[scores.index(best)]
    return None


def points_saying(said: Said, context: Context, speech: Speech) -> str | None:
    """跟“记录”沾边的是第几项: those 项 of the article talked about that say so."""
    match, law = _IN_POINTS.match(said.text), context.law
    if not match or law is None or said.names or said.references or said.titled or len(context.listed) > 1:
        return None
    noun = match["noun"] or match["noun2"]
    if _OF_PLAN.search(said.text) or len(speech.parts_saying(law, [""])) < 2:
        return None
    told = speech.parts_saying(law, [noun]) or speech.parts_saying(law, pairs(noun))
    return "、".join(map(speech.words, told)) + "讲什么" if told else None

"""The several questions of one message, in order."""

from __future__ import annotations

import re

MOST_PARTS = 8

_LEAD_IN = re.compile(
    r"^(?:(?:请问一?下?|问一?下|想问一?下?|你好|您好|麻烦问一?下?|咨询一?下?|劳驾|老师|"
    r"请教一?下?)[，,:：!！\s]*)+"
)
_QUOTED = re.compile(r"“[^”]*”|《[^》]*》|「[^」]*」|\"[^\"]*\"")
_ENDS = re.compile(r"(?<=[?？])")
_LINES = re.compile(r"(?<=[;；\n])")
_NUMBERED = re.compile(
    r"(?<![第0-9.年月])[(（]?([1-9])(?:[)）、．]|\.(?!\d))\s*|([①②③④⑤⑥⑦⑧⑨])\s*|([一二三四五])是(?=[\u4e00-\u9fff])"
)
_CIRCLED = "①②③④⑤⑥⑦⑧⑨"
_ALSO = re.compile(
    r"[，,。;；\s]*(?:另外|此外|还有(?:一个|个)问题(?:是)?|再问一?下|顺便问一?下|顺便)[，,：:\s]*|[，,]\s*(?:以及|还有)(?!别的|其他|吗|呢)|(?<=[么谁头责成实哪些几项])以及(?=谁|什么|哪|几|多|怎|由|如何|何时)"
)
_ASKS = re.compile(
    r"什么|哪|谁|几|多少|多久|吗|么|呢|怎么|怎样|如何|何时|是否|是不是|有没有|要不要|能不能|依据|任务|职责|时限|期限|多长|多大"
)

_WANTS = re.compile(
    _ASKS.pattern + r"|[列给说讲查发比抄拉归排算数](?:一|个|出|下|全|我|清|明|比|拢|上)|告诉|想知道|要知道|"
    r"第[0-9一二三四五六七八九十百]+[项条]|(?:局|委|办|队|中心|政府|厅)(?:呢|的)?[?？]?$|条款|原文|不$|没$|没有$|能否|可否|须否|可不可以|该不该|请"
)
"""Wants something itself; what has none of this and follows a question is only its occasion."""
_EXPLAINS = re.compile(
    r"我说的?|我是说|我指|就是|指的|那个|^[就只单专]说|^[\u4e00-\u9fff]{2,6}(?:这边|那边|方面|这块|那块)的?[。.]?$"
)
"""Says what was meant: 我说管道那个."""
_POLITE = re.compile(
    r"^(?:劳驾?您?|麻烦您?|请您?|烦请|帮我|帮忙|您|你)*(?:列|说|看|查|数|讲|核对|确认)(?:一|个)?下(?:吧|呗|哈|哦|谢谢)*[。！!]*$"
)
"""Only asks for an answer: 劳您列下."""
_SIDE = re.compile(
    r"^(?:那么?|可)?(?:国家)?(?:的)?(?:法律(?:上|里|中|那边)?|上位法|法上|法里|(?:市里的?)?要点(?:里|上|那边)?|规定(?:里|上))(?:呢|又呢)[?？。]?$"
)
"""Says only where to look: 法律上呢？奖励办法由哪几个部门定."""


def pieces(text: str) -> list[str]:
    """The questions of ``text``, at most ``MOST_PARTS``. What is too short to be one stays with its neighbour."""
    found: list[str] = []
    for raw in _numbered(text) or [text]:
        for sentence in _split(_ENDS, raw):
            for line in _lines(sentence):
                _add(found, line)
    if len(found) > 1 and _SIDE.match(found[0]):
        found[:2] = [found[0] + found[1]]
    if len(found) > 1 and _POLITE.match(found[-1]):
        found.pop()
    while len(found) > 1 and _ASKS.search(found[0]) and not _WANTS.search(found[-1]):
        last = found.pop()  # why it is asked: 写材料要用
        if _EXPLAINS.search(last):
            found[-1] += last
    return list(dict.fromkeys(found))[:MOST_PARTS] or [text.strip()]


def _add(found: list[str], raw: str) -> None:
    for part in _also(raw):
        piece = _LEAD_IN.sub("", part.strip()).strip(" \n，,；;、：:")
        if not any(char.isalnum() for char in piece):
            continue
        if found and len(piece) < 3:
            found[-1] += piece
        else:
            found.append(piece)


def _numbered(text: str) -> list[str]:
    """Parts of ``1. … 2. …``; empty unless the numbers run from 1 without a gap and every part asks something."""
    marks: list[re.Match[str]] = []
    for match in _NUMBERED.finditer(_masked(text)):
        arabic, circled, spoken = match.groups()
        number = int(arabic) if arabic else 1 + (_CIRCLED.index(circled) if circled else "一二三四五".index(spoken))
        if number == len(marks) + 1:
            marks.append(match)
    if len(marks) < 2:
        return []
    ends = [match.start() for match in marks[1:]] + [len(text)]
    parts = [text[match.end() : end] for match, end in zip(marks, ends, strict=True)]
    before = text[: marks[0].start()].strip()
    if not all(_ASKS.search(part) for part in parts):
        return []
    return [before, *parts] if len(before) > 2 and re.search(r"[?？]$", before) else parts


def _also(text: str) -> list[str]:
    """``…，另外…`` as two questions, where both sides ask something."""
    for match in _ALSO.finditer(_masked(text)):
        before, after = text[: match.start()], text[match.end() :]
        if _ASKS.search(before) and _ASKS.search(after):
            return [before, *_also(after)]
    return [text]


def _lines(text: str) -> list[str]:
    """Parts at ；and line ends. Pasted wording, a list of names and the like stay in one piece with what asks."""
    parts: list[str] = []
    for part in _split(_LINES, text):
        if parts and not (_ASKS.search(parts[-1]) and _ASKS.search(part)):
            parts[-1] += part
        else:
            parts.append(part)
    return parts


def _split(at: re.Pattern[str], text: str) -> list[str]:
    """``text`` cut where ``at`` matches outside quotation marks and book-title marks."""
    masked = _masked(text)
    cuts = [match.start() for match in at.finditer(masked) if 0 < match.start() < len(text)]
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def _masked(text: str) -> str:
    return _QUOTED.sub(lambda match: "＿" * len(match.group()), text)

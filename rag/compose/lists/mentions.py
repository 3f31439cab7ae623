"""The subject a question narrows a list to, and the items whose own words (not whose bracket) speak of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from index.clean import fold, longest
from index.model import Clause, Kind, Span
from index.parse.workplan import closing_bracket
from rag.compose.passages import segments
from rag.compose.topics import titled_item
from rag.library import Library
from rag.understand.reading import Reading

_FRAMES = (
    re.compile(
        r"(?:关于|有关|涉及到?|针对|提到|提及|提了|写到|写了|写有|讲到|说到|含有|包含)“?(?P<said>[^＿，。？?“”]{2,16}?)”?"
        r"(?:这一?块|方面|领域)?(?:的|有|是|要|呢|吗|[，。？?]|$)"
    ),
    re.compile(r"(?:跟|与|和|同)“?(?P<said>[^＿，。？?“”]{2,14}?)”?(?:有关系?|相关|挂钩)"),
)
_DO = r"(?:做|干|抓|管|办|搞|负责|承担|落实|完成|牵头|督促|参与|组织|配合|分工负责|开展|执行)"
_NOISE = re.compile(
    rf"(?<!主)(?:要|该|应该?|需要?|得|必须|都|具体|会|被)*+{_DO}*+(?:些|了|到|有|的|是)*+(?:什么|啥|哪些|哪几|几|多少)"
    r"(?:个|件|项|条|样的?)?的?(?:任务|事项?|工作|活|职责|责任|内容|要求|方面)?|"
    r"(?:被|直接|明确|单独|没有?|未)*点名(?:的|到|了)?|待确认|可能(?:涉及|约束|包括|有关|要做)?|正文(?:任务|要求|里|中)?|成员(?!单位)|"
    r"第?[1-4一二三四]个?季度?|[上下]半年|(?:本|这个?|当前?)(?:季度?|月)|每个?(?:季度?|半年|月份?|年度?|周|天)|按(?:季度?|月|年)|逐[季月年]|半年度?|季度|月度|至少|[一1]次|"
    r"(?:有|带|写)?(?:了|明)?(?:明确|具体|规定)?的?(?:完成)?(?:期限|时限|时间要求|时间节点|截止时间|日期|数量指标|数量要求)|"
    r"限期|限时|[0-9一二三四五六七八九十]+月(?:份|底|中旬|[0-9]+日)?之?前?|"
    r"牵头组织开展|牵头|领头|督促|督办|分工负责|共同负责|"
    r"(?:组织|落实|参与|配合|负责(?!人)|执行)(?=的|了|过|吗|呢|，|？|\?|$|\s)|(?<!主)(?:要|该|得|应|需要?|必须|去|来)(?:做|干|办|抓|落实|负责|完成)(?!好|实)|"
    r"(?:交|报|报送|提交|上报)(?:什么|哪些)?(?:材料|东西)|最近|近期|时间(?:要求|节点|安排)|"
    r"出现在?|露面|任务|事项|职责|清单|一览表?|汇总|工作(?=的|有|吗|呢|，|？|$)|有没有|是不是|是否|有关|相关|关于|方面|涉及到?|针对|提到|提及|"
    r"今年|本年度?|年度|全年|2023年?|请问|帮我|给我|告诉我?|列出来?|列一下|列个|查一下|看看|想知道|说说|讲讲|工作要点|要点|文件|通知|"
    r"(?:我|本|咱)们?(?:局|单位|部门|委|办|县|区|市|支队|中心)|月份|这份|里面|其中|分别|一共|总共|统共|拢共|通篇|全篇|整篇|全文|名字|责任(?:单位|栏|部门)|括号|条目|挂名|一条条|逐条|报号|领了|分了|合计|具体|主要(?!负责人)|全部|所有|只说|只要|只看|只有|另外|还有|以及|怎么|如何|哪个|为什么|最多|的事"
)
_VERBS = "管抓查搞"
_EDGE = (
    "的了吗呢么有是要在和与及被还都哪些项条吧啊呀给把将对跟同从由该得做干它他"
    "她那这个里中上去来会就也我你咱们部门单位局各再又先件事"
)
_ALSO = re.compile(r"[、/]|和|与|及|或者?|还是")
_GENERIC = re.compile(
    r"^(?:安全|生产|工作|整治|专项|重点|管理|责任|要求|整个|小项|大块|各项|每项|各条|情况|部门|单位|时间|内容|问题|落实|组织|专委会|关系|感觉|联系|影响|分工|事情|东西|地方|大家|领导|下面|上面|办公室|名单)+$"
)

_ASIDE = re.compile(r"[（(][^（()）]*[）)]")
"""A remark in brackets narrows nothing."""
_PLACED = re.compile(r"(?:[这那]一?(?:块|摊子?|方面|一?领域)儿?[里上]?|里头|上头)$")
"""What may follow a subject and is no part of it: 燃气那块."""
_QUOTES = re.compile(r"[“”\"‘’'「」『』]")
_MOST_CUT = 8
_LONGEST = 60
_MOST_CHUNKS = 20
"""Bounds on what is looked at: particles at one end, characters of one stretch, stretches of one question."""

_PREFIX = re.compile(r"(?<![全我])市[\u4e00-\u9fff]{1,4}＿")


def blanked(reading: Reading) -> str:
    """The question with the organisations it names replaced by ＿."""
    text = reading.text
    for words in sorted((p.words for p in reading.parties), key=len, reverse=True):
        text = text.replace(words, "＿")
    return text


def subjects(library: Library, reading: Reading) -> tuple[tuple[str, ...], bool]:
    """What the question is about besides organisations, roles, tiers and times; whether it is said in so many words.

    ``("燃气",), True`` for 市公安局关于燃气的任务; ``(), False`` where nothing is left.
    """
    text = _PREFIX.sub("＿", _ASIDE.sub(" ", blanked(reading)))
    for frame in _FRAMES:
        match = frame.search(text)
        said = _cleaned(library, match.group("said")) if match else ()
        if said:
            return said, True
    return _cleaned(library, text), False


def _cleaned(library: Library, text: str) -> tuple[str, ...]:
    chunks = re.split(r"[\s＿，,。？?！!：:；;（）()\[\]【】<>]+", _NOISE.sub(" ", text))
    kept: list[str] = []
    for chunk in [chunk[:_LONGEST] for chunk in chunks if len(chunk) > 1][:_MOST_CHUNKS]:
        whole = _trimmed(library, chunk)
        parts = [whole] if _known(library, whole) else [_trimmed(library, part) for part in _ALSO.split(chunk)]
        parts = [_unquoted(library, part) for part in parts]
        kept += [_plain(part) for part in parts if len(part) > 1 and _tells(library, part)]
    return tuple(dict.fromkeys(kept))


def _tells(library: Library, words: str) -> bool:
    """Whether ``words`` narrow anything: no word that any item has, and no other name of an organisation."""
    bare = words.strip(_EDGE)
    return bool(bare) and not _GENERIC.match(bare) and library.register.canonical(words) is None


def _unquoted(library: Library, words: str) -> str:
    """``words`` without quotation marks, except where the plan has them only with theirs: “除险清患”行动."""
    bare = _QUOTES.sub("", words)
    return words if _known(library, words) and not _known(library, bare) else bare


def _plain(words: str) -> str:
    """消防安全 → 消防: every item is about safety."""
    short = re.sub(r"(?:安全生产|安全)$", "", words)
    return short if len(short) > 1 else words


def _known(library: Library, words: str) -> bool:
    said = fold(words).strip('"')
    return said in _folded_plan(library.plan.text) or said in library.topics


@lru_cache(maxsize=4)
def _folded_plan(text: str) -> str:
    return fold(text)


def _trimmed(library: Library, chunk: str) -> str:
    """The longest part of ``chunk`` that the plan has, particles taken off its ends only where they are none of it."""
    chunk = _PLACED.sub("", chunk)
    most = next((i for i, char in enumerate(chunk) if char not in _EDGE + _VERBS), len(chunk))
    right = next((i for i, char in enumerate(reversed(chunk)) if char not in _EDGE), len(chunk))
    cuts = sorted((a + b, a, b) for a in range(min(most, _MOST_CUT) + 1) for b in range(min(right, _MOST_CUT) + 1))
    for _, a, b in cuts:
        part = chunk[a : len(chunk) - b]
        if len(part) > 1 and _known(library, part):
            return part
    return chunk[: len(chunk) - right].lstrip(_EDGE)


def items_saying(library: Library, words: str) -> list[Clause]:
    """Items whose title or body has ``words``, in order; failing that, all its parts; everyday words may stand in
    for the title's own."""
    items = library.items(library.plan.id)
    said = fold(words)
    own = library.topics.get(said, said)
    bodies = [_body(c) for c in items]
    found = [c for c, body in zip(items, bodies, strict=True) if said in body or own in fold(c.title)]
    titled = None if found else titled_item(library, words)
    if titled:
        return [titled]
    return found or [c for c, body in zip(items, bodies, strict=True) if _pieces(body, said)]


def _pieces(text: str, words: str) -> list[str]:
    """``words`` cut into the longest pieces (two or more characters) of ``text``; ``[]`` where some are missing."""
    pieces: list[str] = []
    at = 0
    while at < len(words):
        size = longest(words, at, text)
        if not size:
            return []
        pieces.append(words[at : at + size])
        at += size
    return pieces


@lru_cache(maxsize=256)
def _body(item: Clause) -> str:
    bracket = closing_bracket(item)
    return fold(item.text[: bracket.start - item.span.start] if bracket else item.text)


def sentences_saying(library: Library, item: Clause, words: Sequence[str], most: int = 2) -> list[Span]:
    """Stretches of the item's body that have the words: sentences, long ones only their part between semicolons."""
    text = library.document(item.document).text
    if not any(fold(word) in _body(item) for word in words):
        words = [piece for word in words for piece in _pieces(_body(item), fold(word))[:1]]
    found: list[Span] = []
    for part in library.parts(item):
        if part.kind is not Kind.SENTENCE or part.text.rstrip("。") == item.title:
            continue
        pieces = segments(text, part.span) if len(part.text) > 160 else [part.span]
        found += [span for span in pieces if any(fold(word) in fold(span.of(text)) for word in words)]
    return found[:most]


def sentence_at(library: Library, clause: Clause, span: Span) -> Span:
    """The sentence of ``clause`` that ``span`` stands in."""
    return next((c.span for c in library.parts(clause) if c.kind is Kind.SENTENCE and span in c.span), clause.span)

"""Where in the plan something stands: “一书两函”搁哪儿写的, 矿长带班下井在文件什么位置, 平改立写在哪一部分."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.clean import fold, longest
from index.model import Clause
from rag.citations import CitationBook
from rag.compose.draft import Draft, plain, quoted, status_notes
from rag.compose.limits import refuse
from rag.compose.lists.mentions import sentences_saying
from rag.compose.passages import best_pieces
from rag.compose.topics import body_of, core, items_about, share
from rag.library import Library
from rag.understand.ask import Intent
from rag.understand.reading import Reading

_SAY = r"(?:写|讲|说|提|规定|列|放|搁|摆|记|出现|安排|部署|要求|收)"
_PAPER = r"(?:(?:这份|这个|本|整份|今年的?)?(?:工作)?(?:要点|文件|通知|正文|全文|原文)(?:里面?|里头|中|上|的)*)"
_UNIT = r"(?:条|项(?!目)|(?:大)?部分|大块|大项|段|节|章节?|板块|块|处|标题)"
_OF_WORDS = rf"(?=里|中|上|下|头|去了|和?哪|都?{_SAY}|有(?!哪|什么|多少|几)|能?找|见|露|的?(?:$|[，,。？?！、]))"
"""What follows where the place of words is asked for: 哪条写的, 第几部分里; not 哪几项任务, 哪条生产线."""
_WHERE = re.compile(
    rf"(?:{_SAY}(?:在|于|到|进)?|出自|来自|在|属于?|归|是)(?:第?几|哪一?个?)(?:号|项|条)(?:任务|工作)(?=里|中|上|$|[，,。？?])|"
    rf"(?:{_SAY}(?:到|进|了|过)?(?:在|于|到|进)?|在|见于?|见诸|属于|归在?|搁|是|归到|排在?|翻到)?{_PAPER}?"
    rf"(?:的)?(?:哪(?:一|几|两|些)?(?:个)?|第几(?:个)?|(?<=[在到于])几(?:个)?){_UNIT}{_OF_WORDS}(?:里面?|里头|中|上|下|去了)?"
    rf"(?:和?哪(?:一|个)?{_UNIT})?(?:都)?(?:{_SAY}(?:到|过|了|的|着)*)?|"
    rf"(?:在|搁|放|{_SAY}在?){_PAPER}?(?:的)?(?:哪(?:里|儿|块|边|个?(?:地方|位置))?|什么(?:位置|地方))(?:{_SAY}(?:到|过|了|的|着)*)?|"
    r"的?(?:条号|条目号?|序号|编号|项号)(?=定位|是|呢|[给报]|[，,。？?]|$)(?:定位)?(?:是?(?:多少|几)|呢)?|"
    rf"{_PAPER}(?:的)?(?:哪(?:里|儿)|(?:哪个?|什么)(?:位置|地方))(?:{_SAY}(?:到|过|了|的|着)*)?"
)
"""Asks for the place of words: the item or the part, or where in the paper."""
_OF_TEXT = re.compile(
    rf"{_UNIT}|条[号目]|几号任务|[序编项]号|写|讲|要点|文件|通知|原文|正文|全文|提法|说法|表述|字样|这话|那话|[句段]话?|说的|提的|找不到|翻"
)
"""One of these tells that the place in the text is meant, not a place in the world."""
_TELL_ME = re.compile(r"(?:有)?(?:谁|哪位)(?:能|可以|来)?(?:告诉我|说说|知道|晓得|记得)")
_SEVERAL = re.compile(r"哪[几些]")
"""All the items are asked for: told here only of words in quotation marks."""
_ONLY_ITEM = re.compile(rf"{_PAPER}|项(?!目)|部分|大块|板块|段|位置|章节")
_FILLER = re.compile(
    r"^(?:请问一?下?|那个?|我想(?:问|知道)|想(?:问|找|查)一?下?|问一?下|麻烦|帮我?(?:查|看|找)一?[下查看找]?|查一?下|找一?下|找找|关于|有关|我记得|记得|听说|"
    rf"{_PAPER}|里面?|要|是)+|"
    r"(?:这|那)(?:一)?(?:句|段|个|件|项|块|几个字|条)?(?:话|事|提法|说法|规定|内容|表述|要求|词|字)?$|"
    r"的?(?:这个|那个)?(?:内容|提法|说法|表述|规定|字样|要求|字眼|事|话|原话|原文|段落)$|(?:要|都|是|到底|究竟|具体|又|的|[呢呀啊吧])+$"
)
_QUOTED = re.compile(r"[“「『\"](?P<words>[^”」』\"]{2,30})[”」』\"]|《(?P<title>[^》]{2,40})》")
_CUT = re.compile(r"[，,。？?！!；;：:\s]+")
_ELSE = re.compile(
    r"谁|什么(?!位置|地方|差别|区别|不同)|怎么|多少|几(?!条|项|部分)|为什么|罚|法律|法规|依据|牵头|负责|差在|"
    r"哪[部个]法|法(?:的|里|上|中)?(?:$|，)"
)
"""Asks for something besides the place."""
_RUN, _NEARLY = 4, 0.8
"""Characters in a row, and share of the words, from which on an item has them nearly as they stand."""
_LONG_RUN, _MOSTLY = 6, 0.65
"""The same for a longer stretch: the share may be less."""
_MOST = 6
_ASKED_OF_PLAN = re.compile(_PAPER)
_SHORTEST, _NAME = 2, 6
"""Characters of a name that is denied where nothing of it stands in the plan; longer words may be a paraphrase."""


def asks_where(text: str) -> bool:
    """Whether the place of words in the text is asked for."""
    return bool(_WHERE.search(text) and _OF_TEXT.search(text)) and "差在" not in text


def compose_where(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """The items that have the words asked for, each with the heading of its part; ``None`` where that is not asked or
    the plan has not the words, or nearly."""
    named = any(not party.is_group for party in reading.parties)
    if named or reading.references or reading.years or reading.place or reading.needs_own:
        return None
    if any(id != library.plan.id for id in reading.documents) or not asks_where(reading.text):
        return None
    several = bool(_SEVERAL.search(reading.text))
    if reading.intent is Intent.BASIS or (several and not _QUOTED.search(reading.text)):
        return None
    rest = _WHERE.sub("，", _TELL_ME.sub("", reading.text), count=1)
    if _ELSE.search(rest):
        return None
    for words in sorted(_said(library, rest), key=len, reverse=True):
        finders = (_literal,) if several else (_titled, _literal, _nearly, _about)
        found = next((found for find in finders if (found := find(library, words))), [])
        if found and (_ONLY_ITEM.search(reading.text) or not _in_law(library, words)):
            return _located(library, book, words, found)
        if _ASKED_OF_PLAN.search(reading.text) and _is_strange(library, words):
            lead = f"《{library.plan.title}》没有写“{plain(words)}”，无法指出是哪一项。"
            return refuse.not_held(library, book, reading, lead, [])
    return None


def _is_strange(library: Library, words: str) -> bool:
    """Whether a short name has not two characters in a row that the plan has, besides what any item has."""
    name = core(words)
    known = any(word in words for word in library.topics)
    return _SHORTEST <= len(name) <= _NAME and not known and share(library, name, library.plan.text) == 0.0


def _said(library: Library, rest: str) -> list[str]:
    """The words whose place may be asked for: what is quoted, else what stands between commas."""
    quotes = [match["words"] or match["title"] for match in _QUOTED.finditer(rest)]
    return quotes or [words for part in _CUT.split(rest) if len(words := _bare(library, part)) > 1]


def _bare(library: Library, part: str) -> str:
    """``part`` without what people say around words, as long as the plan has them not as they are: 谈心谈话 stays."""
    before, plan = "", fold(library.plan.text)
    while before != part and fold(part) not in plan:
        before, part = part, _FILLER.sub("", part)
    return part


def _titled(library: Library, words: str) -> list[Clause]:
    """The one item whose title is what ``words`` mostly say."""
    about = fold(core(words))
    titled = [item for item in library.items(library.plan.id) if len(about) > 1 and about in fold(item.title)]
    return titled if len(titled) == 1 and len(about) >= 0.5 * len(fold(words)) else []


def _literal(library: Library, words: str) -> list[Clause]:
    """The items whose bodies have ``words`` or the plan's own for them; else any clause that has them."""
    said = fold(words)
    own = library.topics.get(said, said)
    items = library.items(library.plan.id)
    return [item for item in items if said in body_of(item) or own in body_of(item)] or _elsewhere(library, said)


def _nearly(library: Library, words: str) -> list[Clause]:
    """The one item that has most of ``words``, a good part of them in one stretch."""
    said = fold(words)
    runs = {item: _longest_run(said, fold(item.text)) for item in library.items(library.plan.id)}
    fits = {item: share(library, words, item.text) for item, run in runs.items() if run >= _RUN}
    best = max(fits, key=lambda item: fits[item], default=None)
    if best is None or fits[best] < (_NEARLY if runs[best] < _LONG_RUN else _MOSTLY):
        return []
    return [item for item, fit in fits.items() if fit == fits[best]][:1]


def _about(library: Library, words: str) -> list[Clause]:
    return items_about(library, words, listen=False)[:1]


def _elsewhere(library: Library, said: str) -> list[Clause]:
    """Clauses that have the words in a bracket, and the notice and the preamble."""
    clauses = library.clauses(library.plan.id).values()
    return [clause for clause in clauses if clause.id == clause.top and said in fold(clause.text)]


def _longest_run(words: str, text: str) -> int:
    return max((longest(words, at, text) for at in range(len(words))), default=0)


def _in_law(library: Library, words: str) -> bool:
    return any(words in library.document(id).text for id in library.infos if id != library.plan.id)


def _located(library: Library, book: CitationBook, words: str, found: Sequence[Clause]) -> Draft:
    plan = library.plan
    places = "、".join(item.label for item in found)
    head = f"“{plain(words)}”在**{places}**" + (f"，共{len(found)}处：" if len(found) > 1 else "：")
    lines = [head]
    for item in found[:_MOST]:
        spans = sentences_saying(library, item, [words, library.topics.get(fold(words), words)], 1)
        spans = spans or best_pieces(words, plan.text, [part.span for part in library.parts(item)], 1)
        lines.append(f"**{item.label}{f' {item.title}' if item.path else ''}**{part_of(item)}{book.cite(item)}")
        lines += [quoted(library, item, span.of(plan.text)) for span in spans]
    if len(found) > _MOST:
        lines.append("另有：" + "、".join(f"{item.label}{book.cite(item)}" for item in found[_MOST:]))
    lines.append(status_notes(library, [plan.id]))
    return Draft("\n\n".join(lines))


def part_of(item: Clause) -> str:
    """``（在“四、坚持系统治理,深化推进重点领域风险防控”部分）``; empty where the item stands under no heading."""
    return f"（在“{item.path[0]}”部分）" if item.path else ""

"""Is a word in the paper at all? 民宿有没有写进去, 文件里提到外卖骑手了吗: looked up literally, told either way."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.clean import fold
from index.model import Clause
from rag.citations import CitationBook
from rag.compose.draft import Draft, plain, quoted, status_notes
from rag.compose.lists.mentions import items_saying, sentences_saying
from rag.compose.passages import best_pieces
from rag.compose.topics import nearest_item
from rag.library import Library
from rag.understand.ask import Intent
from rag.understand.reading import Reading

_SAYS = r"(?:找得到|找到|搜得到|提到|提及|提过|提了|写到|写进|写入|写了|写过|写上|讲到|说到|出现|列入|列进|纳入|涉及)"
_WHETHER = r"(?:了吗|过吗|了没有?|过没有?|没有?|吗|么|过么|了么|去吗|去没有?|去了吗|去)"
_AFTER = re.compile(
    rf"{_SAYS}(?:过|了)?“?(?P<what>[^，。？?“”]{{2,12}}?)”?(?:这个词|这几个字|字样|的内容)?{_WHETHER}[?？]?$"
)
_LETTERS = re.compile(
    rf"{_SAYS}(?:过|了)?[“「『\"]?(?P<what>[^，。？?“”「」『』\"]{{2,12}}?)[”」』\"]?(?:[一二三四五两几]个字|这个词|字样|字眼)|"
    rf"{_SAYS}(?:过|了)?[“「『\"](?P<quoted>[^”」』\"]{{1,12}})[”」』\"]|"
    r"(?:哪些|哪几|有几|多少)项?[^，。？?]{0,6}(?:提到|提及|写到|出现|带)(?:了|过)?[“「『\"]?(?P<which>[^，。？?“”「」『』\"的]{1,8})(?:的|[”」』\"]|[，。？?]|$)|"
    r"[“「『\"](?P<where>[^”」』\"]{1,12})[”」』\"][^，。？?]{0,8}(?:出现|提到|写)(?:过|了)?[^，。？?]{0,4}(?:项|哪|几)|"
    r"(?P<counted>[^，。？?“”]{2,20}?)(?:一共|总共)?(?:提|写|出现|说)(?:到)?了?几(?:处|次|回|遍)|"
    r"[“「『\"]?(?P<letters>[^，。？?“”「」『』\"]{1,12}?)[”」』\"]?(?:这|那)?[一二三四五两几]?个?(?:字|词|字眼|字样)[，,]?[^，。？?]{0,8}(?:出现|提|写|有|找|搜)|"
    r"(?P<these2>[^，。？?“”]{2,20}?)[，,]?(?:要点|文件|文)(?:里|中)?(?:提过|提到过|写过|提到|有没有提)(?:哪样|哪个|没有|过)|"
    r"(?:(?:写没写|提没提|有没有(?:写|提|说|讲))(?:到|过|及)?|是否(?:写|提)到?)(?P<whether>(?!进|去|入|上|在|明|到|要|得|应|须|该)[^，。？?“”]{2,10})[，。？?]?|"
    r"(?P<these>[^，。？?]{2,8}?)(?:这类|这种)?(?:字眼|字样|说法)(?:都)?(?:出|在|出现)"
)
_HOLDS = re.compile(
    r"(?P<what>[^，。？?“”]{2,12}?)(?:这一?块|这个?|那个?|的事)?(?:在|归|进)?"
    r"(?:(?:有没有|归没归到?|写没写[进到在]?|提没提|算不算|进没进)[^，。？?]{0,3}?)?"
    r"(?:这份|这个|本|今年的?)?(?:要点|文件|通知|全文|文)(?:里面?|里头|中|上)?(?:里?[^，。？?]{0,2}?)"
    r"(?:有没有|有木有|提没提|提过|提到|写没写|写了|写过|出现|管不管|管[没吗]|管[?？]?$|找得到|搜得到|有[吗么没])"
)
"""Asks in whatever words whether the paper has a thing: 无人机要点里提没提, 共享单车归没归到这份文件里管."""
_BEFORE = re.compile(
    rf"^(?P<what>[^，。？?]{{2,14}}?)(?:这一?块|这个)?(?:有没有|有无|是不是|是否|写没写|提没提|有)(?:被)?{_SAYS}?(?:在|到|进)?"
    r"(?:要点|文件|通知|里面|里头|其中|里|去)*(?:吗|么)?[?？]?$"
)
_IN_WHICH = re.compile(
    r"^(?:请问|那|关于)?(?P<what>[^，。？?]{4,24}?)[，,]?(?:是|都)?(?:写|出现|提到?|讲)?(?:在|见于?|见)?(?:要点|文件|全文|文)?(?:的|里面?|中)?"
    r"(?:哪[一几些两]?|第几)个?[条项处](?:里面?|里头|中|上)?(?:提到?|写|讲|说|出现|有|露)?(?:过|了|的|到)*[?？。]?$"
)
"""Asks in which items words stand: “一优三减”在哪几项提到, 包容审慎在哪一条提的."""
_PAPER = re.compile(
    r"^(?:这份|这个|本|整份|全篇|全文|那|请问|宜春|2023年?|今年)*(?:要点|文件|通知|里面|里头|里|中|上|全文|正文)*(?:有没有|是否|是不是)?"
)
_PAPER_AFTER = re.compile(r"(?:在|归|进)?(?:这份|这个|本)?(?:工作要点|要点|文件|通知|全文)(?:里面?|里头|中|上)?$")
_LONG_WORD = 4
_ALIKE = 0.7
"""Share of a longer phrase that an item must have in pieces to speak of the same in other words."""
_BEFORE_IT = re.compile(r"[^，。？?]*$")
_ASKING = re.compile(r"谁|什么|哪|几|多[少久长大高]|怎|何")
_CHOICE = re.compile(r"([\u4e00-\u9fff])[不没]\1|能不|可不")
"""要不要, 写没写: a question of its own, no word to look for."""
_MARKS = '“”「」『』"的，'
_MOST = 6


def compose_presence(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """Where the plan has the words asked for, or that it has not; ``None`` where that is not the question."""
    if (
        reading.intent is Intent.BASIS
        or reading.parties
        or reading.references
        or any(id != library.plan.id for id in reading.documents)
    ):
        return None
    where = _IN_WHICH.match(reading.text)
    named = _words(re.sub(r"[分各]别?$", "", where["what"]).strip(_MARKS)) if where else []
    if named and all(_only_here(library, word) for word in named):
        return _each(library, book, reading, named)
    found = _LETTERS.search(reading.text) or _AFTER.search(reading.text) or _BEFORE.search(reading.text)
    if found and found.re is _LETTERS and found["whether"] and _of_something(reading.text[: found.start()]):
        return None
    said = next((words for words in found.groups() if words), "") if found else ""
    around = reading.text[: found.start()] + reading.text[found.end() :] if found else ""
    if re.search(r"哪[两几一][类种个样]|什么|谁|怎么", around):
        return None
    what = _PAPER_AFTER.sub("", _PAPER.sub("", said)).strip(_MARKS)
    if not what or (len(what) < 2 and not _LETTERS.search(reading.text)) or _ASKING.search(what):
        return None
    if _CHOICE.search(what):
        return None
    return _each(library, book, reading, _words(what))


def _words(what: str) -> list[str]:
    """The words that are looked for, where several are named."""
    return [word for word in re.split(r"[“”「」『』\"]*(?:、|或者?|和|与|及|跟)[“”「」『』\"]*", what) if word]


def _each(library: Library, book: CitationBook, reading: Reading, words: Sequence[str]) -> Draft:
    drafts = [words_in_plan(library, book, reading, word) for word in words]
    return Draft("\n\n".join(dict.fromkeys(part for draft in drafts for part in draft.text.split("\n\n"))))


def _only_here(library: Library, words: str) -> bool:
    """Whether the plan has ``words`` as they are and no law has them: 哪一条 may ask for an article of one."""
    said = fold(words)
    if not said or not any(said in fold(item.text) for item in library.items(library.plan.id)):
        return False
    return not any(words in library.document(id).text for id in library.infos if id != library.plan.id)


def _of_something(before: str) -> bool:
    """Whether the clause so far names a thing, of which something is asked: 大型活动的许可有没有讲从严."""
    found = _BEFORE_IT.search(before)
    clause = found.group() if found else ""
    return bool(_PAPER_AFTER.sub("", _PAPER.sub("", clause)).strip("的里我想问下请看"))


def compose_held(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """Where the plan has a thing word for word that a question asks it for; ``None`` where it has not, or a fact of
    the thing is asked. Whatever else its words look like, such a question is about the paper."""
    if reading.parties or reading.references or any(id != library.plan.id for id in reading.documents):
        return None
    found = _HOLDS.match(_PAPER.sub("", reading.text))
    what = found["what"].strip(_MARKS) if found else ""
    if len(what) < 2 or re.search(_ASKING.pattern + r"|[时日]候?$", what):
        return None
    said = fold(what)
    if not any(said in fold(item.text) for item in library.items(library.plan.id)):
        return None
    return words_in_plan(library, book, reading, what)


def _elsewhere(library: Library, what: str) -> list[Clause]:
    """Clauses that have the word where ``items_saying`` does not look: the notice, the preamble, a bracket."""
    clauses = library.clauses(library.plan.id).values()
    return [clause for clause in clauses if clause.id == clause.top and fold(what) in fold(clause.text)]


def _saying(library: Library, part: str) -> list[Clause]:
    """Items that have all but one end of a longer word: 婚纱影楼 is the plan's 婚纱影城."""
    return [item for item in library.items(library.plan.id) if fold(part) in fold(item.text)]


def words_in_plan(library: Library, book: CitationBook, reading: Reading, what: str) -> Draft:
    """Where the plan has ``what``, quoted; else that it has it nowhere."""
    plan, said = library.plan, plain(what)
    items = items_saying(library, what) or _elsewhere(library, what)
    if not items and len(what) >= _LONG_WORD:
        items = next((found for part in (what[:-1], what[1:]) if (found := _saying(library, part))), [])
    if not items and len(what) >= _LONG_WORD:
        nearest, share = nearest_item(library, what)
        items = [nearest] if nearest and share >= _ALIKE else []
    if not items:
        return Draft(f"没有。《{plan.title}》全文没有出现“{said}”。\n\n{status_notes(library, [plan.id])}")
    exact = [item for item in items if what in item.text]
    shown = exact or items
    head = f"有。写到“{said}”的有{len(shown)}处：" if exact else f"没有原样出现“{said}”，意思相近的有{len(shown)}项："
    lines = [head]
    for item in shown[:_MOST]:
        spans = sentences_saying(library, item, [what], 1)
        spans = spans or best_pieces(reading.text, plan.text, [part.span for part in library.parts(item)], 1)
        lines.append(f"**{item.label} {item.title}**{book.cite(item)}")
        lines += [quoted(library, item, span.of(plan.text)) for span in spans]
    if len(shown) > _MOST:
        lines.append("另有：" + "、".join(f"{item.label}{book.cite(item)}" for item in shown[_MOST:]))
    lines.append(status_notes(library, [plan.id]))
    return Draft("\n\n".join(lines))

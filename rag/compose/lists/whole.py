"""Whether a message wants an organisation's whole list, however it is put: then no stray word may narrow it.

People wrap that wish in an occasion (局长明天开会要用), wishes for its form (标明依据和期限) and words for "all"
(一条别漏). How they do so is learnt (``rag.wishes``); what cannot be a wish for the plan's list is ruled out here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.citations import CitationBook
from rag.compose.draft import Draft
from rag.compose.limits import refuse
from rag.compose.lists.duties import compose_duties, joined
from rag.compose.lists.noise import WORK
from rag.compose.lists.wish import LEAD, Seen, novelty, seen, topics_in
from rag.library import Library
from rag.understand.ask import Party
from rag.understand.reading import Reading
from rag.understand.references import Reference

_ABOVE = re.compile(r"省(?!领导)|全国|国家|国务院|隔壁|兄弟[县市]|外[省市]")
_EVERY_ROLE = re.compile(
    r"(?:牵头|组织|督促|分工)[^，。；]{0,6}(?:[、/和与或及还]|跟)[^，。；]{0,6}(?:承担|负责|会同|配合|参与|落实|督促)|都算|都要"
)
_FORGES = re.compile(
    r"编(?!办|制|号|辑)|伪造|虚|假(?!如|设)|删|改成|改为|去掉|改一?下|少写|不写|别写|添上|加上一|以后|后面凡|凡问|记住|假装|倒签|补签|糊弄|应付"
)
_PAPER = re.compile(
    r"《[^》]*》|[(（](?![^)）]*(?:只|名|除))[^)）]*[)）]|宜市安字\S{0,12}号|(?:宜春(?:市)?(?:的)?)?(?:(?:20)?[0-9]{2}年?度?)?(?:那个|这个|这份|市里?的?|上级|地方上)*(?:的)?"
    r"(?:安全(?:生产)?)?(?:工作)?(?<!只)要点(?!名|到|过)(?:里|中|上|项下)?|(?:在)?(?:市里|上面)?(?:这个|这份|那份)?(?:安全)?(?:生产)?(?:工作)?文件(?:里|中|上)面?"
)
_SELF = (
    r"(?:我们?|咱们?|俺们?|本|吾)(?:家|这边|这里|方)?"
    r"(?:[\u4e00-\u9fff]{0,2}(?:局|委|办|部|段|支队|大队|中心|单位|县|区|管委会|公司))?"
)
_TO_ME = re.compile(r"(?:[给帮替跟发教让叫]|告诉)我(?![们局委办部支中单县区])|我(?=[想看问查找听写用拿]|要[写交报用])")
"""The asker as one who is to be told, which is no department."""
_UNIT = re.compile(r"(?:局|委|办|部|段|队)里|(?<=[给由要里]|的)(?:支队|大队|中心)(?!小学)|[县区](?:政府|里)")
"""How people speak of where they work without saying 我们."""
_OWN_KIND = re.compile(r"(?:支队|大队|中心|管委会)$")
"""How an organisation's people call it for short."""
_ASIDE = re.compile(rf"(?:^|[，,。])(?:{_SELF}是＿的|替＿问的|帮＿问的|代＿问的)(?=[，,。])")
"""Who asks, or for whom."""
_WISHER = re.compile(rf"(?:{_SELF})(?=想|打算|准备|好(?:对接|安排|汇总)|要(?:看|查|了解|掌握|汇总|约谈|督|对接))")
"""The asker as one who wants to know it of others."""
_THEY = re.compile(r"(?<!其)(?:他们|它们?|该(?:局|委|办|单位|部门|专委会))")
_ISSUED = re.compile(r"(?:市|地方)?安委会(?=印发|下发|发的|要点|的?20|把|给|文件|全会|全体会|碰头|任务(?!清单|都|有))")
"""The committee as the one that issued the plan, not as the one whose list is wanted."""
WISHED = 0.0
"""The logit from which on a message wants the whole list."""
_CLEARLY_PART = -1.0
"""The logit below which it clearly wants a part of one."""
_PART = re.compile(
    r"点(?:了|过)?名|(?<![别莫])(?<!不要)(?<!简)[只仅单](?:看|要|列|给|说|讲|限|挑|报)|除[了开去]|除[^，。]{1,12}[以之]?外|不算|不含|不包括|另外标|成员单位|"
    r"第[一二三四五六]部分|不牵头|正文|待确认|没有的|不[用要需](?:我|咱)?[^，。别漏少]{1,8}(?:牵头|落实|参与|负责|承担|管)的"
)
"""What leaves an exact part of a list, which tables give."""
_NARROWED = re.compile(
    r"(?:关于|有关|针对)(?!＿|安全|我|本|咱)[^，。＿]{1,10}的(?:任务|事|工作|职责|活)|"
    r"[有带写定]了?(?:明确|具体|硬性)?的?[^，。＿]{0,2}(?:要求|期限|时限|日期|指标)的(?:任务|事|工作|职责|活|条)"
)
"""The same in a text without names."""
_TO_THE_LAST = re.compile(r"第?一[条项].{0,6}(?:最后|第?三十六|第?36)")
_STOP = re.compile(r"[，,。；;：:！!？?\n]+")
_BARE_NAME = re.compile(
    r"(?:^|[，,。；;：:！!？?\n]|我们|咱们?|俺们?|帮我?(?:理一理|列一列|查一?查|看看)?)(?P<name>[\u4e00-\u9fff]{2,4}?)"
    r"(?=在|这边|这块|这头|那边|那块|今年|[，,：:]|要|的|被|都|负责|承担|有)"
)


def whole_lists(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """The whole lists that are wanted; a question back where the asker's own is, and is not known."""
    if not wants_whole(library, reading):
        return None
    whose = meant(library, reading)
    if whose:
        return joined([compose_duties(library, book, one) for one in whose])
    return refuse.which_department(library) if reading.needs_own else None


def wants_whole(library: Library, reading: Reading) -> bool:
    """Whether nothing but the whole list of ``meant(reading)`` is wanted."""
    message = may_be_whole(library, reading)
    return message is not None and _score(library, message) > WISHED


def meant_part(library: Library, reading: Reading) -> tuple[str, ...]:
    """What items the message speaks of are called, where a whole list is clearly not wanted: 燃气那块排第几，要做啥."""
    message = may_be_whole(library, reading)
    if message is None or _score(library, message) > _CLEARLY_PART:
        return ()
    return topics_in(library, _masked(library, reading))


def _score(library: Library, message: Seen) -> float:
    wishes = library.words.wishes
    return wishes.score(message.grams, {**message.signs, **novelty(message.text, message.pairs, wishes.pairs)})


def may_be_whole(library: Library, reading: Reading) -> Seen | None:
    """What is seen of a message that may want a whole list of the plan; ``None`` for any other."""
    if reading.years or reading.place or any(id != library.plan.id for id in reading.documents):
        return None
    if any(not _of_all(library, reading, reference) for reference in reading.references):
        return None
    if (
        _PART.search(reading.text)
        or reading.unknown_title
        or _ABOVE.search(reading.text)
        or _FORGES.search(reading.text)
    ):
        return None
    text = _masked(library, reading)
    if "＿" not in text and not (reading.asker and re.search(_SELF, reading.text)):
        return None
    if _NARROWED.search(text) or (LEAD.search(text) and not _EVERY_ROLE.search(text)):
        return None
    message = seen(library, reading, text)
    return None if message.framed_topic else message


def _of_all(library: Library, reading: Reading, reference: Reference) -> bool:
    """Whether a number stands for every item: 36条里, 一条条, 从第一条到最后一条."""
    words = reference.words
    counted = reference.number == str(len(library.items(library.plan.id)))
    if _TO_THE_LAST.search(reading.text):
        return counted or reference.number == "1"
    return not words.startswith("第") and (counted or words in ("一条", "1条"))


def together(library: Library, readings: Sequence[Reading]) -> Sequence[Reading]:
    """Several sentences as one where they only together ask for one whole list: 有我们的事吗？有的话都列出来."""
    if len(readings) < 2 or len({party.name for one in readings for party in one.parties}) > 1:
        return readings
    whole = one_reading(replace(readings[0], more=tuple(readings[1:])))
    return (whole,) if wants_whole(library, whole) else readings


def one_reading(reading: Reading) -> Reading:
    """All questions of a message as one."""
    if not reading.more:
        return reading
    readings = (reading, *reading.more)
    parties = {party.name: party for one in readings for party in one.parties}
    references = tuple(reference for one in readings for reference in one.references)
    text = "，".join(one.text.rstrip("？?。") for one in readings)
    return replace(reading, text=text, parties=tuple(parties.values()), references=references, more=())


def _masked(library: Library, reading: Reading) -> str:
    """The text without the plan's names, the parties in it as ``＿``."""
    text = _PAPER.sub("", reading.text)
    text = _ISSUED.sub("", text) if reading.asker or len(reading.parties) > 1 else text
    parties = (*reading.parties, *_by_stem(library, text))
    for words in sorted({party.words for party in parties if party.words}, key=len, reverse=True):
        text = text.replace(words, "＿")
    text = _THEY.sub("＿", _ASIDE.sub("", text)) if parties else text
    text = re.sub(_SELF, "＿", _TO_ME.sub("", text))
    return re.sub(_mine(reading), "＿", text) if reading.asker else text


def _mine(reading: Reading) -> str:
    """How the asker may speak of where they work, as a pattern."""
    kinds = {kind.group() for party in reading.asker if (kind := _OWN_KIND.search(party.name))}
    return "|".join((_SELF, _UNIT.pattern, *sorted(kinds)))


def meant(library: Library, reading: Reading) -> tuple[Party, ...]:
    """Whose list: the asker's where 我局 and the like stand beside the work, else the organisations named beside it.

    Groups only where no organisation is meant; a member that asks for what its group must do gets its own list.
    """
    text = _WISHER.sub("", _PAPER.sub("", reading.text))
    issuer = library.register.canonical("市安委会")
    others = tuple(party for party in reading.parties if party.name != issuer)
    issued = len(others) == len(reading.parties) or _ISSUED.search(reading.text)
    parties = others or (_by_stem(library, text) if issued else reading.parties)
    for party in reading.parties:
        text = re.sub(f"(?:{_SELF})(?={re.escape(party.words)})", "", text) if party.words else text
    mine = re.compile(_mine(reading))
    working = [clause for clause in _STOP.split(text) if WORK.search(clause)]
    if not parties and not (reading.asker and any(mine.search(clause) for clause in working)):
        parties = reading.parties
    named = [p for p in parties if p.words and any(p.words in clause for clause in working)]
    own = {party.name for party in reading.asker}
    theirs = tuple(party for party in parties if party.name not in own)
    if len(theirs) == 1 and any(_THEY.search(clause) for clause in working):
        return theirs
    if reading.asker and any(mine.search(clause) for clause in working):
        beside = {party.name: party for party in (*reading.asker, *named) if not party.is_group}
        return tuple(beside.values()) or reading.asker
    organisations = [party for party in named or parties if not party.is_group]
    if organisations:
        return tuple(organisations)
    groups = {party.name for party in parties}
    members = [party for party in reading.asker if groups & set(library.register.memberships(party.name))]
    return tuple(members) or parties or reading.asker


def _by_stem(library: Library, text: str) -> tuple[Party, ...]:
    """气象, 发改, 文旅 at the start of a clause, where no organisation is named in full."""
    found = {}
    for match in _BARE_NAME.finditer(text):
        said = match["name"] or match["trade"]
        for size in range(len(said), 1, -1):
            stem = said[:size] if match["name"] else said[-size:]
            forms = [stem + ending for ending in ("局", "委", "办", "部", "支队")]
            if "安委" in stem:
                continue
            names = {name for form in forms if (name := library.register.canonical(form))}
            if len(names) == 1:
                name = names.pop()
                found[name] = Party(name, stem)
                break
    return tuple(found.values())

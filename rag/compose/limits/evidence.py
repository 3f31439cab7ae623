"""Whether what was found can answer at all. Retrieval always finds something; this decides whether to show it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.model import Clause, DeadlineKind, Family
from rag.compose.listing import listing
from rag.compose.passages import overlap
from rag.compose.topics import share
from rag.library import Library
from rag.retrieve import Hit
from rag.understand.ask import Intent
from rag.understand.reading import Reading

SURE_COSINE = 0.90
"""From here on the nearest unit means the same; between the two, words must be shared as well. Set on gold ``dev``."""
LEAST_COSINE = 0.88
SUSPECT_COSINE = 0.92
"""Needed where words of other subjects stand in a question that asks for no rule and has none of this one's."""
LEAST_SHARED = 0.2
LEAST_COVERAGE = 0.22
"""Without vectors: least share of the question's words in the best clause."""

_OWN_SENTENCE = 0.3
"""The same where money is meant that is no fine."""
_ASKS_FINE = re.compile(r"罚(?:多少|几|款|金)|多少(?:钱|罚)")
_MEASURE = re.compile(
    r"(?<![一差很许前期])[多几](?:深|宽|长(?!时间|期限|时限|的?时)|高|厚|重|远)(?!的?程度)|(?:多少|几)(?:毫米|米|厘米|公分|公里|吨|公斤|度|毫克|克|兆帕|伏|安培|勒克斯)|百分之(?:多少|几)|"
    r"(?:多少|几)(?:g|mg|ppm|lel|mpa|db|℃|m/s|g/m)",
    re.IGNORECASE,
)
SAME_COSINE = 0.935
"""From here on a question of the bank asks the same: that clause is meant. Set on own questions and gold ``dev``."""
_BEFORE_COUNT = re.compile(
    r"(?P<what>[\u4e00-\u9fff]{1,4}?)(?:最多|最少|至少|最长|可以?|要|得|应当?|是)*(?:几|多少)个?(?:工作)?(?:天|日|年|月|次)"
)
_WORD_FOR_WORD = 0.9
"""Share of a topic that an item must have to be taken for it in spite of its title."""
_NEAR = 16
"""Characters between a number and the word its count was asked of: 拘留几天 → 处十五日以下拘留."""
_ASKS_DAY = re.compile(r"哪一?天|几号|几月几|几点")
_ASKS_SPAN = re.compile(r"(?:几|多少)个?(?:工作)?(天|日|小时|月|年)(之?内|报|前)?")
_NO_NUMBER = re.compile(r"多少(?:责任|事|关系)")
_ATTRIBUTE = re.compile(
    r"([\u4e00-\u9fff]{2})(?:一般|应该?|规定|要求|标准|最[高低大小]|是|为)*(?:是|为|要求|标准|不[能得]?(?:[超低高][过于]?|小于|大于|少于|超过))多少[?？]?$"
)
"""The word before 是多少: the thing whose measure is asked, which the answering sentence must name."""
_SAME_SENTENCE = 0.2
"""Least share of the topic's words that the sentence with the number must have."""

UNIT = re.compile(
    r"(?<![哪十百千好])(?:几|多少)(?:个|号)?(公里|千米|米|级|家|栋|座|台|辆|人|名|起|万元|亿元|元|工作日|小时|分钟|天|"
    r"日|年|月|岁|次|场|份|吨|%|分贝|门|度|伏|升|公斤|倍|层|平方米|个)?"
)
_SAME_UNIT = {"天": "天日", "日": "天日", "人": "人名", "名": "人名", "月": "月", "家": "家个", "元": "元"}
_NUMBER = r"[0-9〇一二两三四五六七八九十百千万]"
_TIME = re.compile(
    rf"{_NUMBER}+(?:个)?(?:工作日|日|天|小时|月|年|季度)|次日|立即|及时|当日|即时|定期|按期|年度|{_NUMBER}月"
)
_RHYTHM = re.compile(rf"每(?:个)?(?:{_NUMBER}*)(?:日|天|周|月|季度|半年|年)|定期|至少|{_NUMBER}+年|经常")


def is_evidence(library: Library, reading: Reading, hits: Sequence[Hit]) -> bool:
    """True where the best hits are near in meaning, or nearly so and share enough of the question's words."""
    best = max(hit.cosine for hit in hits[:3])
    shared = max(overlap(reading.text, library.clauses(hit.document)[hit.clause].text) for hit in hits[:3])
    if best == 0.0:
        return shared >= LEAST_COVERAGE
    words = max(hit.words for hit in hits[:3])
    if not reading.scope.suspect and ((shared >= 0.5 and words >= 0.65) or (shared >= 0.3 and words >= 0.85)):
        return True  # a few words that stand there almost as they are: too short to be near in meaning
    if reading.scope.suspect and best < (
        SURE_COSINE + 0.005 if reading.scope.domain or reading.scope.norm else SUSPECT_COSINE
    ):
        return False
    return best >= SURE_COSINE or (best >= LEAST_COSINE and shared >= LEAST_SHARED)


def wanted_fact(reading: Reading) -> str:
    """What kind of fact the question asks for, in words for a refusal; empty where it asks for none."""
    if reading.wording.asks_yes_no or _NO_NUMBER.search(reading.text):
        return ""
    if reading.intent is not Intent.QUANTITY and _MEASURE.search(reading.text) and "提前" not in reading.text:
        return "这个数量"
    if reading.intent is Intent.QUANTITY:
        return "这个数量" if not re.search(r"罚|钱|元", reading.text) else "这个金额"
    if reading.intent is Intent.DEADLINE:
        return "这个时间"
    return "这个频次" if reading.intent is Intent.FREQUENCY else ""


def holds_fact(library: Library, reading: Reading, clause: Clause, *, sure: bool = False) -> bool:
    """Whether ``clause`` has a fact of the kind asked for: a number with the unit, a date or term, a rhythm.

    The sentence that has it must share words with the topic, unless it is ``sure`` that the clause is meant.
    """
    least = 0.0 if sure else _SAME_SENTENCE
    in_plan = library.infos[clause.document].family is Family.WORK_PLAN
    if in_plan and reading.intent is Intent.QUANTITY and listing(library, reading, clause):
        return True
    if reading.intent is Intent.QUANTITY or _MEASURE.search(reading.text):
        fine = re.search(r"罚", reading.text)
        return any(
            _holds_quantity(reading.text, sentence)
            and (fine or overlap(reading.topic, sentence) >= (_OWN_SENTENCE if _is_loose(reading.text) else least))
            for sentence in _sentences(clause.text)
        )
    asked = _ASKS_SPAN.search(reading.text)
    if asked and reading.intent is Intent.DEADLINE and "一次" not in reading.text:
        unit = _SAME_UNIT.get(asked.group(1), asked.group(1))
        term = re.compile(rf"{_NUMBER}+(?:个)?(?:工作)?[{unit}]" + ("|立即|及时|当日" if asked.group(2) else ""))
        return any(
            (term.search(sentence) and overlap(reading.topic, sentence) >= least)
            or _counted_there(reading.text, sentence, term)
            for sentence in _sentences(clause.text)
        )
    if in_plan:
        kinds = {d.kind for duty in library.duties(clause.document) if duty.clause == clause.id for d in duty.deadlines}
        if _ASKS_DAY.search(reading.text):
            return DeadlineKind.DATE in kinds
        if reading.intent is Intent.FREQUENCY:
            return DeadlineKind.RECURRENCE in kinds or "定期" in clause.text
        return bool(kinds - {DeadlineKind.QUANTITY})
    pattern = _TIME if reading.intent is Intent.DEADLINE else _RHYTHM
    return any(
        pattern.search(sentence) and overlap(reading.topic, sentence) >= least for sentence in _sentences(clause.text)
    )


def item_with_fact(library: Library, reading: Reading) -> list[Clause]:
    """The one item of the plan that has the topic almost word for word and such a fact, whatever its title is."""
    items = [c for c in library.items(library.plan.id) if share(library, reading.topic, c.text) >= _WORD_FOR_WORD]
    holding = [item for item in items if len(reading.topic) >= 4 and holds_fact(library, reading, item)]
    if reading.intent is Intent.FREQUENCY and len(holding) > 1:
        # Several items have the words somewhere; the one meant has them beside its rhythm.
        holding = [item for item in holding if _rhythm_with(library, reading.topic, item) >= _WORD_FOR_WORD]
    return holding if len(holding) == 1 else []


def _rhythm_with(library: Library, words: str, item: Clause) -> float:
    """The largest share of ``words`` that a sentence of ``item`` with a rhythm has."""
    told = [sentence for sentence in _sentences(item.text) if _RHYTHM.search(sentence)]
    return max((share(library, words, sentence) for sentence in told), default=0.0)


def _counted_there(question: str, sentence: str, term: re.Pattern[str]) -> bool:
    """Whether ``term`` stands right by the word that the question counts: everyday words may share nothing else."""
    asked = _BEFORE_COUNT.search(question)
    words = asked["what"][-2:] if asked else ""
    if len(words) < 2:
        return False
    return any(words in sentence[max(0, m.start() - _NEAR) : m.end() + _NEAR] for m in term.finditer(sentence))


def _is_loose(question: str) -> bool:
    return "钱" in question


def _sentences(text: str) -> list[str]:
    """Sentences and lines; a short text as a whole too, for lists whose number stands in the head."""
    lines = [part for part in re.split(r"(?<=[。])|\n", text) if part.strip()]
    return [*lines, text] if len(text) <= 200 else lines


def _holds_quantity(question: str, text: str) -> bool:
    asked = UNIT.search(question)
    unit = asked.group(1) if asked else None
    if _ASKS_FINE.search(question):
        return bool(re.search(rf"{_NUMBER}+(?:万)?元|百分之|{_NUMBER}倍", text))
    if _MEASURE.search(question):
        return bool(
            re.search(rf"{_NUMBER}+(?:厘米|公分|米|公里|千米|毫米|吨|公斤|度|毫克|克|分贝)|百分之{_NUMBER}", text)
        )
    if not unit:
        named = _ATTRIBUTE.search(question)
        if named and named.group(1) not in text:
            return False
        noun = re.search(r"多少([\u4e00-\u9fff])", question)
        bound = r"不少于|不低于|至少|不超过|超过"
        return bool(
            re.search(rf"(?:{bound})[^,，。]{{0,4}}{_NUMBER}|{_NUMBER}+\s*{noun.group(1) if noun else ''}", text)
        )
    choices = "|".join(_SAME_UNIT.get(unit, unit)) if len(unit) == 1 else unit
    return bool(re.search(rf"{_NUMBER}\s*(?:个)?(?:以上)?(?:{choices})", text))

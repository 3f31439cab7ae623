"""How many things a sentence of the plan lists: 危险废物全过程监管体系包括几个环节."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from index.model import Clause, Kind, Span
from rag.compose.passages import overlap
from rag.library import Library
from rag.understand.reading import Reading

_THINGS = (
    r"(?:环节|方面|行业|领域|问题|场所|情形|形式|制度|机制|措施|手段|渠道|地方|对象|部位|内容|方向|动作|步骤|行当|"
    + r"活动|行动)"
)
_THEM = r"(?:个|项|条|类|种|样|处)"
_COUNTS = re.compile(
    rf"(?:几|多少)个?(?:大|重点|高危|主要)?{_THINGS}|[几多]少?(?:类|种|样)|数一?数|"
    rf"(?:一?共|总共|拢共|合计)(?:是|有|列|写|点|提)?了?(?:几|多少){_THEM}?|"
    rf"哪(?:几|些)[^，。？?]*[，。？?][^，。？?]{{0,4}}(?:几|多少)个|"
    rf"(?:列|点|写|提|讲)(?:出|到)?了(?:几|多少){_THEM}(?!部门|单位|局)|"
    rf"(?:包括|包含|分为?|分成|涉及|纳入)(?:了|哪)?(?:几|多少)(?:{_THEM}|方面)(?!部门|单位|局)|"
    rf"{_THINGS}[，,]?[^，。？?]{{0,4}}(?:几|多少)个"
)
_BODIES = re.compile(r"委员会|专委会")
"""Counted from the duty table, not from a sentence."""
_RUN = re.compile(r"[^,，。;；:：、()（）]{1,28}(?:、[^,，。;；:：、]{1,28})+")
_ASIDE = re.compile(r"[(（][^()（）]*[)）]|“[^”]*”")
"""Belongs to the thing before it: what stands in it is not counted."""
_AND_SO_ON = re.compile(r"(?<![相同平高中初均对])等")
_LAST_TWO = re.compile(r"[\u4e00-\u9fff](?:以及|和|及|与)[\u4e00-\u9fff]")
_LEAST = 0.3
"""Share of the topic that the words around a list must have."""
_KIND = re.compile(_THINGS)
_ALIKE = (("行业", "领域", "行当"), ("场所", "地方"), ("制度", "机制"))
_OF_KIND = 0.2
"""Added where the list is one of the things counted: 矿山、工贸等高危行业."""
_FEWEST = 3
_NAME = 10
"""Characters of the last of several things up to which a 和 in it joins two of them."""


@dataclass(frozen=True, slots=True)
class Listing:
    """``count`` things side by side in ``sentence``, 0 where uncertain; ``open`` where 等 leaves more unsaid."""

    sentence: Span
    count: int
    open: bool


def counts_listed(text: str) -> bool:
    """Whether it is asked how many things of a kind are written, not how much of something there is."""
    return bool(_COUNTS.search(text))


def listing(library: Library, reading: Reading, clause: Clause) -> Listing | None:
    """The list of ``clause`` that the topic speaks of; ``None`` where the question counts no list or it has none."""
    if not counts_listed(reading.text) or _BODIES.search(reading.text):
        return None
    text = library.document(clause.document).text
    asked = _KIND.search(reading.text)
    kinds = next((group for group in _ALIKE if asked.group() in group), (asked.group(),)) if asked else ()
    best: tuple[float, Listing] | None = None
    for part in library.parts(clause):
        if part.kind is not Kind.SENTENCE:
            continue
        for around, found in _lists(text, part.span):
            fit = overlap(reading.topic, around) + 0.25 * overlap(reading.topic, part.text)
            fit += _OF_KIND * any(one in around for one in kinds)
            if best is None or fit > best[0]:
                best = fit, found
    return best[1] if best and best[0] >= _LEAST else None


def _lists(text: str, sentence: Span) -> Iterable[tuple[str, Listing]]:
    """(the words a list stands in, the list): clauses that open with one verb, or things between 、."""
    words = sentence.of(text)
    masked = _ASIDE.sub(lambda aside: "＿" * len(aside.group()), words)
    same = _same_opening(re.split(r"[,，]", masked))
    if same:
        yield words, Listing(sentence, same, False)
    for match in _RUN.finditer(masked):
        run = match.group()
        end = _AND_SO_ON.search(run, run.index("、"))
        things = (run[: end.start()] if end else run).split("、")
        joined = None if end else _LAST_TWO.search(things[-1])
        if len(things) >= _FEWEST:
            count = 0 if joined and len(things[-1]) > _NAME else len(things) + bool(joined)
            yield _around(words, match), Listing(sentence, count, bool(end))


def _same_opening(clauses: list[str]) -> int:
    """How many clauses in a row say one verb (将A纳入甲,纳入乙,纳入丙); 0 where fewer than three do."""
    for at in range(1, len(clauses)):
        verb = clauses[at][:2]
        run = next((n for n, one in enumerate(clauses[at:]) if not one.startswith(verb)), len(clauses) - at)
        if run >= 2 and verb in clauses[at - 1]:
            return run + 1
    return 0


def _around(words: str, match: re.Match[str]) -> str:
    """A list with the rest of the clause it stands in."""
    start = max(words.rfind(mark, 0, match.start()) + 1 for mark in ",，;；。")
    ends = [at for mark in ",，;；。" if (at := words.find(mark, match.end())) >= 0]
    return words[start : min(ends, default=len(words))]

"""Two subjects of the plan side by side: 煤矿和非煤矿山的落实主体有什么不同, 燃气那条和新风险那条里都是牵头吗."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.clean import fold
from index.model import Clause, Role, Tier
from rag.citations import CitationBook
from rag.compose.draft import Draft
from rag.compose.items import compose_items
from rag.compose.lists.mentions import blanked
from rag.compose.lists.tables import compare_items
from rag.compose.lists.words import unique
from rag.compose.roles import LEADING, bracket_duties, parties
from rag.compose.topics import core, items_about, nearest_item
from rag.library import Library
from rag.understand.ask import Intent
from rag.understand.intents import LOCATES
from rag.understand.reading import Reading

_SIDE_BY_SIDE = re.compile(
    r"同一[个家]|一个(?:专委会|部门|单位|局)|还是|一个?字(?:都|也)?不差|[这那]两[项条]|(?:何|什么|哪些|哪里)(?:不同|区别|不一样|差别|两样)|一样|"
    r"分别|各(?:是|由|归|自)|片名|相同|不同|区别|差别|差在|(?:哪|那)一?[个项边条][^，。？?]{0,4}(?:更|最|勤|多|少|高|低|长|短|快|早|晚|先|密)|"
    r"都[是有由归要]|一个[^，。？?]{1,8}一个|谁(?:更|比)|(?:里|中)?是[^，。？?]{0,8}[么吗]"
)
"""Both of two things are asked for."""
_SAME = re.compile(r"同一[个家]|一个(?:专委会|部门|单位|局|班子)|还是两个|一样")
_RESPONSIBLE = re.compile(r"牵头|落实|(?<!成员)单位|部门|负责|分工|责任|主体|督促|谁|哪个(?:局|专委会|委员会)")
_OFTEN = re.compile(r"勤|频|多久|多长时间|更密|几次|周期|间隔")
_CLAUSES = re.compile(r"[\s，,。？?！!：:；;“”]+")
_JOIN = re.compile(r"还是|以及|和|跟|与|及|、|(?<![共合相不])同(?![时样一])")
_POINTED = re.compile(r"[那这]?(?:一|两)?[条项块](?:里|中)?")
_ENDS = re.compile(r"的|整治|这|那|两|是|由|都|归|分别|各|哪|谁|有|落实|牵头|在|片名")
_SHARED = re.compile(r"的([\u4e00-\u9fff]{2,6}?)(?=分别|各|都|是|由|谁|哪|有|怎|$)")
_STARTS = re.compile(r"＿|归|在|由|是|把|对于?|请问|要点里?|文件里?|问")
_NEAR = 0.7
"""Share of a side's words that an item must have where its title does not tell."""
_MOST = 24


def compose_pair(library: Library, book: CitationBook, reading: Reading) -> Draft | None:
    """Both items that a question names by their subjects, compared; ``None`` where the question names no two."""
    if reading.references or LOCATES.search(reading.text) or not _SIDE_BY_SIDE.search(reading.text):
        return None
    if any(id != library.plan.id for id in reading.documents):
        return None
    pair = two_items(library, _organisations_blanked(reading))
    if pair is None:
        return None
    often = bool(_OFTEN.search(reading.text))
    if often or not (_RESPONSIBLE.search(reading.text) or _SAME.search(reading.text)):
        intent = Intent.FREQUENCY if often else Intent.OPEN
        content = replace(reading, wording=replace(reading.wording, intent=intent, asks_yes_no=False))
        return replace(compose_items(library, book, content, pair, asked=False), found=True)
    draft = compare_items(library, book, pair)
    carried = "落实" in reading.text and "牵头" not in reading.text
    lead = _same_party(library, pair, (Role.CARRY_OUT,) if carried else LEADING) if _SAME.search(reading.text) else ""
    return Draft(f"{_roles_of_parties(library, reading, pair)}{lead}{draft.text}")


def two_items(library: Library, text: str) -> tuple[Clause, Clause] | None:
    """The two different items that the words around 和, 跟, 还是 and the like point at; ``None`` where they do not."""
    for clause in _CLAUSES.split(text):
        for link in _JOIN.finditer(clause):
            titled = link.group() == "还是"
            tail = _SHARED.search(clause, link.end())
            first = _meant(library, _before(clause[: link.start()]), titled, tail[1] if tail else "")
            second = _meant(library, _after(clause[link.end() :]), titled) if first else None
            if first and second and first != second:
                return first, second
    return None


def _organisations_blanked(reading: Reading) -> str:
    """The text with ＿ for organisations; group words stay, they may be part of a subject (专委会工作的通报)."""
    return blanked(replace(reading, parties=tuple(party for party in reading.parties if not party.is_group)))


def _before(words: str) -> Iterator[str]:
    """What may be the subject in front of a link, longest first: 住建局在燃气那条 → 燃气."""
    words = _POINTED.split(words)[0] if _POINTED.search(words) else words
    starts = [0, *(match.end() for match in _STARTS.finditer(words))]
    yield from (words[start:][-_MOST:] for start in starts)


def _after(words: str) -> Iterator[str]:
    """What may be the subject behind a link, longest first: 非煤矿山的落实单位一样不 → 非煤矿山."""
    ends = [match.start() for match in (*_ENDS.finditer(words), *_POINTED.finditer(words))]
    yield from (words[:end][:_MOST] for end in sorted({len(words), *ends}, reverse=True))


def _meant(library: Library, words: Iterator[str], titled: bool, tail: str = "") -> Clause | None:
    """The item that the first of ``words`` to tell one means; by its title alone where ``titled``.

    ``tail`` is what both sides are asked for (领导干部和成员单位的培训): it goes with words that no title has.
    """
    tried = [one for one in words if len(one) > 1]
    told = [(one, about[0]) for one in tried if (about := items_about(library, one, listen=False))]
    named = next((item for one, item in told if _has(library, item, one)), None)
    if tail and named is None:
        tried = [one if one.endswith(tail) else f"{one}{tail}" for one in tried]
        told = [(one, about[0]) for one in tried if (about := items_about(library, one, listen=False))]
    if named or titled:
        return named
    if told:
        return told[0][1]
    for one in tried:
        item, held = nearest_item(library, one)
        if item is not None and held >= _NEAR and len(one) > 3:
            return item
    return None


def _has(library: Library, item: Clause, words: str) -> bool:
    """Whether an item's title has the words, or the plan's own for them."""
    said = fold(core(words))
    return any(form in fold(item.title) for form in (said, library.topics.get(said, said)))


def _roles_of_parties(library: Library, reading: Reading, pair: Sequence[Clause]) -> str:
    """What each organisation named is in both items, in a line."""
    lines = []
    for party in (party for party in reading.parties if not party.is_group):
        said = []
        for clause in pair:
            here = [r for r in library.reaches(party.name) if r.clause == clause.id and r.tier is not Tier.POSSIBLE]
            said.append(f"{clause.label}{'、'.join(unique(r.duty.role.value for r in here)) or '没有写明它'}")
        lines.append(f"**{party.name}**：{'；'.join(said)}。")
    return "".join(f"{line}\n\n" for line in lines)


def _same_party(library: Library, pair: Sequence[Clause], roles: Sequence[Role]) -> str:
    """Whether the same party leads both (carries both out), in a line; empty where a bracket names none."""
    here = [[d for d in bracket_duties(library.duties(c.document), c.id) if d.role in roles] for c in pair]
    said = [parties(duties) for duties in here]
    does = [duties[0].role.value for duties in here if duties]
    if not all(said):
        return ""
    if said[0] == said[1]:
        verbs = does[0] if does[0] == does[1] else f"{does[0]}、{does[1]}"
        return f"是同一个：两项都由**{said[0]}**{verbs}。\n\n"
    first, second = (f"{c.label}由**{who}**{verb}" for c, who, verb in zip(pair, said, does, strict=True))
    return f"不是同一个：{first}，{second}。\n\n"

"""From the asker's words to a ``Reading``: clean up, split, resolve follow-ups, find names, classify."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from index.basis import Concept
from index.clean import fold
from rag.library import Library
from rag.model import Question
from rag.names import Places
from rag.understand.ask import Party, UnknownParty
from rag.understand.everyday import Everyday, Slips
from rag.understand.intents import read_wording, topic
from rag.understand.offices import offices
from rag.understand.parties import Found, PartyFinder, blank
from rag.understand.pieces import pieces
from rag.understand.reading import Reading
from rag.understand.references import Reference, Titles, find_references
from rag.understand.scope import scope
from rag.understand.speech import Speech
from rag.understand.talk.focus import perhaps_meant
from rag.understand.talk.followup import resolve
from rag.understand.talk.heard import Context
from rag.understand.talk.opening import opening
from rag.understand.talk.pointing import Said

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年|的|度|版|$|\s|[^\d])")
_SHORT_YEAR = re.compile(
    r"(?<![0-9.])([1-3][0-9])年(?=[上下]半年|年[度底末中初]|度|的?(?:市里?的?|安全|生产|工作)*(?:要点|任务|计划|文件|通知|考核|检查|整治|案例))"
)
"""24年上半年, 22年的要点; not 30年的管道 and not 10年以上."""
_SPELLED_YEAR = re.compile(r"[二两][零〇○0][零〇○一二三四0-4][零〇○一二三四五六七八九0-9](?=年)")
_DIGITS = str.maketrans("零〇○一二三四五六七八九两", "0001234567892")
_FACES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]|\\[[\u4e00-\u9fff]{1,3}\\](?=$|[，。？！])")
"""Emoji, and how WeChat writes its own: [捂脸]."""
_OTHER_YEAR = re.compile(
    r"(?:去年|前年|明年|后年|上一?年度?|(?<![看问查说讲算])下一?年度?|往年|历年)(?!底|年?度?(?:年?收入|营业|工资))"
)
_MARKS = re.compile(r"[\"'“”、,，\s·-]")
_SELVES = re.compile(r"(?:我|咱|俺|吾|本)")
_COMMAS = re.compile(r"[，,]")
_ASKS = re.compile(r"什么|啥|哪|谁|几|怎|多少|吗|么|是否|要不要|有没有")
_OCCASION, _SUBJECT = 3, 4
"""Characters a clause has besides the self in it to tell an occasion, and those of the subject asked about then."""
_TALK, _MOST_TALK = 60, 400
"""Characters of the last answer that stand in for a question before it, and that are looked at at all."""
_GOVERNMENT = re.compile(r"(?:人民)?政府$|管委会$")


@dataclass(frozen=True, slots=True)
class _Heard:
    """One question and the names in it; ``blanked`` is ``text`` without those of organisations."""

    text: str
    found: Found
    blanked: str
    references: tuple[Reference, ...]
    documents: tuple[str, ...]


class Reader:
    """Understands questions over one library. Thread-safe."""

    def __init__(self, library: Library, places: Places) -> None:
        self._library = library
        self._places = places
        self.parties = PartyFinder(library.register, (*places.outside, *places.above))
        self._speech = Speech(library)
        self._everyday = Everyday(library.words.speech)
        self._slips = Slips(_terms(library))

    @cached_property
    def titles(self) -> Titles:
        return Titles(self._library.infos, self._library.words)

    @cached_property
    def _plan_year(self) -> int:
        return int(self._library.plan.published[:4] or 0)

    def read(self, question: Question) -> Reading:
        """The reading of the whole message; further questions in it hang on ``more``."""
        own = self._own(question.org)
        context = self._context(question, own)
        readings: list[Reading] = []
        for piece in pieces(self._corrected(self._standard(simplified(question.text)))):
            reading, context = self._read_piece(piece, own, context)
            readings.append(reading)
        first, *rest = readings
        return replace(first, more=tuple(rest))

    def _standard(self, text: str) -> str:
        text = _SPELLED_YEAR.sub(lambda year: year.group().translate(_DIGITS), text)
        return offices(self._everyday.standard(text), self._library.register.canonical)

    def _corrected(self, text: str) -> str:
        """``text`` without slips of the pen. 罚 is none of 法: 安全生产罚款 does not name the law."""
        return "".join(old if old == "罚" else new for old, new in zip(text, self._slips.corrected(text), strict=True))

    def _own(self, org: str | None) -> Found | None:
        if not org or not org.strip():
            return None
        found = self.parties.find(simplified(org))
        if found.parties:
            return replace(found, parties=found.parties[:1])
        return Found((), (UnknownParty(org.strip(), self.parties.nearest(org)),))

    def _context(self, question: Question, own: Found | None) -> Context:
        context = Context()
        for turn in question.history[-12:]:
            content = simplified(turn.content)[:8000]
            if turn.role == "assistant":
                context = context.heard(content, self._references, self._speech.meant, self._library.plan.id)
            elif turn.role == "user" and content:
                for piece in pieces(self._standard(content)):
                    context = self._read_piece(piece, own, context)[1]
        return context

    def _read_piece(self, piece: str, own: Found | None, context: Context) -> tuple[Reading, Context]:
        """The reading of one question, and the context after it."""
        heard = self._heard(piece)
        said = Said(
            piece,
            heard.blanked,
            self._names(heard.found, own, context),
            heard.references,
            any(id != self._library.plan.id for id in heard.documents),
            heard.found.own,
        )
        resolved = resolve(said, context, self._speech)
        reading = self._read(heard, resolved, own, context)
        moves = bool(resolved) and opening(said).moves
        other = perhaps_meant(said, context, self._speech) if resolved and resolved in piece and not moves else None
        before = context.reading.text if context.reading else context.said[:_TALK]
        before = "" if moves else before
        reading = replace(reading, before=before, pointed=bool(heard.references), talk=context.said[:_MOST_TALK])
        reading = replace(reading, words=piece)
        instead = replace(self._read(heard, other, own, context), before=before, words=piece) if other else None
        reading = replace(reading, instead=instead)
        alone = resolved is not None and resolved in piece and reading.instead is None
        return reading, context.asked(reading, alone=alone)

    def _heard(self, text: str) -> _Heard:
        found = self.parties.find(text)
        documents = tuple(dict.fromkeys(id for _, id in self.titles.find(fold(text))))
        return _Heard(text, found, blank(text, found.spans), tuple(self._references(text)), documents)

    def _read(self, said: _Heard, resolved: str | None, own: Found | None, context: Context) -> Reading:
        meant = said if resolved is None or resolved == said.text else self._heard(resolved)
        piece, found, references, documents = meant.text, meant.found, meant.references, meant.documents
        found = replace(found, own=found.own and not _is_whole_city(piece, found, own))
        found = replace(found, own=found.own and not (own is None and _is_aside(meant)))
        parties, unknown, needs_own = _with_own(found, own)
        wording = read_wording(
            meant.blanked,
            parties=len(parties) + len(unknown),
            organisations=sum(not party.is_group for party in parties) + len(unknown),
            references=len(references),
            own=found.own or needs_own,
            law=bool(documents) and self._library.plan.id not in documents,
        )
        return Reading(
            wording,
            piece,
            parties,
            unknown,
            needs_own,
            resolved is None,
            _of_plan(_in_context(references, context), documents, self._library.plan.id),
            documents,
            self._concepts(piece),
            topic(self._untitled(meant.blanked)),
            scope(piece),
            self._years(piece if resolved == said.text else f"{said.text} {piece}"),
            self._place(piece, found),
            self.titles.unknown(piece),
            asker=own.parties if own else (),
        )

    def _untitled(self, blanked: str) -> str:
        """``blanked`` with document titles blanked out as well: they say where to look, not for what."""
        folded = fold(blanked)
        return blank(folded, [span for span, _ in self.titles.find(folded)])

    def _references(self, text: str) -> list[Reference]:
        return list(find_references(fold(text), self.titles, self._library.plan.id))

    def _names(self, found: Found, own: Found | None, context: Context) -> tuple[str, ...]:
        """The organisations of a follow-up in full: 高安 → 高安市政府; 教育局 stays in the county talked about."""
        county = _county(own, context)
        names = []
        for party in found.parties:
            local = self.parties.find(f"{county}{party.words}").parties[:1] if county else ()
            if county and party.counterpart is None and local and local[0].counterpart:
                names.append(f"{county}{party.words}")
            elif len(party.words) == 2 and _GOVERNMENT.search(party.name):
                names.append(party.name)
            else:
                names.append(party.words)
        return (*names, *(unknown.words for unknown in found.unknown))

    @cached_property
    def _concept_forms(self) -> list[tuple[str, Concept]]:
        """Every name of every concept, bare, longest first."""
        forms = [
            (_bare(form), concept) for concept in self._library.concepts for form in (concept.name, *concept.aliases)
        ]
        return sorted((pair for pair in forms if pair[0]), key=lambda pair: -len(pair[0]))

    def _concepts(self, text: str) -> tuple[Concept, ...]:
        bare = _bare(text)
        return tuple(dict.fromkeys(concept for form, concept in self._concept_forms if form in bare))

    def _years(self, text: str) -> tuple[int, ...]:
        """Years named that are not the plan's; 去年 and the like give the year beside it."""
        years = [int(match.group(1)) for match in _YEAR.finditer(text)]
        years += [2000 + int(match.group(1)) for match in _SHORT_YEAR.finditer(text)]
        if _OTHER_YEAR.search(text):
            years.append(self._plan_year + (1 if re.search("明年|后年|下", text) else -1))
        return tuple(dict.fromkeys(year for year in years if year != self._plan_year))

    def _place(self, text: str, found: Found) -> str | None:
        plan = self._library.plan.text
        rest = blank(text, found.spans)
        for place in self._places.outside:
            if place in rest and place not in plan:
                return place
        return None


def _bare(text: str) -> str:
    """``text`` folded, without the marks that people leave out of names."""
    return _MARKS.sub("", fold(text))


def _terms(library: Library) -> list[str]:
    """Names people may misspell: terms, titles, and the documents' words for everyday ones."""
    named = [form for concept in library.concepts for form in (concept.name, *concept.aliases)]
    titles = [title for info in library.infos.values() for title in (info.title, info.short_title)]
    return [*named, *titles, *library.words.titles, *library.words.topics.values(), "职责清单", "任务清单"]


def simplified(text: str) -> str:
    """Simplified Chinese, width folded to what people type, trimmed."""
    from rag.understand.script import to_simplified

    return _FACES.sub("", to_simplified(text).replace("\r", "\n")).strip()


def _with_own(found: Found, own: Found | None) -> tuple[tuple[Party, ...], tuple[UnknownParty, ...], bool]:
    """Add the asker's department where it is meant: said (我局), or nothing else is named and duties are asked."""
    if not found.own:
        return found.parties, found.unknown, False
    if own is None:
        return found.parties, found.unknown, not found.parties and not found.unknown
    parties = {party.name: party for party in (*own.parties, *found.parties)}
    return tuple(parties.values()), (*own.unknown, *found.unknown), False


def _is_aside(said: _Heard) -> bool:
    """Whether 我们县 and the like stand only in a clause that tells the occasion (我们县也想做，评估结果拿来干啥)."""
    clauses = _COMMAS.split(said.blanked)
    asking = "，".join(clauses[1:]) if len(clauses) > 1 else ""
    told = _COMMAS.split(said.text)[0]
    if not asking or not _SELVES.search(told) or _ASKS.search(told) or _SELVES.search(_COMMAS.split(said.text, 1)[1]):
        return False
    return len(clauses[0].strip("＿")) >= _OCCASION and len(topic(asking)) >= _SUBJECT


def _is_whole_city(piece: str, found: Found, own: Found | None) -> bool:
    """Whether 我市 and the like mean all of the plan's city, not the asker's department (丰城's 我市 is 丰城)."""
    if own and any(party.name.endswith("市政府") for party in own.parties):
        return False
    said = [piece[span.start : span.end] for span in found.spans]
    selves = [words for words in said if _SELVES.match(words)]
    return bool(selves) and all(words.endswith("市") for words in selves)


def _county(own: Found | None, context: Context) -> str | None:
    """The county whose bureaus are talked about: the last question's, else the asker's."""
    mine = own.parties[0] if own and own.parties else None
    last = context.reading.parties[:1] if context.reading else ()
    party = last[0] if last else mine
    if party is None or not (party.counterpart or (mine is not None and party.name == mine.name)):
        return None
    return _GOVERNMENT.sub("", party.name) if _GOVERNMENT.search(party.name) else None


def _of_plan(references: tuple[Reference, ...], documents: tuple[str, ...], plan: str) -> tuple[Reference, ...]:
    """Where the plan alone is named, 第九条 of it is its 第9项: it has no articles."""
    if documents != (plan,):
        return references
    return tuple(
        Reference("item", r.number, plan, r.words) if r.kind == "article" and r.document in (None, plan) else r
        for r in references
    )


def _in_context(references: Sequence[Reference], context: Context) -> tuple[Reference, ...]:
    """An article without a title belongs to the regulation talked about before."""
    focus = context.focus
    known = focus.document if focus is not None and focus.kind == "article" else None
    if known is None and context.reading and context.reading.documents:
        known = context.reading.documents[-1]
    return tuple(
        replace(r, document=known) if r.kind == "article" and r.document is None and known else r for r in references
    )

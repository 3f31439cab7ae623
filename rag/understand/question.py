"""From the asker's words to a ``Reading``: clean up, split, resolve follow-ups, find names, classify."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from index.basis import Concept
from index.clean import fold
from rag.library import Library
from rag.model import Question
from rag.names import Places
from rag.understand.ask import Party, UnknownParty
from rag.understand.followup import Context, resolve
from rag.understand.intents import read_wording, topic
from rag.understand.parties import Found, PartyFinder, blank
from rag.understand.reading import Reading
from rag.understand.references import Reference, Titles, find_references
from rag.understand.scope import scope

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年|的|度|版|$|\s|[^\d])")
_OTHER_YEAR = re.compile(r"(?:去年|前年|明年|后年|上一?年度?|下一?年度?|往年|历年)(?!底)")
_SPLIT = re.compile(r"(?<=[?？;；\n])")
_LEAD_IN = re.compile(
    r"^(?:请问一?下?|问一?下|想问一?下?|你好|您好|麻烦问一?下?|咨询一?下?|劳驾|老师|"
    r"请教一?下?)[，,:：!！\s]*"
)
_MOST_PARTS = 4


class Reader:
    """Understands questions over one library. Thread-safe."""

    def __init__(self, library: Library, places: Places, aliases: Mapping[str, str]) -> None:
        self._library = library
        self._places = places
        self.parties = PartyFinder(library.register, (*places.outside, *places.above))
        self._aliases = aliases

    @cached_property
    def titles(self) -> Titles:
        return Titles(self._library.infos, self._aliases)

    @cached_property
    def _plan_year(self) -> int:
        return int(self._library.plan.published[:4] or 0)

    def read(self, question: Question) -> Reading:
        """The reading of the whole message; further questions in it hang on ``more``."""
        own = self._own(question.org)
        context = self._context(question, own)
        readings: list[Reading] = []
        for piece in _pieces(simplified(question.text)):
            reading = self._read_piece(piece, own, context)
            readings.append(reading)
            context = replace(context, reading=reading)
        first, *rest = readings
        return replace(first, more=tuple(rest))

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
            content = simplified(turn.content)[:4000]
            if turn.role == "user" and content.strip():
                context = replace(context, reading=self._read_piece(_pieces(content)[-1], own, context))
            elif turn.role == "assistant":
                context = context.heard(list(find_references(fold(content), self.titles, self._library.plan.id)))
        return context

    def _read_piece(self, piece: str, own: Found | None, context: Context) -> Reading:
        found = self.parties.find(piece)
        blanked = blank(piece, found.spans)
        references = self._references(piece)
        names = [party.words for party in found.parties]
        resolved = resolve(piece, blanked, names, references, context, self._words)
        asked = blanked
        if resolved is not None and resolved != piece:
            swapped = not resolved.endswith(piece[-4:])
            piece = resolved
            found = self.parties.find(piece)
            blanked, references = blank(piece, found.spans), self._references(piece)
            # What is wanted stands in the asker's own words; what it is about may come from before.
            asked = blanked if swapped else asked
        lost = resolved is None
        parties, unknown, needs_own = _with_own(found, own)
        documents = tuple(dict.fromkeys(id for _, id in self.titles.find(fold(piece))))
        wording = read_wording(
            asked,
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
            lost,
            _in_context(references, context),
            documents,
            self._concepts(piece),
            topic(blanked),
            scope(piece),
            self._years(piece),
            self._place(piece, found),
            self.titles.unknown(piece),
        )

    def _references(self, text: str) -> list[Reference]:
        return list(find_references(fold(text), self.titles, self._library.plan.id))

    def _words(self, reference: Reference) -> str:
        """A reference written out so that reading it again finds the same clause."""
        tail = (f"第{reference.paragraph}款" if reference.paragraph else "") + (
            f"第{reference.subitem}项" if reference.subitem else ""
        )
        if reference.kind == "item" or reference.document is None:
            return f"第{reference.number}项"
        number, _, of = reference.number.partition("-")
        title = self._library.infos[reference.document].short_title
        return f"《{title}》第{number}条" + (f"之{'〇一二三四五六七八九'[int(of)]}" if of else "") + tail

    def _concepts(self, text: str) -> tuple[Concept, ...]:
        folded = re.sub(r"[\"'“”、,，\s·-]", "", fold(text))
        found = []
        for concept in self._library.concepts:
            forms = (re.sub(r"[\"'“”、,，\s·-]", "", fold(form)) for form in (concept.name, *concept.aliases))
            longest = max((len(form) for form in forms if form and form in folded), default=0)
            if longest:
                found.append((longest, concept))
        return tuple(concept for _, concept in sorted(found, key=lambda pair: -pair[0]))

    def _years(self, text: str) -> tuple[int, ...]:
        """Years named that are not the plan's; 去年 and the like give the year beside it."""
        years = [int(match.group(1)) for match in _YEAR.finditer(text)]
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


def simplified(text: str) -> str:
    """Simplified Chinese, width folded to what people type, trimmed."""
    from rag.understand.script import to_simplified

    return to_simplified(text).replace("\r", "\n").strip()


def _pieces(text: str) -> list[str]:
    """The questions of one message. A piece too short to be a question stays with its neighbour."""
    pieces: list[str] = []
    for raw in _SPLIT.split(text):
        piece = _LEAD_IN.sub("", raw.strip())
        if not any(char.isalnum() for char in piece):
            continue
        if pieces and len(piece) < 3:
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces[:_MOST_PARTS] or [text.strip()]


def _with_own(found: Found, own: Found | None) -> tuple[tuple[Party, ...], tuple[UnknownParty, ...], bool]:
    """Add the asker's department where it is meant: said (我局), or nothing else is named and duties are asked."""
    if not found.own:
        return found.parties, found.unknown, False
    if own is None:
        return found.parties, found.unknown, not found.parties and not found.unknown
    parties = {party.name: party for party in (*own.parties, *found.parties)}
    return tuple(parties.values()), (*own.unknown, *found.unknown), False


def _in_context(references: Sequence[Reference], context: Context) -> tuple[Reference, ...]:
    """An article without a title belongs to the regulation talked about before."""
    focus = context.focus
    known = focus.document if focus is not None and focus.kind == "article" else None
    if known is None and context.reading and context.reading.documents:
        known = context.reading.documents[-1]
    return tuple(
        replace(r, document=known) if r.kind == "article" and r.document is None and known else r for r in references
    )

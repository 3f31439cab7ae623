"""How clauses are written out so that reading the words again finds the same clause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache

from index.clean import fold
from index.model import Clause, Tier
from index.numerals import to_int
from rag.library import Library
from rag.understand.ask import Party
from rag.understand.held import Held, plain
from rag.understand.references import RULES, Reference

_HEADS = {"notice": "通知正文", "preamble": "总体要求"}
_AS_ARTICLES = re.compile(r"第[0-9]{1,2}(?:[、,，和及]第?[0-9]{1,2})*条")
_GRAM = 4
_MOST_GRAMS = 40
_ARTICLE = re.compile(r"(?:本法|本规定|本条例)第([0-9一二三四五六七八九十百零]+)条")
_DECIDES = re.compile(r"(?:本法|本条例)规定的(?:行政)?处罚[^。]{0,60}由[^。]*决定")
_PART = re.compile(r"\(([0-9]+)\)$")
_LINE = re.compile(
    r"(?:^|\n)\s*[-•·]?\s*([0-9]{1,2})[:：]|(?:^|(?<=[，,；;。\s、]))([0-9]{1,2})[条项](?!以上|以下|措施|任务|规定)"
)
_TITLED = re.compile(r"(?:^|\n)\s*(?:\|\s*)?\**([0-9]{1,2})\**\s*(?:[.、)）|]|\s)\s*\**([^\n|]{2,})")
"""A line of a list that heads an item's title with its bare number: 13. 着力强化…, | 14 | 强化煤矿安全整治 |."""
_COUNTED_RUN = re.compile(
    r"(?P<n>[0-9一二三四五六七八九十两]{1,3})(?:项|条)[：:，,]?\s*(?:分别是|即|是)?(?P<run>[0-9]{1,2}(?:[、,，]\s*[0-9]{1,2})+)"
)
"""共9项：4、5、6…: as many bare numbers as are announced."""
_SECTION = re.compile(r"第(?P<n>[一二三四五六])(?:个|大)?(?:部分|板块|大?块)")
_TITLE_SHARE = 0.6
_BARE = re.compile(r"第([0-9]{1,3}|[一二三四五六七八九十百零]{1,5})条")
_FEWEST = 2
_TITLE = 4
"""Characters of a title from which on it tells an item; the first two are 强化, 压实 and the like."""
_LIKE = 0.65
"""Share of a noun's characters that the one title has which it means: 新业态新风险 is 新领域新风险安全整治."""
_LEAST_GRAMS, _LEAST_SHARE = 3, 0.25
"""What of a turn's stretches of four characters a clause must have to be what the turn speaks of."""


class Speech:
    """Words for what the library holds. Thread-safe."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @cached_property
    def _held(self) -> Held:
        return Held([clause for document in self._library.infos for clause in self._tops(document)])

    def words(self, reference: Reference) -> str:
        """第20项, 《安全生产法》第36条第4款."""
        if reference.kind == "item":
            return self.number(reference)
        return (self.title(reference.document) if reference.document else "") + self.number(reference)

    def number(self, reference: Reference) -> str:
        """The reference without the title of its document."""
        if reference.kind == "item":
            return _HEADS.get(reference.number, f"第{reference.number}项")
        number, _, of = reference.number.partition("-")
        return (
            f"第{number}条"
            + (f"之{'〇一二三四五六七八九'[int(of)]}" if of else "")
            + (f"第{reference.paragraph}款" if reference.paragraph else "")
            + (f"第{reference.subitem}项" if reference.subitem else "")
        )

    def title(self, document: str) -> str:
        return f"《{self._library.infos[document].short_title}》"

    @property
    def plan_title(self) -> str:
        return f"《{self._library.plan.title}》"

    def is_plan(self, document: str) -> bool:
        return document == self._library.plan.id

    def heading(self, reference: Reference) -> str:
        """The opening phrase of an item of the plan; empty for anything else."""
        clause = self._clause(reference)
        return clause.title if clause else ""

    def text(self, reference: Reference) -> str:
        """The clause's own text, folded and without marks; empty where there is none."""
        clause = self._clause(reference)
        return plain(clause.text) if clause else ""

    def holds(self, article: Reference, subitem: int) -> bool:
        """Whether an article has a 项 of that number."""
        clauses = self._library.clauses(article.document) if article.document else {}
        return any(c.top == article.number and c.id.endswith(f"({subitem})") for c in clauses.values())

    def parts_saying(self, article: Reference, grams: Sequence[str]) -> list[Reference]:
        """The 项 of an article that have any of ``grams``, in order."""
        clauses = self._library.clauses(article.document) if article.document else {}
        found = []
        for clause in clauses.values():
            number = _PART.search(clause.id) if clause.top == article.number else None
            if number and any(gram in plain(clause.text) for gram in grams):
                found.append(replace(article, subitem=int(number.group(1))))
        return found

    def committee(self, field: str) -> str | None:
        """What the committee for a field of work is called for short; ``None`` where there is none."""
        short = f"{field}专委会"
        return short if self._library.register.canonical(short) else None

    def punishes(self, article: Reference) -> bool:
        """Whether an article stands among those on liability."""
        clause = self._clause(article)
        return clause is not None and any("法律责任" in heading for heading in clause.path)

    def saying(self, document: str, words: str) -> list[Reference]:
        """The articles of ``document`` that have ``words`` literally, in order."""
        said = plain(words)
        found = [c for c in self._tops(document) if said and said in plain(c.text)]
        return [Reference("article", c.id, document, c.label) for c in found if c.id[:1].isdigit()]

    def deciding(self, article: Reference) -> Reference | None:
        """The article of the same law that says who decides its penalties."""
        tops = self._tops(article.document) if article.document else []
        return next((self._reference(c) for c in tops if _DECIDES.search(fold(c.text))), None)

    def referring(self, article: Reference) -> list[Reference]:
        """The other articles of the same law that refer to this one by its number, in order."""
        tops = self._tops(article.document) if article.document else []
        found = [c for c in tops if c.id != article.number and article.number in _numbers(c.text)]
        return [r for r in map(self._reference, found) if r is not None]

    def concepts(self, text: str) -> tuple[str, ...]:
        """Names of the defined terms ``text`` mentions in quotation marks or plainly."""
        return tuple(
            c.name for c in self._library.concepts if any(form and form in text for form in (c.name, *c.aliases))
        )

    def persons(self, text: str) -> list[str]:
        """The persons in office ``text`` speaks of (市长, 党委书记), longest words first."""
        return [word for word in sorted(self._library.words.persons, key=len, reverse=True) if word in text]

    def named(self, party: Party) -> tuple[Reference, ...]:
        """The items of the plan that name ``party``, in order."""
        found = [r.clause for r in self._library.reaches(party.name) if r.tier is Tier.NAMED]
        return tuple(self._item(id) for id in dict.fromkeys(found) if id.isdigit())

    def bracket(self, item: Reference) -> tuple[str, ...]:
        """The organisations an item's bracket names, in its order, without 有关部门 and other groups."""
        known = {one.name for one in self._library.register.organisations}
        duties = [d for d in self._library.duties(self._library.plan.id) if d.clause == item.number]
        named = sorted((d for d in duties if d.tier is Tier.NAMED), key=lambda d: d.span.start)
        return tuple(dict.fromkeys(d.party for d in named if d.party in known))

    def naming(self, document: str) -> list[Reference]:
        """The items of the plan that name a regulation by its title, in order."""
        info = self._library.infos[document]
        titles = [plain(title) for title in (info.title, info.title.removeprefix("中华人民共和国"))]
        items = self._library.items(self._library.plan.id)
        return [self._item(c.id) for c in items if any(title in plain(c.text) for title in titles)]

    def item_called(self, number: str, text: str) -> Reference | None:
        """The item of that number where ``text`` has its title, without its first verb; ``None`` where it does not."""
        clause = self._library.clause(self._library.plan.id, number)
        title = plain(clause.title) if clause else ""
        return self._item(number) if len(title) > _TITLE and title[_TITLE - 2 :] in plain(text) else None

    def item_of(self, noun: str) -> Reference | None:
        """The one item that 工地那项, 旅游那条 mean: by its title, in everyday words too, else by its text."""
        topics = self._library.words.topics
        items = self._library.items(self._library.plan.id)
        for form in dict.fromkeys((noun, topics.get(noun, noun))):
            for texts in ({c.id: plain(c.title) for c in items}, {c.id: plain(c.text) for c in items}):
                found = [id for id, text in texts.items() if plain(form) in text]
                starts = [id for id in found if re.search(f"(?:强化|加强|压实|着力){plain(form)}", texts[id])]
                if len(found) == 1 or len(starts) == 1:
                    return self._item(found[0] if len(found) == 1 else starts[0])
                near = [id for id, text in texts.items() if len(form) > 4 and _likeness(form, text) >= _LIKE]
                if len(near) == 1:
                    return self._item(near[0])
        return None

    def best_elsewhere(self, grams: Sequence[str], focus: Reference) -> float:
        """The largest share of ``grams`` that one other clause has."""
        told = zip(self._held.clauses, self._held.counts(grams), strict=True)
        most = max((n for c, n in told if (c.document, c.id) != (focus.document, focus.number)), default=0)
        return most / max(len(grams), 1)

    def meant(self, turn: str, documents: Sequence[str] = (), topic: str = "") -> tuple[Reference, ...]:
        """What a turn speaks of that names no clause of a document: items called 第11条, else the clause it quotes,
        else the item whose title ``topic`` says, where that is who does it."""
        told = self.quoted(turn, documents) or (self.quoted(turn) if documents else None)
        numbered = () if told and told.kind == "article" else self.numbered(turn)
        listed = () if numbered else self._lines(turn) or self._bare_articles(turn, told)
        both = self._each_item(topic)
        if both and not numbered and (told is None or told in both):
            return both
        told = told or (self.item_of(topic) if len(topic) > 1 else None)
        return numbered or listed or ((told,) if told else ())

    def _lines(self, turn: str) -> tuple[Reference, ...]:
        """The items that a list names by their bare numbers: - 14: …; 13. 着力强化…; 共3项：4、5、6."""
        numbers = self._titled(turn) or _announced(turn)
        if numbers:
            return tuple(
                self._item(number) for number in numbers if self._library.clause(self._library.plan.id, number)
            )
        numbers = list(dict.fromkeys(line or inline for line, inline in _LINE.findall(turn)))
        if len(numbers) < _FEWEST or numbers == [str(n) for n in range(1, len(numbers) + 1)]:
            return ()
        held = all(self._library.clause(self._library.plan.id, number) for number in numbers)
        return tuple(self._item(number) for number in numbers) if held else ()

    def _each_item(self, topic: str) -> tuple[Reference, ...]:
        """The items that 煤矿和非煤矿山 names, where it names two."""
        parts = [part for part in re.split(r"[和与跟、]", topic) if len(part) > 1]
        found = [item for part in parts if (item := self.item_of(part))] if len(parts) > 1 else []
        return tuple(found) if len(set(found)) == len(parts) > 1 else ()

    def part(self, text: str) -> tuple[Reference, ...]:
        """The items of the part of the plan that ``text`` names by its number; empty where it names none."""
        nth = _SECTION.search(text)
        items = self._library.items(self._library.plan.id) if nth else ()
        return tuple(self._item(c.id) for c in items if nth and any(h.startswith(f"{nth['n']}、") for h in c.path))

    def _titled(self, turn: str) -> list[str]:
        """The bare numbers that stand before the titles of just those items, one a line."""
        found = []
        for number, title in _TITLED.findall(turn):
            item = self._library.clause(self._library.plan.id, str(int(number)))
            if item is None or _likeness(plain(title)[: len(plain(item.title))], plain(item.title)) < _TITLE_SHARE:
                return []
            found.append(str(int(number)))
        return list(dict.fromkeys(found)) if len(found) >= _FEWEST else []

    def _bare_articles(self, turn: str, told: Reference | None) -> tuple[Reference, ...]:
        """The articles a turn names without their law: that of the one it quotes, or of the persons it speaks of."""
        document = told.document if told else RULES if self.persons(turn) else self._law_of(turn)
        if document is None or document not in self._library.infos or (told and told.kind != "article"):
            return ()
        numbers = dict.fromkeys(str(to_int(number)) for number in _BARE.findall(fold(turn)))
        found = [r for n in numbers if (c := self._library.clause(document, n)) and (r := self._reference(c))]
        return tuple(found) if told is None or any(r.number == told.number for r in found) else ()

    def quoted(self, turn: str, documents: Sequence[str] = ()) -> Reference | None:
        """The clause whose wording a turn repeats, of ``documents`` or any; ``None`` where none stands out."""
        text = plain(turn)
        step = max(1, len(text) // _MOST_GRAMS)
        grams = {text[at : at + _GRAM] for at in range(0, len(text) - _GRAM + 1, step)}
        told = zip(self._held.counts(grams), self._held.clauses, strict=True)
        scores = [(n, clause) for n, clause in told if not documents or clause.document in documents]
        best = max((n for n, _ in scores), default=0)
        first = [clause for n, clause in scores if n == best]
        if best < max(_LEAST_GRAMS, _LEAST_SHARE * len(grams)) or len(first) > 1:
            return None
        return self._reference(first[0])

    def numbered(self, turn: str) -> tuple[Reference, ...]:
        """The items that a turn about the plan calls 第11条, 第16、20条, in order; empty where one does not exist."""
        numbers = [n for run in _AS_ARTICLES.findall(turn) for n in re.findall("[0-9]+", run)]
        held = all(self._library.clause(self._library.plan.id, number) for number in numbers)
        return tuple(self._item(number) for number in dict.fromkeys(numbers)) if held else ()

    def _law_of(self, turn: str) -> str | None:
        """The one regulation whose articles have most of what a turn says after their bare numbers."""
        parts = [(str(to_int(m[1])), m.end()) for m in _BARE.finditer(fold(turn))]
        if len(parts) < _FEWEST:
            return None
        text = fold(turn)
        ends = [*(at for _, at in parts[1:]), len(text)]
        said = [(n, plain(_BARE.sub("", text[at:end]))) for (n, at), end in zip(parts, ends, strict=True)]
        scores: dict[str, int] = {}
        for document in self._library.infos:
            clauses = self._library.clauses(document)
            if self.is_plan(document) or not all(n in clauses for n, _ in said):
                continue
            scores[document] = sum(
                label[at : at + 3] in plain(clauses[n].text) for n, label in said for at in range(len(label) - 2)
            )
        best = max(scores.values(), default=0)
        found = [document for document, score in scores.items() if score == best]
        return found[0] if best >= _FEWEST and len(found) == 1 else None

    def _reference(self, clause: Clause) -> Reference | None:
        if clause.document == self._library.plan.id:
            return self._item(clause.id) if clause.id.isdigit() or clause.id in _HEADS else None
        return Reference("article", clause.id, clause.document, clause.label) if clause.id[:1].isdigit() else None

    def _item(self, id: str) -> Reference:
        return Reference("item", id, self._library.plan.id, _HEADS.get(id, f"第{id}项"))

    def _clause(self, reference: Reference) -> Clause | None:
        return self._library.clause(reference.document, reference.number) if reference.document else None

    def _tops(self, document: str) -> list[Clause]:
        return [c for c in self._library.clauses(document).values() if c.id == c.top]


@lru_cache(maxsize=2048)
def _numbers(text: str) -> frozenset[str]:
    """The articles that the text of another names by number."""
    return frozenset(str(to_int(number)) for number in _ARTICLE.findall(text))


def _announced(turn: str) -> list[str]:
    """The bare numbers of a run that is as long as is said before it."""
    for match in _COUNTED_RUN.finditer(turn):
        numbers = re.findall("[0-9]+", match["run"])
        if to_int(match["n"].replace("两", "二")) == len(numbers):
            return numbers
    return []


def _likeness(noun: str, title: str) -> float:
    return sum(char in title for char in noun) / len(noun)

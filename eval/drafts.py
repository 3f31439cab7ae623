"""Adversarial drafts: what a model might write, true and untrue, and whether the gate tells them apart.

Three sources: sentences of the clauses as they stand, the same with one fact changed (``eval.mutations``, the duty
table), and hand-written ones (``gold/drafts.jsonl``): a colleague's true rewordings and lies made of ordinary words.
The gate was set on the ``dev`` half; ``split`` is that of the gold questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import thread_time

import orjson

from eval.dataset import ALL, GOLD, Place, split
from eval.figures import Figure, estimate
from eval.metrics.gate import GATE_MS, LIES_PASSED, TRUTHS_DROPPED
from eval.metrics.measure import Measure
from eval.mutations import mutations, pick, quoted
from eval.slices import DRAFTS
from index.errors import QuestionError
from index.model import Clause, Family, Kind, Role
from rag.citations import CitationBook
from rag.gate.check import Gate
from rag.gate.sentences import split_sentences
from rag.gate.source import without_heading
from rag.library import Library

WRITTEN = GOLD / "drafts.jsonl"
_PER_SENTENCE = 3
_SHORTEST, _LONGEST = 14, 110
_LEADING = frozenset((Role.LEAD, Role.LEAD_AND_ORGANISE))


@dataclass(frozen=True, slots=True)
class Draft:
    """``text`` cites ``cites[n - 1]`` as ``[n]``. ``kind`` says what is wrong with it, or how it is true."""

    id: str
    cites: tuple[Place, ...]
    text: str
    true: bool
    kind: str

    @property
    def split(self) -> str:
        return split(self.id)


@dataclass(frozen=True, slots=True)
class Judged:
    """``shown``: the gate let all of the draft pass. ``ms``: processor time of its slowest sentence."""

    draft: Draft
    shown: bool
    reasons: tuple[str, ...]
    ms: float

    @property
    def right(self) -> bool:
        return self.shown == self.draft.true


def load_drafts(path: Path = WRITTEN) -> tuple[Draft, ...]:
    """The hand-written ones. Raises ``QuestionError`` naming the line."""
    found: list[Draft] = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            raw = orjson.loads(line)
            cites = tuple((str(document), str(clause)) for document, clause in raw["cites"])
            found.append(Draft(raw["id"], cites, raw["text"], raw["true"], raw["kind"]))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise QuestionError(f"{path.name} 第{number}行：{error!r}。", "请改正该行。") from error
    return tuple(found)


def all_drafts(library: Library, documents: Sequence[str]) -> tuple[Draft, ...]:
    """Every draft over ``documents``, hand-written ones first."""
    made = [draft for document in documents for draft in _of_document(library, document)]
    return (*load_drafts(), *made, *_of_roles(library))


def _of_document(library: Library, document: str) -> Iterator[Draft]:
    """Sentences of every third or so clause, untouched and changed."""
    plan = library.infos[document].family is Family.WORK_PLAN
    clauses = [c for c in library.clauses(document).values() if c.kind in (Kind.ITEM, Kind.ARTICLE)]
    for at, clause in enumerate(clauses):
        sentences = _sentences(clause)
        if not sentences or (not plan and pick(clause.text, 2, "clause")):
            continue
        text = sentences[pick(clause.text, len(sentences))]
        here, name = ((document, clause.id),), f"{document}-{clause.id}"
        yield Draft(f"{name}-as-it-is", here, _cited(text), True, "verbatim")
        yield from (
            Draft(f"{name}-{kind}", here, _cited(changed), False, kind)
            for kind, changed in mutations(text, _PER_SENTENCE)
        )
        other = clauses[(at + 7) % len(clauses)]
        if pick(clause.text, 3, "wrong") == 0 and text not in other.text:
            yield Draft(f"{name}-elsewhere", ((document, other.id),), _cited(text), False, "wrong_citation")
        if pick(clause.text, 3, "named") == 0:
            title = library.infos[document].title
            yield Draft(f"{name}-named", here, _cited(f"《{title}》{clause.label}要求：{text}"), True, "named")
            yield Draft(f"{name}-misnamed", here, _cited(f"《{title}》{other.label}要求：{text}"), False, "reference")
        if clause.verified and pick(clause.text, 3, "quoted") == 0:
            yield Draft(f"{name}-quoted", here, _cited(quoted(text)), True, "quoted")


def _sentences(clause: Clause) -> list[str]:
    """Sentences and list entries long enough to say something, brackets left out."""
    body = without_heading(clause.text)
    lines = [line.split("）", 1)[-1] if line.startswith("（") else line for line in body.split("\n")]
    parts = [part for line in lines for part in line.replace("。", "。\n").split("\n")]
    return [
        part
        for part in parts
        if _SHORTEST <= len(part) <= _LONGEST and part[-1:] in "。；" and "(" not in part and "下列" not in part
    ]


def _of_roles(library: Library) -> Iterator[Draft]:
    """Roles of the plan's items: as the duty table has them, raised, and given to somebody else."""
    plan = library.plan.id
    names = [one.name for one in library.register.organisations if one.level == "municipal"]
    for clause in library.items(plan):
        duties = [d for d in library.duties(plan) if d.clause == clause.id and d.party in library.register.by_name]
        shares = [d.party for d in duties if d.role is Role.SHARE]
        leads = [d.party for d in duties if d.role in _LEADING]
        here, name = ((plan, clause.id),), f"role-{clause.id}"
        if shares:
            one = shares[pick(clause.text, len(shares))]
            yield Draft(f"{name}-share", here, f"{clause.label}中，{one}是分工负责单位。[1]", True, "role")
            yield Draft(f"{name}-raised", here, f"{clause.label}由{one}牵头。[1]", False, "role")
        if leads:
            yield Draft(f"{name}-lead", here, f"{clause.label}由{leads[0]}牵头组织开展。[1]", True, "role")
            yield Draft(f"{name}-lowered", here, f"{leads[0]}在{clause.label}中只是落实单位。[1]", False, "role")
        strangers = [one for one in names if not any(one in (d.party, d.words) for d in duties)]
        stranger = strangers[pick(clause.text, len(strangers))]
        if not any(reach.clause == clause.id and reach.via for reach in library.reaches(stranger)) or shares:
            yield Draft(f"{name}-stranger", here, f"{clause.label}点名{stranger}分工负责。[1]", False, "organisation")


def _cited(text: str) -> str:
    return f"{text.rstrip('。；;')}。[1]"


def judge(drafts: Iterable[Draft], library: Library, gate: Gate) -> tuple[Judged, ...]:
    """What the gate says about each draft."""
    return tuple(_judge(draft, library, gate) for draft in drafts)


def _judge(draft: Draft, library: Library, gate: Gate) -> Judged:
    book = CitationBook(library)
    for document, id in draft.cites:
        clause = library.clause(document, id)
        if clause is None:
            raise QuestionError(f"草稿 {draft.id} 引用的条款 {document} {id} 不存在。", "请改正该行。")
        book.cite(clause)
    bench = gate.bench(book.citations)
    bench.prepare()
    shown, reasons, slowest = True, [], 0.0
    for sentence in split_sentences(draft.text):
        start = thread_time()
        verdict = bench.check(sentence)
        slowest = max(slowest, (thread_time() - start) * 1000)
        shown = shown and verdict.passed
        reasons += [f"{fault.rule}：{fault.words}" for fault in verdict.faults]
    return Judged(draft, shown, tuple(reasons), slowest)


def draft_figures(judged: Sequence[Judged], part: str) -> tuple[Figure, ...]:
    """Lies that passed, share of true sentences dropped, milliseconds a sentence, over ``part`` of the drafts."""
    inside = [one for one in judged if part in (ALL, one.draft.split)]
    rows: list[tuple[Measure, list[float]]] = [
        (LIES_PASSED, [float(one.shown) for one in inside if not one.draft.true]),
        (TRUTHS_DROPPED, [float(not one.shown) for one in inside if one.draft.true]),
        (GATE_MS, [one.ms for one in inside]),
    ]
    return tuple(
        Figure(DRAFTS, measure.name, *estimate(scores, measure.aggregate), len(scores))
        for measure, scores in rows
        if scores
    )

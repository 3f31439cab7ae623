"""A resolved citation against the documents: is the clause there, in the version named, and in force?"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from index.clean import fold
from index.model import Clause, Kind, Provenance
from index.numerals import to_chinese
from rag.library import EXPIRED, NOT_YET, REPEALED, TRANSCRIBED, TRANSCRIBED_NOTE
from rag.proof.model import Draft, Finding, Grade, Subject, Verdict
from rag.proof.pointers import Step
from rag.proof.resolve import Cited, article_steps
from rag.proof.shelf import NATION, Held, Shelf, ordinal, top_label
from rag.proof.titles import Title

_LOOK = "请核对条款编号。"
_UNITS = {"款": "款", "项": "项", "句": "句"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, and the clauses a quotation next to it is compared with."""

    finding: Finding
    cited: Cited
    held: Held | None = None
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class _Ruling:
    verdict: Verdict
    grade: Grade
    said: str
    remedy: str = ""


def judge(cited: Cited, draft: Draft, shelf: Shelf) -> Judged:
    """The finding for one citation."""
    held = shelf.held(cited.named) if cited.named else None
    if cited.named is None:
        ruling = _Ruling(Verdict.UNCLEAR, Grade.UNCHECKED, f"{cited.why}。", "请写明文件名称和条款编号。")
        return Judged(_finding(cited, draft, None, (), ruling), cited)
    if held is None:
        return Judged(_finding(cited, draft, None, (), _unknown(cited, shelf)), cited)
    if problem := _incomplete(cited, held):
        return Judged(_finding(cited, draft, held, (), problem), cited)
    clauses, missing = _clauses(cited, held)
    if missing and held.indexed and held.document.provenance is Provenance.DATABASE:
        whole = shelf.law(held.document.title)
        if whole is not None:
            again, missing = _clauses(cited, whole)
            held, clauses = (whole, again) if not missing else (held, ())
    ruling = missing or _standing(cited, held, clauses)
    return Judged(_finding(cited, draft, held, clauses, ruling), cited, held, () if missing else clauses)


def _finding(cited: Cited, draft: Draft, held: Held | None, clauses: tuple[Clause, ...], ruling: _Ruling) -> Finding:
    said = ruling.said
    title = (held.document.title if held else cited.named.name if cited.named else "").removeprefix(NATION)
    if cited.inherited and held is not None:
        said = f"{said[:-1]}（文件名按上文理解）。" if said.endswith("。") else said
    return Finding(
        Subject.CITATION, ruling.verdict, ruling.grade, cited.span, cited.span.of(draft.text),
        draft.place(cited.span.start), said, ruling.remedy,
        document=held.document.id if held and held.indexed else cited.named.id if cited.named else None,
        title=title, clauses=tuple(c.id for c in clauses) if clauses else _wanted(cited, held),
        label=_label(cited, held, clauses), status=held.status if held else "",
    )  # fmt: skip


def _wanted(cited: Cited, held: Held | None) -> tuple[str, ...]:
    """The id of a clause that is not there, as far as it can be told."""
    if held is None or not cited.steps:
        return ()
    top, paragraph, subitem, _ = article_steps(cited.steps, held)
    if top is None:
        return ()
    return (top.first + (f".{paragraph}" if paragraph else "") + (f"({subitem})" if subitem else ""),)


def _label(cited: Cited, held: Held | None, clauses: tuple[Clause, ...]) -> str:
    if clauses:
        return clauses[0].label if len(clauses) == 1 else f"{clauses[0].label}至{clauses[-1].label}"
    return "".join(_step(step, arabic=held is not None and held.is_plan) for step in cited.steps)


def _step(step: Step, *, arabic: bool) -> str:
    """第四条, 第四条至第七条, 第一百三十四条之一; 第37项 in a plan."""
    if arabic and step.first.isdigit():
        return "至".join(f"第{number}{step.unit}" for number in (step.first, step.last) if number)
    return "至".join(ordinal(number, step.unit) for number in (step.first, step.last) if number)


def _unknown(cited: Cited, shelf: Shelf) -> _Ruling:
    """A document that neither the index nor the database has."""
    name = cited.named.name if cited.named else ""
    near = get_close_matches(fold(name).removeprefix(NATION), [*shelf.names, *shelf.outside], 1, 0.75)
    hint = ""
    if near and near[0][-1] == name[-1]:
        full = shelf.names[near[0]].name if near[0] in shelf.names else shelf.outside[near[0]]
        hint = f"是否指《{full.removeprefix(NATION)}》？"
    number = cited.title.number if cited.title else ""
    if number and not hint:
        hint = _same_office(number, shelf)
    if not cited.steps:
        said = f"未收录于当前索引，未核对。{hint}"
        return _Ruling(Verdict.MENTION, Grade.REMARK, said, "请对照原件核对名称和文号。")
    law = name.endswith(("法", "法典"))
    where = "当前索引和国家法律数据库中都没有这部法律" if law else "未收录于当前索引，无法核对"
    return _Ruling(
        Verdict.UNKNOWN_DOCUMENT,
        Grade.UNCHECKED,
        f"{where}。{hint}",
        "请核对名称，并对照原件核对；或收录该文件后再核对。",
    )


def _same_office(number: str, shelf: Shelf) -> str:
    office = number.partition("(")[0]
    own = [n for n in (i.number for i in shelf.library.infos.values()) if n and fold(n).startswith(office)]
    return f"索引中同一发文机关的文号是{'、'.join(own)}。" if own else ""


def _incomplete(cited: Cited, held: Held) -> _Ruling | None:
    """A law's 第五项 without an article, a 文号 that is another paper's."""
    top, *_ = article_steps(cited.steps, held)
    if cited.steps and top is None and any(step.unit in _UNITS for step in cited.steps):
        said = f"《{held.document.short_title}》以条编号，这里没有写明是哪一条。"
        return _Ruling(Verdict.UNCLEAR, Grade.UNCHECKED, said, "请补写条号。")
    given, own = cited.title.number if cited.title else "", held.document.number
    if given and own and not given.replace("第", "").endswith(fold(own)):
        said = f"文号不符：该文件的文号是{own}，这里写作{given.replace('(', '〔').replace(')', '〕')}。"
        return _Ruling(Verdict.WRONG_NUMBER, Grade.WRONG, said, f"请改为{own}，或核对所引的是不是另一份文件。")
    return None


def _clauses(cited: Cited, held: Held) -> tuple[tuple[Clause, ...], _Ruling | None]:
    """The clauses meant, and what is wrong where they are not there."""
    if not cited.steps:
        return (), None
    top, paragraph, subitem, sentence = article_steps(cited.steps, held)
    if top is None:
        return (), _chapter(cited.steps, held)
    if top.last:
        return _range(top, held)
    last = cited.steps[-1]
    if last.last and last is not top:
        return _small_range(cited, held, top)
    found = held.clause(top.first, paragraph, subitem)
    if sentence is not None and found:
        found = [c for c in held.clauses.values() if c.id == f"{top.first}/s{sentence}"]
    if not found:
        return (), _no_clause(held, top.first, paragraph, subitem, sentence)
    if len(found) > 1:
        named = "、".join(c.label for c in found)
        return (), _Ruling(
            Verdict.UNCLEAR,
            Grade.UNCHECKED,
            f"没有写明是哪一款的第{to_chinese(subitem or 0)}项：有{named}。",
            "请补写款号。",
        )
    return tuple(found), _outside_chapter(cited.steps, found[0])


def _range(top: Step, held: Held) -> tuple[tuple[Clause, ...], _Ruling | None]:
    tops = held.tops
    missing = [number for number in (top.first, top.last) if number not in tops]
    if missing:
        return (), _no_clause(held, missing[0], None, None, None)
    first, last = tops.index(top.first), tops.index(top.last)
    if first > last:
        return (), _Ruling(Verdict.UNCLEAR, Grade.UNCHECKED, "起止编号颠倒。", _LOOK)
    return tuple(held.clauses[id] for id in tops[first : last + 1]), None


def _small_range(cited: Cited, held: Held, top: Step) -> tuple[tuple[Clause, ...], _Ruling | None]:
    """第二十一条第（一）至（三）项."""
    last = cited.steps[-1]
    _, paragraph, _, _ = article_steps(cited.steps, held)
    found: list[Clause] = []
    for number in range(int(last.first), int(last.last) + 1):
        of, item = (number, None) if last.unit == "款" else (paragraph, number)
        one = held.clause(top.first, of, item)
        if len(one) != 1:
            return (), _no_clause(held, top.first, of, item, None)
        found += one
    if not found:
        return (), _Ruling(Verdict.UNCLEAR, Grade.UNCHECKED, "起止编号颠倒。", _LOOK)
    return tuple(found), None


def _chapter(steps: tuple[Step, ...], held: Held) -> _Ruling | None:
    """第二章, 第二章第一节: known by the headings above the articles."""
    for step in steps:
        heading = ordinal(step.first, step.unit)
        if not any(words.startswith(heading) for c in held.clauses.values() for words in c.path):
            return _Ruling(Verdict.NO_CLAUSE, Grade.WRONG, f"该文件没有{heading}。", "请核对章节编号。")
    return None


def _outside_chapter(steps: tuple[Step, ...], clause: Clause) -> _Ruling | None:
    for step in steps:
        heading = ordinal(step.first, step.unit)
        if step.unit in "编章节" and not any(words.startswith(heading) for words in clause.path):
            where = " ".join(clause.path) or "章节之外"
            return _Ruling(
                Verdict.NO_CLAUSE, Grade.WRONG, f"{clause.label}不在{heading}，在{where}。", "请核对章节编号。"
            )
    return None


def _no_clause(held: Held, article: str, paragraph: int | None, subitem: int | None, sentence: int | None) -> _Ruling:
    """What is there instead of the clause that is not."""
    label = top_label(held, article)
    if article not in held.clauses:
        tops = held.tops
        noun = "项" if held.is_plan else "条"
        last = f"，最后是{held.clauses[tops[-1]].label}" if tops else ""
        said = f"没有{label}：该文件共{len(tops)}{noun}{last}。"
        return _Ruling(Verdict.NO_CLAUSE, Grade.WRONG, said, _LOOK)
    if held.is_plan:
        unit = "句" if sentence is not None else "款"
        return _Ruling(Verdict.NO_CLAUSE, Grade.WRONG, f"{label}没有所写的第几{unit}。", _LOOK)
    parts = [c for c in held.clauses.values() if c.top == article and c.kind is Kind.PARAGRAPH]
    if (paragraph is not None and paragraph > max(1, len(parts))) or paragraph == 0:
        said = f"{label}没有第{to_chinese(paragraph)}款：该条共{max(1, len(parts))}款。"
    else:
        inside = [p for p in parts if paragraph is None or p.number == str(paragraph)]
        items = [c for c in held.clauses.values() if c.kind is Kind.SUBITEM and c.parent in {p.id for p in inside}]
        have = f"共{len(items)}项" if items else "没有分项"
        said = (
            f"{label}{f'第{to_chinese(paragraph)}款' if paragraph else ''}没有第{to_chinese(subitem or 0)}项：{have}。"
        )
    return _Ruling(Verdict.NO_CLAUSE, Grade.WRONG, said, _LOOK)


def _standing(cited: Cited, held: Held, clauses: tuple[Clause, ...]) -> _Ruling:
    """The clause is there: is it the version named, in force, and ours to vouch for?"""
    document = held.document
    version = _version(cited.title, held)
    if version:
        return version
    if held.status in (REPEALED, NOT_YET):
        when = document.expires if held.status == REPEALED else document.effective
        said = f"该文件{held.status}{f'（{when}）' if when else ''}。"
        remedy = "请改引现行有效的文件。" if held.status == REPEALED else "施行之前不宜作为依据，请核对。"
        return _Ruling(Verdict.NOT_IN_FORCE, Grade.WRONG, said, remedy)
    if not held.indexed:
        noun = "这部法律" if not cited.steps else "这一条款"
        said = f"未收录于当前索引；国家法律数据库中有{noun}。"
        return _Ruling(Verdict.NOT_INDEXED, Grade.REMARK, said, "如需按它问答，请把该法加入 ANZE_LAWS。")
    right = "编号无误" if cited.steps else "名称无误"
    if held.status == EXPIRED:
        return _Ruling(
            Verdict.EXISTS,
            Grade.REMARK,
            f"{right}；{held.status}（{document.expires}）。",
        )
    if held.status == TRANSCRIBED and not (clauses and all(c.verified for c in clauses)):
        return _Ruling(Verdict.EXISTS, Grade.REMARK, f"{right}；{TRANSCRIBED_NOTE}。")
    return _Ruling(Verdict.EXISTS, Grade.RIGHT, f"{right}。")


def _version(title: Title | None, held: Held) -> _Ruling | None:
    """The year in （2021修正） against the stored version's."""
    document = held.document
    if title is None or not title.year or not document.published:
        return None
    if title.year in (document.published[:4], document.effective[:4]):
        return None
    said = f"版本不符：所引为{title.year}年文本，现收录的是{document.published}公布的文本。"
    return _Ruling(Verdict.OLD_VERSION, Grade.WRONG, said, "请按现行文本核对条号和内容，改正版本年份。")

"""What a composer hands back, and the phrases several composers share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.dutytable import Reach
from index.model import Clause, Deadline, DeadlineKind, Family, Provenance
from index.organisations import UNCONFIRMED
from rag.citations import CitationBook
from rag.library import EXPIRED, IN_FORCE, TRANSCRIBED, TRANSCRIBED_NOTE, Library
from rag.model import DutyRow, Reason

CONFIRM_WITH = "市安委会办公室"


@dataclass(frozen=True, slots=True)
class Draft:
    """One composed answer before verification. ``reason`` makes it a refusal, ``rule`` names the rule that refused.

    ``found`` tells that the answer was looked for rather than looked up: whether it answers is open to doubt.
    """

    text: str
    duties: tuple[DutyRow, ...] = ()
    reason: Reason | None = None
    rule: str = ""
    found: bool = False


def duty_row(reach: Reach) -> DutyRow:
    duty = reach.duty
    return DutyRow(
        duty.document, duty.clause, reach.party, duty.role.value, reach.tier.value, reach.via, duty.deadlines
    )


def deadline_words(deadlines: Iterable[Deadline]) -> str:
    """``3月底前（2023-03-31）、每月、定期（文件未定具体时间）``; empty where there is none."""
    return "、".join(dict.fromkeys(_one_deadline(d) for d in deadlines))


def _one_deadline(deadline: Deadline) -> str:
    if deadline.kind is DeadlineKind.DATE and deadline.due:
        return f"{deadline.text}（{deadline.due}）"
    if deadline.kind is DeadlineKind.VAGUE:
        return f"{deadline.text}（未定具体时间）"
    return deadline.text


def cite_name(library: Library, clause: Clause) -> str:
    """How running text names a clause: 第20项 for the plan at hand, 《安全生产法》第三十六条第四款 for the rest."""
    info = library.infos[clause.document]
    return clause.label if info.family is Family.WORK_PLAN else f"《{info.short_title}》{clause.label}"


def basis_words(library: Library, book: CitationBook, item: str, most: int | None = None) -> str:
    """The articles an item rests on, each with its marker, the first ``most``; empty where none is recorded."""
    found = library.bases.get(item)
    if found is None:
        return ""
    parts: list[str] = []
    for basis in found.bases[:most]:
        clause = library.clause(basis.document, basis.clause) or library.clause(basis.document, basis.article)
        if clause is None:
            continue
        later = "" if basis.in_force_2023 else "，2023年尚未施行"
        status = library.status(basis.document)
        note = "" if status in (IN_FORCE, TRANSCRIBED) else f"，{status}"
        remark = f"（{(later + note).lstrip('，')}）" if later or note else ""
        parts.append(f"{cite_name(library, clause)}{remark}{book.cite(clause)}")
    more = f"等{len(found.bases)}条" if most is not None and len(found.bases) > most else ""
    return "、".join(parts) + more


def quoted(library: Library, clause: Clause, text: str | None = None) -> str:
    """A block quotation of a clause; transcribed text nobody confirmed is shown without quotation marks."""
    lines = [line.strip() for line in (text if text is not None else clause.text).split("\n") if line.strip()]
    if not clause.verified:
        return f"（{TRANSCRIBED_NOTE}，以下不是逐字引文）\n\n" + "\n\n".join(lines)
    return "\n".join(f"> {line}" for line in lines)


def status_notes(library: Library, documents: Sequence[str]) -> str:
    """One line for each cited document that is not simply in force."""
    notes: list[str] = []
    for id in dict.fromkeys(documents):
        document, status = library.document(id), library.status(id)
        if status == EXPIRED:
            year = document.published[:4]
            notes.append(
                f"状态：《{document.title}》是{year}年度文件，{status}（{document.expires}），现在的要求请以最新年度文件为准。"
            )
        elif document.provenance is Provenance.TRANSCRIBED:
            notes.append(f"状态：《{document.title}》为{TRANSCRIBED_NOTE}。")
        elif status != IN_FORCE:
            notes.append(f"状态：《{document.title}》{status}。")
    return "\n\n".join(notes)


def with_status(library: Library, text: str, documents: Sequence[str]) -> str:
    """``text`` with the notes of those cited documents it does not speak of yet."""
    missing = [
        note
        for id in dict.fromkeys(documents)
        for note in status_notes(library, [id]).split("\n\n")
        if note and note not in text
    ]
    return "\n\n".join([text, *missing])


def source_words(source: str) -> str:
    """A register entry's source in Chinese, document ids replaced by what the document is called."""
    return source.replace("yichun-2023-work-plan ", "《工作要点》").replace(UNCONFIRMED, "一般常识，待确认")


def plain(words: str) -> str:
    """A user's words made safe to repeat: no markdown, no markup, no citation markers, at most 40 characters."""
    kept = re.sub(r"[\[\]<>*_`#|~\\\r\n\ue000-\uf8ff]", " ", words).strip()
    return kept[:40] + ("…" if len(kept) > 40 else "")


def numbers(items: Iterable[str]) -> str:
    """``第2、3、13项``."""
    return f"第{'、'.join(items)}项"

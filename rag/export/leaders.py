"""Lists of the leaders' own duties, out of 《地方党政领导干部安全生产责任制规定》."""

from __future__ import annotations

from dataclasses import dataclass

from index.errors import QuestionError
from index.model import Clause, Kind
from rag.compose.draft import status_notes
from rag.export.notes import chinese_date
from rag.export.rows import ListKind, TaskList, TaskRow, source
from rag.library import TRANSCRIBED, Library

REGULATION = "dangzheng-zerenzhi"


@dataclass(frozen=True, slots=True)
class Leader:
    """Whom the regulation speaks of. ``articles`` are clause ids of the regulation, in its order."""

    name: str
    meaning: str
    articles: tuple[str, ...]


LEADERS = (
    Leader("党委主要负责人", "地方各级党委主要负责人", ("4.2", "5")),
    Leader("政府主要负责人", "县级以上地方各级政府主要负责人", ("4.2", "6")),
    Leader("分管领导", "分管安全生产工作的政府领导干部，原则上由担任本级党委常委的担任", ("4.2", "8")),
    Leader("其他领导", "党委常委会其他成员（第七条），政府其他领导干部（第九条）", ("4.2", "7", "9")),
)


def find_leader(library: Library, words: str) -> Leader | None:
    """The leader of that name, or whom people call so (县长 → 政府主要负责人); ``None`` for everybody else."""
    name = library.words.persons.get(words, words)
    return next((leader for leader in LEADERS if leader.name == name), None)


def leader_list(library: Library, name: str) -> TaskList:
    """The duties of one of ``LEADERS``, one row a 项. Text nobody has confirmed is marked on its row.

    Raises ``QuestionError`` for another name, or where the regulation is not indexed.
    """
    leader = find_leader(library, name)
    if leader is None:
        raise QuestionError(f"没有“{name}”的职责清单。", f"可选：{'、'.join(one.name for one in LEADERS)}。")
    if REGULATION not in library:
        raise QuestionError("没有收录《地方党政领导干部安全生产责任制规定》。", "请恢复该文件后运行 anze index。")
    found = [clause for id in leader.articles for clause in _duties(library, id)]
    rows = tuple(_row(library, leader, clause) for clause in found)
    unverified = sum(not row.verified for row in rows)
    said = f"共{len(rows)}条" + (f"，其中{unverified}条{TRANSCRIBED}" if unverified else "") + "。"
    return TaskList(
        ListKind.LEADER, f"{leader.name}安全生产职责清单", leader.name, (source(library, REGULATION),), rows, said,
        _notes(library, leader, unverified), library.day, len(rows),
    )  # fmt: skip


def _duties(library: Library, id: str) -> list[Clause]:
    """The 项 of an article, else the article or 款 itself."""
    clauses = library.clauses(REGULATION)
    inside = [c for c in clauses.values() if c.kind is Kind.SUBITEM and c.id.startswith((f"{id}.", f"{id}("))]
    return inside or ([clauses[id]] if id in clauses else [])


def _row(library: Library, leader: Leader, clause: Clause) -> TaskRow:
    of = source(library, REGULATION)
    task = "".join(line.strip() for line in clause.text.split("\n")).removeprefix(clause.label).strip()
    note = "" if clause.verified else TRANSCRIBED
    return TaskRow(
        REGULATION, clause.id, clause.label, "", clause.path, task, of.reference + clause.label, of.status, leader.name,
        note=note, verified=clause.verified,
    )  # fmt: skip


def _notes(library: Library, leader: Leader, unverified: int) -> tuple[str, ...]:
    of = library.document(REGULATION)
    number = f"（{of.number}）" if of.number else ""
    effective = f"，{chinese_date(of.effective)}起施行" if of.effective else ""
    notes = [f"依据：《{of.title}》{number}，{of.issuer}印发{effective}。", f"{leader.name}：{leader.meaning}。"]
    if unverified:
        notes.append("标“转录待核”的条文尚未与官方文本核对，不作逐字引用；引用前请核对官方发布的文本。")
    return (*notes, *(line for line in status_notes(library, [REGULATION]).split("\n\n") if line))

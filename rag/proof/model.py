"""What proof-reading finds. Everything is frozen; ``Report.to_json`` is the published shape."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from index.model import Span


class Grade(StrEnum):
    """How bad it is. ``RIGHT`` and ``REMARK`` let a text pass, ``UNCHECKED`` and ``WRONG`` do not."""

    RIGHT = "right"
    REMARK = "remark"
    UNCHECKED = "unchecked"
    WRONG = "wrong"


class Verdict(StrEnum):
    """What was found out about a citation, a quotation or a statement of role."""

    EXISTS = "exists"
    NO_CLAUSE = "no_clause"
    NOT_INDEXED = "not_indexed"
    UNKNOWN_DOCUMENT = "unknown_document"
    MENTION = "mention"
    UNCLEAR = "unclear"
    OLD_VERSION = "old_version"
    NOT_IN_FORCE = "not_in_force"
    WRONG_NUMBER = "wrong_number"
    EXACT = "exact"
    NORMALISED = "normalised"
    PUNCTUATION = "punctuation"
    DIFFERENT = "different"
    ELSEWHERE = "elsewhere"
    TERM = "term"
    UNCITED = "uncited"
    NOT_FOUND = "not_found"
    ROLE_RIGHT = "role_right"
    ROLE_WRONG = "role_wrong"


class Subject(StrEnum):
    """What a finding is about."""

    CITATION = "citation"
    QUOTATION = "quotation"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a draft: its characters, how a reader finds it (第3段, 表1第2行第3列, 第5行).

    Cells of one table row share ``group``. ``quoted``: the draft sets it apart as a block quotation.
    """

    span: Span
    place: str
    group: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A text to proof-read. ``lined``: places are lines, so columns are told too."""

    text: str
    paragraphs: tuple[Paragraph, ...]
    lined: bool = True

    def place(self, at: int) -> str:
        """Where the character at offset ``at`` stands, in a reader's words."""
        number = bisect_right(self.paragraphs, at, key=lambda paragraph: paragraph.span.start) - 1
        if number < 0:
            return ""
        paragraph = self.paragraphs[number]
        return paragraph.place + (f"第{at - paragraph.span.start + 1}列" if self.lined else "")


@dataclass(frozen=True, slots=True)
class Finding:
    """One citation, quotation or statement of role with its verdict.

    ``span`` is half-open in ``Draft.text``, ``words`` what stands there. ``document`` is the id of an indexed document,
    or ``None``; ``title`` how the document is called as far as it is known. ``clauses`` are clause ids, several for a
    range (第四条至第七条), none for a document cited as a whole. ``said`` is a Chinese sentence for the reader,
    ``remedy`` what to do about it, ``shown`` the differing characters of a quotation.
    """

    subject: Subject
    verdict: Verdict
    grade: Grade
    span: Span
    words: str
    place: str
    said: str
    remedy: str = ""
    document: str | None = None
    title: str = ""
    clauses: tuple[str, ...] = ()
    label: str = ""
    status: str = ""
    shown: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject.value, "verdict": self.verdict.value, "grade": self.grade.value,
            "start": self.span.start, "end": self.span.end, "words": self.words, "place": self.place,
            "document": self.document, "title": self.title, "clauses": list(self.clauses), "label": self.label,
            "status": self.status, "said": self.said, "remedy": self.remedy, "shown": self.shown,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """All findings in reading order. ``notes`` are sentences about the text as a whole."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """No citation, quotation or role was found: nothing has been checked, which is no pass."""
        return not self.findings

    @property
    def passed(self) -> bool:
        """Something was checked and nothing is wrong or left unchecked."""
        counts = self.counts
        return bool(self.findings) and not counts[Grade.WRONG] and not counts[Grade.UNCHECKED]

    @property
    def counts(self) -> dict[Grade, int]:
        found = Counter(finding.grade for finding in self.findings)
        return {grade: found[grade] for grade in Grade}

    def to_json(self) -> dict[str, Any]:
        return {
            "result": "nothing_found" if self.nothing else "passed" if self.passed else "failed",
            "counts": {grade.value: count for grade, count in self.counts.items()},
            "findings": [finding.to_json() for finding in self.findings],
            "notes": list(self.notes),
        }

"""From loaded documents to parsed ones: the right parser for each family, then duties; and the question bank."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson

from index.corpus import LoadedDocument
from index.duties.extract import extract_duties
from index.errors import CorpusError
from index.model import Family, ParsedDocument
from index.organisations import Register
from index.parse.statute import parse_statute
from index.parse.workplan import parse_work_plan
from index.units import Expansion


def parse_documents(loaded: Iterable[LoadedDocument], register: Register) -> list[ParsedDocument]:
    """Clauses, duties and unread brackets of every document, in order. Raises ``ParseError``."""
    return [parse_document(one, register) for one in loaded]


def parse_document(loaded: LoadedDocument, register: Register) -> ParsedDocument:
    """Read one document by its family."""
    document = loaded.document
    if document.family is Family.WORK_PLAN:
        clauses = parse_work_plan(document)
        duties, problems = extract_duties(document, clauses, register)
        return ParsedDocument(document, clauses, duties, problems)
    return ParsedDocument(document, parse_statute(loaded))


def load_expansions(docs: Path) -> list[Expansion]:
    """The question bank, ``questions/*.jsonl``: questions that staff would ask a clause. Raises ``CorpusError``."""
    found: list[Expansion] = []
    for path in sorted((docs / "questions").glob("*.jsonl")):
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            if not line.strip():
                continue
            try:
                raw = orjson.loads(line)
                found.append(Expansion(raw["document"], raw["clause"], raw["question"]))
            except (orjson.JSONDecodeError, KeyError, TypeError) as error:
                raise CorpusError(f"问题库 {path.name} 第{number}行格式不对。", "请修正该行或删除它。") from error
    return found

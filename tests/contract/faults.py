"""What the published contract asks of one answer, as a list of faults."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

_SCHEMA = Path(__file__).parent / "answer.schema.json"


@cache
def validator() -> Draft202012Validator:
    """The schema of an answer, dates checked too."""
    return Draft202012Validator(json.loads(_SCHEMA.read_text("utf-8")), format_checker=FormatChecker())


def faults(answer: dict[str, Any], text_of: Callable[[str], str]) -> list[str]:
    """Faults of ``answer`` against the schema and the invariants beside it; ``text_of`` gives a document's text."""
    found = [error.message for error in validator().iter_errors(answer)]
    if found:
        return found
    used = {int(marker) for marker in re.findall(r"\[(\d+)\]", answer["text"])}
    given = [citation["marker"] for citation in answer["citations"]]
    if used != set(given):
        found.append(f"the text uses {sorted(used)}, the citations are {given}")
    if len(set(given)) != len(given):
        found.append(f"a marker occurs twice in {given}")
    if answer["refused"] != (answer["reason"] is not None):
        found.append("refused and reason contradict each other")
    if answer["refused"] and answer["duties"]:
        found.append("a refusal carries duties")
    for one in answer["citations"]:
        if text_of(one["document"])[one["start"] : one["end"]] != one["quote"]:
            found.append(f"citation {one['marker']} is not the text at {one['start']}:{one['end']}")
    return found

"""The READMEs tell what is so."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.channels.cli.commands import make_parser
from rag.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
READMES = {name: (ROOT / name).read_text("utf-8") for name in ("README.md", "README.en.md")}
MORE = "……"


def commands(text: str) -> set[str]:
    """``anze`` commands in code: between backticks, and lines of code blocks with or without a prompt."""
    spans = re.findall(r"`(anze [^`]+)`", text)
    lines = re.findall(r"(?m)^(?:\$ )?(anze [^#\n]+)", text)
    return {command.strip() for command in (*spans, *lines)}


def transcripts() -> Iterator[tuple[str, str, list[str]]]:
    """README, command and the lines shown below it, for each command of each ``console`` block."""
    for name, text in READMES.items():
        for block in re.findall(r"(?ms)^```console\n(.+?)^```$", text):
            for part in re.split(r"(?m)^\$ ", block)[1:]:
                command, *shown = part.splitlines()
                yield name, command, shown


each_readme = pytest.mark.parametrize("name", READMES)
TRANSCRIPTS = list(transcripts())


@each_readme
def test_commands_parse(name: str) -> None:
    """Every ``anze`` command shown is one the command line takes; all commands are shown."""
    shown = commands(READMES[name])
    for command in shown:
        make_parser().parse_args(shlex.split(command)[1:])
    named = {command.split()[1] for command in shown}
    assert {"index", "ask", "duties", "texts", "eval"} <= named


def test_wrong_commands_do_not_parse() -> None:
    """The parser of the test before refuses what is no command."""
    for command in ("ask --nope", "answer x", "duties a b"):
        with pytest.raises(SystemExit):
            make_parser().parse_args(command.split())


@each_readme
def test_make_targets_exist(name: str) -> None:
    """Every target of ``make`` that is named stands in the Makefile, and every target is named."""
    text = READMES[name]
    phony = re.search(r"(?m)^\.PHONY: (.+)$", (ROOT / "Makefile").read_text("utf-8"))
    assert phony
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE))
    assert {"run", "test", "help", "eval", "bench"} <= named <= set(phony[1].split())
    helped = next(line for line in text.replace("\n`", " `").splitlines() if "`make help`" in line)
    listed = set(re.findall(r"`([a-z]+)`", helped.split("`make help`")[1]))
    assert listed <= set(phony[1].split())
    assert named | listed >= set(phony[1].split()) - {"venv", "browser", "office"}


@each_readme
def test_settings_are_all_there(name: str) -> None:
    """The table of settings names exactly what is read, and ``.env.example`` the same."""
    table = set(re.findall(r"`(ANZE_[A-Z_]+)`", "\n".join(re.findall(r"(?m)^\| `ANZE_.+$", READMES[name]))))
    read = {"ANZE_" + field.name.upper() for field in fields(Settings)}
    example = set(re.findall(r"(?m)^# (ANZE_[A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8")))
    assert table == read == example
    assert set(re.findall(r"ANZE_[A-Z_]+[A-Z]", READMES[name])) <= read


@each_readme
def test_defaults_are_told_right(name: str, tmp_path: Path) -> None:
    """Where the table gives a default in code, it is the one in force."""
    defaults = {
        "ANZE_" + field.name.upper(): str(getattr(Settings(), field.name)).removesuffix(".0")
        for field in fields(Settings)
    }
    checked = set()
    for names, _, default in re.findall(r"(?m)^\| (`ANZE_.+?) \| (.+?) \| (.+?) \|$", READMES[name]):
        variables = re.findall(r"`(ANZE_[A-Z_]+)`", names)
        told = [value.strip(" `") for value in re.split("[、,]", default)]
        for variable, value in zip(variables, told, strict=False):
            if re.fullmatch(r"[a-z0-9.]+", value) and value not in ("none", "today", "shipped"):
                assert defaults[variable] == value
                checked.add(variable)
    assert {"ANZE_LAWS", "ANZE_EMBEDDING", "ANZE_VECTOR_STORE", "ANZE_HOST", "ANZE_PORT"} <= checked


@each_readme
def test_links_lead_somewhere(name: str) -> None:
    """Links to files of the checkout have a file."""
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", READMES[name]) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_there_are_transcripts() -> None:
    """Both READMEs show real questions with what is answered."""
    assert {name for name, _, _ in TRANSCRIPTS} == set(READMES)
    assert any("要做什么" in command for _, command, _ in TRANSCRIPTS)


@pytest.mark.parametrize(("name", "command", "shown"), TRANSCRIPTS, ids=[f"{n} {c}" for n, c, _ in TRANSCRIPTS])
def test_transcripts_are_real(
    assistant: Assistant, settings: Settings, tmp_path: Path, name: str, command: str, shown: list[str]
) -> None:
    """What stands below a command is what the command prints, from its first line to the line ``……`` or the end."""
    program, *args = shlex.split(command)
    assert program == "anze"
    assert settings.today
    ours = {"ANZE_STORE": str(settings.store), "ANZE_TODAY": settings.today.isoformat(), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "rag.channels.cli", *args], cwd=tmp_path, env={**os.environ, **ours},
        capture_output=True, check=True,
    )  # fmt: skip
    printed = done.stdout.decode().splitlines()
    if MORE in shown:
        shown = shown[: shown.index(MORE)]
        printed = printed[: len(shown)]
    assert shown
    assert printed == shown

"""The guide and the example tell what is so."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

from rag.assistant import Assistant
from rag.channels.cli.commands import make_parser
from rag.channels.wecom import callback, callback_app
from rag.channels.wecom.commands import read_command
from rag.channels.wecom.run import STOPPED
from rag.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "guide" / "wecom.md").read_text("utf-8")


def test_settings_of_the_guide_exist() -> None:
    """Every variable the guide names is read, and every one of WeChat Work but the two addresses is named."""
    read = {"ANZE_" + field.name.upper() for field in fields(Settings)}
    named = set(re.findall(r"ANZE_[A-Z_]+[A-Z]", GUIDE))
    assert named <= read
    ours = {name for name in read if name.startswith("ANZE_WECOM_")}
    assert ours - named == {"ANZE_WECOM_WS_URL", "ANZE_WECOM_API_URL", "ANZE_WECOM_STREAM_LIMIT_S"}


def test_commands_of_the_guide_parse() -> None:
    """Every command line is one that ``anze`` takes."""
    lines = re.findall(r"(?m)^\$ (anze .+)$", GUIDE)
    assert len(lines) >= 6
    for line in lines:
        make_parser().parse_args(shlex.split(line)[1:])


def test_words_and_places_of_the_guide() -> None:
    """Orders in the guide are orders, and its callback addresses and exit status are those in force."""
    told = next(line for line in GUIDE.splitlines() if line.startswith("- `帮助`"))
    orders = [words.replace(" …", "") for words in re.findall(r"`([^`]+)`", told)]
    assert len(orders) >= 9
    assert all(read_command(words) for words in orders)
    assert f"https://您的域名{callback.PATH}" in GUIDE
    assert f"https://您的域名{callback_app.PATH}" in GUIDE
    assert f"RestartPreventExitStatus={STOPPED}" in GUIDE


def test_links_of_the_guide_lead_somewhere() -> None:
    """Relative links have a file."""
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", GUIDE) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / "guide" / link).exists()] == []


def test_the_example_runs(assistant: Assistant, settings: Settings, tmp_path: Path) -> None:
    """The example answers a question with its source as the bot does, and a bad one with a sentence."""
    ours = {"ANZE_STORE": str(settings.store), "PYTHONPATH": str(ROOT), "ANZE_ORG": "市住建局"}
    command = [sys.executable, str(ROOT / "examples" / "wecom_embed.py"), "第20项谁牵头？"]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **ours}, capture_output=True, check=True, timeout=60
    )
    said = done.stdout.decode()
    assert said.startswith("第20项")
    assert "- 《宜春市2023年安全生产工作要点》（宜市安字〔2023〕2号）第20项[1]" in said

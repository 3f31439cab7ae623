"""Whole processes: what a person at a terminal waits for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from eval.bench.stats import Timing, timed, timing
from index.errors import BackendError

ROOT = Path(__file__).resolve().parent.parent.parent
STARTS = 7
DUTY_QUESTION = "市住建局今年要做什么？"
OPEN_QUESTION = "工人发现有危险能不能先停下来不干？"

_CLI = "import sys; from rag.channels.cli import main; sys.exit(main())"
_EMBED = (
    "import sys; from index.embedding import make_embedder; from rag.settings import load_settings; "
    "found = make_embedder(load_settings().embedding); found and found.embed_query(sys.argv[1])"
)


def run(words: Sequence[str], settings: Mapping[str, str]) -> bytes:
    """What ``python words…`` prints, with these settings on top of the environment. Raises ``BackendError``."""
    command = [sys.executable, *words]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise BackendError(f"命令 python {' '.join(words)} 失败，退出码 {done.returncode}。", "请先单独运行它。")
    return done.stdout


def child(part: str, settings: Mapping[str, str]) -> dict[str, Any]:
    """What a part of ``eval.bench.child`` measured."""
    result: dict[str, Any] = orjson.loads(run(["-m", "eval.bench.child", part], settings).splitlines()[-1])
    return result


def cold_starts(settings: Mapping[str, str]) -> dict[str, Timing]:
    """Whole ``anze ask`` processes, and their floors: Python alone, and Python that embeds one question."""
    commands = {
        "duty": ["-c", _CLI, "ask", DUTY_QUESTION, "--json"],
        "open": ["-c", _CLI, "ask", OPEN_QUESTION, "--json"],
        "floor_python": ["-c", "pass"],
        "floor_embed": ["-c", _EMBED, OPEN_QUESTION],
    }
    return {name: _starts(words, settings) for name, words in commands.items()}


def _starts(words: Sequence[str], settings: Mapping[str, str]) -> Timing:
    run(words, settings)  # the first one reads everything from the disk
    return timing(timed(lambda _: run(words, settings), range(STARTS)))

"""The web service as people start it: ``python app.py`` over a keyword-only index of the shipped documents.

In a process of its own, as gradio keeps event loops open that would outlive a test.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

_ROOT = Path(__file__).resolve().parents[2]
DAY = "2024-01-08"
_PATIENCE_S = 90
_PROGRAM = (str(_ROOT / "app.py"),)
BELOW = "/anze"
"""The path that the slow service is served under."""
SLOW = ("-m", "tests.fakes.slow_service")
"""The same service with an assistant that takes its time over every paragraph."""


@dataclass(frozen=True)
class Served:
    """A running service; ``url`` ends with a slash."""

    url: str
    process: subprocess.Popen[str]


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def start(folder: Path, port: int, program: Sequence[str] = _PROGRAM, **settings: str) -> subprocess.Popen[str]:
    """Start the service with its index and data in ``folder``; the plan's year is over on the day it reckons with."""
    kept: Mapping[str, str] = {k: v for k, v in os.environ.items() if not k.startswith(("ANZE_", "GRADIO_"))}
    own = {
        "ANZE_STORE": str(folder / "store"),
        "ANZE_DATA": str(folder / "data"),
        "ANZE_EMBEDDING": "none",
        "ANZE_TODAY": DAY,
        "ANZE_PORT": str(port),
        **settings,
    }
    return subprocess.Popen(
        [sys.executable, *program],
        cwd=_ROOT,
        env={**kept, **own},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def serving(
    folder: Path, port: int | None = None, program: Sequence[str] = _PROGRAM, **settings: str
) -> Iterator[Served]:
    """A service that answers and has opened its retriever; stopped at the end."""
    served = begin(folder, port, program, **settings)
    try:
        wait(served)
        yield served
    finally:
        stop(served.process)


def begin(folder: Path, port: int | None = None, program: Sequence[str] = _PROGRAM, **settings: str) -> Served:
    """A service that is starting, for whoever has something else to do meanwhile."""
    port = port or free_port()
    return Served(f"http://127.0.0.1:{port}/", start(folder, port, program, **settings))


def stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate(timeout=20)


def wait(served: Served) -> None:
    """Until it answers and its retriever is open. Raises where it ends or takes longer than anybody waits."""
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        if served.process.poll() is not None:
            raise RuntimeError(f"the service ended: {served.process.communicate()[1]}")
        try:
            if httpx.get(f"{served.url}api/health", timeout=5).json()["retrieval"] != "loading":
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the service did not answer")

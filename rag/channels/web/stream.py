"""A slow generator as a stream of lines: made in a thread, kept alive meanwhile, stopped when nobody listens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson

_log = logging.getLogger("anze.web")
HEARTBEAT_S = 5.0
AT_ONCE = 16
_END = None


class Workers:
    """Threads that answer; more questions than threads wait their turn."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="anze-answer")

    async def lines(self, work: Callable[[], Iterator[dict[str, Any]]], failed: dict[str, Any]) -> AsyncIterator[bytes]:
        """``work``'s objects as JSON lines, an empty line every few seconds in between.

        ``failed`` is sent where ``work`` raises. When the reader goes away, ``work`` is closed at its next object.
        """
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        gone = False

        def put(line: bytes | None) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, line)

        def run() -> None:
            try:
                for one in work():
                    if gone:
                        return
                    put(orjson.dumps(one) + b"\n")
            except Exception:  # the reply has begun: the last place where a defect can still become a sentence
                _log.exception("an answer failed")
                put(orjson.dumps(failed) + b"\n")
            finally:
                put(_END)

        task = loop.run_in_executor(self._threads, run)
        try:
            while True:
                try:
                    line = await asyncio.wait_for(queue.get(), HEARTBEAT_S)
                except TimeoutError:
                    yield b"\n"
                    continue
                if line is _END:
                    return
                yield line
        finally:
            gone = True
            task.cancel()

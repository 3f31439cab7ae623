"""An OpenAI-compatible chat server on loopback, with scripted behaviour: honest, lying, broken.

Real sockets and threads; what a client library really sends is what it reads. A script is a function from the request
to a ``Reply``; the ready-made ones below cover what endpoints and models do wrong.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_EVIDENCE = re.compile(r"^\[(\d+)\] 《([^》]*)》([^（\n]*)（[^）]*）\n(.*?)(?=\n\n\[\d+\] 《|\n</依据>)", re.M | re.S)
_FAILED = re.compile(r"^(\d+)\|", re.M)


@dataclass(frozen=True)
class Reply:
    """What the server does. ``parts`` are streamed, ``pause`` seconds before each; ``wait`` is before the headers;
    ``cut``: the connection is dropped after the parts; ``raw``: the body instead of an event stream.
    """

    parts: tuple[str, ...] = ()
    pause: float = 0.0
    wait: float = 0.0
    status: int = 200
    cut: bool = False
    raw: bytes | None = None


@dataclass(frozen=True)
class Asked:
    """One request: its headers, the whole body, and the user's message."""

    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        return "\n".join(str(message["content"]) for message in self.body["messages"])

    @property
    def evidence(self) -> list[tuple[int, str, str, str]]:
        """(number, title, label, text) of each clause offered."""
        return [(int(n), title, label.strip(), text) for n, title, label, text in _EVIDENCE.findall(self.prompt)]

    @property
    def repairs(self) -> list[int]:
        """The numbers of the sentences to be mended; empty for a first request."""
        block = re.search(r"<句子>\n(.*?)\n</句子>", self.prompt, re.S)
        return [int(n) for n in _FAILED.findall(block[1])] if block else []


Script = Callable[[Asked], Reply]


@dataclass
class LlmServer:
    """A running server. ``url`` is the base URL of the settings; ``asked`` are the requests so far."""

    script: Script
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    open_now: int = 0
    most_open: int = 0
    broken_pipes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def entered(self, asked: Asked) -> None:
        with self._lock:
            self.asked.append(asked)
            self.open_now += 1
            self.most_open = max(self.most_open, self.open_now)

    def left(self, *, broken: bool) -> None:
        with self._lock:
            self.open_now -= 1
            self.broken_pipes += broken


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    llm: LlmServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = Asked(dict(self.headers), json.loads(body))
        self.llm.entered(asked)
        broken = False
        try:
            self._reply(self.llm.script(asked))
        except OSError:
            broken = True
            self.close_connection = True
        finally:
            self.llm.left(broken=broken)

    def _reply(self, reply: Reply) -> None:
        time.sleep(reply.wait)
        if reply.raw is not None or reply.status != 200:
            content = reply.raw if reply.raw is not None else b'{"error": {"message": "no"}}'
            self.send_response(reply.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in reply.parts:
            time.sleep(reply.pause)
            self._event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": part}}]})
        if reply.cut:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _event(self, extra: dict[str, Any]) -> None:
        event = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "fake", **extra}
        self._chunk(b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test's output is not the place."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is expected here."""


@contextmanager
def serving(script: Script, port: int = 0) -> Iterator[LlmServer]:
    """A server that behaves as ``script`` says, on a free port of loopback unless one is given."""
    llm = LlmServer(script)
    handler = type("Handler", (_Handler,), {"llm": llm})
    server = _Server(("127.0.0.1", port), handler)
    llm.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield llm
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def tokens(text: str, size: int = 4) -> tuple[str, ...]:
    """``text`` in pieces as a model streams it."""
    return tuple(text[at : at + size] for at in range(0, len(text), size))


def says(text: str, **how: Any) -> Script:
    """Always this text."""
    return lambda _: Reply(tokens(text), **how)


def does(**how: Any) -> Script:
    """Always this behaviour."""
    return lambda _: Reply(**how)


def in_turn(*scripts: Script) -> Script:
    """One script a request; the last one goes on."""
    left = list(scripts)

    def script(asked: Asked) -> Reply:
        chosen = left.pop(0) if len(left) > 1 else left[0]
        return chosen(asked)

    return script


def first_sentence(text: str) -> str:
    """The first full sentence of a clause, heading left out: what an honest paraphraser may start from."""
    body = re.sub(r"^(?:第[一二三四五六七八九十百]+条[\s\u3000]*|\d+\.)", "", text)
    lines = [re.sub(r"^（[一二三四五六七八九十]+）", "", line) for line in body.split("\n")]
    sentences = [part for line in lines for part in re.findall(r"[^。；]+[。；]", line) if "下列" not in part]
    return sentences[0] if sentences else body


def honest(asked: Asked) -> Reply:
    """Retells the first sentence of each of the first clauses offered, rightly cited."""
    said = [f"{first_sentence(text).rstrip('。；')}。[{number}]" for number, _, _, text in asked.evidence[:3]]
    return Reply(tokens("".join(said)))


def liar(change: Callable[[str], str]) -> Script:
    """As ``honest``, every sentence changed."""

    def script(asked: Asked) -> Reply:
        said = [
            f"{change(first_sentence(text)).rstrip('。；')}。[{number}]" for number, _, _, text in asked.evidence[:3]
        ]
        return Reply(tokens("".join(said)))

    return script


MODES: dict[str, Script] = {
    "honest": honest,
    "liar": liar(lambda text: text.replace("应当", "可以").replace("不得", "可以")),
    "mixed": lambda asked: (honest if len(asked.prompt) % 2 else MODES["liar"])(asked),
    "down": does(status=500),
}


def main() -> None:
    """``python -m tests.fakes.llm_server [MODE] [PORT]``: serve until stopped, for trying things by hand."""
    import sys

    mode, port = [*sys.argv[1:2], "mixed"][0], int([*sys.argv[2:3], "0"][0])
    with serving(MODES[mode], port) as server:
        print(server.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()

"""Any OpenAI-compatible endpoint, through llama-index. Imported, with llama-index, when the first question needs it."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, Queue
from threading import BoundedSemaphore, Event, Lock, Thread, local
from time import monotonic
from typing import TYPE_CHECKING, Any

from rag.generate.model import Cause, Message, ModelFailure

if TYPE_CHECKING:
    import httpx
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.llms.openai_like import OpenAILike

_log = logging.getLogger("anze.llm")

MOST_CHARACTERS = 8000
"""Nobody writes more about a handful of clauses; what comes after is not read."""
_CONNECT_S = 5.0
_WAIT_S = 1.0
_MOST_TOKENS = 1500
_WINDOW = 32_000

_Part = str | ModelFailure | None
"""What the reading thread hands over: a piece of text, a failure, or the end."""


class EndpointModel:
    """``key`` never leaves this object but to the endpoint: it is in no log, no error and no repr."""

    def __init__(self, base_url: str, model: str, key: str, timeout_s: float, concurrency: int) -> None:
        self._base_url, self._model, self._key, self._timeout_s = base_url, model, key, timeout_s
        self._slots = BoundedSemaphore(concurrency)
        self._opening = Lock()
        self._opened: OpenAILike | None = None
        self._thread = local()

    def __repr__(self) -> str:
        return f"EndpointModel({self._model!r})"

    @property
    def name(self) -> str:
        return self._model

    def stream(self, messages: Sequence[Message], seconds: float) -> Iterator[str]:
        """See ``LanguageModel``. A request that waits longer than a second for a free slot fails as busy."""
        end = monotonic() + seconds
        if not self._slots.acquire(timeout=min(_WAIT_S, seconds)):
            raise ModelFailure(Cause.BUSY)
        job = _Job()
        Thread(target=self._read, args=(messages, job), name="anze-llm", daemon=True).start()
        try:
            yield from _parts(job, end)
        finally:
            job.cancel()

    def _read(self, messages: Sequence[Message], job: _Job) -> None:
        """Reads one reply; holds its slot until the connection is really done with."""
        try:
            self._thread.job = job
            llm = self._client()
            got = 0
            for response in llm.stream_chat(_chat(messages), max_tokens=_MOST_TOKENS):
                got += len(response.delta or "")
                if job.cancelled.is_set() or got > MOST_CHARACTERS:
                    break
                job.parts.put(response.delta or "")
            job.parts.put(None)
        except Exception as error:  # the last boundary of this thread: whatever an endpoint does ends as a failure
            cause = _cause(error)
            if not job.cancelled.is_set():
                _log.info("the language model failed: %s (%s)", cause.name.lower(), type(error).__name__)
            job.parts.put(ModelFailure(cause))
        finally:
            job.cancel()
            self._slots.release()

    def _client(self) -> OpenAILike:
        with self._opening:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def _open(self) -> OpenAILike:
        import httpx
        from llama_index.llms.openai_like import OpenAILike

        def remember(response: httpx.Response) -> None:
            self._thread.job.response = response

        timeout = httpx.Timeout(self._timeout_s, connect=min(_CONNECT_S, self._timeout_s))
        client = httpx.Client(
            timeout=timeout,
            event_hooks={"response": [remember]},
            limits=httpx.Limits(max_keepalive_connections=0),  # a shut connection must not serve another question
        )
        weakref.finalize(self, client.close)  # shut connections stay open files until then
        options: dict[str, Any] = {"http_client": client}  # taken by the constructor, though no field of the class
        return OpenAILike(
            model=self._model,
            api_base=self._base_url,
            api_key=self._key or "none",
            is_chat_model=True,
            context_window=_WINDOW,
            temperature=0.1,
            max_retries=0,
            timeout=self._timeout_s,
            **options,
        )


class _Job:
    """One request between the thread that reads and the one that waits."""

    def __init__(self) -> None:
        self.parts: Queue[_Part] = Queue()
        self.cancelled = Event()
        self.response: httpx.Response | None = None

    def cancel(self) -> None:
        """End the request now, also where the thread waits for bytes that never come."""
        self.cancelled.set()
        stream = self.response.extensions.get("network_stream") if self.response is not None else None
        sock = stream.get_extra_info("socket") if stream is not None else None
        if sock is not None:
            _shut(sock.shutdown)


def _shut(shutdown: Callable[[int], Any]) -> None:
    import socket

    try:
        shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # closed already


def _parts(job: _Job, end: float) -> Iterator[str]:
    while True:
        try:
            part = job.parts.get(timeout=max(0.001, end - monotonic()))
        except Empty:
            raise ModelFailure(Cause.SLOW) from None
        if part is None:
            return
        if isinstance(part, ModelFailure):
            raise part
        if part:
            yield part
        if monotonic() >= end:
            raise ModelFailure(Cause.SLOW)


def _chat(messages: Sequence[Message]) -> list[ChatMessage]:
    from llama_index.core.base.llms.types import ChatMessage

    return [ChatMessage(role=message.role, content=message.content) for message in messages]


def _cause(error: Exception) -> Cause:
    """What an exception of the client libraries means. Their texts may repeat the key and are not used."""
    import httpx
    import openai

    if isinstance(error, openai.APITimeoutError | httpx.TimeoutException):
        return Cause.SLOW
    if isinstance(error, openai.RateLimitError):
        return Cause.BUSY
    if isinstance(error, openai.InternalServerError):
        return Cause.DOWN
    if isinstance(error, openai.APIStatusError):
        return Cause.REFUSED
    if isinstance(error, openai.APIConnectionError | httpx.ConnectError):
        return Cause.DOWN
    if isinstance(error, httpx.TransportError):
        return Cause.CUT
    return Cause.BROKEN

"""``python -m tests.fakes.slow_service``: the web service with an assistant whose answers grow before one's eyes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from rag.assistant import Assistant
from rag.model import Answer, Question

PAUSE_S = 0.25


class Slow(Assistant):
    """A real assistant that hands out its answer a paragraph at a time."""

    def __init__(self, real: Assistant) -> None:
        super().__init__(real.library, real.reader, lambda: real.retriever)
        self._real = real

    def stream(self, question: Question) -> Iterator[Answer]:
        whole = self._real.ask(question)
        parts = whole.text.split("\n\n")
        for count in range(1, len(parts)):
            yield replace(whole, text="\n\n".join(parts[:count]))
            time.sleep(PAUSE_S)
        yield whole


def main() -> None:
    """Serve until ended, with the settings of the environment."""
    import uvicorn

    from rag.channels.web.serve import ready
    from rag.channels.web.server import create_app
    from rag.settings import load_settings

    settings = load_settings()
    app = create_app(Slow(ready(settings)), settings, lambda: "")
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", timeout_graceful_shutdown=1)


if __name__ == "__main__":
    main()

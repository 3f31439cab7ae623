"""安责 inside a bot you already have: hand ``reply`` a message, send back the pieces it returns, in order."""

import sys

from index.errors import AnzeError
from rag.channels.wecom.render import render
from rag.model import Question
from rag.settings import load_settings
from rag.wiring import Reloading, build

settings = load_settings()
build(settings)  # quick where nothing has changed
assistant = Reloading(settings)


def reply(text: str, department: str | None = None, max_bytes: int = 20_480) -> tuple[str, ...]:
    """Markdown messages of at most ``max_bytes`` bytes each, with cited sources; thread-safe."""
    try:
        return render(assistant.ask(Question(text, department)), max_bytes, web_url=settings.web_url).pieces
    except AnzeError as error:
        return (str(error),)


if __name__ == "__main__":
    print("\n\n".join(reply(" ".join(sys.argv[1:]), settings.org)))

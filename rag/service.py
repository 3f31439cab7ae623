"""The web service as ``python app.py`` starts it: the page and, where they are configured, WeChat Work's callbacks.

Channels know nothing of one another; what is made of two of them is put together here, above them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rag.assistant import Assistant
from rag.channels.web import serve
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.channels.wecom.bot import Bot


def main(environ: Mapping[str, str] | None = None) -> int:
    """Serve until interrupted. Exit status 0, or 1 where it cannot start."""
    return serve.main(environ, callbacks)


def callbacks(settings: Settings) -> Callable[[Assistant], Bot] | None:
    """What answers WeChat Work's callbacks over an assistant; ``None`` where none is configured.

    The long connection is no route: ``anze bot`` keeps it. Raises ``SettingsError`` for what is half configured.
    """
    if not any((settings.wecom_bot_token, settings.wecom_bot_aes_key, settings.wecom_token, settings.wecom_aes_key)):
        return None
    from rag.channels.wecom.bot import CALLBACKS, Bot, configured
    from rag.channels.wecom.run import log_to_stderr
    from rag.channels.wecom.runtime import Runtime
    from rag.history.database import open_engine

    ways = tuple(way for way in configured(settings) if way in CALLBACKS)
    log_to_stderr(False)
    return lambda assistant: Bot(settings, assistant, open_engine(settings), Runtime(), ways)

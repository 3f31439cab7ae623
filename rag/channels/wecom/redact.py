"""Keep secrets out of logs, also out of those that the libraries write."""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from typing import Any

MASK = "***"

_PARAMETER = re.compile(
    r"(?i)\b(access_token|corpsecret|corpid|secret|response_code|msg_signature|key)(=|%3D)[^&\s\"'<>]+"
)
_FIELD = re.compile(r"(?i)([\"'](?:access_token|corpsecret|secret|aeskey|response_url)[\"']\s*:\s*)[\"'][^\"']*[\"']")
_LOUD = ("httpx", "httpcore.http11", "httpcore.connection", "httpcore.proxy")


def redact(text: str) -> str:
    """``text`` without the values of secret parameters and fields."""
    return _FIELD.sub(rf'\1"{MASK}"', _PARAMETER.sub(rf"\1\2{MASK}", text))


class Redacting(logging.Filter):
    """Rewrites each record it sees; lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            message = str(record.msg)  # the arguments do not fit; they may be secrets
        record.msg, record.args = redact(message), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
        return True


def shield() -> None:
    """Have the HTTP client's loggers redacted: they write whole addresses, and the vendor puts tokens into those.

    Called by whoever makes a client; a second call changes nothing.
    """
    for name in _LOUD:
        logger = logging.getLogger(name)
        if not any(isinstance(each, Redacting) for each in logger.filters):
            logger.addFilter(Redacting())


class Discreet(logging.LoggerAdapter[logging.Logger]):
    """A logger for the socket library that never writes below INFO, where it would write whole frames."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 (the standard library's name)
        return level >= logging.INFO and self.logger.isEnabledFor(level)

    def process(self, msg: object, kwargs: MutableMapping[str, Any]) -> tuple[object, MutableMapping[str, Any]]:
        return msg, kwargs


def socket_logger() -> Discreet:
    """The logger to give to ``websockets``."""
    return Discreet(logging.getLogger("rag.channels.wecom.socket"), {})

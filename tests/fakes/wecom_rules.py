"""The vendor's rules that the fake servers share: bytes a message, messages a minute, cards, uploads."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict, deque
from typing import Any

MOST_BYTES = 20_480
CHUNK_BYTES = 512 * 1024
ROOM_WINDOWS = ((30, 60.0), (1000, 3600.0))
_TASK_ID = re.compile(r"[0-9A-Za-z_@-]{1,128}")


def text_problem(text: str, most: int = MOST_BYTES) -> str | None:
    """What is wrong with a message's text."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return "broken character"
    if not text.strip():
        return "blank"
    if size > most:
        return f"{size} bytes"
    return "broken character" if "\ufffd" in text else None


class Counts:
    """Messages a key in sliding windows."""

    def __init__(self, windows: tuple[tuple[int, float], ...] = ROOM_WINDOWS) -> None:
        self._windows = windows
        self._times: dict[str, deque[float]] = defaultdict(deque)

    def problem(self, key: str, now: float) -> str | None:
        """Count one, unless it is one too many."""
        times = self._times[key]
        for most, seconds in self._windows:
            if sum(1 for at in times if at > now - seconds) >= most:
                return f"more than {most} messages in {seconds:g} s in {key}"
        times.append(now)
        return None


class CardRules:
    """Template cards of one bot."""

    def __init__(self) -> None:
        self._task_ids: set[str] = set()

    def problem(self, card: dict[str, Any], *, new: bool) -> str | None:
        task_id, buttons = card.get("task_id", ""), card.get("button_list", [])
        if not _TASK_ID.fullmatch(task_id):
            return f"task_id {task_id!r}"
        if new and task_id in self._task_ids:
            return f"task_id {task_id} used twice"
        self._task_ids.add(task_id)
        if card["card_type"] == "button_interaction" and not 1 <= len(buttons) <= 6:
            return f"{len(buttons)} buttons"
        return "no card_action" if card["card_type"] == "text_notice" and "card_action" not in card else None


class Uploads:
    """Files in chunks: init, chunk, finish. Finished ones go into ``files`` (media id → name and bytes)."""

    def __init__(self, files: dict[str, tuple[str, bytes]]) -> None:
        self._files = files
        self._open: dict[str, dict[str, Any]] = {}

    def step(self, step: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The error code, and the answer's body."""
        if step == "init":
            upload_id = f"upload-{len(self._open)}"
            self._open[upload_id] = {**body, "chunks": {}}
            return 0, {"upload_id": upload_id}
        upload = self._open.get(body.get("upload_id", ""))
        if upload is None:
            return 40007, {}
        if step == "chunk":
            data = base64.b64decode(body["base64_data"], validate=True)
            if not 0 < len(data) <= CHUNK_BYTES or not 0 <= body["chunk_index"] < min(upload["total_chunks"], 100):
                return 40007, {}
            upload["chunks"][body["chunk_index"]] = data
            return 0, {}
        whole = b"".join(upload["chunks"][index] for index in sorted(upload["chunks"]))
        if len(whole) != upload["total_size"] or hashlib.md5(whole).hexdigest() != upload["md5"]:
            return 40007, {}
        media_id = f"media-{len(self._files)}"
        self._files[media_id] = (upload["filename"], whole)
        return 0, {"media_id": media_id, "type": upload["type"]}

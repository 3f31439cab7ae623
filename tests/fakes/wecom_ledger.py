"""``model.Ledger`` in memory: what arrived and what was acknowledged outlives the bot, but not the process."""

from __future__ import annotations

from rag.channels.wecom.model import Incoming


class MemoryLedger:
    """Keeps messages as JSON, as a database would."""

    def __init__(self) -> None:
        self.messages: dict[str, Incoming] = {}
        self.finished: set[str] = set()
        self.pieces: dict[str, set[str]] = {}

    def take(self, incoming: Incoming) -> bool:
        if incoming.msgid in self.messages:
            return False
        self.messages[incoming.msgid] = Incoming.from_json(incoming.to_json())
        return True

    def done(self, msgid: str) -> None:
        self.finished.add(msgid)

    def pending(self) -> tuple[Incoming, ...]:
        return tuple(message for msgid, message in self.messages.items() if msgid not in self.finished)

    def sent(self, msgid: str) -> frozenset[str]:
        return frozenset(self.pieces.get(msgid, ()))

    def mark(self, msgid: str, piece: str) -> None:
        self.pieces.setdefault(msgid, set()).add(piece)

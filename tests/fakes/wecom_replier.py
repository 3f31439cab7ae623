"""A replier that only remembers what it was told, behind the real protocol (``rag.channels.wecom.model.Replier``)."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.channels.wecom.model import BOT_MESSAGE_BYTES, Card, Limits, Undelivered


@dataclass
class Recorder:
    """``sent`` is what a user would see in the end, in order: the kind of piece and the piece."""

    max_bytes: int = BOT_MESSAGE_BYTES
    streams: bool = True
    cards: bool = True
    files: bool = True
    uploads: bool = True
    snapshots: list[str] = field(default_factory=list)
    sent: list[tuple[str, object]] = field(default_factory=list)

    @property
    def limits(self) -> Limits:
        return Limits(self.max_bytes, self.streams, self.cards, self.files)

    @property
    def texts(self) -> list[str]:
        """The messages with text."""
        return [str(piece) for kind, piece in self.sent if kind in ("stream", "markdown")]

    @property
    def text(self) -> str:
        """All of it."""
        return "\n\n".join(self.texts)

    @property
    def card_sent(self) -> Card:
        """The last card, however it was sent."""
        return [piece for _, piece in self.sent if isinstance(piece, Card)][-1]

    async def stream(self, text: str, *, finish: bool = False) -> None:
        assert text.strip()
        if finish:
            self._check(text)
            self.sent.append(("stream", text))
        else:
            assert self.streams
            self.snapshots.append(text)

    async def markdown(self, text: str) -> None:
        self._check(text)
        self.sent.append(("markdown", text))

    async def card(self, card: Card) -> None:
        self.sent.append(("card", card))

    async def file(self, name: str, data: bytes) -> None:
        assert self.files
        if not self.uploads:
            raise Undelivered("文件没能上传。")
        self.sent.append(("file", (name, data)))

    async def welcome(self, text: str = "", card: Card | None = None) -> bool:
        self.sent.append(("welcome", card or text))
        return True

    async def update_card(self, card: Card) -> bool:
        self.sent.append(("update", card))
        return True

    def _check(self, text: str) -> None:
        """What the transports would have to mend is a fault of the service."""
        assert text.strip()
        assert len(text.encode()) <= self.max_bytes

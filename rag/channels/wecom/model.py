"""What passes between the transports (long connection, callbacks) and the service that answers.

A transport turns what arrives into an ``Incoming``, keeps it in the ``Inbox`` before anything else, and calls the
``Handler`` with a ``Replier`` for it. Exactly once rests on three things: the inbox knows every message id; a message
that was taken but not done is handled again after a restart; and the replier numbers what it sends, so that a handler
that runs again with the same message sends only what the ``Outbox`` does not know as acknowledged.

Errors: WecomError        something of WeChat Work failed
        ├── Undelivered   a message cannot be delivered any more
        └── Stopped       the transport has ended for good (wrong secret, connection taken over); says what to mend
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from index.errors import AnzeError

BOT_MESSAGE_BYTES = 20_480
APP_MESSAGE_BYTES = 2_048
WEBHOOK_MESSAGE_BYTES = 4_096
MAX_BUTTONS = 6
PLACEHOLDER = "正在查阅条款，请稍候……"
EVENT_REPLY_S = 5.0


class WecomError(AnzeError):
    """Something of WeChat Work failed; ``code`` is the vendor's errcode, 0 where there is none."""

    def __init__(self, message: str, remedy: str = "", *, code: int = 0) -> None:
        super().__init__(message, remedy)
        self.code = code


class Undelivered(WecomError):
    """The message cannot be delivered: refused for good, no valid recipient, or too late."""


class Stopped(WecomError):
    """The transport has ended for good and will not come back by itself."""


class Channel(StrEnum):
    """How a message came in."""

    LONG = "long"
    BOT_CALLBACK = "bot_callback"
    APP = "app"


class Kind(StrEnum):
    """What came in. ``MEDIA`` is anything without words (a picture, a file, a place). ``OTHER`` is not answered."""

    TEXT = "text"
    VOICE = "voice"
    MIXED = "mixed"
    MEDIA = "media"
    CARD_EVENT = "card_event"
    ENTER_CHAT = "enter_chat"
    FEEDBACK = "feedback"
    OTHER = "other"

    @property
    def message(self) -> bool:
        """Whether a person wrote it, so that it is answered by a stream."""
        return self in (Kind.TEXT, Kind.VOICE, Kind.MIXED, Kind.MEDIA)


class Verdict(StrEnum):
    """A reader's feedback on an answer."""

    GOOD = "good"
    BAD = "bad"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class CardEvent:
    """A button of a card was pressed: its key, the card's task id, and what was selected (key → option ids)."""

    key: str
    task_id: str
    selected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Feedback:
    """``id`` is the ``feedback_id`` of the message that was answered; ``comment`` is the reader's words, or empty."""

    id: str
    verdict: Verdict
    comment: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handle:
    """What a transport needs to answer a message, also after a restart. Nobody else looks into it."""

    req_id: str = ""
    stream_id: str = ""
    response_url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that arrived. ``text`` has the robot's leading @-name removed; ``quote`` is a quoted message's words.

    ``chat_id`` is empty in a single chat. ``received`` is seconds since 1970. ``mentioned`` is false where a group
    message names nobody, or everybody; the platform should not deliver those.
    """

    msgid: str
    channel: Channel
    kind: Kind
    sender: str
    received: float
    chat_id: str = ""
    text: str = ""
    quote: str = ""
    card: CardEvent | None = None
    feedback: Feedback | None = None
    mentioned: bool = True
    handle: Handle = Handle()

    @property
    def feedback_id(self) -> str:
        """What ``Feedback.id`` will be when somebody judges the answer to this message."""
        return self.handle.stream_id

    @property
    def group(self) -> bool:
        return bool(self.chat_id)

    @property
    def conversation(self) -> str:
        """The key of a session: ``userid``, or ``chatid:userid`` in a group. An app's window is one of its own."""
        if self.channel is Channel.APP:
            return f"app:{self.sender}"
        return f"{self.chat_id}:{self.sender}" if self.chat_id else self.sender

    @property
    def room(self) -> str:
        """Where replies appear, and what the vendor's limits count: the group, or the single chat."""
        return self.chat_id or self.sender

    def to_json(self) -> dict[str, Any]:
        """For the inbox; plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Incoming:
        """The inverse of ``to_json``. Raises ``KeyError``, ``TypeError`` or ``ValueError`` for anything else."""
        card, feedback = raw.get("card"), raw.get("feedback")
        made = {
            **raw,
            "channel": Channel(raw["channel"]),
            "kind": Kind(raw["kind"]),
            "handle": Handle(**raw["handle"]),
            "card": card and CardEvent(**{**card, "selected": {k: tuple(v) for k, v in card["selected"].items()}}),
            "feedback": feedback
            and Feedback(
                **{**feedback, "verdict": Verdict(feedback["verdict"]), "reasons": tuple(feedback["reasons"])}
            ),
        }
        return cls(**made)


@dataclass(frozen=True, slots=True)
class Button:
    """``key`` comes back in ``CardEvent.key``. ``style``: 1 blue, 2 light, 3 red, 4 grey."""

    text: str
    key: str
    style: int = 1


@dataclass(frozen=True, slots=True)
class Card:
    """A template card: with buttons (at most ``MAX_BUTTONS``) it can be pressed; without, it opens ``url``.

    ``task_id`` is unique for a bot: ``[0-9A-Za-z_@-]``, at most 128 bytes.
    """

    task_id: str
    title: str
    description: str = ""
    buttons: tuple[Button, ...] = ()
    url: str = ""
    source: str = "安责"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a replier's channel can carry. ``streams`` is false where only the finished text is ever sent.

    ``further`` is how many messages may follow the first; more raise ``Undelivered``.
    """

    max_bytes: int
    streams: bool
    cards: bool = True
    files: bool = True
    further: int = 1000


class Replier(Protocol):
    """Answers one ``Incoming``; made by the transport, used by one handler call, all on the transport's event loop.

    Every method that sends waits for the acknowledgement, for the rate limits (30 a minute and 1 000 an hour a room,
    shared with pushes), and for the connection to come back; it retries by itself. Raises ``Undelivered`` where no
    retry can help. The n-th sending call of a handler that runs again is skipped where the outbox has it, so a handler
    must send its pieces in the same order each time. A stream sent twice shows once; a further message whose
    acknowledgement was lost may show twice, because losing it would be worse.

    The transport itself sends a placeholder (``PLACEHOLDER``) before the handler is called.
    """

    @property
    def limits(self) -> Limits: ...

    async def stream(self, text: str, *, finish: bool = False) -> None:
        """Show ``text``, the whole answer so far (markdown), in place of what the stream showed before.

        Unfinished snapshots return at once and are coalesced: only the newest goes out after the last acknowledgement,
        and none where ``limits.streams`` is false. ``finish`` waits for the acknowledgement; text longer than
        ``limits.max_bytes`` UTF-8 bytes is cut at a line or sentence, the rest follows as further messages. A stream is
        finished by the transport before the vendor's limit (``wecom_stream_limit_s``); the final text then comes as a
        message of its own. Feedback on it names ``incoming.feedback_id``.
        """

    async def markdown(self, text: str) -> None:
        """A further message in the same room, split like ``stream`` where it is too long."""

    async def card(self, card: Card) -> None:
        """A card in the same room; as text where ``limits.cards`` is false."""

    async def file(self, name: str, data: bytes) -> None:
        """Upload and send a file (at most 20 MB). Raises ``Undelivered`` where ``limits.files`` is false."""

    async def welcome(self, text: str = "", card: Card | None = None) -> bool:
        """Answer ``ENTER_CHAT``, once, by one of the two; false where 5 s have passed and nothing was sent."""

    async def update_card(self, card: Card) -> bool:
        """Answer ``CARD_EVENT`` by a changed card with the same task id; false where 5 s have passed."""


class Handler(Protocol):
    """The service. Calls for one conversation run one after another, in the order the messages came."""

    async def handle(self, incoming: Incoming, replier: Replier) -> None:
        """Answer ``incoming``. It is done when this returns, and handled again after a restart when it did not.

        An ``AnzeError`` is told to the user; anything else is logged without the message, and the user gets an apology.
        """


class Inbox(Protocol):
    """Every message that arrived, kept over restarts; called in a worker thread, one call at a time a message."""

    def take(self, incoming: Incoming) -> bool:
        """Keep it. False where this ``msgid`` is known (for at least 10 minutes, also when done): a duplicate."""

    def done(self, msgid: str) -> None:
        """It needs no more handling; the id stays known."""

    def pending(self) -> tuple[Incoming, ...]:
        """What was taken but not done, oldest first; asked for once, when a transport starts."""


class Outbox(Protocol):
    """Which pieces of the answer to a message were acknowledged, kept until the message is forgotten."""

    def sent(self, msgid: str) -> frozenset[str]:
        """The pieces' names (``stream``, ``1``, ``2``, …)."""

    def mark(self, msgid: str, piece: str) -> None:
        """This piece was acknowledged."""


class Ledger(Inbox, Outbox, Protocol):
    """Both, as one store keeps them."""


class Transport(Protocol):
    """A running way in. ``run`` handles what is pending, then serves until cancelled; cancelling is a clean shutdown.

    What is in progress at a cancellation is given a moment to finish, else it stays pending. Raises ``Stopped``.
    """

    async def run(self) -> None: ...


class Pusher(Protocol):
    """Sends without being asked, to a room whose members wrote to the bot before. Raises ``Undelivered``."""

    async def push(self, room: str, text: str, *, group: bool) -> None: ...

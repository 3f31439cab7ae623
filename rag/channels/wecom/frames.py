"""The vendor's JSON, as the long connection and the 智能机器人 callback share it: messages in, bodies out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from rag.channels.wecom.model import Card, CardEvent, Channel, Feedback, Handle, Incoming, Kind, Verdict

Json = Mapping[str, Any]

WRONG_SECRET = 853000
NOT_SUBSCRIBED = 846609
STREAM_GONE = frozenset({846605, 846608})
BUSY = frozenset({-1})
RATE = frozenset({45009, 45033})

_EVENTS = {
    "enter_chat": Kind.ENTER_CHAT,
    "template_card_event": Kind.CARD_EVENT,
    "feedback_event": Kind.FEEDBACK,
}
_VERDICTS = {1: Verdict.GOOD, 2: Verdict.BAD, 3: Verdict.WITHDRAWN}
_LEADING_NAME = re.compile(r"\s*@([^\s\u2005]+)(?:[\s\u2005]+|$)")
_EVERYBODY = frozenset({"所有人", "all", "All"})
_SYSTEM_SENDERS = frozenset({"", "sys"})
MAX_ID = 190


def read_message(
    body: Json, *, channel: Channel, bot_id: str, received: float, req_id: str = "", limit: int = 8000
) -> Incoming | None:
    """One callback body. ``None`` for what nobody may be answered for: another bot's, the system's, a group without id.

    Text is cut at ``limit`` characters. Never raises, whatever the values are.
    """
    sender, msgid = text_at(body, "from", "userid"), _msgid(body)
    group, chat_id = text_at(body, "chattype") == "group", text_at(body, "chatid")
    # A connection belongs to one bot, whatever a frame leaves out; a callback's words are all there is.
    own = meant_for(body, bot_id) and (bool(text_at(body, "aibotid")) or not bot_id or channel is Channel.LONG)
    if not own or sender in _SYSTEM_SENDERS or not 0 < len(msgid) <= MAX_ID or (group and not chat_id):
        return None
    kind = _kind(body)
    words = _words(body)[:limit]
    stripped, mentioned = strip_mention(words) if group and kind.message else (words, True)
    return Incoming(
        msgid=msgid,
        channel=channel,
        kind=kind,
        sender=sender,
        received=received,
        chat_id=chat_id if group else "",
        text=stripped.strip(),
        quote=_quote(body)[:limit],
        card=_card_event(body) if kind is Kind.CARD_EVENT else None,
        feedback=_feedback(body) if kind is Kind.FEEDBACK else None,
        mentioned=mentioned or kind is not Kind.TEXT,
        handle=Handle(req_id, stream_id_of(msgid), text_at(body, "response_url")),
    )


def meant_for(body: Json, bot_id: str) -> bool:
    """Whether ``body`` names no other bot; any will do where ``bot_id`` is not known."""
    return not bot_id or text_at(body, "aibotid") in ("", bot_id)


def event_type(body: Json) -> str:
    """The type of an event body, else empty."""
    return text_at(body, "event", "eventtype")


def strip_mention(text: str) -> tuple[str, bool]:
    """A group text without the name it begins with (所有人 aside), and whether it names anybody in particular."""
    found = _LEADING_NAME.match(text)
    if found is None:
        return text, "@" in text
    rest = text[found.end() :]
    return strip_mention(rest) if found[1] in _EVERYBODY else (rest, True)


def stream_id_of(msgid: str) -> str:
    """The id of the stream that answers ``msgid``: always the same, so that a repeated answer shows once."""
    return hashlib.sha256(msgid.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def text_at(raw: Any, *path: str) -> str:
    """The string at ``path``, else empty."""
    for name in path:
        raw = raw.get(name) if isinstance(raw, Mapping) else None
    return raw if isinstance(raw, str) else ""


def stream_body(stream_id: str, content: str, *, finish: bool, first: bool) -> dict[str, Any]:
    """``content`` is the whole text so far; the feedback id goes with the first frame."""
    stream: dict[str, Any] = {"id": stream_id, "finish": finish, "content": content}
    if first:
        stream["feedback"] = {"id": stream_id}
    return {"msgtype": "stream", "stream": stream}


def markdown_body(text: str) -> dict[str, Any]:
    return {"msgtype": "markdown", "markdown": {"content": text}}


def text_body(text: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": text}}


def file_body(media_id: str) -> dict[str, Any]:
    return {"msgtype": "file", "file": {"media_id": media_id}}


def card_body(card: Card) -> dict[str, Any]:
    """A card without buttons and address cannot be pressed, which the vendor does not allow: its words then."""
    if not card.buttons and not card.url:
        return markdown_body(card_text(card))
    return {"msgtype": "template_card", "template_card": template_card(card)}


def update_body(card: Card) -> dict[str, Any]:
    """The answer to a pressed button: the same card, changed."""
    return {"response_type": "update_template_card", "template_card": template_card(card)}


_MOST_DESC = 30  # characters the client shows beside a title; 112 below it


def template_card(card: Card) -> dict[str, Any]:
    made: dict[str, Any] = {
        "card_type": "button_interaction" if card.buttons else "text_notice",
        "source": {"desc": card.source},
        "main_title": {"title": card.title},
        "task_id": card.task_id,
    }
    if len(card.description) <= _MOST_DESC:
        made["main_title"]["desc"] = card.description
    else:
        made["sub_title_text"] = card.description
    if card.buttons:
        made["button_list"] = [{"text": b.text, "style": b.style, "key": b.key} for b in card.buttons]
    if card.url:
        made["card_action"] = {"type": 1, "url": card.url}
    return made


def card_text(card: Card) -> str:
    """The card's words, where no card can be shown."""
    link = f"[{card.url}]({card.url})" if card.url else ""
    return "\n\n".join(part for part in (f"**{card.title}**", card.description, link) if part)


def _msgid(body: Json) -> str:
    if given := text_at(body, "msgid"):
        return given
    if not (event := event_type(body)):
        return ""
    created = body.get("create_time")
    return f"{text_at(body, 'from', 'userid')}:{created}:{event}" if isinstance(created, int) else ""


def _kind(body: Json) -> Kind:
    name = text_at(body, "msgtype")
    if name == "event":
        return _EVENTS.get(event_type(body), Kind.OTHER)
    return Kind(name) if name in ("text", "voice", "mixed") else Kind.MEDIA


def _words(body: Json) -> str:
    name = text_at(body, "msgtype")
    if name == "mixed":
        return "\n".join(
            part for item in _items(body, "mixed", "msg_item") if (part := text_at(item, "text", "content"))
        )
    return text_at(body, name, "content") if name in ("text", "voice") else ""


def _quote(body: Json) -> str:
    quote = body.get("quote")
    return _words(quote) if isinstance(quote, Mapping) else ""


def _card_event(body: Json) -> CardEvent:
    event = _inside(body, "event", "template_card_event")
    selected = {
        text_at(item, "question_key"): tuple(o for o in _items(item, "option_ids", "option_id") if isinstance(o, str))
        for item in _items(event, "selected_items", "selected_item")
    }
    return CardEvent(text_at(event, "event_key"), text_at(event, "task_id"), selected)


def _feedback(body: Json) -> Feedback:
    event = _inside(body, "event", "feedback_event")
    reasons = event.get("inaccurate_reason_list")
    given = event.get("type")
    return Feedback(
        id=text_at(event, "id"),
        verdict=_VERDICTS.get(given if isinstance(given, int) else 0, Verdict.WITHDRAWN),
        comment=text_at(event, "content"),
        reasons=tuple(str(reason) for reason in reasons) if isinstance(reasons, list) else (),
    )


def _inside(raw: Any, *path: str) -> Json:
    for name in path:
        raw = raw.get(name) if isinstance(raw, Mapping) else None
    return raw if isinstance(raw, Mapping) else {}


def _items(raw: Any, *path: str) -> Sequence[Any]:
    """The list at ``path``; the last name may be missing, as the vendor has both forms."""
    *most, last = path
    holder: Any = raw
    for name in most:
        holder = holder.get(name) if isinstance(holder, Mapping) else None
    found = holder.get(last) if isinstance(holder, Mapping) else holder
    return found if isinstance(found, list) else ()

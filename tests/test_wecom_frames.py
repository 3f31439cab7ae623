"""What the vendor sends, read: any JSON is a message or is ignored. And texts cut to fit."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rag.channels.wecom import frames, limits
from rag.channels.wecom.model import (
    Channel,
    Incoming,
    Kind,
)


@hypothesis_settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=400), most=st.integers(min_value=4, max_value=120))
def test_splitting_loses_only_white_space(text: str, most: int) -> None:
    """Any text, any limit: pieces fit, are not blank, and together are the text."""
    pieces = limits.split(text, most)
    assert all(0 < len(piece.encode()) <= most and piece.strip() for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "left", "mentioned"),
    [
        ("@安责 我局要做什么", "我局要做什么", True),
        ("@安责\u2005我局要做什么", "我局要做什么", True),
        ("  @安责", "", True),
        ("请@安责 回答", "请@安责 回答", True),
        ("大家好", "大家好", False),
        ("@所有人 开会", "开会", False),
        ("@所有人 @安责 我局要做什么", "我局要做什么", True),
        ("@安责 @张三 管什么", "@张三 管什么", True),
    ],
)
def test_mentions(text: str, left: str, mentioned: bool) -> None:
    """Only the leading name goes; a message to nobody or everybody is not a message to the robot."""
    assert frames.strip_mention(text) == (left, mentioned)


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ({"msgtype": "voice", "voice": {"content": "本季度做什么"}}, Kind.VOICE, "本季度做什么"),
        (
            {
                "msgtype": "mixed",
                "mixed": {
                    "msg_item": [
                        {"msgtype": "text", "text": {"content": "看图"}},
                        {"msgtype": "image", "image": {"url": "https://x"}},
                        {"msgtype": "text", "text": {"content": "是什么"}},
                    ]
                },
            },
            Kind.MIXED,
            "看图\n是什么",
        ),
        ({"msgtype": "image", "image": {"url": "https://x", "aeskey": "k"}}, Kind.MEDIA, ""),
        ({"msgtype": "location"}, Kind.MEDIA, ""),
    ],
)
def test_other_kinds_of_messages(body: dict[str, Any], kind: Kind, text: str) -> None:
    """Voice is already text, mixed messages give their words, pictures none."""
    whole = {"msgid": "m", "chattype": "single", "from": {"userid": "u"}, **body}
    incoming = frames.read_message(whole, channel=Channel.LONG, bot_id="b", received=1.0)
    assert incoming is not None
    assert (incoming.kind, incoming.text) == (kind, text)
    assert Incoming.from_json(json.loads(json.dumps(incoming.to_json()))) == incoming


GOOD = {
    "msgid": "m",
    "aibotid": "b",
    "chattype": "group",
    "chatid": "g",
    "from": {"userid": "u"},
    "msgtype": "text",
    "text": {"content": "@安责 问"},
    "quote": {"msgtype": "text", "text": {"content": "引"}},
}


@pytest.mark.parametrize(
    "change",
    [
        {"aibotid": "another"},
        {"from": {"userid": ""}},
        {"from": {"userid": "sys"}},
        {"from": {}},
        {"chatid": ""},
        {"msgid": ""},
        {"msgid": "m" * 500},
    ],
    ids=str,
)
def test_who_cannot_be_answered_is_ignored(change: dict[str, Any]) -> None:
    """Another bot's messages, the system's, a group without id, a message without or with an absurd id."""
    assert frames.read_message(GOOD, channel=Channel.LONG, bot_id="b", received=1.0) is not None
    assert frames.read_message({**GOOD, **change}, channel=Channel.LONG, bot_id="b", received=1.0) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(GOOD)), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from([*GOOD, "event", "mixed", "create_time", "response_url"])
TYPES = ["text", "voice", "mixed", "event", "image", "stream", 7]
EVENTS = ["enter_chat", "template_card_event", "feedback_event", "x"]


@hypothesis_settings(max_examples=300, deadline=None)
@given(
    changes=st.dictionaries(NAMES, JSON, max_size=4),
    msgtype=st.sampled_from(TYPES),
    event=st.sampled_from(EVENTS),
    payload=JSON,
)
def test_reading_never_raises(changes: dict[str, Any], msgtype: object, event: str, payload: Any) -> None:
    """Whatever JSON a field holds, a message is read or ignored, and what is read can be kept."""
    body = {**GOOD, "msgtype": msgtype, "event": {"eventtype": event, event: payload}, **changes}
    incoming = frames.read_message(body, channel=Channel.LONG, bot_id="b", received=1.0)
    assert incoming is None or Incoming.from_json(json.loads(json.dumps(incoming.to_json()))) == incoming

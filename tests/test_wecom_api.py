"""The vendor's HTTP interface: tokens, messages of an app, the address book, the group's robot; and what logs say."""

from __future__ import annotations

import asyncio
import logging
from collections import deque

import pytest

from index.errors import SettingsError
from rag.channels.wecom.api import AppApi, GroupRobot
from rag.channels.wecom.connection import LongConnection
from rag.channels.wecom.frames import file_body, markdown_body
from rag.channels.wecom.http import Unreachable, check_response_url
from rag.channels.wecom.model import Stopped, Undelivered, WecomError
from rag.channels.wecom.redact import Redacting, redact
from rag.channels.wecom.runtime import loopback
from rag.settings import Settings
from tests.fakes.wecom_bot import JumpingClock, Scripted, running, runtime
from tests.fakes.wecom_http import AGENT_ID, CORP_ID, SECRET, WEBHOOK_KEY, WecomApi
from tests.fakes.wecom_ledger import MemoryLedger
from tests.fakes.wecom_server import WecomServer

NOW = 1_700_000_000.0


def settings_of(vendor: WecomApi, **changes: str) -> Settings:
    values = {
        "wecom_api_url": vendor.url,
        "wecom_corp_id": CORP_ID,
        "wecom_agent_id": AGENT_ID,
        "wecom_agent_secret": SECRET,
        "wecom_webhook_key": WEBHOOK_KEY,
        **changes,
    }
    return Settings(**values)  # type: ignore[arg-type]


def make_api(vendor: WecomApi, clock: JumpingClock | None = None, **changes: str) -> AppApi:
    return AppApi(settings_of(vendor, **changes), runtime(clock))


def test_many_callers_share_one_token() -> None:
    """Twenty messages at once: the token is asked for once."""

    async def go() -> None:
        async with WecomApi() as vendor:
            vendor.slow_token = 0.05
            api = make_api(vendor)
            await asyncio.gather(*(api.send(f"user-{number}", markdown_body("答")) for number in range(20)))
            assert vendor.tokens_made == 1
            assert {sent.user for sent in vendor.sent} == {f"user-{number}" for number in range(20)}
            assert vendor.violations == []

    asyncio.run(go())


def test_a_token_is_renewed_before_it_expires() -> None:
    """Kept for nine tenths of its life, then fetched anew without a failed call in between."""

    async def go() -> None:
        clock = JumpingClock()
        async with WecomApi(clock=clock) as vendor:
            api = make_api(vendor, clock)
            for later, made in ((0, 1), (6400, 1), (6500, 2)):
                clock.now = NOW + later
                await api.send("zhang", markdown_body(f"答{later}"))
                assert vendor.tokens_made == made
            assert vendor.calls.count("message/send") == 3

    asyncio.run(go())


@pytest.mark.parametrize("code", [40014, 42001])
def test_a_stale_token_is_renewed_once_for_all(code: int) -> None:
    """Five callers meet a token the vendor has thrown away: one new token, everything arrives."""

    async def go() -> None:
        async with WecomApi() as vendor:
            api = make_api(vendor)
            await api.send("zhang", markdown_body("一"))
            vendor.faults["message/send"] = deque([code] * 5)
            await asyncio.gather(*(api.send(f"user-{number}", markdown_body("二")) for number in range(5)))
            assert vendor.tokens_made == 2
            assert len(vendor.sent) == 6

    asyncio.run(go())


def test_a_token_refused_twice_is_an_error() -> None:
    """A fresh token that is refused too is not asked for again and again."""

    async def go() -> None:
        async with WecomApi() as vendor:
            vendor.faults["message/send"] = deque([42001, 42001])
            with pytest.raises(WecomError, match="42001"):
                await make_api(vendor).send("zhang", markdown_body("一"))
            assert vendor.tokens_made == 2

    asyncio.run(go())


def test_a_wrong_secret_names_the_settings_and_not_itself() -> None:
    """40001 is for good; what the vendor says about it is not repeated."""

    async def go() -> None:
        async with WecomApi() as vendor:
            with pytest.raises(WecomError, match="ANZE_WECOM_AGENT_SECRET") as error:
                await make_api(vendor, wecom_agent_secret="wrong-secret").send("zhang", markdown_body("一"))
            assert "wrong-secret" not in str(error.value)
            assert vendor.calls == ["gettoken"]

    asyncio.run(go())


@pytest.mark.parametrize("missing", ["wecom_corp_id", "wecom_agent_id", "wecom_agent_secret", "wecom_webhook_key"])
def test_missing_settings_are_named(missing: str) -> None:
    """Each is named when the part that needs it is made."""
    settings = settings_of(WecomApi(), **{missing: ""})
    with pytest.raises(SettingsError, match=f"ANZE_{missing.upper()}"):
        GroupRobot(settings) if missing == "wecom_webhook_key" else AppApi(settings)


@pytest.mark.parametrize("path", ["gettoken", "message/send"])
@pytest.mark.parametrize("fault", [-1, "500", "lost"])
def test_what_may_pass_is_retried_and_shown_once(path: str, fault: int | str) -> None:
    """Busy, a server error, or an answer lost after the message went out: retried, and the member sees one message."""

    async def go() -> None:
        async with WecomApi() as vendor:
            vendor.faults[path] = deque([fault] * 3)
            await make_api(vendor).send("zhang", markdown_body("一"))
            assert [sent.text for sent in vendor.sent] == ["一"]

    asyncio.run(go())


def test_the_same_answer_twice_arrives_twice() -> None:
    """Asked again at once, a question gets its answer again; also where the answer to the first sending was lost."""

    async def go() -> None:
        async with WecomApi() as vendor:
            api = make_api(vendor)
            vendor.faults["message/send"] = deque(["lost"])
            for _ in range(3):
                await api.send("zhang", markdown_body("一"))
            await api.send("li", markdown_body("一"))
            assert [(sent.user, sent.text) for sent in vendor.sent] == [("zhang", "一")] * 3 + [("li", "一")]

    asyncio.run(go())


@pytest.mark.parametrize(("fault", "error"), [(-1, WecomError), ("500", Unreachable)])
def test_retrying_ends(fault: int | str, error: type[WecomError]) -> None:
    """Four failures in a row are told; the server's words are not."""

    async def go() -> None:
        async with WecomApi() as vendor:
            vendor.faults["message/send"] = deque([fault] * 9)
            with pytest.raises(error) as told:
                await make_api(vendor).send("zhang", markdown_body("一"))
            assert vendor.calls.count("message/send") == 4
            assert "10.0.0.1" not in str(told.value)

    asyncio.run(go())


def test_a_rate_refusal_is_waited_out() -> None:
    """45009: a pause as the settings of time say, then the message goes out."""

    async def go() -> None:
        clock = JumpingClock()
        async with WecomApi(clock=clock) as vendor:
            vendor.faults["message/send"] = deque([45009])
            api = AppApi(settings_of(vendor), runtime(clock))
            await api.send("zhang", markdown_body("一"))
            assert clock.slept == [runtime().timings.rate_pause]
            assert len(vendor.sent) == 1

    asyncio.run(go())


@pytest.mark.parametrize(("field", "words"), [("invalid", "接收"), ("unlicensed", "许可")])
def test_partial_failures_are_failures(field: str, words: str) -> None:
    """A member the message does not reach is reported, also where the code is 0."""

    async def go() -> None:
        async with WecomApi() as vendor:
            getattr(vendor, field).add("zhang")
            with pytest.raises(Undelivered, match=words):
                await make_api(vendor).send("zhang", markdown_body("一"))
            assert vendor.sent == []

    asyncio.run(go())


def test_the_minute_is_kept_for_each_member() -> None:
    """70 messages to one member: none above 30 a minute, so none is dropped in silence."""

    async def go() -> None:
        clock = JumpingClock()
        async with WecomApi(clock=clock) as vendor:
            api = make_api(vendor, clock)
            for number in range(70):
                await api.send("zhang", markdown_body(str(number)))
            assert len(vendor.sent) == 70
            assert vendor.violations == []
            assert 120 <= clock.now - NOW < 125

    asyncio.run(go())


def test_a_file_is_uploaded_and_sent() -> None:
    """Name and bytes arrive as they were."""

    async def go() -> None:
        async with WecomApi() as vendor:
            api = make_api(vendor)
            media_id = await api.upload("清单.xlsx", b"PK\x03\x04" * 1000)
            await api.send("zhang", file_body(media_id))
            assert vendor.files[media_id] == ("清单.xlsx", b"PK\x03\x04" * 1000)
            assert vendor.sent[0].kind == "file"

    asyncio.run(go())


def test_departments_come_with_those_above_them() -> None:
    """Each department of the member, nearest first; none twice; an unknown member is an error with its code."""

    async def go() -> None:
        async with WecomApi() as vendor:
            vendor.members = {"zhang": [7, 8], "li": []}
            vendor.departments = {7: ("质量安全科", 3), 8: ("建筑业科", 3), 3: ("市住建局", 1), 1: ("宜春市", 0)}
            api = make_api(vendor)
            assert await api.departments("zhang") == ("质量安全科", "市住建局", "宜春市", "建筑业科")
            assert await api.departments("li") == ()
            with pytest.raises(WecomError, match="60111"):
                await api.departments("nobody")

    asyncio.run(go())


def test_the_groups_robot_keeps_its_minute() -> None:
    """50 reminders: none above 20 a minute, none lost, in order."""

    async def go() -> None:
        clock = JumpingClock()
        async with WecomApi(clock=clock) as vendor:
            robot = GroupRobot(settings_of(vendor), runtime(clock))
            for number in range(50):
                await robot.markdown(f"提醒{number}")
            assert vendor.group == [f"提醒{number}" for number in range(50)]
            assert vendor.violations == []

    asyncio.run(go())


def test_a_wrong_key_is_for_good() -> None:
    """93000 is not retried, names the setting, and does not show the key."""

    async def go() -> None:
        async with WecomApi() as vendor:
            robot = GroupRobot(settings_of(vendor, wecom_webhook_key="wrong-key"), runtime())
            with pytest.raises(WecomError, match="ANZE_WECOM_WEBHOOK_KEY") as error:
                await robot.markdown("提醒")
            assert vendor.calls == ["webhook/send"]
            assert "wrong-key" not in str(error.value)

    asyncio.run(go())


@pytest.mark.parametrize("text", ["", "  \n", "安" * 1366], ids=["empty", "blank", "4098 bytes"])
def test_group_messages_nobody_can_send(text: str) -> None:
    """Refused before anything is sent."""

    async def go() -> None:
        async with WecomApi() as vendor:
            with pytest.raises(Undelivered):
                await GroupRobot(settings_of(vendor), runtime()).markdown(text)
            assert vendor.calls == []

    asyncio.run(go())


@pytest.mark.parametrize(
    ("url", "api", "good"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=x", "https://qyapi.weixin.qq.com", True),
        ("http://qyapi.weixin.qq.com/x", "https://qyapi.weixin.qq.com", False),
        ("https://qyapi.weixin.qq.com.evil.example/x", "https://qyapi.weixin.qq.com", False),
        ("https://qyapi.weixin.qq.com@evil.example/x", "https://qyapi.weixin.qq.com", False),
        ("https://user:pw@qyapi.weixin.qq.com/x", "https://qyapi.weixin.qq.com", False),
        ("https://qyapi.weixin.qq.com:8443/x", "https://qyapi.weixin.qq.com", False),
        ("https://10.0.0.1/x", "https://qyapi.weixin.qq.com", False),
        ("http://127.0.0.1:80/x", "https://qyapi.weixin.qq.com", False),
        ("http://127.0.0.1:8600/x", "http://127.0.0.1:8600", True),
        ("http://127.0.0.1:8601/x", "http://127.0.0.1:8600", False),
        ("file:" + "///etc/passwd", "https://qyapi.weixin.qq.com", False),
        ("https://[bad/x", "https://qyapi.weixin.qq.com", False),
        ("", "https://qyapi.weixin.qq.com", False),
    ],
)
def test_response_addresses(url: str, api: str, good: bool) -> None:
    """Only https on the vendor's own host; plain http only where the setting itself points at this machine."""
    if good:
        check_response_url(url, api)
    else:
        with pytest.raises(Undelivered):
            check_response_url(url, api)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "ws://localhost:1", "http://[::1]/"])
def test_loopback(url: str) -> None:
    """These are this machine; a name that only begins so is not."""
    assert loopback(url)
    assert not loopback(
        url.replace("127.0.0.1", "127.0.0.1.evil.example").replace("localhost", "a").replace("::1", "::2")
    )


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("GET /gettoken?corpid=ww1&corpsecret=abc HTTP", "GET /gettoken?corpid=***&corpsecret=*** HTTP"),
        ("POST /x?access_token=a.b-c_d&type=file", "POST /x?access_token=***&type=file"),
        ("/webhook/send?key=k-1", "/webhook/send?key=***"),
        ('{"secret": "abc", "bot_id": "b"}', '{"secret": "***", "bot_id": "b"}'),
        ("response?response_code=xyz'", "response?response_code=***'"),
        ("monkey=1 is no secret", "monkey=1 is no secret"),
    ],
)
def test_redaction(text: str, masked: str) -> None:
    """Values of secret parameters and fields go, the rest stays."""
    assert redact(text) == masked


def test_redaction_of_errors_and_ill_formed_lines() -> None:
    """A traceback is masked too, and arguments that do not fit their line are dropped instead of raised about."""
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "%d of %s", ("key=secret-1",), None)
    assert Redacting().filter(record)
    assert "secret-1" not in record.getMessage()
    try:
        raise ValueError("https://x/y?access_token=secret-2")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "failed", (), (type(error), error, None))
    Redacting().filter(record)
    shown = logging.Formatter().format(record)
    assert "access_token=***" in shown
    assert "secret-2" not in shown


def bot_with(server: WecomServer, secret: str) -> LongConnection:
    settings = Settings(wecom_bot_id=server.bot_id, wecom_bot_secret=secret, wecom_ws_url=server.url)
    return LongConnection(settings, Scripted(), MemoryLedger(), runtime())


def test_no_secret_is_logged_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    """A whole run with every logger at DEBUG: bot, app, robot, failures. No log line holds a secret or a token."""
    secrets = {SECRET, WEBHOOK_KEY, "bot-secret-do-not-log", "token-do-not-log", "wrong-secret"}

    async def go() -> None:
        async with WecomApi() as vendor, WecomServer() as server:
            vendor.faults["message/send"] = deque([-1, "500", 42001])
            api, robot = make_api(vendor), GroupRobot(settings_of(vendor), runtime())
            await api.send("zhang", markdown_body("一"))
            await api.upload("清单.xlsx", b"PK")
            await robot.markdown("提醒")
            async with running(bot_with(server, server.secret)):
                msgid = await server.say("zhang", "问")
                await server.until(lambda: bool(server.answers(msgid)))
                await server.restart()
                await server.until(lambda: len(server.subscriptions) == 2)
            with pytest.raises(Stopped):
                await bot_with(server, "wrong-secret").run()
        vendor.faults["gettoken"] = deque([40001])
        with pytest.raises(WecomError):
            await make_api(vendor).send("zhang", markdown_body("一"))

    with caplog.at_level(logging.DEBUG):
        asyncio.run(go())
    lines = [record.getMessage() for record in caplog.records]
    assert any("gettoken?corpid=***&corpsecret=***" in line for line in lines)
    assert any("已连接企业微信" in line for line in lines)
    assert [line for line in lines if any(secret in line for secret in secrets)] == []
    assert not any(secret in caplog.text for secret in secrets)

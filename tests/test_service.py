"""The page and the callbacks of WeChat Work on one port, as ``python app.py`` serves them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.assistant import Assistant
from rag.channels.wecom.crypto import Crypto
from rag.model import Question
from rag.service import callbacks, main
from rag.settings import Settings
from tests.fakes.served import Served, free_port, start, wait
from tests.fakes.wecom_http import AGENT_ID, CORP_ID, SECRET, Caller, WecomApi

BOT_KEY = "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"
APP_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
CALLBACKS = {
    "ANZE_WECOM_BOT_ID": "bot-1", "ANZE_WECOM_BOT_TOKEN": "bot-token", "ANZE_WECOM_BOT_AES_KEY": BOT_KEY,
    "ANZE_WECOM_CORP_ID": CORP_ID, "ANZE_WECOM_AGENT_ID": AGENT_ID, "ANZE_WECOM_AGENT_SECRET": SECRET,
    "ANZE_WECOM_TOKEN": "app-token", "ANZE_WECOM_AES_KEY": APP_KEY, "ANZE_ROOT_PATH": "/anze",
}  # fmt: skip


def message(text: str, msgid: str) -> dict[str, str]:
    return {
        "ToUserName": CORP_ID, "FromUserName": "zhangsan", "CreateTime": str(int(time.time())), "MsgType": "text",
        "Content": text, "MsgId": msgid, "AgentID": AGENT_ID,
    }  # fmt: skip


async def streamed(bot: Caller, text: str) -> str:
    """What the robot's polls show in the end."""
    body: dict[str, Any] = {
        "msgid": "m1", "aibotid": "bot-1", "chattype": "single", "from": {"userid": "zhangsan"}, "msgtype": "text",
        "text": {"content": text},
    }  # fmt: skip
    stream = bot.opened(await bot.post_json(body))["stream"]
    while not stream["finish"]:
        await asyncio.sleep(0.05)
        body = {"msgtype": "stream", "aibotid": "bot-1", "stream": {"id": stream["id"]}}
        stream = bot.opened(await bot.post_json(body))["stream"]
    return str(stream["content"])


async def sent(api: WecomApi, count: int) -> None:
    async with asyncio.timeout(20):
        while len(api.sent) < count:
            await asyncio.sleep(0.02)


def test_the_page_and_both_callbacks_share_a_port(assistant: Assistant, settings: Settings, tmp_path: Path) -> None:
    """With the callbacks' settings the web service answers the vendor's address checks, the robot's polls, and the
    app's messages, whose token the address book shares; the page answers beside them. A stop ends the bot too."""

    async def story() -> str:
        async with WecomApi() as api:
            api.members, api.departments = {"zhangsan": [2]}, {2: ("市住建局", 0)}
            port = free_port()
            # The shared index is as by default; with another embedding the service would build it anew.
            shared = {"ANZE_STORE": str(settings.store), "ANZE_EMBEDDING": settings.embedding}
            more = {**shared, "ANZE_WECOM_API_URL": api.url, **CALLBACKS}
            process = start(tmp_path, port, **more)
            try:
                url = f"http://127.0.0.1:{port}/anze/"
                await asyncio.to_thread(wait, Served(url, process))
                bot = Caller(f"{url}wecom/bot", Crypto.make("bot-token", BOT_KEY, "", setting=""))
                app = Caller(f"{url}wecom/app", Crypto.make("app-token", APP_KEY, CORP_ID, setting=""))
                assert [(await each.check("8712")).text for each in (bot, app)] == ["8712", "8712"]
                expected = assistant.ask(Question("第20项谁牵头？")).text.strip()
                assert (await streamed(bot, "第20项谁牵头？")).startswith(expected.splitlines()[0])
                await app.post_xml(message("我们今年要做什么？", "1"))
                await sent(api, 1)
                assert api.sent[0].text.startswith("**市住建局**在")
                assert api.tokens_made == 1
                assert (await app.post({"msg_signature": "x", "timestamp": "1", "nonce": "n"}, b"")).status_code == 403
                async with httpx.AsyncClient(trust_env=False) as page:
                    assert "gradio" in (await page.get(url)).text
            finally:
                await asyncio.to_thread(process.terminate)
                said = (await asyncio.to_thread(process.communicate, timeout=20))[1]
            assert api.violations == []
            return said

    said = asyncio.run(story())
    assert "同一端口还接收回调：/anze/wecom/bot、/anze/wecom/app" in said
    assert "机器人已停止" in said
    assert "Traceback" not in said
    assert not [secret for secret in (SECRET, "bot-token", "app-token", BOT_KEY, APP_KEY) if secret in said]


def test_without_their_settings_there_are_no_callbacks() -> None:
    """The long connection belongs to ``anze bot``; the address book alone is no way in."""
    assert callbacks(Settings()) is None
    assert callbacks(Settings(wecom_bot_id="b", wecom_bot_secret="s")) is None
    assert callbacks(Settings(wecom_corp_id="c", wecom_agent_id="1", wecom_agent_secret="s")) is None


def test_half_a_callback_ends_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is opened a sentence names what is missing."""
    monkeypatch.chdir(tmp_path)
    assert main({"ANZE_WECOM_TOKEN": "t", "ANZE_STORE": str(tmp_path / "store")}) == 1
    said = capsys.readouterr().err
    assert said.startswith("错误：自建应用回调还缺少设置")
    assert "ANZE_WECOM_AES_KEY" in said
    assert list(tmp_path.iterdir()) == []


def test_the_bot_is_loaded_where_it_is_configured(root: Path) -> None:
    """The page alone loads nothing of WeChat Work."""
    code = "import sys, rag.service; print([name for name in sys.modules if 'wecom' in name or name == 'cryptography'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

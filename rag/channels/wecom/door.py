"""Where callbacks come in: an open port, and a small web server for the routes."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from index.errors import SettingsError, why

_GRACE_S = 5


class _Server(uvicorn.Server):
    """Signals belong to the bot, which stops its transports and this server together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """The open port, taken before any work is done. Raises ``SettingsError`` saying why it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        door = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SettingsError(f"ANZE_HOST 的值“{host}”不是可用的地址。", "请写 127.0.0.1 或 0.0.0.0。") from error
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind(address)
        door.listen(128)
    except OSError as error:
        door.close()
        raise SettingsError(
            f"无法在 {host}:{port} 上接收回调：{why(error)}。",
            "如果网页服务（python app.py）正在这个端口上，它已在接收回调，请运行 anze bot --no-callbacks，或不必运行；"
            "否则请用 ANZE_PORT 换一个端口。",
        ) from error
    return door


async def serve(routes: Sequence[BaseRoute], door: socket.socket | None, root_path: str) -> None:
    """Serve the routes until cancelled; requests in progress may end first."""
    app = Starlette(routes=list(routes))
    # Addresses carry signatures: nothing of a request is logged.
    config = uvicorn.Config(
        app, root_path=root_path, log_config=None, log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=_GRACE_S, lifespan="off",
    )  # fmt: skip
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[door] if door else None))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving

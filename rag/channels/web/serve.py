"""Start the web service: settings, index, assistant, server. What goes wrong is one Chinese sentence on stderr."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from index.errors import AnzeError, IndexBusy, SettingsError, StoreUnwritable, why
from rag.assistant import Assistant
from rag.settings import Settings, load_settings

if TYPE_CHECKING:
    from rag.channels.web.hosting import Guest

Invite = Callable[[Settings], "Callable[[Assistant], Guest] | None"]
"""What is to be served beside the page, by the settings. Raises ``SettingsError`` before any work is done."""


def nobody(settings: Settings) -> None:
    """Nothing but the page."""


def main(environ: Mapping[str, str] | None = None, invite: Invite = nobody) -> int:
    """Serve until interrupted. Exit status 0, or 1 where it cannot start."""
    try:
        settings = load_settings(environ)
        invited = invite(settings)
        with listen(settings.host, settings.port) as door:
            assistant = ready(settings)
            _serve(assistant, settings, door, invited(assistant) if invited else None)
    except AnzeError as error:
        print(f"错误：{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已停止。", file=sys.stderr)
    return 0


def listen(host: str, port: int) -> socket.socket:
    """The open port, taken before any work is done. Raises ``SettingsError`` saying why it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise SettingsError(
            f"ANZE_HOST 的值“{host}”不是可用的地址。", "本机请写 127.0.0.1，对外服务请写 0.0.0.0。"
        ) from error
    door = socket.socket(family, kind, protocol)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind(address)
        door.listen(128)
    except OSError as error:
        door.close()
        raise _refused(host, port, error) from error
    return door


def _refused(host: str, port: int, error: OSError) -> SettingsError:
    if error.errno == errno.EADDRINUSE:
        return SettingsError(f"端口 {port} 已被占用。", "请用 ANZE_PORT 换一个端口，或先停止占用它的程序。")
    if error.errno == errno.EACCES:
        return SettingsError(f"没有权限使用端口 {port}。", "请用 ANZE_PORT 换一个 1024 以上的端口。")
    return SettingsError(f"无法在 {host}:{port} 上提供服务：{why(error)}。", "请检查 ANZE_HOST 和 ANZE_PORT。")


def ready(settings: Settings) -> Assistant:
    """An assistant over an index brought up to date; a usable older one serves where it cannot be written now."""
    from index.embedding_cache import progress_bar
    from rag.wiring import Reloading, build

    try:
        done = build(settings, progress=progress_bar("计算向量"))
    except (StoreUnwritable, IndexBusy) as error:
        print(f"注意：索引未能更新，使用现有索引。{error}", file=sys.stderr)
    else:
        if done.fresh:
            print(f"索引已更新：{len(done.manifest.documents)}份文件。", file=sys.stderr)
    return Reloading(settings)


def _serve(assistant: Assistant, settings: Settings, door: socket.socket, guest: Guest | None) -> None:
    from starlette.routing import Route

    from rag.channels.web.hosting import Hosting
    from rag.channels.web.server import create_app
    from rag.wiring import index_version

    app = create_app(assistant, settings, lambda: index_version(settings), guest.routes if guest else ())
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(
        f"安责已启动：http://{host}:{settings.port}{settings.root_path}　按 Ctrl+C 停止。", file=sys.stderr, flush=True
    )
    if guest:
        paths = dict.fromkeys(route.path for route in guest.routes if isinstance(route, Route))
        print(
            f"同一端口还接收回调：{'、'.join(settings.root_path + path for path in paths)}", file=sys.stderr, flush=True
        )
    Hosting(app, guest).host(door)

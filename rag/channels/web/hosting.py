"""The server that the page runs in, and what may be served beside the page on its port."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from typing import Protocol

import uvicorn
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

_GRACE_S = 3


class Guest(Protocol):
    """Something of its own that answers on the page's port; the page knows no more of it."""

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Looked at before the page's own addresses."""

    async def work(self) -> None:
        """Runs in the server's event loop as long as the server does, which cancels it; it then ends its work.

        An error that it raises ends the server.
        """


class Hosting(uvicorn.Server):
    """Runs ``app``, and the guest's work from before the first request until the last one was answered."""

    def __init__(self, app: ASGIApp, guest: Guest | None = None) -> None:
        super().__init__(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=_GRACE_S))
        self._guest = guest
        self._working: asyncio.Task[None] | None = None

    def host(self, door: socket.socket) -> None:
        """Serve on ``door`` until a signal comes. Raises what the guest's work raised."""
        self.run(sockets=[door])
        if self._working and not self._working.cancelled() and (error := self._working.exception()):
            raise error

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if self._guest:
            self._working = asyncio.create_task(self._guest.work())
            self._working.add_done_callback(self._ended)
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Here, because the signal that ended the server is raised again right after, and may end the process."""
        await super().shutdown(sockets)
        if self._working:
            self._working.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):  # told by ``host``
                await self._working

    def _ended(self, _: asyncio.Task[None]) -> None:
        self.should_exit = True

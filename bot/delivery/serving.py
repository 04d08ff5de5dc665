"""Web applications served from within the bot's own event loop: the webhook, the health page."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

import uvicorn
from starlette.types import ASGIApp

LOOPBACK: Final = "127.0.0.1"


def bind(listen: str) -> socket.socket:
    """A bound socket for ``HOST:PORT`` or ``[IPV6]:PORT``; no host is the loopback, port 0 any free one.

    Raises:
        ValueError: when that is not what it looks like.
        OSError: when the port is taken or the host is not this machine's.
    """
    host, colon, number = listen.rpartition(":")
    if not colon or not number.isdecimal() or int(number) > 65535:
        raise ValueError(f"not HOST:PORT: {listen!r}")
    host = host.strip("[]") or LOOPBACK
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, int(number)))
    except OSError:
        sock.close()
        raise
    return sock


class Served:
    """One application on one bound socket, from ``start`` to ``stop``; an async context manager as well."""

    def __init__(self, app: ASGIApp, sock: socket.socket) -> None:
        self._server = _Server(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=5,
            )
        )
        self._sock = sock
        self._task: asyncio.Task[None] | None = None
        host, port = sock.getsockname()[:2]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"

    async def start(self) -> None:
        """Answer from now on."""
        # The one task of the server; stop() awaits it and raises what ended it.
        self._task = asyncio.get_running_loop().create_task(self._server.serve(sockets=[self._sock]))
        begun = asyncio.get_running_loop().create_task(self._server.begun.wait())
        await asyncio.wait((self._task, begun), return_when=asyncio.FIRST_COMPLETED)
        begun.cancel()
        if self._task.done():
            await self._task

    async def stop(self) -> None:
        """Answer what has been asked, then close."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: they are the application's."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.begun = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.begun.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

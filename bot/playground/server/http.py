"""HTTP/1.1 for an ASGI application, in the running loop: small, quick, and able to cut a connection.

A general server doubles the CPU of a call, which would drown what a benchmark of the bot measures, and takes
a tenth of a second to stop, which every test would pay. Clients here are on loopback: a request is read
whole before the application is called, one request a connection at a time.
"""

from __future__ import annotations

import asyncio
import http
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote_to_bytes

Application = Callable[
    [dict[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]
]

LOG = logging.getLogger(__name__)
MAX_HEAD = 256 * 1024
MAX_BODY = 128 * 1024 * 1024
PHRASES = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in http.HTTPStatus
}
GRACE_SECONDS = 1.0


class BadRequest(Exception):
    """What cannot be read as HTTP; carries the status of the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Connection(asyncio.Protocol):
    """One connection: requests in, answers out, one at a time."""

    def __init__(self, server: HttpServer) -> None:
        self.server = server
        self.transport: asyncio.Transport = None  # type: ignore[assignment]  # set before anything is received
        self.buffer = bytearray()
        self.scope: dict[str, Any] | None = None
        self.length = 0
        self.chunks: bytearray | None = None
        self.body: bytes | None = None
        self.task: asyncio.Task[None] | None = None
        self.gone: asyncio.Future[None] | None = None
        self.closed = False
        self.keep_alive = True
        self.start: Any = None
        self.started = False
        self.chunked = False
        self.finished = False
        self.writable: asyncio.Event | None = None

    # --- the transport's side ---------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.server.connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """The client, or this side, has closed."""
        self.closed = True
        self.server.connections.discard(self)
        if self.gone is not None and not self.gone.done():
            self.gone.set_result(None)
        if self.writable is not None:
            self.writable.set()

    def pause_writing(self) -> None:
        """The client reads too slowly."""
        self.writable = asyncio.Event()

    def resume_writing(self) -> None:
        """The client has caught up."""
        if self.writable is not None:
            self.writable.set()
            self.writable = None

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        self.buffer += data
        if self.task is None:
            self.advance()

    def advance(self) -> None:
        """Read on; call the application when a request is complete."""
        try:
            if self.scope is None and not self.read_head():
                return
            if not self.read_body():
                return
        except BadRequest as error:
            self.keep_alive = False
            self.transport.write(_head(error.status, [(b"content-length", b"0"), (b"connection", b"close")]))
            self.transport.close()
            return
        self.started = self.chunked = self.finished = False
        self.start = None
        self.task = self.server.loop.create_task(self.run())

    # --- reading ----------------------------------------------------------------------------------

    def read_head(self) -> bool:
        """Parse the head; False when it is not complete."""
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0 or end > MAX_HEAD:
            if len(self.buffer) > MAX_HEAD:
                raise BadRequest(431)
            return False
        lines = bytes(self.buffer[:end]).split(b"\r\n")
        del self.buffer[: end + 4]
        try:
            method, target, version = lines[0].split(b" ")
        except ValueError:
            raise BadRequest(400) from None
        if not version.startswith(b"HTTP/1."):
            raise BadRequest(505)
        headers: list[tuple[bytes, bytes]] = []
        self.length, self.chunks = 0, None
        connection = b""
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            if not colon:
                raise BadRequest(400)
            name, value = name.lower(), value.strip()
            headers.append((name, value))
            if name == b"content-length":
                if not value.isdigit():
                    raise BadRequest(400)
                self.length = int(value)
            elif name == b"transfer-encoding" and value.lower() == b"chunked":
                self.chunks = bytearray()
            elif name == b"connection":
                connection = value.lower()
            elif name == b"expect" and value.lower() == b"100-continue":
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self.length > MAX_BODY:
            raise BadRequest(413)
        self.keep_alive = connection != b"close" if version == b"HTTP/1.1" else connection == b"keep-alive"
        raw_path, _, query = target.partition(b"?")
        path = unquote_to_bytes(raw_path) if b"%" in raw_path else raw_path
        self.scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": version[5:].decode("latin-1"),
            "method": method.decode("latin-1"),
            "scheme": "http",
            "path": path.decode("utf-8", "replace"),
            "raw_path": raw_path,
            "query_string": query,
            "root_path": "",
            "headers": headers,
            "client": self.transport.get_extra_info("peername"),
            "server": self.transport.get_extra_info("sockname"),
        }
        return True

    def read_body(self) -> bool:
        """Collect the body; False when it is not complete."""
        if self.chunks is None:
            if len(self.buffer) < self.length:
                return False
            self.body = bytes(self.buffer[: self.length])
            del self.buffer[: self.length]
            return True
        while True:
            end = self.buffer.find(b"\r\n")
            if end < 0:
                return False
            try:
                size = int(bytes(self.buffer[:end]).partition(b";")[0], 16)
            except ValueError:
                raise BadRequest(400) from None
            if size + len(self.chunks) > MAX_BODY:
                raise BadRequest(413)
            if len(self.buffer) < end + 2 + size + 2:
                return False
            self.chunks += self.buffer[end + 2 : end + 2 + size]
            del self.buffer[: end + 2 + size + 2]
            if size == 0:
                self.body = bytes(self.chunks)
                return True

    # --- the application's side -------------------------------------------------------------------

    async def run(self) -> None:
        """Call the application for the request that was read, then go on to the next."""
        assert self.scope is not None
        try:
            await self.server.application(self.scope, self.receive, self.send)
        except Exception:
            LOG.exception("the application failed")
            if not self.started and not self.closed:
                await self.send({"type": "http.response.start", "status": 500, "headers": []})
                await self.send({"type": "http.response.body", "body": b"Internal Server Error"})
            self.keep_alive = False
        finally:
            self.task = self.scope = None
        if self.closed:
            return
        if not self.finished:
            self.transport.abort()
        elif not self.keep_alive or self.server.closing:
            self.transport.close()
        elif self.buffer:
            self.advance()

    async def receive(self) -> dict[str, Any]:
        """ASGI: first the whole body, then the client's leaving."""
        if self.body is not None:
            body, self.body = self.body, None
            return {"type": "http.request", "body": body, "more_body": False}
        if not self.closed:
            self.gone = self.server.loop.create_future()
            await self.gone
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        """ASGI: the head, kept back until the first piece of the body, then the pieces."""
        if self.closed:
            return
        if message["type"] == "http.response.start":
            self.start = message
            return
        body: bytes = message.get("body", b"")
        more = message.get("more_body", False)
        pieces = []
        if not self.started:
            self.started = True
            headers = list(self.start["headers"])
            if not any(name == b"content-length" for name, _ in headers):
                if more:
                    self.chunked = True
                    headers.append((b"transfer-encoding", b"chunked"))
                else:
                    headers.append((b"content-length", str(len(body)).encode()))
            if not self.keep_alive:
                headers.append((b"connection", b"close"))
            pieces.append(_head(self.start["status"], headers))
        if self.scope is not None and self.scope["method"] == "HEAD":
            body = b""
        if self.chunked:
            if body:
                pieces += [b"%x\r\n" % len(body), body, b"\r\n"]
            if not more:
                pieces.append(b"0\r\n\r\n")
        else:
            pieces.append(body)
        self.finished = not more
        self.transport.write(b"".join(pieces))
        if self.writable is not None:
            await self.writable.wait()


def _head(status: int, headers: list[tuple[bytes, bytes]]) -> bytes:
    first = PHRASES.get(status) or f"HTTP/1.1 {status} Status\r\n".encode()
    return first + b"".join(b"%b: %b\r\n" % header for header in headers) + b"\r\n"


class HttpServer:
    """Listens, and keeps its connections until it is stopped."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.connections: set[Connection] = set()
        self.closing = False
        self.loop: asyncio.AbstractEventLoop = None  # type: ignore[assignment]  # set by start
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> tuple[str, int]:
        """Listen; the address that was got.

        Raises:
            OSError: the port is taken.
        """
        self.loop = asyncio.get_running_loop()
        self.closing = False
        self._server = await self.loop.create_server(
            lambda: Connection(self), host, port, family=socket.AF_INET, backlog=512, reuse_address=True
        )
        name = self._server.sockets[0].getsockname()
        return str(name[0]), int(name[1])

    async def stop(self) -> None:
        """Close; what is being answered has a second to come to its end."""
        if self._server is None:
            return
        self.closing = True
        self._server.close()
        self._server = None
        busy = [connection.task for connection in self.connections if connection.task is not None]
        for connection in list(self.connections):
            if connection.task is None:
                connection.transport.close()
        if busy:
            await asyncio.wait(busy, timeout=GRACE_SECONDS)
        for connection in list(self.connections):
            connection.transport.abort()
        late = [task for task in busy if not task.done()]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        await asyncio.sleep(0)

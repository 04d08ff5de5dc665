"""Small calls over HTTP/1.1: a JSON body out, a JSON body back, on connections that stay open.

What a message costs is mostly its request; a general client costs three times as much (PERFORMANCE
«Transport»). Uploads, downloads and proxies are left to aiohttp.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections import deque
from typing import Any, Final
from urllib.parse import urlsplit

KEPT_OPEN: Final = 45.0
"""Seconds after which an idle connection is not used again: servers close theirs some time later."""
LARGEST_HEAD: Final = 64 * 1024
LARGEST_BODY: Final = 32 * 1024 * 1024


class NotConnected(OSError):
    """There is no connection: nothing was sent. The text names the reason and never the address."""


class Broken(OSError):
    """The connection ended before the answer was whole, or the answer is no HTTP."""


class Line:
    """Keep-alive connections to one origin: `post` gives the status and the body.

    At most `size` at a time; who finds none free waits `patience` seconds. Times are seconds, None is for
    ever.

    Raises:
        ValueError: for an address that is not http or https.
    """

    def __init__(self, url: str, *, size: int, connect: float | None, patience: float | None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the address of the Bot API must begin with http:// or https://")
        self._host = parts.hostname
        self._numeric = _is_address(parts.hostname)
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._named = parts.netloc.rpartition("@")[2]
        self._connect_within = connect
        self._patience = patience
        self._free = asyncio.Semaphore(size)
        self._idle: deque[tuple[float, _Connection]] = deque()
        self._open: set[_Connection] = set()
        self._heads: dict[str, bytes] = {}

    async def post(self, path: str, body: bytes, agent: str, read: float | None) -> tuple[int, bytes]:
        """One request; `read` is the longest silence while the answer is awaited.

        Raises:
            NotConnected: nothing was sent.
            TimeoutError: it was sent, no answer came.
            Broken: the connection ended first.
        """
        try:
            async with asyncio.timeout(self._patience if self._free.locked() else None):
                await self._free.acquire()
        except TimeoutError:
            raise NotConnected("no connection is free") from None
        connection = None
        try:
            connection = self._taken() or await self._connected()
            return await connection.ask(self._head(path, agent) + b"%d\r\n\r\n" % len(body) + body, read)
        finally:
            self._free.release()
            if connection is not None:
                self._put_back(connection)

    def close(self) -> None:
        """End every connection."""
        self._idle.clear()
        for connection in tuple(self._open):
            connection.end()
        self._open.clear()

    def _head(self, path: str, agent: str) -> bytes:
        head = self._heads.get(path)
        if head is None:
            head = self._heads[path] = (
                f"POST {path} HTTP/1.1\r\nHost: {self._named}\r\nUser-Agent: {agent}\r\n"
                "Content-Type: application/json\r\nContent-Length: "
            ).encode()
        return head

    def _taken(self) -> _Connection | None:
        """The connection that was used last, as long as it is open."""
        now = asyncio.get_running_loop().time()
        while self._idle:
            since, connection = self._idle.pop()
            if connection.usable and now - since < KEPT_OPEN:
                return connection
            connection.end()
            self._open.discard(connection)
        return None

    async def _connected(self) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_within):
                _, connection = await loop.create_connection(
                    _Connection,
                    self._host,
                    self._port,
                    ssl=self._tls,
                    # a race for one address has nobody to win it, and a cancelled one may leave its socket
                    happy_eyeballs_delay=None if self._numeric else 0.25,
                )
        except TimeoutError:
            raise NotConnected("no connection in time") from None
        except OSError as error:
            # A lookup, a refusal, a certificate: the message may hold the address, the kind does not.
            raise NotConnected(error.errno or 0, type(error).__name__) from None
        self._open.add(connection)
        return connection

    def _put_back(self, connection: _Connection) -> None:
        if connection.usable:
            self._idle.append((asyncio.get_running_loop().time(), connection))
        else:
            connection.end()
            self._open.discard(connection)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class _Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._buffer = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._silence: float | None = None
        self._heard = 0.0
        self._status = 0
        self._length = -1  # of the body; -1: the head is not read yet, -2: chunks, -3: until the end
        self._keep = True
        self._lost = False

    @property
    def usable(self) -> bool:
        """Whether another request can be made on it."""
        return self._keep and not self._lost and self._answer is None and not self._transport.is_closing()

    async def ask(self, request: bytes, silence: float | None) -> tuple[int, bytes]:
        """Send a request and give the answer's status and body."""
        if self._lost:
            raise NotConnected("the connection was lost")
        answer: asyncio.Future[tuple[int, bytes]] = self._loop.create_future()
        self._answer = answer
        self._length, self._keep = -1, True
        self._silence, self._heard = silence, self._loop.time()
        if silence is not None:
            self._timer = self._loop.call_later(silence, self._silent)
        self._transport.write(request)
        try:
            return await answer
        except BaseException:
            self._keep = False
            raise
        finally:
            self._answer = None
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def end(self) -> None:
        """Close at once; whoever waits for an answer gets none."""
        self._keep = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The transport is there."""
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        """The other side, or the line, has ended it."""
        self._lost = True
        if self._length == -3:
            self._give(bytes(self._buffer))
        else:
            self._fail(Broken(type(error).__name__ if error else "closed by the server"))

    def data_received(self, data: bytes) -> None:
        """A piece of the answer."""
        if self._answer is None or self._answer.done():
            self.end()  # nobody asked: what follows would be taken for the next answer
            return
        self._heard = self._loop.time()
        self._buffer += data
        try:
            self._read()
        except (ValueError, IndexError):
            self._fail(Broken("the answer is no HTTP"))
            self.end()

    def _read(self) -> None:
        while self._length == -1:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                if len(self._buffer) > LARGEST_HEAD:
                    raise ValueError("the head is too long")
                return
            self._read_head(bytes(self._buffer[:end]))
            del self._buffer[: end + 4]
            if 100 <= self._status < 200:
                self._length = -1
        if len(self._buffer) > LARGEST_BODY:
            raise ValueError("the body is too long")
        if self._length >= 0 and len(self._buffer) >= self._length:
            body = bytes(self._buffer[: self._length])
            if len(self._buffer) > self._length:
                self._keep = False
            self._give(body)
        elif self._length == -2 and (whole := _dechunked(self._buffer)) is not None:
            self._give(whole)

    def _read_head(self, head: bytes) -> None:
        first, *rest = head.split(b"\r\n")
        version, _, status = first.partition(b" ")
        if not version.startswith(b"HTTP/1."):
            raise ValueError("not HTTP/1")
        self._status = int(status[:3])
        self._keep = version == b"HTTP/1.1"
        length = -3
        for line in rest:
            name, _, value = line.partition(b":")
            name, value = name.strip().lower(), value.strip().lower()
            if name == b"content-length" and length != -2:
                length = int(value)
                if length < 0:
                    raise ValueError("a length below nothing")
            elif name == b"transfer-encoding" and value.endswith(b"chunked"):
                length = -2
            elif name == b"connection":
                self._keep = value != b"close" and (self._keep or value == b"keep-alive")
        if self._status == 204 or self._status == 304:
            length = 0
        if length == -3:
            self._keep = False
        self._length = length

    def _give(self, body: bytes) -> None:
        self._buffer.clear()
        self._length = -1
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((self._status, body))

    def _fail(self, error: Exception) -> None:
        self._keep = False
        self._buffer.clear()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def _silent(self) -> None:
        """The timer ran out: how long is it since a piece came?"""
        assert self._silence is not None
        rest = self._heard + self._silence - self._loop.time()
        if rest > 0:
            self._timer = self._loop.call_later(rest, self._silent)
            return
        self._fail(TimeoutError())
        self.end()


def _dechunked(buffer: bytearray) -> bytes | None:
    """The body out of its chunks, None while the last one is missing."""
    at, body = 0, bytearray()
    while True:
        end = buffer.find(b"\r\n", at)
        if end < 0:
            return None
        size = int(bytes(buffer[at:end]).partition(b";")[0], 16)
        start = end + 2
        if size == 0:
            return bytes(body) if buffer.find(b"\r\n", start) >= 0 else None
        if len(buffer) < start + size + 2:
            return None
        body += buffer[start : start + size]
        at = start + size + 2

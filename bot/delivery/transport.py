"""The HTTP transport behind python-telegram-bot: aiohttp, a third of the cost of its own; small calls less.

Errors, below python-telegram-bot's own::

    NetworkError
    ├── TimedOut          it went out, no answer came in time: what became of it is not known
    ├── NotSent           it certainly did not go out: no connection, no free place in the pool
    ├── CutShort          a download ended before its announced length
    └── TooLarge          a download is larger than the caller allows

No error and no log line carries the address of a request: the bot's token is a part of it.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any, Final
from urllib.parse import quote

import aiohttp
import orjson
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.delivery.line import Line, NotConnected
from bot.delivery.multipart import Multipart, Unreadable, Upload

JSON: Final = "application/json"

# 20 MB, the most that Telegram hands out, at half a megabit a second.
DOWNLOAD_SECONDS: Final = 320.0


class NotSent(NetworkError):
    """The request certainly did not reach the server; it may be repeated at once."""

    __slots__ = ()


class CutShort(NetworkError):
    """A download ended before its announced length."""

    __slots__ = ()


class TooLarge(NetworkError):
    """A download is larger than the caller allows."""

    __slots__ = ()


class Address:
    """Where the Bot API lives, token included: the only object that knows it, and it does not tell.

    python-telegram-bot is given ``BOT`` and ``FILE`` as its base addresses and a stand-in for the token, so
    neither its log lines nor its errors can hold it.
    """

    BOT: Final = "bot:"
    FILE: Final = "file:"

    def __init__(self, api_url: str, token: str) -> None:
        self._methods = URL(f"{api_url.rstrip('/')}/bot{token}")
        self._files = f"{api_url.rstrip('/')}/file/bot{token}/"
        self._known: dict[str, URL] = {}

    def __repr__(self) -> str:
        return f"Address({self._methods.origin()})"

    @property
    def origin(self) -> str:
        """Scheme, host and port: no secret is in them."""
        return str(self._methods.origin())

    def method(self, name: str) -> URL:
        """The address of one method."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._methods / name
        return found

    def file(self, file_path: str) -> URL:
        """The address of one file, as ``getFile`` names it."""
        return URL(self._files + quote(file_path), encoded=True)

    def resolve(self, url: str) -> URL:
        """The real address behind one that python-telegram-bot put together."""
        if url.startswith(self.BOT):
            return self.method(url[len(self.BOT) + 1 :])
        if url.startswith(self.FILE):
            return self.file(url[len(self.FILE) + 1 :])
        return URL(url)


class AiohttpRequest(BaseRequest):
    """HTTP for a bot: one pool of connections, timeouts per request, errors in the bot's own terms.

    The environment's proxy variables are not read. ``proxy`` is an address such as ``http://127.0.0.1:3128``.
    Times are seconds, None lifts one; ``write_timeout`` is an upload's longest standstill, not its length.

    Raises:
        NotSent, TimedOut, NetworkError: from every request, see the module.
    """

    __slots__ = (
        "_address",
        "_connect",
        "_default",
        "_line",
        "_pool",
        "_pool_size",
        "_proxy",
        "_read",
        "_session",
        "_write",
    )

    def __init__(
        self,
        address: Address,
        *,
        pool_size: int = 64,
        read_timeout: float | None = 10.0,
        write_timeout: float | None = 20.0,
        connect_timeout: float | None = 5.0,
        pool_timeout: float | None = 5.0,
        proxy: str = "",
    ) -> None:
        self._address = address
        self._pool_size = pool_size
        self._read = read_timeout
        self._write = write_timeout
        self._connect = connect_timeout
        self._pool = pool_timeout
        self._proxy = URL(proxy) if proxy else None
        self._default = _timeout(pool_timeout, connect_timeout, write_timeout, read_timeout)
        self._session: aiohttp.ClientSession | None = None
        self._line: Line | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer when the caller does not say."""
        return self._read

    async def initialize(self) -> None:
        """Open the pool; connections are made when they are needed."""
        if self._line is None and self._proxy is None:
            self._line = Line(
                self._address.origin, size=self._pool_size, connect=self._connect, patience=self._pool
            )
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._pool_size, keepalive_timeout=45, ttl_dns_cache=300
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                # Answers are a few hundred bytes: inflating them costs more than it saves.
                skip_auto_headers=("Accept", "Accept-Encoding"),
                trust_env=False,
                proxy=self._proxy,
            )

    async def shutdown(self) -> None:
        """Close the pool and every connection in it."""
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request for python-telegram-bot: the status and the body of the answer."""
        where = self._address.resolve(url)
        read = self._read if isinstance(read_timeout, DefaultValue) else read_timeout
        write = self._write if isinstance(write_timeout, DefaultValue) else write_timeout
        connect = self._connect if isinstance(connect_timeout, DefaultValue) else connect_timeout
        pool = self._pool if isinstance(pool_timeout, DefaultValue) else pool_timeout
        times = _timeout(pool, connect, write, read)
        if method == "GET":
            return await self._exchange("GET", where, None, None, times)
        if request_data is None:
            return await self._exchange("POST", where, b"{}", JSON, times)
        if not request_data.contains_files:
            return await self._exchange("POST", where, orjson.dumps(request_data.parameters), JSON, times)
        files = {
            name: Upload(file_name, content if isinstance(content, bytes) else content.read(), mime)
            for name, (file_name, content, mime) in (request_data.multipart_data or {}).items()
        }
        return await self._upload(where, Multipart(request_data.json_parameters, files), times, write)

    async def post_json(
        self, method: str, body: bytes, read_timeout: float | None = None
    ) -> tuple[int, bytes]:
        """Call a method with a JSON body; ``read_timeout`` replaces the default one."""
        where = self._address.method(method)
        if self._line is None:
            times = self._default
            if read_timeout is not None:
                times = _timeout(self._pool, self._connect, self._write, read_timeout)
            return await self._exchange("POST", where, body, JSON, times)
        failure: NetworkError
        try:
            return await self._line.post(
                where.raw_path, body, self.USER_AGENT, self._read if read_timeout is None else read_timeout
            )
        except NotConnected as error:
            failure = NotSent(f"not sent: {_named(error)}")
        except TimeoutError:
            failure = TimedOut("no answer in time")
        except OSError as error:
            failure = NetworkError(f"the connection failed: {_named(error)}")
        raise failure

    async def post_files(
        self, method: str, body: Multipart, read_timeout: float | None = None
    ) -> tuple[int, bytes]:
        """Call a method with files."""
        times = _timeout(self._pool, self._connect, self._write, read_timeout or self._read)
        return await self._upload(self._address.method(method), body, times, self._write)

    async def get_file(self, file_path: str, limit: int) -> tuple[int, bytes]:
        """Download a file of at most ``limit`` bytes.

        Raises:
            TooLarge: when it is larger; no more than the limit is read.
            CutShort: when it ends before its announced length.
        """
        times = aiohttp.ClientTimeout(
            total=DOWNLOAD_SECONDS,
            connect=self._default.connect,
            sock_connect=self._connect,
            sock_read=self._read,
        )
        return await self._exchange("GET", self._address.file(file_path), None, None, times, limit)

    async def _upload(
        self, where: URL, body: Multipart, times: aiohttp.ClientTimeout, write: float | None
    ) -> tuple[int, bytes]:
        whole = body.whole()
        if whole is not None:
            return await self._exchange("POST", where, whole, body.content_type, times)
        # aiohttp has no write timeout. Ours starts anew with every piece, so a slow line may take its time
        # and a dead one is given up; connecting and reading keep theirs, within the first and last piece.
        now = asyncio.get_running_loop().time
        spare = (times.connect or 0.0) + (times.sock_read or 0.0)
        times = aiohttp.ClientTimeout(
            total=None, connect=times.connect, sock_connect=times.sock_connect, sock_read=times.sock_read
        )
        if write is None or times.connect is None or times.sock_read is None:
            stream = body.stream(lambda: None)
            return await self._exchange("POST", where, stream, body.content_type, times, length=body.length)
        try:
            async with asyncio.timeout(spare + write) as standstill:
                stream = body.stream(lambda: standstill.reschedule(now() + spare + write))
                return await self._exchange(
                    "POST", where, stream, body.content_type, times, length=body.length
                )
        except TimeoutError:
            failure: NetworkError = TimedOut("the upload stood still")
        except NetworkError as error:
            failure = error
        if body.broken is not None:
            # The body never became whole, so the server cannot have accepted it.
            raise Unreadable(body.broken)
        raise failure

    async def _exchange(
        self,
        method: str,
        where: URL,
        body: Any,
        content_type: str | None,
        times: aiohttp.ClientTimeout,
        limit: int | None = None,
        length: int | None = None,
    ) -> tuple[int, bytes]:
        session = self._session
        if session is None or session.closed:
            raise RuntimeError("the transport is not open: call initialize() first")
        headers = {}
        if content_type is not None:
            headers["Content-Type"] = content_type
        if length is not None:
            headers["Content-Length"] = str(length)
        failure: NetworkError
        try:
            async with session.request(
                method, where, data=body, headers=headers, timeout=times, allow_redirects=False
            ) as answer:
                if limit is None or answer.status != 200:
                    return answer.status, await answer.read()
                return 200, await _within(answer, limit)
        except (
            aiohttp.ClientConnectorError,
            aiohttp.ClientHttpProxyError,
            aiohttp.ConnectionTimeoutError,
        ) as error:
            failure = NotSent(f"not sent: {_named(error)}")
        except aiohttp.ClientPayloadError as error:
            failure = CutShort(f"the answer was cut short: {_named(error)}")
        except TimeoutError:
            failure = TimedOut("no answer in time")
        except (aiohttp.ClientError, OSError) as error:
            failure = NetworkError(f"the connection failed: {_named(error)}")
        # Raised here, not above: aiohttp's errors hold the address, and «raise … from None» would keep them
        # in __context__.
        raise failure


def _timeout(
    pool: float | None, connect: float | None, write: float | None, read: float | None
) -> aiohttp.ClientTimeout:
    # aiohttp's «connect» spans the wait for a place in the pool and the connecting; both end before a byte is
    # sent. Its total is a net under the writing, which has no timeout of its own.
    ready = None if pool is None or connect is None else pool + connect
    total = None if ready is None or write is None or read is None else ready + write + read
    return aiohttp.ClientTimeout(total=total, connect=ready, sock_connect=connect, sock_read=read)


async def _within(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    announced = answer.content_length
    if announced is not None and announced > limit:
        answer.close()
        raise TooLarge(f"the file has {announced} bytes, more than {limit}")
    kept = bytearray()
    async for chunk in answer.content.iter_any():
        kept += chunk
        if len(kept) > limit:
            answer.close()
            raise TooLarge(f"the file has more than {limit} bytes")
    if announced is not None and len(kept) != announced:
        raise CutShort(f"the file ended after {len(kept)} of {announced} bytes")
    return bytes(kept)


def _named(error: Exception) -> str:
    """What an error may say about itself: its kind and the system's reason, never its text."""
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return f"{type(error).__name__} ({os.strerror(error.errno)})"
    return type(error).__name__

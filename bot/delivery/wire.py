"""Calls to the Bot API as raw values, and what an answer means for the message that was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self

import orjson
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)

from bot.delivery.multipart import Multipart, Unreadable, Upload
from bot.delivery.outcome import Kind, Outcome, ServerFailed, SlowDown, classify
from bot.delivery.transport import Address, AiohttpRequest, CutShort, NotSent, TooLarge

__all__ = [
    "CutShort",
    "Kind",
    "NotSent",
    "Outcome",
    "TooLarge",
    "Unreadable",
    "Upload",
    "Wire",
    "classify",
]

# Telegram hands out no larger file to a bot.
LARGEST_DOWNLOAD: Final = 20 * 1024 * 1024


class Wire:
    """A bot's line to the Bot API: raw calls, updates and downloads over one cheap transport.

    ``bot`` is python-telegram-bot's own object over the same transport, for ``Update.de_json`` and for
    handlers; it is told a stand-in for the token, so it cannot give it away. Long polling has a transport of
    its own: a full pool must not stop intake. An async context manager opens and closes both.
    """

    def __init__(
        self,
        token: str,
        api_url: str = "https://api.telegram.org",
        *,
        proxy: str = "",
        pool_size: int = 64,
        read_timeout: float = 10.0,
        pool_timeout: float = 5.0,
    ) -> None:
        address = Address(api_url, token)
        self._request = AiohttpRequest(
            address, pool_size=pool_size, read_timeout=read_timeout, pool_timeout=pool_timeout, proxy=proxy
        )
        self._polling = AiohttpRequest(address, pool_size=2, read_timeout=read_timeout, proxy=proxy)
        self._read_timeout = read_timeout
        self.bot = Bot(
            token=f"{token.partition(':')[0]}:hidden",
            base_url=_always(Address.BOT),
            base_file_url=_always(Address.FILE),
            request=self._request,
            get_updates_request=self._polling,
        )

    async def __aenter__(self) -> Self:
        """Open the pools."""
        await self._request.initialize()
        await self._polling.initialize()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the pools."""
        await self._polling.shutdown()
        await self._request.shutdown()

    async def call(
        self,
        method: str,
        params: Mapping[str, Any],
        files: Mapping[str, Upload] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Call a method and return its ``result`` as plain JSON values.

        Parameters that are None are left out. A file goes under its parameter's name, or under any name that
        a parameter refers to as ``attach://NAME``.

        Raises:
            TelegramError: what python-telegram-bot would raise for the same answer; see ``classify``.
            Unreadable: when a file to be sent cannot be read.
        """
        if files:
            fields = {name: _text(value) for name, value in params.items() if value is not None}
            status, answer = await self._request.post_files(method, Multipart(fields, files), timeout)
        else:
            body = orjson.dumps({name: value for name, value in params.items() if value is not None})
            status, answer = await self._request.post_json(method, body, timeout)
        return _result(status, answer)

    async def get_updates(
        self,
        offset: int,
        timeout: int,
        limit: int = 100,
        allowed: Sequence[str] | None = None,
    ) -> list[dict[str, Any]]:
        """One long poll of at most ``timeout`` seconds: up to ``limit`` raw updates from ``offset``."""
        params: dict[str, Any] = {"offset": offset, "timeout": timeout, "limit": limit}
        if allowed is not None:
            params["allowed_updates"] = list(allowed)
        status, answer = await self._polling.post_json(
            "getUpdates", orjson.dumps(params), self._read_timeout + timeout
        )
        updates: list[dict[str, Any]] = _result(status, answer)
        return updates

    async def download(
        self, file_path: str, *, expected: int | None = None, limit: int = LARGEST_DOWNLOAD
    ) -> bytes:
        """The bytes of a file that ``getFile`` named, at most ``limit`` of them.

        Raises:
            TooLarge: when the file is larger than the limit.
            CutShort: when fewer bytes arrived than were announced, by the answer or as ``expected``.
            TelegramError: when the link has expired or the server refuses.
        """
        if expected is not None and expected > limit:
            raise TooLarge(f"the file has {expected} bytes, more than {limit}")
        status, content = await self._request.get_file(file_path, limit)
        if status != 200:
            raise _refusal(status, content)
        if expected is not None and len(content) != expected:
            raise CutShort(f"the file ended after {len(content)} of {expected} bytes")
        return content

    async def me(self) -> dict[str, Any]:
        """The bot's own account."""
        account: dict[str, Any] = await self.call("getMe", {})
        return account


def _always(base: str) -> Callable[[str], str]:
    return lambda token: base


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _result(status: int, answer: bytes) -> Any:
    if not 200 <= status <= 299:
        raise _refusal(status, answer)
    try:
        return orjson.loads(answer)["result"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        pass
    raise NetworkError(f"the server's answer is not the Bot API's ({status}, {len(answer)} bytes)")


def _refusal(status: int, answer: bytes) -> TelegramError:
    """What python-telegram-bot raises for this answer; held against it by a test."""
    try:
        said = orjson.loads(answer)
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        said = {}
    description = str(said.get("description") or "")
    parameters = said.get("parameters") or {}
    if parameters.get("migrate_to_chat_id"):
        return ChatMigrated(parameters["migrate_to_chat_id"])
    if parameters.get("retry_after") or status == 429:
        return SlowDown(parameters.get("retry_after") or 1)
    message = description or f"HTTP {status}"
    if status == 403:
        return Forbidden(message)
    if status in (401, 404):
        return InvalidToken(message)
    if status == 400:
        return BadRequest(message)
    if status == 409:
        return Conflict(message)
    return ServerFailed(message) if status >= 500 else NetworkError(message)

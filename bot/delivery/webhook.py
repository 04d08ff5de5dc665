"""The webhook: an update is answered with 200 only once it is stored."""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.delivery.polling import ALLOWED_UPDATES, Line, Room

log = structlog.get_logger(__name__)

# No update comes near; what is larger is not Telegram.
LARGEST: Final = 1024 * 1024
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"

Store = Callable[[list[dict[str, Any]]], Awaitable[None]]


class Gathered:
    """A group commit: what arrives while a batch is being stored is stored together as the next one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = asyncio.Lock()
        self._open: _Batch | None = None

    async def __call__(self, update: dict[str, Any]) -> None:
        """Return once this update is durable.

        Raises:
            Exception: what ``store`` raised, for every update of the batch.
        """
        batch = self._open
        if batch is not None:
            batch.updates.append(update)
            await asyncio.shield(batch.stored)
            return
        batch = self._open = _Batch([update], asyncio.get_running_loop().create_future())
        try:
            async with self._turn:
                self._open = None
                await self._store(batch.updates)
        except BaseException as error:
            if self._open is batch:
                self._open = None
            batch.stored.set_exception(error if isinstance(error, Exception) else InterruptedError())
            batch.stored.exception()  # seen: with a batch of one nobody else looks
            raise
        batch.stored.set_result(None)


@dataclass(slots=True)
class _Batch:
    updates: list[dict[str, Any]]
    stored: asyncio.Future[None]


class WebhookApp:
    """The route that Telegram posts to: ``app`` is the ASGI application.

    Whoever does not know the secret is refused before a byte of the body is read. When the update cannot be
    stored, or ``bound`` updates are waiting in ``room``, the answer is 503 and Telegram sends it again.

    Raises:
        ValueError: for a secret that Telegram would not accept, or none.
    """

    def __init__(
        self, store: Store, secret: str, *, path: str = "/", room: Room | None = None, bound: int = 2000
    ) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise ValueError("webhook_secret: 1 to 256 characters of A-Z a-z 0-9 _ -")
        self._secret = secret
        self._keep = Gathered(store)
        self._room = room
        self._bound = bound
        self.app = Starlette(routes=[Route(path or "/", self._receive, methods=["POST"])])

    async def announce(
        self, line: Line, url: str, *, allowed: Sequence[str] = ALLOWED_UPDATES, connections: int = 40
    ) -> None:
        """Tell Telegram where to post; it stays told when the bot stops.

        Raises:
            TelegramError: when Telegram refuses the address.
        """
        await line.call(
            "setWebhook",
            {
                "url": url,
                "secret_token": self._secret,
                "allowed_updates": list(allowed),
                "max_connections": connections,
            },
        )

    async def _receive(self, request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("latin-1"), self._secret.encode()):
            log.warning("a post to the webhook without the secret")
            return Response(status_code=403)
        if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            return Response(status_code=415)
        if self._room is not None and self._room.waiting >= self._bound:
            return Response(status_code=503, headers={"Retry-After": "1"})
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            update = orjson.loads(body)
        except orjson.JSONDecodeError:
            update = None
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            log.error("a post to the webhook that is no update", size=len(body))
            return Response(status_code=400)
        try:
            await self._keep(update)
        except Exception:
            # whatever it was, nothing is stored: 503 makes Telegram keep the update and send it again
            log.exception("an update could not be stored", update_id=update["update_id"])
            return Response(status_code=503, headers={"Retry-After": "2"})
        return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """The body, or None when it is too large, announced or not."""
    announced = request.headers.get("Content-Length", "0")
    if not announced.isdecimal() or int(announced) > LARGEST:
        return None
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            return None
    return bytes(body)

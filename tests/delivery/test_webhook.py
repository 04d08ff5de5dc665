"""The webhook: 200 only after the commit, everything else refused by its reason."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bot.delivery.serving import Served, bind
from bot.delivery.webhook import LARGEST, SECRET_HEADER, Gathered, WebhookApp
from bot.delivery.wire import Wire
from tests.delivery.conftest import TOKEN, Scripted

SECRET = "a-secret_0"
Post = Callable[..., Any]


def update(number: int, text: str = "x") -> dict[str, Any]:
    return {"update_id": number, "message": {"text": text}}


class Store:
    """Keeps batches, when it is let."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.begun = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self, batch: list[dict[str, Any]]) -> None:
        self.begun.set()
        await self.open.wait()
        if self.error is not None:
            raise self.error
        self.batches.append([each["update_id"] for each in batch])


@asynccontextmanager
async def served(app: WebhookApp) -> AsyncIterator[Post]:
    async with Served(app.app, bind("127.0.0.1:0")) as here, aiohttp.ClientSession() as session:

        async def post(body: Any, *, secret: str | None = SECRET, kind: str = "application/json") -> int:
            headers = {"Content-Type": kind} | ({} if secret is None else {SECRET_HEADER: secret})
            data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
            async with session.post(f"{here.url}/hook", data=data, headers=headers) as answer:
                return answer.status

        yield post


async def test_an_update_is_answered_only_once_it_is_stored() -> None:
    store = Store()
    store.open.clear()

    async with served(WebhookApp(store, SECRET, path="/hook")) as post, asyncio.TaskGroup() as group:
        answer = group.create_task(post(update(1, "垃圾")))
        await store.begun.wait()
        early = answer.done()
        store.open.set()

    assert not early
    assert answer.result() == 200
    assert store.batches == [[1]]


@pytest.mark.parametrize("secret", [None, "", "a-secret_1", "a-secret", "ü" * 10])
async def test_who_does_not_know_the_secret_is_refused(secret: str | None) -> None:
    store = Store()

    async with served(WebhookApp(store, SECRET, path="/hook")) as post:
        status = await post(update(1), secret=secret)

    assert status == 403
    assert store.batches == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b'{"update_id": "7"}', "application/json", 400),
        (b"not json", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"update_id": 7}', "text/plain", 415),
        (b'{"update_id": 7}', "application/json", 200),
        (b"x" * (LARGEST + 1), "application/json", 413),
    ],
)
async def test_what_is_no_update_is_refused_by_its_reason(body: bytes, kind: str, status: int) -> None:
    store = Store()

    async with served(WebhookApp(store, SECRET, path="/hook")) as post:
        answered = await post(body, kind=kind)

    assert answered == status
    assert store.batches == ([[7]] if status == 200 else [])


async def test_a_body_larger_than_announced_limits_without_a_length_is_refused() -> None:
    store = Store()

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 65536

    app = WebhookApp(store, SECRET, path="/hook")
    async with Served(app.app, bind("127.0.0.1:0")) as here, aiohttp.ClientSession() as session:
        headers = {"Content-Type": "application/json", SECRET_HEADER: SECRET}
        async with session.post(f"{here.url}/hook", data=endless(), headers=headers) as answer:
            status = answer.status

    assert status == 413


async def test_what_cannot_be_stored_is_to_be_sent_again() -> None:
    store = Store()
    store.error = OSError("disk full")

    async with served(WebhookApp(store, SECRET, path="/hook")) as post:
        first = await post(update(1))
        store.error = None
        second = await post(update(1))

    assert (first, second) == (503, 200)
    assert store.batches == [[1]]


async def test_too_much_waiting_is_to_be_sent_again() -> None:
    class Full:
        waiting = 10

        async def below(self, bound: int) -> None: ...

    store = Store()

    async with served(WebhookApp(store, SECRET, path="/hook", room=Full(), bound=10)) as post:
        status = await post(update(1))

    assert status == 503


async def test_what_arrives_during_a_commit_goes_into_the_next_one_together() -> None:
    store = Store()
    store.open.clear()
    gathered = Gathered(store)

    async with asyncio.TaskGroup() as group:
        for number in range(10):
            group.create_task(gathered(update(number)))
            await store.begun.wait() if number == 0 else await asyncio.sleep(0)
        store.open.set()

    assert store.batches == [[0], list(range(1, 10))]


async def test_a_failed_commit_fails_every_update_of_its_batch_and_no_other() -> None:
    store = Store()
    store.open.clear()
    gathered = Gathered(store)

    async def put(number: int) -> str:
        try:
            await gathered(update(number))
        except OSError as error:
            return str(error)
        return "kept"

    async with asyncio.TaskGroup() as group:
        first = group.create_task(put(0))
        await store.begun.wait()
        rest = [group.create_task(put(number)) for number in (1, 2)]
        await asyncio.sleep(0)
        store.error = OSError("disk full")
        store.open.set()

    assert [first.result(), *(each.result() for each in rest)] == ["disk full"] * 3
    store.error = None
    assert await put(3) == "kept"


@pytest.mark.parametrize("secret", ["", "with space", "x" * 257, "密"])
def test_a_secret_that_telegram_would_not_take_is_refused(secret: str) -> None:
    store = Store

    with pytest.raises(ValueError, match="webhook_secret"):
        WebhookApp(store(), secret)


async def test_telegram_is_told_address_secret_and_kinds(server: Scripted) -> None:
    app = WebhookApp(Store(), SECRET)

    async with Wire(TOKEN, server.url) as wire:
        await app.announce(wire, "https://bot.example/hook")

    told = server.calls("setWebhook")[0].params
    assert told["url"] == "https://bot.example/hook"
    assert told["secret_token"] == SECRET
    assert "chat_member" in told["allowed_updates"]

"""Delivery by webhook: secret, order within a chat, retries, what the answer may hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp.web
import pytest
from botside import BotSide, polling

from bot.playground.server import Bot, BotApiServer, Person


class Receiver:
    """A bot's webhook that answers as it is told."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[Any] = []
        self.headers: list[Any] = []
        self.status = 200
        self.body: Any = None
        self.failing_chats: set[int] = set()
        self.came = asyncio.Event()

    async def handle(self, request: aiohttp.web.Request) -> aiohttp.web.Response:
        update = await request.json()
        chat = update["message"]["chat"]["id"] if "message" in update else 0
        self.headers.append(dict(request.headers))
        status = 500 if chat in self.failing_chats else self.status
        if status == 200:
            self.got.append(update)
        self.came.set()
        if self.body is not None:
            return aiohttp.web.json_response(self.body, status=status)
        return aiohttp.web.Response(status=status)

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.got]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = aiohttp.web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = aiohttp.web.AppRunner(app)
    await runner.setup()
    site = aiohttp.web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0]
    receiver.url = f"http://{host}:{port}/hook"
    yield receiver
    await runner.cleanup()


async def test_updates_are_posted_with_the_secret_and_acknowledged(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person, receiver: Receiver
) -> None:
    li.sends(bot, "before")
    answer = await call("setWebhook", url=receiver.url, secret_token="s-1")
    li.sends(bot, "after")

    await server.acknowledged(bot)

    assert answer == {"ok": True, "result": True, "description": "Webhook was set"}
    assert receiver.texts == ["before", "after"]
    assert receiver.headers[0]["Content-Type"] == "application/json"
    assert receiver.headers[0]["X-Telegram-Bot-Api-Secret-Token"] == "s-1"


async def test_setting_and_deleting_are_told_in_words(call: BotSide, receiver: Receiver) -> None:
    said = [
        (await call("deleteWebhook"))["description"],
        (await call("setWebhook", url=receiver.url))["description"],
        (await call("setWebhook", url=receiver.url))["description"],
        (await call("getUpdates"))["description"],
        (await call("setWebhook", url=""))["description"],
    ]

    assert said == [
        "Webhook is already deleted",
        "Webhook was set",
        "Webhook is already set",
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first",
        "Webhook was deleted",
    ]


async def test_a_waiting_poll_is_ended_by_a_webhook(
    call: BotSide, server: BotApiServer, bot: Bot, receiver: Receiver
) -> None:
    poll = await polling(server, bot, call("getUpdates", timeout=20))

    await call.result("setWebhook", url=receiver.url)

    assert (await poll)["description"] == "Conflict: terminated by setWebhook request"


async def test_a_failing_update_holds_up_its_own_chat_only(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person, receiver: Receiver
) -> None:
    server.switches.webhook_retry_unit = 0.001
    wang = server.person("王")
    receiver.failing_chats = {li.id}
    await call.result("setWebhook", url=receiver.url)
    for word in ("一", "二"):
        li.sends(bot, f"李{word}")
        wang.sends(bot, f"王{word}")
    await server.wait_for(lambda: len(receiver.got) == 2)
    info = await call.result("getWebhookInfo")

    receiver.failing_chats = set()
    await server.acknowledged(bot)

    assert receiver.texts == ["王一", "王二", "李一", "李二"]
    assert info["pending_update_count"] == 2
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"


async def test_what_was_not_taken_waits_for_polling(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person, receiver: Receiver
) -> None:
    receiver.status = 503
    await call.result("setWebhook", url=receiver.url)
    li.sends(bot, "一")
    await receiver.came.wait()
    await call.result("deleteWebhook")

    assert [u["message"]["text"] for u in await call.updates()] == ["一"]


async def test_an_acknowledgement_may_be_lost(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person, receiver: Receiver
) -> None:
    server.faults.repeated_deliveries = 1
    await call.result("setWebhook", url=receiver.url)
    li.sends(bot, "一")
    await server.acknowledged(bot)

    assert receiver.texts == ["一", "一"]


async def test_pending_updates_can_be_dropped(
    call: BotSide, bot: Bot, li: Person, receiver: Receiver
) -> None:
    li.sends(bot, "一")

    await call.result("setWebhook", url=receiver.url, drop_pending_updates=True)

    assert (await call.result("getWebhookInfo"))["pending_update_count"] == 0
    assert receiver.got == []


async def test_the_answer_may_call_a_method(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person, receiver: Receiver
) -> None:
    receiver.body = {"method": "sendMessage", "chat_id": li.id, "text": "收到"}
    await call.result("setWebhook", url=receiver.url)
    li.sends(bot, "一")

    heard = await li.hears(bot, "收到")

    assert heard.text == "收到"


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"url": "http://example.com/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://example.com:8081/"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": "https://127.0.0.1/"}, "bad webhook: IP address 127.0.0.1 is reserved"),
        ({"url": "ftp://example.com/"}, "invalid webhook URL specified"),
        (
            {"url": "https://example.com/", "secret_token": "a b"},
            "secret token contains unallowed characters",
        ),
        ({"url": "https://example.com/", "secret_token": "a" * 257}, "secret token is too long"),
    ],
)
async def test_the_hosted_service_is_particular_about_addresses(
    call: BotSide, server: BotApiServer, params: dict[str, str], words: str
) -> None:
    server.switches.webhook_anywhere = False

    assert await call.error("setWebhook", **params) == f"Bad Request: {words}"

"""The wire against the strict local server: real answers, real faults, both ways of taking updates."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from telegram.error import Conflict, NetworkError, TelegramError

from bot.clock import SteppedClock
from bot.delivery.lanes import Lanes
from bot.delivery.polling import Poller, State
from bot.delivery.serving import Served, bind
from bot.delivery.webhook import WebhookApp
from bot.delivery.wire import Kind, Upload, Wire, classify
from bot.playground.server import BotApiServer
from tests.drawn import photo

TOKEN = "7000000001:TEST-local"


@pytest.fixture
async def telegram() -> AsyncIterator[BotApiServer]:
    server = BotApiServer(SteppedClock(datetime(2019, 4, 9, 1, tzinfo=UTC)), strict=True)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def wire(telegram: BotApiServer) -> AsyncIterator[Wire]:
    async with Wire(TOKEN, telegram.url, read_timeout=2) as opened:
        yield opened


class Kept:
    """A store in memory that hands on to nobody."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []

    async def __call__(self, batch: list[dict[str, Any]]) -> None:
        self.updates += batch

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.updates]


async def test_polling_takes_every_message_once_and_acknowledges_the_last(
    telegram: BotApiServer, wire: Wire
) -> None:
    bot = telegram.bot(TOKEN, username="inspect_bot")
    li = telegram.person("李明")
    kept = Kept()
    for number in range(250):
        li.sends(bot, f"{number}")
    poller = Poller(wire, kept)

    async with asyncio.TaskGroup() as group:
        group.create_task(poller.run())
        await telegram.wait_for(lambda: len(kept.updates) >= 250, timeout=5)
        poller.stop()

    assert kept.texts == [f"{number}" for number in range(250)]
    await telegram.acknowledged(bot)


async def test_an_upload_comes_back_byte_for_byte_by_download(
    telegram: BotApiServer, wire: Wire, tmp_path: Path
) -> None:
    bot = telegram.bot(TOKEN, username="inspect_bot")
    li = telegram.person("李明")
    li.sends(bot, "在")
    content = photo("rubbish")
    path = tmp_path / "巡查 1.jpg"
    path.write_bytes(content)

    sent = await wire.call(
        "sendDocument", {"chat_id": li.id}, {"document": Upload("巡查 1.jpg", path, "image/jpeg")}
    )
    file = await wire.call("getFile", {"file_id": sent["document"]["file_id"]})
    back = await wire.download(file["file_path"], expected=file["file_size"])

    assert back == content
    assert sent["document"]["file_name"] == "巡查 1.jpg"


async def test_an_album_of_uploads_arrives_as_one(telegram: BotApiServer, wire: Wire) -> None:
    bot = telegram.bot(TOKEN, username="inspect_bot")
    li = telegram.person("李明")
    li.sends(bot, "在")
    pictures = {
        f"p{number}": Upload(f"{number}.jpg", photo(seed=number), "image/jpeg") for number in range(3)
    }

    sent = await wire.call(
        "sendMediaGroup",
        {"chat_id": li.id, "media": [{"type": "photo", "media": f"attach://{name}"} for name in pictures]},
        pictures,
    )

    assert len(sent) == 3
    assert len({message["media_group_id"] for message in sent}) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "arrived"),
    [
        ({"status": 429, "retry_after": 3}, Kind.RETRY_AFTER, False),
        ({"status": 500}, Kind.UNCERTAIN, False),
        ({"status": 502}, Kind.UNCERTAIN, False),
        ({"cut": "before"}, Kind.UNCERTAIN, False),
        ({"cut": "after"}, Kind.UNCERTAIN, True),
        ({"silent": "after"}, Kind.UNCERTAIN, True),
    ],
)
async def test_a_fault_has_its_kind_and_the_next_call_goes_through(
    telegram: BotApiServer, fault: dict[str, Any], kind: Kind, arrived: bool
) -> None:
    bot = telegram.bot(TOKEN, username="inspect_bot")
    li = telegram.person("李明")
    li.sends(bot, "在")
    telegram.faults.next("sendMessage", **fault)

    async with Wire(TOKEN, telegram.url, read_timeout=0.2) as wire:
        with pytest.raises(TelegramError) as caught:
            await wire.call("sendMessage", {"chat_id": li.id, "text": "一"})
        first = len([message for message in li.chat(bot).messages if message.text == "一"])
        await wire.call("sendMessage", {"chat_id": li.id, "text": "二"})

    assert classify(caught.value).kind is kind
    assert first == int(arrived)
    assert li.chat(bot).messages[-1].text == "二"


async def test_a_blocked_bot_and_a_stranger_have_their_kinds(telegram: BotApiServer, wire: Wire) -> None:
    bot = telegram.bot(TOKEN, username="inspect_bot")
    li = telegram.person("李明")
    li.sends(bot, "在")
    li.blocks(bot)

    with pytest.raises(TelegramError) as blocked:
        await wire.call("sendMessage", {"chat_id": li.id, "text": "一"})
    with pytest.raises(TelegramError) as unknown:
        await wire.call("sendMessage", {"chat_id": 987654321, "text": "一"})

    assert classify(blocked.value).kind is Kind.BLOCKED
    assert classify(unknown.value).kind is Kind.CHAT_GONE


async def test_a_truncated_download_is_noticed(telegram: BotApiServer, wire: Wire) -> None:
    bot = telegram.bot(TOKEN, username="inspect_bot")
    li = telegram.person("李明")
    li.sends_photo(bot, photo("rubbish"))
    telegram.faults.download_truncated_at = 1000
    updates = await wire.get_updates(0, 0)
    largest = updates[-1]["message"]["photo"][-1]
    file = await wire.call("getFile", {"file_id": largest["file_id"]})

    with pytest.raises(NetworkError):
        await wire.download(file["file_path"], expected=file["file_size"])


async def test_a_second_poller_makes_the_first_step_back(telegram: BotApiServer, wire: Wire) -> None:
    bot = telegram.bot(TOKEN, username="inspect_bot")
    stepped_back = asyncio.Event()
    kept = Kept()

    async def sleep(seconds: float) -> None:
        stepped_back.set()
        await asyncio.Event().wait()

    poller = Poller(wire, kept, sleep=sleep)
    async with asyncio.TaskGroup() as group:
        group.create_task(poller.run())
        await telegram.wait_for(lambda: bot.calls_of("deleteWebhook"), timeout=5)
        async with Wire(TOKEN, telegram.url) as other, asyncio.timeout(10):
            while not stepped_back.is_set():
                with suppress(Conflict):  # whoever asks last wins
                    await other.get_updates(0, 1)
        state = poller.state
        poller.stop()

    assert state is State.CONFLICT


async def test_the_webhook_takes_what_was_said_and_lanes_keep_its_order(
    telegram: BotApiServer, wire: Wire
) -> None:
    bot = telegram.bot(TOKEN, username="inspect_bot")
    people = [telegram.person(name) for name in ("李明", "王芳", "赵强")]
    heard: dict[int, list[str]] = {}
    aside: list[Any] = []

    async def handle(update: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        heard.setdefault(update["message"]["chat"]["id"], []).append(update["message"]["text"])

    async def set_aside(update: dict[str, Any], error: Exception) -> None:
        aside.append(update)

    lanes: Lanes[int, dict[str, Any]] = Lanes(handle, set_aside)

    async def store(batch: list[dict[str, Any]]) -> None:
        for update in batch:
            lanes.put(update["message"]["chat"]["id"], update)

    hook = WebhookApp(store, "a-secret", path="/hook")
    async with Served(hook.app, bind("127.0.0.1:0")) as here:
        await hook.announce(wire, f"{here.url}/hook")
        for number in range(20):
            for person in people:
                person.sends(bot, f"{number}")
        await telegram.acknowledged(bot)
        await lanes.idle()
        await wire.call("deleteWebhook", {})

    assert heard == {person.id: [f"{number}" for number in range(20)] for person in people}
    assert aside == []

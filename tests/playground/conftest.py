"""A server of one's own for every test, a bot on it, and a person."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import aiohttp
import pytest
from botside import TOKEN, BotSide
from onpage import Town, playing

from bot.clock import SteppedClock
from bot.playground.server import Bot, BotApiServer, Person


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(datetime(2019, 4, 12, 1, 30, tzinfo=UTC))


@pytest.fixture
async def server(clock: SteppedClock) -> AsyncIterator[BotApiServer]:
    async with BotApiServer(clock) as started:
        yield started


@pytest.fixture
def bot(server: BotApiServer) -> Bot:
    return server.bot(TOKEN, username="inspect_bot")


@pytest.fixture
def li(server: BotApiServer) -> Person:
    return server.person("李", username="li_test")


@pytest.fixture
async def call(server: BotApiServer, bot: Bot) -> AsyncIterator[BotSide]:
    async with aiohttp.ClientSession() as session:
        yield BotSide(server.url, TOKEN, session)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One playground for all tests in the browser that leave its clock alone: each has words of its own."""
    with playing(tmp_path_factory.mktemp("town") / "play") as running:
        yield running

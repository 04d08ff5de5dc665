"""A ledger in a real SQLite file, migrated, and a desk before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import build_world
from bot.clock import SteppedClock
from bot.config import EXAMPLE, load_settings
from bot.domain.world import World
from bot.ledger.desk import Desk
from tests.town.ledger import empty_ledger

START = datetime(2019, 4, 12, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def world() -> World:
    """The example's campaign."""
    return build_world(load_settings(EXAMPLE, {"BOT_TOKEN": "7000000001:TEST"}))


@pytest.fixture
def clock() -> SteppedClock:
    """A clock that the test moves."""
    return SteppedClock(START)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A migrated ledger of the test's own."""
    return empty_ledger(tmp_path / "bot.db")


@pytest.fixture
def open_desk(url: str, clock: SteppedClock, world: World) -> Iterator[Callable[[], Desk]]:
    """Opens desks on the ledger, as several processes would; all are closed at the end."""
    opened: list[Desk] = []

    def one() -> Desk:
        opened.append(Desk(url, clock, world))
        return opened[-1]

    yield one
    for desk in opened:
        desk.close()


@pytest.fixture
def desk(open_desk: Callable[[], Desk]) -> Desk:
    """One desk."""
    return open_desk()

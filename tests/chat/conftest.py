"""A town for each test: the strict server, the real bot, a clock that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ledger import engines
from tests.town.town import Town


@pytest.fixture(autouse=True)
def commits_do_not_wait_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The power does not fail here; that a commit waits for the disk is held by the ledger's own tests."""
    monkeypatch.setattr(engines, "SYNCHRONOUS", "OFF")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """The town on the morning of 12 April 2019; at the end nothing strict was violated."""
    async with Town(tmp_path) as town:
        yield town
        town.server.check()

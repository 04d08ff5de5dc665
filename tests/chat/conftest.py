"""A town for each test: the strict server, the real bot, a clock that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.town.town import Town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """The town on the morning of 12 April 2019; at the end nothing strict was violated."""
    async with Town(tmp_path) as town:
        yield town
        town.server.check()

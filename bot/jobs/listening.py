"""Remembers until when Telegram was heard, so that people can be told what an outage may have cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.ledger.desk import Desk
from bot.services import upkeep

EVERY: Final = timedelta(minutes=1)


class Listening:
    """Asked at every beat; writes once a minute, and looks back when the line is there again.

    Args:
        desk: the ledger's door.
        clock: the injected clock.
        up: whether Telegram is being heard now.
    """

    def __init__(self, desk: Desk, clock: Clock, up: Callable[[], bool]) -> None:
        self._desk = desk
        self._clock = clock
        self._up = up
        self._noted: datetime | None = None  # None: not heard since the start or since the line broke

    async def note(self) -> None:
        """One beat."""
        if not self._up():
            self._noted = None
            return
        now = self._clock.now()
        if self._noted is None:
            await self._desk.do(upkeep.heard_again)
        elif now - self._noted < EVERY:
            return
        else:
            await self._desk.do(upkeep.heard)
        self._noted = now

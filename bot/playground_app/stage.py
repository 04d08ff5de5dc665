"""The playground as a stage for stories."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Final

from bot.playground.game.clock import ClockError, GameClock
from bot.playground.game.faults import FaultError, FaultPanel
from bot.playground.game.hand import BotGone, BotState
from bot.playground.server import Person, WaitedInVain
from bot.playground.stories import Both, StoryFailed

STARTS_WITHIN: Final = 30.0
"""Seconds that a bot which is being started is waited for."""


class PageStage:
    """The people who have joined, and the clock in the page's bar."""

    def __init__(self, clock: GameClock, faults: FaultPanel, place: Callable[[str], int | None]) -> None:
        self.clock = clock
        self.faults = faults
        self.server = clock.server
        self.bot = clock.bot
        self._place = place

    def person(self, place: str) -> Person | None:
        """Who has a place in the cast."""
        number = self._place(place)
        return None if number is None else self.server.people.get(number)

    def now(self) -> datetime:
        """The campaign's present instant."""
        return self.clock.now()

    def zone(self) -> tzinfo:
        """The campaign's zone."""
        return self.clock.days.zone

    async def rest(self) -> None:
        """Until the bot has heard and answered everything."""
        await self.clock.rest()

    async def move_to(self, instant: datetime) -> None:
        """Move the clock, as the page's buttons do.

        Raises:
            StoryFailed: it was stopped on the way.
        """
        try:
            ended = await self.clock.move_to(instant)
        except ClockError as error:
            raise StoryFailed(Both(error.zh, str(error))) from error
        if ended != "there":
            raise StoryFailed(Both("时钟在半路停下了", "the clock was stopped on the way"))

    async def instant(self, name: str) -> datetime | None:
        """The next instant of a name."""
        return await self.clock.instant(name)

    async def stop_bot(self) -> None:
        """Kill the bot's process, as the faults do."""
        await self.faults.switch({"do": "kill"})

    async def start_bot(self) -> None:
        """Start the bot's process where there is none.

        Raises:
            StoryFailed: it does not start.
        """
        process = self.faults.process
        with contextlib.suppress(WaitedInVain):
            await self.server.wait_for(lambda: process.state is not BotState.STARTING, STARTS_WITHIN)
        if process.state is not BotState.DOWN:
            return
        try:
            await self.faults.switch({"do": "restart"})
        except FaultError as error:
            raise StoryFailed(Both(error.zh, str(error))) from error
        await self.clock.rest()  # what people sent meanwhile is heard first
        with contextlib.suppress(BotGone):
            await self.clock.hand.beat()

"""The playground as a stage for stories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

from bot.playground.game.clock import ClockError, GameClock
from bot.playground.server import Person
from bot.playground.stories import Both, StoryFailed


class PageStage:
    """The people who have joined, and the clock in the page's bar."""

    def __init__(self, clock: GameClock, place: Callable[[str], int | None]) -> None:
        self.clock = clock
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

    def instant(self, name: str) -> datetime | None:
        """The next instant of a name."""
        return self.clock.instant(name)

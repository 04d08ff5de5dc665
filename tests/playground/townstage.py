"""A stage for stories: a town whose people join as they are needed, its clock moved as on the page."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any, Literal

from bot.domain.permissions import Role
from bot.playground.game.clock import GameClock
from bot.playground.game.days import CampaignDays
from bot.playground.game.hand import BotGone
from bot.playground.server import Person
from bot.playground.stories import Story
from bot.playground_app.cast import cast_of
from bot.playground_app.hand import Hand
from bot.playground_app.joining import Joining
from tests.town.town import Town


class Gone:
    """The hand of a bot that does not run."""

    async def _gone(self, *_: Any) -> Any:
        raise BotGone

    hold = set_clock = beat = settle = foresee = upcoming = _gone


class TownStage:
    """A town on which stories are told."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.server = town.server
        self.bot = town.bot
        campaign = town.app.world.campaign
        self.days = CampaignDays(campaign.first_day, campaign.last_day, campaign.zone)
        self.hand = Hand(town.app, town.clock)
        self.clock = GameClock(town.server, town.bot, self.hand, self.days)
        self.people: dict[str, Person] = {}

    async def join(self, *places: str) -> list[Person]:
        """Who has these places in the cast joins."""
        rows = self.town.settings().places_file().read_text("utf-8-sig")
        parts = {part.place: part for part in cast_of(self.town.app.world.campaign, rows)}
        for place in places:
            part = parts[place]
            if place not in self.people:
                person = self.server.person(part.name)
                joining = Joining(self.server, self.bot, self._invite, lambda: True)
                await joining.everybody([part.as_json(self.town.app.world.campaign)], [person])
                await self.rest()
                self.people[place] = person
        return [self.people[place] for place in places]

    async def _invite(self, role: str, scope: dict[str, Any]) -> str:
        return await self.hand.invite(Role(role), **scope)

    async def join_cast(self, story: Story) -> None:
        """Everybody who appears in a story joins, and the channel is bound where it is looked into."""
        await self.join(*story.cast)
        looked = (expected for step in story.steps for expected in step.then)
        owner = next((one.who for one in looked if getattr(one, "where", "") == "channel"), None)
        if owner is not None:
            joining = Joining(self.server, self.bot, self._invite, lambda: True)
            await joining.channel("县(市)整治通报", self.people[owner], [])
            await self.rest()

    def person(self, place: str) -> Person | None:
        return self.people.get(place)

    def number(self, place: str) -> int | None:
        person = self.person(place)
        return None if person is None else person.id

    def now(self) -> datetime:
        return self.clock.now()

    def local(self) -> datetime:
        return self.now().astimezone(self.days.zone)

    def zone(self) -> tzinfo:
        return self.days.zone

    async def rest(self) -> None:
        await self.clock.rest()

    async def move_to(self, instant: datetime) -> str:
        return await self.clock.move_to(instant)

    async def instant(self, name: Literal["friday", "period", "reminder", "day_off"]) -> datetime | None:
        return await self.clock.instant(name)

    async def stop_bot(self) -> None:
        await self.town.stop_bot()
        self.clock.hand = Gone()

    async def start_bot(self) -> None:
        if self.clock.hand is self.hand:
            return
        await self.town.start_bot()
        self.hand.app = self.town.app
        self.clock.hand = self.hand
        await self.rest()  # what people sent meanwhile is heard first, as by a bot that beats its own time
        await self.hand.beat()

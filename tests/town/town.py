"""A town: the strict server, people who joined by links, and the real application on a stepped clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import Application, build_world
from bot.clock import SteppedClock
from bot.config import EXAMPLE, Settings, load_settings
from bot.domain.permissions import Role
from bot.domain.world import World
from bot.ledger.desk import Work
from bot.playground.server import BotApiServer
from bot.services.people import invitations
from bot.services.people.invitations import Scope
from tests.town.ledger import empty_ledger

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2019, 4, 12, 9, 0, tzinfo=ZONE)
TOKEN = "7000000001:TEST-local"


_worlds: dict[tuple[Path, tuple[tuple[str, str], ...]], World] = {}
"""Frozen values: reading the places once is enough."""


class Town:
    """Everything a test on the wire needs; an async context manager."""

    def __init__(
        self, folder: Path, *, start: datetime = START, config: Path = EXAMPLE, **overrides: str
    ) -> None:
        self.folder = folder
        self.config = config
        self.clock = SteppedClock(start)
        self.server = BotApiServer(self.clock, strict=True)
        self.server.switches.webhook_anywhere = True
        self.bot = self.server.bot(TOKEN, username="inspect_bot", privacy=False)
        self.overrides = overrides
        self.app: Application

    async def __aenter__(self) -> Town:
        self.url = await self.server.start()
        await self.start_bot()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.app.close()
        await self.server.stop()

    def settings(self) -> Settings:
        """The example's campaign on this town's server and folder."""
        environ = {
            "BOT_TOKEN": TOKEN,
            "BOT_TELEGRAM__API_URL": self.url,
            "BOT_DATABASE__URL": f"sqlite:///{self.folder / 'bot.db'}",
            "BOT_MEDIA__URL": str(self.folder / "media"),
            "BOT_BACKUP__DIR": str(self.folder / "backups"),
            "BOT_SERVER__LISTEN": "",
            "BOT_OUTBOX__PER_SECOND": "0",
            "BOT_OUTBOX__PER_CHAT": "0",
            "BOT_OUTBOX__PER_GROUP_MINUTE": "0",
            **self.overrides,
        }
        return load_settings(self.config, environ)

    async def start_bot(self) -> None:
        """Start the bot: also after `stop_bot`, on the same ledger."""
        settings = self.settings()
        ledger = self.folder / "bot.db"
        if not ledger.exists():
            empty_ledger(ledger)
        key = (self.config, tuple(sorted(self.overrides.items())))
        if key not in _worlds:
            _worlds[key] = build_world(settings)
        self.app = Application(settings, self.clock, metronome=False, world=_worlds[key])
        await self.app.start()

    async def stop_bot(self) -> None:
        """A clean stop."""
        await self.app.close()

    async def invite(self, role: Role, **scope: Any) -> str:
        """The payload of a fresh invitation."""

        def verb(work: Work) -> str:
            return invitations.create(work, Scope(role, **scope))

        return await self.app.parts.desk.do(verb)

    async def join(self, name: str, role: Role, post: str = "干部", **scope: Any) -> Any:
        """A person who has joined by a link: name, post, red lines."""
        person = self.server.person(name)
        person.opens(self.bot, await self.invite(role, **scope))
        await self.settle()
        person.sends(self.bot, f"{name} {post}")
        await self.settle()
        message = next(m for m in reversed(person.chat(self.bot).messages) if m.buttons)
        person.presses(message, "我已知晓")
        await self.settle()
        return person

    async def also(self, person: Any, role: Role, **scope: Any) -> None:
        """One more role for somebody who has joined."""
        person.opens(self.bot, await self.invite(role, **scope))
        await self.settle()

    async def settle(self) -> None:
        """Until every update is acknowledged, its lane is empty, and nothing is left to send."""
        await self.server.acknowledged(self.bot)
        await self.app.idle()

    async def passes(self, **step: float) -> None:
        """Time passes: the metronome beats at every second that something is due (here: at the end)."""
        self.clock.advance(timedelta(**step))
        await self.app.tick()
        self.app.parts.sender.wake()
        await self.settle()

"""Faults for the curious: each on and off, with its state shown."""

from __future__ import annotations

import asyncio
import contextlib
import math
from datetime import datetime
from typing import Any, Final, Protocol

from bot.playground.server import Bot, BotApiServer, WaitedInVain

from .hand import BotRefused, BotState

RETRY_AFTER: Final = 5
POLLS_EVERY: Final = 1.0
"""Seconds between two polls of the second poller, after the first has taken the line back."""
POLL_SECONDS: Final = 20
LONGEST_WAIT: Final = 36.0
"""Seconds that a bot may let pass before it asks again, if nobody says otherwise."""
HEARS_WITHIN: Final = 2.0
"""Seconds after which a bot that should hear and does not is started anew."""


class Process(Protocol):
    """The bot's process."""

    @property
    def state(self) -> BotState:
        """Whether it runs."""
        ...

    @property
    def pid(self) -> int | None:
        """Its number."""
        ...

    @property
    def starts(self) -> int:
        """How often it was started."""
        ...

    async def kill(self) -> None:
        """End it as a power failure does."""
        ...

    async def stop(self) -> None:
        """End it cleanly."""
        ...

    async def launch(self) -> None:
        """Start it."""
        ...

    async def start(self, url: str, now: datetime) -> None:
        """Let its bot begin."""
        ...


class FaultError(Exception):
    """What cannot be switched: one line in each language."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh


class FaultPanel:
    """The switches.

    Attributes:
        url: where the bot finds the server.
        longest_wait: seconds after which a bot that gave way to another poller asks again at the latest.
    """

    def __init__(
        self, server: BotApiServer, bot: Bot, process: Process, longest_wait: float = LONGEST_WAIT
    ) -> None:
        self.longest_wait = longest_wait
        self.server = server
        self.bot = bot
        self.process = process
        self.url = server.url
        self._second: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    def seen(self) -> dict[str, Any]:
        """What is on."""
        faults = self.server.faults
        return {
            "network_down": faults.network_down,
            "rate_limited": faults.slow_down > 0,
            "retry_after": faults.slow_down or RETRY_AFTER,
            "bot": str(self.process.state),
            "pid": self.process.pid,
            "starts": self.process.starts,
            "hearing": self._hears(),
            "hears_within": math.ceil(self.longest_wait),
            "second_poller": self._second is not None,
            "conflicts": self.bot.conflicts,
            "blocked": [chat.id for chat in self.bot.chats.values() if chat.blocked],
        }

    def tell(self) -> None:
        """Say that something has changed."""
        self.server.events.happen("faults", **self.seen())
        self.watch()

    def watch(self) -> None:
        """Let it be told when a bot that does not hear now does so again."""
        waits = self._second is None and not self._hears()
        if waits and (self._watch is None or self._watch.done()):
            self._watch = asyncio.get_running_loop().create_task(self._tell_when_it_hears())

    def _hears(self) -> bool:
        """Whether the bot's question waits at the server; a second poller's does not count."""
        poll = self.bot.queue.poll
        return self._second is None and poll is not None and not poll.done()

    async def _tell_when_it_hears(self) -> None:
        with contextlib.suppress(WaitedInVain):
            await self.server.wait_for(self._hears, 2 * self.longest_wait)
            self.tell()

    async def switch(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Do what a page asks; gives what is on.

        Raises:
            FaultError: there is no such fault, or it cannot be done now.
        """
        on = bool(asked.get("on", True))
        match asked.get("do"):
            case "network":
                self.server.telegram.network(down=on)
            case "429":
                seconds = int(asked.get("retry_after") or RETRY_AFTER)
                self.server.faults.slow_down = max(1, min(seconds, 60)) if on else 0
            case "block":
                self._block(int(asked.get("person", 0)), on)
            case "poller":
                await self._second_poller(on)
            case "kill":
                await self.process.kill()
            case "restart":
                await self.start_again()
            case "heal":
                await self.heal()
            case other:
                raise FaultError(f"没有这种故障：{other}", f"there is no fault «{other}»")
        self.tell()
        return self.seen()

    async def start_again(self) -> None:
        """Start the bot; one that runs is killed first."""
        async with self._starting:
            if self.process.state is not BotState.DOWN:
                await self.process.kill()
            try:
                await self.process.launch()
                await self.process.start(self.url, self.server.clock.now())
            except BotRefused as error:
                raise FaultError(f"机器人没能启动：{error}", f"the bot did not start: {error}") from error

    async def heal(self) -> None:
        """Everything off, nobody blocks the bot, the bot runs and hears at once.

        One that has stepped back from a dead line or a second poller would for half a minute not look
        whether all is well: it is started anew.
        """
        self.server.faults.clear()
        await self._second_poller(False)
        for chat in list(self.bot.chats.values()):
            if chat.blocked:
                self._block(chat.id, False)
        if self.process.state is BotState.RUNNING:
            with contextlib.suppress(WaitedInVain):
                await self.server.wait_for(self._hears, HEARS_WITHIN)
                return
            await self.process.stop()
        if self.process.state is BotState.DOWN:
            await self.start_again()

    def _block(self, number: int, on: bool) -> None:
        person = self.server.people.get(number)
        if person is None:
            raise FaultError(f"没有这个人：{number}", f"there is no person {number}")
        (person.blocks if on else person.unblocks)(self.bot)

    # --- the second poller ------------------------------------------------------------------------

    async def _second_poller(self, on: bool) -> None:
        if on and self._second is None:
            self._second = asyncio.get_running_loop().create_task(self._compete())
        elif not on and self._second is not None:
            self._second.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._second
            self._second = None
            # its last question would still wait at the server; the bot's own only asks once more
            if self.bot.queue.poll is not None and not self.bot.queue.poll.done():
                self.bot.queue.poll.set_result("cut")

    async def _compete(self) -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(self._poll())
            both.create_task(self._count())

    async def _count(self) -> None:
        """Tell of every answer 409 at once: the second poller's own question waits on."""
        told = self.bot.conflicts
        while True:
            await self.server.events.bell()
            if self.bot.conflicts > told:
                told = self.bot.conflicts
                self.tell()

    async def _poll(self) -> None:
        """Ask for the same bot's updates over the wire, as a copy on another machine would.

        It confirms nothing, so that no update is lost by it.
        """
        import aiohttp

        address = f"{self.url}/bot{self.bot.token}/getUpdates"
        async with aiohttp.ClientSession(trust_env=False) as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.post(address, data={"timeout": str(POLL_SECONDS)}) as response:
                        await response.read()
                await asyncio.sleep(POLLS_EVERY)

    async def close(self) -> None:
        """End what runs by itself."""
        await self._second_poller(False)
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)

"""The bot as the game holds it: an application beside it in a test, a process of its own on the page."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol


class BotGone(Exception):
    """The bot does not run, or has died while it was asked."""


class BotRefused(Exception):
    """The bot's process does not start: its lines for the user, and the exit code."""

    def __init__(self, lines: list[str], code: int) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
        self.code = code


class BotState(StrEnum):
    """Whether the bot runs."""

    DOWN = "down"
    STARTING = "starting"
    RUNNING = "running"


class Foreseen(NamedTuple):
    """An instant at which a beat would do something, and what."""

    at: datetime
    what: tuple[str, ...]


class BotHand(Protocol):
    """What can be asked of a bot.

    Raises:
        BotGone: (any of them) it does not run.
    """

    async def hold(self, held: bool) -> None:
        """Stop its own metronome while the clock is moved, or let it go on."""
        ...

    async def set_clock(self, instant: datetime) -> None:
        """Move its clock forward."""
        ...

    async def beat(self) -> int:
        """Do everything that is due; gives how many things were done."""
        ...

    async def settle(self, patience: float) -> bool:
        """Wait until it has nothing left to do; False when it still had after so many seconds."""
        ...

    async def foresee(self, until: datetime) -> Foreseen | None:
        """The first instant until then at which a beat would do something."""
        ...

    async def upcoming(self) -> list[dict[str, Any]]:
        """What falls due next, soonest first: `at`, `kind`, `number`."""
        ...

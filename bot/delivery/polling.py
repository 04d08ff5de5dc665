"""The long-polling loop: a batch is stored before the next request acknowledges it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from time import monotonic
from typing import Any, Final, Protocol, TypeVar

import structlog
from telegram.error import TelegramError

from bot.delivery.outcome import Kind, classify

T = TypeVar("T")

log = structlog.get_logger(__name__)

# Named in full: the server keeps the last list that anybody set, and leaves chat_member out by default.
ALLOWED_UPDATES: Final = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "my_chat_member",
    "chat_member",
)

LONGEST_PAUSE: Final = 30.0
# Two pollers end each other's request at once; the one that was there first gives way for so long.
STEP_BACK: Final = 30.0
_JITTER: Final = 0.2
WHOLE: Final = 100
"""Updates in a whole batch."""
HELD_OPEN: Final = 3.0
"""Telegram answers at once when something waits: a poll this many seconds old has found nothing."""
LONGEST_SILENCE: Final = STEP_BACK * (1 + _JITTER)
"""So long after Telegram can be reached again, or is this bot's alone, it is asked at the latest."""


class Line(Protocol):
    """What the poller needs of ``Wire``."""

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        """Call a method."""
        ...

    async def get_updates(
        self,
        offset: int,
        timeout: int,
        limit: int = 100,
        allowed: Sequence[str] | None = None,
    ) -> list[dict[str, Any]]:
        """One long poll."""
        ...


class Room(Protocol):
    """What the poller needs of ``Lanes`` to know when to pause."""

    @property
    def waiting(self) -> int:
        """Items not yet done."""
        ...

    async def below(self, bound: int) -> None:
        """Return when fewer are waiting."""
        ...


class State(StrEnum):
    """What the poller is at, for health and log."""

    STARTING = "starting"
    POLLING = "polling"
    FULL = "full"
    """Too much is waiting: Telegram keeps the rest."""
    STORE_FAILS = "store_fails"
    UNREACHABLE = "unreachable"
    CONFLICT = "conflict"
    """Somebody else takes this bot's updates."""
    REFUSED = "refused"
    """The token is not accepted."""
    STOPPED = "stopped"


class Poller:
    """Takes raw updates batch by batch, hands each to ``store``, and only then asks for the next.

    ``store`` returns when the batch is durable; when it raises, the same batch is handed to it again and
    nothing is acknowledged. While ``bound`` or more updates wait in ``room`` it asks for none: Telegram
    keeps them for a day. ``offset`` is one more than the last update that was stored, 0 for none.
    """

    def __init__(
        self,
        line: Line,
        store: Callable[[list[dict[str, Any]]], Awaitable[None]],
        *,
        offset: int = 0,
        room: Room | None = None,
        bound: int = 2000,
        allowed: Sequence[str] = ALLOWED_UPDATES,
        hold: int = 30,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        changed: Callable[[State], None] | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._line = line
        self._store = store
        self._room = room
        self._bound = bound
        self._allowed = tuple(allowed)
        self._hold = hold
        self._sleep = sleep
        self._changed = changed
        self._offset = offset
        self._acknowledged = offset
        self._heard = False
        self._stopping = False
        self._clock = clock
        self._asked_at: float | None = None
        self._short = False
        self._gate: asyncio.Timeout | None = None
        self.state = State.STARTING
        self.said = ""

    @property
    def offset(self) -> int:
        """One more than the last update that was stored."""
        return self._offset

    @property
    def caught_up(self) -> bool:
        """Whether nothing waits at Telegram: a poll gave less than a whole batch, or is held open."""
        if self._asked_at is not None and self._clock() - self._asked_at >= HELD_OPEN:
            return True
        return self._short

    async def run(self) -> None:
        """Poll until ``stop``.

        Raises:
            InvalidToken: when the token is refused before the first poll has succeeded; later that is a
                state, and tried again.
        """
        # A webhook that was left set would answer every poll with 409.
        await self._patiently(lambda: self._line.call("deleteWebhook", {}))
        while not self._stopping:
            await self._wait_for_room()
            batch = await self._patiently(self._poll)
            if batch:
                await self._keep(batch)
        await self._acknowledge()
        self._enter(State.STOPPED)

    def stop(self) -> None:
        """End the running request; what is being stored is stored to its end, then ``run`` returns."""
        self._stopping = True
        if self._gate is not None:
            self._gate.reschedule(0.0)

    async def _poll(self) -> list[dict[str, Any]]:
        asked = self._offset
        self._asked_at = self._clock()
        try:
            batch = await self._line.get_updates(asked, self._hold, WHOLE, self._allowed)
        finally:
            self._asked_at = None
        self._short = len(batch) < WHOLE
        self._acknowledged = asked
        self._heard = True
        self._enter(State.POLLING)
        return batch

    async def _keep(self, batch: list[dict[str, Any]]) -> None:
        pause = 0.0
        while True:
            try:
                await self._store(batch)
            except Exception as error:
                pause = _longer(pause)
                log.exception("a batch could not be stored", updates=len(batch), again_in=pause)
                self._enter(State.STORE_FAILS, type(error).__name__)
            else:
                # Not the highest: after a quiet week the server starts anew at a random number.
                self._offset = int(batch[-1]["update_id"]) + 1
                return
            await self._unless_stopped(self._sleep(pause))
            if self._stopping:
                return

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T | None:
        """Ask until there is an answer; None when stopped first."""
        pause = 0.0
        while not self._stopping:
            try:
                return await self._unless_stopped(ask())
            except TelegramError as error:
                outcome = classify(error)
                if outcome.kind is Kind.TOKEN_REVOKED and not self._heard:
                    raise
                if outcome.kind is Kind.CONFLICT:
                    wait = STEP_BACK * random.uniform(1 - _JITTER, 1 + _JITTER)
                elif outcome.kind is Kind.TOKEN_REVOKED:
                    wait = LONGEST_PAUSE
                elif outcome.kind is Kind.RETRY_AFTER:
                    wait = outcome.retry_after + 0.5
                else:
                    wait = pause = _longer(pause)
                self._enter(_STATES.get(outcome.kind, State.UNREACHABLE), outcome.detail)
                log.warning("no updates", state=str(self.state), said=outcome.detail, again_in=round(wait, 1))
            await self._unless_stopped(self._sleep(wait))
        return None

    async def _wait_for_room(self) -> None:
        if self._room is None or self._room.waiting < self._bound:
            return
        self._enter(State.FULL, f"{self._room.waiting} updates are waiting")
        log.warning("too many updates are waiting", waiting=self._room.waiting)
        await self._unless_stopped(self._room.below(self._bound))

    async def _unless_stopped(self, doing: Awaitable[T]) -> T | None:
        """Await, or give up and return None when ``stop`` is called."""
        # One timeout object instead of a task for every request: stop() moves its end to now.
        try:
            async with asyncio.timeout(0 if self._stopping else None) as self._gate:
                return await doing
        except TimeoutError:
            if not self._stopping:
                raise
            return None
        finally:
            self._gate = None

    async def _acknowledge(self) -> None:
        """Tell the server what was stored, so that it is not delivered once more after the restart."""
        if self._offset == self._acknowledged:
            return
        try:
            async with asyncio.timeout(5):
                await self._line.get_updates(self._offset, 0, 1, self._allowed)
        except (TelegramError, TimeoutError) as error:
            # Harmless: they come again and are known.
            log.info("the last updates were not acknowledged", said=type(error).__name__)
        else:
            self._acknowledged = self._offset

    def _enter(self, state: State, said: str = "") -> None:
        self.said = said
        self._short = self._short and state is not State.UNREACHABLE
        if state is not self.state:
            self.state = state
            if self._changed is not None:
                self._changed(state)


_STATES: Final = {Kind.CONFLICT: State.CONFLICT, Kind.TOKEN_REVOKED: State.REFUSED}


def _longer(pause: float) -> float:
    """The next pause: from one second up by half each time, with jitter so that many do not come at once."""
    return min(LONGEST_PAUSE, max(1.0, pause * 1.5)) * random.uniform(0.9, 1.1)

"""What is asked of a bot's application from outside: its clock, a beat, what is due, an invitation."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

from bot.app import Application
from bot.clock import OffsetClock, SteppedClock
from bot.domain.permissions import Role
from bot.jobs.timetable import foresee
from bot.ledger.desk import Work
from bot.ledger.outbox import next_due
from bot.playground.game.hand import Foreseen
from bot.services.people import invitations
from bot.services.people.invitations import Scope
from bot.services.upcoming import upcoming

BEATS: Final = 50
"""One due function does so much at once and leaves the rest to the next beat; this many beats at the most."""


class Hand:
    """One application, held by the playground or by a test."""

    def __init__(self, app: Application, clock: OffsetClock | SteppedClock) -> None:
        self.app = app
        self.clock = clock

    async def hold(self, held: bool) -> None:
        """Stop the metronome while the clock is moved; or let it go on."""
        self.app.hold(held)

    async def set_clock(self, instant: datetime) -> None:
        """Move the bot's clock; it does not run backwards, an instant gone by changes nothing."""
        if instant > self.clock.now():
            self.clock.move_to(instant)

    async def beat(self) -> int:
        """Do what is due now, all of it; gives how many things were done."""
        done = 0
        for _ in range(BEATS):
            more = await self.app.tick()
            done += more
            if not more:
                break
        self.app.parts.sender.wake()
        return done

    async def settle(self, patience: float) -> bool:
        """Until the bot has nothing left to do or to send; False when it still had after so many seconds."""
        try:
            async with asyncio.timeout(patience):
                await self.app.idle()
        except TimeoutError:
            return False
        return True

    async def foresee(self, until: datetime) -> Foreseen | None:
        """The first instant after now, to the second and not after `until`, at which a beat does something.

        It is found by trying: what a beat does at a later instant is done and undone. So it holds for
        whatever stands in the timetable; only what were due for less than this span and then no longer
        would be passed over.
        """
        desk, now = self.app.parts.desk, self.clock.now()
        waiting = await desk.look(next_due)
        put_off = waiting if waiting is not None and now < waiting <= until else None
        what = await desk.do(foresee, until)
        if not what:
            return Foreseen(put_off, ("outbox",)) if put_off is not None else None
        low, high = 0, max(1, int((until - now).total_seconds()))
        while high - low > 1:
            middle = (low + high) // 2
            found = await desk.do(foresee, now + timedelta(seconds=middle))
            if found:
                high, what = middle, found
            else:
                low = middle
        at = min(until, now + timedelta(seconds=high))
        if put_off is not None and put_off < at:
            return Foreseen(put_off, ("outbox",))
        return Foreseen(at, tuple(what))

    async def upcoming(self) -> list[dict[str, Any]]:
        """What falls due next, soonest first, as JSON."""
        rows = await self.app.parts.desk.look(upcoming)
        return [{"at": row.at.isoformat(), "kind": row.kind, "number": row.number} for row in rows]

    async def invite(self, role: Role, **scope: Any) -> str:
        """The payload of an invitation."""

        def verb(work: Work) -> str:
            return invitations.create(work, Scope(role, **scope))

        return await self.app.parts.desk.do(verb)

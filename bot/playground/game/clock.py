"""The campaign's clock, moved from due instant to due instant, each as if it had come by itself."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.clock import OffsetClock, SteppedClock
from bot.playground.server import Bot, BotApiServer, WaitedInVain

from .days import CampaignDays
from .hand import BotGone, BotHand
from .words import JUMPS, both, due_words

HOUR: Final = timedelta(hours=1)
PATIENCE: Final = 30.0
"""Seconds that the bot has at each stop to do and send what is due."""
FAULTY_PATIENCE: Final = 0.5
"""The same while the network is down or every sending is refused: it cannot come to rest."""
TOLD_EVERY: Final = 0.1
"""Seconds between two words about a move that is under way."""
LOOKS_AFTER: Final = 0.3
"""Seconds of quiet after a happening, before what is due next is asked for anew."""
LOOKS_EVERY: Final = 20.0
DAY_OFF: Final = "duty.ten_day.proposal"
CHANGING: Final = frozenset(("message", "edited", "deleted", "answer", "person", "member"))
"""Happenings after which something else may be due next."""


class ClockError(Exception):
    """Why the clock is not moved: one line in each language."""

    def __init__(self, zh: str, en: str, *, busy: bool = False) -> None:
        super().__init__(en)
        self.zh = zh
        self.busy = busy


@dataclass(slots=True)
class Move:
    """A move that is under way."""

    start: datetime
    to: datetime
    at: datetime
    steps: int = 0
    cancelled: bool = False
    impatient: bool = False

    def seen(self) -> dict[str, Any]:
        """The move as the page shows it."""
        whole = (self.to - self.start).total_seconds()
        part = (self.at - self.start).total_seconds() / whole if whole else 1.0
        ends = {"from": self.start.isoformat(), "to": self.to.isoformat()}
        return {**ends, "part": round(min(1.0, part), 4), "steps": self.steps}


class GameClock:
    """The clock of a server and of the bot on it.

    A stop is made at every instant at which the bot would do something, and at every full hour. At each, bot
    and server are set to the same instant, the bot does what is due, and has come to rest before the next.
    """

    def __init__(self, server: BotApiServer, bot: Bot, hand: BotHand, days: CampaignDays) -> None:
        clock = server.clock
        assert isinstance(clock, OffsetClock | SteppedClock)
        self.server = server
        self.bot = bot
        self.hand = hand
        self.days = days
        self.clock = clock
        self.move: Move | None = None
        self._next: list[dict[str, Any]] = []
        self._told_at = 0.0

    def now(self) -> datetime:
        """The campaign's present instant."""
        return self.clock.now()

    # --- moving -----------------------------------------------------------------------------------

    def target(self, asked: dict[str, Any]) -> datetime:
        """The instant that a page's words name.

        Raises:
            ClockError: there is none, it is gone by, or too far.
        """
        now = self.now()
        try:
            to = self._named(asked)
        except (ValueError, OverflowError) as error:
            raise ClockError("看不懂这个时间", f"this is no time: {error}") from error
        if to < now:
            raise ClockError("时钟不能倒退", "the clock does not run backwards")
        if to > self.days.latest():
            raise ClockError("太远了：最多到行动结束后一年", "too far: a year after the campaign at the most")
        return to

    def _named(self, asked: dict[str, Any]) -> datetime:
        if "advance" in asked:
            return self.now() + timedelta(seconds=float(asked["advance"]))
        jump = next((one for one in self.jumps() if one["key"] == asked.get("to")), None)
        given = jump["at"] if jump is not None else asked.get("to")
        if not given:
            raise ClockError("接下来没有到期的事", "nothing falls due next")
        to = datetime.fromisoformat(str(given))
        return to if to.tzinfo is not None else to.replace(tzinfo=self.days.zone)

    async def move_to(self, to: datetime) -> str:
        """Move on to an instant; gives how it ended: `there`, `cancelled`, or `failed`.

        Raises:
            ClockError: another move is under way.
        """
        move = self.begin(to)
        return await self.carry_out(move)

    def begin(self, to: datetime) -> Move:
        """Announce a move, so that no other can begin.

        Raises:
            ClockError: another move is under way.
        """
        if self.move is not None:
            raise ClockError("时钟正在走", "the clock is being moved", busy=True)
        now = self.now()
        self.move = Move(now, to, now)
        self._tell()
        return self.move

    async def carry_out(self, move: Move) -> str:
        """Do what `begin` announced."""
        ended = "failed"
        try:
            await self._hold(True)
            await self._walk(move)
            ended = "cancelled" if move.cancelled else "there"
        finally:
            await self._hold(False)
            self.move = None
            with contextlib.suppress(BotGone):
                self._next = await self.hand.upcoming()
            self._tell(ended=ended)
        return ended

    def cancel(self) -> None:
        """Let the move that is under way end where it is."""
        if self.move is not None:
            self.move.cancelled = True

    async def _walk(self, move: Move) -> None:
        await self._rest()
        while not move.cancelled:
            now = self.now()
            if now >= move.to:
                return
            stop = min(move.to, _full_hour_after(now, self.days))
            await self._stop_at(await self._due_before(stop) or stop)
            move.at = self.now()
            move.steps += 1
            if asyncio.get_running_loop().time() - self._told_at > TOLD_EVERY:
                self._tell()

    async def _due_before(self, stop: datetime) -> datetime | None:
        try:
            found = await self.hand.foresee(stop)
        except BotGone:
            return None
        return None if found is None else found.at

    async def _stop_at(self, instant: datetime) -> None:
        """Bot and server at one instant; then what is due. Without a bot, time passes all the same."""
        try:
            await self.hand.set_clock(instant)
        except BotGone:
            self._set(instant)
            return
        self._set(instant)
        with contextlib.suppress(BotGone):
            await self.hand.beat()
            await self._rest()

    def _set(self, instant: datetime) -> None:
        if instant > self.clock.now():
            self.clock.move_to(instant)

    async def rest(self) -> None:
        """Until the bot has heard everything and answered it; not for ever while a fault is on."""
        await self._rest()

    async def _rest(self) -> None:
        """Wait; a bot that did not come to rest once in a move is not waited for so long again in it."""
        faults = self.server.faults
        patience = FAULTY_PATIENCE if faults.network_down or faults.slow_down else PATIENCE
        if self.move is not None and self.move.impatient:
            patience = FAULTY_PATIENCE
        rested = False
        with contextlib.suppress(WaitedInVain, BotGone):
            await self.hand.settle(patience)  # a bot that is gone says so here, and nobody waits for its ears
            await self.server.acknowledged(self.bot, timeout=patience)
            rested = await self.hand.settle(patience)
        if self.move is not None and not rested:
            self.move.impatient = True

    async def _hold(self, held: bool) -> None:
        with contextlib.suppress(BotGone):
            await self.hand.hold(held)

    # --- showing ----------------------------------------------------------------------------------

    def bar(self) -> dict[str, Any]:
        """Now, the day, what is due next, where one can jump to."""
        now = self.now()
        return {
            "now": now.astimezone(self.days.zone).isoformat(),
            "first_day": self.days.first.isoformat(),
            "last_day": self.days.last.isoformat(),
            "day": self.days.number(now),
            "days": self.days.count,
            "moving": self.move.seen() if self.move is not None else None,
            "next": self._next_due(),
            "jumps": self.jumps(),
        }

    def jumps(self) -> list[dict[str, Any]]:
        """Where the clock can jump to; `at` is None where there is nothing."""
        now, due = self.now(), self._next_due()
        friday, closing = self.days.next_friday(now), self.days.next_closing(now)
        at = {
            "hour": now + HOUR,
            "reminder": datetime.fromisoformat(due["at"]) if due is not None else None,
            "friday": friday,
            "period": closing,
        }
        shown = []
        for key, instant in at.items():
            local = instant.astimezone(self.days.zone) if instant is not None else None
            words = both(*JUMPS[key], day=local.day if local is not None else "8/18/28")
            shown.append({"key": key, "at": local.isoformat() if local is not None else None, **words})
        return shown

    async def instant(self, name: str) -> datetime | None:
        """The instant of one of the jumps, or of the next question about a day off, where there is one."""
        await self.look()
        if name == "day_off":
            asked = (one["at"] for one in self._next if one["kind"] == DAY_OFF)
            at = next(asked, None)
        else:
            at = next(one["at"] for one in self.jumps() if one["key"] == name)
        return datetime.fromisoformat(at) if at is not None else None

    def _next_due(self) -> dict[str, Any] | None:
        now = self.now()
        for row in self._next:
            at = datetime.fromisoformat(row["at"]).astimezone(self.days.zone)
            if at > now:
                at = at.replace(microsecond=0) + timedelta(seconds=at.microsecond > 0)
                words = due_words(row["kind"], row["number"])
                return {"at": at.isoformat(), "kind": row["kind"], **words}
        return None

    async def look(self) -> None:
        """Ask anew what is due next, and tell it when it has changed."""
        before = self._next_due()
        try:
            self._next = await self.hand.upcoming()
        except BotGone:
            self._next = []
        if self._next_due() != before and self.move is None:
            self._tell()

    async def keep_looking(self) -> None:
        """Keep what is due next up to date, until cancelled."""
        events, seen = self.server.events, 0
        while not events.closed:
            if seen == events.number:
                try:
                    async with asyncio.timeout(LOOKS_EVERY):
                        await events.bell()
                except TimeoutError:
                    await self.look()
                continue
            changed = any(event.kind in CHANGING for event in events.after(seen))
            seen = events.number
            if changed:
                await asyncio.sleep(LOOKS_AFTER)
                await self.look()

    def _tell(self, **more: str) -> None:
        self._told_at = asyncio.get_running_loop().time()
        self.server.events.happen("clock", **self.bar(), **more)


def _full_hour_after(now: datetime, days: CampaignDays) -> datetime:
    local = now.astimezone(days.zone)
    return local.replace(minute=0, second=0, microsecond=0) + HOUR

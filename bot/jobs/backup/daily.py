"""The day's backup: begun by the clock, made in a thread of its own while the bot goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Final

import structlog

from bot.clock import Clock
from bot.domain.campaign import Campaign
from bot.jobs.backup.making import Made, Plan, make
from bot.ledger.backup import BackupError, NotHere
from bot.ledger.desk import Desk, DeskClosed, LedgerUnavailable
from bot.media.errors import StoreError
from bot.services.operating import keeping

log = structlog.get_logger(__name__)

TRY_AGAIN: Final = timedelta(hours=1)


class Daily:
    """Asked at every beat; at most one backup at a time.

    One is due when the day's hour has passed since the last good one, or since the start where there is none:
    what an outage missed is made up for at once, and a failed one is tried again after an hour.

    Args:
        desk: the ledger's door.
        clock: the injected clock.
        campaign: whose wall clock the hour is on.
        at: the hour; None for never.
        plan: gives what is backed up, read anew each time.
    """

    def __init__(
        self, desk: Desk, clock: Clock, campaign: Campaign, at: time | None, plan: Callable[[], Plan]
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._campaign = campaign
        self._at = at
        self._plan = plan
        self._next: datetime | None = None
        self._running: asyncio.Task[None] | None = None

    async def note(self) -> None:
        """One beat: begin when it is time."""
        if self._at is None or self._running is not None:
            return
        now = self._clock.now()
        if self._next is None:
            kept = await self._desk.look(keeping.last)
            self._next = self.after(kept.good or now)
        if now >= self._next:
            task = asyncio.get_running_loop().create_task(self._make(now), name="backup")
            task.add_done_callback(self._ended)
            self._running = task

    async def idle(self) -> None:
        """Return when no backup is under way."""
        if self._running is not None:
            await asyncio.wait((self._running,))

    def after(self, instant: datetime) -> datetime:
        """When the next one is due after an instant."""
        assert self._at is not None
        local = self._campaign.local(instant)
        due = datetime.combine(local.date(), self._at, local.tzinfo)
        return (
            due if due > local else datetime.combine(local.date() + timedelta(days=1), self._at, local.tzinfo)
        )

    async def _make(self, now: datetime) -> None:
        self._next = now + TRY_AGAIN
        try:
            made: Made = await asyncio.to_thread(lambda: make(self._plan(), now))
        except (BackupError, StoreError, OSError) as error:
            log.error(
                "the backup could not be made", reason=str(error), exc_info=not isinstance(error, NotHere)
            )
            await self._desk.do(keeping.failed, str(error))
            return
        await self._desk.do(keeping.backed_up, now, made.files.ledger.name, made.note())
        self._next = self.after(now)
        log.info(
            "backed up", file=made.files.ledger.name, photos=made.paper.photos, copied=made.copied,
            missing=len(made.paper.missing), damaged=len(made.paper.damaged),
        )  # fmt: skip

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running = None
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, (LedgerUnavailable, DeskClosed)):
            log.warning("what became of the backup could not be written down", error=str(error))
        else:  # one backup's fault must not end the bot: it is said, and tried again
            log.error("a backup failed", exc_info=error)

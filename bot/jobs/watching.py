"""Watches the machine: room on the disks, the line, the queues; tells monitors, and the admins of trouble."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import structlog
from telegram.error import TelegramError

from bot.clock import Clock
from bot.delivery.wire import Wire
from bot.ledger.desk import Desk, LedgerUnavailable, Work
from bot.ledger.engines import sqlite_path
from bot.services import upkeep
from bot.services.operating import alerts, reading
from bot.services.operating.reading import MACHINE, Reading
from bot.texts.catalogue import Catalogue

log = structlog.get_logger(__name__)

EVERY: Final = timedelta(seconds=30)
LOW_DISK: Final = 1_000_000_000
"""Below one gigabyte a day of photos may not fit: the same line as `check` draws."""
LATE_INBOX: Final = 300.0
LATE_OUTBOX: Final = 900.0
LATE_PHOTOS: Final = 3600.0
"""Seconds that something may wait before somebody is told; none of them is reached on a good day."""
SAID_AGAIN: Final = timedelta(hours=1)
LINE: Final = {"conflict": "conflict", "store_fails": "store_fails"}
"""States of the poller that the admins hear of; of a dead line nobody can be told by that line."""
KINDS: Final = frozenset({"disk", "inbox", "outbox", "photos", *LINE.values()})


@dataclass(frozen=True, slots=True)
class Disk:
    """Room in a folder that the bot writes to."""

    name: str
    free: int
    total: int


class Watch:
    """Asked at every beat, looks twice a minute.

    Args:
        desk: the ledger's door.
        clock: the injected clock.
        folders: where the bot writes, by name.
        line: the state of the poller, "" by webhook.
        wire: for what must be said while nothing can be written down.
        catalogue: the texts.
        free: asks a folder's disk; tests bring their own.
    """

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        folders: Mapping[str, Path],
        line: Callable[[], str],
        wire: Wire,
        catalogue: Catalogue,
        free: Callable[[Path], tuple[int, int]] | None = None,
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._folders = dict(folders)
        self._line = line
        self._wire = wire
        self._catalogue = catalogue
        self._free = free or _free
        self._looked: datetime | None = None
        self._said: datetime | None = None
        self._dead_since: datetime | None = None
        self.reading = Reading()
        self.disks: tuple[Disk, ...] = ()
        self.ledger_bytes = 0
        self.beats = 0
        self.beat_at: datetime | None = None

    async def note(self) -> None:
        """A beat that went well."""
        now = self._clock.now()
        self.beats += 1
        self.beat_at = now
        dead, self._dead_since = self._dead_since, None
        if dead is not None:
            self._said = None
            log.warning("the ledger can be written again", since=dead.isoformat())
            values = {"from": dead.isoformat(), "to": now.isoformat()}
            await self._desk.do(alerts.tell, "ledger_back", values, f"ledger:{dead:%Y%m%dT%H%M%S}")
        if self._looked is not None and now - self._looked < EVERY:
            return
        self._looked = now
        await self.look()

    async def look(self) -> None:
        """Look now, and tell what is new."""
        self.disks = await asyncio.to_thread(self._room)
        self.ledger_bytes = await asyncio.to_thread(self._size)
        self.reading = await self._desk.look(reading.read)
        found = self._found()
        if found or self.reading.troubles & KINDS or self.reading.aside or self._an_hour_has_passed():
            await self._desk.do(_write, found, self.reading.aside, [_rounded(one) for one in self.disks])

    async def ledger_failed(self, error: LedgerUnavailable) -> None:
        """A beat could not be written: said at once to the admins, past the outbox, and once an hour."""
        now = self._clock.now()
        self._dead_since = self._dead_since or now
        if self._said is not None and now - self._said < SAID_AGAIN:
            return
        self._said = now
        self.disks = await asyncio.to_thread(self._room)
        values = {
            "kind": "ledger", "over": False, "why": remedy_of(str(error)), "said": str(error)[:120],
            "disks": [_rounded(one) for one in self.disks],
        }  # fmt: skip
        text = self._catalogue.text(None, "operating.trouble", values)
        for chat_id in self.reading.admins:
            try:
                await self._wire.call("sendMessage", {"chat_id": chat_id, "text": text, "parse_mode": "HTML"})
            except TelegramError as failure:
                log.warning("an admin could not be told", error=type(failure).__name__)

    def gauges(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What `/metrics` tells of queues, clock, ledger, backup and disks: gauges, and gauges by a label."""
        now = self._clock.now

        def since(instant: datetime | None) -> float:
            return -1.0 if instant is None else max(0.0, (now() - instant).total_seconds())

        plain = {
            "bot_updates_aside": ("Updates set aside in the ledger", lambda: self.reading.aside),
            "bot_beats": ("Beats of the clock since the start", lambda: self.beats),
            "bot_beat_age_seconds": (
                "Since the last beat that could be written",
                lambda: since(self.beat_at),
            ),
            "bot_update_age_seconds": (
                "Since the last update; -1: none",
                lambda: since(self.reading.last_update),
            ),
            "bot_backup_age_seconds": (
                "Since the last good backup; -1: none",
                lambda: since(self.reading.last_backup),
            ),
            "bot_ledger_writable": (
                "1 while the ledger can be written",
                lambda: float(self._dead_since is None),
            ),
            "bot_ledger_bytes": ("Size of the ledger's file", lambda: self.ledger_bytes),
            "bot_troubles": (
                "Troubles that the admins were told of and that last",
                lambda: len(self.reading.troubles),
            ),
        }
        queues = ("inbox", "outbox", "photos")
        labelled = {
            "bot_queue_length": (
                "What waits, as last looked",
                "queue",
                lambda: {name: getattr(self.reading, name) for name in queues},
            ),
            "bot_queue_age_seconds": (
                "How long the oldest has waited",
                "queue",
                lambda: {name: getattr(self.reading, f"{name}_age") for name in queues},
            ),
            "bot_disk_free_bytes": (
                "Room on the disk",
                "holds",
                lambda: {one.name: one.free for one in self.disks},
            ),
        }
        return plain, labelled

    def wrong(self) -> dict[str, Callable[[], str | None]]:
        """The checks of `/readyz`, by name."""
        return {
            "ledger": lambda: "it cannot be written" if self._dead_since else None,
            "telegram": lambda: None if self._line() in ("", "polling", "starting", "full") else self._line(),
            "disk": lambda: next(
                (f"{one.name}: no room" for one in self.disks if one.free < LOW_DISK / 10), None
            ),
        }

    def _found(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        low = [_rounded(one) for one in self.disks if one.free < LOW_DISK]
        if low:
            found["disk"] = {"disks": low}
        now = self.reading
        for kind, age, late, count in (
            ("inbox", now.inbox_age, LATE_INBOX, now.inbox),
            ("outbox", now.outbox_age, LATE_OUTBOX, now.outbox),
            ("photos", now.photos_age, LATE_PHOTOS, now.photos),
        ):
            if age > late:
                found[kind] = {"count": count, "minutes": int(age // 60)}
        if (line := LINE.get(self._line())) is not None:
            found[line] = {}
        return found

    def _an_hour_has_passed(self) -> bool:
        """Once an hour the ledger is told how much room there is, for the morning's report."""
        return self.beats % 3600 < EVERY.total_seconds()

    def _size(self) -> int:
        path = sqlite_path(self._desk.url)
        try:
            return Path(path).stat().st_size if path is not None else 0
        except OSError:
            return 0

    def _room(self) -> tuple[Disk, ...]:
        found: dict[int, Disk] = {}
        for name, folder in self._folders.items():
            existing = next(place for place in (folder, *folder.parents) if place.exists())
            try:
                device = os.stat(existing).st_dev  # noqa: PTH116 - one call, beside disk_usage
                free, total = self._free(existing)
            except OSError as error:
                log.warning("a disk cannot be looked at", folder=name, error=str(error))
                continue
            found.setdefault(device, Disk(name, free, total))
        return tuple(found.values())


def remedy_of(said: str) -> str:
    """What a database's words call for: a key of the text."""
    lower = said.lower()
    for words, key in (
        (("full", "no space"), "full"),
        (("readonly", "read-only"), "readonly"),
        (("malformed", "corrupt", "not a database"), "corrupt"),
        (("unable to open", "too many open"), "handles"),
        (("i/o",), "io"),
        (("locked", "busy"), "locked"),
    ):
        if any(word in lower for word in words):
            return key
    return "other"


def _write(work: Work, found: alerts.Found, aside: int, disks: list[dict[str, Any]]) -> None:
    alerts.check(work, found, KINDS)
    if aside:  # told once for each more; how many there were is in the key
        alerts.tell(work, "aside", {"count": aside}, f"aside:{aside}")
    if upkeep.fact(work, MACHINE) != disks:
        upkeep.know(work, MACHINE, disks)


def _free(folder: Path) -> tuple[int, int]:
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total


def _rounded(disk: Disk) -> dict[str, Any]:
    return {"name": disk.name, "free": round(disk.free / 1e9, 1), "total": round(disk.total / 1e9)}

"""What the ledger knows of its own backups: the last good one, and why the last try failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.ledger import backup
from bot.ledger.desk import Work
from bot.services import upkeep

FACT: Final = "backup"
TOO_OLD: Final = timedelta(hours=36)
"""A day's backup and half a day more: then it is trouble."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The last good backup, None before the first, and since when it fails."""

    good: datetime | None = None
    file: str = ""
    missing: int = 0
    damaged: int = 0
    failed: datetime | None = None
    why: str = ""

    def values(self, work: Work) -> dict[str, Any]:
        """For a text."""
        return {
            "good": work.world.campaign.local(self.good).isoformat() if self.good else None,
            "old": self.good is not None and work.now - self.good > TOO_OLD,
            "missing": self.missing,
            "damaged": self.damaged,
            "failed": work.world.campaign.local(self.failed).isoformat() if self.failed else None,
            "why": self.why,
        }


def last(work: Work) -> Kept:
    """What is known of the backups."""
    value = upkeep.fact(work, FACT)
    if value is None:
        return Kept()
    times = {name: datetime.fromisoformat(value[name]) for name in ("good", "failed") if value.get(name)}
    return Kept(**{**value, "good": None, "failed": None, **times})


def gaps(work: Work) -> tuple[tuple[datetime, datetime], ...]:
    """The times that this ledger, restored from a backup, has forgotten."""
    return tuple(
        (datetime.fromisoformat(one["from"]).replace(microsecond=0), datetime.fromisoformat(one["to"]))
        for one in backup.gaps(work.connection)
    )


def backed_up(work: Work, at: datetime, file: str, note: dict[str, int]) -> None:
    """A backup was made, restored and compared; `note` is what it holds."""
    upkeep.know(work, FACT, {"good": at.isoformat(), "file": file, **note})


def failed(work: Work, why: str) -> None:
    """A backup could not be made; the last good one stands."""
    value = upkeep.fact(work, FACT) or {}
    upkeep.know(work, FACT, {**value, "failed": work.now.isoformat(), "why": why[:200]})

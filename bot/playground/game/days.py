"""The campaign's days as the bar shows them, and the instants one can jump to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

DAYS_IN: Final = 3
MORNING: Final = time(9, 0)
"""The play begins on the fourth morning of the campaign: 12 April 2019."""
FRIDAY: Final = 4
BEFORE_WEEKLY: Final = time(9, 55)
"""Five minutes before the weekly reports are due."""
CLOSING_DAYS: Final = frozenset((8, 18, 28))
BEFORE_CLOSING: Final = time(17, 55)
AFTERWARDS: Final = timedelta(days=7)
"""The last week's and the last period's reports are due after the last day."""
LATEST: Final = timedelta(days=366)
"""So long after the last day the clock can still be moved."""


@dataclass(frozen=True, slots=True)
class CampaignDays:
    """First day, last day and zone of the campaign."""

    first: date
    last: date
    zone: tzinfo

    @classmethod
    def of(cls, told: dict[str, Any]) -> CampaignDays:
        """From what the bot says of its campaign."""
        first, last = date.fromisoformat(told["first_day"]), date.fromisoformat(told["last_day"])
        return cls(first, last, ZoneInfo(told["zone"]))

    @property
    def count(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def number(self, instant: datetime) -> int:
        """Which day of the campaign an instant lies in; 0 and less before it, more than `count` after it."""
        return (instant.astimezone(self.zone).date() - self.first).days + 1

    def first_morning(self) -> datetime:
        """When the play begins."""
        return datetime.combine(min(self.first + timedelta(days=DAYS_IN), self.last), MORNING, self.zone)

    def next_friday(self, now: datetime) -> datetime | None:
        """The next Friday on which weekly reports are due, five minutes before."""
        return self._next(now, BEFORE_WEEKLY, lambda day: day.weekday() == FRIDAY)

    def next_closing(self, now: datetime) -> datetime | None:
        """The next 8th, 18th or 28th, five minutes before the ten-day reports are due."""
        return self._next(now, BEFORE_CLOSING, lambda day: day.day in CLOSING_DAYS)

    def latest(self) -> datetime:
        """As far as the clock goes."""
        return datetime.combine(self.last, MORNING, self.zone) + LATEST

    def _next(self, now: datetime, clock: time, fits: Callable[[date], bool]) -> datetime | None:
        day = now.astimezone(self.zone).date()
        while day <= self.last + AFTERWARDS:
            at = datetime.combine(day, clock, self.zone)
            if at > now and fits(day):
                return at
            day += timedelta(days=1)
        return None

"""The windows that are scored: ten-day periods by the notice's day, months by year and month (SPEC §3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.domain.calendar import CampaignCalendar, Month, Period
from bot.ledger.desk import Work
from bot.services.duties import days

FINAL = "final"
"""The key of the final ranking 总排名."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class UnknownWindow(LookupError):
    """No period or month of the campaign has that key; `known` names those that there are."""

    def __init__(self, text: str, known: Iterable[str]) -> None:
        super().__init__(text)
        self.known = tuple(known)


@dataclass(frozen=True, slots=True)
class Window:
    """What one ranking is about; `key` is `2019-04-18` or `2019-04`, `periods` are a month's."""

    key: str
    label: str
    start: datetime
    end: datetime
    first_day: date
    last_day: date
    month: str
    periods: tuple[str, ...] = ()

    @property
    def monthly(self) -> bool:
        """Whether it is a month."""
        return bool(self.periods)

    @property
    def final(self) -> bool:
        """Whether it is the whole campaign, for the final ranking."""
        return self.key == FINAL

    @property
    def kind(self) -> str:
        """`ten_day`, `month` or `final`."""
        return "final" if self.final else "month" if self.monthly else "ten_day"

    def values(self) -> dict[str, str]:
        """What texts say of it: key, label, days."""
        return {
            "key": self.key,
            "label": self.label,
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
        }


@lru_cache(maxsize=4)
def _calendar(first_day: date, last_day: date, zone: ZoneInfo) -> CampaignCalendar:
    return CampaignCalendar(first_day, last_day, zone)


def calendar(work: Work) -> CampaignCalendar:
    """The campaign's calendar."""
    campaign = work.world.campaign
    return _calendar(campaign.first_day, campaign.last_day, campaign.zone)


def scored(work: Work, key: str) -> Window:
    """The window with that key, for which marks can be given: the final ranking has none of its own.

    Raises:
        UnknownWindow: there is none.
    """
    if key == FINAL:
        raise UnknownWindow(key, (one.key for one in all_of(work)))
    return window(work, key)


def window(work: Work, key: str) -> Window:
    """The window with that key.

    Raises:
        UnknownWindow: there is none.
    """
    found = calendar(work)
    if _DAY.fullmatch(key):
        try:
            period = found.period(date.fromisoformat(key))
        except ValueError:
            period = None
        if period is not None:
            return of_period(period)
    for month in found.months:
        if month.key == key:
            return of_month(found, month)
    if key == FINAL:
        first, last = found.periods[0], found.periods[-1]
        return Window(FINAL, "总排名", first.start, last.end, first.first_day, last.last_day, "")
    raise UnknownWindow(key, [*(p.key.isoformat() for p in found.periods), *(m.key for m in found.months)])


def of_period(period: Period) -> Window:
    """A ten-day period as a window."""
    return Window(
        period.key.isoformat(),
        period.label,
        period.start,
        period.end,
        period.first_day,
        period.last_day,
        period.month.key,
    )


def of_month(found: CampaignCalendar, month: Month) -> Window:
    """A month as a window: from the start of its first period to the end of its last."""
    periods = found.periods_of(month)
    return Window(
        month.key,
        month.label,
        periods[0].start,
        periods[-1].end,
        periods[0].first_day,
        periods[-1].last_day,
        month.key,
        tuple(period.key.isoformat() for period in periods),
    )


def current(work: Work) -> Window:
    """The period that runs now; before the campaign its first, after it its last."""
    found = calendar(work)
    period = found.period_of(work.now)
    if period is None:
        period = found.periods[0] if work.now < found.begins else found.periods[-1]
    return of_period(period)


def begun(work: Work, one: Window) -> bool:
    """Whether a window has begun: marks for a future one are refused."""
    return work.now >= one.start


def over(work: Work, one: Window) -> bool:
    """Whether a window is closed."""
    return work.now >= one.end


def due(work: Work, track: str, one: Window) -> datetime:
    """When a track's marks of a window are due: with its groups' reports as moved; else at its end."""
    if one.kind != "ten_day":
        return one.end
    timetable = days.timetable(work)
    period = timetable.calendar.period(date.fromisoformat(one.key))
    return one.end if period is None else max(one.end, timetable.marks(period, track).due)


def all_of(work: Work) -> list[Window]:
    """Every window of the campaign: the periods in order, then the months."""
    found = calendar(work)
    periods = [of_period(period) for period in found.periods]
    return [*periods, *(of_month(found, month) for month in found.months)]


def works_on(work: Work) -> Callable[[date], bool]:
    """Which days are worked, as the offices have decided."""
    return days.works_on(work)


def known(work: Work, key: str) -> bool:
    """Whether a window has that key."""
    return key == FINAL or any(one.key == key for one in all_of(work))

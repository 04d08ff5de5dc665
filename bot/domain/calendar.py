"""Working days 工作日, ten-day periods 旬, weeks 周 and months 月 of a campaign (SPEC §3 «The calendar»).

Everything is computed by the campaign's wall clock and given as aware UTC instants: two of them compare
rightly on the day the clocks change, too. Windows are half open: what happens at the closing instant
belongs to the next one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from types import MappingProxyType
from zoneinfo import ZoneInfo

CLOSING_DAYS = (8, 18, 28)
"""考评办法 二: each group reports on the 8th, 18th and 28th."""

LABELS = MappingProxyType({8: "上旬", 18: "中旬", 28: "下旬"})
"""How a period is called by its closing day."""

FRIDAY, MONDAY = 4, 0
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class YearDays:
    """A year's days off 节假日 and make-up days 调休上班; weekends need not be among the days off."""

    off: frozenset[date] = frozenset()
    made_up: frozenset[date] = frozenset()
    provisional: bool = False
    """The year's make-up days are not published yet."""


YearTable = Callable[[int], YearDays]
"""Where the days of a year come from; it is handed in, and asked again and again: it should remember."""


def weekends_only(year: int) -> YearDays:
    """A table that knows no holidays."""
    return YearDays(provisional=True)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Which days are worked: the table's, overridden by the office day by day."""

    table: YearTable = weekends_only
    overrides: Mapping[date, bool] = field(default_factory=lambda: MappingProxyType({}))

    def works(self, day: date) -> bool:
        """Whether a day is a working day: make-up days are, weekends and holidays are not."""
        said = self.overrides.get(day)
        if said is not None:
            return said
        year = self.table(day.year)
        return day in year.made_up or (day.weekday() < 5 and day not in year.off)

    def provisional(self, day: date) -> bool:
        """Whether a day's answer may still change: its year is not published, nobody decided the day."""
        return day not in self.overrides and self.table(day.year).provisional

    def on_or_after(self, day: date) -> date:
        """The day itself when it is worked, else the next working day."""
        while not self.works(day):
            day += _DAY
        return day

    def on_or_before(self, day: date) -> date:
        """The day itself when it is worked, else the working day before."""
        while not self.works(day):
            day -= _DAY
        return day

    def after(self, day: date, count: int = 1) -> date:
        """The `count`-th working day after a day."""
        for _ in range(count):
            day = self.on_or_after(day + _DAY)
        return day

    def before(self, day: date) -> date:
        """The last working day before a day."""
        return self.on_or_before(day - _DAY)

    def last_of_month(self, year: int, month: int) -> date:
        """The last working day of a month."""
        first_of_next = date(year + month // 12, month % 12 + 1, 1)
        return self.before(first_of_next)


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month to which periods belong by their closing days."""

    year: int
    number: int

    @property
    def key(self) -> str:
        """`2019-04`."""
        return f"{self.year:04}-{self.number:02}"

    @property
    def label(self) -> str:
        """4月."""
        return f"{self.number}月"


@dataclass(frozen=True, slots=True)
class Period:
    """A ten-day period 旬: found from `start` up to `end`, called after the notice's day `key`."""

    key: date
    number: int
    start: datetime
    end: datetime
    first_day: date
    """The first day printed: the one after the last closing day."""
    last_day: date
    last: bool = False

    @property
    def label(self) -> str:
        """5月中旬; print it with its dates."""
        return f"{self.key.month}月{LABELS[self.key.day]}"

    @property
    def month(self) -> Month:
        """The month of its closing day."""
        return Month(self.key.year, self.key.month)

    def covers(self, instant: datetime) -> bool:
        """Whether something found at an instant belongs to it."""
        return self.start <= instant < self.end


@dataclass(frozen=True, slots=True)
class Week:
    """A week 周 cut on Friday 10:00, called after the Friday on which its 周报 is due."""

    key: date
    number: int
    start: datetime
    end: datetime
    first_day: date
    last_day: date
    last: bool = False

    def covers(self, instant: datetime) -> bool:
        """Whether something found at an instant belongs to it."""
        return self.start <= instant < self.end


@dataclass(frozen=True)
class CampaignCalendar:
    """The windows of one campaign, numbered from 1. They never move; only what is due does."""

    first_day: date
    last_day: date
    zone: ZoneInfo
    period_cut: time = field(default=time(18))
    week_cut: time = field(default=time(10))

    def at(self, day: date, clock: time) -> datetime:
        """The UTC instant at which the campaign's wall clock shows that time of that day."""
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    @property
    def begins(self) -> datetime:
        """The first midnight."""
        return self.at(self.first_day, time())

    @property
    def ends(self) -> datetime:
        """Midnight after the last day."""
        return self.at(self.last_day + _DAY, time())

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """All ten-day periods; the last one is that whose closing day is the last day or later."""
        found: list[Period] = []
        start, first_day, day = self.begins, self.first_day, self.first_day
        while True:
            day = _next_closing(day)
            last = day >= self.last_day
            end = self.ends if last else self.at(day, self.period_cut)
            last_day = min(day, self.last_day)
            found.append(Period(day, len(found) + 1, start, end, first_day, last_day, last))
            if last:
                return tuple(found)
            start, first_day, day = end, day + _DAY, day + _DAY

    @cached_property
    def weeks(self) -> tuple[Week, ...]:
        """All weeks; what is found after the last cut makes one more, due the Friday after it."""
        found: list[Week] = []
        start, first_day = self.begins, self.first_day
        friday = self.first_day + timedelta(days=(FRIDAY - self.first_day.weekday()) % 7)
        while True:
            cut = self.at(friday, self.week_cut)
            last = cut >= self.ends
            end = min(cut, self.ends)
            found.append(
                Week(friday, len(found) + 1, start, end, first_day, min(friday, self.last_day), last)
            )
            if last:
                return tuple(found)
            start, first_day, friday = end, friday, friday + timedelta(days=7)

    @cached_property
    def months(self) -> tuple[Month, ...]:
        """The months that periods belong to, in order."""
        return tuple(dict.fromkeys(period.month for period in self.periods))

    def period_of(self, instant: datetime) -> Period | None:
        """The period something found at an instant belongs to; None outside the campaign."""
        at = bisect_right(self.periods, instant, key=lambda period: period.start) - 1
        return self.periods[at] if at >= 0 and self.periods[at].covers(instant) else None

    def period(self, key: date) -> Period | None:
        """The period with the notice's day as its key."""
        return next((period for period in self.periods if period.key == key), None)

    def week_of(self, instant: datetime) -> Week | None:
        """The week something found at an instant belongs to; None outside the campaign."""
        at = bisect_right(self.weeks, instant, key=lambda week: week.start) - 1
        return self.weeks[at] if at >= 0 and self.weeks[at].covers(instant) else None

    def week(self, key: date) -> Week | None:
        """The week whose 周报 the notice wants on that Friday."""
        return next((week for week in self.weeks if week.key == key), None)

    def periods_of(self, month: Month) -> tuple[Period, ...]:
        """A month's periods, however many it has."""
        return tuple(period for period in self.periods if period.month == month)

    def closes_month(self, period: Period) -> bool:
        """Whether a period is the last one of its month."""
        return self.periods_of(period.month)[-1] == period


def _next_closing(day: date) -> date:
    while day.day not in CLOSING_DAYS:
        day += _DAY
    return day

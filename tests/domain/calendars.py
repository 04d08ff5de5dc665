"""Days off and campaigns to test with: the published days of 2019 and 2026, written down by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.domain.calendar import CampaignCalendar, YearDays


def _days(year: int, spans: Iterable[tuple[int, int, int]]) -> frozenset[date]:
    return frozenset(
        date(year, month, first) + timedelta(days=offset)
        for month, first, count in spans
        for offset in range(count)
    )


TABLE = {
    2019: YearDays(
        off=_days(2019, [(1, 1, 1), (2, 4, 7), (4, 5, 3), (5, 1, 4), (6, 7, 3), (9, 13, 3), (10, 1, 7)]),
        made_up=_days(2019, [(2, 2, 2), (4, 28, 1), (5, 5, 1), (9, 29, 1), (10, 12, 1)]),
    ),
    2026: YearDays(
        off=_days(2026, [(1, 1, 3), (2, 15, 9), (4, 4, 3), (5, 1, 5), (6, 19, 3), (9, 25, 3), (10, 1, 7)]),
        made_up=_days(2026, [(1, 4, 1), (2, 14, 1), (2, 28, 1), (5, 9, 1), (9, 20, 1), (10, 10, 1)]),
    ),
    2027: YearDays(
        off=_days(2027, [(1, 1, 1), (2, 6, 3), (4, 5, 1), (5, 1, 2), (6, 9, 1), (9, 15, 1), (10, 1, 3)]),
        provisional=True,
    ),
}


def year_days(year: int) -> YearDays:
    """The days of a year; one that is not written down has weekends only."""
    return TABLE.get(year, YearDays())


def campaign(year: int) -> CampaignCalendar:
    """The first campaign's calendar, or the same hundred days of another year."""
    first = date(year, 4, 9)
    return CampaignCalendar(first, first + timedelta(days=99), ZoneInfo("Asia/Shanghai"))

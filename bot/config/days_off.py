"""Days off 节假日 and make-up days 调休上班 of a year, out of the library's table."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from bot.domain.calendar import YearDays

COUNTRY = "CN"


@lru_cache(maxsize=16)
def days_off(year: int) -> YearDays:
    """A year's days; without published make-up days it is provisional.

    The library is loaded at the first question, not at the start.
    """
    import holidays

    table: Any = holidays.country_holidays(COUNTRY, years=year)
    made_up = frozenset(day for day in table.weekend_workdays if day.year == year)
    off = frozenset(day for day in table if day.year == year)
    return YearDays(off, made_up, provisional=not made_up)

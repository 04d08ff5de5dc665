"""The library's table says what was published: the days that the first campaign met, and later years."""

from __future__ import annotations

from datetime import date

import pytest

from bot.config.days_off import days_off
from bot.domain.calendar import WorkingDays

DAYS = WorkingDays(days_off)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2019, 4, 28), True),
        (date(2019, 5, 1), False),
        (date(2019, 5, 3), False),
        (date(2019, 5, 5), True),
        (date(2019, 5, 18), False),
        (date(2019, 6, 7), False),
        (date(2019, 6, 8), False),
        (date(2019, 6, 28), True),
        (date(2026, 2, 14), True),
        (date(2026, 2, 20), False),
        (date(2026, 10, 2), False),
        (date(2026, 10, 10), True),
        (date(2027, 1, 1), False),
    ],
)
def test_the_table_knows_holidays_and_make_up_days(day: date, works: bool) -> None:
    assert DAYS.works(day) is works


def test_a_year_whose_make_up_days_are_not_published_is_provisional() -> None:
    assert not DAYS.provisional(date(2019, 6, 1))
    assert not DAYS.provisional(date(2026, 6, 1))
    assert DAYS.provisional(date(2028, 6, 1))

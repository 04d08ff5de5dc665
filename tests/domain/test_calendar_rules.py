"""Periods, weeks and working days: the first campaign, later years, and zones that change their clocks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from calendars import TABLE, campaign, year_days
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import CampaignCalendar, Month, WorkingDays, weekends_only

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = WorkingDays(year_days)


def local(instant: datetime, zone: ZoneInfo = SHANGHAI) -> str:
    return instant.astimezone(zone).strftime("%m-%d %H:%M")


# --- working days -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2019, 4, 9), True),
        (date(2019, 4, 13), False),  # Saturday
        (date(2019, 4, 28), True),  # a Sunday that is made up
        (date(2019, 5, 1), False),
        (date(2019, 5, 3), False),
        (date(2019, 5, 5), True),  # a Sunday that is made up
        (date(2019, 6, 7), False),  # 端午
        (date(2019, 6, 10), True),
        (date(2026, 2, 14), True),  # a Saturday before 春节
        (date(2026, 2, 17), False),
        (date(2028, 2, 29), True),  # leap day, a Tuesday
    ],
)
def test_weekends_and_holidays_are_off_and_make_up_days_are_worked(day: date, works: bool) -> None:
    assert DAYS.works(day) is works


def test_the_office_overrides_the_table_by_day() -> None:
    days = WorkingDays(year_days, {date(2019, 5, 4): True, date(2019, 5, 6): False})

    assert days.works(date(2019, 5, 4))
    assert not days.works(date(2019, 5, 6))
    assert days.works(date(2019, 5, 5))


def test_a_year_without_published_make_up_days_is_provisional_until_the_office_decides() -> None:
    decided = WorkingDays(year_days, {date(2027, 2, 8): False})

    assert not DAYS.provisional(date(2026, 10, 1))
    assert DAYS.provisional(date(2027, 2, 8))
    assert not decided.provisional(date(2027, 2, 8))


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        (date(2019, 5, 3), date(2019, 4, 30), date(2019, 5, 5)),
        (date(2019, 5, 5), date(2019, 4, 30), date(2019, 5, 6)),
        (date(2019, 6, 8), date(2019, 6, 6), date(2019, 6, 10)),
        (date(2026, 1, 1), date(2025, 12, 31), date(2026, 1, 4)),
        (date(2026, 2, 20), date(2026, 2, 14), date(2026, 2, 24)),
    ],
)
def test_the_working_days_around_a_holiday(day: date, before: date, after: date) -> None:
    assert DAYS.before(day) == before
    assert DAYS.after(day) == after


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        (2019, 4, 30),
        (2019, 5, 31),
        (2019, 6, 28),
        (2019, 7, 31),
        (2026, 12, 31),
        (2026, 2, 28),
        (2028, 2, 29),
    ],
)
def test_the_last_working_day_of_a_month(year: int, month: int, day: int) -> None:
    assert DAYS.last_of_month(year, month) == date(year, month, day)


# --- periods ------------------------------------------------------------------------------------------

PERIODS_OF_2019 = [
    ("2019-04-18", "4月中旬", "04-09 00:00", "04-18 18:00", "4/9-4/18"),
    ("2019-04-28", "4月下旬", "04-18 18:00", "04-28 18:00", "4/19-4/28"),
    ("2019-05-08", "5月上旬", "04-28 18:00", "05-08 18:00", "4/29-5/8"),
    ("2019-05-18", "5月中旬", "05-08 18:00", "05-18 18:00", "5/9-5/18"),
    ("2019-05-28", "5月下旬", "05-18 18:00", "05-28 18:00", "5/19-5/28"),
    ("2019-06-08", "6月上旬", "05-28 18:00", "06-08 18:00", "5/29-6/8"),
    ("2019-06-18", "6月中旬", "06-08 18:00", "06-18 18:00", "6/9-6/18"),
    ("2019-06-28", "6月下旬", "06-18 18:00", "06-28 18:00", "6/19-6/28"),
    ("2019-07-08", "7月上旬", "06-28 18:00", "07-08 18:00", "6/29-7/8"),
    ("2019-07-18", "7月中旬", "07-08 18:00", "07-18 00:00", "7/9-7/17"),
]


def test_the_first_campaign_has_ten_periods() -> None:
    found = [
        (
            period.key.isoformat(),
            period.label,
            local(period.start),
            local(period.end),
            f"{period.first_day.month}/{period.first_day.day}-{period.last_day.month}/{period.last_day.day}",
        )
        for period in campaign(2019).periods
    ]

    assert found == PERIODS_OF_2019


@pytest.mark.parametrize(
    ("at", "key"),
    [
        ("2019-04-08T23:59:59", None),
        ("2019-04-09T00:00:00", date(2019, 4, 18)),
        ("2019-04-18T17:59:59", date(2019, 4, 18)),
        ("2019-04-18T18:00:00", date(2019, 4, 28)),
        ("2019-07-17T23:59:59", date(2019, 7, 18)),
        ("2019-07-18T00:00:00", None),
    ],
)
def test_what_is_found_after_the_close_belongs_to_the_next_period(at: str, key: date | None) -> None:
    found = campaign(2019).period_of(datetime.fromisoformat(at).replace(tzinfo=SHANGHAI))

    assert (found.key if found else None) == key


def test_a_period_belongs_to_the_month_of_its_closing_day() -> None:
    calendar = campaign(2019)

    assert [month.key for month in calendar.months] == ["2019-04", "2019-05", "2019-06", "2019-07"]
    assert [len(calendar.periods_of(month)) for month in calendar.months] == [2, 3, 3, 2]
    assert calendar.periods_of(Month(2019, 5))[0].first_day == date(2019, 4, 29)
    assert [p.key.day for p in calendar.periods if calendar.closes_month(p)] == [28, 28, 28, 18]


def test_periods_cross_the_new_year_and_the_leap_day() -> None:
    calendar = CampaignCalendar(date(2027, 12, 20), date(2028, 3, 10), SHANGHAI)

    found = [(p.key.isoformat(), f"{p.first_day:%m-%d}", f"{p.last_day:%m-%d}") for p in calendar.periods]

    assert found == [
        ("2027-12-28", "12-20", "12-28"),
        ("2028-01-08", "12-29", "01-08"),
        ("2028-01-18", "01-09", "01-18"),
        ("2028-01-28", "01-19", "01-28"),
        ("2028-02-08", "01-29", "02-08"),
        ("2028-02-18", "02-09", "02-18"),
        ("2028-02-28", "02-19", "02-28"),
        ("2028-03-08", "02-29", "03-08"),
        ("2028-03-18", "03-09", "03-10"),
    ]


@pytest.mark.parametrize(
    ("last_day", "key", "ends"),
    [
        (date(2019, 7, 17), "2019-07-18", "07-18 00:00"),
        (date(2019, 7, 18), "2019-07-18", "07-19 00:00"),  # its evening is not a period of its own
        (date(2019, 7, 19), "2019-07-28", "07-20 00:00"),
        (date(2019, 7, 31), "2019-08-08", "08-01 00:00"),
    ],
)
def test_the_last_period_ends_with_the_campaign_and_keeps_the_notice_s_day(
    last_day: date, key: str, ends: str
) -> None:
    last = CampaignCalendar(date(2019, 4, 9), last_day, SHANGHAI).periods[-1]

    assert (last.key.isoformat(), local(last.end), last.last) == (key, ends, True)


# --- weeks --------------------------------------------------------------------------------------------


def test_the_first_campaign_has_fifteen_weeks_cut_on_fridays() -> None:
    weeks = campaign(2019).weeks

    assert [f"{week.key:%m-%d}" for week in weeks] == [
        "04-12", "04-19", "04-26", "05-03", "05-10", "05-17", "05-24", "05-31",
        "06-07", "06-14", "06-21", "06-28", "07-05", "07-12", "07-19",
    ]  # fmt: skip
    assert (local(weeks[0].start), local(weeks[0].end)) == ("04-09 00:00", "04-12 10:00")
    assert (local(weeks[3].start), local(weeks[3].end)) == ("04-26 10:00", "05-03 10:00")  # never moved


def test_the_last_week_ends_with_the_campaign_and_is_due_the_friday_after() -> None:
    last = campaign(2019).weeks[-1]

    assert (last.number, last.key, local(last.end), last.last_day) == (
        15,
        date(2019, 7, 19),
        "07-18 00:00",
        date(2019, 7, 17),
    )


def test_what_is_found_on_a_last_friday_after_the_cut_makes_a_week_of_its_own() -> None:
    calendar = CampaignCalendar(date(2019, 4, 9), date(2019, 7, 19), SHANGHAI)

    assert [f"{week.key:%m-%d}" for week in calendar.weeks[-2:]] == ["07-19", "07-26"]
    assert local(calendar.weeks[-1].start) == "07-19 10:00"
    assert local(calendar.weeks[-1].end) == "07-20 00:00"


# --- whole years, any zone ----------------------------------------------------------------------------


@pytest.mark.parametrize("windows", [lambda c: c.periods, lambda c: c.weeks], ids=["periods", "weeks"])
@given(
    first=st.dates(date(2018, 1, 1), date(2030, 1, 1)),
    length=st.integers(0, 400),
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"]),
)
def test_windows_cover_the_campaign_without_gap_or_overlap(
    windows: Callable[[CampaignCalendar], tuple[object, ...]], first: date, length: int, zone: str
) -> None:
    calendar = CampaignCalendar(first, first + timedelta(days=length), ZoneInfo(zone))

    found: list = list(windows(calendar))  # type: ignore[type-arg]

    assert found[0].start == calendar.begins
    assert found[-1].end == calendar.ends
    assert all(one.end == other.start for one, other in pairwise(found))
    assert all(one.start < one.end for one in found)
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert [one.last for one in found] == [False] * (len(found) - 1) + [True]


def test_the_wall_clock_rules_where_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    calendar = CampaignCalendar(date(2026, 3, 16), date(2026, 11, 8), berlin)

    spring = [week.end for week in calendar.weeks if week.key in (date(2026, 3, 27), date(2026, 4, 3))]
    autumn = [week.end for week in calendar.weeks if week.key in (date(2026, 10, 23), date(2026, 10, 30))]

    assert [local(at, berlin) for at in spring] == ["03-27 10:00", "04-03 10:00"]
    assert spring[1] - spring[0] == timedelta(days=7) - timedelta(hours=1)
    assert autumn[1] - autumn[0] == timedelta(days=7) + timedelta(hours=1)
    assert all(at.tzinfo is UTC for at in spring)


def test_a_table_without_holidays_knows_weekends() -> None:
    days = WorkingDays(weekends_only)

    assert days.works(date(2019, 5, 1))
    assert not days.works(date(2019, 5, 4))
    assert days.provisional(date(2019, 5, 1))


def test_the_tests_own_table_names_the_days_of_2019() -> None:
    assert date(2019, 6, 7) in TABLE[2019].off

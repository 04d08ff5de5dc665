"""What is due when, moved times and reminders: the first campaign worked out by hand, and later years."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from calendars import campaign, year_days

from bot.domain.budget import sounds
from bot.domain.calendar import CampaignCalendar, WorkingDays
from bot.domain.duties import (
    Due,
    Duty,
    SlotKind,
    Timetable,
    Tone,
    days_late,
    last_of_series,
    tone,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = WorkingDays(year_days)
FRIDAY_3_MAY = (Duty.WEEKLY, "county", date(2019, 5, 3))
FRIDAY_7_JUNE = (Duty.WEEKLY, "county", date(2019, 6, 7))
SATURDAY_18_MAY = (Duty.TEN_DAY, "county", date(2019, 5, 18))
SATURDAY_8_JUNE = (Duty.TEN_DAY, "county", date(2019, 6, 8))
MOVED = {
    FRIDAY_3_MAY: date(2019, 4, 30),
    FRIDAY_7_JUNE: date(2019, 6, 6),
    SATURDAY_18_MAY: date(2019, 5, 20),
    SATURDAY_8_JUNE: date(2019, 6, 10),
}
PLAIN = Timetable(campaign(2019), DAYS, ("county",))
AS_MOVED = Timetable(campaign(2019), DAYS, ("county",), MOVED)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2019-{text}").replace(tzinfo=SHANGHAI)


def local(instant: datetime, zone: ZoneInfo = SHANGHAI) -> str:
    return instant.astimezone(zone).strftime("%m-%d %H:%M")


def dues(timetable: Timetable, duty: Duty) -> list[str]:
    return [local(due.due) for due in timetable.dues if due.duty is duty]


# --- what is due --------------------------------------------------------------------------------------


def test_every_weekly_report_of_2019_by_the_notice_and_as_moved() -> None:
    by_notice = [
        "04-12", "04-19", "04-26", "05-03", "05-10", "05-17", "05-24", "05-31",
        "06-07", "06-14", "06-21", "06-28", "07-05", "07-12", "07-19",
    ]  # fmt: skip
    as_moved = [{"05-03": "04-30", "06-07": "06-06"}.get(day, day) for day in by_notice]

    assert dues(PLAIN, Duty.WEEKLY) == [f"{day} 10:00" for day in by_notice]
    assert dues(AS_MOVED, Duty.WEEKLY) == [f"{day} 10:00" for day in as_moved]


def test_every_weekly_bulletin_of_2019() -> None:
    assert dues(PLAIN, Duty.WEEKLY_BULLETIN) == [
        f"{day} 11:00"
        for day in (
            "04-15", "04-22", "04-29", "05-06", "05-13", "05-20", "05-27", "06-03",
            "06-10", "06-17", "06-24", "07-01", "07-08", "07-15", "07-22",
        )
    ]  # fmt: skip


BY_HAND = {
    # the notice's day: reports as moved, 核对稿, 旬查情况通报
    date(2019, 4, 18): ("04-18 18:00", "04-19 10:00", "04-22 18:00"),
    date(2019, 4, 28): ("04-28 18:00", "04-29 10:00", "04-30 18:00"),  # a Sunday that is worked
    date(2019, 5, 8): ("05-08 18:00", "05-09 10:00", "05-10 18:00"),
    date(2019, 5, 18): ("05-20 18:00", "05-21 10:00", "05-22 18:00"),  # a Saturday
    date(2019, 5, 28): ("05-28 18:00", "05-29 10:00", "05-30 18:00"),
    date(2019, 6, 8): ("06-10 18:00", "06-11 10:00", "06-12 18:00"),  # 端午
    date(2019, 6, 18): ("06-18 18:00", "06-19 10:00", "06-20 18:00"),
    date(2019, 6, 28): ("06-28 18:00", "07-01 10:00", "07-02 18:00"),
    date(2019, 7, 8): ("07-08 18:00", "07-09 10:00", "07-10 18:00"),
    date(2019, 7, 18): ("07-18 18:00", "07-19 10:00", "07-22 18:00"),
}


def test_every_ten_day_duty_of_2019_follows_the_reports_as_moved() -> None:
    found: dict[date, tuple[str, str, str]] = {}
    for period in AS_MOVED.calendar.periods:
        found[period.key] = (
            local(AS_MOVED.ten_day(period, "county").due),
            local(AS_MOVED.review(period, "county").due),
            local(AS_MOVED.ten_day_bulletin(period, "county").due),
        )

    assert found == BY_HAND


def test_an_unconfirmed_move_leaves_the_notice_s_time() -> None:
    period = PLAIN.calendar.period(date(2019, 5, 18))

    assert period is not None
    assert local(PLAIN.ten_day(period, "county").due) == "05-18 18:00"
    assert local(PLAIN.review(period, "county").due) == "05-20 10:00"
    assert local(PLAIN.ten_day_bulletin(period, "county").due) == "05-21 18:00"


def test_months_follow_their_last_bulletin_and_the_monthly_report_the_last_working_day() -> None:
    assert dues(AS_MOVED, Duty.MONTH_RANKING) == ["04-30 18:00", "05-30 18:00", "07-02 18:00", "07-22 18:00"]
    assert dues(AS_MOVED, Duty.MONTHLY) == ["04-30 18:00", "05-31 18:00", "06-28 18:00", "07-31 18:00"]


def test_marks_are_due_with_the_reports_and_objections_end_that_afternoon() -> None:
    period = AS_MOVED.calendar.period(date(2019, 5, 18))

    assert period is not None
    assert local(AS_MOVED.marks(period, "county").due) == "05-20 18:00"
    assert local(AS_MOVED.objections_until(period, "county")) == "05-21 17:30"


def test_each_track_has_its_own_moved_times() -> None:
    both = Timetable(campaign(2019), DAYS, ("county", "district"), {FRIDAY_3_MAY: date(2019, 4, 30)})
    week = both.calendar.week(date(2019, 5, 3))

    assert week is not None
    assert local(both.weekly(week, "county").due) == "04-30 10:00"
    assert local(both.weekly(week, "district").due) == "05-03 10:00"


# --- moved times --------------------------------------------------------------------------------------


def test_what_falls_on_a_day_off_in_2019_is_proposed_a_week_ahead() -> None:
    found = [
        (move.duty.value, f"{move.key:%m-%d}", local(move.target), local(move.proposed_at), local(move.until))
        for move in PLAIN.proposals
    ]

    assert found == [
        # 30 April less a week; the time stands when 30 April 10:00 has come
        ("weekly", "05-03", "04-30 10:00", "04-23 09:00", "04-30 10:00"),
        # 18 May less a week is a Saturday, so the Friday before
        ("ten_day", "05-18", "05-20 18:00", "05-10 09:00", "05-18 18:00"),
        ("weekly", "06-07", "06-06 10:00", "05-30 09:00", "06-06 10:00"),
        # 8 June less a week is a Saturday
        ("ten_day", "06-08", "06-10 18:00", "05-31 09:00", "06-08 18:00"),
    ]


def test_a_make_up_day_is_not_moved() -> None:
    assert date(2019, 4, 28) not in {move.key for move in PLAIN.proposals}


def test_the_office_s_own_days_off_are_proposed_too() -> None:
    days = WorkingDays(year_days, {date(2019, 4, 15): False})

    timetable = Timetable(campaign(2019), days, ("county",))
    move = timetable.proposal((Duty.WEEKLY_BULLETIN, "county", date(2019, 4, 12)))

    assert move is not None
    assert (local(move.notice), local(move.target)) == ("04-15 11:00", "04-16 11:00")


def test_a_day_of_a_year_without_published_days_is_proposed_as_provisional() -> None:
    calendar = CampaignCalendar(date(2027, 1, 4), date(2027, 4, 13), SHANGHAI)

    moves = Timetable(calendar, DAYS, ("county",)).proposals

    assert moves
    assert all(move.provisional for move in moves)


def test_a_weekly_report_never_moves_before_its_week_has_begun() -> None:
    # the whole week before the Friday is off: nothing can be reported earlier, the notice's time stands
    off = {date(2019, 4, 19) + timedelta(days=n): False for n in range(8)}

    timetable = Timetable(campaign(2019), WorkingDays(year_days, off), ("county",))

    assert timetable.proposal((Duty.WEEKLY, "county", date(2019, 4, 26))) is None


# --- reminders ----------------------------------------------------------------------------------------


def series(timetable: Timetable, duty: Duty, key: date) -> list[str]:
    return [
        f"{slot.kind.value} {local(slot.at)}"
        for slot in timetable.slots
        if slot.due is not None and slot.due.duty is duty and slot.due.key == key
    ]


@pytest.mark.parametrize(
    ("timetable", "duty", "key", "expected"),
    [
        (
            PLAIN, Duty.WEEKLY, date(2019, 4, 12),
            ["eve 04-11 15:00", "morning 04-12 08:30", "list 04-12 10:05"],
        ),
        (
            AS_MOVED, Duty.WEEKLY, date(2019, 5, 3),
            ["eve 04-29 15:00", "morning 04-30 08:30", "list 04-30 10:05"],
        ),
        (
            PLAIN, Duty.WEEKLY, date(2019, 5, 3),  # nobody confirmed: the working day before is 30 April
            ["eve 04-30 15:00", "morning 05-03 08:30", "list 05-03 10:05"],
        ),
        (
            PLAIN, Duty.TEN_DAY, date(2019, 4, 28),  # a Sunday that is worked, after a Saturday that is not
            ["eve 04-26 15:00", "morning 04-28 09:00", "afternoon 04-28 16:00", "list 04-28 18:05"],
        ),
        (
            AS_MOVED, Duty.TEN_DAY, date(2019, 6, 8),
            ["eve 06-06 15:00", "morning 06-10 09:00", "afternoon 06-10 16:00", "list 06-10 18:05"],
        ),
        (
            AS_MOVED, Duty.MARKS, date(2019, 6, 28),  # the office's one list names the marks, too
            ["eve 06-27 15:00", "morning 06-28 09:00", "afternoon 06-28 16:00"],
        ),
    ],
)  # fmt: skip
def test_reminders_hang_on_the_time_as_moved(
    timetable: Timetable, duty: Duty, key: date, expected: list[str]
) -> None:
    assert series(timetable, duty, key) == expected


def test_of_a_missed_series_only_the_last_still_true_goes_out() -> None:
    now = at("04-12T09:50")

    found = last_of_series(slot for slot in PLAIN.live(now) if slot.due)

    assert [(slot.kind, local(slot.at)) for slot in found] == [(SlotKind.MORNING, "04-12 08:30")]
    assert PLAIN.late(found[0], now)


def test_after_the_time_is_over_nobody_is_reminded_but_the_office_has_its_list() -> None:
    found = last_of_series(slot for slot in PLAIN.live(at("04-12T12:00")) if slot.due)

    assert [slot.kind for slot in found] == [SlotKind.LIST]


def test_what_comes_within_five_minutes_is_not_late() -> None:
    slot = next(slot for slot in PLAIN.slots if slot.kind is SlotKind.EVE)

    assert not PLAIN.late(slot, slot.at + timedelta(minutes=5))
    assert PLAIN.late(slot, slot.at + timedelta(minutes=5, seconds=1))


def test_nothing_is_live_in_a_quiet_night() -> None:
    assert PLAIN.live(at("04-16T03:00")) == ()


@pytest.mark.parametrize(
    ("day", "urgent"), [(date(2019, 4, 12), False), (date(2019, 4, 13), True), (date(2019, 4, 28), False)]
)
def test_a_digest_on_a_day_off_may_hold_only_what_is_due_that_day(day: date, urgent: bool) -> None:
    slot = PLAIN.digest(day)

    assert local(slot.at) == f"{day:%m-%d} 09:00"
    assert slot.urgent is urgent


def test_a_moved_time_is_asked_until_it_is_confirmed() -> None:
    asked = [slot.move.key for slot in PLAIN.slots if slot.kind is SlotKind.PROPOSAL and slot.move]
    left = [slot for slot in AS_MOVED.slots if slot.kind is SlotKind.PROPOSAL]

    assert len(asked) == 4
    assert left == []


# --- the whole of other years -------------------------------------------------------------------------


@pytest.mark.parametrize("first", [date(2026, 1, 5), date(2026, 9, 7), date(2026, 12, 21), date(2027, 3, 1)])
def test_confirmed_moves_put_every_duty_of_a_year_on_a_working_day(first: date) -> None:
    calendar = CampaignCalendar(first, first + timedelta(days=99), SHANGHAI)
    plain = Timetable(calendar, DAYS, ("county", "district"))
    moves = {(m.duty, m.track, m.key): m.target.astimezone(SHANGHAI).date() for m in plain.proposals}

    moved = Timetable(calendar, DAYS, ("county", "district"), moves)

    assert [due for due in moved.dues if not DAYS.works(due.due.astimezone(SHANGHAI).date())] == []
    assert moved.proposals == plain.proposals
    for key, day in moves.items():
        assert abs((day - key[2]).days) <= 11


BY_HAND_LATER = {
    # what is proposed, then each period's reports, 核对稿, 通报 as moved, then the months' rankings and 月报
    "autumn of 2026, 中秋, 国庆, month ends": (
        date(2026, 9, 21),
        date(2026, 12, 18),
        (
            "weekly 09-25 > 09-24 10:00 asked 09-17 09:00",  # 中秋, a Friday
            "weekly 10-02 > 09-30 10:00 asked 09-23 09:00",  # 国庆: the last day before it
            "weekly_bulletin 10-05 > 10-08 11:00 asked 09-28 09:00",
            "ten_day 10-18 > 10-19 18:00 asked 10-10 09:00",  # a Sunday; asked on a Saturday that is worked
            "ten_day 11-08 > 11-09 18:00 asked 10-30 09:00",  # Sundays and a Saturday
            "ten_day 11-28 > 11-30 18:00 asked 11-20 09:00",
        ),
        (
            "09-28 18:00, 09-29 10:00, 09-30 18:00",
            "10-08 18:00, 10-09 10:00, 10-10 18:00",  # the second working day is a Saturday
            "10-19 18:00, 10-20 10:00, 10-21 18:00",
            "10-28 18:00, 10-29 10:00, 10-30 18:00",
            "11-09 18:00, 11-10 10:00, 11-11 18:00",
            "11-18 18:00, 11-19 10:00, 11-20 18:00",
            "11-30 18:00, 12-01 10:00, 12-02 18:00",  # November's bulletin comes in December
            "12-08 18:00, 12-09 10:00, 12-10 18:00",
            "12-18 18:00, 12-21 10:00, 12-22 18:00",  # over a weekend
        ),
        ("09-30, 09-30", "10-30, 10-30", "12-02, 11-30", "12-22, 12-31"),
    ),
    "over the new year to a February that nobody has published yet": (
        date(2026, 12, 21),
        date(2027, 3, 5),
        (
            "weekly 01-01 > 12-31 10:00 asked 12-24 09:00",  # into the old year
            "ten_day 02-08 > 02-09 18:00 asked 02-01 09:00",
            "weekly_bulletin 02-08 > 02-09 11:00 asked 02-01 09:00",
            "ten_day 02-28 > 03-01 18:00 asked 02-19 09:00",  # the last day of a February, a Sunday
        ),
        (
            "12-28 18:00, 12-29 10:00, 12-30 18:00",
            "01-08 18:00, 01-11 10:00, 01-12 18:00",
            "01-18 18:00, 01-19 10:00, 01-20 18:00",
            "01-28 18:00, 01-29 10:00, 02-01 18:00",  # January's bulletin comes in February
            "02-09 18:00, 02-10 10:00, 02-11 18:00",
            "02-18 18:00, 02-19 10:00, 02-22 18:00",
            "03-01 18:00, 03-02 10:00, 03-03 18:00",
            "03-08 18:00, 03-09 10:00, 03-10 18:00",
        ),
        ("12-30, 12-31", "02-01, 01-29", "03-03, 02-26", "03-10, 03-31"),
    ),
    "around a leap day": (
        date(2028, 2, 14),
        date(2028, 3, 7),
        (),
        (
            "02-18 18:00, 02-21 10:00, 02-22 18:00",
            "02-28 18:00, 02-29 10:00, 03-01 18:00",  # 核对稿 on the leap day
            "03-08 18:00, 03-09 10:00, 03-10 18:00",
        ),
        ("03-01, 02-29", "03-10, 03-31"),
    ),
}


@pytest.mark.parametrize("name", BY_HAND_LATER)
def test_campaigns_of_later_years_are_as_worked_out_by_hand(name: str) -> None:
    first, last, proposed, periods, months = BY_HAND_LATER[name]
    calendar = CampaignCalendar(first, last, SHANGHAI)
    plain = Timetable(calendar, DAYS, ("county",))
    moves = {(m.duty, m.track, m.key): m.target.astimezone(SHANGHAI).date() for m in plain.proposals}
    moved = Timetable(calendar, DAYS, ("county",), moves)

    asked = [
        f"{m.duty} {local(m.notice)[:5]} > {local(m.target)} asked {local(m.proposed_at)}"
        for m in plain.proposals
    ]
    found = [
        ", ".join(
            local(due(period, "county").due) for due in (moved.ten_day, moved.review, moved.ten_day_bulletin)
        )
        for period in calendar.periods
    ]
    ends = [
        f"{local(moved.month_ranking(month, 'county').due)[:5]}, {local(moved.monthly(month).due)[:5]}"
        for month in calendar.months
    ]

    assert sorted(asked) == sorted(proposed)
    assert found == list(periods)
    assert ends == list(months)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_every_duty_of_a_year_keeps_its_hour_where_the_clocks_change(zone: str) -> None:
    there = ZoneInfo(zone)
    timetable = Timetable(
        CampaignCalendar(date(2026, 1, 5), date(2026, 12, 18), there), WorkingDays(), ("county",)
    )

    hours = {(due.duty, due.due.astimezone(there).strftime("%H:%M")) for due in timetable.dues}
    reminded = {slot.at.astimezone(there).strftime("%H:%M") for slot in timetable.slots}
    offsets = {due.due.astimezone(there).utcoffset() for due in timetable.dues}

    assert len(offsets) == 2  # summer and winter both lie in it
    assert hours == {
        (Duty.WEEKLY, "10:00"), (Duty.WEEKLY_BULLETIN, "11:00"), (Duty.TEN_DAY, "18:00"),
        (Duty.MARKS, "18:00"), (Duty.REVIEW, "10:00"), (Duty.TEN_DAY_BULLETIN, "18:00"),
        (Duty.MONTH_RANKING, "18:00"), (Duty.MONTHLY, "18:00"),
    }  # fmt: skip
    assert reminded == {"08:30", "09:00", "10:05", "15:00", "16:00", "18:05"}


@pytest.mark.parametrize(
    ("friday", "as_moved", "eve"),
    [
        (date(2026, 10, 2), "09-30 10:00", "09-29 15:00"),  # 国庆
        (date(2026, 2, 20), "02-14 10:00", "02-13 15:00"),  # 春节: a Saturday that is worked
        (date(2027, 1, 1), "12-31 10:00", "12-30 15:00"),  # across the new year
    ],
)
def test_fridays_in_long_holidays(friday: date, as_moved: str, eve: str) -> None:
    first = friday - timedelta(days=40)
    calendar = CampaignCalendar(first, first + timedelta(days=99), SHANGHAI)
    plain = Timetable(calendar, DAYS, ("county",))
    move = plain.proposal((Duty.WEEKLY, "county", friday))
    assert move is not None

    moved = Timetable(
        calendar,
        DAYS,
        ("county",),
        {(Duty.WEEKLY, "county", friday): move.target.astimezone(SHANGHAI).date()},
    )

    assert local(move.target) == as_moved
    assert series(moved, Duty.WEEKLY, friday)[0] == f"eve {eve}"


def test_reminders_keep_the_wall_clock_where_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    calendar = CampaignCalendar(date(2026, 3, 16), date(2026, 4, 30), berlin)
    timetable = Timetable(calendar, WorkingDays(), ("county",))

    eves = [
        slot.at
        for slot in timetable.slots
        if slot.kind is SlotKind.EVE and slot.due and slot.due.duty is Duty.WEEKLY
    ]

    assert {eve.astimezone(berlin).strftime("%a %H:%M") for eve in eves} == {"Thu 15:00"}
    assert {(eve.utcoffset(), eve.hour) for eve in eves} == {(timedelta(0), 14), (timedelta(0), 13)}


# --- entries ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deadline", "today", "expected"),
    [
        (date(2019, 4, 17), date(2019, 4, 15), None),
        (date(2019, 4, 17), date(2019, 4, 16), Tone.BLUE),
        (date(2019, 4, 17), date(2019, 4, 17), Tone.YELLOW),
        (date(2019, 4, 17), date(2019, 4, 18), Tone.RED),
        (date(2019, 4, 17), date(2019, 4, 19), Tone.LATE),
        (date(2019, 4, 14), date(2019, 4, 12), Tone.BLUE),  # a Sunday: the Friday before
        (date(2019, 4, 14), date(2019, 4, 14), Tone.YELLOW),
        (date(2019, 4, 12), date(2019, 4, 15), Tone.RED),  # a Friday: the Monday after
        (date(2019, 5, 2), date(2019, 4, 30), Tone.BLUE),
        (date(2019, 5, 2), date(2019, 5, 5), Tone.RED),  # a Sunday that is worked
        (date(2019, 5, 2), date(2019, 5, 6), Tone.LATE),
    ],
)
def test_the_three_colours_of_a_deadline(deadline: date, today: date, expected: Tone | None) -> None:
    assert tone(deadline, today, DAYS) is expected


@pytest.mark.parametrize(("today", "days"), [(12, 0), (13, 0), (14, 1), (16, 3)])
def test_lateness_is_counted_in_calendar_days(today: int, days: int) -> None:
    assert days_late(date(2019, 4, 13), date(2019, 4, today)) == days


# --- the budget ---------------------------------------------------------------------------------------


def test_a_contact_hears_two_sounds_a_day_and_what_comes_on_top() -> None:
    used: list[str] = []
    heard = []
    for kind in ("first_card", "first_card", "digest", "digest", "returned", "weekly", "head", "weekly"):
        if sounds(kind, used, quiet=False):
            heard.append(kind)
            used.append(kind)

    assert heard == ["first_card", "digest", "returned", "weekly", "weekly"]


def test_in_the_quiet_hours_only_what_is_due_that_day_sounds() -> None:
    assert not sounds("returned", (), quiet=True)
    assert sounds("weekly", (), quiet=True, urgent=True)


def test_a_due_knows_whether_it_was_moved() -> None:
    due = Due(Duty.WEEKLY, date(2019, 5, 3), "county", at("05-03T10:00"), at("04-30T10:00"))

    assert due.moved

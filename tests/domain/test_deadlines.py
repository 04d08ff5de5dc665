"""Deadlines as people say them, and what they come to (SPEC §2)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from cities import data
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.categories import CategoryTable
from bot.domain.deadlines import (
    DEFAULT_DAYS,
    DeadlineSettings,
    DeadlineWish,
    after_return,
    in_time,
    read_wish,
    resolve,
)

ZONE = ZoneInfo("Asia/Shanghai")
FRIDAY = datetime(2019, 4, 12, 9, tzinfo=ZONE)


def due(words: str, handed_over: datetime = FRIDAY) -> str:
    """The deadline that words come to, as month-day hour; empty without a wish."""
    found = read_wish(words)
    if found is None:
        return ""
    deadline = resolve(found[0], handed_over=handed_over)
    return f"{deadline.due:%m-%d %H:%M}" + (f" {deadline.note}" if deadline.note else "")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("限3天", "04-15 18:00"),
        ("3天内", "04-15 18:00"),
        ("三日内整改到位", "04-15 18:00"),
        ("请于3日内清理", "04-15 18:00"),
        ("限期十五日", "04-27 18:00"),
        ("限时2天", "04-14 18:00"),
        ("两天之内", "04-14 18:00"),
        ("整改期限：7天", "04-19 18:00"),
        ("垃圾堆，3天", "04-15 18:00"),
        ("3天内完成", "04-15 18:00"),
        ("一周内", "04-19 18:00"),
        ("半个月内", "04-27 18:00"),
        ("24小时内", "04-13 09:00"),
        ("3个工作日内", "04-17 18:00"),
        ("立即整改", "04-12 18:00"),
        ("立行立改", "04-12 18:00"),
        ("马上清理", "04-12 18:00"),
        ("今天", "04-12 18:00"),
        ("限今日整改", "04-12 18:00"),
        ("当天完成", "04-12 18:00"),
        ("今天下午5点前", "04-12 17:00"),
        ("下班前清理", "04-12 18:00"),
        ("明天", "04-13 18:00"),
        ("明天中午前", "04-13 12:00"),
        ("明天12点前清除", "04-13 12:00"),
        ("后天", "04-14 18:00"),
        ("大后天", "04-15 18:00"),
        ("本周五", "04-12 18:00"),
        ("本周五前", "04-12 18:00"),
        ("这周日", "04-14 18:00"),
        ("周五前", "04-12 18:00"),
        ("周三前", "04-17 18:00"),
        ("下周一", "04-15 18:00"),
        ("本周内", "04-14 18:00"),
        ("15日前", "04-15 18:00"),
        ("限15日前", "04-15 18:00"),
        ("15号之前", "04-15 18:00"),
        ("4月20日前", "04-20 18:00"),
        ("5月1日前完成", "05-01 18:00"),
        ("请于4月15日前", "04-15 18:00"),
        ("限4月18日", "04-18 18:00"),
        ("4.15前", "04-15 18:00"),
        ("31日前", "04-30 18:00"),
        ("月底前", "04-30 18:00"),
        ("本月底前", "04-30 18:00"),
        ("5月底前", "05-31 18:00"),
    ],
)
def test_spoken_deadlines_come_to_a_day_and_an_hour(words, expected):
    assert due(words) == expected


@pytest.mark.parametrize(
    "words",
    [
        "4月12日检查发现垃圾",
        "今天检查发现垃圾",
        "今天上午检查",
        "垃圾堆了3天",
        "有3处垃圾",
        "第一督查小组",
        "学校往北200米",
        "K14+950",
        "县1-0412-03",
        "长期无人清理",
        "限期整改",
        "",
    ],
)
def test_other_numbers_and_days_are_no_deadline(words):
    assert read_wish(words) is None


@pytest.mark.parametrize("words", ["10日前", "4月1日前", "本周三"])
def test_a_day_gone_by_is_not_taken_but_the_default_with_a_note(words):
    deadline = resolve(read_wish(words)[0], handed_over=FRIDAY, category="street_order.parking")

    assert (deadline.due, deadline.note) == (datetime(2019, 4, 13, 18, tzinfo=ZONE), "past")
    assert deadline.basis == "category"


def test_a_day_gone_by_falls_back_on_the_handling_first():
    wish = DeadlineWish("date", 10)

    deadline = resolve(wish, handed_over=FRIDAY, handling="onsite", category="building.ruins")

    assert (deadline.due, deadline.basis, deadline.note) == (FRIDAY.replace(hour=18), "handling", "past")


def test_a_month_of_next_year_is_meant_in_december():
    december = datetime(2019, 12, 28, 9, tzinfo=ZONE)

    assert due("1月5日前", december) == "01-05 18:00"


def test_this_weekday_gone_by_is_next_weeks_when_nobody_said_this_week():
    saturday = FRIDAY + timedelta(days=1)

    assert due("周五前", saturday) == "04-19 18:00"
    assert due("本周五前", saturday).endswith("past")


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        (time(9), datetime(2019, 4, 12, 18, tzinfo=ZONE)),
        (time(15), datetime(2019, 4, 12, 18, tzinfo=ZONE)),
        (time(15, 1), datetime(2019, 4, 13, 12, tzinfo=ZONE)),
        (time(22), datetime(2019, 4, 13, 12, tzinfo=ZONE)),
    ],
)
def test_at_once_and_on_the_spot_run_to_the_evening_or_after_three_to_noon(hour, expected):
    handed_over = datetime.combine(FRIDAY.date(), hour, tzinfo=ZONE)

    at_once = resolve(DeadlineWish("now"), handed_over=handed_over)
    on_the_spot = resolve(None, handed_over=handed_over, handling="onsite", category="toilet.dry_toilet")

    assert at_once.due == on_the_spot.due == expected


def test_a_wish_goes_before_the_handling():
    deadline = resolve(DeadlineWish("days", 3), handed_over=FRIDAY, handling="onsite")

    assert (deadline.due, deadline.basis) == (datetime(2019, 4, 15, 18, tzinfo=ZONE), "wish")


@pytest.mark.parametrize(
    ("category", "days"),
    [
        ("street_order.parking", 1),
        ("garbage.domestic", 3),
        ("garbage", 3),
        ("sewage.sewage_flow", 7),
        ("water_body.black_odor", 10),
        ("building.ruins", 15),
        ("other.other", 3),
        (None, 3),
        ("unheard_of.thing", 3),
    ],
)
def test_without_a_wish_the_category_decides(category, days):
    deadline = resolve(None, handed_over=FRIDAY, category=category)

    assert deadline.due == datetime(2019, 4, 12 + days, 18, tzinfo=ZONE)


def test_a_warning_letter_is_offered_seven_days():
    assert resolve(None, handed_over=FRIDAY, handling="warning").due.day == 19


def test_the_days_of_the_categories_file_are_those_of_the_settings():
    assert dict(CategoryTable.read(data("categories.toml")).days) == dict(DEFAULT_DAYS)


def test_working_days_are_counted_by_the_table_that_is_handed_in():
    working = {date(2019, 4, 13), date(2019, 4, 14)}

    deadline = resolve(DeadlineWish("workdays", 2), handed_over=FRIDAY, is_working_day=working.__contains__)

    assert deadline.due.date() == date(2019, 4, 14)


def test_proof_half_an_hour_late_counts_as_in_time():
    settings = DeadlineSettings()
    term = FRIDAY.replace(hour=18)

    assert in_time((term + timedelta(minutes=30)).astimezone(UTC), term, settings)
    assert not in_time(term + timedelta(minutes=31), term, settings)


def test_a_return_leaves_at_least_until_six_the_next_day():
    settings = DeadlineSettings()
    returned = datetime(2019, 4, 12, 20, tzinfo=ZONE)

    soon = after_return(FRIDAY.replace(hour=18), returned.astimezone(UTC), settings)
    later = after_return(datetime(2019, 4, 20, 18, tzinfo=ZONE), returned, settings)

    assert soon == datetime(2019, 4, 13, 18, tzinfo=ZONE)
    assert later == datetime(2019, 4, 20, 18, tzinfo=ZONE)


def test_naive_times_are_refused():
    with pytest.raises(ValueError, match="naive"):
        resolve(None, handed_over=FRIDAY.replace(tzinfo=None))


def test_words_that_are_no_stored_wish_are_refused():
    with pytest.raises(ValueError, match="no deadline"):
        DeadlineWish.parse("soon")


WISHES = st.builds(
    DeadlineWish,
    kind=st.sampled_from(["now", "today", "days", "workdays", "hours", "weekday", "coming", "next_week"]),
    value=st.integers(0, 999),
    hour=st.none() | st.integers(0, 23),
    words=st.text(max_size=20),
) | st.builds(
    DeadlineWish,
    kind=st.just("date"),
    value=st.integers(1, 31),
    month=st.integers(0, 12),
    words=st.text(max_size=20),
)


@given(WISHES)
def test_a_wish_is_the_same_after_storage(wish):
    assert DeadlineWish.parse(str(wish)) == wish


@given(WISHES, st.integers(0, 6_000_000))
def test_a_deadline_never_lies_before_the_hand_over(wish, minutes):
    handed_over = FRIDAY + timedelta(minutes=minutes)

    assert resolve(wish, handed_over=handed_over).due > handed_over

"""推进会: the hour as offices write it, the place on which both agree, who stands in front."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.meetings import NoSuchTime, Ranked, decided, last, leading, read_when

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2019, 5, 31, 10, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "at", "hall"),
    [
        ("6月5日上午9:00 县政务中心三楼会议室", (2019, 6, 5, 9, 0), "县政务中心三楼会议室"),
        ("6月5日（周三）下午3点半，在县会议中心", (2019, 6, 5, 15, 30), "县会议中心"),
        ("2019年6月5日 14:30 县会议中心", (2019, 6, 5, 14, 30), "县会议中心"),
        ("6-5 9:00", (2019, 6, 5, 9, 0), ""),
        ("明天9点 礼堂", (2019, 6, 1, 9, 0), "礼堂"),
        ("6月5日9点20分礼堂", (2019, 6, 5, 9, 20), "礼堂"),
        ("6/5 3pm town hall", (2019, 6, 5, 15, 0), "town hall"),
        ("6月5日中午12:30 礼堂", (2019, 6, 5, 12, 30), "礼堂"),
    ],
)
def test_day_hour_and_hall_are_read_from_one_line(text: str, at: tuple[int, ...], hall: str) -> None:
    found = read_when(text, NOW, ZONE)

    assert (found.at, found.hall) == (datetime(*at, tzinfo=ZONE), hall)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("待定", "unread"),
        ("6月5日", "unread"),
        ("9:00", "unread"),
        ("6月31日9:00", "unread"),
        ("6月5日25:00", "unread"),
        ("5月5日9:00", "past"),
        ("今天9:00", "past"),
        ("12月5日9:00", "far"),
    ],
)
def test_what_names_no_hour_that_can_be_is_said_to_be_so(text: str, why: str) -> None:
    with pytest.raises(NoSuchTime) as refused:
        read_when(text, NOW, ZONE)

    assert refused.value.why == why


def test_the_place_is_settled_when_every_office_says_the_same() -> None:
    both = ("county", "district")

    assert decided({"county": "延津县"}, both) is None
    assert decided({"county": "延津县", "district": "牧野区"}, both) is None
    assert decided({"county": "延津县", "district": "延津县"}, both) == "延津县"
    assert decided({"county": "延津县"}, ("county",)) == "延津县"
    assert decided({}, ()) is None


def test_the_first_two_ranks_stand_in_front_and_nobody_where_all_are_equal() -> None:
    rows = [Ranked("甲", 1, False), Ranked("乙", 2, False), Ranked("丙", 2, False), Ranked("丁", 4, True)]
    equal = [Ranked("甲", 1, True), Ranked("乙", 1, True)]

    assert leading(rows) == ("甲", "乙", "丙")
    assert last(rows) == ("丁",)
    assert leading(equal) == ()

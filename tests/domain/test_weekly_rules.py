"""Figures of the weekly report as people write them, and what is asked back (FORMS §1.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from cities import data
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.weekly import (
    Figure,
    Lines,
    WeeklyForm,
    carried_on,
    counted_from,
    doubts,
    missing,
    plain_number,
    read_lines,
    read_number,
)

FORM = WeeklyForm.parse(data("weekly.toml"))


def lines(text: str, track: str = "county", units: dict[str, str] | None = None) -> Lines:
    return read_lines(text, FORM, track, units or {})


def said(text: str, track: str = "county") -> dict[str, str]:
    return {key: figure.text + figure.unit for key, figure in lines(text, track).figures.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("出动人员 320", {"people": "320人次"}),
        ("出动人员：320人次", {"people": "320人次"}),
        ("出动人员320人", {"people": "320人次"}),
        ("本周出动人员 １，２３４", {"people": "1234人次"}),
        ("1、出动人员 320\n2、出动车辆 30辆", {"people": "320人次", "vehicles": "30台次"}),
        (
            "出动人员300，出动车辆30辆；户厕 12户",
            {"people": "300人次", "vehicles": "30台次", "toilets": "12户"},
        ),
        ("清理生活垃圾 320.5吨", {"domestic_waste": "320.5吨"}),
        ("建筑垃圾 12方", {"construction_waste": "12立方米"}),
        ("坑塘 3公里", {"ponds_ditches": "3公里"}),
        ("私搭乱建 300平方", {"illegal_builds": "300平方米"}),
        ("达标村社区 12/30", {"villages_ok": "12个", "villages_total": "30个"}),
        ("投入资金 3万", {"funds_wan": "3万元"}),
        ("投入资金 1.2万元", {"funds_wan": "1.2万元"}),
        ("出动人员 1.2万", {"people": "12000人次"}),
        ("小广告 0", {"posters": "0处"}),
    ],
)
def test_a_line_is_a_row_and_a_number(text: str, expected: dict[str, str]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "why", "value"),
    [
        ("出动人员 很多", "text", "很多"),
        ("出动人员 -3", "negative", "-3"),
        ("出动人员 99912345678", "too_big", "99912345678"),
        ("清理生活垃圾 3.125吨", "places", "3.125"),
        ("户厕 12吨", "unit", "吨"),
        ("投入资金 300000元", "unit", "元"),
        ("出动人员 3\n出动人员 4", "twice", "4"),
        ("小广告 3/4", "text", "3/4"),
    ],
)
def test_what_is_wrong_with_a_line_is_named(text: str, why: str, value: str) -> None:
    (fault,) = lines(text).faults

    assert (fault.why, fault.value) == (why, value)
    assert fault.units


def test_a_unit_that_is_not_written_is_last_week_s() -> None:
    assert lines("生活垃圾 12", units={"domestic_waste": "立方米"}).figures["domestic_waste"].unit == "立方米"
    assert lines("生活垃圾 12").figures["domestic_waste"].unit == "吨"


def test_rows_of_the_other_track_are_unknown() -> None:
    assert said("占道经营 5", "district") == {"street_trading": "5处"}
    assert lines("占道经营 5", "county").unknown == ["占道经营 5"]


def test_texts_stand_under_their_heads() -> None:
    found = lines("出动人员 3\n小结：本周集中清理\n成效明显\n存在困难：缺车辆\n下周重点\n坑塘")

    assert found.texts == {"summary": "本周集中清理\n成效明显", "difficulties": "缺车辆", "next_week": "坑塘"}
    assert set(found.figures) == {"people"}


@pytest.mark.parametrize(
    "text",
    ["收到", "明天3点开会", "延津县王楼镇任庄村村口垃圾堆，限3天", "县1-0412-03", "已清运2车，请核查", ""],
)
def test_other_messages_are_no_report(text: str) -> None:
    assert not lines(text).any


@given(st.text(max_size=120))
def test_no_message_breaks_the_reader(text: str) -> None:
    found = lines(text)

    assert all(figure.value >= 0 for figure in found.figures.values())


@given(st.decimals(min_value=0, max_value=10**8, places=2))
def test_every_number_is_read_back_as_it_is_printed(value: Decimal) -> None:
    assert read_number(plain_number(value)) == value


def test_empty_is_not_nought() -> None:
    rows = {row.key for row in missing(FORM, "county", ["people"])}

    assert "people" not in rows
    assert "toilets" in rows
    assert "parking" not in rows  # the districts'


def figure(value: str, unit: str = "处") -> Figure:
    return Figure(Decimal(value), unit)


def test_a_jump_another_unit_and_more_than_the_total_are_asked_about() -> None:
    last = {"people": figure("30", "人次"), "domestic_waste": figure("5", "吨")}
    now = {
        "people": figure("301", "人次"),
        "domestic_waste": figure("5", "立方米"),
        "villages_ok": figure("31", "个"),
        "villages_total": figure("30", "个"),
    }

    assert [(row.key, why) for row, why in doubts(FORM, "county", now, last)] == [
        ("people", "jump"),
        ("domestic_waste", "unit_changed"),
        ("villages_ok", "beyond_total"),
    ]


def test_totals_go_on_week_by_week_and_units_are_never_added_up() -> None:
    weeks = [
        {
            "people": figure("30", "人次"),
            "domestic_waste": figure("5", "吨"),
            "villages_ok": figure("3", "个"),
        },
        {
            "people": figure("20", "人次"),
            "domestic_waste": figure("7", "立方米"),
            "villages_ok": figure("4", "个"),
        },
    ]

    found = {
        key: [one.text + one.unit for one in figures]
        for key, figures in carried_on(FORM, "county", weeks).items()
    }

    assert found == {"people": ["50人次"], "domestic_waste": ["5吨", "7立方米"], "villages_ok": ["4个"]}


@pytest.mark.parametrize(("minutes", "from_first"), [(119, True), (120, True), (121, False)])
def test_what_is_mended_within_two_hours_counts_from_its_first_sending(
    minutes: int, from_first: bool
) -> None:
    first = datetime(2019, 4, 12, 1, 50, tzinfo=UTC)
    sent = first + timedelta(minutes=minutes)

    assert counted_from(first, sent) == (first if from_first else sent)
    assert counted_from(None, sent) == sent

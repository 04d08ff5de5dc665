"""The order in which leads are driven to, and how a kit's files are parted."""

from __future__ import annotations

import itertools

import pytest

from bot.domain.kits import parted
from bot.domain.routes import Stop, route

REGIONS = ("卫辉市", "延津县")
TOWNS = {"延津县": ("王楼镇", "司寨乡", "石婆固镇")}


def keys(stops: list[Stop]) -> list[int]:
    return [leg.stop.key for leg in route(stops, REGIONS, TOWNS)]


def test_regions_stand_in_the_notices_order_and_townships_as_they_are_listed() -> None:
    stops = [
        Stop(1, "延津县", "司寨乡"),
        Stop(2, "卫辉市", "唐庄镇"),
        Stop(3, "延津县", "王楼镇", "任庄村"),
        Stop(4, "延津县", "王楼镇", "任庄村"),
        Stop(5, "外县"),
    ]

    assert keys(stops) == [2, 3, 4, 1, 5]


def test_the_nearest_is_driven_to_next_and_what_has_no_position_waits() -> None:
    stops = [
        Stop(1, "延津县", "王楼镇", position=(35.10, 114.20)),
        Stop(2, "延津县", "司寨乡", position=(35.30, 114.20)),
        Stop(3, "延津县", "石婆固镇", position=(35.15, 114.20)),
        Stop(4, "延津县", "王楼镇", "远村", position=(35.12, 114.20)),
        Stop(5, "延津县", "王楼镇", "不知"),
    ]

    legs = route(stops, REGIONS, TOWNS)

    assert [leg.stop.key for leg in legs] == [1, 4, 5, 3, 2]
    assert legs[0].metres is None
    assert legs[1].metres == pytest.approx(2224, abs=2)
    assert legs[2].metres is None
    assert legs[3].metres == pytest.approx(3336, abs=3)


def test_the_same_stops_give_the_same_route_in_whatever_order_they_come() -> None:
    stops = [Stop(at, "延津县", "王楼镇", position=(35.1 + at / 100, 114.2)) for at in range(4)]

    assert {tuple(keys(list(one))) for one in itertools.permutations(stops)} == {(0, 1, 2, 3)}


def test_no_part_is_larger_than_telegram_takes_unless_a_single_file_is() -> None:
    assert parted([30, 20, 10, 45, 50, 1], most=45) == [[0], [1, 2], [3], [4], [5]]
    assert parted([]) == []

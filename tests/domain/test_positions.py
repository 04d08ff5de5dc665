"""Positions: bounds, distances, and the shift of Chinese maps."""

from __future__ import annotations

import pytest

from bot.domain.positions import Bounds, distance, map_link, to_gcj02

CITY = Bounds(34.7, 113.2, 36.0, 115.2)


@pytest.mark.parametrize("place", [(35.30, 113.92), (35.14, 114.20), (35.40, 114.06), (35.46, 113.80)])
def test_the_shift_is_half_a_kilometre_east_and_little_south(
    place: tuple[float, float],
) -> None:
    latitude, longitude = to_gcj02(*place)

    east = distance(place, (place[0], longitude))
    south = distance(place, (latitude, place[1]))

    assert longitude > place[1]
    assert 500 <= east <= 570
    assert latitude < place[0]
    assert south < 150


def test_a_known_pair_agrees_to_a_metre() -> None:
    # Tiananmen: 39.907333, 116.391083 (GPS) is drawn at 39.908737, 116.397326
    assert distance(to_gcj02(39.907333, 116.391083), (39.908737, 116.397326)) < 1


def test_outside_china_nothing_is_shifted() -> None:
    assert to_gcj02(48.8584, 2.2945) == (48.8584, 2.2945)


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert distance((35.0, 114.0), (36.0, 114.0)) == pytest.approx(111_195, abs=1)


def test_edges_belong_to_the_bounds() -> None:
    assert CITY.holds(34.7, 115.2)
    assert not CITY.holds(34.69, 114.0)
    assert not CITY.holds(35.0, 115.21)


def test_the_link_puts_longitude_first() -> None:
    assert map_link(48.8584, 2.2945) == "https://uri.amap.com/marker?position=2.294500,48.858400"

"""Facts of an after-photo: when, where, forwarded; and hashes that say nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.domain.evidence import EvidenceRules, Shot, drawn, hints, telling_hash

ASSIGNED = datetime(2019, 4, 12, 9, 1)  # noqa: DTZ001 - a wall clock, as a camera has it
HERE = (35.2000, 114.2000)
RULES = EvidenceRules()


def said(shot: Shot, place: tuple[float, float] | None = HERE) -> list[str]:
    return [hint.what for hint in hints([shot], assigned=ASSIGNED, place=place, rules=RULES)]


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(-600, ["taken_before"]), (-11, ["taken_before"]), (-10, []), (-1, []), (0, []), (90, [])],
)
def test_a_photo_from_before_the_assignment_is_named_but_for_a_wrong_clock(
    minutes: int, expected: list[str]
) -> None:
    assert said(Shot(1, taken=ASSIGNED + timedelta(minutes=minutes))) == expected


@pytest.mark.parametrize(
    ("north", "expected"), [(0.0, []), (0.0026, []), (0.0028, ["far"]), (-0.0028, ["far"]), (1.0, ["far"])]
)
def test_more_than_300_metres_are_far(north: float, expected: list[str]) -> None:
    assert said(Shot(1, position=(HERE[0] + north, HERE[1]))) == expected


def test_nothing_is_far_from_an_unknown_place() -> None:
    assert said(Shot(1, position=(0.0, 0.0)), place=None) == []


def test_a_photo_that_says_nothing_gets_no_hint() -> None:
    assert said(Shot(1)) == []


def test_each_photo_is_named_by_its_place_in_the_proof() -> None:
    shots = [Shot(1), Shot(2, forwarded=True), Shot(3, taken=ASSIGNED - timedelta(days=1), forwarded=True)]

    found = hints(shots, assigned=ASSIGNED, place=HERE, rules=RULES)

    assert [(hint.what, hint.seq) for hint in found] == [
        ("forwarded", 2),
        ("taken_before", 3),
        ("forwarded", 3),
    ]


@pytest.mark.parametrize(
    ("dhash", "telling"), [(0, False), (0b111, False), (0b1111, True), (2**64 - 1, False), (-1, False)]
)
def test_a_black_frame_or_a_white_wall_resembles_nothing(dhash: int, telling: bool) -> None:
    assert telling_hash(dhash) is telling


def test_a_draw_is_a_tenth_at_least_one_and_the_same_whoever_asks() -> None:
    numbers = [f"县1-0412-{serial:02d}" for serial in range(1, 36)]

    first = drawn(numbers, "2019-04-18|county/1", 10)

    assert len(first) == 4
    assert first == drawn(reversed(numbers), "2019-04-18|county/1", 10)
    assert first != drawn(numbers, "2019-04-28|county/1", 10)
    assert drawn(numbers[:1], "2019-04-18|county/1", 10) == numbers[:1]
    assert drawn([], "2019-04-18|county/1", 10) == []


def test_every_entry_is_drawn_about_equally_often() -> None:
    numbers = [f"县1-0412-{serial:02d}" for serial in range(1, 21)]
    times = dict.fromkeys(numbers, 0)

    for seed in range(2000):
        for number in drawn(numbers, str(seed), 10):
            times[number] += 1

    assert all(140 < count < 260 for count in times.values())

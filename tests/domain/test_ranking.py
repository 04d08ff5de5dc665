"""Places by what is printed, ties, last places, streaks and what they lead to."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.consequences import Measure, Trigger, for_warnings, proposals
from bot.domain.ranking import Standing, TieForLast, ranked, streaks, tied_for_last

NAMES = ("长垣县", "卫辉市", "辉县市", "新乡县", "获嘉县", "原阳县", "延津县", "封丘县")


def totals(*values: str | None) -> list[tuple[str, Decimal | None]]:
    return [(name, None if v is None else Decimal(v)) for name, v in zip(NAMES, values, strict=False)]


def test_equal_scores_share_a_rank_and_the_next_is_skipped() -> None:
    places = ranked(totals("86.00", "88.20", "87.00", "88.20", "86.00"))

    assert [(place.region, place.rank) for place in places] == [
        ("卫辉市", 1),
        ("新乡县", 1),
        ("辉县市", 3),
        ("长垣县", 4),
        ("获嘉县", 4),
    ]
    assert [place.tied for place in places] == [True, True, False, True, True]
    assert tied_for_last(places) == ("长垣县", "获嘉县")


def test_what_is_printed_differs_so_it_is_no_tie() -> None:
    places = ranked(totals("91.01", "91.00"))

    assert [(place.rank, place.tied, place.last) for place in places] == [(1, False, False), (2, False, True)]


def test_the_office_decides_a_tie_for_last_for_all_or_none() -> None:
    tied = totals("88.20", "86.00", "86.00")

    undecided = ranked(tied)
    everybody = ranked(tied, TieForLast.ALL)
    nobody = ranked(tied, TieForLast.NONE)

    assert [place.last for place in undecided] == [place.last for place in everybody] == [False, True, True]
    assert not any(place.last for place in nobody)
    assert [place.rank for place in nobody] == [1, 2, 2]


def test_the_decision_is_about_ties_only() -> None:
    places = ranked(totals("88.20", "86.00"), TieForLast.NONE)

    assert places[-1].last


def test_where_all_are_equal_nobody_is_last() -> None:
    places = ranked(totals(*["90.00"] * 7))

    assert {place.rank for place in places} == {1}
    assert not any(place.last for place in places)


def test_a_region_without_a_score_stands_behind_all_others_and_is_not_last() -> None:
    places = ranked(totals(None, "86.00", "90.00"))

    assert [(place.region, place.rank, place.last) for place in places] == [
        ("辉县市", 1, False),
        ("卫辉市", 2, True),
        ("长垣县", None, False),
    ]


def test_one_region_alone_is_not_last() -> None:
    assert not ranked(totals("86.00", None))[0].last


@given(st.lists(st.one_of(st.none(), st.integers(0, 60).map(lambda n: Decimal(n) / 4)), max_size=8))
def test_ranks_agree_with_the_printed_totals(values: list[Decimal | None]) -> None:
    given_order = list(zip(NAMES, values, strict=False))
    places = ranked(given_order)

    with_score = [total for _, total in given_order if total is not None]
    for place in places:
        if place.total is None:
            assert place.rank is None
        else:
            assert place.rank == 1 + sum(total > place.total for total in with_score)
            assert place.tied == (with_score.count(place.total) > 1)
            assert place.last == (place.total == min(with_score) < max(with_score))
    assert sorted(p.region for p in places) == sorted(name for name, _ in given_order)


# ── in a row ──


def standing(key: str, last: str = "", unranked: str = "") -> Standing:
    ranked_ones = frozenset(name for name in NAMES if name != unranked)
    return Standing(key, ranked_ones, frozenset(name for name in (last,) if name))


def measures(trigger: Trigger, *published: Standing) -> list[tuple[str, int, Measure]]:
    return [(one.key, one.count, one.measure) for one in proposals(trigger, published)]


def test_last_last_not_ranked_last() -> None:
    found = measures(
        Trigger.TEN_DAY_LAST,
        standing("2019-04-18", last="延津县"),
        standing("2019-04-28", last="延津县"),
        standing("2019-05-08", last="封丘县", unranked="延津县"),
        standing("2019-05-18", last="延津县"),
    )

    assert found == [
        ("2019-04-18", 1, Measure.CRITICISM),
        ("2019-04-28", 2, Measure.WRITTEN),
        ("2019-05-08", 1, Measure.CRITICISM),
        ("2019-05-18", 3, Measure.TALK),
    ]


def test_last_in_may_and_june() -> None:
    found = measures(Trigger.MONTH_LAST, standing("2019-05", "延津县"), standing("2019-06", "延津县"))

    assert found == [
        ("2019-05", 1, Measure.MEETING),
        ("2019-06", 2, Measure.MEETING),
        ("2019-06", 2, Measure.TALK),
    ]


def test_a_better_place_ends_the_row() -> None:
    found = streaks([standing("1", "延津县"), standing("2", "封丘县"), standing("3", "延津县")])

    assert [(one.region, one.count) for one in found] == [("延津县", 1), ("封丘县", 1), ("延津县", 1)]


def test_the_fourth_time_is_as_the_third() -> None:
    found = measures(Trigger.TEN_DAY_LAST, *[standing(str(n), "延津县") for n in range(4)])

    assert [measure for *_, measure in found][2:] == [Measure.TALK, Measure.TALK]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, []),
        (1, [Measure.CRITICISM]),
        (2, [Measure.WRITTEN]),
        (3, [Measure.ADMONITION_OR_TALK]),
        (5, [Measure.ADMONITION_OR_TALK]),
    ],
)
def test_warnings_on_the_same_problem_have_a_ladder_of_their_own(count: int, expected: list[Measure]) -> None:
    assert [one.measure for one in for_warnings("延津县", "17", count)] == expected

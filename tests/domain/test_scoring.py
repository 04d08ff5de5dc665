"""Marks and points become scores: exact until they are rounded, once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.score_words import BadValue, Kind, read_source, read_value
from bot.domain.scoring import (
    PARTS,
    Decision,
    Final,
    Item,
    Scheme,
    Score,
    Uninspected,
    average,
    printed,
    score_final,
    score_month,
    score_track,
    shown,
)

SCHEME = Scheme()


def mark(source: str, value: str, weight: str = "1") -> Item:
    return Item(source, Kind.MARK, Decimal(value), Decimal(weight))


def points(source: str, value: str) -> Item:
    return Item(source, Kind.POINTS, Decimal(value))


def alone(*items: Item) -> Score:
    return score_track({"延津县": items}, ["延津县"], SCHEME)[0]


def part(score: Score, key: str) -> Fraction | None:
    return next(one.score for one in score.parts if one.part == key)


# ── the worked examples ──


def test_marks_and_points_of_the_three_parts_make_the_total() -> None:
    score = alone(
        mark("group", "36.5"),
        points("public", "-1.5"),
        points("reporting", "0.5"),
        mark("leader", "33"),
        mark("ganzhuanzheng", "35"),
        points("covert", "-1"),
    )

    assert [one.score for one in score.parts] == [Fraction(73, 2), Fraction(19), Fraction(33)]
    assert score.total == Decimal("88.50")


def test_two_groups_marks_are_averaged_and_the_total_is_rounded_once() -> None:
    score = alone(mark("group", "30"), mark("group", "33.33"), points("leader", "-0.005"))

    assert part(score, "inspection") == Fraction(Decimal("31.665"))
    assert shown(Fraction(Decimal("31.665"))) == "31.665"
    assert score.total == Decimal("91.66")  # 31.665 + 20 + 39.995: rounding the part first would give 91.67


def test_a_topic_group_counts_a_quarter() -> None:
    score = alone(mark("group", "36"), mark("group", "30", "0.25"))

    assert part(score, "inspection") == Fraction(Decimal("34.8"))


def test_a_full_part_does_not_grow() -> None:
    score = alone(mark("group", "36"), points("reporting", "3"))

    assert part(score, "matters") == 20


@pytest.mark.parametrize(
    ("totals", "covert", "expected"),
    [
        (["88.50", "90.00", "85.25"], ["80"], "86.33"),
        (["88.50", "90.00"], [], "89.25"),
        (["88.50", None, "90.00"], [], "89.25"),
        ([None, None], ["80"], None),
        (["100", "100", "100"], ["100"], "100.00"),
        (["90"], ["80", "70"], "87.00"),
    ],
)
def test_a_month_is_four_fifths_of_its_mean_and_a_fifth_of_its_covert_mark(
    totals: list[str | None], covert: list[str], expected: str | None
) -> None:
    periods = {str(n): None if total is None else Decimal(total) for n, total in enumerate(totals)}

    month = score_month("延津县", periods, average(Fraction(one) for one in covert), SCHEME)

    assert month.total == (None if expected is None else Decimal(expected))


def test_the_exact_month_is_kept_beside_the_printed_one() -> None:
    periods = {"1": Decimal("88.50"), "2": Decimal("90.00"), "3": Decimal("85.25")}

    month = score_month("延津县", periods, Fraction(80), SCHEME)

    assert month.mean == Fraction(26375, 300)
    assert shown(month.mean or Fraction(0)) == "87.9167"


@pytest.mark.parametrize(
    ("exact", "expected"), [("91.005", "91.01"), ("91.00", "91.00"), ("91.0049", "91.00"), ("0", "0.00")]
)
def test_half_a_hundredth_is_rounded_up(exact: str, expected: str) -> None:
    assert printed(Fraction(exact)) == Decimal(expected)


def test_thirds_that_meet_at_a_half_are_not_lost() -> None:
    """1/3 and 2/3 of a hundredth: binary or cut decimals would fall below the half."""
    marks = [mark("group", value) for value in ("30", "30", "30.01")]
    more = [mark("leader", value) for value in ("30", "30", "30.005")]

    score = alone(*marks, *more)

    assert printed(sum((one.score or Fraction(0) for one in score.parts), Fraction(0))) == Decimal("80.01")
    assert score.total == Decimal("80.01")


# ── what is missing ──


def test_a_region_without_its_required_marks_is_not_ranked() -> None:
    score = alone(points("public", "-1"), mark("covert", "30"))

    assert (score.status, score.missing, score.total) == ("missing", ("inspection",), None)


def test_the_office_gives_a_mark_for_what_is_missing() -> None:
    decided = {("延津县", "inspection"): Decision("mark", Decimal(30))}

    score = score_track({}, ["延津县"], SCHEME, decided)[0]

    assert (score.status, score.total) == ("ranked", Decimal("90.00"))
    assert score.parts[0].basis == "decided"


def test_the_office_leaves_a_region_out() -> None:
    decided = {("延津县", "inspection"): Decision("exclude")}

    score = score_track({"延津县": [mark("group", "40")]}, ["延津县"], SCHEME, decided)[0]

    assert (score.status, score.total) == ("excluded", None)


def test_where_nobody_was_inspected_the_part_is_deduction_only() -> None:
    score = alone(mark("group", "36"), points("leader", "-2"))

    assert part(score, "oversight") == 38
    assert not score.undecided


@pytest.mark.parametrize(
    ("decided", "expected", "basis"),
    [
        (None, Decimal("93.00"), "average"),
        ("average", Decimal("93.00"), "average"),
        ("full", Decimal("99.00"), "granted"),
        ("missing", None, "missing"),
    ],
)
def test_not_inspected_is_not_full_marks(decided: str | None, expected: Decimal | None, basis: str) -> None:
    """Two regions were inspected (34 each, whatever was taken off beside it), a third was not."""
    items = {
        "卫辉市": [mark("group", "40"), mark("covert", "33"), mark("leader", "35"), points("covert", "-5")],
        "延津县": [mark("group", "40"), mark("covert", "34")],
        "封丘县": [mark("group", "40"), points("leader", "-1")],
    }
    decisions = {("封丘县", "oversight"): Decision(decided)} if decided else {}

    score = score_track(items, list(items), SCHEME, decisions)[2]

    assert score.total == expected
    assert score.parts[2].basis == basis
    assert score.undecided == (() if decided else ("oversight",))


def test_the_rule_for_the_uninspected_is_the_offices_choice() -> None:
    items = {"卫辉市": [mark("group", "40"), mark("covert", "30")], "延津县": [mark("group", "40")]}

    score = score_track(items, list(items), Scheme(uninspected=Uninspected.FULL))[1]

    assert score.total == Decimal("100.00")


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (Final.PERIODS, Decimal("80.00")),
        (Final.MONTHS, Decimal("82.50")),
        (Final.LAST_MONTH, Decimal("75.00")),
    ],
)
def test_the_final_score_is_made_as_the_office_chose(how: Final, expected: Decimal) -> None:
    periods = [Decimal(90), None, Decimal(80), Decimal(70)]
    months = [Decimal(90), Decimal(75)]

    assert score_final(how, periods, months) == expected


# ── what is written ──


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("36.5", Kind.MARK, Decimal("36.5")),
        (" 0 ", Kind.MARK, Decimal(0)),
        ("40", Kind.MARK, Decimal(40)),
        ("-1.5", Kind.POINTS, Decimal("-1.5")),
        ("−1.5", Kind.POINTS, Decimal("-1.5")),
        ("+0.5", Kind.POINTS, Decimal("0.5")),
    ],
)
def test_a_value_is_read_exactly(text: str, kind: Kind, value: Decimal) -> None:
    assert read_value(text, kind, Decimal(40)) == value


@pytest.mark.parametrize(
    ("text", "kind", "why"),
    [
        ("36,5", Kind.MARK, "comma"),
        ("36，5", Kind.MARK, "comma"),
        ("３６.5", Kind.MARK, "full_width"),
        ("36．5", Kind.MARK, "full_width"),
        ("40.01", Kind.MARK, "above"),
        ("-1", Kind.MARK, "below"),
        ("101", Kind.POINTS, "too_big"),
        ("1.00001", Kind.POINTS, "too_fine"),
        ("三十", Kind.MARK, "not_a_number"),
        ("1e1", Kind.MARK, "not_a_number"),
        ("nan", Kind.MARK, "not_a_number"),
        ("²", Kind.MARK, "not_a_number"),
        ("36.", Kind.MARK, "not_a_number"),
        ("", Kind.MARK, "empty"),
    ],
)
def test_a_value_that_could_be_misread_is_refused(text: str, kind: Kind, why: str) -> None:
    with pytest.raises(BadValue) as refused:
        read_value(text, kind, Decimal(40))

    assert refused.value.why == why


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("group", "group"),
        ("督查", "group"),
        ("督查组", "group"),
        ("「敢转争」检查", "ganzhuanzheng"),
        ("敢转争", "ganzhuanzheng"),
        ("办公室暗访", "covert"),
        ("信息报送", "reporting"),
        ("Superior", "superior"),
        ("卫生", None),
    ],
)
def test_a_source_is_known_by_key_label_and_short(text: str, key: str | None) -> None:
    assert read_source(text) == key


# ── whatever is entered ──

values = st.decimals(min_value=0, max_value=40, places=2)
few = st.decimals(min_value=-30, max_value=30, places=2)
sources = st.sampled_from([source for one in PARTS for source in one.sources])
entries = st.lists(
    st.one_of(
        st.builds(Item, sources, st.just(Kind.POINTS), few),
        st.builds(
            Item, st.just("group"), st.just(Kind.MARK), values, st.sampled_from([Decimal(1), Decimal("0.25")])
        ),
        st.builds(Item, st.sampled_from(["leader", "covert"]), st.just(Kind.MARK), values),
    ),
    max_size=12,
)


@given(entries)
def test_a_total_never_leaves_the_hundred_points(items: Sequence[Item]) -> None:
    score = alone(mark("group", "20"), *items)

    assert score.total is not None
    assert 0 <= score.total <= 100
    assert all(one.score is not None and 0 <= one.score <= 40 for one in score.parts)


@given(entries.flatmap(lambda items: st.tuples(st.just(items), st.permutations(items))))
def test_the_order_of_entering_changes_nothing(both: tuple[list[Item], list[Item]]) -> None:
    assert alone(*both[0]) == alone(*both[1])


@given(entries, sources, st.decimals(min_value=-30, max_value=0, places=2))
def test_a_deduction_never_raises_a_score(items: Sequence[Item], source: str, value: Decimal) -> None:
    before = alone(mark("group", "20"), *items).total
    after = alone(mark("group", "20"), *items, Item(source, Kind.POINTS, value)).total

    assert before is not None
    assert after is not None
    assert after <= before


@given(entries)
def test_the_total_is_the_rounded_sum_of_exact_parts(items: Sequence[Item]) -> None:
    """Computed anew in whole numbers, as one would on paper."""
    score = alone(mark("group", "20"), *items)

    exact = Fraction(0)
    for one in PARTS:
        mine = [item for item in (mark("group", "20"), *items) if item.source in one.sources]
        marks = [item for item in mine if item.kind is Kind.MARK]
        weights = sum((Fraction(item.weight) for item in marks), Fraction(0))
        base = Fraction(one.most)
        if marks:
            base = sum((Fraction(i.value) * Fraction(i.weight) for i in marks), Fraction(0)) / weights
        base += sum((Fraction(i.value) for i in mine if i.kind is Kind.POINTS), Fraction(0))
        exact += min(max(base, Fraction(0)), Fraction(one.most))
    hundredths = exact * 100
    rounded = hundredths.numerator // hundredths.denominator
    if hundredths - rounded >= Fraction(1, 2):
        rounded += 1
    assert score.total == Decimal(rounded) / 100

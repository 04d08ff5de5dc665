"""Numbers typed for the rules that the notice leaves open: taken exactly, refused out of range."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.domain.rule_limits import LIMITS, read_rule
from bot.domain.score_words import BadValue
from bot.domain.scoring import Scheme


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("topic_weight", " 0.350 ", "0.35"),
        ("topic_weight", "1", "1"),
        ("covert", "-0", "0"),
        ("late_report", "-0.75", "-0.75"),
        ("scale_gap", "10", "10"),
        ("objection_hours", "10", "10"),
        ("objection_hours", "7.0", "7"),
    ],
)
def test_a_number_is_kept_in_its_shortest_form(name: str, text: str, value: str) -> None:
    assert read_rule(name, text) == value


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("topic_weight", "1.01", "out_of_range"),
        ("topic_weight", "-0.1", "out_of_range"),
        ("covert", "20", "out_of_range"),
        ("late_report", "0.5", "out_of_range"),
        ("overdue_entry", "-21", "out_of_range"),
        ("objection_hours", "5", "out_of_range"),
        ("objection_hours", "6.5", "not_whole"),
        ("scale_gap", "3,5", "comma"),
        ("scale_gap", "３", "full_width"),
        ("scale_gap", "三", "not_a_number"),
        ("scale_gap", "3.00001", "too_fine"),
    ],
)
def test_what_is_no_such_number_is_refused(name: str, text: str, why: str) -> None:
    with pytest.raises(BadValue) as refused:
        read_rule(name, text)

    assert refused.value.why == why


def test_what_holds_by_itself_lies_within_the_limits() -> None:
    scheme = Scheme()
    for name, limits in LIMITS.items():
        assert limits.least <= Decimal(getattr(scheme, name)) <= limits.most

"""The seven aspects of a group's mark: read in order or by name, together the mark."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.aspects import ASPECTS, BadAspects, read, split

MOST = Decimal(40)
SEVEN = ("5", "5", "5", "5", "5", "6", "5.5")
NAMED = "组织领导5 宣传发动:5 行动计划 5 经费保障5分 机制创新5 问题整改6 工作实效5.5"


@pytest.mark.parametrize(
    ("words", "head", "reason"),
    [
        ("延津县 督查 36.5 七方面 5 5 5 5 5 6 5.5", "延津县 督查 36.5", ""),
        ("延津县 督查 七方面：5 5分 5；5 5 6, 5.5 整体较好", "延津县 督查", "整体较好"),
        (f"延津县 督查 七方面 {NAMED} 3处反弹", "延津县 督查", "3处反弹"),
        ("七方面 工作实效5.5 问题整改6 宣传发动5 行动计划5 经费保障5 机制创新5 组织领导5", "", ""),
    ],
)
def test_seven_values_stand_in_the_notices_order_or_after_their_names(
    words: str, head: str, reason: str
) -> None:
    assert split(words) == (head, SEVEN, reason)


@pytest.mark.parametrize("words", ["延津县 督查 36.5", "延津县 督查 36.5 七方面都好", "七方面 组织领导 较好"])
def test_the_word_without_a_value_is_but_a_word(words: str) -> None:
    assert split(words) is None


@pytest.mark.parametrize(
    ("words", "mark", "value", "why", "right"),
    [
        ("七方面 5 5 5 5 5 6", None, "七方面", "aspects_count", "、".join(ASPECTS.values())),
        ("七方面 5 5 5 5 5 6 5 5", None, "七方面", "aspects_count", "、".join(ASPECTS.values())),
        ("七方面 组织领导5 组织领导5 行动计划5 经费保障5 机制创新5 问题整改6 工作实效5", None, "七方面",
         "aspects_count", "、".join(ASPECTS.values())),
        ("七方面 组织领导5 5 5 5 5 6 5.5", None, "七方面", "aspects_count", "、".join(ASPECTS.values())),
        (f"七方面 {NAMED} 组织领导5", None, "七方面", "aspects_count", "、".join(ASPECTS.values())),
        ("七方面 5 5 5 5 5 6 5.5", "36", "七方面", "aspects_sum", "36.5 ≠ 36"),
        ("七方面 6 6 6 6 6 6 6", None, "七方面 42", "above", "40"),
        ("七方面 5 41 5 5 5 6 5.5", None, "宣传发动 41", "above", "40"),
        ("七方面 5 5,5 5 5 5 6 5.5", None, "宣传发动 5,5", "comma", ""),
        ("七方面 ５ 5 5 5 5 6 5.5", None, "组织领导 ５", "full_width", ""),
        ("七方面 5 5 -5 5 5 6 5.5", None, "行动计划 -5", "below", "40"),
        ("七方面 5 5 5 5 5 6 5.00001", None, "工作实效 5.00001", "too_fine", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(words: str, mark: str | None, value: str, why: str, right: str) -> None:
    found = split(words)
    assert found is not None

    with pytest.raises(BadAspects) as refused:
        read(found[1], MOST, None if mark is None else Decimal(mark))

    assert (refused.value.value, refused.value.why, refused.value.right) == (value, why, right)


@given(st.lists(st.decimals(0, 5, places=2), min_size=7, max_size=7))
def test_exact_values_are_exactly_their_mark(values: list[Decimal]) -> None:
    found = split("七方面 " + " ".join(f"{value:f}" for value in values))
    assert found is not None

    assert read(found[1], MOST, sum(values, Decimal(0))) == tuple(values)
    with pytest.raises(BadAspects):
        read(found[1], MOST, sum(values, Decimal(0)) + Decimal("0.01"))

"""Warning letters 督办警示 in the rules: what counts as a second one, and what fills the blanks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.warnings import (
    Served,
    counted,
    days_in_words,
    group_in_letters,
    in_a_row,
    letter_number,
    missing,
    read_answer,
    read_phone,
    sentence,
)

START = datetime(2019, 4, 12, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def served(letter_id: int, day: int, term: int = 7) -> Served:
    at = START + day * DAY
    return Served(letter_id, at, at + term * DAY)


def test_a_second_letter_within_the_firsts_term_does_not_count() -> None:
    assert counted([served(1, 0), served(2, 3)], []) == {1: 1}


def test_it_counts_when_the_firsts_term_has_run_out() -> None:
    assert counted([served(2, 8), served(1, 0)], []) == {1: 1, 2: 2}


def test_it_counts_when_the_rectification_was_refused_between_the_two() -> None:
    between, before = [START + 2 * DAY], [START - DAY]

    assert counted([served(1, 0), served(2, 3)], between) == {1: 1, 2: 2}
    assert counted([served(1, 0), served(2, 3)], before) == {1: 1}


def test_one_that_does_not_count_spends_no_term_of_its_own() -> None:
    letters = [served(1, 0), served(2, 3), served(3, 8)]

    assert counted(letters, []) == {1: 1, 3: 2}


def test_without_the_first_the_second_is_the_first() -> None:
    assert counted([served(2, 8)], []) == {2: 1}


@pytest.mark.parametrize(
    ("found", "said"),
    [((), False), ((False,), False), ((False, False), True), ((False, True), False), ((True, False), False),
     ((True, False, False), True)],
)  # fmt: skip
def test_two_rechecks_in_a_row(found: tuple[bool, ...], said: bool) -> None:
    assert in_a_row(found) is said


def test_the_letters_names_are_the_notices() -> None:
    campaign = "新乡市城乡环境整治百日攻坚行动"

    assert group_in_letters(campaign, "第一督查小组") == (
        "市城乡环境整治百日攻坚行动第一督查组",
        "市城乡环境整治百日攻坚行动第一组",
    )
    assert group_in_letters(campaign, "督查暗访组")[0] == "市城乡环境整治百日攻坚行动督查暗访组"
    assert letter_number("县", "1", 2019, 3) == "警县1-2019-003"


def test_several_days_are_named_once_a_month() -> None:
    days = [date(2019, 4, 30), date(2019, 5, 2), date(2019, 4, 29), date(2019, 4, 30)]

    assert days_in_words(days) == "4月29日、30日、5月2日"


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("0000-0000000", "0000-0000000"),
        ("联系电话：0000-0000000", "0000-0000000"),
        ("（0000）0000000转2", "(0000)0000000转2"),
        ("12345", None),
        ("找李组长", None),
        ("", None),
    ],
)
def test_a_telephone_is_read_or_refused(text: str, phone: str | None) -> None:
    assert read_phone(text) == phone


def test_an_answer_is_three_lines_or_labelled_ones() -> None:
    labelled = read_answer("责任领导（县级）：副县长甲\n完成情况：已清运\n具体责任人：科长乙")
    plain = read_answer("已全部清运\n副县长甲\n科长乙")

    assert labelled == {"leader": "副县长甲", "done": "已清运", "officer": "科长乙"}
    assert plain == {"done": "已全部清运", "leader": "副县长甲", "officer": "科长乙"}
    assert missing(read_answer("完成情况：已清运")) == ["leader", "officer"]
    assert missing(read_answer("已清运")) == ["leader", "officer"]


def test_a_sentence_names_its_place_once() -> None:
    assert sentence("村口垃圾堆。", "王楼镇任庄村") == "王楼镇任庄村村口垃圾堆"
    assert sentence("王楼镇任庄村村口垃圾堆", "王楼镇任庄村") == "王楼镇任庄村村口垃圾堆"
    assert sentence("", "王楼镇任庄村") == "王楼镇任庄村"

"""责任领导 and 具体责任人 as people write them."""

from __future__ import annotations

import pytest

from bot.services.counties import officers


@pytest.mark.parametrize(
    ("text", "leader", "officer", "rest"),
    [
        ("责任领导：甲某；责任人：乙某", "甲某", "乙某", ""),
        ("责任领导(县级)：甲某 副县长，具体责任人(科级)：乙某 局长", "甲某 副县长", "乙某 局长", ""),
        ("已清运两车。责任人:乙某", None, "乙某", "已清运两车"),
        ("责任领导:甲某 责任人:乙某", "甲某", "乙某", ""),
        ("已清理\n责任领导：甲某\n责任人：乙某", "甲某", "乙某", "已清理"),
        ("责任领导已到现场", None, None, "责任领导已到现场"),
        ("已落实责任人，正在清理", None, None, "已落实责任人，正在清理"),
        ("done. Leader: A Li; officer: B Wang", "A Li", "B Wang", "done."),
        ("", None, None, ""),
    ],
)
def test_names_are_read_and_the_rest_stays_the_measures(
    text: str, leader: str | None, officer: str | None, rest: str
) -> None:
    said = officers.read(text)

    assert (said.leader, said.officer, said.rest) == (leader, officer, rest)


@pytest.mark.parametrize("text", ["甲某；乙某", "甲某\n乙某", "甲某，乙某", "责任领导：甲某；责任人：乙某"])
def test_an_answer_may_leave_the_labels_away(text: str) -> None:
    said = officers.read_answer(text)

    assert (said.leader, said.officer) == ("甲某", "乙某")


@pytest.mark.parametrize("text", ["稍后再报", "一；二；三", "好"])
def test_an_answer_without_names_names_nobody(text: str) -> None:
    assert not officers.read_answer(text).named

"""Callback data: written in one form, read back the same, and taken for nobody's word."""

from __future__ import annotations

from datetime import date

import pytest

from bot.texts.buttons import Press, TooLong, Unreadable, parse, write


@pytest.mark.parametrize(
    "press",
    [Press("ack", 17, 4), Press("turn"), Press("passto", 1, 2, "王楼镇"), Press("list", 0, 0, "my:0:x")],
)
def test_what_is_written_is_read_back(press: Press) -> None:
    assert parse(write(press)) == press


def test_more_than_telegram_takes_is_our_bug() -> None:
    with pytest.raises(TooLong):
        write(Press("passto", 1, 1, "镇" * 20))


@pytest.mark.parametrize(
    "data",
    ["", "0:ack:1:1", "1:ack", "1:ack:x:1", "1:ack:-1:1", "1:a-b:1:1", "1:ack:1:99999999999", "1:list:1:1:²"],
)
def test_other_forms_and_forged_data_are_told_apart(data: str) -> None:
    with pytest.raises(Unreadable):
        parse(data)


def test_an_argument_is_read_as_what_the_button_has() -> None:
    assert Press("moveto", arg="3").number(15) == 3
    assert Press("extendto", arg="2019-04-20").day() == date(2019, 4, 20)
    assert Press("mode", arg="covert").one_of(("open", "covert")) == "covert"


def test_an_argument_that_the_button_has_not_is_unreadable() -> None:
    for arg in ("", "15", "-1", "x", "²"):
        with pytest.raises(Unreadable):
            Press("moveto", arg=arg).number(15)
    with pytest.raises(Unreadable):
        Press("extendto", arg="2019-02-30").day()
    with pytest.raises(Unreadable):
        Press("mode", arg="secret").one_of(("open", "covert"))

"""Telegram's HTML divided by length: at line ends, every mark closed and opened again."""

from __future__ import annotations

import pytest

from bot.playground.server.html import parse_html, utf16_length
from bot.texts.html import length, pieces, plain, within


@pytest.mark.parametrize(
    "text",
    [
        "一行",
        "\n".join(f"第{n}行" for n in range(40)),
        "<b>" + "\n".join(f"第{n}行" for n in range(40)) + "</b>尾",
        '<blockquote expandable><a href="https://t.me/x">'
        + "\n".join("甲" * 9 for _ in range(9))
        + "</a></blockquote>",
        "&lt;&amp;" * 60,
        "📍" * 70,
        "首行\n" + "长" * 95 + "\n末行",
    ],
)
def test_pieces_fit_are_well_formed_and_lose_no_word(text: str) -> None:
    found = pieces(text, 30, later=40)

    assert all(length(one) <= (40 if at else 30) for at, one in enumerate(found))
    for one in found:
        words, _ = parse_html(one)
        assert utf16_length(words) == length(one)
    assert "".join(plain(one) for one in found).replace("\n", "") == plain(text).replace("\n", "")


def test_a_mark_goes_on_in_the_next_piece() -> None:
    found = pieces("<b>一二三\n四五六</b>七", 4)

    assert found == ["<b>一二三</b>", "<b>四五六</b>七"]


def test_what_is_cut_ends_at_a_line_and_says_so() -> None:
    assert within("<b>一二三\n四五六</b>", 6) == "<b>一二三\n…</b>"

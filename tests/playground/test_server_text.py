"""HTML, detection and cleaning, by the vectors that were taken from Telegram's own code."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.server.detect import detect
from bot.playground.server.errors import ApiError
from bot.playground.server.formatting import clean_file_name, finished
from bot.playground.server.html import parse_html, utf16_length

FAULTS = [
    ("温度 <5℃", "Unclosed start tag at byte offset 7"),
    ("温度 < 5℃", 'Unsupported start tag "" at byte offset 7'),
    ("巡查<br>记录", 'Unsupported start tag "br" at byte offset 6'),
    ("见附件《<安全>手册》", 'Unsupported start tag "安全" at byte offset 12'),
    ("<b>巡查", 'Can\'t find end tag corresponding to start tag "b"'),
    ("巡查</b>", "Unexpected end tag at byte offset 6"),
    ("<b><i>巡查</b></i>", 'Unmatched end tag at byte offset 12, expected "</i>", found "</b>"'),
    ("a<b>c</b", "Unclosed end tag at byte offset 5"),
    ("<a href=https://example.com>x</a>", "Unexpected end of name token at byte offset 8"),
    ('<span class="x">a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ('<tg-emoji emoji-id="x">👍</tg-emoji>', "Invalid custom emoji identifier specified"),
    ("<", "Unclosed start tag at byte offset 0"),
    ("<b", "Unclosed start tag at byte offset 0"),
]


@pytest.mark.parametrize(("text", "complaint"), FAULTS)
def test_faulty_html_is_refused_in_telegrams_words(text: str, complaint: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_html(text)

    assert caught.value.description == f"Bad Request: can't parse entities: {complaint}"


GOOD: list[tuple[str, str, list[dict[str, Any]]]] = [
    ("😀<b>中</b>", "😀中", [{"offset": 2, "length": 1, "type": "bold"}]),
    (
        '<pre><code class="language-python">x=1</code></pre>',
        "x=1",
        [{"offset": 0, "length": 3, "type": "pre", "language": "python"}],
    ),
    ("A &amp; B &#39;e&#39; &apos;", "A & B 'e' &apos;", []),
    ("a & b", "a & b", []),
    ("&nbsp;&lt;5&#x4E2D;", "&nbsp;<5中", []),
    ("<b></b>", "", []),
    ("<B>x</>", "x", [{"offset": 0, "length": 1, "type": "bold"}]),
    (
        '<a href="https://example.com">x</a>',
        "x",
        [{"offset": 0, "length": 1, "type": "text_link", "url": "https://example.com/"}],
    ),
    ('<a href="nowhere">x</a>', "x", []),
    (
        '<a href="tg://user?id=501">x</a>',
        "x",
        [{"offset": 0, "length": 1, "type": "text_mention", "user_id": 501}],
    ),
    ('<span class="tg-spoiler">x</span>', "x", [{"offset": 0, "length": 1, "type": "spoiler"}]),
    (
        "<blockquote>x</blockquote>",
        "x",
        [{"offset": 0, "length": 1, "type": "blockquote"}],
    ),
]


@pytest.mark.parametrize(("text", "plain", "entities"), GOOD)
def test_html_becomes_text_and_entities(text: str, plain: str, entities: list[dict[str, Any]]) -> None:
    assert parse_html(text) == (plain, entities)


def test_nothing_is_nested_in_code_and_touching_bold_is_one() -> None:
    parsed = parse_html("<code>a<b>b</b></code> <b>c</b><b>d</b>")

    text, entities = finished(*parsed)

    assert text == "ab cd"
    assert entities == [
        {"offset": 0, "length": 2, "type": "code"},
        {"offset": 3, "length": 2, "type": "bold"},
    ]


DETECTED = [
    ("/start@my_bot abc", [("bot_command", 0, 13)]),
    ("/帮助", []),
    ("/help帮助", []),
    ("请看/help", []),
    ("/a/b", []),
    ("/start@ab", []),
    ("请看 /help", [("bot_command", 3, 5)]),
    ("/help，帮助", [("bot_command", 0, 5)]),
    ("/report-3", [("bot_command", 0, 7)]),
    ("@my_bot你好", []),
    ("你好@my_bot", []),
    ("你好 @my_bot，请", [("mention", 3, 7)]),
    ("#溺水 隐患", [("hashtag", 0, 3)]),
    ("上报#水库", []),
    ("#123", []),
    ("见 https://example.com/a?b=1。", [("url", 2, 25)]),
    ("😀 @my_bot", [("mention", 3, 7)]),
    ("K14+950", []),
    ("写信 a.b@example.com", [("email", 3, 15)]),
]


@pytest.mark.parametrize(("text", "found"), DETECTED)
def test_commands_mentions_and_tags_are_found(text: str, found: list[tuple[str, int, int]]) -> None:
    assert [(e["type"], e["offset"], e["length"]) for e in detect(text)] == found


@pytest.mark.parametrize(
    ("sent", "arrived"),
    [
        ("巡查记录（第3号）.pdf", "巡查记录 第3号.pdf"),
        ("防溺水·水域台账_2026-07.xlsx", "防溺水水域台账_2026-07.xlsx"),
        ("【通知】暑期防溺水.docx", "通知 暑期防溺水.docx"),
        ("it's.pdf", "it s.pdf"),
        ("😀.png", "png"),
        ("../../etc/passwd", "passwd"),
    ],
)
def test_uploaded_names_are_cleaned(sent: str, arrived: str) -> None:
    assert clean_file_name(sent) == arrived


def test_ends_are_trimmed_and_a_leading_blank_inside_an_entity_stays() -> None:
    plain = finished("  你好 \n\n", [])
    inside = finished(*parse_html("<b> 你好</b>  "))

    assert plain == ("你好", [])
    assert inside == (" 你好", [{"offset": 0, "length": 3, "type": "bold"}])


def test_removed_characters_move_the_entities_behind_them() -> None:
    text, entities = finished(*parse_html("a\r\r<b>b\tc</b>"))

    assert (text, entities) == ("ab c", [{"offset": 1, "length": 3, "type": "bold"}])


def test_what_shows_nothing_is_nothing() -> None:
    assert finished(" \u200b\u3164\n", []) == ("", [])


@given(st.text(alphabet="ab中😀 <>/&;\"'=bpreacod#x1\n\r", max_size=40))
def test_any_text_is_either_refused_or_has_entities_inside_it(text: str) -> None:
    with suppress(ApiError):
        plain, entities = finished(*parse_html(text))

        assert all(e["offset"] >= 0 and e["offset"] + e["length"] <= utf16_length(plain) for e in entities)

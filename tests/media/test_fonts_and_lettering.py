"""Fonts are found in order, and text fits where it is put."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from bot.media.errors import FontMissing
from bot.media.fonts import BOLD, Fonts
from bot.media.lettering import draw_text, shorten, wrap

FONTS = Fonts()
PLACES = Path(__file__).parents[2] / "bot" / "data" / "xinxiang_places.csv"
TEXT = st.text(alphabet=st.sampled_from("延津县王楼镇任庄村，。（）《》 K14+950 abc-01 📍✅\n"), max_size=60)


def drawn(text: str, weight: int = 400) -> Image.Image:
    page = Image.new("L", (900, 80), 255)
    draw_text(ImageDraw.Draw(page), (10, 56), text, FONTS.face(40, weight), "#000000")
    return page


def ink(page: Image.Image) -> int:
    return sum(count for value, count in enumerate(page.histogram()) if value < 128)


def test_the_font_is_the_simplified_chinese_one() -> None:
    _, index = FONTS.chinese()

    assert index == 2
    assert FONTS.face(20).chinese.getname()[0] == "Noto Sans CJK SC"


def test_a_bold_face_has_more_ink() -> None:
    assert ink(drawn("整改前", BOLD)) > 1.2 * ink(drawn("整改前"))


def test_a_face_is_made_once() -> None:
    assert FONTS.face(33, BOLD) is FONTS.face(33, BOLD)


def test_the_setting_comes_first_and_must_exist(tmp_path: Path) -> None:
    packaged, _ = FONTS.chinese()

    assert Fonts(packaged).chinese() == (packaged, 2)
    with pytest.raises(FontMissing) as refusal:
        Fonts(tmp_path / "none.ttf").face(20)
    assert refusal.value.looked_at == [str(tmp_path / "none.ttf")]


def test_the_systems_font_comes_after_the_packages(tmp_path: Path) -> None:
    packaged, _ = FONTS.chinese()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "NotoSansCJK-Regular.ttc").symlink_to(packaged)

    assert Fonts(folders=[tmp_path]).chinese()[0] == packaged
    assert Fonts(folders=[tmp_path], package=False).chinese() == (
        tmp_path / "deep" / "NotoSansCJK-Regular.ttc",
        2,
    )


def test_no_font_at_all_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(FontMissing, match=str(tmp_path)):
        Fonts(folders=[tmp_path, tmp_path / "none"], package=False).face(20)


@pytest.mark.parametrize("sign", ["✅", "📷", "📍", "🔴"])
def test_signs_that_chinese_fonts_lack_are_drawn_all_the_same(sign: str) -> None:
    missing = drawn("\U000e0fff").tobytes()

    assert drawn(sign).tobytes() not in (missing, drawn("").tobytes())
    runs = list(FONTS.face(40).runs(f"任庄{sign}村"))
    assert [text for text, _ in runs] == ["任庄", sign, "村"]
    assert runs[0][1] is runs[2][1] is not runs[1][1]


def test_joiners_and_variation_selectors_draw_nothing() -> None:
    assert drawn("任\ufe0f庄\u200d村").tobytes() == drawn("任庄村").tobytes()


@pytest.mark.skipif(not PLACES.is_file(), reason="the places file is not in the package yet")
def test_every_character_of_the_places_file_is_in_the_font() -> None:
    face = FONTS.face(24)
    box = bytes(face.chinese.getmask("\uffff"))

    lacking = {
        char
        for char in set(PLACES.read_text("utf-8"))
        if not char.isspace() and bytes(face.chinese.getmask(char)) == box
    }

    assert lacking == set()


@given(TEXT, st.integers(30, 700), st.integers(1, 4))
def test_wrapped_lines_fit_and_lose_nothing_but_the_end(text: str, width: int, lines: int) -> None:
    face = FONTS.face(24)

    wrapped = wrap(text, face, width, lines=lines)

    assert len(wrapped) <= lines
    assert all(face.width(line) <= width for line in wrapped)
    joined = "".join(wrapped).replace(" ", "")
    whole = "".join(text.split())
    assert joined == whole or (joined.endswith("…") and whole.startswith(joined[:-1]))


@given(TEXT, st.integers(30, 700))
def test_a_shortened_text_fits_and_is_its_beginning(text: str, width: int) -> None:
    face = FONTS.face(24)

    short = shorten(text, face, width)

    assert face.width(short) <= width
    assert short == text or text.startswith(short[:-1].rstrip())


def test_no_line_begins_with_a_comma_or_ends_with_an_opening_bracket() -> None:
    face = FONTS.face(24)

    for width in range(60, 300, 7):
        lines = wrap("村口垃圾，（长期）无人清理；坑塘《黑臭》水体。", face, width, lines=30)

        assert not any(line[0] in "，。；）》" for line in lines)
        assert not any(line[-1] in "（《" for line in lines)


def test_numbers_and_words_are_not_broken() -> None:
    lines = wrap("编号县1-0412-03在K14+950处", FONTS.face(24), 150, lines=9)

    assert any("1-0412-03" in line for line in lines)
    assert any("K14+950" in line for line in lines)

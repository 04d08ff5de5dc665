"""Composed pictures: everything fits, nothing is cropped, turned wrong or told by metadata."""

from __future__ import annotations

import io
from datetime import datetime
from itertools import pairwise

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from bot.documents.mosaic import mosaic
from bot.documents.pictures import (
    MOST_BYTES,
    PairWords,
    SheetWords,
    before_after,
    clean_copy,
    contact_sheet,
    invitation_card,
    pair_by_rank,
)
from bot.media.errors import PhotoRefused
from bot.media.fonts import Fonts
from tests.drawn import photo, scene

FONTS = Fonts()
TAKEN = datetime(2019, 4, 12, 9, 12)  # noqa: DTZ001 - as a camera has it
LONG = "平原城乡一体化示范区 桥北乡 马井村民委员会第三村民小组东北角废弃砖窑厂 · 学校往北200米📍" * 3
SHEET = SheetWords(
    "县1-0412-03", "延津县 王楼镇 任庄村", "村口垃圾堆", "4月15日（周一）18:00前 · 剩3天", "请从同一角度拍"
)
PAIR = PairWords("县1-0412-03", "延津县 王楼镇 任庄村", "整改前", "整改后", "4月12日", "4月14日", "未提供")
LAND, TALL = (960, 720), (720, 960)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def likeness(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures' pixels, 0 to 255."""
    one, other = one.convert("RGB").resize((64, 64)), other.convert("RGB").resize((64, 64))
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def bare(image: Image.Image) -> bool:
    return not image.getexif() and set(image.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    }


# The mosaic


@given(st.lists(st.floats(0.1, 9), min_size=1, max_size=10))
def test_cells_lie_inside_in_order_and_do_not_overlap(aspects: list[float]) -> None:
    cells = mosaic(aspects, width=1232, height=1000, gap=12)

    assert len(cells) == len(aspects)
    for cell in cells:
        assert cell.left >= 0
        assert cell.left + cell.width <= 1232
        assert cell.top >= 0
        assert cell.top + cell.height <= 1001
    for one, other in pairwise(cells):
        beside = other.top == one.top and other.left >= one.left + one.width + 12
        below = other.top >= one.top + one.height + 12
        assert beside or below


@given(st.lists(st.sampled_from([0.75, 1.333, 1.0, 0.5625, 1.78]), min_size=1, max_size=10))
def test_cells_have_the_photos_shape(aspects: list[float]) -> None:
    cells = mosaic(aspects, width=1232, height=1000, gap=12)

    for aspect, cell in zip(aspects, cells, strict=True):
        assert cell.width / cell.height == pytest.approx(aspect, abs=0.03)


@pytest.mark.parametrize("count", range(1, 11))
def test_the_mosaic_uses_most_of_its_room(count: int) -> None:
    cells = mosaic([4 / 3] * count, width=1232, height=1000, gap=12)

    bottom = max(cell.top + cell.height for cell in cells)
    assert sum(cell.width * cell.height for cell in cells) > 0.7 * 1232 * bottom
    assert min(cell.width for cell in cells) > 250


def test_no_photos_need_no_cells() -> None:
    assert mosaic([], width=1232, height=1000, gap=12) == []


# The contact sheet


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 10, 13])
def test_a_contact_sheet_of_any_count_fits_a_telegram_photo(count: int) -> None:
    photos = [photo("rubbish", size=LAND if rank % 2 else TALL, seed=rank % 3) for rank in range(count)]

    data = contact_sheet(photos, SHEET, fonts=FONTS)

    image = opened(data)
    assert image.format == "JPEG"
    assert image.width == 1280
    assert image.height <= 1500
    assert len(data) <= MOST_BYTES
    assert bare(image)


def test_the_photo_is_shown_whole_and_upright() -> None:
    turned = photo("rubbish", size=LAND, seed=1, orientation=6, taken=TAKEN, position=(35.1, 114.2))

    image = opened(contact_sheet([turned], SHEET, fonts=FONTS, grid=False))

    # 1,232 wide, its foot above the band with the hint
    shown_height = 1232 * 3 // 4
    best = min(
        likeness(scene("rubbish", size=LAND, seed=1), image.crop((24, top, 1256, top + shown_height)))
        for top in range(100, image.height - shown_height, 6)
    )
    assert best < 8


def test_the_grid_is_thin_and_can_be_left_out() -> None:
    before = [photo("clean", size=LAND)]

    with_grid = opened(contact_sheet(before, SHEET, fonts=FONTS))
    without = opened(contact_sheet(before, SHEET, fonts=FONTS, grid=False))

    difference = ImageChops.difference(with_grid, without).convert("L").point(lambda v: 255 * (v > 24))
    share = ImageStat.Stat(difference).mean[0] / 255
    assert 0.0005 < share < 0.02


def test_long_words_are_wrapped_and_shortened_and_never_leave_the_sheet() -> None:
    words = SheetWords("县1-0412-03" * 9, LONG, LONG * 4, LONG, LONG, LONG)

    image = opened(contact_sheet([photo(size=LAND)], words, fonts=FONTS))

    assert image.size[0] == 1280
    assert image.height <= 1900
    margin = image.crop((1258, 0, 1280, image.height))
    assert min(low for low, _ in margin.getextrema()) > 200  # type: ignore[misc, union-attr]


def test_an_unreadable_photo_is_named_as_such() -> None:
    with pytest.raises(PhotoRefused):
        contact_sheet([photo(size=LAND), b"no picture"], SHEET, fonts=FONTS)


# Before and after


def test_before_stands_left_after_right_and_both_are_equally_high() -> None:
    before, after = photo("rubbish", size=LAND, seed=2), photo("clean", size=LAND, seed=2)

    image = opened(before_after([(before, after)], PAIR, fonts=FONTS))

    # two columns of 610 between margins of 24 and a gap of 12; the foot stands 36 above the edge
    high = 610 * 3 // 4
    top = image.height - 36 - high
    left, right = image.crop((24, top, 634, top + high)), image.crop((646, top, 1256, top + high))
    dirty, clean = scene("rubbish", size=LAND, seed=2), scene("clean", size=LAND, seed=2)
    assert likeness(left, dirty) < 8
    assert likeness(right, clean) < 8
    assert likeness(left, clean) > likeness(left, dirty)
    assert bare(image)


@pytest.mark.parametrize("sizes", [(LAND, LAND), (TALL, TALL), (LAND, TALL), ((1600, 400), TALL)])
@pytest.mark.parametrize("count", [1, 3, 5])
def test_pairs_of_any_shape_make_at_most_three_rows(
    sizes: tuple[tuple[int, int], tuple[int, int]], count: int
) -> None:
    pair = (photo("stalls", size=sizes[0]), photo("stalls_clean", size=sizes[1]))

    data = before_after([pair] * count, PAIR, fonts=FONTS)

    image = opened(data)
    assert image.width == 1280
    assert image.height <= 1500
    assert len(data) <= MOST_BYTES


def test_a_missing_photo_leaves_a_place_with_words() -> None:
    before = photo("ditch", size=LAND)

    image = opened(before_after([(before, None)], PAIR, fonts=FONTS))

    high = 610 * 3 // 4
    right = image.crop((650, image.height - 36 - high, 1250, image.height - 40)).convert("L")
    assert ImageStat.Stat(right).median[0] > 225
    assert right.getextrema()[0] < 140


def test_pairs_with_nothing_at_all_still_make_a_picture() -> None:
    assert opened(before_after([], PAIR, fonts=FONTS)).width == 1280
    assert opened(before_after([(None, None)], PAIR, fonts=FONTS)).width == 1280


def test_pairs_are_made_by_rank() -> None:
    assert pair_by_rank([b"1", b"2"], [b"a"]) == [(b"1", b"a"), (b"2", None)]
    assert pair_by_rank([b"1"], [b"a", b"b"]) == [(b"1", b"a"), (None, b"b")]
    assert len(pair_by_rank([b"1"] * 9, [b"a"] * 9)) == 3


# Clean copy and invitation


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_clean_copy_is_upright_and_says_nothing_of_the_camera(orientation: int) -> None:
    data = photo("stalls", size=(2400, 1800), orientation=orientation, taken=TAKEN, position=(35.1, 114.2))

    copy = clean_copy(data)

    image = opened(copy)
    assert image.size == (1600, 1200)
    assert likeness(image, scene("stalls", size=(1600, 1200))) < 8
    assert bare(image)
    assert len(copy) <= MOST_BYTES


def test_noise_is_pressed_below_one_megabyte() -> None:
    noisy = io.BytesIO()
    Image.effect_noise((1600, 1200), 200).convert("RGB").save(noisy, "JPEG", quality=95)

    assert len(clean_copy(noisy.getvalue())) <= MOST_BYTES


def test_the_invitations_code_is_the_links() -> None:
    link = "https://t.me/some_bot?start=AbCdEf0123456789"

    image = opened(
        invitation_card(link, ["新乡市城乡环境整治百日攻坚行动", "县(市)第一督查小组"], fonts=FONTS)
    )

    expected = [list(row) for row in segno.make(link, error="m", micro=False).matrix_iter(border=2)]
    unit = 640 // len(expected)
    left = (900 - unit * len(expected)) // 2
    grey = image.convert("L")
    tops = [
        top
        for top in range(image.height - unit * len(expected))
        if all(
            (grey.getpixel((left + column * unit + unit // 2, top + row * unit + unit // 2)) < 128)  # type: ignore[operator]
            == bool(dark)
            for row, line in enumerate(expected)
            for column, dark in enumerate(line)
        )
    ]
    assert tops
    assert image.format == "PNG"


def test_an_invitation_of_many_long_lines_fits() -> None:
    link = "https://t.me/some_bot?start=" + "A" * 64

    image = opened(invitation_card(link, [LONG, LONG, LONG, link], fonts=FONTS))

    assert image.width == 900
    assert image.height < 1600

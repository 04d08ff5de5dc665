"""The picture of 「概况」: everything on it has room, with few numbers and with many."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.documents.overview_card import OverviewWords, Tile, overview_card
from bot.media.fonts import Fonts

REGIONS = ("卫辉市", "辉县市", "获嘉县", "新乡县", "原阳县", "延津县", "封丘县", "长垣县")


def words(regions: int, weeks: int) -> OverviewWords:
    return OverviewWords(
        title="概况 · 县(市)第一督查小组",
        subtitle="4月9日 – 7月17日",
        tiles=tuple(Tile("到期整改率", "100%", "1200/1200") for _ in range(8)),
        heads=("单位", "发现", "已销号", "逾期", "到期整改率"),
        rows=tuple((name, "120", "100", "3", "98.33%") for name in REGIONS[:regions]),
        categories_title="问题类型",
        categories=(("垃圾", 120), ("坑塘沟渠", 4)),
        weeks_title="每周",
        found="发现",
        closed="已销号",
        weeks=tuple(("4.12", 30 + at, 20 + at) for at in range(weeks)),
    )


@pytest.mark.parametrize(("regions", "weeks"), [(0, 0), (2, 1), (8, 3), (8, 15)])
def test_the_card_is_as_wide_as_a_phone_and_ends_below_its_last_line(regions: int, weeks: int) -> None:
    page = Image.open(io.BytesIO(overview_card(words(regions, weeks), fonts=Fonts()))).convert("L")

    assert page.width == 1080
    assert min(page.crop((0, page.height - 24, 1080, page.height)).tobytes()) > 200
    inked = page.crop((0, page.height - 120, 1080, page.height - 24)).tobytes()
    assert min(inked) < 230
    right = page.crop((1044, 0, 1080, page.height)).tobytes()
    assert min(right) > 200

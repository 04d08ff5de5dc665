"""What of a bulletin is drawn: the picture for the phone, single photos, a region's page of pairs."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from bot.documents import bulletin_phone
from bot.documents.bulletin_pairs import Pairs
from bot.documents.pictures import MOST_BYTES
from bot.media.fonts import Fonts
from bot.media.store import PhotoStore
from tests.documents.test_bulletin_papers import COUNTY, ranked, values, words
from tests.drawn import photo

__all__ = ["words"]
FONTS = Fonts()


@pytest.fixture
def pairs(words: Any, tmp_path: Path) -> Pairs:
    """A store with one photo before and one after, across, and one after held upright."""
    store = PhotoStore(str(tmp_path))
    store.put("before.jpg", photo("rubbish", size=(960, 720), position=(35.1, 114.2)))
    store.put("after.jpg", photo("clean", size=(960, 720)))
    return Pairs(words, store, FONTS)


def chosen(number: int = 1, region: str = "延津县", **changes: Any) -> dict[str, Any]:
    return {
        "number": f"县1-0412-{number:02d}", "kind": "issue", "place": f"{region}王楼镇", "region": region,
        "category": "garbage.domestic", "hide": {}, "before": {"file": "before.jpg", "day": "2019-04-12"},
        "after": {"file": "after.jpg", "day": "2019-04-14"}, **changes,
    }  # fmt: skip


def opened(data: bytes | None) -> Image.Image:
    assert data is not None
    return Image.open(io.BytesIO(data))


def test_the_weeks_picture_has_the_notices_order_and_every_column() -> None:
    head, rows = bulletin_phone.table(values())

    assert head[-1] == "周报"
    assert [row[0] for row in rows] == list(COUNTY)


def test_the_periods_picture_has_the_ranking_with_what_stands_behind_it() -> None:
    head, rows = bulletin_phone.table(ranked())
    only, _ = bulletin_phone.table(ranked(scores=False))

    assert head == ("名次", "单位", "得分", "发现", "到期整改率", "逾期")
    assert rows[1] == ("2（并列）", "卫辉市", "93.06", "6", "81.82%", "1")
    assert "得分" not in only


def test_the_picture_shows_the_figure_that_a_person_let_stand() -> None:
    figures = {"ours": "11", "theirs": "17", "choice": "theirs"}
    theirs = {"table": "regions", "row": "延津县", "column": "发现", **figures}

    _, rows = bulletin_phone.table(values(resolved=[theirs]))

    assert next(row[1] for row in rows if row[0] == "延津县") == "17"


@pytest.mark.parametrize("given", [values(), ranked()], ids=["weekly", "ten days"])
def test_the_picture_fits_a_telegram_photo(given: dict[str, Any]) -> None:
    image = opened(bulletin_phone.phone_page(given | {"signature": "市<农业>&农村局" * 6}, fonts=FONTS))

    assert image.width == 1080
    assert image.height <= 1500
    assert not image.getexif()


def test_what_has_no_photo_after_is_shown_alone(pairs: Pairs) -> None:
    image = opened(pairs.pair(chosen(after=None)))

    assert image.width == 1280
    assert image.height > 900
    assert not image.getexif()


def test_what_is_covered_differs_in_those_cells_alone(pairs: Pairs) -> None:
    plain, covered = (
        opened(pairs.pair(chosen(after=None, hide=hide))).convert("L") for hide in ({}, {"before": ["A1"]})
    )

    box = ImageChops.difference(plain, covered).point(lambda value: 255 * (value > 40)).getbbox()
    assert box is not None
    assert box[2] < plain.width / 2
    assert box[3] < plain.height / 2


def test_a_region_has_a_page_of_three_pairs_and_another_with_the_rest(pairs: Pairs) -> None:
    given = values(pictures=[chosen(number) for number in range(1, 5)], region="延津县")

    first, second = (pairs.pages(given | {"part": part}) for part in (0, 1))

    assert opened(first).height > opened(second).height
    assert max(len(first), len(second)) <= MOST_BYTES
    assert not opened(first).getexif()


def test_a_page_that_is_passed_on_ends_with_the_mark(pairs: Pairs) -> None:
    given = values(pictures=[chosen(1)], region="延津县", part=0)

    plain = opened(pairs.pages(given))
    bearing = opened(pairs.pages(given | {"mark": "仅供工作使用 · 钱丁 · 2019-04-22 08:00"}))

    last = bearing.crop((0, plain.height - 20, bearing.width, bearing.height)).convert("L")
    assert bearing.height > plain.height
    assert last.getextrema()[0] < 160


def test_several_pairs_of_a_region_are_one_picture_of_the_paper(pairs: Pairs) -> None:
    given = values(pictures=[chosen(1), chosen(2), chosen(3, "封丘县")])

    assert len(pairs.blocks(given)) == 2


def test_a_photo_that_is_gone_leaves_its_place_with_words_and_the_page_without_it(pairs: Pairs) -> None:
    gone = chosen(1, before={"file": "gone.jpg", "day": "2019-04-12"})

    assert opened(pairs.pair(gone)).width == 1280
    assert pairs.blocks(values(pictures=[gone], draft=False)) == []

"""The sample photographs: pairs of one view each, small, with source and licence."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat

from bot.playground.samples import HERE, PAIRS, SAMPLES, SIZE, from_shelf, photo
from bot.playground.samples.draw import MOST_BYTES, SCENES


def shown(key: str) -> Image.Image:
    return Image.open(BytesIO(photo(key))).convert("RGB")


@pytest.mark.parametrize("key", SAMPLES)
def test_a_sample_is_a_small_photograph_with_source_and_licence(key: str) -> None:
    seen = SAMPLES[key].seen()

    assert len(photo(key)) <= MOST_BYTES
    assert shown(key).size == SIZE == (seen["width"], seen["height"])
    assert all(seen[name] for name in ("zh", "en", "url", "licence", "source"))


@pytest.mark.parametrize("pair", PAIRS)
def test_before_and_after_are_one_view_and_not_one_picture(pair: str) -> None:
    before, after = shown(f"{pair}-before"), shown(f"{pair}-after")
    sky = (0, 0, SIZE[0], 90)
    ground = (200, 450, SIZE[0] - 200, SIZE[1])

    above = ImageStat.Stat(ImageChops.difference(before.crop(sky), after.crop(sky)))
    below = ImageStat.Stat(ImageChops.difference(before.crop(ground), after.crop(ground)))

    assert sum(above.mean) < 9
    assert sum(below.mean) > 15


def test_there_are_at_least_six_pairs_and_no_other_pictures() -> None:
    files = {path.stem for path in HERE.glob("*.jpg")}

    assert len(PAIRS) >= 6
    assert files == set(SAMPLES) == set(SCENES)


def test_an_act_names_a_sample_and_nothing_else_on_the_shelf() -> None:
    assert from_shelf("sample:wall-before") == photo("wall-before")
    assert from_shelf("wall-before") is None
    assert from_shelf("sample:../draw") is None

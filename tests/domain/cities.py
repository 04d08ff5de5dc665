"""Two cities to read captions in: the first campaign's, and an invented one with its own files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.domain.campaign import Region
from bot.domain.captions import CaptionReader
from bot.domain.locating import Similarity

DATA = Path(__file__).parents[2] / "bot" / "data"

REGIONS = (
    Region("卫辉市", "county", ("卫辉",)),
    Region("延津县", "county", ("延津",)),
    Region("辉县市", "county", ("辉县",)),
    Region("获嘉县", "county", ("获嘉",)),
    Region("新乡县", "county"),
    Region("原阳县", "county", ("原阳",)),
    Region("封丘县", "county", ("封丘",)),
    Region("长垣县", "county", ("长垣", "长垣市")),
    Region("牧野区", "district", ("牧野",)),
    Region("凤泉区", "district", ("凤泉",)),
    Region("卫滨区", "district", ("卫滨",)),
    Region("高新区", "district", ("高新技术产业开发区",)),
    Region("红旗区", "district", ("红旗",)),
    Region("经开区", "district", ("经济技术开发区",)),
    Region("平原示范区", "district", ("平原城乡一体化示范区", "平原新区")),
)

OTHER_REGIONS = (
    Region("青禾县", "county", ("青禾",)),
    Region("临汀市", "county", ("临汀",)),
    Region("云溪区", "district", ("云溪",)),
    Region("滨湖新区", "district"),
)

OTHER_PLACES = """code,region,township,village
1,青禾县,白鹭镇,竹坞村民委员会
2,青禾县,白鹭镇,石墩村村民委员会
3,青禾县,枫岭乡,竹坞村民委员会
4,青禾县,枫岭乡,上芦村民委员会
5,临汀市,渡口街道,望江社区居民委员会
6,临汀市,渡口街道,渔港社区居委会
7,临汀市,白鹭镇,桂塘村民委员会
8,云溪区,云溪镇,松亭村委会
9,远山县,高桥镇,木岭村民委员会
"""


def data(name: str) -> str:
    """The text of a file of bot/data."""
    return (DATA / name).read_text(encoding="utf-8")


def one_in_three(first: str, second: str) -> float:
    """A scorer of slips like the one handed in: how many characters stand in their place, 0 to 100."""
    same = sum(pair[0] == pair[1] for pair in zip(first, second, strict=False))
    return 200.0 * same / max(1, len(first) + len(second))


@cache
def reader_of(
    places: str, regions: tuple[Region, ...], similarity: Similarity | None = None
) -> CaptionReader:
    """A reader of any city with the product's own categories and words."""
    return CaptionReader.build(
        places_csv=places,
        regions=regions,
        categories_toml=data("categories.toml"),
        words_toml=data("words.toml"),
        similarity=similarity,
    )


def xinxiang() -> CaptionReader:
    """The reader of the first campaign's city."""
    return reader_of(data("xinxiang_places.csv"), REGIONS, one_in_three)


def other_city() -> CaptionReader:
    """The reader of an invented city."""
    return reader_of(OTHER_PLACES, OTHER_REGIONS, one_in_three)

"""The gazetteer: what the places file says, and how its names are written."""

import time

import pytest
from cities import OTHER_PLACES, OTHER_REGIONS, REGIONS, data, other_city, xinxiang

from bot.domain.campaign import Region
from bot.domain.places import Gazetteer, PlacesFileError, Village, village_key, village_name


def test_the_first_campaigns_city_has_fifteen_regions_with_their_townships():
    gazetteer = xinxiang().gazetteer

    counted = sum(len(found) for found in gazetteer.townships.values())

    assert (len(gazetteer.townships), counted) == (15, 170)
    assert gazetteer.unknown_regions == gazetteer.regions_without_places == ()
    assert len(gazetteer.villages) == 3813  # 3,825 rows less those that stand for a farm or park itself


@pytest.mark.parametrize(
    ("registered", "written"),
    [
        ("任庄村民委员会", "任庄村"),
        ("大块村村民委员会", "大块村"),
        ("郑村村民委员会", "郑村"),
        ("裴闸村委会", "裴闸村"),
        ("曙光社区居民委员会", "曙光社区"),
        ("宝西社区居委会", "宝西社区"),
        ("西街居民委员会", "西街"),
        ("凤铭社区", "凤铭社区"),
        ("第伍疃村村民委员民", "第伍疃村"),
        ("杨岗村村民委员会（新乡市古龙实业公司））", "杨岗村"),
        ("国营林场虚拟社区", "国营林场"),
        ("东风农场虚拟生活区", "东风农场"),
        ("农牧场生活区", "农牧场"),
        ("张青社区苗庄居民委员会", "张青社区苗庄"),
    ],
)
def test_the_committee_is_dropped_from_a_villages_name(registered, written):
    assert village_name(registered) == written


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("任庄村", "任庄"),
        ("任庄", "任庄"),
        ("任庄社区", "任庄"),
        ("郑村", "郑村"),
        ("七里营一村", "七里营一村"),
    ],
)
def test_a_village_is_looked_up_by_its_bare_name(written, key):
    assert village_key(written) == key


def test_a_village_is_found_with_and_without_its_last_word():
    gazetteer = xinxiang().gazetteer

    found = [gazetteer.villages_named(name, ["延津县"]) for name in ("任庄村", "任庄", "任庄社区")]

    assert found == [(Village("延津县", "王楼镇", "任庄村"),)] * 3


@pytest.mark.parametrize(
    ("name", "pairs"),
    [
        ("王楼镇", [("延津县", "王楼镇")]),
        ("王楼", [("延津县", "王楼镇")]),
        ("蒲东办事处", [("长垣县", "蒲东街道")]),
        ("蒲东街道办事处", [("长垣县", "蒲东街道")]),
        ("关堤乡", [("高新区", "开发区关堤乡")]),
        ("荆乡", [("封丘县", "荆乡回族乡")]),
        ("城关镇", [("获嘉县", "城关镇"), ("封丘县", "城关镇")]),
        ("常村镇", [("辉县市", "常村镇"), ("长垣县", "常村镇")]),
        ("牧野镇", [("牧野区", "牧野镇")]),
        ("牧野", []),
        ("平原", []),
    ],
)
def test_a_township_is_found_by_its_full_and_short_names(name, pairs):
    assert sorted(xinxiang().gazetteer.townships_named(name)) == sorted(pairs)


def test_rows_of_a_region_that_is_not_evaluated_are_kept_aside():
    gazetteer = Gazetteer.read(OTHER_PLACES, OTHER_REGIONS)

    assert gazetteer.unknown_regions == ("远山县",)
    assert gazetteer.townships_named("高桥镇") == ()


def test_a_region_without_rows_is_told():
    gazetteer = Gazetteer.read(OTHER_PLACES, OTHER_REGIONS)

    assert gazetteer.regions_without_places == ("滨湖新区",)


def test_a_files_older_name_of_a_region_is_taken_for_the_region():
    places = "region,township,village\n长垣县,常村镇,柳桥村民委员会\n"

    gazetteer = Gazetteer.read(places, [Region("长垣市", "county", ("长垣",))])

    assert gazetteer.villages == (Village("长垣市", "常村镇", "柳桥村"),)


def test_a_file_without_the_columns_is_refused_by_name():
    with pytest.raises(PlacesFileError, match="village"):
        Gazetteer.read("region,township\n甲县,乙镇\n", REGIONS)


def test_a_byte_order_mark_does_not_hide_the_first_column():
    gazetteer = Gazetteer.read("\ufeffregion,township,village\n延津县,王楼镇,任庄村民委员会\n", REGIONS)

    assert gazetteer.townships["延津县"] == ("王楼镇",)


def test_a_township_without_villages_is_known_all_the_same():
    gazetteer = Gazetteer.read("region,township,village\n延津县,王楼镇,\n", REGIONS)

    assert gazetteer.townships_named("王楼镇") == (("延津县", "王楼镇"),)


def test_the_whole_city_is_indexed_in_a_moment():
    places = data("xinxiang_places.csv")
    started = time.process_time()

    Gazetteer.read(places, REGIONS)

    assert time.process_time() - started < 0.5  # 0.03 s here; room for a busy machine


def test_another_city_knows_nothing_of_the_first():
    gazetteer = other_city().gazetteer

    assert gazetteer.mentions("延津县王楼镇任庄村") == ()

"""Captions as inspectors write them, over the real places of the first campaign."""

import time

import pytest
from cities import other_city, xinxiang
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.captions import CaptionReading, is_menu_word, menu_word, read_caption, secret_marking

GROUP_1 = ("卫辉市", "延津县")
GROUP_2 = ("辉县市", "获嘉县")
GROUP_3 = ("新乡县", "原阳县")
GROUP_4 = ("封丘县", "长垣县")
DISTRICT_1 = ("牧野区", "凤泉区")
DISTRICT_2 = ("卫滨区", "高新区")
DISTRICT_3 = ("红旗区", "经开区")
DISTRICT_4 = ("平原示范区",)
ALL = ()


def read(text: str, regions: tuple[str, ...] = ALL) -> CaptionReading:
    """The reading of a caption by somebody who looks after those regions."""
    return read_caption(text, reader=xinxiang(), filer_regions=regions)


PLACES = [
    # caption, the filer's regions, region, township, village, spot, category, deadline
    ("延津县王楼镇任庄村村口垃圾堆，限3天", GROUP_1,
     "延津县 王楼镇 任庄村", "村口", "garbage.domestic", "days:3"),
    ("王楼镇任新村村东坑塘有垃圾", GROUP_1,
     "延津县 王楼镇 任新村", "村东坑塘", "water_body.ditch_garbage", ""),
    ("延津王楼任庄 污水横流 立即整改", GROUP_1, "延津县 王楼镇 任庄村", None, "sewage.sewage_flow", "now"),
    ("延津县王楼镇任庄村东坑塘黑臭", GROUP_1,
     "延津县 王楼镇 任庄村", "村东坑塘", "water_body.black_odor", ""),
    ("王搂镇任庄村垃圾", GROUP_1, "延津县 王楼镇 任庄村", None, "garbage.domestic", ""),
    ("延津县王楼乡任庄村垃圾", GROUP_1, "延津县 王楼镇 任庄村", None, "garbage.domestic", ""),
    ("延津县王楼乡任新村垃圾", GROUP_1, "延津县 王楼镇 任新村", None, "garbage.domestic", ""),
    ("司寨镇司寨村垃圾", GROUP_1, "延津县 司寨乡 司寨村", None, "garbage.domestic", ""),
    ("延津王楼乡道路边垃圾", GROUP_1, "延津县 王楼镇 -", "乡道路边", "garbage.domestic", ""),
    ("延津县司寨乡司寨村东", GROUP_1, "延津县 司寨乡 司寨村", "村东", None, ""),
    ("前司寨墙体小广告", GROUP_1, "延津县 司寨乡 前司寨村", None, "appearance.posters", ""),
    ("延津县马庄乡马庄村房前屋后柴草乱堆乱放，月底前整改到位", GROUP_1,
     "延津县 马庄乡 马庄村", "房前屋后", "stacking.firewood", "month_end"),
    ("现场检查王楼镇任庄村，发现村东坑塘内有大量垃圾，要求立即整改", GROUP_1,
     "延津县 王楼镇 任庄村", "村东坑塘", "water_body.ditch_garbage", "now"),
    ("王楼镇大任庄村垃圾", GROUP_1, "延津县 王楼镇 大任庄村", None, "garbage.domestic", ""),
    ("王楼镇道路两侧各村垃圾", GROUP_1, "延津县 王楼镇 -", "道路两侧各村", "garbage.domestic", ""),
    ("榆林乡榆林村路面坑洼", GROUP_1, "延津县 榆林乡 榆林村", None, "road.road_damage", ""),
    ("卫辉市唐庄镇唐庄村，村北出口路西侧建筑垃圾堆积，限期3日内清理", GROUP_1,
     "卫辉市 唐庄镇 唐庄村", "村北出口路西侧", "garbage.construction_waste", "days:3"),
    ("卫辉唐庄镇四合社区垃圾桶爆满未清运", GROUP_1, "卫辉市 唐庄镇 四合社区", None, "garbage.facility", ""),
    ("汲水镇前李良屯社区路边污水横流", GROUP_1,
     "卫辉市 汲水镇 前李良屯社区", "路边", "sewage.sewage_flow", ""),
    ("百泉镇垃圾", GROUP_1, "辉县市 百泉镇 -", None, "garbage.domestic", ""),
    ("辉县常村镇燕窝村，学校往北200米路边生活垃圾", GROUP_2,
     "辉县市 常村镇 燕窝村", "学校往北200米路边", "garbage.domestic", ""),
    ("常村镇垃圾", GROUP_2, "辉县市 常村镇 -", None, "garbage.domestic", ""),
    ("辉县市孟庄镇孟庄村村委会东100米秸秆堆放", GROUP_2,
     "辉县市 孟庄镇 孟庄村", "村委会东100米", "garbage.agri_waste", ""),
    ("张村乡张村污水", GROUP_2, "辉县市 张村乡 张村", None, "sewage.sewage_flow", ""),
    ("获嘉县大新庄乡大新庄村西头旱厕", GROUP_2,
     "获嘉县 大新庄乡 大新庄村", "村西头", "toilet.dry_toilet", ""),
    ("城关镇南关垃圾", GROUP_2, "获嘉县 城关镇 南关社区", None, "garbage.domestic", ""),
    ("徐营镇徐营东街村电线杂乱", GROUP_2, "获嘉县 徐营镇 徐营东街村", None, "appearance.wires_hanging", ""),
    ("中和镇中和东街猪圈", GROUP_2, "获嘉县 中和镇 中和东街村", None, "livestock.free_range", ""),
    ("新乡县七里营镇刘庄村小广告", GROUP_3, "新乡县 七里营镇 刘庄村", None, "appearance.posters", ""),
    ("新乡垃圾", GROUP_3, "- - -", None, "garbage.domestic", ""),
    ("新乡市新乡县小冀镇京华社区烧烤", GROUP_3,
     "新乡县 小冀镇 京华社区", None, "street_order.road_occupation", ""),
    ("新乡经济开发区焚烧秸秆", GROUP_3, "新乡县 新乡经济开发区 -", None, "garbage.burning", ""),
    ("新乡县朗公庙镇毛庄村南300米坑塘垃圾，4月20日前", GROUP_3,
     "新乡县 朗公庙镇 毛庄村", "村南300米坑塘", "water_body.ditch_garbage", "date:4-20"),
    ("新乡县古固寨镇后辛庄大路边玉米秆", GROUP_3,
     "新乡县 古固寨镇 后辛庄村", "大路边", "stacking.firewood", ""),
    ("原阳县阳和街道办事处 任庄村委会门口垃圾箱满溢", GROUP_3,
     "原阳县 阳和街道 任庄村", "门口", "garbage.facility", ""),
    ("原阳县太平镇路边土堆", GROUP_3, "原阳县 太平镇 -", "路边", "stacking.materials", ""),
    ("城关镇东街坑塘发黑", GROUP_4, "封丘县 城关镇 东街", "坑塘", "water_body.black_odor", ""),
    ("荆乡残垣断壁", GROUP_4, "封丘县 荆乡回族乡 -", None, "building.ruins", ""),
    ("封丘县荆隆宫乡 黄河大堤边垃圾", GROUP_4,
     "封丘县 荆隆宫乡 -", "黄河大堤边", "water_body.ditch_garbage", ""),
    ("李庄镇李庄垃圾", GROUP_4, "封丘县 李庄镇 李庄村", None, "garbage.domestic", ""),
    ("封丘县应举镇应举村十字路口店外经营", GROUP_4,
     "封丘县 应举镇 应举村", "十字路口", "street_order.outdoor_business", ""),
    ("长垣市常村镇 村口大量柴草，现场交办", GROUP_4, "长垣县 常村镇 -", "村口", "stacking.firewood", ""),
    ("长垣县蒲东办事处王楼村坑塘漂浮物", GROUP_4,
     "长垣县 蒲东街道 王楼村", "坑塘", "water_body.ditch_garbage", ""),
    ("武邱乡滩丘村粪堆，下周一前", GROUP_4, "长垣县 武邱乡 滩丘村", None, "livestock.manure", "next_week:1"),
    ("张三寨镇张三寨村化粪池异味，请于4月15日前整改到位", GROUP_4,
     "长垣县 张三寨镇 张三寨村", None, "toilet.toilet_facility", "date:4-15"),
    ("牧野镇垃圾", DISTRICT_1, "牧野区 牧野镇 -", None, "garbage.domestic", ""),
    ("牧野垃圾", DISTRICT_1, "牧野区 - -", None, "garbage.domestic", ""),
    ("牧野区王村镇李庄 道路破损", DISTRICT_1, "牧野区 王村镇 李庄村", None, "road.road_damage", ""),
    ("牧野区建设路东段 电线杆小广告", DISTRICT_1, "牧野区 - -", "建设路东段", "appearance.posters", ""),
    ("牧野大道乱停", DISTRICT_1, "- - -", "牧野大道", "street_order.parking", ""),
    ("牧野区花园街道 金龙社区飞线", DISTRICT_1,
     "牧野区 花园街道 金龙社区", None, "appearance.wires_hanging", ""),
    ("凤泉区大块镇大块村东头大块垃圾", DISTRICT_1, "凤泉区 大块镇 大块村", "村东头", "garbage.domestic", ""),
    ("凤泉区潞王坟乡五陵村河道黑臭", DISTRICT_1,
     "凤泉区 潞王坟乡 五陵村", "河道", "water_body.black_odor", ""),
    ("卫滨区平原镇李村 路边杂草丛生", DISTRICT_2, "卫滨区 平原镇 李村", "路边", "appearance.greening", ""),
    ("平原镇唐庄广告牌破旧", DISTRICT_2, "卫滨区 平原镇 唐庄村", None, "appearance.signage", ""),
    ("胜利路小广告", DISTRICT_2, "- - -", "胜利路", "appearance.posters", ""),
    ("自由路街道自由路社区污水", DISTRICT_2, "卫滨区 自由路街道 自由路社区", None, "sewage.sewage_flow", ""),
    ("卫辉路占道经营", DISTRICT_2, "- - -", "卫辉路", "street_order.road_occupation", ""),
    ("卫滨垃圾", DISTRICT_2, "卫滨区 - -", None, "garbage.domestic", ""),
    ("高新技术产业开发区关堤乡 积水", DISTRICT_2, "高新区 开发区关堤乡 -", None, "sewage.drain_block", ""),
    ("高新区振中街道 路边乱停乱放，当天整改", DISTRICT_2,
     "高新区 振中街道 -", "路边", "street_order.parking", "today"),
    ("红旗区洪门镇洪门社区小广告，明天12点前清除", DISTRICT_3,
     "红旗区 洪门镇 洪门社区", None, "appearance.posters", "tomorrow@12"),
    ("红旗区西街街道曙光社区居委会楼道杂物", DISTRICT_3,
     "红旗区 西街街道 曙光社区", "楼道", "stacking.clutter", ""),
    ("红旗区平原路与新中大道交叉口西北角，非机动车乱停", DISTRICT_3,
     "红旗区 - -", "平原路与新中大道交叉口西北角", "street_order.parking", ""),
    ("平原阳光小区垃圾", ("红旗区",), "红旗区 - -", "平原阳光小区", "garbage.domestic", ""),
    ("经济技术开发区纬七路街道 路面积尘", DISTRICT_3, "经开区 纬七路街道 -", None, "road.road_dirty", ""),
    ("红旗路与平原路交叉口东南角占道经营", DISTRICT_3,
     "- - -", "红旗路与平原路交叉口东南角", "street_order.road_occupation", ""),
    ("平原示范区师寨镇，K14+950处建筑垃圾", DISTRICT_4,
     "平原示范区 师寨镇 -", "K14+950", "garbage.construction_waste", ""),
    ("平原新区桥北乡马庄 路边堆放杂物", DISTRICT_4,
     "平原示范区 桥北乡 马庄村", "路边", "stacking.clutter", ""),
    ("平原城乡一体化示范区原武镇西街残墙", DISTRICT_4,
     "平原示范区 原武镇 西街村", None, "building.ruins", ""),
    ("桥北乡马井村彩钢棚违建", DISTRICT_4, "平原示范区 桥北乡 马井村", None, "building.illegal_build", ""),
    ("村东坑塘内有3处生活垃圾", DISTRICT_4, "平原示范区 - -", "村东坑塘", "water_body.ditch_garbage", ""),
    ("<b>延津县</b>王楼镇 任庄村 <i>积水</i>", ALL, "延津县 王楼镇 任庄村", None, "sewage.drain_block", ""),
    ("#问题 @some_bot 延津县王楼镇任庄村垃圾", ALL, "延津县 王楼镇 任庄村", None, "garbage.domestic", ""),
    ("延津县王楼镇任庄村１处垃圾，限３天", ALL, "延津县 王楼镇 任庄村", None, "garbage.domestic", "days:3"),
]  # fmt: skip


@pytest.mark.parametrize(("caption", "regions", "place", "spot", "category", "deadline"), PLACES)
def test_place_spot_category_and_deadline_are_read(caption, regions, place, spot, category, deadline):
    reading = read(caption, regions)

    found = " ".join(part or "-" for part in (reading.region, reading.township, reading.village))
    wish = str(reading.deadline).partition("|")[0] if reading.deadline else ""
    assert (found, reading.spot, reading.category, wish) == (place, spot, category, deadline)


@pytest.mark.parametrize(
    ("caption", "regions", "how"),
    [
        ("延津县垃圾", GROUP_1, "named"),
        ("王楼镇垃圾", GROUP_1, "township"),
        ("任庄村垃圾", ("延津县",), "village"),
        ("坑塘垃圾", ("延津县",), "only"),
        ("坑塘垃圾", GROUP_1, None),
        ("大块垃圾堆放", DISTRICT_1, None),
        ("常村镇垃圾", ("辉县市", "长垣县"), None),
        ("常村镇垃圾", ("延津县",), None),
        ("城关镇垃圾", ("获嘉县", "封丘县"), None),
        ("任庄村垃圾", GROUP_1, None),
    ],
)
def test_how_the_region_was_found_is_told(caption, regions, how):
    assert read(caption, regions).region_found == how


def test_a_village_that_is_not_unique_is_offered_with_its_townships():
    reading = read("任庄村垃圾", GROUP_1)

    assert [(v.township, v.name) for v in reading.village_choices] == [
        ("王楼镇", "任庄村"),
        ("李源屯镇", "任庄村"),
        ("柳庄乡", "任庄村"),
    ]
    assert (reading.village, reading.names_place) == (None, True)


def test_a_repeated_village_of_a_named_region_is_offered_at_most_four_times():
    reading = read("原阳县李庄村垃圾")

    assert reading.region == "原阳县"
    assert len(reading.village_choices) == 4
    assert {village.region for village in reading.village_choices} == {"原阳县"}


def test_a_village_decides_between_townships_of_one_name():
    reading = read("城关镇二街垃圾", ("获嘉县", "封丘县"))

    assert (reading.region, reading.township, reading.village) == ("获嘉县", "城关镇", "二街社区")


def test_a_village_under_a_known_township_need_not_be_listed():
    listed, free = read("王楼镇任庄村垃圾", GROUP_1), read("王楼镇任新村垃圾", GROUP_1)

    assert (listed.village_listed, free.village_listed) == (True, False)
    assert free.village == "任新村"


def test_a_caption_with_a_spot_only_names_no_place():
    assert not read("村东坑塘垃圾", GROUP_1).names_place
    assert read("司寨乡坑塘垃圾", GROUP_1).names_place


@pytest.mark.parametrize(
    ("caption", "category"),
    [
        ("垃圾箱上贴小广告", "appearance.posters"),
        ("公厕外废旧车辆", "street_order.parking"),
        ("垃圾站前种菜", "appearance.greening"),
        ("垃圾桶旁有垃圾", "garbage.facility"),
        ("垃圾桶未盖，周边散落", "garbage.facility"),
        ("垃圾桶旁污水横流", "sewage.sewage_flow"),
        ("坑塘边柴草堆", "stacking.firewood"),
        ("桥下漂浮物", "water_body.ditch_garbage"),
        ("排水沟内淤泥堵塞", "sewage.drain_block"),
        ("店外经营", "street_order.outdoor_business"),
        ("门前公厕脏", "toilet.toilet_facility"),
        ("院内杂物乱堆", "stacking.clutter"),
        ("保洁员未上岗", "management.mechanism"),
        ("东西很多", None),
    ],
)
def test_what_lies_there_is_classified_not_what_it_lies_beside(caption, category):
    reading = read(caption)

    assert reading.category == category
    assert len(reading.alternatives) == 2
    assert category not in reading.alternatives


@pytest.mark.parametrize(
    ("caption", "place_type"),
    [
        ("房前屋后柴草", "house_front"),
        ("村东坑塘垃圾", "pond_ditch"),
        ("桥头垃圾", "river_bridge"),
        ("田间地头农膜", "field"),
        ("道路两侧垃圾", "roadside"),
        ("背街小巷飞线", "back_street"),
        ("农贸市场占道", "market"),
        ("垃圾箱上贴小广告", "facility"),
        ("垃圾", None),
    ],
)
def test_the_kind_of_place_is_read(caption, place_type):
    assert read(caption).place_type == place_type


@pytest.mark.parametrize(
    ("caption", "severity"),
    [
        ("垃圾", "normal"),
        ("村口有1处垃圾", "normal"),
        ("少量垃圾", "normal"),
        ("大量垃圾", "serious"),
        ("垃圾成堆", "serious"),
        ("污水横流严重", "severe"),
        ("大量垃圾长期堆放", "severe"),
        ("垃圾再次反弹", "severe"),
        ("堆积不严重", "normal"),
    ],
)
def test_hints_at_the_severity_are_read(caption, severity):
    assert read(caption).severity == severity


@pytest.mark.parametrize(
    ("caption", "stage"),
    [
        ("整改后", "after"),
        ("已清理", "after"),
        ("任庄村垃圾已整改", "after"),
        ("整改完毕", "after"),
        ("整改前", "before"),
        ("督查发现垃圾", "before"),
        ("整改后又反弹", None),
        ("请于月底前整改到位", None),
        ("垃圾未清理", None),
        ("垃圾", None),
    ],
)
def test_stage_words_tell_before_from_after(caption, stage):
    assert read(caption).stage == stage


@pytest.mark.parametrize(
    "caption",
    [
        "任庄村无问题",
        "未发现问题",
        "任庄村环境整洁，未发现问题",
        "村容整洁，无垃圾，无积水",
        "卫生状况良好",
        "已达标",
        "亮点：保洁到位",
        "垃圾清运及时，干净整洁",
        "垃圾桶周围整洁",
        "无乱堆乱放，良好",
    ],
)
def test_a_clean_place_is_a_visit(caption):
    reading = read(caption, ("延津县",))

    assert reading.clean
    assert reading.category is None


@pytest.mark.parametrize(
    "caption",
    [
        "不整洁",
        "不太干净",
        "未达标",
        "没有达标",
        "整洁但有垃圾",
        "整洁，路边有垃圾",
        "垃圾多，其他良好",
        "部分干净 但路边有积水",
        "环境良好，存在问题",
        "垃圾",
        "已清理",
        "任庄村",
        "",
    ],
)
def test_a_problem_is_no_visit(caption):
    assert not read(caption, ("延津县",)).clean


@pytest.mark.parametrize(
    ("caption", "handling", "said"),
    [
        ("垃圾，现场交办", "onsite", True),
        ("垃圾，督办通知", "notice", True),
        ("垃圾", "notice", False),
        ("垃圾严重，督办警示", "notice", False),
    ],
)
def test_a_warning_is_never_guessed(caption, handling, said):
    reading = read(caption)

    assert (reading.handling, reading.handling_said) == (handling, said)


def test_the_word_makes_a_caption_covert_and_does_not_reach_the_problems_text():
    reading = read("暗访发现：延津县王楼镇任庄村垃圾")

    assert reading.covert
    assert reading.problem_text == "垃圾"


@pytest.mark.parametrize("marking", ["绝密", "机密", "秘密", "内部资料"])
def test_a_marking_of_secrecy_is_found_in_captions_and_file_names(marking):
    assert read(f"延津县 垃圾 {marking}").secret == marking
    assert secret_marking(f"2019-04 {marking}★.jpg", xinxiang()) == marking


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("举报：延津县东屯镇西屯村焚烧垃圾", "public"),
        ("群众举报延津县东屯镇焚烧垃圾", "public"),
        ("【曝光】延津县东屯镇", "media"),
        ("交办 延津县东屯镇", "assigned"),
        ("重点问题交办：延津县", "assigned"),
        ("上级交办：延津县", "superior"),
        ("领导视察：延津县", "leader"),
        ("延津县东屯镇垃圾，现场交办", None),
        ("延津县垃圾，群众举报", None),
    ],
)
def test_an_offices_text_begins_with_its_source(text, source):
    assert read(text).source == source


def test_several_problems_are_told_apart_for_the_offer_to_split():
    reading = read("延津县王楼镇任庄村坑塘有垃圾、水体黑臭；残垣断壁未清理。")

    assert reading.problems == ("坑塘有垃圾、水体黑臭", "残垣断壁未清理")
    assert read("延津县王楼镇任庄村垃圾；请尽快。").problems == ()


@pytest.mark.parametrize(
    ("caption", "problem"),
    [
        ("延津县王楼镇任庄村村口垃圾堆，限3天", "垃圾堆"),
        ("新乡市红旗区小店镇小店村垃圾", "垃圾"),
        ("王楼镇任庄村口有3处垃圾，请于15日前清理到位", "3处垃圾"),
        ("任庄村坑塘内大量垃圾，长期无人清理", "大量垃圾，长期无人清理"),
        ("延津县王楼镇任庄村", ""),
    ],
)
def test_the_problems_text_is_what_remains(caption, problem):
    assert read(caption, ("延津县",)).problem_text == problem


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("我的", "我的"),
        (" 待办 ", "待办"),
        ("销账", "销号"),
        ("销号", "销号"),
        ("催一下", "催办"),
        ("帮助！", "帮助"),
        ("我的垃圾", None),
        ("延津县垃圾", None),
        ("", None),
    ],
)
def test_menu_words_are_no_captions(text, word):
    assert menu_word(text, xinxiang()) == word
    assert is_menu_word(text, xinxiang()) == (word is not None)


@pytest.mark.parametrize(
    ("caption", "place"),
    [
        ("青禾白鹭镇竹坞村口垃圾", "青禾县 白鹭镇 竹坞村"),
        ("渡口街道渔港社区垃圾", "临汀市 渡口街道 渔港社区"),
        ("望江社区垃圾", "临汀市 渡口街道 望江社区"),
        ("白鹭镇桂塘村垃圾", "临汀市 白鹭镇 桂塘村"),
        ("白鹭镇垃圾", "- - -"),
        ("云溪镇松亭垃圾", "云溪区 云溪镇 松亭村"),
        ("云溪垃圾", "云溪区 - -"),
        ("滨湖新区垃圾", "滨湖新区 - -"),
        ("远山县高桥镇木岭村垃圾", "- - -"),
        ("延津县王楼镇任庄村垃圾", "- - -"),
    ],
)
def test_another_city_works_by_its_own_files(caption, place):
    reading = read_caption(caption, reader=other_city(), filer_regions=())

    found = " ".join(part or "-" for part in (reading.region, reading.township, reading.village))
    assert found == place


WORDS = """延津县 王楼镇 任庄 村 新乡 垃圾 坑塘 内 旁 ， ； 限3天 15日前 不 整洁 但 无
暗访 整改后 <b> #问题 😀 1 3处 大 有 的 市 K14+950"""
PIECES = st.sampled_from([*WORDS.split(), " ", "\n", "\u3000", "1" + "39" + "00000000"])


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200) | st.lists(PIECES, max_size=40).map("".join))
def test_no_text_makes_the_reading_fail(text):
    reading = read(text, GROUP_1)

    assert len(reading.village_choices) <= 4
    assert len(reading.alternatives) == 2
    assert reading.township is None or reading.region is not None
    assert set(reading.spot or "") - {" ", "，"} <= set(text)


@pytest.mark.parametrize(
    "piece",
    [
        "任庄村",
        "垃圾",
        "旁",
        "的",
        "1 3 ",
        "王",
        "村",
        "<",
        "路边垃圾 ",
        "不整洁",
        "3日",
        "整洁但",
        "任庄村小区",
        "养殖区",
    ],
)
def test_the_longest_caption_is_read_in_time_that_grows_with_its_length(piece):
    reader = xinxiang()
    taken = []

    for length in (4096, 16384):
        text = (piece * length)[:length]
        started = time.process_time()
        read_caption(text, reader=reader, filer_regions=GROUP_1)
        taken.append(time.process_time() - started)

    assert taken[1] < 12 * taken[0] + 0.1  # four times the text; were it quadratic, sixteen times the time
    assert taken[0] < 0.5

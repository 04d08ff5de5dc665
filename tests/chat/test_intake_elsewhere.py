"""A caption of a place outside the campaign: the region is asked for, never taken from before (SPEC §2)."""

from __future__ import annotations

import pytest

from bot.domain.permissions import Role
from tests.chat.intake import HEAP, inspector, labels, last, press, rows
from tests.drawn import photo
from tests.town.town import Town

FOREIGN = "郑州市金水区花园路垃圾"


async def test_a_foreign_place_does_not_inherit_the_last_one(town: Town) -> None:
    li = await inspector(town)
    await town.join("王乙", Role.CONTACT, region="延津县")
    li.sends_photo(town.bot, photo(), caption=HEAP)
    await town.settle()

    li.sends_photo(town.bot, photo(seed=2), caption=FOREIGN)
    await town.settle()
    asked = last(li, town)
    await town.passes(minutes=10)

    assert "收到 1 张。文字里写的不是本次行动的县(市、区)，请点选：" in asked.text
    assert FOREIGN in asked.text
    assert "沿用" not in asked.text
    assert labels(asked) == ["卫辉市", "延津县", "补到上一条", "撤回"]
    assert [(row.state, row.region) for row in await rows(town)][1:] == [("draft", None)]


async def test_the_only_region_of_a_group_is_not_given_to_a_foreign_place(town: Town) -> None:
    li = await inspector(town, group="district/4")

    li.sends_photo(town.bot, photo(), caption=FOREIGN)
    await town.settle()

    assert labels(last(li, town)) == ["平原示范区", "撤回"]
    assert [(row.state, row.region) for row in await rows(town)] == [("draft", None)]


async def test_one_tap_files_it_where_its_filer_says(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo(), caption="安阳市王楼镇任庄村垃圾")
    await town.settle()

    await press(town, li, last(li, town), "延津县")

    found = (await rows(town))[0]
    assert (found.number, found.region, found.township) == ("县1-0412-01", "延津县", "王楼镇")
    assert "不是本次行动" not in last(li, town).text


async def test_other_words_file_it_too(town: Town) -> None:
    li = await inspector(town)
    sent = li.sends_photo(town.bot, photo(), caption=FOREIGN)
    await town.settle()

    li.edits(sent, HEAP)
    await town.settle()

    assert [(row.number, row.region) for row in await rows(town)] == [("县1-0412-01", "延津县")]


async def test_words_first_ask_for_the_region_of_a_foreign_place(town: Town) -> None:
    li = await inspector(town)

    li.sends(town.bot, FOREIGN)
    await town.settle()

    assert "已记下，请发照片。文字里写的不是本次行动的县(市、区)，请点选：" in last(li, town).text
    assert {"卫辉市", "延津县"} <= set(labels(last(li, town)))


async def test_an_edit_to_a_foreign_place_is_told_on_the_receipt(town: Town) -> None:
    li = await inspector(town)
    sent = li.sends_photo(town.bot, photo(), caption=HEAP)
    await town.settle()

    li.edits(sent, FOREIGN)
    await town.settle()

    assert "（文字里写的是别处，不对请点「修改」）" in last(li, town).text


@pytest.mark.parametrize("caption", ["新乡市路边垃圾", "农贸市场门口垃圾", "阳光小区垃圾", "市区路边垃圾"])
async def test_ordinary_words_still_take_the_place_of_the_last_one(town: Town, caption: str) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo(), caption=HEAP)
    await town.settle()

    li.sends_photo(town.bot, photo(seed=2), caption=caption)
    await town.settle()

    assert "沿用：王楼镇" in last(li, town).text

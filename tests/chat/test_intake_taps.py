"""Every understood field is changed by a tap; villages, splitting, merging, taking back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bot.ledger.desk import Work
from bot.ledger.tables import entries
from tests.chat.intake import HEAP, contact, inspector, labels, last, press, rows, said
from tests.drawn import photo
from tests.town.town import ZONE, Town


async def filed(town: Town, li: Any, caption: str = HEAP, seed: int = 0) -> Any:
    """An entry that has just been filed; gives its receipt."""
    li.sends_photo(town.bot, photo(seed=seed), caption=caption)
    await town.settle()
    return last(li, town)


@pytest.mark.parametrize(
    ("way", "field", "value"),
    [
        (("修改", "类别", "全部大类", "污水", "污水横流直排"), "category", "sewage.sewage_flow"),
        (("修改", "时限", "明天"), "wish", "tomorrow"),
        (("修改", "时限", "本周五"), "wish", "weekday:5"),
        (("修改", "时限", "默认"), "wish", None),
        (("修改", "交办方式", "督办警示"), "handling", "warning"),
        (("修改", "严重程度", "严重"), "severity", "severe"),
        (("修改", "地点", "换县(市、区)", "卫辉市"), "region", "卫辉市"),
        (("修改", "地点", "选乡镇", "司寨乡"), "township", "司寨乡"),
    ],
)
async def test_a_field_is_changed_by_taps(
    town: Town, way: tuple[str, ...], field: str, value: str | None
) -> None:
    li = await inspector(town)
    receipt = await filed(town, li)

    await press(town, li, receipt, *way)

    row = (await rows(town))[0]
    assert getattr(row, field) == value
    assert field in row.by_hand
    assert "立即交办" in labels(receipt)


async def test_the_first_suggestion_and_two_alternatives_are_offered(town: Town) -> None:
    li = await inspector(town)
    receipt = await filed(town, li)

    await press(town, li, receipt, "修改", "类别")

    assert len(labels(receipt)) == 5
    assert labels(receipt)[0].startswith("✓")
    assert labels(receipt)[3:] == ["全部大类", "返回"]


async def test_townships_are_turned_in_pages(town: Town) -> None:
    li = await inspector(town)
    receipt = await filed(town, li)

    await press(town, li, receipt, "修改", "地点", "选乡镇")
    first = labels(receipt)
    await press(town, li, receipt, first[-2])

    assert len(first) > 10
    assert set(first[:-2]).isdisjoint(labels(receipt)[:-2])


async def test_each_tap_starts_the_settle_time_anew_up_to_five_minutes(town: Town) -> None:
    li = await inspector(town)
    receipt = await filed(town, li)

    for label in ("修改", "时限", "3天", "修改", "返回"):
        await town.passes(seconds=50)
        await press(town, li, receipt, label)
    still = (await rows(town))[0].state
    await town.passes(seconds=55)

    assert still == "filed"
    assert (await rows(town))[0].state == "assigned"


async def test_the_place_can_be_typed(town: Town) -> None:
    li = await inspector(town)
    receipt = await filed(town, li)

    await press(town, li, receipt, "修改", "地点", "打字写地点")
    li.sends(town.bot, "司寨乡高寨村村东坑塘")
    await town.settle()

    row = (await rows(town))[0]
    assert (row.region, row.township, row.village) == ("延津县", "司寨乡", "高寨村")
    assert "村东坑塘" in last(li, town).text


async def test_the_words_can_be_typed_and_what_was_tapped_keeps(town: Town) -> None:
    li = await inspector(town)
    receipt = await filed(town, li)
    await press(town, li, receipt, "修改", "交办方式", "现场交办")

    await press(town, li, receipt, "修改", "改文字")
    li.sends(town.bot, "延津县司寨乡高寨村污水横流，限5天")
    await town.settle()

    row = (await rows(town))[0]
    assert (row.township, row.handling, row.category) == ("司寨乡", "onsite", "sewage.sewage_flow")
    assert row.wish.startswith("days:5")
    assert row.number == "县1-0412-01"


async def test_an_edited_caption_is_read_anew_and_tapped_fields_keep(town: Town) -> None:
    li = await inspector(town)
    sent = li.sends_photo(town.bot, photo(), caption=HEAP)
    await town.settle()
    receipt = last(li, town)
    await press(town, li, receipt, "修改", "时限", "7天")

    li.edits(sent, "延津县司寨乡高寨村污水横流，限2天")
    await town.settle()

    row = (await rows(town))[0]
    assert (row.township, row.village, row.wish) == ("司寨乡", "高寨村", "days:7")
    assert "高寨村" in receipt.text


async def test_after_hand_over_an_edit_is_offered_as_one_tap(town: Town) -> None:
    li, wang = await inspector(town), await contact(town)
    sent = li.sends_photo(town.bot, photo(), caption=HEAP)
    await town.settle()
    await town.passes(seconds=61)
    card, heard = last(wang, town), len(said(wang, town))

    li.edits(sent, "延津县王楼镇任庄村学校旁污水横流，限5天")
    await town.settle()
    offer, unchanged = last(li, town), card.caption
    pressed = await press(town, li, offer, "采用修改")
    again = await press(town, li, offer, "采用修改")
    await town.passes(seconds=3)

    assert "污水横流直排" in offer.text
    assert "4月17日" in offer.text
    assert "垃圾堆" in unchanged
    assert "污水横流" in card.caption
    assert "4月17日" in card.caption
    assert len(said(wang, town)) == heard
    assert (await pressed.answered()).text
    assert (await again.answered()).text


async def test_a_village_that_is_not_unique_is_offered(town: Town) -> None:
    li = await inspector(town)
    gazetteer = town.app.parts.desk.world.reader.gazetteer
    by_name: dict[tuple[str, str], set[str]] = {}
    for village in gazetteer.villages:
        if village.region == "延津县":
            by_name.setdefault((village.region, village.name), set()).add(village.township)
    (_, name), towns = next(item for item in by_name.items() if len(item[1]) > 1)
    receipt = await filed(town, li, f"延津县{name}村口垃圾堆")
    offered = labels(receipt)

    await press(town, li, receipt, offered[0])

    row = (await rows(town))[0]
    assert {f"{name}({one})" for one in towns} <= set(offered)
    assert "都不是" in offered
    assert row.number == "县1-0412-01"
    assert row.village == name
    assert row.township in towns
    assert "都不是" not in labels(receipt)


async def test_none_of_these_takes_the_offer_away(town: Town) -> None:
    li = await inspector(town)
    receipt = await filed(town, li)
    await town.app.parts.desk.do(_offer_villages)
    await press(town, li, receipt, "修改", "返回")

    await press(town, li, receipt, "都不是")

    assert (await rows(town))[0].choices == []
    assert "都不是" not in labels(receipt)


def _offer_villages(work: Work) -> None:
    work.connection.execute(entries.update().values(village=None, choices=[["延津县", "王楼镇", "任庄村"]]))


async def test_a_stale_button_is_told_what_happened(town: Town) -> None:
    li = await inspector(town)
    receipt = await filed(town, li)
    await press(town, li, receipt, "修改", "时限")
    wish = next(b.data for row in receipt.buttons for b in row if b.text == "3天")
    await press(town, li, receipt, "7天")

    late = li.presses(receipt, data=wish)
    await town.settle()

    assert (await late.answered()).alert
    assert (await rows(town))[0].wish == "days:7"


async def test_several_problems_are_offered_for_splitting_not_split(town: Town) -> None:
    li = await inspector(town)
    receipt = await filed(town, li, "延津县王楼镇任庄村村口垃圾堆；村东坑塘漂浮垃圾；路边污水横流，限3天")
    before = [row.number for row in await rows(town)]

    await press(town, li, receipt, "拆成3条")

    found = await rows(town)
    assert before == ["县1-0412-01"]
    assert [row.number for row in found] == ["县1-0412-01", "县1-0412-02", "县1-0412-03"]
    assert {row.village for row in found} == {"任庄村"}
    assert len({row.category for row in found}) == 3
    assert all("照片 1" in message.text for message in said(li, town)[-2:])
    assert all(row.wish.startswith("days:3") for row in found)


async def test_the_last_photo_can_be_moved_out_and_back(town: Town) -> None:
    li = await inspector(town)
    li.sends(town.bot, HEAP)
    await town.settle()
    for seed in range(2):
        li.sends_photo(town.bot, photo(seed=seed))
        await town.settle()
    receipt = last(li, town)

    await press(town, li, receipt, "修改", "拆成两条")
    await town.passes(seconds=3)
    draft, alone = last(li, town), receipt.text
    await press(town, li, draft, "补到上一条")

    assert "照片 1" in alone
    assert draft is not receipt
    assert [row.state for row in await rows(town)] == ["filed", "void"]
    assert "照片 2" in last(li, town).text


async def test_a_filed_entry_is_merged_into_the_one_before(town: Town) -> None:
    li = await inspector(town)
    await filed(town, li)
    other = await filed(town, li, "王楼镇任庄村村西垃圾堆", seed=3)

    await press(town, li, other, "修改", "并入上一条")

    found = await rows(town)
    assert [row.state for row in found] == ["filed", "void"]
    assert (found[1].void_reason, found[1].duplicate_of) == ("merged", found[0].id)
    assert "县1-0412-01" in last(li, town).text
    assert "照片 2" in last(li, town).text


async def test_withdrawing_spends_the_number(town: Town) -> None:
    li = await inspector(town)
    receipt = await filed(town, li)

    pressed = await press(town, li, receipt, "撤回")
    await filed(town, li, seed=4)

    assert "已撤回" in (await pressed.answered()).text
    assert "已撤回" in receipt.text
    assert [row.number for row in await rows(town)] == ["县1-0412-01", "县1-0412-02"]


async def test_withdrawing_after_hand_over_tells_the_county_in_one_silent_line(town: Town) -> None:
    li, wang = await inspector(town), await contact(town)
    receipt = await filed(town, li)
    await town.passes(seconds=61)
    card = last(wang, town)

    await press(town, li, receipt, "撤回")
    await town.passes(seconds=3)

    line = last(wang, town)
    assert line is not card
    assert line.silent
    assert "县1-0412-01" in line.text
    assert "撤回" in line.text
    assert "作废" in card.caption
    assert "签收" not in labels(card)


async def test_withdrawing_ends_with_ten_minutes_or_the_contacts_press(town: Town) -> None:
    li, wang = await inspector(town), await contact(town)
    receipt = await filed(town, li)
    await town.passes(seconds=61)
    data = next(b.data for row in receipt.buttons for b in row if b.text == "撤回")
    other = await filed(town, li, seed=5)
    await press(town, wang, last(wang, town), "签收")

    pressed = li.presses(receipt, data=data)
    await town.settle()
    await town.passes(minutes=11)
    await town.passes(seconds=3)

    assert (await pressed.answered()).alert
    assert "撤回" not in labels(receipt)
    assert {row.state for row in await rows(town)} <= {"acknowledged", "assigned"}
    assert other is not None


async def test_nothing_is_edited_after_hand_over(town: Town) -> None:
    li = await inspector(town)
    receipt = await filed(town, li)
    await press(town, li, receipt, "修改", "时限")
    data = next(b.data for row in receipt.buttons for b in row if b.text == "7天")
    town.clock.advance(datetime(2019, 4, 12, 9, 6, tzinfo=ZONE) - town.clock.now())
    await town.app.tick()
    await town.settle()

    pressed = li.presses(receipt, data=data)
    await town.settle()

    assert (await pressed.answered()).alert
    assert (await rows(town))[0].wish.startswith("days:3")


async def test_the_word_alone_shows_what_could_be_taken_back_and_as_a_reply_takes_it(town: Town) -> None:
    li = await inspector(town)
    receipt = await filed(town, li)

    li.sends(town.bot, "撤回")
    await town.settle()
    shown, still = last(li, town), (await rows(town))[0].state
    li.sends(town.bot, "撤回", reply_to=shown)
    await town.settle()

    assert shown is not receipt
    assert (still, (await rows(town))[0].state) == ("filed", "void")
    assert "县1-0412-01 已撤回" in last(li, town).text

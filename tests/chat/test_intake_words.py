"""Words after the photos, before them, spoken, and the one tap on the region."""

from __future__ import annotations

from tests.chat.intake import HEAP, inspector, labels, last, press, rows, said
from tests.drawn import photo
from tests.town.town import Town

VOICE = b"OggS" + bytes(400)


async def test_photos_without_words_are_one_draft_with_one_receipt(town: Town) -> None:
    li = await inspector(town)
    before = len(said(li, town))

    for seed in range(3):
        li.sends_photo(town.bot, photo(seed=seed))
        await town.settle()
        await town.passes(seconds=50)

    assert len(said(li, town)) == before + 1
    assert "收到 3 张，请说一句地点和问题" in last(li, town).text
    assert {"卫辉市", "延津县"} <= set(labels(last(li, town)))
    assert len(await rows(town)) == 1


async def test_the_next_text_within_ten_minutes_is_the_caption(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo())
    await town.settle()
    await town.passes(minutes=9)

    li.sends(town.bot, HEAP)
    await town.settle()

    assert "县1-0412-01" in last(li, town).text
    assert "任庄村" in last(li, town).text


async def test_after_ten_minutes_only_a_reply_is_the_caption(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo())
    await town.settle()
    await town.passes(minutes=11)
    receipt = last(li, town)

    li.sends(town.bot, "村口垃圾堆", reply_to=receipt)
    await town.settle()
    li.sends(town.bot, "延津县王楼镇任庄村", reply_to=receipt)
    await town.settle()

    found = await rows(town)
    assert len(found) == 1


async def test_text_first_then_photos_one_by_one(town: Town) -> None:
    li = await inspector(town)

    li.sends(town.bot, HEAP)
    await town.settle()
    asked = last(li, town).text
    for seed in range(3):
        li.sends_photo(town.bot, photo(seed=seed))
        await town.settle()

    assert "请发照片" in asked
    assert "照片 3" in last(li, town).text
    assert "县1-0412-01" in last(li, town).text
    assert len(await rows(town)) == 1


async def test_words_that_name_the_region_do_not_ask_for_it(town: Town) -> None:
    li = await inspector(town)

    li.sends(town.bot, HEAP)
    await town.settle()

    assert "延津县" not in [button.text for row in last(li, town).buttons for button in row]


async def test_a_photo_after_photo_and_words_is_a_draft_of_its_own_that_can_join(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo(), caption=HEAP)
    await town.settle()
    li.sends_photo(town.bot, photo(seed=1))
    await town.settle()
    await town.passes(seconds=3)

    await press(town, li, last(li, town), "补到上一条")

    found = await rows(town)
    assert [row.state for row in found] == ["filed", "void"]
    assert "照片 2" in last(li, town).text
    assert "县1-0412-01" in last(li, town).text


async def test_a_voice_is_the_caption_and_the_region_one_tap(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo())
    await town.settle()
    await town.passes(seconds=5)
    li.sends_voice(town.bot, VOICE)
    await town.settle()
    question = last(li, town).text

    await press(town, li, last(li, town), "延津县")

    assert "请点选县(市、区)" in question
    assert "县1-0412-01" in last(li, town).text
    assert "说明见语音" in last(li, town).text
    assert "附件 1" in last(li, town).text


async def test_menu_words_are_never_captions(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo())
    await town.settle()
    await town.passes(seconds=3)

    for word in ("我的", "待办", "帮助", "排名"):
        li.sends(town.bot, word)
        await town.settle()

    assert [row.description for row in await rows(town)] == [""]


async def test_one_tap_on_the_region_files_and_the_words_are_read_again(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo(), caption="城关镇路边垃圾成堆，限2天")
    await town.settle()
    question = last(li, town)

    await press(town, li, question, "延津县")

    row = (await rows(town))[0]
    assert row.number == "县1-0412-01"
    assert row.region == "延津县"
    assert row.category is not None
    assert row.wish.startswith("days:2")


async def test_a_region_pressed_twice_is_answered_kindly(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo(), caption="村口垃圾成堆")
    await town.settle()
    question = last(li, town)

    data = next(button.data for row in question.buttons for button in row if button.text == "延津县")
    await press(town, li, question, "延津县")
    late = li.presses(question, data=data)
    await town.settle()

    assert (await late.answered()).text
    assert len(await rows(town)) == 1


async def test_words_after_a_region_tap_join_what_was_filed(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo())
    await town.settle()
    await town.passes(seconds=3)
    await press(town, li, last(li, town), "延津县")

    li.sends(town.bot, "王楼镇任庄村村口垃圾堆")
    await town.settle()

    row = (await rows(town))[0]
    assert (row.region, row.township, row.village) == ("延津县", "王楼镇", "任庄村")
    assert row.description == "王楼镇任庄村村口垃圾堆"
    assert len(await rows(town)) == 1


async def test_a_draft_nags_once_after_fifteen_minutes(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo(), caption="村口垃圾成堆")
    await town.settle()
    before = len(said(li, town))

    await town.passes(minutes=16)
    nagged = len(said(li, town))
    await town.passes(minutes=60)

    assert (nagged, len(said(li, town))) == (before + 1, before + 1)
    assert "还有一条没登记完" in last(li, town).text
    assert "延津县" in labels(last(li, town))


async def test_the_same_place_is_taken_and_said(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo(), caption="司寨乡高寨村村口垃圾堆")
    await town.settle()
    await town.passes(minutes=20)

    li.sends_photo(town.bot, photo("ditch"), caption="坑塘里漂浮垃圾")
    await town.settle()

    assert "沿用：司寨乡" in last(li, town).text
    assert (await rows(town))[1].village == "高寨村"


async def test_after_half_an_hour_the_place_is_asked_for(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo(), caption="司寨乡高寨村村口垃圾堆")
    await town.settle()
    await town.passes(minutes=31)

    li.sends_photo(town.bot, photo("ditch"), caption="坑塘里漂浮垃圾")
    await town.settle()

    assert "请点选县(市、区)" in last(li, town).text


async def test_emoji_and_html_and_4096_signs_are_kept_as_they_are(town: Town) -> None:
    li = await inspector(town)
    long = (HEAP + "<b>&amp;</b>🗑️") * 200

    for text in ("🗑️🗑️", "延津县<i>王楼镇</i> & 任庄村 <垃圾> 成堆", long[:4096]):
        li.sends_photo(town.bot, photo())
        await town.settle()
        li.sends(town.bot, text)
        await town.settle()

    found = await rows(town)
    assert found[1].description == "延津县<i>王楼镇</i> & 任庄村 <垃圾> 成堆"
    assert len(found[2].description) == 4096


async def test_places_that_do_not_exist_and_dates_gone_by_are_said(town: Town) -> None:
    li = await inspector(town)

    li.sends_photo(town.bot, photo(), caption="延津县无此镇无此村村口垃圾堆，4月3日前清理")
    await town.settle()

    assert "没认出乡镇" in last(li, town).text
    assert "所写日期已过，按默认时限" in last(li, town).text
    assert "无此镇无此村" in last(li, town).text

"""What the next words belong to, and where an album's last part goes."""

from __future__ import annotations

from tests.chat.intake import HEAP, contact, inspector, last, press, rows, said
from tests.drawn import photo
from tests.town.town import Town

THREE = "延津县王楼镇任庄村村口垃圾堆；村东坑塘漂浮垃圾；路边污水横流，限3天"


async def test_words_after_newer_photos_are_theirs_and_not_an_older_questions_answer(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo(), caption=HEAP)
    await town.settle()
    await press(town, li, last(li, town), "修改", "改文字")
    await town.passes(seconds=30)
    li.sends_photo(town.bot, photo(seed=2))
    await town.settle()
    await town.passes(seconds=3)

    li.sends(town.bot, "王楼镇任庄村村东坑塘漂浮垃圾")
    await town.settle()

    first, second = await rows(town)
    assert first.description == HEAP
    assert (second.description, second.state) == ("王楼镇任庄村村东坑塘漂浮垃圾", "filed")


async def test_words_after_a_newer_question_are_its_answer(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo(), caption=HEAP)
    await town.settle()
    receipt = last(li, town)
    await town.passes(seconds=30)
    li.sends_photo(town.bot, photo(seed=2))
    await town.settle()
    await town.passes(seconds=3)
    await press(town, li, receipt, "修改", "地点", "打字写地点")

    li.sends(town.bot, "王楼镇任庄村村西路口")
    await town.settle()

    first, second = await rows(town)
    assert "村西路口" in first.spot
    assert (second.description, second.state) == ("", "draft")


async def test_a_late_part_of_an_album_goes_to_every_entry_that_it_was_split_into(town: Town) -> None:
    li = await inspector(town)
    album = li.begins_album(town.bot, [photo(seed=n) for n in range(3)], captions={0: THREE})
    album.send(0)
    album.send(1)
    await town.settle()
    await press(town, li, last(li, town), "拆成3条")

    album.send_rest()
    await town.settle()
    await town.passes(seconds=3)

    assert len(await rows(town)) == 3
    assert [
        sum(f"县1-0412-0{n}" in one.words and "照片 3" in one.words for one in said(li, town))
        for n in (1, 2, 3)
    ] == [1, 1, 1]


async def test_a_late_part_finds_the_others_when_the_first_was_taken_back(town: Town) -> None:
    li, wang = await inspector(town), await contact(town)
    album = li.begins_album(town.bot, [photo(seed=n) for n in range(2)], captions={0: THREE})
    album.send(0)
    await town.settle()
    receipt = last(li, town)
    await press(town, li, receipt, "拆成3条", "撤回")

    album.send_rest()
    await town.settle()
    await town.passes(seconds=61)

    assert [row.state for row in await rows(town)] == ["void", "assigned", "assigned"]
    assert sum("照片 2" in one.words and "撤回" not in one.words for one in said(li, town)) == 2
    assert sum(one.file is not None for one in said(wang, town)) == 2

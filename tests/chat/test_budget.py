"""The contact's budget of sounds: counted over two days of work (SPEC §2 «Budget»)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.chat.counties import HEAP, POND, ROAD, contact, file, labels, leader, loud, said, words
from tests.drawn import photo
from tests.town.town import ZONE, Town


def heads(person: Any, town: Town) -> list[Any]:
    """The head messages 「今日交办 …」."""
    return [message for message in said(person, town) if words(message).startswith("今日交办")]


async def test_two_days_of_work_sound_once_a_day(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    begin = len(said(wang, town))

    for number, caption in enumerate((HEAP, POND, ROAD, HEAP, POND)):
        await file(town, inspector, caption, seed=number)
    wang.presses(heads(wang, town)[-1], "全部签收")
    await town.settle()
    card = next(m for m in said(wang, town) if "县1-0412-01" in words(m))
    wang.sends_photo(town.bot, photo("clean"), caption="已清理", reply_to=card)
    await town.settle()
    await town.passes(seconds=3)
    inspector.presses(inspector.chat(town.bot).last, "销号")
    await town.settle()
    first_day = said(wang, town)[begin:]
    begin = len(said(wang, town))
    await town.passes(days=1)
    for number, caption in enumerate((ROAD, HEAP)):
        await file(town, inspector, caption, seed=10 + number)
    await town.passes(hours=2)
    second_day = said(wang, town)[begin:]

    assert len(loud(first_day)) == 1
    assert "县1-0412-01" in loud(first_day)[0]
    assert len(loud(second_day)) == 1
    assert "县1-0413-01" in loud(second_day)[0]
    assert len(heads(wang, town)) == 2


async def test_the_head_message_is_one_and_edited_in_place(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)

    await file(town, inspector, HEAP)
    assert not heads(wang, town)
    await file(town, inspector, POND, seed=1)
    await file(town, inspector, ROAD, seed=2)
    (head,) = heads(wang, town)
    assert words(head) == "今日交办 3 条：待签收 3"
    assert head.silent
    wang.presses(next(m for m in said(wang, town) if "县1-0412-02" in words(m)), "签收")
    await town.settle()
    assert words(head) == "今日交办 3 条：待签收 2 · 整改中 1"
    wang.presses(head, "全部签收")
    await town.settle()

    assert words(head) == "今日交办 3 条：已全部签收 · 整改中 3"
    assert labels(head) == ["逐条看"]
    assert len(heads(wang, town)) == 1


async def test_entries_handed_over_in_one_beat_sound_once(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    begin = len(said(wang, town))

    for number, caption in enumerate((HEAP, POND, ROAD)):
        inspector.sends_photo(town.bot, photo(seed=number), caption=caption)
        await town.settle()
    await town.passes(seconds=61)

    assert len(loud(said(wang, town)[begin:])) == 1
    assert len(said(wang, town)[begin:]) == 4


async def test_onsite_and_returned_come_on_top(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector, HEAP)
    begin = len(said(wang, town))

    await file(town, inspector, "延津县王楼镇任庄村村西垃圾，现场交办，立即整改", seed=4)
    onsite = said(wang, town)[begin:]
    card = next(m for m in said(wang, town) if "县1-0412-01" in words(m))
    wang.sends_photo(town.bot, photo("clean"), reply_to=card)
    await town.settle()
    await town.passes(seconds=3)
    begin = len(said(wang, town))
    inspector.presses(inspector.chat(town.bot).last, "退回")
    await town.settle()
    inspector.presses(inspector.chat(town.bot).last, "未清净")
    await town.settle()
    returned = said(wang, town)[begin:]

    assert any("现场交办" in line for line in loud(onsite))
    assert len(loud(returned)) == 1
    assert "退回整改" in loud(returned)[0]


@pytest.mark.parametrize("hour", [6, 21])
async def test_in_quiet_hours_nothing_sounds_and_nothing_is_used_up(town: Town, hour: int) -> None:
    inspector, wang = await leader(town), await contact(town)
    day = 13 if hour == 6 else 12
    town.clock.move_to(datetime(2019, 4, day, hour, 0, tzinfo=ZONE))
    begin = len(said(wang, town))

    await file(town, inspector, HEAP)
    by_night = said(wang, town)[begin:]
    town.clock.move_to(datetime(2019, 4, 13, 9, 0, tzinfo=ZONE))
    begin = len(said(wang, town))
    await file(town, inspector, POND, seed=1)

    assert sum("【已交办】" in words(message) for message in by_night) == 1
    assert not loud(by_night)
    assert len([text for text in loud(said(wang, town)[begin:]) if "提醒" not in text]) == 1


async def test_one_by_one_lists_what_is_owed(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector, POND)
    await file(town, inspector, HEAP, seed=1)

    wang.presses(heads(wang, town)[-1], "逐条看")
    await town.settle()

    listed = words(wang.chat(town.bot).last)
    assert listed.index("县1-0412-02") < listed.index("县1-0412-01")


async def test_the_menu_word_and_the_command_open_the_list_and_a_tap_the_card(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector, HEAP)

    wang.sends(town.bot, "待办")
    await town.settle()
    by_word = wang.chat(town.bot).last
    wang.sends(town.bot, "/todo")
    await town.settle()
    wang.presses(wang.chat(town.bot).last, "1")
    await town.settle()

    card = wang.chat(town.bot).last
    assert "县1-0412-01" in words(by_word)
    assert card.file is not None
    assert "签收" in labels(card)

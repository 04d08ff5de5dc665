"""An album is one entry and one receipt, however its parts come."""

from __future__ import annotations

import pytest

from tests.chat.intake import HEAP, contact, inspector, last, rows, said
from tests.drawn import photo
from tests.town.town import Town


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4, 5), (5, 3, 0, 4, 1, 2)])
@pytest.mark.parametrize("captioned", [0, 3, 5])
async def test_parts_in_any_order_with_the_caption_on_any_make_one_receipt(
    town: Town, order: tuple[int, ...], captioned: int
) -> None:
    li = await inspector(town)
    before = len(said(li, town))

    album = li.begins_album(town.bot, [photo(seed=n) for n in range(6)], {captioned: HEAP})
    for part in order:
        album.send(part)
        await town.settle()
    await town.passes(seconds=3)

    assert len(said(li, town)) == before + 1
    assert "县1-0412-01" in last(li, town).text
    assert "照片 6" in last(li, town).text
    assert len(await rows(town)) == 1


async def test_the_receipt_counts_parts_as_they_come(town: Town) -> None:
    li = await inspector(town)

    album = li.begins_album(town.bot, [photo(seed=n) for n in range(6)], {0: HEAP})
    album.send(0)
    await town.settle()
    first = last(li, town)
    shown = first.text
    album.send_rest()
    await town.settle()

    assert "照片 1" in shown
    assert last(li, town) is first
    assert "照片 6" in first.text


async def test_without_a_caption_the_receipt_comes_two_seconds_after_the_last_part(town: Town) -> None:
    li = await inspector(town)
    before = len(said(li, town))

    li.sends_album(town.bot, [photo(seed=n) for n in range(3)])
    await town.settle()
    at_once = len(said(li, town))
    await town.passes(seconds=1)
    still = len(said(li, town))
    await town.passes(seconds=2)

    assert at_once == still == before
    assert len(said(li, town)) == before + 1
    assert "收到 3 张，请说一句地点和问题" in last(li, town).text


async def test_a_part_that_comes_minutes_late_after_a_restart_joins(town: Town) -> None:
    li = await inspector(town)
    album = li.begins_album(town.bot, [photo(seed=n) for n in range(3)], {0: HEAP})
    album.send(0), album.send(1)
    await town.settle()

    await town.stop_bot()
    album.send(2)
    await town.start_bot()
    await town.passes(seconds=40)

    assert "照片 3" in last(li, town).text
    assert len(await rows(town)) == 1


async def test_a_part_after_hand_over_edits_the_countys_card_without_a_new_message(town: Town) -> None:
    li, wang = await inspector(town), await contact(town)
    album = li.begins_album(town.bot, [photo(seed=n) for n in range(3)], {0: HEAP})
    album.send(0)
    await town.settle()
    await town.passes(seconds=61)
    card = last(wang, town)
    heard = len(said(wang, town))
    sheet = card.file.data

    album.send_rest()
    await town.settle()
    await town.passes(seconds=3)

    assert len(said(wang, town)) == heard
    assert last(wang, town) is card
    assert card.file.data != sheet
    assert "照片 3" in last(li, town).text


async def test_two_albums_at_once_are_two_entries(town: Town) -> None:
    li = await inspector(town)
    one = li.begins_album(town.bot, [photo(seed=n) for n in range(2)], {0: HEAP})
    other = li.begins_album(town.bot, [photo(seed=n + 5) for n in range(2)], {1: "司寨乡高寨村路边杂草丛生"})

    for album, part in ((one, 0), (other, 0), (one, 1), (other, 1)):
        album.send(part)
        await town.settle()

    found = await rows(town)
    assert [row.township for row in found] == ["王楼镇", "司寨乡"]
    assert len({row.number for row in found}) == 2

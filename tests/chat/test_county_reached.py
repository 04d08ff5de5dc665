"""A card finds its reader: the deputy after four working hours, the next one, then the office."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import chats
from tests.chat.counties import HEAP, POND, contact, file, labels, leader, loud, said, words
from tests.drawn import photo
from tests.town.town import ZONE, Town


def cards(person: Any, town: Town) -> list[Any]:
    """Messages to a person that carry an entry's picture."""
    return [message for message in said(person, town) if message.file is not None]


async def test_unsigned_for_four_working_hours_the_deputy_gets_the_card_too(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    deputy = await contact(town, "孙副", deputy=True)
    await file(town, inspector)

    await town.passes(hours=3, minutes=58)
    assert not cards(deputy, town)
    await town.passes(minutes=3)

    assert len(cards(deputy, town)) == 1
    assert not cards(deputy, town)[0].silent
    assert "签收" in labels(cards(wang, town)[0])


async def test_a_signed_card_does_not_go_to_the_deputy(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    deputy = await contact(town, "孙副", deputy=True)
    await file(town, inspector)

    wang.presses(wang.chat(town.bot).last, "签收")
    await town.settle()
    await town.passes(hours=8)

    assert not cards(deputy, town)


async def test_the_four_hours_run_in_working_time_only(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    deputy = await contact(town, "孙副", deputy=True)
    town.clock.move_to(datetime(2019, 4, 12, 16, 0, tzinfo=ZONE))  # a Friday; two hours are left of it
    await file(town, inspector)

    town.clock.move_to(datetime(2019, 4, 14, 20, 0, tzinfo=ZONE))
    await town.passes(seconds=1)
    assert not cards(deputy, town)
    town.clock.move_to(datetime(2019, 4, 15, 10, 25, tzinfo=ZONE))
    await town.passes(seconds=1)
    assert not cards(deputy, town)
    town.clock.move_to(datetime(2019, 4, 15, 10, 35, tzinfo=ZONE))
    await town.passes(seconds=1)

    assert len(cards(deputy, town)) == 1
    assert wang is not deputy


async def test_when_the_first_contact_has_blocked_the_bot_the_next_gets_the_card(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    deputy = await contact(town, "孙副", deputy=True)
    wang.chat(town.bot).blocked = True  # without a word to the bot: it learns of it by sending

    await file(town, inspector)
    await town.passes(seconds=2)

    assert len(cards(deputy, town)) == 1
    assert "签收" in labels(cards(deputy, town)[0])
    assert loud(cards(deputy, town))


async def test_a_contact_who_blocks_the_bot_later_loses_the_card_to_the_next(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    deputy = await contact(town, "孙副", deputy=True)
    await file(town, inspector)
    wang.presses(wang.chat(town.bot).last, "签收")
    await town.settle()

    wang.blocks(town.bot)
    await town.settle()
    await town.passes(seconds=2)
    deputy.sends_photo(town.bot, photo("clean"), reply_to=deputy.chat(town.bot).last)
    await town.settle()

    assert "【待核查】" in cards(deputy, town)[0].caption


async def test_nobody_reached_the_regions_chat_hears_a_number_and_the_office_reads_it_next_morning(
    town: Town,
) -> None:
    inspector = await leader(town)
    zhou = await town.join("周办", Role.OFFICE, track="county")
    group = await regional_chat(town, zhou)

    await file(town, inspector, HEAP)
    await file(town, inspector, POND, seed=1)
    await town.passes(seconds=5)
    line = [words(message) for message in group.messages if message.by_bot and "待查收" in words(message)]
    office_today = [words(message) for message in said(zhou, town)]
    town.clock.move_to(datetime(2019, 4, 15, 9, 0, 5, tzinfo=ZONE))
    await town.passes(seconds=1)
    await town.passes(seconds=1)

    lists = [words(message) for message in said(zhou, town) if "未送达" in words(message)]
    assert line == ["有 2 条待查收，请联系人私聊查看。"]
    assert not any("未送达" in text for text in office_today)
    assert len(lists) == 1
    assert "延津县" in lists[0]
    assert "县1-0412-01" in lists[0]
    assert "县1-0412-02" in lists[0]


async def test_a_contact_who_joins_later_gets_what_could_not_be_delivered(town: Town) -> None:
    inspector = await leader(town)
    await file(town, inspector)

    wang = await contact(town)
    await town.passes(seconds=1)

    assert len(cards(wang, town)) == 1


async def test_a_deputy_is_the_first_where_there_is_no_other(town: Town) -> None:
    inspector, deputy = await leader(town), await contact(town, "孙副", deputy=True)

    await file(town, inspector)
    await town.passes(hours=5)

    assert len(cards(deputy, town)) == 1


async def regional_chat(town: Town, office: Any) -> Any:
    """A group chat that is bound to 延津县."""
    group = town.server.group("延津县整治群", members=[office], bots=[town.bot])
    await town.settle()

    def bind(work: Work) -> None:
        known = work.connection.execute(chats.select().where(chats.c.id == group.id)).first()
        if known is None:
            work.connection.execute(chats.insert().values(id=group.id, kind="supergroup", region="延津县"))
        else:
            work.connection.execute(chats.update().where(chats.c.id == group.id).values(region="延津县"))

    await town.app.parts.desk.do(bind)
    return group

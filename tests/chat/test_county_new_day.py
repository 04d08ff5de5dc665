"""A new day on the county's card: 「剩3天」 becomes 「剩2天」 overnight, by an edit without a sound."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.tables import outbox
from tests.town.scenes import People, words
from tests.town.town import ZONE, Town


@pytest.fixture
async def people(town: Town) -> People:
    """A group, a contact, an office of two."""
    return await People.join(town)


async def beats(people: People, number: int = 3) -> None:
    """The metronome goes on for some beats."""
    for _ in range(number):
        await people.town.passes(seconds=1)


async def test_the_days_left_follow_the_calendar_without_a_message(people: People) -> None:
    card = await people.handed_over()
    heard = len(people.new(people.contact))
    seen = [words(card)]

    for day in (13, 14, 15, 16):
        people.until(datetime(2019, 4, day, 0, 6, tzinfo=ZONE))
        await beats(people)
        seen.append(words(card))

    expected = ("剩3天", "剩2天", "剩1天", "今天到期", "已逾期1天")
    assert [left in one for left, one in zip(expected, seen, strict=True)] == [True] * len(expected)
    assert not [one for one in people.new(people.contact)[heard:] if "【" in words(one)]


async def test_before_the_night_is_five_minutes_old_nothing_is_edited(people: People) -> None:
    card = await people.handed_over()
    people.until(datetime(2019, 4, 13, 0, 3, tzinfo=ZONE))

    await beats(people)

    assert "剩3天" in words(card)


async def test_what_waits_for_its_check_or_is_closed_is_left_alone(people: People) -> None:
    await people.answered()
    people.until(datetime(2019, 4, 13, 0, 6, tzinfo=ZONE))

    def rows(work: Work) -> int:
        return len(
            work.connection.execute(
                outbox.select().where(outbox.c.kind == "card", outbox.c.priority == Priority.BROADCAST)
            ).all()
        )

    before = await people.town.app.parts.desk.look(rows)
    await beats(people)

    assert await people.town.app.parts.desk.look(rows) == before


async def test_every_card_is_edited_once_a_night_a_few_at_a_beat(people: People) -> None:
    for number in range(4):
        await people.files(people.leader, f"延津县王楼镇任庄村村口垃圾堆{number}处，限3天")
    await people.town.passes(seconds=61)
    cards = [one for one in people.new(people.contact) if "剩3天" in words(one)]
    people.until(datetime(2019, 4, 13, 0, 6, tzinfo=ZONE))

    await beats(people, 1)
    first = sum("剩2天" in words(one) for one in cards)
    await beats(people, 6)

    assert len(cards) == 4
    assert first == 1
    assert all("剩2天" in words(one) for one in cards)


async def test_the_townships_card_follows_too(people: People) -> None:
    township = await people.town.join("周壬", Role.TOWNSHIP, region="延津县", township="王楼镇")
    card = await people.handed_over()
    await people.press(people.contact, card, "转乡镇")
    await people.press(people.contact, card, "王楼镇")
    passed = people.showing(township, "【")
    people.until(datetime(2019, 4, 13, 0, 6, tzinfo=ZONE))

    await beats(people)

    assert "剩2天" in words(passed)

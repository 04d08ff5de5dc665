"""催办 on the wire: who may, what the contact reads, once a working day, and many at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import ZONE, Town


@pytest.fixture
async def people(town: Town) -> People:
    return await People.join(town)


def urged(people: People) -> list[Any]:
    return [one for one in people.new(people.contact) if words(one).startswith("【催办】")]


async def opened(people: People, person: Any, number: str = "县1-0412-01") -> Any:
    """The entry's card, asked for by its number."""
    person.sends(people.town.bot, f"/issue {number}")
    await people.town.settle()
    return people.last(person)


async def test_the_leader_urges_and_the_contact_hears_it_with_a_sound(people: People) -> None:
    card = await people.handed_over()

    receipt = next(m for m in people.new(people.leader) if "县1-0412-01" in words(m))
    toast = await people.press(people.leader, receipt, "催办")

    (message,) = urged(people)
    assert not message.silent
    assert message.reply_to is not None
    assert message.reply_to.message_id == card.message_id
    assert "村口" in words(message)
    assert "剩3天" in words(message)
    assert "催办：县(市)第一督查小组" in words(message)
    assert labels(message) == ["签收", "反馈整改", "申请延期"]
    assert "已催办延津县" in toast.text


async def test_a_photo_in_reply_to_it_is_the_answer(people: People) -> None:
    await people.handed_over()
    receipt = next(m for m in people.new(people.leader) if "县1-0412-01" in words(m))
    await people.press(people.leader, receipt, "催办")

    people.contact.sends_photo(people.town.bot, photo("clean"), caption="已清运", reply_to=urged(people)[0])
    await people.town.settle()

    assert (await people.row()).state == "submitted"


async def test_once_a_working_day_whoever_presses(people: People) -> None:
    await people.handed_over()
    card = await opened(people, people.chief)
    receipt = next(m for m in people.new(people.leader) if "县1-0412-01" in words(m))

    await people.press(people.leader, receipt, "催办")
    second = await people.press(people.chief, card, "催办")
    people.until(datetime(2019, 4, 13, 10, 0, tzinfo=ZONE))  # a Saturday
    saturday = await people.press(people.chief, card, "催办")
    people.until(datetime(2019, 4, 15, 9, 30, tzinfo=ZONE))
    monday = await people.press(people.chief, card, "催办")

    assert "已催办过" in second.text
    assert "已催办过" in saturday.text
    assert "已催办延津县" in monday.text
    assert len(urged(people)) == 2
    assert "催办：市环境整治攻坚办" in words(urged(people)[1])


async def test_a_member_who_leads_nothing_has_no_button_and_may_not(people: People) -> None:
    await people.handed_over()
    card = await opened(people, people.member)

    people.member.sends(people.town.bot, "催一下", reply_to=card)
    await people.town.settle()
    await people.town.passes(seconds=3)

    assert "催办" not in labels(card)
    assert not urged(people)
    assert "没有" in words(people.last(people.member)) or "不能" in words(people.last(people.member))


async def test_what_is_answered_is_not_urged(people: People) -> None:
    await people.answered()

    people.chief.sends(people.town.bot, "催办", reply_to=await opened(people, people.chief))
    await people.town.settle()

    assert not urged(people)
    assert "待核查" in words(people.last(people.chief))


async def test_the_word_in_reply_urges_that_entry(people: People) -> None:
    await people.handed_over()
    receipt = next(m for m in people.new(people.leader) if "县1-0412-01" in words(m))

    people.leader.sends(people.town.bot, "催一下", reply_to=receipt)
    await people.town.settle()

    assert len(urged(people)) == 1
    assert "已催办延津县" in words(people.last(people.leader))


async def test_the_word_alone_lists_what_is_late_and_one_message_goes_to_a_region(people: People) -> None:
    await people.handed_over()
    await people.handed_over(caption="延津县司寨乡通郭村村东坑塘垃圾，限3天")
    await people.handed_over(caption="延津县王楼镇任庄村污水，限7天")
    people.until(datetime(2019, 4, 17, 9, 0, tzinfo=ZONE))
    await people.town.passes(seconds=1)

    people.chief.sends(people.town.bot, "催办")
    await people.town.settle()
    overview = people.last(people.chief)
    await people.press(people.chief, overview, "催办延津县（2）")
    again = await people.press(people.chief, overview, "催办延津县（2）")

    (message,) = urged(people)
    assert "逾期未反馈 2 条" in words(message)
    assert "县1-0412-01" in words(message)
    assert "县1-0412-03" not in words(message)
    assert "已逾期2天" in words(message)
    assert not message.silent
    assert "都催过了" in again.text


async def test_nothing_late_says_how_to_urge_one(people: People) -> None:
    people.leader.sends(people.town.bot, "催一下")
    await people.town.settle()

    assert "没有逾期" in words(people.last(people.leader))


async def test_where_nobody_can_be_reached_it_is_said_and_not_used_up(people: People) -> None:
    await people.handed_over()
    card = await opened(people, people.chief)
    await people.unreachable(people.contact)

    toast = await people.press(people.chief, card, "催办")

    assert "没有能联系上的联系人" in toast.text
    assert not urged(people)


async def test_at_night_it_comes_without_a_sound(people: People) -> None:
    await people.handed_over()
    card = await opened(people, people.chief)
    people.until(datetime(2019, 4, 12, 21, 0, tzinfo=ZONE))

    await people.press(people.chief, card, "催办")

    assert urged(people)[0].silent


async def test_the_button_goes_when_the_county_has_answered(people: People) -> None:
    await people.handed_over()
    card = await opened(people, people.chief)
    people.contact.sends_photo(
        people.town.bot, photo("clean"), caption="已清", reply_to=people.last(people.contact)
    )
    await people.town.settle()
    await people.town.passes(seconds=3)

    assert "催办" not in labels(card)

"""What belongs to which round: photos at the place, a finding before 「反弹」, who inherits what waits."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import photos
from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import Town


@pytest.fixture
async def people(town: Town) -> People:
    """A group, a contact, an office of two."""
    return await People.join(town)


async def opened(people: People, person: Any, number: str = "县1-0412-01") -> Any:
    """The entry's card, asked for by number."""
    person.sends(people.town.bot, number)
    await people.town.settle()
    return people.last(person)


async def after_photo(people: People, person: Any, reply_to: Any, seed: int = 2) -> Any:
    """A photo after the work in reply to a message; gives the bot's answer."""
    person.sends_photo(people.town.bot, photo("clean", seed=seed), caption="整改后", reply_to=reply_to)
    await people.town.settle()
    return people.last(person)


async def test_found_again_it_is_closed_at_the_place_by_a_new_photo_only(people: People) -> None:
    await people.handed_over()
    offer = await after_photo(people, people.leader, await opened(people, people.leader))
    await people.press(people.leader, offer, "现场整改")
    await people.press(people.leader, await opened(people, people.leader), "反弹")
    version = (await people.row()).version
    card = await opened(people, people.leader)

    pressed = people.leader.presses(card, data=f"1:fixed:1:{version}")
    await people.town.settle()
    refused = await pressed.answered(timeout=5)
    unmoved = await people.row()
    offer = await after_photo(people, people.leader, card, seed=3)
    await people.press(people.leader, offer, "现场整改")

    assert "请附整改后照片" in refused.text
    assert (unmoved.state, unmoved.round) == ("assigned", 2)
    assert (await people.row()).state == "closed"


async def test_a_photo_that_nobody_can_open_closes_nothing_at_the_place(people: People) -> None:
    await people.handed_over()
    offer = await after_photo(people, people.leader, await opened(people, people.leader))

    def spoil(work: Work) -> None:
        work.connection.execute(photos.update().where(photos.c.kind == "after").values(fault="unreadable"))

    await people.town.app.parts.desk.do(spoil)
    answer = await people.press(people.leader, offer, "现场整改")

    assert "请附整改后照片" in answer.text
    assert (await people.row()).state == "assigned"


async def test_what_was_found_again_is_shown_to_the_county_only_after_it_was_decided(people: People) -> None:
    await people.answered()
    await people.press(people.leader, people.last(people.leader), "销号")
    county = next(one for one in people.new(people.contact) if one.file and "县1-0412-01" in words(one))
    before = county.file
    people.leader.sends_photo(
        people.town.bot, photo(seed=5), caption="回头看仍未整改", reply_to=await opened(people, people.leader)
    )
    await people.town.settle()
    await people.town.passes(seconds=15)
    meanwhile = county.file

    await people.press(people.leader, people.last(people.leader), "反弹")
    await people.town.passes(seconds=15)

    assert meanwhile is before
    assert people.last(people.contact).file is not before


async def test_the_last_of_a_group_who_leaves_gives_its_checks_to_the_office(people: People) -> None:
    await people.handed_over(people.leader)
    await leaves(people, people.leader)
    people.contact.sends_photo(
        people.town.bot, photo("clean", seed=1), caption="已清", reply_to=people.last(people.contact)
    )
    await people.town.settle()
    await people.town.passes(seconds=3)
    heard = "销号" in labels(people.last(people.member))

    await leaves(people, people.member)
    await people.town.passes(seconds=3)

    assert heard
    assert "销号" in labels(people.last(people.chief))


async def leaves(people: People, person: Any) -> None:
    """Somebody gives up every role."""
    person.sends(people.town.bot, "/leave")
    await people.town.settle()
    await people.press(person, people.last(person), "确认退出")
    await people.town.settle()


async def test_a_townships_proof_that_waited_for_a_contact_who_leaves_is_the_next_ones_to_review(
    people: People,
) -> None:
    town = people.town
    second = await town.join("赵辛", Role.CONTACT, region="延津县")
    township = await town.join("周壬", Role.TOWNSHIP, region="延津县", township="王楼镇")
    card = await people.handed_over()
    await people.press(people.contact, card, "转乡镇")
    await people.press(people.contact, card, "王楼镇")
    township.sends_photo(
        town.bot, photo("clean", seed=1), caption="已清", reply_to=people.showing(township, "【")
    )
    await town.settle()
    await town.passes(seconds=3)

    await leaves(people, people.contact)
    await town.passes(seconds=3)
    review = next(one for one in people.new(second) if "审核上报" in labels(one))
    await people.press(second, review, "审核上报")

    assert (await people.row()).state == "submitted"


async def test_what_waits_for_its_check_when_a_contact_leaves_is_the_next_ones_card(people: People) -> None:
    second = await people.town.join("赵辛", Role.CONTACT, region="延津县")
    await people.answered()

    await leaves(people, people.contact)
    await people.town.passes(seconds=3)
    card = next(one for one in people.new(second) if "【" in words(one) and "县1-0412-01" in words(one))
    await people.press(people.leader, people.showing(people.leader, "退回"), "退回")
    await people.press(people.leader, people.showing(people.leader, "未清净"), "未清净")

    assert "退回整改" in words(card)
    assert people.showing(second, "【退回整改】") is not None


async def test_a_return_that_is_taken_back_is_told_to_the_township_too(people: People) -> None:
    town = people.town
    township = await town.join("周壬", Role.TOWNSHIP, region="延津县", township="王楼镇")
    card = await people.handed_over()
    await people.press(people.contact, card, "转乡镇")
    await people.press(people.contact, card, "王楼镇")
    people.contact.sends_photo(town.bot, photo("clean", seed=1), caption="已清", reply_to=card)
    await town.settle()
    await town.passes(seconds=3)
    check = people.showing(people.leader, "退回")
    await people.press(people.leader, check, "退回")
    await people.press(people.leader, check, "未清净")
    heard = words(people.showing(township, "【退回整改】"))

    await people.press(people.leader, check, "撤销")

    assert "退回整改" in heard
    assert people.showing(township, "撤销") is not None


async def test_a_closing_that_is_taken_back_leaves_deadline_and_photos_as_they_were(people: People) -> None:
    await people.answered()
    await people.press(people.leader, people.last(people.leader), "销号")
    closed = await people.row()

    await people.press(people.leader, people.last(people.leader), "撤销")
    back = await people.row()

    def kinds(work: Work) -> list[str]:
        return list(work.connection.execute(select(photos.c.kind).order_by(photos.c.id)).scalars())

    assert closed.state == "closed"
    assert (back.state, back.deadline, back.closed_at) == ("submitted", closed.deadline, None)
    assert await people.town.app.parts.desk.look(kinds) == ["before", "after"]

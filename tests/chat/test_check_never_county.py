"""Closed by the checking side or the office, never the county: who changed sides, and who has both."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import members, roles
from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import Town

COVERT = "暗访发现延津县王楼镇任庄村村口垃圾堆"


@pytest.fixture
async def people(town: Town) -> People:
    """A group, a contact, an office of two."""
    return await People.join(town)


async def ended(people: People, person: Any) -> None:
    """All roles of a person end."""

    def verb(work: Work) -> None:
        own = members.select().with_only_columns(members.c.id).where(members.c.telegram_id == person.id)
        work.connection.execute(
            update(roles).where(roles.c.member_id == own.scalar_subquery()).values(ended_at=work.now)
        )

    await people.town.app.parts.desk.do(verb)


async def after_photo(people: People, person: Any, reply_to: Any) -> Any:
    """A photo after the work in reply to a message; gives the bot's answer."""
    person.sends_photo(people.town.bot, photo("clean", seed=2), caption="整改后", reply_to=reply_to)
    await people.town.settle()
    return people.last(person)


async def test_a_filer_who_became_a_contact_closes_nothing_of_the_region(people: People) -> None:
    await people.handed_over(people.member)
    receipt = next(one for one in people.new(people.member) if "县1-0412-01" in words(one))
    offer = await after_photo(people, people.member, receipt)
    await ended(people, people.member)
    await people.town.also(people.member, Role.CONTACT, region="延津县")

    answer = await people.press(people.member, offer, "现场整改")

    assert "没有" in answer.text
    assert (await people.row()).state == "assigned"


async def test_a_checker_who_is_the_regions_contact_too_closes_nothing_of_it(people: People) -> None:
    await people.answered()
    await people.town.also(people.leader, Role.CONTACT, region="延津县")
    check = next(one for one in people.new(people.leader) if "销号" in labels(one))

    answer = await people.press(people.leader, check, "销号")

    assert "没有这项操作的权限" in answer.text
    assert (await people.row()).state == "submitted"


async def test_what_the_regions_own_people_may_not_check_goes_to_the_rest_of_the_group(
    people: People,
) -> None:
    await people.town.also(people.leader, Role.CONTACT, region="延津县")

    await people.answered(people.leader)

    assert "销号" in labels(people.last(people.member))
    assert not any("销号" in labels(one) for one in people.new(people.leader))


async def test_a_regions_own_people_have_nothing_of_it_to_check_in_their_list(people: People) -> None:
    await people.town.also(people.leader, Role.CONTACT, region="延津县")
    await people.answered(people.leader)

    people.leader.sends(people.town.bot, "销号")
    await people.town.settle()
    listed = words(people.last(people.leader))
    people.member.sends(people.town.bot, "销号")
    await people.town.settle()

    assert "县1-0412-01" not in listed
    assert "县1-0412-01" in words(people.last(people.member))


async def test_what_nobody_else_of_the_group_may_check_goes_to_the_office(people: People) -> None:
    await people.town.also(people.leader, Role.CONTACT, region="延津县")
    await people.town.also(people.member, Role.TOWNSHIP, region="延津县", township="王楼镇")

    await people.answered(people.leader)

    assert "销号" in labels(people.last(people.chief))


async def test_the_covert_group_closes_nothing_that_it_handed_over(people: People) -> None:
    receipt = await people.files(people.leader, COVERT)
    await people.press(people.leader, receipt, "转交办")
    await people.press(people.leader, people.last(people.leader), "确认转交办")
    offer = await after_photo(people, people.leader, receipt)
    version = (await people.row()).version

    offered = labels(offer)
    pressed = people.leader.presses(offer, data=f"1:fixed:1:{version}")
    await people.town.settle()
    answer = await pressed.answered(timeout=5)

    assert "现场整改" not in offered
    assert "没有这项操作的权限" in answer.text
    assert (await people.row()).state == "assigned"


async def test_the_office_closes_a_handed_over_covert_entry_at_the_place(people: People) -> None:
    receipt = await people.files(people.leader, COVERT)
    await people.press(people.leader, receipt, "转交办")
    await people.press(people.leader, people.last(people.leader), "确认转交办")
    people.chief.sends(people.town.bot, "暗-0412-01")
    await people.town.settle()

    offer = await after_photo(people, people.chief, people.last(people.chief))
    await people.press(people.chief, offer, "现场整改")

    row = await people.row()
    assert (row.state, row.closed_how) == ("closed", "site")


async def test_who_has_both_sides_signs_for_the_region_in_the_regions_name(people: People) -> None:
    await people.town.also(people.chief, Role.CONTACT, region="延津县")
    await people.handed_over()
    people.chief.sends(people.town.bot, "县1-0412-01")
    await people.town.settle()

    await people.press(people.chief, people.last(people.chief), "签收")

    people.leader.sends(people.town.bot, "县1-0412-01")
    await people.town.settle()
    assert "延津县" in words(people.last(people.leader))
    assert "攻坚办于" not in words(people.last(people.leader))

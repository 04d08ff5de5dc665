"""Which photos a county gets of what it may know in part only: what was taken anew, what somebody gave it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.tables import photos
from bot.services.views.county import county_photos
from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import Town

REPORT = "举报：村民某甲反映延津县王楼镇任庄村村口垃圾堆"
COVERT = "暗访延津县王楼镇任庄村村口垃圾堆，限3天"


@pytest.fixture
async def people(town: Town) -> People:
    """The group, the contact, the office."""
    return await People.join(town)


async def seen(people: People) -> list[int]:
    """The photos that the county has, by their place in the ledger."""

    def query(work: Work) -> list[int]:
        row = book.get(work, 1)
        assert row is not None
        return [one.id for one in county_photos(work, row)]

    return await people.town.app.parts.desk.look(query)


async def kinds(people: People) -> list[str]:
    """The kinds of all photos, oldest first."""
    return await people.town.app.parts.desk.look(
        lambda work: list(work.connection.execute(select(photos.c.kind).order_by(photos.c.id)).scalars())
    )


async def sends(people: People, who: Any, caption: str = "", *, seed: int, **how: Any) -> None:
    """A photo in private."""
    who.sends_photo(people.town.bot, photo(seed=seed), caption=caption, **how)
    await people.town.settle()
    await people.town.passes(seconds=3)


async def previewed(people: People) -> Any:
    """A 群众举报 with a caller's picture, worded for the county; gives the preview."""
    await sends(people, people.chief, REPORT, seed=1)
    await people.press(people.chief, people.showing(people.chief, "交办"), "交办")
    people.chief.sends(people.town.bot, "村内积存垃圾，请清运")
    await people.town.settle()
    return people.showing(people.chief, "确认转交办")


async def test_a_photo_that_the_office_sends_to_the_preview_goes_to_the_county(people: People) -> None:
    preview = await previewed(people)
    without = preview.file

    await sends(people, people.chief, seed=2, reply_to=preview)
    shown = people.showing(people.chief, "确认转交办")
    await people.press(people.chief, shown, "确认转交办")

    assert without is None
    assert shown.file is not None
    assert await kinds(people) == ["source", "before"]
    assert await seen(people) == [2]
    assert people.showing(people.contact, "村内积存垃圾").file is not None


async def test_what_is_forwarded_to_the_preview_stays_with_the_office(people: People) -> None:
    preview = await previewed(people)

    await sends(people, people.chief, seed=2, reply_to=preview, forwarded_from=people.member)

    assert await seen(people) == []
    assert "只留攻坚办" in words(people.last(people.chief))
    assert "补充给县级" not in labels(people.last(people.chief))


async def test_a_photo_and_the_words_for_the_county_may_come_in_one_reply(people: People) -> None:
    await sends(people, people.chief, REPORT, seed=1)
    await people.press(people.chief, people.showing(people.chief, "交办"), "交办")
    asked = people.showing(people.chief, "请写一句给县(市、区)看的话")

    await sends(people, people.chief, "村内积存垃圾，请清运", seed=2, reply_to=asked)

    shown = people.showing(people.chief, "确认转交办")
    assert "村内积存垃圾，请清运" in words(shown)
    assert shown.file is not None
    assert await seen(people) == [2]


async def test_after_hand_over_the_offices_photo_waits_for_one_tap(people: People) -> None:
    await people.press(people.chief, await previewed(people), "确认转交办")
    await people.town.passes(minutes=1)
    people.chief.sends(people.town.bot, "办-0412-01")
    await people.town.settle()
    card = people.last(people.chief)

    await sends(people, people.chief, "补一张", seed=2, reply_to=card)
    before = await seen(people)
    kept = people.showing(people.chief, "补充给县级")
    answer = await people.press(people.chief, kept, "补充给县级")
    await people.town.passes(seconds=3)

    assert before == []
    assert "只留攻坚办" in words(kept)
    assert "已补充给延津县" in answer.text
    assert await seen(people) == [2]
    assert people.showing(people.contact, "村内积存垃圾").file is not None
    again = await people.press(people.chief, kept, "补充给县级")
    assert "已补充给延津县" not in again.text


async def test_what_a_covert_group_adds_after_hand_over_stays_inside_until_its_leader_gives_it(
    town: Town,
) -> None:
    people = await People.join(town)
    head = await town.join("吴庚", Role.INSPECTOR, group="county/0", leader=True)
    walker = await town.join("周辛", Role.INSPECTOR, group="county/0")
    await sends(people, walker, COVERT, seed=1)
    await people.town.passes(seconds=3)
    await people.press(head, people.showing(head, "转交办"), "转交办")
    await people.press(head, people.showing(head, "确认转交办"), "确认转交办")
    await town.passes(minutes=1)

    receipt = people.showing(walker, "暗-0412-01")
    await sends(people, walker, "再补一张", seed=2, reply_to=receipt)
    told = people.last(walker)
    head.sends(town.bot, "暗-0412-01")
    await town.settle()
    await sends(people, head, "再补一张", seed=3, reply_to=people.last(head))
    hidden = await seen(people)
    await people.press(head, people.showing(head, "补充给县级"), "补充给县级")

    assert "没有发给县(市、区)" in words(told)
    assert "补充给县级" not in labels(told)
    assert hidden == [1]
    assert await seen(people) == [1, 3]


async def test_a_checking_groups_photo_of_a_covert_entry_is_the_countys(town: Town) -> None:
    people = await People.join(town)
    head = await town.join("吴庚", Role.INSPECTOR, group="county/0", leader=True)
    await sends(people, head, COVERT, seed=1)
    await people.press(head, people.showing(head, "转交办"), "转交办")
    await people.press(head, people.showing(head, "确认转交办"), "确认转交办")
    await town.passes(minutes=1)
    people.chief.sends(town.bot, "暗-0412-01")
    await town.settle()
    await people.press(people.chief, people.last(people.chief), "转区域组核查")
    people.leader.sends(town.bot, "暗-0412-01")
    await town.settle()

    await sends(people, people.leader, "再补一张", seed=2, reply_to=people.last(people.leader))

    assert await seen(people) == [1, 2]

"""The edited caption of a proof: its measures follow while nobody has decided on it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.permissions import Role
from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import Town


@pytest.fixture
async def people(town: Town) -> People:
    return await People.join(town)


async def answered(people: People, caption: str | None = "已清远") -> tuple[Any, Any]:
    """Handed over and answered; gives the contact's message and the leader's check."""
    card = await people.handed_over()
    sent = people.contact.sends_photo(people.town.bot, photo("clean"), caption=caption, reply_to=card)
    await people.town.settle()
    await people.town.passes(seconds=3)
    return sent, people.last(people.leader)


async def test_an_edited_caption_of_a_proof_is_its_measures(people: People) -> None:
    sent, check = await answered(people)

    people.contact.edits(sent, "已清运两车，责任领导：某乙副县长")
    await people.town.settle()
    await people.press(people.leader, check, "办理过程")

    row = await people.row()
    assert (row.state, row.measures, row.county_leader) == ("submitted", "已清运两车", "某乙副县长")
    assert "整改措施：已清运两车" in words(check)
    assert "已清运两车" in words(people.last(people.leader))


async def test_words_that_come_by_an_edit_join_what_was_said(people: People) -> None:
    sent, _ = await answered(people, None)
    people.contact.sends_photo(
        people.town.bot, photo("clean", seed=2), caption="另补一张", reply_to=people.last(people.contact)
    )
    await people.town.settle()

    people.contact.edits(sent, "已清运")
    await people.town.settle()
    await people.town.passes(seconds=3)

    assert (await people.row()).measures == "另补一张\n已清运"
    assert "已清运" in words(people.last(people.leader))


async def test_a_check_made_before_the_edit_was_seen_is_asked_to_look_again(people: People) -> None:
    sent, check = await answered(people)
    old = next(button for row in check.buttons for button in row if button.text == "销号").data

    people.contact.edits(sent, "只清了一半")
    await people.town.settle()
    people.leader.presses(check, data=old)
    await people.town.settle()

    assert (await people.row()).state == "submitted"


async def test_after_the_check_an_edit_changes_nothing(people: People) -> None:
    sent, check = await answered(people)
    await people.press(people.leader, check, "销号")

    people.contact.edits(sent, "另一套说法")
    await people.town.settle()

    assert (await people.row()).measures == "已清远"


async def test_a_townships_edit_reaches_the_county_that_reviews_it(people: People) -> None:
    town = people.town
    township = await town.join("赵镇", Role.TOWNSHIP, region="延津县", township="王楼镇")
    card = await people.handed_over()
    for label in ("转乡镇", "王楼镇"):
        await people.press(people.contact, card, label)
    sent = township.sends_photo(
        town.bot, photo("clean"), caption="已清远", reply_to=township.chat(town.bot).last
    )
    await town.settle()
    await town.passes(seconds=3)
    review = next(one for one in reversed(people.new(people.contact)) if "审核上报" in labels(one))

    township.edits(sent, "已清运")
    await town.settle()
    await people.press(people.contact, review, "审核上报")

    assert "已清运" in words(review)
    assert (await people.row()).measures == "已清运"

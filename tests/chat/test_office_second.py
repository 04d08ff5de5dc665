"""送审 on the wire: when a second person is needed, and what a change of the entry does to a proposal."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.permissions import Role
from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import Town

NUMBER = "县1-0412-01"


@pytest.fixture
async def people(town: Town) -> People:
    """The group, the contact, the office."""
    return await People.join(town)


async def opened(people: People, person: Any) -> Any:
    """The entry's card, asked for by its number."""
    person.sends(people.town.bot, NUMBER)
    await people.town.settle()
    return people.last(person)


async def proposed(people: People, power: str, reason: str) -> Any:
    """「作废」 or 「缓办」 is pressed by the chief; gives the press's answer."""
    shown = await opened(people, people.chief)
    await people.press(people.chief, shown, power)
    return await people.press(people.chief, shown, reason)


async def proof(people: People, card: Any) -> None:
    """The contact answers with a photo."""
    people.contact.sends_photo(people.town.bot, photo("clean", seed=1), caption="已清运", reply_to=card)
    await people.town.settle()
    await people.town.passes(seconds=3)


# --- voiding what a county has signed for -------------------------------------------------------------


async def test_a_signature_before_a_reassignment_counts(people: People) -> None:
    card = await people.handed_over()
    await people.press(people.contact, card, "签收")
    shown = await opened(people, people.chief)
    await people.press(people.chief, shown, "改派")
    await people.press(people.chief, shown, "卫辉市")

    answer = await proposed(people, "作废", "不属实")

    assert "另一位同志同意后生效" in answer.text
    assert (await people.row()).state == "assigned"


async def test_proof_that_went_up_by_itself_counts_as_signed(people: People) -> None:
    village = await people.town.join("赵镇", Role.TOWNSHIP, region="延津县", township="王楼镇")
    card = await people.handed_over(caption="延津县王楼镇任庄村村口垃圾堆，限1天")
    await people.press(people.contact, card, "转乡镇")
    await people.press(people.contact, card, "王楼镇")
    village.sends_photo(
        people.town.bot, photo("clean", seed=1), caption="已清", reply_to=people.last(village)
    )
    await people.town.settle()
    await people.town.passes(hours=34)

    answer = await proposed(people, "作废", "不属实")

    assert "另一位同志同意后生效" in answer.text
    assert (await people.row()).state == "submitted"


async def test_a_signature_that_was_taken_back_does_not_count(people: People) -> None:
    card = await people.handed_over()
    await people.press(people.contact, card, "签收")
    await people.press(people.contact, card, "撤销")

    answer = await proposed(people, "作废", "不属实")

    assert answer.text == f"{NUMBER} 已作废。"


async def test_the_filer_cannot_take_back_what_another_region_had_signed_for(people: People) -> None:
    card = await people.handed_over()
    receipt = next(one for one in people.new(people.leader) if "撤回" in labels(one))
    await people.press(people.contact, card, "签收")
    shown = await opened(people, people.chief)
    await people.press(people.chief, shown, "改派")
    await people.press(people.chief, shown, "卫辉市")

    people.leader.sends(people.town.bot, "撤回", reply_to=receipt)
    await people.town.settle()

    assert "撤回" not in labels(receipt)
    assert "已经开始办理" in words(people.last(people.leader))
    assert (await people.row()).state == "assigned"


# --- a proposal whose entry moved on ------------------------------------------------------------------


async def test_a_proposal_of_an_earlier_round_is_not_carried_out(people: People) -> None:
    card = await people.handed_over()
    await proposed(people, "缓办", "天气原因")
    asked, own = people.last(people.clerk), people.last(people.chief)
    await proof(people, card)
    await people.press(people.leader, people.last(people.leader), "销号")
    await people.town.passes(hours=20)
    await people.press(people.leader, await opened(people, people.leader), "反弹")

    assert labels(asked) == ["看问题"]
    assert "问题已有变化，本次送审作废" in words(asked)
    assert "问题已有变化，本次送审作废" in words(own)
    assert ((await people.row()).state, (await people.row()).round) == ("assigned", 2)


async def test_both_persons_read_that_a_proposal_fell_away(people: People) -> None:
    card = await people.handed_over()
    await proposed(people, "缓办", "天气原因")

    await proof(people, card)

    for person in (people.chief, people.clerk):
        line = people.last(person)
        assert words(line) == f"{NUMBER} 的「缓办」送审不再办理：问题已有变化，现为「待核查」。"
        assert line.silent


async def test_a_signature_alone_lets_a_proposal_stand(people: People) -> None:
    card = await people.handed_over()
    await proposed(people, "缓办", "天气原因")
    asked = people.last(people.clerk)

    await people.press(people.contact, card, "签收")
    await people.press(people.clerk, asked, "同意")

    assert (await people.row()).state == "deferred"


async def test_what_was_closed_and_taken_back_is_proposed_anew(people: People) -> None:
    await people.answered()
    check = people.last(people.leader)
    await proposed(people, "缓办", "天气原因")
    first = people.last(people.clerk)
    await people.press(people.leader, check, "销号")
    await people.press(people.leader, check, "撤销")

    again = await proposed(people, "缓办", "权属待定")

    assert "本次送审作废" in words(first)
    assert "已送审" in again.text


async def test_what_an_office_of_one_holds_falls_away_too(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    chief = await town.join("钱丁", Role.OFFICE, track="county")
    people = People(town, leader, None, contact, chief, None)
    card = await people.handed_over()
    await proposed(people, "缓办", "天气原因")
    held = people.last(chief)

    await proof(people, card)
    await town.passes(minutes=6)

    assert (await people.row()).state == "submitted"
    assert "本次送审作废" in words(held)


async def test_a_reassignment_lets_a_proposal_fall_and_says_so(people: People) -> None:
    card = await people.handed_over()
    await people.press(people.contact, card, "签收")
    await proposed(people, "作废", "不属实")
    asked = people.last(people.clerk)
    shown = await opened(people, people.chief)

    await people.press(people.chief, shown, "改派")
    await people.press(people.chief, shown, "卫辉市")

    assert "问题已有变化，本次送审作废" in words(asked)
    assert words(people.last(people.clerk)).startswith(
        f"{NUMBER} 的「作废」送审不再办理：问题已有变化，现由卫辉市办理"
    )


async def test_no_history_names_who_of_the_county_let_a_proposal_fall(people: People) -> None:
    card = await people.handed_over()
    await proposed(people, "缓办", "天气原因")
    await proof(people, card)

    await people.press(people.leader, await opened(people, people.leader), "办理过程")

    told = words(people.last(people.leader))
    assert "送审失效" in told
    assert "王乙" not in told

"""What leaves the group: no caller, no trace of a covert visit, nobody's number (red lines (b) and (e))."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.permissions import Role
from bot.services.looking import export
from bot.services.views.places import place_of
from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import Town

MOBILE = "138" + "1234" * 2  # put together: nobody's number stands in a file
MASKED = "138******34"
IN_SPOT = "举报：延津县王楼镇任庄村村民某甲家门口垃圾堆"


@pytest.fixture
async def people(town: Town) -> People:
    return await People.join(town)


async def opened(people: People, who: Any, number: str) -> Any:
    who.sends(people.town.bot, number)
    await people.town.settle()
    return people.last(who)


def heard(people: People, who: Any) -> str:
    return "\n".join(words(message) for message in people.new(who))


# --- a caller's spot -------------------------------------------------------------------------------


async def test_a_spot_read_from_a_callers_words_never_reaches_the_county(people: People) -> None:
    await people.files(people.chief, IN_SPOT)

    for label in ("交办", "用这句"):
        await people.press(people.chief, people.last(people.chief), label)
    previewed = words(people.last(people.chief))
    await people.press(people.chief, people.last(people.chief), "确认转交办")
    card = people.last(people.contact)
    for label in ("转发版", "位置", "非本辖区"):
        await people.press(people.contact, card, label)
    people.contact.sends(people.town.bot, "不在我县")
    await people.town.settle()

    assert "王楼镇·任庄村" in words(card)
    assert "某甲" not in previewed
    assert "某甲" not in heard(people, people.contact)
    assert "某甲" not in words(people.last(people.chief))
    row = await people.row()
    place = await people.town.app.parts.desk.look(lambda work: place_of(work, row))
    assert place == "延津县王楼镇任庄村"


async def test_a_callers_spot_stands_in_no_picture_list_or_export(people: People) -> None:
    overseer = await people.town.join("周戌", Role.OVERSIGHT)
    await people.files(people.chief, IN_SPOT)

    for asked in ("办-0412-01", "台账"):
        await opened(people, overseer, asked)
        await opened(people, people.leader, asked)
    told = heard(people, overseer) + heard(people, people.leader)
    exported = await people.town.app.parts.desk.look(
        lambda work: [one.values for one in export.entries(work)]
    )

    assert "任庄村" in told
    assert "某甲" not in told
    assert "某甲" not in str(exported)


async def test_the_office_reads_the_callers_spot_and_may_write_another(people: People) -> None:
    receipt = await people.files(people.chief, IN_SPOT)
    for label in ("修改", "地点", "打字写地点"):
        await people.press(people.chief, receipt, label)
        receipt = people.last(people.chief) if label == "打字写地点" else receipt

    people.chief.sends(people.town.bot, "王楼镇任庄村东头路口")
    await people.town.settle()
    for label in ("交办", "用这句", "确认转交办"):
        await people.press(people.chief, people.last(people.chief), label)

    assert "某甲" in heard(people, people.chief)
    assert "东头路口" in words(people.last(people.contact))


async def test_a_verifying_groups_own_spot_takes_the_place_of_the_callers(people: People) -> None:
    await people.files(people.chief, IN_SPOT)
    await people.press(people.chief, people.last(people.chief), "转督查组核实")
    task = people.last(people.leader)
    told = words(task)

    people.leader.sends_photo(people.town.bot, photo(seed=4), caption="村东坑塘积存垃圾", reply_to=task)
    await people.town.settle()
    await people.town.passes(seconds=61)

    assert "某甲" not in told
    assert "村东坑塘" in words(people.last(people.contact))
    assert "某甲" not in heard(people, people.contact)


async def test_where_a_callers_picture_was_taken_is_not_told(people: People) -> None:
    message = people.chief.sends_document(
        people.town.bot,
        photo(seed=1, position=(35.15, 114.2)),
        name="1.jpg",
        caption="延津县王楼镇任庄村垃圾堆",
    )
    await people.town.settle()
    await people.town.passes(seconds=3)
    before = (await people.row()).lat

    people.chief.edits(message, "延津县王楼镇任庄村垃圾堆，村民反映")
    await people.town.settle()

    assert before is not None
    assert (await people.row()).lat is None


# --- a covert spot ---------------------------------------------------------------------------------


async def test_a_covert_spot_goes_to_the_county_without_what_tells_of_the_visit(people: People) -> None:
    receipt = await people.files(people.leader, "暗访，延津县王楼镇任庄村村口垃圾堆")
    for label in ("修改", "地点", "打字写地点"):
        await people.press(people.leader, receipt, label)
    people.leader.sends(people.town.bot, "村东坑塘，第一督查小组下午3点到")
    await people.town.settle()

    for label in ("转交办", "确认转交办"):
        await people.press(people.leader, people.last(people.leader), label)
    card = words(people.last(people.contact))

    assert "村东坑塘" in card
    assert "督查小组" not in card
    assert "3点" not in card


# --- numbers of persons ----------------------------------------------------------------------------


async def test_a_number_in_the_spot_is_masked_for_the_county(people: People) -> None:
    receipt = await people.files(people.leader)
    for label in ("修改", "地点", "打字写地点"):
        await people.press(people.leader, receipt, label)

    people.leader.sends(people.town.bot, f"村东，找某甲{MOBILE}")
    await people.town.settle()
    await people.town.passes(seconds=61)
    card = next(one for one in people.new(people.contact) if "转发版" in labels(one))
    for label in ("转发版", "位置"):
        await people.press(people.contact, card, label)

    assert MASKED in words(card)
    assert MOBILE not in heard(people, people.contact)
    assert MOBILE in heard(people, people.leader)


async def test_a_number_in_a_caption_is_read_by_the_filing_group_alone(people: People) -> None:
    overseer = await people.town.join("周戌", Role.OVERSIGHT)
    mayor = await people.town.join("冯市长", Role.CITY_LEADER)
    await people.handed_over(caption=f"延津县王楼镇任庄村村口垃圾堆，村民某甲{MOBILE}")

    own = [words(await opened(people, one, "县1-0412-01")) for one in (people.member, people.leader)]
    others = [words(await opened(people, one, "县1-0412-01")) for one in (overseer, mayor, people.chief)]

    assert all(MOBILE in told for told in own)
    assert all(MASKED in told and MOBILE not in told for told in others)


async def test_a_number_in_a_leaders_words_is_masked_for_the_offices(people: People) -> None:
    mayor = await people.town.join("冯市长", Role.CITY_LEADER)

    mayor.sends(people.town.bot, f"延津县王楼镇任庄村垃圾堆，请联系某甲{MOBILE}")
    await people.town.settle()
    await people.town.passes(seconds=130)

    assert MASKED in words(people.last(people.chief))
    assert MOBILE not in heard(people, people.chief)


async def test_a_number_in_the_reason_of_a_proposal_is_masked(people: People) -> None:
    card = await people.handed_over(caption=f"延津县王楼镇任庄村村口垃圾堆，村民某甲{MOBILE}")
    await people.press(people.contact, card, "签收")
    shown = await opened(people, people.chief, "县1-0412-01")
    for label in ("作废", "其他原因"):
        await people.press(people.chief, shown, label)

    people.chief.sends(people.town.bot, f"某甲{MOBILE}来电说明")
    await people.town.settle()
    proposal = people.last(people.clerk)

    assert "同意" in labels(proposal)
    assert words(proposal).count(MASKED) == 2
    assert MOBILE not in words(proposal)


async def test_the_words_of_a_return_stand_for_its_reason_and_name_no_number(people: People) -> None:
    card = await people.answered()
    check = people.last(people.leader)
    for label in ("退回", "其他"):
        await people.press(people.leader, check, label)

    people.leader.sends(people.town.bot, f"请联系村民某甲{MOBILE}确认")
    await people.town.settle()
    told = words(people.last(people.contact))
    shown = words(await opened(people, people.chief, "县1-0412-01"))

    assert f"县1-0412-01：请联系村民某甲{MASKED}确认" in told
    assert f"退回：请联系村民某甲{MASKED}确认" in words(card)
    assert "其他" not in told + words(card)
    assert MOBILE not in heard(people, people.contact) + shown + words(check)


async def test_the_words_of_a_voiding_name_no_number(people: People) -> None:
    await people.handed_over()
    shown = await opened(people, people.chief, "县1-0412-01")
    for label in ("作废", "其他原因"):
        await people.press(people.chief, shown, label)

    people.chief.sends(people.town.bot, f"某甲{MOBILE}来电说明")
    await people.town.settle()
    overseer = await people.town.join("周戌", Role.OVERSIGHT)
    card = words(await opened(people, overseer, "县1-0412-01"))

    assert f"作废：某甲{MASKED}来电说明" in words(people.last(people.contact))
    assert MASKED in card
    everybody = (people.contact, people.leader, people.member, overseer, people.clerk)
    assert not any(MOBILE in heard(people, one) for one in everybody)


async def test_a_number_beside_an_officers_name_is_masked(people: People) -> None:
    card = await people.handed_over()
    await people.press(people.contact, card, "责任人")
    people.contact.sends(people.town.bot, f"责任领导：某乙{MOBILE}；责任人：某丙科长")
    await people.town.settle()
    people.contact.sends_photo(people.town.bot, photo("clean"), caption="已清理", reply_to=card)
    await people.town.settle()
    await people.town.passes(seconds=3)

    check = words(people.last(people.leader))
    rows = await people.town.app.parts.desk.look(lambda work: [one.more for one in export.entries(work)])

    assert "某丙科长" in check
    assert MOBILE not in check + str(rows)

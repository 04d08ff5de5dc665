"""What the office says and decides: no telephone, no covert number, no caller, nobody of another county."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.permissions import NOBODY, Role
from bot.ledger.desk import Work
from bot.services.looking import export
from bot.services.offices import seconds
from bot.texts import buttons
from tests.chat.test_people_leaving import remove
from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import Town

MOBILE = "138" + "1234" * 2  # put together: nobody's number stands in a file
NUMBER = "县1-0412-01"
COVERT = "暗-0412-01"


@pytest.fixture
async def people(town: Town) -> People:
    """The group, the contact, the office."""
    return await People.join(town)


async def opened(people: People, who: Any, number: str = NUMBER) -> Any:
    """The entry's card, asked for by its number."""
    who.sends(people.town.bot, number)
    await people.town.settle()
    return people.last(who)


async def history(people: People, who: Any, number: str = NUMBER) -> str:
    """「办理过程」 as somebody reads it."""
    pressed = who.presses(await opened(people, who, number), data=buttons.write(buttons.Press("history", 1)))
    await people.town.settle()
    await pressed.answered(timeout=5)
    return words(people.last(who))


async def says(people: People, who: Any, text: str) -> None:
    """A plain text in private."""
    who.sends(people.town.bot, text)
    await people.town.settle()


def heard(people: People, who: Any) -> str:
    """Everything the bot said to somebody."""
    return "\n".join(words(message) for message in people.new(who))


async def asked_for_time(people: People, card: Any, days: str = "+2天") -> None:
    """The contact asks for more time."""
    await people.press(people.contact, card, "申请延期")
    await people.press(people.contact, card, days)
    await says(people, people.contact, "连日下雨")


# --- words of the office ------------------------------------------------------------------------------


@pytest.mark.parametrize(("power", "other"), [("作废", "其他原因"), ("缓办", "其他原因")])
async def test_a_telephone_number_in_the_offices_reason_is_masked(
    people: People, power: str, other: str
) -> None:
    await people.handed_over()
    shown = await opened(people, people.chief)
    await people.press(people.chief, shown, power)
    await people.press(people.chief, shown, other)
    await says(people, people.chief, f"某甲{MOBILE}来电说明")
    if power == "缓办":
        await people.press(people.clerk, people.last(people.clerk), "同意")
    await opened(people, people.leader)
    await history(people, people.contact)

    for reader in (people.contact, people.leader):
        assert MOBILE not in heard(people, reader)
        assert "某甲138******34来电说明" in heard(people, reader)


@pytest.mark.parametrize(("power", "other"), [("作废", "其他原因"), ("缓办", "其他原因")])
async def test_a_covert_number_in_the_offices_reason_is_told_to_nobody(
    people: People, power: str, other: str
) -> None:
    await people.handed_over()
    await people.files(people.leader, "暗访发现延津县王楼镇任庄村村口垃圾堆")
    shown = await opened(people, people.chief)
    await people.press(people.chief, shown, power)
    await people.press(people.chief, shown, other)
    await says(people, people.chief, "与暗－0412－1、暗-0412-01 同一处，见县1-0412-01")
    if power == "缓办":
        await people.press(people.clerk, people.last(people.clerk), "同意")
    await history(people, people.contact)

    told = heard(people, people.contact)
    assert "0412－1" not in told
    assert COVERT not in told
    assert f"与另一条、另一条 同一处，见{NUMBER}" in told


# --- a caller's words ---------------------------------------------------------------------------------


async def test_a_callers_words_corrected_later_are_in_no_history_but_the_offices(people: People) -> None:
    watch = await people.town.join("周戌", Role.OVERSIGHT)
    await says(people, people.chief, "举报：延津县王楼镇任庄村垃圾堆")
    receipt = people.last(people.chief)
    number = (await people.row()).number
    message = next(m for m in people.chief.chat(people.town.bot).messages if "举报：" in words(m))
    people.chief.edits(message, "举报：延津县王楼镇任庄村垃圾堆，村民赵某反映")
    await people.town.settle()
    assert "赵某" in words(receipt) + heard(people, people.chief)

    for reader in (people.leader, watch):
        assert "赵某" not in await history(people, reader, number)


async def test_a_callers_words_are_in_no_exported_event(people: People) -> None:
    await says(people, people.chief, "举报：延津县王楼镇任庄村垃圾堆")
    receipt = people.last(people.chief)
    message = next(m for m in people.chief.chat(people.town.bot).messages if "举报：" in words(m))
    people.chief.edits(message, "举报：延津县王楼镇任庄村垃圾堆，村民赵某反映")
    await people.town.settle()
    people.chief.sends(people.town.bot, "赵某再次来电", reply_to=receipt)
    await people.town.settle()

    events = await people.town.app.parts.desk.look(lambda work: list(export.events(work)))

    assert "赵某" not in str(events)


# --- another county's people --------------------------------------------------------------------------


async def test_the_next_region_reads_no_name_of_the_one_before(people: People) -> None:
    other = await people.town.join("赵丙", Role.CONTACT, region="卫辉市")
    card = await people.handed_over()
    await people.press(people.contact, card, "签收")
    shown = await opened(people, people.chief)
    await people.press(people.chief, shown, "改派")
    await people.press(people.chief, shown, "卫辉市")
    await people.press(other, await opened(people, other), "签收")

    told = await history(people, other)

    assert "延津县 签收" in told
    assert "王乙" not in told
    assert "卫辉市（赵丙） 签收" in told


# --- requests -----------------------------------------------------------------------------------------


async def test_what_the_office_reassigns_by_itself_answers_the_region_that_said_it_was_not_theirs(
    people: People,
) -> None:
    card = await people.handed_over()
    await people.press(people.contact, card, "非本辖区")
    await says(people, people.contact, "在卫辉市境内")
    shown = await opened(people, people.chief)

    await people.press(people.chief, shown, "改派")
    await people.press(people.chief, shown, "卫辉市")

    line = people.last(people.contact)
    assert words(line) == f"{NUMBER} 已由市环境整治攻坚办改派，不必再办。"
    assert (await people.row()).region == "卫辉市"


async def test_whoever_asked_and_is_no_contact_any_more_is_told_nothing(people: People) -> None:
    await people.town.join("郑庚", Role.CONTACT, region="延津县", deputy=True)
    card = await people.handed_over()
    await asked_for_time(people, card)
    request = people.last(people.leader)
    await remove(people.town, people.chief, "延津县", "王乙")
    before = len(people.new(people.contact))

    await people.press(people.leader, request, "同意")

    assert len(people.new(people.contact)) == before


async def test_taking_a_grant_back_restores_the_deadline_that_stood_before_it(people: People) -> None:
    card = await people.handed_over(caption="延津县王楼镇任庄村村口垃圾堆，限1天")
    await asked_for_time(people, card, "+7天")
    request = people.last(people.leader)
    people.contact.sends_photo(people.town.bot, photo("clean", seed=1), caption="已清", reply_to=card)
    await people.town.settle()
    await people.town.passes(hours=50)
    check = people.last(people.leader)
    await people.press(people.leader, check, "退回")
    await people.press(people.leader, check, "未清净")
    returned = (await people.row()).deadline
    await people.press(people.leader, request, "同意")
    granted = (await people.row()).deadline

    await people.press(people.leader, request, "撤销")

    assert granted > returned
    assert (await people.row()).deadline == returned


async def test_a_request_whose_leader_has_left_falls_to_the_office_at_once(people: People) -> None:
    card = await people.handed_over()
    await asked_for_time(people, card)
    await remove(people.town, people.chief, "县(市)第一督查小组", "李甲")

    await people.town.passes(seconds=2)

    assert "同意" in labels(people.last(people.chief))
    await people.press(people.chief, people.last(people.chief), "同意")
    assert "攻坚办同意" in words(people.last(people.contact))


# --- the metronome ------------------------------------------------------------------------------------


async def test_what_falls_due_after_a_hold_is_nobodys_deed(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    chief = await town.join("钱丁", Role.OFFICE, track="county")
    people = People(town, leader, None, contact, chief, None)
    await people.handed_over()
    shown = await opened(people, chief)
    await people.press(chief, shown, "缓办")
    await people.press(chief, shown, "天气原因")
    town.clock.advance(timedelta(minutes=6))

    def due(work: Work) -> tuple[int, bool]:
        return seconds.held_due(work), work.actor is NOBODY

    assert await town.app.parts.desk.do(due) == (1, True)

"""The office's powers on the wire: 作废, 缓办, 恢复, 改派, and the second person."""

from __future__ import annotations

import pytest

from bot.domain.permissions import Role
from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import Town


@pytest.fixture
async def people(town: Town) -> People:
    """The group, the contact, the office."""
    return await People.join(town)


async def opened(people: People, number: str = "县1-0412-01") -> object:
    """The entry's card, asked for by the office."""
    people.chief.sends(people.town.bot, number)
    await people.town.settle()
    return people.last(people.chief)


async def test_what_nobody_signed_for_is_voided_by_one_with_a_reason(people: People) -> None:
    card = await people.handed_over()
    shown = await opened(people)

    await people.press(people.chief, shown, "作废")
    reasons = labels(shown)
    answer = await people.press(people.chief, shown, "不属实")

    assert reasons == ["不属实", "重复登记", "不属本市职责", "登记人要求撤回", "其他原因", "返回"]
    assert answer.text == "县1-0412-01 已作废。"
    assert "【作废】" in words(card)
    assert "作废原因：不属实" in words(shown)
    for person in (people.contact, people.leader):
        line = people.last(person)
        assert words(line) == "县1-0412-01 已由市环境整治攻坚办作废：不属实。"
        assert line.silent


async def test_what_the_county_signed_for_needs_a_second_person(people: People) -> None:
    card = await people.handed_over()
    await people.press(people.contact, card, "签收")
    shown = await opened(people)

    await people.press(people.chief, shown, "作废")
    answer = await people.press(people.chief, shown, "不属本市职责")
    waits = (await people.row()).state
    own, asked = people.last(people.chief), people.last(people.clerk)
    offered = labels(own)
    agreed = await people.press(people.clerk, asked, "同意")

    assert "另一位同志同意后生效" in answer.text
    assert waits == "acknowledged"
    assert offered == ["撤销", "看问题"]
    assert "提请：钱丁" in words(asked)
    assert "作废生效" in agreed.text
    assert (await people.row()).state == "void"
    assert "已由孙戊于09:01同意" in words(own)
    assert labels(asked) == ["看问题"]


async def test_nobody_is_ones_own_second_person(people: People) -> None:
    card = await people.handed_over()
    await people.press(people.contact, card, "签收")
    shown = await opened(people)
    await people.press(people.chief, shown, "作废")
    await people.press(people.chief, shown, "不属实")
    press = next(b.data for row in people.last(people.clerk).buttons for b in row if b.text == "同意")

    for person, refusal in (
        (people.chief, "您没有这项操作的权限。"),
        (people.leader, "没有这条问题。请核对编号。"),
        (people.contact, "没有这条问题。请核对编号。"),
    ):
        pressed = person.presses(people.last(person), data=press)
        await people.town.settle()
        assert (await pressed.answered(timeout=5)).text == refusal

    assert (await people.row()).state == "acknowledged"


async def test_the_second_person_may_disagree_and_the_proposer_sees_it(people: People) -> None:
    await people.handed_over()
    shown = await opened(people)
    await people.press(people.chief, shown, "缓办")
    await people.press(people.chief, shown, "天气原因")
    own = people.last(people.chief)
    asked = people.last(people.clerk)

    await people.press(people.clerk, asked, "不同意")
    late = people.clerk.presses(asked, data=_data(own, "看问题"))
    await people.town.settle()
    await late.answered(timeout=5)

    assert (await people.row()).state == "assigned"
    assert "孙戊于09:01不同意" in words(own)


async def test_of_two_who_could_agree_the_first_decides(people: People) -> None:
    third = await people.town.join("吴辛", Role.OFFICE, track="county")
    await people.handed_over()
    shown = await opened(people)
    await people.press(people.chief, shown, "缓办")
    await people.press(people.chief, shown, "权属待定")
    one, two = people.last(people.clerk), people.last(third)
    old = _data(two, "不同意")

    await people.press(people.clerk, one, "同意")
    pressed = third.presses(two, data=old)
    await people.town.settle()
    answer = await pressed.answered(timeout=5)

    assert answer.text == "已由孙戊于09:01同意。"
    assert (await people.row()).state == "deferred"


async def test_two_proposals_about_one_entry_do_not_cross(people: People) -> None:
    await people.handed_over()
    shown = await opened(people)
    await people.press(people.chief, shown, "缓办")
    await people.press(people.chief, shown, "天气原因")

    await people.press(people.chief, shown, "返回")
    await people.press(people.chief, shown, "缓办")
    answer = await people.press(people.chief, shown, "权属待定")

    assert "已有一项送审" in answer.text


async def test_a_proposal_whose_entry_moved_on_falls_away(people: People) -> None:
    await people.answered()
    shown = await opened(people)
    await people.press(people.chief, shown, "缓办")
    await people.press(people.chief, shown, "天气原因")
    asked = people.last(people.clerk)
    agree = _data(asked, "同意")
    check = next(m for m in people.new(people.leader) if "销号" in labels(m))
    await people.press(people.leader, check, "销号")

    pressed = people.clerk.presses(asked, data=agree)
    await people.town.settle()
    answer = await pressed.answered(timeout=5)

    assert "不能再办理" in answer.text
    assert (await people.row()).state == "closed"
    assert "本次送审作废" in words(asked)


async def test_deferring_takes_words_and_resuming_starts_the_clock_anew(people: People) -> None:
    card = await people.handed_over()
    shown = await opened(people)
    await people.press(people.chief, shown, "缓办")
    await people.press(people.chief, shown, "其他原因")
    people.chief.sends(people.town.bot, "等待拆迁补偿协议")
    await people.town.settle()
    await people.press(people.clerk, people.last(people.clerk), "同意")
    deferred = words(people.last(people.contact))
    await people.town.passes(days=5)

    answer = await people.press(people.chief, shown, "恢复办理")

    row = await people.row()
    assert deferred == "县1-0412-01 已由市环境整治攻坚办缓办：等待拆迁补偿协议。"
    assert "4月20日(周六)18:00" in answer.text
    assert (row.state, row.round) == ("assigned", 2)
    assert people.last(people.contact) is not card
    assert "第2轮" in words(people.last(people.contact))


async def test_an_office_of_one_holds_it_for_five_minutes(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    chief = await town.join("钱丁", Role.OFFICE, track="county")
    people = People(town, leader, None, contact, chief, None)
    card = await people.handed_over()
    shown = await opened(people)

    await people.press(chief, shown, "缓办")
    answer = await people.press(chief, shown, "施工需要工期")
    held = people.last(chief)
    waiting = labels(held)
    await town.passes(minutes=4)
    before = (await people.row()).state
    await town.passes(minutes=2)

    assert "5分钟后生效" in answer.text
    assert waiting == ["撤销", "看问题"]
    assert before == "assigned"
    assert (await people.row()).state == "deferred"
    assert "已于09:07生效" in words(held)
    assert "【缓办】" in words(card)
    assert "缓办：施工需要工期" in words(people.last(contact))


async def test_an_office_of_one_takes_it_back_in_time(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    chief = await town.join("钱丁", Role.OFFICE, track="county")
    people = People(town, leader, None, contact, chief, None)
    await people.handed_over()
    shown = await opened(people)
    await people.press(chief, shown, "缓办")
    await people.press(chief, shown, "天气原因")
    held = people.last(chief)

    await people.press(chief, held, "撤销")
    await town.passes(minutes=6)

    assert (await people.row()).state == "assigned"
    assert "已撤销" in words(held)


async def test_reassigning_gives_the_new_region_the_card_and_takes_it_from_the_old(people: People) -> None:
    other = await people.town.join("赵丙", Role.CONTACT, region="卫辉市")
    card = await people.handed_over()
    await people.press(people.contact, card, "签收")
    old = next(b.data for row in card.buttons for b in row if b.text == "反馈整改")
    await people.town.passes(days=1)
    shown = await opened(people)

    await people.press(people.chief, shown, "改派")
    answer = await people.press(people.chief, shown, "卫辉市")
    pressed = people.contact.presses(card, data=old)
    await people.town.settle()
    refused = await pressed.answered(timeout=5)

    row = await people.row()
    assert "已改派卫辉市，期限 4月16日(周二)18:00" in answer.text
    assert (row.region, row.state, row.acknowledged_at, row.township) == ("卫辉市", "assigned", None, None)
    assert "县1-0412-01" in words(people.last(other))
    assert "签收" in labels(people.last(other))
    assert labels(card) == []
    assert refused.text == "没有这条问题。请核对编号。"


async def test_a_duplicate_names_the_other_entry(people: People) -> None:
    await people.handed_over()
    await people.files(people.leader, "延津县王楼镇任庄村村口生活垃圾，限3天")
    await people.town.passes(seconds=61)
    shown = await opened(people, "县1-0412-02")
    await people.press(people.chief, shown, "作废")

    await people.press(people.chief, shown, "重复登记")
    people.chief.sends(people.town.bot, "县1-0412-09")
    await people.town.settle()
    unknown = words(people.last(people.chief))
    people.chief.sends(people.town.bot, "县1－0412－1")
    await people.town.settle()

    assert unknown == "没有这条问题。请核对编号。"
    assert (await people.row(2)).state == "void"
    assert "作废原因：重复登记（县1-0412-01）" in words(shown)
    assert (await people.row(1)).state == "assigned"


async def test_another_tracks_office_finds_nothing(people: People) -> None:
    district = await people.town.join("郑壬", Role.OFFICE, track="district")
    await people.handed_over()
    shown = await opened(people)
    press = _data(shown, "作废")

    pressed = district.presses(people.last(district), data=press)
    await people.town.settle()
    answer = await pressed.answered(timeout=5)
    district.sends(people.town.bot, "县1-0412-01")
    await people.town.settle()

    assert answer.text == "没有这条问题。请核对编号。"
    assert words(people.last(district)) == "没有这条问题。请核对编号。"


async def test_the_office_may_close_what_a_group_checks_and_the_group_cannot_undo_it(people: People) -> None:
    await people.answered()
    check = people.last(people.leader)
    shown = await opened(people)

    await people.press(people.chief, shown, "销号")
    answer = await people.press(people.leader, check, "撤销")
    await people.press(people.chief, shown, "撤销")

    assert answer.text == "您没有这项操作的权限。"
    assert (await people.row()).state == "submitted"


async def test_a_photo_after_voiding_is_refused_with_the_state(people: People) -> None:
    card = await people.handed_over()
    shown = await opened(people)
    await people.press(people.chief, shown, "作废")
    await people.press(people.chief, shown, "不属实")

    people.contact.sends_photo(people.town.bot, photo("clean"), reply_to=card)
    await people.town.settle()

    assert "当前状态「作废」" in words(people.last(people.contact))


def _data(message: object, label: str) -> str:
    """The callback data behind a button."""
    found: str = next(b.data for row in message.buttons for b in row if b.text == label)  # type: ignore[attr-defined]
    return found

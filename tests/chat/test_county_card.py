"""The county's card: what it says, what can be pressed, what becomes of it."""

from __future__ import annotations

import pytest

from bot.domain.permissions import Role
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import entries, photos
from tests.chat.counties import HEAP, POND, answered, card_of, contact, file, labels, leader, said, words
from tests.drawn import photo
from tests.town.town import Town


async def test_the_card_is_one_photo_message_that_says_what_to_send_back(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    before = len(said(wang, town))

    await file(town, inspector, photos=3)

    assert len(said(wang, town)) == before + 1
    card = wang.chat(town.bot).last
    assert card.file is not None
    assert not card.silent
    for part in ("县1-0412-01", "延津县 王楼镇·任庄村·村口", "垃圾堆", "4月15日(周一)18:00，剩3天"):
        assert part in card.caption
    for part in ("整改后照片（同位置同角度）", "整改措施一句话", "责任领导(县级)", "具体责任人(科级)"):
        assert part in card.caption
    assert {"签收", "反馈整改", "申请延期", "非本辖区", "位置", "转乡镇", "转发版"} <= set(labels(card))
    assert "李甲" not in card.caption


async def test_one_tap_signs_and_ten_minutes_take_it_back(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last

    wang.presses(card, "签收")
    await town.settle()
    assert "【已签收】" in card.caption
    assert "已由延津县于09:01签收" in card.caption
    wang.presses(card, "撤销")
    await town.settle()
    assert "【已交办】" in card.caption
    assert "签收" in labels(card)
    wang.presses(card, "签收")
    await town.settle()
    await town.passes(minutes=11)

    told = await answered(town, wang.presses(card, "撤销"))
    assert "【已签收】" in card.caption
    assert told


async def test_of_two_contacts_the_first_press_wins_and_the_second_hears_who(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    deputy = await contact(town, "孙副", deputy=True)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    await town.passes(hours=4, minutes=1)
    other = deputy.chat(town.bot).last
    stale = other.buttons[0][0].data

    wang.presses(card, "签收")
    await town.settle()
    told = await answered(town, deputy.presses(other, data=stale))

    assert "延津县" in told
    assert "13:02" in told
    assert "【已签收】" in other.caption


async def test_the_groups_members_cannot_sign_and_a_stranger_sees_nothing(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    other = await contact(town, "赵丙", region="卫辉市")
    await file(town, inspector)
    sign = wang.chat(town.bot).last.buttons[0][0].data

    to_inspector = await answered(town, inspector.presses(inspector.chat(town.bot).last, data=sign))
    to_other = await answered(town, other.presses(other.chat(town.bot).last, data=sign))

    assert "权限" in to_inspector
    assert "没有这条问题" in to_other
    assert "【已交办】" in wang.chat(town.bot).last.caption


async def test_answering_says_how_and_its_message_takes_the_photo(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    await file(town, inspector, POND, seed=3)
    card = card_of(wang, town, "县1-0412-01")

    wang.presses(card, "反馈整改")
    await town.settle()
    how = wang.chat(town.bot).last
    wang.sends_photo(town.bot, photo("clean"), reply_to=how)
    await town.settle()

    assert "同位置同角度" in how.text
    assert "【待核查】" in card.caption


async def test_a_place_without_a_pin_says_so_and_one_with_a_pin_sends_it(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last

    told = await answered(town, wang.presses(card, "位置"))
    taken = photo(seed=5, position=(35.15, 114.2))
    inspector.sends_document(town.bot, taken, name="现场.jpg", mime="image/jpeg", caption=POND)
    await town.settle()
    await town.passes(seconds=61)
    wang.presses(card_of(wang, town, "县1-0412-02"), "位置")
    await town.settle()

    assert "任庄村村口" in told
    pin = wang.chat(town.bot).last
    assert pin.kind == "location"
    assert round(pin.extra["location"]["latitude"], 2) == 35.15


async def test_the_version_to_forward_is_one_clean_picture_and_plain_words(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector, photos=2)
    card = wang.chat(town.bot).last

    wang.presses(card, "转发版")
    await town.settle()

    sent = wang.chat(town.bot).last
    assert sent is not card
    assert sent.file is not None
    assert not sent.buttons
    for part in ("【点位】延津县王楼镇任庄村村口", "【问题】", "【期限】4月15日(周一)18:00"):
        assert part in sent.caption
    assert "第一督查小组" not in sent.caption


async def test_the_officers_are_set_by_words_and_stand_on_the_next_card(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last

    wang.sends(town.bot, "责任领导：甲某 副县长；责任人：乙某 局长", reply_to=card)
    await town.settle()
    await file(town, inspector, POND, seed=3)

    assert "责任领导(县级)：甲某 副县长；具体责任人(科级)：乙某 局长" in card.caption
    assert "甲某 副县长" in card_of(wang, town, "县1-0412-02").caption


@pytest.mark.parametrize(
    "answer",
    [
        "责任领导：甲某；责任人：乙某",
        "甲某 副县长；乙某 局长",
        "责任领导(县级)：甲某，具体责任人(科级)：乙某",
    ],
)
async def test_the_officers_are_asked_for_by_a_button(town: Town, answer: str) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last

    wang.presses(card, "责任人")
    await town.settle()
    wang.sends(town.bot, answer)
    await town.settle()

    assert "责任领导(县级)：甲某" in card.caption
    assert "责任人(科级)：乙某" in card.caption


async def test_an_answer_about_the_officers_that_names_nobody_is_asked_again(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    wang.presses(wang.chat(town.bot).last, "责任人")
    await town.settle()

    wang.sends(town.bot, "稍后再报")
    await town.settle()
    first = wang.chat(town.bot).last.text
    wang.sends(town.bot, "责任领导：甲某")
    await town.settle()

    assert "责任领导" in first
    assert "甲某" in wang.chat(town.bot).last.text


async def test_who_of_the_county_answered_is_not_told_to_the_checking_group(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    wang.sends_photo(town.bot, photo("clean"), caption="已清运", reply_to=wang.chat(town.bot).last)
    await town.settle()
    await town.passes(seconds=3)

    everything = "".join(words(message) for message in said(inspector, town))

    assert "已清运" in everything
    assert "王乙" not in everything


async def test_a_closed_entry_edits_the_card_and_says_one_silent_line(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    wang.sends_photo(town.bot, photo("clean"), reply_to=card)
    await town.settle()
    await town.passes(seconds=3)
    before = len(said(wang, town))

    inspector.presses(inspector.chat(town.bot).last, "销号")
    await town.settle()

    assert "已由县(市)第一督查小组于09:01销号" in card.caption
    assert "签收" not in labels(card)
    assert "反馈整改" not in labels(card)
    assert len(said(wang, town)) == before + 1
    assert said(wang, town)[-1].silent


async def test_an_overdue_card_says_so(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector, HEAP)
    card = wang.chat(town.bot).last
    await town.passes(days=5)

    wang.presses(card, "签收")
    await town.settle()

    assert "已逾期2天" in card.caption


async def test_a_forged_press_for_an_entry_that_is_not_there_finds_nothing(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)

    told = await answered(town, wang.presses(wang.chat(town.bot).last, data="1:ack:99:1"))

    assert "没有这条问题" in told


async def test_the_callers_pictures_of_a_public_report_never_reach_the_county(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    zhou = await town.join("周办", Role.OFFICE, track="county")
    await file(town, inspector)
    card = wang.chat(town.bot).last

    def by_a_caller(work: Work) -> None:
        member = people.by_telegram(work, zhou.user.id)
        assert member is not None
        work.connection.execute(entries.update().values(source="public", public_text="村口有垃圾"))
        work.connection.execute(photos.update().values(member_id=member.id))

    await town.app.parts.desk.do(by_a_caller)
    wang.presses(card, "转发版")
    await town.settle()

    sent = wang.chat(town.bot).last
    assert sent.file is None
    assert "村口有垃圾" in sent.text
    assert "限3天" not in sent.text

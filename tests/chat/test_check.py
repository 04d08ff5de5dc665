"""The check on the wire: 销号, 退回, 撤销, 现场, 反弹, and who was first."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.domain.permissions import Role
from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import ZONE, Town


@pytest.fixture
async def people(town: Town) -> People:
    """The group, the contact, the office."""
    return await People.join(town)


async def test_closing_takes_one_tap_and_edits_every_card(people: People) -> None:
    card = await people.answered(people.member)
    check = people.last(people.leader)
    filers = people.last(people.member)

    answer = await people.press(people.leader, check, "销号")

    assert answer.text == "县1-0412-01 已销号（看图）。10分钟内可撤销。"
    assert check.file is not None
    assert "已由县(市)第一督查小组于09:01销号（看图）" in words(check)
    assert "已销号" in words(filers)
    assert "已由县(市)第一督查小组于09:01销号" in words(card)
    assert labels(check) == ["撤销", "反弹", "办理过程"]


async def test_the_card_says_what_the_county_did_and_whether_in_time(people: People) -> None:
    await people.answered(words="已组织人员清运")

    shown = words(people.last(people.leader))

    assert "整改措施：已组织人员清运" in shown
    assert "按期" in shown


async def test_a_late_answer_is_marked_late_and_half_an_hour_is_forgiven(people: People) -> None:
    card = await people.handed_over()
    people.until(datetime(2019, 4, 15, 18, 29, tzinfo=ZONE))
    people.contact.sends_photo(people.town.bot, photo("clean"), reply_to=card)
    await people.town.settle()
    await people.town.passes(seconds=3)
    forgiven = words(people.last(people.leader))
    await people.handed_over(caption="延津县王楼镇任庄村村北坑塘漂浮物，限3天")
    second = people.last(people.contact)
    people.until(datetime(2019, 4, 18, 18, 31, tzinfo=ZONE))
    people.contact.sends_photo(people.town.bot, photo("clean"), reply_to=second)
    await people.town.settle()
    await people.town.passes(seconds=3)
    late = words(people.last(people.leader))

    assert "按期" in forgiven
    assert "超期（期限 4月18日(周四)18:00）" in late


async def test_sending_back_takes_two_taps_and_the_contact_hears_it_with_sound(people: People) -> None:
    card = await people.answered()
    check = people.last(people.leader)

    await people.press(people.leader, check, "退回")
    reasons = labels(check)
    answer = await people.press(people.leader, check, "部分整改")

    heard = people.last(people.contact)
    assert reasons == ["未清净", "部分整改", "请拍同一角度", "请补拍现状", "其他", "返回"]
    assert "已退回" in answer.text
    assert "部分整改" in words(heard)
    assert not heard.silent
    assert heard.reply_to is card
    assert "【退回整改】" in words(card)


async def test_the_reasons_close_again_without_sending_back(people: People) -> None:
    await people.answered()
    check = people.last(people.leader)

    await people.press(people.leader, check, "退回")
    await people.press(people.leader, check, "返回")

    assert labels(check) == ["销号", "退回", "办理过程"]
    assert "【待核查】" in words(check)


async def test_another_reason_is_asked_for_in_words_and_reaches_the_county(people: People) -> None:
    await people.answered()
    check = people.last(people.leader)

    await people.press(people.leader, check, "退回")
    await people.press(people.leader, check, "其他")
    people.leader.sends(people.town.bot, "墙角还有一堆没有清")
    await people.town.settle()

    assert "墙角还有一堆没有清" in words(people.last(people.contact))
    assert "【退回整改】" in words(check)


async def test_the_reason_in_words_may_be_a_reply_and_may_be_cancelled(people: People) -> None:
    await people.answered()
    check = people.last(people.leader)

    await people.press(people.leader, check, "退回")
    await people.press(people.leader, check, "其他")
    await people.press(people.leader, people.last(people.leader), "取消")
    people.leader.sends(people.town.bot, "不相干的话")
    await people.town.settle()
    unmoved = words(check)
    await people.press(people.leader, check, "其他")
    people.leader.sends(people.town.bot, "还有一堆", reply_to=people.last(people.leader))
    await people.town.settle()

    assert "【待核查】" in unmoved
    assert "还有一堆" in words(check)


async def test_a_return_leaves_until_six_the_next_day(people: People) -> None:
    await people.handed_over(caption="延津县王楼镇任庄村村口垃圾堆，限今天")
    card = people.last(people.contact)
    people.until(datetime(2019, 4, 12, 17, 0, tzinfo=ZONE))
    people.contact.sends_photo(people.town.bot, photo("clean"), reply_to=card)
    await people.town.settle()
    await people.town.passes(hours=2)
    check = people.last(people.leader)

    await people.press(people.leader, check, "退回")
    await people.press(people.leader, check, "未清净")

    assert "4月13日(周六)18:00" in words(people.last(people.contact))
    assert "4月13日(周六)18:00" in words(card)


async def test_after_a_return_the_proof_comes_again_and_returns_are_counted(people: People) -> None:
    card = await people.answered()
    first = people.last(people.leader)
    await people.press(people.leader, first, "退回")
    await people.press(people.leader, first, "未清净")

    people.contact.sends_photo(
        people.town.bot, photo("clean", seed=2), caption="再次清理", reply_to=people.last(people.contact)
    )
    await people.town.settle()
    await people.town.passes(seconds=3)
    second = people.last(people.leader)
    await people.press(people.leader, second, "销号")

    assert second is not first
    assert "这次反馈已退回" in words(first)
    assert "已销号" in words(second)
    assert "再次清理" in words(second)
    assert "已销号" in words(card)
    assert (await people.row()).returns == 1


async def test_closing_can_be_taken_back_for_ten_minutes(people: People) -> None:
    card = await people.answered()
    check = people.last(people.leader)
    before = await people.row()

    await people.press(people.leader, check, "销号")
    await people.town.passes(minutes=9)
    answer = await people.press(people.leader, check, "撤销")

    row = await people.row()
    assert "已撤销" in answer.text
    assert (row.state, row.deadline, row.closed_at) == ("submitted", before.deadline, None)
    assert "待核查" in words(card)
    assert labels(check) == ["销号", "退回", "办理过程"]
    assert "撤销了销号" in words(people.last(people.contact))


async def test_a_return_taken_back_restores_deadline_and_count(people: People) -> None:
    await people.handed_over(caption="延津县王楼镇任庄村村口垃圾堆，限今天")
    card = people.last(people.contact)
    people.contact.sends_photo(people.town.bot, photo("clean"), reply_to=card)
    await people.town.settle()
    await people.town.passes(seconds=3)
    check = people.last(people.leader)
    before = await people.row()

    await people.press(people.leader, check, "退回")
    await people.press(people.leader, check, "未清净")
    returned = await people.row()
    await people.press(people.leader, check, "撤销")

    row = await people.row()
    assert returned.deadline > before.deadline
    assert (returned.returns, row.returns) == (1, 0)
    assert row.deadline == before.deadline
    assert row.state == "submitted"


async def test_after_ten_minutes_nothing_is_taken_back_and_the_button_goes(people: People) -> None:
    await people.answered()
    check = people.last(people.leader)
    await people.press(people.leader, check, "销号")
    await people.town.passes(minutes=11)

    answer = await people.press(people.leader, check, "撤销")

    assert answer.alert
    assert "已超过可撤回的时间" in answer.text
    assert (await people.row()).state == "closed"
    assert labels(check) == ["反弹", "办理过程"]


async def test_the_counties_submission_is_taken_back_and_handed_in_again_as_a_new_check(
    people: People,
) -> None:
    card = await people.answered()
    first = people.last(people.leader)

    await people.press(people.contact, card, "撤销")
    await people.town.passes(seconds=5)
    withdrawn = words(first)
    people.contact.sends_photo(people.town.bot, photo("clean", seed=5), reply_to=card)
    await people.town.settle()
    await people.town.passes(seconds=3)

    assert "县级已撤回这次反馈" in withdrawn
    assert labels(first) == ["办理过程"]
    assert people.last(people.leader) is not first
    assert "销号" in labels(people.last(people.leader))


async def test_a_signature_is_taken_back(people: People) -> None:
    card = await people.handed_over()

    await people.press(people.contact, card, "签收")
    signed = await people.row()
    await people.press(people.contact, card, "撤销")

    row = await people.row()
    assert signed.state == "acknowledged"
    assert (row.state, row.acknowledged_at) == ("assigned", None)
    assert "签收" in labels(card)


async def test_what_has_moved_on_is_not_taken_back(people: People) -> None:
    card = await people.answered()
    old = next(message for message in people.new(people.contact) if "10分钟内可撤销" in words(message))
    await people.press(people.leader, people.last(people.leader), "销号")

    answer = await people.press(people.contact, old, "撤销")

    assert answer.text == "县1-0412-01 已由县(市)第一督查小组于09:01销号。"
    assert "已销号" in words(card)


async def test_the_first_of_two_presses_wins_and_the_other_hears_by_whom(people: People) -> None:
    await people.answered(people.member)
    leaders, members = people.last(people.leader), people.new(people.member)[-1]
    await people.press(people.member, members, "退回")

    one = people.leader.presses(leaders, "销号")
    two = people.member.presses(members, "未清净")
    await people.town.settle()
    answers = [await one.answered(timeout=5), await two.answered(timeout=5)]

    lost = [answer.text for answer in answers if answer.alert]
    assert len(lost) == 1
    assert lost[0].startswith("县1-0412-01 已由县(市)第一督查小组于09:01")
    assert words(leaders).split("】")[0] == words(members).split("】")[0]


async def test_a_photo_that_came_meanwhile_asks_for_a_second_look(people: People) -> None:
    card = await people.answered()
    check = people.last(people.leader)
    press = next(button.data for row in check.buttons for button in row if button.text == "销号")

    people.contact.sends_photo(people.town.bot, photo("ditch"), reply_to=card)
    await people.town.settle()
    await people.town.passes(seconds=3)
    pressed = people.leader.presses(check, data=press)
    await people.town.settle()
    answer = await pressed.answered(timeout=5)
    await people.press(people.leader, check, "销号")

    assert "有新照片或补充" in answer.text
    assert "已销号" in words(check)


async def test_a_contacts_press_on_the_groups_button_does_nothing(people: People) -> None:
    await people.answered()
    check = people.last(people.leader)
    press = next(button.data for row in check.buttons for button in row if button.text == "销号")

    pressed = people.contact.presses(people.last(people.contact), data=press)
    await people.town.settle()
    answer = await pressed.answered(timeout=5)

    assert answer.text == "您没有这项操作的权限。"
    assert (await people.row()).state == "submitted"


async def test_another_groups_press_and_a_strangers_find_no_such_entry(people: People) -> None:
    stranger = await people.town.join("周庚", Role.INSPECTOR, group="county/2")
    await people.answered()
    check = people.last(people.leader)
    press = next(button.data for row in check.buttons for button in row if button.text == "销号")

    pressed = stranger.presses(people.last(stranger), data=press)
    await people.town.settle()
    answer = await pressed.answered(timeout=5)

    assert answer.text == "没有这条问题。请核对编号。"


async def test_a_reply_with_the_word_closes(people: People) -> None:
    await people.answered()
    check = people.last(people.leader)

    people.leader.sends(people.town.bot, "销账", reply_to=check)
    await people.town.settle()

    assert "已销号" in words(check)
    assert labels(people.last(people.leader)) == ["撤销"]


async def test_a_photo_from_the_place_makes_the_check_one_on_site(people: People) -> None:
    await people.answered()
    check = people.last(people.leader)

    people.leader.sends_photo(people.town.bot, photo("clean", seed=9), reply_to=check)
    await people.town.settle()
    offered = people.last(people.leader)
    answer = await people.press(people.leader, offered, "销号")

    assert "现场照片" in words(offered)
    assert "（现场）" in answer.text
    assert "销号（现场）" in words(check)
    assert (await people.row()).closed_how == "site"


async def test_an_album_from_the_place_is_offered_once(people: People) -> None:
    await people.answered()
    check = people.last(people.leader)
    seen = len(people.new(people.leader))

    people.leader.sends_album(people.town.bot, [photo("clean", seed=n) for n in (7, 8, 9)], reply_to=check)
    await people.town.settle()

    assert len(people.new(people.leader)) == seen + 1


async def test_a_relapse_is_handed_over_anew_with_a_new_deadline(people: People) -> None:
    card = await people.answered()
    check = people.last(people.leader)
    await people.press(people.leader, check, "销号")
    await people.town.passes(days=10)

    answer = await people.press(people.leader, check, "反弹")

    row = await people.row()
    fresh = people.last(people.contact)
    assert "4月25日(周四)18:00" in answer.text
    assert (row.state, row.round) == ("assigned", 2)
    assert fresh is not card
    assert "第2轮" in words(fresh)
    assert "签收" in labels(fresh)
    assert "这次反馈已通过，问题后来重新交办" in words(check)


async def test_the_others_of_the_group_hear_the_next_working_morning_in_one_silent_line(
    people: People,
) -> None:
    await people.answered()
    await people.answered(caption="延津县王楼镇任庄村村北坑塘漂浮物，限3天")
    heard = len(people.new(people.member))

    people.until(datetime(2019, 4, 15, 8, 59, tzinfo=ZONE))
    await people.town.passes(seconds=1)
    before = len(people.new(people.member))
    await people.town.passes(minutes=2)
    await people.town.passes(minutes=2)

    line = people.last(people.member)
    assert before == heard
    assert len(people.new(people.member)) == heard + 1
    assert words(line) == "待核查 2 条"
    assert line.silent
    await people.press(people.member, line, "逐条看")
    assert "待核查 共 2 条" in words(people.last(people.member))
    assert not any(words(message) == "待核查 2 条" for message in people.new(people.leader))


async def test_a_group_without_leader_and_filer_hears_as_a_whole(town: Town) -> None:
    filer = await town.join("李甲", Role.INSPECTOR, group="county/1")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    other = await town.join("张己", Role.INSPECTOR, group="county/1")
    people = People(town, filer, other, contact, None, None)
    card = await people.handed_over(filer)
    filer.blocks(town.bot)
    await people.unreachable(filer)

    contact.sends_photo(town.bot, photo("clean"), reply_to=card)
    await town.settle()
    await town.passes(seconds=3)

    assert "【待核查】" in words(people.last(other))

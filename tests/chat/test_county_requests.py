"""申请延期 and 非本辖区: asked by the county, decided by the leader or the office, beside the state."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.permissions import Role
from tests.chat.counties import HEAP, answered, contact, file, labels, leader, said, words
from tests.drawn import photo
from tests.town.town import Town

ONE_DAY = "延津县王楼镇任庄村村口垃圾堆，限1天"


async def office(town: Town) -> Any:
    """A member of the county track's office."""
    return await town.join("周办", Role.OFFICE, track="county")


async def ask_for_time(town: Town, wang: Any, card: Any, days: str = "+2天") -> Any:
    """「申请延期」, a date, a reason; gives the line that says it was handed in."""
    wang.presses(card, "申请延期")
    await town.settle()
    wang.presses(card, days)
    await town.settle()
    wang.sends(town.bot, "连日下雨，机械进不了地")
    await town.settle()
    return wang.chat(town.bot).last


def told_about(person: Any, town: Town, what: str) -> list[Any]:
    """Messages to a person that begin with a title."""
    return [message for message in said(person, town) if words(message).startswith(what)]


async def test_more_time_is_granted_by_the_leader_and_told_in_reply_to_the_card(town: Town) -> None:
    inspector, wang, zhou = await leader(town), await contact(town), await office(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last

    await ask_for_time(town, wang, card)
    request = inspector.chat(town.bot).last
    inspector.presses(request, "同意")
    await town.settle()

    news = wang.chat(town.bot).last
    assert "连日下雨" in request.text
    assert "4月17日(周三)18:00" in request.text
    assert "王乙" not in request.text
    assert "4月17日(周三)18:00，剩5天" in card.caption
    assert "县(市)第一督查小组同意" in news.text
    assert not news.silent
    assert news.reply_to is not None
    assert news.reply_to.message_id == card.message_id
    assert not told_about(zhou, town, "【延期申请】")


async def test_while_a_request_waits_the_card_says_so_and_takes_no_second_one(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    await ask_for_time(town, wang, card)

    told = await answered(town, wang.presses(card, "申请延期"))

    assert "延期申请已提交，等待答复" in card.caption
    assert "正在等待答复" in told
    assert "4月15日" in card.caption


async def test_a_refusal_leaves_the_deadline_and_is_told(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    await ask_for_time(town, wang, card)

    inspector.presses(inspector.chat(town.bot).last, "不同意")
    await town.settle()

    assert "不同意" in wang.chat(town.bot).last.text
    assert "4月15日" in card.caption
    assert "等待答复" not in card.caption


async def test_the_leader_takes_a_decision_back_for_ten_minutes(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    await ask_for_time(town, wang, card)
    request = inspector.chat(town.bot).last
    inspector.presses(request, "同意")
    await town.settle()

    inspector.presses(request, "撤销")
    await town.settle()
    assert "4月15日" in card.caption
    assert {"同意", "不同意"} <= set(labels(request))
    inspector.presses(request, "同意")
    await town.settle()
    await town.passes(minutes=11)

    told = await answered(town, inspector.presses(request, "撤销"))
    assert told
    assert "4月17日" in card.caption


async def test_the_contact_withdraws_a_request(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    line = await ask_for_time(town, wang, card)

    wang.presses(line, "撤销")
    await town.settle()

    assert "等待答复" not in card.caption
    assert "已撤回" in inspector.chat(town.bot).last.text
    assert not inspector.chat(town.bot).last.buttons


async def test_after_a_day_without_an_answer_the_office_may_decide_too(town: Town) -> None:
    inspector, wang, zhou = await leader(town), await contact(town), await office(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    await ask_for_time(town, wang, card)
    request = inspector.chat(town.bot).last

    await town.passes(hours=23)
    assert not told_about(zhou, town, "【延期申请】")
    await town.passes(hours=1, minutes=1)
    at_office = told_about(zhou, town, "【延期申请】")[-1]
    zhou.presses(at_office, "同意")
    await town.settle()

    assert "4月17日" in card.caption
    assert "已由市环境整治攻坚办同意" in request.text
    assert "同意" not in labels(request)


async def test_without_a_leader_the_office_decides_at_once(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    wang, zhou = await contact(town), await office(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last

    line = await ask_for_time(town, wang, card)

    assert "市环境整治攻坚办" in line.text
    assert told_about(zhou, town, "【延期申请】")
    assert not told_about(inspector, town, "【延期申请】")


async def test_a_leader_who_was_not_asked_and_the_contact_itself_decide_nothing(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    other = await town.join("钱戊", Role.INSPECTOR, group="county/2", leader=True)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    await ask_for_time(town, wang, card)
    grant = inspector.chat(town.bot).last.buttons[0][0].data

    by_contact = await answered(town, wang.presses(card, data=grant))
    by_other = await answered(town, other.presses(other.chat(town.bot).last, data=grant))

    assert by_contact
    assert by_other
    assert "4月15日" in card.caption


async def test_the_reason_may_be_a_reply_much_later_and_a_cancelled_question_asks_nothing(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    wang.presses(card, "申请延期")
    await town.settle()
    wang.presses(card, "+7天")
    await town.settle()
    question = wang.chat(town.bot).last
    await town.passes(minutes=30)

    wang.sends(town.bot, "需要拆除违建", reply_to=question)
    await town.settle()

    assert "需要拆除违建" in inspector.chat(town.bot).last.text
    assert "4月22日" in inspector.chat(town.bot).last.text


async def test_a_request_about_an_entry_that_was_answered_meanwhile_is_not_decided(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    await ask_for_time(town, wang, card)
    request = inspector.chat(town.bot).last
    grant = request.buttons[0][0].data
    wang.sends_photo(town.bot, photo("clean"), reply_to=card)
    await town.settle()

    told = await answered(town, inspector.presses(request, data=grant))

    assert "待核查" in told
    assert "同意" not in labels(request)


async def test_not_ours_goes_to_the_office_which_gives_it_to_another_region(town: Town) -> None:
    inspector, wang, zhou = await leader(town), await contact(town), await office(town)
    zhao = await contact(town, "赵丙", region="卫辉市")
    await file(town, inspector)
    card = wang.chat(town.bot).last
    wang.presses(card, "签收")
    await town.settle()
    await town.passes(hours=5)

    wang.presses(card, "非本辖区")
    await town.settle()
    wang.sends(town.bot, "该处属卫辉市")
    await town.settle()
    request = zhou.chat(town.bot).last
    zhou.presses(request, "改派")
    await town.settle()
    zhou.presses(request, "卫辉市")
    await town.settle()

    new = zhao.chat(town.bot).last
    assert "【已交办】" in new.caption
    assert "卫辉市" in new.caption
    assert "签收" in labels(new)
    assert "已不由您办理" in card.caption
    assert not card.buttons
    assert "改派" in wang.chat(town.bot).last.text
    assert "延津县" in request.text
    assert "改派" in request.text
    assert not request.buttons


async def test_the_office_may_reject_it_and_the_clock_goes_on(town: Town) -> None:
    inspector, wang, zhou = await leader(town), await contact(town), await office(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    wang.presses(card, "非本辖区")
    await town.settle()
    wang.sends(town.bot, "属邻县")
    await town.settle()

    zhou.presses(zhou.chat(town.bot).last, "驳回")
    await town.settle()

    assert "驳回" in wang.chat(town.bot).last.text
    assert "4月15日" in wang.chat(town.bot).last.text
    assert "【已交办】" in card.caption


@pytest.mark.parametrize("days", ["+1天", "+3天"])
async def test_more_time_counts_from_today_when_the_deadline_has_passed(town: Town, days: str) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector, HEAP)
    card = wang.chat(town.bot).last
    await town.passes(days=6)

    await ask_for_time(town, wang, card, days)

    wanted = {"+1天": "4月19日", "+3天": "4月21日"}[days]
    assert wanted in inspector.chat(town.bot).last.text


async def test_folding_the_dates_shows_the_plain_card_again(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    wang.presses(card, "申请延期")
    await town.settle()
    assert "签收" not in labels(card)

    wang.presses(card, "返回")
    await town.settle()

    assert "签收" in labels(card)


async def test_of_leader_and_office_the_first_decides_and_the_other_hears_who(town: Town) -> None:
    inspector, wang, zhou = await leader(town), await contact(town), await office(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    await ask_for_time(town, wang, card)
    request = inspector.chat(town.bot).last
    refuse = request.buttons[0][1].data
    await town.passes(hours=25)
    zhou.presses(told_about(zhou, town, "【延期申请】")[-1], "同意")
    await town.settle()

    told = await answered(town, inspector.presses(request, data=refuse))

    assert "市环境整治攻坚办" in told
    assert "4月17日" in card.caption


async def test_who_leads_by_a_second_role_decides(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    wang = await contact(town)
    await town.also(inspector, Role.INSPECTOR, group="county/1", leader=True)
    await file(town, inspector)
    card = wang.chat(town.bot).last

    await ask_for_time(town, wang, card)
    inspector.presses(inspector.chat(town.bot).last, "同意")
    await town.settle()

    assert "4月17日" in card.caption


async def test_a_request_that_a_return_has_overtaken_shortens_nothing(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector, ONE_DAY)
    card = wang.chat(town.bot).last
    await ask_for_time(town, wang, card, "+1天")
    request = inspector.chat(town.bot).last
    wang.sends_photo(town.bot, photo("clean", seed=1), caption="已清", reply_to=card)
    await town.settle()
    await town.passes(hours=50)
    check = inspector.chat(town.bot).last
    inspector.presses(check, "退回")
    await town.settle()
    inspector.presses(check, "未清净")
    await town.settle()
    before = card.caption

    assert "4月15日(周一)18:00" in wang.chat(town.bot).last.text
    assert "延期申请不再答复" in wang.chat(town.bot).last.text
    assert labels(request) == []
    assert "已撤回，不必再办" in request.text
    assert "等待答复" not in before


async def test_more_time_that_would_be_less_is_refused_by_name(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector, ONE_DAY)
    card = wang.chat(town.bot).last
    await ask_for_time(town, wang, card, "+1天")
    request = inspector.chat(town.bot).last
    await town.passes(hours=60)

    told = await answered(town, inspector.presses(request, "同意"))

    assert "4月14日(周日)18:00 已过" in told
    assert "4月13日(周六)18:00" in card.caption

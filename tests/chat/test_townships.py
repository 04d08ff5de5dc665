"""转乡镇: passed on by the contact, answered by the township, reported by the contact or by the deadline."""

from __future__ import annotations

from typing import Any

from bot.domain.permissions import Role
from tests.chat.counties import HEAP, POND, answered, card_of, contact, file, labels, leader, said, words
from tests.drawn import photo
from tests.town.town import Town


async def township(town: Town, name: str = "唐丁", place: str = "王楼镇") -> Any:
    """A township's contact in 延津县."""
    return await town.join(name, Role.TOWNSHIP, region="延津县", township=place)


async def passed_on(town: Town, wang: Any, place: str = "王楼镇") -> Any:
    """The contact passes the entry of its newest card on; gives that card."""
    card = wang.chat(town.bot).last
    wang.presses(card, "转乡镇")
    await town.settle()
    wang.presses(card, place)
    await town.settle()
    return card


async def test_the_township_gets_its_own_card_and_its_proof_waits_for_the_county(town: Town) -> None:
    inspector, wang, tang = await leader(town), await contact(town), await township(town)
    await file(town, inspector)
    card = await passed_on(town, wang)
    own = tang.chat(town.bot).last
    heard = len(said(inspector, town))

    tang.sends_photo(town.bot, photo("clean"), caption="已清运两车", reply_to=own)
    await town.settle()
    await town.passes(seconds=3)

    review = wang.chat(town.bot).last
    assert "延津县转办" in own.caption
    assert "任庄村" in own.caption
    assert "已转王楼镇" in card.caption
    assert "待您审核" in card.caption
    assert review.file is not None
    assert "已清运两车" in review.caption
    assert labels(review) == ["审核上报", "退回乡镇"]
    assert len(said(inspector, town)) == heard
    assert not any("整改后 1" in words(message) for message in said(inspector, town))


async def test_the_contact_reports_it_up_with_one_tap(town: Town) -> None:
    inspector, wang, tang = await leader(town), await contact(town), await township(town)
    await file(town, inspector)
    card = await passed_on(town, wang)
    tang.sends_photo(town.bot, photo("clean"), caption="已清运", reply_to=tang.chat(town.bot).last)
    await town.settle()
    await town.passes(seconds=3)
    review = wang.chat(town.bot).last

    wang.presses(review, "审核上报")
    await town.settle()
    await town.passes(seconds=3)

    check = inspector.chat(town.bot).last
    assert "【待核查】" in card.caption
    assert "照片 1 张" in card.caption
    assert "整改措施：已清运" in check.caption
    assert "县级未审核" not in check.caption
    assert "已审核上报" in review.caption
    assert not review.buttons


async def test_sent_back_the_township_answers_again(town: Town) -> None:
    inspector, wang, tang = await leader(town), await contact(town), await township(town)
    await file(town, inspector)
    await passed_on(town, wang)
    own = tang.chat(town.bot).last
    tang.sends_photo(town.bot, photo("clean"), caption="已清", reply_to=own)
    await town.settle()
    await town.passes(seconds=3)
    first = wang.chat(town.bot).last

    wang.presses(first, "退回乡镇")
    await town.settle()
    back = tang.chat(town.bot).last
    tang.sends_photo(town.bot, photo("clean", seed=4), caption="重新清了一遍", reply_to=back)
    await town.settle()
    await town.passes(seconds=3)

    second = wang.chat(town.bot).last
    assert "退回" in back.text
    assert "已退回乡镇" in first.caption
    assert second is not first
    assert "重新清了一遍" in second.caption


async def test_unreviewed_it_goes_up_by_itself_at_the_deadline(town: Town) -> None:
    inspector, wang, tang = await leader(town), await contact(town), await township(town)
    await file(town, inspector)
    card = await passed_on(town, wang)
    tang.sends_photo(town.bot, photo("clean"), caption="已清运", reply_to=tang.chat(town.bot).last)
    await town.settle()
    await town.passes(days=3, hours=8, minutes=50)
    assert "【已交办】" in card.caption

    await town.passes(minutes=20)
    await town.passes(seconds=3)

    check = inspector.chat(town.bot).last
    assert "【待核查】" in card.caption
    assert "县级未审核" in check.caption
    assert "按期" in check.caption
    assert any("县级未审核" in words(message) and message.silent for message in said(wang, town))


async def test_more_parts_join_the_townships_proof_and_the_review_is_one_message(town: Town) -> None:
    inspector, wang, tang = await leader(town), await contact(town), await township(town)
    await file(town, inspector)
    await passed_on(town, wang)
    before = len(said(wang, town))

    tang.sends_album(town.bot, [photo("clean", seed=n) for n in range(3)], caption="已清")
    await town.settle()
    await town.passes(seconds=3)
    wang.presses(wang.chat(town.bot).last, "审核上报")
    await town.settle()

    assert len(said(wang, town)) == before + 1
    assert "照片 3 张" in card_of(wang, town, "县1-0412-01").caption


async def test_a_townships_contact_sees_only_what_was_passed_on_to_it(town: Town) -> None:
    inspector, wang, tang = await leader(town), await contact(town), await township(town)
    other = await township(town, "宋庚", "司寨乡")
    await file(town, inspector, HEAP)
    await passed_on(town, wang)
    await file(town, inspector, POND, seed=3)

    other.sends_photo(town.bot, photo("clean"))
    await town.settle()

    assert not any("县1-0412" in words(message) for message in said(other, town))
    assert not any("县1-0412-02" in words(message) for message in said(tang, town))


async def test_passed_on_to_another_the_former_is_told(town: Town) -> None:
    inspector, wang, tang = await leader(town), await contact(town), await township(town)
    song = await township(town, "宋庚", "司寨乡")
    await file(town, inspector)
    card = await passed_on(town, wang)
    own = tang.chat(town.bot).last
    wang.presses(card, "转乡镇")
    await town.settle()
    assert "王楼镇" not in labels(card)

    wang.presses(card, "司寨乡")
    await town.settle()

    assert "已不由您办理" in own.caption
    assert not own.buttons
    assert "不必再办" in tang.chat(town.bot).last.text
    assert "县1-0412-01" in song.chat(town.bot).last.caption


async def test_taken_back_the_county_answers_itself(town: Town) -> None:
    inspector, wang, tang = await leader(town), await contact(town), await township(town)
    await file(town, inspector)
    card = await passed_on(town, wang)
    own = tang.chat(town.bot).last
    wang.presses(card, "转乡镇")
    await town.settle()

    wang.presses(card, "收回自办")
    await town.settle()
    wang.sends_photo(town.bot, photo("clean"), reply_to=card)
    await town.settle()

    assert "已不由您办理" in own.caption
    assert "不必再办" in tang.chat(town.bot).last.text
    assert "【待核查】" in card.caption


async def test_the_countys_own_proof_replaces_what_waited(town: Town) -> None:
    inspector, wang, tang = await leader(town), await contact(town), await township(town)
    await file(town, inspector)
    card = await passed_on(town, wang)
    tang.sends_photo(town.bot, photo("clean"), caption="已清", reply_to=tang.chat(town.bot).last)
    await town.settle()
    await town.passes(seconds=3)
    review = wang.chat(town.bot).last
    report = review.buttons[0][0].data

    wang.sends_photo(town.bot, photo("clean", seed=8), caption="县里统一清运", reply_to=card)
    await town.settle()
    told = await answered(town, wang.presses(review, data=report))

    assert "照片 1 张" in card.caption
    assert "延津县" in told
    assert not review.buttons


async def test_a_report_that_was_undone_waits_for_the_county_again(town: Town) -> None:
    inspector, wang, tang = await leader(town), await contact(town), await township(town)
    await file(town, inspector)
    card = await passed_on(town, wang)
    tang.sends_photo(town.bot, photo("clean"), caption="已清", reply_to=tang.chat(town.bot).last)
    await town.settle()
    await town.passes(seconds=3)
    review = wang.chat(town.bot).last
    wang.presses(review, "审核上报")
    await town.settle()

    wang.presses(card, "撤销")
    await town.settle()

    assert labels(review) == ["审核上报", "退回乡镇"]
    assert "待您审核" in card.caption


async def test_without_a_joined_township_the_contact_is_told_how_to_invite(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)

    wang.presses(wang.chat(town.bot).last, "转乡镇")
    await town.settle()

    told = wang.chat(town.bot).last
    assert "邀请" in told.text
    assert "转发版" in told.text


async def test_a_township_cannot_sign_nor_report(town: Town) -> None:
    inspector, wang, tang = await leader(town), await contact(town), await township(town)
    await file(town, inspector)
    sign = wang.chat(town.bot).last.buttons[0][0].data
    await passed_on(town, wang)
    own = tang.chat(town.bot).last

    told = await answered(town, tang.presses(own, data=sign))

    assert told
    assert "已由" not in card_of(wang, town, "县1-0412-01").caption


async def test_returned_by_the_city_the_township_hears_it_too(town: Town) -> None:
    inspector, wang, tang = await leader(town), await contact(town), await township(town)
    await file(town, inspector)
    await passed_on(town, wang)
    own = tang.chat(town.bot).last
    tang.sends_photo(town.bot, photo("clean"), caption="已清", reply_to=own)
    await town.settle()
    await town.passes(seconds=3)
    wang.presses(wang.chat(town.bot).last, "审核上报")
    await town.settle()
    await town.passes(seconds=3)
    check = inspector.chat(town.bot).last

    inspector.presses(check, "退回")
    await town.settle()
    inspector.presses(check, "未清净")
    await town.settle()

    assert "退回整改" in tang.chat(town.bot).last.text
    assert "未清净" in own.caption


async def test_what_a_township_sent_before_it_was_passed_to_another_does_not_go_up(town: Town) -> None:
    inspector, wang, tang = await leader(town), await contact(town), await township(town)
    await township(town, "宋庚", "司寨乡")
    await file(town, inspector)
    card = await passed_on(town, wang)
    tang.sends_photo(town.bot, photo("clean"), caption="已清", reply_to=tang.chat(town.bot).last)
    await town.settle()
    await town.passes(seconds=3)
    review = wang.chat(town.bot).last
    wang.presses(card, "转乡镇")
    await town.settle()
    wang.presses(card, "司寨乡")
    await town.settle()

    await town.passes(days=4)

    assert "【已交办】" in card.caption
    assert not review.buttons


async def test_a_video_of_a_township_is_kept_and_a_photo_asked_for(town: Town) -> None:
    inspector, wang, tang = await leader(town), await contact(town), await township(town)
    await file(town, inspector)
    card = await passed_on(town, wang)
    own = tang.chat(town.bot).last

    tang.sends_video(town.bot, b"\x00" * 64, reply_to=own)
    await town.settle()

    assert "补一张整改后照片" in tang.chat(town.bot).last.text
    assert "待您审核" not in card.caption


async def test_when_the_township_has_blocked_the_bot_its_contact_is_told_once(town: Town) -> None:
    inspector, wang, tang = await leader(town), await contact(town), await township(town)
    await file(town, inspector)
    await passed_on(town, wang)

    tang.blocks(town.bot)
    await town.settle()
    await town.passes(seconds=1)
    await town.passes(hours=1)

    told = [message for message in said(wang, town) if "收不到消息" in words(message)]
    assert len(told) == 1
    assert told[0].silent

"""The county's proof: by reply, loosely sent, in pieces, taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.chat.counties import (
    HEAP,
    POND,
    ROAD,
    answered,
    card_of,
    contact,
    file,
    labels,
    leader,
    said,
    words,
)
from tests.drawn import photo
from tests.town.town import Town


async def test_a_reply_with_a_photo_is_the_submission_without_a_tap(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last

    wang.sends_photo(town.bot, photo("clean"), caption="出动三轮车清运两车", reply_to=card)
    await town.settle()
    await town.passes(seconds=3)

    check = inspector.chat(town.bot).last
    assert "【待核查】" in card.caption
    assert "照片 1 张" in card.caption
    assert "整改措施：出动三轮车清运两车" in check.caption
    assert wang.chat(town.bot).last.silent


async def test_the_parts_of_an_album_are_one_proof_and_one_check(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    checks = len(said(inspector, town))

    album = wang.begins_album(
        town.bot, [photo("clean", seed=n) for n in range(3)], captions={2: "已清理"}, reply_to=card
    )
    album.send(1)
    await town.settle()
    album.send_rest()
    await town.settle()
    await town.passes(seconds=3)

    assert "照片 3 张" in card.caption
    assert len(said(inspector, town)) == checks + 1
    assert "已清理" in inspector.chat(town.bot).last.caption


async def test_after_photos_may_come_as_image_files(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last

    wang.sends_document(town.bot, photo("clean"), name="整改后.jpg", mime="image/jpeg", reply_to=card)
    await town.settle()

    assert "【待核查】" in card.caption


@pytest.mark.parametrize("medium", ["video", "voice"])
async def test_video_or_voice_alone_is_kept_and_a_photo_asked_for(town: Town, medium: str) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last

    getattr(wang, f"sends_{medium}")(town.bot, b"\x00" * 64, reply_to=card)
    await town.settle()
    asked = wang.chat(town.bot).last
    wang.sends_photo(town.bot, photo("clean"), reply_to=asked)
    await town.settle()

    assert "补一张整改后照片" in asked.text
    assert "【待核查】" in card.caption


async def test_words_alone_are_a_remark_and_move_nothing(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last

    wang.sends(town.bot, "正在协调机械，明天清", reply_to=card)
    await town.settle()

    assert "【已交办】" in card.caption
    assert "县1-0412-01" in wang.chat(town.bot).last.text


async def test_more_photos_join_while_the_proof_waits(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    wang.sends_photo(town.bot, photo("clean"), reply_to=card)
    await town.settle()
    await town.passes(seconds=3)
    check = inspector.chat(town.bot).last

    wang.sends_photo(town.bot, photo("clean", seed=5), caption="又补清了沟边", reply_to=card)
    await town.settle()
    await town.passes(seconds=3)

    assert "照片 2 张" in card.caption
    assert inspector.chat(town.bot).last is check
    assert "又补清了沟边" in check.caption


async def test_a_submission_is_taken_back_for_ten_minutes(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    wang.sends_photo(town.bot, photo("clean"), caption="已清理", reply_to=card)
    await town.settle()
    await town.passes(seconds=3)
    check = inspector.chat(town.bot).last

    wang.presses(wang.chat(town.bot).last, "撤销")
    await town.settle()

    assert "【已交办】" in card.caption
    assert "签收" in labels(card)
    assert "销号" not in labels(check)


async def test_proof_sent_within_the_silent_half_hour_is_in_time(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    await town.passes(days=3, hours=9, minutes=20)

    wang.sends_photo(town.bot, photo("clean"), reply_to=card)
    await town.settle()
    await town.passes(seconds=3)

    assert "逾期" not in card.caption
    assert "按期" in inspector.chat(town.bot).last.caption


async def test_a_closed_entry_takes_no_more_proof(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    wang.sends_photo(town.bot, photo("clean"), reply_to=card)
    await town.settle()
    await town.passes(seconds=3)
    inspector.presses(inspector.chat(town.bot).last, "销号")
    await town.settle()

    wang.sends_photo(town.bot, photo("clean", seed=5), reply_to=card)
    await town.settle()

    assert "已销号" in wang.chat(town.bot).last.text
    assert "不能" in wang.chat(town.bot).last.text


# --- without a reply --------------------------------------------------------------------------------


async def test_a_photo_without_a_reply_goes_to_the_only_open_entry(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last

    wang.sends_photo(town.bot, photo("clean"), caption="清完了")
    await town.settle()

    assert "【待核查】" in card.caption
    assert "不是这条" in labels(wang.chat(town.bot).last)


@pytest.mark.parametrize("text", ["县1-0412-02 已清理", "0412-02", "坑塘已清理"])
async def test_a_photo_goes_to_the_entry_that_its_words_name(town: Town, text: str) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector, HEAP)
    await file(town, inspector, POND, seed=3)

    wang.sends_photo(town.bot, photo("clean"), caption=text)
    await town.settle()

    assert "【待核查】" in card_of(wang, town, "县1-0412-02").caption
    assert "【已交办】" in card_of(wang, town, "县1-0412-01").caption


async def test_which_one_is_asked_with_the_most_urgent_first(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    for seed, caption in enumerate((ROAD, POND, HEAP)):
        await file(town, inspector, caption, seed=seed * 3)

    wang.sends_photo(town.bot, photo("clean"))
    await town.settle()
    wang.sends_album(town.bot, [photo("clean", seed=n) for n in (1, 2)])
    await town.settle()

    questions = [m for m in said(wang, town) if "对应哪一条" in words(m)]
    assert len(questions) == 1
    offered = [label.split()[0] for label in labels(questions[0])]
    assert offered == ["县1-0412-03", "县1-0412-02", "县1-0412-01"]


async def test_what_came_while_the_question_was_open_joins_the_answer(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector, HEAP)
    await file(town, inspector, POND, seed=3)

    wang.sends_photo(town.bot, photo("clean"))
    await town.settle()
    wang.sends_album(town.bot, [photo("clean", seed=n) for n in (1, 2)])
    await town.settle()
    wang.sends(town.bot, "都清完了")
    await town.settle()
    questions = [m for m in said(wang, town) if "对应哪一条" in words(m)]
    wang.presses(questions[-1], "县1-0412-02")
    await town.settle()
    await town.passes(seconds=3)

    assert "照片 3 张" in card_of(wang, town, "县1-0412-02").caption
    assert "整改措施：都清完了" in inspector.chat(town.bot).last.caption
    assert "【已交办】" in card_of(wang, town, "县1-0412-01").caption


async def test_the_question_is_answered_by_a_place_in_words(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector, HEAP)
    await file(town, inspector, ROAD, seed=3)
    wang.sends_photo(town.bot, photo("clean"))
    await town.settle()

    wang.sends(town.bot, "高寨")
    await town.settle()

    assert "【待核查】" in card_of(wang, town, "县1-0412-02").caption


async def test_an_answered_question_takes_no_second_tap(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector, HEAP)
    await file(town, inspector, POND, seed=3)
    wang.sends_photo(town.bot, photo("clean"))
    await town.settle()
    question = wang.chat(town.bot).last
    wang.presses(question, "县1-0412-01")
    await town.settle()

    told = await answered(town, wang.presses(question, "县1-0412-02"))

    assert "已经回答" in told
    assert "【已交办】" in card_of(wang, town, "县1-0412-02").caption


async def test_not_this_one_takes_the_photo_out_and_asks(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector, HEAP)
    await file(town, inspector, POND, seed=3)

    wang.sends_album(town.bot, [photo("clean", seed=n) for n in (1, 2)], caption="任庄村口已清")
    await town.settle()
    wang.presses(next(m for m in said(wang, town) if "对应哪一条" in words(m)), "县1-0412-01")
    await town.settle()
    wang.sends_photo(town.bot, photo("clean", seed=7))
    await town.settle()
    line = wang.chat(town.bot).last
    wang.presses(line, "不是这条")
    await town.settle()

    assert "【已交办】" in card_of(wang, town, "县1-0412-02").caption
    question = wang.chat(town.bot).last
    wang.presses(question, "县1-0412-01")
    await town.settle()
    assert "照片 3 张" in card_of(wang, town, "县1-0412-01").caption


async def test_not_this_one_is_over_after_ten_minutes(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    wang.sends_photo(town.bot, photo("clean"))
    await town.settle()
    line = wang.chat(town.bot).last
    await town.passes(minutes=10, seconds=1)

    told = await answered(town, wang.presses(line, "不是这条"))

    assert told
    assert "【待核查】" in card_of(wang, town, "县1-0412-01").caption


async def test_one_more_photo_after_the_only_entry_was_answered_joins_it(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)

    for seed in range(3):
        wang.sends_photo(town.bot, photo("clean", seed=seed))
        await town.settle()
    await town.passes(seconds=3)

    assert "照片 3 张" in card_of(wang, town, "县1-0412-01").caption


async def test_with_nothing_open_a_photo_is_kept_and_the_contact_told(town: Town) -> None:
    wang = await contact(town)

    wang.sends_photo(town.bot, photo("clean"))
    await town.settle()

    assert "没有待整改的问题" in wang.chat(town.bot).last.text


async def test_in_a_group_chat_a_contacts_photo_tells_nothing(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    group = town.server.group("延津县工作群", members=[wang], bots=[town.bot])
    await town.settle()
    heard = len([m for m in group.messages if m.by_bot])

    wang.sends_photo(group, photo("clean"), caption="清完了")
    await town.settle()

    assert len([m for m in group.messages if m.by_bot]) == heard
    assert "【已交办】" in card_of(wang, town, "县1-0412-01").caption


async def test_a_part_that_comes_after_the_proof_was_taken_back_submits_nothing(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    album = wang.begins_album(town.bot, [photo("clean", seed=n) for n in range(2)])
    album.send(0)
    await town.settle()
    wang.presses(wang.chat(town.bot).last, "撤销")
    await town.settle()

    album.send_rest()
    await town.settle()

    assert "【已交办】" in card.caption


async def test_a_late_proof_is_late(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    town.clock.advance(timedelta(days=3, hours=9, minutes=40))

    wang.sends_photo(town.bot, photo("clean"), reply_to=wang.chat(town.bot).last)
    await town.settle()
    await town.passes(seconds=3)

    assert "超期" in inspector.chat(town.bot).last.caption or "逾期" in inspector.chat(town.bot).last.caption


async def test_undoing_a_signature_keeps_the_time_that_was_granted_since(town: Town) -> None:
    inspector, wang = await leader(town), await contact(town)
    await file(town, inspector)
    card = wang.chat(town.bot).last
    wang.presses(card, "签收")
    await town.settle()
    wang.presses(card, "申请延期")
    await town.settle()
    wang.presses(card, "+3天")
    await town.settle()
    wang.sends(town.bot, "下雨")
    await town.settle()
    inspector.presses(inspector.chat(town.bot).last, "同意")
    await town.settle()

    wang.presses(card, "撤销")
    await town.settle()

    assert "【已交办】" in card.caption
    assert "4月18日" in card.caption

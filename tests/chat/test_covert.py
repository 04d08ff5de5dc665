"""暗访: held, previewed, handed over in the office's name; unknown to everybody else before (SPEC §2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import counts
from tests.drawn import photo
from tests.town.town import Town

CAPTION = "暗访发现延津县王楼镇任庄村村口垃圾堆，限3天"
PLAIN = "延津县王楼镇任庄村村口垃圾堆，限3天"


def words(person: Any, town: Town) -> str:
    """Everything that a person has read in the private chat with the bot."""
    return "\n".join(m.words for m in person.chat(town.bot).messages if m.by_bot is not None)


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


async def counted(town: Town) -> int:
    def total(work: Work) -> int:
        return sum(row.value for row in work.connection.execute(select(counts)).all())

    return await town.app.parts.desk.look(total)


async def test_a_covert_entry_is_held_until_a_leader_hands_it_over_after_a_preview(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    heard = len(contact.chat(town.bot).messages)

    leader.sends_album(town.bot, [photo(seed=n) for n in range(2)], caption=CAPTION)
    await town.settle()
    receipt = leader.chat(town.bot).last
    await town.passes(minutes=30)
    unheard = len(contact.chat(town.bot).messages)
    leader.presses(receipt, "转交办")
    await town.settle()
    preview = leader.chat(town.bot).last
    previewed = preview.words
    leader.presses(preview, "确认转交办")
    await town.settle()
    card = contact.chat(town.bot).last

    assert "暗-0412-01" in receipt.words
    assert "已交办" in receipt.words
    assert receipt.protected
    assert unheard == heard
    assert preview.protected
    assert preview.file is not None
    assert "村口垃圾堆" in previewed
    assert "暗访" not in previewed
    assert "县(市)第一督查小组" not in previewed
    assert "李甲" not in previewed
    assert "09:0" not in previewed
    assert "暗-0412-01" in card.words
    assert "市环境整治攻坚办" in card.words
    assert card.file is not None
    assert "暗访" not in card.words
    assert "督查小组" not in card.words
    assert lines(card.words) == lines(previewed)[1:]


async def test_proof_of_a_covert_entry_goes_to_the_office_which_may_hand_on_the_check(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/0", leader=True)
    group = await town.join("孙戊", Role.INSPECTOR, group="county/1", leader=True)
    office = await town.join("钱丁", Role.OFFICE, track="county")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    leader.sends_photo(town.bot, photo(), caption=PLAIN)
    await town.settle()
    leader.presses(leader.chat(town.bot).last, "转交办")
    await town.settle()
    leader.presses(leader.chat(town.bot).last, "确认转交办")
    await town.settle()

    contact.sends_photo(town.bot, photo("clean"), caption="已清理", reply_to=contact.chat(town.bot).last)
    await town.settle()
    await town.passes(seconds=3)
    check = office.chat(town.bot).last
    office.presses(check, "转区域组核查")
    await town.settle()
    await town.passes(seconds=3)
    passed = group.chat(town.bot).last
    group.presses(passed, "销号")
    await town.settle()
    county_card = next(m for m in contact.chat(town.bot).messages if "暗-0412-01" in m.words and m.file)

    assert "销号" in [button.text for row in passed.buttons for button in row] or "已销号" in passed.words
    assert "已销号" in county_card.words
    assert "督查" not in county_card.words
    assert "待核查" not in words(leader, town).split("暗-0412-01")[0]


async def test_another_words_for_the_county_replace_the_preview(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    leader.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    leader.presses(leader.chat(town.bot).last, "转交办")
    await town.settle()

    leader.presses(leader.chat(town.bot).last, "改文字")
    await town.settle()
    leader.sends(town.bot, "村口积存垃圾，请清运")
    await town.settle()
    leader.presses(leader.chat(town.bot).last, "确认转交办")
    await town.settle()

    card = contact.chat(town.bot).last
    assert "村口积存垃圾，请清运" in card.words
    assert "任庄村" in card.words


async def test_cancelling_a_preview_leaves_nothing_and_tells_nobody(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    leader.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    receipt = leader.chat(town.bot).last
    leader.presses(receipt, "转交办")
    await town.settle()
    preview = leader.chat(town.bot).last
    heard = len(contact.chat(town.bot).messages)

    leader.presses(preview, "取消")
    await town.settle()
    await town.passes(hours=1)

    assert preview.deleted
    assert leader.chat(town.bot).last is receipt
    assert len(contact.chat(town.bot).messages) == heard


async def test_a_member_who_is_no_leader_cannot_hand_over_but_the_leader_is_told(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    member = await town.join("周己", Role.INSPECTOR, group="county/1")

    member.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    await town.passes(seconds=1)
    receipt = member.chat(town.bot).last
    card = leader.chat(town.bot).last
    forged = member.presses(receipt, data="1:preview:1:0")
    await town.settle()

    assert "转交办" not in [button.text for row in receipt.buttons for button in row]
    assert "暗-0412-01" in card.words
    assert card.protected
    assert card.silent
    assert (await forged.answered()).text == "您没有这项操作的权限。"


async def test_without_a_leader_the_office_is_told_and_after_a_day_with_one(town: Town) -> None:
    member = await town.join("周己", Role.INSPECTOR, group="county/2")
    with_leader = await town.join("吴庚", Role.INSPECTOR, group="county/1")
    await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    office = await town.join("钱丁", Role.OFFICE, track="county")

    member.sends_photo(town.bot, photo(), caption="暗访获嘉县照镜镇前李村垃圾堆")
    with_leader.sends_photo(town.bot, photo(seed=3), caption=CAPTION)
    await town.settle()
    await town.passes(seconds=1)
    at_once = words(office, town)
    await town.passes(hours=24)
    next_day = words(office, town)

    without, led = "暗-0412-01", "暗-0412-02"
    assert without in at_once
    assert led not in at_once
    assert led in next_day
    assert next_day.count(without) == at_once.count(without)


async def test_covert_entries_are_in_no_counter_until_they_are_handed_over(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)

    leader.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    hidden = await counted(town)
    leader.presses(leader.chat(town.bot).last, "转交办")
    await town.settle()
    leader.presses(leader.chat(town.bot).last, "确认转交办")
    await town.settle()

    assert hidden == 0
    assert await counted(town) == 1


async def test_a_stale_confirmation_is_answered_kindly(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    office = await town.join("钱丁", Role.OFFICE, track="county")
    leader.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    leader.presses(leader.chat(town.bot).last, "转交办")
    await town.settle()
    preview = leader.chat(town.bot).last
    leader.presses(preview, "确认转交办")
    await town.settle()

    late = leader.presses(preview, data="1:handover:1:2")
    await town.settle()

    assert "已" in (await late.answered()).text
    assert "已转交办延津县" in preview.words
    assert not preview.buttons
    assert "暗-0412-01" not in words(office, town)

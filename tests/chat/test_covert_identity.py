"""As whom a member files: asked once a day, changeable before hand-over, at the price of a new number."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger.tables import entries, events
from tests.drawn import photo
from tests.town.town import Town

CAPTION = "延津县王楼镇任庄村村口垃圾堆，限3天"
NEXT = "延津县司寨乡司寨村坑塘漂浮物"


async def both(town: Town) -> Any:
    """Somebody in 县(市)第一督查小组 and in 督查暗访组, as its leader."""
    person = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    await town.also(person, Role.INSPECTOR, group="county/0", leader=True)
    return person


async def numbers(town: Town) -> list[str]:
    query = select(entries.c.number).order_by(entries.c.id)
    return await town.app.parts.desk.look(lambda work: list(work.connection.execute(query).scalars()))


def labels(message: Any) -> list[str]:
    return [button.text for row in message.buttons for button in row]


async def test_while_nobody_has_said_as_whom_the_entry_is_held_as_covert(town: Town) -> None:
    person = await both(town)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    heard = len(contact.chat(town.bot).messages)

    person.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    await town.passes(hours=2)
    receipt = person.chat(town.bot).last

    assert "暗-0412-01" in receipt.words
    assert "请选择今天以哪个身份登记" in receipt.words
    assert labels(receipt)[:2] == ["县(市)第一督查小组", "督查暗访组"]
    assert receipt.protected
    assert len(contact.chat(town.bot).messages) == heard


async def test_the_answer_stands_for_the_day_and_spends_the_first_number(town: Town) -> None:
    person = await both(town)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    person.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    first = person.chat(town.bot).last

    person.presses(first, "县(市)第一督查小组")
    await town.settle()
    await town.passes(seconds=61)
    told = contact.chat(town.bot).last.words
    person.sends_photo(town.bot, photo(seed=2), caption=NEXT)
    await town.settle()
    second = person.chat(town.bot).last
    switchable = labels(second)
    await town.passes(days=1)
    person.sends_photo(town.bot, photo(seed=3), caption=CAPTION)
    await town.settle()

    assert "县1-0412-01" in first.words
    assert "身份：县(市)第一督查小组" in first.words
    assert "县1-0412-01" in told
    assert "县(市)第一督查小组" in told
    assert "县1-0412-02" in second.words
    assert "切换身份" in switchable
    assert "暗-0413-01" in person.chat(town.bot).last.words
    renumbered = await town.app.parts.desk.look(
        lambda work: work.connection.execute(select(events).where(events.c.kind == "renumbered")).one()
    )
    assert (renumbered.data["old"], renumbered.data["new"]) == ("暗-0412-01", "县1-0412-01")


async def test_one_answer_frees_everything_that_was_held(town: Town) -> None:
    person = await both(town)
    person.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    await town.passes(minutes=20)
    person.sends_photo(town.bot, photo(seed=2), caption=NEXT)
    await town.settle()

    person.presses(person.chat(town.bot).last, "县(市)第一督查小组")
    await town.settle()

    assert await numbers(town) == ["县1-0412-02", "县1-0412-01"]


async def test_the_covert_groups_answer_keeps_the_number(town: Town) -> None:
    person = await both(town)
    person.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()

    person.presses(person.chat(town.bot).last, "督查暗访组")
    await town.settle()

    receipt = person.chat(town.bot).last
    assert "暗-0412-01" in receipt.words
    assert "转交办" in labels(receipt)
    assert await numbers(town) == ["暗-0412-01"]


async def test_switching_identity_on_a_receipt_gives_a_new_number(town: Town) -> None:
    person = await both(town)
    colleague = await town.join("周己", Role.INSPECTOR, group="county/1", leader=True)
    person.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    receipt = person.chat(town.bot).last
    person.presses(receipt, "督查暗访组")
    await town.settle()

    person.presses(receipt, "切换身份")
    await town.settle()
    choice = labels(receipt)
    person.presses(receipt, "县(市)第一督查小组")
    await town.settle()
    colleague.sends(town.bot, "暗-0412-01")
    await town.settle()

    assert choice == ["县(市)第一督查小组", "督查暗访组", "返回"]
    assert await numbers(town) == ["县1-0412-01"]
    assert colleague.chat(town.bot).last.words == "没有这条问题。请核对编号。"


async def test_words_of_a_covert_visit_outweigh_the_answer(town: Town) -> None:
    person = await both(town)
    person.sends_photo(town.bot, photo(), caption=f"暗访{CAPTION}")
    await town.settle()

    person.presses(person.chat(town.bot).last, "县(市)第一督查小组")
    await town.settle()
    await town.passes(minutes=10)

    receipt = person.chat(town.bot).last
    assert "暗-0412-02" in receipt.words
    assert "身份：县(市)第一督查小组" in receipt.words
    assert "暂不交办" in receipt.words


@pytest.mark.parametrize("word", ["暗访", "打开暗访"])
async def test_the_switch_makes_everything_covert_until_it_is_turned_back(town: Town, word: str) -> None:
    person = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    person.sends(town.bot, "暗访" if word == "暗访" else "明访")
    await town.settle()
    if word != "暗访":
        person.presses(person.chat(town.bot).last, word)
        await town.settle()

    person.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    covert = person.chat(town.bot).last.words
    person.sends(town.bot, "明访")
    await town.settle()
    said = person.chat(town.bot).last.words
    person.sends_photo(town.bot, photo(seed=2), caption=NEXT)
    await town.settle()

    assert "暗-0412-01" in covert
    assert "暂不交办" in covert
    assert said.startswith("已回到明访")
    assert "县1-0412-01" in person.chat(town.bot).last.words


async def test_an_entry_can_be_made_covert_and_open_again_on_its_receipt(town: Town) -> None:
    person = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    heard = len(contact.chat(town.bot).messages)
    person.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    first = person.chat(town.bot).last

    person.presses(first, "改为暗访")
    await town.settle()
    await town.passes(minutes=10)
    unheard = len(contact.chat(town.bot).messages)
    covert = person.chat(town.bot).last
    person.presses(covert, "改为明察")
    await town.settle()
    await town.passes(seconds=61)

    assert first.deleted
    assert covert.protected
    assert unheard == heard
    assert await numbers(town) == ["县1-0412-02"]
    assert "县1-0412-02" in contact.chat(town.bot).last.words


async def test_after_hand_over_nothing_changes_any_more(town: Town) -> None:
    person = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    person.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    await town.passes(seconds=61)

    press = person.presses(person.chat(town.bot).last, data="1:mode:1:0:covert")
    await town.settle()

    assert "已交办" in (await press.answered()).text
    assert await numbers(town) == ["县1-0412-01"]


async def test_oversight_files_under_an_office_number_and_the_office_checks(town: Town) -> None:
    overseer = await town.join("郑辛", Role.OVERSIGHT)
    office = await town.join("钱丁", Role.OFFICE, track="county")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")

    overseer.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    receipt = overseer.chat(town.bot).last.words
    await town.passes(seconds=61)
    card = contact.chat(town.bot).last
    contact.sends_photo(town.bot, photo("clean"), caption="已清理", reply_to=card)
    await town.settle()
    await town.passes(seconds=3)

    assert "办-0412-01" in receipt
    assert "市「敢转争」督导组" in receipt
    assert "办-0412-01" in card.words
    office.presses(office.chat(town.bot).last, "销号")
    await town.settle()
    assert "已销号" in office.chat(town.bot).last.words


async def test_whoever_does_not_answer_is_asked_once_more_and_after_a_day_the_office_hears(
    town: Town,
) -> None:
    person = await both(town)
    office = await town.join("钱丁", Role.OFFICE, track="county")
    person.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    first = person.chat(town.bot).last

    await town.passes(minutes=15)
    again = person.chat(town.bot).last
    await town.passes(minutes=15)
    last = person.chat(town.bot).last
    at_first = [message.words for message in office.chat(town.bot).messages]
    await town.passes(hours=24)

    assert again is not first
    assert last is again
    assert "请选择今天以哪个身份登记" in again.words
    assert not any("暗-0412-01" in said for said in at_first)
    assert any("暗-0412-01" in message.words for message in office.chat(town.bot).messages)


async def test_an_unconfirmed_preview_leaves_no_words_behind_when_the_entry_turns_open(town: Town) -> None:
    person = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    person.sends(town.bot, "暗访")
    await town.settle()
    person.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    receipt = person.chat(town.bot).last
    person.presses(receipt, "转交办")
    await town.settle()
    person.presses(person.chat(town.bot).last, "改文字")
    await town.settle()
    person.sends(town.bot, "另一句话")
    await town.settle()

    person.presses(receipt, "改为明察")
    await town.settle()
    await town.passes(seconds=61)

    assert "另一句话" not in contact.chat(town.bot).last.words
    assert "村口垃圾堆" in contact.chat(town.bot).last.words


async def test_the_word_for_switching_answers_before_anything_is_filed(town: Town) -> None:
    person = await both(town)
    person.sends(town.bot, "切换")
    await town.settle()

    press = person.presses(person.chat(town.bot).last, "县(市)第一督查小组")
    await town.settle()
    person.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()

    assert (await press.answered()).text == "今天以县(市)第一督查小组登记。"
    assert await numbers(town) == ["县1-0412-01"]

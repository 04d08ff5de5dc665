"""A city leader hands something over: no question ever, an office makes it an entry, a report at the end."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger.tables import entries
from tests.drawn import photo
from tests.town.town import Town

TAKEN = "收到，已转攻坚办，办结后向您报告。"


def labels(message: Any) -> list[str]:
    return [button.text for row in message.buttons for button in row]


def said(person: Any, town: Town) -> list[str]:
    return [m.words for m in person.chat(town.bot).messages if m.by_bot is not None and not m.deleted]


async def people(town: Town) -> tuple[Any, Any, Any]:
    leader = await town.join("冯市长", Role.CITY_LEADER)
    county = await town.join("钱丁", Role.OFFICE, track="county")
    district = await town.join("卫戊", Role.OFFICE, track="district")
    return leader, county, district


async def test_a_photo_with_a_place_goes_to_that_tracks_office_alone(town: Town) -> None:
    leader, county, district = await people(town)
    before = len(said(district, town))

    leader.sends_photo(town.bot, photo(), caption="延津县王楼镇路边垃圾太多")
    await town.settle()
    await town.passes(seconds=3)
    card = county.chat(town.bot).last

    assert said(leader, town)[-1] == TAKEN
    assert "延津县王楼镇路边垃圾太多" in card.words
    assert card.file is not None
    assert labels(card)[0] == "登记：延津县"
    assert len(said(district, town)) == before


async def test_what_comes_apart_within_two_minutes_is_one_and_is_answered_once(town: Town) -> None:
    leader, county, district = await people(town)
    before, elsewhere = len(said(leader, town)), len(said(district, town))

    leader.sends_photo(town.bot, photo())
    await town.settle()
    await town.passes(seconds=40)
    leader.sends_voice(town.bot, b"OggS" + bytes(400))
    await town.settle()
    await town.passes(seconds=60)
    leader.sends(town.bot, "延津县王楼镇")
    await town.settle()
    await town.passes(seconds=3)

    assert said(leader, town)[before:] == [TAKEN]
    assert "照片 1 · 附件 1" in county.chat(town.bot).last.words
    assert len(said(district, town)) == elsewhere


async def test_an_album_of_a_leader_is_one(town: Town) -> None:
    leader, county, _ = await people(town)
    before = len(said(leader, town))

    leader.sends_album(town.bot, [photo(seed=n) for n in range(3)], caption="延津县王楼镇")
    await town.settle()
    await town.passes(seconds=3)

    assert said(leader, town)[before:] == [TAKEN]
    assert "照片 3" in county.chat(town.bot).last.words


@pytest.mark.parametrize("words", ["请关注一下沿路垃圾", "收到吗？", "再次"])
async def test_an_unclear_place_goes_to_both_and_the_first_takes_it(town: Town, words: str) -> None:
    leader, county, district = await people(town)
    leader.sends(town.bot, words)
    await town.settle()
    await town.passes(seconds=3)
    cards = [one.chat(town.bot).last for one in (county, district)]
    offered = [labels(card) for card in cards]

    county.presses(cards[0], "我来办")
    await town.settle()
    late = district.presses(cards[1], data="1:htake:1:0")
    await town.settle()

    assert said(leader, town)[-1] == TAKEN
    assert offered == [["我来办"]] * 2
    assert "延津县" in labels(cards[0])
    assert "已由钱丁办理" in (await late.answered()).text
    assert cards[1].words == "市领导交办的这件事已由另一攻坚办办理。"
    assert not cards[1].buttons


async def test_from_the_leader_to_the_county_and_back_with_the_picture(town: Town) -> None:
    leader, county, _ = await people(town)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    leader.sends_photo(town.bot, photo(seed=8), caption="延津县王楼镇任庄村垃圾堆")
    await town.settle()
    await town.passes(seconds=3)

    county.presses(county.chat(town.bot).last, "登记：延津县")
    await town.settle()
    receipt = county.chat(town.bot).last
    county.presses(receipt, "交办")
    await town.settle()
    card = contact.chat(town.bot).last
    contact.sends_photo(town.bot, photo("clean"), caption="已清理", reply_to=card)
    await town.settle()
    await town.passes(seconds=3)
    county.presses(county.chat(town.bot).last, "销号")
    await town.settle()
    early = said(leader, town)[-1]
    await town.passes(minutes=10)
    report = leader.chat(town.bot).last
    await town.passes(hours=1)

    assert "办-0412-01" in receipt.words
    assert "领导视察" in receipt.words
    assert "任庄村垃圾堆" in card.words
    assert "冯市长" not in card.words
    assert early == TAKEN
    assert "已办结（办-0412-01）" in report.words
    assert report.file is not None
    assert sum("已办结" in words for words in said(leader, town)) == 1


async def test_without_words_the_office_writes_them(town: Town) -> None:
    leader, county, _ = await people(town)
    leader.sends_photo(town.bot, photo())
    await town.settle()
    await town.passes(minutes=2, seconds=1)

    county.presses(county.chat(town.bot).last, "我来办")
    await town.settle()
    county.presses(county.chat(town.bot).last, "延津县")
    await town.settle()
    asked = county.chat(town.bot).last.words
    county.sends(town.bot, "王楼镇任庄村垃圾堆")
    await town.settle()

    row = await town.app.parts.desk.look(lambda work: work.connection.execute(select(entries)).one())
    assert "请说一句地点和问题" in asked
    assert (row.number, row.region, row.township, row.source) == ("办-0412-01", "延津县", "王楼镇", "leader")


async def test_a_word_of_thanks_needs_no_entry(town: Town) -> None:
    leader, county, _ = await people(town)
    leader.sends(town.bot, "延津县辛苦了")
    await town.settle()
    await town.passes(seconds=3)
    before = len(said(leader, town))

    county.presses(county.chat(town.bot).last, "无需登记")
    await town.settle()
    await town.passes(hours=1)

    assert "无需登记" in county.chat(town.bot).last.words
    assert not county.chat(town.bot).last.buttons
    assert len(said(leader, town)) == before


async def test_a_place_of_the_other_track_is_passed_on(town: Town) -> None:
    leader, county, district = await people(town)
    leader.sends(town.bot, "延津县，不对，是卫滨区胜利路的占道经营")
    await town.settle()
    await town.passes(seconds=3)
    first = next(one for one in (county, district) if "市领导交办" in one.chat(town.bot).last.words)
    second = district if first is county else county

    first.presses(first.chat(town.bot).last, "转另一攻坚办")
    await town.settle()

    assert "市领导交办" in second.chat(town.bot).last.words
    assert first.chat(town.bot).last.words == "市领导交办的这件事已由另一攻坚办办理。"


async def test_the_originals_can_be_heard(town: Town) -> None:
    leader, county, _ = await people(town)
    leader.sends(town.bot, "延津县王楼镇")
    leader.sends_voice(town.bot, b"OggS" + bytes(400))
    await town.settle()
    await town.passes(seconds=3)

    county.presses(county.chat(town.bot).last, "看原件")
    await town.settle()

    assert [m.words for m in county.chat(town.bot).messages[-2:]] == ["延津县王楼镇", ""]
    assert county.chat(town.bot).last.file.kind == "voice"


async def test_a_leader_still_gets_the_ledger_and_an_entry_by_its_number(town: Town) -> None:
    leader, county, _ = await people(town)
    county.sends(town.bot, "交办：延津县王楼镇任庄村垃圾堆")
    await town.settle()

    leader.sends(town.bot, "办-0412-01")
    await town.settle()
    leader.sends(town.bot, "要加快", reply_to=leader.chat(town.bot).last)
    await town.settle()
    await town.passes(seconds=3)

    assert said(leader, town)[-1] == TAKEN
    assert "办-0412-01" in said(leader, town)[-2]
    assert "针对 办-0412-01" in county.chat(town.bot).last.words


async def test_what_a_caller_told_a_leader_goes_to_the_county_only_as_written_anew(town: Town) -> None:
    leader, county, _ = await people(town)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    leader.sends_photo(
        town.bot, photo(seed=8), caption="刚有群众某甲来电反映，延津县王楼镇任庄村某甲家门口垃圾堆"
    )
    await town.settle()
    await town.passes(seconds=3)

    county.presses(county.chat(town.bot).last, "登记：延津县")
    await town.settle()
    receipt = county.chat(town.bot).last.words
    for forged in ("1:assign:1:0", "1:handover:1:0"):
        county.presses(county.chat(town.bot).last, data=forged)
        await town.settle()
    county.presses(county.chat(town.bot).last, "交办")
    await town.settle()
    asked = county.chat(town.bot).last.words
    for label in ("用这句", "确认转交办"):
        county.presses(county.chat(town.bot).last, label)
        await town.settle()
    card = contact.chat(town.bot).last
    contact.sends_photo(town.bot, photo("clean"), caption="已清理", reply_to=card)
    await town.settle()
    await town.passes(seconds=3)
    county.presses(county.chat(town.bot).last, "销号")
    await town.settle()
    await town.passes(minutes=10)

    assert "只留攻坚办" in receipt
    assert "不写举报人" in asked
    assert "王楼镇任庄村：生活垃圾" in card.words
    assert card.file is None
    assert "某甲" not in "\n".join(said(contact, town))
    assert "已办结" in leader.chat(town.bot).last.words
    assert leader.chat(town.bot).last.file is not None


async def test_a_visit_of_a_leader_that_tells_of_a_caller_is_a_callers_too(town: Town) -> None:
    _, county, _ = await people(town)
    county.sends(town.bot, "登记来源问题")
    await town.settle()
    county.presses(county.chat(town.bot).last, "领导视察")
    await town.settle()

    county.sends_photo(town.bot, photo(), caption="延津县王楼镇任庄村垃圾堆，村民反映多次")
    await town.settle()

    row = await town.app.parts.desk.look(lambda work: work.connection.execute(select(entries)).one())
    assert row.source == "public"

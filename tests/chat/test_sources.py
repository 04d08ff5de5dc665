"""Other sources: filed by an office without a photo, held, verified by a group where the office wants it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger.tables import entries, photos
from bot.services.looking import export
from tests.drawn import photo
from tests.town.town import Town

CALLER = "138" + "1234" * 2  # put together: nobody's number stands in a file
REPORT = f"举报：延津县王楼镇任庄村垃圾堆，村民某甲反映，电话{CALLER}"
SAID = ("某甲", CALLER, "反映")


def labels(message: Any) -> list[str]:
    return [button.text for row in message.buttons for button in row]


def heard(person: Any, town: Town) -> str:
    return "\n".join(m.words for m in person.chat(town.bot).messages if m.by_bot is not None)


def newest(person: Any, town: Town) -> Any:
    """The newest message of the bot."""
    return next(m for m in reversed(person.chat(town.bot).messages) if m.by_bot is not None)


async def one(town: Town) -> Any:
    return await town.app.parts.desk.look(lambda work: work.connection.execute(select(entries)).one())


async def test_a_text_that_begins_with_a_source_is_an_entry_and_held(town: Town) -> None:
    office = await town.join("钱丁", Role.OFFICE, track="county")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    before = len(contact.chat(town.bot).messages)

    office.sends(town.bot, "曝光：延津县王楼镇任庄村垃圾堆")
    await town.settle()
    await town.passes(hours=1)
    receipt = office.chat(town.bot).last
    held = len(contact.chat(town.bot).messages)
    office.presses(receipt, "交办")
    await town.settle()

    assert "办-0412-01" in receipt.words
    assert "媒体曝光" in receipt.words
    assert held == before
    assert "办-0412-01" in contact.chat(town.bot).last.words
    assert "市环境整治攻坚办" in contact.chat(town.bot).last.words


async def test_a_source_without_a_place_is_no_entry(town: Town) -> None:
    office = await town.join("钱丁", Role.OFFICE, track="county")

    office.sends(town.bot, "举报电话是多少")
    await town.settle()

    assert "登记来源问题" in office.chat(town.bot).last.words


async def test_the_menu_asks_for_the_source_and_then_for_words(town: Town) -> None:
    office = await town.join("钱丁", Role.OFFICE, track="county")
    office.sends(town.bot, "登记来源问题")
    await town.settle()
    offered = labels(office.chat(town.bot).last)
    office.presses(office.chat(town.bot).last, "上级交办")
    await town.settle()
    asked = office.chat(town.bot).last.words

    office.sends(town.bot, "延津县王楼镇任庄村垃圾堆，限3天")
    await town.settle()

    assert offered == ["群众举报", "媒体曝光", "领导视察", "重点问题交办", "上级交办"]
    assert asked == "上级交办：请发一句地点和问题，可附照片"
    row = await one(town)
    assert (row.number, row.source, row.state) == ("办-0412-01", "superior", "filed")


async def test_photos_may_come_first_or_with_the_words(town: Town) -> None:
    office = await town.join("钱丁", Role.OFFICE, track="county")
    office.sends(town.bot, "登记来源问题")
    await town.settle()
    office.presses(office.chat(town.bot).last, "媒体曝光")
    await town.settle()

    office.sends_photo(town.bot, photo())
    await town.settle()
    office.sends(town.bot, "延津县王楼镇任庄村垃圾堆")
    await town.settle()

    row = await one(town)
    assert (row.source, row.state) == ("media", "filed")
    assert "照片 1" in office.chat(town.bot).messages[-2].words or "照片 1" in heard(office, town)


async def test_others_cannot_file_sources(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")

    inspector.sends(town.bot, "登记来源问题")
    await town.settle()
    inspector.sends(town.bot, "举报：延津县王楼镇任庄村垃圾堆")
    await town.settle()

    assert "您没有这项操作的权限。" in heard(inspector, town)
    assert (await one(town)).source == "group"


async def test_of_a_report_by_the_public_the_county_reads_only_what_was_written(town: Town) -> None:
    office = await town.join("钱丁", Role.OFFICE, track="county")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    office.sends_photo(town.bot, photo(), caption=REPORT)
    await town.settle()

    office.presses(office.chat(town.bot).last, "交办")
    await town.settle()
    asked = office.chat(town.bot).last.words
    office.sends(town.bot, "村内积存垃圾，请清运")
    await town.settle()
    preview = office.chat(town.bot).last
    previewed = preview.words
    office.presses(preview, "确认转交办")
    await town.settle()
    card = contact.chat(town.bot).last

    assert "不写举报人" in asked
    assert "「王楼镇任庄村：生活垃圾」" in asked
    assert "村内积存垃圾，请清运" in previewed
    assert preview.file is None
    assert "村内积存垃圾，请清运" in card.words
    assert card.file is None
    assert not any(word in heard(contact, town) for word in SAID)


async def test_a_forged_press_cannot_send_a_callers_words(town: Town) -> None:
    office = await town.join("钱丁", Role.OFFICE, track="county")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    office.sends(town.bot, REPORT)
    await town.settle()
    before = len(contact.chat(town.bot).messages)

    for data in ("1:assign:1:0", "1:handover:1:0"):
        office.presses(office.chat(town.bot).last, data=data)
        await town.settle()
    await town.passes(hours=1)

    assert len(contact.chat(town.bot).messages) == before


async def test_words_made_of_place_and_kind_can_be_taken_with_one_tap(town: Town) -> None:
    office = await town.join("钱丁", Role.OFFICE, track="county")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    office.sends(town.bot, REPORT)
    await town.settle()
    office.presses(office.chat(town.bot).last, "交办")
    await town.settle()

    office.presses(office.chat(town.bot).last, "用这句")
    await town.settle()
    office.presses(office.chat(town.bot).last, "确认转交办")
    await town.settle()

    assert "王楼镇任庄村：生活垃圾" in contact.chat(town.bot).last.words


async def test_a_group_verifies_a_report_and_its_words_and_photos_go_to_the_county(town: Town) -> None:
    office = await town.join("钱丁", Role.OFFICE, track="county")
    group = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    office.sends_photo(town.bot, photo(seed=1), caption=REPORT)
    await town.settle()
    office.presses(office.chat(town.bot).last, "转督查组核实")
    await town.settle()
    task = group.chat(town.bot).last
    told = task.words

    group.sends_album(town.bot, [photo(seed=n) for n in (5, 6)], caption="村口积存垃圾约2立方", reply_to=task)
    await town.settle()
    await town.passes(seconds=61)
    card = contact.chat(town.bot).last
    contact.sends_photo(town.bot, photo("clean"), caption="已清理", reply_to=card)
    await town.settle()
    await town.passes(seconds=3)
    group.presses(group.chat(town.bot).last, "销号")
    await town.settle()

    assert "请核实" in told
    assert "王楼镇" in told
    assert not any(word in told for word in SAID)
    assert "村口积存垃圾约2立方" in card.words
    assert card.file is not None
    assert not any(word in heard(contact, town) + heard(group, town) for word in SAID)
    assert (await one(town)).state == "closed"
    kinds = await town.app.parts.desk.look(
        lambda work: sorted(work.connection.execute(select(photos.c.kind)).scalars())
    )
    assert kinds == ["after", "before", "before", "source"]


async def test_photos_and_words_of_a_verification_may_come_apart(town: Town) -> None:
    office = await town.join("钱丁", Role.OFFICE, track="county")
    group = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    office.sends(town.bot, REPORT)
    await town.settle()
    office.presses(office.chat(town.bot).last, "转督查组核实")
    await town.settle()
    task = group.chat(town.bot).last

    group.sends_photo(town.bot, photo(seed=5), reply_to=task)
    await town.settle()
    asked = group.chat(town.bot).last.words
    group.sends(town.bot, "村口积存垃圾")
    await town.settle()
    await town.passes(seconds=61)

    row = await one(town)
    assert "请用一句话说明看到的情况" in asked
    assert (row.state, row.public_text, row.checker) == ("assigned", "村口积存垃圾", "county/1")


@pytest.mark.parametrize("words", ["现场整洁，未发现问题", ""])
async def test_a_group_that_finds_nothing_gives_it_back_to_the_office(town: Town, words: str) -> None:
    office = await town.join("钱丁", Role.OFFICE, track="county")
    group = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    office.sends(town.bot, REPORT)
    await town.settle()
    office.presses(office.chat(town.bot).last, "转督查组核实")
    await town.settle()
    task = group.chat(town.bot).last

    if words:
        group.sends_photo(town.bot, photo("clean"), caption=words, reply_to=task)
    else:
        group.presses(task, "未发现问题")
    await town.settle()
    await town.passes(hours=1)

    row = await one(town)
    assert (row.state, row.checker) == ("filed", None)
    assert "县(市)第一督查小组核实未发现问题" in office.chat(town.bot).last.words
    assert "看问题" in labels(office.chat(town.bot).last)


async def test_after_the_source_was_chosen_a_caption_is_of_that_source(town: Town) -> None:
    """A caller's words must not become another source's, which the county would read."""
    office = await town.join("钱丁", Role.OFFICE, track="county")
    office.sends(town.bot, "登记来源问题")
    await town.settle()
    office.presses(office.chat(town.bot).last, "群众举报")
    await town.settle()
    await town.passes(hours=2)

    office.sends_photo(town.bot, photo(), caption=f"延津县王楼镇任庄村垃圾堆，张三{CALLER}")
    await town.settle()

    assert (await one(town)).source == "public"


@pytest.mark.parametrize(
    "words", ["延津县王楼镇任庄村垃圾堆，村民反映", "交办：延津县王楼镇任庄村垃圾堆，有人投诉"]
)
async def test_words_that_tell_of_a_caller_are_a_callers(town: Town, words: str) -> None:
    office = await town.join("钱丁", Role.OFFICE, track="county")

    office.sends_photo(town.bot, photo(), caption=words)
    await town.settle()

    row = await one(town)
    assert row.source == "public"
    assert "只留攻坚办" in office.chat(town.bot).last.words


async def test_words_corrected_later_may_make_it_a_callers(town: Town) -> None:
    office = await town.join("钱丁", Role.OFFICE, track="county")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    message = office.sends_photo(town.bot, photo(), caption="延津县王楼镇任庄村垃圾堆")
    await town.settle()

    office.edits(message, "延津县王楼镇任庄村垃圾堆，张三举报")
    await town.settle()
    press = office.presses(office.chat(town.bot).last, "交办")
    await town.settle()

    assert (await one(town)).source == "public"
    assert "不写举报人" in office.chat(town.bot).last.words
    assert "张三" not in heard(contact, town)
    await press.answered()


async def test_a_callers_words_are_read_by_the_office_alone(town: Town) -> None:
    """Nobody else reads them: not in the list, not on the card, not in the history, not in the export."""
    office = await town.join("钱丁", Role.OFFICE, track="county")
    readers = [
        await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True),
        await town.join("郑辛", Role.OVERSIGHT),
        await town.join("冯市长", Role.CITY_LEADER),
        await town.join("王乙", Role.CONTACT, region="延津县"),
    ]
    office.sends_photo(town.bot, photo(), caption=REPORT)
    await town.settle()
    office.sends(town.bot, "张三又来电反映", reply_to=office.chat(town.bot).last)
    await town.settle()

    for _ in range(2):
        for reader in readers:
            for asked in ("台账", "办-0412-01", "/find 张三"):
                reader.sends(town.bot, asked)
                await town.settle()
            reader.presses(newest(reader, town), data="1:history:1:0")
            reader.presses(newest(reader, town), data="1:open:1:0")
            await town.settle()
        for press in ("1:preview:1:0", "1:ctake:1:0"):
            office.presses(newest(office, town), data=press)
            await town.settle()
        preview = newest(office, town)
        if "预览" in preview.words:
            office.presses(preview, "确认转交办")
            await town.settle()

    for reader in readers:
        told = "\n".join(words for words in heard(reader, town).split("\n") if "/find" not in words)
        assert not any(word in told for word in SAID)
    exported = await town.app.parts.desk.look(lambda work: [one.values for one in export.entries(work)])
    assert not any(word in str(exported) for word in SAID)
    assert (await one(town)).state == "assigned"


async def tapped_source(town: Town, office: Any, name: str) -> str:
    """「修改」 → 「来源」 → a source; gives the answer of the last press."""
    receipt = next(m for m in reversed(office.chat(town.bot).messages) if "修改" in labels(m))
    for label in ("修改", "来源"):
        office.presses(receipt, label)
        await town.settle()
    pressed = office.presses(receipt, next(one for one in labels(receipt) if name in one))
    await town.settle()
    answer = await pressed.answered(timeout=5)
    return answer.text or ""


async def test_the_source_is_changed_by_a_tap_before_hand_over_and_the_number_stays(town: Town) -> None:
    office = await town.join("钱丁", Role.OFFICE, track="county")
    office.sends(town.bot, "曝光：延津县王楼镇任庄村垃圾堆")
    await town.settle()

    await tapped_source(town, office, "上级交办")
    office.sends(town.bot, "延津县王楼镇任庄村垃圾堆两处")
    await town.settle()

    rows = await town.app.parts.desk.look(
        lambda work: work.connection.execute(select(entries.c.number, entries.c.source)).all()
    )
    assert tuple(rows[0]) == ("办-0412-01", "superior")


async def test_what_becomes_a_callers_by_a_tap_is_withheld_and_given_back_by_another(town: Town) -> None:
    office = await town.join("钱丁", Role.OFFICE, track="county")
    office.sends(town.bot, "登记来源问题")
    await town.settle()
    office.presses(office.chat(town.bot).last, "媒体曝光")
    await town.settle()
    office.sends_photo(town.bot, photo(), caption="延津县王楼镇任庄村垃圾堆")
    await town.settle()

    await tapped_source(town, office, "群众举报")
    withheld = await kinds_of_photos(town)
    offered = labels(newest(office, town))
    await tapped_source(town, office, "媒体曝光")

    assert withheld == ["source"]
    assert offered
    assert (await one(town)).source == "media"
    assert await kinds_of_photos(town) == ["before"]


async def test_what_tells_of_a_caller_stays_a_callers_whatever_is_tapped(town: Town) -> None:
    office = await town.join("钱丁", Role.OFFICE, track="county")
    office.sends_photo(town.bot, photo(), caption=REPORT)
    await town.settle()

    answer = await tapped_source(town, office, "媒体曝光")

    assert "只能按群众举报办理" in answer
    assert (await one(town)).source == "public"
    assert await kinds_of_photos(town) == ["source"]


async def kinds_of_photos(town: Town) -> list[str]:
    """The kinds of all photos, oldest first."""
    return await town.app.parts.desk.look(
        lambda work: list(work.connection.execute(select(photos.c.kind).order_by(photos.c.id)).scalars())
    )

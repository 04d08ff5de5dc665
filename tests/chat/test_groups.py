"""Group chats: what counts there, one short line, everything else in private (SPEC §1 red lines, §2)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from bot.domain.permissions import Role
from bot.handlers import IN_GROUPS, PRESSES
from bot.ledger.desk import Work
from bot.ledger.tables import chats, entries, photos
from bot.ledger.tables import inbox as inbox_table
from tests.drawn import photo
from tests.town.town import Town

CAPTION = "延津县王楼镇任庄村村口垃圾堆，限3天"
TAGGED = f"#问题 {CAPTION}"


async def bound(
    town: Town, *people: Any, group: str = "county/1", every_photo: bool = False, forum: bool = False
) -> Any:
    """A group chat that is bound to an inspection group, with these people in it."""
    chat = town.server.group(
        "第一督查小组", members=list(people), bots=[town.bot], bot_admin=True, forum=forum
    )
    await town.settle()

    def bind(work: Work) -> None:
        if work.connection.execute(select(chats.c.id).where(chats.c.id == chat.id)).first() is None:
            work.connection.execute(chats.insert().values(id=chat.id, kind="supergroup"))
        work.connection.execute(
            update(chats).where(chats.c.id == chat.id).values(group_key=group, every_photo=every_photo)
        )

    await town.app.parts.desk.do(bind)
    return chat


async def rows(town: Town, table: Any) -> list[Any]:
    return await town.app.parts.desk.look(lambda work: list(work.connection.execute(select(table)).all()))


def said(town: Town, chat: Any) -> list[str]:
    """What the bot has written in a chat and not taken back."""
    return [m.words for m in chat.messages if m.by_bot is not None and not m.deleted]


async def test_a_tagged_photo_gets_one_short_line_that_is_edited(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    chat = await bound(town, inspector)
    before = len(said(town, chat))

    inspector.sends_photo(chat, photo(), caption=TAGGED)
    await town.settle()
    filed = said(town, chat)[-1]
    await town.passes(seconds=61)
    lines = said(town, chat)[before:]

    assert filed == "县1-0412-01 延津县王楼镇 · 已登记 · 照片 1"
    assert lines == ["县1-0412-01 延津县王楼镇 · 已交办 · 照片 1"]
    assert "县1-0412-01" in contact.chat(town.bot).last.words


@pytest.mark.parametrize("caption", [CAPTION, "", "今天天气不错"])
async def test_an_untagged_photo_is_none_of_ours(town: Town, caption: str) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    chat = await bound(town, inspector)
    before, private = len(said(town, chat)), len(inspector.chat(town.bot).messages)

    inspector.sends_photo(chat, photo(), caption=caption)
    inspector.sends(chat, "延津县王楼镇任庄村垃圾堆要盯紧")
    await town.settle()

    assert len(said(town, chat)) == before
    assert len(inspector.chat(town.bot).messages) == private
    assert await rows(town, entries) == []
    assert await rows(town, photos) == []


async def test_a_mention_or_a_reply_to_the_bot_counts_as_a_tag(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    chat = await bound(town, inspector)
    inspector.sends(chat, "/bind@inspect_bot")
    await town.settle()
    ours = next(m for m in chat.messages if m.by_bot is not None)

    inspector.sends_photo(chat, photo(), caption=f"@inspect_bot {CAPTION}")
    inspector.sends_photo(chat, photo(seed=4), caption="延津县司寨乡司寨村坑塘漂浮物", reply_to=ours)
    await town.settle()

    found = await rows(town, entries)
    assert [row.number for row in found] == ["县1-0412-01", "县1-0412-02"]
    assert found[0].description == CAPTION


async def test_every_captioned_photo_counts_where_the_group_chose_so(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    chat = await bound(town, inspector, every_photo=True)

    inspector.sends_album(chat, [photo(seed=n) for n in range(3)], caption=CAPTION, caption_on=2)
    inspector.sends_photo(chat, photo(seed=9))
    await town.settle()

    assert len(await rows(town, entries)) == 1
    assert sum(row.kind == "before" for row in await rows(town, photos)) == 3


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_untagged_parts_of_an_album_join_in_any_order(town: Town, order: tuple[int, ...]) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    chat = await bound(town, inspector)

    album = inspector.begins_album(chat, [photo(seed=n) for n in range(3)], captions={1: TAGGED})
    for part in order:
        album.send(part)
        await town.settle()
    await town.passes(seconds=3)

    assert [row.number for row in await rows(town, entries)] == ["县1-0412-01"]
    assert {row.kind for row in await rows(town, photos)} == {"before"}
    assert said(town, chat)[-1].endswith("照片 3")


async def test_references_are_swept_after_a_day(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    chat = await bound(town, inspector)
    inspector.sends_album(chat, [photo(seed=n) for n in range(2)], caption="随手拍")
    await town.settle()

    await town.passes(hours=23)
    kept = len(await rows(town, photos))
    await town.passes(hours=1, seconds=1)

    assert kept == 2
    assert await rows(town, photos) == []


@pytest.mark.parametrize("tag", ["#问题 ", ""])
async def test_a_covert_caption_in_a_group_leaves_nothing_behind(town: Town, tag: str) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    chat = await bound(town, inspector)
    before = len(said(town, chat))

    album = inspector.begins_album(
        chat, [photo(seed=n) for n in range(3)], captions={1: f"{tag}暗访{CAPTION}"}
    )
    album.send(0)
    await town.settle()
    album.send_rest()
    await town.settle()
    await town.passes(minutes=1)

    assert await rows(town, entries) == []
    assert await rows(town, photos) == []
    assert said(town, chat)[before:] == ["暗访请私聊发送。"]
    assert [row.payload for row in await rows(town, inbox_table) if CAPTION in row.payload] == []


@pytest.mark.parametrize("every_photo", [False, True])
@pytest.mark.parametrize(
    "caption",
    [f"暗访 #问题 {CAPTION}", f"暗访{CAPTION}", f"{CAPTION}（暗访）", f"暗访组 @inspect_bot {CAPTION}"],
)
async def test_a_covert_photo_in_a_group_is_always_answered(
    town: Town, caption: str, every_photo: bool
) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    chat = await bound(town, inspector, every_photo=every_photo)
    before, private = len(said(town, chat)), len(inspector.chat(town.bot).messages)

    inspector.sends_photo(chat, photo(), caption=caption)
    await town.settle()
    await town.passes(minutes=20)

    assert said(town, chat)[before:] == ["暗访请私聊发送。"]
    assert len(inspector.chat(town.bot).messages) == private
    assert await rows(town, entries) == []
    assert await rows(town, photos) == []
    assert [row.payload for row in await rows(town, inbox_table) if "王楼" in row.payload] == []


@pytest.mark.parametrize("where", ["unbound", "region"])
async def test_a_covert_photo_is_answered_in_whatever_group_it_was_sent_to(town: Town, where: str) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    chat = await bound(town, inspector, contact)

    def unbind(work: Work) -> None:
        region = "延津县" if where == "region" else None
        work.connection.execute(
            update(chats).where(chats.c.id == chat.id).values(group_key=None, region=region)
        )

    await town.app.parts.desk.do(unbind)
    before = len(said(town, chat))

    inspector.sends_photo(chat, photo(), caption=f"暗访{CAPTION}")
    contact.sends_photo(chat, photo(seed=2), caption="暗访组来过了")
    await town.settle()

    assert said(town, chat)[before:] == ["暗访请私聊发送。"]
    assert await rows(town, entries) == []
    kept = [row.payload for row in await rows(town, inbox_table)]
    assert not [payload for payload in kept if CAPTION in payload or "来过了" in payload]


async def test_words_with_the_tag_after_the_word_covert_are_answered_and_talk_is_not(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    chat = await bound(town, inspector)
    before = len(said(town, chat))

    inspector.sends(chat, "今天暗访大家辛苦了")
    inspector.sends_document(chat, b"%PDF-1.4", "notice.pdf", "暗访工作安排")
    await town.settle()
    talk = len(said(town, chat))
    inspector.sends(chat, f"暗访 #问题 {CAPTION}")
    await town.settle()

    assert talk == before
    assert said(town, chat)[before:] == ["暗访请私聊发送。"]
    assert await rows(town, entries) == []


async def test_an_anonymous_admins_covert_photo_is_answered_and_not_kept(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    chat = await bound(town, inspector)
    before = len(said(town, chat))

    inspector.sends_photo(chat, photo(), caption=f"暗访{CAPTION}", anonymous=True)
    await town.settle()

    assert said(town, chat)[before:] == ["暗访请私聊发送。"]
    assert [row.payload for row in await rows(town, inbox_table) if "王楼" in row.payload] == []


async def test_an_album_that_turns_covert_is_held_and_its_line_taken_back(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    chat = await bound(town, inspector)
    before, heard = len(said(town, chat)), len(contact.chat(town.bot).messages)

    album = inspector.begins_album(
        chat, [photo(seed=n) for n in range(2)], captions={0: TAGGED, 1: "#问题 暗访"}
    )
    album.send(0)
    await town.settle()
    album.send(1)
    await town.settle()
    await town.passes(minutes=10)

    assert said(town, chat)[before:] == ["暗访请私聊发送。"]
    assert "暗-0412-01" in inspector.chat(town.bot).last.words
    assert len(contact.chat(town.bot).messages) == heard


async def test_an_anonymous_admin_is_asked_to_come_forward(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    chat = await bound(town, inspector)
    before = len(said(town, chat))

    inspector.sends_photo(chat, photo(), caption=TAGGED, anonymous=True)
    await town.settle()

    assert said(town, chat)[before:] == ["请以本人身份发送。"]
    assert await rows(town, entries) == []


async def test_details_go_to_the_private_chat_of_whoever_may_see_them(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    colleague = await town.join("周己", Role.INSPECTOR, group="county/1", leader=True)
    foreign = await town.join("吴庚", Role.INSPECTOR, group="county/4")
    stranger = town.server.person("路人")
    chat = await bound(town, inspector, colleague, foreign, stranger)
    inspector.sends_photo(chat, photo(), caption=TAGGED)
    await town.settle()
    line = chat.last

    own = inspector.presses(line, "私聊看详情")
    other = colleague.presses(line, "私聊看详情")
    refused = [one.presses(line, "私聊看详情") for one in (foreign, stranger)]
    await town.settle()

    assert "村口垃圾堆" in inspector.chat(town.bot).last.words
    assert "村口垃圾堆" in colleague.chat(town.bot).last.words
    assert (await own.answered()).text == (await other.answered()).text == "已发到您的私聊。"
    for press in refused:
        assert (await press.answered()).text == "只有本组成员可以操作。"
    assert "村口" not in "".join(said(town, chat))
    assert "任庄村" not in "".join(said(town, chat))


async def test_whoever_blocked_the_bot_is_led_to_it_by_a_link(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    chat = await bound(town, inspector)
    inspector.sends_photo(chat, photo(), caption=TAGGED)
    await town.settle()
    inspector.blocks(town.bot)
    await town.settle()

    press = inspector.presses(chat.last, "私聊看详情")
    await town.settle()
    link = (await press.answered()).url
    inspector.opens(town.bot, link.partition("start=")[2])
    await town.settle()

    assert link.startswith("https://t.me/inspect_bot?start=e")
    assert "村口垃圾堆" in inspector.chat(town.bot).last.words


async def test_a_member_of_another_group_is_turned_away(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    foreign = await town.join("吴庚", Role.INSPECTOR, group="county/4")
    chat = await bound(town, inspector, foreign)
    before = len(said(town, chat))

    foreign.sends_photo(chat, photo(), caption=TAGGED)
    await town.settle()

    assert said(town, chat)[before:] == ["只有本组成员可以操作。"]
    assert await rows(town, entries) == []


async def test_a_contact_is_sent_to_the_private_chat(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    chat = await bound(town, inspector, contact)
    inspector.sends_photo(chat, photo(), caption=TAGGED)
    await town.settle()
    line = chat.last
    await town.passes(seconds=61)

    contact.sends_photo(chat, photo("clean"), caption="已清理", reply_to=line)
    contact.sends(chat, "收到", reply_to=line)
    await town.settle()

    assert said(town, chat)[-1] == "整改照片请私聊发送给机器人。"
    assert "已交办" in line.words


async def test_lines_stay_in_the_topic_they_were_asked_in(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    chat = await bound(town, inspector, forum=True)
    topic = town.server.topic(chat, "问题", inspector)

    inspector.sends_photo(chat, photo(), caption=TAGGED, thread=topic)
    inspector.sends_photo(chat, photo(seed=2), caption="#问题 暗访", thread=topic)
    await town.settle()
    await town.passes(seconds=61)

    ours = [m for m in chat.messages if m.by_bot is not None and m.thread_id]
    assert [m.words.split()[0] for m in ours] == ["县1-0412-01", "暗访请私聊发送。"]
    assert {m.thread_id for m in ours} == {topic}


async def test_words_in_a_group_count_only_when_they_are_meant_for_the_bot(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    chat = await bound(town, inspector)

    inspector.sends_photo(chat, photo(), caption="#问题")
    await town.settle()
    await town.passes(seconds=3)
    inspector.sends(chat, "中午吃什么")
    await town.settle()
    asked = said(town, chat)[-1]
    inspector.sends(chat, CAPTION, reply_to=chat.messages[-2])
    await town.settle()

    assert asked == "收到 1 张，请说一句地点和问题"
    assert [row.description for row in await rows(town, entries)] == [CAPTION]


@pytest.mark.parametrize("word", ["我的", "待办", "暗访", "县1-0412-01", "登记来源问题", "收到", "台账"])
async def test_talk_that_happens_to_be_a_menu_word_is_talk(town: Town, word: str) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    chat = await bound(town, inspector)
    before, private = len(said(town, chat)), len(inspector.chat(town.bot).messages)

    inspector.sends(chat, word)
    await town.settle()

    assert len(said(town, chat)) == before
    assert len(inspector.chat(town.bot).messages) == private


async def test_a_caption_that_turns_covert_by_an_edit_takes_its_line_along(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    chat = await bound(town, inspector)
    heard = len(contact.chat(town.bot).messages)
    message = inspector.sends_photo(chat, photo(), caption=TAGGED)
    await town.settle()
    line = chat.last

    inspector.edits(message, f"#问题 暗访{CAPTION}")
    await town.settle()
    await town.passes(minutes=10)

    assert line.deleted
    assert "暗-0412-01" in inspector.chat(town.bot).last.words
    assert len(contact.chat(town.bot).messages) == heard


async def test_an_untagged_photo_whose_caption_turns_covert_is_answered(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    chat = await bound(town, inspector)
    before = len(said(town, chat))
    message = inspector.sends_photo(chat, photo(), caption="随手拍")
    await town.settle()

    inspector.edits(message, f"暗访{CAPTION}")
    await town.settle()

    assert said(town, chat)[before:] == ["暗访请私聊发送。"]
    assert [row.payload for row in await rows(town, inbox_table) if CAPTION in row.payload] == []


async def test_no_button_of_a_private_chat_does_anything_in_a_group(town: Town) -> None:
    """A press carries what the presser's program sends: the bot does not trust where it comes from."""
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    chief = await town.join("钱丁", Role.OFFICE, track="county")
    chat = await bound(town, inspector, contact, chief)
    inspector.sends_photo(chat, photo(), caption=TAGGED)
    await town.settle()
    await town.passes(seconds=61)
    line = next(message for message in chat.messages if message.by_bot is not None and message.buttons)
    before, known = said(town, chat), await rows(town, entries)

    for act in sorted(set(PRESSES) - IN_GROUPS):
        for person in (inspector, contact, chief):
            for arg in ("", ":0", ":place"):
                person.presses(line, data=f"1:{act}:1:0{arg}")
        await town.settle()
    await town.passes(seconds=3)

    assert said(town, chat) == before
    assert await rows(town, entries) == known

"""Groups and channels: privacy mode, members, administrators, migration, topics."""

from __future__ import annotations

from typing import Any

import pytest
from botside import BotSide, jpeg

from bot.playground.server import Bot, BotApiServer, Person, PlayError


def kinds(updates: list[Any]) -> list[str]:
    return [next(iter(set(update) - {"update_id"})) for update in updates]


def words(updates: list[Any]) -> list[str]:
    return [update["message"].get("text") or update["message"].get("caption", "") for update in updates]


async def test_coming_into_a_group_is_told_twice(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    group = server.group("一组", members=[li], bots=[bot])

    member, service = await call.updates()

    assert member["my_chat_member"]["old_chat_member"]["status"] == "left"
    assert member["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert service["message"]["new_chat_members"][0]["id"] == bot.id
    assert group.id < -1_000_000_000_000


async def test_privacy_mode_hides_all_but_what_is_meant_for_the_bot(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    group = server.group("一组", members=[li], bots=[bot], quietly=True)
    sent = await call.result("sendMessage", chat_id=group.id, text="我在")
    own = group.by_id[sent["message_id"]]

    li.sends(group, "一句话")
    li.sends(group, "@inspect_bot 你好")
    li.sends_photo(group, jpeg(), "延津县")
    li.sends_album(group, [jpeg(), jpeg()], "#问题")
    li.sends(group, "/help@other_bot")
    li.sends(group, "/help@inspect_bot")
    li.sends(group, "/my")
    li.sends_photo(group, jpeg(), "答", reply_to=own)

    assert words(await call.updates()) == ["/help@inspect_bot", "/my", "答"]


async def test_promotion_opens_the_bots_eyes_at_once(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    group = server.group("一组", members=[li], bots=[bot], quietly=True)
    li.sends(group, "unseen")

    li.promotes(bot, group)
    li.sends(group, "seen")

    change, message = await call.updates()
    assert change["my_chat_member"]["new_chat_member"]["status"] == "administrator"
    assert change["my_chat_member"]["new_chat_member"]["can_delete_messages"] is True
    assert message["message"]["text"] == "seen"


async def test_privacy_off_works_from_the_next_entry_on(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    group = server.group("一组", members=[li], bots=[bot], quietly=True)
    bot.privacy = False
    li.sends(group, "still unseen")
    li.removes(bot, group)
    li.adds(bot, group)
    li.sends(group, "seen")

    assert words([u for u in await call.updates() if "text" in u.get("message", {})]) == ["seen"]


async def test_other_bots_are_not_heard(call: BotSide, server: BotApiServer, bot: Bot, li: Person) -> None:
    other = server.bot("7000000002:OTHER", username="other_bot")
    group = server.group("一组", members=[li], bots=[bot, other], bot_admin=True, quietly=True)

    await BotSide(server.url, other.token, call.session).result("sendMessage", chat_id=group.id, text="x")

    assert await call.updates() == []


async def test_supergroups_count_for_themselves_and_small_groups_share(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    large = server.group("大", members=[li], bots=[bot], bot_admin=True, quietly=True)
    small = server.group("小", members=[li], bots=[bot], supergroup=False, bot_admin=True, quietly=True)

    numbers = [li.sends(place, "x").message_id for place in (large, small, bot, large, small)]

    assert numbers == [1, 1, 2, 2, 3]
    assert -1_000_000_000_000 < small.id < 0


async def test_an_upgraded_group_refuses_and_names_its_successor(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    group = server.group("一组", members=[li], bots=[bot], supergroup=False, quietly=True)
    sent = await call.result("sendMessage", chat_id=group.id, text="old")

    new = li.upgrades(group)

    left, came = await call.updates()
    refused = await call("sendMessage", chat_id=group.id, text="x")
    edited = await call("editMessageText", chat_id=group.id, message_id=sent["message_id"], text="y")
    assert left["message"]["migrate_to_chat_id"] == new.id
    assert came["message"]["migrate_from_chat_id"] == group.id
    assert refused == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": new.id},
    }
    assert edited["ok"]
    assert (await call("sendMessage", chat_id=new.id, text="x"))["ok"]


async def test_a_bot_that_was_put_out_is_told_so(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    large = server.group("大", members=[li], bots=[bot], quietly=True)
    small = server.group("小", members=[li], bots=[bot], supergroup=False, quietly=True)
    left = server.group("去", members=[li], bots=[bot], quietly=True)
    li.removes(bot, large)
    li.removes(bot, small)
    await call.result("leaveChat", chat_id=left.id)

    said = [await call.error("sendMessage", chat_id=group.id, text="x") for group in (large, small, left)]

    assert said == [
        "Forbidden: bot was kicked from the supergroup chat",
        "Forbidden: bot was kicked from the group chat",
        "Forbidden: bot is not a member of the supergroup chat",
    ]
    assert (
        await call.error("getChat", chat_id=large.id) == "Forbidden: bot was kicked from the supergroup chat"
    )
    assert (await call.result("getChat", chat_id=small.id))["title"] == "小"
    statuses = [
        u["my_chat_member"]["new_chat_member"]["status"]
        for u in await call.updates()
        if "my_chat_member" in u
    ]
    assert statuses == ["kicked", "kicked", "left"]


async def test_anonymous_administrators_write_as_the_group(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    group = server.group("一组", members=[li], bots=[bot], bot_admin=True, quietly=True)

    li.sends(group, "匿名", anonymous=True)

    (update,) = await call.updates()
    assert update["message"]["from"]["id"] == 1087968824
    assert update["message"]["sender_chat"]["id"] == group.id


async def test_channels_have_posts_without_a_sender_and_their_group_gets_them(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    channel = server.channel("通报", owner=li, bots=[bot])
    group = server.group("讨论", members=[li], bots=[bot], bot_admin=True, quietly=True)
    server.link(channel, group)

    li.sends(channel, "第1期")

    post, carried = await call.updates()
    assert "from" not in post["channel_post"]
    assert carried["message"]["is_automatic_forward"] is True
    assert carried["message"]["from"]["id"] == 777000
    sent = await call.result("sendMessage", chat_id=channel.id, text="第2期")
    assert "from" not in sent


async def test_a_channel_needs_an_administrator(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    channel = server.channel("通报", owner=li, bots=[bot], bot_admin=False)

    assert await call.error("sendMessage", chat_id=channel.id, text="x") == (
        "Bad Request: need administrator rights in the channel chat"
    )
    keyboard = {"keyboard": [["我的"]]}
    li.promotes(bot, channel)
    assert await call.error("sendMessage", chat_id=channel.id, text="x", reply_markup=keyboard) == (
        "Bad Request: inline keyboard expected"
    )


async def test_members_are_looked_up(call: BotSide, server: BotApiServer, bot: Bot, li: Person) -> None:
    wang = server.person("王")
    stranger = server.person("陌")
    group = server.group("一组", members=[li, wang], bots=[bot], bot_admin=True, quietly=True)
    wang.leaves(group)

    async def status(person: Person) -> Any:
        return (await call.result("getChatMember", chat_id=group.id, user_id=person.id))["status"]

    assert (await status(li), await status(wang)) == ("creator", "left")
    assert (
        await call.error("getChatMember", chat_id=group.id, user_id=stranger.id)
        == "Bad Request: member not found"
    )
    assert await call.error("getChatMember", chat_id=group.id) == "Bad Request: invalid user_id specified"
    administrators = await call.result("getChatAdministrators", chat_id=group.id)
    assert [a["user"]["id"] for a in administrators] == [li.id, bot.id]
    assert await call.result("getChatMemberCount", chat_id=group.id) == 2


async def test_permissions_of_a_group_hold_for_the_bot(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    group = server.group("一组", members=[li], bots=[bot], quietly=True)
    group.permissions["can_send_photos"] = False

    said = await call.error("sendPhoto", {"photo": jpeg()}, chat_id=group.id)

    assert said == "Bad Request: not enough rights to send photos to the chat"


async def test_pins_are_told_by_a_service_message(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    group = server.group("一组", members=[li], bots=[bot], quietly=True)
    sent = await call.result("sendMessage", chat_id=group.id, text="置顶")
    pin = {"chat_id": group.id, "message_id": sent["message_id"]}
    refused = await call.error("pinChatMessage", **pin)
    li.promotes(bot, group)
    await call.updates()

    await call.result("pinChatMessage", **pin)

    (update,) = await call.updates()
    assert refused == "Bad Request: not enough rights to manage pinned messages in the chat"
    assert update["message"]["pinned_message"]["text"] == "置顶"
    assert (await call.result("getChat", chat_id=group.id))["pinned_message"]["text"] == "置顶"


async def test_deleting_others_messages_needs_the_right(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    group = server.group("一组", members=[li], bots=[bot], quietly=True)
    first, said = li.sends(group, "一"), li.sends(group, "二")
    refused = await call.error("deleteMessage", chat_id=group.id, message_id=said.message_id)

    li.promotes(bot, group)
    await call.result("deleteMessage", chat_id=group.id, message_id=said.message_id)

    assert refused == "Bad Request: message can't be deleted"
    assert await call.error("deleteMessage", chat_id=group.id, message_id=first.message_id) == (
        "Bad Request: message can't be deleted"
    )


async def test_topics_carry_their_number_and_an_implicit_reply(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    forum = server.group("论坛", members=[li], bots=[bot], bot_admin=True, quietly=True, forum=True)
    topic = server.topic(forum, "延津", li)

    li.sends(forum, "垃圾", thread=topic)

    _, update = await call.updates()
    message = update["message"]
    assert (message["message_thread_id"], message["is_topic_message"]) == (topic, True)
    assert message["reply_to_message"]["forum_topic_created"]["name"] == "延津"
    assert await call.error("sendMessage", chat_id=forum.id, message_thread_id=99, text="x") == (
        "Bad Request: message thread not found"
    )


async def test_a_stranger_to_the_group_cannot_act_in_it(server: BotApiServer, bot: Bot, li: Person) -> None:
    stranger = server.person("陌")
    group = server.group("一组", members=[li], bots=[bot], quietly=True)

    with pytest.raises(PlayError, match="陌 is not in «一组»"):
        stranger.sends(group, "x")


async def test_startgroup_brings_the_bot_and_its_payload(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    group = server.group("一组", members=[li])

    li.adds(bot, group, payload="G1")

    assert words([u for u in await call.updates() if "text" in u.get("message", {})]) == [
        "/start@inspect_bot G1"
    ]

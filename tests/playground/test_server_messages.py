"""Sending, editing, deleting, answering: what works, and the exact words where it does not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botside import BotSide

from bot.clock import SteppedClock
from bot.playground.server import Bot, BotApiServer, Person, PlayError

OK = {
    "inline_keyboard": [
        [{"text": "签收", "callback_data": "ack:1"}, {"text": "退回", "callback_data": "back:1"}]
    ]
}
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


@pytest.fixture
def chat_id(bot: Bot, li: Person) -> int:
    li.opens(bot)
    bot.queue.clear()
    return li.id


async def test_a_message_is_seen_as_it_was_meant(call: BotSide, bot: Bot, li: Person, chat_id: int) -> None:
    sent = await call.result(
        "sendMessage",
        chat_id=chat_id,
        text="<b>县1-0412-03</b> 已登记 &lt;5",
        parse_mode="HTML",
        reply_markup=OK,
        protect_content=True,
        disable_notification=True,
    )

    seen = li.chat(bot).last
    assert seen is not None
    assert seen.text == sent["text"] == "县1-0412-03 已登记 <5"
    assert seen.entities == [{"offset": 0, "length": 10, "type": "bold"}]
    assert [button.text for button in seen.buttons[0]] == ["签收", "退回"]
    assert (seen.protected, seen.silent, sent["has_protected_content"]) == (True, True, True)
    assert "disable_notification" not in sent
    assert await call.updates() == []


BAD_SENDS: list[tuple[dict[str, Any], str]] = [
    ({"text": ""}, "message text is empty"),
    ({"text": " \n\u200b"}, "text must be non-empty"),
    ({"text": "<b></b>", "parse_mode": "html"}, "text must be non-empty"),
    ({"text": "县" * 10923}, "text is too long"),
    ({"text": "县" * 4097}, "message is too long"),
    ({"text": "x", "parse_mode": "rtf"}, "unsupported parse_mode"),
    ({"text": "x", "reply_parameters": "{"}, "can't parse reply parameters JSON object"),
    ({"text": "x", "reply_parameters": "[]"}, "object expected as reply parameters"),
    ({"text": "x", "reply_parameters": "{}"}, 'can\'t find field "message_id"'),
    ({"text": "x", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
    ({"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
    ({"text": "x", "reply_markup": "[]"}, "object expected as reply markup"),
    ({"text": "x", "reply_markup": {"keyboard": ["a"]}}, 'field "keyboard" must be an Array of Arrays'),
    (
        {"text": "x", "reply_markup": {"inline_keyboard": [{"text": "a"}]}},
        'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    ),
    (
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": ""}]]}},
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    (
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"callback_data": "a"}]]}},
        "can't parse inline keyboard button: Can't find field \"text\"",
    ),
    (
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "县" * 22}]]}},
        "BUTTON_DATA_INVALID",
    ),
    (
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "http://localhost:8080"}]]}},
        "inline keyboard button URL 'http://localhost:8080' is invalid: Wrong HTTP URL",
    ),
    ({"text": "x", "link_preview_options": "3"}, "object expected as link preview options"),
]


@pytest.mark.parametrize(("params", "words"), BAD_SENDS)
async def test_a_bad_message_is_refused_in_telegrams_words(
    call: BotSide, chat_id: int, params: dict[str, Any], words: str
) -> None:
    assert await call.error("sendMessage", chat_id=chat_id, **params) == f"Bad Request: {words}"


async def test_the_text_is_looked_at_before_the_chat(call: BotSide) -> None:
    words = await call.error("sendMessage", chat_id=999, text="<br>", parse_mode="HTML")

    assert words == 'Bad Request: can\'t parse entities: Unsupported start tag "br" at byte offset 0'


async def test_the_limits_themselves_are_allowed(call: BotSide, chat_id: int) -> None:
    buttons = {
        "inline_keyboard": [[{"text": "a", "callback_data": "县" * 21}, {"text": "", "callback_data": "b"}]]
    }

    sent = await call.result("sendMessage", chat_id=chat_id, text="县" * 4096, reply_markup=buttons)

    assert len(sent["reply_markup"]["inline_keyboard"][0]) == 1


async def test_a_reply_shows_the_message_once(call: BotSide, bot: Bot, li: Person, chat_id: int) -> None:
    question = li.sends(bot, "在哪里？", reply_to=li.sends(bot, "一"))

    sent = await call.result(
        "sendMessage", chat_id=chat_id, text="这里", reply_parameters={"message_id": question.message_id}
    )

    assert sent["reply_to_message"]["text"] == "在哪里？"
    assert "reply_to_message" not in sent["reply_to_message"]


async def test_a_reply_to_a_missing_message_may_be_forgiven(call: BotSide, chat_id: int) -> None:
    reply = {"message_id": 999, "allow_sending_without_reply": True}

    sent = await call.result("sendMessage", chat_id=chat_id, text="x", reply_parameters=reply)

    assert "reply_to_message" not in sent


async def test_who_cannot_be_written_to(call: BotSide, server: BotApiServer, bot: Bot, li: Person) -> None:
    stranger, known, gone = (server.person(name) for name in ("陌", "识", "无"))
    server.bot("7000000002:OTHER", username="other_bot")
    server.group("一组", members=[li, known], bots=[bot], quietly=True)
    li.opens(bot)
    gone.opens(bot)
    li.blocks(bot)
    server.deactivate(gone)
    bot.known.add(7000000002)

    words = {
        n: await call.error("sendMessage", chat_id=n, text="x")
        for n in (stranger.id, known.id, li.id, gone.id, 7000000002)
    }

    assert list(words.values()) == [
        "Bad Request: chat not found",
        "Forbidden: bot can't initiate conversation with a user",
        "Forbidden: bot was blocked by the user",
        "Forbidden: user is deactivated",
        "Forbidden: the bot can't send messages to the bot",
    ]


async def test_blocking_and_coming_back_are_told(call: BotSide, bot: Bot, li: Person, chat_id: int) -> None:
    li.blocks(bot)
    li.unblocks(bot)

    changes = [u["my_chat_member"]["new_chat_member"]["status"] for u in await call.updates()]

    assert changes == ["kicked", "member"]
    assert (await call("sendMessage", chat_id=chat_id, text="x"))["ok"]


async def test_an_edit_without_a_keyboard_takes_the_keyboard_away(
    call: BotSide, bot: Bot, li: Person, chat_id: int
) -> None:
    sent = await call.result("sendMessage", chat_id=chat_id, text="一", reply_markup=OK)

    edited = await call.result("editMessageText", chat_id=chat_id, message_id=sent["message_id"], text="二")

    assert edited["edit_date"] == edited["date"]
    assert "reply_markup" not in edited
    seen = li.chat(bot).last
    assert seen is not None
    assert (seen.text, seen.buttons, seen.edited) == ("二", [], True)
    assert await call.updates() == []


async def test_edits_are_refused_in_telegrams_words(
    call: BotSide, bot: Bot, li: Person, chat_id: int
) -> None:
    sent = (await call.result("sendMessage", chat_id=chat_id, text="一", reply_markup=OK))["message_id"]
    keys = {"keyboard": [["我的"]]}
    keyed = (await call.result("sendMessage", chat_id=chat_id, text="一", reply_markup=keys))["message_id"]
    theirs = li.sends(bot, "一").message_id

    async def edit(number: int, text: str = "二", method: str = "editMessageText", **more: Any) -> str:
        return await call.error(method, chat_id=chat_id, message_id=number, text=text, **more)

    assert await edit(sent, "一", reply_markup=OK) == NOT_MODIFIED
    assert await edit(999) == "Bad Request: message to edit not found"
    assert await edit(keyed) == "Bad Request: message can't be edited"
    assert await edit(theirs) == "Bad Request: message can't be edited"
    assert await edit(sent, "") == "Bad Request: message text is empty"
    assert await edit(sent, "县" * 4097) == "Bad Request: MESSAGE_TOO_LONG"
    assert await edit(sent, reply_markup=keys) == "Bad Request: inline keyboard expected"
    assert (
        await edit(sent, method="editMessageCaption")
        == "Bad Request: there is no caption in the message to edit"
    )
    assert await call.error("editMessageText", text="x") == "Bad Request: message identifier is not specified"
    words = await call.error("editMessageReplyMarkup", chat_id=chat_id, message_id=sent, reply_markup=OK)
    assert words == NOT_MODIFIED


async def test_old_messages_of_ones_own_can_be_edited_but_not_deleted(
    call: BotSide, chat_id: int, clock: SteppedClock
) -> None:
    sent = (await call.result("sendMessage", chat_id=chat_id, text="一"))["message_id"]
    clock.advance(timedelta(hours=49))

    await call.result("editMessageText", chat_id=chat_id, message_id=sent, text="二")
    words = await call.error("deleteMessage", chat_id=chat_id, message_id=sent)

    assert words == "Bad Request: message can't be deleted for everyone"


async def test_deleting(call: BotSide, bot: Bot, li: Person, chat_id: int) -> None:
    sent = (await call.result("sendMessage", chat_id=chat_id, text="一"))["message_id"]
    theirs = li.sends(bot, "二").message_id

    assert await call.result("deleteMessages", chat_id=chat_id, message_ids=[sent, theirs, 999]) is True

    assert sent not in li.chat(bot).by_id
    assert await call.error("deleteMessage", chat_id=chat_id, message_id=sent) == (
        "Bad Request: message to delete not found"
    )
    assert await call.error("deleteMessage", message_id=1) == "Bad Request: chat identifier is not specified"


async def test_a_press_is_answered_once(call: BotSide, bot: Bot, li: Person, chat_id: int) -> None:
    await call.result("sendMessage", chat_id=chat_id, text="县1-0412-03", reply_markup=OK)
    press = li.presses(await li.hears(bot, "县1"), "签收")

    (update,) = await call.updates()
    query = update["callback_query"]
    await call.result("answerCallbackQuery", callback_query_id=query["id"], text="好", show_alert=True)

    assert (query["data"], query["message"]["text"], query["from"]["id"]) == ("ack:1", "县1-0412-03", li.id)
    answer = await press.answered()
    assert (answer.text, answer.alert) == ("好", True)
    assert await call.error("answerCallbackQuery", callback_query_id=query["id"]) == TOO_OLD
    assert await call.error("answerCallbackQuery", callback_query_id="1") == TOO_OLD


async def test_a_press_goes_stale_by_the_clock(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person, chat_id: int, clock: SteppedClock
) -> None:
    server.switches.callback_seconds = 15
    await call.result("sendMessage", chat_id=chat_id, text="x", reply_markup=OK)
    press = li.presses(await li.hears(bot), data="old:9")

    clock.advance(timedelta(seconds=16))

    assert await call.error("answerCallbackQuery", callback_query_id=press.id) == TOO_OLD


async def test_a_button_of_a_deleted_message_comes_without_its_message(
    call: BotSide, bot: Bot, li: Person, chat_id: int
) -> None:
    sent = await call.result("sendMessage", chat_id=chat_id, text="x", reply_markup=OK)
    message = await li.hears(bot)
    await call.result("deleteMessage", chat_id=chat_id, message_id=sent["message_id"])

    li.presses(message, "签收")

    (update,) = await call.updates()
    assert update["callback_query"]["message"] == {
        "message_id": sent["message_id"],
        "chat": {"id": li.id, "first_name": "李", "username": "li_test", "type": "private"},
        "date": 0,
    }


async def test_a_person_cannot_press_what_is_not_there(
    call: BotSide, bot: Bot, li: Person, chat_id: int
) -> None:
    await call.result("sendMessage", chat_id=chat_id, text="x", reply_markup=OK)
    message = await li.hears(bot)

    with pytest.raises(PlayError, match="no button «销号»"):
        li.presses(message, "销号")


async def test_deep_links_carry_their_payload(call: BotSide, bot: Bot, li: Person) -> None:
    li.opens(bot, "A1b-2_c")
    li.opens(bot, "not a payload")

    texts = [u["message"]["text"] for u in await call.updates()]

    assert texts == ["/start A1b-2_c", "/start"]


async def test_peoples_edits_come_as_edited_messages(call: BotSide, bot: Bot, li: Person) -> None:
    said = li.sends(bot, "延津县 垃圾")
    li.edits(said, "原阳县 垃圾")

    first, second = await call.updates()

    assert first["message"]["text"] == "延津县 垃圾"
    assert second["edited_message"]["text"] == "原阳县 垃圾"
    assert second["edited_message"]["edit_date"]


async def test_forwards_name_their_origin(call: BotSide, server: BotApiServer, bot: Bot, li: Person) -> None:
    wang = server.person("王")
    said = wang.sends(bot, "垃圾")
    li.forwards(said, bot)
    li.forwards(said, bot, hidden=True)

    _, open_one, hidden = await call.updates()

    assert open_one["message"]["forward_origin"]["sender_user"]["id"] == wang.id
    assert hidden["message"]["forward_origin"] == {
        "type": "hidden_user",
        "sender_user_name": "王",
        "date": said.date,
    }


async def test_copying_and_forwarding_by_the_bot(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person, chat_id: int
) -> None:
    secret = await call.result("sendMessage", chat_id=chat_id, text="机密", protect_content=True)
    plain = li.sends(bot, "一")

    async def move(method: str, number: int) -> Any:
        return await call(method, chat_id=chat_id, from_chat_id=chat_id, message_id=number)

    copied = await move("copyMessage", plain.message_id)
    forwarded = await move("forwardMessage", plain.message_id)
    refused = await move("forwardMessage", secret["message_id"])

    assert set(copied["result"]) == {"message_id"}
    assert forwarded["result"]["forward_origin"]["sender_user"]["id"] == li.id
    assert refused["description"] == "Bad Request: message has protected content and can't be forwarded"
    assert (await move("copyMessage", 999))["description"] == "Bad Request: message to copy not found"


async def test_commands_are_kept_per_scope_and_language(call: BotSide, bot: Bot, chat_id: int) -> None:
    commands = [{"command": "/my", "description": "我的"}]
    scope = {"type": "chat", "chat_id": chat_id}

    await call.result("setMyCommands", commands=commands, scope=scope, language_code="zh")

    assert await call.result("getMyCommands", scope=scope, language_code="zh") == [
        {"command": "my", "description": "我的"}
    ]
    assert await call.result("getMyCommands") == []
    bad = [{"command": "我的", "description": "x"}]
    assert await call.error("setMyCommands", commands=bad) == "Bad Request: BOT_COMMAND_INVALID"
    assert await call.result("setMyCommands", scope=scope, language_code="zh") is True
    assert await call.result("getMyCommands", scope=scope, language_code="zh") == []


async def test_actions_reactions_and_names(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person, chat_id: int
) -> None:
    said = li.sends(bot, "一")

    assert await call.result("sendChatAction", chat_id=chat_id, action="typing") is True
    assert await call.error("sendChatAction", chat_id=chat_id, action="sleeping") == (
        "Bad Request: wrong parameter action in request"
    )
    reaction = [{"type": "emoji", "emoji": "👍"}]
    await call.result("setMessageReaction", chat_id=chat_id, message_id=said.message_id, reaction=reaction)
    await call.result("setMyShortDescription", short_description="巡查助手")

    assert said.reactions[bot.id] == reaction
    assert await call.result("getMyShortDescription") == {"short_description": "巡查助手"}


async def test_the_published_limits_can_be_switched_on(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person, clock: SteppedClock
) -> None:
    group = server.group("一组", members=[li], bots=[bot], quietly=True)
    server.switches.limits = True
    answers = []
    for _ in range(21):
        answers.append(await call("sendMessage", chat_id=group.id, text="x"))
        clock.advance(timedelta(seconds=1.1))

    assert [a["ok"] for a in answers] == [True] * 20 + [False]
    assert answers[-1]["error_code"] == 429
    assert answers[-1]["parameters"]["retry_after"] == 38


async def test_what_is_copied_at_once_is_let_in_whole_and_counts_one_by_one(
    server: BotApiServer, call: BotSide, chat_id: int
) -> None:
    first = [(await call.result("sendMessage", chat_id=chat_id, text=f"{n}"))["message_id"] for n in range(7)]
    server.switches.limits = True

    copied = await call("copyMessages", chat_id=chat_id, from_chat_id=chat_id, message_ids=first)
    more = await call("sendMessage", chat_id=chat_id, text="8")

    assert len(copied["result"]) == 7
    assert more["error_code"] == 429

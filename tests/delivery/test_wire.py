"""Answers of the Bot API: the same errors as the library's, and what each means for the message."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.delivery.multipart import Unreadable
from bot.delivery.wire import Kind, NotSent, Outcome, TooLarge, Wire, classify
from tests.delivery.conftest import TOKEN, Scripted

pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after.*")


def refusal(code: int, description: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
    said: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return code, said | ({"parameters": parameters} if parameters else {})


# The server's exact words, and what they mean.
ANSWERS = [
    (refusal(400, "Bad Request: chat not found"), Kind.CHAT_GONE),
    (refusal(403, "Forbidden: bot was blocked by the user"), Kind.BLOCKED),
    (refusal(403, "Forbidden: bot can't initiate conversation with a user"), Kind.BLOCKED),
    (refusal(403, "Forbidden: user is deactivated"), Kind.BLOCKED),
    (refusal(403, "Forbidden: the bot can't send messages to the bot"), Kind.BLOCKED),
    (refusal(403, "Forbidden: bot was kicked from the supergroup chat"), Kind.BLOCKED),
    (refusal(403, "Forbidden: bot is not a member of the channel chat"), Kind.BLOCKED),
    (refusal(403, "Forbidden: the group chat was deleted"), Kind.BLOCKED),
    (refusal(400, "Bad Request: group chat was upgraded to a supergroup chat"), Kind.CHAT_GONE),
    (
        refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1001),
        Kind.MIGRATED,
    ),
    (refusal(400, "Bad Request: need administrator rights in the channel chat"), Kind.NO_RIGHTS),
    (refusal(400, "Bad Request: have no write access to the chat"), Kind.NO_RIGHTS),
    (refusal(400, "Bad Request: not enough rights to send photos to the chat"), Kind.NO_RIGHTS),
    (refusal(400, "Bad Request: not enough rights to manage pinned messages in the chat"), Kind.NO_RIGHTS),
    (
        refusal(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message",
        ),
        Kind.NOT_MODIFIED,
    ),
    (refusal(400, "Bad Request: message to edit not found"), Kind.EDIT_TARGET_GONE),
    (refusal(400, "Bad Request: message can't be edited"), Kind.EDIT_TARGET_GONE),
    (refusal(400, "Bad Request: there is no text in the message to edit"), Kind.EDIT_TARGET_GONE),
    (refusal(400, "Bad Request: there is no caption in the message to edit"), Kind.EDIT_TARGET_GONE),
    (refusal(400, "Bad Request: message media can't be edited"), Kind.EDIT_TARGET_GONE),
    (refusal(400, "Bad Request: message to be replied not found"), Kind.REPLY_TARGET_GONE),
    (refusal(400, "Bad Request: message thread not found"), Kind.THREAD_GONE),
    (refusal(400, "Bad Request: message to delete not found"), Kind.TARGET_GONE),
    (refusal(400, "Bad Request: message can't be deleted"), Kind.TARGET_GONE),
    (refusal(400, "Bad Request: message can't be deleted for everyone"), Kind.TARGET_GONE),
    (refusal(400, "Bad Request: message to pin not found"), Kind.TARGET_GONE),
    (refusal(400, "Bad Request: message to forward not found"), Kind.TARGET_GONE),
    (refusal(400, "Bad Request: the message can't be copied"), Kind.TARGET_GONE),
    (
        refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid"),
        Kind.QUERY_EXPIRED,
    ),
    (
        refusal(400, 'Bad Request: can\'t parse entities: Unsupported start tag "br" at byte offset 6'),
        Kind.OUR_BUG,
    ),
    (refusal(400, "Bad Request: message is too long"), Kind.OUR_BUG),
    (refusal(400, "Bad Request: MESSAGE_TOO_LONG"), Kind.OUR_BUG),
    (refusal(400, "Bad Request: message caption is too long"), Kind.OUR_BUG),
    (refusal(400, "Bad Request: text is too long"), Kind.OUR_BUG),
    (refusal(400, "Bad Request: text must be non-empty"), Kind.OUR_BUG),
    (refusal(400, "Bad Request: message text is empty"), Kind.OUR_BUG),
    (refusal(400, "Bad Request: BUTTON_DATA_INVALID"), Kind.OUR_BUG),
    (refusal(400, "Bad Request: reply markup is too long"), Kind.OUR_BUG),
    (refusal(400, "Bad Request: chat_id is empty"), Kind.OUR_BUG),
    (refusal(404, "Not Found: method not found"), Kind.OUR_BUG),
    (refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"), Kind.BAD_FILE),
    (refusal(400, "Bad Request: IMAGE_PROCESS_FAILED"), Kind.BAD_FILE),
    (refusal(400, "Bad Request: file must be non-empty"), Kind.BAD_FILE),
    (refusal(400, "Bad Request: file is too big"), Kind.BAD_FILE),
    (
        refusal(
            400,
            "Bad Request: file of size 20971520 bytes is too big for a photo; the maximum size is "
            "10485760 bytes",
        ),
        Kind.BAD_FILE,
    ),
    (refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable"), Kind.BAD_FILE),
    (
        refusal(400, "Bad Request: wrong remote file identifier specified: can't unserialize it"),
        Kind.BAD_FILE,
    ),
    (refusal(413, "Request Entity Too Large"), Kind.BAD_FILE),
    ((413, b""), Kind.BAD_FILE),
    (refusal(429, "Too Many Requests: retry after 7", retry_after=7), Kind.RETRY_AFTER),
    ((429, b"<html>slow down</html>"), Kind.RETRY_AFTER),
    (refusal(401, "Unauthorized"), Kind.TOKEN_REVOKED),
    (refusal(401, "Unauthorized: invalid token specified"), Kind.TOKEN_REVOKED),
    (refusal(404, "Not Found"), Kind.TOKEN_REVOKED),
    (refusal(400, "Bad Request: Logged out"), Kind.TOKEN_REVOKED),
    (
        refusal(
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
            "running",
        ),
        Kind.CONFLICT,
    ),
    (refusal(500, "Internal Server Error: restart"), Kind.UNCERTAIN),
    ((502, b"<html>Bad Gateway</html>"), Kind.UNCERTAIN),
    ((504, b""), Kind.UNCERTAIN),
    ((302, b""), Kind.UNCERTAIN),
    ((200, b"<html>a captive portal</html>"), Kind.UNCERTAIN),
]


@pytest.mark.parametrize(("answer", "kind"), ANSWERS, ids=lambda value: str(value)[:60])
async def test_an_answer_means_the_same_by_both_paths_in_any_case(
    server: Scripted, answer: tuple[int, Any], kind: Kind
) -> None:
    server.says("sendMessage", answer)

    async with Wire(TOKEN, server.url) as wire:
        with pytest.raises(TelegramError) as raw:
            await wire.call("sendMessage", {"chat_id": 5, "text": "x"})
        with pytest.raises(TelegramError) as library:
            await wire.bot.send_message(5, "x")

    assert classify(raw.value).kind is kind
    if answer != (429, b"<html>slow down</html>"):
        assert isinstance(raw.value, type(library.value))
        assert classify(library.value).kind is kind
    if isinstance(answer[1], dict) and "parameters" not in answer[1]:
        assert str(raw.value) == str(library.value)


async def test_flood_control_and_migration_carry_their_numbers(server: Scripted) -> None:
    server.says(
        "sendMessage",
        refusal(429, "Too Many Requests: retry after 7", retry_after=7),
        refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009),
    )

    async with Wire(TOKEN, server.url) as wire:
        with pytest.raises(RetryAfter) as flood:
            await wire.call("sendMessage", {"chat_id": 5, "text": "x"})
        with pytest.raises(ChatMigrated) as moved:
            await wire.call("sendMessage", {"chat_id": 5, "text": "x"})

    assert classify(flood.value).retry_after == 7
    assert classify(moved.value).new_chat_id == -1009


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NotSent("no connection"), Kind.NOT_SENT),
        (TimedOut("Pool timeout: … Request was *not* sent to Telegram. Consider …"), Kind.NOT_SENT),
        (TimedOut(), Kind.UNCERTAIN),
        (NetworkError("the connection failed: ServerDisconnectedError"), Kind.UNCERTAIN),
        (asyncio.CancelledError(), Kind.UNCERTAIN),
        (TooLarge("larger"), Kind.BAD_FILE),
        (Unreadable("gone.jpg"), Kind.BAD_FILE),
        (BadRequest("something never seen before"), Kind.OUR_BUG),
        (KeyError("text"), Kind.OUR_BUG),
    ],
)
def test_errors_that_are_no_answers_have_a_kind_too(error: BaseException, kind: Kind) -> None:
    outcome = classify(error)

    assert outcome.kind is kind


@pytest.mark.parametrize(
    ("detail", "helps"),
    [
        ("Can't parse entities: unclosed start tag at byte offset 7", True),
        ("Message is too long", True),
        ("Media_caption_too_long", True),
        ("Button_data_invalid", False),
        ("Message text is empty", False),
    ],
)
def test_plain_text_helps_where_the_text_is_at_fault(detail: str, helps: bool) -> None:
    outcome = Outcome(Kind.OUR_BUG, detail)

    assert outcome.plain_text_may_help is helps


async def test_updates_come_as_raw_values_and_the_answer_may_take_as_long_as_the_poll(
    server: Scripted,
) -> None:
    server.says("getUpdates", (200, {"ok": True, "result": [{"update_id": 9, "message": {"new_field": 1}}]}))

    async with Wire(TOKEN, server.url, read_timeout=3) as wire:
        updates = await wire.get_updates(8, 30, 100, ["message"])

    assert updates == [{"update_id": 9, "message": {"new_field": 1}}]
    assert server.seen[0].params == {"offset": 8, "timeout": 30, "limit": 100, "allowed_updates": ["message"]}


async def test_the_bot_knows_its_own_account(server: Scripted) -> None:
    server.says(
        "getMe", (200, {"ok": True, "result": {"id": 7000000001, "is_bot": True, "username": "x_bot"}})
    )

    async with Wire(TOKEN, server.url) as wire:
        me = await wire.me()

    assert me["username"] == "x_bot"


async def test_an_expired_link_is_refused_by_a_named_error(server: Scripted) -> None:
    async with Wire(TOKEN, server.url) as wire:
        with pytest.raises(InvalidToken):
            await wire.download("photos/gone.jpg")

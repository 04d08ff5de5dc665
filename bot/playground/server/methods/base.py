"""What every method is given, and the checks they share: chats, access, replies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from ..account import Bot
from ..arguments import Arguments
from ..errors import bad, forbidden, too_many
from ..render import message_json
from ..telegram import Telegram
from ..world import Chat, Json, Member, Message

Method = Callable[["Request"], Any]

GROUP_WORDS = {"group": "group chat", "supergroup": "supergroup chat", "channel": "channel chat"}
PERMISSIONS = {
    "text": ("can_send_messages", "text messages"),
    "photo": ("can_send_photos", "photos"),
    "video": ("can_send_videos", "videos"),
    "document": ("can_send_documents", "documents"),
    "audio": ("can_send_audios", "audios"),
    "voice": ("can_send_voice_notes", "voice notes"),
    "video_note": ("can_send_video_notes", "video notes"),
    "animation": ("can_send_other_messages", "animations"),
    "location": ("can_send_messages", "locations"),
    "contact": ("can_send_messages", "contacts"),
}


@dataclass(slots=True)
class Answered:
    """A result with a description beside it, as the webhook methods give."""

    result: Any
    description: str


@dataclass(slots=True)
class Raw:
    """A result that is JSON already."""

    body: bytes


@dataclass(slots=True)
class ReplyTo:
    """Parsed reply_parameters: which message, and whether it may be missing."""

    message_id: int = 0
    chat_id: str = ""
    may_be_missing: bool = False
    quote: str = ""


@dataclass(slots=True)
class Request:
    """One call of a method by a bot."""

    telegram: Telegram
    bot: Bot
    args: Arguments

    def message(self, message: Message) -> Json:
        """A message as this bot sees it."""
        return message_json(self.telegram.files, self.bot, message)

    # --- chats ------------------------------------------------------------------------------------

    def find_chat(self, raw: str, *, empty: str = "chat_id is empty") -> Chat:
        """The chat that an argument names, as far as this bot knows of it.

        Raises:
            ApiError: empty, unknown, a deactivated or foreign account.
        """
        if not raw:
            raise bad(empty)
        if raw.startswith("@"):
            chat = self.telegram.names.get(raw[1:].lower())
            if chat is None:
                raise bad("chat not found")
            return chat
        try:
            number = int(raw)
        except ValueError:
            number = Arguments({"n": raw}, {}).integer("n")
        if number > 0:
            return self._private(number)
        found = self.telegram.chats.get(number)
        if found is None or (self.bot.id not in found.members and not found.username):
            raise bad("chat not found")
        return found

    def _private(self, number: int) -> Chat:
        chat = self.bot.chats.get(number)
        if chat is not None and chat.started and not chat.person_gone:
            return chat
        user = self.telegram.users.get(number)
        if user is None or (number not in self.bot.known and chat is None):
            raise bad("chat not found")
        if user.deactivated:
            raise forbidden("user is deactivated")
        if user.is_bot:
            raise forbidden("the bot can't send messages to the bot")
        return chat or self.telegram.private_chat(self.bot, user)

    def readable(self, chat: Chat) -> Chat:
        """The chat, if this bot may look at it.

        Raises:
            ApiError: kicked from a supergroup or channel; left a private one.
        """
        member = chat.members.get(self.bot.id)
        if chat.type in {"supergroup", "channel"} and member is not None:
            if member.status == "kicked":
                raise forbidden(f"bot was kicked from the {GROUP_WORDS[chat.type]}")
            if not member.inside and not chat.username:
                raise forbidden(f"bot is not a member of the {GROUP_WORDS[chat.type]}")
        return chat

    def editable(self, chat: Chat) -> Chat:
        """The chat, if this bot may change something in it; a migrated basic group is none of its concern.

        Raises:
            ApiError: kicked, left, dissolved.
        """
        if chat.type == "private":
            return chat
        member = chat.members.get(self.bot.id)
        if member is not None and member.status == "kicked":
            raise forbidden(f"bot was kicked from the {GROUP_WORDS[chat.type]}")
        if chat.dissolved and chat.migrated_to is None:
            raise forbidden("the group chat was deleted")
        if (member is None or not member.inside) and chat.migrated_to is None:
            raise forbidden(f"bot is not a member of the {GROUP_WORDS[chat.type]}")
        return chat

    def writable(self, chat: Chat) -> Chat:
        """The chat, if this bot may write into it.

        Raises:
            ApiError: all that `editable` refuses, and a basic group that became a supergroup.
        """
        self.editable(chat)
        if chat.migrated_to is not None:
            raise bad(
                "group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": chat.migrated_to.id}
            )
        return chat

    def target(self) -> Chat:
        """The chat of `chat_id`, to write into."""
        return self.writable(self.find_chat(self.args.text("chat_id")))

    def seen_chat(self) -> Chat:
        """The chat of `chat_id`, to read."""
        return self.readable(self.find_chat(self.args.text("chat_id")))

    def me_in(self, chat: Chat) -> Member | None:
        """This bot's membership."""
        return chat.members.get(self.bot.id)

    def need_right(self, chat: Chat, right: str, message: str) -> None:
        """Refuse unless the bot holds an administrator's right.

        Raises:
            ApiError: with the message given.
        """
        me = self.me_in(chat)
        if me is None or not me.may(right):
            raise bad(message)

    # --- sending ----------------------------------------------------------------------------------

    def reply_to(self) -> ReplyTo | None:
        """The parsed reply_parameters, or the older reply_to_message_id.

        Raises:
            ApiError: what cannot be parsed.
        """
        raw = self.args.text("reply_parameters")
        if not raw:
            number = self.args.integer("reply_to_message_id")
            return ReplyTo(number, "", self.args.flag("allow_sending_without_reply")) if number else None
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise bad("can't parse reply parameters JSON object") from None
        if not isinstance(value, dict):
            raise bad("object expected as reply parameters")
        if "message_id" not in value:
            raise bad('can\'t find field "message_id"')
        try:
            number = int(value["message_id"])
        except (TypeError, ValueError):
            raise bad('field "message_id" must be a Number') from None
        return ReplyTo(
            number,
            str(value.get("chat_id") or ""),
            bool(value.get("allow_sending_without_reply")),
            str(value.get("quote") or ""),
        )

    def replied_message(self, chat: Chat, reply: ReplyTo | None) -> Message | None:
        """The message that is replied to.

        Raises:
            ApiError: it is missing and may not be; the quote is not in it.
        """
        if reply is None:
            return None
        where = self.readable(self.find_chat(reply.chat_id)) if reply.chat_id else chat
        found = where.by_id.get(reply.message_id)
        if found is None:
            if reply.may_be_missing:
                return None
            raise bad("message to be replied not found")
        if reply.quote and reply.quote not in found.words:
            raise bad("QUOTE_TEXT_INVALID")
        return found

    def thread(self, chat: Chat) -> int:
        """The topic to write into; silently none where the chat has no topics.

        Raises:
            ApiError: unknown topic.
        """
        number = self.args.integer("message_thread_id")
        if not number or not chat.forum:
            return 0
        if number not in chat.topics:
            raise bad("message thread not found")
        return number

    def check_rights(self, chat: Chat, kind: str) -> None:
        """Refuse what the chat does not allow this bot to send.

        Raises:
            ApiError: no administrator of the channel; a permission is missing.
        """
        me = self.me_in(chat)
        if chat.type == "channel":
            if me is None or not me.may("can_post_messages"):
                raise bad("need administrator rights in the channel chat")
            return
        if chat.type == "private" or me is None or me.is_admin:
            return
        right, words = PERMISSIONS[kind]
        own = me.rights if me.status == "restricted" else {}
        if not chat.permissions.get(right, True) or not own.get(right, True):
            raise bad(f"not enough rights to send {words} to the chat")

    def check_arrival(self, chat: Chat, count: int = 1) -> None:
        """What only Telegram's own servers refuse, at the very end; `count` messages come with this call.

        Raises:
            ApiError: blocked, never started, flood.
        """
        if chat.type == "private":
            if chat.blocked:
                raise forbidden("bot was blocked by the user")
            if not chat.started:
                raise forbidden("bot can't initiate conversation with a user")
        if self.telegram.switches.limits:
            wait = self.telegram.limits.wait(
                self.bot.id, chat.id, chat.type != "private", self.telegram.now(), count
            )
            if wait:
                raise too_many(wait)

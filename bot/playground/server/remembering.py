"""The fake Telegram as JSON, and back: accounts, bots, chats, messages; files by their keys.

What only lives for seconds is left out: presses under way, download links, polls, the record of calls.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from .account import Bot
from .files import Media, StoredFile
from .people import Person
from .queue import Waiting
from .render import ANONYMOUS, AS_CHANNEL, SERVICE
from .telegram import Telegram
from .world import SUPERGROUP_BASE, Chat, Json, Member, Message, Numbers, User

if TYPE_CHECKING:
    from .api import BotApiServer

SPECIAL = {user.id: user for user in (ANONYMOUS, SERVICE, AS_CHANNEL)}
AFTER_A_CRASH = 1_000
"""Numbers that are passed over, where some may have been given out and not been kept."""
PLAIN = ("text", "entities", "caption", "caption_entities", "extra", "service", "album", "markup", "keyboard",
         "forward", "edit_date", "protected", "silent", "automatic", "thread_id", "signature")  # fmt: skip
"""Fields of a message that are JSON as they are."""
CHAT_PLAIN = ("id", "type", "title", "username", "started", "blocked", "last_id", "permissions", "dissolved",
              "description", "invite_link", "forum", "last_speaking_bot", "instance", "signs")  # fmt: skip


# --- to JSON ------------------------------------------------------------------------------------------


def world_json(telegram: Telegram) -> Json:
    """Everything but the messages and the files."""
    return {
        "users": [asdict(user) for user in telegram.users.values()],
        "bots": [_bot_json(bot) for bot in telegram.bots.values()],
        "chats": [_chat_json(chat) for chat in (*telegram.chats.values(), *telegram.private.values())],
        "next_message": _peek(telegram.numbers, "messages"),
        "next_person": _peek(telegram.numbers, "people"),
        "next_file": telegram.files.next_key,
    }


def _peek(numbers: Numbers, name: str) -> int:
    """What a counter gives next, without taking it."""
    number = next(getattr(numbers, name))
    setattr(numbers, name, itertools.count(number))
    return int(number)


def _bot_json(bot: Bot) -> Json:
    queue = bot.queue
    return {
        "token": bot.token,
        "user": bot.id,
        "privacy": bot.privacy,
        "next_id": queue.next_id,
        "allowed": sorted(queue.allowed),
        "waiting": [
            [entry.update_id, entry.kind, entry.lane, entry.body.decode(), entry.until]
            for entry in queue.waiting.values()
        ],
        "known": sorted(bot.known),
        "commands": [[scope, language, value] for (scope, language), value in bot.commands.items()],
        "texts": [[name, language, value] for (name, language), value in bot.texts.items()],
        "menu_button": bot.menu_button,
    }


def _chat_json(chat: Chat) -> Json:
    return {name: getattr(chat, name) for name in CHAT_PLAIN} | {
        "bot": chat.bot.id if chat.bot is not None else None,
        "members": [
            {field.name: getattr(member, field.name) for field in fields(Member) if field.name != "user"}
            | {"user": member.user.id}
            for member in chat.members.values()
        ],
        "migrated_to": chat.migrated_to.id if chat.migrated_to is not None else None,
        "linked": chat.linked.id if chat.linked is not None else None,
        "pinned": [message.message_id for message in chat.pinned],
        "topics": list(chat.topics.items()),
    }


def message_json(message: Message) -> Json:
    """A message; others are named by their number, files by their key."""
    value: Json = {name: kept for name in PLAIN if (kept := getattr(message, name))}
    value["date"] = message.date
    for name, other in (("sender", message.sender), ("by_bot", message.by_bot)):
        if other is not None:
            value[name] = other.id
    if message.sender_chat is not None:
        value["sender_chat"] = message.sender_chat.id
    if message.reply_to is not None:
        value["reply_to"] = [message.reply_to.chat.key, message.reply_to.message_id]
    if message.pinned_message is not None:
        value["pinned_message"] = message.pinned_message.message_id
    if message.file is not None:
        value["file"] = message.file.file.key
    if message.reactions:
        value["reactions"] = list(message.reactions.items())
    return value


def file_json(file: StoredFile, media: Media) -> Json:
    """A file without its bytes; the first one of a media says what the media is."""
    names = ("key", "kind", "size", "unique", "extension", "width", "height")
    value: Json = {name: getattr(file, name) for name in names}
    if media.file is file:
        value["media"] = {
            "kind": media.kind,
            "sizes": [size.key for size in media.sizes],
            "thumbnail": media.thumbnail.key if media.thumbnail is not None else None,
            "name": media.name,
            "mime": media.mime,
            "duration": media.duration,
        }
    return value


# --- and back -----------------------------------------------------------------------------------------


def restore_world(server: BotApiServer, value: Json, *, clean: bool) -> None:
    """Take up what `world_json` gave, in a server that is still empty."""
    telegram, skip = server.telegram, 0 if clean else AFTER_A_CRASH
    for one in value["users"]:
        user = telegram.add_user(User(**one))
        if not user.is_bot:
            server.people[user.id] = Person(telegram, user)
    for one in value["bots"]:
        _restore_bot(telegram, one, skip)
    chats = [(_restore_chat(telegram, one, skip), one) for one in value["chats"]]
    by_id = {chat.id: chat for chat, _ in chats if chat.bot is None}
    for chat, one in chats:
        chat.migrated_to = by_id.get(one["migrated_to"])
        chat.linked = by_id.get(one["linked"])
        if chat.migrated_to is not None:
            chat.migrated_to.migrated_from = chat
    large = [SUPERGROUP_BASE - number for number in by_id if number <= SUPERGROUP_BASE]
    small = [-number for number in by_id if SUPERGROUP_BASE < number < 0]
    # by chance anew: repeated numbers of albums and presses would be taken for the old ones
    telegram.numbers = Numbers(
        secrets.randbits(32),
        people=itertools.count(value["next_person"] + skip),
        groups=itertools.count(max([40_000, *small]) + 1),
        supergroups=itertools.count(max([1_200_000_000, *large]) + 1),
        messages=itertools.count(value["next_message"] + skip),
    )
    telegram.files.next_key = value["next_file"] + skip


def _restore_bot(telegram: Telegram, one: Json, skip: int) -> None:
    user = telegram.users.pop(one["user"])
    bot = telegram.add_bot(one["token"], user, privacy=one["privacy"])
    queue = bot.queue
    queue.next_id = one["next_id"] + skip
    queue.allowed = frozenset(one["allowed"])
    for number, kind, lane, body, until in one["waiting"]:
        queue.waiting[number] = Waiting(number, kind, lane, body.encode(), until)
    bot.known = set(one["known"])
    bot.commands = {(scope, language): value for scope, language, value in one["commands"]}
    bot.texts = {(name, language): value for name, language, value in one["texts"]}
    bot.menu_button = one["menu_button"]


def _restore_chat(telegram: Telegram, one: Json, skip: int) -> Chat:
    chat = Chat(**{name: one[name] for name in CHAT_PLAIN})
    if one["bot"] is not None:
        chat.bot, chat.person = telegram.bots[one["bot"]], telegram.users[chat.id]
        chat.bot.chats[chat.id] = chat
        telegram.private[(chat.bot.id, chat.id)] = chat
    else:
        telegram.chats[chat.id] = chat
        chat.last_id += skip
        if chat.username:
            telegram.names[chat.username.lower()] = chat
    for member in one["members"]:
        user = _user(telegram, member["user"])
        if user is not None:
            chat.put_member(Member(**member | {"user": user}))
    chat.topics = dict(one["topics"])
    return chat


def restore_messages(
    telegram: Telegram, rows: list[tuple[str, int, Json]], pinned: dict[str, list[int]]
) -> None:
    """Put messages back into their chats, then what they say of one another."""
    chats = {chat.key: chat for chat in (*telegram.chats.values(), *telegram.private.values())}
    made: list[tuple[Message, Json]] = []
    for key, number, one in rows:
        chat = chats.get(key)
        if chat is not None:
            message = _restore_message(telegram, chat, number, one)
            chat.by_id[number] = message
            made.append((message, one))
    for message, one in made:
        if "reply_to" in one:
            key, number = one["reply_to"]
            message.reply_to = chats[key].by_id.get(number) if key in chats else None
        if "pinned_message" in one:
            message.pinned_message = message.chat.by_id.get(one["pinned_message"])
    for key, numbers in pinned.items():
        by_id = chats[key].by_id
        chats[key].pinned = [by_id[number] for number in numbers if number in by_id]


def _restore_message(telegram: Telegram, chat: Chat, number: int, one: Json) -> Message:
    message = Message(number, chat, one["date"], **{name: one[name] for name in PLAIN if name in one})
    message.sender = _user(telegram, one.get("sender"))
    message.by_bot = telegram.bots.get(one.get("by_bot", 0))
    message.sender_chat = telegram.chats.get(one.get("sender_chat", 0))
    message.reactions = dict(one.get("reactions", ()))
    entry = telegram.files.files.get(one.get("file", 0))
    message.file = entry[1] if entry is not None else None
    return message


def _user(telegram: Telegram, number: int | None) -> User | None:
    if number is None:
        return None
    return telegram.users.get(number) or SPECIAL.get(number)


def restore_files(telegram: Telegram, rows: list[tuple[Json, bytes]]) -> None:
    """Put files back, each with what it belongs to."""
    stored: dict[int, StoredFile] = {}
    for value, data in rows:
        plain = {name: one for name, one in value.items() if name != "media"}
        stored[value["key"]] = StoredFile(data=data, **plain)
    get: Callable[[int], StoredFile | None] = stored.get
    for value, _ in rows:
        about: Any = value.get("media")
        if about is None:
            continue
        sizes = [size for key in about.pop("sizes") if (size := get(key)) is not None]
        thumbnail = get(about.pop("thumbnail") or 0)
        telegram.files.own(Media(file=stored[value["key"]], sizes=sizes, thumbnail=thumbnail, **about))

"""Everything as JSON for who looks from outside: pages and tests over HTTP."""

from __future__ import annotations

from typing import Any

from .account import Bot, Call
from .events import Event
from .telegram import Press
from .world import Chat, Json, Member, Message, User


def user_seen(user: User) -> Json:
    """An account."""
    return user.json() | ({"deactivated": True} if user.deactivated else {})


def bot_seen(bot: Bot) -> Json:
    """A bot, without its token."""
    hook = bot.webhook
    return {
        "id": bot.id,
        "username": bot.username,
        "first_name": bot.user.first_name,
        "privacy": bot.privacy,
        "waiting": len(bot.queue.waiting),
        "polling": bot.queue.poll is not None,
        "webhook": hook.url if hook is not None else "",
        "calls": len(bot.calls),
        "polls": bot.polls,
        "commands": [
            {"scope": scope, "language": language, "commands": commands}
            for (scope, language), commands in bot.commands.items()
        ],
    }


def member_seen(member: Member) -> Json:
    """A member of a chat."""
    return {"user": user_seen(member.user), "status": member.status, "anonymous": member.anonymous}


def chat_seen(chat: Chat) -> Json:
    """A chat."""
    last = chat.last
    return {
        "key": chat.key,
        "id": chat.id,
        "type": chat.type,
        "title": chat.title or (chat.person.first_name if chat.person is not None else ""),
        "username": chat.username,
        "bot": chat.bot.id if chat.bot is not None else None,
        "blocked": chat.blocked,
        "started": chat.started,
        "members": [member_seen(member) for member in chat.members.values() if member.inside],
        "migrated_to": chat.migrated_to.id if chat.migrated_to is not None else None,
        "pinned": [message.message_id for message in chat.pinned],
        "topics": {str(number): name for number, name in chat.topics.items()},
        "count": len(chat.by_id),
        "last": last.message_id if last is not None else None,
    }


def message_seen(message: Message) -> Json:
    """A message as it stands now."""
    result: Json = {
        "chat": message.chat.key,
        "message_id": message.message_id,
        "kind": message.kind,
        "date": message.date,
        "from": user_seen(message.sender) if message.sender is not None else None,
        "sender_chat": message.sender_chat.json() if message.sender_chat is not None else None,
        "by_bot": message.by_bot.id if message.by_bot is not None else None,
        "service": message.service,
        "text": message.text,
        "entities": message.entities,
        "caption": message.caption,
        "caption_entities": message.caption_entities,
        "album": message.album,
        "reply_to": message.reply_to.message_id if message.reply_to is not None else None,
        "forward": message.forward,
        "edited": message.edited,
        "edit_date": message.edit_date,
        "deleted": message.deleted,
        "protected": message.protected,
        "silent": message.silent,
        "thread": message.thread_id,
        "buttons": (message.markup or {}).get("inline_keyboard", []),
        "keyboard": message.keyboard,
        "reactions": {str(who): what for who, what in message.reactions.items()},
        "extra": message.extra,
        "file": None,
    }
    if message.pinned_message is not None:
        result["pinned"] = message.pinned_message.message_id
    media = message.file
    if media is not None:
        result["file"] = {
            "kind": media.kind,
            "name": media.name,
            "mime": media.mime,
            "size": media.file.size,
            "width": media.file.width,
            "height": media.file.height,
            "duration": media.duration,
            "url": f"/play/files/{media.file.key}",
            "sizes": [
                {"width": size.width, "height": size.height, "url": f"/play/files/{size.key}"}
                for size in media.sizes
            ],
            "thumbnail": f"/play/files/{media.thumbnail.key}" if media.thumbnail is not None else None,
        }
    return result


def press_seen(press: Press) -> Json:
    """A press and its answer."""
    answer = press.answer
    return {
        "id": press.id,
        "bot": press.bot.id,
        "person": press.user.id,
        "chat": press.message.chat.key,
        "message_id": press.message.message_id,
        "data": press.data,
        "answer": None if answer is None else {"text": answer.text, "alert": answer.alert, "url": answer.url},
    }


def call_seen(call: Call, *, whole: bool = True) -> Json:
    """A request of a bot."""
    result: Json = {
        "method": call.method,
        "params": call.params,
        "files": {name: {"name": file, "size": size} for name, (file, size) in call.files.items()},
        "at": call.at.isoformat(),
        "code": call.code,
        "description": call.description,
    }
    return result | ({"result": call.result} if whole else {})


def event_seen(event: Event) -> Json:
    """A happening."""
    return {"number": event.number, "kind": event.kind} | {
        name: _any_seen(value) for name, value in event.about.items()
    }


def _any_seen(value: Any) -> Any:
    match value:
        case Message():
            return message_seen(value)
        case Chat():
            return chat_seen(value)
        case User():
            return user_seen(value)
        case Press():
            return press_seen(value)
        case Call():
            return call_seen(value, whole=False)
        case Bot():
            return value.id
        case str() | int() | float() | bool() | None | list() | dict():
            return value
    return str(value)

"""Messages as one bot sees them in updates and answers."""

from __future__ import annotations

from .account import Bot
from .files import FileStore
from .world import Chat, Json, Message, User

ANONYMOUS = User(1087968824, "Group", username="GroupAnonymousBot", is_bot=True)
SERVICE = User(777000, "Telegram")
AS_CHANNEL = User(136817688, "Channel", username="Channel_Bot", is_bot=True)


def chat_json(chat: Chat) -> Json:
    """The Chat object."""
    return chat.json()


def message_json(files: FileStore, bot: Bot, message: Message, *, nested: bool = False) -> Json:
    """The Message object for a bot; a nested one has no reply of its own."""
    chat = message.chat
    result: Json = {"message_id": message.message_id}
    if message.sender is not None and chat.type != "channel":
        result["from"] = message.sender.json()
    if message.sender_chat is not None:
        result["sender_chat"] = message.sender_chat.json()
    if message.signature:
        result["author_signature"] = message.signature
    result["chat"] = chat.json()
    result["date"] = message.date
    if message.edit_date:
        result["edit_date"] = message.edit_date
    if message.thread_id:
        result["message_thread_id"] = message.thread_id
        if chat.forum:
            result["is_topic_message"] = True
    if message.forward is not None:
        result["forward_origin"] = message.forward
    if message.automatic:
        result["is_automatic_forward"] = True
    if message.protected:
        result["has_protected_content"] = True
    if not nested:
        _add_reply(files, bot, message, result)
    if message.album:
        result["media_group_id"] = message.album
    if message.text:
        result["text"] = message.text
        if message.entities:
            result["entities"] = message.entities
    if message.file is not None:
        media = message.file
        result[media.kind] = files.json(bot.id, media)
        if media.kind == "animation":
            result["document"] = result["animation"]
    if message.caption:
        result["caption"] = message.caption
        if message.caption_entities:
            result["caption_entities"] = message.caption_entities
    if message.extra:
        result.update(message.extra)
    if message.pinned_message is not None:
        result["pinned_message"] = message_json(files, bot, message.pinned_message, nested=True)
    if message.markup is not None and (message.by_bot is bot or message.by_bot is None):
        result["reply_markup"] = message.markup
    return result


def _add_reply(files: FileStore, bot: Bot, message: Message, result: Json) -> None:
    replied = message.reply_to
    if replied is None:
        if message.thread_id in message.chat.topics and not message.service:
            topic = message.chat.by_id.get(message.thread_id)
            if topic is not None:
                result["reply_to_message"] = message_json(files, bot, topic, nested=True)
        return
    if replied.deleted:
        return
    if replied.chat is message.chat:
        result["reply_to_message"] = message_json(files, bot, replied, nested=True)
        return
    origin = origin_json(replied)
    external: Json = {"origin": origin}
    if replied.chat.type in {"supergroup", "channel"}:
        external |= {"chat": replied.chat.json(), "message_id": replied.message_id}
    if replied.file is not None:
        external[replied.file.kind] = files.json(bot.id, replied.file)
    result["external_reply"] = external


def origin_json(message: Message, hidden_name: str = "") -> Json:
    """The MessageOrigin of a message: where a forward of it comes from."""
    if message.forward is not None:
        return message.forward
    if message.chat.type == "channel":
        origin: Json = {
            "type": "channel",
            "chat": message.chat.json(),
            "message_id": message.message_id,
            "date": message.date,
        }
        return origin | ({"author_signature": message.signature} if message.signature else {})
    if message.sender_chat is not None:
        return {"type": "chat", "sender_chat": message.sender_chat.json(), "date": message.date}
    if hidden_name or message.sender is None:
        return {"type": "hidden_user", "sender_user_name": hidden_name or "Deleted", "date": message.date}
    return {"type": "user", "sender_user": message.sender.json(), "date": message.date}


def inaccessible_json(message: Message) -> Json:
    """What stands in a callback for a message that is gone."""
    return {"message_id": message.message_id, "chat": message.chat.json(), "date": 0}

"""Raw updates → what was heard. Unknown kinds and fields are tolerated: the live API runs ahead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.services.incoming import Attachment, Incoming

ANONYMOUS_ADMIN = 1087968824
CHANNEL_FORWARD = 777000
AS_CHANNEL = 136817688

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "channel_post")
"""What is asked for; a channel's posts are heard only to bind it."""

_FILES = ("video", "voice", "document", "audio", "video_note", "animation")


@dataclass(frozen=True, slots=True)
class Heard:
    """One update, read.

    `kind`: `message`, `edited`, `press`, `membership` (the bot's own standing in a chat changed),
    `migrated`, `channel_post`, `other`.
    """

    update_id: int
    kind: str
    chat_id: int = 0
    chat_kind: str = ""
    chat_title: str = ""
    sender_id: int = 0
    sender_name: str = ""
    language: str = ""
    message: Incoming | None = None
    command: str = ""
    args: str = ""
    data: str = ""
    press_id: str = ""
    thread_id: int | None = None
    pressed_message: int = 0
    pressed_sent: datetime | None = None  # when the message with the button was sent, where that is told
    status: str = ""
    moved_to: int = 0
    left: tuple[int, ...] = field(default=())

    @property
    def private(self) -> bool:
        """Whether it came in a private chat."""
        return self.chat_kind == "private"

    @property
    def text(self) -> str:
        """The message's words."""
        return self.message.text if self.message else ""


_WITH_CHAT = ("message", "edited_message", "channel_post", "edited_channel_post", "my_chat_member")


def lane_of(update: Mapping[str, Any]) -> int:
    """The chat whose order this update must keep; 0 where there is none, or it cannot be read.

    Never raises: one odd update must not keep its batch from being stored.
    """
    try:
        lane = _lane(update)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
        return 0
    return lane if -(2**63) <= lane < 2**63 else 0  # what the ledger can hold


def _lane(update: Mapping[str, Any]) -> int:
    for key in _WITH_CHAT:
        if key in update:
            return int(update[key]["chat"]["id"])
    press = update.get("callback_query")
    if not press:
        return 0
    message = press.get("message")
    return int(message["chat"]["id"]) if message else int(press["from"]["id"])


def sender_of(update: Mapping[str, Any]) -> int:
    """The person behind an update, for the word that it was set aside; 0 where nobody can be told."""
    try:
        for key in ("message", "edited_message", "callback_query"):
            if key in update:
                return 0 if update[key]["from"].get("is_bot") else int(update[key]["from"]["id"])
    except (LookupError, TypeError, ValueError, AttributeError):
        pass
    return 0


def read(update: Mapping[str, Any], bot_id: int, bot_name: str) -> Heard:
    """Read a raw update; what it does not know becomes kind `other`."""
    update_id = int(update["update_id"])
    if "message" in update:
        return _message(update_id, "message", update["message"], bot_id, bot_name)
    if "edited_message" in update:
        return _message(update_id, "edited", update["edited_message"], bot_id, bot_name)
    if "callback_query" in update:
        return _press(update_id, update["callback_query"])
    if "my_chat_member" in update:
        change = update["my_chat_member"]
        return Heard(
            update_id,
            "membership",
            sender_id=int(change["from"]["id"]),
            sender_name=_name(change["from"]),
            status=str(change["new_chat_member"]["status"]),
            **_chat(change["chat"]),
        )
    if "channel_post" in update:
        post = update["channel_post"]
        return Heard(update_id, "channel_post", **_chat(post["chat"]))
    return Heard(update_id, "other")


def _chat(chat: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "chat_id": int(chat["id"]),
        "chat_kind": str(chat["type"]),
        "chat_title": str(chat.get("title", "")),
    }


def _thread(message: Mapping[str, Any]) -> int | None:
    """The topic of a forum; outside forums the number only names a chain of replies."""
    return int(message["message_thread_id"]) if message.get("is_topic_message") else None


def _name(user: Mapping[str, Any]) -> str:
    return f"{user.get('last_name', '')}{user.get('first_name', '')}".strip()


def _message(update_id: int, kind: str, raw: Mapping[str, Any], bot_id: int, bot_name: str) -> Heard:
    chat = _chat(raw["chat"])
    if "migrate_to_chat_id" in raw:
        return Heard(update_id, "migrated", moved_to=int(raw["migrate_to_chat_id"]), **chat)
    sender = raw.get("from")
    if sender is None or "migrate_from_chat_id" in raw or sender["id"] == CHANNEL_FORWARD:
        return Heard(update_id, "other", **chat)
    reply = raw.get("reply_to_message")
    implicit = reply is not None and "forum_topic_created" in reply
    reply_to = int(reply["message_id"]) if reply is not None and not implicit else None
    reply_to_bot = reply_to is not None and reply.get("from", {}).get("id") == bot_id  # type: ignore[union-attr]
    text = str(raw.get("text", raw.get("caption", "")))
    command, args = _command(raw, text, bot_name)
    mentioned = f"@{bot_name}".lower() in text.lower()
    anonymous = sender["id"] in (ANONYMOUS_ADMIN, AS_CHANNEL)
    place = raw.get("location") or (raw.get("venue") or {}).get("location")
    message = Incoming(
        chat_id=chat["chat_id"],
        message_id=int(raw["message_id"]),
        sender_id=int(sender["id"]),
        sent_at=datetime.fromtimestamp(int(raw["date"]), UTC),
        private=chat["chat_kind"] == "private",
        text=text,
        attachments=_attachments(raw),
        media_group_id=raw.get("media_group_id"),
        reply_to=reply_to,
        reply_to_bot=reply_to_bot,
        tagged=mentioned or reply_to_bot or text.lstrip().startswith("#问题"),
        forwarded="forward_origin" in raw or "forward_date" in raw,
        edited=kind == "edited",
        anonymous=anonymous,
        location=(float(place["latitude"]), float(place["longitude"])) if place else None,
        thread_id=_thread(raw),
    )
    return Heard(
        update_id,
        kind,
        sender_id=int(sender["id"]),
        sender_name=_name(sender),
        language=str(sender.get("language_code", "")),
        message=message,
        thread_id=message.thread_id,
        command=command,
        args=args,
        **chat,
    )


def _command(raw: Mapping[str, Any], text: str, bot_name: str) -> tuple[str, str]:
    for entity in raw.get("entities", ()):
        if entity["type"] == "bot_command" and entity["offset"] == 0:
            # a command is ASCII: UTF-16 units and characters agree here
            word, rest = text[1 : entity["length"]], text[entity["length"] :].strip()
            name, _, target = word.partition("@")
            if target and target.lower() != bot_name.lower():
                return "", ""
            return name.lower(), rest
    return "", ""


def _attachments(raw: Mapping[str, Any]) -> tuple[Attachment, ...]:
    if raw.get("photo"):
        best = raw["photo"][-1]
        return (
            Attachment(
                "photo", best["file_id"], best["file_unique_id"], best.get("file_size"), mime="image/jpeg"
            ),
        )
    for key in _FILES:
        part = raw.get(key)
        if not part:
            continue
        mime, name = part.get("mime_type"), part.get("file_name")
        medium = {"audio": "voice", "video_note": "video", "animation": "video"}.get(key, key)
        if key == "document" and _is_image(mime, name):
            medium = "image"
        return (
            Attachment(medium, part["file_id"], part["file_unique_id"], part.get("file_size"), name, mime),
        )
    return ()


def _is_image(mime: str | None, name: str | None) -> bool:
    if mime and mime.startswith("image/"):
        return True
    return bool(name) and name.lower().endswith((".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"))  # type: ignore[union-attr]


def _press(update_id: int, press: Mapping[str, Any]) -> Heard:
    message = press.get("message")
    chat = _chat(message["chat"]) if message else {}
    return Heard(
        update_id,
        "press",
        sender_id=int(press["from"]["id"]),
        sender_name=_name(press["from"]),
        language=str(press["from"].get("language_code", "")),
        data=str(press.get("data", "")),
        press_id=str(press["id"]),
        pressed_message=int(message["message_id"]) if message else 0,
        # an inaccessible message has no date: 0
        pressed_sent=datetime.fromtimestamp(int(message["date"]), UTC)
        if message and message.get("date")
        else None,
        thread_id=_thread(message) if message else None,
        **chat,
    )

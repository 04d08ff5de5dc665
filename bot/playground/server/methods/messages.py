"""Sending words, places and contacts; deleting, pinning, reacting; answering presses."""

from __future__ import annotations

from typing import Any

import orjson

from ..errors import QUERY_TOO_OLD, bad
from ..formatting import MAX_CAPTION, MAX_TEXT, finished, links_for_people, parsed
from ..html import Entity
from ..keyboards import Markup, check_markup, parse_markup
from ..telegram import Answer
from ..world import Chat, Json, Message
from .base import Method, ReplyTo, Request

TWO_DAYS = 48 * 3600
ACTIONS = frozenset([
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "record_audio",
    "upload_audio", "upload_document", "choose_sticker", "find_location", "record_video_note",
    "upload_video_note", "cancel",
])  # fmt: skip
FOREVER = 2147483647


class Draft:
    """A message on its way out: replies, keyboard and target, in Telegram's order of checks."""

    def __init__(self, request: Request, *, markup: bool = True) -> None:
        self.request = request
        self.reply: ReplyTo | None = request.reply_to()
        self.markup: Markup = parse_markup(request.args.text("reply_markup")) if markup else Markup()
        self.chat: Chat = request.target()
        self.thread = request.thread(self.chat)
        self.replied = request.replied_message(self.chat, self.reply)

    def check(self, kind: str) -> None:
        """What the chat allows, and the keyboard in this chat."""
        self.request.check_rights(self.chat, kind)
        self.check_keyboard()

    def check_keyboard(self) -> None:
        """The keyboard, now that the chat is known."""
        check_markup(self.markup, self.chat.type)
        if self.markup.too_wide:
            self.request.telegram.violation(
                f"{self.markup.too_wide} (documented limits: 8 a row, 100 in all)"
            )

    def build(self, **content: Any) -> Message:
        """The message with its content, not yet posted."""
        request, chat = self.request, self.chat
        channel = chat.type == "channel"
        return Message(
            0,
            chat,
            request.telegram.date(),
            sender=None if channel else request.bot.user,
            sender_chat=chat if channel else None,
            by_bot=request.bot,
            reply_to=self.replied,
            markup=self.markup.inline,
            keyboard=self.markup.other,
            protected=request.args.flag("protect_content"),
            silent=request.args.flag("disable_notification"),
            thread_id=self.thread,
            **content,
        )

    def post(self, *, arrives: bool = True, **content: Any) -> Message:
        """Send it, after what only Telegram's servers check; `arrives`: it has not been checked yet."""
        if arrives:
            self.request.check_arrival(self.chat)
        return self.request.telegram.post(self.build(**content))


def caption_of(request: Request, raw: str, parse_mode: str, entities: str) -> tuple[str, list[Entity]]:
    """A caption, parsed and finished; its length is checked where it is sent."""
    if not raw:
        return "", []
    text, found = parsed(raw, parse_mode, entities)
    return with_people(request, *finished(text, found))


def with_people(request: Request, text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """The same, with mentions by number resolved."""
    if any(entity["type"] == "text_mention" for entity in entities):
        entities = links_for_people(entities, request.telegram.users)
    return text, entities


def check_caption(request: Request, caption: str) -> None:
    """Refuse a caption of more than 1024 characters.

    Raises:
        ApiError: `message caption is too long`.
    """
    if len(caption) > MAX_CAPTION:
        request.telegram.violation(f"a caption of {len(caption)} characters")
        raise bad("message caption is too long")


def _check_link_preview(request: Request) -> None:
    raw = request.args.text("link_preview_options")
    if not raw:
        return
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise bad("can't parse link preview options JSON object") from None
    if not isinstance(value, dict):
        raise bad("object expected as link preview options")


def send_message(request: Request) -> Json:
    """Send words."""
    args = request.args
    raw = args.text("text")
    if not raw:
        raise bad("message text is empty")
    plain, entities = parsed(raw, args.text("parse_mode"), args.text("entities"))
    _check_link_preview(request)
    draft = Draft(request)
    if draft.chat.type == "channel":
        request.check_rights(draft.chat, "text")
    draft.check_keyboard()
    text, entities = with_people(request, *finished(plain, entities))
    if not text:
        raise bad("text must be non-empty")
    if len(text) > MAX_TEXT:
        request.telegram.violation(f"a text of {len(text)} characters")
        raise bad("message is too long")
    request.check_rights(draft.chat, "text")
    return request.message(draft.post(text=text, entities=entities))


def _coordinates(request: Request) -> Json:
    args = request.args
    for name in ("latitude", "longitude"):
        if not args.text(name):
            raise bad(f"{name} is empty")
    latitude, longitude = args.number("latitude"), args.number("longitude")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        raise bad("invalid location specified")
    return {"latitude": latitude, "longitude": longitude}


def send_location(request: Request) -> Json:
    """Send a point on the map."""
    location = _coordinates(request)
    live = request.args.integer("live_period")
    if live:
        if not (60 <= live <= 86400 or live == FOREVER):
            raise bad("wrong live location period specified")
        location["live_period"] = live
    draft = Draft(request)
    draft.check("location")
    return request.message(draft.post(extra={"location": location}))


def send_venue(request: Request) -> Json:
    """Send a point with a name."""
    location = _coordinates(request)
    title, address = request.args.text("title"), request.args.text("address")
    draft = Draft(request)
    draft.check("location")
    venue = {"location": location, "title": title, "address": address}
    return request.message(draft.post(extra={"venue": venue, "location": location}))


def send_contact(request: Request) -> Json:
    """Send a contact."""
    args = request.args
    contact = {"phone_number": args.text("phone_number"), "first_name": args.text("first_name")}
    if args.text("last_name"):
        contact["last_name"] = args.text("last_name")
    draft = Draft(request)
    draft.check("contact")
    return request.message(draft.post(extra={"contact": contact}))


def send_chat_action(request: Request) -> bool:
    """Show «typing…»."""
    action = request.args.text("action").lower()
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat = request.target()
    request.telegram.actions.append((chat.key, action))
    request.telegram.events.happen("action", chat=chat, action=action, bot=request.bot)
    return True


def answer_callback_query(request: Request) -> bool:
    """Answer a press: once, and in time."""
    args, telegram = request.args, request.telegram
    press = telegram.open_press(request.bot, args.text("callback_query_id"))
    text = args.text("text")
    if press is None:
        raise bad(QUERY_TOO_OLD)
    if len(text) > 200:
        telegram.violation(f"an answer to a press of {len(text)} characters")
        raise bad("MESSAGE_TOO_LONG")
    press.answer = Answer(text, args.flag("show_alert"), args.text("url"))
    telegram.open_presses.pop(press.id, None)
    telegram.events.happen("answer", press=press)
    return True


def may_delete(request: Request, message: Message) -> None:
    """Refuse where a bot may not delete.

    Raises:
        ApiError: too old, another's, a service message.
    """
    chat = message.chat
    me = request.me_in(chat)
    age = request.telegram.date() - message.date
    own = message.by_bot is request.bot and not message.service
    admin = me is not None and me.may("can_delete_messages")
    if chat.type == "private":
        allowed, words = age <= TWO_DAYS, "message can't be deleted for everyone"
    elif chat.type == "group":
        allowed, words = (own or admin) and age <= TWO_DAYS, "message can't be deleted for everyone"
    else:
        birth = message.service and {"migrate_from_chat_id", "forum_topic_created"} & message.extra.keys()
        allowed = (own or admin) and age < TWO_DAYS and message.message_id != 1 and not birth
        words = "message can't be deleted"
    if not allowed:
        raise bad(words)


def delete_message(request: Request) -> bool:
    """Delete one message."""
    raw = request.args.text("chat_id")
    chat = request.editable(request.find_chat(raw, empty="chat identifier is not specified"))
    if not request.args.has("message_id"):
        raise bad("message identifier is not specified")
    message = chat.by_id.get(request.args.integer("message_id"))
    if message is None:
        raise bad("message to delete not found")
    may_delete(request, message)
    request.telegram.remove(message)
    return True


def delete_messages(request: Request) -> bool:
    """Delete up to a hundred messages; unknown ones are skipped, one undeletable stops all."""
    raw = request.args.text("chat_id")
    chat = request.editable(request.find_chat(raw, empty="chat identifier is not specified"))
    numbers = request.args.identifiers("message_ids")
    if len(numbers) > 100:
        raise bad("too many message identifiers specified")
    found = [chat.by_id[number] for number in numbers if number in chat.by_id]
    for message in found:
        may_delete(request, message)
    for message in found:
        request.telegram.remove(message)
    return True


def set_message_reaction(request: Request) -> bool:
    """React with one emoji, or take the reaction back."""
    chat = request.seen_chat()
    message = chat.by_id.get(request.args.integer("message_id"))
    if message is None:
        raise bad("message to react not found")
    reactions = request.args.json("reaction") or []
    if not isinstance(reactions, list) or not all(isinstance(item, dict) for item in reactions):
        raise bad("can't parse reaction types JSON object")
    if len(reactions) > 1 or any(item.get("type") not in {"emoji", "custom_emoji"} for item in reactions):
        raise bad("REACTION_INVALID")
    request.check_arrival(chat)
    message.reactions[request.bot.id] = reactions
    request.telegram.events.happen("reaction", message=message)
    return True


METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "sendLocation": send_location,
    "sendVenue": send_venue,
    "sendContact": send_contact,
    "sendChatAction": send_chat_action,
    "answerCallbackQuery": answer_callback_query,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "setMessageReaction": set_message_reaction,
}

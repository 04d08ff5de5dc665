"""Editing what the bot sent."""

from __future__ import annotations

import orjson

from ..errors import NOT_MODIFIED, bad
from ..formatting import MAX_CAPTION, MAX_TEXT, finished, parsed
from ..keyboards import Markup, check_markup, parse_markup
from ..world import Json, Message
from .base import Method, Request
from .media import ALBUM_TYPES, input_media, make_media
from .messages import caption_of, check_caption, with_people

MEDIA_KINDS = ALBUM_TYPES | {"animation"}


def _markup(request: Request) -> Markup:
    markup = parse_markup(request.args.text("reply_markup"))
    if markup.other is not None:
        raise bad("inline keyboard expected")
    return markup


def _mine(request: Request) -> Message:
    args = request.args
    if args.text("inline_message_id"):
        raise bad("MESSAGE_ID_INVALID")
    if not args.text("chat_id") and not args.has("message_id"):
        raise bad("message identifier is not specified")
    chat = request.editable(request.find_chat(args.text("chat_id")))
    if not args.has("message_id"):
        raise bad("message identifier is not specified")
    message = chat.by_id.get(args.integer("message_id"))
    if message is None:
        raise bad("message to edit not found")
    if (
        message.by_bot is not request.bot
        or message.service
        or message.forward is not None
        or message.keyboard is not None
    ):
        raise bad("message can't be edited")
    return message


def _check(request: Request, message: Message, markup: Markup) -> None:
    check_markup(markup, message.chat.type)
    if markup.too_wide:
        request.telegram.violation(f"{markup.too_wide} (documented limits: 8 a row, 100 in all)")


def edit_message_text(request: Request) -> Json:
    """New words, and the keyboard that comes with them or none."""
    args = request.args
    raw = args.text("text")
    if not raw:
        raise bad("message text is empty")
    plain, entities = parsed(raw, args.text("parse_mode"), args.text("entities"))
    markup = _markup(request)
    message = _mine(request)
    if not message.text:
        raise bad("there is no text in the message to edit")
    _check(request, message, markup)
    text, entities = with_people(request, *finished(plain, entities))
    if not text:
        raise bad("text must be non-empty")
    if len(text) > MAX_TEXT:
        request.telegram.violation(f"a text of {len(text)} characters")
        raise bad("MESSAGE_TOO_LONG")
    if (text, entities, markup.inline) == (message.text, message.entities, message.markup):
        raise bad(NOT_MODIFIED)
    message.text, message.entities, message.markup = text, entities, markup.inline
    request.telegram.edited(message)
    return request.message(message)


def edit_message_caption(request: Request) -> Json:
    """A new caption, or none."""
    args = request.args
    markup = _markup(request)
    caption, entities = caption_of(
        request, args.text("caption"), args.text("parse_mode"), args.text("caption_entities")
    )
    message = _mine(request)
    if message.file is None:
        raise bad("there is no caption in the message to edit")
    _check(request, message, markup)
    if len(caption) > MAX_CAPTION:
        request.telegram.violation(f"a caption of {len(caption)} characters")
        raise bad("MEDIA_CAPTION_TOO_LONG")
    if (caption, entities, markup.inline) == (message.caption, message.caption_entities, message.markup):
        raise bad(NOT_MODIFIED)
    message.caption, message.caption_entities, message.markup = caption, entities, markup.inline
    request.telegram.edited(message)
    return request.message(message)


def edit_message_media(request: Request) -> Json:
    """Another picture or file, with its caption."""
    markup = _markup(request)
    raw = request.args.text("media")
    if not raw:
        raise bad("media is empty")
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise bad("can't parse input media JSON object") from None
    kind, source, caption, entities, details = input_media(request, value)
    message = _mine(request)
    if kind not in MEDIA_KINDS or (message.file is None and not message.text):
        raise bad("message media can't be edited")
    if message.album and message.file is not None and message.file.kind != kind:
        raise bad("can't change media type in the album")
    _check(request, message, markup)
    check_caption(request, caption)
    media = make_media(request, kind, source, details)
    old = message.file
    same_file = old is not None and old.file is media.file
    same_words = (caption, entities, markup.inline) == (
        message.caption,
        message.caption_entities,
        message.markup,
    )
    if same_file and same_words:
        raise bad(NOT_MODIFIED)
    message.file, message.text, message.entities = media, "", []
    message.caption, message.caption_entities, message.markup = caption, entities, markup.inline
    request.telegram.edited(message)
    return request.message(message)


def edit_message_reply_markup(request: Request) -> Json:
    """Another inline keyboard, or none."""
    markup = _markup(request)
    message = _mine(request)
    _check(request, message, markup)
    if markup.inline == message.markup:
        raise bad(NOT_MODIFIED)
    message.markup = markup.inline
    request.telegram.edited(message)
    return request.message(message)


METHODS: dict[str, Method] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
}

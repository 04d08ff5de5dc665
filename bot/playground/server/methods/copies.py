"""Forwarding and copying."""

from __future__ import annotations

import itertools

from ..errors import bad
from ..render import origin_json
from ..world import Chat, Json, Message
from .base import Method, Request
from .messages import Draft, caption_of, check_caption


def _source(request: Request) -> Chat:
    raw = request.args.text("from_chat_id")
    if not raw:
        raise bad('parameter "from_chat_id" is required')
    return request.readable(request.find_chat(raw))


def _again(
    draft: Draft,
    message: Message,
    *,
    forward: bool,
    caption: tuple[str, list[Json]] | None = None,
    arrives: bool = True,
) -> Message:
    request = draft.request
    draft.request.check_rights(draft.chat, message.file.kind if message.file is not None else "text")
    words, entities = caption if caption is not None else (message.caption, message.caption_entities)
    return draft.post(
        text=message.text,
        entities=message.entities,
        caption=words,
        caption_entities=entities,
        file=request.telegram.files.again(message.file) if message.file is not None else None,
        extra=dict(message.extra),
        forward=origin_json(message) if forward else None,
        arrives=arrives,
    )


def forward_message(request: Request) -> Json:
    """Forward one message."""
    source = _source(request)
    message = source.by_id.get(request.args.integer("message_id"))
    if message is None:
        raise bad("message to forward not found")
    draft = Draft(request, markup=False)
    if message.protected:
        raise bad("message has protected content and can't be forwarded")
    if message.service:
        raise bad("the message can't be forwarded")
    return request.message(_again(draft, message, forward=True))


def copy_message(request: Request) -> Json:
    """Send the content of a message as one's own."""
    args = request.args
    caption = None
    if args.has("caption"):
        caption = caption_of(
            request, args.text("caption"), args.text("parse_mode"), args.text("caption_entities")
        )
    source = _source(request)
    message = source.by_id.get(args.integer("message_id"))
    if message is None:
        raise bad("message to copy not found")
    if message.service:
        raise bad("the message can't be copied")
    draft = Draft(request)
    draft.check_keyboard()
    if caption is not None and message.file is None:
        caption = None
    if caption is not None:
        check_caption(request, caption[0])
    return {"message_id": _again(draft, message, forward=False, caption=caption).message_id}


def _many(request: Request, *, forward: bool) -> list[Json]:
    source = _source(request)
    numbers = request.args.identifiers("message_ids")
    if len(numbers) > 100:
        raise bad("too many message identifiers specified")
    if any(later <= earlier for earlier, later in itertools.pairwise(numbers)):
        raise bad("message identifiers must be in a strictly increasing order")
    draft = Draft(request, markup=False)
    found = [source.by_id[number] for number in numbers if number in source.by_id]
    found = [message for message in found if not message.service and not (forward and message.protected)]
    if not found:
        raise bad("there are no messages to forward" if forward else "messages can't be forwarded")
    bare = not forward and request.args.flag("remove_caption")
    caption: tuple[str, list[Json]] | None = ("", []) if bare else None
    request.check_arrival(draft.chat, len(found))
    sent = [_again(draft, message, forward=forward, caption=caption, arrives=False) for message in found]
    return [{"message_id": message.message_id} for message in sent]


def forward_messages(request: Request) -> list[Json]:
    """Forward up to a hundred messages; missing ones are skipped."""
    return _many(request, forward=True)


def copy_messages(request: Request) -> list[Json]:
    """Copy up to a hundred messages; missing ones are skipped."""
    return _many(request, forward=False)


METHODS: dict[str, Method] = {
    "forwardMessage": forward_message,
    "forwardMessages": forward_messages,
    "copyMessage": copy_message,
    "copyMessages": copy_messages,
}

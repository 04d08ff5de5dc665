"""Sending pictures, files and albums."""

from __future__ import annotations

import mimetypes
from typing import Any

import orjson

from ..arguments import Upload
from ..errors import ApiError, bad
from ..files import MAX_PHOTO, MAX_UPLOAD, Media, NotAPicture, WrongDimensions, named_file
from ..formatting import clean_file_name
from ..world import Json, Message
from .base import Method, Request
from .messages import Draft, caption_of, check_caption

ALBUM_TYPES = frozenset(["photo", "video", "document", "audio"])
MIMES = {"voice": "audio/ogg", "video": "video/mp4", "audio": "audio/mpeg", "video_note": "video/mp4"}


def source_of(request: Request, value: str, field: str) -> Upload | str | None:
    """Where a file comes from: a part of the body, or a file_id or URL; None when there is nothing."""
    if value.startswith("attach://"):
        return request.args.files.get(value.removeprefix("attach://"))
    if value:
        return value
    return request.args.files.get(field)


def make_media(request: Request, kind: str, source: Upload | str, details: dict[str, int]) -> Media:
    """The file of a message: uploaded anew, or one that Telegram has.

    Raises:
        ApiError: empty, too big, not a picture, unknown or of another kind.
    """
    store = request.telegram.files
    if isinstance(source, str):
        return named_file(store, request.bot.id, source, kind)
    data = source.data
    if not data:
        raise bad("file must be non-empty")
    if kind == "photo":
        if len(data) > MAX_PHOTO:
            raise bad(
                f"file of size {len(data)} bytes is too big for a photo; "
                f"the maximum size is {MAX_PHOTO} bytes"
            )
        guessed = mimetypes.guess_type(source.name)[0]
        if guessed is not None and not guessed.startswith("image/"):
            raise bad("photo has unsupported extension. Use one of .jpg, .jpeg, .gif, .png, .tif or .bmp")
        try:
            return store.photo(data, top=request.telegram.switches.photo_top)
        except WrongDimensions:
            raise bad("PHOTO_INVALID_DIMENSIONS") from None
        except NotAPicture:
            raise bad("IMAGE_PROCESS_FAILED") from None
    if len(data) > MAX_UPLOAD:
        raise ApiError(413, "Request Entity Too Large")
    name = clean_file_name(source.name)
    mime = MIMES.get(kind) or mimetypes.guess_type(name)[0] or source.mime or "application/octet-stream"
    return store.other(kind, data, name, mime=mime, **details)


def _details(value: Any) -> dict[str, int]:
    result = {}
    for name, most in (("duration", 86400), ("width", 10000), ("height", 10000)):
        try:
            result[name] = min(max(int(value(name) or 0), 0), most)
        except (TypeError, ValueError):
            result[name] = 0
    return result


def _send_file(request: Request, kind: str) -> Json:
    args = request.args
    source = source_of(request, args.text(kind), kind)
    if source is None:
        raise bad(f"there is no {kind.replace('_', ' ')} in the request")
    caption, entities = caption_of(
        request, args.text("caption"), args.text("parse_mode"), args.text("caption_entities")
    )
    draft = Draft(request)
    draft.check(kind)
    check_caption(request, caption)
    media = make_media(request, kind, source, _details(args.text))
    return request.message(draft.post(file=media, caption=caption, caption_entities=entities))


def send_photo(request: Request) -> Json:
    """Send a picture."""
    return _send_file(request, "photo")


def send_document(request: Request) -> Json:
    """Send a file as it is."""
    return _send_file(request, "document")


def send_video(request: Request) -> Json:
    """Send a film."""
    return _send_file(request, "video")


def send_voice(request: Request) -> Json:
    """Send a voice note."""
    return _send_file(request, "voice")


def send_audio(request: Request) -> Json:
    """Send a piece of music."""
    return _send_file(request, "audio")


def send_animation(request: Request) -> Json:
    """Send a moving picture."""
    return _send_file(request, "animation")


def send_video_note(request: Request) -> Json:
    """Send a round film."""
    return _send_file(request, "video_note")


def input_media(request: Request, raw: Any) -> tuple[str, Upload | str, str, list[Json], dict[str, int]]:
    """An InputMedia object → kind, source, caption, its entities, numbers.

    Raises:
        ApiError: what cannot be parsed.
    """
    prefix = "can't parse InputMedia: "
    if not isinstance(raw, dict):
        raise bad(
            "expected an Object of InputMedia"
            if raw is not None
            else "can't parse InputMedia: media not found"
        )
    kind = raw.get("type")
    if not isinstance(kind, str):
        raise bad(f'{prefix}Can\'t find field "type"')
    media = raw.get("media")
    source = source_of(request, media, "") if isinstance(media, str) and media else None
    if source is None:
        raise bad(f"{prefix}media not found")
    entities = raw.get("caption_entities")
    caption, found = caption_of(
        request,
        str(raw.get("caption") or ""),
        str(raw.get("parse_mode") or ""),
        orjson.dumps(entities).decode() if entities else "",
    )
    return kind, source, caption, found, _details(raw.get)


def send_media_group(request: Request) -> list[Json]:
    """Send an album of 2 to 10."""
    args = request.args
    request.reply_to()
    raw = args.text("media")
    if not raw:
        raise bad('parameter "media" is required')
    try:
        values = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise bad("can't parse media JSON object") from None
    if not isinstance(values, list):
        raise bad("expected an Array of InputMedia")
    if len(values) > 10:
        raise bad("too many messages to send as an album")
    items = []
    for value in values:
        item = input_media(request, value)
        if item[0] not in ALBUM_TYPES:
            raise bad(f"can't parse InputMedia: type \"{item[0]}\" can't be used in sendMediaGroup")
        items.append(item)
    if not items:
        raise bad("there are no messages to send")
    kinds = {item[0] for item in items}
    for alone in ("document", "audio"):
        if alone in kinds and len(kinds) > 1:
            raise bad(f"{alone} can't be mixed with other media types")
    if args.has("reply_markup"):
        request.telegram.violation("sendMediaGroup takes no reply_markup")
    draft = Draft(request, markup=False)
    messages: list[Message] = []
    album = request.telegram.numbers.long()[:17] if len(items) > 1 else ""
    for number, (kind, source, caption, entities, details) in enumerate(items, 1):
        draft.check(kind)
        check_caption(request, caption)
        try:
            media = make_media(request, kind, source, details)
        except ApiError as error:
            reason = error.description.removeprefix("Bad Request: ")
            raise bad(f'failed to send message #{number} with the error message "{reason}"') from None
        messages.append(draft.build(file=media, caption=caption, caption_entities=entities, album=album))
    request.check_arrival(draft.chat, len(messages))
    return [request.message(request.telegram.post(message)) for message in messages]


METHODS: dict[str, Method] = {
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendVideo": send_video,
    "sendVoice": send_voice,
    "sendAudio": send_audio,
    "sendAnimation": send_animation,
    "sendVideoNote": send_video_note,
    "sendMediaGroup": send_media_group,
}

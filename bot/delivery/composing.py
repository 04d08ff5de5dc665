"""A parcel → one call of the Bot API: words, keyboard, picture or document, new message or edit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import structlog

from bot.delivery.drawing import Drawing, NothingToDraw
from bot.delivery.wire import Upload
from bot.domain.world import World
from bot.ledger.outbox import Kind
from bot.media.errors import FontMissing, StoreError
from bot.services.post import Parcel
from bot.texts.catalogue import Catalogue
from bot.texts.html import fits, pieces, plain, within

log = structlog.get_logger(__name__)

MOST_CAPTION: Final = 1024
MOST_TEXT: Final = 4096


@dataclass(frozen=True, slots=True)
class Composed:
    """A call that is ready: `edits` is the message it changes, `picture` the key of what it shows.

    `goes_on`: what the row's payload must have for the next piece of words that are too long for one
    message; None with the last one.
    """

    method: str
    params: Mapping[str, Any]
    files: Mapping[str, Upload] | None = None
    edits: int | None = None
    picture: str | None = None
    goes_on: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture of a message: made here, or one that Telegram has already (`file_id`)."""

    key: str
    name: str = ""
    data: bytes = b""
    file_id: str = ""


FileMaker = Callable[[Mapping[str, Any]], tuple[str, bytes]]


@dataclass
class Composer:
    """Renders parcels. `makers` are the documents that a message may carry, by name."""

    catalogue: Catalogue
    world: World
    drawing: Drawing
    now: Callable[[], datetime]
    executor: Executor | None = None
    makers: dict[str, FileMaker] = field(default_factory=dict)

    async def compose(self, parcel: Parcel) -> Composed:
        """The call for a parcel; pictures and documents are made in a worker thread."""
        payload = parcel.payload
        if parcel.kind == Kind.CALL:
            return Composed(payload["method"], self._call_params(parcel))
        if parcel.kind == Kind.DELETE:
            return Composed("deleteMessage", {"chat_id": parcel.chat_id, "message_id": payload["message_id"]})
        text = self._text(parcel)
        if parcel.kind == Kind.TEXT:
            return await self._message(parcel, text)
        params: dict[str, Any] = {"chat_id": parcel.chat_id, **self._markup(parcel)}
        drawn = await self._picture(parcel)
        if parcel.message_id is not None:
            return self._edit(parcel, params, text, drawn)
        self._as_new(payload, params)
        if drawn is not None:
            return _photo(drawn, {**params, **_words(payload, "caption", text, MOST_CAPTION)})
        return Composed("sendMessage", {**params, **_words(payload, "text", text, MOST_TEXT), **_NO_PREVIEW})

    async def _message(self, parcel: Parcel, text: str) -> Composed:
        """A new message; words that are too long for it go on in the next, the buttons under the last."""
        payload, at = parcel.payload, int(parcel.payload.get("piece", 0))
        params: dict[str, Any] = {"chat_id": parcel.chat_id}
        if payload.get("location") and not payload.get("file"):
            latitude, longitude = payload["location"]
            params.update(self._markup(parcel))
            self._as_new(payload, params)
            return Composed("sendLocation", {**params, "latitude": latitude, "longitude": longitude})
        file = payload.get("file") if at == 0 else None
        drawn = await self._picture(parcel) if at == 0 and file is None else None
        captioned = bool(payload.get("captioned") or file or drawn)
        parts = pieces(text, MOST_CAPTION if captioned else MOST_TEXT, later=MOST_TEXT)
        part = parts[at] if at < len(parts) else ""
        goes_on = {"piece": at + 1, "captioned": captioned} if at + 1 < len(parts) else None
        if goes_on is None:
            params.update(self._markup(parcel))
        # one message, one sound: what goes on in the next comes silently
        self._as_new(payload if at == 0 else {**payload, "reply_to": None, "silent": True}, params)
        if file is not None:
            params.update(_words(payload, "caption", part, MOST_CAPTION))
            try:
                return replace(await self._document(parcel, params), goes_on=goes_on)
            except StoreError:
                if not file.get("otherwise"):
                    raise
                return self._instead(parcel, file["otherwise"])
        if drawn is not None:
            params.update(_words(payload, "caption", part, MOST_CAPTION))
            return replace(_photo(drawn, params), goes_on=goes_on)
        params.update(_words(payload, "text", part, MOST_TEXT))
        return Composed("sendMessage", {**params, **_NO_PREVIEW}, goes_on=goes_on)

    def _instead(self, parcel: Parcel, key: str) -> Composed:
        """Words in place of a document that could not be made: nobody waits for what does not come."""
        params: dict[str, Any] = {"chat_id": parcel.chat_id}
        self._as_new(parcel.payload, params)
        text = self.catalogue.text(parcel.language, key, parcel.payload.get("values"))
        params.update(_words(parcel.payload, "text", text, MOST_TEXT))
        return Composed("sendMessage", {**params, **_NO_PREVIEW})

    def _markup(self, parcel: Parcel) -> dict[str, Any]:
        """The buttons under a message, the menu beside it, or the reply that it opens."""
        payload, params = parcel.payload, dict[str, Any]()
        if payload.get("buttons"):
            params["reply_markup"] = {
                "inline_keyboard": self.catalogue.keyboard(parcel.language, payload["buttons"])
            }
        elif payload.get("keyboard") is not None:
            params["reply_markup"] = self._menu(parcel.language, payload["keyboard"])
        elif payload.get("force_reply"):
            params["reply_markup"] = {"force_reply": True}
        return params

    def _call_params(self, parcel: Parcel) -> dict[str, Any]:
        """A plain call's parameters; the commands of a menu get their descriptions here."""
        params = dict(parcel.payload["params"])
        if "commands" in parcel.payload:
            language = parcel.payload.get("language") or parcel.language
            params["commands"] = [
                {"command": name, "description": self.catalogue.label(language, "commands", name)}
                for name in parcel.payload["commands"]
            ]
        return params

    def _text(self, parcel: Parcel) -> str:
        payload = parcel.payload
        if payload.get("plain"):
            return str(payload["plain"])
        return self.catalogue.text(parcel.language, payload["text"], payload.get("values"))

    def _as_new(self, payload: Mapping[str, Any], params: dict[str, Any]) -> None:
        if payload.get("reply_to"):
            params["reply_parameters"] = {
                "message_id": payload["reply_to"],
                "allow_sending_without_reply": True,
            }
        quiet = self.world.hours.quiet(self.world.campaign.local(self.now()))
        if payload.get("silent") or (quiet and not payload.get("loud")):
            params["disable_notification"] = True
        if payload.get("protect"):
            params["protect_content"] = True
        if payload.get("thread"):
            params["message_thread_id"] = payload["thread"]

    def _edit(self, parcel: Parcel, params: dict[str, Any], text: str, drawn: Drawn | None) -> Composed:
        params["message_id"] = parcel.message_id
        words = _words(parcel.payload, "caption", text, MOST_CAPTION)
        if drawn is not None and drawn.key != parcel.shown_picture:
            media = {"type": "photo", "media": drawn.file_id or "attach://picture", **words}
            files = None if drawn.file_id else {"picture": Upload(drawn.name, drawn.data, "image/jpeg")}
            return Composed(
                "editMessageMedia",
                {**params, "media": media},
                files,
                edits=parcel.message_id,
                picture=drawn.key,
            )
        if parcel.with_picture:
            return Composed(
                "editMessageCaption",
                {**params, **words},
                edits=parcel.message_id,
                picture=parcel.shown_picture,
            )
        return Composed(
            "editMessageText",
            {**params, **_words(parcel.payload, "text", text, MOST_TEXT), **_NO_PREVIEW},
            edits=parcel.message_id,
        )

    async def _picture(self, parcel: Parcel) -> Drawn | None:
        """The picture; None where there is none, or none yet, or the one that stands."""
        picture = parcel.payload.get("picture")
        if picture is None or (parcel.message_id is not None and picture["key"] == parcel.shown_picture):
            return None
        loop = asyncio.get_running_loop()
        try:
            name, data = await loop.run_in_executor(self.executor, self.drawing.draw, parcel)
        except NothingToDraw:
            return _by_reference(parcel)
        except FontMissing as error:  # `check` says how to mend it; the words go all the same
            log.error("no font to draw with", error=str(error))
            return None
        return Drawn(picture["key"], name, data)

    async def _document(self, parcel: Parcel, params: dict[str, Any]) -> Composed:
        file = parcel.payload["file"]
        if not file["make"]:  # what Telegram has already
            return Composed("sendDocument", {**params, "document": file["values"]["file_id"]})
        maker = self.makers[file["make"]]
        name, data = await asyncio.get_running_loop().run_in_executor(self.executor, maker, file["values"])
        upload = Upload(file["name"] or name, data, "application/octet-stream")
        return Composed("sendDocument", params, {"document": upload})

    def _menu(self, language: str | None, rows: list[list[str]]) -> dict[str, Any]:
        if not rows:
            return {"remove_keyboard": True}
        return {
            "keyboard": [
                [{"text": self.catalogue.label(language, "menu", key)} for key in row] for row in rows
            ],
            "resize_keyboard": True,
            "is_persistent": True,
        }


def _photo(drawn: Drawn, params: Mapping[str, Any]) -> Composed:
    """A photo that is made here, or one that Telegram has already."""
    if drawn.file_id:
        return Composed("sendPhoto", {**params, "photo": drawn.file_id}, picture=drawn.key)
    return Composed(
        "sendPhoto", params, {"photo": Upload(drawn.name, drawn.data, "image/jpeg")}, picture=drawn.key
    )


def _words(payload: Mapping[str, Any], name: str, text: str, most: int) -> dict[str, Any]:
    """The words of a message, cut to what Telegram takes; without marks where those were refused."""
    if payload.get("as_plain"):
        return {name: plain(text)[:most]}
    if fits(text, most):
        return {name: text, "parse_mode": "HTML"}
    shorter = within(text, most)
    return {name: shorter, "parse_mode": "HTML"} if shorter else {name: plain(text)[:most]}


def _by_reference(parcel: Parcel) -> Drawn | None:
    """A photo as Telegram has it, where none of ours is at hand yet: edited when it is.

    Only what its reader would have been sent anyway (`originals`), and only a photo can be a photo.
    """
    if not parcel.facts.get("originals"):
        return None
    known = [file for file in parcel.photos if file.medium == "photo" and file.file_id]
    latest = next((file for file in known if file.kind == "after"), known[0] if known else None)
    return None if latest is None else Drawn(f"ref:{latest.id}", file_id=latest.file_id)


_NO_PREVIEW: Final = {"link_preview_options": {"is_disabled": True}}

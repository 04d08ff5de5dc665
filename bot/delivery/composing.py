"""A parcel → one call of the Bot API: words, keyboard, picture or document, new message or edit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bot.delivery.drawing import Drawing, NothingToDraw
from bot.delivery.wire import Upload
from bot.domain.world import World
from bot.ledger.outbox import Kind
from bot.services.post import Parcel
from bot.texts.catalogue import Catalogue
from bot.texts.html import plain, within

MOST_CAPTION: Final = 1024
MOST_TEXT: Final = 4096


@dataclass(frozen=True, slots=True)
class Composed:
    """A call that is ready: `edits` is the message it changes, `picture` the key of what it shows."""

    method: str
    params: Mapping[str, Any]
    files: Mapping[str, Upload] | None = None
    edits: int | None = None
    picture: str | None = None


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
            return Composed(payload["method"], payload["params"])
        if parcel.kind == Kind.DELETE:
            return Composed("deleteMessage", {"chat_id": parcel.chat_id, "message_id": payload["message_id"]})
        text = self._text(parcel)
        params: dict[str, Any] = {"chat_id": parcel.chat_id}
        if payload.get("buttons"):
            params["reply_markup"] = {
                "inline_keyboard": self.catalogue.keyboard(parcel.language, payload["buttons"])
            }
        elif payload.get("keyboard") is not None:
            params["reply_markup"] = self._menu(parcel.language, payload["keyboard"])
        if payload.get("file"):
            return await self._document(parcel, params, text)
        drawn = await self._picture(parcel)
        if parcel.message_id is not None:
            return self._edit(parcel, params, text, drawn)
        self._as_new(payload, params)
        if drawn is None:
            return Composed("sendMessage", {**params, **self._words("text", text, MOST_TEXT), **_NO_PREVIEW})
        key, name, data = drawn
        return Composed(
            "sendPhoto",
            {**params, **self._words("caption", text, MOST_CAPTION)},
            {"photo": Upload(name, data, "image/jpeg")},
            picture=key,
        )

    def _text(self, parcel: Parcel) -> str:
        payload = parcel.payload
        if payload.get("plain"):
            return str(payload["plain"])
        return self.catalogue.text(parcel.language, payload["text"], payload.get("values"))

    def _words(self, name: str, text: str, most: int) -> dict[str, Any]:
        if len(text) <= most:
            return {name: text, "parse_mode": "HTML"}
        shorter = within(text, most)
        return {name: shorter, "parse_mode": "HTML"} if shorter else {name: plain(text)[:most]}

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

    def _edit(
        self, parcel: Parcel, params: dict[str, Any], text: str, drawn: tuple[str, str, bytes] | None
    ) -> Composed:
        params["message_id"] = parcel.message_id
        if drawn is not None and drawn[0] != parcel.shown_picture:
            key, name, data = drawn
            media = {
                "type": "photo",
                "media": "attach://picture",
                **self._words("caption", text, MOST_CAPTION),
            }
            return Composed(
                "editMessageMedia",
                {**params, "media": media},
                {"picture": Upload(name, data, "image/jpeg")},
                edits=parcel.message_id,
                picture=key,
            )
        if parcel.with_picture:
            return Composed(
                "editMessageCaption",
                {**params, **self._words("caption", text, MOST_CAPTION)},
                edits=parcel.message_id,
                picture=parcel.shown_picture,
            )
        return Composed(
            "editMessageText",
            {**params, **self._words("text", text, MOST_TEXT), **_NO_PREVIEW},
            edits=parcel.message_id,
        )

    async def _picture(self, parcel: Parcel) -> tuple[str, str, bytes] | None:
        """Key, file name and bytes of the picture; None where there is none, or none yet, or it stands."""
        picture = parcel.payload.get("picture")
        if picture is None or (parcel.message_id is not None and picture["key"] == parcel.shown_picture):
            return None
        loop = asyncio.get_running_loop()
        try:
            name, data = await loop.run_in_executor(self.executor, self.drawing.draw, parcel)
        except NothingToDraw:
            return None
        return picture["key"], name, data

    async def _document(self, parcel: Parcel, params: dict[str, Any], text: str) -> Composed:
        file = parcel.payload["file"]
        maker = self.makers[file["make"]]
        name, data = await asyncio.get_running_loop().run_in_executor(self.executor, maker, file["values"])
        self._as_new(parcel.payload, params)
        return Composed(
            "sendDocument",
            {**params, **self._words("caption", text, MOST_CAPTION)},
            {"document": Upload(file["name"] or name, data, "application/octet-stream")},
        )

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


_NO_PREVIEW: Final = {"link_preview_options": {"is_disabled": True}}

"""Writing: everything that a person can send, edit, forward and take back."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from typing import Any

from .account import Bot
from .errors import PlayError
from .files import Media, NotAPicture, WrongDimensions
from .formatting import finished
from .html import ASTRAL
from .render import ANONYMOUS, SERVICE, origin_json
from .telegram import Telegram
from .world import Chat, Json, Message, User

Place = Bot | Chat


class Writing:
    """What a person can write, and to whom."""

    def __init__(self, telegram: Telegram, user: User) -> None:
        self._telegram = telegram
        self.user = user

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.user.id}, {self.user.first_name!r})"

    @property
    def id(self) -> int:
        """The account's number."""
        return self.user.id

    def chat(self, bot: Bot) -> Chat:
        """The private chat with a bot."""
        return self._telegram.private_chat(bot, self.user)

    # --- writing ----------------------------------------------------------------------------------

    def sends(self, place: Place, text: str, **how: Any) -> Message:
        """Send words; over 4096 characters they are cut up, as by the apps; gives the last piece.

        Args:
            place: a bot (the private chat with it) or a chat.
            text: the words.
            how: `reply_to` (a message), `anonymous` (as the group), `thread` (a topic's id), `forwarded_from`
                (a Person, or a name for a hidden account).
        """
        pieces = [text[start : start + 4096] for start in range(0, len(text), 4096)] or [""]
        for piece in pieces:
            words, entities = finished(piece, [])
            if not words:
                raise PlayError("there is nothing to send")
            message = self._post(place, how, text=words, entities=entities)
        return message

    def sends_photo(
        self, place: Place, data: bytes, caption: str = "", *, hd: bool = False, raw: bool = False, **how: Any
    ) -> Message:
        """Send a picture as a photo: made JPEG anew, smaller, without metadata.

        Args:
            place: as for `sends`.
            data: any picture that Pillow reads.
            caption: the words below.
            hd: up to 2560 pixels instead of 1280.
            raw: take the bytes as they are, as the one size (damaged pictures, speed).
            how: as for `sends`.
        """
        return self._post(place, how, file=self._photo(data, hd, raw), **_caption(caption))

    def sends_document(
        self, place: Place, data: bytes, name: str = "file.bin", caption: str = "", *, mime: str = "",
        size: int = 0, **how: Any,
    ) -> Message:  # fmt: skip
        """Send a file byte for byte; `size` claims more than the bytes have (files too big to make)."""
        mime = mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = self._telegram.files.other("document", data, name, mime=mime, size=size)
        return self._post(place, how, file=file, **_caption(caption))

    def sends_video(
        self, place: Place, data: bytes, caption: str = "", *, name: str = "video.mp4", duration: int = 10,
        size: int = 0, **how: Any,
    ) -> Message:  # fmt: skip
        """Send a film."""
        file = self._telegram.files.other("video", data, name, mime="video/mp4", duration=duration, size=size)
        return self._post(place, how, file=file, **_caption(caption))

    def sends_voice(self, place: Place, data: bytes, *, duration: int = 3, **how: Any) -> Message:
        """Send a voice note."""
        file = self._telegram.files.other("voice", data, mime="audio/ogg", duration=duration)
        return self._post(place, how, file=file)

    def sends_location(self, place: Place, latitude: float, longitude: float, **how: Any) -> Message:
        """Send a point on the map."""
        return self._post(place, how, extra={"location": {"latitude": latitude, "longitude": longitude}})

    def sends_contact(
        self, place: Place, phone: str, first_name: str, *, own: bool = False, user_id: int = 0, **how: Any
    ) -> Message:
        """Send a contact; `own` is the person's own, as after a request_contact button."""
        contact: Json = {"phone_number": phone, "first_name": first_name}
        if own or user_id:
            contact["user_id"] = self.id if own else user_id
        return self._post(place, how, extra={"contact": contact})

    def sends_other(self, place: Place, extra: Json, **how: Any) -> Message:
        """Send anything else by its JSON, for example {"sticker": {…}}, {"poll": {…}}, {"dice": {…}}."""
        return self._post(place, how, extra=extra)

    def begins_album(
        self, place: Place, pictures: Sequence[bytes], captions: dict[int, str] | None = None, *,
        hd: bool = False, raw: bool = False, documents: bool = False, **how: Any,
    ) -> Album:  # fmt: skip
        """An album whose parts are sent one by one, in any order; `captions` by index of the part."""
        return Album(
            self, place, list(pictures), captions or {}, hd=hd, raw=raw, documents=documents, how=how
        )

    def sends_album(
        self, place: Place, pictures: Sequence[bytes], caption: str = "", *, caption_on: int = 0, **how: Any
    ) -> list[Message]:
        """Send an album, all parts at once."""
        return self.begins_album(place, pictures, {caption_on: caption}, **how).send_rest()

    def edits(
        self, message: Message, text: str | None = None, *, photo: bytes | None = None, silently: bool = False
    ) -> Message:
        """Change one's own text or caption, or the picture.

        Args:
            message: an own message.
            text: the new text, or caption where it has a file.
            photo: another picture.
            silently: change it so that bots hear nothing.
        """
        if message.sender is not self.user and message.chat.type != "channel":
            raise PlayError("only one's own messages can be edited")
        if text is not None:
            words, entities = finished(text, [])
            if message.file is not None:
                message.caption, message.caption_entities = words, entities
            elif not words:
                raise PlayError("a text cannot be emptied")
            else:
                message.text, message.entities = words, entities
        if photo is not None:
            message.file = self._photo(photo, False, False)
        if not silently:
            self._telegram.edited(message)
        return message

    def forwards(self, message: Message, place: Place, *, hidden: bool = False, **how: Any) -> Message:
        """Forward a message; `hidden`: its author does not want to be named."""
        if message.protected:
            raise PlayError("the message is protected")
        author = message.sender.first_name if message.sender is not None and hidden else ""
        return self._post(
            place,
            how,
            text=message.text,
            entities=message.entities,
            caption=message.caption,
            caption_entities=message.caption_entities,
            file=self._telegram.files.again(message.file) if message.file is not None else None,
            extra=dict(message.extra),
            forward=origin_json(message, author),
        )

    def forwards_album(self, messages: Sequence[Message], place: Place, **how: Any) -> list[Message]:
        """Forward several messages as one album."""
        how["album"] = self._telegram.numbers.long()[:17]
        return [self.forwards(message, place, **how) for message in messages]

    def deletes(self, message: Message) -> None:
        """Delete a message for everyone; bots are not told."""
        self._telegram.remove(message)

    def reacts(self, message: Message, emoji: str = "") -> None:
        """React with an emoji, or take it back."""
        old = message.reactions.get(self.id, [])
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        message.reactions[self.id] = new
        payload = {
            "chat": message.chat.json(),
            "message_id": message.message_id,
            "user": self.user.json(),
            "date": self._telegram.date(),
            "old_reaction": old,
            "new_reaction": new,
        }
        for bot_id, member in message.chat.bots_inside.items():
            if member.is_admin:
                self._telegram.notify(
                    self._telegram.bots[bot_id], "message_reaction", payload, message.chat.key
                )
        self._telegram.events.happen("reaction", message=message)

    # --- inside -----------------------------------------------------------------------------------

    def _chat_of(self, place: Place) -> Chat:
        return self.chat(place) if isinstance(place, Bot) else place

    def _is_in(self, chat: Chat) -> bool:
        if chat.person is not None:
            return chat.person is self.user
        member = chat.members.get(self.id)
        return member is not None and member.inside

    def _needs_to_be_in(self, chat: Chat) -> None:
        if not self._is_in(chat):
            raise PlayError(f"{self.user.first_name} is not in «{chat.title}»")

    def _photo(self, data: bytes, hd: bool, raw: bool) -> Media:
        top = 2560 if hd else self._telegram.switches.photo_top
        try:
            return self._telegram.files.photo(data, top=top, as_is=raw)
        except (NotAPicture, WrongDimensions) as error:
            raise PlayError(f"the app cannot send this as a photo: {error}") from error

    def _post(self, place: Place, how: dict[str, Any], **content: Any) -> Message:
        chat = self._chat_of(place)
        if chat.migrated_to is not None:
            chat = chat.migrated_to
        self._needs_to_be_in(chat)
        if self.user.deactivated:
            raise PlayError("the account is deleted")
        sender: User | None = self.user
        sender_chat: Chat | None = None
        signature = ""
        if chat.type == "private":
            if chat.blocked:
                raise PlayError("the person has blocked the bot")
            chat.started = True
        elif chat.type == "channel":
            if not chat.members[self.id].may("can_post_messages"):
                raise PlayError("only administrators write in a channel")
            sender, sender_chat = None, chat
            signature = self.user.first_name if chat.signs else ""
        elif how.pop("anonymous", chat.members[self.id].anonymous):
            sender, sender_chat = ANONYMOUS, chat
        how = dict(how)
        how.pop("anonymous", None)
        source = how.pop("forwarded_from", None)
        if source is not None:
            content["forward"] = self._origin(source)
        message = Message(
            0,
            chat,
            self._telegram.date(),
            sender=sender,
            sender_chat=sender_chat,
            reply_to=how.pop("reply_to", None),
            album=how.pop("album", ""),
            thread_id=how.pop("thread", 0),
            signature=signature,
            **content,
        )
        if how:
            raise TypeError(f"unknown: {', '.join(how)}")
        posted = self._telegram.post(message)
        if chat.type == "channel" and chat.linked is not None:
            self._carry_to_group(posted, chat.linked)
        return posted

    def _origin(self, source: Any) -> Json:
        date = self._telegram.date()
        if isinstance(source, Writing):
            return {"type": "user", "sender_user": source.user.json(), "date": date}
        return {"type": "hidden_user", "sender_user_name": str(source), "date": date}

    def _carry_to_group(self, post: Message, group: Chat) -> None:
        copy = Message(
            0,
            group,
            post.date,
            sender=SERVICE,
            sender_chat=post.chat,
            text=post.text,
            entities=post.entities,
            caption=post.caption,
            caption_entities=post.caption_entities,
            file=post.file,
            extra=dict(post.extra),
            album=post.album,
            forward=origin_json(post),
            automatic=True,
        )
        self._telegram.post(copy)


class Album:
    """An album on its way: its parts are separate messages with one media_group_id."""

    def __init__(
        self, person: Writing, place: Place, pictures: list[bytes], captions: dict[int, str], *,
        hd: bool, raw: bool, documents: bool, how: dict[str, Any],
    ) -> None:  # fmt: skip
        self._person = person
        self._place = place
        self._pictures = pictures
        self._captions = captions
        self._options = (hd, raw, documents)
        self.media_group_id: str = how.get("album") or person._telegram.numbers.long()[:17]
        self._how = how | {"album": self.media_group_id}
        self.sent: dict[int, Message] = {}

    def send(self, index: int) -> Message:
        """Send one part."""
        hd, raw, documents = self._options
        caption = self._captions.get(index, "")
        data = self._pictures[index]
        if documents:
            name = f"IMG_{index + 1:04}.jpg"
            message = self._person.sends_document(self._place, data, name, caption, **self._how)
        else:
            message = self._person.sends_photo(self._place, data, caption, hd=hd, raw=raw, **self._how)
        self.sent[index] = message
        return message

    def send_rest(self) -> list[Message]:
        """Send what is left, in order; all parts are returned, by index."""
        for index in range(len(self._pictures)):
            if index not in self.sent:
                self.send(index)
        return [self.sent[index] for index in sorted(self.sent)]


def _caption(caption: str) -> dict[str, Any]:
    if not caption:
        return {}
    if len(ASTRAL.sub("", caption)) > 4096:
        raise PlayError("the caption is too long even for a premium account")
    words, entities = finished(caption, [])
    return {"caption": words, "caption_entities": entities}

"""What was heard, as plain values: a message of a person in a chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """A photo or another file that hangs on a message, still on Telegram's side.

    `medium`: `photo` (compressed), `image` (an image sent as a file), `video`, `voice`, `document`.
    """

    medium: str
    file_id: str
    file_unique_id: str
    size: int | None = None
    name: str | None = None
    mime: str | None = None

    @property
    def pictorial(self) -> bool:
        """Whether it can be an entry's photo; everything else is an attachment."""
        return self.medium in ("photo", "image")


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of one person.

    `private` tells a private chat from a group; `text` is the text or the caption, verbatim, `""`
    where there is none; `tagged` says that a group message is meant for the bot (#问题, a mention,
    a reply to a message of the bot); `thread_id` is the topic of a forum.
    """

    chat_id: int
    message_id: int
    sender_id: int
    sent_at: datetime
    private: bool = True
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    media_group_id: str | None = None
    reply_to: int | None = None
    reply_to_bot: bool = False
    tagged: bool = False
    forwarded: bool = False
    edited: bool = False
    anonymous: bool = False
    location: tuple[float, float] | None = None
    thread_id: int | None = None

    @property
    def has_photo(self) -> bool:
        """Whether a picture came with it."""
        return any(attachment.pictorial for attachment in self.attachments)

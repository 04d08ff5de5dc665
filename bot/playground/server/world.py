"""The fake Telegram: people, bots, chats and messages, and what each bot knows of them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from .files import Media

if TYPE_CHECKING:
    from .account import Bot

Json = dict[str, Any]

SUPERGROUP_BASE = -1_000_000_000_000
ALL_PERMISSIONS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages",
    "can_manage_topics", "can_react_to_messages", "can_edit_tag",
)  # fmt: skip
ADMIN_RIGHTS = (
    "can_manage_chat", "can_change_info", "can_delete_messages", "can_invite_users", "can_restrict_members",
    "can_pin_messages", "can_promote_members", "can_manage_video_chats",
    "can_post_stories", "can_edit_stories", "can_delete_stories",
)  # fmt: skip
CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages")
INSIDE = frozenset(["creator", "administrator", "member", "restricted"])


class Button(NamedTuple):
    """A button of an inline keyboard; `data` and `url` are empty where it has none."""

    text: str
    data: str
    url: str


@dataclass(slots=True, eq=False)
class User:
    """An account: a person's or a bot's."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "zh-hans"
    is_bot: bool = False
    deactivated: bool = False

    def json(self) -> Json:
        """The User object as it stands in updates."""
        result: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.last_name:
            result["last_name"] = self.last_name
        if self.username:
            result["username"] = self.username
        if self.language_code and not self.is_bot:
            result["language_code"] = self.language_code
        return result


@dataclass(slots=True, eq=False)
class Member:
    """What an account is in a chat.

    `sees_all` is a bot's privacy mode as it was when the bot came in: changing it needs a new entry.
    """

    user: User
    status: str = "member"
    rights: dict[str, bool] = field(default_factory=dict)
    anonymous: bool = False
    title: str = ""
    until: int = 0
    sees_all: bool = True

    @property
    def inside(self) -> bool:
        """Whether the account is in the chat."""
        return self.status in INSIDE

    @property
    def is_admin(self) -> bool:
        """Whether it administers the chat."""
        return self.status in {"creator", "administrator"}

    def may(self, right: str) -> bool:
        """Whether it holds an administrator's right."""
        return self.status == "creator" or (self.status == "administrator" and self.rights.get(right, False))

    def json(self, chat: Chat) -> Json:
        """The ChatMember object."""
        result: Json = {"user": self.user.json(), "status": self.status}
        if self.status in {"creator", "administrator"}:
            if self.title:
                result["custom_title"] = self.title
            result["is_anonymous"] = self.anonymous
        if self.status == "administrator":
            result["can_be_edited"] = False
            names = ADMIN_RIGHTS + (CHANNEL_RIGHTS if chat.type == "channel" else ())
            result |= {name: self.rights.get(name, False) for name in names}
        if self.status == "kicked":
            result["until_date"] = self.until
        if self.status == "restricted" and chat.type != "group":
            result |= {"is_member": True, "until_date": self.until}
            result |= {name: self.rights.get(name, False) for name in ALL_PERMISSIONS}
        return result


@dataclass(slots=True, eq=False)
class Chat:
    """A private chat (of one person with one bot), basic group, supergroup or channel."""

    id: int
    type: str
    title: str = ""
    username: str = ""
    person: User | None = None
    bot: Bot | None = None
    started: bool = False
    blocked: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    bots_inside: dict[int, Member] = field(default_factory=dict)
    by_id: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0
    permissions: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(ALL_PERMISSIONS, True))
    migrated_to: Chat | None = None
    migrated_from: Chat | None = None
    dissolved: bool = False
    description: str = ""
    pinned: list[Message] = field(default_factory=list)
    invite_link: str = ""
    forum: bool = False
    topics: dict[int, str] = field(default_factory=dict)
    last_speaking_bot: int = 0
    instance: str = ""
    linked: Chat | None = None
    signs: bool = False

    @property
    def key(self) -> str:
        """The chat's name in the control interface: its id, or BOT:PERSON of a private chat."""
        return f"{self.bot.id}:{self.id}" if self.bot is not None else str(self.id)

    @property
    def person_gone(self) -> bool:
        """Whether the person of this private chat has deleted the account."""
        return self.person is not None and self.person.deactivated

    @property
    def messages(self) -> list[Message]:
        """The messages as seen now, oldest first."""
        return list(self.by_id.values())

    @property
    def last(self) -> Message | None:
        """The newest message."""
        return next(reversed(self.by_id.values()), None)

    @property
    def from_bots(self) -> list[Message]:
        """The messages that bots sent here, oldest first."""
        return [message for message in self.by_id.values() if message.by_bot is not None]

    def newest_first(self) -> Iterator[Message]:
        """The messages, newest first, without copying them."""
        return reversed(self.by_id.values())

    def member(self, user_id: int) -> Member | None:
        """The membership record, also of those who have left."""
        return self.members.get(user_id)

    def put_member(self, member: Member) -> None:
        """Set what an account is here."""
        self.members[member.user.id] = member
        if member.user.is_bot and member.inside:
            self.bots_inside[member.user.id] = member
        else:
            self.bots_inside.pop(member.user.id, None)

    def json(self) -> Json:
        """The Chat object as it stands in updates."""
        if self.person is not None:
            result = {"id": self.id, "first_name": self.person.first_name}
            if self.person.last_name:
                result["last_name"] = self.person.last_name
            if self.person.username:
                result["username"] = self.person.username
            return result | {"type": "private"}
        result = {"id": self.id, "title": self.title}
        if self.username:
            result["username"] = self.username
        result["type"] = self.type
        if self.forum:
            result["is_forum"] = True
        if self.type == "group":
            result["all_members_are_administrators"] = False
        return result


@dataclass(slots=True, eq=False)
class Message:
    """A message as it stands now; `extra` holds what is neither text nor a file, ready as JSON."""

    message_id: int
    chat: Chat
    date: int
    sender: User | None = None
    sender_chat: Chat | None = None
    by_bot: Bot | None = None
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    caption: str = ""
    caption_entities: list[Json] = field(default_factory=list)
    file: Media | None = None
    extra: Json = field(default_factory=dict)
    service: bool = False
    reply_to: Message | None = None
    album: str = ""
    markup: Json | None = None
    keyboard: Json | None = None
    forward: Json | None = None
    pinned_message: Message | None = None
    edit_date: int = 0
    deleted: bool = False
    protected: bool = False
    silent: bool = False
    automatic: bool = False
    thread_id: int = 0
    signature: str = ""
    read: bool = False
    reactions: dict[int, list[Json]] = field(default_factory=dict)

    @property
    def edited(self) -> bool:
        """Whether it was ever edited."""
        return self.edit_date > 0

    @property
    def buttons(self) -> list[list[Button]]:
        """The rows of the inline keyboard."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [
            [Button(b["text"], b.get("callback_data", ""), b.get("url", "")) for b in row] for row in rows
        ]

    @property
    def words(self) -> str:
        """Text or caption, whichever it has."""
        return self.text or self.caption

    @property
    def photo(self) -> Media | None:
        """The picture, where it is a photo."""
        return self.file if self.file is not None and self.file.kind == "photo" else None

    @property
    def sent_by_person(self) -> bool:
        """Whether a person wrote it."""
        return self.by_bot is None and self.sender is not None and not self.service

    @property
    def kind(self) -> str:
        """What it is: text, photo, document, …, location, contact, or the name of a service message."""
        if self.file is not None:
            return self.file.kind
        if self.pinned_message is not None:
            return "pinned_message"
        return "text" if self.text else next(iter(self.extra), "empty")


@dataclass(slots=True, eq=False)
class Numbers:
    """The counters of identifiers; `seed` makes a run repeatable."""

    seed: int = 1
    people: Iterator[int] = field(default_factory=lambda: itertools.count(501))
    groups: Iterator[int] = field(default_factory=lambda: itertools.count(40_001))
    supergroups: Iterator[int] = field(default_factory=lambda: itertools.count(1_200_000_001))
    messages: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def long(self) -> str:
        """A number of 19 digits, as album and callback ids are."""
        return str(self.chance.randrange(10**18, 9 * 10**18))

    def next_message(self, chat: Chat) -> int:
        """Private chats and basic groups share one counter; every supergroup and channel has its own."""
        if chat.type in {"supergroup", "channel"}:
            chat.last_id += 1
        else:
            chat.last_id = next(self.messages)
        return chat.last_id


def seconds(instant: datetime) -> int:
    """An instant as Telegram writes it."""
    return int(instant.timestamp())


def all_rights(chat_type: str, except_for: Iterable[str] = ()) -> dict[str, bool]:
    """An administrator's rights, all but some."""
    names = ADMIN_RIGHTS + (CHANNEL_RIGHTS if chat_type == "channel" else ())
    return {name: name not in except_for and name != "can_promote_members" for name in names}

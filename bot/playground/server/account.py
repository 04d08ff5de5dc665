"""A bot's account: its token, its queue, its settings, and the record of everything it asked for."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from .files import StoredFile
from .queue import UpdateQueue
from .world import Chat, Json, User

GET_ME_FLAGS = (
    "supports_inline_queries", "supports_guest_queries", "can_connect_to_business", "has_main_web_app",
    "has_topics_enabled", "allows_users_to_create_topics", "can_manage_bots",
)  # fmt: skip


@dataclass(slots=True)
class Call:
    """One request of a bot: its parameters as sent, names and sizes of its files, and how it was answered."""

    method: str
    params: dict[str, str]
    at: datetime
    files: dict[str, tuple[str, int]] = field(default_factory=dict)
    code: int = 0
    description: str = ""
    answer: bytes = b""

    @property
    def result(self) -> Any:
        """What it got, decoded from the answer; None for an error."""
        return orjson.loads(self.answer).get("result") if self.answer else None

    @property
    def ok(self) -> bool:
        """Whether it was answered with success."""
        return self.code == 200


@dataclass(slots=True)
class Webhook:
    """Where updates are sent, and what came of it."""

    url: str
    secret: str = ""
    max_connections: int = 40
    ip_address: str = ""
    has_certificate: bool = False
    last_error_date: int = 0
    last_error_message: str = ""
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(40))


class Bot:
    """A bot of this server.

    Attributes:
        token, user, privacy: as given at its making.
        queue: the updates that wait for it.
        calls: every request it made, oldest first; getUpdates only counted in `polls`.
        calls_kept: about so many requests are remembered, the newest; 0: all.
        chats: its private chats by the person's id.
        known: the ids of the people it has ever seen.
    """

    def __init__(self, token: str, user: User, *, privacy: bool, first_update: int) -> None:
        self.token = token
        self.user = user
        self.privacy = privacy
        self.queue = UpdateQueue(first_update)
        self.chats: dict[int, Chat] = {}
        self.known: set[int] = set()
        self.calls: list[Call] = []
        self.calls_kept = 0
        self.by_method: dict[str, list[Call]] = defaultdict(list)
        self.polls = 0
        self.conflicts = 0
        self.in_flight = 0
        self.webhook: Webhook | None = None
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.texts: dict[tuple[str, str], str] = {}
        self.menu_button: Json = {"type": "commands"}
        self.paths: dict[str, tuple[StoredFile, float]] = {}
        self.path_of: dict[int, str] = {}
        self.recent_sends: dict[int, deque[float]] = {}
        self.logged_out = False

    @property
    def id(self) -> int:
        """The account's number, the part of the token before the colon."""
        return self.user.id

    @property
    def username(self) -> str:
        """The name behind the @."""
        return self.user.username

    def calls_of(self, *methods: str) -> list[Call]:
        """The requests of some methods (exact spelling), oldest first."""
        if len(methods) == 1:
            return self.by_method[methods[0].lower()]
        wanted = {method.lower() for method in methods}
        return [call for call in self.calls if call.method.lower() in wanted]

    def note(self, call: Call) -> None:
        """Remember a request."""
        self.calls.append(call)
        self.by_method[call.method.lower()].append(call)
        if self.calls_kept and len(self.calls) > 2 * self.calls_kept:
            del self.calls[: self.calls_kept]
            self.by_method.clear()
            for kept in self.calls:
                self.by_method[kept.method.lower()].append(kept)

    def me(self) -> Json:
        """The answer of getMe."""
        flags: Json = dict.fromkeys(GET_ME_FLAGS, False)
        return (
            self.user.json()
            | {"can_join_groups": True, "can_read_all_group_messages": not self.privacy}
            | flags
        )

"""The updates that wait for one bot: numbered, filtered, kept for a day, handed out in order."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from json import JSONEncoder
from typing import Any

encode: Callable[[Any], str] = JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode

KINDS = (
    "message", "edited_message", "channel_post", "edited_channel_post", "inline_query",
    "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query", "poll",
    "poll_answer", "my_chat_member", "chat_member", "chat_join_request", "message_reaction",
    "message_reaction_count", "chat_boost", "removed_chat_boost", "business_connection",
    "business_message", "edited_business_message", "deleted_business_messages", "purchased_paid_media",
)  # fmt: skip
NOT_BY_DEFAULT = frozenset(["chat_member", "message_reaction", "message_reaction_count"])
DEFAULT = frozenset(KINDS) - NOT_BY_DEFAULT
KEPT_SECONDS = 24 * 3600
CALLBACK_SECONDS = 150
MAX_BATCH_BYTES = 4 * 1024 * 1024


@dataclass(slots=True, eq=False)
class Waiting:
    """An update on its way: its JSON, the order it belongs to, and when it is given up."""

    update_id: int
    kind: str
    lane: str
    body: bytes
    until: float


class UpdateQueue:
    """The queue of one bot, and the long poll that waits at it."""

    def __init__(self, first_id: int) -> None:
        self.next_id = first_id
        self.allowed = DEFAULT
        self.waiting: OrderedDict[int, Waiting] = OrderedDict()
        self.lanes: dict[str, deque[Waiting]] | None = None
        self.on_push: Callable[[str], None] | None = None
        self.poll: asyncio.Future[str] | None = None
        self.last_offset = 0
        self.confirmed = 0

    def allow(self, names: Any) -> None:
        """Take over an `allowed_updates` list; an empty one, or one of unknown names, means the default."""
        if isinstance(names, list):
            wanted = frozenset(name for name in names if isinstance(name, str) and name in KINDS)
            self.allowed = wanted or DEFAULT

    def allowed_names(self) -> list[str]:
        """The kinds that were asked for, in Telegram's order; empty for the default."""
        return [] if self.allowed == DEFAULT else [kind for kind in KINDS if kind in self.allowed]

    def push(self, kind: str, payload: Any, lane: str, now: float) -> int | None:
        """Number an update and put it at the end; None when the bot does not take this kind."""
        if kind not in self.allowed:
            return None
        update_id = self.next_id
        self.next_id += 1
        body = encode({"update_id": update_id, kind: payload}).encode()
        life = CALLBACK_SECONDS if kind == "callback_query" else KEPT_SECONDS
        entry = Waiting(update_id, kind, lane, body, now + life)
        self.waiting[update_id] = entry
        if self.lanes is not None:
            self.lanes.setdefault(lane, deque()).append(entry)
            if self.on_push is not None:
                self.on_push(lane)
        elif self.poll is not None and not self.poll.done():
            self.poll.set_result("updates")
        return update_id

    def expire(self, now: float) -> None:
        """Forget what is too old, as far as it stands at the head: `batch` passes over the rest."""
        while self.waiting:
            entry = next(iter(self.waiting.values()))
            if entry.until > now:
                return
            self.confirm_one(entry.update_id)

    def confirm_one(self, update_id: int) -> None:
        """Forget one update."""
        if self.waiting.pop(update_id, None) is not None:
            self.confirmed += 1

    def would_confirm(self, offset: int) -> bool:
        """Whether an offset would make the queue forget something."""
        return bool(self.waiting) and next(iter(self.waiting)) < offset and self._plausible(offset)

    def confirm(self, offset: int) -> bool:
        """Apply a getUpdates offset; True when something was forgotten by it."""
        before = self.confirmed
        if offset < 0:
            while len(self.waiting) > -offset:
                self.confirm_one(next(iter(self.waiting)))
        elif offset > 0 and self._plausible(offset):
            while self.waiting and next(iter(self.waiting)) < offset:
                self.confirm_one(next(iter(self.waiting)))
        return self.confirmed != before

    def _plausible(self, offset: int) -> bool:
        head = next(iter(self.waiting), self.next_id)
        return head - 100_000 <= offset <= self.next_id + 9

    def batch(self, limit: int, now: float) -> list[bytes]:
        """The oldest updates, at most `limit` and about 4 MiB."""
        result: list[bytes] = []
        size = 0
        for entry in self.waiting.values():
            if entry.until <= now:
                continue
            result.append(entry.body)
            size += len(entry.body)
            if len(result) >= limit or size >= MAX_BATCH_BYTES:
                break
        return result

    def clear(self) -> None:
        """Drop everything that waits."""
        self.confirmed += len(self.waiting)
        self.waiting.clear()
        if self.lanes is not None:
            self.lanes = {}

    def open_lanes(self) -> Iterable[str]:
        """Sort what waits into lanes for webhook delivery; returns their names."""
        self.lanes = {}
        for entry in self.waiting.values():
            self.lanes.setdefault(entry.lane, deque()).append(entry)
        return list(self.lanes)

    def close_lanes(self) -> None:
        """Back to polling."""
        self.lanes = None
        self.on_push = None
